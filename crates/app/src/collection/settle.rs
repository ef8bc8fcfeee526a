//! Promises and plans are judged by the money that came in (I19): kept as soon as it is there, broken after their day and grace,
//! once, and not while money was seen that nobody has matched yet and that could be it. With them end the holds they opened; offers
//! nobody agreed to lapse.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::collection::plan::{Instalment, judge_plan};
use hemu_domain::collection::policy::Policy;
use hemu_domain::collection::promise::{PromiseFacts, PromiseState, judge_promise};
use hemu_domain::ids::{CaseId, CommunityId, PlanId};
use hemu_store::collection::facts::Scope;
use hemu_store::collection::work::HoldRow;
use hemu_store::collection::{case_page, work};
use hemu_store::{DbError, Tx};
use uuid::Uuid;

use super::agreed;
use super::snapshot::is_in_force;

/// What was paid on each case that promised something, by day.
type Paid = HashMap<CaseId, Vec<(NaiveDate, Fen)>>;

/// What became of the promises and plans of a community.
#[derive(Debug, Default)]
pub(super) struct Judgements {
    /// The cases whose promise ends, by the state it ends in.
    promises: BTreeMap<PromiseState, Vec<Uuid>>,
    /// Offers nobody agreed to in time.
    overdue_offers: i64,
    plans: Vec<(PlanId, &'static str)>,
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
    ) -> Result<Self, DbError> {
        let overdue_offers = work::count_overdue_offers(tx, community, as_of)?;
        let mut judged = Self { overdue_offers, ..Self::default() };
        let promises = work::list_active_promises(tx, community, Scope::Open)?;
        let plans = work::list_active_plans(tx, community, Scope::Open)?;
        if promises.is_empty() && plans.is_empty() {
            return Ok(judged);
        }
        let mut paid = Paid::new();
        for (case, on, amount) in case_page::list_paid_of_agreed(tx, community, as_of)? {
            paid.entry(case).or_default().push((on, amount));
        }
        let unmatched = unmatched(tx, community, as_of)?;
        let waits = |case: CaseId| unmatched.contains(&Some(case)) || unmatched.contains(&None);
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
        for plan in plans {
            let schedule: Vec<Instalment> = serde_json::from_value(plan.schedule).unwrap_or_default();
            let paid = paid_since(&paid, plan.case_id, plan.agreed_on);
            let state = judge_plan(&schedule, paid, waits(plan.case_id), policy.plan_grace_days, as_of);
            judged.plans.extend(state.map(|state| (plan.id, state.as_str())));
        }
        Ok(judged)
    }

    /// Whether all of them go on.
    pub(super) fn is_empty(&self) -> bool {
        self.promises.is_empty() && self.plans.is_empty() && self.overdue_offers == 0
    }

    /// Writes how they ended.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) fn write(&self, tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<(), DbError> {
        for (state, cases) in &self.promises {
            work::settle_promises_of_cases(tx, community, cases, state.as_str(), as_of)?;
            agreed::promises_ended(tx, community, (cases, *state), as_of)?;
        }
        if self.overdue_offers > 0 {
            work::lapse_offers(tx, community, as_of)?;
        }
        for (plan, state) in &self.plans {
            work::settle_plan(tx, community, *plan, state, as_of)?;
        }
        Ok(())
    }
}

/// Cases held because money was seen that could be theirs; `None` stands for the whole community.
fn unmatched(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<HashSet<Option<CaseId>>, DbError> {
    let waits = |hold: &HoldRow| hold.kind == HoldKind::UnmatchedReceipt.as_str() && is_in_force(hold, as_of);
    Ok(work::list_holds(tx, community, as_of)?.into_iter().filter(waits).map(|hold| hold.case_id).collect())
}

fn paid_since(paid: &Paid, case: CaseId, since: NaiveDate) -> Fen {
    let payments = paid.get(&case).map(Vec::as_slice).unwrap_or_default();
    payments.iter().filter(|(on, _)| *on >= since).map(|(_, amount)| *amount).sum()
}
