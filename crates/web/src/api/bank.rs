//! Bank and payment files (对账): statements and settlement files come in, lines are booked, differences settled.

use axum::extract::{Path, Request};
use hemu_app::bank::{
    FileRequest, book_line, confirm_certain, differences_workbook, ignore_line, import_bank_file, list_bank_lines,
    list_settlements, reopen_line, settle_difference, settlement_report,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::bank::layout::Layout;
use hemu_domain::bank::reconcile::DifferenceKind;
use hemu_domain::ids::{BankFileId, BankLineId, SettlementEntryId};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::Site;
use super::import::receive;
use super::input::{Body, read_id};
use super::operations::Operations;
use super::problem::Problem;
use super::shapes;
use crate::forms;
use crate::reply::{XLSX, file};

#[derive(OpenApi)]
#[openapi(
    paths(bring_in, list, book, confirm, ignore, reopen, files, compared, settle, export),
    components(schemas(BankForm))
)]
struct Document;

/// The largest file.
const MOST_BYTES: usize = 30 * 1024 * 1024;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("bank", "对账 / Bank and payment files")
        .post("/communities/{community}/bank/files", bring_in)
        .limit(MOST_BYTES + 64 * 1024)
        .get("/communities/{community}/bank/lines", list)
        .post("/communities/{community}/bank/lines/confirmation", confirm)
        .post("/communities/{community}/bank/lines/{line}/booking", book)
        .post("/communities/{community}/bank/lines/{line}/ignoring", ignore)
        .post("/communities/{community}/bank/lines/{line}/reopening", reopen)
        .get("/communities/{community}/bank/settlements", files)
        .get("/communities/{community}/bank/settlements/{file}", compared)
        .get("/communities/{community}/bank/settlements/{file}/export", export)
        .post("/communities/{community}/bank/settlements/{file}/differences", settle)
}

/// A statement of a bank or a settlement file of a provider; its headings tell which.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read field by field from the form; this is its shape for the document")]
struct BankForm {
    /// `.xlsx`, `.xls` or `.csv`, at most 30 MB
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    /// `icbc`, `ccb`, `abc`, `boc` or `cmb`: refused when the headings are another bank's
    layout: Option<String>,
    /// `列名=field`, once for each column that is mapped by hand; kept for the community
    map: Option<Vec<String>>,
    /// `true` or `false`: report only, write nothing
    dry_run: Option<String>,
}

fn line_id(text: &str) -> Result<BankLineId, Refusal> {
    read_id(text, BankLineId::parse, ("到账", "bank line"))
}

fn file_id(text: &str) -> Result<BankFileId, Refusal> {
    read_id(text, BankFileId::parse, ("渠道账单", "settlement file"))
}

/// Brings in a statement or settlement file; a second time it changes nothing
#[utoipa::path(post, path = "/communities/{community}/bank/files",
    request_body(content = BankForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "What was, or would be, brought in", body = shapes::BankFileReport)))]
async fn bring_in(at: Site, body: Request) -> Answer {
    let locale = at.caller.locale;
    let received = receive(&at.caller, body).await.map_err(|fault| Problem::in_locale(locale, fault))?;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let fields = received.fields;
        let dry_run = match fields.text("dry_run") {
            "" | "false" => false,
            "true" => true,
            _ => return Err(Refusal::invalid("dry_run", "dry_run 只能是 true 或 false", "dry_run is true or false")),
        };
        let request = FileRequest {
            community: name.to_owned(),
            file_name: received.name,
            bytes: received.bytes,
            layout: fields.optional(("layout", "银行"), Layout::parse)?,
            map: fields.all("map").map(str::to_owned).collect(),
            dry_run,
        };
        import_bank_file(app, actor, &request)
    };
    ok(at.run(work).await?)
}

/// Money that waits, with whose it may be and why, and what was settled last
#[utoipa::path(get, path = "/communities/{community}/bank/lines",
    responses((status = 200, description = "The certain ones first", body = shapes::BankLines)))]
async fn list(at: Site) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| list_bank_lines(app, actor, community)).await?)
}

/// What of a line is whose: as many units as amounts; none for the payer proposed first.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Booking {
    /// `3-2-1502`
    #[serde(default)]
    units: Vec<String>,
    /// Yuan, as text
    #[serde(default)]
    amounts: Vec<String>,
}

/// Books a line as receipts; all of it or nothing, and once
#[utoipa::path(post, path = "/communities/{community}/bank/lines/{line}/booking", request_body = Booking,
    responses((status = 201, description = "Its receipts", body = Vec<shapes::ReceiptReport>)))]
async fn book(at: Site, Path((_, line)): Path<(String, String)>, body: Body<Booking>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        book_line(app, actor, community, line_id(&line)?, &forms::line_parts(&body.fields)?)
    };
    created(at.run(work).await?)
}

/// Books every line that is certain
#[utoipa::path(post, path = "/communities/{community}/bank/lines/confirmation",
    responses((status = 200, description = "What was booked", body = shapes::ConfirmedReport)))]
async fn confirm(at: Site) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| confirm_certain(app, actor, community)).await?)
}

/// Why.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Why {
    reason: String,
}

/// Ignores a line: money that is nobody's fee
#[utoipa::path(post, path = "/communities/{community}/bank/lines/{line}/ignoring", request_body = Why,
    responses((status = 204, description = "Ignored")))]
async fn ignore(at: Site, Path((_, line)): Path<(String, String)>, body: Body<Why>) -> Answer {
    let community = at.id();
    at.run(move |app, actor, _| ignore_line(app, actor, community, line_id(&line)?, &body.value.reason)).await?;
    done()
}

/// Opens a settled line again; its receipts are reversed
#[utoipa::path(post, path = "/communities/{community}/bank/lines/{line}/reopening", request_body = Why,
    responses((status = 204, description = "Open again")))]
async fn reopen(at: Site, Path((_, line)): Path<(String, String)>, body: Body<Why>) -> Answer {
    let community = at.id();
    at.run(move |app, actor, _| reopen_line(app, actor, community, line_id(&line)?, &body.value.reason)).await?;
    done()
}

/// The statements and settlement files that were brought in
#[utoipa::path(get, path = "/communities/{community}/bank/settlements",
    responses((status = 200, description = "Newest first", body = Vec<shapes::BankFileItem>)))]
async fn files(at: Site) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| list_settlements(app, actor, community)).await?)
}

/// A provider's file beside the books, both ways
#[utoipa::path(get, path = "/communities/{community}/bank/settlements/{file}",
    responses((status = 200, description = "Sums and differences", body = shapes::SettlementReport)))]
async fn compared(at: Site, Path((_, file)): Path<(String, String)>) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| settlement_report(app, actor, community, file_id(&file)?)).await?)
}

/// The differences as a workbook
#[utoipa::path(get, path = "/communities/{community}/bank/settlements/{file}/export",
    responses((status = 200, description = "The workbook",
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn export(at: Site, Path((_, of)): Path<(String, String)>) -> Answer {
    let community = at.id();
    let bytes = at.run(move |app, actor, _| differences_workbook(app, actor, community, file_id(&of)?)).await?;
    Ok(file(bytes, XLSX, "渠道差异.xlsx", false))
}

/// A difference somebody looked into.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Settled {
    /// `not_in_books`, `not_in_file`, `amount` or `refund`
    kind: String,
    /// `subject` of the difference
    subject: String,
    reason: String,
}

/// Settles a difference with a reason
#[utoipa::path(post, path = "/communities/{community}/bank/settlements/{file}/differences", request_body = Settled,
    responses((status = 204, description = "Settled")))]
async fn settle(at: Site, Path((_, file)): Path<(String, String)>, body: Body<Settled>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let kind = body.fields.required(("kind", "差异"), DifferenceKind::parse)?;
        let subject = body.fields.required(("subject", "差异"), SettlementEntryId::parse)?;
        settle_difference(app, actor, community, file_id(&file)?, (kind, subject.uuid()), &body.value.reason)
    };
    at.run(work).await?;
    done()
}
