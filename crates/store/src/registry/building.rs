//! Buildings (楼栋) and their entrances (单元).

use hemu_domain::ids::{BuildingId, CommunityId, EntranceId};

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Tx, Value, params};

const BUILDINGS: &str = "SELECT id, code FROM building WHERE community_id = $1 ORDER BY code";
const ENTRANCES: &str = "SELECT id, building_id, code FROM entrance WHERE community_id = $1 ORDER BY building_id, code";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[BUILDINGS, ENTRANCES];

pub(crate) static BUILDING_TABLE: BulkTable = BulkTable {
    table: "building",
    columns: &[("community_id", ColumnKind::Uuid), ("id", ColumnKind::Uuid), ("code", ColumnKind::Text)],
};

pub(crate) static ENTRANCE_TABLE: BulkTable = BulkTable {
    table: "entrance",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("building_id", ColumnKind::Uuid),
        ("code", ColumnKind::Text),
    ],
};

/// Writes new buildings: id and code.
///
/// # Errors
/// When the database refuses.
pub fn insert_buildings(
    tx: &mut Tx<'_>,
    community: CommunityId,
    buildings: &[(BuildingId, String)],
) -> Result<u64, DbError> {
    tx.bulk_insert(&BUILDING_TABLE, buildings.iter().map(|(id, code)| -> [Value; 3] { params![community, *id, code] }))
}

/// Writes new entrances: id, building and code.
///
/// # Errors
/// When the database refuses.
pub fn insert_entrances(
    tx: &mut Tx<'_>,
    community: CommunityId,
    entrances: &[(EntranceId, BuildingId, String)],
) -> Result<u64, DbError> {
    let row = |(id, building, code): &(EntranceId, BuildingId, String)| -> [Value; 4] {
        params![community, *id, *building, code]
    };
    tx.bulk_insert(&ENTRANCE_TABLE, entrances.iter().map(row))
}

/// Buildings with their codes.
///
/// # Errors
/// When the database refuses.
pub fn list_buildings(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(BuildingId, String)>, DbError> {
    tx.query(BUILDINGS, &params![community], |row| Ok((row.take()?, row.take()?)))
}

/// Entrances with their buildings and codes.
///
/// # Errors
/// When the database refuses.
pub fn list_entrances(
    tx: &mut Tx<'_>,
    community: CommunityId,
) -> Result<Vec<(EntranceId, BuildingId, String)>, DbError> {
    tx.query(ENTRANCES, &params![community], |row| Ok((row.take()?, row.take()?, row.take()?)))
}
