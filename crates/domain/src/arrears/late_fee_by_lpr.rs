//! Late fee in segments of the one-year LPR (F3): what courts award where a clause is too high or missing.
//!
//! fee = sum of open principal x rate of the segment x multiple x days / base, rounded once at the end. A segment ends where
//! the rate changes or a payment lowers the balance; neighbours with the same rate and base are one.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    late_fee::{Run, day_after, round_and_cap, runs},
    late_fee_rule::{LateFeeStart, LprRate},
    lpr::LprTable,
    pause::{DayRange, paused_days},
};
use crate::Fen;

/// Days of a year in the division: a setting, since both are in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayBasis {
    /// 365 days.
    #[default]
    Days365,
    /// 360 days.
    Days360,
}

impl DayBasis {
    /// The divisor.
    #[must_use]
    pub const fn days(self) -> i64 {
        match self {
            Self::Days365 => 365,
            Self::Days360 => 360,
        }
    }
}

/// How to compute: multiple of the one-year LPR, division, grace and cap as in a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LprTerms {
    /// How many times the LPR, such as 1.0 or 1.3.
    pub multiple: Decimal,
    /// The divisor.
    pub basis: DayBasis,
    /// Days after the due date within which a payment bears no fee.
    pub grace_days: u32,
    /// The fee is at most this many times the overdue principal; `None` for no cap.
    pub cap_ratio: Option<Decimal>,
}

/// Days in a row with one rate and one base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LprSegment {
    /// First day counted.
    pub from: NaiveDate,
    /// Last day counted.
    pub to: NaiveDate,
    /// Days counted, both ends.
    pub days: i64,
    /// The one-year LPR in percent a year.
    pub lpr_percent: Decimal,
    /// LPR times the multiple, as a fraction a year: `0.031`.
    pub rate: Decimal,
    /// The principal open on these days.
    pub base: Fen,
    /// The fee of these days in yuan, not rounded.
    pub amount: Decimal,
}

/// A late fee by LPR segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LprLateFee {
    /// The fee, rounded once.
    pub amount: Fen,
    /// True when days after the last known publication are counted.
    pub tentative: bool,
    /// True when the cap was reached.
    pub capped: bool,
    /// The segments, ascending.
    pub segments: Vec<LprSegment>,
}

/// Why a fee by LPR cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LprLateFeeError {
    /// Some days to count lie before the first LPR.
    #[error("{from} lies before the first LPR of {first}: compute the days before it by the contract's rate")]
    BeforeFirstRate {
        /// The first day to count.
        from: NaiveDate,
        /// The first day with a rate.
        first: NaiveDate,
    },
    /// The numbers are beyond what an exact decimal holds.
    #[error("the multiple {multiple} is beyond what can be computed: give one such as 1.3")]
    TooLarge {
        /// The multiple given.
        multiple: Decimal,
    },
}

/// The fee on one charge; `payments` as for [`super::late_fee::late_fee`].
///
/// # Errors
/// [`LprLateFeeError`] for days without a rate and for absurd multiples.
pub fn late_fee_by_lpr(
    table: &LprTable,
    terms: &LprTerms,
    principal: Fen,
    due_on: NaiveDate,
    payments: &[(NaiveDate, Fen)],
    as_of: NaiveDate,
) -> Result<LprLateFee, LprLateFeeError> {
    let runs = runs(principal, due_on, (terms.grace_days, LateFeeStart::AfterDue), payments, as_of);
    let mut segments: Vec<LprSegment> = Vec::new();
    for run in &runs {
        split_by_rate(table, terms, *run, &mut segments)?;
    }
    let too_large = || LprLateFeeError::TooLarge { multiple: terms.multiple };
    let year_amounts = segments.iter().map(|segment| year_amount(segment).ok_or_else(too_large));
    let sum = year_amounts.sum::<Result<Decimal, _>>()?;
    let (amount, capped) = round_and_cap(sum / Decimal::from(terms.basis.days()), terms.cap_ratio, &runs);
    let tentative = segments.last().is_some_and(|last| last.to > table.last_day());
    Ok(LprLateFee { amount, tentative, capped, segments })
}

/// The fee of a clause by LPR in yuan, not rounded: days that are paused, or lie before the first rate, bear nothing.
pub(super) fn yuan_by_lpr(rate: &LprRate, runs: &[Run], paused: &[DayRange]) -> Decimal {
    let mut years = Decimal::ZERO;
    for run in runs {
        let mut from = run.from.max(rate.table.first_day());
        while from <= run.to {
            let next = rate.table.find_next_publication(from).filter(|next| *next <= run.to);
            let to = next.and_then(|next| next.pred_opt()).unwrap_or(run.to);
            let days = (to - from).num_days() + 1 - paused_days(paused, from, to);
            let percent = rate.table.find_percent(from).unwrap_or_default() * rate.multiple;
            years += run.base.to_yuan() * percent / Decimal::ONE_HUNDRED * Decimal::from(days);
            from = day_after(to);
        }
    }
    years / Decimal::from(rate.basis.days())
}

/// Appends the segments of a run, joining the first to the last one before it when rate and base agree.
fn split_by_rate(
    table: &LprTable,
    terms: &LprTerms,
    run: Run,
    segments: &mut Vec<LprSegment>,
) -> Result<(), LprLateFeeError> {
    let mut from = run.from;
    while from <= run.to {
        let first = table.first_day();
        let lpr_percent = table.find_percent(from).ok_or(LprLateFeeError::BeforeFirstRate { from, first })?;
        let next = table.find_next_publication(from).filter(|next| *next <= run.to);
        let to = next.and_then(|next| next.pred_opt()).unwrap_or(run.to);
        let neighbour = segments.last_mut().filter(|last| last.lpr_percent == lpr_percent && last.base == run.base);
        match neighbour {
            Some(last) => extend(last, to, terms)?,
            None => segments.push(segment(Run { from, to, base: run.base }, lpr_percent, terms)?),
        }
        from = day_after(to);
    }
    Ok(())
}

fn extend(last: &mut LprSegment, to: NaiveDate, terms: &LprTerms) -> Result<(), LprLateFeeError> {
    *last = segment(Run { from: last.from, to, base: last.base }, last.lpr_percent, terms)?;
    Ok(())
}

fn segment(run: Run, lpr_percent: Decimal, terms: &LprTerms) -> Result<LprSegment, LprLateFeeError> {
    let too_large = LprLateFeeError::TooLarge { multiple: terms.multiple };
    let rate = lpr_percent.checked_mul(terms.multiple).map(|rate| (rate / Decimal::ONE_HUNDRED).normalize());
    let rate = rate.ok_or(too_large.clone())?;
    let (from, to, base, days) = (run.from, run.to, run.base, run.days());
    let mut segment = LprSegment { from, to, days, lpr_percent, rate, base, amount: Decimal::ZERO };
    segment.amount = year_amount(&segment).ok_or(too_large)? / Decimal::from(terms.basis.days());
    Ok(segment)
}

/// Base x rate x days, still to be divided by the days of a year.
fn year_amount(segment: &LprSegment) -> Option<Decimal> {
    segment.base.to_yuan().checked_mul(segment.rate)?.checked_mul(Decimal::from(segment.days))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn terms(multiple: Decimal) -> LprTerms {
        LprTerms { multiple, basis: DayBasis::Days365, grace_days: 0, cap_ratio: Some(Decimal::ONE) }
    }

    fn fee(due: &str, payments: &[(&str, i64)], as_of: &str) -> LprLateFee {
        let payments: Vec<_> = payments.iter().map(|(on, fen)| (day(on), Fen::new(*fen))).collect();
        let (principal, table) = (Fen::new(1_000_000), LprTable::published());
        late_fee_by_lpr(table, &terms(Decimal::ONE), principal, day(due), &payments, day(as_of)).expect("a fee")
    }

    fn shape(fee: &LprLateFee) -> Vec<(String, String, i64, i64)> {
        let shape = |s: &LprSegment| (s.from.to_string(), s.to.to_string(), s.days, s.base.get());
        fee.segments.iter().map(shape).collect()
    }

    #[test]
    fn months_with_the_same_rate_are_one_segment_and_a_new_rate_counts_from_its_day() {
        let fee = fee("2025-03-31", &[], "2025-06-30");
        let first = ("2025-04-01".to_owned(), "2025-05-19".to_owned(), 49, 1_000_000);
        let second = ("2025-05-20".to_owned(), "2025-06-30".to_owned(), 42, 1_000_000);
        assert_eq!(shape(&fee), [first, second]);
        // (10,000 x 3.10 % x 49 + 10,000 x 3.00 % x 42) / 365 = 76.1369...
        assert_eq!((fee.amount, fee.tentative), (Fen::new(7_614), false));
    }

    #[test]
    fn a_payment_splits_a_segment_and_full_payment_ends_it() {
        let fee = fee("2025-06-30", &[("2025-07-10", 400_000), ("2025-07-20", 600_000)], "2025-12-31");
        let first = ("2025-07-01".to_owned(), "2025-07-10".to_owned(), 10, 1_000_000);
        let second = ("2025-07-11".to_owned(), "2025-07-20".to_owned(), 10, 600_000);
        assert_eq!(shape(&fee), [first, second]);
        assert!(!fee.tentative);
        assert_eq!(fee.amount, Fen::new(1_315));
    }

    #[test]
    fn w09_the_loss_of_a_year_over_four_rates_is_what_the_thirty_percent_line_is_drawn_from() {
        let (table, principal) = (LprTable::published(), Fen::new(972_000));
        let (due, as_of) = (day("2024-06-30"), day("2025-06-30"));
        let of = |terms| late_fee_by_lpr(table, &terms, principal, due, &[], as_of).expect("a fee");
        let loss = of(terms(Decimal::ONE));
        assert_eq!((loss.amount, loss.segments.len()), (Fen::new(30_822), 4));
        assert_eq!(of(terms(Decimal::new(13, 1))).amount, Fen::new(40_068));
    }

    #[test]
    fn days_after_the_last_known_rate_are_tentative_and_days_before_the_first_are_refused() {
        assert!(fee("2025-06-30", &[], "2025-12-31").tentative);
        let early = late_fee_by_lpr(
            LprTable::published(),
            &terms(Decimal::ONE),
            Fen::new(100),
            day("2019-08-01"),
            &[],
            day("2019-12-31"),
        );
        assert_eq!(
            early.expect_err("a refusal"),
            LprLateFeeError::BeforeFirstRate { from: day("2019-08-02"), first: day("2019-08-20") }
        );
    }

    #[test]
    fn a_year_of_360_days_bears_more() {
        let terms = LprTerms { basis: DayBasis::Days360, ..terms(Decimal::new(13, 1)) };
        let fee = late_fee_by_lpr(
            LprTable::published(),
            &terms,
            Fen::new(1_000_000),
            day("2025-06-30"),
            &[],
            day("2025-07-20"),
        )
        .expect("a fee");
        // 10,000 x 3.00 % x 1.3 x 20 / 360
        assert_eq!(fee.amount, Fen::new(2_167));
        assert_eq!(fee.segments[0].rate, Decimal::new(39, 3));
    }
}
