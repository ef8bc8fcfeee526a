//! Value-added tax inside a gross amount (增值税,价税分离): net = gross / (1 + rate), the tax is the rest.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::Fen;

/// A gross amount taken apart; the two always add up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VatParts {
    /// Without tax (不含税金额), rounded half-up.
    pub net: Fen,
    /// The tax (税额).
    pub tax: Fen,
}

/// Takes a gross amount apart at a rate such as 0.06; `None` for a rate that is not between 0 and 1.
#[must_use]
pub fn split_vat(gross: Fen, rate: Decimal) -> Option<VatParts> {
    if rate.is_sign_negative() || rate >= Decimal::ONE {
        return None;
    }
    let net = Fen::round_half_up(gross.to_yuan() / (Decimal::ONE + rate))?;
    Some(VatParts { net, tax: gross - net })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn net_and_tax_add_up_to_gross() {
        let parts = split_vat(Fen::new(20_990), Decimal::new(6, 2)).expect("parts");
        assert_eq!((parts.net, parts.tax), (Fen::new(19_802), Fen::new(1_188)));
        assert_eq!(split_vat(Fen::new(100), Decimal::ZERO), Some(VatParts { net: Fen::new(100), tax: Fen::ZERO }));
    }

    #[test]
    fn six_percent_is_not_six() {
        assert_eq!(split_vat(Fen::new(100), Decimal::from(6)), None);
        assert_eq!(split_vat(Fen::new(100), Decimal::new(-6, 2)), None);
    }
}
