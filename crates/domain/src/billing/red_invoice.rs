//! Red invoices (红字发票): what has to be asked for when a charge that was in a request for invoices is reversed, or something is let off
//! it. An invoice that was issued is never changed: a red one beside it takes back what is too much, so that both come to the charge.

use rust_decimal::Decimal;

use super::vat::{VatParts, split_vat};
use crate::Fen;
use crate::words::words;

words!(
    /// Why a charge that was asked for is asked for again.
    InvoiceChange {
        /// The charge was taken back, and billed anew where it was wrong.
        Reversed = "reversed", "冲红", "the charge was reversed";
        /// Something was let off.
        Lowered = "lowered", "减免", "something was let off";
        /// What was let off is charged again.
        Restored = "restored", "减免撤销", "what was let off is charged again";
    }
);

/// What a charge comes to, what was let off taken off; nothing when it is reversed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// By what happened up to the last day of the month of the request.
    pub by_month: Fen,
    /// By all that has happened.
    pub now: Fen,
}

/// What to add to what was asked for a charge; below zero for a red line, `None` when nothing is to be changed. A request of an earlier
/// month, taken out again, does not see what happened after that month, nor undo what a later request has taken back.
#[must_use]
pub fn follow(asked: VatParts, standing: Standing, rate: Decimal) -> Option<VatParts> {
    let gross = asked.net + asked.tax;
    let target =
        if standing.by_month <= gross { standing.by_month } else { gross.max(standing.by_month.min(standing.now)) };
    if target == gross {
        return None;
    }
    let parts = split_vat(target, rate)?;
    Some(VatParts { net: parts.net - asked.net, tax: parts.tax - asked.tax })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Decimal = Decimal::from_parts(6, 0, 0, false, 2);

    fn asked(gross: i64) -> VatParts {
        split_vat(Fen::new(gross), RATE).expect("parts")
    }

    fn standing(by_month: i64, now: i64) -> Standing {
        Standing { by_month: Fen::new(by_month), now: Fen::new(now) }
    }

    #[test]
    fn a_reversed_charge_is_taken_back_to_the_fen_and_a_lowered_one_comes_to_what_is_left() {
        let blue = asked(20_990);
        let red = follow(blue, standing(0, 0), RATE).expect("a red line");
        assert_eq!((red.net, red.tax), (-blue.net, -blue.tax));
        let red = follow(blue, standing(19_990, 19_990), RATE).expect("a red line");
        let left = asked(19_990);
        assert_eq!((blue.net + red.net, blue.tax + red.tax), (left.net, left.tax));
        assert_eq!(follow(left, standing(19_990, 19_990), RATE), None, "once");
    }

    #[test]
    fn an_earlier_month_taken_out_again_neither_sees_what_came_later_nor_undoes_it() {
        assert_eq!(follow(asked(20_000), standing(20_000, 0), RATE), None, "reversed in a later month");
        assert_eq!(follow(asked(19_000), standing(20_000, 19_000), RATE), None, "lowered and taken back since");
        let more = follow(asked(19_000), standing(20_000, 20_000), RATE).expect("a line");
        assert_eq!(more.net + more.tax, Fen::new(1_000), "what was let off is charged again");
    }
}
