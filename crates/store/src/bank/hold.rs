//! Holds that money in doubt puts on cases: opened and ended set by set.

use chrono::NaiveDate;
use hemu_domain::ids::{CaseId, CommunityId, HoldId, PartyId};
use uuid::Uuid;

use crate::collection::work::{HoldRow, insert_holds};
use crate::{DbError, Tx, Value, kept, params};

const OPEN_CASES: &str = "SELECT party_id, id FROM case_file WHERE community_id = $1 AND closed_on IS NULL ORDER BY id";
const IN_FORCE: &str = "SELECT h.id, h.case_id FROM bank_hold b JOIN hold h ON h.community_id = b.community_id
    AND h.id = b.hold_id WHERE b.community_id = $1 AND h.released_on IS NULL AND h.case_id IS NOT NULL ORDER BY h.id";
const LOCK_CASES: &str =
    "UPDATE case_file SET lock_no = lock_no + 1 WHERE community_id = $1 AND closed_on IS NULL AND id IN ({ids})";
const RELEASE: &str = "UPDATE hold SET released_on = $2, released_by = $3, release_reason = $4
    WHERE community_id = $1 AND released_on IS NULL AND id IN ({ids})";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[OPEN_CASES, IN_FORCE];

/// The open cases of a community by payer.
///
/// # Errors
/// When the database refuses.
pub fn list_open_cases(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(PartyId, CaseId)>, DbError> {
    tx.query(OPEN_CASES, &params![community], |row| Ok((row.take()?, row.take()?)))
}

/// The holds for money in doubt that are in force, with their case.
///
/// # Errors
/// When the database refuses.
pub fn list_in_force(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(HoldId, CaseId)>, DbError> {
    tx.query(IN_FORCE, &params![community], |row| Ok((row.take()?, row.take()?)))
}

/// Locks open cases, as claims of messages do: none goes out on what is just being changed.
///
/// # Errors
/// When the database refuses.
pub fn lock_cases(tx: &mut Tx<'_>, community: CommunityId, cases: &[CaseId]) -> Result<(), DbError> {
    let ids: Vec<Uuid> = cases.iter().map(|id| id.uuid()).collect();
    tx.execute_in(LOCK_CASES, &params![community], &ids).map(|_| ())
}

/// Opens holds; `first_seq` numbers them as recorded facts.
///
/// # Errors
/// When the database refuses.
pub fn open(tx: &mut Tx<'_>, community: CommunityId, holds: &[HoldRow], first_seq: i64) -> Result<(), DbError> {
    insert_holds(tx, community, holds, first_seq)?;
    let row = |hold: &HoldRow| -> [Value; 2] { params![community, hold.id] };
    kept::BANK_HOLDS.insert(tx, community, holds.iter().map(row)).map(|_| ())
}

/// Ends holds.
///
/// # Errors
/// When the database refuses.
pub fn release(
    tx: &mut Tx<'_>,
    community: CommunityId,
    holds: &[HoldId],
    on: NaiveDate,
    (by, reason): (&str, &str),
) -> Result<(), DbError> {
    let ids: Vec<Uuid> = holds.iter().map(|id| id.uuid()).collect();
    tx.execute_in(RELEASE, &params![community, on, by, reason], &ids).map(|_| ())
}
