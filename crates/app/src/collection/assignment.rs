//! Who looks after what (管家): a person looks after buildings, and a new case goes to the person of the payer's building; by hand
//! a case goes to whoever is chosen. Changes nothing about what a case is asked for: who is responsible is no fact of a decision.

use hemu_domain::ids::{BuildingId, CaseId, CommunityId, StaffId};
use hemu_domain::staff::{Permission, Role};
use hemu_store::collection::{assignment as store, case};
use hemu_store::{Tx, community};
use serde::Serialize;
use serde_json::json;

use super::work::{audit_act, open_case};
use crate::{Actor, App, Refusal};

pub(super) use hemu_store::collection::assignment::keepers_of;

/// Somebody who can be responsible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The account.
    pub id: StaffId,
    /// The name.
    pub name: String,
}

/// A building and who looks after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BuildingKeeper {
    /// Its id.
    pub id: BuildingId,
    /// `3`
    pub building: String,
    /// Who looks after it.
    pub staff: Option<Person>,
}

/// The buildings of a community with their people, and who can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Keepers {
    /// By code.
    pub buildings: Vec<BuildingKeeper>,
    /// By name.
    pub people: Vec<Person>,
}

/// Who looks after which building, and who could.
///
/// # Errors
/// [`Refusal::Forbidden`] when the person may not read there.
pub fn list_keepers(app: &App, actor: &Actor, community: CommunityId) -> Result<Keepers, Refusal> {
    actor.require(Permission::Read, community)?;
    let (buildings, people) =
        app.db.read(|tx| Ok::<_, Refusal>((store::list_buildings(tx, community)?, people(tx, community)?)))?;
    let item = |one: store::BuildingRow| BuildingKeeper {
        id: one.id,
        building: one.code,
        staff: one.keeper.map(|(id, name)| Person { id, name }),
    };
    Ok(Keepers { buildings: buildings.into_iter().map(item).collect(), people })
}

/// Who works for a community and may work on cases.
fn people(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<Person>, Refusal> {
    let found = store::list_people(tx, community)?.into_iter();
    let fit = found.filter(|(_, _, role): &(StaffId, String, Role)| role.may(Permission::WorkCases));
    Ok(fit.map(|(id, name, _)| Person { id, name }).collect())
}

pub(super) fn get_person(tx: &mut Tx<'_>, community: CommunityId, staff: StaffId) -> Result<Person, Refusal> {
    let found = people(tx, community)?.into_iter().find(|one| one.id == staff);
    found.ok_or_else(|| {
        let zh = "这个账号不在本小区工作、已停用或不能办理案件，请另选一人";
        Refusal::invalid("staff", zh, "this account does not work here, cannot sign in or may not work on cases")
    })
}

/// Gives a building to a person, or with `None` to nobody; open cases of the building that nobody has go to the person too.
/// Returns how many.
///
/// # Errors
/// [`Refusal::Forbidden`] for anybody but a manager; [`Refusal::InvalidInput`] for somebody who cannot be responsible there.
pub fn assign_building(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    building: BuildingId,
    staff: Option<StaffId>,
) -> Result<u64, Refusal> {
    actor.require(Permission::Administer, community)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let found = store::list_buildings(tx, community)?.into_iter().find(|one| one.id == building);
        let code = found.ok_or_else(|| Refusal::not_found("楼栋", "building", ""))?.code;
        let person = staff.map(|id| get_person(tx, community, id)).transpose()?;
        store::set_building(tx, community, building, staff)?;
        let cases = match staff {
            Some(staff) => store::take_cases(tx, community, building, staff)?,
            None => 0,
        };
        let detail = json!({ "building": code, "staff": person.map(|one| one.name), "cases": cases });
        audit_act(tx, app, actor, community, "building.assign", building.uuid(), &detail)?;
        Ok(cases)
    })
}

/// Gives an open case to a person, or with `None` to nobody.
///
/// # Errors
/// [`Refusal::InvalidInput`] for somebody who cannot be responsible there; [`Refusal::Conflict`] when the case is closed.
pub fn assign_case(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    id: CaseId,
    staff: Option<StaffId>,
) -> Result<(), Refusal> {
    actor.require(Permission::WorkCases, community)?;
    app.db.write(|tx| {
        let case = open_case(tx, community, id)?;
        let person = staff.map(|id| get_person(tx, community, id)).transpose()?;
        case::assign(tx, community, id, staff)?;
        let detail = json!({ "case": case.number, "staff": person.map(|one| one.name) });
        audit_act(tx, app, actor, community, "case.assign", id.uuid(), &detail)
    })
}
