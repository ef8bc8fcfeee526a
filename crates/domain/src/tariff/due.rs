//! When a charge falls due: a term of the contract, or of a fee standard.

use chrono::{Datelike, NaiveDate};

use crate::Period;
use crate::words::words;

words!(
    /// How the due date follows from the first month of a bill.
    DueRule {
        /// The last day of that month.
        LastDayOfMonth = "last_day_of_month", "当月最后一天", "last day of the month";
        /// A day of that month.
        DayOfMonth = "day_of_month", "当月某日", "a day of the month";
        /// A day of the month after.
        DayOfNextMonth = "day_of_next_month", "次月某日", "a day of the next month";
    }
);

words!(
    /// When a cycle is billed.
    BilledAt {
        /// In its first month: paid ahead (预收).
        CycleStart = "cycle_start", "周期初预收", "in advance";
        /// In its last month: paid for what was served (后付).
        CycleEnd = "cycle_end", "周期末后付", "in arrears";
    }
);

impl DueRule {
    /// The due date of a bill for `period`; a day the month does not have is its last day.
    #[must_use]
    pub fn due_on(self, period: Period, day: u32) -> NaiveDate {
        let in_month = |period: Period| {
            let last = period.last_day();
            last.with_day(day.clamp(1, last.day())).unwrap_or(last)
        };
        match self {
            Self::LastDayOfMonth => period.last_day(),
            Self::DayOfMonth => in_month(period),
            Self::DayOfNextMonth => in_month(period.next()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_the_month_does_not_have_is_its_last() {
        let february = Period::parse("2026-02").expect("a month");
        assert_eq!(DueRule::DayOfMonth.due_on(february, 31).to_string(), "2026-02-28");
        assert_eq!(DueRule::LastDayOfMonth.due_on(february, 1).to_string(), "2026-02-28");
        assert_eq!(DueRule::DayOfNextMonth.due_on(february, 10).to_string(), "2026-03-10");
    }
}
