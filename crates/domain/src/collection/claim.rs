//! The guard at claim time: everything is read anew in the transaction that makes the attempt (I6, I14).

use chrono::{NaiveDate, NaiveDateTime};

use super::facts::CaseFacts;
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
    let today = now.date();
    if !(facts.overdue - facts.disputed).is_positive() {
        return Verdict::Cancel("paid");
    }
    if facts.suppression.contact || facts.plan_active || facts.promise_due.is_some_and(|day| today <= day) {
        return Verdict::Cancel("hold");
    }
    if let HourVerdict::Queued { until } = QuietHours::default().judge(ContactManner::Message, now) {
        return Verdict::Defer(until, "quiet_hours");
    }
    if let Some(free_on) = budget_free_on(policy, facts, today) {
        let at = free_on.and_hms_opt(9, 0, 0).unwrap_or(now);
        return Verdict::Defer(at, "contact_budget");
    }
    Verdict::Send
}

/// The day the rolling budget of messages has room again; `None` when it has now.
fn budget_free_on(policy: &Policy, facts: &CaseFacts, today: NaiveDate) -> Option<NaiveDate> {
    let window = chrono::TimeDelta::days(7);
    let recent: Vec<NaiveDate> =
        facts.contacts.iter().filter(|one| one.is_message() && today - one.on < window).map(|one| one.on).collect();
    let over = (recent.len() + 1).checked_sub(policy.messages_per_7_days).filter(|over| *over > 0)?;
    recent.get(over - 1).and_then(|day| day.checked_add_signed(window))
}
