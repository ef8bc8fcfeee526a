//! 公摊: the shared costs of a year, a new one with a preview of every unit's share, the figures to be published.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use hemu_app::shared_costs::{
    CostReport, PoolDetails, PoolItem, PoolList, cancel_pool, list_pools, share_cost, show_pool,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Period;
use hemu_domain::ids::SharePoolId;
use hemu_domain::staff::Permission;
use serde::Deserialize;

use crate::fields::{Fields, Posted};
use crate::forms;
use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/shared-costs", get(list).post(confirm))
        .route("/c/{community}/shared-costs/preview", post(preview))
        .route("/c/{community}/shared-costs/{pool}", get(show))
        .route("/c/{community}/shared-costs/{pool}/cancel", post(cancel))
}

/// What the form asks for; a preview hands it on to the confirmation.
const FORM: [&str; 11] = [
    "item",
    "period",
    "total",
    "master",
    "price",
    "invoice",
    "scope",
    "method",
    "vacant_weight",
    "bands",
    "usage_kind",
];

#[derive(Template)]
#[template(path = "shared-costs.html")]
struct ListPage {
    ui: Ui,
    list: PoolList,
    period: String,
    may_issue: bool,
}

impl ListPage {
    fn items(&self) -> std::collections::BTreeSet<&str> {
        self.list.rows.iter().map(|row| row.item.as_str()).collect()
    }

    fn is_whole(&self, pool: &PoolItem) -> bool {
        pool.billed == pool.bearing
    }
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    year: String,
}

/// `GET /c/{community}/shared-costs`
pub async fn list(at: Place, Query(asked): Query<Asked>) -> Reply {
    let year = asked.year.trim().parse().ok();
    let list = at.run(move |app, actor, name| list_pools(app, actor, name, year)).await?;
    let ui = at.ui(Menu::SharedCosts, "公摊", "Shared costs");
    let locale = ui.locale;
    let period = Period::of(ui.today).to_string();
    page(&ListPage { may_issue: ui.may(Permission::IssueBills), list, period, ui }, locale)
}

#[derive(Template)]
#[template(path = "shared-costs-preview.html")]
struct PreviewPage {
    ui: Ui,
    report: CostReport,
    form: Vec<(&'static str, String)>,
}

/// `POST /c/{community}/shared-costs/preview`: every unit's share; nothing is written.
pub async fn preview(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let form = FORM.iter().map(|name| (*name, fields.text(name).to_owned())).collect();
    let report = at.run(move |app, actor, name| run(app, actor, name, &fields, true)).await?;
    let ui = at.ui(Menu::SharedCosts, "公摊预览", "Shared cost: preview");
    let locale = ui.locale;
    page(&PreviewPage { report, form, ui }, locale)
}

fn run(app: &App, actor: &Actor, name: &str, fields: &Fields, dry_run: bool) -> Result<CostReport, Refusal> {
    share_cost(app, actor, name, &forms::shared_cost(fields, dry_run)?)
}

/// `POST /c/{community}/shared-costs`
pub async fn confirm(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let report = at.run(move |app, actor, name| run(app, actor, name, &fields, false)).await?;
    Ok(go(&at.here(&format!("shared-costs?year={}&done=shared", report.period.year()))))
}

#[derive(Template)]
#[template(path = "shared-cost.html")]
struct PoolPage {
    ui: Ui,
    details: PoolDetails,
    may_cancel: bool,
    may_correct: bool,
}

fn read_pool(id: &str) -> Result<SharePoolId, Refusal> {
    SharePoolId::parse(id).map_err(|_| Refusal::not_found("公摊", "shared cost", ""))
}

/// `GET /c/{community}/shared-costs/{pool}`
pub async fn show(at: Place, Path((_, pool)): Path<(String, String)>) -> Reply {
    let id = read_pool(&pool).map_err(|refusal| at.visit.fail(refusal))?;
    let details = at.run(move |app, actor, name| show_pool(app, actor, name, id)).await?;
    let ui = at.ui(Menu::SharedCosts, "公摊明细", "Shared cost");
    let locale = ui.locale;
    let pool = &details.pool;
    let may_cancel = ui.may(Permission::IssueBills) && pool.billed == 0 && pool.cancelled.is_none();
    let may_correct = ui.may(Permission::ReversePayment) && pool.billed > 0 && pool.cancelled.is_none();
    page(&PoolPage { details, may_cancel, may_correct, ui }, locale)
}

/// `POST /c/{community}/shared-costs/{pool}/cancel`
pub async fn cancel(Path((_, pool)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let id = read_pool(&pool).map_err(|refusal| at.visit.fail(refusal))?;
    at.run(move |app, actor, name| cancel_pool(app, actor, name, id, fields.text("reason"))).await?;
    Ok(go(&at.here("shared-costs?done=cancelled")))
}
