//! What is charged once: a card, a fee for decoration work, a job that was asked for (特约服务).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Fen, UnitPrice};

/// So many of something, at a price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneOffFee {
    /// How many.
    pub quantity: u32,
    /// What is counted: 张, 次, 户.
    pub counted_in: String,
    /// The price of one.
    pub price: UnitPrice,
}

impl OneOffFee {
    /// The amount; `None` when it is beyond one.
    #[must_use]
    pub fn amount(&self) -> Option<Fen> {
        Fen::round_half_up(self.price.to_decimal().checked_mul(Decimal::from(self.quantity))?)
    }

    /// `2 张 × 15 元`
    #[must_use]
    pub fn formula(&self) -> String {
        format!("{} {} × {} 元", self.quantity, self.counted_in, self.price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_cards_cost_twice_the_price_of_one() {
        let fee =
            OneOffFee {
                quantity: 2, counted_in: "张".to_owned(), price: UnitPrice::parse("15.005").expect("a price")
            };
        assert_eq!(fee.amount(), Some(Fen::new(3_001)));
        assert_eq!(fee.formula(), "2 张 × 15.005 元");
    }
}
