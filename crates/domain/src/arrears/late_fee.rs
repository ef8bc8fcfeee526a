//! Late fee (违约金) as of a date: a pure calculation, the same on list, letter, page and receipt.
//!
//! It exists only where the contract has a clause (民法典 585); its rules (domain.md 3.8):
//! - The due day is not counted, the as-of day is. A payment ends a run: the day it arrives still counts on the old balance,
//!   the day after on what is left. So the fee up to a payment and the fee after it add up, no day twice and none lost.
//! - Grace days (宽限期): whatever is paid within them bears no fee; what is still open when they end bears it from the due
//!   date on, as the usual clause says (逾期超过N日的,自逾期之日起计算), or from the end of the grace, where the clause says that.
//! - Paused days ([`super::pause`]: hardship, death...) bear no fee; the balance moves on all the same.
//! - Simple, never compound; rounded once, at the end, per charge; at most `cap_ratio` times the principal that was overdue.
//! - Guards (F4) set flags, they never cut a calculation.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde::Serialize;

use super::age::overdue_days;
use super::late_fee_by_lpr::yuan_by_lpr;
pub use super::late_fee_rule::{LateFeeClause, LateFeeRate, LateFeeStart};
use super::lpr::LprTable;
use super::pause::{DayRange, paused_days};
use crate::Fen;

/// What someone who claims the fee should know about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LateFeeFlag {
    /// The grace days are not over yet.
    WithinGrace,
    /// The cap of the clause was reached.
    Capped,
    /// Over 1.3 times the one-year LPR: a court is likely to reduce it if asked (合同编通则解释 65).
    LikelyReduced,
    /// Over four times the one-year LPR.
    AboveFourLpr,
    /// Over 24 % a year: not claimed unless counsel decides otherwise.
    Above24Percent,
}

/// A late fee as of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateFee {
    /// Days overdue, grace days included; 0 up to the due date.
    pub days: i64,
    /// The fee.
    pub amount: Fen,
    /// What it comes to a year on that day, as a fraction: `0.1095` is 10.95 % a year.
    pub annual_rate: Decimal,
    /// What to know about it.
    pub flags: Vec<LateFeeFlag>,
}

/// Days in a row on which the same principal was open; both ends are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
    pub(super) base: Fen,
}

impl Run {
    pub(super) fn days(&self) -> i64 {
        (self.to - self.from).num_days() + 1
    }
}

/// The fee on one charge (F1, F2). `payments` are what was paid on its principal, in any order; those after `as_of` have not
/// happened yet. A balance below zero bears nothing, nor does a day in `paused`.
///
/// # Panics
/// When principal, rate and days multiply beyond 28 digits, which no charge does.
#[must_use]
pub fn late_fee(
    clause: &LateFeeClause,
    principal: Fen,
    due_on: NaiveDate,
    payments: &[(NaiveDate, Fen)],
    paused: &[DayRange],
    as_of: NaiveDate,
) -> LateFee {
    let (amount, capped) = amount_and_cap(clause, principal, due_on, payments, paused, as_of);
    let annual_rate = clause.rate.annual(as_of);
    let mut flags = Vec::new();
    let within_grace = as_of > due_on && as_of <= end_of_grace(due_on, clause.grace_days);
    flags.extend(within_grace.then_some(LateFeeFlag::WithinGrace));
    flags.extend(capped.then_some(LateFeeFlag::Capped));
    flags.extend(guards(annual_rate, LprTable::published().find_percent(as_of)));
    LateFee { days: overdue_days(due_on, as_of), amount, annual_rate, flags }
}

/// The amount of [`late_fee`] alone: a list of thousands of charges shows no more of it.
///
/// # Panics
/// As [`late_fee`] does.
#[must_use]
pub fn late_fee_amount(
    clause: &LateFeeClause,
    principal: Fen,
    due_on: NaiveDate,
    payments: &[(NaiveDate, Fen)],
    paused: &[DayRange],
    as_of: NaiveDate,
) -> Fen {
    amount_and_cap(clause, principal, due_on, payments, paused, as_of).0
}

fn amount_and_cap(
    clause: &LateFeeClause,
    principal: Fen,
    due_on: NaiveDate,
    payments: &[(NaiveDate, Fen)],
    paused: &[DayRange],
    as_of: NaiveDate,
) -> (Fen, bool) {
    let runs = runs(principal, due_on, (clause.grace_days, clause.starts), payments, as_of);
    let raw = match &clause.rate {
        LateFeeRate::Daily(rate) => {
            let days = |run: &Run| run.days() - paused_days(paused, run.from, run.to);
            let fen_days: i128 = runs.iter().map(|run| i128::from(run.base.get()) * i128::from(days(run))).sum();
            Decimal::from(fen_days) * rate.to_decimal() / Decimal::ONE_HUNDRED
        }
        LateFeeRate::Lpr(lpr) => yuan_by_lpr(lpr, &runs, paused),
    };
    round_and_cap(raw, clause.cap_ratio, &runs)
}

/// The guards of F4 for an annual rate (a fraction) beside the one-year LPR (percent), where one is known.
pub fn guards(annual_rate: Decimal, lpr_percent: Option<Decimal>) -> impl Iterator<Item = LateFeeFlag> {
    let percent = annual_rate * Decimal::ONE_HUNDRED;
    let above = move |times: Decimal| lpr_percent.is_some_and(|lpr| percent > lpr * times);
    [
        (above(Decimal::new(13, 1)), LateFeeFlag::LikelyReduced),
        (above(Decimal::from(4)), LateFeeFlag::AboveFourLpr),
        (percent > Decimal::from(24), LateFeeFlag::Above24Percent),
    ]
    .into_iter()
    .filter_map(|(set, flag)| set.then_some(flag))
}

/// Rounds once and applies the cap; says whether the cap was reached.
pub(super) fn round_and_cap(raw_yuan: Decimal, cap_ratio: Option<Decimal>, runs: &[Run]) -> (Fen, bool) {
    let round = |yuan| Fen::round_half_up(yuan).expect("a late fee stays far below 92 trillion yuan");
    let overdue = runs.iter().map(|run| run.base).max().unwrap_or(Fen::ZERO);
    let amount = round(raw_yuan);
    match cap_ratio.map(|ratio| round(overdue.to_yuan() * ratio)) {
        Some(cap) if amount > cap => (cap, true),
        Some(_) | None => (amount, false),
    }
}

fn end_of_grace(due_on: NaiveDate, grace_days: u32) -> NaiveDate {
    due_on.checked_add_days(Days::new(grace_days.into())).unwrap_or(NaiveDate::MAX)
}

/// The overdue days of a charge, split where a payment lowered its balance.
pub(super) fn runs(
    principal: Fen,
    due_on: NaiveDate,
    (grace_days, starts): (u32, LateFeeStart),
    payments: &[(NaiveDate, Fen)],
    as_of: NaiveDate,
) -> Vec<Run> {
    let grace_end = end_of_grace(due_on, grace_days);
    if as_of <= grace_end {
        return Vec::new();
    }
    let in_time: Fen = payments.iter().filter(|(paid_on, _)| *paid_on <= grace_end).map(|(_, amount)| amount).sum();
    let mut late: Vec<(NaiveDate, Fen)> =
        payments.iter().copied().filter(|(paid_on, _)| *paid_on > grace_end && *paid_on < as_of).collect();
    late.sort_by_key(|(paid_on, _)| *paid_on);
    late.push((as_of, Fen::ZERO));
    let free_to = match starts {
        LateFeeStart::AfterDue => due_on,
        LateFeeStart::AfterGrace => grace_end,
    };
    let (mut base, mut last_counted) = (principal - in_time, free_to);
    let mut runs = Vec::with_capacity(late.len());
    for (paid_on, amount) in late {
        if base.is_positive() && paid_on > last_counted {
            runs.push(Run { from: day_after(last_counted), to: paid_on, base });
        }
        last_counted = paid_on;
        base -= amount;
    }
    runs
}

pub(super) fn day_after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::DailyRate;
    use crate::arrears::late_fee_rule::{DayBasis, LprRate};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn clause(rate: &str) -> LateFeeClause {
        let rate = LateFeeRate::Daily(DailyRate::parse(rate).expect("a rate"));
        LateFeeClause { rate, grace_days: 0, starts: LateFeeStart::AfterDue, cap_ratio: Some(Decimal::ONE) }
    }

    fn fee(clause: &LateFeeClause, due: &str, payments: &[(&str, i64)], as_of: &str) -> LateFee {
        let payments: Vec<_> = payments.iter().map(|(on, fen)| (day(on), Fen::new(*fen))).collect();
        late_fee(clause, Fen::new(81_000), day(due), &payments, &[], day(as_of))
    }

    #[test]
    fn w05_each_bill_is_rounded_by_itself() {
        let bills = [("2025-03-31", 275, 6_683), ("2025-06-30", 184, 4_471), ("2025-09-30", 92, 2_236)];
        for (due, days, fen) in bills {
            let fee = fee(&clause("0.0003"), due, &[], "2025-12-31");
            assert_eq!((fee.days, fee.amount), (days, Fen::new(fen)), "{due}");
        }
    }

    #[test]
    fn w06_the_fee_ends_at_the_principal() {
        let capped = fee(&clause("0.003"), "2024-01-31", &[], "2025-12-31");
        assert_eq!((capped.days, capped.amount), (700, Fen::new(81_000)));
        assert!(capped.flags.contains(&LateFeeFlag::Capped));
        let open = LateFeeClause { cap_ratio: None, ..clause("0.003") };
        assert_eq!(fee(&open, "2024-01-31", &[], "2025-12-31").amount, Fen::new(170_100));
    }

    #[test]
    fn w09_a_rate_far_above_the_lpr_is_flagged_and_not_cut() {
        let fee = late_fee(&clause("0.0005"), Fen::new(972_000), day("2024-12-31"), &[], &[], day("2025-12-31"));
        assert_eq!((fee.amount, fee.annual_rate), (Fen::new(177_390), Decimal::new(1825, 4)));
        assert_eq!(fee.flags, [LateFeeFlag::LikelyReduced, LateFeeFlag::AboveFourLpr]);
        let mild = late_fee(&clause("0.0001"), Fen::new(972_000), day("2024-12-31"), &[], &[], day("2025-12-31"));
        assert_eq!(mild.flags, []);
    }

    #[test]
    fn w32_the_added_part_of_delayed_performance_is_a_rate_like_any_other() {
        let doubled = LateFeeClause { cap_ratio: None, ..clause("0.000175") };
        let fee = late_fee(&doubled, Fen::new(1_000_000), day("2025-01-01"), &[], &[], day("2025-04-11"));
        assert_eq!((fee.days, fee.amount), (100, Fen::new(17_500)));
    }

    #[test]
    fn a_part_payment_lowers_the_base_from_the_next_day() {
        let rate = clause("0.001");
        let whole = fee(&rate, "2025-01-31", &[("2025-02-10", 31_000), ("2025-03-01", 50_000)], "2025-12-31");
        // 810.00 x 10 days + 500.00 x 19 days at 0.1 %.
        assert_eq!(whole.amount, Fen::new(810 + 950));
        let until_payment = fee(&rate, "2025-01-31", &[("2025-02-10", 31_000)], "2025-02-10");
        assert_eq!(until_payment.amount, fee(&rate, "2025-01-31", &[], "2025-02-10").amount);
    }

    #[test]
    fn what_is_paid_within_grace_bears_no_fee_and_the_rest_bears_it_from_the_due_date() {
        let rate = LateFeeClause { grace_days: 15, ..clause("0.001") };
        let inside = fee(&rate, "2025-01-31", &[], "2025-02-15");
        assert_eq!((inside.days, inside.amount), (15, Fen::ZERO));
        assert!(inside.flags.contains(&LateFeeFlag::WithinGrace));
        assert_eq!(fee(&rate, "2025-01-31", &[], "2025-02-16").amount, Fen::new(1_296));
        assert_eq!(fee(&rate, "2025-01-31", &[("2025-02-15", 81_000)], "2025-06-30").amount, Fen::ZERO);
        assert_eq!(fee(&rate, "2025-01-31", &[("2025-02-15", 31_000)], "2025-02-20").amount, Fen::new(1_000));
    }

    #[test]
    fn nothing_is_due_on_the_due_day_and_later_payments_have_not_happened_yet() {
        let rate = clause("0.001");
        assert_eq!(fee(&rate, "2025-01-31", &[], "2025-01-31").amount, Fen::ZERO);
        assert_eq!(fee(&rate, "2025-01-31", &[], "2025-01-01").days, 0);
        let early = fee(&rate, "2025-01-31", &[("2025-03-01", 81_000)], "2025-02-10");
        assert_eq!(early.amount, Fen::new(810));
    }

    #[test]
    fn paused_days_bear_no_fee_and_the_balance_moves_on_meanwhile() {
        let rate = clause("0.001");
        let paused = |payments: &[(NaiveDate, Fen)], as_of: &str| {
            let hardship = DayRange { from: day("2025-02-06"), to: day("2025-02-20") };
            late_fee(&rate, Fen::new(81_000), day("2025-01-31"), payments, &[hardship], day(as_of)).amount
        };
        assert_eq!(paused(&[], "2025-02-05"), Fen::new(405));
        assert_eq!(paused(&[], "2025-02-20"), Fen::new(405), "it stands still");
        assert_eq!(paused(&[], "2025-02-21"), Fen::new(486), "and goes on, nothing made up for");
        let paid = [(day("2025-02-10"), Fen::new(31_000))];
        assert_eq!(paused(&paid, "2025-02-21"), Fen::new(405 + 50), "on what is left by then");
    }

    #[test]
    fn a_fee_that_runs_from_the_end_of_the_grace_leaves_the_grace_out() {
        let rate = LateFeeClause { grace_days: 15, starts: LateFeeStart::AfterGrace, ..clause("0.001") };
        assert_eq!(fee(&rate, "2025-01-31", &[], "2025-02-15").amount, Fen::ZERO);
        assert_eq!(fee(&rate, "2025-01-31", &[], "2025-02-16").amount, Fen::new(81), "one day");
        let paid = fee(&rate, "2025-01-31", &[("2025-02-20", 31_000)], "2025-02-25");
        assert_eq!(paid.amount, Fen::new(405 + 250), "five days on all of it, five on the rest");
    }

    #[test]
    fn a_clause_by_lpr_follows_payments_and_pauses_like_any_other() {
        let by = |multiple| LateFeeClause {
            rate: LateFeeRate::Lpr(LprRate::published(multiple, DayBasis::Days365)),
            ..clause("0")
        };
        let once = by(Decimal::ONE);
        let whole = fee(&once, "2025-03-31", &[], "2025-06-30");
        // 810.00 x (3.10 % x 49 + 3.00 % x 42) / 365 = 6.1671...
        assert_eq!((whole.amount, whole.annual_rate), (Fen::new(617), Decimal::new(3, 2)));
        assert_eq!(whole.flags, []);
        let double = fee(&by(Decimal::TWO), "2025-03-31", &[], "2025-06-30");
        assert_eq!((double.amount, double.flags), (Fen::new(1_233), vec![LateFeeFlag::LikelyReduced]));
        assert_eq!(fee(&once, "2025-03-31", &[("2025-05-19", 81_000)], "2025-06-30").amount, Fen::new(337));
        let hold = DayRange { from: day("2025-04-01"), to: day("2025-05-19") };
        let paused = late_fee(&once, Fen::new(81_000), day("2025-03-31"), &[], &[hold], day("2025-06-30"));
        assert_eq!(paused.amount, Fen::new(280));
        assert_eq!(fee(&once, "2019-08-01", &[], "2019-08-19").amount, Fen::ZERO, "there was no LPR yet");
    }

    proptest! {
        #[test]
        fn a_clause_by_lpr_is_what_the_segments_add_up_to(
            paid in prop::collection::vec((0_u64..900, 1_i64..20_000), 0..5), tenths in 1_i64..40
        ) {
            use crate::arrears::late_fee_by_lpr::{LprTerms, late_fee_by_lpr};
            let (due, as_of, multiple) = (day("2023-05-31"), day("2025-12-31"), Decimal::new(tenths, 1));
            let payments: Vec<_> = paid.iter().map(|(after, fen)| (due + Days::new(*after), Fen::new(*fen))).collect();
            let terms = LprTerms { multiple, basis: DayBasis::Days365, grace_days: 0, cap_ratio: None };
            let segments = late_fee_by_lpr(LprTable::published(), &terms, Fen::new(81_000), due, &payments, as_of);
            let rate = LateFeeRate::Lpr(LprRate::published(multiple, DayBasis::Days365));
            let clause = LateFeeClause { rate, cap_ratio: None, ..clause("0") };
            let whole = late_fee_amount(&clause, Fen::new(81_000), due, &payments, &[], as_of);
            prop_assert_eq!(segments.map(|fee| fee.amount).ok(), Some(whole));
        }

        #[test]
        fn the_order_of_payments_is_irrelevant_and_paying_never_raises_the_fee(
            paid in prop::collection::vec((0_u64..400, 1_i64..20_000), 0..6)
        ) {
            let rate = LateFeeClause { cap_ratio: None, ..clause("0.0005") };
            let due = day("2025-01-31");
            let mut payments: Vec<_> =
                paid.iter().map(|(after, fen)| (due + Days::new(*after), Fen::new(*fen))).collect();
            let fee = late_fee(&rate, Fen::new(81_000), due, &payments, &[], day("2025-12-31"));
            payments.reverse();
            prop_assert_eq!(&fee, &late_fee(&rate, Fen::new(81_000), due, &payments, &[], day("2025-12-31")));
            prop_assert!(fee.amount <= late_fee(&rate, Fen::new(81_000), due, &[], &[], day("2025-12-31")).amount);
            prop_assert!(fee.amount >= Fen::ZERO);
        }
    }
}
