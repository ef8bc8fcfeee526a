//! The cash desk (收费台) around its receipts: money put by and moved, prints, rules, shifts, the report of a day.

use axum::extract::Path;
use axum::response::Response;
use chrono::NaiveDate;
use hemu_app::desk::{
    Counted, DeskRules, close_shift, day_pdf, day_report, day_xlsx, desk_rules, open_shift, set_desk_rules, shift_page,
};
use hemu_app::ledger::{TransferRequest, list_put_by, print_receipt, transfer};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Fen;
use hemu_domain::ids::{ReceiptId, ShiftId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, ok};
use super::caller::Site;
use super::input::{Asked, Body, read_id};
use super::operations::Operations;
use super::problem::Problem;
use super::shapes;
use crate::fields::Fields;
use crate::reply::{PDF, XLSX, file};

#[derive(OpenApi)]
#[openapi(paths(put_by, move_money, print, rules, set_rules, shifts, open, close, day, day_file))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("desk", "收费台 / Cash desk")
        .post("/communities/{community}/put-by/search", put_by)
        .post("/communities/{community}/receipts/{receipt}/transfer", move_money)
        .post("/communities/{community}/receipts/{receipt}/prints", print)
        .get("/communities/{community}/desk-rules", rules)
        .put("/communities/{community}/desk-rules", set_rules)
        .get("/communities/{community}/shifts", shifts)
        .post("/communities/{community}/shifts", open)
        .post("/communities/{community}/shifts/{shift}/closing", close)
        .get("/communities/{community}/day-report", day)
        .get("/communities/{community}/day-report/file", day_file)
}

const RECEIPT: (&str, &str) = ("收据", "receipt");

/// A unit; it stands in the body, since a home does not belong into an address.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OfUnit {
    /// `3-2-1502`
    unit: String,
}

/// What a unit has put by, receipt by receipt, and where it could be moved
#[utoipa::path(post, path = "/communities/{community}/put-by/search", request_body = OfUnit,
    responses((status = 200, description = "Newest first", body = shapes::PutBy)))]
async fn put_by(at: Site, body: Body<OfUnit>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| list_put_by(app, actor, name, &body.fields.unit("unit")?);
    ok(json!({ "rows": at.run(work).await? }))
}

/// Where money put by goes.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Move {
    /// The unit of the same payer it goes to
    unit: String,
    /// Yuan, as text
    amount: String,
}

/// Moves money put by to another unit of the same payer (转款): one act, two entries
#[utoipa::path(post, path = "/communities/{community}/receipts/{receipt}/transfer", request_body = Move,
    responses((status = 201, description = "Moved", body = shapes::TransferReport)))]
async fn move_money(at: Site, Path((_, receipt)): Path<(String, String)>, body: Body<Move>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let request = TransferRequest {
            community: name.to_owned(),
            receipt: read_id(&receipt, ReceiptId::parse, RECEIPT)?,
            to: body.fields.unit("unit")?,
            amount: body.fields.amount("amount")?,
        };
        transfer(app, actor, &request)
    };
    created(at.run(work).await?)
}

/// Counts a print of a receipt; fetch the paper with its number
#[utoipa::path(post, path = "/communities/{community}/receipts/{receipt}/prints",
    responses((status = 201, description = "Counted", body = shapes::Printed)))]
async fn print(at: Site, Path((_, receipt)): Path<(String, String)>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        print_receipt(app, actor, name, read_id(&receipt, ReceiptId::parse, RECEIPT)?)
    };
    created(at.run(work).await?)
}

/// The rules of the cash desk
#[utoipa::path(get, path = "/communities/{community}/desk-rules",
    responses((status = 200, description = "In force", body = shapes::DeskRules)))]
async fn rules(at: Site) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| desk_rules(app, actor, community)).await?)
}

/// Rules of the cash desk.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesWanted {
    /// Small change (抹零) stays below this without a second person; up to 10.00
    rounding_limit: String,
    /// Cash is taken in an open shift only
    needs_shift: bool,
}

/// Changes the rules of the cash desk
#[utoipa::path(put, path = "/communities/{community}/desk-rules", request_body = RulesWanted,
    responses((status = 200, description = "In force", body = shapes::DeskRules)))]
async fn set_rules(at: Site, body: Body<RulesWanted>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let rounding_limit = body.fields.amount("rounding_limit")?;
        set_desk_rules(app, actor, community, DeskRules { rounding_limit, needs_shift: body.value.needs_shift })
    };
    ok(at.run(work).await?)
}

/// The caller's open shift with what it comes to, those of others, those closed last
#[utoipa::path(get, path = "/communities/{community}/shifts",
    responses((status = 200, description = "Shifts", body = shapes::ShiftPage)))]
async fn shifts(at: Site) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| shift_page(app, actor, community)).await?)
}

/// A shift that opens.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Opening {
    /// The change in the till (备用金), yuan as text
    float: String,
}

/// Opens a shift of the caller
#[utoipa::path(post, path = "/communities/{community}/shifts", request_body = Opening,
    responses((status = 201, description = "Open", body = shapes::ShiftItem)))]
async fn open(at: Site, body: Body<Opening>) -> Answer {
    let community = at.id();
    created(at.run(move |app, actor, _| open_shift(app, actor, community, body.fields.amount("float")?)).await?)
}

/// What was counted by one method.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CountedAmount {
    method: String,
    /// Yuan, as text
    amount: String,
}

/// How a shift is closed.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Closing {
    counted: Vec<CountedAmount>,
    /// Why it differs from what the receipts come to
    #[serde(default)]
    reason: String,
}

/// Closes a shift (日结) with what was counted; a difference needs a reason
#[utoipa::path(post, path = "/communities/{community}/shifts/{shift}/closing", request_body = Closing,
    responses((status = 200, description = "Closed", body = shapes::ShiftClosed)))]
async fn close(at: Site, Path((_, shift)): Path<(String, String)>, body: Body<Closing>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let shift = read_id(&shift, ShiftId::parse, ("班次", "shift"))?;
        let counted = body.value.counted.iter().map(|one| {
            let amount = Fen::parse(&one.amount).map_err(|_| unreadable(&one.amount))?;
            Ok(Counted { method: one.method.clone(), amount })
        });
        let counted: Vec<Counted> = counted.collect::<Result<_, Refusal>>()?;
        close_shift(app, actor, community, shift, (&counted, &body.value.reason))
    };
    ok(at.run(work).await?)
}

/// An amount inside a list that cannot be read.
pub(super) fn unreadable(typed: &str) -> Refusal {
    let zh = format!("金额“{typed}”无法识别：应为最多两位小数的数字");
    Refusal::invalid("amount", zh, format!("'{typed}' is no amount in yuan"))
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DayAsked {
    /// The day, today where left out
    on: Option<String>,
    /// `xlsx` (the default) or `pdf`, of the file
    format: Option<String>,
}

fn day_of(fields: &Fields, app: &App) -> Result<NaiveDate, Refusal> {
    Ok(fields.day_or_none("on", "日期")?.unwrap_or_else(|| app.today()))
}

/// The receipts of a day (日报) with sums by method and cashier, and the shifts closed that day
#[utoipa::path(get, path = "/communities/{community}/day-report", params(DayAsked),
    responses((status = 200, description = "The day", body = shapes::DayReport)))]
async fn day(at: Site, asked: Asked<DayAsked>) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| day_report(app, actor, community, day_of(&asked.fields, app)?)).await?)
}

/// The same as a workbook or on paper
#[utoipa::path(get, path = "/communities/{community}/day-report/file", params(DayAsked),
    responses((status = 200, description = "The day", content_type = "application/octet-stream", body = Vec<u8>)))]
async fn day_file(at: Site, asked: Asked<DayAsked>) -> Result<Response, Problem> {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let report = day_report(app, actor, community, day_of(&asked.fields, app)?)?;
        match asked.fields.text("format") {
            "" | "xlsx" => Ok((day_xlsx(&report)?, XLSX, "收款日报.xlsx")),
            "pdf" => Ok((day_pdf(&report)?, PDF, "收款日报.pdf")),
            _ => Err(Refusal::invalid("format", "格式只有 xlsx 和 pdf", "format is xlsx or pdf")),
        }
    };
    let (bytes, kind, name) = at.run(work).await?;
    Ok(file(bytes, kind, name, kind == PDF))
}
