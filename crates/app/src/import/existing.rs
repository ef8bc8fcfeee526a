//! What a community has already: which rows are new, what differs, which contacts are missing.

use std::collections::{HashMap, HashSet};

use hemu_domain::UnitLabel;
use hemu_domain::ids::{CommunityId, PartyId, UnitId};
use hemu_domain::import::people::People;
use hemu_domain::import::{Finding, ImportReading, UnitRecord};
use hemu_domain::registry::phone;
use hemu_store::registry::{self, AccountRow, ContactPointRow, PartyRow, UnitRow};
use hemu_store::{DbError, Tx};

use crate::App;

/// What is there, by label.
pub struct Known {
    units: HashMap<UnitLabel, UnitRow>,
    accounts: HashMap<UnitId, AccountRow>,
    parties: HashMap<PartyId, PartyRow>,
    contacts: HashSet<(PartyId, Vec<u8>)>,
}

impl Known {
    /// Reads a community, set by set.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn load(tx: &mut Tx<'_>, community: CommunityId) -> Result<Self, DbError> {
        let current = |account: &AccountRow| account.ends_on.is_none();
        Ok(Self {
            units: registry::list_units(tx, community)?.into_iter().map(|unit| (unit.label.clone(), unit)).collect(),
            accounts: registry::list_accounts(tx, community)?
                .into_iter()
                .filter(current)
                .map(|account| (account.unit_id, account))
                .collect(),
            parties: registry::list_parties(tx, community)?.into_iter().map(|party| (party.id, party)).collect(),
            contacts: registry::list_contact_indexes(tx, community)?.into_iter().collect(),
        })
    }

    /// Positions of the records whose unit is there, and of those whose unit is new.
    pub fn split(&self, units: &[UnitRecord]) -> (Vec<usize>, Vec<usize>) {
        (0..units.len()).partition(|position| self.units.contains_key(&units[*position].label))
    }

    fn account_of(&self, label: &UnitLabel) -> Option<(&UnitRow, &AccountRow)> {
        let unit = self.units.get(label)?;
        Some((unit, self.accounts.get(&unit.id)?))
    }
}

/// Where known units differ from their rows: area, owner, paid-through. Listed, never overwritten.
pub fn differences(known: &Known, old: &[usize], reading: &ImportReading) -> Vec<Finding> {
    let mut found = Vec::new();
    for record in old.iter().map(|position| &reading.units[*position]) {
        let Some((unit, account)) = known.account_of(&record.label) else { continue };
        let mut differs = |column: &str, value: String, there: String| {
            let problem = format!(
                "系统里是 {there}，未改动，请人工核对 / {there} is on record: nothing was changed, check which is right"
            );
            found.push(Finding {
                sheet: record.sheet.clone(),
                row: record.row,
                column: column.to_owned(),
                value,
                problem,
            });
        };
        if record.area.is_some() && record.area != unit.area {
            let text = |area: Option<hemu_domain::Area>| area.map_or_else(|| "-".to_owned(), |area| area.to_string());
            differs("area", text(record.area), text(unit.area));
        }
        if let (Some(owner), Some(party)) = (record.owners.first(), known.parties.get(&account.party_id))
            && *owner != party.name
        {
            differs("owner", owner.clone(), party.name.clone());
        }
        if let Some(paid) = record.paid_through
            && paid.period.to_string() != account.paid_through
        {
            differs("paid_through", paid.period.to_string(), account.paid_through.clone());
        }
    }
    found
}

/// Contacts the file has and the payers of known units have not; only where the owner's name agrees.
pub fn new_contacts(
    app: &App,
    known: &Known,
    old: &[usize],
    reading: &ImportReading,
    people: &People,
) -> Vec<ContactPointRow> {
    let mut seen = known.contacts.clone();
    let mut points = Vec::new();
    for position in old {
        let record = &reading.units[*position];
        let Some((_, account)) = known.account_of(&record.label) else { continue };
        let first = people.owners[*position].first().map(|person| &people.persons[*person]);
        let Some(person) =
            first.filter(|p| known.parties.get(&account.party_id).is_some_and(|party| party.name == p.name))
        else {
            continue;
        };
        for (number, valid) in &person.phones {
            let point = contact_point(app, account.party_id, number, *valid);
            if seen.insert((account.party_id, point.value_index.clone())) {
                points.push(point);
            }
        }
    }
    points
}

/// A phone of a party, sealed; verified only as far as "valid in the office's list".
pub fn contact_point(app: &App, party_id: PartyId, number: &str, valid: bool) -> ContactPointRow {
    let id: hemu_domain::ids::ContactPointId = app.new_id();
    ContactPointRow {
        id,
        party_id,
        channel: "phone".to_owned(),
        value_sealed: app.sealer.seal("contact_point.value", id.uuid(), number),
        value_index: app.sealer.index("phone", number),
        value_tail: phone::mask(number),
        verified_how: valid.then(|| "import".to_owned()),
        verified_on: valid.then(|| app.today()),
    }
}
