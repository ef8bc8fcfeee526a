//! Shared costs (公摊): one invoice split over units, to the fen (民法典 283; domain.md 3.4).
//!
//! By area every unit pays for its area, lived in or not. By household a vacant unit may count for less. The shares add up
//! to the invoice: what rounding leaves goes by largest remainder, between equal ones in the order of their ids.

use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::{Area, Fen, apportion::by_largest_remainder};

/// How a cost is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareMethod {
    /// In proportion to building area: the rule where nothing is agreed (283).
    Area,
    /// Equal shares; a vacant unit counts this much of one, such as 0.7.
    Household {
        /// Between 0 and 1, at most eight decimals.
        vacant_weight: Decimal,
    },
}

/// A unit that takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharingUnit<Id> {
    /// Which unit.
    pub id: Id,
    /// Its building area; needed when sharing by area.
    pub area: Option<Area>,
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
    /// The weight of a vacant unit is not a part of one.
    #[error("{weight} is not the weight of a vacant unit: give a number from 0 to 1, such as 0.7")]
    WeightOutOfRange {
        /// The weight given.
        weight: Decimal,
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
pub fn share<Id: Ord + ToString>(
    total: Fen,
    method: ShareMethod,
    units: &[SharingUnit<Id>],
) -> Result<Vec<Fen>, ShareError> {
    if total < Fen::ZERO {
        return Err(ShareError::NegativeTotal { total });
    }
    let mut by_id: Vec<usize> = (0..units.len()).collect();
    by_id.sort_by(|a, b| units[*a].id.cmp(&units[*b].id));
    let weights: Vec<i128> = by_id.iter().map(|index| weight(method, &units[*index])).collect::<Result<_, _>>()?;
    let split = by_largest_remainder(total, &weights).ok_or(ShareError::NobodyShares)?;
    let mut shares = vec![Fen::ZERO; units.len()];
    for (index, share) in by_id.into_iter().zip(split) {
        shares[index] = share;
    }
    Ok(shares)
}

/// The weight of a unit as a whole number: hundred-millionths of a household, or ten-thousandths of a m².
fn weight<Id: ToString>(method: ShareMethod, unit: &SharingUnit<Id>) -> Result<i128, ShareError> {
    const HOUSEHOLD: i64 = 100_000_000;
    match method {
        ShareMethod::Area => {
            let area = unit.area.ok_or_else(|| ShareError::AreaMissing { unit: unit.id.to_string() })?;
            Ok(area.stored().into())
        }
        ShareMethod::Household { vacant_weight } => {
            let scaled = vacant_weight.checked_mul(Decimal::from(HOUSEHOLD)).map(|scaled| scaled.normalize());
            let vacant = scaled
                .filter(|scaled| scaled.scale() == 0)
                .and_then(|scaled| scaled.to_i64())
                .filter(|scaled| (0..=HOUSEHOLD).contains(scaled))
                .ok_or(ShareError::WeightOutOfRange { weight: vacant_weight })?;
            Ok(if unit.vacant { vacant } else { HOUSEHOLD }.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: u32, area: Option<&str>, vacant: bool) -> SharingUnit<u32> {
        SharingUnit { id, area: area.map(|area| Area::parse(area).expect("an area")), vacant }
    }

    #[test]
    fn w28_a_vacant_unit_bears_seven_tenths_and_no_fen_is_lost() {
        let units: Vec<_> = (0..24).map(|id| unit(id, None, id >= 20)).collect();
        let method = ShareMethod::Household { vacant_weight: Decimal::new(7, 1) };
        let shares = share(Fen::new(123_456), method, &units).expect("shares");
        assert_eq!(shares.iter().sum::<Fen>(), Fen::new(123_456));
        assert_eq!(shares.iter().filter(|share| **share == Fen::new(5_415)).count(), 16);
        assert_eq!(shares.iter().filter(|share| **share == Fen::new(5_414)).count(), 4);
        assert!(shares[20..].iter().all(|share| *share == Fen::new(3_790)));
    }

    #[test]
    fn w28_by_area_every_unit_pays_for_its_area() {
        let units = [unit(1, Some("89.32"), true), unit(2, Some("2310.68"), false)];
        let shares = share(Fen::new(123_456), ShareMethod::Area, &units).expect("shares");
        assert_eq!(shares, [Fen::new(4_595), Fen::new(118_861)]);
    }

    #[test]
    fn the_odd_fen_goes_to_the_same_unit_whatever_order_they_are_listed_in() {
        let method = ShareMethod::Household { vacant_weight: Decimal::ONE };
        let forward = share(Fen::new(100), method, &[unit(1, None, false), unit(2, None, false), unit(3, None, false)]);
        let back = share(Fen::new(100), method, &[unit(3, None, false), unit(2, None, false), unit(1, None, false)]);
        assert_eq!(forward, Ok(vec![Fen::new(34), Fen::new(33), Fen::new(33)]));
        assert_eq!(back, Ok(vec![Fen::new(33), Fen::new(33), Fen::new(34)]));
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = share(Fen::new(1), ShareMethod::Area, &[unit(7, None, false)]);
        assert_eq!(missing, Err(ShareError::AreaMissing { unit: "7".to_owned() }));
        let nobody = ShareMethod::Household { vacant_weight: Decimal::ZERO };
        assert_eq!(share(Fen::new(1), nobody, &[unit(7, None, true)]), Err(ShareError::NobodyShares));
        let heavy = ShareMethod::Household { vacant_weight: Decimal::TWO };
        let out_of_range = Err(ShareError::WeightOutOfRange { weight: Decimal::TWO });
        assert_eq!(share(Fen::new(1), heavy, &[unit(7, None, true)]), out_of_range);
    }
}
