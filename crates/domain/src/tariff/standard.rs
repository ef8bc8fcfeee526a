//! How a fee standard (收费标准) charges a month: [`StandardFormula`].

use super::band::BandedBy;
use crate::words::words;

words!(
    /// What a month of a fee standard comes to.
    StandardFormula {
        /// Area times price.
        Area = "area", "面积 × 单价", "area x price";
        /// So much for a unit: a household, a parking space.
        Fixed = "fixed", "每户（位）固定金额", "fixed per unit";
        /// Area times the price of the floor.
        AreaByFloor = "area_by_floor", "面积 × 楼层段单价", "area x price of the floor band";
        /// So much for a unit, by its floor.
        FixedByFloor = "fixed_by_floor", "按楼层段固定金额", "fixed, by floor band";
        /// The whole area at the price of the band it lies in.
        AreaByArea = "area_by_area", "面积 × 面积段单价（全部面积）", "whole area x price of its band";
        /// So much for a unit, by its area.
        FixedByArea = "fixed_by_area", "按面积段固定金额", "fixed, by area band";
        /// Each part of the area at the price of its tier.
        AreaTiers = "area_tiers", "面积分段累进", "area in progressive tiers";
    }
);

impl StandardFormula {
    /// What its prices are bands of; `None` where there is one price.
    #[must_use]
    pub const fn banded_by(self) -> Option<BandedBy> {
        match self {
            Self::Area | Self::Fixed => None,
            Self::AreaByFloor | Self::FixedByFloor => Some(BandedBy::Floor),
            Self::AreaByArea | Self::FixedByArea | Self::AreaTiers => Some(BandedBy::Area),
        }
    }

    /// Whether its price is one of a square metre.
    #[must_use]
    pub const fn is_per_area(self) -> bool {
        match self {
            Self::Area | Self::AreaByFloor | Self::AreaByArea | Self::AreaTiers => true,
            Self::Fixed | Self::FixedByFloor | Self::FixedByArea => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_formula_is_read_back() {
        assert!(StandardFormula::ALL.iter().all(|one| StandardFormula::parse(one.as_str()) == Ok(*one)));
        assert!(StandardFormula::parse("guess").is_err());
    }
}
