//! Household members of the incumbent's workbooks: kept with their unit, sealed, and never payers.

use std::collections::{HashMap, HashSet};

use hemu_domain::UnitLabel;
use hemu_domain::ids::{CommunityId, MemberId, UnitId};
use hemu_domain::import::{ImportReading, MemberRecord};
use hemu_domain::registry::names::{PartyKind, mask};
use hemu_domain::registry::phone;
use hemu_store::registry::{self, member};
use hemu_store::{DbError, Tx};

use crate::App;

/// Writes the members that are not there yet; returns how many. A second import of the same file writes none.
///
/// # Errors
/// When the database refuses.
pub fn store(tx: &mut Tx<'_>, app: &App, community: CommunityId, reading: &ImportReading) -> Result<usize, DbError> {
    let rows = new_members(tx, app, community, reading)?;
    if !rows.is_empty() {
        member::insert(tx, community, &rows, app.clock.now())?;
    }
    Ok(rows.len())
}

/// How many members of known units would be new.
///
/// # Errors
/// When the database refuses.
pub fn count_new(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    reading: &ImportReading,
) -> Result<usize, DbError> {
    let of_known = new_members(tx, app, community, reading)?.len();
    let known: HashSet<UnitLabel> = registry::list_units(tx, community)?.into_iter().map(|unit| unit.label).collect();
    Ok(of_known + count_of(reading.units.iter().filter(|unit| !known.contains(&unit.label))))
}

/// The members of units, each person once.
pub fn count_of<'a>(units: impl Iterator<Item = &'a hemu_domain::import::UnitRecord>) -> usize {
    units.map(|unit| unit.members.iter().map(identity).collect::<HashSet<_>>().len()).sum()
}

fn new_members(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    reading: &ImportReading,
) -> Result<Vec<member::NewMember>, DbError> {
    if reading.units.iter().all(|unit| unit.members.is_empty()) {
        return Ok(Vec::new());
    }
    let units: HashMap<UnitLabel, UnitId> =
        registry::list_units(tx, community)?.into_iter().map(|unit| (unit.label, unit.id)).collect();
    let mut seen: HashSet<(UnitId, Vec<u8>)> = member::list_indexes(tx, community)?.into_iter().collect();
    let mut rows = Vec::new();
    for record in &reading.units {
        let Some(unit) = units.get(&record.label) else { continue };
        for one in &record.members {
            let index = app.sealer.index("household_member", &identity(one));
            if seen.insert((*unit, index.clone())) {
                rows.push(row(app, *unit, one, index));
            }
        }
    }
    Ok(rows)
}

/// What makes two rows one person: role, name and phones.
fn identity(one: &MemberRecord) -> String {
    format!("{}|{}|{}", one.role.as_str(), one.name, phones(one))
}

fn phones(one: &MemberRecord) -> String {
    one.phones.iter().map(|phone| phone.number.as_str()).collect::<Vec<_>>().join(" ")
}

fn row(app: &App, unit_id: UnitId, one: &MemberRecord, index: Vec<u8>) -> member::NewMember {
    let id: MemberId = app.new_id();
    let seal = |place: &str, text: &str| app.sealer.seal(place, id.uuid(), text);
    let masked: Vec<String> = one.phones.iter().map(|phone| phone::mask(&phone.number)).collect();
    member::NewMember {
        id,
        unit_id,
        role: one.role,
        name_sealed: seal("household_member.name", &one.name),
        name_tail: mask(PartyKind::Person, &one.name),
        phones_sealed: (!one.phones.is_empty()).then(|| seal("household_member.phones", &phones(one))),
        phones_tail: masked.join("、"),
        index,
    }
}
