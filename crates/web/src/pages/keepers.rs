//! 管家: who looks after which building, and whose a case is.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use hemu_app::collection::assignment::{BuildingKeeper, Keepers, Person, assign_building, assign_case, list_keepers};
use hemu_app::{Actor, App};
use hemu_domain::ids::{BuildingId, StaffId};
use hemu_domain::staff::Permission;

use super::cases::read_case;
use crate::fields::Posted;
use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/keepers", get(show).post(building))
        .route("/c/{community}/cases/{case}/assign", post(case))
}

#[derive(Template)]
#[template(path = "keepers.html")]
struct KeepersPage {
    ui: Ui,
    keepers: Keepers,
    may_assign: bool,
}

impl KeepersPage {
    fn is_chosen(&self, building: &BuildingKeeper, person: &Person) -> bool {
        building.staff.as_ref() == Some(person)
    }
}

/// `GET /c/{community}/keepers`
pub async fn show(at: Place) -> Reply {
    let community = at.id();
    let keepers = at.run(move |app, actor, _| list_keepers(app, actor, community)).await?;
    let ui = at.ui(Menu::Cases, "楼栋管家", "Who looks after which building");
    let locale = ui.locale;
    page(&KeepersPage { may_assign: ui.may(Permission::Administer), keepers, ui }, locale)
}

/// `POST /c/{community}/keepers`: a building gets its person.
pub async fn building(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let building = fields.required(("building", "楼栋"), BuildingId::parse)?;
        let staff = fields.optional(("staff", "管家"), StaffId::parse)?;
        assign_building(app, actor, community, building, staff)
    };
    at.run(work).await?;
    Ok(go(&at.here("keepers?done=saved")))
}

/// `POST /c/{community}/cases/{case}/assign`: a case gets its person.
pub async fn case(Path((_, case)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let (id, community) = (read_case(&case).map_err(|refusal| at.visit.fail(refusal))?, at.id());
    let work = move |app: &App, actor: &Actor, _: &str| {
        let staff = fields.optional(("staff", "管家"), StaffId::parse)?;
        assign_case(app, actor, community, id, staff)
    };
    at.run(work).await?;
    Ok(go(&at.here(&format!("cases/{id}?done=saved"))))
}
