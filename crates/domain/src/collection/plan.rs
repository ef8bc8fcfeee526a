//! Instalment plans (分期): overdue charges in parts with dates, offered, agreed to, approved. Original due dates are kept; while the plan is
//! kept nobody chases what is in it, and what is not in it goes on as ever.
//!
//! A missed instalment is no default yet. First somebody tells the owner; only when the days of grace have passed after that, with as many
//! instalments missed as was agreed, is the plan in default. Whoever pays before goes on with the plan as if nothing had happened.

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::Fen;
use crate::arrears::age::months_after;
use crate::ids::ChargeId;
use crate::words::words;
use crate::{Period, UnitLabel};

words!(
    /// Where a plan is.
    PlanState {
        /// Being put together.
        Draft = "draft", "草稿", "draft";
        /// Shown to the payer.
        Offered = "offered", "已提出", "offered";
        /// The payer agreed.
        Accepted = "accepted", "已同意，待审批", "agreed, waits for approval";
        /// Approved and running.
        Active = "active", "履行中", "running";
        /// Paid to the end.
        Completed = "completed", "已履行完毕", "completed";
        /// Not kept.
        Defaulted = "defaulted", "已违约", "in default";
        /// Given up, turned down, or not answered in time.
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

    /// Whether it is not over yet: a case has one such plan.
    #[must_use]
    pub const fn is_current(self) -> bool {
        matches!(self, Self::Draft | Self::Offered | Self::Accepted | Self::Active)
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

/// A charge of a plan, frozen as it was agreed, with its own due date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanLine {
    /// The charge.
    pub charge: ChargeId,
    /// The unit.
    pub unit: UnitLabel,
    /// The fee item.
    pub item: String,
    /// The month.
    pub period: Period,
    /// When it was due, which stays so.
    pub due_on: NaiveDate,
    /// Open principal.
    pub open: Fen,
    /// Late fee that is part of the plan; zero where the late fee is not.
    pub late_fee: Fen,
}

/// What was agreed beside the dates; fixed when the plan is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanTerms {
    /// Days after an instalment's day, and after the notice, before a default.
    pub grace_days: i64,
    /// Whether no late fee runs on the charges of the plan while it is kept.
    pub late_fee_rests: bool,
    /// So many missed instalments are a default.
    pub misses: i64,
}

/// How the days of a plan are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// On the day of the month of the first, or the last day of a shorter month.
    Months(u32),
    /// So many days after the one before.
    Days(u32),
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

/// Equal parts of a debt; what does not divide is in the last.
///
/// # Errors
/// [`PlanError::NoParts`] for no parts, or more parts than fen; [`PlanError::NotInOrder`] when no time lies between them.
pub fn spread(total: Fen, parts: u32, (first_due_on, every): (NaiveDate, Every)) -> Result<Vec<Instalment>, PlanError> {
    let count = i64::from(parts);
    if count < 1 || total.get() < count {
        return Err(PlanError::NoParts);
    }
    if matches!(every, Every::Months(0) | Every::Days(0)) {
        return Err(PlanError::NotInOrder(first_due_on));
    }
    let (each, left) = (total.get() / count, total.get() % count);
    let day = |index: u32| match every {
        Every::Months(months) => months_after(first_due_on, index * months),
        Every::Days(days) => {
            let later = TimeDelta::days(i64::from(index) * i64::from(days));
            first_due_on.checked_add_signed(later).unwrap_or(NaiveDate::MAX)
        }
    };
    let part = |index: u32| {
        let rest = if index + 1 == parts { left } else { 0 };
        Instalment { due_on: day(index), amount: Fen::new(each + rest) }
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

/// What a running plan is judged by.
#[derive(Clone, Copy, Debug)]
pub struct PlanFacts<'a> {
    /// The parts.
    pub schedule: &'a [Instalment],
    /// What was agreed beside them.
    pub terms: PlanTerms,
    /// Paid on its charges since it was agreed.
    pub paid: Fen,
    /// When the owner was last told of a missed instalment.
    pub warned_on: Option<NaiveDate>,
    /// Money was seen that is not matched to anybody and could be it.
    pub unmatched_receipt: bool,
}

/// How a running plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Paid as agreed so far; the next part with what is missing of it.
    Kept(Instalment),
    /// An instalment's day has passed unpaid.
    Missed {
        /// How many.
        count: i64,
        /// The day of the first of them.
        since: NaiveDate,
        /// What is missing of all of them.
        short: Fen,
        /// Whether the owner was told since.
        warned: bool,
    },
    /// Paid to the end.
    Completed,
    /// In default.
    Defaulted,
}

impl PlanFacts<'_> {
    /// The parts not fully paid, each with what is missing of it, the earliest first.
    fn unpaid(&self) -> Vec<Instalment> {
        let mut left = self.paid;
        let short = |one: &Instalment| {
            let covered = left.min(one.amount);
            left -= covered;
            Instalment { amount: one.amount - covered, ..*one }
        };
        self.schedule.iter().map(short).filter(|one| one.amount.is_positive()).collect()
    }

    /// How it stands as of a day. Money seen and not matched keeps it from default.
    #[must_use]
    pub fn standing(&self, as_of: NaiveDate) -> Standing {
        let unpaid = self.unpaid();
        let Some(next) = unpaid.first().copied() else { return Standing::Completed };
        if next.due_on >= as_of {
            return Standing::Kept(next);
        }
        let missed = || unpaid.iter().filter(|one| one.due_on < as_of);
        let over = |day: NaiveDate| {
            day.checked_add_signed(TimeDelta::days(self.terms.grace_days)).is_some_and(|last_day| last_day < as_of)
        };
        let count_of = |found: usize| i64::try_from(found).unwrap_or(i64::MAX);
        let told = self.warned_on.filter(|day| *day > next.due_on);
        let beyond = count_of(missed().filter(|one| over(one.due_on)).count());
        if beyond >= self.terms.misses && told.is_some_and(over) && !self.unmatched_receipt {
            return Standing::Defaulted;
        }
        Standing::Missed {
            count: count_of(missed().count()),
            since: next.due_on,
            short: missed().map(|one| one.amount).sum(),
            warned: told.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MONTHLY: Every = Every::Months(1);

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn quarter() -> Vec<Instalment> {
        spread(Fen::new(90_000), 3, (day("2026-12-15"), MONTHLY)).expect("a plan")
    }

    /// Three parts of 300 from the 15th of December; a week of grace.
    fn stands(paid: i64, (misses, warned_on): (i64, Option<&str>), on: &str) -> Standing {
        let terms = PlanTerms { grace_days: 7, late_fee_rests: false, misses };
        let (schedule, warned_on) = (quarter(), warned_on.map(day));
        let facts = PlanFacts { schedule: &schedule, terms, paid: Fen::new(paid), warned_on, unmatched_receipt: false };
        facts.standing(day(on))
    }

    fn missed(count: i64, since: &str, short: i64, warned: bool) -> Standing {
        Standing::Missed { count, since: day(since), short: Fen::new(short), warned }
    }

    #[test]
    fn a_debt_is_spread_to_the_fen_with_the_rest_in_the_last_and_keeps_the_end_of_the_month() {
        let first = (day("2026-12-31"), MONTHLY);
        let parts = spread(Fen::new(100_000), 3, first).expect("a plan");
        let seen: Vec<_> = parts.iter().map(|one| (one.due_on.to_string(), one.amount.get())).collect();
        let expected = [("2026-12-31", 33_333), ("2027-01-31", 33_333), ("2027-02-28", 33_334)];
        assert_eq!(seen, expected.map(|(due_on, amount)| (due_on.to_owned(), amount)));
        assert_eq!(spread(Fen::new(2), 3, first), Err(PlanError::NoParts));
        assert_eq!(spread(Fen::new(2), 0, first), Err(PlanError::NoParts));
        let fortnight = spread(Fen::new(300), 3, (day("2026-12-24"), Every::Days(14))).expect("a plan");
        assert_eq!(fortnight[2].due_on, day("2027-01-21"));
        assert!(spread(Fen::new(300), 3, (day("2026-12-24"), Every::Days(0))).is_err());
    }

    #[test]
    fn a_schedule_that_does_not_come_to_the_debt_or_is_out_of_order_is_refused() {
        let mut parts = quarter();
        let sum = Fen::new(90_000);
        assert_eq!(check_schedule(Fen::new(90_001), &parts), Err(PlanError::WrongSum { sum, total: Fen::new(90_001) }));
        parts[2].due_on = parts[1].due_on;
        assert_eq!(check_schedule(sum, &parts), Err(PlanError::NotInOrder(parts[1].due_on)));
        assert_eq!(check_schedule(sum, &[]), Err(PlanError::NoParts));
    }

    #[test]
    fn a_missed_instalment_is_a_default_only_after_the_notice_and_its_grace() {
        let once = |warned_on| (1, warned_on);
        assert!(matches!(stands(0, once(None), "2026-12-15"), Standing::Kept(_)), "its own day");
        assert_eq!(stands(0, once(None), "2026-12-16"), missed(1, "2026-12-15", 30_000, false));
        assert_eq!(stands(0, once(None), "2027-06-01"), missed(3, "2026-12-15", 90_000, false), "nobody was told");
        assert_eq!(stands(0, once(Some("2026-12-20")), "2026-12-27"), missed(1, "2026-12-15", 30_000, true));
        assert_eq!(stands(0, once(Some("2026-12-20")), "2026-12-28"), Standing::Defaulted);
        assert_eq!(
            stands(0, once(Some("2026-12-01")), "2026-12-28"),
            missed(1, "2026-12-15", 30_000, false),
            "too early"
        );
    }

    #[test]
    fn whoever_pays_the_missed_part_goes_on_and_a_later_miss_needs_a_notice_of_its_own() {
        let next = Instalment { due_on: day("2027-01-15"), amount: Fen::new(30_000) };
        assert_eq!(stands(30_000, (1, Some("2026-12-20")), "2026-12-27"), Standing::Kept(next));
        assert_eq!(stands(30_000, (1, Some("2026-12-20")), "2027-02-01"), missed(1, "2027-01-15", 30_000, false));
        assert_eq!(stands(59_999, (1, Some("2027-01-16")), "2027-01-24"), Standing::Defaulted, "a fen is missing");
        assert_eq!(stands(90_000, (1, None), "2026-12-16"), Standing::Completed);
    }

    #[test]
    fn a_plan_that_allows_a_miss_is_in_default_with_the_second_one() {
        let warned = (2, Some("2026-12-20"));
        assert_eq!(
            stands(0, warned, "2027-01-22"),
            missed(2, "2026-12-15", 60_000, true),
            "the second one has its grace"
        );
        assert_eq!(stands(0, warned, "2027-01-23"), Standing::Defaulted);
        assert!(matches!(stands(30_000, warned, "2027-01-23"), Standing::Missed { count: 1, .. }));
    }

    #[test]
    fn money_that_is_not_matched_yet_keeps_a_plan_from_default() {
        let schedule = quarter();
        let terms = PlanTerms { grace_days: 7, late_fee_rests: false, misses: 1 };
        let warned_on = Some(day("2026-12-20"));
        let facts = PlanFacts { schedule: &schedule, terms, paid: Fen::ZERO, warned_on, unmatched_receipt: true };
        assert!(matches!(facts.standing(day("2027-03-01")), Standing::Missed { .. }));
    }

    #[test]
    fn an_ended_plan_stays_ended() {
        for ended in [PlanState::Completed, PlanState::Defaulted, PlanState::Cancelled] {
            assert!(PlanState::ALL.iter().all(|next| !ended.can_become(*next)) && !ended.is_current());
        }
        assert!(!PlanState::Draft.can_become(PlanState::Active), "nothing runs that the payer did not accept");
        assert!(!PlanState::Offered.can_become(PlanState::Active));
    }

    proptest! {
        #[test]
        fn parts_always_come_to_the_debt_and_only_the_last_is_larger(total in 1_i64..10_000_000, parts in 1_u32..60) {
            prop_assume!(total >= i64::from(parts));
            let total = Fen::new(total);
            let schedule = spread(total, parts, (day("2026-01-31"), MONTHLY)).expect("a plan");
            prop_assert_eq!(check_schedule(total, &schedule), Ok(()));
            let (last, others) = schedule.split_last().expect("parts");
            prop_assert!(others.iter().all(|one| one.amount == schedule[0].amount && last.amount >= one.amount));
            prop_assert!(last.amount.get() - schedule[0].amount.get() < i64::from(parts));
        }

        #[test]
        fn paying_more_never_makes_a_plan_stand_worse(paid in 0_i64..90_000, more in 0_i64..90_000, days in 0_u64..200) {
            let on = (day("2026-12-01") + chrono::Days::new(days)).to_string();
            let short = |paid| match stands(paid, (1, Some("2026-12-20")), &on) {
                Standing::Completed | Standing::Kept(_) => 0,
                Standing::Missed { short, .. } => short.get(),
                Standing::Defaulted => i64::MAX,
            };
            prop_assert!(short(paid + more) <= short(paid));
        }
    }
}
