//! The price of a home confirmed vacant (空置房): a part of the fee, by contract or local rule (domain.md 2.8).
//!
//! Nothing is taken off without a confirmed vacancy: living elsewhere is no ground not to pay (民法典 944 I).

use rust_decimal::Decimal;

use crate::Fen;

/// The fee of a month at that part of the standard, such as 0.7; `None` for a part that is not from 0 to 1.
#[must_use]
pub fn vacant_fee(month_fee: Fen, part: Decimal) -> Option<Fen> {
    let is_a_part = (Decimal::ZERO..=Decimal::ONE).contains(&part);
    is_a_part.then(|| month_fee.to_yuan().checked_mul(part)).flatten().and_then(Fen::round_half_up)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w04_a_confirmed_vacancy_pays_its_part() {
        let month = Fen::new(21_600);
        assert_eq!(vacant_fee(month, Decimal::new(7, 1)), Some(Fen::new(15_120)));
        assert_eq!(vacant_fee(month, Decimal::new(6, 1)), Some(Fen::new(12_960)));
        assert_eq!(vacant_fee(month, Decimal::ONE), Some(month));
    }

    #[test]
    fn seventy_is_not_seventy_percent() {
        assert_eq!(vacant_fee(Fen::new(21_600), Decimal::from(70)), None);
        assert_eq!(vacant_fee(Fen::new(21_600), Decimal::new(-1, 1)), None);
    }
}
