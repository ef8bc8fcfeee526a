//! Meters (抄表): what a dial shows, what was used between two readings, price steps (阶梯).
//!
//! A meter belongs to a unit, or measures for several (总表). What is charged is what it showed at the last charge up to what it
//! shows now, through every replacement between. A dial runs forward: a reading below the last real one is refused unless the dial
//! went round or the meter was replaced. An estimated reading that was too high is made good by itself: the next charge begins
//! where the last one ended, so what was charged too much is not charged again.

pub mod sheet;
pub mod steps;

use rust_decimal::Decimal;

use crate::MeterValue;
use crate::words::words;

pub use steps::{PriceStep, PriceSteps, PriceStepsError};

words!(
    /// What a meter measures.
    MeterKind {
        /// 水
        Water = "water", "水", "water";
        /// 电
        Electricity = "electricity", "电", "electricity";
        /// 热
        Heat = "heat", "热", "heat";
        /// 燃气
        Gas = "gas", "燃气", "gas";
    }
);

impl MeterKind {
    /// What it counts in, the same in both languages.
    #[must_use]
    pub const fn counted_in(self) -> &'static str {
        match self {
            Self::Water | Self::Gas => "m³",
            Self::Electricity | Self::Heat => "kWh",
        }
    }

    /// What its usage is charged as where nothing else is said.
    #[must_use]
    pub const fn item(self) -> &'static str {
        match self {
            Self::Water => "水费",
            Self::Electricity => "电费",
            Self::Heat => "供暖费",
            Self::Gas => "燃气费",
        }
    }
}

/// A usage above so many times the usual one is looked at by a person.
const JUMP: i64 = 3;

/// Whether a usage is far above what is usual; nothing is usual yet when `usual` is zero.
#[must_use]
pub fn is_jump(usage: Decimal, usual: Decimal) -> bool {
    usual > Decimal::ZERO && usage > usual * Decimal::from(JUMP)
}

/// Why a reading is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadingError {
    /// It lies below what the meter showed before.
    #[error(
        "{value} is below the last reading {last}: check it, or say that the dial went round or the meter was replaced"
    )]
    Backwards {
        /// What was read.
        value: MeterValue,
        /// What it showed before.
        last: MeterValue,
    },
    /// The dial has fewer digits.
    #[error("{value} has more digits than the dial ({digits}): check it")]
    TooLong {
        /// What was read.
        value: MeterValue,
        /// Digits before the point.
        digits: u32,
    },
    /// It is said to have gone round, yet shows more than before.
    #[error("{value} is not below the last reading {last}: the dial did not go round")]
    NotRound {
        /// What was read.
        value: MeterValue,
        /// What it showed before.
        last: MeterValue,
    },
}

/// What a dial counts before it shows zero again.
#[must_use]
pub fn full_turn(digits: u32) -> MeterValue {
    MeterValue::from_stored(10_i64.pow(digits.min(12) + MeterValue::SCALE))
}

/// Checks a reading against the last real one of the same dial.
///
/// # Errors
/// [`ReadingError`] says what is wrong with it.
pub fn check_reading(value: MeterValue, last: MeterValue, digits: u32, rolled_over: bool) -> Result<(), ReadingError> {
    if value >= full_turn(digits) {
        return Err(ReadingError::TooLong { value, digits });
    }
    match (value < last, rolled_over) {
        (true, false) => Err(ReadingError::Backwards { value, last }),
        (false, true) => Err(ReadingError::NotRound { value, last }),
        (true, true) | (false, false) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> MeterValue {
        MeterValue::parse(text).expect("a reading")
    }

    #[test]
    fn a_dial_runs_forward_unless_it_went_round() {
        assert_eq!(check_reading(value("120"), value("120"), 5, false), Ok(()));
        let back = check_reading(value("12"), value("99990"), 5, false);
        assert_eq!(back, Err(ReadingError::Backwards { value: value("12"), last: value("99990") }));
        assert_eq!(check_reading(value("12"), value("99990"), 5, true), Ok(()));
        assert!(check_reading(value("99991"), value("99990"), 5, true).is_err());
        let long = check_reading(value("100000"), value("120"), 5, false);
        assert_eq!(long, Err(ReadingError::TooLong { value: value("100000"), digits: 5 }));
    }

    #[test]
    fn three_times_the_usual_is_no_jump_yet() {
        let of = |number: i64| Decimal::from(number);
        assert!(!is_jump(of(30), of(10)) && is_jump(of(31), of(10)) && !is_jump(of(31), of(0)));
    }
}
