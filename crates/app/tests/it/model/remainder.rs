//! A sum shared out without losing a fen.

/// Parts of `total` in proportion to the weights, rounded down; what is left goes fen by fen to the largest remainders, between equal
/// ones to the first.
pub fn share_out(total: i64, weights: &[i64]) -> Vec<i64> {
    let whole: i64 = weights.iter().sum();
    if whole == 0 {
        return vec![0; weights.len()];
    }
    let mut parts: Vec<i64> = weights.iter().map(|weight| total * weight / whole).collect();
    for _ in 0..total - parts.iter().sum::<i64>() {
        let missing = |place: &usize| total * weights[*place] - parts[*place] * whole;
        let most = (0..weights.len()).max_by_key(|place| (missing(place), std::cmp::Reverse(*place)));
        parts[most.expect("weights")] += 1;
    }
    parts
}
