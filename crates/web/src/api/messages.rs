//! Messages (消息): what went out, sending what is due, and the text of one, whose opening is recorded.

use axum::extract::Path;
use hemu_app::collection::dispatch;
use hemu_app::collection::policy_in_force;
use hemu_app::outreach::sent::{list_sent, reveal_text};
use hemu_app::{Actor, App, gateways};
use hemu_domain::collection::action::AttemptState;
use hemu_domain::ids::AttemptId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::OpenApi;

use super::answer::{Answer, ok};
use super::caller::Site;
use super::input::{Asked, after, read_id, rows};
use super::operations::Operations;
use super::shapes;

#[derive(OpenApi)]
#[openapi(paths(list, send, reveal))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("messages", "消息 / Messages")
        .get("/communities/{community}/messages", list)
        .post("/communities/{community}/messages/dispatch", send)
        .post("/communities/{community}/messages/{message}/reveal", reveal)
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only this state
    state: Option<String>,
    /// The cursor `next` of the page before
    after: Option<String>,
    /// Rows, 1 to 200 (100)
    limit: Option<String>,
}

/// Messages that went out, newest first
#[utoipa::path(get, path = "/communities/{community}/messages", params(ListQuery),
    responses((status = 200, description = "Newest first", body = shapes::SentList)))]
async fn list(at: Site, asked: Asked<ListQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let fields = &asked.fields;
        fields.optional(("state", "状态"), AttemptState::parse)?;
        list_sent(app, actor, name, fields.text("state"), (after(fields, AttemptId::parse)?, rows(fields)?))
    };
    ok(at.run(work).await?)
}

/// Sends what is due now
#[utoipa::path(post, path = "/communities/{community}/messages/dispatch",
    responses((status = 200, description = "What became of it", body = shapes::DispatchReport)))]
async fn send(at: Site) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        dispatch(app, actor, community, &gateways::of(app), &policy_in_force(app)?)
    };
    ok(at.run(work).await?)
}

/// The text of a message as it went out; who looked is recorded
#[utoipa::path(post, path = "/communities/{community}/messages/{message}/reveal",
    responses((status = 200, description = "The text", body = shapes::Revealed)))]
async fn reveal(at: Site, Path((_, message)): Path<(String, String)>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        reveal_text(app, actor, name, read_id(&message, AttemptId::parse, ("消息", "message"))?)
    };
    let value = at.run(work).await?;
    ok(json!({ "value": value }))
}
