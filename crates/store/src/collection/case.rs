//! Cases (催缴案件): one open case per payer and community.

use chrono::NaiveDate;
use hemu_domain::ids::{CaseId, CommunityId, DecisionId, PartyId, RunId, StaffId};
use uuid::Uuid;

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

const LIST_OPEN: &str =
    "SELECT id, party_id, number, cycle_no, stage, stage_entered_on, opened_on, closed_on, policy_version,
    staff_id, next_due_on, last_decision_id, last_digest
    FROM case_file WHERE community_id = $1 AND closed_on IS NULL ORDER BY id";
const FIND: &str =
    "SELECT id, party_id, number, cycle_no, stage, stage_entered_on, opened_on, closed_on, policy_version,
    staff_id, next_due_on, last_decision_id, last_digest FROM case_file WHERE community_id = $1 AND id = $2";
const LIST_FEW: &str =
    "SELECT id, party_id, number, cycle_no, stage, stage_entered_on, opened_on, closed_on, policy_version,
    staff_id, next_due_on, last_decision_id, last_digest
    FROM case_file WHERE community_id = $1 AND closed_on IS NULL AND id IN ({ids})";
const FIND_OPEN_OF_PARTY: &str = "SELECT id, party_id, number, cycle_no, stage, stage_entered_on, opened_on, closed_on,
    policy_version, staff_id, next_due_on, last_decision_id, last_digest
    FROM case_file WHERE community_id = $1 AND party_id = $2 AND closed_on IS NULL";
const LAST_CYCLES: &str = "SELECT party_id, CAST(MAX(cycle_no) AS BIGINT) FROM case_file WHERE community_id = $1
    GROUP BY party_id";
const COUNT: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM case_file WHERE community_id = $1";
const LOCK: &str = "UPDATE case_file SET lock_no = lock_no + 1 WHERE community_id = $1 AND id = $2";
const CLOSE: &str = "UPDATE case_file SET closed_on = $2, close_reason = $3, lock_no = lock_no + 1
    WHERE community_id = $1 AND closed_on IS NULL AND id IN ({ids})";
/// What a run decided, written to the cases it decided about otherwise than last time. A case that moves to its next stage goes on
/// under the policy version of the run; the others finish their stage under their own (I12). A run's id comes before those of its
/// decisions, so they are found by the primary key.
const FOLLOW_DECISIONS: &str =
    "UPDATE case_file SET last_decision_id = d.id, last_digest = d.digest, next_due_on = d.next_due_on,
    stage_entered_on = CASE WHEN d.stage_after = case_file.stage THEN case_file.stage_entered_on ELSE d.as_of END,
    policy_version = CASE WHEN d.stage_after = case_file.stage THEN case_file.policy_version ELSE r.policy_version END,
    stage = d.stage_after
    FROM decision d JOIN collection_run r ON r.community_id = d.community_id AND r.id = d.run_id
    WHERE case_file.community_id = $1 AND d.community_id = $1 AND d.id > $2 AND d.run_id = $2
    AND d.case_id = case_file.id";
const ENTER_STAGE: &str = "UPDATE case_file SET stage = $3, stage_entered_on = $4 WHERE community_id = $1 AND id = $2";
const SET_NEXT: &str = "UPDATE case_file SET next_due_on = $2 WHERE community_id = $1 AND id IN ({ids})";
const ASSIGN: &str = "UPDATE case_file SET staff_id = $3 WHERE community_id = $1 AND id = $2";
/// Payers with an unpaid assessed late fee.
const PARTIES_OWING_FEES: &str = "SELECT DISTINCT a.party_id FROM late_fee l
    JOIN account a ON a.community_id = l.community_id AND a.id = l.account_id
    WHERE l.community_id = $1 AND l.open_fen > 0";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[
    LIST_OPEN,
    FIND,
    FIND_OPEN_OF_PARTY,
    LAST_CYCLES,
    COUNT,
    LOCK,
    FOLLOW_DECISIONS,
    ENTER_STAGE,
    ASSIGN,
    PARTIES_OWING_FEES,
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

/// Those of these cases that are open.
///
/// # Errors
/// When the database refuses.
pub fn list_few(tx: &mut Tx<'_>, community: CommunityId, ids: &[Uuid]) -> Result<Vec<CaseRow>, DbError> {
    tx.query_in(LIST_FEW, &params![community], ids, read)
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

/// Closes cases.
///
/// # Errors
/// When the database refuses.
pub fn close(
    tx: &mut Tx<'_>,
    community: CommunityId,
    cases: &[Uuid],
    on: NaiveDate,
    reason: &str,
) -> Result<(), DbError> {
    tx.execute_in(CLOSE, &params![community, on, reason], cases).map(|_| ())
}

/// Writes the decisions of a run to their cases: the newest decision, the next day, and the stage they lead to.
///
/// # Errors
/// When the database refuses.
pub fn follow_decisions(tx: &mut Tx<'_>, community: CommunityId, run: RunId) -> Result<(), DbError> {
    tx.execute(FOLLOW_DECISIONS, &params![community, run]).map(|_| ())
}

/// Moves a case to a stage by a person's act.
///
/// # Errors
/// When the database refuses.
pub fn enter_stage(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: CaseId,
    stage: &str,
    on: NaiveDate,
) -> Result<(), DbError> {
    tx.execute(ENTER_STAGE, &params![community, id, stage, on]).map(|_| ())
}

/// Sets the day the plan looks at cases next, where the decision stays the same and only its day is another.
///
/// # Errors
/// When the database refuses.
pub fn set_next_due(
    tx: &mut Tx<'_>,
    community: CommunityId,
    cases: &[Uuid],
    next_due_on: Option<NaiveDate>,
) -> Result<(), DbError> {
    tx.execute_in(SET_NEXT, &params![community, next_due_on], cases).map(|_| ())
}

/// Gives a case to a member of staff.
///
/// # Errors
/// When the database refuses.
pub fn assign(tx: &mut Tx<'_>, community: CommunityId, id: CaseId, staff: Option<StaffId>) -> Result<(), DbError> {
    tx.execute(ASSIGN, &params![community, id, staff]).map(|_| ())
}

/// Payers with an assessed late fee that is not paid: their case stays open (I9).
///
/// # Errors
/// When the database refuses.
pub fn list_parties_owing_fees(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<PartyId>, DbError> {
    tx.query(PARTIES_OWING_FEES, &params![community], |row| row.take())
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
