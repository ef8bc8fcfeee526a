//! The list of a person's work for today, ranked by what a contact can change, cut where the day is full.
//!
//! Read set by set: the tasks that are due, then the facts of their cases as a run reads them, then when their payers were
//! reached. The oldest [`MOST_TASKS`] due tasks of a person are ranked; how many more there are is told.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta, Timelike as _};
use hemu_domain::collection::policy::Stage;
use hemu_domain::collection::ranking::{Capacity, Chance, Effort, Rank, find_good_hour, rank};
use hemu_domain::collection::signals::Signals;
use hemu_domain::ids::{CaseId, CommunityId, PartyId, StaffId, TaskId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Text, UnitLabel};
use hemu_store::Tx;
use hemu_store::collection::worklist::{self as store, DueTask};
use hemu_store::collection::{case, facts};
use hemu_store::staff as accounts;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::signals;
use super::snapshot::{self, CaseSnapshot};
use super::todo::task_name;
use super::versions::in_force_on;
use crate::audit::{self, Act};
use crate::clock::in_china;
use crate::registry::shown_name;
use crate::{Actor, App, Refusal};

/// So many due tasks are ranked.
pub const MOST_TASKS: i64 = 200;
/// Talks older than this say nothing about the hour any more.
const TALK_DAYS: i64 = 400;
/// More than a person makes in a day.
const MOST_A_DAY: i64 = 500;

/// A task with its rank.
#[derive(Clone, Debug, Serialize)]
pub struct RankedTask {
    /// Its id.
    pub id: TaskId,
    /// The case.
    pub case_id: Option<CaseId>,
    /// `call`, `visit`...
    pub kind: String,
    /// What to do.
    pub name: Text,
    /// When it was due.
    pub due_on: NaiveDate,
    /// When in the day it fits.
    pub fitting_time: String,
    /// The hour at which the payer was mostly reached.
    pub good_hour: Option<u32>,
    /// A unit of the payer.
    pub unit: Option<UnitLabel>,
    /// The payer, masked where the role asks for it.
    pub owner: String,
    /// The stage of the case; empty without one.
    pub stage: String,
    /// Open principal of the payer that is overdue.
    pub overdue: Fen,
    /// Why it stands where it stands.
    pub rank: Rank,
    /// Whether it fits into the day.
    pub fits: bool,
    /// Who holds it now.
    pub taken_by: Option<String>,
    /// Whether that is whoever asks.
    pub mine: bool,
}

/// The work of a person for today.
#[derive(Clone, Debug, Serialize)]
pub struct WorkList {
    /// The best chance first.
    pub rows: Vec<RankedTask>,
    /// Calls and visits of a day.
    pub capacity: Capacity,
    /// Those made today.
    pub done: Capacity,
    /// What does not fit into today any more.
    pub beyond: Capacity,
    /// Due tasks that were not looked at: more than a person can do.
    pub unranked: i64,
    /// Cases of these tasks whose cause the data propose and nobody has confirmed.
    pub to_confirm: i64,
}

/// Lists the due tasks of whoever asks (without an account: everybody's), the best chance first.
///
/// # Errors
/// [`Refusal::Forbidden`] outside the actor's scope.
pub fn list_work(app: &App, actor: &Actor, community: CommunityId) -> Result<WorkList, Refusal> {
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let tasks = store::list_due(tx, community, app.today(), (actor.staff_id, app.clock.now()), MOST_TASKS)?;
        let due = store::count_due(tx, community, app.today(), actor.staff_id)?;
        let known = Known::load(tx, app, community, &tasks)?;
        let to_confirm = known.count_proposed(tx, app, community)?;
        let mut rows: Vec<RankedTask> = tasks.into_iter().map(|task| known.rank(app, actor, task)).collect();
        rows.sort_by_key(|one| (std::cmp::Reverse(one.rank.score), one.due_on, one.id));
        let (capacity, done) = match actor.staff_id {
            Some(staff) => (capacity_of(tx, staff)?, store::count_done(tx, community, staff, app.today())?),
            None => (Capacity::default(), Capacity { calls: 0, visits: 0 }),
        };
        let beyond = cut(&mut rows, capacity.less(done));
        Ok(WorkList { rows, capacity, done, beyond, unranked: (due - MOST_TASKS).max(0), to_confirm })
    })
}

fn capacity_of(tx: &mut Tx<'_>, staff: StaffId) -> Result<Capacity, Refusal> {
    Ok(store::find_capacity(tx, staff)?.unwrap_or_default())
}

/// Marks what fits into what is left of the day, from the top; returns how much does not.
fn cut(rows: &mut [RankedTask], mut left: Capacity) -> Capacity {
    let mut beyond = Capacity { calls: 0, visits: 0 };
    for row in rows {
        let effort = Effort::of(&row.kind);
        row.fits = left.take(effort);
        match effort {
            Effort::Call => beyond.calls += i64::from(!row.fits),
            Effort::Visit => beyond.visits += i64::from(!row.fits),
            Effort::Desk => {}
        }
    }
    beyond
}

/// What is known of the cases of tasks.
struct Known {
    cases: HashMap<CaseId, CaseSnapshot>,
    hours: HashMap<PartyId, Vec<u32>>,
    promise_grace_days: i64,
}

impl Known {
    fn load(tx: &mut Tx<'_>, app: &App, community: CommunityId, tasks: &[DueTask]) -> Result<Self, Refusal> {
        let mut ids: Vec<Uuid> = tasks.iter().filter_map(|task| task.case_id).map(CaseId::uuid).collect();
        ids.sort_unstable();
        ids.dedup();
        let open = case::list_few(tx, community, &ids)?;
        let few: Vec<(CaseId, PartyId)> = open.iter().map(|one| (one.id, one.party_id)).collect();
        let payers: Vec<Uuid> = few.iter().map(|(_, party)| party.uuid()).collect();
        let mut hours: HashMap<PartyId, Vec<u32>> = HashMap::new();
        for (party, at) in store::list_talk_times(tx, community, app.today() - TimeDelta::days(TALK_DAYS), &payers)? {
            hours.entry(party).or_default().push(in_china(at).hour());
        }
        let found = snapshot::of_cases(tx, community, app.today(), open, facts::Scope::Few(&few))?;
        let promise_grace_days = in_force_on(tx, app.today())?.promise_grace_days;
        Ok(Self { cases: found.into_iter().map(|one| (one.case.id, one)).collect(), hours, promise_grace_days })
    }

    /// How many of the cases have a proposal nobody has confirmed.
    fn count_proposed(&self, tx: &mut Tx<'_>, app: &App, community: CommunityId) -> Result<i64, Refusal> {
        let unknown = self.cases.values().filter(|one| one.facts.classified.is_none());
        let cases: Vec<(CaseId, PartyId)> = unknown.map(|one| (one.case.id, one.case.party_id)).collect();
        let signals = signals::load(tx, app, community, &cases)?;
        let proposed = |(case, found): &(&CaseId, &Signals)| {
            let oldest_due = self.cases.get(*case).map_or(app.today(), |one| one.facts.oldest_due);
            found.propose(oldest_due, app.today()).is_some()
        };
        Ok(i64::try_from(signals.iter().filter(proposed).count()).unwrap_or(i64::MAX))
    }

    fn rank(&self, app: &App, actor: &Actor, task: DueTask) -> RankedTask {
        let snapshot = task.case_id.and_then(|id| self.cases.get(&id));
        let chance = self.chance(&task, snapshot, app.today());
        RankedTask {
            id: task.id,
            case_id: task.case_id,
            name: task_name(&task.kind),
            due_on: task.due_on,
            fitting_time: task.fitting_time,
            good_hour: chance.good_hour,
            unit: task.unit,
            owner: task.payer.map(|(kind, name)| shown_name(actor, &kind, &name)).unwrap_or_default(),
            stage: snapshot.map(|one| one.case.stage.clone()).unwrap_or_default(),
            overdue: snapshot.map_or(Fen::ZERO, |one| one.facts.overdue),
            rank: rank(&chance, in_china(app.clock.now()).naive_local()),
            kind: task.kind,
            fits: true,
            mine: task.holder.as_ref().is_some_and(|(id, _)| Some(*id) == actor.staff_id),
            taken_by: task.holder.map(|(_, name)| name),
        }
    }

    fn chance(&self, task: &DueTask, snapshot: Option<&CaseSnapshot>, today: NaiveDate) -> Chance {
        let plain = Chance { effort: Effort::of(&task.kind), due_on: task.due_on, ..Chance::default() };
        let Some(CaseSnapshot { case, facts, .. }) = snapshot else { return plain };
        let promised = facts.find_promise_until(self.promise_grace_days).is_some_and(|until| today < until);
        Chance {
            stage: Some(facts.stage),
            asked: facts.overdue - facts.disputed,
            limitation_on: facts.limitation_on,
            promise_due: facts.promise_due,
            contacted_on: facts.contacts.iter().filter(|one| one.outgoing).map(|one| one.on).max(),
            good_hour: self.hours.get(&case.party_id).and_then(|hours| find_good_hour(hours)),
            is_reachable: !facts.channels.is_empty() && !facts.no_call,
            pays_by_itself: case.cycle_no > 1 && facts.stage == Stage::Reminder,
            rests: facts.suppression.contact || facts.plan_active || promised,
            ..plain
        }
    }
}

/// A person and how much of a day's work they do.
#[derive(Clone, Debug, Serialize)]
pub struct PersonCapacity {
    /// The account.
    pub id: StaffId,
    /// The name.
    pub name: String,
    /// Calls and visits of a day.
    pub capacity: Capacity,
}

/// Who works for a community, with calls and visits of a day.
///
/// # Errors
/// [`Refusal::Forbidden`] outside the actor's scope.
pub fn list_capacities(app: &App, actor: &Actor, community: CommunityId) -> Result<Vec<PersonCapacity>, Refusal> {
    let people = super::assignment::list_keepers(app, actor, community)?.people;
    let set: HashMap<StaffId, Capacity> = app.db.read(store::list_capacities)?.into_iter().collect();
    let line = |one: super::assignment::Person| PersonCapacity {
        capacity: set.get(&one.id).copied().unwrap_or_default(),
        id: one.id,
        name: one.name,
    };
    Ok(people.into_iter().map(line).collect())
}

/// Sets how many calls and visits a person makes a day.
///
/// # Errors
/// [`Refusal::Forbidden`] for anybody but a manager; [`Refusal::InvalidInput`] for a number nobody makes in a day.
pub fn set_capacity(app: &App, actor: &Actor, staff: StaffId, capacity: Capacity) -> Result<(), Refusal> {
    actor.require_role(Permission::Administer)?;
    for (field, number) in [("calls", capacity.calls), ("visits", capacity.visits)] {
        if !(0..=MOST_A_DAY).contains(&number) {
            let zh = format!("每天的数量应在 0 到 {MOST_A_DAY} 之间");
            return Err(Refusal::invalid(field, zh, format!("a number for a day lies between 0 and {MOST_A_DAY}")));
        }
    }
    app.db.write(|tx| {
        if accounts::find(tx, staff)?.is_none() {
            return Err(Refusal::not_found("账号", "account", ""));
        }
        store::set_capacity(tx, staff, capacity)?;
        let detail = json!(capacity);
        let act = Act { act: "staff.capacity", subject_kind: "staff", subject_id: Some(staff.uuid()), detail: &detail };
        Ok(audit::record(tx, app, actor, None, &act)?)
    })
}
