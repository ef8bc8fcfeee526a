//! Some days of a month's fee, where a home is handed over inside the month and the rule splits it by days (Hangzhou 55).

use serde::{Deserialize, Serialize};

use super::explanation::MonthlyFee;
use crate::Fen;

/// A part of one month's fee. The one part is rounded, the other is what is left, so that both add up to the month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaysOfMonth {
    /// The fee of the whole month.
    pub month: MonthlyFee,
    /// Days charged for.
    pub days: u32,
    /// Days of the month.
    pub of: u32,
    /// Whether this is what the other payer's days leave.
    pub rest: bool,
}

impl DaysOfMonth {
    /// The amount; `None` when a factor is missing, or the days are none of one month.
    #[must_use]
    pub fn amount(&self) -> Option<Fen> {
        let month = self.month.amount().filter(|_| self.month.months == 1)?;
        if self.days > self.of || !(28..=31).contains(&self.of) {
            return None;
        }
        let part = |days: u32| {
            let part = month.to_yuan().checked_mul(days.into())? / rust_decimal::Decimal::from(self.of);
            Fen::round_half_up(part)
        };
        if self.rest { part(self.of - self.days).map(|other| month - other) } else { part(self.days) }
    }

    pub(super) fn formula(&self) -> String {
        format!("{} × {}/{} 天", self.month.formula(), self.days, self.of)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tariff::formula::RoundingChoice;
    use crate::{Area, UnitPrice};

    fn fee(area: &str, days: u32, rest: bool) -> DaysOfMonth {
        let month = MonthlyFee {
            area: Area::parse(area).ok(),
            price: UnitPrice::parse("2.50").ok(),
            fixed: UnitPrice::from_stored(0),
            months: 1,
            rounding: RoundingChoice::MonthFirst,
        };
        DaysOfMonth { month, days, of: 31, rest }
    }

    #[test]
    fn w03_fourteen_of_thirty_one_days_and_the_rest() {
        assert_eq!(fee("100", 14, false).amount(), Some(Fen::new(11_290)));
        assert_eq!(fee("100", 17, true).amount(), Some(Fen::new(13_710)));
        assert_eq!(fee("100", 14, false).formula(), "100 ㎡ × 2.5 元 × 1 月 × 14/31 天");
        assert_eq!(fee("100", 32, false).amount(), None);
    }

    proptest! {
        #[test]
        fn both_parts_add_up_to_the_month(area in 1_u32..50_000, days in 0_u32..=31) {
            let area = format!("{}.{:02}", area / 100, area % 100);
            let (owner, developer) = (fee(&area, days, false), fee(&area, 31 - days, true));
            let month = owner.month.amount().expect("an amount");
            prop_assert_eq!(owner.amount().expect("a part") + developer.amount().expect("a part"), month);
        }
    }
}
