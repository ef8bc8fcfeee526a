//! The end of the service (服务终止): what it takes back, the request for it, and what is to be given back afterwards.

use hemu_app::approval::{Asked as Wanted, ask};
use hemu_app::billing::rebill::service_end::{ServiceEndRequest, list_refunds, preview_service_end};
use hemu_app::{Actor, App};
use hemu_domain::Period;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, ok};
use super::caller::Site;
use super::input::{Asked, Body};
use super::operations::Operations;
use super::shapes;
use crate::forms;

#[derive(OpenApi)]
#[openapi(paths(preview, refunds, ask_end))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("service-end", "服务终止与退费 / End of the service")
        .get("/communities/{community}/service-end", preview)
        .get("/communities/{community}/refundable", refunds)
        .post("/communities/{community}/approvals/service-ends", ask_end)
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EndQuery {
    /// The last day the service is rendered, the last of a month (of this month)
    on: Option<String>,
}

/// What the end of the service would do to every charge; nothing is written
#[utoipa::path(get, path = "/communities/{community}/service-end", params(EndQuery),
    responses((status = 200, description = "Fee item by fee item", body = shapes::ServiceEndReport)))]
async fn preview(at: Site, asked: Asked<EndQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let request = match asked.fields.text("on") {
            "" => ServiceEndRequest { on: Period::of(app.today()).last_day() },
            _ => forms::service_end(&asked.fields)?,
        };
        preview_service_end(app, actor, name, &request)
    };
    ok(at.run(work).await?)
}

/// What every payer has put by, receipt by receipt, and owes beside it
#[utoipa::path(get, path = "/communities/{community}/refundable",
    responses((status = 200, description = "By unit", body = shapes::RefundList)))]
async fn refunds(at: Site) -> Answer {
    ok(at.run(list_refunds).await?)
}

/// When the service ends, and why.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EndAsked {
    /// The last day it is rendered: the last of a month
    on: String,
    reason: String,
}

/// Asks for the service to end; bills of later months are then taken back
#[utoipa::path(post, path = "/communities/{community}/approvals/service-ends", request_body = EndAsked,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn ask_end(at: Site, body: Body<EndAsked>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let wanted = Wanted::ServiceEnd(forms::service_end(&body.fields)?);
        ask(app, actor, community, &wanted, body.fields.text("reason"))
    };
    created(at.run(work).await?)
}
