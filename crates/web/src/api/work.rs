//! The day's work of a person: the ranked list, how much of it fits into a day, who holds a task, what was handed over.

use axum::extract::Path;
use hemu_app::collection::board::collection_board;
use hemu_app::collection::handover::{hand_over, list_handovers, release_task, take_task};
use hemu_app::collection::visits::{plan_visits, visit_calendar};
use hemu_app::collection::worklist::{list_capacities, list_work, set_capacity};
use hemu_app::{Actor, App};
use hemu_domain::collection::ranking::Capacity;
use hemu_domain::ids::{StaffId, TaskId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::{Caller, Site};
use super::input::{Asked, Body, read_id};
use super::operations::Operations;
use super::shapes;
use crate::forms;
use crate::reply::{CALENDAR, file};

#[derive(OpenApi)]
#[openapi(paths(list, board, capacities, set, take, release, handovers, hand, visits, visit_file))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("work", "今日任务 / The day's work")
        .get("/communities/{community}/work", list)
        .get("/communities/{community}/board", board)
        .get("/communities/{community}/capacities", capacities)
        .put("/staff/{staff}/capacity", set)
        .put("/communities/{community}/tasks/{task}/holder", take)
        .delete("/communities/{community}/tasks/{task}/holder", release)
        .get("/communities/{community}/handovers", handovers)
        .get("/communities/{community}/visits", visits)
        .get("/communities/{community}/visits/export", visit_file)
        .post("/communities/{community}/handovers", hand)
}

/// Open cases by stage, person and building
#[utoipa::path(get, path = "/communities/{community}/board",
    responses((status = 200, description = "The board", body = shapes::CollectionBoard)))]
async fn board(at: Site) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| collection_board(app, actor, community)).await?)
}

/// The due tasks of whoever asks, the best chance first, each with why
#[utoipa::path(get, path = "/communities/{community}/work",
    responses((status = 200, description = "Ranked", body = shapes::WorkList)))]
async fn list(at: Site) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| list_work(app, actor, community)).await?)
}

/// How many calls and visits each person makes a day
#[utoipa::path(get, path = "/communities/{community}/capacities",
    responses((status = 200, description = "By name", body = shapes::Capacities)))]
async fn capacities(at: Site) -> Answer {
    let community = at.id();
    let rows = at.run(move |app, actor, _| list_capacities(app, actor, community)).await?;
    ok(json!({ "rows": rows }))
}

/// Calls and visits of a day.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PerDay {
    calls: i64,
    visits: i64,
}

/// Sets how many calls and visits a person makes a day
#[utoipa::path(put, path = "/staff/{staff}/capacity", request_body = PerDay,
    responses((status = 204, description = "Set")))]
async fn set(caller: Caller, Path(staff): Path<String>, body: Body<PerDay>) -> Answer {
    let work = move |app: &App, actor: &Actor| {
        let staff = read_id(&staff, StaffId::parse, ("账号", "account"))?;
        set_capacity(app, actor, staff, Capacity { calls: body.value.calls, visits: body.value.visits })
    };
    caller.run(work).await?;
    done()
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TakeQuery {
    /// `call_back`: the owner asked to be called back, so the contact budget gives way
    initiative: Option<String>,
}

/// Takes a task for some hours: nobody else can finish it meanwhile. A call or visit over the contact budget is refused
#[utoipa::path(put, path = "/communities/{community}/tasks/{task}/holder", params(TakeQuery),
    responses((status = 200, description = "Until when", body = shapes::TaskHeld)))]
async fn take(at: Site, Path((_, task)): Path<(String, String)>, asked: Asked<TakeQuery>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let task = read_id(&task, TaskId::parse, ("任务", "task"))?;
        take_task(app, actor, (community, task), forms::initiative(&asked.fields)?)
    };
    let until = at.run(work).await?;
    ok(json!({ "until": until }))
}

/// Frees a task
#[utoipa::path(delete, path = "/communities/{community}/tasks/{task}/holder",
    responses((status = 204, description = "Free")))]
async fn release(at: Site, Path((_, task)): Path<(String, String)>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        release_task(app, actor, community, read_id(&task, TaskId::parse, ("任务", "task"))?)
    };
    at.run(work).await?;
    done()
}

/// What was handed over between shifts, the newest first
#[utoipa::path(get, path = "/communities/{community}/handovers",
    responses((status = 200, description = "The last ones", body = shapes::Handovers)))]
async fn handovers(at: Site) -> Answer {
    let community = at.id();
    let rows = at.run(move |app, actor, _| list_handovers(app, actor, community)).await?;
    ok(json!({ "rows": rows }))
}

/// To whom, and what the next person should know.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOver {
    to: String,
    note: String,
}

/// Hands all open tasks of whoever asks to another person
#[utoipa::path(post, path = "/communities/{community}/handovers", request_body = HandOver,
    responses((status = 201, description = "Handed over", body = shapes::Handover)))]
async fn hand(at: Site, body: Body<HandOver>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let to = read_id(&body.value.to, StaffId::parse, ("员工", "person"))?;
        hand_over(app, actor, community, to, &body.value.note)
    };
    created(at.run(work).await?)
}

/// The visits of the caller for the next weekend afternoons, door by door, and those that have to wait
#[utoipa::path(get, path = "/communities/{community}/visits",
    responses((status = 200, description = "The route", body = shapes::VisitPlan)))]
async fn visits(at: Site) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| plan_visits(app, actor, community)).await?)
}

/// The same route as a calendar file that names rooms alone
#[utoipa::path(get, path = "/communities/{community}/visits/export",
    responses((status = 200, description = "The file", content_type = "text/calendar", body = String)))]
async fn visit_file(at: Site) -> Answer {
    let community = at.id();
    let calendar = at.run(move |app, actor, _| visit_calendar(app, actor, community)).await?;
    Ok(file(calendar.into_bytes(), CALENDAR, "上门路线.ics", false))
}
