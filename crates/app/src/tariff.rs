//! Tariff (收费标准): contracts with their clauses, prices with the days they hold from, public display.

use chrono::NaiveDate;
use hemu_domain::ids::{ClauseId, CommunityId, ContractId, FeeStandardId, PublicDisplayId};
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::staff::Permission;
use hemu_domain::tariff::due::DueRule;
use hemu_domain::{DailyRate, Period, UnitPrice};
use hemu_store::tariff::display::{self, DisplayRow};
use hemu_store::tariff::{self as store, ClauseRow, ContractRow, FeePriceRow, FeeStandardRow};
use hemu_store::{DbError, Tx};
use serde::Serialize;

use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::registry::{optional, required};
use crate::{Actor, App, Refusal};

/// The tariff of a community.
#[derive(Clone, Debug, Serialize)]
pub struct TariffReport {
    /// Contracts, newest first; the first is in force.
    pub contracts: Vec<ContractReport>,
    /// Fee standards with all their prices.
    pub standards: Vec<StandardReport>,
    /// Public displays, newest first.
    pub displays: Vec<DisplayReport>,
}

/// A contract with its clauses.
#[derive(Clone, Debug, Serialize)]
pub struct ContractReport {
    /// Its id.
    pub id: ContractId,
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: String,
    /// `preliminary`, `committee` or `provisional`.
    pub kind: String,
    /// From when.
    pub starts_on: NaiveDate,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
    /// Months per bill.
    pub cycle_months: u32,
    /// When bills fall due.
    pub due_rule: &'static str,
    /// The day of that rule.
    pub due_day: u32,
    /// Late-fee rate per day, 0.0005 for 0.05 %; `None` without a clause.
    pub late_fee_rate: Option<DailyRate>,
    /// Days of grace.
    pub late_fee_grace_days: u32,
    /// Cap in percent of the principal.
    pub late_fee_cap_percent: Option<i64>,
    /// Days a demand gives.
    pub demand_days: u32,
    /// `statutory_as_interest` or `principal_first`.
    pub allocation_policy: &'static str,
    /// Its clauses.
    pub clauses: Vec<ClauseReport>,
}

/// A clause.
#[derive(Clone, Debug, Serialize)]
pub struct ClauseReport {
    /// What it is about.
    pub kind: String,
    /// Such as 第八条.
    pub number: String,
    /// The wording.
    pub text: String,
}

/// A fee standard.
#[derive(Clone, Debug, Serialize)]
pub struct StandardReport {
    /// Its id.
    pub id: FeeStandardId,
    /// The fee item.
    pub item: String,
    /// Its name.
    pub name: String,
    /// `area` or `fixed`.
    pub formula: String,
    /// Its prices, by day.
    pub prices: Vec<PriceReport>,
    /// Units that pay by it today.
    pub units: usize,
}

/// A price from a day on.
#[derive(Clone, Debug, Serialize)]
pub struct PriceReport {
    /// From when.
    pub valid_from: NaiveDate,
    /// Per m² and month, or per month.
    pub price: UnitPrice,
    /// Added per month.
    pub surcharge: UnitPrice,
    /// Clause or list.
    pub basis: String,
}

/// A public display.
#[derive(Clone, Debug, Serialize)]
pub struct DisplayReport {
    /// What was shown.
    pub what: String,
    /// Where.
    pub place: String,
    /// Since when.
    pub displayed_on: NaiveDate,
    /// Who recorded it.
    pub author: String,
}

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
    /// Late-fee rate per day; `None` without a clause: then there is no late fee (民法典 585).
    pub late_fee_rate: Option<DailyRate>,
    /// Days of grace.
    pub late_fee_grace_days: u32,
    /// Cap in percent of the principal; `None` without one.
    pub late_fee_cap_percent: Option<i64>,
    /// Number of the late-fee clause, such as 第十二条.
    pub late_fee_clause: String,
    /// Days a demand gives (民法典 944).
    pub demand_days: u32,
    /// How payments are applied.
    pub allocation_policy: AllocationPolicy,
}

/// A new price.
#[derive(Clone, Debug)]
pub struct NewPrice {
    /// Of which standard.
    pub standard: FeeStandardId,
    /// The first day of a month.
    pub valid_from: NaiveDate,
    /// Per m² and month, or per month.
    pub price: UnitPrice,
    /// Clause, vote or list it rests on.
    pub basis: String,
}

/// A public display to record.
#[derive(Clone, Debug)]
pub struct NewDisplay {
    /// What was shown.
    pub what: String,
    /// Where.
    pub place: String,
    /// Since when.
    pub displayed_on: NaiveDate,
}

/// The tariff of a community.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn show_tariff(app: &App, actor: &Actor, community: &str) -> Result<TariffReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    Ok(app.db.read(|tx| read(tx, community, app.today()))?)
}

fn read(tx: &mut Tx<'_>, community: CommunityId, today: NaiveDate) -> Result<TariffReport, DbError> {
    let clauses = store::list_clauses(tx, community)?;
    let items = store::list_items(tx, community)?;
    let prices = store::list_prices(tx, community)?;
    let used = store::count_unit_fees(tx, community, today)?;
    let contracts = store::list_contracts(tx, community)?;
    let standards = store::list_standards(tx, community)?;
    let standard = |one: FeeStandardRow| StandardReport {
        item: items
            .iter()
            .find(|(id, _, _)| *id == one.fee_item_id)
            .map(|(_, name, _)| name.clone())
            .unwrap_or_default(),
        prices: prices.iter().filter(|price| price.fee_standard_id == one.id).map(price_report).collect(),
        units: used.iter().find(|(id, _)| *id == one.id).map_or(0, |(_, count)| usize::try_from(*count).unwrap_or(0)),
        id: one.id,
        name: one.name,
        formula: one.formula,
    };
    let shown = |one: DisplayRow| DisplayReport {
        what: one.what,
        place: one.place,
        displayed_on: one.displayed_on,
        author: one.author_name,
    };
    Ok(TariffReport {
        contracts: contracts.into_iter().map(|one| contract_report(one, &clauses)).collect(),
        standards: standards.into_iter().map(standard).collect(),
        displays: display::list(tx, community)?.into_iter().map(shown).collect(),
    })
}

fn price_report(price: &FeePriceRow) -> PriceReport {
    PriceReport {
        valid_from: price.valid_from,
        price: price.price,
        surcharge: price.surcharge,
        basis: price.basis.clone(),
    }
}

fn contract_report(contract: ContractRow, clauses: &[ClauseRow]) -> ContractReport {
    let own = clauses.iter().filter(|clause| clause.contract_id == contract.id);
    let clause =
        |one: &ClauseRow| ClauseReport { kind: one.kind.clone(), number: one.number.clone(), text: one.text.clone() };
    ContractReport {
        clauses: own.map(clause).collect(),
        id: contract.id,
        name: contract.name,
        number: contract.number,
        kind: contract.kind,
        starts_on: contract.starts_on,
        ends_on: contract.ends_on,
        cycle_months: contract.cycle_months,
        due_rule: contract.due_rule.as_str(),
        due_day: contract.due_day,
        late_fee_rate: contract.late_fee_rate,
        late_fee_grace_days: contract.late_fee_grace_days,
        late_fee_cap_percent: contract.late_fee_cap_e4.map(|cap| cap / 100),
        demand_days: contract.demand_days,
        allocation_policy: contract.allocation_policy.as_str(),
    }
}

/// Sets what the newest contract of a community says.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a term the law or the calendar does not know; [`Refusal::Conflict`] without a contract.
pub fn set_contract(app: &App, actor: &Actor, community: &str, terms: &ContractTerms) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditTariff, community)?;
    let name = required("name", "合同名称", &terms.name, 100)?;
    let number = optional("number", "合同编号", &terms.number, 60)?;
    let clause = optional("late_fee_clause", "违约金条款", &terms.late_fee_clause, 30)?;
    check_terms(terms, &clause)?;
    app.db.write(|tx| {
        let before = store::list_contracts(tx, community)?.into_iter().next().ok_or_else(|| {
            Refusal::conflict("还没有合同，请先导入房产和收费标准", "there is no contract yet; import the units first")
        })?;
        let after = ContractRow {
            name: name.clone(),
            number: number.clone(),
            due_rule: terms.due_rule,
            due_day: terms.due_day,
            late_fee_rate: terms.late_fee_rate,
            late_fee_grace_days: terms.late_fee_grace_days,
            late_fee_cap_e4: terms.late_fee_cap_percent.map(|percent| percent * 100),
            demand_days: terms.demand_days,
            allocation_policy: terms.allocation_policy,
            ..before.clone()
        };
        store::update_contract(tx, community, &after)?;
        if !clause.is_empty() {
            note_late_fee_clause(tx, app, community, before.id, &clause)?;
        }
        let detail = serde_json::json!({
            "late_fee_rate": [before.late_fee_rate, after.late_fee_rate],
            "demand_days": [before.demand_days, after.demand_days],
            "due_rule": [before.due_rule.as_str(), after.due_rule.as_str()],
        });
        let act = Act {
            act: "contract.change",
            subject_kind: "contract",
            subject_id: Some(before.id.uuid()),
            detail: &detail,
        };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}

/// No rate above 1 % a day: higher ones are a slip of the decimal point (the courts lower them far below, 民法典 585).
const HIGHEST_RATE_E8: i64 = 1_000_000;

fn check_terms(terms: &ContractTerms, clause: &str) -> Result<(), Refusal> {
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
    if terms.late_fee_rate.is_some() && clause.is_empty() {
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
    Ok(())
}

fn note_late_fee_clause(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    contract_id: ContractId,
    number: &str,
) -> Result<(), DbError> {
    let known = store::list_clauses(tx, community)?;
    if known.iter().any(|one| one.contract_id == contract_id && one.kind == "late_fee" && one.number == number) {
        return Ok(());
    }
    let id: ClauseId = app.new_id();
    let (kind, number) = ("late_fee".to_owned(), number.to_owned());
    store::insert_clause(tx, community, &ClauseRow { id, contract_id, kind, number, text: String::new() })
}

/// Sets the price of a standard from the first day of a month on. Months that were billed keep their price.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a day that begins no month or a price of zero; [`Refusal::Conflict`] when that month was
/// billed, or has a price already.
pub fn set_price(app: &App, actor: &Actor, community: &str, new: &NewPrice) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditTariff, community)?;
    let basis = required("basis", "依据", &new.basis, 200)?;
    let period = Period::of(new.valid_from);
    if period.first_day() != new.valid_from {
        return Err(Refusal::invalid("valid_from", "新价格应从某月 1 日起", "a price begins on the first of a month"));
    }
    if new.price.stored() <= 0 {
        return Err(Refusal::invalid("price", "单价必须大于零", "the price must be above zero"));
    }
    app.db.write(|tx| {
        let known = store::list_standards(tx, community)?.into_iter().any(|one| one.id == new.standard);
        if !known {
            return Err(Refusal::not_found("收费标准", "fee standard", &new.standard.to_string()));
        }
        if store::count_charged_from(tx, community, new.standard, period)? > 0 {
            let zh = format!("{period} 及以后已经出过账，新价格请从下一个未出账的月份起");
            return Err(Refusal::conflict(
                zh,
                format!("{period} or a later month was billed; begin with the next one"),
            ));
        }
        let price = FeePriceRow {
            fee_standard_id: new.standard,
            valid_from: new.valid_from,
            price: new.price,
            surcharge: UnitPrice::from_stored(0),
            basis: basis.clone(),
        };
        store::insert_price(tx, community, &price).map_err(|error| match error {
            DbError::Duplicate { .. } => {
                Refusal::conflict(format!("{period} 已有价格"), format!("there is a price from {period} already"))
            }
            other => other.into(),
        })?;
        let detail = serde_json::json!({ "from": new.valid_from, "price": new.price, "basis": basis });
        let subject_id = Some(new.standard.uuid());
        let act = Act { act: "price.set", subject_kind: "fee_standard", subject_id, detail: &detail };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}

/// Records that fee standards hang where owners can read them (物业管理条例 公示).
///
/// # Errors
/// [`Refusal::InvalidInput`] when something is missing or the day lies ahead.
pub fn record_display(app: &App, actor: &Actor, community: &str, new: &NewDisplay) -> Result<PublicDisplayId, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditTariff, community)?;
    if new.displayed_on > app.today() {
        return Err(Refusal::invalid("displayed_on", "公示日期不能晚于今天", "the day lies ahead"));
    }
    let id: PublicDisplayId = app.new_id();
    let row = DisplayRow {
        id,
        fee_standard_id: None,
        what: required("what", "公示内容", &new.what, 200)?,
        place: required("place", "公示位置", &new.place, 100)?,
        displayed_on: new.displayed_on,
        photo_sha256: None,
        author_name: actor.name.clone(),
        created_at: app.clock.now(),
    };
    app.db.write(|tx| {
        display::insert(tx, community, &row)?;
        let detail = serde_json::json!({ "what": row.what, "place": row.place });
        let act =
            Act { act: "display.record", subject_kind: "public_display", subject_id: Some(id.uuid()), detail: &detail };
        Ok::<_, Refusal>(audit::record(tx, app, actor, Some(community), &act)?)
    })?;
    Ok(id)
}
