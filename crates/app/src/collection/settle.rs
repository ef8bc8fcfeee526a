//! Promises and plans are judged by the money that came in (I19): kept as soon as it is there, broken after their day and grace.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::collection::plan::{Instalment, judge_plan};
use hemu_domain::collection::policy::Policy;
use hemu_domain::collection::promise::{PromiseFacts, judge_promise};
use hemu_domain::ids::{CaseId, CommunityId};
use hemu_store::collection::{case_page, work};
use hemu_store::{DbError, Tx};

/// What was paid on each case that promised something, by day.
type Paid = HashMap<CaseId, Vec<(NaiveDate, Fen)>>;

/// Judges every running promise and plan of a community as of a day.
///
/// # Errors
/// When the database refuses.
pub(super) fn settle_agreements(
    tx: &mut Tx<'_>,
    community: CommunityId,
    policy: &Policy,
    as_of: NaiveDate,
) -> Result<(), DbError> {
    let mut paid = Paid::new();
    for (case, on, amount) in case_page::list_paid_of_agreed(tx, community, as_of)? {
        paid.entry(case).or_default().push((on, amount));
    }
    for promise in work::list_promises(tx, community)?.into_iter().filter(|one| one.state == "active") {
        let facts = PromiseFacts {
            amount: promise.amount_fen,
            due_on: promise.due_on,
            paid_since: paid_since(&paid, promise.case_id, promise.promised_on),
            unmatched_receipt: false,
        };
        if let Some(state) = judge_promise(&facts, policy.promise_grace_days, as_of) {
            work::settle_promise(tx, community, promise.id, state.as_str(), as_of)?;
        }
    }
    for plan in work::list_plans(tx, community)?.into_iter().filter(|one| one.state == "active") {
        let schedule: Vec<Instalment> = serde_json::from_value(plan.schedule).unwrap_or_default();
        let paid = paid_since(&paid, plan.case_id, plan.agreed_on);
        if let Some(state) = judge_plan(&schedule, paid, false, policy.plan_grace_days, as_of) {
            work::settle_plan(tx, community, plan.id, state.as_str(), as_of)?;
        }
    }
    Ok(())
}

fn paid_since(paid: &Paid, case: CaseId, since: NaiveDate) -> Fen {
    let payments = paid.get(&case).map(Vec::as_slice).unwrap_or_default();
    payments.iter().filter(|(on, _)| *on >= since).map(|(_, amount)| *amount).sum()
}
