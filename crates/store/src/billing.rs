//! Billing (出账): bill runs, bills and charges. Charges are never deleted; a correction is a reversal.

mod charge;
mod content;
pub mod opening;
pub mod order;
pub mod run;

pub(crate) use charge::CHARGE_TABLE;
pub use charge::{ChargeRow, Reversal, insert_charges, insert_reversals};
pub(crate) use content::charge_content;
pub use run::{BillRunRow, list_runs, publish, start_run, update_run};

use chrono::NaiveDate;
use hemu_domain::billing::Explanation;
use hemu_domain::ids::{AccountId, BillId, BillRunId, ChargeId, CommunityId, FeeItemId, UnitId};
use hemu_domain::registry::unit::{Occupancy, UnitKind};
use hemu_domain::{Area, Fen, Period, UnitLabel};

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Tx, Value, kept, params};

/// A bill as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillRow {
    /// Its id.
    pub id: BillId,
    /// The account.
    pub account_id: AccountId,
    /// The first month it covers.
    pub period: Period,
    /// The run that issued it.
    pub run_id: BillRunId,
    /// What it is called: month and unit.
    pub number: String,
    /// When it is due.
    pub due_on: NaiveDate,
    /// The sum of its charges.
    pub total: Fen,
    /// When it was issued.
    pub issued_on: NaiveDate,
}

/// What is charged already, by unit, so that a month the last payer was charged for is not charged to the next: the months an
/// explanation covers start at `period`.
const COVERED: &str = "SELECT a.unit_id, c.fee_item_id, c.period, c.occurrence, c.explanation FROM charge c
    JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    WHERE c.community_id = $1 AND c.live AND c.period >= $2 AND c.period <= $3";
const UNITS: &str = "SELECT id, label, kind, area_e4, floor, occupancy FROM unit WHERE community_id = $1";
/// Payers for whom a handover matters: developers, and payers of units whose day of handover is known. Each part has an index of
/// its own, so that an estate handed over long ago, with no developer left, costs nothing.
const HANDOVERS: &str = "SELECT a.id, a.unit_id, p.kind, u.handover_on FROM party p
    JOIN account a ON a.community_id = p.community_id AND a.party_id = p.id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    WHERE p.community_id = $1 AND p.kind = 'developer'
    UNION ALL SELECT a.id, a.unit_id, p.kind, u.handover_on FROM unit u
    JOIN account a ON a.community_id = u.community_id AND a.unit_id = u.id
    JOIN party p ON p.community_id = a.community_id AND p.id = a.party_id
    WHERE u.community_id = $1 AND u.handover_on IS NOT NULL AND p.kind <> 'developer'";
const LAST_AMOUNTS: &str = "SELECT account_id, fee_item_id, amount_fen, explanation FROM charge
    WHERE community_id = $1 AND live AND period = $2";
const BILLS_OF_PERIOD: &str = "SELECT id, account_id, total_fen FROM bill WHERE community_id = $1 AND period = $2
    AND occurrence = 1";
/// Adds what was recorded since fact `$2` to bills that were there before.
const ADD_TO_BILLS: &str = "UPDATE bill SET total_fen = total_fen + COALESCE((SELECT CAST(SUM(c.amount_fen) AS BIGINT)
    FROM charge c WHERE c.community_id = $1 AND c.account_id = bill.account_id AND c.live AND c.bill_id = bill.id
        AND c.seq >= $2), 0) WHERE community_id = $1 AND id IN ({ids})";
const TOUCH_CHARGE: &str = "UPDATE charge SET open_fen = open_fen - $3 WHERE community_id = $1 AND id = $2";

/// Every statement of this module but the one with an id list.
pub const STATEMENTS: &[&str] = &[COVERED, UNITS, HANDOVERS, LAST_AMOUNTS, BILLS_OF_PERIOD, TOUCH_CHARGE];

pub(crate) static BILL_TABLE: BulkTable = BulkTable {
    table: "bill",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("account_id", ColumnKind::Uuid),
        ("period", ColumnKind::Text),
        ("occurrence", ColumnKind::Int),
        ("run_id", ColumnKind::Uuid),
        ("number", ColumnKind::Text),
        ("due_on", ColumnKind::Date),
        ("total_fen", ColumnKind::Int),
        ("issued_on", ColumnKind::Date),
    ],
};

/// Writes new bills.
///
/// # Errors
/// [`DbError::Duplicate`] when an account has a bill of that month.
pub fn insert_bills(tx: &mut Tx<'_>, community: CommunityId, bills: &[BillRow]) -> Result<u64, DbError> {
    write_bills(tx, community, bills.iter().map(|bill| (bill, 1)))
}

/// Writes the bills of a correction, each the so-and-so-many-th of its account and month.
///
/// # Errors
/// [`DbError::Duplicate`] when there is one of that number.
pub fn insert_correction_bills(
    tx: &mut Tx<'_>,
    community: CommunityId,
    bills: &[(BillRow, i64)],
) -> Result<u64, DbError> {
    write_bills(tx, community, bills.iter().map(|(bill, occurrence)| (bill, *occurrence)))
}

fn write_bills<'a>(
    tx: &mut Tx<'_>,
    community: CommunityId,
    bills: impl Iterator<Item = (&'a BillRow, i64)> + Clone,
) -> Result<u64, DbError> {
    kept::BILLS.note(
        tx,
        community,
        bills.clone().map(|(bill, occurrence)| bill_content(community, bill, occurrence)),
    )?;
    tx.bulk_insert(&BILL_TABLE, bills.map(|(bill, occurrence)| bill_values(community, bill, occurrence)))
}

/// What never changes of a bill: all but its total, which a later run may add to.
fn bill_content(community: CommunityId, b: &BillRow, occurrence: i64) -> [Value; 9] {
    params![community, b.id, b.account_id, b.period, occurrence, b.run_id, &b.number, b.due_on, b.issued_on]
}

fn bill_values(community: CommunityId, b: &BillRow, occurrence: i64) -> [Value; 10] {
    params![community, b.id, b.account_id, b.period, occurrence, b.run_id, &b.number, b.due_on, b.total, b.issued_on]
}

/// A charge that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoveredMonths {
    /// The unit.
    pub unit_id: UnitId,
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// The first month.
    pub from: Period,
    /// Which charge of that month.
    pub occurrence: i64,
    /// How many months.
    pub months: u32,
    /// Whether some days of a month are charged.
    pub of_days: bool,
}

/// What is charged for months from `first` to `last`.
///
/// # Errors
/// When the database refuses.
pub fn for_each_covered(
    tx: &mut Tx<'_>,
    community: CommunityId,
    first: Period,
    last: Period,
    mut each: impl FnMut(CoveredMonths),
) -> Result<(), DbError> {
    tx.for_each(COVERED, &params![community, first, last], |row| {
        let (unit_id, fee_item_id, from) = (row.take()?, row.take()?, row.take()?);
        let occurrence = row.take()?;
        let known = row.json::<Explanation>()?;
        let months = known.as_ref().map_or(1, Explanation::months);
        let of_days = known.is_some_and(|known| known.is_of_days());
        each(CoveredMonths { unit_id, fee_item_id, from, occurrence, months, of_days });
        Ok(())
    })
}

/// What a bill depends on of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledUnit {
    /// The unit.
    pub id: UnitId,
    /// What it is called.
    pub label: UnitLabel,
    /// What it is.
    pub kind: UnitKind,
    /// Its charged area.
    pub area: Option<Area>,
    /// Its floor, as recorded or as its label tells.
    pub floor: Option<i64>,
    /// Who is in it.
    pub occupancy: Occupancy,
}

/// The units of a community, in no order.
///
/// # Errors
/// When the database refuses.
pub fn list_units(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<BilledUnit>, DbError> {
    tx.query(UNITS, &params![community], |row| {
        let (id, label): (UnitId, UnitLabel) = (row.take()?, row.take()?);
        let (kind, area) = (row.parse(UnitKind::parse)?, row.take()?);
        let floor = row.take::<Option<i64>>()?.or_else(|| label.floor());
        Ok(BilledUnit { id, label, kind, area, floor, occupancy: row.parse(Occupancy::parse)? })
    })
}

/// An account for which a handover matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// The account.
    pub account_id: AccountId,
    /// Its unit.
    pub unit_id: UnitId,
    /// Whether its payer is the developer.
    pub developer: bool,
    /// When the unit was handed over to its first owner; `None` when that is not known.
    pub handed_over_on: Option<NaiveDate>,
}

/// The accounts of developers, and of units whose day of handover is known.
///
/// # Errors
/// When the database refuses.
pub fn list_handovers(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<Handover>, DbError> {
    tx.query(HANDOVERS, &params![community], |row| {
        Ok(Handover {
            account_id: row.take()?,
            unit_id: row.take()?,
            developer: row.take::<String>()? == "developer",
            handed_over_on: row.take()?,
        })
    })
}

/// What an account was charged for an item, and why.
pub type ExplainedAmount = (AccountId, FeeItemId, Fen, Option<Explanation>);

/// What each account was charged for an item in a month, with the explanation where it is one of a bill run.
///
/// # Errors
/// When the database refuses.
pub fn list_amounts(tx: &mut Tx<'_>, community: CommunityId, period: Period) -> Result<Vec<ExplainedAmount>, DbError> {
    tx.query(LAST_AMOUNTS, &params![community, period], |row| Ok((row.take()?, row.take()?, row.take()?, row.json()?)))
}

/// The bills of a month, those of corrections left out: id, account, total.
///
/// # Errors
/// When the database refuses.
pub fn list_bills_of_period(
    tx: &mut Tx<'_>,
    community: CommunityId,
    period: Period,
) -> Result<Vec<(BillId, AccountId, Fen)>, DbError> {
    tx.query(BILLS_OF_PERIOD, &params![community, period], |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// Adds charges that were missing, recorded as fact `first_seq` or later, to the totals of bills that were there before.
///
/// # Errors
/// When the database refuses.
pub fn add_to_bills(tx: &mut Tx<'_>, community: CommunityId, bills: &[BillId], first_seq: i64) -> Result<(), DbError> {
    let ids: Vec<_> = bills.iter().map(|id| id.uuid()).collect();
    tx.execute_in(ADD_TO_BILLS, &params![community, first_seq], &ids).map(|_| ())
}

/// Takes an amount off what is open on a charge; a negative amount puts it back.
///
/// # Errors
/// When the database refuses.
pub fn take_off_charge(tx: &mut Tx<'_>, community: CommunityId, charge: ChargeId, amount: Fen) -> Result<(), DbError> {
    tx.execute(TOUCH_CHARGE, &params![community, charge, amount]).map(|_| ())
}
