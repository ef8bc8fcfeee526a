//! How old a debt is (账龄): days, calendar months, the stage its age alone gives, and the bucket of the ageing report.
//!
//! Stages use calendar months, not 30 or 90 days: a charge due on 30 November is one month overdue on 30 December. The stage
//! of a *case* is another thing, it moves by delivered, served or spoken steps; `legal` is never reached by time alone.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// What the age of a debt alone suggests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeStage {
    /// Not overdue: the due date itself still counts as in time (未到期).
    Current,
    /// Up to and including one calendar month after the due date (预警期).
    Reminder,
    /// Up to and including three calendar months after the due date (沟通期).
    Conversation,
    /// Later (催缴期).
    Demand,
}

impl AgeStage {
    /// The stage of a charge due on `due_on`, as of a day (requirement B, vector W31).
    #[must_use]
    pub fn of(due_on: NaiveDate, as_of: NaiveDate) -> Self {
        if as_of <= due_on {
            Self::Current
        } else if as_of <= months_after(due_on, 1) {
            Self::Reminder
        } else if as_of <= months_after(due_on, 3) {
            Self::Conversation
        } else {
            Self::Demand
        }
    }

    /// The name used in JSON and queries.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Reminder => "reminder",
            Self::Conversation => "conversation",
            Self::Demand => "demand",
        }
    }

    /// The name people read.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Current => "未逾期",
            Self::Reminder => "预警期",
            Self::Conversation => "沟通期",
            Self::Demand => "催缴期",
        }
    }
}

/// Time overdue, counted both ways. All zero on or before the due date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Age {
    /// Days overdue; the due date is not counted, the as-of day is.
    pub days: i64,
    /// Whole calendar months overdue.
    pub months: u32,
    /// Days beyond those months.
    pub days_beyond_months: i64,
}

impl Age {
    /// The age of a charge due on `due_on`, as of a day.
    #[must_use]
    pub fn of(due_on: NaiveDate, as_of: NaiveDate) -> Self {
        let days = overdue_days(due_on, as_of);
        // No month is longer than 31 days, so the estimate is never too high.
        let mut months = u32::try_from(days / 31).unwrap_or(0);
        while days > 0 && months_after(due_on, months + 1) <= as_of {
            months += 1;
        }
        let days_beyond_months = if days == 0 { 0 } else { (as_of - months_after(due_on, months)).num_days() };
        Self { days, months, days_beyond_months }
    }
}

/// Days overdue: `as_of` less the due date, never below zero.
#[must_use]
pub fn overdue_days(due_on: NaiveDate, as_of: NaiveDate) -> i64 {
    (as_of - due_on).num_days().max(0)
}

/// The corresponding day that many calendar months later, or the month's last day (民法典 202).
#[must_use]
pub fn months_after(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// A row of the ageing report, by days since the due date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AgeBucket {
    /// 0 to 30 days.
    #[serde(rename = "0-30")]
    UpTo30,
    /// 31 to 90 days.
    #[serde(rename = "31-90")]
    UpTo90,
    /// 91 to 180 days.
    #[serde(rename = "91-180")]
    UpTo180,
    /// 181 to 365 days.
    #[serde(rename = "181-365")]
    UpTo365,
    /// Over one year, up to two.
    #[serde(rename = "1-2y")]
    UpTo2Years,
    /// Over two years, up to three: the limitation-warning band.
    #[serde(rename = "2-3y")]
    UpTo3Years,
    /// Over three years.
    #[serde(rename = ">3y")]
    Over3Years,
}

impl AgeBucket {
    /// All buckets, youngest first.
    pub const ALL: [Self; 7] = [
        Self::UpTo30,
        Self::UpTo90,
        Self::UpTo180,
        Self::UpTo365,
        Self::UpTo2Years,
        Self::UpTo3Years,
        Self::Over3Years,
    ];

    /// The bucket of that many days since the due date.
    #[must_use]
    pub const fn of_days(days: i64) -> Self {
        match days {
            i64::MIN..=30 => Self::UpTo30,
            31..=90 => Self::UpTo90,
            91..=180 => Self::UpTo180,
            181..=365 => Self::UpTo365,
            366..=730 => Self::UpTo2Years,
            731..=1095 => Self::UpTo3Years,
            1096.. => Self::Over3Years,
        }
    }

    /// The name used in JSON and queries.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UpTo30 => "0-30",
            Self::UpTo90 => "31-90",
            Self::UpTo180 => "91-180",
            Self::UpTo365 => "181-365",
            Self::UpTo2Years => "1-2y",
            Self::UpTo3Years => "2-3y",
            Self::Over3Years => ">3y",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn w31_the_stage_goes_by_calendar_months() {
        let as_of = day("2025-12-31");
        assert_eq!(AgeStage::of(day("2025-12-15"), as_of), AgeStage::Reminder);
        assert_eq!(AgeStage::of(day("2025-11-30"), as_of), AgeStage::Conversation);
        assert_eq!(AgeStage::of(day("2025-09-30"), as_of), AgeStage::Demand);
    }

    #[test]
    fn the_due_day_is_current_and_the_days_a_month_ends_on_are_included() {
        let due = day("2026-01-31");
        assert_eq!(AgeStage::of(due, due), AgeStage::Current);
        assert_eq!(AgeStage::of(due, day("2026-02-28")), AgeStage::Reminder);
        assert_eq!(AgeStage::of(due, day("2026-03-01")), AgeStage::Conversation);
        assert_eq!(AgeStage::of(due, day("2026-04-30")), AgeStage::Conversation);
        assert_eq!(AgeStage::of(due, day("2026-05-01")), AgeStage::Demand);
    }

    #[test]
    fn age_is_told_in_days_and_in_months_and_days() {
        let age = |due, as_of| Age::of(day(due), day(as_of));
        assert_eq!(age("2026-11-30", "2026-11-30"), Age::default());
        assert_eq!(age("2025-11-30", "2025-12-31"), Age { days: 31, months: 1, days_beyond_months: 1 });
        assert_eq!(age("2024-01-31", "2026-01-31"), Age { days: 731, months: 24, days_beyond_months: 0 });
        assert_eq!(age("2026-01-31", "2026-02-28"), Age { days: 28, months: 1, days_beyond_months: 0 });
        assert_eq!(age("2026-05-01", "2026-04-01"), Age::default());
    }

    #[test]
    fn buckets_meet_without_gap() {
        let bounds = [30, 90, 180, 365, 730, 1095];
        for (index, bound) in bounds.into_iter().enumerate() {
            assert_eq!(AgeBucket::of_days(bound), AgeBucket::ALL[index]);
            assert_eq!(AgeBucket::of_days(bound + 1), AgeBucket::ALL[index + 1]);
        }
    }
}
