//! Units by hand: added, corrected, vacant or handed over.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, CommunityId, PartyId, UnitId};
use hemu_domain::registry::names;
use hemu_domain::registry::unit::{Occupancy, UnitKind};
use hemu_domain::staff::Permission;
use hemu_domain::{Area, Fen, UnitLabel};
use hemu_store::registry::edit;
use hemu_store::registry::{self as store, AccountRow, TenureRow, UnitRow};
use hemu_store::{DbError, Tx};
use serde::Serialize;

use super::{get_unit, new_party, optional, required};
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::import::UNNAMED;
use crate::{Actor, App, Refusal};

/// A unit to add.
#[derive(Clone, Debug)]
pub struct AddUnit {
    /// Name of the community.
    pub community: String,
    /// What it is called.
    pub label: UnitLabel,
    /// What it is.
    pub kind: UnitKind,
    /// Its charged area.
    pub area: Option<Area>,
    /// Owners, co-owners after the first; with none it is billed to an owner still to be named.
    pub owners: Vec<NewOwner>,
    /// From when they owe; `None` from the beginning.
    pub starts_on: Option<NaiveDate>,
    /// A remark.
    pub remark: String,
}

/// Who comes to own a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewOwner {
    /// Somebody the community knows already, by another unit for instance.
    Known(PartyId),
    /// Somebody new, by name.
    Named(String),
}

/// What was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AddedUnit {
    /// The unit.
    pub id: UnitId,
    /// Its label.
    pub unit: UnitLabel,
    /// Its account.
    pub account: AccountId,
    /// Its owners, in their order.
    pub parties: Vec<PartyId>,
}

/// What to correct of a unit; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct EditUnit {
    /// What it is.
    pub kind: Option<UnitKind>,
    /// Its charged area: the next bill says that it changed.
    pub area: Option<Area>,
    /// Its floor.
    pub floor: Option<i64>,
    /// A remark.
    pub remark: Option<String>,
}

/// Adds a unit with its owners and their account. What it pays by is set with the tariff.
///
/// # Errors
/// [`Refusal::Conflict`] when the label is taken; [`Refusal::NotFound`] when there is no such community.
pub fn add_unit(app: &App, actor: &Actor, request: &AddUnit) -> Result<AddedUnit, Refusal> {
    let community = find_community(app, &request.community)?;
    actor.require(Permission::EditRegistry, community)?;
    let remark = optional("remark", "备注", &request.remark, 500)?;
    app.db.write(|tx| {
        if store::find_unit(tx, community, &request.label)?.is_some() {
            let label = &request.label;
            let zh = format!("房屋 {label} 已存在，请打开它修改");
            return Err(Refusal::conflict(zh, format!("there is a unit {label} already: open it to change it")));
        }
        let unit = new_unit(tx, app, community, request, &remark)?;
        let added = add_owners(tx, app, community, &unit, request)?;
        let detail = serde_json::json!({ "unit": unit.label, "owners": added.parties.len() });
        record(tx, app, actor, community, ("unit.add", unit.id, &detail))?;
        Ok(added)
    })
}

fn new_unit(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    request: &AddUnit,
    remark: &str,
) -> Result<UnitRow, DbError> {
    let code = request.label.building();
    let building = store::list_buildings(tx, community)?.into_iter().find(|(_, known)| known == code);
    let building_id = match building {
        Some((id, _)) => id,
        None => {
            let id = app.new_id();
            store::insert_buildings(tx, community, &[(id, code.to_owned())])?;
            id
        }
    };
    let entrance_id = match request.label.entrance() {
        None => None,
        Some(code) => {
            let known = store::list_entrances(tx, community)?;
            match known.into_iter().find(|(_, building, known)| *building == building_id && known == code) {
                Some((id, _, _)) => Some(id),
                None => {
                    let id = app.new_id();
                    store::insert_entrances(tx, community, &[(id, building_id, code.to_owned())])?;
                    Some(id)
                }
            }
        }
    };
    let unit = UnitRow {
        id: app.new_id(),
        building_id,
        entrance_id,
        label: request.label.clone(),
        kind: request.kind,
        area: request.area,
        floor: request.label.floor(),
        occupancy: Occupancy::Unknown,
        vacant_since: None,
        remark: remark.to_owned(),
    };
    store::insert_units(tx, community, std::slice::from_ref(&unit), app.clock.now())?;
    Ok(unit)
}

fn add_owners(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    unit: &UnitRow,
    request: &AddUnit,
) -> Result<AddedUnit, Refusal> {
    let unnamed = [NewOwner::Named(UNNAMED.to_owned())];
    let owners = if request.owners.is_empty() { unnamed.as_slice() } else { &request.owners };
    let parties = hold(tx, app, community, unit.id, owners, request.starts_on)?;
    let account = open_account(tx, app, community, (unit.id, parties[0]), (request.starts_on, ""))?;
    Ok(AddedUnit { id: unit.id, unit: unit.label.clone(), account, parties })
}

/// Writes who holds a unit together from a day on, the first of them its payer.
pub(super) fn hold(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    unit_id: UnitId,
    owners: &[NewOwner],
    starts_on: Option<NaiveDate>,
) -> Result<Vec<PartyId>, Refusal> {
    let mut parties: Vec<PartyId> = Vec::with_capacity(owners.len());
    for owner in owners {
        let party = party_of(tx, app, community, owner)?;
        if !parties.contains(&party) {
            parties.push(party);
        }
    }
    let roles = std::iter::once("owner").chain(std::iter::repeat("co_owner"));
    let tenure = |(party_id, role): (&PartyId, &str)| TenureRow {
        id: app.new_id(),
        unit_id,
        party_id: *party_id,
        role: role.to_owned(),
        starts_on,
        ends_on: None,
    };
    let tenures: Vec<TenureRow> = parties.iter().zip(roles).map(tenure).collect();
    store::insert_tenures(tx, community, &tenures)?;
    Ok(parties)
}

pub(super) fn party_of(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    owner: &NewOwner,
) -> Result<PartyId, Refusal> {
    match owner {
        NewOwner::Known(party) => store::find_party(tx, community, *party)?
            .map(|known| known.id)
            .ok_or_else(|| Refusal::not_found("业主", "party", &party.to_string())),
        NewOwner::Named(name) => {
            let name = required("owners", "业主姓名", &names::tidy(name), 100)?;
            Ok(new_party(tx, app, community, &name)?)
        }
    }
}

/// Opens the account of a payer for a unit, from a day on, billed after a month.
pub(super) fn open_account(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    (unit_id, party_id): (UnitId, PartyId),
    (starts_on, paid_through): (Option<NaiveDate>, &str),
) -> Result<AccountId, DbError> {
    let id = app.new_id();
    let paid_through = paid_through.to_owned();
    let account = AccountRow { id, unit_id, party_id, starts_on, ends_on: None, paid_through, prepaid: Fen::ZERO };
    store::insert_accounts(tx, community, std::slice::from_ref(&account))?;
    Ok(id)
}

/// Corrects a unit. Bills that were issued stay; the next one is computed with the new facts and says what changed.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such unit.
pub fn edit_unit(
    app: &App,
    actor: &Actor,
    (community, label): (&str, &UnitLabel),
    change: &EditUnit,
) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditRegistry, community)?;
    let remark = change.remark.as_deref().map(|remark| optional("remark", "备注", remark, 500)).transpose()?;
    app.db.write(|tx| {
        let before = get_unit(tx, community, label)?;
        let after = UnitRow {
            kind: change.kind.unwrap_or(before.kind),
            area: change.area.or(before.area),
            floor: change.floor.or(before.floor),
            remark: remark.clone().unwrap_or_else(|| before.remark.clone()),
            ..before.clone()
        };
        if after == before {
            return Ok(());
        }
        edit::update_unit(tx, community, &after)?;
        let facts = |unit: &UnitRow| serde_json::json!({ "kind": unit.kind, "area": unit.area, "floor": unit.floor });
        let detail = serde_json::json!({ "unit": label, "before": facts(&before), "after": facts(&after) });
        Ok(record(tx, app, actor, community, ("unit.edit", before.id, &detail))?)
    })
}

/// Records who is in a unit, since when it is vacant, and its handover. A vacant unit is billed in full unless a confirmed
/// discount says otherwise; one not handed over is the developer's.
///
/// # Errors
/// [`Refusal::InvalidInput`] when a day is missing or lies ahead; [`Refusal::NotFound`] when there is no such unit.
pub fn set_occupancy(
    app: &App,
    actor: &Actor,
    (community, label): (&str, &UnitLabel),
    occupancy: Occupancy,
    since: Option<NaiveDate>,
) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditRegistry, community)?;
    if since.is_some_and(|day| day > app.today()) {
        return Err(Refusal::invalid("since", "日期不能晚于今天", "the day lies ahead"));
    }
    if occupancy == Occupancy::Vacant && since.is_none() {
        return Err(Refusal::invalid("since", "请填写从哪一天起空置", "say since when it is vacant"));
    }
    app.db.write(|tx| {
        let unit = get_unit(tx, community, label)?;
        let vacant_since = since.filter(|_| occupancy == Occupancy::Vacant);
        let handed_over = unit.occupancy == Occupancy::NotHandedOver && occupancy != Occupancy::NotHandedOver;
        let handover_on = since.filter(|_| handed_over);
        edit::set_occupancy(tx, community, unit.id, occupancy, (vacant_since, handover_on))?;
        let detail = serde_json::json!({ "unit": label, "before": unit.occupancy, "after": occupancy, "since": since });
        Ok(record(tx, app, actor, community, ("unit.occupancy", unit.id, &detail))?)
    })
}

pub(super) fn record(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (act, unit, detail): (&'static str, UnitId, &serde_json::Value),
) -> Result<(), DbError> {
    let act = Act { act, subject_kind: "unit", subject_id: Some(unit.uuid()), detail };
    audit::record(tx, app, actor, Some(community), &act)
}
