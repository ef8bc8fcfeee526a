//! Pauses: days on which no late fee accrues, because a hold says so (hardship, death, ownership being cleared up).
//!
//! A pause covers the day it was opened and the day it ended, so that the fee up to any day is the same whether it is computed
//! before or after the hold is released. Pauses may overlap; a day is left out once.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Days in a row, both ends counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DayRange {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

impl DayRange {
    /// What of it lies between two days, both counted; `None` when nothing does.
    #[must_use]
    pub fn within(self, from: NaiveDate, to: NaiveDate) -> Option<Self> {
        let part = Self { from: self.from.max(from), to: self.to.min(to) };
        (part.from <= part.to).then_some(part)
    }
}

/// How many days between two days, both counted, are paused.
#[must_use]
pub fn paused_days(paused: &[DayRange], from: NaiveDate, to: NaiveDate) -> i64 {
    let mut parts: Vec<DayRange> = paused.iter().filter_map(|one| one.within(from, to)).collect();
    parts.sort_unstable();
    let (mut days, mut counted_to) = (0, None::<NaiveDate>);
    for part in parts {
        let already =
            counted_to.filter(|day| *day >= part.from).map_or(0, |day| (day.min(part.to) - part.from).num_days() + 1);
        days += (part.to - part.from).num_days() + 1 - already;
        counted_to = counted_to.max(Some(part.to));
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(of_march: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, of_march).expect("a day of March")
    }

    fn range(from: u32, to: u32) -> DayRange {
        DayRange { from: day(from), to: day(to) }
    }

    fn days(paused: &[DayRange]) -> i64 {
        paused_days(paused, day(5), day(14))
    }

    #[test]
    fn a_day_paused_twice_is_left_out_once() {
        assert_eq!(days(&[range(7, 9), range(8, 10)]), 4);
        assert_eq!(days(&[range(6, 12), range(8, 9), range(9, 13)]), 8);
        assert_eq!(days(&[range(7, 9), range(7, 9)]), 3);
        assert_eq!(days(&[range(10, 10), range(9, 9)]), 2, "in any order");
    }

    #[test]
    fn only_days_of_the_run_are_left_out() {
        assert_eq!(days(&[range(1, 4), range(15, 30)]), 0);
        assert_eq!(days(&[range(1, 31)]), 10);
        assert_eq!(days(&[range(1, 5), range(14, 20)]), 2);
        assert_eq!(days(&[]), 0);
    }
}
