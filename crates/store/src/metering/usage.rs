//! Confirmed usage: what a meter counted in a month, what it comes to, and what of it is on no bill yet.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use hemu_domain::billing::MeteredFee;
use hemu_domain::ids::{CommunityId, FeeItemId, MeterId, UnitId};
use hemu_domain::metering::MeterKind;
use hemu_domain::{Factor, Fen, MeterValue, Period};
use uuid::Uuid;

use crate::db::{BulkTable, ColumnKind};
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// A confirmed usage as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageRow {
    /// Its id.
    pub id: Uuid,
    /// Of which meter.
    pub meter_id: MeterId,
    /// Of which unit; `None` for a master meter.
    pub unit_id: Option<UnitId>,
    /// What it is charged as; `None` for a master meter.
    pub fee_item_id: Option<FeeItemId>,
    /// What was measured.
    pub kind: MeterKind,
    /// The month.
    pub period: Period,
    /// Which meter of that unit and item.
    pub occurrence: i64,
    /// What was used.
    pub usage: Factor,
    /// What it comes to.
    pub amount: Fen,
    /// Where the next charge begins.
    pub charged_to: MeterValue,
    /// The last real reading: no later one lies below it.
    pub real: MeterValue,
    /// Whether `charged_to` is an estimate.
    pub estimated: bool,
    /// How usage and amount came to be.
    pub calculation: MeteredFee,
    /// The price list it rests on.
    pub basis: String,
    /// Who confirmed it.
    pub confirmed_by: String,
    /// When.
    pub confirmed_at: DateTime<Utc>,
    /// Its place among the facts.
    pub seq: i64,
}

/// The newest usage of a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastUsage {
    /// Of which month.
    pub period: Period,
    /// Where the next charge begins.
    pub charged_to: MeterValue,
    /// The last real reading.
    pub real: MeterValue,
    /// Whether `charged_to` is an estimate.
    pub estimated: bool,
    /// Its place among the facts.
    pub seq: i64,
}

/// From the meters, so that it takes as long after ten years as after one.
const LAST: &str = "SELECT l.meter_id, l.period, l.charged_e3, l.real_e3, l.estimated, l.seq
    FROM meter m CROSS JOIN meter_usage l WHERE m.community_id = $1 AND m.kind = $2 AND l.community_id = m.community_id
    AND l.meter_id = m.id AND l.period = (SELECT MAX(x.period) FROM meter_usage x
        WHERE x.community_id = m.community_id AND x.meter_id = m.id)";
/// Summed up here and not there: the index has the months in its order, and sorting them by meter costs more than adding.
const SINCE: &str = "SELECT meter_id, usage_e8 FROM meter_usage
    WHERE community_id = $1 AND kind = $2 AND period >= $3 AND period < $4";
const OF_MONTH: &str =
    "SELECT id, meter_id, unit_id, fee_item_id, kind, period, occurrence, usage_e8, amount_fen, charged_e3,
    real_e3, estimated, calculation, basis, confirmed_by, confirmed_at, seq FROM meter_usage
    WHERE community_id = $1 AND period = $2 AND kind = $3";
/// Usage of some months that no bill has: whoever paid for the unit, it is charged once.
macro_rules! ready {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM meter_usage m WHERE m.community_id = $1 AND m.period >= $2 AND m.period <= $3 AND m.amount_fen > 0
    AND m.unit_id IS NOT NULL AND m.fee_item_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM account a JOIN charge c ON c.community_id = a.community_id AND c.account_id = a.id
        WHERE a.community_id = $1 AND a.unit_id = m.unit_id AND c.community_id = $1 AND c.fee_item_id = m.fee_item_id
        AND c.period = m.period AND c.occurrence = m.occurrence AND c.live)"
        )
    };
}
const READY: &str = concat!(
    ready!("m.unit_id, m.fee_item_id, m.period, m.occurrence, m.amount_fen, m.calculation, m.basis"),
    " ORDER BY m.period, m.seq"
);
const READY_SUM: &str = ready!("CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(m.amount_fen), 0) AS BIGINT)");
/// Meters with a reading of the month whose usage nobody has confirmed.
const UNCONFIRMED: &str = "SELECT CAST(COUNT(DISTINCT r.meter_id) AS BIGINT) FROM meter_reading r
    WHERE r.community_id = $1 AND r.period = $2 AND NOT EXISTS (SELECT 1 FROM meter_usage x
        WHERE x.community_id = $1 AND x.meter_id = r.meter_id AND x.period >= $2)";

pub(super) const STATEMENTS: &[&str] = &[LAST, SINCE, OF_MONTH, READY, READY_SUM, UNCONFIRMED];

pub(crate) static USAGE_TABLE: BulkTable = BulkTable {
    table: "meter_usage",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("meter_id", ColumnKind::Uuid),
        ("unit_id", ColumnKind::Uuid),
        ("fee_item_id", ColumnKind::Uuid),
        ("kind", ColumnKind::Text),
        ("period", ColumnKind::Text),
        ("occurrence", ColumnKind::Int),
        ("usage_e8", ColumnKind::Int),
        ("amount_fen", ColumnKind::Int),
        ("charged_e3", ColumnKind::Int),
        ("real_e3", ColumnKind::Int),
        ("estimated", ColumnKind::Bool),
        ("calculation", ColumnKind::Json),
        ("basis", ColumnKind::Text),
        ("confirmed_by", ColumnKind::Text),
        ("confirmed_at", ColumnKind::Time),
        ("seq", ColumnKind::Int),
    ],
};

/// A usage never changes.
pub(crate) fn content(community: CommunityId, u: &UsageRow) -> [Value; 18] {
    params![
        community,
        u.id,
        u.meter_id,
        u.unit_id,
        u.fee_item_id,
        u.kind.as_str(),
        u.period,
        u.occurrence,
        u.usage,
        u.amount,
        u.charged_to,
        u.real,
        u.estimated,
        &u.calculation,
        &u.basis,
        &u.confirmed_by,
        u.confirmed_at,
        u.seq
    ]
}

fn calculation(row: &Row<'_>, column: usize) -> Result<MeteredFee, DbError> {
    row.json()?.ok_or(DbError::Decode { column, expected: "what a meter counted" })
}

pub(crate) fn read(row: &Row<'_>) -> Result<UsageRow, DbError> {
    Ok(UsageRow {
        id: row.take()?,
        meter_id: row.take()?,
        unit_id: row.take()?,
        fee_item_id: row.take()?,
        kind: row.parse(MeterKind::parse)?,
        period: row.take()?,
        occurrence: row.take()?,
        usage: row.take()?,
        amount: row.take()?,
        charged_to: row.take()?,
        real: row.take()?,
        estimated: row.take()?,
        calculation: calculation(row, 12)?,
        basis: row.take()?,
        confirmed_by: row.take()?,
        confirmed_at: row.take()?,
        seq: row.take()?,
    })
}

/// Writes confirmed usage.
///
/// # Errors
/// [`DbError::Duplicate`] when a meter has a usage of that month.
pub fn insert_usage(tx: &mut Tx<'_>, community: CommunityId, usage: &[UsageRow]) -> Result<u64, DbError> {
    let rows: Vec<[Value; 18]> = usage.iter().map(|one| content(community, one)).collect();
    let mut added = SetDigest::default();
    for row in &rows {
        added.join(&SetDigest::of(row));
    }
    digest::add(tx, community, Register::MeterUsages, &added)?;
    tx.bulk_insert(&USAGE_TABLE, rows)
}

/// The newest usage of every meter of a kind.
///
/// # Errors
/// When the database refuses.
pub fn list_last(
    tx: &mut Tx<'_>,
    community: CommunityId,
    kind: MeterKind,
) -> Result<HashMap<MeterId, LastUsage>, DbError> {
    let rows = tx.query(LAST, &params![community, kind.as_str()], |row| {
        let meter = row.take()?;
        let last = LastUsage {
            period: row.take()?,
            charged_to: row.take()?,
            real: row.take()?,
            estimated: row.take()?,
            seq: row.take()?,
        };
        Ok((meter, last))
    })?;
    Ok(rows.into_iter().collect())
}

/// What every meter of a kind counted from a month to the one before another, and in how many months.
///
/// # Errors
/// When the database refuses.
pub fn sum_usage(
    tx: &mut Tx<'_>,
    community: CommunityId,
    kind: MeterKind,
    (first, before): (Period, Period),
) -> Result<HashMap<MeterId, (Factor, i64)>, DbError> {
    let mut sums: HashMap<MeterId, (Factor, i64)> = HashMap::new();
    tx.for_each::<DbError>(SINCE, &params![community, kind.as_str(), first, before], |row| {
        let (meter, usage): (MeterId, Factor) = (row.take()?, row.take()?);
        let (sum, months) = sums.entry(meter).or_insert((Factor::from_stored(0), 0));
        let both = sum.stored().checked_add(usage.stored());
        *sum = Factor::from_stored(both.ok_or(DbError::Decode { column: 1, expected: "a sum within bounds" })?);
        *months += 1;
        Ok(())
    })?;
    Ok(sums)
}

/// The confirmed usage of a month.
///
/// # Errors
/// When the database refuses.
pub fn list_of_month(
    tx: &mut Tx<'_>,
    community: CommunityId,
    period: Period,
    kind: MeterKind,
) -> Result<Vec<UsageRow>, DbError> {
    tx.query(OF_MONTH, &params![community, period, kind.as_str()], read)
}

/// A usage that is to be billed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadyUsage {
    /// Of which unit.
    pub unit_id: UnitId,
    /// As what.
    pub fee_item_id: FeeItemId,
    /// The month.
    pub period: Period,
    /// Which meter of that unit and item.
    pub occurrence: i64,
    /// What it comes to.
    pub amount: Fen,
    /// Why.
    pub calculation: MeteredFee,
    /// The price list.
    pub basis: String,
}

/// The usage of some months that is on no bill, nothing used left out.
///
/// # Errors
/// When the database refuses.
pub fn list_ready(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (Period, Period),
) -> Result<Vec<ReadyUsage>, DbError> {
    tx.query(READY, &params![community, first, last], |row| {
        Ok(ReadyUsage {
            unit_id: row.take()?,
            fee_item_id: row.take()?,
            period: row.take()?,
            occurrence: row.take()?,
            amount: row.take()?,
            calculation: calculation(row, 5)?,
            basis: row.take()?,
        })
    })
}

/// How many usages of some months are on no bill, and what they come to.
///
/// # Errors
/// When the database refuses.
pub fn sum_ready(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (Period, Period),
) -> Result<(i64, Fen), DbError> {
    tx.query_one("sum", READY_SUM, &params![community, first, last], |row| Ok((row.take()?, row.take()?)))
}

/// How many meters have a reading of a month whose usage is not confirmed.
///
/// # Errors
/// When the database refuses.
pub fn count_unconfirmed(tx: &mut Tx<'_>, community: CommunityId, period: Period) -> Result<i64, DbError> {
    tx.query_one("count", UNCONFIRMED, &params![community, period], |row| row.take())
}
