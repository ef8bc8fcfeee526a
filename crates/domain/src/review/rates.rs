//! What was charged and what became of it, and the rates that follow: by receivable month, not by the month the money came in.
//!
//! What was let off or never owed is neither collected nor receivable: it leaves the denominator and is shown beside it. Money put
//! by for later months is in no rate until it pays a charge.

use serde::Serialize;

use super::percent;
use crate::Fen;

/// What was charged for some months, and what became of it by a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Collected {
    /// Charged.
    pub charged: Fen,
    /// Let off (减免).
    pub waived: Fen,
    /// Found not owed (更正).
    pub corrected: Fen,
    /// Paid.
    pub collected: Fen,
    /// Households with something to pay.
    pub households: i64,
    /// Households that paid all of it.
    pub households_paid: i64,
}

impl Collected {
    /// One household's charges.
    #[must_use]
    pub fn household(charged: Fen, waived: Fen, corrected: Fen, collected: Fen) -> Self {
        let mut one = Self { charged, waived, corrected, collected, ..Self::default() };
        one.households = i64::from(one.receivable().is_positive());
        one.households_paid = i64::from(one.households == 1 && collected >= one.receivable());
        one
    }

    /// Both together; a household in both counts twice.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            charged: self.charged + other.charged,
            waived: self.waived + other.waived,
            corrected: self.corrected + other.corrected,
            collected: self.collected + other.collected,
            households: self.households + other.households,
            households_paid: self.households_paid + other.households_paid,
        }
    }

    /// What there is to collect.
    #[must_use]
    pub fn receivable(&self) -> Fen {
        self.charged - self.waived - self.corrected
    }

    /// 当期收缴率 by amount, in percent.
    #[must_use]
    pub fn rate(&self) -> Option<String> {
        percent(self.collected.get(), self.receivable().get())
    }

    /// 当期收缴率 by households, in percent.
    #[must_use]
    pub fn households_rate(&self) -> Option<String> {
        percent(self.households_paid, self.households)
    }
}

/// What was owed of earlier years when this one began, and what became of it by a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PriorYears {
    /// Owed when the year began.
    pub opening: Fen,
    /// Let off or corrected since.
    pub taken_off: Fen,
    /// Paid of it since.
    pub collected: Fen,
}

impl PriorYears {
    /// What there is to recover.
    #[must_use]
    pub fn receivable(&self) -> Fen {
        self.opening - self.taken_off
    }

    /// 往年清欠率, in percent.
    #[must_use]
    pub fn rate(&self) -> Option<String> {
        percent(self.collected.get(), self.receivable().get())
    }

    /// 综合收缴率 with what was charged since, in percent.
    #[must_use]
    pub fn combined(&self, current: &Collected) -> Option<String> {
        let collected = self.collected + current.collected;
        percent(collected.get(), (self.receivable() + current.receivable()).get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w30_by_number() {
        let current = Collected {
            charged: Fen::new(50_000_000),
            collected: Fen::new(41_230_000),
            households: 1_040,
            households_paid: 860,
            ..Collected::default()
        };
        let prior = PriorYears { opening: Fen::new(15_000_000), taken_off: Fen::ZERO, collected: Fen::new(6_180_000) };
        assert_eq!(current.rate().as_deref(), Some("82.46"));
        assert_eq!(prior.rate().as_deref(), Some("41.20"));
        assert_eq!(prior.combined(&current).as_deref(), Some("72.94"));
        assert_eq!(current.households_rate().as_deref(), Some("82.69"));
    }

    #[test]
    fn what_was_let_off_is_neither_collected_nor_receivable() {
        let [charged, waived, none] = [Fen::new(10_000), Fen::new(4_000), Fen::ZERO];
        let half = Collected::household(charged, waived, none, Fen::new(3_000));
        assert_eq!((half.rate().as_deref(), half.households_paid), (Some("50.00"), 0));
        let paid = Collected::household(charged, waived, none, Fen::new(6_000));
        assert_eq!((paid.rate().as_deref(), paid.households_paid), (Some("100.00"), 1));
        let nothing_left = Collected::household(charged, none, charged, none);
        assert_eq!((nothing_left.rate(), nothing_left.households), (None, 0));
        assert_eq!(half.and(paid).households_rate().as_deref(), Some("50.00"));
    }
}
