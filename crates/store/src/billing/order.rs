//! Orders (临时收费): what a payer asked for once, until a bill takes it up. Whether one was billed is told by its charge alone.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, CommunityId, FeeItemId, FeeOrderId, UnitId};
use hemu_domain::{Period, UnitLabel, UnitPrice};

use crate::{DbError, Row, Tx, kept, params};

/// An order as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// Its id.
    pub id: FeeOrderId,
    /// Who ordered it.
    pub account_id: AccountId,
    /// For which unit.
    pub unit_id: UnitId,
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// The month it is billed in, or any later one.
    pub period: Period,
    /// Which charge of that unit, item and month it becomes, from 100 on.
    pub occurrence: i64,
    /// How many.
    pub quantity: u32,
    /// What is counted: 张, 次, 户.
    pub counted_in: String,
    /// The price of one.
    pub price: UnitPrice,
    /// What it is for, and what the price rests on.
    pub basis: String,
    /// When it was recorded.
    pub ordered_on: NaiveDate,
    /// Who recorded it.
    pub ordered_by: String,
}

/// An order with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// The order.
    pub order: OrderRow,
    /// The unit's label.
    pub unit: UnitLabel,
    /// What the item is called.
    pub item: String,
    /// Whether it is on a bill.
    pub billed: bool,
    /// When it was cancelled, and why.
    pub cancelled: Option<(NaiveDate, String)>,
}

const INSERT: &str =
    "INSERT INTO fee_order (community_id, id, account_id, unit_id, fee_item_id, period, occurrence, quantity,
    counted_in, price_e6, basis, ordered_on, ordered_by, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const LAST: &str = "SELECT CAST(COALESCE(MAX(occurrence), 99) AS BIGINT) FROM fee_order
    WHERE community_id = $1 AND unit_id = $2 AND fee_item_id = $3 AND period = $4";
/// Orders of a month or an earlier one that are neither cancelled nor on a bill.
const OPEN: &str =
    "SELECT o.id, o.account_id, o.unit_id, o.fee_item_id, o.period, o.occurrence, o.quantity, o.counted_in,
    o.price_e6, o.basis, o.ordered_on, o.ordered_by FROM fee_order o
    WHERE o.community_id = $1 AND o.period <= $2 AND o.cancelled_on IS NULL AND NOT EXISTS (SELECT 1 FROM charge c
        WHERE c.community_id = o.community_id AND c.account_id = o.account_id AND c.fee_item_id = o.fee_item_id
        AND c.period = o.period AND c.occurrence = o.occurrence) ORDER BY o.seq";
const NEWEST: &str =
    "SELECT o.id, o.account_id, o.unit_id, o.fee_item_id, o.period, o.occurrence, o.quantity, o.counted_in,
    o.price_e6, o.basis, o.ordered_on, o.ordered_by, u.label, i.name, CAST(CASE WHEN c.id IS NULL THEN 0 ELSE 1 END AS BIGINT),
    o.cancelled_on, o.cancel_reason FROM fee_order o
    JOIN unit u ON u.community_id = o.community_id AND u.id = o.unit_id
    JOIN fee_item i ON i.community_id = o.community_id AND i.id = o.fee_item_id
    LEFT JOIN charge c ON c.community_id = o.community_id AND c.account_id = o.account_id
        AND c.fee_item_id = o.fee_item_id AND c.period = o.period AND c.occurrence = o.occurrence
    WHERE o.community_id = $1 ORDER BY o.seq DESC LIMIT $2";
const BILLED: &str =
    "SELECT CAST(COUNT(c.id) AS BIGINT) FROM fee_order o JOIN charge c ON c.community_id = o.community_id
        AND c.account_id = o.account_id AND c.fee_item_id = o.fee_item_id AND c.period = o.period
        AND c.occurrence = o.occurrence WHERE o.community_id = $1 AND o.id = $2";
const CANCEL: &str = "UPDATE fee_order SET cancelled_on = $3, cancelled_by = $4, cancel_reason = $5
    WHERE community_id = $1 AND id = $2 AND cancelled_on IS NULL";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, LAST, OPEN, NEWEST, BILLED, CANCEL];

/// Writes an order.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, order: &OrderRow, seq: i64) -> Result<(), DbError> {
    let o = order;
    let values = params![
        community,
        o.id,
        o.account_id,
        o.unit_id,
        o.fee_item_id,
        o.period,
        o.occurrence,
        o.quantity,
        &o.counted_in,
        o.price,
        &o.basis,
        o.ordered_on,
        &o.ordered_by,
        seq
    ];
    kept::ORDERS.change(tx, community, &params![o.id], |tx| tx.execute(INSERT, &values)).map(|_| ())
}

/// The number of the next order of a unit for an item and month: from 100 on, below are fees of months and shares.
///
/// # Errors
/// When the database refuses.
pub fn next_occurrence(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (unit, item): (UnitId, FeeItemId),
    period: Period,
) -> Result<i64, DbError> {
    let last: i64 = tx.query_one("order", LAST, &params![community, unit, item, period], |row| row.take())?;
    Ok(last + 1)
}

/// The orders a bill of a month takes up.
///
/// # Errors
/// When the database refuses.
pub fn list_open(tx: &mut Tx<'_>, community: CommunityId, period: Period) -> Result<Vec<OrderRow>, DbError> {
    tx.query(OPEN, &params![community, period], read)
}

/// The newest orders.
///
/// # Errors
/// When the database refuses.
pub fn list_newest(tx: &mut Tx<'_>, community: CommunityId, limit: i64) -> Result<Vec<OrderLine>, DbError> {
    tx.query(NEWEST, &params![community, limit], |row| {
        let order = read(row)?;
        let (unit, item) = (row.take()?, row.take()?);
        let billed = row.take::<i64>()? == 1;
        let (on, why): (Option<NaiveDate>, Option<String>) = (row.take()?, row.take()?);
        Ok(OrderLine { order, unit, item, billed, cancelled: on.zip(why) })
    })
}

/// Whether an order is on a bill.
///
/// # Errors
/// When the database refuses.
pub fn is_billed(tx: &mut Tx<'_>, community: CommunityId, id: FeeOrderId) -> Result<bool, DbError> {
    tx.query_one("order", BILLED, &params![community, id], |row| Ok(row.take::<i64>()? > 0))
}

/// Cancels an order; false when there is none, or it was cancelled.
///
/// # Errors
/// When the database refuses.
pub fn cancel(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: FeeOrderId,
    (on, by, reason): (NaiveDate, &str, &str),
) -> Result<bool, DbError> {
    let values = params![community, id, on, by, reason];
    kept::ORDERS.change(tx, community, &params![id], |tx| tx.execute(CANCEL, &values)).map(|rows| rows > 0)
}

/// Reads an order, its columns in the order of its fields.
fn read(row: &Row<'_>) -> Result<OrderRow, DbError> {
    Ok(OrderRow {
        id: row.take()?,
        account_id: row.take()?,
        unit_id: row.take()?,
        fee_item_id: row.take()?,
        period: row.take()?,
        occurrence: row.take()?,
        quantity: u32::try_from(row.take::<i64>()?).unwrap_or(0),
        counted_in: row.take()?,
        price: row.take()?,
        basis: row.take()?,
        ordered_on: row.take()?,
        ordered_by: row.take()?,
    })
}
