//! 催缴: the list of cases, the page of one, and what people do on it.

mod acts;
mod plans;
mod show;
mod trace;

pub use self::show::{amounts, read_case};

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Query};
use axum::routing::{get, post};
use hemu_app::collection::case_page::{CaseFilter, CaseItem, CaseList, list_cases};
use hemu_domain::collection::policy::Stage;
use hemu_domain::service::photo::MOST_PHOTO_BYTES;
use hemu_domain::staff::Permission;
use serde::Deserialize;

use crate::reply::{Reply, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// Rows of a page.
const ROWS: usize = 100;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/cases", get(list))
        .route("/c/{community}/cases/run", post(acts::run))
        .route("/c/{community}/cases/{case}", get(show::show))
        .route("/c/{community}/cases/{case}/reveal", post(show::reveal))
        .route("/c/{community}/cases/{case}/contact", post(acts::contact))
        .route("/c/{community}/cases/{case}/limit", post(acts::limit))
        .route("/c/{community}/cases/{case}/hold", post(acts::hold))
        .route("/c/{community}/cases/{case}/release", post(acts::release))
        .route("/c/{community}/cases/{case}/confirm", post(acts::confirm))
        .route("/c/{community}/cases/{case}/task", post(acts::task))
        .route("/c/{community}/cases/{case}/confirm-cause", post(acts::confirm_cause))
        .route("/c/{community}/cases/{case}/classify", post(acts::set_cause))
        .route("/c/{community}/cases/{case}/complaint", post(acts::complaint))
        .route("/c/{community}/cases/{case}/promise", post(acts::promise))
        .route("/c/{community}/cases/{case}/promise/decide", post(acts::decide_a_promise))
        .route("/c/{community}/cases/{case}/plan", post(plans::plan))
        .route("/c/{community}/cases/{case}/plan/quote", post(plans::quote))
        .route("/c/{community}/cases/{case}/plan/accept", post(plans::accept))
        .route("/c/{community}/cases/{case}/plan/cancel", post(plans::cancel))
        .route("/c/{community}/cases/{case}/plan/warn", post(plans::warn))
        .route("/c/{community}/cases/{case}/approve", post(plans::approve))
        .route("/c/{community}/cases/{case}/plans/{plan}/agreement", get(plans::agreement))
        .route("/c/{community}/cases/{case}/plans/{plan}/signed/{page}", get(plans::signed))
        .route("/c/{community}/cases/{case}/visits/{contact}/{picture}", get(acts::picture))
        .merge(signing())
}

/// Where a photo of what was signed comes in, which is larger than a form.
fn signing() -> Router<Web> {
    Router::new()
        .route("/c/{community}/cases/{case}/plans/{plan}/signed", post(plans::keep))
        .layer(DefaultBodyLimit::max(MOST_PHOTO_BYTES + 64 * 1024))
}

#[derive(Template)]
#[template(path = "cases.html")]
struct CasesPage {
    ui: Ui,
    list: CaseList,
    stages: Vec<(&'static str, String, i64)>,
    stage: String,
    mine: bool,
    open: i64,
    may_run: bool,
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    stage: String,
    mine: String,
    after: String,
}

/// `GET /c/{community}/cases`
pub async fn list(at: Place, Query(asked): Query<Asked>) -> Reply {
    let filter = CaseFilter { stage: Stage::parse(&asked.stage).ok(), mine: !asked.mine.is_empty() };
    let (mine, after) = (filter.mine, asked.after);
    let work = move |app: &hemu_app::App, actor: &hemu_app::Actor, name: &str| {
        list_cases(app, actor, name, &filter, (&after, ROWS))
    };
    let list = at.run(work).await?;
    let ui = at.ui(Menu::Cases, "催缴", "Collection");
    let locale = ui.locale;
    let count = |stage: &Stage| list.stages.iter().find(|(word, _)| word == stage.as_str()).map_or(0, |(_, n)| *n);
    let stages: Vec<_> =
        Stage::ALL.iter().map(|stage| (stage.as_str(), ui.text(&stage.label()), count(stage))).collect();
    let open = stages.iter().map(|(_, _, count)| count).sum();
    let may_run = ui.may(Permission::RunCollection);
    page(&CasesPage { list, stages, stage: asked.stage, mine, open, may_run, ui }, locale)
}

impl CasesPage {
    fn cause(&self, row: &CaseItem) -> String {
        row.cause.as_ref().map(|text| self.ui.text(text)).unwrap_or_default()
    }

    fn next(&self, row: &CaseItem) -> String {
        row.next.as_ref().map(|text| self.ui.text(text)).unwrap_or_default()
    }

    fn day(&self, day: Option<&chrono::NaiveDate>) -> String {
        day.map(ToString::to_string).unwrap_or_default()
    }

    fn unit(&self, row: &CaseItem) -> String {
        row.unit.as_ref().map(ToString::to_string).unwrap_or_default()
    }
}
