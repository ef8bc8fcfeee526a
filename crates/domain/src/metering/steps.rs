//! Price steps of what a meter counts (阶梯价): so much up to a usage, so much above.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Factor, UnitPrice};

/// Steps from the lowest up; the last has no end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceSteps(Vec<PriceStep>);

/// A price and the usage up to which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceStep {
    /// Up to which usage; `None` for the last.
    pub up_to: Option<Factor>,
    /// Per m³ or kWh.
    pub price: UnitPrice,
}

/// Why a text is no list of steps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceStepsError {
    /// A part cannot be read.
    #[error("'{0}' is not a price step such as 15:3.45")]
    Unreadable(String),
    /// The steps do not go up, or what lies above the last has no price.
    #[error("the steps go up and the last one has no end: 15:3.45, 25:4.83, :5.83")]
    Order,
}

impl PriceSteps {
    /// Reads `15:3.45, 25:4.83, :5.83`, or one price `3.45` for everything.
    ///
    /// # Errors
    /// [`PriceStepsError`] names the part that cannot be read, or says that the steps leave a gap.
    pub fn parse(text: &str) -> Result<Self, PriceStepsError> {
        let parts = text.split([',', '，', '、', ';', '；']).map(str::trim).filter(|part| !part.is_empty());
        let steps: Vec<PriceStep> = parts.map(read_step).collect::<Result<_, _>>()?;
        let Some((last, lower)) = steps.split_last() else {
            return Err(PriceStepsError::Unreadable(text.to_owned()));
        };
        let ends: Option<Vec<Factor>> = lower.iter().map(|step| step.up_to).collect();
        let goes_up = ends.is_some_and(|ends| {
            ends.first().is_none_or(|first| first.stored() > 0) && ends.windows(2).all(|pair| pair[0] < pair[1])
        });
        if last.up_to.is_none() && goes_up { Ok(Self(steps)) } else { Err(PriceStepsError::Order) }
    }

    /// The parts of a usage by step, when `before` was used already: usage and price; steps not reached left out.
    #[must_use]
    pub fn parts(&self, before: Decimal, usage: Decimal) -> Vec<(Decimal, UnitPrice)> {
        let end = before + usage;
        let mut from = Decimal::ZERO;
        let mut parts = Vec::new();
        for step in &self.0 {
            let to = step.up_to.map_or(end, Factor::to_decimal).min(end);
            let part = to - from.max(before);
            if part > Decimal::ZERO {
                parts.push((part.normalize(), step.price));
            }
            from = from.max(to);
        }
        parts
    }
}

fn read_step(part: &str) -> Result<PriceStep, PriceStepsError> {
    let error = || PriceStepsError::Unreadable(part.to_owned());
    let (up_to, price) = part.split_once([':', '：']).unwrap_or(("", part));
    let up_to = up_to.trim();
    let up_to = if up_to.is_empty() { None } else { Some(Factor::parse(up_to).map_err(|_| error())?) };
    let price = UnitPrice::parse(price).ok().filter(|price| price.stored() > 0).ok_or_else(error)?;
    Ok(PriceStep { up_to, price })
}

impl fmt::Display for PriceSteps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, PriceStep { up_to, price }) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            match up_to {
                Some(up_to) => write!(f, "{comma}{up_to}:{price}")?,
                None if number == 0 => write!(f, "{price}")?,
                None => write!(f, "{comma}:{price}")?,
            }
        }
        Ok(())
    }
}

impl Serialize for PriceSteps {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PriceSteps {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(before: i64, usage: i64) -> Vec<(String, String)> {
        let steps = PriceSteps::parse("15：3.45，25:4.83, :5.83").expect("steps");
        let text = |(usage, price): (Decimal, UnitPrice)| (usage.to_string(), price.to_string());
        steps.parts(before.into(), usage.into()).into_iter().map(text).collect()
    }

    #[test]
    fn a_usage_is_cut_where_the_price_changes() {
        let of = |part: (&str, &str)| (part.0.to_owned(), part.1.to_owned());
        assert_eq!(parts(0, 15), [of(("15", "3.45"))]);
        assert_eq!(parts(0, 30), [of(("15", "3.45")), of(("10", "4.83")), of(("5", "5.83"))]);
        assert_eq!(parts(20, 10), [of(("5", "4.83")), of(("5", "5.83"))], "what was used before counts");
        assert_eq!(parts(40, 1), [of(("1", "5.83"))]);
        assert_eq!(parts(3, 0), []);
    }

    #[test]
    fn steps_with_a_gap_or_without_an_end_are_refused() {
        assert_eq!(PriceSteps::parse("3.45").map(|steps| steps.to_string()).as_deref(), Ok("3.45"));
        for text in ["15:3.45", "25:4, 15:3, :5", "15:3, 15:4, :5", ":3, :4", "0:1, :2"] {
            assert_eq!(PriceSteps::parse(text), Err(PriceStepsError::Order), "{text}");
        }
        for text in ["", "15:", "a:3", "0"] {
            assert!(matches!(PriceSteps::parse(text), Err(PriceStepsError::Unreadable(_))), "{text}");
        }
    }
}
