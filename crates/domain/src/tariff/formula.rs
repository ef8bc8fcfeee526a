//! What a fee standard comes to: area x price, or a fixed sum, for one month or several.
//!
//! Rounding a month and multiplying differs from multiplying and rounding once (vector W01: 629.70 or 629.71 a quarter), so
//! the contract chooses: [`RoundingChoice`].

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Area, Fen, UnitPrice};

/// Where the fen is rounded when a bill covers several months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingChoice {
    /// The month is rounded, then multiplied: every month costs the same.
    #[default]
    MonthFirst,
    /// All months are multiplied, then rounded once.
    TotalFirst,
}

impl RoundingChoice {
    /// The name used in JSON and storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MonthFirst => "month_first",
            Self::TotalFirst => "total_first",
        }
    }

    /// The choice of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        [Self::MonthFirst, Self::TotalFirst].into_iter().find(|choice| choice.as_str() == name)
    }
}

/// Why a formula gives no amount: the line is not billed, never billed as zero.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{factors} comes to more than can be billed")]
pub struct FormulaError {
    /// The factors, as text.
    pub factors: String,
}

/// Area x monthly price x months.
///
/// # Errors
/// [`FormulaError`] when the product is beyond an amount.
pub fn area_times_price(
    area: Area,
    price: UnitPrice,
    months: u32,
    rounding: RoundingChoice,
) -> Result<Fen, FormulaError> {
    let error = || FormulaError { factors: format!("{area} m² x {price} x {months}") };
    let month = area.to_decimal().checked_mul(price.to_decimal()).ok_or_else(error)?;
    months_of(month, months, rounding).ok_or_else(error)
}

/// A fixed monthly price x months.
///
/// # Errors
/// [`FormulaError`] when the product is beyond an amount.
pub fn fixed_price(price: UnitPrice, months: u32, rounding: RoundingChoice) -> Result<Fen, FormulaError> {
    let error = || FormulaError { factors: format!("{price} x {months}") };
    months_of(price.to_decimal(), months, rounding).ok_or_else(error)
}

/// What months of a monthly amount come to; `None` beyond an amount.
pub(crate) fn months_of(month: Decimal, months: u32, rounding: RoundingChoice) -> Option<Fen> {
    let months = Decimal::from(months);
    match rounding {
        RoundingChoice::MonthFirst => Fen::round_half_up(Fen::round_half_up(month)?.to_yuan().checked_mul(months)?),
        RoundingChoice::TotalFirst => Fen::round_half_up(month.checked_mul(months)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w01_a_quarter_depends_on_where_it_is_rounded() {
        let (area, price) = (Area::parse("89.32").expect("an area"), UnitPrice::parse("2.35").expect("a price"));
        let of = |months, rounding| area_times_price(area, price, months, rounding).expect("an amount").get();
        assert_eq!(of(1, RoundingChoice::MonthFirst), 20_990);
        assert_eq!(of(3, RoundingChoice::MonthFirst), 62_970);
        assert_eq!(of(3, RoundingChoice::TotalFirst), 62_971);
        assert_eq!(of(12, RoundingChoice::MonthFirst), 251_880);
        assert_eq!(of(12, RoundingChoice::TotalFirst), 251_882);
    }

    #[test]
    fn a_fixed_price_follows_the_same_choice() {
        let price = UnitPrice::parse("33.335").expect("a price");
        assert_eq!(fixed_price(price, 3, RoundingChoice::MonthFirst), Ok(Fen::new(10_002)));
        assert_eq!(fixed_price(price, 3, RoundingChoice::TotalFirst), Ok(Fen::new(10_001)));
    }

    #[test]
    fn a_product_beyond_an_amount_is_an_error_and_not_zero() {
        let (area, price) = (Area::from_stored(i64::MAX), UnitPrice::from_stored(i64::MAX));
        assert!(area_times_price(area, price, 12, RoundingChoice::MonthFirst).is_err());
    }
}
