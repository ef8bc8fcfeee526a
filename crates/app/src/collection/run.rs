//! `collect run`: one decision per open case, new actions planned.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use chrono::NaiveDate;
use hemu_domain::collection::policy::{Policy, Stage};
use hemu_domain::collection::promise::PromiseState;
use hemu_domain::collection::{Decision, Outcome};
use hemu_domain::ids::{CaseId, CommunityId, PartyId, RunId};
use hemu_domain::staff::Permission;
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::collection::facts::{Debt, Scope};
use hemu_store::collection::run::{self, RunRow};
use hemu_store::collection::{step, work};
use hemu_store::community::Mark;
use hemu_store::{DbError, Tx, community};
use rustc_hash::FxHashSet;
use serde::Serialize;
use uuid::Uuid;

use super::agreed;
use super::assignment::keepers_of;
use super::glance::{self, Debts, Glance};
use super::planner::Planner;
use super::policies::Policies;
use super::settle::{Judgements, plans_of_settled};
use super::snapshot;
use crate::audit::{self, Act};
use crate::bank::doubts;
use crate::service::dispute::rest_on_new_cases;
use crate::{Actor, App, Refusal};

/// What to run.
#[derive(Clone, Debug)]
pub struct RunRequest {
    /// The community.
    pub community: CommunityId,
    /// The day to decide for.
    pub as_of: NaiveDate,
    /// Decides and reports, writes nothing.
    pub dry_run: bool,
}

/// What a run decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RunReport {
    /// The run, for a replay; `None` when nothing was written.
    pub run: Option<RunId>,
    /// Open cases.
    pub cases: i64,
    /// Decisions; always as many as cases.
    pub decisions: i64,
    /// Cases per stage after the run.
    pub stages: BTreeMap<String, i64>,
    /// New actions per kind.
    pub actions: BTreeMap<String, i64>,
    /// Cases without an action per reason.
    pub none: BTreeMap<String, i64>,
    /// Cases opened.
    pub opened: i64,
    /// Cases closed.
    pub closed: i64,
}

impl RunReport {
    /// Nothing yet, every stage named.
    pub(super) fn empty() -> Self {
        let stages = Stage::ALL.iter().map(|stage| (stage.as_str().to_owned(), 0)).collect();
        Self { stages, ..Self::default() }
    }

    /// Counts a decision.
    pub(super) fn count(&mut self, decision: &Decision) {
        self.cases += 1;
        self.decisions += 1;
        let add = |counts: &mut BTreeMap<String, i64>, word: &str| match counts.get_mut(word) {
            Some(count) => *count += 1,
            None => drop(counts.insert(word.to_owned(), 1)),
        };
        add(&mut self.stages, decision.stage_after.as_str());
        match &decision.outcome {
            Outcome::Act { kind, .. } => add(&mut self.actions, kind.as_str()),
            Outcome::None { reason } => add(&mut self.none, reason.as_str()),
        }
    }
}

/// Runs collection for a day, in one transaction.
///
/// What the night finds is read first, while others go on writing; under the lock it is used as it is if nothing was recorded
/// meanwhile, and read again otherwise.
///
/// # Errors
/// [`Refusal::InvalidInput`] when the day lies before the last run of the community.
pub fn run_collection(app: &App, actor: &Actor, policy: &Policy, request: &RunRequest) -> Result<RunReport, Refusal> {
    actor.require(Permission::RunCollection, request.community)?;
    if request.dry_run {
        // The same transaction, taken back at its end.
        let mut report = None;
        let result: Result<(), Refusal> = app.db.write(|tx| {
            report = Some(run(tx, app, actor, policy, request, None)?);
            Err(Refusal::conflict("试算", "dry run"))
        });
        return report.ok_or_else(|| result.err().unwrap_or(Refusal::Busy));
    }
    let night = app.db.read(|tx| find_quiet_night(tx, policy, request))?;
    app.db.write(|tx| run(tx, app, actor, policy, request, night.as_ref()))
}

/// Runs collection for a day in several communities, as many at a time as there are processors; each in its own transaction, in
/// the order of the answers that of the requests.
#[must_use]
pub fn run_collections(
    app: &App,
    actor: &Actor,
    policy: &Policy,
    requests: &[RunRequest],
) -> Vec<Result<RunReport, Refusal>> {
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(requests.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((place, request)) = take_next(&next, requests) {
            done.push((place, run_collection(app, actor, policy, request)));
        }
        done
    };
    let mut answers: Vec<(usize, Result<RunReport, Refusal>)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        // A fault of the program in one community ends the run of all, as it would in a loop.
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|fault| resume_unwind(fault))).collect()
    });
    answers.sort_unstable_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn take_next<'a, T>(next: &AtomicUsize, items: &'a [T]) -> Option<(usize, &'a T)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    Some((place, items.get(place)?))
}

/// What a night finds in a community: its cases and how they stand, as of a mark of its record.
#[derive(Debug)]
struct Night {
    mark: Mark,
    policies: Policies,
    glance: Glance,
}

/// The night in which nothing ends and nothing begins: no promise, plan or case. It can be read without the lock; `None` otherwise.
fn find_quiet_night(tx: &mut Tx<'_>, policy: &Policy, request: &RunRequest) -> Result<Option<Night>, Refusal> {
    let (community, as_of) = (request.community, request.as_of);
    if doubts::any(tx, community)? {
        // Money nobody has claimed: whose it could be changes with every bill.
        return Ok(None);
    }
    let mark = community::mark(tx, community)?;
    let Some(policies) = Policies::find(tx, policy)? else { return Ok(None) };
    let debts = glance::debts(tx, community, as_of)?;
    let (cases, settled) = divide(tx, community, &debts)?;
    let quiet = settled.is_empty()
        && list_new_payers(&debts, &cases, policy).is_empty()
        && Judgements::read(tx, community, policy, as_of)?.is_empty();
    if !quiet {
        return Ok(None);
    }
    let glance = Glance::take(tx, community, as_of, &policies, (cases, &debts))?;
    Ok(Some(Night { mark, policies, glance }))
}

fn run(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    policy: &Policy,
    request: &RunRequest,
    quiet: Option<&Night>,
) -> Result<RunReport, Refusal> {
    let (community, as_of) = (request.community, request.as_of);
    // Takes the lock of the community's record, so what is read from here on stays so.
    let watermark = community::next_seq(tx, community, 1)?;
    check_order(tx, community, as_of)?;
    let mut record = start(tx, app, actor, policy, request, watermark)?;
    let mut planner = Planner::new(app, record.id, as_of);
    planner.report.run = (!request.dry_run).then_some(record.id);
    let now = community::mark(tx, community)?;
    match quiet.filter(|night| night.mark.after(1) == now) {
        Some(night) => decide_all(tx, community, &mut planner, (&night.policies, &night.glance))?,
        None => {
            let policies = Policies::ensure(tx, app, actor, policy)?;
            let glance = bring_up_to_date(tx, app, policy, &policies, request, &mut planner.report)?;
            decide_all(tx, community, &mut planner, (&policies, &glance))?;
        }
    }
    planner.write(tx, community)?;
    finish(tx, app, actor, community, &mut record, &mut planner)?;
    Ok(planner.report)
}

/// Ends the promises, plans and cases that are over, opens cases for new debts, and looks at the rest.
fn bring_up_to_date(
    tx: &mut Tx<'_>,
    app: &App,
    policy: &Policy,
    policies: &Policies,
    request: &RunRequest,
    report: &mut RunReport,
) -> Result<Glance, Refusal> {
    let (community, as_of) = (request.community, request.as_of);
    Judgements::read(tx, community, policy, as_of)?.write(tx, app, community, as_of)?;
    let debts = glance::debts(tx, community, as_of)?;
    let (mut cases, settled) = divide(tx, community, &debts)?;
    close_settled(tx, community, &settled, as_of)?;
    report.closed = i64::try_from(settled.len()).unwrap_or(0);
    report.opened = open_new(tx, app, policy, (community, as_of), &debts, &mut cases)?;
    rest_on_new_cases(tx, app, community)?;
    doubts::refresh(tx, app, community)?;
    cases.sort_unstable_by_key(|case| case.id);
    Ok(Glance::take(tx, community, as_of, policies, (cases, &debts))?)
}

/// Takes up the decisions that stand, and makes the others from all the facts there are.
fn decide_all(
    tx: &mut Tx<'_>,
    community: CommunityId,
    planner: &mut Planner<'_>,
    (policies, glance): (&Policies, &Glance),
) -> Result<(), Refusal> {
    for (case, decision) in &glance.standing {
        planner.keep(case, decision);
    }
    let asked: Vec<(CaseId, PartyId)> = glance.open_questions.iter().map(|case| (case.id, case.party_id)).collect();
    // Half of a community is sooner read as a whole.
    let scope = if asked.len() > glance.standing.len() { Scope::Open } else { Scope::Few(&asked) };
    for case in snapshot::of_cases(tx, community, planner.as_of, glance.open_questions.clone(), scope)? {
        let policy = policies.of(case.case.policy_version);
        planner.add(case, policy)?;
    }
    Ok(())
}

fn check_order(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<(), Refusal> {
    match run::list_newest(tx, community, 1)?.first() {
        Some(last) if last.as_of > as_of => {
            let day = last.as_of;
            Err(Refusal::invalid(
                "as_of",
                format!("上一次催缴的日期是 {day}，不能早于它"),
                format!("the last run was for {day}; a run cannot be for an earlier day"),
            ))
        }
        Some(_) | None => Ok(()),
    }
}

fn start(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    policy: &Policy,
    request: &RunRequest,
    watermark: i64,
) -> Result<RunRow, DbError> {
    let record = RunRow {
        id: app.new_id(),
        as_of: request.as_of,
        policy_version: policy.version,
        watermark,
        status: "running".to_owned(),
        cases: 0,
        decisions: 0,
        counts: serde_json::json!({}),
        digest: None,
        actor_name: actor.name.clone(),
        started_at: app.clock.now(),
        finished_at: None,
    };
    run::start(tx, request.community, &record)?;
    Ok(record)
}

/// The open cases that go on, and those whose payer owes nothing any more, assessed late fees included (I9).
fn divide(tx: &mut Tx<'_>, community: CommunityId, debts: &Debts) -> Result<(Vec<CaseRow>, Vec<Uuid>), DbError> {
    let fees: FxHashSet<PartyId> = case::list_parties_owing_fees(tx, community)?.into_iter().collect();
    let owes = |case: &CaseRow| debts.contains_key(&case.party_id) || fees.contains(&case.party_id);
    let (open, settled): (Vec<_>, Vec<_>) = case::list_open(tx, community)?.into_iter().partition(owes);
    Ok((open, settled.into_iter().map(|case| case.id.uuid()).collect()))
}

/// The payers who owe enough and have no case, by id.
fn list_new_payers(debts: &Debts, cases: &[CaseRow], policy: &Policy) -> Vec<PartyId> {
    let open: FxHashSet<PartyId> = cases.iter().map(|case| case.party_id).collect();
    let is_new = |(party, debt): &(&PartyId, &Debt)| !open.contains(*party) && debt.open >= policy.amount_floor;
    let mut payers: Vec<PartyId> = debts.iter().filter(is_new).map(|(party, _)| *party).collect();
    payers.sort_unstable();
    payers
}

fn close_settled(tx: &mut Tx<'_>, community: CommunityId, settled: &[Uuid], as_of: NaiveDate) -> Result<(), DbError> {
    case::close(tx, community, settled, as_of, "paid")?;
    step::cancel_pending(tx, community, settled, "paid")?;
    // Who owes nothing any more has kept the promise, whatever its amount was.
    work::settle_promises_of_cases(tx, community, settled, PromiseState::Kept.as_str(), as_of)?;
    agreed::promises_ended(tx, community, (settled, PromiseState::Kept), as_of)?;
    plans_of_settled(tx, community, settled, as_of)
}

/// Opens a case for each payer who owes enough and has none; returns how many.
fn open_new(
    tx: &mut Tx<'_>,
    app: &App,
    policy: &Policy,
    (community, as_of): (CommunityId, NaiveDate),
    debts: &Debts,
    cases: &mut Vec<CaseRow>,
) -> Result<i64, DbError> {
    let payers = list_new_payers(debts, cases, policy);
    if payers.is_empty() {
        return Ok(0);
    }
    let cycles: HashMap<_, _> = case::list_last_cycles(tx, community)?.into_iter().collect();
    let keepers = keepers_of(tx, community, &payers)?;
    let known = case::count(tx, community)?;
    let numbered = payers.into_iter().zip(known + 1..);
    let new: Vec<CaseRow> = numbered
        .map(|(party_id, number)| CaseRow {
            id: app.new_id(),
            party_id,
            number: format!("C-{number:06}"),
            cycle_no: cycles.get(&party_id).copied().unwrap_or(0) + 1,
            stage: Stage::Reminder.as_str().to_owned(),
            stage_entered_on: as_of,
            opened_on: as_of,
            closed_on: None,
            policy_version: policy.version,
            staff_id: keepers.get(&party_id).copied(),
            next_due_on: None,
            last_decision_id: None,
            last_digest: None,
        })
        .collect();
    let count = i64::try_from(new.len()).unwrap_or(0);
    let first_seq = community::next_seq(tx, community, count)?;
    case::insert_cases(tx, community, &new, first_seq)?;
    cases.extend(new);
    Ok(count)
}

fn finish(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    record: &mut RunRow,
    planner: &mut Planner<'_>,
) -> Result<(), Refusal> {
    record.digest = Some(planner.digest());
    let report = &planner.report;
    record.cases = report.cases;
    record.decisions = report.decisions;
    record.counts = to_json(report)?;
    record.finished_at = Some(app.clock.now());
    run::finish(tx, community, record)?;
    let detail = serde_json::json!({ "as_of": record.as_of, "cases": report.cases, "policy": record.policy_version });
    let subject_id = Some(record.id.uuid());
    let act = Act { act: "collection.run", subject_kind: "collection_run", subject_id, detail: &detail };
    audit::record(tx, app, actor, Some(community), &act)?;
    Ok(())
}

pub(super) fn to_json(value: &impl Serialize) -> Result<serde_json::Value, Refusal> {
    serde_json::to_value(value).map_err(|error| Refusal::Internal(error.to_string()))
}
