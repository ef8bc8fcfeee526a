//! Import of office spreadsheets (E1): from the file to community, contract, units, owners, contacts and opening arrears.
//!
//! One file is one transaction. Rooms that are there already are never overwritten: what differs is listed; new contacts are
//! added. A second import of the same file changes nothing.

mod existing;
mod members;
mod new_units;
pub mod preview;
mod tariffs;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use hemu_documents::fonts::is_printable;
use hemu_documents::sheets_in::read_sheets;
use hemu_domain::ids::{AccountId, CommunityId, UnitId};
use hemu_domain::import::columns::ColumnMap;
use hemu_domain::import::{Finding, ImportReading, ReadOptions, UnitRecord, history, people, read_workbook};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::community::{self, Community};
use hemu_store::registry::{self, AccountRow, ImportFileRow};
use hemu_store::{DbError, Tx};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::audit::{self, Act};
use crate::{Actor, App, Refusal};

use self::existing::Known;
pub use self::new_units::UNNAMED;

/// What to import.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// The file's name, for messages and to tell a CSV.
    pub file_name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// The community; made if it is new.
    pub community: String,
    /// Opening arrears run up to the month of this day.
    pub as_of: NaiveDate,
    /// `heading=field` pairs for columns that are not recognised.
    pub map: Vec<String>,
    /// Reads and reports, writes nothing.
    pub dry_run: bool,
}

/// What an import found and did; the counts are those of the file, whatever was there before.
#[derive(Clone, Debug, Serialize)]
pub struct ImportReport {
    /// Data and sub-total rows.
    pub rows_read: usize,
    /// Rows imported.
    pub accepted: usize,
    /// Rows equal to one before.
    pub duplicates: usize,
    /// Sub-total rows.
    pub ignored: usize,
    /// Rows of which nothing was imported.
    pub refused: Vec<Finding>,
    /// Rows imported with a doubt.
    pub warnings: Vec<Finding>,
    /// Remarks about the file.
    pub notes: Vec<String>,
    /// Units in the file.
    pub units: usize,
    /// Persons and companies in the file.
    pub parties: usize,
    /// Units with opening arrears in the file.
    pub units_owing: usize,
    /// Their sum.
    pub opening_arrears: Fen,
    /// Units marked vacant.
    pub vacant: usize,
    /// Units that were not there before.
    pub new_units: usize,
    /// Contacts that were not there before.
    pub new_contacts: usize,
    /// Household members that were not there before; they pay nothing.
    pub new_members: usize,
    /// Where the file differs from what is there; nothing was overwritten.
    pub differences: Vec<Finding>,
}

/// What applying a reading changed.
#[derive(Default)]
struct Changes {
    units: usize,
    contacts: usize,
    members: usize,
    differences: Vec<Finding>,
}

/// Imports a spreadsheet.
///
/// # Errors
/// [`Refusal::InvalidInput`] when no table can be read; refused rows do not fail the import.
pub fn import_spreadsheet(app: &App, actor: &Actor, request: &ImportRequest) -> Result<ImportReport, Refusal> {
    actor.require_role(Permission::EditRegistry)?;
    let name = community_name(&request.community)?;
    let reading = read(request)?;
    let people = people::group(&reading.units);
    let changes = if request.dry_run {
        app.db.read(|tx| preview(tx, app, name, &reading))?
    } else {
        app.db.write(|tx| apply(tx, app, actor, request, name, &reading, &people))?
    };
    Ok(report(request, reading, people.persons.len(), changes))
}

fn community_name(name: &str) -> Result<&str, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        let zh = "请写明小区名称（1 到 60 个字）";
        return Err(Refusal::invalid("community", zh, "name the community in 1 to 60 characters"));
    }
    Ok(name)
}

fn read(request: &ImportRequest) -> Result<ImportReading, Refusal> {
    let file = &request.file_name;
    let map = ColumnMap::parse(&request.map).map_err(|error| {
        let text = error.text();
        Refusal::invalid("map", format!("--map 有误：{}", text.zh), format!("--map: {}", text.en))
    })?;
    let sheets = read_sheets(&request.bytes, file).map_err(|error| {
        let text = error.text();
        Refusal::invalid("file", text.zh, text.en)
    })?;
    let mut reading = read_workbook(&sheets, &ReadOptions { as_of: request.as_of, map }).map_err(|error| {
        let text = error.text();
        Refusal::invalid("file", format!("{file} 无法导入：{}", text.zh), format!("{file}: {}", text.en))
    })?;
    let unprintable = reading.names_outside(is_printable);
    reading.notes.extend(unprintable);
    Ok(reading)
}

fn preview(tx: &mut Tx<'_>, app: &App, name: &str, reading: &ImportReading) -> Result<Changes, Refusal> {
    let Some(community) = community::find_by_name(tx, name)? else {
        let members = members::count_of(reading.units.iter());
        return Ok(Changes { units: reading.units.len(), members, ..Changes::default() });
    };
    let known = Known::load(tx, community.id)?;
    let (old, new) = known.split(&reading.units);
    let people = people::group(&reading.units);
    let contacts = existing::new_contacts(app, &known, &old, reading, &people).len();
    let members = members::count_new(tx, app, community.id, reading)?;
    Ok(Changes { units: new.len(), contacts, members, differences: existing::differences(&known, &old, reading) })
}

fn apply(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    request: &ImportRequest,
    name: &str,
    reading: &ImportReading,
    people: &people::People,
) -> Result<Changes, Refusal> {
    let community = get_or_create(tx, app, actor, name)?;
    actor.require(Permission::EditRegistry, community)?;
    let known = Known::load(tx, community)?;
    let (old, new) = known.split(&reading.units);
    let differences = existing::differences(&known, &old, reading);
    let contacts = existing::new_contacts(app, &known, &old, reading, people);
    registry::insert_contact_points(tx, community, &contacts, app.clock.now())?;
    if !new.is_empty() {
        let standards = tariffs::ensure(tx, app, community, request.as_of, &reading.units)?;
        new_units::insert(
            tx,
            app,
            &new_units::Source { community, request, reading, people, new: &new, standards: &standards },
        )?;
    }
    let floors = set_floors(tx, community, reading)?;
    let members = members::store(tx, app, community, reading)?;
    let changes = Changes { units: new.len(), contacts: contacts.len(), members, differences };
    if changes.units > 0 || changes.contacts > 0 || changes.members > 0 || floors > 0 {
        record(tx, app, actor, community, request, &changes)?;
    }
    Ok(changes)
}

/// Past payments say up to which month a room has paid: the floor for billing of rooms that have none. Where a room paid
/// several fee items, the earliest of their ends counts, so that nothing unpaid is skipped.
fn set_floors(tx: &mut Tx<'_>, community: CommunityId, reading: &ImportReading) -> Result<usize, DbError> {
    if reading.history.is_empty() {
        return Ok(0);
    }
    let mut floors: BTreeMap<UnitLabel, Period> = BTreeMap::new();
    for ((label, _), paid) in history::paid_through(&reading.history) {
        floors.entry(label).and_modify(|floor| *floor = paid.period.min(*floor)).or_insert(paid.period);
    }
    let units: HashMap<UnitId, UnitLabel> =
        registry::list_units(tx, community)?.into_iter().map(|unit| (unit.id, unit.label)).collect();
    let accounts = registry::list_accounts(tx, community)?;
    let free = accounts.iter().filter(|account| account.paid_through.is_empty());
    let floor = |account: &AccountRow| {
        units.get(&account.unit_id).and_then(|label| floors.get(label)).map(|month| (account.id, *month))
    };
    let floors: Vec<(AccountId, Period)> = free.filter_map(floor).collect();
    registry::set_paid_through(tx, community, &floors).map(|rows| usize::try_from(rows).unwrap_or(usize::MAX))
}

fn get_or_create(tx: &mut Tx<'_>, app: &App, actor: &Actor, name: &str) -> Result<CommunityId, Refusal> {
    if let Some(found) = community::find_by_name(tx, name)? {
        return Ok(found.id);
    }
    let community = Community {
        id: app.new_id(),
        name: name.to_owned(),
        company_name: String::new(),
        address: String::new(),
        service_phone: String::new(),
        pay_account: String::new(),
        region: "national".to_owned(),
    };
    community::insert(tx, &community, app.clock.now())?;
    let detail = serde_json::json!({ "name": name });
    let subject_id = Some(community.id.uuid());
    let act = Act { act: "community.create", subject_kind: "community", subject_id, detail: &detail };
    audit::record(tx, app, actor, Some(community.id), &act)?;
    Ok(community.id)
}

fn record(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    request: &ImportRequest,
    changes: &Changes,
) -> Result<(), DbError> {
    let sha256 = hemu_domain::hex(&Sha256::digest(&request.bytes));
    let outcome = serde_json::json!({ "new_units": changes.units, "new_contacts": changes.contacts,
        "new_members": changes.members });
    let file = ImportFileRow {
        id: app.new_id(),
        file_name: request.file_name.clone(),
        sha256,
        as_of: request.as_of,
        outcome: outcome.clone(),
        actor_name: actor.name.clone(),
        imported_at: app.clock.now(),
    };
    registry::insert_import_file(tx, community, &file)?;
    let subject_id = Some(file.id.uuid());
    let act = Act { act: "spreadsheet.import", subject_kind: "import_file", subject_id, detail: &outcome };
    audit::record(tx, app, actor, Some(community), &act)
}

fn report(request: &ImportRequest, reading: ImportReading, parties: usize, changes: Changes) -> ImportReport {
    let owed: Vec<Fen> = reading.units.iter().map(|unit| opening_arrears(unit, request.as_of)).collect();
    ImportReport {
        rows_read: reading.rows_read,
        accepted: reading.accepted,
        duplicates: reading.duplicates,
        ignored: reading.ignored,
        refused: reading.refused,
        warnings: reading.warnings,
        notes: reading.notes,
        units: reading.units.len(),
        parties,
        units_owing: owed.iter().filter(|owed| owed.is_positive()).count(),
        opening_arrears: owed.iter().sum(),
        vacant: reading.units.iter().filter(|unit| unit.is_vacant()).count(),
        new_units: changes.units,
        new_contacts: changes.contacts,
        new_members: changes.members,
        differences: changes.differences,
    }
}

fn opening_arrears(unit: &UnitRecord, as_of: NaiveDate) -> Fen {
    unit.opening_charges(as_of).iter().map(|charge| charge.amount).sum()
}
