//! What is multiplied to make money: [`Area`] (建筑面积), [`UnitPrice`] (单价), [`DailyRate`] (违约金日利率),
//! [`Factor`] (系数), [`MeterValue`] (读数).
//!
//! Exact decimals with a fixed storage scale, so that the database holds integers: area 1/10,000 m², price 1/1,000,000 yuan,
//! rate 1/100,000,000 a day (0.05 % is 50,000), factor 1/100,000,000, reading 1/1,000.

use std::fmt;

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is not such a quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not {what}")]
pub struct QuantityError {
    /// What was given.
    pub text: String,
    /// What was expected, with its bounds.
    pub what: &'static str,
}

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, scale $scale:literal, positive $positive:literal, what $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Decimals that are stored.
            pub const SCALE: u32 = $scale;

            /// From the stored integer, in units of 10^-SCALE.
            #[must_use]
            pub const fn from_stored(scaled: i64) -> Self {
                Self(scaled)
            }

            /// The stored integer, in units of 10^-SCALE.
            #[must_use]
            pub const fn stored(self) -> i64 {
                self.0
            }

            /// As an exact decimal.
            #[must_use]
            pub fn to_decimal(self) -> Decimal {
                Decimal::new(self.0, $scale).normalize()
            }

            /// From an exact decimal that has no more decimals than are stored and lies within bounds.
            ///
            /// # Errors
            /// [`QuantityError`] when it does not fit.
            pub fn try_new(value: Decimal) -> Result<Self, QuantityError> {
                let error = || QuantityError { text: value.to_string(), what: $what };
                let value = value.normalize();
                if value.scale() > $scale || value.is_sign_negative() || ($positive && value.is_zero()) {
                    return Err(error());
                }
                let scaled = value.checked_mul(Decimal::from(10_i64.pow($scale))).and_then(|scaled| scaled.to_i64());
                scaled.map(Self).ok_or_else(error)
            }

            /// Reads plain decimal text.
            ///
            /// # Errors
            /// [`QuantityError`] names the text that is not such a quantity.
            pub fn parse(text: &str) -> Result<Self, QuantityError> {
                Decimal::from_str_exact(text.trim())
                    .map_err(|_| ())
                    .and_then(|value| Self::try_new(value).map_err(|_| ()))
                    .map_err(|()| QuantityError { text: text.to_owned(), what: $what })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.to_decimal().fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

quantity!(
    /// Building area (建筑面积) in m², positive, at most four decimals.
    Area, scale 4, positive true, what "an area in m² above zero with at most four decimals"
);
quantity!(
    /// A price in yuan (per m² and month, or per unit and month), zero allowed, at most six decimals.
    UnitPrice, scale 6, positive false, what "a price in yuan, zero or more, with at most six decimals"
);
quantity!(
    /// A late-fee rate per day (违约金日利率): `0.0003` is 0.03 % a day.
    DailyRate, scale 8, positive false, what "a daily rate, zero or more, with at most eight decimals"
);

quantity!(
    /// What something is multiplied or weighed by (倍率, 系数, 损耗率): zero or more, at most eight decimals.
    Factor, scale 8, positive false, what "a factor, zero or more, with at most eight decimals"
);
quantity!(
    /// What a meter shows (读数), in its own unit: zero or more, at most three decimals.
    MeterValue, scale 3, positive false, what "a reading, zero or more, with at most three decimals"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_survives_storage_exactly() {
        let area = Area::parse("89.32").expect("an area");
        assert_eq!(area.stored(), 893_200);
        assert_eq!(Area::from_stored(area.stored()).to_string(), "89.32");
        assert_eq!(DailyRate::parse("0.0005").expect("a rate").stored(), 50_000);
    }

    #[test]
    fn an_area_is_above_zero_and_a_price_may_be_zero() {
        assert!(Area::parse("0").is_err());
        assert!(Area::parse("-3").is_err());
        assert!(Area::parse("1.00001").is_err());
        assert!(UnitPrice::parse("0").is_ok());
    }
}
