//! A reminder before the day of what was agreed (到期前提醒): a promise or an instalment is remembered once, some days before it.
//!
//! It is a service to the owner and no step of the policy: it earns no stage, and the conversation in which the day was agreed does not keep it
//! back. It keeps to the budget of messages, quiet hours, wishes, the rest after a hold, and every hold but that of the agreement itself
//! (`collections.md` 6.2). Zero days in the policy: none.

use chrono::{NaiveDate, TimeDelta};

use super::contact_budget::{find_rest_end, message_room_on};
use super::facts::CaseFacts;
use super::policy::Policy;

/// The key of the reminder of a promise, and of its text.
pub const PROMISE_NUDGE: &str = "promise_nudge";
/// The key of the reminder of an instalment, and of its text.
pub const INSTALMENT_NUDGE: &str = "instalment_nudge";
/// Both.
pub const NUDGES: [&str; 2] = [PROMISE_NUDGE, INSTALMENT_NUDGE];

/// Whether a step is such a reminder.
#[must_use]
pub fn is_nudge(step_key: &str) -> bool {
    NUDGES.contains(&step_key)
}

/// The reminder of what is agreed next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nudge {
    /// Its key.
    pub step_key: &'static str,
    /// The day it is from.
    pub from: NaiveDate,
    /// The day it reminds of.
    pub due_on: NaiveDate,
}

/// The reminder of what is agreed with the payer; `None` where nothing is, or the policy has none.
#[must_use]
pub fn find_nudge(policy: &Policy, facts: &CaseFacts) -> Option<Nudge> {
    if policy.remind_before_days <= 0 {
        return None;
    }
    let promise = facts.promise_due.map(|due_on| (PROMISE_NUDGE, due_on));
    let (step_key, due_on) = promise.or(facts.instalment_due.map(|due_on| (INSTALMENT_NUDGE, due_on)))?;
    let from = due_on.checked_sub_signed(TimeDelta::days(policy.remind_before_days)).unwrap_or(due_on);
    Some(Nudge { step_key, from, due_on })
}

impl Nudge {
    /// Whether it goes out that day: nothing else is under way or happened the same day, and the budget of messages has room.
    pub(super) fn has_room(&self, policy: &Policy, facts: &CaseFacts, day: NaiveDate) -> bool {
        let wanted = self.is_for(day) && !self.was_planned(facts) && !facts.nudge_held;
        let busy = || facts.steps.iter().any(|step| step.is_pending() || step.planned_on >= day);
        let room = || message_room_on(policy, facts, day) <= day && find_rest_end(policy, facts, day).is_none();
        wanted && !busy() && room()
    }

    /// Whether that day is one to remind on: a night that was missed is made up for until the day itself (I3).
    #[must_use]
    pub fn is_for(&self, day: NaiveDate) -> bool {
        (self.from..=self.due_on).contains(&day)
    }

    /// Whether it was planned before, whatever became of it: it is never tried twice.
    #[must_use]
    pub fn was_planned(&self, facts: &CaseFacts) -> bool {
        facts.steps.iter().any(|step| step.step_key == self.step_key && step.planned_on >= self.from)
    }
}

#[cfg(test)]
#[path = "nudge_tests.rs"]
mod tests;
