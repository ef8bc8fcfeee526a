//! Complaints past their day, and complaints of payers whose case was opened since.

use chrono::NaiveDate;
use hemu_domain::UnitLabel;
use hemu_domain::ids::{CaseId, CommunityId};
use uuid::Uuid;

use super::complaint::{ComplaintRow, read, select};
use crate::{DbError, Tx, params};

const LATE: &str = select!(
    ", u.label",
    "JOIN unit u ON u.community_id = k.community_id AND u.id = k.unit_id
    WHERE k.community_id = $1 AND k.answered_on IS NULL AND k.promised_on < $2 ORDER BY k.promised_on, k.id"
);
const ESCALATE: &str =
    "UPDATE complaint SET escalation = $2 WHERE community_id = $1 AND answered_on IS NULL AND id IN ({ids})";
/// Open complaints on no open case whose payer has one by now.
const WITHOUT_CASE: &str = select!(
    "JOIN case_file f ON f.community_id = k.community_id AND f.party_id = k.party_id AND f.closed_on IS NULL
    WHERE k.community_id = $1 AND k.answered_on IS NULL AND (k.case_id IS NULL OR k.case_id <> f.id) ORDER BY k.seq"
);
const OPEN_CASES: &str = "SELECT k.id, f.id FROM complaint k
    JOIN case_file f ON f.community_id = k.community_id AND f.party_id = k.party_id AND f.closed_on IS NULL
    WHERE k.community_id = $1 AND k.answered_on IS NULL AND (k.case_id IS NULL OR k.case_id <> f.id) ORDER BY k.seq";
const ATTACH: &str =
    "UPDATE complaint SET case_id = (SELECT f.id FROM case_file f WHERE f.community_id = complaint.community_id
    AND f.party_id = complaint.party_id AND f.closed_on IS NULL) WHERE community_id = $1 AND id IN ({ids})";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[LATE, WITHOUT_CASE, OPEN_CASES];

/// Complaints without an answer on a day after the promised one, the longest first, each with its unit.
///
/// # Errors
/// When the database refuses.
pub fn list_late(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<Vec<(ComplaintRow, UnitLabel)>, DbError> {
    tx.query(LATE, &params![community, as_of], |row| Ok((read(row)?, row.take()?)))
}

/// Notes how loud complaints are by now.
///
/// # Errors
/// When the database refuses.
pub fn set_escalation(tx: &mut Tx<'_>, community: CommunityId, level: i64, complaints: &[Uuid]) -> Result<(), DbError> {
    tx.execute_in(ESCALATE, &params![community, level], complaints).map(|_| ())
}

/// Open complaints whose payer has another open case than the one they bear on, with that case.
///
/// # Errors
/// When the database refuses.
pub fn list_without_case(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(ComplaintRow, CaseId)>, DbError> {
    let complaints = tx.query(WITHOUT_CASE, &params![community], read)?;
    let cases: Vec<CaseId> = tx.query(OPEN_CASES, &params![community], |row| {
        let _complaint: Uuid = row.take()?;
        row.take()
    })?;
    Ok(complaints.into_iter().zip(cases).collect())
}

/// Lets complaints bear on the open cases of their payers.
///
/// # Errors
/// When the database refuses.
pub fn attach(tx: &mut Tx<'_>, community: CommunityId, complaints: &[Uuid]) -> Result<(), DbError> {
    tx.execute_in(ATTACH, &params![community], complaints).map(|_| ())
}
