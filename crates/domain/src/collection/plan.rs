//! Instalment plans (分期): the debt in parts with dates, agreed in writing. Original due dates are kept; while the plan is kept
//! nobody chases what is in it.

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::Fen;
use crate::arrears::age::months_after;
use crate::words::words;

words!(
    /// Where a plan is.
    PlanState {
        /// Being put together.
        Draft = "draft", "草稿", "draft";
        /// Shown to the payer.
        Offered = "offered", "已提出", "offered";
        /// The payer agreed.
        Accepted = "accepted", "已同意", "accepted";
        /// Approved and running.
        Active = "active", "履行中", "running";
        /// Paid to the end.
        Completed = "completed", "已履行完毕", "completed";
        /// Not kept.
        Defaulted = "defaulted", "已违约", "in default";
        /// Given up.
        Cancelled = "cancelled", "已取消", "cancelled";
    }
);

impl PlanState {
    /// Whether that state may follow.
    #[must_use]
    pub const fn can_become(self, next: Self) -> bool {
        match self {
            Self::Draft => matches!(next, Self::Offered | Self::Cancelled),
            Self::Offered => matches!(next, Self::Accepted | Self::Cancelled),
            Self::Accepted => matches!(next, Self::Active | Self::Cancelled),
            Self::Active => matches!(next, Self::Completed | Self::Defaulted | Self::Cancelled),
            Self::Completed | Self::Defaulted | Self::Cancelled => false,
        }
    }
}

/// A part of the debt and its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    /// By when.
    pub due_on: NaiveDate,
    /// How much.
    pub amount: Fen,
}

/// Why a schedule cannot be agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Fewer than one, or more than there are fen.
    #[error("a plan has at least one part, and no part of nothing")]
    NoParts,
    /// The parts do not come to the debt.
    #[error("the parts come to {sum}, the debt is {total}")]
    WrongSum {
        /// Of the parts.
        sum: Fen,
        /// The debt.
        total: Fen,
    },
    /// A part is due on or before the one above it.
    #[error("the part due on {0} does not come after the one before it")]
    NotInOrder(NaiveDate),
}

/// Monthly parts of a debt, as equal as fen allow, the larger ones first; each on the day of the month of the first, or the last
/// day of a shorter month.
///
/// # Errors
/// [`PlanError::NoParts`] for no parts, or more parts than fen.
pub fn spread(total: Fen, parts: u32, first_due_on: NaiveDate) -> Result<Vec<Instalment>, PlanError> {
    let count = i64::from(parts);
    if count < 1 || total.get() < count {
        return Err(PlanError::NoParts);
    }
    let (each, larger) = (total.get() / count, total.get() % count);
    let part = |index: u32| Instalment {
        due_on: months_after(first_due_on, index),
        amount: Fen::new(each + i64::from(i64::from(index) < larger)),
    };
    Ok((0..parts).map(part).collect())
}

/// Checks a schedule people wrote.
///
/// # Errors
/// [`PlanError`] names what is wrong.
pub fn check_schedule(total: Fen, schedule: &[Instalment]) -> Result<(), PlanError> {
    if schedule.is_empty() || schedule.iter().any(|one| !one.amount.is_positive()) {
        return Err(PlanError::NoParts);
    }
    if let Some(pair) = schedule.windows(2).find(|pair| pair[1].due_on <= pair[0].due_on) {
        return Err(PlanError::NotInOrder(pair[1].due_on));
    }
    let sum: Fen = schedule.iter().map(|one| one.amount).sum();
    if sum == total { Ok(()) } else { Err(PlanError::WrongSum { sum, total }) }
}

/// How a running plan comes out as of a day; `None` while it is kept. In default when, an instalment's date and the days of grace
/// having passed, less was paid than fell due till then. Money seen and not matched keeps it from default.
#[must_use]
pub fn judge_plan(
    schedule: &[Instalment],
    paid_since: Fen,
    unmatched_receipt: bool,
    grace_days: i64,
    as_of: NaiveDate,
) -> Option<PlanState> {
    let total: Fen = schedule.iter().map(|one| one.amount).sum();
    if paid_since >= total {
        return Some(PlanState::Completed);
    }
    let passed = |one: &&Instalment| {
        one.due_on.checked_add_signed(TimeDelta::days(grace_days)).is_some_and(|last_day| last_day < as_of)
    };
    let fallen_due: Fen = schedule.iter().filter(passed).map(|one| one.amount).sum();
    (paid_since < fallen_due && !unmatched_receipt).then_some(PlanState::Defaulted)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_debt_is_spread_to_the_fen_and_keeps_the_end_of_the_month() {
        let parts = spread(Fen::new(100_000), 3, day("2026-12-31")).expect("a plan");
        let seen: Vec<_> = parts.iter().map(|one| (one.due_on.to_string(), one.amount.get())).collect();
        let expected = [("2026-12-31", 33_334), ("2027-01-31", 33_333), ("2027-02-28", 33_333)];
        assert_eq!(seen, expected.map(|(due_on, amount)| (due_on.to_owned(), amount)));
        assert_eq!(spread(Fen::new(2), 3, day("2026-12-31")), Err(PlanError::NoParts));
        assert_eq!(spread(Fen::new(2), 0, day("2026-12-31")), Err(PlanError::NoParts));
    }

    #[test]
    fn a_schedule_that_does_not_come_to_the_debt_or_is_out_of_order_is_refused() {
        let mut parts = spread(Fen::new(90_000), 3, day("2026-12-15")).expect("a plan");
        let sum = Fen::new(90_000);
        assert_eq!(check_schedule(Fen::new(90_001), &parts), Err(PlanError::WrongSum { sum, total: Fen::new(90_001) }));
        parts[2].due_on = parts[1].due_on;
        assert_eq!(check_schedule(sum, &parts), Err(PlanError::NotInOrder(parts[1].due_on)));
        assert_eq!(check_schedule(sum, &[]), Err(PlanError::NoParts));
    }

    #[test]
    fn a_plan_is_in_default_after_grace_and_not_while_money_is_unmatched() {
        let parts = spread(Fen::new(90_000), 3, day("2026-12-15")).expect("a plan");
        let judged = |paid: i64, unmatched, on: &str| judge_plan(&parts, Fen::new(paid), unmatched, 7, day(on));
        assert_eq!(judged(0, false, "2026-12-22"), None, "the last day of grace");
        assert_eq!(judged(0, false, "2026-12-23"), Some(PlanState::Defaulted));
        assert_eq!(judged(0, true, "2026-12-23"), None);
        assert_eq!(judged(30_000, false, "2027-01-22"), None, "paid ahead of the next date");
        assert_eq!(judged(59_999, false, "2027-01-23"), Some(PlanState::Defaulted));
        assert_eq!(judged(90_000, false, "2026-12-20"), Some(PlanState::Completed));
    }

    #[test]
    fn an_ended_plan_stays_ended() {
        for ended in [PlanState::Completed, PlanState::Defaulted, PlanState::Cancelled] {
            assert!(PlanState::ALL.iter().all(|next| !ended.can_become(*next)));
        }
        assert!(!PlanState::Draft.can_become(PlanState::Active), "nothing runs that the payer did not accept");
    }

    proptest! {
        #[test]
        fn parts_always_come_to_the_debt_and_differ_by_a_fen(total in 1_i64..10_000_000, parts in 1_u32..60) {
            prop_assume!(total >= i64::from(parts));
            let total = Fen::new(total);
            let schedule = spread(total, parts, day("2026-01-31")).expect("a plan");
            prop_assert_eq!(check_schedule(total, &schedule), Ok(()));
            let amounts = schedule.iter().map(|one| one.amount.get());
            prop_assert!(amounts.clone().max().unwrap_or(0) - amounts.min().unwrap_or(0) <= 1);
        }
    }
}
