//! Staff (员工): accounts with their roles and communities, and the audit trail.

use axum::extract::Path;
use hemu_app::audit::list_audit;
use hemu_app::staff::{EditStaff, NewStaff, add_staff, edit_staff, list_staff};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{CommunityId, StaffId};
use hemu_domain::staff::Role;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::Caller;
use super::input::{Asked, Body, read_id};
use super::operations::Operations;
use super::shapes;

#[derive(OpenApi)]
#[openapi(paths(list, hire, change, audit))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("staff", "员工 / Staff and audit trail")
        .get("/staff", list)
        .post("/staff", hire)
        .patch("/staff/{staff}", change)
        .get("/audit", audit)
}

/// The accounts
#[utoipa::path(get, path = "/staff", responses((status = 200, description = "By login", body = shapes::StaffList)))]
async fn list(caller: Caller) -> Answer {
    let rows = caller.run(list_staff).await?;
    ok(json!({ "rows": rows }))
}

/// An account to make.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Hire {
    login: String,
    name: String,
    /// `manager`, `service`, `cashier`, `accountant`, `engineer`, `legal` or `auditor`
    role: String,
    password: String,
    /// Ids; left out means all
    communities: Option<Vec<String>>,
}

fn scope(ids: Option<&[String]>) -> Result<Option<Vec<CommunityId>>, Refusal> {
    let wrong = |_| Refusal::invalid("communities", "小区无法识别", "a community cannot be read");
    ids.map(|ids| ids.iter().map(|id| CommunityId::parse(id)).collect::<Result<_, _>>()).transpose().map_err(wrong)
}

/// Makes an account
#[utoipa::path(post, path = "/staff", request_body = Hire,
    responses((status = 201, description = "Made", body = shapes::Made)))]
async fn hire(caller: Caller, body: Body<Hire>) -> Answer {
    let work = move |app: &App, actor: &Actor| {
        let new = NewStaff {
            role: body.fields.required(("role", "岗位"), Role::parse)?,
            communities: scope(body.value.communities.as_deref())?,
            login: body.value.login,
            name: body.value.name,
            password: body.value.password,
        };
        add_staff(app, actor, &new)
    };
    let id = caller.run(work).await?;
    created(json!({ "id": id }))
}

/// What changes; what is left out stays.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    role: Option<String>,
    active: Option<bool>,
    password: Option<String>,
}

/// Changes an account; one manager always remains
#[utoipa::path(patch, path = "/staff/{staff}", request_body = Change, responses((status = 204, description = "Changed")))]
async fn change(caller: Caller, Path(staff): Path<String>, body: Body<Change>) -> Answer {
    let work = move |app: &App, actor: &Actor| {
        let id = read_id(&staff, StaffId::parse, ("账号", "account"))?;
        let edit = EditStaff {
            role: body.fields.optional(("role", "岗位"), Role::parse)?,
            active: body.value.active,
            password: body.value.password,
            communities: None,
        };
        edit_staff(app, actor, id, &edit)
    };
    caller.run(work).await?;
    done()
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// The trail of this community; left out: of the company
    community: Option<String>,
    /// The cursor `next` of the page before
    before: Option<String>,
}

/// The audit trail, newest first
#[utoipa::path(get, path = "/audit", params(AuditQuery),
    responses((status = 200, description = "Newest first", body = shapes::AuditTrail)))]
async fn audit(caller: Caller, asked: Asked<AuditQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor| {
        let community = asked.fields.optional(("community", "小区"), CommunityId::parse)?;
        let before = asked.fields.optional(("before", "游标"), str::parse::<i64>)?;
        list_audit(app, actor, community, before)
    };
    let rows = caller.run(work).await?;
    let next = rows.last().map(|last| last.seq).filter(|seq| *seq > 1);
    ok(json!({ "rows": rows, "next": next }))
}
