//! Reductions (减免) and corrections (更正账单): what is charged in part or let off, the rules, charges billed anew.

use axum::extract::Path;
use hemu_app::approval::{Asked as Wanted, ask};
use hemu_app::billing::rebill::preview_rebill;
use hemu_app::reductions::promotion::grant_promotion;
use hemu_app::reductions::service::ServiceRequest;
use hemu_app::reductions::vacancy::end_discount;
use hemu_app::reductions::waive::waive as waive_charge;
use hemu_app::reductions::{list_reductions, set_rules, show_rules};
use hemu_app::{Actor, App};
use hemu_domain::ids::{ChargeId, ComplaintId, DiscountId};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::Site;
use super::input::{Body, read_id};
use super::operations::Operations;
use super::shapes;
use crate::forms;

#[derive(OpenApi)]
#[openapi(paths(list, rules, put_rules, waive, vacancy, end, promotion, service, preview, rebill))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("reductions", "减免与更正 / Reductions and corrections")
        .get("/communities/{community}/reductions", list)
        .get("/communities/{community}/money-rules", rules)
        .put("/communities/{community}/money-rules", put_rules)
        .post("/communities/{community}/waivers", waive)
        .post("/communities/{community}/approvals/vacancies", vacancy)
        .post("/communities/{community}/discounts/{discount}/end", end)
        .post("/communities/{community}/promotions", promotion)
        .post("/communities/{community}/approvals/service-reductions", service)
        .post("/communities/{community}/rebills/preview", preview)
        .post("/communities/{community}/approvals/rebills", rebill)
}

/// What is charged in part, what was let off last, and the totals of the year
#[utoipa::path(get, path = "/communities/{community}/reductions",
    responses((status = 200, description = "The newest first", body = shapes::ReductionList)))]
async fn list(at: Site) -> Answer {
    ok(at.run(list_reductions).await?)
}

/// The rules: handover, vacancy and prepayment discounts, limits of a role
#[utoipa::path(get, path = "/communities/{community}/money-rules",
    responses((status = 200, description = "Parts as fractions", body = shapes::MoneyRules)))]
async fn rules(at: Site) -> Answer {
    ok(at.run(show_rules).await?)
}

/// The rules of a community; parts in percent.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRules {
    /// `month-after` or `day-of`
    handover: String,
    /// `70` for 70 %
    vacancy_percent: String,
    vacancy_least_months: u32,
    vacancy_most_months: u32,
    prepay_most_months: u32,
    promotion_months: u32,
    /// `95` for 5 % off, `100` for no discount
    promotion_percent: String,
    /// Yuan, as text
    manager_alone: String,
    /// Yuan, as text
    accountant_alone: String,
}

/// Sets the rules; what was billed, granted or let off stays
#[utoipa::path(put, path = "/communities/{community}/money-rules", request_body = NewRules,
    responses((status = 204, description = "Set")))]
async fn put_rules(at: Site, body: Body<NewRules>) -> Answer {
    let work =
        move |app: &App, actor: &Actor, name: &str| set_rules(app, actor, name, &forms::money_rules(&body.fields)?);
    at.run(work).await?;
    done()
}

/// An amount to let off.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Waiver {
    charge: String,
    /// `principal` or `late_fee`
    part: String,
    /// `waiver`
    kind: String,
    /// Yuan, as text
    amount: String,
    reason: String,
}

/// Lets off principal or late fee: done within the limit of the caller's role, else it waits for a second person
#[utoipa::path(post, path = "/communities/{community}/waivers", request_body = Waiver,
    responses((status = 201, description = "Done, or waiting", body = shapes::Waived)))]
async fn waive(at: Site, body: Body<Waiver>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        waive_charge(app, actor, name, &forms::adjustment(&body.fields)?, body.fields.text("reason"))
    };
    created(at.run(work).await?)
}

/// A vacancy to confirm.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VacancyAsked {
    /// `3-2-1502`
    unit: String,
    from: String,
    to: String,
    evidence: String,
    reason: String,
}

/// Asks for a vacancy to be confirmed, so that its whole months are charged in part
#[utoipa::path(post, path = "/communities/{community}/approvals/vacancies", request_body = VacancyAsked,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn vacancy(at: Site, body: Body<VacancyAsked>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let wanted = Wanted::Vacancy(forms::vacancy(&body.fields)?);
        ask(app, actor, community, &wanted, body.fields.text("reason"))
    };
    created(at.run(work).await?)
}

/// The last day.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct End {
    on: String,
}

/// Ends a discount before its time
#[utoipa::path(post, path = "/communities/{community}/discounts/{discount}/end", request_body = End,
    responses((status = 204, description = "Ended")))]
async fn end(at: Site, Path((_, discount)): Path<(String, String)>, body: Body<End>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let id = read_id(&discount, DiscountId::parse, ("优惠", "discount"))?;
        end_discount(app, actor, name, id, body.fields.day("on", "结束日期")?)
    };
    at.run(work).await?;
    done()
}

/// Who paid ahead, and from which month.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Promotion {
    /// `3-2-1502`
    unit: String,
    /// `YYYY-MM`
    from: String,
}

/// Grants the discount of the community to a payer who owes nothing and has put by the months it asks for
#[utoipa::path(post, path = "/communities/{community}/promotions", request_body = Promotion,
    responses((status = 201, description = "Granted", body = shapes::Promoted)))]
async fn promotion(at: Site, body: Body<Promotion>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        grant_promotion(app, actor, name, (&body.fields.unit("unit")?, body.fields.period("from")?))
    };
    created(at.run(work).await?)
}

/// An amount to take off for a complaint.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ServiceAsked {
    complaint: String,
    charge: String,
    /// Yuan, as text
    amount: String,
    reason: String,
}

/// Asks for a lower fee because the service was not as agreed; the complaint must have been found right
#[utoipa::path(post, path = "/communities/{community}/approvals/service-reductions", request_body = ServiceAsked,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn service(at: Site, body: Body<ServiceAsked>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let fields = &body.fields;
        let request = ServiceRequest {
            complaint: fields.required(("complaint", "投诉"), ComplaintId::parse)?,
            charge: fields.required(("charge", "应收"), ChargeId::parse)?,
            amount: fields.amount("amount")?,
        };
        ask(app, actor, community, &Wanted::ServiceReduction(request), fields.text("reason"))
    };
    created(at.run(work).await?)
}

/// What was wrong, and from which month on.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rebill {
    /// `YYYY-MM`
    from: String,
    /// The last wrong month, `YYYY-MM`; all from the first on where it is left out
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// With `price`, `bands`, `standard` and `record`
    #[serde(skip_serializing_if = "Option::is_none")]
    standard: Option<String>,
    /// `price`, `bands`, `standard`, `record`, `meter_price` or `shared_cost`
    fix: String,
    /// The right price, with `price`
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<String>,
    /// What it rests on, with `price`, `bands` and `meter_price`
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<String>,
    /// With `bands`: one a line, `1~6 1.20`; with `shared_cost` by floor `1:0, 2-6:0.5`
    #[serde(skip_serializing_if = "Option::is_none")]
    bands: Option<String>,
    /// With `meter_price`, such as 水费
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    /// With `meter_price`: `3.45` or `15:3.45, 25:4.83, :5.83`
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<String>,
    /// With `shared_cost`: the wrong one; what is left out below stays as it was
    #[serde(skip_serializing_if = "Option::is_none")]
    pool: Option<String>,
    /// Yuan, as text
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<String>,
    /// The invoice's number
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice: Option<String>,
    /// Places with commas between; `all` is the whole community
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// `area`, `household`, `floor` or `usage`
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// With `household`
    #[serde(skip_serializing_if = "Option::is_none")]
    vacant_weight: Option<String>,
    /// With `usage`
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_kind: Option<String>,
    /// Separated by commas, with `standard` or `record`
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<String>,
    /// With a request for approval
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// What a correction would do to every charge; nothing is written
#[utoipa::path(post, path = "/communities/{community}/rebills/preview", request_body = Rebill,
    responses((status = 200, description = "Charge by charge", body = shapes::RebillReport)))]
async fn preview(at: Site, body: Body<Rebill>) -> Answer {
    let work =
        move |app: &App, actor: &Actor, name: &str| preview_rebill(app, actor, name, &forms::rebill(&body.fields)?);
    ok(at.run(work).await?)
}

/// Asks to reverse charges and bill them anew
#[utoipa::path(post, path = "/communities/{community}/approvals/rebills", request_body = Rebill,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn rebill(at: Site, body: Body<Rebill>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let wanted = Wanted::Rebill(forms::rebill(&body.fields)?);
        ask(app, actor, community, &wanted, body.fields.text("reason"))
    };
    created(at.run(work).await?)
}
