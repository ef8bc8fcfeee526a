//! A fee by progressive tiers of the area (面积分段累进): the first 90 m² at one price, what is above at the next.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::explanation::MonthlyFee;
use crate::tariff::formula::{RoundingChoice, months_of};
use crate::{Area, Fen, UnitPrice};

/// Each part of an area at the price of its tier, for some months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandedFee {
    /// The area charged for.
    pub area: Area,
    /// The tiers, the lowest first; all of them, whichever the area reaches.
    pub tiers: Vec<Tier>,
    /// Added per month.
    pub fixed: UnitPrice,
    /// How many months.
    pub months: u32,
    /// Where the fen is rounded.
    pub rounding: RoundingChoice,
}

/// A tier: it begins where the one before ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Up to so much area; `None` for the top tier without an end.
    pub up_to: Option<Area>,
    /// Per m² and month.
    pub price: UnitPrice,
}

impl BandedFee {
    /// The amount; `None` when part of the area lies above all tiers, or the sum is beyond an amount.
    #[must_use]
    pub fn amount(&self) -> Option<Fen> {
        let mut month = self.fixed.to_decimal();
        for (part, price) in self.parts()? {
            month = month.checked_add(part.checked_mul(price.to_decimal())?)?;
        }
        months_of(month, self.months, self.rounding)
    }

    /// One month of it as a sum that is fixed, for whoever pays some days of the month; `None` for more months, or without an amount.
    pub(super) fn as_fixed(&self) -> Option<MonthlyFee> {
        let month = self.amount().filter(|_| self.months == 1)?;
        let fixed = UnitPrice::try_new(month.to_yuan()).ok()?;
        Some(MonthlyFee { area: None, price: None, fixed, months: 1, rounding: self.rounding })
    }

    /// The parts of the area with their prices, those it reaches; `None` when some of it lies above all tiers.
    fn parts(&self) -> Option<Vec<(Decimal, UnitPrice)>> {
        let (area, mut done) = (self.area.to_decimal(), Decimal::ZERO);
        let mut parts = Vec::new();
        for tier in &self.tiers {
            if done == area {
                break;
            }
            let end = tier.up_to.map_or(area, |up_to| up_to.to_decimal().min(area));
            if end < done {
                return None;
            }
            parts.push((end - done, tier.price));
            done = end;
        }
        (done == area).then_some(parts)
    }

    /// `(90 ㎡ × 1.5 元 + 20 ㎡ × 2 元) × 1 月`
    pub(super) fn formula(&self) -> String {
        let by_area = self
            .parts()
            .unwrap_or_default()
            .into_iter()
            .map(|(part, price)| format!("{} ㎡ × {price} 元", part.normalize()));
        let fixed = (self.fixed.stored() > 0).then(|| format!("{} 元", self.fixed));
        let parts: Vec<String> = by_area.chain(fixed).collect();
        format!("({}) × {} 月", parts.join(" + "), self.months)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn price(text: &str) -> UnitPrice {
        UnitPrice::parse(text).expect("a price")
    }

    fn fee(area: &str, tiers: &[(Option<&str>, &str)]) -> BandedFee {
        let tier = |(up_to, each): &(Option<&str>, &str)| Tier {
            up_to: up_to.and_then(|area| Area::parse(area).ok()),
            price: price(each),
        };
        BandedFee {
            area: Area::parse(area).expect("an area"),
            tiers: tiers.iter().map(tier).collect(),
            fixed: UnitPrice::from_stored(0),
            months: 1,
            rounding: RoundingChoice::MonthFirst,
        }
    }

    const TIERS: [(Option<&str>, &str); 3] = [(Some("90"), "1.50"), (Some("144"), "2.00"), (None, "3.00")];

    #[test]
    fn each_part_of_the_area_has_the_price_of_its_tier() {
        assert_eq!(fee("90", &TIERS).amount(), Some(Fen::new(13_500)));
        let larger = fee("110", &TIERS);
        assert_eq!(
            (larger.amount(), larger.formula()),
            (Some(Fen::new(17_500)), "(90 ㎡ × 1.5 元 + 20 ㎡ × 2 元) × 1 月".to_owned())
        );
        assert_eq!(fee("150", &TIERS).amount(), Some(Fen::new(13_500 + 10_800 + 1_800)));
    }

    #[test]
    fn an_area_above_all_tiers_comes_to_nothing_and_is_not_billed() {
        assert_eq!(fee("110", &TIERS[..1]).amount(), None);
        assert_eq!(fee("110", &[]).amount(), None);
        assert_eq!(
            fee("200", &[(Some("90"), "1"), (Some("80"), "2"), (None, "3")]).amount(),
            None,
            "tiers out of order"
        );
    }

    #[test]
    fn some_days_of_a_month_in_tiers_are_days_of_what_the_month_comes_to() {
        use crate::billing::Explanation;
        use crate::billing::explanation::Calculation;
        let of = |days, rest| {
            let calculation = Calculation::Banded(fee("110", &TIERS));
            let whole = Explanation { calculation, basis: "第八条".to_owned() };
            whole.for_days((days, 31), rest).amount()
        };
        assert_eq!((of(14, false), of(17, true)), (Some(Fen::new(7_903)), Some(Fen::new(17_500 - 7_903))));
    }

    proptest! {
        #[test]
        fn one_price_in_all_tiers_is_area_times_price(area in 1_i64..5_000_000, at in 1_i64..5_000_000, each in 1_i64..9_000_000) {
            let each = UnitPrice::from_stored(each);
            let banded = BandedFee {
                area: Area::from_stored(area),
                tiers: vec![Tier { up_to: Some(Area::from_stored(at)), price: each }, Tier { up_to: None, price: each }],
                fixed: UnitPrice::from_stored(0),
                months: 3,
                rounding: RoundingChoice::TotalFirst,
            };
            let flat = crate::tariff::formula::area_times_price(banded.area, each, 3, RoundingChoice::TotalFirst);
            prop_assert_eq!(banded.amount(), flat.ok());
        }
    }
}
