//! Closing (月结): the figures of a month, closing it, vouchers and requests for invoices.

use axum::extract::Path;
use hemu_app::closing::export::{Layout, month_vouchers, set_chart, show_chart, voucher_csv};
use hemu_app::closing::invoices::invoice_request;
use hemu_app::closing::paper::month_pdf;
use hemu_app::closing::tables::month_workbook;
use hemu_app::closing::{CloseRequest, close_month, list_closings, month_report};
use hemu_app::ledger::statement::{StatementRequest, statement as account_statement, statement_pdf};
use hemu_app::registry::get_unit_label;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Period;
use hemu_domain::closing::voucher::{Account, Chart};
use hemu_domain::ids::UnitId;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, done, ok};
use super::caller::{Caller, Site};
use super::input::{Asked, Body, read_id};
use super::operations::Operations;
use super::shapes;
use crate::fields::Fields;
use crate::forms;
use crate::reply::{CSV, PDF, XLSX, file};

#[derive(OpenApi)]
#[openapi(paths(
    list,
    close,
    show,
    pdf,
    workbook,
    vouchers,
    voucher_file,
    invoices,
    statement,
    statement_paper,
    chart,
    change_chart
))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("closing", "月结 / Month-end closing and accounting")
        .get("/communities/{community}/closings", list)
        .post("/communities/{community}/closings", close)
        .get("/communities/{community}/closings/{period}", show)
        .get("/communities/{community}/closings/{period}/pdf", pdf)
        .get("/communities/{community}/closings/{period}/workbook", workbook)
        .get("/communities/{community}/closings/{period}/vouchers", vouchers)
        .get("/communities/{community}/closings/{period}/vouchers/export", voucher_file)
        .post("/communities/{community}/closings/{period}/invoices", invoices)
        .get("/communities/{community}/units/{unit}/statement", statement)
        .get("/communities/{community}/units/{unit}/statement/pdf", statement_paper)
        .get("/accounting-chart", chart)
        .put("/accounting-chart", change_chart)
}

fn month(text: &str) -> Result<Period, Refusal> {
    read_id(text, Period::parse, ("月份", "month"))
}

/// The closed months, newest first, and the one to close next
#[utoipa::path(get, path = "/communities/{community}/closings",
    responses((status = 200, description = "Closings", body = shapes::ClosingList)))]
async fn list(at: Site) -> Answer {
    ok(at.run(list_closings).await?)
}

/// Which month; `dry_run` looks and writes nothing.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Closing {
    /// `YYYY-MM`
    month: String,
    #[serde(default)]
    dry_run: bool,
}

/// Closes a month, or with `dry_run` tells what stands in the way; the problem lists all of it
#[utoipa::path(post, path = "/communities/{community}/closings", request_body = Closing,
    responses((status = 200, description = "The month's figures", body = shapes::MonthReport)))]
async fn close(at: Site, body: Body<Closing>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let month = body.fields.period("month")?;
        close_month(app, actor, &CloseRequest { community: name.to_owned(), month, dry_run: body.value.dry_run })
    };
    ok(at.run(work).await?)
}

/// The figures of a month: frozen where it is closed, provisional where it is not
#[utoipa::path(get, path = "/communities/{community}/closings/{period}",
    responses((status = 200, description = "The month's figures", body = shapes::MonthReport)))]
async fn show(at: Site, Path((_, period)): Path<(String, String)>) -> Answer {
    ok(at.run(move |app, actor, name| month_report(app, actor, name, month(&period)?)).await?)
}

/// The month as a PDF
#[utoipa::path(get, path = "/communities/{community}/closings/{period}/pdf",
    responses((status = 200, description = "The report", content_type = "application/pdf", body = Vec<u8>)))]
async fn pdf(at: Site, Path((_, period)): Path<(String, String)>) -> Answer {
    let name = format!("月结-{period}.pdf");
    Ok(file(at.run(move |app, actor, name| month_pdf(app, actor, name, month(&period)?)).await?, PDF, &name, true))
}

/// The month as a workbook
#[utoipa::path(get, path = "/communities/{community}/closings/{period}/workbook",
    responses((status = 200, description = "The workbook",
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn workbook(at: Site, Path((_, period)): Path<(String, String)>) -> Answer {
    let name = format!("月结-{period}.xlsx");
    let bytes = at.run(move |app, actor, name| month_workbook(app, actor, name, month(&period)?)).await?;
    Ok(file(bytes, XLSX, &name, false))
}

/// The vouchers of a month, each balanced
#[utoipa::path(get, path = "/communities/{community}/closings/{period}/vouchers",
    responses((status = 200, description = "Vouchers", body = shapes::VoucherReport)))]
async fn vouchers(at: Site, Path((_, period)): Path<(String, String)>) -> Answer {
    ok(at.run(move |app, actor, name| month_vouchers(app, actor, name, month(&period)?)).await?)
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LayoutQuery {
    /// `yonyou` or `kingdee`
    layout: String,
}

/// The vouchers of a month as CSV, in the layout of an accounting program
#[utoipa::path(get, path = "/communities/{community}/closings/{period}/vouchers/export", params(LayoutQuery),
    responses((status = 200, description = "The file", content_type = "text/csv", body = String)))]
async fn voucher_file(at: Site, Path((_, period)): Path<(String, String)>, asked: Asked<LayoutQuery>) -> Answer {
    let name = format!("凭证-{period}.csv");
    let work = move |app: &App, actor: &Actor, name: &str| {
        voucher_csv(app, actor, name, month(&period)?, Layout::parse(asked.fields.text("layout"))?)
    };
    Ok(file(at.run(work).await?, CSV, &name, false))
}

/// The request for e-invoices of a month's bills; it names the owners, so it is on the audit trail
#[utoipa::path(post, path = "/communities/{community}/closings/{period}/invoices",
    responses((status = 200, description = "The request", body = shapes::InvoiceRequest)))]
async fn invoices(at: Site, Path((_, period)): Path<(String, String)>) -> Answer {
    ok(at.run(move |app, actor, name| invoice_request(app, actor, name, month(&period)?)).await?)
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StatementQuery {
    /// The first day (the first of this year)
    from: Option<String>,
    /// The last day (today)
    to: Option<String>,
}

fn statement_of(
    app: &App,
    actor: &Actor,
    (name, unit): (&str, &str),
    fields: &Fields,
) -> Result<StatementRequest, Refusal> {
    let unit = get_unit_label(app, actor, name, read_id(unit, UnitId::parse, ("房屋", "unit"))?)?;
    forms::statement(fields, name, unit, app.today())
}

/// The statement of account of a unit's payer over a span
#[utoipa::path(get, path = "/communities/{community}/units/{unit}/statement", params(StatementQuery),
    responses((status = 200, description = "By day", body = shapes::Statement)))]
async fn statement(at: Site, Path((_, unit)): Path<(String, String)>, asked: Asked<StatementQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        account_statement(app, actor, &statement_of(app, actor, (name, &unit), &asked.fields)?)
    };
    ok(at.run(work).await?)
}

/// The statement of account as a PDF
#[utoipa::path(get, path = "/communities/{community}/units/{unit}/statement/pdf", params(StatementQuery),
    responses((status = 200, description = "The paper", content_type = "application/pdf", body = Vec<u8>)))]
async fn statement_paper(at: Site, Path((_, unit)): Path<(String, String)>, asked: Asked<StatementQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        statement_pdf(app, actor, &statement_of(app, actor, (name, &unit), &asked.fields)?)
    };
    Ok(file(at.run(work).await?, PDF, "对账单.pdf", true))
}

/// The accounts of the general ledger the company books to
#[utoipa::path(get, path = "/accounting-chart",
    responses((status = 200, description = "Accounts", body = shapes::AccountingChart)))]
async fn chart(caller: Caller) -> Answer {
    ok(caller.run(show_chart).await?)
}

/// An account: its code and name.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    code: String,
    name: String,
}

/// Every account the company books to.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewChart {
    cash: NewAccount,
    bank: NewAccount,
    platform: NewAccount,
    receivable: NewAccount,
    prepaid: NewAccount,
    deposits: NewAccount,
    collected: NewAccount,
    revenue: NewAccount,
    output_tax: NewAccount,
    other_income: NewAccount,
    opening: NewAccount,
}

impl From<NewAccount> for Account {
    fn from(one: NewAccount) -> Self {
        Self { code: one.code.trim().to_owned(), name: one.name.trim().to_owned() }
    }
}

impl From<NewChart> for Chart {
    fn from(one: NewChart) -> Self {
        Self {
            cash: one.cash.into(),
            bank: one.bank.into(),
            platform: one.platform.into(),
            receivable: one.receivable.into(),
            prepaid: one.prepaid.into(),
            deposits: one.deposits.into(),
            collected: one.collected.into(),
            revenue: one.revenue.into(),
            output_tax: one.output_tax.into(),
            other_income: one.other_income.into(),
            opening: one.opening.into(),
        }
    }
}

/// Sets the accounts the company books to
#[utoipa::path(put, path = "/accounting-chart", request_body = NewChart,
    responses((status = 204, description = "Set")))]
async fn change_chart(caller: Caller, body: Body<NewChart>) -> Answer {
    caller.run(move |app, actor| set_chart(app, actor, &body.value.into())).await?;
    done()
}
