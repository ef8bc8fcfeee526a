//! 小区: all communities the person works for, found by a part of their name; the menu itself shows the first few.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use hemu_app::registry::communities::CommunityReport;
use hemu_domain::ids::CommunityId;
use serde::Deserialize;

use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui, place};
use crate::visit::Visit;

/// Rows of a page.
const ROWS: usize = 50;

/// The address of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/communities", get(show))
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A part of the name.
    q: String,
    /// The last community of the page before.
    after: String,
}

#[derive(Template)]
#[template(path = "communities.html")]
struct CommunitiesPage {
    ui: Ui,
    asked: Asked,
    rows: Vec<CommunityReport>,
    found: usize,
    next: Option<CommunityId>,
}

/// Those whose name contains what was typed, however it is written in Latin letters.
#[must_use]
pub fn named<'a>(all: &'a [CommunityReport], typed: &str) -> Vec<&'a CommunityReport> {
    let typed = typed.trim().to_lowercase();
    all.iter().filter(|one| one.name.to_lowercase().contains(&typed)).collect()
}

/// `GET /communities`: by name, page by page; a search that leaves one opens it.
pub async fn show(visit: Visit, Query(asked): Query<Asked>) -> Reply {
    let found = named(&visit.communities, &asked.q);
    if let ([only], false) = (found.as_slice(), asked.q.trim().is_empty()) {
        return Ok(go(&place(only.id, "")));
    }
    let last_shown = found.iter().position(|one| one.id.to_string() == asked.after);
    let start = last_shown.map_or(0, |position| position + 1);
    let end = (start + ROWS).min(found.len());
    let ui = visit.ui(Menu::Workbench, "小区", "Communities");
    let locale = ui.locale;
    let content = CommunitiesPage {
        rows: found[start..end].iter().map(|one| (*one).clone()).collect(),
        next: found[start..end].last().filter(|_| end < found.len()).map(|one| one.id),
        found: found.len(),
        asked,
        ui,
    };
    page(&content, locale)
}
