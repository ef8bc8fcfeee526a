//! Orders (临时收费) and deposits (押金): what is charged once, and money that is kept for its payers.

use axum::extract::Path;
use hemu_app::approval::{Asked as Asks, ask};
use hemu_app::billing::orders::{cancel_order, list_orders, record_order};
use hemu_app::ledger::deposits::{DeductionRequest, DepositReturn, list_deposits, return_deposit, take_deposit};
use hemu_app::{Actor, App};
use hemu_domain::ids::{DepositId, FeeOrderId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::Site;
use super::input::{Body, read_id};
use super::operations::Operations;
use super::shapes;
use crate::forms;

#[derive(OpenApi)]
#[openapi(paths(orders, record, cancel, deposits, take, give_back, deduct))]
struct Document;

/// The operations of these nouns.
pub fn operations() -> Operations {
    Operations::of::<Document>("orders", "临时收费与押金 / Orders and deposits")
        .get("/communities/{community}/orders", orders)
        .post("/communities/{community}/orders", record)
        .post("/communities/{community}/orders/{order}/cancellation", cancel)
        .get("/communities/{community}/deposits", deposits)
        .post("/communities/{community}/deposits", take)
        .post("/communities/{community}/deposits/{deposit}/returns", give_back)
        .post("/communities/{community}/deposits/{deposit}/deductions", deduct)
}

/// The newest orders
#[utoipa::path(get, path = "/communities/{community}/orders",
    responses((status = 200, description = "Newest first", body = shapes::Orders)))]
async fn orders(at: Site) -> Answer {
    let rows = at.run(list_orders).await?;
    ok(json!({ "rows": rows }))
}

/// What a unit's payer ordered.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Order {
    /// `3-2-1502`
    unit: String,
    /// The fee item; made when it is new
    item: String,
    quantity: u32,
    /// What is counted, such as 张
    counted_in: String,
    /// Yuan for one, as text
    price: String,
    /// The month whose bill, or the first later one, takes it up; this month when left out
    period: Option<String>,
    /// What it is for, and what the price rests on
    basis: String,
}

/// Records what is charged once; the next bill takes it up
#[utoipa::path(post, path = "/communities/{community}/orders", request_body = Order,
    responses((status = 201, description = "Recorded", body = shapes::OrderMade)))]
async fn record(at: Site, body: Body<Order>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| record_order(app, actor, name, &forms::order(&body.fields)?);
    created(at.run(work).await?)
}

/// Why.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrderCancelled {
    reason: String,
}

/// Cancels an order that is on no bill yet
#[utoipa::path(post, path = "/communities/{community}/orders/{order}/cancellation", request_body = OrderCancelled,
    responses((status = 204, description = "Cancelled")))]
async fn cancel(at: Site, Path((_, order)): Path<(String, String)>, body: Body<OrderCancelled>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let id = read_id(&order, FeeOrderId::parse, ("临时收费", "order"))?;
        cancel_order(app, actor, name, id, &body.value.reason)
    };
    at.run(work).await?;
    done()
}

/// The newest deposits, with the sums of all
#[utoipa::path(get, path = "/communities/{community}/deposits",
    responses((status = 200, description = "Newest first", body = shapes::DepositReport)))]
async fn deposits(at: Site) -> Answer {
    ok(at.run(list_deposits).await?)
}

/// Money that is kept for its payer.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Deposit {
    /// `3-2-1502`
    unit: String,
    /// What for, such as 装修押金
    kind: String,
    /// Yuan, as text
    amount: String,
    taken_on: String,
    /// `cash`, `card`, `transfer`, `wechat`, `alipay`, `qr` or `other`
    method: String,
    #[serde(default)]
    remark: String,
}

/// Takes a deposit
#[utoipa::path(post, path = "/communities/{community}/deposits", request_body = Deposit,
    responses((status = 201, description = "Taken", body = shapes::Made)))]
async fn take(at: Site, body: Body<Deposit>) -> Answer {
    let work =
        move |app: &App, actor: &Actor, name: &str| take_deposit(app, actor, name, &forms::deposit(&body.fields)?);
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

fn deposit_id(text: &str) -> Result<DepositId, hemu_app::Refusal> {
    read_id(text, DepositId::parse, ("押金", "deposit"))
}

/// A part to give back.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Returned {
    /// Yuan, as text
    amount: String,
    method: String,
    reason: String,
}

/// Gives a deposit back, in whole or in part
#[utoipa::path(post, path = "/communities/{community}/deposits/{deposit}/returns", request_body = Returned,
    responses((status = 204, description = "Given back")))]
async fn give_back(at: Site, Path((_, deposit)): Path<(String, String)>, body: Body<Returned>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let back = DepositReturn {
            deposit: deposit_id(&deposit)?,
            amount: body.fields.amount("amount")?,
            method: body.value.method,
            reason: body.value.reason,
        };
        return_deposit(app, actor, name, &back)
    };
    at.run(work).await?;
    done()
}

/// A part to keep.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Deducted {
    /// Yuan, as text
    amount: String,
    /// What was damaged, and what the deduction rests on; goes on record
    reason: String,
}

/// Asks to keep a part of a deposit; a second person approves it
#[utoipa::path(post, path = "/communities/{community}/deposits/{deposit}/deductions", request_body = Deducted,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn deduct(at: Site, Path((_, deposit)): Path<(String, String)>, body: Body<Deducted>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let asked = DeductionRequest { deposit: deposit_id(&deposit)?, amount: body.fields.amount("amount")? };
        ask(app, actor, community, &Asks::DepositDeduction(asked), &body.value.reason)
    };
    created(at.run(work).await?)
}
