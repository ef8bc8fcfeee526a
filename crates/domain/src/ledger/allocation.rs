//! How a payment that is too small for all debts is applied (民法典 560, 561).
//!
//! Order of the debts, all of them due: those the debtor designated when paying, then the heavier burden (the higher late-fee
//! rate), then the earlier due date, then in proportion, with the last fen by largest remainder. Inside it the contract
//! chooses where the late fee ranks, since 561 does not name it: [`AllocationPolicy`].
//!
//! Invariants: what is applied plus what is left over is the payment; no debt gets more than is open; the order in which
//! debts are given changes nothing.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{DailyRate, Fen, apportion::by_largest_remainder};

/// Where the late fee ranks; a term of the contract, printed on receipts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllocationPolicy {
    /// Debt by debt, late fee before principal: the late fee ranks as interest (561).
    StatutoryAsInterest,
    /// All principals first, then late fees: the owner-friendly default.
    #[default]
    PrincipalFirst,
}

impl AllocationPolicy {
    /// The name used in JSON and storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StatutoryAsInterest => "statutory_as_interest",
            Self::PrincipalFirst => "principal_first",
        }
    }

    /// The policy of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        [Self::StatutoryAsInterest, Self::PrincipalFirst].into_iter().find(|policy| policy.as_str() == name)
    }
}

/// What is open on one charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debt<Id> {
    /// Which charge.
    pub id: Id,
    /// Open principal, zero or more.
    pub principal: Fen,
    /// Open late fee, zero or more.
    pub late_fee: Fen,
    /// When it fell due.
    pub due_on: NaiveDate,
    /// Its burden: the late-fee rate, zero without a clause.
    pub daily_rate: DailyRate,
}

impl<Id> Debt<Id> {
    fn open(&self, part: Part) -> Fen {
        match part {
            Part::LateFee => self.late_fee,
            Part::Principal => self.principal,
            Part::Whole => self.late_fee + self.principal,
        }
    }
}

/// What one charge gets of the payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllocationLine<Id> {
    /// Which charge.
    pub id: Id,
    /// Applied to its late fee.
    pub late_fee: Fen,
    /// Applied to its principal.
    pub principal: Fen,
}

/// A payment applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation<Id> {
    /// The charges that got something, in the order of 560.
    pub lines: Vec<AllocationLine<Id>>,
    /// What is left when all debts are paid: a prepayment.
    pub unallocated: Fen,
}

/// Which part of a debt a step pays.
#[derive(Clone, Copy)]
enum Part {
    LateFee,
    Principal,
    Whole,
}

/// Applies `amount` to `debts`; `designated` are the charges the debtor named when paying. An amount of zero or less, and a
/// negative debt, get nothing.
///
/// ```
/// # use hemu_domain::{Fen, DailyRate, ledger::allocation::{allocate, AllocationPolicy, Debt}};
/// let debt = |id, fen| Debt {
///     id,
///     principal: Fen::new(fen),
///     late_fee: Fen::ZERO,
///     due_on: "2025-06-30".parse().unwrap(),
///     daily_rate: DailyRate::from_stored(0),
/// };
/// let debts = [debt("物业费", 81_000), debt("车位费", 30_000)];
/// let paid = allocate(AllocationPolicy::PrincipalFirst, Fen::new(50_000), &[], &debts);
/// assert_eq!(paid.lines[0].principal, Fen::new(36_486));
/// ```
#[must_use]
pub fn allocate<Id: Clone + Ord>(
    policy: AllocationPolicy,
    amount: Fen,
    designated: &[Id],
    debts: &[Debt<Id>],
) -> Allocation<Id> {
    let mut ordered: Vec<&Debt<Id>> = debts.iter().collect();
    ordered.sort_by(|a, b| rank(a, designated).cmp(&rank(b, designated)).then_with(|| a.id.cmp(&b.id)));
    let mut lines: Vec<AllocationLine<Id>> = ordered
        .iter()
        .map(|debt| AllocationLine { id: debt.id.clone(), late_fee: Fen::ZERO, principal: Fen::ZERO })
        .collect();
    let parts: &[Part] = match policy {
        AllocationPolicy::StatutoryAsInterest => &[Part::Whole],
        AllocationPolicy::PrincipalFirst => &[Part::Principal, Part::LateFee],
    };
    let mut left = amount.max(Fen::ZERO);
    for part in parts {
        for group in equal_ranks(&ordered, designated) {
            left -= pay_group(*part, left, &ordered[group.clone()], &mut lines[group]);
        }
    }
    lines.retain(|line| line.late_fee.is_positive() || line.principal.is_positive());
    Allocation { lines, unallocated: left }
}

/// The rank of a debt by 560: designated, then heavier, then earlier.
fn rank<Id: Eq>(debt: &Debt<Id>, designated: &[Id]) -> (bool, std::cmp::Reverse<DailyRate>, NaiveDate) {
    (!designated.contains(&debt.id), std::cmp::Reverse(debt.daily_rate), debt.due_on)
}

/// The runs of debts with the same rank, which share in proportion.
fn equal_ranks<Id: Eq>(ordered: &[&Debt<Id>], designated: &[Id]) -> Vec<std::ops::Range<usize>> {
    let mut start = 0;
    let chunks = ordered.chunk_by(|a, b| rank(a, designated) == rank(b, designated));
    chunks
        .map(|group| {
            let range = start..start + group.len();
            start = range.end;
            range
        })
        .collect()
}

/// Pays a part of the debts of one rank, and returns how much that took.
fn pay_group<Id>(part: Part, left: Fen, debts: &[&Debt<Id>], lines: &mut [AllocationLine<Id>]) -> Fen {
    let open: Vec<Fen> = debts.iter().map(|debt| debt.open(part).max(Fen::ZERO)).collect();
    let paid = left.min(open.iter().sum());
    let weights: Vec<i128> = open.iter().map(|fen| fen.get().into()).collect();
    let Some(shares) = by_largest_remainder(paid, &weights) else { return Fen::ZERO };
    for ((share, debt), line) in shares.into_iter().zip(debts).zip(lines) {
        let late_fee = match part {
            Part::LateFee => share,
            Part::Principal => Fen::ZERO,
            Part::Whole => share.min(debt.late_fee),
        };
        line.late_fee += late_fee;
        line.principal += share - late_fee;
    }
    paid
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn debt(id: &'static str, principal: i64, late_fee: i64, due: &str, rate: &str) -> Debt<&'static str> {
        Debt {
            id,
            principal: Fen::new(principal),
            late_fee: Fen::new(late_fee),
            due_on: due.parse().expect("a day"),
            daily_rate: DailyRate::parse(rate).expect("a rate"),
        }
    }

    /// The debts of W05.
    fn quarters() -> [Debt<&'static str>; 3] {
        [
            debt("Q3", 81_000, 2_236, "2025-09-30", "0.0003"),
            debt("Q1", 81_000, 6_683, "2025-03-31", "0.0003"),
            debt("Q2", 81_000, 4_471, "2025-06-30", "0.0003"),
        ]
    }

    fn lines(allocation: &Allocation<&'static str>) -> Vec<(&'static str, i64, i64)> {
        allocation.lines.iter().map(|line| (line.id, line.late_fee.get(), line.principal.get())).collect()
    }

    #[test]
    fn w10_late_fee_ranked_as_interest_is_paid_before_its_principal() {
        let paid = allocate(AllocationPolicy::StatutoryAsInterest, Fen::new(100_000), &[], &quarters());
        assert_eq!(lines(&paid), [("Q1", 6_683, 81_000), ("Q2", 4_471, 7_846)]);
        assert_eq!(paid.unallocated, Fen::ZERO);
    }

    #[test]
    fn w11_principal_first_leaves_the_late_fees_open() {
        let paid = allocate(AllocationPolicy::PrincipalFirst, Fen::new(100_000), &[], &quarters());
        assert_eq!(lines(&paid), [("Q1", 0, 81_000), ("Q2", 0, 19_000)]);
    }

    #[test]
    fn w13_debts_of_one_day_share_in_proportion() {
        let debts = [debt("P", 81_000, 0, "2025-06-30", "0"), debt("C", 30_000, 0, "2025-06-30", "0")];
        for policy in [AllocationPolicy::PrincipalFirst, AllocationPolicy::StatutoryAsInterest] {
            let paid = allocate(policy, Fen::new(50_000), &[], &debts);
            assert_eq!(lines(&paid), [("C", 0, 13_514), ("P", 0, 36_486)]);
        }
    }

    #[test]
    fn what_the_payer_designated_comes_before_older_and_heavier_debts() {
        let paid = allocate(AllocationPolicy::PrincipalFirst, Fen::new(90_000), &["Q3"], &quarters());
        assert_eq!(lines(&paid), [("Q3", 0, 81_000), ("Q1", 0, 9_000)]);
        let paid = allocate(AllocationPolicy::StatutoryAsInterest, Fen::new(90_000), &["Q3"], &quarters());
        assert_eq!(lines(&paid), [("Q3", 2_236, 81_000), ("Q1", 6_683, 81)]);
    }

    #[test]
    fn the_heavier_burden_comes_before_the_earlier_due_date() {
        let debts = [debt("old", 10_000, 0, "2024-01-31", "0"), debt("heavy", 10_000, 0, "2025-01-31", "0.0005")];
        let paid = allocate(AllocationPolicy::PrincipalFirst, Fen::new(15_000), &[], &debts);
        assert_eq!(lines(&paid), [("heavy", 0, 10_000), ("old", 0, 5_000)]);
    }

    #[test]
    fn what_exceeds_all_debts_is_left_over() {
        let paid = allocate(AllocationPolicy::PrincipalFirst, Fen::new(300_000), &[], &quarters());
        assert_eq!(paid.unallocated, Fen::new(300_000 - 243_000 - 13_390));
        let nothing: Allocation<&str> = allocate(AllocationPolicy::PrincipalFirst, Fen::new(5), &[], &[]);
        assert_eq!((nothing.lines.len(), nothing.unallocated), (0, Fen::new(5)));
    }

    fn some_debts() -> impl Strategy<Value = Vec<Debt<usize>>> {
        let one = (0_i64..200_000, 0_i64..20_000, 0_i64..3, 0_i32..4);
        prop::collection::vec(one, 0..12).prop_map(|debts| {
            let first = NaiveDate::from_ymd_opt(2025, 1, 31).expect("a day");
            let debt = |(id, (principal, late_fee, rate, months)): (usize, (i64, i64, i64, i32))| Debt {
                id,
                principal: Fen::new(principal),
                late_fee: Fen::new(late_fee),
                due_on: first + chrono::Days::new(u64::from(months.unsigned_abs()) * 30),
                daily_rate: DailyRate::from_stored(rate * 10_000),
            };
            debts.into_iter().enumerate().map(debt).collect()
        })
    }

    proptest! {
        #[test]
        fn nothing_is_lost_no_debt_is_overpaid_and_the_order_of_debts_is_irrelevant(
            debts in some_debts(), amount in 0_i64..1_000_000, first in any::<bool>(), named in 0_usize..12
        ) {
            let policy =
                if first { AllocationPolicy::PrincipalFirst } else { AllocationPolicy::StatutoryAsInterest };
            let paid = allocate(policy, Fen::new(amount), &[named], &debts);
            let applied: Fen = paid.lines.iter().map(|line| line.late_fee + line.principal).sum();
            prop_assert_eq!(applied + paid.unallocated, Fen::new(amount));
            for line in &paid.lines {
                let debt = debts.iter().find(|debt| debt.id == line.id).expect("a line has its debt");
                prop_assert!(line.late_fee <= debt.late_fee && line.principal <= debt.principal);
            }
            let reversed: Vec<_> = debts.iter().rev().cloned().collect();
            prop_assert_eq!(paid, allocate(policy, Fen::new(amount), &[named], &reversed));
        }
    }
}
