//! Which contract governs what (民法典 940, 948): each month is governed by the newest contract that had begun by its first day.
//!
//! - A contract dated in the future is not in force. One whose term is over goes on until the next begins (948), so its end
//!   is for people to read.
//! - A charge belongs to the contract of its clause; without a clause, to the one that governs its first month. Its late fee
//!   follows that contract's clause and no other, whatever a later contract says (465, 585). Where no contract governs, or it
//!   has no clause, nothing runs.
//! - What was frozen had its clause when it was frozen, kept with it: it stays owed on list, letter, desk and receipt alike.
//! - A payment is applied by the contract in force on the day it came in.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::Period;
use hemu_domain::arrears::late_fee_rule::{LateFeeClause, LateFeeRate, LprRate};
use hemu_domain::ids::{ClauseId, CommunityId, ContractId};
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::tariff::due::BilledAt;
use hemu_store::tariff::{self, ContractRow};
use hemu_store::{DbError, Tx};
use rust_decimal::Decimal;

/// Days a demand gives where no contract says otherwise (合理期限, 民法典 944).
const DEMAND_DAYS: u32 = 15;

/// The late-fee clause of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeRule {
    /// What it says.
    pub clause: LateFeeClause,
    /// The clause on record.
    pub clause_id: Option<ClauseId>,
}

/// The late-fee clause of a contract; `None` when it has none (民法典 585).
pub(super) fn late_fee_clause(contract: &ContractRow) -> Option<LateFeeClause> {
    let by_lpr =
        |multiple| LateFeeRate::Lpr(LprRate::published(Decimal::new(multiple, 4), contract.late_fee_day_basis));
    let rate = contract.late_fee_rate.map(LateFeeRate::Daily).or_else(|| contract.late_fee_lpr_e4.map(by_lpr))?;
    Some(LateFeeClause {
        rate,
        grace_days: contract.late_fee_grace_days,
        starts: contract.late_fee_starts,
        cap_ratio: contract.late_fee_cap_e4.map(|cap| Decimal::new(cap, 4)),
    })
}

/// The contracts of a community.
#[derive(Clone, Debug, Default)]
pub struct Contracts {
    /// Newest first, each with its late-fee clause.
    rows: Vec<(ContractRow, Option<FeeRule>)>,
    of_clause: HashMap<ClauseId, ContractId>,
}

impl Contracts {
    /// Reads them.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn load(tx: &mut Tx<'_>, community: CommunityId) -> Result<Self, DbError> {
        let mut contracts = Self::default();
        for (contract, clauses) in tariff::list_contracts_with_clauses(tx, community)? {
            // The one noted last counts, where the number of a clause was corrected.
            let own = clauses.iter().rev().find(|(_, kind)| kind == "late_fee").map(|(id, _)| *id);
            contracts.of_clause.extend(clauses.iter().map(|(clause, _)| (*clause, contract.id)));
            let rule = late_fee_clause(&contract).map(|clause| FeeRule { clause, clause_id: own });
            contracts.rows.push((contract, rule));
        }
        Ok(contracts)
    }

    /// The contract in force on a day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<&ContractRow> {
        self.entry_on(day).map(|(contract, _)| contract)
    }

    /// The contract that governs a month.
    #[must_use]
    pub fn of_month(&self, month: Period) -> Option<&ContractRow> {
        self.on(month.first_day())
    }

    /// The contract a charge belongs to, by its clause and first month.
    #[must_use]
    pub fn of_charge(&self, clause: Option<ClauseId>, period: Period) -> Option<&ContractRow> {
        self.entry_of(clause, period).map(|(contract, _)| contract)
    }

    /// Whether any contract has a late-fee clause.
    #[must_use]
    pub fn has_fee_rule(&self) -> bool {
        self.rows.iter().any(|(_, rule)| rule.is_some())
    }

    /// The late-fee clause of a charge, by its clause and first month.
    #[must_use]
    pub fn fee_rule(&self, clause: Option<ClauseId>, period: Period) -> Option<&FeeRule> {
        self.entry_of(clause, period).and_then(|(_, rule)| rule.as_ref())
    }

    /// The clause, when it is one of that contract.
    #[must_use]
    pub fn clause_of(&self, contract: ContractId, clause: Option<ClauseId>) -> Option<ClauseId> {
        clause.filter(|clause| self.of_clause.get(clause) == Some(&contract))
    }

    /// How a payment of a day is applied.
    #[must_use]
    pub fn policy_on(&self, day: NaiveDate) -> AllocationPolicy {
        self.on(day).map_or(AllocationPolicy::PrincipalFirst, |contract| contract.allocation_policy)
    }

    /// Days a demand of a day gives.
    #[must_use]
    pub fn demand_days_on(&self, day: NaiveDate) -> u32 {
        self.on(day).map_or(DEMAND_DAYS, |contract| contract.demand_days)
    }

    /// The longest cycle of any contract, in months.
    #[must_use]
    pub fn longest_cycle(&self) -> u32 {
        self.rows.iter().map(|(contract, _)| contract.cycle_months).max().unwrap_or(1).max(1)
    }

    /// The longest cycle that is billed when it ends, in months; 1 without one.
    #[must_use]
    pub fn longest_cycle_in_arrears(&self) -> u32 {
        let in_arrears = self.rows.iter().filter(|(contract, _)| contract.billed_at == BilledAt::CycleEnd);
        in_arrears.map(|(contract, _)| contract.cycle_months).max().unwrap_or(1).max(1)
    }

    fn entry_of(&self, clause: Option<ClauseId>, period: Period) -> Option<&(ContractRow, Option<FeeRule>)> {
        match clause.and_then(|clause| self.of_clause.get(&clause)) {
            Some(id) => self.rows.iter().find(|(contract, _)| contract.id == *id),
            None => self.entry_on(period.first_day()),
        }
    }

    fn entry_on(&self, day: NaiveDate) -> Option<&(ContractRow, Option<FeeRule>)> {
        self.rows.iter().find(|(contract, _)| contract.starts_on <= day)
    }
}
