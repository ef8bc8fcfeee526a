//! Floor coefficients (楼层系数): which floor bears how much, as an owners' decision lists it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Factor;

/// Bands of floors with their weights, from the lowest up; none overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FloorBands(Vec<FloorBand>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FloorBand {
    from: i64,
    to: i64,
    weight: Factor,
}

/// Why a text is no list of bands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FloorBandsError {
    /// A part cannot be read.
    #[error("'{0}' is not a band of floors such as 2-6:0.5")]
    Unreadable(String),
    /// Two bands hold one floor.
    #[error("floor {0} lies in two bands")]
    Overlap(i64),
}

impl FloorBands {
    /// Reads `1:0, 2-6:0.5, 7-18:1`, commas and colons also in full width; a floor below ground is `-1`.
    ///
    /// # Errors
    /// [`FloorBandsError`] names the part that cannot be read, or the floor that lies in two bands.
    pub fn parse(text: &str) -> Result<Self, FloorBandsError> {
        let parts = text.split([',', '，', '、', ';', '；']).map(str::trim).filter(|part| !part.is_empty());
        let mut bands: Vec<FloorBand> = parts.map(read_band).collect::<Result<_, _>>()?;
        bands.sort_by_key(|band| band.from);
        if let Some(pair) = bands.windows(2).find(|pair| pair[1].from <= pair[0].to) {
            return Err(FloorBandsError::Overlap(pair[1].from));
        }
        if bands.is_empty() { Err(FloorBandsError::Unreadable(text.to_owned())) } else { Ok(Self(bands)) }
    }

    /// The weight of a floor; `None` when no band holds it.
    #[must_use]
    pub fn weight_of(&self, floor: i64) -> Option<Factor> {
        self.0.iter().find(|band| (band.from..=band.to).contains(&floor)).map(|band| band.weight)
    }
}

fn read_band(part: &str) -> Result<FloorBand, FloorBandsError> {
    let error = || FloorBandsError::Unreadable(part.to_owned());
    let (floors, weight) = part.split_once([':', '：']).ok_or_else(error)?;
    let floors = floors.trim().replace(['~', '～', '至'], "-");
    // The first dash may be the sign of a floor below ground.
    let dash = floors.char_indices().skip(1).find(|(_, c)| *c == '-').map(|(at, _)| at);
    let (from, to) = dash.map_or((floors.as_str(), floors.as_str()), |at| (&floors[..at], &floors[at + 1..]));
    let floor = |text: &str| text.trim().parse::<i64>().ok().filter(|floor| (-20..=300).contains(floor));
    let (from, to) = (floor(from).ok_or_else(error)?, floor(to).ok_or_else(error)?);
    let weight = Factor::parse(weight).map_err(|_| error())?;
    if from <= to { Ok(FloorBand { from, to, weight }) } else { Err(error()) }
}

impl fmt::Display for FloorBands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, FloorBand { from, to, weight }) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            if from == to {
                write!(f, "{comma}{from}:{weight}")?;
            } else {
                write!(f, "{comma}{from}-{to}:{weight}")?;
            }
        }
        Ok(())
    }
}

impl Serialize for FloorBands {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FloorBands {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_read_as_people_write_them_and_written_back_in_order() {
        let bands = FloorBands::parse("7-18：1，1:0、2-6:0.5, -2--1:0.2").expect("bands");
        assert_eq!(bands.to_string(), "-2--1:0.2, 1:0, 2-6:0.5, 7-18:1");
        assert_eq!(FloorBands::parse(&bands.to_string()), Ok(bands.clone()));
        assert_eq!(bands.weight_of(6), Factor::parse("0.5").ok());
        assert_eq!(bands.weight_of(19), None);
    }

    #[test]
    fn a_floor_in_two_bands_is_refused() {
        assert_eq!(FloorBands::parse("1-6:0.5, 6-9:1"), Err(FloorBandsError::Overlap(6)));
        for text in ["", "1-6", "6-1:1", "a:1", "1:-1"] {
            assert!(matches!(FloorBands::parse(text), Err(FloorBandsError::Unreadable(_))), "{text}");
        }
    }
}
