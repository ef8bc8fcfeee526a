//! 班组: how much each person does a day, who holds a task, what one shift handed to the next.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use hemu_app::collection::handover::{Handover, hand_over, list_handovers, release_task, take_task};
use hemu_app::collection::worklist::{PersonCapacity, list_capacities, set_capacity};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::collection::ranking::Capacity;
use hemu_domain::ids::{CommunityId, StaffId, TaskId};
use hemu_domain::staff::Permission;

use crate::fields::Posted;
use crate::forms;
use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/team", get(show).post(capacity))
        .route("/c/{community}/team/handover", post(hand))
        .route("/c/{community}/tasks/{task}/take", post(take))
        .route("/c/{community}/tasks/{task}/release", post(release))
}

#[derive(Template)]
#[template(path = "team.html")]
struct TeamPage {
    ui: Ui,
    people: Vec<PersonCapacity>,
    handed: Vec<Handover>,
    may_set: bool,
    may_work: bool,
}

/// `GET /c/{community}/team`
pub async fn show(at: Place) -> Reply {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        Ok((list_capacities(app, actor, community)?, list_handovers(app, actor, community)?))
    };
    let (people, handed) = at.run(work).await?;
    let ui = at.ui(Menu::Workbench, "班组", "Team");
    let locale = ui.locale;
    let (may_set, may_work) = (ui.may(Permission::Administer), ui.may(Permission::WorkCases));
    page(&TeamPage { people, handed, may_set, may_work, ui }, locale)
}

/// `POST /c/{community}/team`: calls and visits a person makes a day.
pub async fn capacity(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let work = move |app: &App, actor: &Actor, _: &str| {
        let staff = fields.required(("staff", "员工"), StaffId::parse)?;
        let calls = fields.required(("calls", "电话数"), str::parse::<i64>)?;
        let visits = fields.required(("visits", "上门数"), str::parse::<i64>)?;
        set_capacity(app, actor, staff, Capacity { calls, visits })
    };
    at.run(work).await?;
    Ok(go(&at.here("team?done=saved")))
}

/// `POST /c/{community}/team/handover`: all open tasks of whoever asks go to another person.
pub async fn hand(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let to = fields.required(("to", "接班人"), StaffId::parse)?;
        hand_over(app, actor, community, to, fields.text("note"))
    };
    at.run(work).await?;
    Ok(go(&at.here("team?done=saved")))
}

/// `POST /c/{community}/tasks/{task}/take`
pub async fn take(Path((_, task)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let fields = posted.fields;
    on_task(&posted.visit, &task, move |app, actor, community, task| {
        take_task(app, actor, (community, task), forms::initiative(&fields)?).map(|_| ())
    })
    .await
}

/// `POST /c/{community}/tasks/{task}/release`
pub async fn release(Path((_, task)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    on_task(&posted.visit, &task, release_task).await
}

async fn on_task(
    at: &Place,
    task: &str,
    work: impl FnOnce(&App, &Actor, CommunityId, TaskId) -> Result<(), Refusal> + Send + 'static,
) -> Reply {
    let community = at.id();
    let id = TaskId::parse(task).map_err(|_| at.visit.fail(Refusal::not_found("任务", "task", "")))?;
    at.run(move |app, actor, _| work(app, actor, community, id)).await?;
    Ok(go(&format!("{}?done=saved", at.here(""))))
}
