//! Complaints (客诉) and their answers.

use chrono::NaiveDate;
use hemu_domain::ids::{CaseId, CommunityId, ComplaintId, PartyId, UnitId};

use crate::{DbError, Row, Tx, params};

/// A complaint and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComplaintRow {
    /// Its id.
    pub id: ComplaintId,
    /// The case it bears on.
    pub case_id: Option<CaseId>,
    /// Where.
    pub unit_id: UnitId,
    /// Whose.
    pub party_id: PartyId,
    /// The department in charge.
    pub department: String,
    /// What it is about.
    pub subject: String,
    /// Where it stands.
    pub state: String,
    /// When it was taken.
    pub opened_on: NaiveDate,
    /// By when an answer was promised.
    pub promised_on: NaiveDate,
    /// When it was answered.
    pub answered_on: Option<NaiveDate>,
    /// The answer.
    pub answer: Option<String>,
    /// Who took it.
    pub taken_by: String,
}

const COMPLAINTS_OF_CASE: &str =
    "SELECT id, case_id, unit_id, party_id, department, subject, state, opened_on, promised_on,
    answered_on, answer, taken_by FROM complaint WHERE community_id = $1 AND case_id = $2 ORDER BY seq";
const COMPLAINTS_OPEN: &str = "SELECT id, case_id, unit_id, party_id, department, subject, state, opened_on, promised_on,
    answered_on, answer, taken_by FROM complaint WHERE community_id = $1 AND answered_on IS NULL ORDER BY promised_on, id";
const FIND_COMPLAINT: &str =
    "SELECT id, case_id, unit_id, party_id, department, subject, state, opened_on, promised_on,
    answered_on, answer, taken_by FROM complaint WHERE community_id = $1 AND id = $2";
const INSERT_COMPLAINT: &str =
    "INSERT INTO complaint (community_id, id, case_id, unit_id, party_id, department, subject, state,
    opened_on, promised_on, answered_on, answer, taken_by, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const ANSWER_COMPLAINT: &str = "UPDATE complaint SET state = $3, answered_on = $4, answer = $5
    WHERE community_id = $1 AND id = $2 AND answered_on IS NULL";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[COMPLAINTS_OF_CASE, COMPLAINTS_OPEN, FIND_COMPLAINT, INSERT_COMPLAINT, ANSWER_COMPLAINT];

/// The complaints that bear on a case.
///
/// # Errors
/// When the database refuses.
pub fn list_complaints_of_case(
    tx: &mut Tx<'_>,
    community: CommunityId,
    case: CaseId,
) -> Result<Vec<ComplaintRow>, DbError> {
    tx.query(COMPLAINTS_OF_CASE, &params![community, case], read_complaint)
}

/// Complaints without an answer, most urgent first.
///
/// # Errors
/// When the database refuses.
pub fn list_open_complaints(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ComplaintRow>, DbError> {
    tx.query(COMPLAINTS_OPEN, &params![community], read_complaint)
}

/// One complaint.
///
/// # Errors
/// When the database refuses.
pub fn find_complaint(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: ComplaintId,
) -> Result<Option<ComplaintRow>, DbError> {
    tx.query_opt(FIND_COMPLAINT, &params![community, id], read_complaint)
}

/// Writes a complaint.
///
/// # Errors
/// When the database refuses.
pub fn insert_complaint(tx: &mut Tx<'_>, community: CommunityId, c: &ComplaintRow, seq: i64) -> Result<(), DbError> {
    let values = params![
        community,
        c.id,
        c.case_id,
        c.unit_id,
        c.party_id,
        &c.department,
        &c.subject,
        &c.state,
        c.opened_on,
        c.promised_on,
        c.answered_on,
        c.answer.as_deref(),
        &c.taken_by,
        seq
    ];
    tx.execute(INSERT_COMPLAINT, &values).map(|_| ())
}

/// Records the answer to a complaint; false when it had one.
///
/// # Errors
/// When the database refuses.
pub fn answer_complaint(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: ComplaintId,
    state: &str,
    on: NaiveDate,
    answer: &str,
) -> Result<bool, DbError> {
    tx.execute(ANSWER_COMPLAINT, &params![community, id, state, on, answer]).map(|rows| rows == 1)
}

fn read_complaint(row: &Row<'_>) -> Result<ComplaintRow, DbError> {
    Ok(ComplaintRow {
        id: row.take()?,
        case_id: row.take()?,
        unit_id: row.take()?,
        party_id: row.take()?,
        department: row.take()?,
        subject: row.take()?,
        state: row.take()?,
        opened_on: row.take()?,
        promised_on: row.take()?,
        answered_on: row.take()?,
        answer: row.take()?,
        taken_by: row.take()?,
    })
}
