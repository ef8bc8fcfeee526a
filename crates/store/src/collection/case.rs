//! Cases (催缴案件): one open case per payer and community.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{CaseId, CommunityId, DecisionId, PartyId, StaffId};

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Row, Tx, Value, params};

/// A case as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// Its id.
    pub id: CaseId,
    /// The payer.
    pub party_id: PartyId,
    /// What people call it: `C-000123`.
    pub number: String,
    /// 1 for the payer's first case, then counting up: part of every action's key.
    pub cycle_no: i64,
    /// `reminder`, `conversation`, `demand` or `legal`.
    pub stage: String,
    /// Since when it is at this stage.
    pub stage_entered_on: NaiveDate,
    /// When it was opened.
    pub opened_on: NaiveDate,
    /// When everything was paid; `None` while open.
    pub closed_on: Option<NaiveDate>,
    /// The policy version it started its stage under.
    pub policy_version: i64,
    /// Whose case it is (管家).
    pub staff_id: Option<StaffId>,
    /// When the plan looks at it next.
    pub next_due_on: Option<NaiveDate>,
    /// The newest stored decision.
    pub last_decision_id: Option<DecisionId>,
    /// The digest of that decision, day counts aside.
    pub last_digest: Option<[u8; 32]>,
}

/// What a payer owes on a day, over all units and fee items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyArrears {
    /// The payer.
    pub party_id: PartyId,
    /// Open principal of charges due before the day.
    pub overdue_fen: Fen,
    /// The earliest due date among them.
    pub oldest_due: NaiveDate,
    /// How many charges.
    pub charges: i64,
}

const LIST_OPEN: &str =
    "SELECT id, party_id, number, cycle_no, stage, stage_entered_on, opened_on, closed_on, policy_version,
    staff_id, next_due_on, last_decision_id, last_digest
    FROM case_file WHERE community_id = $1 AND closed_on IS NULL ORDER BY id";
const FIND: &str =
    "SELECT id, party_id, number, cycle_no, stage, stage_entered_on, opened_on, closed_on, policy_version,
    staff_id, next_due_on, last_decision_id, last_digest FROM case_file WHERE community_id = $1 AND id = $2";
const FIND_OPEN_OF_PARTY: &str = "SELECT id, party_id, number, cycle_no, stage, stage_entered_on, opened_on, closed_on,
    policy_version, staff_id, next_due_on, last_decision_id, last_digest
    FROM case_file WHERE community_id = $1 AND party_id = $2 AND closed_on IS NULL";
const LAST_CYCLES: &str = "SELECT party_id, CAST(MAX(cycle_no) AS BIGINT) FROM case_file WHERE community_id = $1
    GROUP BY party_id";
const COUNT: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM case_file WHERE community_id = $1";
const LOCK: &str = "UPDATE case_file SET lock_no = lock_no + 1 WHERE community_id = $1 AND id = $2";
const CLOSE: &str = "UPDATE case_file SET closed_on = $3, close_reason = $4 WHERE community_id = $1 AND id = $2
    AND closed_on IS NULL";
const ADVANCE: &str = "UPDATE case_file SET stage = $3, stage_entered_on = $4, policy_version = $5
    WHERE community_id = $1 AND id = $2";
const NOTE_DECISION: &str = "UPDATE case_file SET last_decision_id = $3, last_digest = $4, next_due_on = $5
    WHERE community_id = $1 AND id = $2";
const ASSIGN: &str = "UPDATE case_file SET staff_id = $3 WHERE community_id = $1 AND id = $2";
/// Streams over the covering index of open charges; a payer's accounts come in account order.
const PARTY_ARREARS: &str =
    "SELECT a.party_id, CAST(SUM(c.open_fen) AS BIGINT), MIN(c.due_on), CAST(COUNT(*) AS BIGINT)
    FROM charge c JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    WHERE c.community_id = $1 AND c.open_fen > 0 AND c.due_on < $2 GROUP BY a.party_id ORDER BY a.party_id";
/// Payers with any open principal or late fee, due or not: their case may not close (I9).
const PARTIES_OWING: &str = "SELECT DISTINCT a.party_id FROM account a WHERE a.community_id = $1 AND (
    EXISTS (SELECT 1 FROM charge c WHERE c.community_id = a.community_id AND c.account_id = a.id AND c.open_fen > 0
        AND c.due_on < $2)
    OR EXISTS (SELECT 1 FROM late_fee l WHERE l.community_id = a.community_id AND l.account_id = a.id AND l.open_fen > 0))";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    LIST_OPEN,
    FIND,
    FIND_OPEN_OF_PARTY,
    LAST_CYCLES,
    COUNT,
    LOCK,
    CLOSE,
    ADVANCE,
    NOTE_DECISION,
    ASSIGN,
    PARTY_ARREARS,
    PARTIES_OWING,
];

static CASES: BulkTable = BulkTable {
    table: "case_file",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("party_id", ColumnKind::Uuid),
        ("number", ColumnKind::Text),
        ("cycle_no", ColumnKind::Int),
        ("stage", ColumnKind::Text),
        ("stage_entered_on", ColumnKind::Date),
        ("opened_on", ColumnKind::Date),
        ("policy_version", ColumnKind::Int),
        ("staff_id", ColumnKind::Uuid),
        ("lock_no", ColumnKind::Int),
        ("seq", ColumnKind::Int),
    ],
};

/// Writes new cases; `first_seq` numbers them as recorded facts.
///
/// # Errors
/// [`DbError::Duplicate`] when a payer has an open case already.
pub fn insert_cases(
    tx: &mut Tx<'_>,
    community: CommunityId,
    cases: &[CaseRow],
    first_seq: i64,
) -> Result<u64, DbError> {
    let rows = cases.iter().zip(first_seq..).map(|(case, seq)| -> [Value; 12] {
        params![
            community,
            case.id,
            case.party_id,
            &case.number,
            case.cycle_no,
            &case.stage,
            case.stage_entered_on,
            case.opened_on,
            case.policy_version,
            case.staff_id,
            0_i64,
            seq
        ]
    });
    tx.bulk_insert(&CASES, rows)
}

/// The open cases of a community, by id.
///
/// # Errors
/// When the database refuses.
pub fn list_open(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<CaseRow>, DbError> {
    tx.query(LIST_OPEN, &params![community], read)
}

/// A case, open or closed.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, community: CommunityId, id: CaseId) -> Result<Option<CaseRow>, DbError> {
    tx.query_opt(FIND, &params![community, id], read)
}

/// The open case of a payer.
///
/// # Errors
/// When the database refuses.
pub fn find_open_of_party(tx: &mut Tx<'_>, community: CommunityId, party: PartyId) -> Result<Option<CaseRow>, DbError> {
    tx.query_opt(FIND_OPEN_OF_PARTY, &params![community, party], read)
}

/// The highest cycle each payer's cases have reached.
///
/// # Errors
/// When the database refuses.
pub fn list_last_cycles(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(PartyId, i64)>, DbError> {
    tx.query(LAST_CYCLES, &params![community], |row| Ok((row.take()?, row.take()?)))
}

/// How many cases there ever were, for the next number.
///
/// # Errors
/// When the database refuses.
pub fn count(tx: &mut Tx<'_>, community: CommunityId) -> Result<i64, DbError> {
    tx.query_one("count", COUNT, &params![community], |row| row.take())
}

/// Locks a case until the transaction ends: claims, stage changes and payments take turns on it.
///
/// # Errors
/// When the database refuses.
pub fn lock(tx: &mut Tx<'_>, community: CommunityId, id: CaseId) -> Result<(), DbError> {
    tx.execute(LOCK, &params![community, id]).map(|_| ())
}

/// Closes a case.
///
/// # Errors
/// When the database refuses.
pub fn close(tx: &mut Tx<'_>, community: CommunityId, id: CaseId, on: NaiveDate, reason: &str) -> Result<(), DbError> {
    tx.execute(CLOSE, &params![community, id, on, reason]).map(|_| ())
}

/// Moves a case to its next stage, under the policy version in force.
///
/// # Errors
/// When the database refuses.
pub fn advance(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: CaseId,
    stage: &str,
    on: NaiveDate,
    policy_version: i64,
) -> Result<(), DbError> {
    tx.execute(ADVANCE, &params![community, id, stage, on, policy_version]).map(|_| ())
}

/// Remembers the newest decision about a case.
///
/// # Errors
/// When the database refuses.
pub fn note_decision(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: CaseId,
    decision: DecisionId,
    digest: [u8; 32],
    next_due_on: Option<NaiveDate>,
) -> Result<(), DbError> {
    tx.execute(NOTE_DECISION, &params![community, id, decision, digest, next_due_on]).map(|_| ())
}

/// Gives a case to a member of staff.
///
/// # Errors
/// When the database refuses.
pub fn assign(tx: &mut Tx<'_>, community: CommunityId, id: CaseId, staff: Option<StaffId>) -> Result<(), DbError> {
    tx.execute(ASSIGN, &params![community, id, staff]).map(|_| ())
}

/// What each payer owes that was due before `as_of`.
///
/// # Errors
/// When the database refuses.
pub fn list_party_arrears(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<Vec<PartyArrears>, DbError> {
    tx.query(PARTY_ARREARS, &params![community, as_of], |row| {
        Ok(PartyArrears {
            party_id: row.take()?,
            overdue_fen: row.take()?,
            oldest_due: row.take()?,
            charges: row.take()?,
        })
    })
}

/// Payers who have an overdue charge or an unpaid assessed late fee.
///
/// # Errors
/// When the database refuses.
pub fn list_parties_owing(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<Vec<PartyId>, DbError> {
    tx.query(PARTIES_OWING, &params![community, as_of], |row| row.take())
}

fn read(row: &Row<'_>) -> Result<CaseRow, DbError> {
    Ok(CaseRow {
        id: row.take()?,
        party_id: row.take()?,
        number: row.take()?,
        cycle_no: row.take()?,
        stage: row.take()?,
        stage_entered_on: row.take()?,
        opened_on: row.take()?,
        closed_on: row.take()?,
        policy_version: row.take()?,
        staff_id: row.take()?,
        next_due_on: row.take()?,
        last_decision_id: row.take()?,
        last_digest: row.take()?,
    })
}
