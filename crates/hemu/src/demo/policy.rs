//! The manager is at work on the next version of the policy: who is in hardship is called less often, small debts are not visited.

use chrono::Months;
use hemu_app::collection::versions::save_draft;
use hemu_app::{App, Refusal};
use hemu_domain::collection::condition::{Condition, Range};
use hemu_domain::collection::{Cause, Policy};
use hemu_domain::{Fen, Period};

use super::staff::Staff;

/// Leaves the draft, from the first of the next month on; it waits to be asked for.
///
/// # Errors
/// When the database refuses.
pub fn draft(app: &App, staff: &Staff) -> Result<(), Refusal> {
    let next = app.today().checked_add_months(Months::new(1)).unwrap_or(app.today());
    let name = "分级催缴政策：困难业主从缓".to_owned();
    let mut policy = Policy { name, effective_from: Period::of(next).first_day(), ..Policy::v1() };
    let in_hardship = Condition { causes: vec![Cause::Hard], ..Condition::default() };
    let others = Condition { without_causes: vec![Cause::Hard], ..Condition::default() };
    let from_two_hundred = Some(Range { at_least: Some(Fen::new(20_000)), at_most: None });
    let mut gentle = Vec::new();
    for step in &mut policy.steps {
        match step.key.as_str() {
            "conversation_visit" => step.when = Some(Condition { amount: from_two_hundred, ..Condition::default() }),
            "conversation_second_call" => {
                let mut call = step.clone();
                (call.key, call.repeat_after_days) = ("hardship_call".to_owned(), Some(42));
                call.when = Some(in_hardship.clone());
                gentle.push(call);
                step.when = Some(others.clone());
            }
            _ => {}
        }
    }
    policy.steps.extend(gentle);
    save_draft(app, &staff.manager, &policy).map(|_| ())
}
