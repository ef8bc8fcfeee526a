//! Reminders before the due date: they belong to the bill and need no case (B1, C2). Nothing is overdue yet, so nothing is asked
//! for but notice.

use chrono::{Days, NaiveDate};

use super::policy::{BillReminder, Policy};

/// The reminder of a bill that is due to go out: the latest whose day has come, if it has not gone out. After a missed night only
/// this one is caught up (I3); from the day after the due date on, the case takes over.
#[must_use]
pub fn find_bill_reminder_due<'a>(
    policy: &'a Policy,
    due_on: NaiveDate,
    as_of: NaiveDate,
    already: &[&str],
) -> Option<&'a BillReminder> {
    if as_of > due_on {
        return None;
    }
    let day = |one: &BillReminder| due_on.checked_sub_days(Days::new(u64::from(one.days_before_due))).unwrap_or(due_on);
    let latest = policy.bill_reminders.iter().rfind(|one| day(one) <= as_of)?;
    (!already.contains(&latest.key.as_str())).then_some(latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due_at(as_of: &str, already: &[&str]) -> Option<String> {
        let (due_on, as_of) = ("2026-11-30".parse().expect("a day"), as_of.parse().expect("a day"));
        find_bill_reminder_due(&Policy::v1(), due_on, as_of, already).map(|one| one.key.clone())
    }

    #[test]
    fn a_bill_is_announced_seven_days_and_one_day_before_it_is_due() {
        assert_eq!(due_at("2026-11-22", &[]), None);
        assert_eq!(due_at("2026-11-23", &[]).as_deref(), Some("bill_d7"));
        assert_eq!(due_at("2026-11-25", &["bill_d7"]), None);
        assert_eq!(due_at("2026-11-29", &["bill_d7"]).as_deref(), Some("bill_d1"));
        assert_eq!(due_at("2026-11-30", &["bill_d7", "bill_d1"]), None);
    }

    #[test]
    fn i3_a_missed_reminder_is_caught_up_once_and_the_older_one_is_not() {
        assert_eq!(due_at("2026-11-26", &[]).as_deref(), Some("bill_d7"));
        assert_eq!(due_at("2026-11-30", &[]).as_deref(), Some("bill_d1"), "one, not two");
        assert_eq!(due_at("2026-11-30", &["bill_d1"]), None, "the older one is not sent after it");
    }

    #[test]
    fn once_overdue_the_bill_is_quiet_and_the_case_speaks() {
        assert_eq!(due_at("2026-12-01", &[]), None);
    }
}
