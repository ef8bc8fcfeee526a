//! Promises (承诺): an amount and a date. A promise is judged by what was paid since it was given, never by whether the whole debt
//! is gone; it is broken once, after its date and the days of grace, and not while money lies about that could be it (I19).

use chrono::{NaiveDate, TimeDelta};

use crate::Fen;
use crate::words::words;

words!(
    /// Where a promise is.
    PromiseState {
        /// It runs.
        Active = "active", "履行中", "running";
        /// Paid as promised.
        Kept = "kept", "已兑现", "kept";
        /// Paid in part.
        PartKept = "part_kept", "部分兑现", "kept in part";
        /// Not paid.
        Broken = "broken", "未兑现", "broken";
        /// Taken back by the payer or by us.
        Withdrawn = "withdrawn", "已撤回", "withdrawn";
        /// A newer one took its place.
        Superseded = "superseded", "已被替代", "superseded";
    }
);

impl PromiseState {
    /// Whether that state may follow: only a running promise changes.
    #[must_use]
    pub fn can_become(self, next: Self) -> bool {
        self == Self::Active && next != Self::Active
    }
}

/// What a promise is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromiseFacts {
    /// The amount promised.
    pub amount: Fen,
    /// By when.
    pub due_on: NaiveDate,
    /// Paid on the case since the promise was given.
    pub paid_since: Fen,
    /// Money was seen that is not matched to anybody and could be it.
    pub unmatched_receipt: bool,
}

/// How a running promise comes out as of a day; `None` while it is still running.
#[must_use]
pub fn judge_promise(promise: &PromiseFacts, grace_days: i64, as_of: NaiveDate) -> Option<PromiseState> {
    if promise.paid_since >= promise.amount {
        return Some(PromiseState::Kept);
    }
    let last_day = promise.due_on.checked_add_signed(TimeDelta::days(grace_days)).unwrap_or(promise.due_on);
    if as_of <= last_day || promise.unmatched_receipt {
        return None;
    }
    Some(if promise.paid_since.is_positive() { PromiseState::PartKept } else { PromiseState::Broken })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(paid: i64, unmatched_receipt: bool, as_of: &str) -> Option<PromiseState> {
        let due_on = "2026-11-10".parse().expect("a day");
        let facts = PromiseFacts { amount: Fen::new(20_000), due_on, paid_since: Fen::new(paid), unmatched_receipt };
        judge_promise(&facts, 3, as_of.parse().expect("a day"))
    }

    #[test]
    fn i19_a_promise_is_broken_only_after_its_date_and_grace() {
        assert_eq!(judged(0, false, "2026-11-10"), None);
        assert_eq!(judged(0, false, "2026-11-13"), None);
        assert_eq!(judged(0, false, "2026-11-14"), Some(PromiseState::Broken));
        assert_eq!(judged(5_000, false, "2026-11-14"), Some(PromiseState::PartKept));
    }

    #[test]
    fn i19_money_that_is_not_matched_yet_keeps_a_promise_from_being_broken() {
        assert_eq!(judged(0, true, "2026-12-31"), None);
        assert_eq!(judged(20_000, true, "2026-11-05"), Some(PromiseState::Kept), "what is matched counts");
    }

    #[test]
    fn a_promise_is_kept_by_its_amount_even_if_the_debt_is_larger() {
        assert_eq!(judged(20_000, false, "2026-11-02"), Some(PromiseState::Kept));
        assert_eq!(judged(19_999, false, "2026-11-13"), None);
    }

    #[test]
    fn i19_a_judged_promise_is_not_judged_again() {
        for state in PromiseState::ALL.iter().filter(|state| **state != PromiseState::Active) {
            assert!(PromiseState::ALL.iter().all(|next| !state.can_become(*next)), "{}", state.as_str());
        }
        assert!(PromiseState::Active.can_become(PromiseState::Superseded));
    }
}
