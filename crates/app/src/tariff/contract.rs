//! Contracts: changing what the one in force says, and beginning the one that follows it.

use chrono::NaiveDate;
use hemu_domain::arrears::late_fee_rule::{CLAIM_CEILING_E4, DayBasis, LateFeeStart};
use hemu_domain::ids::{ClauseId, CommunityId, ContractId};
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::staff::Permission;
use hemu_domain::tariff::due::{BilledAt, DueRule};
use hemu_domain::tariff::formula::RoundingChoice;
use hemu_domain::{DailyRate, Period};
use hemu_store::tariff::{self as store, ClauseRow, ContractRow};
use hemu_store::{DbError, Tx};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Contracts;
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::registry::{optional, required};
use crate::{Actor, App, Refusal};

/// What a contract says, to change.
#[derive(Clone, Debug)]
pub struct ContractTerms {
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: String,
    /// When bills fall due.
    pub due_rule: DueRule,
    /// The day of that rule.
    pub due_day: u32,
    /// Late-fee rate per day; with neither this nor the next there is no clause, and no late fee (民法典 585).
    pub late_fee_rate: Option<DailyRate>,
    /// A late fee by so many times the one-year LPR.
    pub late_fee_lpr: Option<Decimal>,
    /// The days of a year, for a late fee by LPR.
    pub late_fee_day_basis: DayBasis,
    /// Days of grace.
    pub late_fee_grace_days: u32,
    /// From where the late fee runs once the grace is over.
    pub late_fee_starts: LateFeeStart,
    /// Cap in percent of the principal; `None` without one.
    pub late_fee_cap_percent: Option<i64>,
    /// Number of the late-fee clause, such as 第十二条.
    pub late_fee_clause: String,
    /// Days a demand gives (民法典 944).
    pub demand_days: u32,
    /// How payments are applied.
    pub allocation_policy: AllocationPolicy,
    /// How a bill of several months is rounded (W01).
    pub rounding: RoundingChoice,
}

/// A contract that follows the one in force.
#[derive(Clone, Debug)]
pub struct NewContract {
    /// The first day of a month: from then on it governs (民法典 940).
    pub starts_on: NaiveDate,
    /// `preliminary` or `committee`.
    pub kind: String,
    /// Months per bill.
    pub cycle_months: u32,
    /// Whether a cycle is billed when it begins or when it ends.
    pub billed_at: BilledAt,
    /// What it says.
    pub terms: ContractTerms,
}

/// Changes what the contract in force says, also for charges it governs already.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a term the law or the calendar does not know; [`Refusal::Conflict`] without a contract.
pub fn set_contract(app: &App, actor: &Actor, community: &str, terms: &ContractTerms) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditTariff, community)?;
    let clause = check_terms(terms)?;
    app.db.write(|tx| {
        let before = Contracts::load(tx, community)?.on(app.today()).cloned().ok_or_else(no_contract)?;
        let after = with_terms(before.clone(), terms)?;
        store::update_contract(tx, community, &after)?;
        note_late_fee_clause(tx, app, community, before.id, &clause)?;
        let detail = serde_json::json!({
            "late_fee_rate": [before.late_fee_rate, after.late_fee_rate],
            "late_fee_lpr_e4": [before.late_fee_lpr_e4, after.late_fee_lpr_e4],
            "demand_days": [before.demand_days, after.demand_days],
            "due_rule": [before.due_rule.as_str(), after.due_rule.as_str()],
        });
        let subject_id = Some(before.id.uuid());
        let act = Act { act: "contract.change", subject_kind: "contract", subject_id, detail: &detail };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}

/// Begins the contract that follows the newest one. Fee standards and prices go on until they are changed; cycle, due date,
/// late fee and the order of payments are those of the new contract for the months it governs.
///
/// # Errors
/// [`Refusal::InvalidInput`] for terms that cannot be, or a day that begins no month or lies before the newest contract;
/// [`Refusal::Conflict`] without a contract to follow, or when a month from then on was billed.
pub fn begin_contract(app: &App, actor: &Actor, community: &str, new: &NewContract) -> Result<ContractId, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditTariff, community)?;
    let clause = check_terms(&new.terms)?;
    let month = check_new(new)?;
    app.db.write(|tx| {
        let last = store::list_contracts(tx, community)?.into_iter().next().ok_or_else(no_contract)?;
        if new.starts_on <= last.starts_on {
            let (zh, en) = ("新合同应晚于上一份合同的起始日", "the new contract begins after the one before it");
            return Err(Refusal::invalid("starts_on", zh, en));
        }
        if let Some(day) = last.service_ends_on.filter(|day| new.starts_on <= *day) {
            let zh = format!("服务到 {day} 为止，新合同请从之后的月份起");
            return Err(Refusal::conflict(zh, format!("the service is rendered until {day}; begin after it")));
        }
        if store::count_billed_from(tx, community, month)? > 0 {
            let zh = format!("{month} 及以后已经出过账，新合同请从下一个未出账的月份起");
            let en = format!("{month} or a later month was billed; begin with the next one");
            return Err(Refusal::conflict(zh, en));
        }
        // A service that has ended keeps its day: between it and the new contract there is none.
        let ends_on = last.service_ends_on.or_else(|| new.starts_on.pred_opt());
        store::update_contract(tx, community, &ContractRow { ends_on, ..last.clone() })?;
        let id: ContractId = app.new_id();
        let row = ContractRow {
            id,
            kind: new.kind.clone(),
            starts_on: new.starts_on,
            ends_on: None,
            cycle_months: new.cycle_months,
            billed_at: new.billed_at,
            late_fee_ceiling_e4: CLAIM_CEILING_E4,
            service_ends_on: None,
            ..with_terms(last, &new.terms)?
        };
        store::insert_contract(tx, community, &row, app.clock.now())?;
        note_late_fee_clause(tx, app, community, id, &clause)?;
        let detail = serde_json::json!({ "from": new.starts_on, "cycle_months": new.cycle_months,
            "billed_at": new.billed_at, "late_fee_rate": row.late_fee_rate, "late_fee_lpr_e4": row.late_fee_lpr_e4 });
        let act = Act { act: "contract.begin", subject_kind: "contract", subject_id: Some(id.uuid()), detail: &detail };
        audit::record(tx, app, actor, Some(community), &act)?;
        Ok(id)
    })
}

pub(super) fn no_contract() -> Refusal {
    Refusal::conflict("还没有合同，请先导入房产和收费标准", "there is no contract yet; import the units first")
}

fn with_terms(contract: ContractRow, terms: &ContractTerms) -> Result<ContractRow, Refusal> {
    Ok(ContractRow {
        name: required("name", "合同名称", &terms.name, 100)?,
        number: optional("number", "合同编号", &terms.number, 60)?,
        due_rule: terms.due_rule,
        due_day: terms.due_day,
        late_fee_rate: terms.late_fee_rate,
        late_fee_lpr_e4: terms.late_fee_lpr.and_then(in_e4),
        late_fee_day_basis: terms.late_fee_day_basis,
        late_fee_grace_days: terms.late_fee_grace_days,
        late_fee_starts: terms.late_fee_starts,
        late_fee_cap_e4: terms.late_fee_cap_percent.map(|percent| percent * 100),
        demand_days: terms.demand_days,
        allocation_policy: terms.allocation_policy,
        rounding: terms.rounding,
        ..contract
    })
}

/// The first month of a contract.
fn check_new(new: &NewContract) -> Result<Period, Refusal> {
    let month = Period::of(new.starts_on);
    if month.first_day() != new.starts_on {
        let zh = "新合同应从某月 1 日起";
        return Err(Refusal::invalid("starts_on", zh, "a contract begins on the first of a month"));
    }
    if !matches!(new.cycle_months, 1 | 2 | 3 | 6 | 12) {
        let zh = "账单周期应为 1、2、3、6 或 12 个月";
        return Err(Refusal::invalid("cycle_months", zh, "a cycle has 1, 2, 3, 6 or 12 months"));
    }
    if !matches!(new.kind.as_str(), "preliminary" | "committee") {
        let zh = "合同类型应为前期物业合同或业委会合同";
        return Err(Refusal::invalid("kind", zh, "the kind is preliminary or committee"));
    }
    Ok(month)
}

/// No rate above 1 % a day: higher ones are a slip of the decimal point (the courts lower them far below, 民法典 585).
const HIGHEST_RATE_E8: i64 = 1_000_000;

/// Checks the terms; returns the number of the late-fee clause.
fn check_terms(terms: &ContractTerms) -> Result<String, Refusal> {
    required("name", "合同名称", &terms.name, 100)?;
    let clause = optional("late_fee_clause", "违约金条款", &terms.late_fee_clause, 30)?;
    if !(1..=31).contains(&terms.due_day) {
        return Err(Refusal::invalid("due_day", "到期日应为 1 到 31", "the due day lies between 1 and 31"));
    }
    if !(7..=90).contains(&terms.demand_days) {
        let zh = "催告给出的期限应为 7 到 90 天（民法典第九百四十四条：合理期限）";
        return Err(Refusal::invalid("demand_days", zh, "a demand gives 7 to 90 days"));
    }
    if terms.late_fee_rate.is_some_and(|rate| rate.stored() <= 0 || rate.stored() > HIGHEST_RATE_E8) {
        let zh = "违约金日费率应大于 0、不超过 1%，例如 0.05%";
        return Err(Refusal::invalid("late_fee_rate", zh, "the late-fee rate lies above 0 and up to 1 % a day"));
    }
    check_multiple(terms)?;
    if (terms.late_fee_rate.is_some() || terms.late_fee_lpr.is_some()) && clause.is_empty() {
        let zh = "约定了违约金就要写明是合同第几条；没有条款不能收违约金";
        return Err(Refusal::invalid("late_fee_clause", zh, "name the clause: without one there is no late fee"));
    }
    if terms.late_fee_cap_percent.is_some_and(|percent| !(1..=1_000).contains(&percent)) {
        return Err(Refusal::invalid(
            "late_fee_cap",
            "违约金上限应为 1% 到 1000%",
            "the cap lies between 1 % and 1000 %",
        ));
    }
    Ok(clause)
}

/// No multiple above twenty: that is beyond any rate a court lets stand (民法典 585).
const HIGHEST_MULTIPLE_E4: i64 = 200_000;

fn in_e4(multiple: Decimal) -> Option<i64> {
    let e4 = multiple.checked_mul(Decimal::from(10_000))?;
    e4.is_integer().then(|| e4.to_i64()).flatten()
}

fn check_multiple(terms: &ContractTerms) -> Result<(), Refusal> {
    let Some(multiple) = terms.late_fee_lpr else { return Ok(()) };
    if terms.late_fee_rate.is_some() {
        let zh = "违约金按日费率或按 LPR 倍数只能选一种";
        return Err(Refusal::invalid("late_fee_lpr", zh, "a late fee goes by a daily rate or by LPR, not by both"));
    }
    if !in_e4(multiple).is_some_and(|e4| e4 > 0 && e4 <= HIGHEST_MULTIPLE_E4) {
        let zh = "LPR 倍数应大于 0、不超过 20，最多四位小数，例如 1.3";
        let en = "the multiple of the LPR lies above 0 and up to 20, with at most four decimals, such as 1.3";
        return Err(Refusal::invalid("late_fee_lpr", zh, en));
    }
    Ok(())
}

fn note_late_fee_clause(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    contract_id: ContractId,
    number: &str,
) -> Result<(), DbError> {
    if number.is_empty() {
        return Ok(());
    }
    let known = store::list_clauses(tx, community)?;
    if known.iter().any(|one| one.contract_id == contract_id && one.kind == "late_fee" && one.number == number) {
        return Ok(());
    }
    let id: ClauseId = app.new_id();
    let (kind, number) = ("late_fee".to_owned(), number.to_owned());
    store::insert_clause(tx, community, &ClauseRow { id, contract_id, kind, number, text: String::new() })
}
