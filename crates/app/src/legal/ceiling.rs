//! How high a late fee may be to be claimed (F4): above the ceiling of its contract no numbered demand and no legal step claims it.
//!
//! The ceiling is 24 % a year. Courts lower what is far above the loss (民法典 585 II, 合同编通则解释 65); a claim that is lowered
//! costs fees and trust. Where counsel decides otherwise, another ceiling of that contract is asked for by one person and approved
//! by another, with the reason on record.

use chrono::NaiveDate;
use hemu_domain::Text;
use hemu_domain::arrears::late_fee_rule::CLAIM_CEILING_E4;
use hemu_domain::ids::{CommunityId, ContractId};
use hemu_store::Tx;
use hemu_store::tariff::{self, ContractRow};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::approval::TwoPeople;
use crate::arrears::ChargeArrears;
use crate::audit::{self, Act};
use crate::tariff::Contracts;
use crate::{App, Refusal};

/// Another ceiling for the late fee of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CeilingRequest {
    /// The contract.
    pub contract: ContractId,
    /// Percent a year.
    pub percent: u32,
}

/// Whose late fee is too high to be claimed, one sentence for each contract.
pub fn too_high(contracts: &Contracts, owed: &[ChargeArrears], on: NaiveDate) -> Vec<Text> {
    let mut told: Vec<ContractId> = Vec::new();
    let mut missing = Vec::new();
    for one in owed.iter().filter(|one| one.late_fee.is_positive()) {
        let (clause, period) = (one.charge.clause_id, one.charge.period);
        let Some((contract, rule)) = contracts.of_charge(clause, period).zip(contracts.fee_rule(clause, period)) else {
            continue;
        };
        let (annual, ceiling) = (rule.clause.rate.annual(on), Decimal::new(contract.late_fee_ceiling_e4, 4));
        if annual > ceiling && !told.contains(&contract.id) {
            told.push(contract.id);
            missing.push(sentence(contract, annual, ceiling));
        }
    }
    missing
}

fn sentence(contract: &ContractRow, annual: Decimal, ceiling: Decimal) -> Text {
    let percent = |rate: Decimal| (rate * Decimal::ONE_HUNDRED).round_dp(2).normalize();
    let (annual, ceiling, name) = (percent(annual), percent(ceiling), &contract.name);
    Text::new(
        format!(
            "“{name}”的违约金折合年 {annual}%，高于可主张的上限 {ceiling}%：请修改条款，或由法务说明理由、另一人批准提高上限"
        ),
        format!(
            "the late fee of '{name}' is {annual} % a year, above the {ceiling} % that are claimed: change the clause, or ask for another ceiling, which a second person approves"
        ),
    )
}

/// Whether the ceiling could be set now but for the second person.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a ceiling out of range; [`Refusal::NotFound`] for an unknown contract.
pub(crate) fn check(tx: &mut Tx<'_>, community: CommunityId, request: &CeilingRequest) -> Result<ContractRow, Refusal> {
    if !(1..=400).contains(&request.percent) {
        let zh = "上限应为每年 1% 到 400%";
        return Err(Refusal::invalid("ceiling", zh, "the ceiling lies between 1 % and 400 % a year"));
    }
    let found = tariff::list_contracts(tx, community)?.into_iter().find(|one| one.id == request.contract);
    found.ok_or_else(|| Refusal::not_found("合同", "contract", ""))
}

/// Sets the ceiling that two people agreed on.
///
/// # Errors
/// As for [`check`].
pub(crate) fn set(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    request: &CeilingRequest,
) -> Result<(), Refusal> {
    let before = check(tx, community, request)?;
    let after = ContractRow { late_fee_ceiling_e4: i64::from(request.percent) * 100, ..before };
    tariff::update_contract(tx, community, &after)?;
    let detail = serde_json::json!({ "percent": request.percent, "usual_e4": CLAIM_CEILING_E4, "requested_by": people.asked_by,
        "reason": people.reason });
    let subject_id = Some(request.contract.uuid());
    let act = Act { act: "contract.ceiling", subject_kind: "contract", subject_id, detail: &detail };
    Ok(audit::record(tx, app, people.approver, Some(community), &act)?)
}
