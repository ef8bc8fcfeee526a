//! Where a closing ends: the last day of its month, and the last fact that was known.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::Period;

/// The end of a closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boundary {
    /// The month.
    pub month: Period,
    /// The number of the last fact known then.
    pub fact_seq: i64,
}

impl Boundary {
    /// Whether a fact of a day, recorded as that number, lies in this closing or an earlier one.
    #[must_use]
    pub fn holds(&self, on: NaiveDate, seq: i64) -> bool {
        on <= self.month.last_day() && seq <= self.fact_seq
    }

    /// Which of the closings, in order, a fact belongs to; `None` when it belongs to the open month.
    #[must_use]
    pub fn place_of(closings: &[Self], on: NaiveDate, seq: i64) -> Option<usize> {
        let place = closings.partition_point(|one| !one.holds(on, seq));
        (place < closings.len()).then_some(place)
    }
}

/// The day what is taken off a charge belongs to: its own, but not before the month charged for begins. Until then the money is
/// 预收, though the bill shows as paid.
#[must_use]
pub fn booked_on(charged_for: Period, effective_on: NaiveDate) -> NaiveDate {
    effective_on.max(charged_for.first_day())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn closings() -> [Boundary; 3] {
        [("2026-09", 100), ("2026-10", 150), ("2026-11", 150)]
            .map(|(month, fact_seq)| Boundary { month: Period::parse(month).expect("a month"), fact_seq })
    }

    #[test]
    fn what_is_recorded_late_lands_in_the_next_open_month() {
        let place = |on: &str, seq| Boundary::place_of(&closings(), day(on), seq);
        assert_eq!(place("2026-09-30", 100), Some(0));
        assert_eq!(place("2026-09-30", 101), Some(1), "recorded after September was closed");
        assert_eq!(place("2026-10-01", 40), Some(1), "dated after September");
        assert_eq!(place("2026-11-30", 150), Some(2));
        assert_eq!(place("2026-09-01", 151), None, "the open month");
        assert_eq!(place("2026-12-01", 1), None);
    }

    #[test]
    fn money_for_a_month_that_has_not_begun_is_booked_when_it_does() {
        let november = Period::parse("2026-11").expect("a month");
        assert_eq!(booked_on(november, day("2026-10-20")), day("2026-11-01"));
        assert_eq!(booked_on(november, day("2026-11-20")), day("2026-11-20"));
    }
}
