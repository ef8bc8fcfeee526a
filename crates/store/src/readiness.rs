//! What a community has on file before anybody is asked formally (A1-A3): papers with their scans, service promises with what was
//! done about each, and exceptions two people agreed on.
//!
//! All of it is append only but for the end of a promise, and kept row by row ([`crate::kept`]); scans and photos are sealed, and
//! their hash is covered.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::Period;
use hemu_domain::ids::{CommunityId, ContractId, FormalExceptionId, PaperId, PromiseEvidenceId, ServicePromiseId};
use hemu_domain::readiness::{
    ContractPaper, Every, FilingState, Papers, PromiseKind, PromisePaper, PromiseResult, Shown,
};
use uuid::Uuid;

use crate::{DbError, Row, Tx, Value, kept, params};

/// A paper, its content apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperRow {
    /// Its id.
    pub id: PaperId,
    /// `contract`, `public_display` or `promise_evidence`.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Uuid,
    /// `application/pdf`, `image/jpeg`...
    pub media_type: String,
    /// Its size.
    pub bytes: i64,
    /// The hash of what was sent.
    pub sha256: [u8; 32],
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added_at: DateTime<Utc>,
}

/// A promise of the company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePromiseRow {
    /// Its id.
    pub id: ServicePromiseId,
    /// What it is about.
    pub kind: PromiseKind,
    /// What is promised.
    pub what: String,
    /// By what one sees whether it was kept.
    pub measure: String,
    /// How often it is looked at.
    pub every: Every,
    /// Where the contract says so.
    pub clause: String,
    /// From when.
    pub starts_on: NaiveDate,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
    /// Who recorded it.
    pub added_by: String,
    /// When.
    pub added_at: DateTime<Utc>,
}

/// What was done about a promise in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseEvidenceRow {
    /// Its id.
    pub id: PromiseEvidenceId,
    /// The promise.
    pub promise_id: ServicePromiseId,
    /// The first month of the period.
    pub period: Period,
    /// What came of it.
    pub result: PromiseResult,
    /// What was done, or why not.
    pub remark: String,
    /// Who wrote it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// Formal steps although not everything is there, until a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormalExceptionRow {
    /// Its id.
    pub id: FormalExceptionId,
    /// From when.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: String,
    /// Who approved.
    pub approved_by: String,
    /// When.
    pub approved_at: DateTime<Utc>,
}

const INSERT_PAPER: &str = "INSERT INTO paper (community_id, id, subject_kind, subject_id, media_type, bytes, sha256,
    added_by, added_at, content_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const PAPERS: &str = "SELECT id, subject_kind, subject_id, media_type, bytes, sha256, added_by, added_at FROM paper
    WHERE community_id = $1 ORDER BY id";
const PAPER: &str = "SELECT id, subject_kind, subject_id, media_type, bytes, sha256, added_by, added_at, content_sealed
    FROM paper WHERE community_id = $1 AND id = $2";
const INSERT_PROMISE: &str =
    "INSERT INTO service_promise (community_id, id, kind, what, measure, every, clause, starts_on, ends_on, added_by,
    added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const PROMISES: &str = "SELECT id, kind, what, measure, every, clause, starts_on, ends_on, added_by, added_at
    FROM service_promise WHERE community_id = $1 ORDER BY id";
const END_PROMISE: &str =
    "UPDATE service_promise SET ends_on = $3 WHERE community_id = $1 AND id = $2 AND ends_on IS NULL";
const INSERT_EVIDENCE: &str =
    "INSERT INTO promise_evidence (community_id, id, promise_id, period, result, remark, recorded_by, recorded_at, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const EVIDENCE: &str = "SELECT id, promise_id, period, result, remark, recorded_by, recorded_at FROM promise_evidence
    WHERE community_id = $1 AND period >= $2 ORDER BY seq";
const HAS_EVIDENCE: &str = "SELECT id FROM promise_evidence WHERE community_id = $1 AND id = $2";
const INSERT_EXCEPTION: &str =
    "INSERT INTO formal_exception (community_id, id, starts_on, ends_on, reason, asked_by, approved_by, approved_at, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const EXCEPTION: &str =
    "SELECT id, starts_on, ends_on, reason, asked_by, approved_by, approved_at FROM formal_exception
    WHERE community_id = $1 AND starts_on <= $2 AND ends_on >= $2 ORDER BY ends_on DESC, seq DESC LIMIT 1";
const CONTRACT: &str =
    "SELECT c.id, c.kind, c.ends_on, c.filing_state, c.late_fee_rate_e8, c.late_fee_lpr_e4, (SELECT p.id FROM paper p
    WHERE p.community_id = c.community_id AND p.subject_kind = 'contract' AND p.subject_id = c.id ORDER BY p.id LIMIT 1)
    FROM contract c WHERE c.community_id = $1 AND c.starts_on <= $2 ORDER BY c.starts_on DESC, c.id DESC LIMIT 1";
const CLAUSE_KINDS: &str =
    "SELECT DISTINCT kind FROM contract_clause WHERE community_id = $1 AND contract_id = $2 ORDER BY kind";
/// Of displays of one day, one with a photo.
const SHOWN: &str = "SELECT d.displayed_on, p.id FROM public_display d LEFT JOIN paper p
    ON p.community_id = d.community_id AND p.subject_kind = 'public_display' AND p.subject_id = d.id
    WHERE d.community_id = $1 AND d.displayed_on <= $2
    ORDER BY d.displayed_on DESC, CASE WHEN p.id IS NULL THEN 1 ELSE 0 END LIMIT 1";
const PRICED_SINCE: &str =
    "SELECT valid_from FROM fee_price WHERE community_id = $1 AND valid_from <= $2 ORDER BY valid_from DESC LIMIT 1";
const REGION: &str = "SELECT region FROM community WHERE id = $1";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    INSERT_PAPER,
    PAPERS,
    PAPER,
    INSERT_PROMISE,
    PROMISES,
    END_PROMISE,
    INSERT_EVIDENCE,
    EVIDENCE,
    HAS_EVIDENCE,
    INSERT_EXCEPTION,
    EXCEPTION,
    CONTRACT,
    CLAUSE_KINDS,
    SHOWN,
    PRICED_SINCE,
    REGION,
];

/// Writes a paper with its ciphertext.
///
/// # Errors
/// When the database refuses.
pub fn insert_paper(tx: &mut Tx<'_>, community: CommunityId, p: &PaperRow, sealed: &[u8]) -> Result<(), DbError> {
    let row = params![
        community,
        p.id,
        &p.subject_kind,
        p.subject_id,
        &p.media_type,
        p.bytes,
        p.sha256,
        &p.added_by,
        p.added_at
    ];
    kept::PAPERS.note(tx, community, [&row])?;
    tx.execute(INSERT_PAPER, &[&row[..], &params![sealed]].concat()).map(|_| ())
}

/// The papers of a community, the oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_papers(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<PaperRow>, DbError> {
    tx.query(PAPERS, &params![community], read_paper)
}

/// A paper with its ciphertext.
///
/// # Errors
/// When the database refuses.
pub fn find_paper(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: PaperId,
) -> Result<Option<(PaperRow, Vec<u8>)>, DbError> {
    tx.query_opt(PAPER, &params![community, id], |row| Ok((read_paper(row)?, row.take()?)))
}

fn read_paper(row: &Row<'_>) -> Result<PaperRow, DbError> {
    Ok(PaperRow {
        id: row.take()?,
        subject_kind: row.take()?,
        subject_id: row.take()?,
        media_type: row.take()?,
        bytes: row.take()?,
        sha256: row.take()?,
        added_by: row.take()?,
        added_at: row.take()?,
    })
}

/// Writes a promise.
///
/// # Errors
/// When the database refuses.
pub fn insert_promise(tx: &mut Tx<'_>, community: CommunityId, p: &ServicePromiseRow) -> Result<(), DbError> {
    let row = params![
        community,
        p.id,
        p.kind.as_str(),
        &p.what,
        &p.measure,
        p.every.as_str(),
        &p.clause,
        p.starts_on,
        p.ends_on,
        &p.added_by,
        p.added_at
    ];
    tx.execute(INSERT_PROMISE, &row)?;
    kept::SERVICE_PROMISES.note(tx, community, [&row])
}

/// All promises, in the order they were recorded.
///
/// # Errors
/// When the database refuses.
pub fn list_promises(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ServicePromiseRow>, DbError> {
    tx.query(PROMISES, &params![community], |row| {
        Ok(ServicePromiseRow {
            id: row.take()?,
            kind: row.parse(PromiseKind::parse)?,
            what: row.take()?,
            measure: row.take()?,
            every: row.parse(Every::parse)?,
            clause: row.take()?,
            starts_on: row.take()?,
            ends_on: row.take()?,
            added_by: row.take()?,
            added_at: row.take()?,
        })
    })
}

/// Ends a promise on a day; false when there is none that goes on.
///
/// # Errors
/// When the database refuses.
pub fn end_promise(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: ServicePromiseId,
    on: NaiveDate,
) -> Result<bool, DbError> {
    let end = |tx: &mut Tx<'_>| tx.execute(END_PROMISE, &params![community, id, on]).map(|rows| rows == 1);
    kept::SERVICE_PROMISES.change(tx, community, &params![id], end)
}

/// Writes what was done about a promise.
///
/// # Errors
/// When the database refuses.
pub fn insert_evidence(
    tx: &mut Tx<'_>,
    community: CommunityId,
    e: &PromiseEvidenceRow,
    seq: i64,
) -> Result<(), DbError> {
    let row: [Value; 9] = params![
        community,
        e.id,
        e.promise_id,
        e.period,
        e.result.as_str(),
        &e.remark,
        &e.recorded_by,
        e.recorded_at,
        seq
    ];
    tx.execute(INSERT_EVIDENCE, &row)?;
    kept::PROMISE_EVIDENCE.note(tx, community, [&row])
}

/// What was done about promises in the periods that begin with a month or later, in the order it was written.
///
/// # Errors
/// When the database refuses.
pub fn list_evidence(
    tx: &mut Tx<'_>,
    community: CommunityId,
    first: Period,
) -> Result<Vec<PromiseEvidenceRow>, DbError> {
    tx.query(EVIDENCE, &params![community, first], |row| {
        Ok(PromiseEvidenceRow {
            id: row.take()?,
            promise_id: row.take()?,
            period: row.take()?,
            result: row.parse(PromiseResult::parse)?,
            remark: row.take()?,
            recorded_by: row.take()?,
            recorded_at: row.take()?,
        })
    })
}

/// Whether there is such a record.
///
/// # Errors
/// When the database refuses.
pub fn has_evidence(tx: &mut Tx<'_>, community: CommunityId, id: PromiseEvidenceId) -> Result<bool, DbError> {
    let found = tx.query_opt(HAS_EVIDENCE, &params![community, id], |row| row.take::<PromiseEvidenceId>())?;
    Ok(found.is_some())
}

/// Writes an exception two people agreed on.
///
/// # Errors
/// When the database refuses.
pub fn insert_exception(
    tx: &mut Tx<'_>,
    community: CommunityId,
    e: &FormalExceptionRow,
    seq: i64,
) -> Result<(), DbError> {
    let row: [Value; 9] =
        params![community, e.id, e.starts_on, e.ends_on, &e.reason, &e.asked_by, &e.approved_by, e.approved_at, seq];
    tx.execute(INSERT_EXCEPTION, &row)?;
    kept::FORMAL_EXCEPTIONS.note(tx, community, [&row])
}

/// The exception in force on a day that lasts longest.
///
/// # Errors
/// When the database refuses.
pub fn find_exception(
    tx: &mut Tx<'_>,
    community: CommunityId,
    on: NaiveDate,
) -> Result<Option<FormalExceptionRow>, DbError> {
    tx.query_opt(EXCEPTION, &params![community, on], |row| {
        Ok(FormalExceptionRow {
            id: row.take()?,
            starts_on: row.take()?,
            ends_on: row.take()?,
            reason: row.take()?,
            asked_by: row.take()?,
            approved_by: row.take()?,
            approved_at: row.take()?,
        })
    })
}

/// What is on file as of a day, as the check reads it.
///
/// # Errors
/// When the database refuses.
pub fn read_papers(tx: &mut Tx<'_>, community: CommunityId, on: NaiveDate) -> Result<Papers, DbError> {
    let shown = tx.query_opt(SHOWN, &params![community, on], |row| {
        Ok(Shown { on: row.take()?, has_photo: row.take::<Option<PaperId>>()?.is_some() })
    })?;
    Ok(Papers {
        contract: contract_on(tx, community, on)?,
        shown,
        priced_since: tx.query_opt(PRICED_SINCE, &params![community, on], |row| row.take())?,
        promises: promises_on(tx, community, on)?,
        region: tx.query_one("community", REGION, &params![community], |row| row.take())?,
    })
}

fn contract_on(tx: &mut Tx<'_>, community: CommunityId, on: NaiveDate) -> Result<Option<ContractPaper>, DbError> {
    let found = tx.query_opt(CONTRACT, &params![community, on], |row| {
        let (id, kind): (ContractId, String) = (row.take()?, row.take()?);
        let ends_on = row.take()?;
        let filing: String = row.take()?;
        let (daily, by_lpr): (Option<i64>, Option<i64>) = (row.take()?, row.take()?);
        let paper = ContractPaper {
            provisional: kind == "provisional",
            ends_on,
            filing: FilingState::parse(&filing).unwrap_or(FilingState::Unknown),
            has_scan: row.take::<Option<PaperId>>()?.is_some(),
            clauses: Vec::new(),
            has_late_fee: daily.is_some() || by_lpr.is_some(),
        };
        Ok((id, paper))
    })?;
    let Some((id, paper)) = found else { return Ok(None) };
    let clauses = tx.query(CLAUSE_KINDS, &params![community, id], |row| row.take())?;
    Ok(Some(ContractPaper { clauses, ..paper }))
}

/// A year's period that is over reaches back two years.
fn promises_on(tx: &mut Tx<'_>, community: CommunityId, on: NaiveDate) -> Result<Vec<PromisePaper>, DbError> {
    let promises = list_promises(tx, community)?;
    if promises.is_empty() {
        return Ok(Vec::new());
    }
    let first = Period::of(on).minus_a_year().minus_a_year();
    let evidence = list_evidence(tx, community, first)?;
    let paper = |promise: ServicePromiseRow| PromisePaper {
        evidence: evidence
            .iter()
            .filter(|one| one.promise_id == promise.id)
            .map(|one| (one.period, one.result))
            .collect(),
        what: promise.what,
        every: promise.every,
        starts_on: promise.starts_on,
        ends_on: promise.ends_on,
    };
    Ok(promises.into_iter().map(paper).collect())
}
