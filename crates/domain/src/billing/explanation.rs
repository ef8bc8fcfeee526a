//! Why a charge is what it is: [`Explanation`], stored with the charge, printed on the bill, recomputed by `hemu verify`.
//!
//! There is one [`Calculation`] for each way of charging. Each holds all its factors, so that the amount follows from the
//! explanation alone, years after a price or an area has changed.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::banded::BandedFee;
use super::days::DaysOfMonth;
use super::metered::MeteredFee;
use super::one_off::OneOffFee;
use super::shared::SharedCost;
use crate::tariff::formula::RoundingChoice;
use crate::{Area, Fen, UnitPrice};

/// How an amount came to be. Read aloud it is the owner's answer to "why so much?".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// What was computed, with its factors.
    pub calculation: Calculation,
    /// The clause, price list or order it rests on, for people.
    pub basis: String,
}

/// A way of charging, with its factors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calculation {
    /// So much a month.
    Monthly(MonthlyFee),
    /// So much a month, each part of the area at the price of its tier.
    Banded(BandedFee),
    /// So much once.
    OneOff(OneOffFee),
    /// Some days of a month.
    Days(DaysOfMonth),
    /// A share of a cost.
    Shared(SharedCost),
    /// What a meter counted.
    Metered(MeteredFee),
}

/// Area × price + surcharge, for some months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthlyFee {
    /// The area charged for; `None` for a fixed fee.
    pub area: Option<Area>,
    /// Per m² and month, with an area.
    pub price: Option<UnitPrice>,
    /// Added per month; the whole of a fixed fee.
    pub fixed: UnitPrice,
    /// How many months.
    pub months: u32,
    /// Where the fen is rounded.
    pub rounding: RoundingChoice,
}

impl Explanation {
    /// Of a monthly fee.
    #[must_use]
    pub const fn monthly(fee: MonthlyFee, basis: String) -> Self {
        Self { calculation: Calculation::Monthly(fee), basis }
    }

    /// The factors of a monthly fee.
    #[must_use]
    pub const fn as_monthly(&self) -> Option<&MonthlyFee> {
        match &self.calculation {
            Calculation::Monthly(fee) => Some(fee),
            Calculation::Banded(_)
            | Calculation::OneOff(_)
            | Calculation::Days(_)
            | Calculation::Shared(_)
            | Calculation::Metered(_) => None,
        }
    }

    /// The same fee for some days of its month; `rest` for what the other payer's days leave.
    #[must_use]
    pub fn for_days(self, (days, of): (u32, u32), rest: bool) -> Self {
        match self.calculation {
            Calculation::Monthly(month) => {
                Self { calculation: Calculation::Days(DaysOfMonth { month, days, of, rest }), basis: self.basis }
            }
            Calculation::Banded(ref tiers) => match tiers.as_fixed() {
                Some(month) => {
                    let basis = format!("{}，{}", self.basis, tiers.formula());
                    Self { calculation: Calculation::Days(DaysOfMonth { month, days, of, rest }), basis }
                }
                None => self,
            },
            Calculation::OneOff(_) | Calculation::Days(_) | Calculation::Shared(_) | Calculation::Metered(_) => self,
        }
    }

    /// The same fee for the days another charge was for, where it was for days.
    #[must_use]
    pub fn for_days_of(self, other: &Self) -> Self {
        match &other.calculation {
            Calculation::Days(part) => self.for_days((part.days, part.of), part.rest),
            Calculation::Monthly(_)
            | Calculation::Banded(_)
            | Calculation::OneOff(_)
            | Calculation::Shared(_)
            | Calculation::Metered(_) => self,
        }
    }

    /// The factors of the months charged for: all of a monthly fee, the whole month where some days of it are charged.
    #[must_use]
    pub const fn month(&self) -> Option<&MonthlyFee> {
        match &self.calculation {
            Calculation::Monthly(fee) => Some(fee),
            Calculation::Days(part) => Some(&part.month),
            Calculation::Banded(_) | Calculation::OneOff(_) | Calculation::Shared(_) | Calculation::Metered(_) => None,
        }
    }

    /// The area charged for; `None` where none counts.
    #[must_use]
    pub const fn area(&self) -> Option<Area> {
        match &self.calculation {
            Calculation::Monthly(fee) => fee.area,
            Calculation::Banded(fee) => Some(fee.area),
            Calculation::Days(part) => part.month.area,
            Calculation::OneOff(_) | Calculation::Shared(_) | Calculation::Metered(_) => None,
        }
    }

    /// Whether it is a fee of months, or of some days of one.
    #[must_use]
    pub const fn is_of_months(&self) -> bool {
        match &self.calculation {
            Calculation::Monthly(_) | Calculation::Banded(_) | Calculation::Days(_) => true,
            Calculation::OneOff(_) | Calculation::Shared(_) | Calculation::Metered(_) => false,
        }
    }

    /// Whether a month is charged in part.
    #[must_use]
    pub const fn is_of_days(&self) -> bool {
        matches!(self.calculation, Calculation::Days(_))
    }

    /// The amount these factors come to; `None` when a factor is missing or the product is beyond an amount.
    #[must_use]
    pub fn amount(&self) -> Option<Fen> {
        match &self.calculation {
            Calculation::Monthly(fee) => fee.amount(),
            Calculation::Banded(fee) => fee.amount(),
            Calculation::OneOff(fee) => fee.amount(),
            Calculation::Days(part) => part.amount(),
            Calculation::Shared(cost) => cost.amount(),
            Calculation::Metered(fee) => fee.amount(),
        }
    }

    /// How many months a charge covers, from its period on.
    #[must_use]
    pub const fn months(&self) -> u32 {
        match &self.calculation {
            Calculation::Monthly(fee) => fee.months,
            Calculation::Banded(fee) => fee.months,
            Calculation::OneOff(_) | Calculation::Days(_) | Calculation::Shared(_) | Calculation::Metered(_) => 1,
        }
    }

    /// `89.32 ㎡ × 2.35 元 × 1 月`
    #[must_use]
    pub fn formula(&self) -> String {
        match &self.calculation {
            Calculation::Monthly(fee) => fee.formula(),
            Calculation::Banded(fee) => fee.formula(),
            Calculation::OneOff(fee) => fee.formula(),
            Calculation::Days(part) => part.formula(),
            Calculation::Shared(cost) => cost.formula(),
            Calculation::Metered(fee) => fee.formula(),
        }
    }

    /// What is charged for, as a bill shows it: `89.32 ㎡`; nothing where there is only a sum.
    #[must_use]
    pub fn quantity(&self) -> Option<String> {
        match &self.calculation {
            Calculation::Monthly(fee) => fee.area.map(|area| format!("{area} ㎡")),
            Calculation::Banded(fee) => Some(format!("{} ㎡", fee.area)),
            Calculation::OneOff(fee) => Some(format!("{} {}", fee.quantity, fee.counted_in)),
            Calculation::Days(part) => part.month.area.map(|area| format!("{area} ㎡")),
            Calculation::Shared(cost) => Some(cost.quantity()),
            Calculation::Metered(fee) => fee.quantity(),
        }
    }

    /// The price of one of them, as a bill shows it: `2.35 元/㎡·月`.
    #[must_use]
    pub fn unit_price(&self) -> Option<String> {
        match &self.calculation {
            Calculation::Monthly(fee) => fee.price.map(|price| format!("{price} 元/㎡·月")),
            Calculation::Banded(_) => None,
            Calculation::OneOff(fee) => Some(format!("{} 元/{}", fee.price, fee.counted_in)),
            Calculation::Days(part) => part.month.price.map(|price| format!("{price} 元/㎡·月")),
            Calculation::Shared(_) => None,
            Calculation::Metered(fee) => fee.unit_price(),
        }
    }
}

impl MonthlyFee {
    /// The amount; `None` when a factor is missing or the product is beyond an amount.
    #[must_use]
    pub fn amount(&self) -> Option<Fen> {
        let by_area = match (self.area, self.price) {
            (Some(area), Some(price)) => area.to_decimal().checked_mul(price.to_decimal())?,
            (None, None) => Decimal::ZERO,
            (Some(_), None) | (None, Some(_)) => return None,
        };
        let month = by_area.checked_add(self.fixed.to_decimal())?;
        match self.rounding {
            RoundingChoice::MonthFirst => {
                let month = Fen::round_half_up(month)?;
                month.get().checked_mul(i64::from(self.months)).map(Fen::new)
            }
            RoundingChoice::TotalFirst => Fen::round_half_up(month.checked_mul(self.months.into())?),
        }
    }

    pub(super) fn formula(&self) -> String {
        let by_area = self.area.zip(self.price).map(|(area, price)| format!("{area} ㎡ × {price} 元"));
        let fixed = (self.fixed.stored() > 0).then(|| format!("{} 元", self.fixed));
        let parts: Vec<String> = by_area.into_iter().chain(fixed).collect();
        let sum = if parts.len() > 1 { format!("({})", parts.join(" + ")) } else { parts.concat() };
        format!("{sum} × {} 月", self.months)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fee(rounding: RoundingChoice, months: u32) -> MonthlyFee {
        MonthlyFee {
            area: Area::parse("89.32").ok(),
            price: UnitPrice::parse("2.35").ok(),
            fixed: UnitPrice::from_stored(0),
            months,
            rounding,
        }
    }

    #[test]
    fn w01_a_quarter_depends_on_where_the_fen_is_rounded() {
        assert_eq!(fee(RoundingChoice::MonthFirst, 3).amount(), Some(Fen::new(62_970)));
        assert_eq!(fee(RoundingChoice::TotalFirst, 3).amount(), Some(Fen::new(62_971)));
        assert_eq!(fee(RoundingChoice::MonthFirst, 1).formula(), "89.32 ㎡ × 2.35 元 × 1 月");
    }

    #[test]
    fn half_an_explanation_comes_to_nothing_and_is_not_billed() {
        let mut half = fee(RoundingChoice::MonthFirst, 1);
        half.area = None;
        assert_eq!(half.amount(), None);
    }

    #[test]
    fn a_calculation_is_read_back_as_it_was_written() {
        let explanation = Explanation::monthly(fee(RoundingChoice::TotalFirst, 3), "第八条".to_owned());
        let text = serde_json::to_string(&explanation).expect("numbers and words are JSON");
        assert!(text.starts_with(r#"{"calculation":{"monthly":{"#), "{text}");
        assert_eq!(serde_json::from_str::<Explanation>(&text).ok(), Some(explanation));
    }
}
