//! The late-fee clause in force, and what runs beyond what is frozen.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::arrears::late_fee::{LateFeeClause, late_fee};
use hemu_domain::arrears::pause::DayRange;
use hemu_domain::ids::CommunityId;
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_store::ledger::adjustment::AdjustmentRow;
use hemu_store::tariff::{self, ContractRow};
use hemu_store::{DbError, Tx};
use rust_decimal::Decimal;

/// What the newest contract says about payment.
pub struct ClauseInForce {
    /// Its late-fee clause; without one there is no late fee (民法典 585).
    pub clause: Option<LateFeeClause>,
    /// How payments are applied.
    pub policy: AllocationPolicy,
    /// The contract.
    pub contract: Option<ContractRow>,
}

impl ClauseInForce {
    /// The rule as it is stored with a frozen late fee.
    #[must_use]
    pub fn describe(&self) -> serde_json::Value {
        self.clause.as_ref().map_or(serde_json::Value::Null, |clause| {
            serde_json::json!({
                "daily_rate": clause.daily_rate,
                "grace_days": clause.grace_days,
                "cap_ratio": clause.cap_ratio.map(|ratio| ratio.to_string()),
            })
        })
    }
}

/// The newest contract's clause and policy.
///
/// # Errors
/// When the database refuses.
pub fn clause_in_force(tx: &mut Tx<'_>, community: CommunityId) -> Result<ClauseInForce, DbError> {
    let contract = tariff::list_contracts(tx, community)?.into_iter().next();
    let clause = contract.as_ref().and_then(|contract| {
        Some(LateFeeClause {
            daily_rate: contract.late_fee_rate?,
            grace_days: contract.late_fee_grace_days,
            cap_ratio: contract.late_fee_cap_e4.map(|cap| Decimal::new(cap, 4)),
        })
    });
    let policy = contract.as_ref().map_or(AllocationPolicy::PrincipalFirst, |contract| contract.allocation_policy);
    Ok(ClauseInForce { clause, policy, contract })
}

/// The late fee of a charge as of a day beyond what is frozen: the whole of it, from its payments and paused days, less what was frozen.
#[must_use]
pub fn running_late_fee(
    clause: Option<&LateFeeClause>,
    amount: Fen,
    due_on: NaiveDate,
    payments: &[(NaiveDate, Fen)],
    paused: &[DayRange],
    frozen: Fen,
    as_of: NaiveDate,
) -> Fen {
    let whole = clause.map_or(Fen::ZERO, |clause| late_fee(clause, amount, due_on, payments, paused, as_of).amount);
    (whole - frozen).max(Fen::ZERO)
}

/// What adjustments of a charge took off its principal by a day, as the late fee sees it.
pub fn lowered_by(
    adjustments: &[AdjustmentRow],
    due_on: NaiveDate,
    as_of: NaiveDate,
) -> impl Iterator<Item = (NaiveDate, Fen)> {
    let of_principal = adjustments.iter().filter(|one| one.late_fee_id.is_none());
    of_principal.filter_map(move |one| Some((one.kind.lowers_from(due_on, one.effective_on, as_of)?, one.amount)))
}
