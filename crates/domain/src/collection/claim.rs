//! The guard at claim time: everything is read anew in the transaction that makes the attempt (I6, I14).

use chrono::{NaiveDate, NaiveDateTime};

use super::contact_budget::{find_cool_off_end, find_rest_end, has_call_room, message_room_on};
use super::facts::CaseFacts;
use super::nudge::{find_nudge, is_nudge};
use super::policy::Policy;
use crate::outreach::quiet_hours::{ContactManner, HourVerdict, QuietHours};

/// Whether a message may go out now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Send,
    /// It is not needed or not allowed any more.
    Cancel(&'static str),
    /// Later: at that local time.
    Defer(NaiveDateTime, &'static str),
}

/// Judges a message of a case at a local time; `facts` were read in the same transaction.
#[must_use]
pub fn judge(policy: &Policy, facts: &CaseFacts, now: NaiveDateTime) -> Verdict {
    judge_contact(policy, facts, ContactManner::Message, now)
}

/// Judges a planned message of a step: what the step is for may have changed since, such as the cause or the amount.
#[must_use]
pub fn judge_step(policy: &Policy, step_key: &str, facts: &CaseFacts, now: NaiveDateTime) -> Verdict {
    if is_nudge(step_key) {
        return judge_nudge(policy, step_key, facts, now);
    }
    let condition = policy.find_step(step_key).and_then(|step| step.when.as_ref());
    match (judge(policy, facts, now), condition) {
        (Verdict::Send | Verdict::Defer(..), Some(condition)) if !condition.holds(facts) => {
            Verdict::Cancel("not_for_case")
        }
        (Verdict::Send | Verdict::Defer(..), Some(condition)) if condition.is_spared(facts) => {
            Verdict::Cancel("spared")
        }
        (verdict, _) => verdict,
    }
}

/// Judges the reminder of something agreed: what it reminds of has to stand still, and its day not to be over.
fn judge_nudge(policy: &Policy, step_key: &str, facts: &CaseFacts, now: NaiveDateTime) -> Verdict {
    let today = now.date();
    if !(facts.overdue - facts.disputed).is_positive() {
        return Verdict::Cancel("paid");
    }
    if !find_nudge(policy, facts).is_some_and(|one| one.step_key == step_key && one.is_for(today)) {
        return Verdict::Cancel("not_for_case");
    }
    if facts.nudge_held {
        return Verdict::Cancel("hold");
    }
    if find_rest_end(policy, facts, today).is_some() {
        return Verdict::Cancel("after_hold");
    }
    find_delay(policy, facts, ContactManner::Message, now).unwrap_or(Verdict::Send)
}

/// Judges any contact with the payer at a local time: a message before its attempt is written, a call or visit before a person
/// takes the task. The order matters: what is not needed is not put off either.
#[must_use]
pub fn judge_contact(policy: &Policy, facts: &CaseFacts, manner: ContactManner, now: NaiveDateTime) -> Verdict {
    if let Some(reason) = find_cancelling(policy, facts, manner, now.date()) {
        return Verdict::Cancel(reason);
    }
    find_delay(policy, facts, manner, now).unwrap_or(Verdict::Send)
}

/// Until when the hour or the budget puts a contact off, if they do.
fn find_delay(policy: &Policy, facts: &CaseFacts, manner: ContactManner, now: NaiveDateTime) -> Option<Verdict> {
    if let HourVerdict::Queued { until } = facts.limits.narrow(QuietHours::published()).judge(manner, now) {
        return Some(Verdict::Defer(until, "quiet_hours"));
    }
    let today = now.date();
    let free_on = match manner {
        ContactManner::Message => message_room_on(policy, facts, today),
        ContactManner::Call if !has_call_room(policy, facts, today) => today.succ_opt().unwrap_or(today),
        ContactManner::Call | ContactManner::Visit => today,
    };
    (free_on > today).then(|| Verdict::Defer(morning(free_on, now), "contact_budget"))
}

/// Why the contact falls away, if it does.
fn find_cancelling(
    policy: &Policy,
    facts: &CaseFacts,
    manner: ContactManner,
    today: NaiveDate,
) -> Option<&'static str> {
    let asked = facts.overdue - facts.disputed;
    if !asked.is_positive() {
        return Some("paid");
    }
    if asked < policy.amount_floor {
        return Some("below_floor");
    }
    let promised = facts.find_promise_until(policy.promise_grace_days).is_some_and(|until| today <= until);
    if facts.suppression.contact || facts.plan_active || promised {
        return Some("hold");
    }
    let spared = match manner {
        ContactManner::Message => false,
        ContactManner::Call => facts.no_call,
        ContactManner::Visit => facts.no_visit,
    };
    if spared {
        return Some("spared");
    }
    // Somebody spoke to the payer after this was planned, or a hold came and went: what to do next is decided anew.
    let talked = find_cool_off_end(policy, facts, today).map(|_| "cool_off");
    talked.or_else(|| find_rest_end(policy, facts, today).map(|_| "after_hold"))
}

fn morning(day: NaiveDate, now: NaiveDateTime) -> NaiveDateTime {
    day.and_hms_opt(9, 0, 0).unwrap_or(now)
}

#[cfg(test)]
#[path = "claim_tests.rs"]
mod tests;
