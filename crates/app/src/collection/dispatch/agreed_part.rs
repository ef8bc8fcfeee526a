//! What the reminder of something agreed speaks of: what is left of the promise or of the next instalment, and its day, read at the claim.

use chrono::NaiveDate;
use hemu_domain::collection::nudge::{INSTALMENT_NUDGE, PROMISE_NUDGE};
use hemu_domain::collection::plan::{Instalment, PlanState};
use hemu_domain::{Fen, ids::CommunityId};
use hemu_store::collection::case_page::list_paid_of_promised;
use hemu_store::collection::facts::Scope;
use hemu_store::collection::work;
use hemu_store::{DbError, Tx};

use crate::collection::plans::{PaidOnPlans, find_next_part};
use crate::collection::snapshot::CaseSnapshot;

/// What is left to pay, and by when; `None` where nothing is, or for any other step.
///
/// # Errors
/// When the database refuses.
pub(super) fn find_agreed_part(
    tx: &mut Tx<'_>,
    (community, today): (CommunityId, NaiveDate),
    step_key: &str,
    snapshot: &CaseSnapshot,
) -> Result<Option<Instalment>, DbError> {
    let few = [(snapshot.case.id, snapshot.case.party_id)];
    let scope = Scope::Few(&few);
    match step_key {
        PROMISE_NUDGE => {
            let Some(promise) = work::list_active_promises(tx, community, scope)?.pop() else { return Ok(None) };
            let payments = list_paid_of_promised(tx, community, today, scope)?;
            let since = payments.iter().filter(|(_, on, _)| *on >= promise.promised_on);
            let left = promise.amount_fen - since.map(|(_, _, amount)| *amount).sum::<Fen>();
            Ok(left.is_positive().then_some(Instalment { due_on: promise.due_on, amount: left }))
        }
        INSTALMENT_NUDGE => {
            let plans = work::list_current_plans(tx, community, scope)?;
            let running = plans.iter().find(|plan| plan.state == PlanState::Active.as_str());
            let Some(plan) = running else { return Ok(None) };
            let paid = PaidOnPlans::load(tx, community, today, scope)?;
            Ok(find_next_part(plan, &paid, today))
        }
        _ => Ok(None),
    }
}
