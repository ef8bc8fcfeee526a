//! Meters, their replacements, and what a unit of their count costs.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{CommunityId, FeeItemId, MeterId, UnitId};
use hemu_domain::metering::{MeterKind, PriceSteps};
use hemu_domain::{Factor, MeterValue, Period, UnitLabel};
use uuid::Uuid;

use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, kept, params};

/// A measuring point with the device that measures there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeterRow {
    /// Its id.
    pub id: MeterId,
    /// The unit it measures for; `None` for a master meter.
    pub unit_id: Option<UnitId>,
    /// What that is called.
    pub unit: Option<UnitLabel>,
    /// What it measures.
    pub kind: MeterKind,
    /// What its usage is charged as; `None` for a master meter.
    pub fee_item_id: Option<FeeItemId>,
    /// The master meter it lies behind.
    pub master_id: Option<MeterId>,
    /// Where it hangs.
    pub place: String,
    /// Which meter of its unit and item, the first being 1.
    pub point_no: i64,
    /// The device's number.
    pub number: String,
    /// Digits before the point.
    pub digits: i64,
    /// What a count is multiplied by.
    pub multiplier: Factor,
    /// Shared loss.
    pub loss: Factor,
    /// What the first device showed when it began.
    pub start: MeterValue,
    /// Since when.
    pub starts_on: NaiveDate,
    /// Until when.
    pub ended_on: Option<NaiveDate>,
}

/// A replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwapRow {
    /// Its id.
    pub id: Uuid,
    /// Of which meter.
    pub meter_id: MeterId,
    /// When.
    pub swapped_on: NaiveDate,
    /// The device that was taken away.
    pub old_number: String,
    /// Its digits.
    pub old_digits: i64,
    /// Its multiplier.
    pub old_multiplier: Factor,
    /// What it showed at last.
    pub final_value: MeterValue,
    /// Whether it had gone round since the last charge.
    pub rolled_over: bool,
    /// The device that was put in.
    pub new_number: String,
    /// What that showed.
    pub start: MeterValue,
    /// Who did it.
    pub recorded_by: String,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Its place among the facts.
    pub seq: i64,
}

/// Price steps from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceStepsRow {
    /// Of which item.
    pub fee_item_id: FeeItemId,
    /// From when.
    pub valid_from: NaiveDate,
    /// Whether steps count by the calendar year; else by the month.
    pub by_year: bool,
    /// The steps.
    pub steps: PriceSteps,
    /// The supplier's price list, for people.
    pub basis: String,
    /// Who set it.
    pub set_by: String,
    /// When.
    pub set_at: DateTime<Utc>,
}

const METERS: &str =
    "SELECT m.id, m.unit_id, u.label, m.kind, m.fee_item_id, m.master_id, m.place, m.point_no, m.number,
    m.digits, m.multiplier_e8, m.loss_e8, m.start_e3, m.starts_on, m.ended_on FROM meter m
    LEFT JOIN unit u ON u.community_id = m.community_id AND u.id = m.unit_id
    WHERE m.community_id = $1 ORDER BY u.label, m.place, m.point_no, m.id";
const METER: &str =
    "SELECT m.id, m.unit_id, u.label, m.kind, m.fee_item_id, m.master_id, m.place, m.point_no, m.number,
    m.digits, m.multiplier_e8, m.loss_e8, m.start_e3, m.starts_on, m.ended_on FROM meter m
    LEFT JOIN unit u ON u.community_id = m.community_id AND u.id = m.unit_id
    WHERE m.community_id = $1 AND m.id = $2";
const UPDATE_DEVICE: &str =
    "UPDATE meter SET number = $3, digits = $4, multiplier_e8 = $5 WHERE community_id = $1 AND id = $2";
const INSERT_SWAP: &str = "INSERT INTO meter_swap (community_id, id, meter_id, swapped_on, old_number, old_digits,
    old_multiplier_e8, final_e3, rolled_over, new_number, start_e3, recorded_by, recorded_at, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const SWAPS: &str = "SELECT id, meter_id, swapped_on, old_number, old_digits, old_multiplier_e8, final_e3, rolled_over,
    new_number, start_e3, recorded_by, recorded_at, seq FROM meter_swap WHERE community_id = $1 ORDER BY seq";
const INSERT_PRICE: &str =
    "INSERT INTO metered_price (community_id, fee_item_id, valid_from, by_year, steps, basis, set_by,
    set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const PUT_PRICE: &str =
    "INSERT INTO metered_price (community_id, fee_item_id, valid_from, by_year, steps, basis, set_by,
    set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (community_id, fee_item_id, valid_from)
    DO UPDATE SET by_year = $4, steps = $5, basis = $6, set_by = $7, set_at = $8";
const PRICES: &str = "SELECT fee_item_id, valid_from, by_year, steps, basis, set_by, set_at FROM metered_price
    WHERE community_id = $1 ORDER BY fee_item_id, valid_from";
const PRICE: &str = "SELECT fee_item_id, valid_from, by_year, steps, basis, set_by, set_at FROM metered_price
    WHERE community_id = $1 AND fee_item_id = $2 AND valid_from = $3";
const USAGE_FROM: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM meter_usage WHERE community_id = $1 AND fee_item_id = $2
    AND period >= $3";

pub(super) const STATEMENTS: &[&str] =
    &[METERS, METER, UPDATE_DEVICE, INSERT_SWAP, SWAPS, INSERT_PRICE, PUT_PRICE, PRICE, PRICES, USAGE_FROM];

/// Writes new meters.
///
/// # Errors
/// [`DbError::Duplicate`] when a number is taken.
pub fn insert_meters(tx: &mut Tx<'_>, community: CommunityId, meters: &[MeterRow]) -> Result<u64, DbError> {
    let row = |m: &MeterRow| -> [Value; 15] {
        params![
            community,
            m.id,
            m.unit_id,
            m.kind.as_str(),
            m.fee_item_id,
            m.master_id,
            &m.place,
            m.point_no,
            &m.number,
            m.digits,
            m.multiplier,
            m.loss,
            m.start,
            m.starts_on,
            m.ended_on
        ]
    };
    kept::METERS.insert(tx, community, meters.iter().map(row))
}

/// All meters, by unit.
///
/// # Errors
/// When the database refuses.
pub fn list_meters(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<MeterRow>, DbError> {
    tx.query(METERS, &params![community], read)
}

/// A meter.
///
/// # Errors
/// When the database refuses.
pub fn find_meter(tx: &mut Tx<'_>, community: CommunityId, id: MeterId) -> Result<Option<MeterRow>, DbError> {
    tx.query_opt(METER, &params![community, id], read)
}

fn read(row: &Row<'_>) -> Result<MeterRow, DbError> {
    Ok(MeterRow {
        id: row.take()?,
        unit_id: row.take()?,
        unit: row.take()?,
        kind: row.parse(MeterKind::parse)?,
        fee_item_id: row.take()?,
        master_id: row.take()?,
        place: row.take()?,
        point_no: row.take()?,
        number: row.take()?,
        digits: row.take()?,
        multiplier: row.take()?,
        loss: row.take()?,
        start: row.take()?,
        starts_on: row.take()?,
        ended_on: row.take()?,
    })
}

/// Puts another device at a measuring point.
///
/// # Errors
/// [`DbError::Duplicate`] when its number is taken.
pub fn update_device(
    tx: &mut Tx<'_>,
    community: CommunityId,
    meter: MeterId,
    (number, digits, multiplier): (&str, i64, Factor),
) -> Result<(), DbError> {
    let values = params![community, meter, number, digits, multiplier];
    kept::METERS.change(tx, community, &params![meter], |tx| tx.execute(UPDATE_DEVICE, &values)).map(|_| ())
}

/// Writes a replacement.
///
/// # Errors
/// When the database refuses.
pub fn insert_swap(tx: &mut Tx<'_>, community: CommunityId, s: &SwapRow) -> Result<(), DbError> {
    let values = swap_content(community, s);
    digest::add(tx, community, Register::MeterSwaps, &SetDigest::of(&values))?;
    tx.execute(INSERT_SWAP, &values).map(|_| ())
}

/// What the register covers of a replacement: all of it.
pub(crate) fn swap_content(community: CommunityId, s: &SwapRow) -> [Value; 14] {
    params![
        community,
        s.id,
        s.meter_id,
        s.swapped_on,
        &s.old_number,
        s.old_digits,
        s.old_multiplier,
        s.final_value,
        s.rolled_over,
        &s.new_number,
        s.start,
        &s.recorded_by,
        s.recorded_at,
        s.seq
    ]
}

/// All replacements, in the order in which they were recorded.
///
/// # Errors
/// When the database refuses.
pub fn list_swaps(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<SwapRow>, DbError> {
    tx.query(SWAPS, &params![community], read_swap)
}

pub(crate) fn read_swap(row: &Row<'_>) -> Result<SwapRow, DbError> {
    Ok(SwapRow {
        id: row.take()?,
        meter_id: row.take()?,
        swapped_on: row.take()?,
        old_number: row.take()?,
        old_digits: row.take()?,
        old_multiplier: row.take()?,
        final_value: row.take()?,
        rolled_over: row.take()?,
        new_number: row.take()?,
        start: row.take()?,
        recorded_by: row.take()?,
        recorded_at: row.take()?,
        seq: row.take()?,
    })
}

/// Writes price steps.
///
/// # Errors
/// [`DbError::Duplicate`] when the item has steps from that day.
pub fn insert_price(tx: &mut Tx<'_>, community: CommunityId, p: &PriceStepsRow) -> Result<(), DbError> {
    let values = price_content(community, p);
    digest::add(tx, community, Register::MeterPrices, &SetDigest::of(&values))?;
    tx.execute(INSERT_PRICE, &values).map(|_| ())
}

/// Writes price steps, in the place of those from the same day where there are any: charges keep what they were computed by.
///
/// # Errors
/// When the database refuses.
pub fn put_price(tx: &mut Tx<'_>, community: CommunityId, p: &PriceStepsRow) -> Result<(), DbError> {
    let values = price_content(community, p);
    let old = tx.query_opt(PRICE, &values[..3], read_price)?.map(|old| price_content(community, &old));
    digest::put(tx, community, Register::MeterPrices, (old.as_ref().map(|old| &old[..]), &values))?;
    tx.execute(PUT_PRICE, &values).map(|_| ())
}

/// What the register covers of price steps: all of it.
pub(crate) fn price_content(community: CommunityId, p: &PriceStepsRow) -> [Value; 8] {
    params![community, p.fee_item_id, p.valid_from, p.by_year, p.steps.to_string(), &p.basis, &p.set_by, p.set_at]
}

/// All price steps, by item and day.
///
/// # Errors
/// When the database refuses.
pub fn list_prices(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<PriceStepsRow>, DbError> {
    tx.query(PRICES, &params![community], read_price)
}

pub(crate) fn read_price(row: &Row<'_>) -> Result<PriceStepsRow, DbError> {
    Ok(PriceStepsRow {
        fee_item_id: row.take()?,
        valid_from: row.take()?,
        by_year: row.take()?,
        steps: row.parse(PriceSteps::parse)?,
        basis: row.take()?,
        set_by: row.take()?,
        set_at: row.take()?,
    })
}

/// How many usages of an item were confirmed for a month or later.
///
/// # Errors
/// When the database refuses.
pub fn count_usage_from(
    tx: &mut Tx<'_>,
    community: CommunityId,
    item: FeeItemId,
    first: Period,
) -> Result<i64, DbError> {
    tx.query_one("count", USAGE_FROM, &params![community, item, first], |row| row.take())
}
