//! Why a charge is what it is: [`Explanation`], stored with the charge, printed on the bill, recomputed by `hemu verify`.

use serde::{Deserialize, Serialize};

use crate::tariff::formula::RoundingChoice;
use crate::{Area, Fen, UnitPrice};

/// The factors of a charge: area × price + surcharge, for some months. Read aloud it is the owner's answer to "why so much?".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
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
    /// The clause or list it rests on, for people.
    pub basis: String,
}

impl Explanation {
    /// The amount these factors come to; `None` when a factor is missing or the product is beyond an amount.
    #[must_use]
    pub fn amount(&self) -> Option<Fen> {
        let by_area = match (self.area, self.price) {
            (Some(area), Some(price)) => area.to_decimal().checked_mul(price.to_decimal())?,
            (None, None) => rust_decimal::Decimal::ZERO,
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

    /// `89.32 ㎡ × 2.35 元 × 1 月`
    #[must_use]
    pub fn formula(&self) -> String {
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

    fn explanation(rounding: RoundingChoice, months: u32) -> Explanation {
        Explanation {
            area: Area::parse("89.32").ok(),
            price: UnitPrice::parse("2.35").ok(),
            fixed: UnitPrice::from_stored(0),
            months,
            rounding,
            basis: String::new(),
        }
    }

    #[test]
    fn w01_a_quarter_depends_on_where_the_fen_is_rounded() {
        assert_eq!(explanation(RoundingChoice::MonthFirst, 3).amount(), Some(Fen::new(62_970)));
        assert_eq!(explanation(RoundingChoice::TotalFirst, 3).amount(), Some(Fen::new(62_971)));
        assert_eq!(explanation(RoundingChoice::MonthFirst, 1).formula(), "89.32 ㎡ × 2.35 元 × 1 月");
    }

    #[test]
    fn half_an_explanation_comes_to_nothing_and_is_not_billed() {
        let mut half = explanation(RoundingChoice::MonthFirst, 1);
        half.area = None;
        assert_eq!(half.amount(), None);
    }
}
