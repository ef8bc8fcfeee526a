//! 月结: the closed months, and a month with its figures, what stands in the way of closing it, and its files.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use hemu_app::approval::{Asked, ask};
use hemu_app::closing::export::{Layout, voucher_csv};
use hemu_app::closing::invoices::{InvoiceSummary, invoice_csv, invoice_summary};
use hemu_app::closing::labels::{GROUP, RollLine, deposit_lines, late_fee_lines, prepaid_lines, receivable_lines};
use hemu_app::closing::paper::month_pdf;
use hemu_app::closing::tables::month_workbook;
use hemu_app::closing::{CloseRequest, ClosingList, MonthReport, close_month, list_closings, month_report};
use hemu_app::ledger::statement::statement_pdf;
use hemu_app::registry::get_unit_label;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Period;
use hemu_domain::closing::Group;
use hemu_domain::ids::UnitId;
use hemu_domain::staff::Permission;

use crate::fields::{Fields, Posted};
use crate::forms;
use crate::pages::desk::method;
use crate::reply::{CSV, PDF, PageError, Reply, XLSX, file, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/units/{unit}/statement", get(statement))
        .route("/c/{community}/closing", get(list).post(close))
        .route("/c/{community}/closing/{month}", get(show))
        .route("/c/{community}/closing/{month}/pdf", get(pdf))
        .route("/c/{community}/closing/{month}/workbook", get(workbook))
        .route("/c/{community}/closing/{month}/vouchers/{layout}", get(vouchers))
        .route("/c/{community}/closing/{month}/invoices", post(invoices))
        .route("/c/{community}/closing/{month}/reopen", post(reopen))
}

#[derive(Template)]
#[template(path = "closing.html")]
struct ListPage {
    ui: Ui,
    list: ClosingList,
}

impl ListPage {
    fn day(at: chrono::DateTime<chrono::Utc>) -> String {
        hemu_app::clock::in_china(at).date_naive().to_string()
    }
}

/// `GET /c/{community}/closing`
pub async fn list(at: Place) -> Reply {
    let list = at.run(list_closings).await?;
    let ui = at.ui(Menu::Closing, "月结", "Month-end closing");
    let locale = ui.locale;
    page(&ListPage { ui, list }, locale)
}

#[derive(Template)]
#[template(path = "closing-month.html")]
struct MonthPage {
    ui: Ui,
    report: MonthReport,
    invoices: InvoiceSummary,
    /// Whether it is the last closed month, which may be reopened.
    is_last: bool,
}

impl MonthPage {
    fn roll(&self, which: &str) -> Vec<(String, String)> {
        let figures = &self.report.figures;
        let lines: Vec<RollLine> = match which {
            "receivable" => receivable_lines(&figures.receivable).to_vec(),
            "late_fee" => late_fee_lines(&figures.late_fee).to_vec(),
            "deposits" => deposit_lines(&figures.deposits).to_vec(),
            _ => prepaid_lines(&self.report).to_vec(),
        };
        lines.iter().map(|(zh, en, amount)| (self.ui.say(zh, en).to_owned(), self.ui.money(amount))).collect()
    }

    /// By fee item, and by building.
    fn groups(&self) -> [(&str, bool, &[Group]); 2] {
        [
            (self.ui.say("按收费项目", "By fee item"), false, &self.report.items),
            (self.ui.say("按楼栋", "By building"), true, &self.report.buildings),
        ]
    }

    /// What a figure of a group is called.
    fn label(&self, place: usize) -> &str {
        let (zh, en) = GROUP[place];
        self.ui.say(zh, en)
    }

    fn may_close(&self) -> bool {
        self.ui.may(Permission::CloseMonth)
    }

    fn method(&self, word: &str) -> String {
        method(&self.ui, word)
    }

    fn closed(&self) -> String {
        match (&self.report.closed_by, self.report.closed_at) {
            (Some(by), Some(at)) => format!("{} {by}", hemu_app::clock::in_china(at).date_naive()),
            _ => String::new(),
        }
    }
}

fn month(at: &Place, text: &str) -> Result<Period, PageError> {
    Period::parse(text).map_err(|_| at.visit.fail(Refusal::not_found("月份", "month", "")))
}

/// `GET /c/{community}/closing/{month}`
pub async fn show(at: Place, Path((_, asked)): Path<(String, String)>) -> Reply {
    let month = month(&at, &asked)?;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let is_last = list_closings(app, actor, name)?.last == Some(month);
        Ok((month_report(app, actor, name, month)?, invoice_summary(app, actor, name, month)?, is_last))
    };
    let (report, invoices, is_last) = at.run(work).await?;
    let mut ui = at.ui(Menu::Closing, "月结", "Month-end closing");
    ui.title = format!("{} {month}", ui.title);
    let locale = ui.locale;
    page(&MonthPage { ui, report, invoices, is_last }, locale)
}

/// `POST /c/{community}/closing`
pub async fn close(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let month = fields.period("month")?;
        close_month(app, actor, &CloseRequest { community: name.to_owned(), month, dry_run: false })?;
        Ok(month)
    };
    let month = at.run(work).await?;
    Ok(go(&at.here(&format!("closing/{month}?done=closed"))))
}

/// `GET /c/{community}/units/{unit}/statement?from=&to=`: 对账单.
pub async fn statement(
    at: Place,
    Path((_, unit)): Path<(String, String)>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Reply {
    let fields = Fields::from_pairs(asked);
    let unit = UnitId::parse(&unit).map_err(|_| at.visit.fail(Refusal::not_found("房屋", "unit", "")))?;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let label = get_unit_label(app, actor, name, unit)?;
        statement_pdf(app, actor, &forms::statement(&fields, name, label, app.today())?)
    };
    Ok(file(at.run(work).await?, PDF, "对账单.pdf", true))
}

/// `GET /c/{community}/closing/{month}/pdf`
pub async fn pdf(at: Place, Path((_, asked)): Path<(String, String)>) -> Reply {
    let month = month(&at, &asked)?;
    let bytes = at.run(move |app, actor, name| month_pdf(app, actor, name, month)).await?;
    Ok(file(bytes, PDF, &format!("月结-{month}.pdf"), true))
}

/// `GET /c/{community}/closing/{month}/workbook`
pub async fn workbook(at: Place, Path((_, asked)): Path<(String, String)>) -> Reply {
    let month = month(&at, &asked)?;
    let bytes = at.run(move |app, actor, name| month_workbook(app, actor, name, month)).await?;
    Ok(file(bytes, XLSX, &format!("月结-{month}.xlsx"), false))
}

/// `GET /c/{community}/closing/{month}/vouchers/{layout}`
pub async fn vouchers(at: Place, Path((_, asked, layout)): Path<(String, String, String)>) -> Reply {
    let month = month(&at, &asked)?;
    let name = format!("凭证-{month}-{layout}.csv");
    let work =
        move |app: &App, actor: &Actor, name: &str| voucher_csv(app, actor, name, month, Layout::parse(&layout)?);
    Ok(file(at.run(work).await?, CSV, &name, false))
}

/// `POST /c/{community}/closing/{month}/invoices`: a file that names owners, so it is asked for by a form and goes on record.
pub async fn invoices(Path((_, asked)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let at = posted.visit;
    let month = month(&at, &asked)?;
    let bytes = at.run(move |app, actor, name| invoice_csv(app, actor, name, month)).await?;
    Ok(file(bytes, CSV, &format!("开票申请-{month}.csv"), false))
}

/// `POST /c/{community}/closing/{month}/reopen`
pub async fn reopen(Path((_, asked)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let month = month(&at, &asked)?;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        ask(app, actor, community, &Asked::ReopenMonth { month }, fields.text("reason"))
    };
    at.run(work).await?;
    Ok(go(&at.here(&format!("closing/{month}?done=asked"))))
}
