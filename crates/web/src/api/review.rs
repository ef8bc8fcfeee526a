//! Review (复盘) and the check of every invariant.

use hemu_app::review::fairness::fairness_report;
use hemu_app::review::review_report;
use hemu_app::review::workbook::review_workbook;
use hemu_app::verify::verify_database;
use hemu_app::{Actor, App};
use utoipa::OpenApi;

use super::answer::{Answer, ok};
use super::caller::{Caller, Site};
use super::input::{Asked, SpanQuery, day, span};
use super::operations::Operations;
use super::shapes;
use crate::reply::{XLSX, file};

#[derive(OpenApi)]
#[openapi(paths(show, workbook, fairness, verify))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("review", "复盘 / Review and verification")
        .get("/communities/{community}/review", show)
        .get("/communities/{community}/review/workbook", workbook)
        .get("/communities/{community}/fairness", fairness)
        .get("/verify", verify)
}

/// The periodic review: rates, ageing, stages, causes, buildings, funnel, contacts, promises
#[utoipa::path(get, path = "/communities/{community}/review", params(SpanQuery),
    responses((status = 200, description = "The review", body = shapes::ReviewReport)))]
async fn show(at: Site, asked: Asked<SpanQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        review_report(app, actor, name, day(&asked.fields, app.today())?, span(&asked.fields)?)
    };
    ok(at.run(work).await?)
}

/// The review as a workbook
#[utoipa::path(get, path = "/communities/{community}/review/workbook", params(SpanQuery),
    responses((status = 200, description = "The workbook",
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn workbook(at: Site, asked: Asked<SpanQuery>) -> Answer {
    let fail = |refusal| at.caller.fail(refusal);
    let as_of = day(&asked.fields, at.caller.web.app.today()).map_err(fail)?;
    let span = span(&asked.fields).map_err(fail)?;
    let bytes = at.run(move |app, actor, name| review_workbook(app, actor, name, as_of, span)).await?;
    Ok(file(bytes, XLSX, &format!("复盘-{as_of}.xlsx"), false))
}

/// Fairness: decisions made again, groups of cases side by side, exceptions
#[utoipa::path(get, path = "/communities/{community}/fairness", params(SpanQuery),
    responses((status = 200, description = "The report", body = shapes::FairnessReport)))]
async fn fairness(at: Site, asked: Asked<SpanQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        fairness_report(app, actor, name, day(&asked.fields, app.today())?, span(&asked.fields)?)
    };
    ok(at.run(work).await?)
}

/// Checks every invariant of money, cases and log over the whole database
#[utoipa::path(get, path = "/verify", responses((status = 200, description = "All checks", body = shapes::VerifyReport)))]
async fn verify(caller: Caller) -> Answer {
    ok(caller.run(verify_database).await?)
}
