//! What is done for an entrance: the notice on its board. One hangs for everybody, however many homes owe, and nothing about a
//! person can reach it, because its facts hold nothing about persons (I15).

use chrono::{Days, NaiveDate};

use super::policy::{CommunityStep, Policy};

/// What a notice may know of an entrance: days, and no name, room or amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntranceFacts {
    /// The earliest due date of what is open there; `None` when nothing is.
    pub oldest_due: Option<NaiveDate>,
    /// When a notice was last put up.
    pub last_notice_on: Option<NaiveDate>,
    /// A hold of the whole community.
    pub held: bool,
}

/// The steps due for an entrance.
#[must_use]
pub fn list_community_steps_due(policy: &Policy, entrance: EntranceFacts, as_of: NaiveDate) -> Vec<&CommunityStep> {
    let Some(oldest_due) = entrance.oldest_due.filter(|_| !entrance.held) else { return Vec::new() };
    let after = |day: NaiveDate, days: u32| day.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX);
    let is_due = |step: &&CommunityStep| {
        let again = entrance.last_notice_on.is_none_or(|day| after(day, step.repeat_after_days) <= as_of);
        again && after(oldest_due, step.after_days) <= as_of
    };
    policy.community_steps.iter().filter(is_due).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due_at(oldest_due: Option<&str>, last: Option<&str>, held: bool, as_of: &str) -> usize {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let entrance = EntranceFacts { oldest_due: oldest_due.map(day), last_notice_on: last.map(day), held };
        list_community_steps_due(&Policy::v1(), entrance, day(as_of)).len()
    }

    #[test]
    fn i15_one_notice_per_entrance_and_month_however_many_homes_owe() {
        assert_eq!(due_at(Some("2026-10-31"), None, false, "2026-11-09"), 0);
        assert_eq!(due_at(Some("2026-10-31"), None, false, "2026-11-10"), 1);
        assert_eq!(due_at(Some("2026-10-31"), Some("2026-11-10"), false, "2026-12-09"), 0);
        assert_eq!(due_at(Some("2026-10-31"), Some("2026-11-10"), false, "2026-12-10"), 1);
    }

    #[test]
    fn nothing_is_put_up_where_nobody_owes_or_the_community_is_held() {
        assert_eq!(due_at(None, None, false, "2026-12-10"), 0);
        assert_eq!(due_at(Some("2026-10-31"), None, true, "2026-12-10"), 0);
    }
}
