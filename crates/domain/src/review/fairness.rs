//! Fairness (公平公正, P3): are groups of cases treated alike? Shares with 95 % intervals after Wilson, a group beside all the others.
//!
//! Whole numbers only: shares are given in thousandths. Two shares differ when their intervals have nothing in common, which errs
//! on the side of silence; a group of a few cases is not judged at all.

use serde::Serialize;

use crate::words::words;

words!(
    /// How a group compares with all the others.
    Difference {
        /// Too few cases to say anything.
        TooFew = "too_few", "样本太少，不作判断", "too few cases to tell";
        /// The difference is compatible with zero.
        Alike = "alike", "差异与偶然波动相容", "compatible with no difference";
        /// More often than the others.
        More = "more", "高于其他，需说明", "more often than the others: to be explained";
        /// Less often than the others.
        Less = "less", "低于其他，需说明", "less often than the others: to be explained";
    }
);

/// Groups smaller than this are not judged.
pub const FEWEST: u64 = 20;

/// So many of a number of cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Those it happened to.
    pub hits: u64,
    /// All of them.
    pub cases: u64,
}

impl Share {
    /// Counts one case.
    pub fn count(&mut self, hit: bool) {
        self.cases += 1;
        self.hits += u64::from(hit);
    }

    /// All cases of a whole but these.
    #[must_use]
    pub fn rest_of(self, whole: Self) -> Self {
        Self { hits: whole.hits - self.hits, cases: whole.cases - self.cases }
    }

    /// The 95 % interval in thousandths (Wilson, 1927, z = 1.96), rounded outwards; `None` of no cases.
    #[must_use]
    pub fn interval(self) -> Option<(u64, u64)> {
        // Everything times ten thousand; z² is 3.8416.
        const SCALE: u128 = 10_000;
        const Z2: u128 = 38_416;
        if self.cases == 0 {
            return None;
        }
        let (hits, cases) = (u128::from(self.hits), u128::from(self.cases));
        let spread = hits * (cases - hits) * SCALE * SCALE / cases + Z2 * SCALE / 4;
        let half_width = 196 * (spread.isqrt() + 1) / 100 + 1;
        let (middle, below) = (hits * SCALE + Z2 / 2, cases * SCALE + Z2);
        let lowest = middle.saturating_sub(half_width) * 1000 / below;
        let highest = ((middle + half_width) * 1000).div_ceil(below).min(1000);
        Some((u64::try_from(lowest).ok()?, u64::try_from(highest).ok()?))
    }

    /// How this group compares with the others.
    #[must_use]
    pub fn beside(self, others: Self) -> Difference {
        if self.cases < FEWEST || others.cases < FEWEST {
            return Difference::TooFew;
        }
        match (self.interval(), others.interval()) {
            (Some((low, _)), Some((_, high))) if low > high => Difference::More,
            (Some((_, high)), Some((low, _))) if high < low => Difference::Less,
            _ => Difference::Alike,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share(hits: u64, cases: u64) -> Share {
        Share { hits, cases }
    }

    #[test]
    fn an_interval_is_that_of_wilson() {
        // 25 of 100: (25 + 1.9208 -+ 1.96 x sqrt(18.75 + 0.9604)) / 103.8416 = 0.1755 and 0.3430.
        assert_eq!(share(25, 100).interval(), Some((175, 344)));
        assert_eq!(share(0, 10).interval(), Some((0, 278)), "never is not impossible");
        assert_eq!(share(10, 10).interval(), Some((722, 1000)));
        assert_eq!(share(0, 0).interval(), None);
    }

    #[test]
    fn a_group_is_judged_only_where_chance_does_not_explain_it() {
        assert_eq!(share(30, 100).beside(share(100, 1000)), Difference::More);
        assert_eq!(share(2, 100).beside(share(300, 1000)), Difference::Less);
        assert_eq!(share(12, 100).beside(share(100, 1000)), Difference::Alike);
        assert_eq!(share(19, 19).beside(share(0, 1000)), Difference::TooFew);
        assert_eq!(share(19, 30).beside(share(0, 0)), Difference::TooFew, "nobody to compare with");
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_share_and_narrows_with_more_cases(hits in 0_u64..500, more in 0_u64..500) {
            let cases = hits + more + 1;
            let (low, high) = share(hits, cases).interval().expect("cases");
            prop_assert!(low * cases <= hits * 1000 && hits * 1000 <= high * cases);
            let (tighter_low, tighter_high) = share(hits * 10, cases * 10).interval().expect("cases");
            prop_assert!(tighter_low + 1 >= low && tighter_high <= high + 1);
        }
    }
}
