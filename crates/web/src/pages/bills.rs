//! 账单: the months that were billed, the checks before a new one, the bills of a month and their print.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use chrono::NaiveDate;
use hemu_app::billing::checklist::{CheckList, check_list};
use hemu_app::billing::paper::{BillList, MonthItem, bill_pdf, bills_pdf, list_bills, list_months};
use hemu_app::billing::publish::{publish_bills, published_on};
use hemu_app::billing::{BillRequest, issue_bills};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Period;
use hemu_domain::ids::BillId;
use hemu_domain::staff::Permission;
use serde::Deserialize;

use crate::fields::Posted;
use crate::reply::{PDF, Reply, file, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// Rows of a page.
const ROWS: usize = 100;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/bills", get(months).post(issue))
        .route("/c/{community}/bills/check", post(check))
        .route("/c/{community}/bills/{period}", get(month))
        .route("/c/{community}/bills/{period}/publish", post(publish))
        .route("/c/{community}/bills/{period}/print", get(print))
        .route("/c/{community}/bill/{bill}/pdf", get(pdf))
}

#[derive(Template)]
#[template(path = "bills.html")]
struct MonthsPage {
    ui: Ui,
    months: Vec<MonthItem>,
    period: String,
    checked: Option<CheckList>,
    may_issue: bool,
}

impl MonthsPage {
    /// What is settled of what was charged, in percent with one decimal.
    fn rate(&self, month: &MonthItem) -> String {
        match month.amount.get() {
            0 => "-".to_owned(),
            amount => {
                let permille = month.settled.get() * 1_000 / amount;
                format!("{}.{}%", permille / 10, permille % 10)
            }
        }
    }
}

/// `GET /c/{community}/bills`
pub async fn months(at: Place) -> Reply {
    let months = at.run(list_months_of).await?;
    show(&at, months, None)
}

fn list_months_of(app: &App, actor: &Actor, name: &str) -> Result<Vec<MonthItem>, Refusal> {
    list_months(app, actor, name)
}

fn show(at: &Place, months: Vec<MonthItem>, checked: Option<CheckList>) -> Reply {
    let ui = at.ui(Menu::Bills, "账单", "Bills");
    let locale = ui.locale;
    let (period, checked) = match checked {
        Some(list) => (list.period, Some(list)),
        // The month after the last one, or this month for the first bills.
        None => (months.first().map_or_else(|| Period::of(ui.today), |last| last.period.next()), None),
    };
    let may_issue = ui.may(Permission::IssueBills);
    page(&MonthsPage { months, period: period.to_string(), checked, may_issue, ui }, locale)
}

/// `POST /c/{community}/bills/check`: what would be billed, and what does not look right; nothing is written.
pub async fn check(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let period = fields.period("period")?;
        Ok((list_months(app, actor, name)?, check_list(app, actor, name, period)?))
    };
    let (months, list) = at.run(work).await?;
    show(&at, months, Some(list))
}

/// `POST /c/{community}/bills`
pub async fn issue(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let period = fields.period("period")?;
        issue_bills(app, actor, &BillRequest { community: name.to_owned(), period, dry_run: false })?;
        Ok(period)
    };
    let period = at.run(work).await?;
    Ok(go(&at.here(&format!("bills/{period}?done=issued"))))
}

/// `POST /c/{community}/bills/{period}/publish`
pub async fn publish(Path((_, period)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let at = posted.visit;
    let period = Period::parse(&period).map_err(|_| at.visit.fail(Refusal::not_found("账期", "month", "")))?;
    at.run(move |app, actor, name| publish_bills(app, actor, name, period)).await?;
    Ok(go(&at.here(&format!("bills/{period}?done=published"))))
}

#[derive(Template)]
#[template(path = "bills-month.html")]
struct MonthPage {
    ui: Ui,
    period: Period,
    list: BillList,
    after: String,
    /// Since when the bills are published, if all are.
    published_on: Option<NaiveDate>,
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: String,
    /// Three bills to a sheet.
    thirds: bool,
}

/// `GET /c/{community}/bills/{period}`
pub async fn month(at: Place, Path((_, period)): Path<(String, String)>, Query(asked): Query<Asked>) -> Reply {
    let period = Period::parse(&period).map_err(|_| at.visit.fail(Refusal::not_found("账期", "month", "")))?;
    let after = BillId::parse(&asked.after).ok();
    let work = move |app: &App, actor: &Actor, name: &str| {
        let list = list_bills(app, actor, name, period, (after, ROWS))?;
        Ok((list, published_on(app, actor, name, period)?))
    };
    let (list, published_on) = at.run(work).await?;
    let mut ui = at.ui(Menu::Bills, "账单", "Bills");
    ui.title = format!("{} {period}", ui.title);
    let locale = ui.locale;
    page(&MonthPage { period, list, after: asked.after, published_on, ui }, locale)
}

/// `GET /c/{community}/bills/{period}/print`: the bills of this page of the list.
pub async fn print(at: Place, Path((_, period)): Path<(String, String)>, Query(asked): Query<Asked>) -> Reply {
    let period = Period::parse(&period).map_err(|_| at.visit.fail(Refusal::not_found("账期", "month", "")))?;
    let page = (BillId::parse(&asked.after).ok(), asked.thirds);
    let bytes = at.run(move |app, actor, name| bills_pdf(app, actor, name, period, page)).await?;
    Ok(file(bytes, PDF, &format!("账单-{period}.pdf"), true))
}

/// `GET /c/{community}/bill/{bill}/pdf`
pub async fn pdf(at: Place, Path((_, bill)): Path<(String, String)>) -> Reply {
    let id = BillId::parse(&bill).map_err(|_| at.visit.fail(Refusal::not_found("账单", "bill", "")))?;
    let bytes = at.run(move |app, actor, name| bill_pdf(app, actor, name, id)).await?;
    Ok(file(bytes, PDF, "缴费通知单.pdf", true))
}
