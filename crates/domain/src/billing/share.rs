//! Shared costs (公摊): one cost split over units, to the fen (民法典 283; domain.md 3.4).
//!
//! Every unit has a weight: its area, a household, the coefficient of its floor, or what it used. The shares add up to the cost:
//! what rounding leaves goes by largest remainder, between equal ones in the order of their ids. A unit whose weight is not
//! known is named, and nothing is shared: left out, it would be paid for by its neighbours.

use serde::{Deserialize, Serialize};

use super::floor_bands::FloorBands;
use crate::{Area, Factor, Fen, apportion::by_largest_remainder};

/// How a cost is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareMethod {
    /// In proportion to building area: the rule where nothing is agreed (283).
    Area,
    /// Equal shares; a vacant unit counts for a part of one.
    Household {
        /// What a vacant unit counts: from 0 to 1, such as 0.7.
        vacant_weight: Factor,
    },
    /// By floor: a lift's electricity.
    Floor(FloorBands),
    /// In proportion to what was used: pumps by water.
    Usage,
}

impl ShareMethod {
    /// The word it is chosen by.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Household { .. } => "household",
            Self::Floor(_) => "floor",
            Self::Usage => "usage",
        }
    }

    /// What a weight counts, as a bill shows it.
    #[must_use]
    pub const fn counted_in(&self) -> &'static str {
        match self {
            Self::Area => " ㎡",
            Self::Household { .. } => " 户",
            Self::Floor(_) | Self::Usage => "",
        }
    }
}

/// A unit that takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharingUnit<Id> {
    /// Which unit.
    pub id: Id,
    /// Its building area; needed when sharing by area.
    pub area: Option<Area>,
    /// Its floor; needed when sharing by floor.
    pub floor: Option<i64>,
    /// What it used; needed when sharing by usage.
    pub usage: Option<Factor>,
    /// Whether it is confirmed vacant.
    pub vacant: bool,
}

/// Why a cost cannot be shared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// An area is missing.
    #[error("{unit} has no area: enter it, or share by household")]
    AreaMissing {
        /// The unit.
        unit: String,
    },
    /// A floor is missing, or in none of the bands.
    #[error("{unit} lies on no floor of the bands: enter its floor, or a band for it")]
    FloorMissing {
        /// The unit.
        unit: String,
    },
    /// A usage is missing.
    #[error("{unit} has no confirmed usage of that month: confirm its reading first")]
    UsageMissing {
        /// The unit.
        unit: String,
    },
    /// The weight of a vacant unit is not a part of one.
    #[error("{weight} is not the weight of a vacant unit: give a number from 0 to 1, such as 0.7")]
    WeightOutOfRange {
        /// The weight given.
        weight: Factor,
    },
    /// No unit bears anything.
    #[error("no unit bears a share: give at least one unit that counts")]
    NobodyShares,
    /// Only a cost of zero or more can be shared.
    #[error("{total} cannot be shared: give a cost of zero or more")]
    NegativeTotal {
        /// The total given.
        total: Fen,
    },
}

/// Splits `total` over the units; the shares come in the order of the units.
///
/// # Errors
/// [`ShareError`] names what is missing.
pub fn share<Id: Ord + Clone + ToString>(
    total: Fen,
    method: &ShareMethod,
    units: &[SharingUnit<Id>],
) -> Result<Vec<Fen>, ShareError> {
    let weights: Vec<(Id, Factor)> =
        units.iter().map(|unit| Ok((unit.id.clone(), weight(method, unit)?))).collect::<Result<_, ShareError>>()?;
    split(total, &weights)
}

/// Splits `total` by weights; the shares come in the order of the weights. With the same weights they are always the same.
///
/// # Errors
/// [`ShareError::NobodyShares`] when nothing weighs anything, [`ShareError::NegativeTotal`].
pub fn split<Id: Ord>(total: Fen, weights: &[(Id, Factor)]) -> Result<Vec<Fen>, ShareError> {
    if total < Fen::ZERO {
        return Err(ShareError::NegativeTotal { total });
    }
    let mut by_id: Vec<usize> = (0..weights.len()).collect();
    by_id.sort_by(|a, b| weights[*a].0.cmp(&weights[*b].0));
    let ordered: Vec<i128> = by_id.iter().map(|index| i128::from(weights[*index].1.stored())).collect();
    let parts = by_largest_remainder(total, &ordered).ok_or(ShareError::NobodyShares)?;
    let mut shares = vec![Fen::ZERO; weights.len()];
    for (index, part) in by_id.into_iter().zip(parts) {
        shares[index] = part;
    }
    Ok(shares)
}

/// What a unit weighs.
///
/// # Errors
/// [`ShareError`] names what is missing of it.
pub fn weight<Id: ToString>(method: &ShareMethod, unit: &SharingUnit<Id>) -> Result<Factor, ShareError> {
    let name = || unit.id.to_string();
    match method {
        ShareMethod::Area => {
            let area = unit.area.and_then(|area| Factor::try_new(area.to_decimal()).ok());
            area.ok_or_else(|| ShareError::AreaMissing { unit: name() })
        }
        ShareMethod::Household { vacant_weight } if *vacant_weight > ONE => {
            Err(ShareError::WeightOutOfRange { weight: *vacant_weight })
        }
        ShareMethod::Household { vacant_weight } => Ok(if unit.vacant { *vacant_weight } else { ONE }),
        ShareMethod::Floor(bands) => {
            let of_floor = unit.floor.and_then(|floor| bands.weight_of(floor));
            of_floor.ok_or_else(|| ShareError::FloorMissing { unit: name() })
        }
        ShareMethod::Usage => unit.usage.ok_or_else(|| ShareError::UsageMissing { unit: name() }),
    }
}

/// The weight of a household.
const ONE: Factor = Factor::from_stored(100_000_000);

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: u32, area: Option<&str>, vacant: bool) -> SharingUnit<u32> {
        let area = area.map(|area| Area::parse(area).expect("an area"));
        SharingUnit { id, area, floor: Some(i64::from(id)), usage: None, vacant }
    }

    fn household(vacant_weight: &str) -> ShareMethod {
        ShareMethod::Household { vacant_weight: Factor::parse(vacant_weight).expect("a factor") }
    }

    #[test]
    fn w28_a_vacant_unit_bears_seven_tenths_and_no_fen_is_lost() {
        let units: Vec<_> = (0..24).map(|id| unit(id, None, id >= 20)).collect();
        let shares = share(Fen::new(123_456), &household("0.7"), &units).expect("shares");
        assert_eq!(shares.iter().sum::<Fen>(), Fen::new(123_456));
        assert_eq!(shares.iter().filter(|share| **share == Fen::new(5_415)).count(), 16);
        assert_eq!(shares.iter().filter(|share| **share == Fen::new(5_414)).count(), 4);
        assert!(shares[20..].iter().all(|share| *share == Fen::new(3_790)));
    }

    #[test]
    fn w28_by_area_every_unit_pays_for_its_area() {
        let units = [unit(1, Some("89.32"), true), unit(2, Some("2310.68"), false)];
        let shares = share(Fen::new(123_456), &ShareMethod::Area, &units).expect("shares");
        assert_eq!(shares, [Fen::new(4_595), Fen::new(118_861)]);
    }

    #[test]
    fn by_floor_the_higher_floor_bears_more_and_a_floor_without_a_band_is_named() {
        let bands = ShareMethod::Floor(FloorBands::parse("1:0, 2-3:0.5, 4-9:1").expect("bands"));
        let units = [unit(1, None, false), unit(2, None, false), unit(4, None, false)];
        assert_eq!(share(Fen::new(300), &bands, &units), Ok(vec![Fen::ZERO, Fen::new(100), Fen::new(200)]));
        let above = share(Fen::new(300), &bands, &[unit(10, None, false)]);
        assert_eq!(above, Err(ShareError::FloorMissing { unit: "10".to_owned() }));
    }

    #[test]
    fn the_odd_fen_goes_to_the_same_unit_whatever_order_they_are_listed_in() {
        let method = household("1");
        let forward =
            share(Fen::new(100), &method, &[unit(1, None, false), unit(2, None, false), unit(3, None, false)]);
        let back = share(Fen::new(100), &method, &[unit(3, None, false), unit(2, None, false), unit(1, None, false)]);
        assert_eq!(forward, Ok(vec![Fen::new(34), Fen::new(33), Fen::new(33)]));
        assert_eq!(back, Ok(vec![Fen::new(33), Fen::new(33), Fen::new(34)]));
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = share(Fen::new(1), &ShareMethod::Area, &[unit(7, None, false)]);
        assert_eq!(missing, Err(ShareError::AreaMissing { unit: "7".to_owned() }));
        let unread = share(Fen::new(1), &ShareMethod::Usage, &[unit(7, None, false)]);
        assert_eq!(unread, Err(ShareError::UsageMissing { unit: "7".to_owned() }));
        assert_eq!(share(Fen::new(1), &household("0"), &[unit(7, None, true)]), Err(ShareError::NobodyShares));
        assert_eq!(share::<u32>(Fen::new(1), &household("1"), &[]), Err(ShareError::NobodyShares));
        let out_of_range = Err(ShareError::WeightOutOfRange { weight: Factor::parse("2").expect("a factor") });
        assert_eq!(share(Fen::new(1), &household("2"), &[unit(7, None, true)]), out_of_range);
    }
}
