//! Units (房屋): homes, shops, parking spaces.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{BuildingId, CommunityId, EntranceId, UnitId};
use hemu_domain::registry::unit::{Occupancy, UnitKind};
use hemu_domain::{Area, UnitLabel};

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Row, Tx, Value, params};

/// A unit as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    /// Its id.
    pub id: UnitId,
    /// Its building.
    pub building_id: BuildingId,
    /// Its entrance.
    pub entrance_id: Option<EntranceId>,
    /// What it is called.
    pub label: UnitLabel,
    /// What it is.
    pub kind: UnitKind,
    /// Its charged area.
    pub area: Option<Area>,
    /// Its floor.
    pub floor: Option<i64>,
    /// Who is in it.
    pub occupancy: Occupancy,
    /// Since when it is vacant.
    pub vacant_since: Option<NaiveDate>,
    /// A remark.
    pub remark: String,
}

const UNITS: &str = "SELECT id, building_id, entrance_id, label, kind, area_e4, floor, occupancy, vacant_since, remark
    FROM unit WHERE community_id = $1 ORDER BY label";
const FIND_UNIT: &str =
    "SELECT id, building_id, entrance_id, label, kind, area_e4, floor, occupancy, vacant_since, remark
    FROM unit WHERE community_id = $1 AND label = $2";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[UNITS, FIND_UNIT];

pub(crate) static UNIT_TABLE: BulkTable = BulkTable {
    table: "unit",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("building_id", ColumnKind::Uuid),
        ("entrance_id", ColumnKind::Uuid),
        ("label", ColumnKind::Text),
        ("kind", ColumnKind::Text),
        ("area_e4", ColumnKind::Int),
        ("floor", ColumnKind::Int),
        ("occupancy", ColumnKind::Text),
        ("vacant_since", ColumnKind::Date),
        ("remark", ColumnKind::Text),
        ("created_at", ColumnKind::Time),
    ],
};

/// Writes new units.
///
/// # Errors
/// [`DbError::Duplicate`] when a label is taken.
pub fn insert_units(
    tx: &mut Tx<'_>,
    community: CommunityId,
    units: &[UnitRow],
    at: DateTime<Utc>,
) -> Result<u64, DbError> {
    let row = |u: &UnitRow| -> [Value; 12] {
        params![
            community,
            u.id,
            u.building_id,
            u.entrance_id,
            &u.label,
            u.kind.as_str(),
            u.area,
            u.floor,
            u.occupancy.as_str(),
            u.vacant_since,
            &u.remark,
            at
        ]
    };
    tx.bulk_insert(&UNIT_TABLE, units.iter().map(row))
}

/// All units, by label.
///
/// # Errors
/// When the database refuses.
pub fn list_units(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<UnitRow>, DbError> {
    tx.query(UNITS, &params![community], read_unit)
}

/// The unit of that label.
///
/// # Errors
/// When the database refuses.
pub fn find_unit(tx: &mut Tx<'_>, community: CommunityId, label: &UnitLabel) -> Result<Option<UnitRow>, DbError> {
    tx.query_opt(FIND_UNIT, &params![community, label], read_unit)
}

fn read_unit(row: &Row<'_>) -> Result<UnitRow, DbError> {
    Ok(UnitRow {
        id: row.take()?,
        building_id: row.take()?,
        entrance_id: row.take()?,
        label: row.take()?,
        kind: row.parse(UnitKind::parse)?,
        area: row.take()?,
        floor: row.take()?,
        occupancy: row.parse(Occupancy::parse)?,
        vacant_since: row.take()?,
        remark: row.take()?,
    })
}
