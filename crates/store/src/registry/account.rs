//! Accounts (缴费账户): one unit with one payer for one tenure.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, CommunityId, PartyId, UnitId};
use hemu_domain::{Fen, Period, UnitLabel};

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Row, Tx, Value, kept, params};

/// An account as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Its id.
    pub id: AccountId,
    /// The unit.
    pub unit_id: UnitId,
    /// The payer.
    pub party_id: PartyId,
    /// From when the payer owes; `None` from the beginning.
    pub starts_on: Option<NaiveDate>,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
    /// The floor for billing: `YYYY-MM`, or empty.
    pub paid_through: String,
    /// Money put by.
    pub prepaid: Fen,
}

const ACCOUNTS: &str = "SELECT id, unit_id, party_id, starts_on, ends_on, paid_through, prepaid_fen
    FROM account WHERE community_id = $1 ORDER BY id";
const ACCOUNTS_OF_UNIT: &str = "SELECT id, unit_id, party_id, starts_on, ends_on, paid_through, prepaid_fen
    FROM account WHERE community_id = $1 AND unit_id = $2 ORDER BY id";
const ACCOUNT: &str = "SELECT id, unit_id, party_id, starts_on, ends_on, paid_through, prepaid_fen
    FROM account WHERE community_id = $1 AND id = $2";
const OTHER_UNITS: &str = "SELECT DISTINCT u.label FROM account a
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    WHERE a.community_id = $1 AND a.party_id = $2 AND a.unit_id <> $3 ORDER BY u.label";
const RUNNING_ELSEWHERE: &str = "SELECT u.label, a.id FROM account a
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    WHERE a.community_id = $1 AND a.party_id = $2 AND a.unit_id <> $3 AND a.ends_on IS NULL ORDER BY u.label";
const LOCK_ACCOUNT: &str = "UPDATE account SET lock_no = lock_no + 1 WHERE community_id = $1 AND id = $2";
const SET_PREPAID: &str = "UPDATE account SET prepaid_fen = prepaid_fen + $3 WHERE community_id = $1 AND id = $2";
const SET_FLOOR: &str =
    "UPDATE account SET paid_through = $3 WHERE community_id = $1 AND id = $2 AND paid_through = ''";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[ACCOUNTS, ACCOUNTS_OF_UNIT, ACCOUNT, OTHER_UNITS, RUNNING_ELSEWHERE, LOCK_ACCOUNT, SET_PREPAID, SET_FLOOR];

pub(crate) static ACCOUNT_TABLE: BulkTable = BulkTable {
    table: "account",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("unit_id", ColumnKind::Uuid),
        ("party_id", ColumnKind::Uuid),
        ("starts_on", ColumnKind::Date),
        ("ends_on", ColumnKind::Date),
        ("paid_through", ColumnKind::Text),
        ("prepaid_fen", ColumnKind::Int),
        ("lock_no", ColumnKind::Int),
    ],
};

/// Writes new accounts, with nothing put by.
///
/// # Errors
/// When the database refuses.
pub fn insert_accounts(tx: &mut Tx<'_>, community: CommunityId, accounts: &[AccountRow]) -> Result<u64, DbError> {
    let row = |a: &AccountRow| -> [Value; 9] {
        params![community, a.id, a.unit_id, a.party_id, a.starts_on, a.ends_on, &a.paid_through, Fen::ZERO, 0_i64]
    };
    kept::ACCOUNTS.note(tx, community, accounts.iter().map(|one| row(one)[..7].to_vec()))?;
    tx.bulk_insert(&ACCOUNT_TABLE, accounts.iter().map(row))
}

/// All accounts.
///
/// # Errors
/// When the database refuses.
pub fn list_accounts(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<AccountRow>, DbError> {
    tx.query(ACCOUNTS, &params![community], read_account)
}

/// The accounts of a unit, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_accounts_of_unit(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
) -> Result<Vec<AccountRow>, DbError> {
    tx.query(ACCOUNTS_OF_UNIT, &params![community, unit], read_account)
}

/// The account of that id.
///
/// # Errors
/// [`DbError::NotFound`] when there is none.
pub fn get_account(tx: &mut Tx<'_>, community: CommunityId, id: AccountId) -> Result<AccountRow, DbError> {
    tx.query_one("account", ACCOUNT, &params![community, id], read_account)
}

/// The other units a payer has an account for.
///
/// # Errors
/// When the database refuses.
pub fn list_other_units(
    tx: &mut Tx<'_>,
    community: CommunityId,
    party: PartyId,
    unit: UnitId,
) -> Result<Vec<UnitLabel>, DbError> {
    tx.query(OTHER_UNITS, &params![community, party, unit], |row| row.parse(UnitLabel::parse))
}

/// The accounts a payer has today for other units, by unit.
///
/// # Errors
/// When the database refuses.
pub fn list_running_elsewhere(
    tx: &mut Tx<'_>,
    community: CommunityId,
    party: PartyId,
    unit: UnitId,
) -> Result<Vec<(UnitLabel, AccountId)>, DbError> {
    tx.query(RUNNING_ELSEWHERE, &params![community, party, unit], |row| Ok((row.parse(UnitLabel::parse)?, row.take()?)))
}

/// Locks an account until the transaction ends: everything that moves its money takes turns on it.
///
/// # Errors
/// When the database refuses.
pub fn lock_account(tx: &mut Tx<'_>, community: CommunityId, id: AccountId) -> Result<(), DbError> {
    tx.execute(LOCK_ACCOUNT, &params![community, id]).map(|_| ())
}

/// Adds to what an account has put by; a negative amount takes from it.
///
/// # Errors
/// When the database refuses.
pub fn add_prepaid(tx: &mut Tx<'_>, community: CommunityId, id: AccountId, amount: Fen) -> Result<(), DbError> {
    tx.execute(SET_PREPAID, &params![community, id, amount]).map(|_| ())
}

/// Sets the floor for billing of an account that has none; false when it has one.
///
/// # Errors
/// When the database refuses.
pub fn set_paid_through(
    tx: &mut Tx<'_>,
    community: CommunityId,
    floors: &[(AccountId, Period)],
) -> Result<u64, DbError> {
    kept::ACCOUNTS.change_any(tx, community, |tx| {
        floors.iter().map(|(id, month)| tx.execute(SET_FLOOR, &params![community, *id, *month])).sum()
    })
}

pub(crate) fn read_account(row: &Row<'_>) -> Result<AccountRow, DbError> {
    Ok(AccountRow {
        id: row.take()?,
        unit_id: row.take()?,
        party_id: row.take()?,
        starts_on: row.take()?,
        ends_on: row.take()?,
        paid_through: row.take()?,
        prepaid: row.take()?,
    })
}
