//! Small change let off (抹零): which part of what a payment settles is not paid but let off.
//!
//! The payment and the small change are applied together, by the law's order; what comes last in that order is let off. It has to
//! settle what it is taken off: a payment that leaves something open has no small change to let off.

use hemu_domain::Fen;
use hemu_domain::ledger::allocation::{AllocationLine, AllocationPolicy};

use crate::Refusal;

/// What of a charge is let off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LetOff {
    /// Of its principal.
    pub principal: Fen,
    /// Of its late fee.
    pub late_fee: Fen,
}

impl LetOff {
    pub fn is_some(&self) -> bool {
        self.principal.is_positive() || self.late_fee.is_positive()
    }
}

/// Checks the small change against the limit of the community.
///
/// # Errors
/// [`Refusal::InvalidInput`] when it is below zero, or not below the limit.
pub(super) fn check(round_off: Fen, limit: Fen) -> Result<(), Refusal> {
    if round_off < Fen::ZERO {
        return Err(Refusal::invalid("round_off", "抹零金额不能为负", "small change is not below zero"));
    }
    if round_off.is_positive() && round_off >= limit {
        let zh = format!("抹零 {round_off} 元须低于 {limit} 元；更大的金额请申请减免");
        let en = format!("small change of {round_off} is not below {limit}; ask for a waiver instead");
        return Err(Refusal::invalid("round_off", zh, en));
    }
    Ok(())
}

/// The last `round_off` of what is settled, in the order of application: line by line, aligned with `shares`.
pub(super) fn tail<Id>(policy: AllocationPolicy, shares: &[AllocationLine<Id>], round_off: Fen) -> Vec<LetOff> {
    let fees = (0..shares.len()).map(|line| (line, true));
    let principals = (0..shares.len()).map(|line| (line, false));
    let mut order: Vec<(usize, bool)> = match policy {
        AllocationPolicy::PrincipalFirst => principals.chain(fees).collect(),
        AllocationPolicy::StatutoryAsInterest => {
            (0..shares.len()).flat_map(|line| [(line, true), (line, false)]).collect()
        }
    };
    order.reverse();
    let (mut off, mut left) = (vec![LetOff::default(); shares.len()], round_off);
    for (line, is_fee) in order {
        let settled = if is_fee { shares[line].late_fee } else { shares[line].principal };
        let part = left.min(settled);
        left -= part;
        if is_fee {
            off[line].late_fee = part;
        } else {
            off[line].principal = part;
        }
    }
    off
}

/// The refusal of small change that settles nothing.
pub(super) fn settles_nothing() -> Refusal {
    let zh = "抹零只用于把到期或勾选的费用付清：请核对收款金额和抹零";
    let en = "small change is let off where it settles what is due or was named: check the amount";
    Refusal::invalid("round_off", zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(principal: i64, late_fee: i64) -> AllocationLine<u8> {
        AllocationLine { id: 0, principal: Fen::new(principal), late_fee: Fen::new(late_fee) }
    }

    #[test]
    fn what_comes_last_in_the_order_of_application_is_let_off() {
        let shares = [line(20_990, 15), line(20_990, 10)];
        let off = |policy| tail(policy, &shares, Fen::new(30));
        let parts =
            |off: Vec<LetOff>| off.iter().map(|one| (one.principal.get(), one.late_fee.get())).collect::<Vec<_>>();
        assert_eq!(parts(off(AllocationPolicy::PrincipalFirst)), [(0, 15), (5, 10)]);
        assert_eq!(parts(off(AllocationPolicy::StatutoryAsInterest)), [(0, 0), (30, 0)]);
    }

    #[test]
    fn the_limit_itself_is_too_much() {
        assert!(check(Fen::new(99), Fen::new(100)).is_ok());
        assert!(check(Fen::new(100), Fen::new(100)).is_err());
        assert!(check(Fen::ZERO, Fen::ZERO).is_ok());
        assert!(check(Fen::new(-1), Fen::new(100)).is_err());
    }
}
