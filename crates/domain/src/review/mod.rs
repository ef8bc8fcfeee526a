//! Review (复盘): rates and their formulas.

pub mod fairness;
mod rates;
mod span;

pub use rates::{Collected, PriorYears};
pub use span::{ReviewSpan, SpanError};

use rust_decimal::{Decimal, RoundingStrategy};

/// `part` of `whole` in percent with two decimals, half-up; `None` of nothing. (W30: 412,300 of 500,000 is 82.46.)
#[must_use]
pub fn percent(part: i64, whole: i64) -> Option<String> {
    if whole <= 0 {
        return None;
    }
    let ratio = Decimal::from(part) * Decimal::ONE_HUNDRED / Decimal::from(whole);
    Some(format!("{:.2}", ratio.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)))
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn w30_rates() {
        assert_eq!(percent(41_230_000, 50_000_000).as_deref(), Some("82.46"));
        assert_eq!(percent(6_180_000, 15_000_000).as_deref(), Some("41.20"));
        assert_eq!(percent(41_230_000 + 6_180_000, 50_000_000 + 15_000_000).as_deref(), Some("72.94"));
        assert_eq!(percent(860, 1_040).as_deref(), Some("82.69"));
        assert_eq!(percent(9_600_000, 52_000_000).as_deref(), Some("18.46"));
        assert_eq!(percent(1, 0), None);
    }
}
