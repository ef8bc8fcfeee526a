//! 房产与业主: the tree, the list and its search, the block plan, the page of one unit.

mod acts;
mod unit;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use hemu_app::registry::get_unit_label;
use hemu_app::registry::overview::{
    BlockPlan, BuildingNode, UnitFilter, UnitItem, UnitList, block_plan, list_units, unit_tree,
};
use hemu_app::registry::search::search_units;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::UnitId;
use hemu_domain::registry::unit::UnitKind;
use hemu_domain::registry::unit_status::UnitStatus;
use hemu_domain::staff::Permission;
use serde::Deserialize;

use crate::fields::Posted;
use crate::reply::{Reply, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// Rows of a page.
const ROWS: usize = 100;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/units", get(list).post(acts::add))
        .route("/c/{community}/units/search", post(search))
        .route("/c/{community}/buildings/{building}", get(building))
        .route("/c/{community}/units/{unit}", get(unit::show))
        .route("/c/{community}/units/{unit}/edit", post(acts::edit))
        .route("/c/{community}/units/{unit}/occupancy", post(acts::occupancy))
        .route("/c/{community}/units/{unit}/contact", post(acts::contact))
        .route("/c/{community}/units/{unit}/contact-state", post(acts::contact_state))
        .route("/c/{community}/units/{unit}/reveal", post(unit::reveal))
        .route("/c/{community}/units/{unit}/flag", post(acts::flag))
        .route("/c/{community}/units/{unit}/flag-end", post(acts::flag_end))
        .route("/c/{community}/units/{unit}/owner", post(acts::owner))
        .route("/c/{community}/units/{unit}/payer", post(acts::payer))
}

#[derive(Template)]
#[template(path = "units.html")]
struct UnitsPage {
    ui: Ui,
    asked: Asked,
    tree: Vec<BuildingNode>,
    list: UnitList,
    after: Option<UnitId>,
    kinds: Vec<(&'static str, String)>,
    may_edit: bool,
}

impl UnitsPage {
    fn kind(&self, unit: &UnitItem) -> String {
        self.ui.text(&unit.kind.label())
    }

    fn status(&self, unit: &UnitItem) -> String {
        self.ui.text(&unit.status.label())
    }

    fn area(&self, unit: &UnitItem) -> String {
        self.ui.area(unit.area.as_ref())
    }
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    #[serde(skip)]
    q: String,
    building: String,
    entrance: String,
    after: String,
}

/// `GET /c/{community}/units`
pub async fn list(at: Place, Query(asked): Query<Asked>) -> Reply {
    show(&at, asked).await
}

/// `POST /c/{community}/units/search`: a form that is sent, since names and numbers do not belong into addresses.
pub async fn search(posted: Posted<Place>) -> Reply {
    let asked = Asked { q: posted.fields.text("q").to_owned(), ..Asked::default() };
    show(&posted.visit, asked).await
}

async fn show(at: &Place, asked: Asked) -> Reply {
    let wanted = asked.clone();
    let (tree, list) = at.run(move |app, actor, name| read(app, actor, name, &wanted)).await?;
    let ui = at.ui(Menu::Registry, "房产与业主", "Units and owners");
    let locale = ui.locale;
    let content = UnitsPage {
        after: list.next.as_ref().and_then(|_| list.rows.last()).map(|last| last.id),
        kinds: UnitKind::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        may_edit: ui.may(Permission::EditRegistry),
        asked,
        tree,
        list,
        ui,
    };
    page(&content, locale)
}

fn read(app: &App, actor: &Actor, name: &str, asked: &Asked) -> Result<(Vec<BuildingNode>, UnitList), Refusal> {
    // The cursor is a unit's id: a label would put a home into the address.
    let after = match UnitId::parse(&asked.after) {
        Ok(id) => Some(get_unit_label(app, actor, name, id)?),
        Err(_) => None,
    };
    let tree = unit_tree(app, actor, name)?;
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let filter = UnitFilter { building: some(&asked.building), entrance: some(&asked.entrance) };
    let list = match asked.q.trim() {
        "" => list_units(app, actor, name, &filter, (after.as_ref(), ROWS))?,
        typed => search_units(app, actor, name, typed, (after.as_ref(), ROWS))?,
    };
    Ok((tree, list))
}

#[derive(Template)]
#[template(path = "building.html")]
struct BuildingPage {
    ui: Ui,
    plan: BlockPlan,
    legend: Vec<(&'static str, String, usize)>,
}

impl BuildingPage {
    fn status(&self, unit: &UnitItem) -> String {
        self.ui.text(&unit.status.label())
    }
}

/// `GET /c/{community}/buildings/{building}`: the coloured block plan (楼盘图).
pub async fn building(at: Place, Path((_, building)): Path<(String, String)>) -> Reply {
    let plan = at.run(move |app, actor, name| block_plan(app, actor, name, &building)).await?;
    let mut ui = at.ui(Menu::Registry, "楼盘图", "Block plan");
    ui.title = format!("{} {}", ui.title, ui.building(&plan.building));
    let locale = ui.locale;
    let count = |one: &UnitStatus| plan.counts.get(one.as_str()).copied().unwrap_or(0);
    let legend = UnitStatus::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()), count(one))).collect();
    page(&BuildingPage { legend, plan, ui }, locale)
}
