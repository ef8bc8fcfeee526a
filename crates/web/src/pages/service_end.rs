//! 服务终止: what the end of the service takes back of every bill, the request for it, and what is to be given back afterwards.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use chrono::NaiveDate;
use hemu_app::approval::{Asked, ask};
use hemu_app::billing::rebill::service_end::{
    AccountRefunds, RefundList, ServiceEndReport, list_refunds, preview_service_end,
};
use hemu_app::{Actor, App};
use hemu_domain::Period;
use hemu_domain::staff::Permission;

use super::desk::method;
use crate::fields::{Fields, Posted};
use crate::forms;
use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// So many lines stand on the page.
const SHOWN: usize = 200;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new().route("/c/{community}/service-end", get(show).post(ask_end))
}

#[derive(Template)]
#[template(path = "service-end.html")]
struct ServiceEndPage {
    ui: Ui,
    on: NaiveDate,
    report: Option<ServiceEndReport>,
    refunds: RefundList,
    may_ask: bool,
    may_refund: bool,
}

impl ServiceEndPage {
    fn method(&self, word: &str) -> String {
        method(&self.ui, word)
    }

    fn charges(&self, report: &ServiceEndReport) -> usize {
        report.items.iter().map(|item| item.rows.len()).sum()
    }

    /// The accounts that are shown.
    fn shown(&self) -> impl Iterator<Item = &AccountRefunds> {
        self.refunds.accounts.iter().take(SHOWN)
    }

    fn all_shown(&self) -> bool {
        self.refunds.accounts.len() <= SHOWN
    }
}

/// `GET /c/{community}/service-end`: what has been put by; with a day, what would become of the bills.
pub async fn show(at: Place, Query(pairs): Query<Vec<(String, String)>>) -> Reply {
    let asked = Fields::from_pairs(pairs);
    let work = move |app: &App, actor: &Actor, name: &str| {
        let report = match asked.text("on") {
            "" => None,
            _ => Some(preview_service_end(app, actor, name, &forms::service_end(&asked)?)?),
        };
        Ok((report, list_refunds(app, actor, name)?))
    };
    let (report, refunds) = at.run(work).await?;
    let ui = at.ui(Menu::Tariff, "服务终止与退费", "End of the service");
    let locale = ui.locale;
    let on = report.as_ref().map_or_else(|| Period::of(ui.today).last_day(), |report| report.on);
    let (may_ask, may_refund) = (ui.may(Permission::ReversePayment), ui.may(Permission::TakePayment));
    page(&ServiceEndPage { on, report, refunds, may_ask, may_refund, ui }, locale)
}

/// `POST /c/{community}/service-end`: asks a second person.
pub async fn ask_end(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let asked = Asked::ServiceEnd(forms::service_end(&fields)?);
        ask(app, actor, community, &asked, fields.text("reason"))
    };
    at.run(work).await?;
    Ok(go(&at.here("approvals?done=asked")))
}
