//! Who looks after what (管家): a building has a person, and so has a case.

use std::collections::HashMap;

use hemu_domain::ids::{BuildingId, CommunityId, PartyId, StaffId};
use hemu_domain::staff::Role;
use uuid::Uuid;

use crate::{DbError, Tx, params};

/// A building with its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildingRow {
    /// Its id.
    pub id: BuildingId,
    /// `3`
    pub code: String,
    /// Who looks after it, and the name.
    pub keeper: Option<(StaffId, String)>,
}

const BUILDINGS: &str = "SELECT b.id, b.code, s.id, s.name FROM building b LEFT JOIN staff s ON s.id = b.staff_id
    WHERE b.community_id = $1 ORDER BY b.code";
const SET_BUILDING: &str = "UPDATE building SET staff_id = $3 WHERE community_id = $1 AND id = $2";
/// Who can sign in and works for the community.
const PEOPLE: &str = "SELECT s.id, s.name, s.role FROM staff s WHERE s.active AND (s.all_communities OR EXISTS
    (SELECT 1 FROM staff_scope c WHERE c.staff_id = s.id AND c.community_id = $1)) ORDER BY s.name, s.id";
const COUNT_KEPT: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM building WHERE community_id = $1 AND staff_id IS NOT NULL";
/// The last row of a payer is that of the first unit.
const KEEPERS: &str = "SELECT a.party_id, s.id FROM account a
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    JOIN building b ON b.community_id = u.community_id AND b.id = u.building_id
    JOIN staff s ON s.id = b.staff_id AND s.active
    WHERE a.community_id = $1 AND a.party_id IN ({ids}) ORDER BY u.label DESC";
const TAKE_CASES: &str = "UPDATE case_file SET staff_id = $3
    WHERE community_id = $1 AND closed_on IS NULL AND staff_id IS NULL AND party_id IN
    (SELECT a.party_id FROM account a JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
        WHERE a.community_id = $1 AND u.building_id = $2)";

/// Every statement of this module but the one with an id list.
pub const STATEMENTS: &[&str] = &[BUILDINGS, SET_BUILDING, PEOPLE, COUNT_KEPT, TAKE_CASES];

/// The buildings of a community, by code.
///
/// # Errors
/// When the database refuses.
pub fn list_buildings(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<BuildingRow>, DbError> {
    tx.query(BUILDINGS, &params![community], |row| {
        let (id, code) = (row.take()?, row.take()?);
        let keeper: (Option<StaffId>, Option<String>) = (row.take()?, row.take()?);
        Ok(BuildingRow { id, code, keeper: keeper.0.zip(keeper.1) })
    })
}

/// Gives a building to a person, or to nobody.
///
/// # Errors
/// When the database refuses.
pub fn set_building(
    tx: &mut Tx<'_>,
    community: CommunityId,
    building: BuildingId,
    staff: Option<StaffId>,
) -> Result<(), DbError> {
    tx.execute(SET_BUILDING, &params![community, building, staff]).map(|_| ())
}

/// Gives a person the open cases of a building that nobody has; returns how many.
///
/// # Errors
/// When the database refuses.
pub fn take_cases(
    tx: &mut Tx<'_>,
    community: CommunityId,
    building: BuildingId,
    staff: StaffId,
) -> Result<u64, DbError> {
    tx.execute(TAKE_CASES, &params![community, building, staff])
}

/// Who works for a community, by name.
///
/// # Errors
/// When the database refuses.
pub fn list_people(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(StaffId, String, Role)>, DbError> {
    tx.query(PEOPLE, &params![community], |row| Ok((row.take()?, row.take()?, row.parse(Role::parse)?)))
}

/// Who looks after the building of a payer's first unit that somebody looks after. Asks for all payers at once, and not at all
/// where no building has a person.
///
/// # Errors
/// When the database refuses.
pub fn keepers_of(
    tx: &mut Tx<'_>,
    community: CommunityId,
    payers: &[PartyId],
) -> Result<HashMap<PartyId, StaffId>, DbError> {
    let kept: i64 = tx.query_one("count", COUNT_KEPT, &params![community], |row| row.take())?;
    if kept == 0 {
        return Ok(HashMap::new());
    }
    let ids: Vec<Uuid> = payers.iter().map(|payer| payer.uuid()).collect();
    let rows = tx.query_in(KEEPERS, &params![community], &ids, |row| Ok((row.take()?, row.take()?)))?;
    Ok(rows.into_iter().collect())
}
