//! Promises (承诺): an amount and a date. A promise is judged by what was paid since it was given, never by whether the whole debt
//! is gone; it is broken once, after its date and the days of grace, and not while money lies about that could be it (I19).
//!
//! What we propose is an offer until the owner agrees: it rests nothing, interrupts no limitation, and lapses by itself. What the owner
//! agrees to is a promise of its own that names the offer; so does a new one that takes the place of one that was broken.

use chrono::{NaiveDate, TimeDelta};

use crate::Fen;
use crate::words::words;

words!(
    /// Where a promise is.
    PromiseState {
        /// Proposed to the payer.
        Offered = "offered", "已提出", "offered";
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
        /// The payer agreed to the offer: the promise that names it runs.
        Accepted = "accepted", "业主已同意", "agreed to";
        /// Nobody agreed to the offer in time.
        Lapsed = "lapsed", "逾期未答复", "lapsed";
    }
);

impl PromiseState {
    /// Whether that state may follow: only an offer and a running promise change, once.
    #[must_use]
    pub const fn can_become(self, next: Self) -> bool {
        match self {
            Self::Offered => matches!(next, Self::Accepted | Self::Lapsed | Self::Withdrawn | Self::Superseded),
            Self::Active => {
                matches!(next, Self::Kept | Self::PartKept | Self::Broken | Self::Withdrawn | Self::Superseded)
            }
            Self::Kept
            | Self::PartKept
            | Self::Broken
            | Self::Withdrawn
            | Self::Superseded
            | Self::Accepted
            | Self::Lapsed => false,
        }
    }

    /// Whether a new promise of the case takes the place of one in this state (再次约定).
    #[must_use]
    pub const fn is_renegotiated(self) -> bool {
        matches!(self, Self::Active | Self::PartKept | Self::Broken)
    }
}

/// The last day on which the payer may agree to an offer: never after the day it is for.
#[must_use]
pub fn offer_lapses_on(offered_on: NaiveDate, offer_days: i64, due_on: NaiveDate) -> NaiveDate {
    offered_on.checked_add_signed(TimeDelta::days(offer_days)).unwrap_or(due_on).min(due_on)
}

/// The first day on which a promise can be found broken: after its date and the days of grace.
#[must_use]
pub fn judged_from(due_on: NaiveDate, grace_days: i64) -> NaiveDate {
    due_on.checked_add_signed(TimeDelta::days(grace_days + 1)).unwrap_or(due_on)
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
        let over = |state: &&PromiseState| !matches!(state, PromiseState::Active | PromiseState::Offered);
        for state in PromiseState::ALL.iter().filter(over) {
            assert!(PromiseState::ALL.iter().all(|next| !state.can_become(*next)), "{}", state.as_str());
        }
        assert!(PromiseState::Active.can_become(PromiseState::Superseded));
    }

    #[test]
    fn an_offer_is_never_broken_and_a_promise_never_lapses() {
        for state in [PromiseState::Kept, PromiseState::PartKept, PromiseState::Broken] {
            assert!(!PromiseState::Offered.can_become(state) && PromiseState::Active.can_become(state));
        }
        for state in [PromiseState::Accepted, PromiseState::Lapsed] {
            assert!(PromiseState::Offered.can_become(state) && !PromiseState::Active.can_become(state));
        }
    }

    #[test]
    fn an_offer_lapses_after_its_days_or_on_the_day_it_is_for() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        assert_eq!(offer_lapses_on(day("2026-11-01"), 7, day("2026-11-20")), day("2026-11-08"));
        assert_eq!(offer_lapses_on(day("2026-11-01"), 7, day("2026-11-05")), day("2026-11-05"));
    }

    #[test]
    fn a_promise_is_looked_at_on_the_first_day_it_could_be_broken() {
        let due_on: NaiveDate = "2026-11-10".parse().expect("a day");
        let from = judged_from(due_on, 3);
        assert_eq!(judged(0, false, &from.pred_opt().expect("a day").to_string()), None);
        assert_eq!(judged(0, false, &from.to_string()), Some(PromiseState::Broken));
    }
}
