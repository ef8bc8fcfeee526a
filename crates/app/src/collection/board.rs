//! The board (催缴看板): open cases by stage, by person and by building, and what waits to be done.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Days, NaiveDate};
use hemu_domain::Fen;
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::{CaseId, CommunityId, StaffId};
use hemu_domain::staff::Permission;
use hemu_store::collection::board::{self as store, CaseInBuilding, StaffCount};
use hemu_store::{DbError, Tx, staff};
use serde::Serialize;

use crate::{Actor, App, Refusal};

/// Contacts of so many days, today among them, are counted.
const CONTACT_DAYS: u64 = 7;

/// What the board shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CollectionBoard {
    /// The day it is of.
    pub as_of: NaiveDate,
    /// Open cases.
    pub cases: usize,
    /// What their payers owe that is overdue.
    pub owed: Fen,
    /// By stage, the gentlest first; every stage is there.
    pub stages: Vec<StageLine>,
    /// By person, those with the most owed first; nobody's cases last.
    pub people: Vec<PersonLine>,
    /// By building, by its number.
    pub buildings: Vec<BuildingLine>,
}

/// The cases of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StageLine {
    /// The stage.
    pub stage: &'static str,
    /// Cases.
    pub cases: usize,
    /// What is owed.
    pub owed: Fen,
    /// Of the cases, those that wait for a hold, a promise or a plan.
    pub resting: usize,
    /// The earliest due date.
    pub oldest_due: Option<NaiveDate>,
}

/// The cases of a person, and the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonLine {
    /// Who; `None` for cases nobody has.
    pub staff_id: Option<StaffId>,
    /// The name; empty for nobody.
    pub name: String,
    /// Cases.
    pub cases: usize,
    /// What is owed.
    pub owed: Fen,
    /// Open tasks.
    pub tasks: i64,
    /// Of those, past their day.
    pub late_tasks: i64,
    /// Contacts of the last seven days.
    pub contacts: i64,
    /// Of those, with the payer.
    pub talks: i64,
}

/// The cases of a building; a payer with units in two is counted in both, with what each owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BuildingLine {
    /// The building.
    pub building: String,
    /// Cases by stage, the gentlest first.
    pub cases: Vec<usize>,
    /// What is owed there.
    pub owed: Fen,
}

/// The board of a community.
///
/// # Errors
/// [`Refusal::Forbidden`] when the person may not read there.
pub fn collection_board(app: &App, actor: &Actor, community: CommunityId) -> Result<CollectionBoard, Refusal> {
    actor.require(Permission::Read, community)?;
    let today = app.today();
    Ok(app.db.read(|tx| read(tx, community, today))?)
}

fn read(tx: &mut Tx<'_>, community: CommunityId, today: NaiveDate) -> Result<CollectionBoard, DbError> {
    let rows = store::list_cases(tx, community, today)?;
    let resting: HashSet<CaseId> = store::list_resting(tx, community, today)?.into_iter().collect();
    let since = today.checked_sub_days(Days::new(CONTACT_DAYS - 1)).unwrap_or(today);
    let work = Work {
        names: staff::list(tx)?.into_iter().map(|one| (one.id, one.name)).collect(),
        tasks: by_person(store::count_tasks(tx, community, today)?),
        contacts: by_person(store::count_contacts(tx, community, (since, today))?),
    };
    let cases = whole_cases(&rows);
    Ok(CollectionBoard {
        as_of: today,
        cases: cases.len(),
        owed: cases.values().map(|one| one.owed).sum(),
        stages: Stage::ALL.iter().map(|stage| stage_line(*stage, &cases, &resting)).collect(),
        people: people(&cases, &work),
        buildings: buildings(&rows),
    })
}

/// A case with all its buildings together.
struct WholeCase<'a> {
    stage: &'a str,
    staff: Option<StaffId>,
    owed: Fen,
    oldest_due: Option<NaiveDate>,
}

fn whole_cases(rows: &[CaseInBuilding]) -> BTreeMap<CaseId, WholeCase<'_>> {
    let mut cases = BTreeMap::new();
    for row in rows {
        let new = || WholeCase { stage: &row.stage, staff: row.staff_id, owed: Fen::ZERO, oldest_due: None };
        let case = cases.entry(row.case_id).or_insert_with(new);
        case.owed += row.owed;
        case.oldest_due = [case.oldest_due, row.oldest_due].into_iter().flatten().min();
    }
    cases
}

fn stage_line(stage: Stage, cases: &BTreeMap<CaseId, WholeCase<'_>>, resting: &HashSet<CaseId>) -> StageLine {
    let of_stage = || cases.iter().filter(|(_, one)| one.stage == stage.as_str());
    StageLine {
        stage: stage.as_str(),
        cases: of_stage().count(),
        owed: of_stage().map(|(_, one)| one.owed).sum(),
        resting: of_stage().filter(|(id, _)| resting.contains(id)).count(),
        oldest_due: of_stage().filter_map(|(_, one)| one.oldest_due).min(),
    }
}

/// Names, open tasks and recent contacts, by person.
struct Work {
    names: HashMap<StaffId, String>,
    tasks: HashMap<Option<StaffId>, (i64, i64)>,
    contacts: HashMap<Option<StaffId>, (i64, i64)>,
}

fn by_person(counts: Vec<StaffCount>) -> HashMap<Option<StaffId>, (i64, i64)> {
    counts.into_iter().map(|one| (one.staff_id, (one.all, one.marked))).collect()
}

fn people(cases: &BTreeMap<CaseId, WholeCase<'_>>, work: &Work) -> Vec<PersonLine> {
    let mut owed: HashMap<Option<StaffId>, (usize, Fen)> = HashMap::new();
    for case in cases.values() {
        let (count, sum) = owed.entry(case.staff).or_default();
        *count += 1;
        *sum += case.owed;
    }
    let everybody: HashSet<Option<StaffId>> =
        owed.keys().chain(work.tasks.keys()).chain(work.contacts.keys()).copied().collect();
    let line = |staff_id: Option<StaffId>| {
        let (cases, owed) = owed.get(&staff_id).copied().unwrap_or_default();
        let (tasks, late_tasks) = work.tasks.get(&staff_id).copied().unwrap_or_default();
        let (contacts, talks) = work.contacts.get(&staff_id).copied().unwrap_or_default();
        let name = staff_id.and_then(|id| work.names.get(&id)).cloned().unwrap_or_default();
        PersonLine { staff_id, name, cases, owed, tasks, late_tasks, contacts, talks }
    };
    let mut lines: Vec<PersonLine> = everybody.into_iter().map(line).collect();
    lines.sort_by(|a, b| (a.staff_id.is_none(), b.owed, &a.name).cmp(&(b.staff_id.is_none(), a.owed, &b.name)));
    lines
}

fn buildings(rows: &[CaseInBuilding]) -> Vec<BuildingLine> {
    let mut lines: BTreeMap<(u64, &str), BuildingLine> = BTreeMap::new();
    for row in rows {
        let number = row.building.parse().unwrap_or(u64::MAX);
        let new = || BuildingLine { building: row.building.clone(), cases: vec![0; Stage::ALL.len()], owed: Fen::ZERO };
        let line = lines.entry((number, &row.building)).or_insert_with(new);
        line.owed += row.owed;
        if let Some(place) = Stage::ALL.iter().position(|stage| stage.as_str() == row.stage) {
            line.cases[place] += 1;
        }
    }
    lines.into_values().collect()
}
