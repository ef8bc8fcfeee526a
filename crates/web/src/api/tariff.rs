//! The tariff (收费标准): contract with its clauses, prices and the days they hold from, public displays.

use hemu_app::tariff::{ContractTerms, NewDisplay, NewPrice, record_display, set_contract, set_price, show_tariff};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::DailyRate;
use hemu_domain::ids::FeeStandardId;
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::tariff::due::DueRule;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::Site;
use super::input::Body;
use super::operations::Operations;
use super::shapes;
use crate::fields::Fields;

#[derive(OpenApi)]
#[openapi(paths(show, contract, price, display))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("tariff", "收费标准 / Contracts, prices, public display")
        .get("/communities/{community}/tariff", show)
        .put("/communities/{community}/tariff/contract", contract)
        .post("/communities/{community}/tariff/prices", price)
        .post("/communities/{community}/tariff/displays", display)
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
    /// `last_day`, `day_of_month` or `day_of_next_month`
    due_rule: String,
    /// 1 to 31
    due_day: Option<u32>,
    /// Per day, such as `0.0003`; left out when the contract has no late fee
    late_fee_rate: Option<String>,
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
}

fn terms(fields: &Fields, value: Terms) -> Result<ContractTerms, Refusal> {
    let rate = fields.optional(("late_fee_rate", "违约金日费率"), str::parse::<Decimal>)?;
    let too_fine =
        |_| Refusal::invalid("late_fee_rate", "违约金日费率最多六位小数", "the rate has at most six decimals");
    Ok(ContractTerms {
        due_rule: fields.required(("due_rule", "到期规则"), DueRule::parse)?,
        due_day: value.due_day.unwrap_or(31),
        late_fee_rate: rate.map(DailyRate::try_new).transpose().map_err(too_fine)?,
        late_fee_grace_days: value.late_fee_grace_days,
        late_fee_cap_percent: value.late_fee_cap_percent,
        late_fee_clause: value.late_fee_clause,
        demand_days: value.demand_days,
        allocation_policy: fields
            .required(("allocation_policy", "抵充顺序"), |word| AllocationPolicy::find(word).ok_or(()))?,
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

/// A price and the day it holds from.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Price {
    standard: String,
    valid_from: String,
    /// Yuan, as text
    price: String,
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
            price: fields.price("price")?,
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
