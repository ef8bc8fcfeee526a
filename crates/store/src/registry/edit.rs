//! Single changes to units, parties and who holds what: the facts of a unit, its occupancy, its owner from a day on.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, CommunityId, FeeItemId, PartyId, UnitId};
use hemu_domain::registry::unit::Occupancy;
use hemu_domain::{Fen, Period};
use serde_json::Value as Json;

use super::UnitRow;
use crate::{DbError, Tx, kept, params};

const UPDATE_UNIT: &str =
    "UPDATE unit SET kind = $3, area_e4 = $4, floor = $5, remark = $6 WHERE community_id = $1 AND id = $2";
const SET_OCCUPANCY: &str = "UPDATE unit SET occupancy = $3, vacant_since = $4, handover_on = COALESCE($5, handover_on)
    WHERE community_id = $1 AND id = $2";
const RENAME_PARTY: &str =
    "UPDATE party SET name = $3, initials = $4, form_of_address = $5 WHERE community_id = $1 AND id = $2";
/// A sale does not end a lease (民法典 725): only those who own.
const END_OWNERS: &str = "UPDATE tenure SET ends_on = $3 WHERE community_id = $1 AND unit_id = $2 AND ends_on IS NULL
    AND role IN ('owner', 'co_owner', 'developer')";
const END_TENANTS: &str = "UPDATE tenure SET ends_on = $3 WHERE community_id = $1 AND unit_id = $2 AND ends_on IS NULL
    AND role = 'tenant'";
const END_ACCOUNTS: &str =
    "UPDATE account SET ends_on = $3 WHERE community_id = $1 AND unit_id = $2 AND ends_on IS NULL";
const CHARGED: &str = "SELECT c.fee_item_id, f.name, c.period, c.amount_fen, c.open_fen, c.explanation FROM charge c
    JOIN fee_item f ON f.community_id = c.community_id AND f.id = c.fee_item_id
    WHERE c.community_id = $1 AND c.account_id = $2 AND c.live AND c.origin <> 'reversal' ORDER BY c.fee_item_id, c.period";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[UPDATE_UNIT, SET_OCCUPANCY, RENAME_PARTY, END_OWNERS, END_TENANTS, END_ACCOUNTS, CHARGED];

/// What was charged to an account for some months.
#[derive(Clone, Debug, PartialEq)]
pub struct ChargedMonths {
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// Its name.
    pub item: String,
    /// The first month.
    pub period: Period,
    /// How much.
    pub amount: Fen,
    /// What is open.
    pub open: Fen,
    /// How it came to be; tells the number of months.
    pub explanation: Json,
}

/// Writes the facts of a unit: kind, area, floor, remark. Its label stays.
///
/// # Errors
/// When the database refuses.
pub fn update_unit(tx: &mut Tx<'_>, community: CommunityId, unit: &UnitRow) -> Result<(), DbError> {
    let values = params![community, unit.id, unit.kind.as_str(), unit.area, unit.floor, &unit.remark];
    tx.execute(UPDATE_UNIT, &values).map(|_| ())
}

/// Writes who is in a unit; a known day of handover is kept.
///
/// # Errors
/// When the database refuses.
pub fn set_occupancy(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
    occupancy: Occupancy,
    (vacant_since, handover_on): (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<(), DbError> {
    tx.execute(SET_OCCUPANCY, &params![community, unit, occupancy.as_str(), vacant_since, handover_on]).map(|_| ())
}

/// Writes a party's name, its initials for search, and how it wants to be addressed.
///
/// # Errors
/// When the database refuses.
pub fn rename_party(
    tx: &mut Tx<'_>,
    community: CommunityId,
    party: PartyId,
    name: &str,
    (initials, form_of_address): (&str, Option<&str>),
) -> Result<(), DbError> {
    tx.execute(RENAME_PARTY, &params![community, party, name, initials, form_of_address]).map(|_| ())
}

/// Ends the tenures of those who own a unit, and its account, on a day; tenants stay.
///
/// # Errors
/// When the database refuses.
pub fn end_owners(tx: &mut Tx<'_>, community: CommunityId, unit: UnitId, on: NaiveDate) -> Result<(), DbError> {
    tx.execute(END_OWNERS, &params![community, unit, on])?;
    end_accounts(tx, community, unit, on)
}

/// Ends the account of a unit on a day; its tenures go on.
///
/// # Errors
/// When the database refuses.
pub fn end_accounts(tx: &mut Tx<'_>, community: CommunityId, unit: UnitId, on: NaiveDate) -> Result<(), DbError> {
    let values = params![community, unit, on];
    kept::ACCOUNTS.change(tx, community, &params![unit], |tx| tx.execute(END_ACCOUNTS, &values)).map(|_| ())
}

/// Ends the tenures of those who rent a unit, on a day.
///
/// # Errors
/// When the database refuses.
pub fn end_tenants(tx: &mut Tx<'_>, community: CommunityId, unit: UnitId, on: NaiveDate) -> Result<(), DbError> {
    tx.execute(END_TENANTS, &params![community, unit, on]).map(|_| ())
}

/// What was charged to an account, by fee item and month.
///
/// # Errors
/// When the database refuses.
pub fn list_charged(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: AccountId,
) -> Result<Vec<ChargedMonths>, DbError> {
    tx.query(CHARGED, &params![community, account], |row| {
        Ok(ChargedMonths {
            fee_item_id: row.take()?,
            item: row.take()?,
            period: row.take()?,
            amount: row.take()?,
            open: row.take()?,
            explanation: row.take()?,
        })
    })
}
