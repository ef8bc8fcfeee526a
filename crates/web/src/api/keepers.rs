//! Who looks after what (管家): buildings and cases.

use axum::extract::Path;
use hemu_app::collection::assignment::{assign_building, assign_case, list_keepers};
use hemu_app::{Actor, App};
use hemu_domain::ids::{BuildingId, CaseId, StaffId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, done, ok};
use super::caller::Site;
use super::input::{Body, read_id};
use super::operations::Operations;
use super::shapes;

#[derive(OpenApi)]
#[openapi(paths(list, building, case))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("keepers", "管家 / Who looks after what")
        .get("/communities/{community}/keepers", list)
        .put("/communities/{community}/keepers/{building}", building)
        .put("/communities/{community}/cases/{case}/assignment", case)
}

/// Who looks after which building, and who could
#[utoipa::path(get, path = "/communities/{community}/keepers",
    responses((status = 200, description = "By building", body = shapes::Keepers)))]
async fn list(at: Site) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| list_keepers(app, actor, community)).await?)
}

/// The person; nobody where left out.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Assignment {
    staff: Option<String>,
}

/// Gives a building to a person; open cases there that nobody has go along
#[utoipa::path(put, path = "/communities/{community}/keepers/{building}", request_body = Assignment,
    responses((status = 200, description = "How many cases went along", body = shapes::TakenOver)))]
async fn building(at: Site, Path((_, building)): Path<(String, String)>, body: Body<Assignment>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let building = read_id(&building, BuildingId::parse, ("楼栋", "building"))?;
        let staff = body.fields.optional(("staff", "管家"), StaffId::parse)?;
        assign_building(app, actor, community, building, staff)
    };
    let cases = at.run(work).await?;
    ok(json!({ "cases": cases }))
}

/// Gives a case to a person
#[utoipa::path(put, path = "/communities/{community}/cases/{case}/assignment", request_body = Assignment,
    responses((status = 204, description = "Assigned")))]
async fn case(at: Site, Path((_, case)): Path<(String, String)>, body: Body<Assignment>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let case = read_id(&case, CaseId::parse, ("案件", "case"))?;
        let staff = body.fields.optional(("staff", "管家"), StaffId::parse)?;
        assign_case(app, actor, community, case, staff)
    };
    at.run(work).await?;
    done()
}
