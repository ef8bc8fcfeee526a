//! What is given back when the contract ends (法释〔2009〕8号 3): the months paid and not served, at the price really paid.

use rust_decimal::Decimal;

use crate::Fen;

/// The refund of `paid` for `months_paid` months of which `months_served` were served; `None` when more were served than paid
/// or none was paid.
#[must_use]
pub fn unserved_refund(paid: Fen, months_paid: u32, months_served: u32) -> Option<Fen> {
    let unserved = months_paid.checked_sub(months_served).filter(|_| months_paid > 0)?;
    let refund = paid.to_yuan().checked_mul(Decimal::from(unserved))? / Decimal::from(months_paid);
    Fen::round_half_up(refund)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w27_four_of_twelve_months_come_back_at_the_price_paid() {
        assert_eq!(unserved_refund(Fen::new(300_000), 12, 8), Some(Fen::new(100_000)));
        assert_eq!(unserved_refund(Fen::new(285_000), 12, 8), Some(Fen::new(95_000)));
    }

    #[test]
    fn nothing_comes_back_of_what_was_served() {
        assert_eq!(unserved_refund(Fen::new(300_000), 12, 12), Some(Fen::ZERO));
        assert_eq!(unserved_refund(Fen::new(300_000), 12, 13), None);
        assert_eq!(unserved_refund(Fen::ZERO, 0, 0), None);
    }
}
