//! Legal (法务): letters and notices, proofs of service, matters.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::Fen;
use hemu_domain::ids::{CaseId, CommunityId, EntranceId, LegalMatterId, NoticeId, ServiceProofId, UnitId};
use serde_json::Value as Json;

use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// A letter or board notice; everything printed is frozen in `body`.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticeRow {
    /// Its id.
    pub id: NoticeId,
    /// Its number; `None` for a draft.
    pub number: Option<String>,
    /// `demand` or `board`.
    pub kind: String,
    /// The case a demand belongs to.
    pub case_id: Option<CaseId>,
    /// The unit a demand is about.
    pub unit_id: Option<UnitId>,
    /// The entrance a board notice hangs in.
    pub entrance_id: Option<EntranceId>,
    /// The day its figures hold for.
    pub as_of: NaiveDate,
    /// Sum of the open principal.
    pub principal_fen: Fen,
    /// Sum of the late fees.
    pub late_fee_fen: Fen,
    /// The last day to pay.
    pub pay_by: Option<NaiveDate>,
    /// Everything printed.
    pub body: Json,
    /// SHA-256 of `body`.
    pub body_hash: [u8; 32],
    /// SHA-256 of the PDF, in hexadecimal.
    pub pdf_sha256: String,
    /// `drafted`, `issued`, `served`, `refused` or `returned`.
    pub state: String,
    /// Who issued it.
    pub issued_by: Option<String>,
    /// The second person.
    pub approved_by: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// How a letter was served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceProofRow {
    /// Its id.
    pub id: ServiceProofId,
    /// The letter.
    pub notice_id: NoticeId,
    /// `hand`, `left_at_place`, `ems`, `registered_mail`, `notarised`, `wechat`, `email` or `sms`.
    pub method: String,
    /// `A` (signed or notarised) to `E` (sent only).
    pub grade: String,
    /// `served`, `refused` or `returned`.
    pub outcome: String,
    /// When.
    pub served_on: NaiveDate,
    /// Who took it.
    pub receiver_name: String,
    /// What they are to the addressee.
    pub receiver_relation: String,
    /// Waybill number.
    pub tracking_no: Option<String>,
    /// SHA-256 of photo, video or scan, in hexadecimal.
    pub evidence_sha256: Option<String>,
    /// Who served it.
    pub served_by: String,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
}

/// A legal matter.
#[derive(Clone, Debug, PartialEq)]
pub struct LegalMatterRow {
    /// Its id.
    pub id: LegalMatterId,
    /// The case.
    pub case_id: CaseId,
    /// `mediation`, `payment_order`, `suit` or `arbitration`.
    pub kind: String,
    /// Where it stands.
    pub state: String,
    /// Why it is in the common interest of the owners.
    pub ground: String,
    /// Who asked for it.
    pub requested_by: String,
    /// The second person.
    pub approved_by: String,
    /// When it was opened.
    pub opened_on: NaiveDate,
    /// When it was filed.
    pub filed_on: Option<NaiveDate>,
    /// When it ended.
    pub closed_on: Option<NaiveDate>,
    /// The sum claimed.
    pub claim_fen: Fen,
    /// The charges behind it: `[{charge, amount}]`.
    pub claim_lines: Json,
}

const INSERT_NOTICE: &str = "INSERT INTO notice (community_id, id, number, kind, case_id, unit_id, entrance_id, as_of,
    principal_fen, late_fee_fen, pay_by, body, body_hash, pdf_sha256, state, issued_by, approved_by, created_at, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
const FIND_NOTICE: &str = "SELECT id, number, kind, case_id, unit_id, entrance_id, as_of, principal_fen, late_fee_fen, pay_by,
    body, body_hash, pdf_sha256, state, issued_by, approved_by, created_at FROM notice WHERE community_id = $1 AND id = $2";
const FIND_BY_NUMBER: &str = "SELECT id, number, kind, case_id, unit_id, entrance_id, as_of, principal_fen, late_fee_fen, pay_by,
    body, body_hash, pdf_sha256, state, issued_by, approved_by, created_at FROM notice WHERE community_id = $1 AND number = $2";
const LIST_BEFORE: &str =
    "SELECT id, number, kind, case_id, unit_id, entrance_id, as_of, principal_fen, late_fee_fen, pay_by,
    body, body_hash, pdf_sha256, state, issued_by, approved_by, created_at FROM notice
    WHERE community_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
const OF_CASE: &str =
    "SELECT id, number, kind, case_id, unit_id, entrance_id, as_of, principal_fen, late_fee_fen, pay_by,
    body, body_hash, pdf_sha256, state, issued_by, approved_by, created_at FROM notice
    WHERE community_id = $1 AND case_id = $2 ORDER BY id";
const SET_STATE: &str = "UPDATE notice SET state = $3 WHERE community_id = $1 AND id = $2";
const INSERT_PROOF: &str = "INSERT INTO service_proof (community_id, id, notice_id, method, grade, outcome, served_on,
    receiver_name, receiver_relation, tracking_no, evidence_sha256, served_by, recorded_at, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const PROOFS_OF_CASE: &str = "SELECT s.id, s.notice_id, s.method, s.grade, s.outcome, s.served_on, s.receiver_name,
    s.receiver_relation, s.tracking_no, s.evidence_sha256, s.served_by, s.recorded_at
    FROM service_proof s JOIN notice n ON n.community_id = s.community_id AND n.id = s.notice_id
    WHERE s.community_id = $1 AND n.case_id = $2 ORDER BY s.id";
const INSERT_MATTER: &str =
    "INSERT INTO legal_matter (community_id, id, case_id, kind, state, ground, requested_by, approved_by,
    opened_on, filed_on, closed_on, claim_fen, claim_lines, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const MATTERS: &str =
    "SELECT id, case_id, kind, state, ground, requested_by, approved_by, opened_on, filed_on, closed_on,
    claim_fen, claim_lines FROM legal_matter WHERE community_id = $1 ORDER BY id DESC";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    INSERT_NOTICE,
    FIND_NOTICE,
    FIND_BY_NUMBER,
    LIST_BEFORE,
    OF_CASE,
    SET_STATE,
    INSERT_PROOF,
    PROOFS_OF_CASE,
    INSERT_MATTER,
    MATTERS,
];

/// What the digest of letters covers: all but what became of them.
#[must_use]
pub fn notice_content(community: CommunityId, n: &NoticeRow) -> Vec<Value> {
    params![
        community,
        n.id,
        n.number.as_deref(),
        &n.kind,
        n.case_id,
        n.unit_id,
        n.entrance_id,
        n.as_of,
        n.principal_fen,
        n.late_fee_fen,
        n.pay_by,
        n.body_hash,
        &n.pdf_sha256,
        n.issued_by.as_deref(),
        n.approved_by.as_deref(),
        n.created_at
    ]
    .to_vec()
}

/// Writes a letter or notice.
///
/// # Errors
/// [`DbError::Duplicate`] when the number is taken.
pub fn insert_notice(tx: &mut Tx<'_>, community: CommunityId, n: &NoticeRow, seq: i64) -> Result<(), DbError> {
    let values = params![
        community,
        n.id,
        n.number.as_deref(),
        &n.kind,
        n.case_id,
        n.unit_id,
        n.entrance_id,
        n.as_of,
        n.principal_fen,
        n.late_fee_fen,
        n.pay_by,
        n.body.clone(),
        n.body_hash,
        &n.pdf_sha256,
        &n.state,
        n.issued_by.as_deref(),
        n.approved_by.as_deref(),
        n.created_at,
        seq
    ];
    tx.execute(INSERT_NOTICE, &values)?;
    digest::add(tx, community, Register::Notices, &SetDigest::of(&notice_content(community, n)))
}

/// One letter.
///
/// # Errors
/// When the database refuses.
pub fn find_notice(tx: &mut Tx<'_>, community: CommunityId, id: NoticeId) -> Result<Option<NoticeRow>, DbError> {
    tx.query_opt(FIND_NOTICE, &params![community, id], read_notice)
}

/// The letter of that number.
///
/// # Errors
/// When the database refuses.
pub fn find_by_number(tx: &mut Tx<'_>, community: CommunityId, number: &str) -> Result<Option<NoticeRow>, DbError> {
    tx.query_opt(FIND_BY_NUMBER, &params![community, number], read_notice)
}

/// Letters with an id below `before`, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_notices_before(
    tx: &mut Tx<'_>,
    community: CommunityId,
    before: uuid::Uuid,
    limit: i64,
) -> Result<Vec<NoticeRow>, DbError> {
    tx.query(LIST_BEFORE, &params![community, before, limit], read_notice)
}

/// The letters of a case, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_notices_of_case(tx: &mut Tx<'_>, community: CommunityId, case: CaseId) -> Result<Vec<NoticeRow>, DbError> {
    tx.query(OF_CASE, &params![community, case], read_notice)
}

/// Moves a letter to a state.
///
/// # Errors
/// When the database refuses.
pub fn set_notice_state(tx: &mut Tx<'_>, community: CommunityId, id: NoticeId, state: &str) -> Result<(), DbError> {
    tx.execute(SET_STATE, &params![community, id, state]).map(|_| ())
}

/// What the digest of proofs of service covers: all of it, as it is written.
#[must_use]
pub fn proof_content(community: CommunityId, p: &ServiceProofRow, seq: i64) -> Vec<Value> {
    params![
        community,
        p.id,
        p.notice_id,
        &p.method,
        &p.grade,
        &p.outcome,
        p.served_on,
        &p.receiver_name,
        &p.receiver_relation,
        p.tracking_no.as_deref(),
        p.evidence_sha256.as_deref(),
        &p.served_by,
        p.recorded_at,
        seq
    ]
    .to_vec()
}

/// Writes a proof of service.
///
/// # Errors
/// When the database refuses.
pub fn insert_service_proof(
    tx: &mut Tx<'_>,
    community: CommunityId,
    p: &ServiceProofRow,
    seq: i64,
) -> Result<(), DbError> {
    let values = proof_content(community, p, seq);
    tx.execute(INSERT_PROOF, &values)?;
    digest::add(tx, community, Register::Proofs, &SetDigest::of(&values))
}

/// The proofs of service of a case's letters.
///
/// # Errors
/// When the database refuses.
pub fn list_proofs_of_case(
    tx: &mut Tx<'_>,
    community: CommunityId,
    case: CaseId,
) -> Result<Vec<ServiceProofRow>, DbError> {
    tx.query(PROOFS_OF_CASE, &params![community, case], read_proof)
}

/// What the digest of matters covers: what was decided, not what became of it.
#[must_use]
pub fn matter_content(community: CommunityId, m: &LegalMatterRow) -> Vec<Value> {
    params![
        community,
        m.id,
        m.case_id,
        &m.kind,
        &m.ground,
        &m.requested_by,
        &m.approved_by,
        m.opened_on,
        m.claim_fen,
        m.claim_lines.clone()
    ]
    .to_vec()
}

/// Writes a matter.
///
/// # Errors
/// When the database refuses.
pub fn insert_matter(tx: &mut Tx<'_>, community: CommunityId, m: &LegalMatterRow, seq: i64) -> Result<(), DbError> {
    let values = params![
        community,
        m.id,
        m.case_id,
        &m.kind,
        &m.state,
        &m.ground,
        &m.requested_by,
        &m.approved_by,
        m.opened_on,
        m.filed_on,
        m.closed_on,
        m.claim_fen,
        m.claim_lines.clone(),
        seq
    ];
    tx.execute(INSERT_MATTER, &values)?;
    digest::add(tx, community, Register::Matters, &SetDigest::of(&matter_content(community, m)))
}

/// The matters of a community, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_matters(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<LegalMatterRow>, DbError> {
    tx.query(MATTERS, &params![community], read_matter)
}

pub(crate) fn read_proof(row: &Row<'_>) -> Result<ServiceProofRow, DbError> {
    Ok(ServiceProofRow {
        id: row.take()?,
        notice_id: row.take()?,
        method: row.take()?,
        grade: row.take()?,
        outcome: row.take()?,
        served_on: row.take()?,
        receiver_name: row.take()?,
        receiver_relation: row.take()?,
        tracking_no: row.take()?,
        evidence_sha256: row.take()?,
        served_by: row.take()?,
        recorded_at: row.take()?,
    })
}

pub(crate) fn read_matter(row: &Row<'_>) -> Result<LegalMatterRow, DbError> {
    Ok(LegalMatterRow {
        id: row.take()?,
        case_id: row.take()?,
        kind: row.take()?,
        state: row.take()?,
        ground: row.take()?,
        requested_by: row.take()?,
        approved_by: row.take()?,
        opened_on: row.take()?,
        filed_on: row.take()?,
        closed_on: row.take()?,
        claim_fen: row.take()?,
        claim_lines: row.take()?,
    })
}

pub(crate) fn read_notice(row: &Row<'_>) -> Result<NoticeRow, DbError> {
    Ok(NoticeRow {
        id: row.take()?,
        number: row.take()?,
        kind: row.take()?,
        case_id: row.take()?,
        unit_id: row.take()?,
        entrance_id: row.take()?,
        as_of: row.take()?,
        principal_fen: row.take()?,
        late_fee_fen: row.take()?,
        pay_by: row.take()?,
        body: row.take()?,
        body_hash: row.take()?,
        pdf_sha256: row.take()?,
        state: row.take()?,
        issued_by: row.take()?,
        approved_by: row.take()?,
        created_at: row.take()?,
    })
}
