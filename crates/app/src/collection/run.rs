//! `collect run`: one decision per open case, new actions planned.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::collection::policy::{Policy, Stage, StepKind};
use hemu_domain::collection::{Decision, Outcome, decide};
use hemu_domain::ids::{ActionId, CommunityId, RunId};
use hemu_domain::staff::Permission;
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::collection::run::{self, DecisionRow, RunRow};
use hemu_store::collection::step::{self, ActionRow};
use hemu_store::collection::work::{self, TaskRow};
use hemu_store::{DbError, Tx, community};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::settle::settle_agreements;
use super::snapshot::{self, CaseSnapshot};
use crate::audit::{self, Act};
use crate::clock::china_time;
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

/// Runs collection for a day, in one transaction.
///
/// # Errors
/// [`Refusal::InvalidInput`] when the day lies before the last run of the community.
pub fn run_collection(app: &App, actor: &Actor, policy: &Policy, request: &RunRequest) -> Result<RunReport, Refusal> {
    actor.require(Permission::RunCollection, request.community)?;
    if request.dry_run {
        // The same transaction, taken back at its end.
        let mut report = None;
        let result: Result<(), Refusal> = app.db.write(|tx| {
            report = Some(run(tx, app, actor, policy, request)?);
            Err(Refusal::conflict("试算", "dry run"))
        });
        return report.ok_or_else(|| result.err().unwrap_or(Refusal::Busy));
    }
    app.db.write(|tx| run(tx, app, actor, policy, request))
}

fn run(tx: &mut Tx<'_>, app: &App, actor: &Actor, policy: &Policy, request: &RunRequest) -> Result<RunReport, Refusal> {
    let (community, as_of) = (request.community, request.as_of);
    let watermark = community::next_seq(tx, community, 1)?;
    check_order(tx, community, as_of)?;
    let mut record = start(tx, app, actor, policy, request, watermark)?;
    settle_agreements(tx, community, policy, as_of)?;
    let closed = close_settled(tx, community, as_of)?;
    let opened = open_new(tx, app, policy, community, as_of)?;
    let cases = snapshot::open_cases(tx, community, as_of)?;
    let mut planner = Planner::new(app, policy, record.id, as_of);
    for case in &cases {
        planner.add(case, &decide(policy, &case.facts, as_of))?;
    }
    planner.report.opened = opened;
    planner.report.closed = closed;
    planner.write(tx, community, policy.version)?;
    finish(tx, app, actor, community, &mut record, &planner)?;
    Ok(planner.report)
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

/// Closes cases of payers who owe nothing any more, assessed late fees included (I9).
fn close_settled(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<i64, DbError> {
    let owing: HashSet<_> = case::list_parties_owing(tx, community, as_of)?.into_iter().collect();
    let running: Vec<_> = work::list_promises(tx, community)?.into_iter().filter(|one| one.state == "active").collect();
    let mut closed = 0;
    for settled in case::list_open(tx, community)?.into_iter().filter(|case| !owing.contains(&case.party_id)) {
        case::lock(tx, community, settled.id)?;
        case::close(tx, community, settled.id, as_of, "paid")?;
        step::cancel_pending(tx, community, settled.id, "paid")?;
        // Who owes nothing any more has kept the promise, whatever its amount was.
        for promise in running.iter().filter(|one| one.case_id == settled.id) {
            work::settle_promise(tx, community, promise.id, "kept", as_of)?;
        }
        closed += 1;
    }
    Ok(closed)
}

fn open_new(
    tx: &mut Tx<'_>,
    app: &App,
    policy: &Policy,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<i64, DbError> {
    let open: HashSet<_> = case::list_open(tx, community)?.into_iter().map(|case| case.party_id).collect();
    let cycles: HashMap<_, _> = case::list_last_cycles(tx, community)?.into_iter().collect();
    let mut number = case::count(tx, community)?;
    let arrears = case::list_party_arrears(tx, community, as_of)?;
    let new: Vec<CaseRow> = arrears
        .into_iter()
        .filter(|one| !open.contains(&one.party_id) && one.overdue_fen >= policy.amount_floor)
        .map(|one| {
            number += 1;
            CaseRow {
                id: app.new_id(),
                party_id: one.party_id,
                number: format!("C-{number:06}"),
                cycle_no: cycles.get(&one.party_id).copied().unwrap_or(0) + 1,
                stage: Stage::Reminder.as_str().to_owned(),
                stage_entered_on: as_of,
                opened_on: as_of,
                closed_on: None,
                policy_version: policy.version,
                staff_id: None,
                next_due_on: None,
                last_decision_id: None,
                last_digest: None,
            }
        })
        .collect();
    let count = i64::try_from(new.len()).unwrap_or(0);
    let first_seq = community::next_seq(tx, community, count.max(1))?;
    case::insert_cases(tx, community, &new, first_seq)?;
    Ok(count)
}

/// What the decisions come to, gathered before it is written.
struct Planner<'a> {
    app: &'a App,
    policy: &'a Policy,
    run_id: RunId,
    as_of: NaiveDate,
    report: RunReport,
    decisions: Vec<(DecisionRow, Option<NaiveDate>)>,
    actions: Vec<ActionRow>,
    tasks: Vec<TaskRow>,
    advances: Vec<(hemu_domain::ids::CaseId, Stage)>,
    digest: Sha256,
}

impl<'a> Planner<'a> {
    fn new(app: &'a App, policy: &'a Policy, run_id: RunId, as_of: NaiveDate) -> Self {
        let stages = Stage::ALL.iter().map(|stage| (stage.as_str().to_owned(), 0)).collect();
        let report = RunReport { stages, ..RunReport::default() };
        let (decisions, actions, tasks, advances) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { app, policy, run_id, as_of, report, decisions, actions, tasks, advances, digest: Sha256::new() }
    }

    fn add(&mut self, case: &CaseSnapshot, decision: &Decision) -> Result<(), Refusal> {
        self.report.cases += 1;
        self.report.decisions += 1;
        *self.report.stages.entry(decision.stage_after.as_str().to_owned()).or_default() += 1;
        let digest = decision.digest();
        self.digest.update(case.case.id.uuid());
        self.digest.update(digest);
        if decision.stage_after != case.facts.stage {
            self.advances.push((case.case.id, decision.stage_after));
        }
        match &decision.outcome {
            Outcome::Act { step_key, occurrence, kind, channel } => {
                *self.report.actions.entry(kind.as_str().to_owned()).or_default() += 1;
                self.plan(case, decision, step_key, *occurrence, *kind, channel.clone());
            }
            Outcome::None { reason } => *self.report.none.entry(reason.as_str().to_owned()).or_default() += 1,
        }
        if case.case.last_digest != Some(digest) {
            let row = self.decision_row(case, decision, digest)?;
            self.decisions.push((row, decision.next_due_on));
        }
        Ok(())
    }

    fn decision_row(&self, case: &CaseSnapshot, decision: &Decision, digest: [u8; 32]) -> Result<DecisionRow, Refusal> {
        let (outcome, step_key, reason) = match &decision.outcome {
            Outcome::Act { step_key, .. } => ("act", Some(step_key.clone()), None),
            Outcome::None { reason } => ("none", None, Some(reason.as_str().to_owned())),
        };
        Ok(DecisionRow {
            id: self.app.new_id(),
            run_id: self.run_id,
            case_id: case.case.id,
            as_of: self.as_of,
            outcome: outcome.to_owned(),
            step_key,
            reason,
            stage_before: case.facts.stage.as_str().to_owned(),
            stage_after: decision.stage_after.as_str().to_owned(),
            facts: json(&case.facts)?,
            trace: json(&decision.trace)?,
            digest,
            seq: 0,
        })
    }

    fn plan(
        &mut self,
        case: &CaseSnapshot,
        decision: &Decision,
        step_key: &str,
        occurrence: i64,
        kind: StepKind,
        channel: Option<String>,
    ) {
        let id: ActionId = self.app.new_id();
        let is_message = kind == StepKind::Message;
        let lines: Vec<_> = case
            .charges
            .iter()
            .map(|charge| {
                serde_json::json!({ "charge": charge.charge_id, "open": charge.open_fen, "late_fee": Fen::ZERO })
            })
            .collect();
        self.actions.push(ActionRow {
            id,
            case_id: case.case.id,
            cycle_no: case.case.cycle_no,
            step_key: step_key.to_owned(),
            occurrence,
            kind: kind.as_str().to_owned(),
            channel,
            stage: decision.stage_after.as_str().to_owned(),
            state: if is_message { "planned" } else { "open_task" }.to_owned(),
            state_reason: None,
            planned_on: self.as_of,
            due_at: china_time(self.as_of, 9, 0),
            open_fen: case.facts.overdue,
            late_fee_fen: Fen::ZERO,
            lines: lines.into(),
            done_on: None,
        });
        if !is_message {
            self.tasks.push(self.task(case, id, kind));
        }
    }

    fn task(&self, case: &CaseSnapshot, action: ActionId, kind: StepKind) -> TaskRow {
        let units: Vec<&str> = case.charges.iter().map(|charge| charge.unit.as_str()).collect();
        let unit = units.first().copied().unwrap_or_default();
        let (task_kind, fitting) = match kind {
            StepKind::Visit => ("visit", "周末 14:00-18:00"),
            StepKind::DemandLetter => ("serve_letter", "工作日"),
            StepKind::SeniorTalk => ("senior_talk", "09:00-20:00"),
            StepKind::LegalReview => ("legal_review", "工作日"),
            StepKind::RepairContact => ("repair_contact", "工作日"),
            StepKind::Call | StepKind::Message => ("call", "09:00-20:00"),
        };
        TaskRow {
            id: self.app.new_id(),
            case_id: Some(case.case.id),
            action_id: Some(action),
            kind: task_kind.to_owned(),
            title: format!("{} {unit}", kind.label().zh),
            staff_id: case.case.staff_id,
            due_on: if kind == StepKind::Visit { next_saturday(self.as_of) } else { self.as_of },
            fitting_time: fitting.to_owned(),
            state: "open".to_owned(),
            result: None,
            created_on: self.as_of,
            done_on: None,
            done_by: None,
        }
    }

    fn write(&mut self, tx: &mut Tx<'_>, community: CommunityId, policy_version: i64) -> Result<(), DbError> {
        let count = |rows: usize| i64::try_from(rows).unwrap_or(0).max(1);
        let first = community::next_seq(tx, community, count(self.decisions.len()))?;
        for ((row, _), seq) in self.decisions.iter_mut().zip(first..) {
            row.seq = seq;
        }
        let rows: Vec<DecisionRow> = self.decisions.iter().map(|(row, _)| row.clone()).collect();
        run::insert_decisions(tx, community, &rows)?;
        for (row, next) in &self.decisions {
            case::note_decision(tx, community, row.case_id, row.id, row.digest, *next)?;
        }
        for (id, stage) in &self.advances {
            case::advance(tx, community, *id, stage.as_str(), self.as_of, policy_version)?;
        }
        let first = community::next_seq(tx, community, count(self.actions.len()))?;
        step::insert_actions(tx, community, &self.actions, first)?;
        for task in &self.tasks {
            work::insert_task(tx, community, task)?;
        }
        Ok(())
    }
}

fn next_saturday(day: NaiveDate) -> NaiveDate {
    use chrono::Datelike;
    day.iter_days().find(|one| one.weekday() == chrono::Weekday::Sat).unwrap_or(day)
}

fn finish(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    record: &mut RunRow,
    planner: &Planner<'_>,
) -> Result<(), Refusal> {
    let report = &planner.report;
    record.cases = report.cases;
    record.decisions = report.decisions;
    record.counts = json(report)?;
    record.digest = Some(planner.digest.clone().finalize().into());
    record.finished_at = Some(app.clock.now());
    run::finish(tx, community, record)?;
    let detail = serde_json::json!({ "as_of": record.as_of, "cases": report.cases, "policy": planner.policy.version });
    let subject_id = Some(record.id.uuid());
    let act = Act { act: "collection.run", subject_kind: "collection_run", subject_id, detail: &detail };
    audit::record(tx, app, actor, Some(community), &act)?;
    Ok(())
}

fn json(value: &impl Serialize) -> Result<serde_json::Value, Refusal> {
    serde_json::to_value(value).map_err(|error| Refusal::Internal(error.to_string()))
}
