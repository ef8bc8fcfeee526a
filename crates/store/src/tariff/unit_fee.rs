//! Which unit pays by which fee standard, over time, and what was billed by it.

use chrono::NaiveDate;
use hemu_domain::ids::{CommunityId, FeeItemId, FeeStandardId, UnitId};

use crate::{DbError, Tx, Value, kept, params};

/// Which standard a unit pays by for a fee item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFeeRow {
    /// The unit.
    pub unit_id: UnitId,
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// From when.
    pub starts_on: NaiveDate,
    /// The fee standard.
    pub fee_standard_id: FeeStandardId,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
}

const UNIT_FEES: &str = "SELECT unit_id, fee_item_id, starts_on, fee_standard_id, ends_on FROM unit_fee
    WHERE community_id = $1 ORDER BY unit_id, fee_item_id, starts_on";
const COUNT_UNIT_FEES: &str = "SELECT fee_standard_id, CAST(COUNT(*) AS BIGINT) FROM unit_fee WHERE community_id = $1
    AND starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2) GROUP BY fee_standard_id";
const END_UNIT_FEE: &str =
    "UPDATE unit_fee SET ends_on = $5 WHERE community_id = $1 AND unit_id = $2 AND fee_item_id = $3
    AND starts_on < $4 AND (ends_on IS NULL OR ends_on >= $4)";
const END_FEES: &str =
    "UPDATE unit_fee SET ends_on = $4 WHERE community_id = $1 AND fee_item_id = $2 AND starts_on < $3
    AND (ends_on IS NULL OR ends_on >= $3) AND unit_id IN ({ids})";
const DROP_FEES: &str =
    "DELETE FROM unit_fee WHERE community_id = $1 AND fee_item_id = $2 AND starts_on = $3 AND unit_id IN ({ids})";
const FEES_FROM: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM unit_fee WHERE community_id = $1 AND unit_id = $2
    AND fee_item_id = $3 AND starts_on >= $4";
const CHARGED_FROM: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM unit_fee f CROSS JOIN account a CROSS JOIN charge c
    WHERE f.community_id = $1 AND f.fee_standard_id = $2 AND a.community_id = f.community_id AND a.unit_id = f.unit_id
    AND c.community_id = a.community_id AND c.account_id = a.id AND c.fee_item_id = f.fee_item_id AND c.period >= $3
    AND c.live AND c.origin = 'bill'";
const BILLED_FROM: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM charge WHERE community_id = $1 AND period >= $2 AND live AND origin = 'bill'";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[UNIT_FEES, COUNT_UNIT_FEES, END_UNIT_FEE, FEES_FROM, CHARGED_FROM, BILLED_FROM];

/// Writes which unit pays by which standard.
///
/// # Errors
/// When the database refuses.
pub fn insert_unit_fees(tx: &mut Tx<'_>, community: CommunityId, fees: &[UnitFeeRow]) -> Result<u64, DbError> {
    let row = |f: &UnitFeeRow| -> [Value; 6] {
        params![community, f.unit_id, f.fee_item_id, f.starts_on, f.fee_standard_id, f.ends_on]
    };
    kept::UNIT_FEES.insert(tx, community, fees.iter().map(row))
}

/// Which unit pays by which standard, by unit, item and day.
///
/// # Errors
/// When the database refuses.
pub fn list_unit_fees(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<UnitFeeRow>, DbError> {
    tx.query(UNIT_FEES, &params![community], |row| {
        Ok(UnitFeeRow {
            unit_id: row.take()?,
            fee_item_id: row.take()?,
            starts_on: row.take()?,
            fee_standard_id: row.take()?,
            ends_on: row.take()?,
        })
    })
}

/// How many units pay by each standard on a day.
///
/// # Errors
/// When the database refuses.
pub fn count_unit_fees(
    tx: &mut Tx<'_>,
    community: CommunityId,
    today: NaiveDate,
) -> Result<Vec<(FeeStandardId, i64)>, DbError> {
    tx.query(COUNT_UNIT_FEES, &params![community, today], |row| Ok((row.take()?, row.take()?)))
}

/// Ends what a unit pays by for a fee item the day before a new standard begins; true when there was something to end.
///
/// # Errors
/// When the database refuses.
pub fn end_unit_fee(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (unit, item): (UnitId, FeeItemId),
    starts_on: NaiveDate,
) -> Result<bool, DbError> {
    let last = starts_on.pred_opt();
    let values = params![community, unit, item, starts_on, last];
    let end = |tx: &mut Tx<'_>| tx.execute(END_UNIT_FEE, &values).map(|rows| rows > 0);
    kept::UNIT_FEES.change_in(tx, community, (&params![item], &[unit.uuid()]), end)
}

/// Lets some units pay by other standards for a fee item from a day on, in the place of what they paid by on that day.
///
/// # Errors
/// When the database refuses.
pub fn replace_unit_fees(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (item, day): (FeeItemId, NaiveDate),
    units: &[UnitId],
    fees: &[UnitFeeRow],
) -> Result<(), DbError> {
    let units: Vec<uuid::Uuid> = units.iter().map(|id| id.uuid()).collect();
    kept::UNIT_FEES.change_in(tx, community, (&params![item], &units), |tx| {
        tx.execute_in(END_FEES, &params![community, item, day, day.pred_opt()], &units)?;
        tx.execute_in(DROP_FEES, &params![community, item, day], &units)
    })?;
    insert_unit_fees(tx, community, fees).map(|_| ())
}

/// How many standards a unit pays by for a fee item from a day on or later.
///
/// # Errors
/// When the database refuses.
pub fn count_fees_from(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (unit, item): (UnitId, FeeItemId),
    starts_on: NaiveDate,
) -> Result<i64, DbError> {
    tx.query_one("count", FEES_FROM, &params![community, unit, item, starts_on], |row| row.take())
}

/// How many charges were billed by a standard for a month or later.
///
/// # Errors
/// When the database refuses.
pub fn count_charged_from(
    tx: &mut Tx<'_>,
    community: CommunityId,
    standard: FeeStandardId,
    first: hemu_domain::Period,
) -> Result<i64, DbError> {
    tx.query_one("count", CHARGED_FROM, &params![community, standard, first], |row| row.take())
}

/// How many charges were billed for a month or later.
///
/// # Errors
/// When the database refuses.
pub fn count_billed_from(tx: &mut Tx<'_>, community: CommunityId, first: hemu_domain::Period) -> Result<i64, DbError> {
    tx.query_one("count", BILLED_FROM, &params![community, first], |row| row.take())
}
