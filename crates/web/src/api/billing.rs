//! Bills (账单): the months that were billed, a run and the checks before it, the bills of a month.

use axum::extract::Path;
use hemu_app::billing::checklist::check_list;
use hemu_app::billing::paper::{bill_pdf, list_bills, list_months};
use hemu_app::billing::publish::publish_bills;
use hemu_app::billing::{BillRequest, issue_bills};
use hemu_app::{Actor, App};
use hemu_domain::Period;
use hemu_domain::ids::BillId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, ok};
use super::caller::Site;
use super::input::{Asked, Body, after, read_id, rows};
use super::operations::Operations;
use super::shapes;
use crate::reply::{PDF, file};

#[derive(OpenApi)]
#[openapi(paths(months, run, check, publish, month, pdf))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("billing", "账单 / Bill runs and bills")
        .get("/communities/{community}/bill-runs", months)
        .post("/communities/{community}/bill-runs", run)
        .get("/communities/{community}/bill-runs/{period}/check", check)
        .post("/communities/{community}/bill-runs/{period}/publication", publish)
        .get("/communities/{community}/bill-runs/{period}/bills", month)
        .get("/communities/{community}/bills/{bill}/pdf", pdf)
}

/// The months that were billed, newest first
#[utoipa::path(get, path = "/communities/{community}/bill-runs",
    responses((status = 200, description = "By month", body = shapes::Months)))]
async fn months(at: Site) -> Answer {
    let rows = at.run(list_months).await?;
    ok(json!({ "rows": rows }))
}

/// Which month; `dry_run` computes and checks, and writes nothing.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Run {
    /// `YYYY-MM`
    period: String,
    #[serde(default)]
    dry_run: bool,
}

/// Issues the bills of a month, or with `dry_run` checks them; what is there is left as it is
#[utoipa::path(post, path = "/communities/{community}/bill-runs", request_body = Run,
    responses((status = 200, description = "What was, or would be, issued", body = shapes::BillReport)))]
async fn run(at: Site, body: Body<Run>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let period = body.fields.period("period")?;
        issue_bills(app, actor, &BillRequest { community: name.to_owned(), period, dry_run: body.value.dry_run })
    };
    ok(at.run(work).await?)
}

/// The list to work off before a bill run: what a dry run finds, by kind, with what to do
#[utoipa::path(get, path = "/communities/{community}/bill-runs/{period}/check",
    responses((status = 200, description = "What blocks comes first", body = shapes::CheckList)))]
async fn check(at: Site, Path((_, period)): Path<(String, String)>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        check_list(app, actor, name, read_id(&period, Period::parse, ("账期", "month"))?)
    };
    ok(at.run(work).await?)
}

/// Publishes the bills of a month; publishing twice changes nothing
#[utoipa::path(post, path = "/communities/{community}/bill-runs/{period}/publication",
    responses((status = 200, description = "Since when they are published", body = shapes::Published)))]
async fn publish(at: Site, Path((_, period)): Path<(String, String)>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        publish_bills(app, actor, name, read_id(&period, Period::parse, ("账期", "month"))?)
    };
    ok(at.run(work).await?)
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// The cursor `next` of the page before
    after: Option<String>,
    /// Rows, 1 to 200 (100)
    limit: Option<String>,
}

/// The bills of a month by cursor
#[utoipa::path(get, path = "/communities/{community}/bill-runs/{period}/bills", params(ListQuery),
    responses((status = 200, description = "By number", body = shapes::BillList)))]
async fn month(at: Site, Path((_, period)): Path<(String, String)>, asked: Asked<ListQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let period = read_id(&period, Period::parse, ("账期", "month"))?;
        list_bills(app, actor, name, period, (after(&asked.fields, BillId::parse)?, rows(&asked.fields)?))
    };
    ok(at.run(work).await?)
}

/// A bill as a PDF
#[utoipa::path(get, path = "/communities/{community}/bills/{bill}/pdf",
    responses((status = 200, description = "The bill", content_type = "application/pdf", body = Vec<u8>)))]
async fn pdf(at: Site, Path((_, bill)): Path<(String, String)>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        bill_pdf(app, actor, name, read_id(&bill, BillId::parse, ("账单", "bill"))?)
    };
    Ok(file(at.run(work).await?, PDF, "账单.pdf", true))
}
