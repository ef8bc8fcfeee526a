//! The month a home is handed over: who pays it, the developer or the owner (物业管理条例 41, local rules in domain.md 2.9).

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Fen, Period};

/// The rule of the region or contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandoverRule {
    /// The developer pays through the month of handover, the owner from the next month (Beijing 22, Shanghai 49).
    MonthAfter,
    /// Split by days: the owner pays from the day of handover, that day included (Hangzhou 55).
    DayOf,
}

impl HandoverRule {
    /// The name used on the command line and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MonthAfter => "month-after",
            Self::DayOf => "day-of",
        }
    }

    /// The rule of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        [Self::MonthAfter, Self::DayOf].into_iter().find(|rule| rule.as_str() == name)
    }
}

/// One month's fee, split at handover; the two always add up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct HandoverShares {
    /// What the owner pays.
    pub owner: Fen,
    /// What the developer pays.
    pub developer: Fen,
}

/// Splits the fee of `period` (already rounded to the fen) between developer and owner.
///
/// # Panics
/// Never for an amount of money: a part of it fits where the whole does.
#[must_use]
pub fn split_at_handover(month_fee: Fen, handover: NaiveDate, rule: HandoverRule, period: Period) -> HandoverShares {
    let handover_month = Period::of(handover);
    let owner = match rule {
        _before_handover if period < handover_month => Fen::ZERO,
        _after_handover if period > handover_month => month_fee,
        HandoverRule::MonthAfter => Fen::ZERO,
        HandoverRule::DayOf => part_of_month(month_fee, period.days() - handover.day() + 1, period),
    };
    HandoverShares { owner, developer: month_fee - owner }
}

/// The fee of some days of a month: fee x days / days of the month, rounded half-up.
///
/// # Panics
/// Never for days of that month: a part of an amount fits where the whole does.
#[must_use]
pub fn part_of_month(month_fee: Fen, days: u32, period: Period) -> Fen {
    let part = month_fee.to_yuan() * Decimal::from(days) / Decimal::from(period.days());
    Fen::round_half_up(part).expect("a part of an amount fits where the whole does")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(rule: HandoverRule, period: &str) -> (i64, i64) {
        let handover = "2025-03-18".parse().expect("a day");
        let period = Period::parse(period).expect("a month");
        let shares = split_at_handover(Fen::new(25_000), handover, rule, period);
        (shares.owner.get(), shares.developer.get())
    }

    #[test]
    fn w02_the_developer_pays_the_month_of_handover_and_the_owner_from_the_next() {
        assert_eq!(shares(HandoverRule::MonthAfter, "2025-02"), (0, 25_000));
        assert_eq!(shares(HandoverRule::MonthAfter, "2025-03"), (0, 25_000));
        let second_quarter = ["2025-04", "2025-05", "2025-06"].map(|month| shares(HandoverRule::MonthAfter, month).0);
        assert_eq!(second_quarter.iter().sum::<i64>(), 75_000);
    }

    #[test]
    fn w03_split_by_days_the_day_of_handover_is_the_owners() {
        assert_eq!(shares(HandoverRule::DayOf, "2025-02"), (0, 25_000));
        assert_eq!(shares(HandoverRule::DayOf, "2025-03"), (11_290, 13_710));
        assert_eq!(shares(HandoverRule::DayOf, "2025-04"), (25_000, 0));
    }
}
