//! 承诺与分期: promises and plans by what is to be done about them.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use hemu_app::collection::terms::{TermsFilter, TermsItem, TermsKind, TermsList, list_terms};
use hemu_app::{Actor, App};
use serde::Deserialize;
use uuid::Uuid;

use crate::reply::{Reply, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// Rows of a page.
const ROWS: usize = 100;

/// The addresses of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/c/{community}/terms", get(list))
}

/// What the address asks for; what it cannot mean is left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    kind: String,
    show: String,
    after: String,
}

#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage {
    ui: Ui,
    list: TermsList,
    kind: &'static str,
    show: &'static str,
    is_plan: bool,
    filters: Vec<(&'static str, String)>,
}

/// `GET /c/{community}/terms`
pub async fn list(at: Place, Query(asked): Query<Asked>) -> Reply {
    let kind = TermsKind::parse(&asked.kind).unwrap_or(TermsKind::Promise);
    let filter = TermsFilter::parse(&asked.show).unwrap_or(TermsFilter::Running);
    let (community, after) = (at.id(), Uuid::parse_str(&asked.after).ok());
    let work =
        move |app: &App, actor: &Actor, _: &str| list_terms(app, actor, community, (kind, filter), (after, ROWS));
    let list = at.run(work).await?;
    let ui = at.ui(Menu::Cases, "承诺与分期", "Promises and plans");
    let locale = ui.locale;
    let is_plan = kind == TermsKind::Plan;
    let shown = TermsFilter::ALL.into_iter().filter(|one| is_plan || *one != TermsFilter::Waiting);
    let filters = shown.map(|one| (one.as_str(), ui.text(&one.label()))).collect();
    page(&TermsPage { list, kind: kind.as_str(), show: filter.as_str(), is_plan, filters, ui }, locale)
}

impl TermsPage {
    fn unit(&self, row: &TermsItem) -> String {
        row.unit.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    fn day(&self, row: &TermsItem) -> String {
        row.due_on.map(|day| day.to_string()).unwrap_or_default()
    }
}
