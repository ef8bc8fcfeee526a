//! What the decisions of a run come to: gathered first, then written set by set. A decision equal to the case's last one (day
//! counts aside) writes nothing.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::collection::policy::{Policy, StepKind};
use hemu_domain::collection::{Decision, Outcome, decide};
use hemu_domain::ids::{AccountId, ActionId, CaseId, ChargeId, CommunityId, RunId};
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::collection::facts::{self, OpenCharge};
use hemu_store::collection::run::{self, DecisionRow, SortedJson};
use hemu_store::collection::step::{self, ActionRow};
use hemu_store::collection::work::{self, TaskRow};
use hemu_store::{DbError, Tx, community};
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::run::RunReport;
use super::snapshot::CaseSnapshot;
use crate::arrears::late_fees_of_payers;
use crate::clock::china_time;
use crate::{App, Refusal};

/// Gathers decisions, actions and tasks.
pub(super) struct Planner<'a> {
    app: &'a App,
    run_id: RunId,
    pub(super) as_of: NaiveDate,
    pub(super) report: RunReport,
    decisions: Vec<DecisionRow<SortedJson>>,
    /// Cases whose decision stays and whose next day is another, by that day.
    moved: BTreeMap<Option<NaiveDate>, Vec<Uuid>>,
    actions: Vec<(ActionRow, CaseSnapshot)>,
    tasks: Vec<(TaskRow, Option<AccountId>)>,
    digests: Vec<(CaseId, [u8; 32])>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(app: &'a App, run_id: RunId, as_of: NaiveDate) -> Self {
        let (decisions, actions, tasks, digests) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (report, moved) = (RunReport::empty(), BTreeMap::new());
        Self { app, run_id, as_of, report, decisions, moved, actions, tasks, digests }
    }

    /// Keeps the decision a case has, of which at most the next day is another.
    pub(super) fn keep(&mut self, case: &CaseRow, decision: &Decision) {
        self.count(case, decision, decision.digest());
        if case.next_due_on != decision.next_due_on {
            self.moved.entry(decision.next_due_on).or_default().push(case.id.uuid());
        }
    }

    /// Decides about a case from all its facts, and takes that up.
    ///
    /// # Errors
    /// When facts cannot be written as JSON, which is a bug.
    pub(super) fn add(&mut self, snapshot: CaseSnapshot, policy: &Policy) -> Result<(), Refusal> {
        let decision = decide(policy, &snapshot.facts, self.as_of);
        let digest = decision.digest();
        if snapshot.case.last_digest == Some(digest) && decision.stands(snapshot.facts.stage) {
            self.keep(&snapshot.case, &decision);
            return Ok(());
        }
        self.count(&snapshot.case, &decision, digest);
        self.decisions.push(self.decision_row(&snapshot, &decision, digest, policy.version)?);
        if let Outcome::Act { step_key, occurrence, kind, channel } = &decision.outcome {
            self.plan(snapshot, &decision, (step_key, *occurrence, *kind), channel.as_deref());
        }
        Ok(())
    }

    fn count(&mut self, case: &CaseRow, decision: &Decision, digest: [u8; 32]) {
        self.report.count(decision);
        self.digests.push((case.id, digest));
    }

    /// The digest over all decisions, in case order.
    pub(super) fn digest(&mut self) -> [u8; 32] {
        self.digests.sort_unstable();
        let mut sum = Sha256::new();
        for (case, digest) in &self.digests {
            sum.update(case.uuid());
            sum.update(digest);
        }
        sum.finalize().into()
    }

    fn decision_row(
        &self,
        snapshot: &CaseSnapshot,
        decision: &Decision,
        digest: [u8; 32],
        policy_version: i64,
    ) -> Result<DecisionRow<SortedJson>, Refusal> {
        let (outcome, step_key, reason) = decision.words();
        Ok(DecisionRow {
            id: self.app.new_id(),
            run_id: self.run_id,
            case_id: snapshot.case.id,
            as_of: self.as_of,
            outcome: outcome.to_owned(),
            step_key: step_key.map(ToOwned::to_owned),
            reason: reason.map(ToOwned::to_owned),
            stage_before: snapshot.facts.stage.as_str().to_owned(),
            stage_after: decision.stage_after.as_str().to_owned(),
            policy_version,
            next_due_on: decision.next_due_on,
            facts: sorted_json(&snapshot.facts)?,
            trace: sorted_json(&decision.trace)?,
            digest,
            seq: 0,
        })
    }

    fn plan(
        &mut self,
        snapshot: CaseSnapshot,
        decision: &Decision,
        (step_key, occurrence, kind): (&str, i64, StepKind),
        channel: Option<&str>,
    ) {
        let id: ActionId = self.app.new_id();
        let is_message = kind == StepKind::Message;
        let action = ActionRow {
            id,
            case_id: snapshot.case.id,
            cycle_no: snapshot.case.cycle_no,
            step_key: step_key.to_owned(),
            occurrence,
            kind: kind.as_str().to_owned(),
            channel: channel.map(ToOwned::to_owned),
            stage: decision.stage_after.as_str().to_owned(),
            state: if is_message { "planned" } else { "open_task" }.to_owned(),
            state_reason: None,
            planned_on: self.as_of,
            due_at: china_time(self.as_of, 9, 0),
            open_fen: Fen::ZERO,
            late_fee_fen: Fen::ZERO,
            lines: Json::Null,
            done_on: None,
        };
        if !is_message {
            let oldest = snapshot.charges.first().map(|charge| charge.account_id);
            self.tasks.push((self.task(&snapshot, id, kind), oldest));
        }
        self.actions.push((action, snapshot));
    }

    fn task(&self, snapshot: &CaseSnapshot, action: ActionId, kind: StepKind) -> TaskRow {
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
            case_id: Some(snapshot.case.id),
            action_id: Some(action),
            kind: task_kind.to_owned(),
            title: kind.label().zh,
            staff_id: snapshot.case.staff_id,
            due_on: if kind == StepKind::Visit { next_saturday(self.as_of) } else { self.as_of },
            fitting_time: fitting.to_owned(),
            state: "open".to_owned(),
            result: None,
            created_on: self.as_of,
            done_on: None,
            done_by: None,
        }
    }

    /// Writes what was gathered, set by set.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) fn write(&mut self, tx: &mut Tx<'_>, community: CommunityId) -> Result<(), DbError> {
        self.write_decisions(tx, community)?;
        if self.actions.is_empty() {
            return Ok(());
        }
        let late_fees = late_fees_of_payers(tx, community, self.as_of)?;
        let frozen = |(mut action, snapshot): (ActionRow, CaseSnapshot)| {
            let fees = late_fees.get(&snapshot.case.party_id).map(Vec::as_slice).unwrap_or_default();
            (action.open_fen, action.late_fee_fen, action.lines) =
                freeze_lines(&snapshot.asked(), fees, &snapshot.disputed);
            action
        };
        let actions: Vec<ActionRow> = self.actions.drain(..).map(frozen).collect();
        let first = community::next_seq(tx, community, count(actions.len()))?;
        step::insert_actions(tx, community, &actions, first)?;
        self.write_tasks(tx, community)
    }

    fn write_decisions(&mut self, tx: &mut Tx<'_>, community: CommunityId) -> Result<(), DbError> {
        if !self.decisions.is_empty() {
            let first = community::next_seq(tx, community, count(self.decisions.len()))?;
            for (row, seq) in self.decisions.iter_mut().zip(first..) {
                row.seq = seq;
            }
            run::insert_decisions(tx, community, self.decisions.drain(..))?;
            case::follow_decisions(tx, community, self.run_id)?;
        }
        for (day, cases) in &self.moved {
            case::set_next_due(tx, community, cases, *day)?;
        }
        Ok(())
    }

    /// Tasks end with the unit of the case's oldest debt.
    fn write_tasks(&mut self, tx: &mut Tx<'_>, community: CommunityId) -> Result<(), DbError> {
        if self.tasks.is_empty() {
            return Ok(());
        }
        let units: HashMap<_, _> = facts::list_units(tx, community)?.into_iter().collect();
        let named = |(mut task, account): (TaskRow, Option<AccountId>)| {
            let unit = account.and_then(|account| units.get(&account)).map_or("", |unit| unit.as_str());
            task.title = format!("{} {unit}", task.title);
            task
        };
        let tasks: Vec<TaskRow> = self.tasks.drain(..).map(named).collect();
        work::insert_tasks(tx, community, &tasks)
    }
}

/// Facts and traces are declared so that they are written with sorted keys.
fn sorted_json(document: &impl Serialize) -> Result<SortedJson, Refusal> {
    serde_json::to_string(document).map(SortedJson).map_err(|error| Refusal::Internal(error.to_string()))
}

/// What is asked for, its late fee, and the lines behind both: what is open, and late fees left of charges whose principal is paid.
/// The late fee of a charge in dispute rests with it.
pub(super) fn freeze_lines(
    asked: &[OpenCharge],
    late_fees: &[(ChargeId, Fen)],
    disputed: &FxHashMap<ChargeId, Fen>,
) -> (Fen, Fen, Json) {
    let fees: Vec<&(ChargeId, Fen)> = late_fees.iter().filter(|(id, _)| !disputed.contains_key(id)).collect();
    let late_fee = |charge: ChargeId| fees.iter().find(|(id, _)| *id == charge).map_or(Fen::ZERO, |(_, fee)| *fee);
    let line =
        |charge: ChargeId, open: Fen, late_fee: Fen| json!({ "charge": charge, "open": open, "late_fee": late_fee });
    let open = asked.iter().map(|one| line(one.charge_id, one.open_fen, late_fee(one.charge_id)));
    let is_open = |id: ChargeId| asked.iter().any(|charge| charge.charge_id == id);
    let fee_only = fees.iter().filter(|(id, _)| !is_open(*id)).map(|(id, fee)| line(*id, Fen::ZERO, *fee));
    let lines: Vec<Json> = open.chain(fee_only).collect();
    (asked.iter().map(|one| one.open_fen).sum(), fees.iter().map(|(_, fee)| *fee).sum(), lines.into())
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).expect("a run plans fewer rows than that")
}

fn next_saturday(day: NaiveDate) -> NaiveDate {
    use chrono::Datelike;
    day.iter_days().find(|one| one.weekday() == chrono::Weekday::Sat).unwrap_or(day)
}
