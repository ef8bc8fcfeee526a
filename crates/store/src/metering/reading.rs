//! Readings as they were taken.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{CommunityId, MeterId};
use hemu_domain::{MeterValue, Period};
use uuid::Uuid;

use crate::db::{BulkTable, ColumnKind};
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// A reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingRow {
    /// Its id.
    pub id: Uuid,
    /// Of which meter.
    pub meter_id: MeterId,
    /// The month it is for.
    pub period: Period,
    /// When it was read.
    pub read_on: NaiveDate,
    /// What the meter shows.
    pub value: MeterValue,
    /// Whether it is an estimate.
    pub estimated: bool,
    /// Whether the dial went round.
    pub rolled_over: bool,
    /// Who read it.
    pub reader: String,
    /// The photo that proves it.
    pub photo_sha256: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Its place among the facts.
    pub seq: i64,
}

const OF_MONTH: &str = "SELECT id, meter_id, period, read_on, value_e3, estimated, rolled_over, reader, photo_sha256,
    recorded_at, seq FROM meter_reading WHERE community_id = $1 AND period = $2 ORDER BY seq";

pub(super) const STATEMENTS: &[&str] = &[OF_MONTH];

static READING_TABLE: BulkTable = BulkTable {
    table: "meter_reading",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("meter_id", ColumnKind::Uuid),
        ("period", ColumnKind::Text),
        ("read_on", ColumnKind::Date),
        ("value_e3", ColumnKind::Int),
        ("estimated", ColumnKind::Bool),
        ("rolled_over", ColumnKind::Bool),
        ("reader", ColumnKind::Text),
        ("photo_sha256", ColumnKind::Text),
        ("recorded_at", ColumnKind::Time),
        ("seq", ColumnKind::Int),
    ],
};

/// A reading never changes.
pub(crate) fn content(community: CommunityId, r: &ReadingRow) -> [Value; 12] {
    params![
        community,
        r.id,
        r.meter_id,
        r.period,
        r.read_on,
        r.value,
        r.estimated,
        r.rolled_over,
        &r.reader,
        r.photo_sha256.clone(),
        r.recorded_at,
        r.seq
    ]
}

pub(crate) fn read(row: &Row<'_>) -> Result<ReadingRow, DbError> {
    Ok(ReadingRow {
        id: row.take()?,
        meter_id: row.take()?,
        period: row.take()?,
        read_on: row.take()?,
        value: row.take()?,
        estimated: row.take()?,
        rolled_over: row.take()?,
        reader: row.take()?,
        photo_sha256: row.take()?,
        recorded_at: row.take()?,
        seq: row.take()?,
    })
}

/// Writes readings.
///
/// # Errors
/// When the database refuses.
pub fn insert_readings(tx: &mut Tx<'_>, community: CommunityId, readings: &[ReadingRow]) -> Result<u64, DbError> {
    let mut added = SetDigest::default();
    for reading in readings {
        added.join(&SetDigest::of(&content(community, reading)));
    }
    digest::add(tx, community, Register::MeterReadings, &added)?;
    tx.bulk_insert(&READING_TABLE, readings.iter().map(|reading| content(community, reading)))
}

/// The readings of a month, in the order in which they were recorded.
///
/// # Errors
/// When the database refuses.
pub fn list_readings(tx: &mut Tx<'_>, community: CommunityId, period: Period) -> Result<Vec<ReadingRow>, DbError> {
    tx.query(OF_MONTH, &params![community, period], read)
}
