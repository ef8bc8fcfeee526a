//! What a court charges (诉讼费用交纳办法 13-16): an estimate, since the rule names no rounding; here half-up to the fen,
//! once, at the end.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::Fen;

/// Up to this many yuan, the part above the last band bears so many thousandths.
type Band = (i64, i64);

/// A base fee up to the first amount, then progressive bands, then a rate for the rest.
struct Scale {
    base_yuan: i64,
    base_covers_yuan: i64,
    bands: &'static [Band],
    above_permille: i64,
}

/// Property cases (13 (1)).
const ACCEPTANCE: Scale = Scale {
    base_yuan: 50,
    base_covers_yuan: 10_000,
    bands: &[
        (100_000, 25),
        (200_000, 20),
        (500_000, 15),
        (1_000_000, 10),
        (2_000_000, 9),
        (5_000_000, 8),
        (10_000_000, 7),
        (20_000_000, 6),
    ],
    above_permille: 5,
};

/// Enforcement (14 (1)).
const ENFORCEMENT: Scale = Scale {
    base_yuan: 50,
    base_covers_yuan: 10_000,
    bands: &[(500_000, 15), (5_000_000, 10), (10_000_000, 5)],
    above_permille: 1,
};

/// Preservation of property (14 (2)), at most 5,000 yuan.
const PRESERVATION: Scale =
    Scale { base_yuan: 30, base_covers_yuan: 1_000, bands: &[(100_000, 10)], above_permille: 5 };
const PRESERVATION_MAX: Fen = Fen::new(500_000);

/// The fees for one claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CourtFees {
    /// Ordinary procedure (案件受理费, 13).
    pub acceptance: Fen,
    /// Summary procedure, mediation or withdrawal: half (15, 16).
    pub summary: Fen,
    /// Payment order: a third (14 (3)).
    pub payment_order: Fen,
    /// Enforcement (14 (1)).
    pub enforcement: Fen,
    /// Preservation (14 (2)).
    pub preservation: Fen,
}

/// The fees for a claim; `None` unless it is above zero.
#[must_use]
pub fn court_fees(claim: Fen) -> Option<CourtFees> {
    if !claim.is_positive() {
        return None;
    }
    let acceptance = ACCEPTANCE.fee_yuan(claim);
    Some(CourtFees {
        acceptance: Fen::round_half_up(acceptance)?,
        summary: Fen::round_half_up(acceptance / Decimal::TWO)?,
        payment_order: Fen::round_half_up(acceptance / Decimal::from(3))?,
        enforcement: Fen::round_half_up(ENFORCEMENT.fee_yuan(claim))?,
        preservation: Fen::round_half_up(PRESERVATION.fee_yuan(claim))?.min(PRESERVATION_MAX),
    })
}

impl Scale {
    /// The exact fee in yuan.
    fn fee_yuan(&self, claim: Fen) -> Decimal {
        let claim = claim.to_yuan();
        let mut fee = Decimal::from(self.base_yuan);
        let mut from = Decimal::from(self.base_covers_yuan);
        for (up_to, permille) in self.bands {
            let up_to = Decimal::from(*up_to);
            fee += part(claim.min(up_to) - from, *permille);
            from = up_to;
        }
        fee + part(claim - from, self.above_permille)
    }
}

fn part(yuan: Decimal, permille: i64) -> Decimal {
    yuan.max(Decimal::ZERO) * Decimal::new(permille, 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fees(fen: i64) -> [i64; 5] {
        let fees = court_fees(Fen::new(fen)).expect("fees");
        [fees.acceptance, fees.summary, fees.payment_order, fees.enforcement, fees.preservation].map(Fen::get)
    }

    #[test]
    fn w21_the_fees_of_a_claim_of_twelve_thousand() {
        assert_eq!(fees(1_234_567), [10_864, 5_432, 3_621, 8_519, 14_346]);
    }

    #[test]
    fn a_small_claim_pays_the_base_and_a_great_one_all_bands() {
        assert_eq!(fees(1), [5_000, 2_500, 1_667, 5_000, 3_000]);
        assert_eq!(fees(1_000_000), [5_000, 2_500, 1_667, 5_000, 12_000]);
        // 50 + 2,250 + 2,000 + 4,500 + 5,000 + 9,000 + 24,000 + 35,000 + 60,000 + 5,000
        assert_eq!(fees(2_100_000_000)[0], 14_680_000);
        // 50 + 7,350 + 45,000 + 25,000 + 11,000; preservation at its most
        assert_eq!(fees(2_100_000_000)[3..], [8_840_000, 500_000]);
    }

    #[test]
    fn no_claim_has_no_fee() {
        assert_eq!(court_fees(Fen::ZERO), None);
        assert_eq!(court_fees(Fen::new(-1)), None);
    }
}
