//! The tariff (收费标准): contract with its clauses, prices and the days they hold from, public displays.

use hemu_app::approval::{Asked as Asks, ask};
use hemu_app::billing::explain::explain_unit;
use hemu_app::legal::ceiling::CeilingRequest;
use hemu_app::tariff::{
    ContractTerms, NewContract, NewDisplay, NewPrice, NewStandard, NewUnitFee, add_standard, begin_contract,
    record_display, set_contract, set_price, set_unit_fee, show_tariff,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::DailyRate;
use hemu_domain::UnitLabel;
use hemu_domain::arrears::late_fee_rule::LateFeeStart;
use hemu_domain::ids::{ContractId, FeeStandardId};
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::registry::unit::UnitKind;
use hemu_domain::tariff::due::{BilledAt, DueRule};
use hemu_domain::tariff::formula::RoundingChoice;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::Site;
use super::input::{Body, fields_of};
use super::operations::Operations;
use super::shapes;
use crate::fields::Fields;
use crate::forms;

#[derive(OpenApi)]
#[openapi(paths(show, contract, begin, standard, price, unit_fee, display, explain, ceiling))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("tariff", "收费标准 / Contracts, prices, public display")
        .get("/communities/{community}/tariff", show)
        .put("/communities/{community}/tariff/contract", contract)
        .post("/communities/{community}/tariff/contracts", begin)
        .post("/communities/{community}/tariff/standards", standard)
        .post("/communities/{community}/tariff/unit-fees", unit_fee)
        .post("/communities/{community}/tariff/prices", price)
        .post("/communities/{community}/tariff/displays", display)
        .post("/communities/{community}/tariff/explanations", explain)
        .post("/communities/{community}/tariff/ceilings", ceiling)
}

/// The tariff in force, with its history
#[utoipa::path(get, path = "/communities/{community}/tariff",
    responses((status = 200, description = "The tariff", body = shapes::TariffReport)))]
async fn show(at: Site) -> Answer {
    ok(at.run(show_tariff).await?)
}

/// The terms of the contract.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Terms {
    name: String,
    number: String,
    /// `last_day_of_month`, `day_of_month` or `day_of_next_month`
    due_rule: String,
    /// 1 to 31
    due_day: Option<u32>,
    /// Per day, such as `0.0003`; left out when the contract has no late fee, or one by LPR
    late_fee_rate: Option<String>,
    /// How many times the one-year LPR, such as `1.3`; never beside a rate per day
    late_fee_lpr: Option<String>,
    /// `365` (left out) or `360` days of a year, for a late fee by LPR
    late_fee_day_basis: Option<String>,
    /// `after_due` (left out) or `after_grace`
    late_fee_starts: Option<String>,
    #[serde(default)]
    late_fee_grace_days: u32,
    /// Percent of the principal
    late_fee_cap_percent: Option<i64>,
    #[serde(default)]
    late_fee_clause: String,
    /// Days a demand gives
    demand_days: u32,
    /// `statutory_as_interest` or `principal_first`
    allocation_policy: String,
    /// `month_first` (left out) or `total_first`
    rounding: Option<String>,
}

fn terms(fields: &Fields, value: Terms) -> Result<ContractTerms, Refusal> {
    let rate = fields.optional(("late_fee_rate", "违约金日费率"), str::parse::<Decimal>)?;
    let too_fine =
        |_| Refusal::invalid("late_fee_rate", "违约金日费率最多六位小数", "the rate has at most six decimals");
    Ok(ContractTerms {
        due_rule: fields.required(("due_rule", "到期规则"), DueRule::parse)?,
        due_day: value.due_day.unwrap_or(31),
        late_fee_rate: rate.map(DailyRate::try_new).transpose().map_err(too_fine)?,
        late_fee_lpr: fields.optional(("late_fee_lpr", "LPR 倍数"), str::parse::<Decimal>)?,
        late_fee_day_basis: forms::day_basis(fields)?,
        late_fee_starts: fields
            .optional(("late_fee_starts", "违约金起算"), LateFeeStart::parse)?
            .unwrap_or(LateFeeStart::AfterDue),
        late_fee_grace_days: value.late_fee_grace_days,
        late_fee_cap_percent: value.late_fee_cap_percent,
        late_fee_clause: value.late_fee_clause,
        demand_days: value.demand_days,
        allocation_policy: fields
            .required(("allocation_policy", "抵充顺序"), |word| AllocationPolicy::find(word).ok_or(()))?,
        rounding: fields
            .optional(("rounding", "取整方式"), |word| RoundingChoice::find(word).ok_or(()))?
            .unwrap_or_default(),
        name: value.name,
        number: value.number,
    })
}

/// Sets the terms of the contract
#[utoipa::path(put, path = "/communities/{community}/tariff/contract", request_body = Terms,
    responses((status = 204, description = "Set")))]
async fn contract(at: Site, body: Body<Terms>) -> Answer {
    let work =
        move |app: &App, actor: &Actor, name: &str| set_contract(app, actor, name, &terms(&body.fields, body.value)?);
    at.run(work).await?;
    done()
}

/// A contract that follows the one in force.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Following {
    /// The first of a month that was not billed yet
    starts_on: String,
    /// `preliminary` or `committee`
    kind: String,
    /// 1, 2, 3, 6 or 12
    cycle_months: u32,
    /// `cycle_start` (left out: paid in advance) or `cycle_end` (in arrears)
    billed_at: Option<String>,
    terms: Terms,
}

/// Begins the contract that follows the newest one
#[utoipa::path(post, path = "/communities/{community}/tariff/contracts", request_body = Following,
    responses((status = 201, description = "Begun", body = shapes::Made)))]
async fn begin(at: Site, body: Body<Following>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let Following { kind, cycle_months, terms: value, .. } = body.value;
        let starts_on = body.fields.day("starts_on", "起始日期")?;
        let billed_at = body.fields.optional(("billed_at", "出账时点"), BilledAt::parse)?;
        let billed_at = billed_at.unwrap_or(BilledAt::CycleStart);
        let terms = terms(&fields_of(&value), value)?;
        begin_contract(app, actor, name, &NewContract { starts_on, kind, cycle_months, billed_at, terms })
    };
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

/// A fee standard for a kind of units.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Standard {
    /// The fee item; made when it is new
    item: String,
    name: String,
    /// `area`, `fixed`, `area_by_floor`, `fixed_by_floor`, `area_by_area`, `fixed_by_area` or `area_tiers`
    formula: String,
    /// `home`, `shop`, `office`, `parking` or `storage`
    unit_kind: String,
    /// Yuan, as text; left out where the formula goes by bands
    price: Option<String>,
    /// One band a line, `1~6 1.20`, the top one `19~ 1.80`: floors, or areas in m²
    bands: Option<String>,
    /// The first of a month that was not billed yet
    valid_from: String,
    /// What it rests on
    basis: String,
}

/// Makes a fee standard for all units of a kind that pay nothing for the item yet
#[utoipa::path(post, path = "/communities/{community}/tariff/standards", request_body = Standard,
    responses((status = 201, description = "Made", body = shapes::StandardMade)))]
async fn standard(at: Site, body: Body<Standard>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let fields = &body.fields;
        let new = NewStandard {
            item: fields.text("item").to_owned(),
            name: fields.text("name").to_owned(),
            formula: fields.text("formula").to_owned(),
            unit_kind: fields.required(("unit_kind", "房屋类型"), UnitKind::parse)?,
            price: forms::price_or_none(fields)?,
            bands: fields.text("bands").to_owned(),
            valid_from: fields.day("valid_from", "起始日期")?,
            basis: fields.text("basis").to_owned(),
        };
        add_standard(app, actor, name, &new)
    };
    created(at.run(work).await?)
}

/// Another standard for one unit.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnitFee {
    unit: String,
    standard: String,
    /// The first of a month that was not billed yet
    starts_on: String,
}

/// Lets a unit pay by another standard
#[utoipa::path(post, path = "/communities/{community}/tariff/unit-fees", request_body = UnitFee,
    responses((status = 204, description = "Set")))]
async fn unit_fee(at: Site, body: Body<UnitFee>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let fields = &body.fields;
        let new = NewUnitFee {
            unit: fields.required(("unit", "房号"), UnitLabel::parse)?,
            standard: fields.required(("standard", "收费标准"), FeeStandardId::parse)?,
            starts_on: fields.day("starts_on", "起始日期")?,
        };
        set_unit_fee(app, actor, name, &new)
    };
    at.run(work).await?;
    done()
}

/// A price and the day it holds from.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Price {
    standard: String,
    valid_from: String,
    /// Yuan, as text; left out where the formula goes by bands
    price: Option<String>,
    /// One band a line, `1~6 1.20`, the top one `19~ 1.80`: floors, or areas in m²
    bands: Option<String>,
    /// What it rests on
    #[serde(default)]
    basis: String,
}

/// Sets a price from a day on; what was billed stays
#[utoipa::path(post, path = "/communities/{community}/tariff/prices", request_body = Price,
    responses((status = 204, description = "Set")))]
async fn price(at: Site, body: Body<Price>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let fields = &body.fields;
        let new = NewPrice {
            standard: fields.required(("standard", "收费标准"), FeeStandardId::parse)?,
            valid_from: fields.day("valid_from", "起始日期")?,
            price: forms::price_or_none(fields)?,
            bands: fields.text("bands").to_owned(),
            basis: fields.text("basis").to_owned(),
        };
        set_price(app, actor, name, &new)
    };
    at.run(work).await?;
    done()
}

/// What was displayed, where and when.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Display {
    what: String,
    place: String,
    displayed_on: String,
}

/// Records a public display of fee standards (公示)
#[utoipa::path(post, path = "/communities/{community}/tariff/displays", request_body = Display,
    responses((status = 201, description = "Recorded", body = shapes::Made)))]
async fn display(at: Site, body: Body<Display>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let fields = &body.fields;
        let new = NewDisplay {
            what: fields.text("what").to_owned(),
            place: fields.text("place").to_owned(),
            displayed_on: fields.day("displayed_on", "公示日期")?,
        };
        record_display(app, actor, name, &new)
    };
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

/// A unit and a month.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// `3-2-1502`
    unit: String,
    /// `2026-05`; it may lie ahead
    period: String,
}

/// What a unit pays in a month, line by line, and why; nothing is written
#[utoipa::path(post, path = "/communities/{community}/tariff/explanations", request_body = Asked,
    responses((status = 200, description = "Formula, price in force, clause", body = shapes::UnitAnswer)))]
async fn explain(at: Site, body: Body<Asked>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let (unit, period) = (body.fields.unit("unit")?, body.fields.period("period")?);
        explain_unit(app, actor, name, (&unit, period))
    };
    ok(at.run(work).await?)
}

/// Another ceiling for the late fee of a contract.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Ceiling {
    contract: String,
    /// Percent a year, 1 to 400
    percent: u32,
    /// Counsel's reason; goes on record
    reason: String,
}

/// Asks for another ceiling of the late fee that letters and claims may ask for (24 % a year); a second person approves it
#[utoipa::path(post, path = "/communities/{community}/tariff/ceilings", request_body = Ceiling,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn ceiling(at: Site, body: Body<Ceiling>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let contract = body.fields.required(("contract", "合同"), ContractId::parse)?;
        let asked = Asks::LateFeeCeiling(CeilingRequest { contract, percent: body.value.percent });
        ask(app, actor, community, &asked, body.fields.text("reason"))
    };
    created(at.run(work).await?)
}
