//! A unit's share of a cost, as a charge explains it.

use serde::{Deserialize, Serialize};

use super::share::ShareMethod;
use crate::ids::SharePoolId;
use crate::{Factor, Fen};

/// Cost × weight ÷ all weights, rounded so that all shares together are the cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedCost {
    /// The cost that was shared.
    pub pool: SharePoolId,
    /// What it came to.
    pub total: Fen,
    /// How it was shared.
    pub method: ShareMethod,
    /// What this unit weighs.
    pub weight: Factor,
    /// What all weigh together.
    pub whole: Factor,
    /// What it bears: within a fen of its due.
    pub share: Fen,
}

impl SharedCost {
    /// The share; `None` when it is a fen or more away from its due.
    #[must_use]
    pub fn amount(&self) -> Option<Fen> {
        let whole = i128::from(self.whole.stored());
        let due = i128::from(self.total.get()).checked_mul(i128::from(self.weight.stored()))?;
        let away = i128::from(self.share.get()).checked_mul(whole)?.checked_sub(due)?.abs();
        (away < whole && self.weight <= self.whole).then_some(self.share)
    }

    /// `1234.56 元 × 89.32 ㎡ ÷ 2400 ㎡`
    pub(super) fn formula(&self) -> String {
        let unit = self.method.counted_in();
        format!("{} 元 × {}{unit} ÷ {}{unit}", self.total, self.weight, self.whole)
    }

    pub(super) fn quantity(&self) -> String {
        format!("{}{}", self.weight, self.method.counted_in())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn shared(share: i64) -> SharedCost {
        SharedCost {
            pool: Uuid::nil().into(),
            total: Fen::new(123_456),
            method: ShareMethod::Household { vacant_weight: Factor::parse("0.7").expect("a factor") },
            weight: Factor::parse("0.7").expect("a factor"),
            whole: Factor::parse("22.8").expect("a factor"),
            share: Fen::new(share),
        }
    }

    #[test]
    fn w28_a_share_is_believed_within_a_fen_of_its_due_and_no_further() {
        assert_eq!(shared(3_790).amount(), Some(Fen::new(3_790)));
        assert_eq!(shared(3_791).amount(), Some(Fen::new(3_791)));
        assert_eq!(shared(3_789).amount(), None);
        assert_eq!(shared(3_792).amount(), None);
        assert_eq!(shared(3_790).formula(), "1234.56 元 × 0.7 户 ÷ 22.8 户");
    }
}
