//! New units: buildings, entrances, units, parties, tenures, contact points, accounts, fees, opening charges; all in bulk.

use std::collections::HashMap;

use hemu_domain::UnitLabel;
use hemu_domain::billing::{Explanation, MonthlyFee};
use hemu_domain::ids::{AccountId, BuildingId, CommunityId, EntranceId, PartyId};
use hemu_domain::import::people::People;
use hemu_domain::import::{ImportReading, UnitRecord};
use hemu_domain::registry::names::PartyKind;
use hemu_domain::tariff::formula::RoundingChoice;
use hemu_store::billing::{self, ChargeRow};
use hemu_store::registry::{self, AccountRow, PartyRow, TenureRow, UnitRow};
use hemu_store::tariff::{self, UnitFeeRow};
use hemu_store::{Tx, community};

use super::ImportRequest;
use super::existing::contact_point;
use super::tariffs::{FeeKey, SINCE_EVER, Standards};
use crate::{App, Refusal};

/// What new units are made of.
pub struct Source<'a> {
    /// The community.
    pub community: CommunityId,
    /// The request.
    pub request: &'a ImportRequest,
    /// The file.
    pub reading: &'a ImportReading,
    /// Who is who in it.
    pub people: &'a People,
    /// Positions of the new units in the reading.
    pub new: &'a [usize],
    /// The fee standards.
    pub standards: &'a Standards,
}

/// A name for the payer of a unit whose owner the list does not name.
pub const UNNAMED: &str = "业主（待补录）";

/// Everything that is written, before it is written.
#[derive(Default)]
struct Rows {
    units: Vec<UnitRow>,
    parties: Vec<PartyRow>,
    tenures: Vec<TenureRow>,
    accounts: Vec<AccountRow>,
    fees: Vec<UnitFeeRow>,
    charges: Vec<ChargeRow>,
    contacts: Vec<registry::ContactPointRow>,
}

/// Writes the new units and what belongs to them.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, app: &App, source: &Source<'_>) -> Result<(), Refusal> {
    let places = Places::ensure(tx, app, source)?;
    let mut rows = Rows::default();
    let mut parties: HashMap<usize, PartyId> = HashMap::new();
    for position in source.new {
        add_unit(app, source, &places, *position, &mut parties, &mut rows);
    }
    let (community, now) = (source.community, app.clock.now());
    registry::insert_units(tx, community, &rows.units, now)?;
    registry::insert_parties(tx, community, &rows.parties, now)?;
    registry::insert_tenures(tx, community, &rows.tenures)?;
    registry::insert_contact_points(tx, community, &rows.contacts, now)?;
    registry::insert_accounts(tx, community, &rows.accounts)?;
    tariff::insert_unit_fees(tx, community, &rows.fees)?;
    let count = i64::try_from(rows.charges.len()).expect("a file's charges fit");
    let first_seq = community::next_seq(tx, community, count.max(1))?;
    billing::insert_charges(tx, community, &rows.charges, first_seq)?;
    Ok(())
}

fn add_unit(
    app: &App,
    source: &Source<'_>,
    places: &Places,
    position: usize,
    parties: &mut HashMap<usize, PartyId>,
    rows: &mut Rows,
) {
    let record = &source.reading.units[position];
    let unit = unit_row(app, source, places, record);
    let mut owners: Vec<PartyId> = Vec::new();
    for person in &source.people.owners[position] {
        owners.push(*parties.entry(*person).or_insert_with(|| add_party(app, source, *person, rows)));
    }
    if owners.is_empty() {
        owners.push(add_unnamed(app, rows));
    }
    for (rank, party_id) in owners.iter().enumerate() {
        let role = if rank == 0 { "owner" } else { "co_owner" }.to_owned();
        let tenure =
            TenureRow { id: app.new_id(), unit_id: unit.id, party_id: *party_id, role, starts_on: None, ends_on: None };
        rows.tenures.push(tenure);
    }
    let account = AccountRow {
        id: app.new_id(),
        unit_id: unit.id,
        party_id: owners[0],
        starts_on: None,
        ends_on: None,
        paid_through: record.paid_through.map(|paid| paid.period.to_string()).unwrap_or_default(),
        prepaid: hemu_domain::Fen::ZERO,
    };
    add_fees(source, record, &unit, rows);
    add_opening_charges(app, source, record, account.id, rows);
    rows.accounts.push(account);
    rows.units.push(unit);
}

fn unit_row(app: &App, source: &Source<'_>, places: &Places, record: &UnitRecord) -> UnitRow {
    let (building_id, entrance_id) = places.of(&record.label);
    UnitRow {
        id: app.new_id(),
        building_id,
        entrance_id,
        label: record.label.clone(),
        kind: record.kind,
        area: record.area,
        floor: record.floor,
        occupancy: record.occupancy,
        vacant_since: record.is_vacant().then_some(source.request.as_of),
        remark: record.remark.clone(),
    }
}

fn add_party(app: &App, source: &Source<'_>, person: usize, rows: &mut Rows) -> PartyId {
    let person = &source.people.persons[person];
    let id: PartyId = app.new_id();
    let seal = |number: &String| app.sealer.seal("party.id_number", id.uuid(), number);
    rows.parties.push(PartyRow {
        id,
        kind: PartyKind::of_name(&person.name).as_str().to_owned(),
        initials: hemu_domain::registry::pinyin::initials(&person.name),
        name: person.name.clone(),
        id_number_sealed: person.id_number.as_ref().map(seal),
        id_number_index: person.id_number.as_ref().map(|number| app.sealer.index("id_number", number)),
        id_number_tail: person.id_number.as_ref().map(|number| number[number.len() - 4..].to_owned()),
    });
    let points = person.phones.iter().map(|(number, valid)| contact_point(app, id, number, *valid));
    rows.contacts.extend(points);
    id
}

fn add_unnamed(app: &App, rows: &mut Rows) -> PartyId {
    let id = app.new_id();
    rows.parties.push(PartyRow {
        id,
        kind: PartyKind::Person.as_str().to_owned(),
        name: UNNAMED.to_owned(),
        initials: String::new(),
        id_number_sealed: None,
        id_number_index: None,
        id_number_tail: None,
    });
    id
}

fn add_fees(source: &Source<'_>, record: &UnitRecord, unit: &UnitRow, rows: &mut Rows) {
    for fee in &record.fees {
        let Some(standard) = source.standards.get(&FeeKey::of(fee)) else { continue };
        rows.fees.push(UnitFeeRow {
            unit_id: unit.id,
            fee_item_id: standard.item,
            starts_on: fee.starts_on.unwrap_or(SINCE_EVER),
            fee_standard_id: standard.id,
            ends_on: fee.ends_on,
        });
    }
}

fn add_opening_charges(app: &App, source: &Source<'_>, record: &UnitRecord, account_id: AccountId, rows: &mut Rows) {
    for charge in record.opening_charges(source.request.as_of) {
        let Some(standard) = source.standards.get(&FeeKey::of(&charge.fee)) else { continue };
        let fee = MonthlyFee {
            area: charge.fee.per_area.and(record.area),
            price: charge.fee.per_area,
            fixed: charge.fee.fixed,
            months: 1,
            rounding: RoundingChoice::MonthFirst,
        };
        let explanation = Explanation::monthly(fee, "导入的期初欠费".to_owned());
        debug_assert_eq!(explanation.amount(), Some(charge.amount), "one calculation, used everywhere");
        rows.charges.push(ChargeRow {
            id: app.new_id(),
            account_id,
            bill_id: None,
            fee_item_id: standard.item,
            clause_id: None,
            period: charge.period,
            occurrence: 1,
            origin: "opening",
            due_on: standard.due.0.due_on(charge.period, standard.due.1),
            amount: charge.amount,
            open: charge.amount,
            explanation,
            issued_on: source.request.as_of,
        });
    }
}

/// Buildings and entrances by their codes.
struct Places {
    buildings: HashMap<String, BuildingId>,
    entrances: HashMap<(BuildingId, String), EntranceId>,
}

impl Places {
    fn ensure(tx: &mut Tx<'_>, app: &App, source: &Source<'_>) -> Result<Self, Refusal> {
        let community = source.community;
        let mut places = Self {
            buildings: registry::list_buildings(tx, community)?.into_iter().map(|(id, code)| (code, id)).collect(),
            entrances: registry::list_entrances(tx, community)?
                .into_iter()
                .map(|(id, building, code)| ((building, code), id))
                .collect(),
        };
        let (mut buildings, mut entrances) = (Vec::new(), Vec::new());
        for label in source.new.iter().map(|position| &source.reading.units[*position].label) {
            let building = *places.buildings.entry(label.building().to_owned()).or_insert_with(|| {
                let id = app.new_id();
                buildings.push((id, label.building().to_owned()));
                id
            });
            if let Some(code) = label.entrance() {
                places.entrances.entry((building, code.to_owned())).or_insert_with(|| {
                    let id = app.new_id();
                    entrances.push((id, building, code.to_owned()));
                    id
                });
            }
        }
        registry::insert_buildings(tx, community, &buildings)?;
        registry::insert_entrances(tx, community, &entrances)?;
        Ok(places)
    }

    fn of(&self, label: &UnitLabel) -> (BuildingId, Option<EntranceId>) {
        let building = self.buildings[label.building()];
        let entrance = label.entrance().and_then(|code| self.entrances.get(&(building, code.to_owned())).copied());
        (building, entrance)
    }
}
