//! A complaint past its date: it is told to the manager, again and louder the longer it waits, and never to the owner.

use chrono::NaiveDate;

/// So many days late each level begins.
const LEVELS: [i64; 3] = [1, 3, 7];

/// Whether the promised day passed without an answer. That escalates to us and never to the owner.
#[must_use]
pub fn is_answer_late(promised_on: NaiveDate, answered_on: Option<NaiveDate>, as_of: NaiveDate) -> bool {
    answered_on.is_none_or(|day| day > as_of) && promised_on < as_of
}

/// How loud an unanswered complaint is by now: 0 while it is in time.
#[must_use]
pub fn escalation_level(promised_on: NaiveDate, as_of: NaiveDate) -> i64 {
    let late = (as_of - promised_on).num_days();
    LEVELS.iter().map(|from| i64::from(late >= *from)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn an_answer_is_late_the_day_after_it_was_promised_for() {
        let promised = day("2026-11-10");
        assert!(!is_answer_late(promised, None, day("2026-11-10")));
        assert!(is_answer_late(promised, None, day("2026-11-11")));
        assert!(!is_answer_late(promised, Some(day("2026-11-09")), day("2026-11-11")));
    }

    #[test]
    fn the_longer_a_complaint_waits_the_louder_it_is() {
        let level = |on: &str| escalation_level(day("2026-11-10"), day(on));
        let levels = ["2026-11-01", "2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13", "2026-11-17", "2027-11-17"];
        assert_eq!(levels.map(level), [0, 0, 1, 1, 2, 3, 3]);
    }
}
