//! The contact budget (触达额度): how often a person may be contacted. Windows roll and are not calendar weeks; calls and
//! messages people make by hand are in the same log and count (I14).

use chrono::{NaiveDate, TimeDelta};

use super::facts::{CaseFacts, ContactFact};
use super::hold::next_after_release;
use super::policy::Policy;

/// Days in which messages are counted.
const WINDOW_DAYS: i64 = 7;

/// The first day from `day` on with room for a message; `day` itself when there is room now.
#[must_use]
pub fn message_room_on(policy: &Policy, facts: &CaseFacts, day: NaiveDate) -> NaiveDate {
    let mut recent: Vec<NaiveDate> = facts
        .contacts
        .iter()
        .filter(|one| one.is_message() && (0..WINDOW_DAYS).contains(&(day - one.on).num_days()))
        .map(|one| one.on)
        .collect();
    recent.sort_unstable();
    // Room comes when the last of those that are one too many leaves the window.
    let leaving = recent.len().checked_sub(policy.messages_per_7_days).and_then(|over| recent.get(over));
    leaving.map_or(day, |on| later(*on, WINDOW_DAYS))
}

/// Whether one more call may be dialled that day.
#[must_use]
pub fn has_call_room(policy: &Policy, facts: &CaseFacts, day: NaiveDate) -> bool {
    let dialled = |one: &&ContactFact| one.outgoing && one.channel == "phone" && one.on == day;
    facts.contacts.iter().filter(dialled).count() < policy.calls_per_day
}

/// The first day after a talk on which the person may be contacted again; `None` when that day has come.
#[must_use]
pub fn find_cool_off_end(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Option<NaiveDate> {
    let end = later(facts.find_last_talk(as_of)?, policy.cool_off_days);
    (as_of < end).then_some(end)
}

/// The first day after a hold on which the person may be contacted again: what was missed meanwhile is not made up for at once
/// (I13); `None` when that day has come.
#[must_use]
pub fn find_rest_end(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Option<NaiveDate> {
    let end = next_after_release(facts.rested_on?, policy.cool_off_days, as_of);
    (as_of < end).then_some(end)
}

fn later(day: NaiveDate, days: i64) -> NaiveDate {
    day.checked_add_signed(TimeDelta::days(days)).unwrap_or(NaiveDate::MAX)
}
