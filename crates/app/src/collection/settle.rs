//! Promises and plans are judged by the money that came in (I19): kept as soon as it is there, broken after their day and grace, once, and
//! not while money was seen that nobody has matched yet and that could be it. With them end the holds they opened; offers nobody agreed to
//! lapse. Of an instalment that is missed somebody tells the owner first: a task, one at a time, before any default.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::collection::plan::{PlanState, Standing};
use hemu_domain::collection::policy::Policy;
use hemu_domain::collection::promise::{PromiseFacts, PromiseState, judge_promise};
use hemu_domain::ids::{CaseId, CommunityId};
use hemu_store::collection::case;
use hemu_store::collection::facts::Scope;
use hemu_store::collection::work::{HoldRow, PlanRow, TaskRow};
use hemu_store::collection::{case_page, work};
use hemu_store::{DbError, Tx};
use uuid::Uuid;

use super::agreed;
use super::plans::{PaidOnPlans, WARN_TASK, lines_of, standing};
use super::snapshot::is_in_force;
use crate::{App, Refusal};

/// What was paid on each case that promised something, by day.
type Paid = HashMap<CaseId, Vec<(NaiveDate, Fen)>>;

/// What became of the promises and plans of a community.
#[derive(Debug, Default)]
pub(super) struct Judgements {
    /// The cases whose promise ends, by the state it ends in.
    promises: BTreeMap<PromiseState, Vec<Uuid>>,
    /// Offers of promises nobody agreed to in time.
    overdue_offers: i64,
    /// The plans that end, by the state they end in.
    plans: BTreeMap<PlanState, Vec<PlanRow>>,
    /// Plans with a missed instalment nobody has told the owner of, and no task to do so.
    to_warn: Vec<PlanRow>,
}

impl Judgements {
    /// Judges every running promise and plan of a community as of a day.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) fn read(
        tx: &mut Tx<'_>,
        community: CommunityId,
        policy: &Policy,
        as_of: NaiveDate,
    ) -> Result<Self, Refusal> {
        let overdue_offers = work::count_overdue_offers(tx, community, as_of)?;
        let mut judged = Self { overdue_offers, ..Self::default() };
        let promises = work::list_active_promises(tx, community, Scope::Open)?;
        let plans = work::list_current_plans(tx, community, Scope::Open)?;
        if promises.is_empty() && plans.is_empty() {
            return Ok(judged);
        }
        let unmatched = unmatched(tx, community, as_of)?;
        let waits = |case: CaseId| unmatched.contains(&Some(case)) || unmatched.contains(&None);
        let mut paid = Paid::new();
        for (case, on, amount) in case_page::list_paid_of_promised(tx, community, as_of, Scope::Open)? {
            paid.entry(case).or_default().push((on, amount));
        }
        for promise in promises {
            let facts = PromiseFacts {
                amount: promise.amount_fen,
                due_on: promise.due_on,
                paid_since: paid_since(&paid, promise.case_id, promise.promised_on),
                unmatched_receipt: waits(promise.case_id),
            };
            if let Some(state) = judge_promise(&facts, policy.promise_grace_days, as_of) {
                judged.promises.entry(state).or_default().push(promise.case_id.uuid());
            }
        }
        judged.judge_plans(tx, community, plans, waits, as_of)?;
        Ok(judged)
    }

    fn judge_plans(
        &mut self,
        tx: &mut Tx<'_>,
        community: CommunityId,
        plans: Vec<PlanRow>,
        waits: impl Fn(CaseId) -> bool,
        as_of: NaiveDate,
    ) -> Result<(), Refusal> {
        if plans.is_empty() {
            return Ok(());
        }
        let paid = PaidOnPlans::load(tx, community, as_of, Scope::Open)?;
        for plan in plans {
            match PlanState::parse(&plan.state) {
                Ok(PlanState::Offered) if plan.lapses_on < as_of => {
                    self.plans.entry(PlanState::Cancelled).or_default().push(plan);
                }
                Ok(PlanState::Active) => {
                    let paid = paid.of(plan.case_id, &lines_of(&plan)?);
                    match standing(&plan, paid, waits(plan.case_id), as_of)? {
                        Standing::Completed => self.plans.entry(PlanState::Completed).or_default().push(plan),
                        Standing::Defaulted => self.plans.entry(PlanState::Defaulted).or_default().push(plan),
                        Standing::Missed { warned: false, .. } => self.to_warn.push(plan),
                        Standing::Missed { .. } | Standing::Kept(_) => {}
                    }
                }
                Ok(_) | Err(_) => {}
            }
        }
        if !self.to_warn.is_empty() {
            let open = work::list_open_kinds(tx, community, Scope::Open)?.into_iter();
            let asked: HashSet<CaseId> = open.filter(|(_, kind)| kind == WARN_TASK).map(|(case, _)| case).collect();
            self.to_warn.retain(|plan| !asked.contains(&plan.case_id));
        }
        Ok(())
    }

    /// Whether all of them go on.
    pub(super) fn is_empty(&self) -> bool {
        self.promises.is_empty() && self.plans.is_empty() && self.to_warn.is_empty() && self.overdue_offers == 0
    }

    /// Writes how they ended, and the tasks.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) fn write(
        &self,
        tx: &mut Tx<'_>,
        app: &App,
        community: CommunityId,
        as_of: NaiveDate,
    ) -> Result<(), Refusal> {
        for (state, cases) in &self.promises {
            work::settle_promises_of_cases(tx, community, cases, state.as_str(), as_of)?;
            agreed::promises_ended(tx, community, (cases, *state), as_of)?;
        }
        if self.overdue_offers > 0 {
            work::lapse_offers(tx, community, as_of)?;
        }
        for (state, plans) in &self.plans {
            let why = if *state == PlanState::Cancelled { "逾期未答复" } else { "" };
            end_plans(tx, community, plans, (*state, why), as_of)?;
        }
        self.ask_to_warn(tx, app, community, as_of)
    }

    /// A task for each, of whoever is responsible for the case.
    fn ask_to_warn(&self, tx: &mut Tx<'_>, app: &App, community: CommunityId, as_of: NaiveDate) -> Result<(), Refusal> {
        if self.to_warn.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = self.to_warn.iter().map(|plan| plan.case_id.uuid()).collect();
        let cases: HashMap<CaseId, _> =
            case::list_few(tx, community, &ids)?.into_iter().map(|one| (one.id, one)).collect();
        let mut tasks = Vec::new();
        for plan in &self.to_warn {
            let lines = lines_of(plan)?;
            let unit = lines.first().map_or("", |line| line.unit.as_str());
            tasks.push(TaskRow {
                id: app.new_id(),
                case_id: Some(plan.case_id),
                action_id: None,
                kind: WARN_TASK.to_owned(),
                title: format!("通知分期逾期 {unit}"),
                staff_id: cases.get(&plan.case_id).and_then(|case| case.staff_id),
                due_on: as_of,
                fitting_time: "09:00-20:00".to_owned(),
                state: "open".to_owned(),
                result: None,
                created_on: as_of,
                done_on: None,
                done_by: None,
            });
        }
        Ok(work::insert_tasks(tx, community, &tasks)?)
    }
}

/// Ends plans in one way, and the holds they opened.
///
/// # Errors
/// When the database refuses.
pub(super) fn end_plans(
    tx: &mut Tx<'_>,
    community: CommunityId,
    plans: &[PlanRow],
    (state, why): (PlanState, &str),
    on: NaiveDate,
) -> Result<(), DbError> {
    if plans.is_empty() {
        return Ok(());
    }
    work::end_plans(tx, community, plans, (state.as_str(), on, why))?;
    let cases: Vec<Uuid> = plans.iter().map(|plan| plan.case_id.uuid()).collect();
    let reason = format!("分期{}", state.label().zh);
    agreed::ended(tx, community, (&cases, HoldKind::Plan), (on, &reason))
}

/// Ends the plans of cases that owe nothing any more.
///
/// # Errors
/// When the database refuses.
pub(super) fn plans_of_settled(
    tx: &mut Tx<'_>,
    community: CommunityId,
    settled: &[Uuid],
    on: NaiveDate,
) -> Result<(), DbError> {
    if settled.is_empty() {
        return Ok(());
    }
    let current = work::list_current_plans(tx, community, Scope::Open)?;
    let of_settled = current.into_iter().filter(|plan| settled.contains(&plan.case_id.uuid()));
    let (running, others): (Vec<_>, Vec<_>) = of_settled.partition(|plan| plan.state == PlanState::Active.as_str());
    end_plans(tx, community, &running, (PlanState::Completed, ""), on)?;
    end_plans(tx, community, &others, (PlanState::Cancelled, "欠费已结清"), on)
}

/// Cases held because money was seen that could be theirs; `None` stands for the whole community.
fn unmatched(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<HashSet<Option<CaseId>>, DbError> {
    let waits = |hold: &HoldRow| hold.kind == HoldKind::UnmatchedReceipt.as_str() && is_in_force(hold, as_of);
    Ok(work::list_holds(tx, community, as_of, Scope::Open)?
        .into_iter()
        .filter(waits)
        .map(|hold| hold.case_id)
        .collect())
}

fn paid_since(paid: &Paid, case: CaseId, since: NaiveDate) -> Fen {
    let payments = paid.get(&case).map(Vec::as_slice).unwrap_or_default();
    payments.iter().filter(|(on, _)| *on >= since).map(|(_, amount)| *amount).sum()
}
