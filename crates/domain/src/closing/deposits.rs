//! Deposits (押金) of a month: money of payers that is kept for them. A liability (其他应付款) that rolls forward on its own: it pays no
//! charge, and is no income until two people keep a part of it.

use serde::{Deserialize, Serialize};

use crate::Fen;

/// 押金: opening + taken - returned - deducted = closing, which is what is still kept of every deposit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposits {
    /// 期初.
    pub opening: Fen,
    /// 收取.
    pub taken: Fen,
    /// 退还.
    pub returned: Fen,
    /// 扣除.
    pub deducted: Fen,
    /// 期末.
    pub closing: Fen,
    /// Taken and given back by way of paying.
    pub methods: Vec<DepositLine>,
}

/// Deposits taken and given back in one way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositLine {
    /// The way: `cash`, `transfer`...
    pub method: String,
    /// Taken.
    pub taken: Fen,
    /// Given back.
    pub returned: Fen,
}

/// What moved of deposits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DepositMoves {
    /// By way of paying.
    pub methods: Vec<DepositLine>,
    /// Kept.
    pub deducted: Fen,
}

impl DepositMoves {
    /// The line of a way of paying.
    pub fn line(&mut self, method: &str) -> &mut DepositLine {
        let place = self.methods.iter().position(|one| one.method == method).unwrap_or_else(|| {
            self.methods.push(DepositLine { method: method.to_owned(), ..DepositLine::default() });
            self.methods.len() - 1
        });
        &mut self.methods[place]
    }
}

impl Deposits {
    pub(super) fn roll(opening: Fen, moves: &DepositMoves) -> Self {
        let mut methods = moves.methods.clone();
        methods.sort_by(|a, b| a.method.cmp(&b.method));
        let mut deposits = Self {
            opening,
            taken: methods.iter().map(|one| one.taken).sum(),
            returned: methods.iter().map(|one| one.returned).sum(),
            deducted: moves.deducted,
            closing: Fen::ZERO,
            methods,
        };
        deposits.closing = deposits.balance();
        deposits
    }

    fn balance(&self) -> Fen {
        self.opening + self.taken - self.returned - self.deducted
    }

    /// Whether the sums are those of the lines and the balance follows from them.
    pub(super) fn adds_up(&self) -> bool {
        self.closing == self.balance()
            && self.taken == self.methods.iter().map(|one| one.taken).sum()
            && self.returned == self.methods.iter().map(|one| one.returned).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_taken_less_what_was_given_back_or_kept_for_good() {
        let mut moves = DepositMoves { methods: Vec::new(), deducted: Fen::new(30_000) };
        moves.line("transfer").returned += Fen::new(50_000);
        moves.line("cash").taken += Fen::new(200_000);
        moves.line("transfer").taken += Fen::new(10_000);
        let deposits = Deposits::roll(Fen::new(1_000), &moves);
        assert_eq!(deposits.closing, Fen::new(1_000 + 210_000 - 50_000 - 30_000));
        let order: Vec<_> = deposits.methods.iter().map(|one| one.method.as_str()).collect();
        assert_eq!(order, ["cash", "transfer"]);
        assert!(deposits.adds_up());
        assert!(!Deposits { taken: Fen::new(209_999), ..deposits.clone() }.adds_up());
        assert!(!Deposits { closing: Fen::ZERO, ..deposits }.adds_up());
    }
}
