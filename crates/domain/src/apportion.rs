//! Splitting a sum without losing a fen: the largest-remainder rule (最大余数法).
//!
//! Every share is rounded down, and the fen left over go one by one to the largest remainders; of equal remainders the one
//! listed first wins, so callers list in an order that does not depend on chance. The shares always add up to the sum.

use crate::Fen;

/// Splits `total` in proportion to `weights`; `None` when the weights add up to nothing, or `total` or a weight is negative.
#[must_use]
pub fn by_largest_remainder(total: Fen, weights: &[i128]) -> Option<Vec<Fen>> {
    let whole: i128 = weights.iter().sum();
    if whole <= 0 || total < Fen::ZERO || weights.iter().any(|weight| *weight < 0) {
        return None;
    }
    let total = i128::from(total.get());
    let exact: Vec<i128> = weights.iter().map(|weight| total.checked_mul(*weight)).collect::<Option<_>>()?;
    let mut shares: Vec<i128> = exact.iter().map(|share| share / whole).collect();
    let left = usize::try_from(total - shares.iter().sum::<i128>()).ok()?;
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|index| std::cmp::Reverse(exact[*index] % whole));
    for index in by_remainder.into_iter().take(left) {
        shares[index] += 1;
    }
    shares.into_iter().map(|share| i64::try_from(share).ok().map(Fen::new)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_fen_goes_to_the_largest_remainder() {
        let shares = by_largest_remainder(Fen::new(50_000), &[81_000, 30_000]);
        assert_eq!(shares, Some(vec![Fen::new(36_486), Fen::new(13_514)]));
    }

    #[test]
    fn nothing_to_share_by_is_refused() {
        assert_eq!(by_largest_remainder(Fen::new(1), &[]), None);
        assert_eq!(by_largest_remainder(Fen::new(1), &[0, 0]), None);
        assert_eq!(by_largest_remainder(Fen::new(-1), &[1]), None);
        assert_eq!(by_largest_remainder(Fen::new(1), &[2, -1]), None);
    }

    proptest! {
        #[test]
        fn shares_add_up_and_each_is_within_a_fen_of_its_due(
            total in 0_i64..1_000_000_000, weights in prop::collection::vec(0_i128..1_000_000, 1..40)
        ) {
            let whole: i128 = weights.iter().sum();
            prop_assume!(whole > 0);
            let shares = by_largest_remainder(Fen::new(total), &weights).expect("weights above zero");
            prop_assert_eq!(shares.iter().sum::<Fen>(), Fen::new(total));
            for (share, weight) in shares.iter().zip(&weights) {
                let distance = i128::from(share.get()) * whole - i128::from(total) * weight;
                prop_assert!(distance.abs() < whole);
            }
        }
    }
}
