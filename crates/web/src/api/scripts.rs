//! What people say to owners: the book of scripts, and what is said in one case.

use axum::extract::Path;
use hemu_app::collection::case_page::case_page_of;
use hemu_app::outreach::scripts::{change_line, show_book};
use hemu_app::{Actor, App, Look};
use hemu_domain::outreach::scripts::ScriptChannel;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, Written, created, ok};
use super::caller::{Caller, Looking};
use super::collection::case_id;
use super::input::{Asked, Body};
use super::operations::Operations;
use super::shapes;
use crate::forms;

#[derive(OpenApi)]
#[openapi(paths(book, set, of_case))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("scripts", "话术 / Scripts and objection cards")
        .get("/scripts", book)
        .post("/scripts", set)
        .get("/communities/{community}/cases/{case}/script", of_case)
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BookQuery {
    /// The book as of this edition; the newest where left out
    edition: Option<String>,
}

/// The book of scripts with who wrote what
#[utoipa::path(get, path = "/scripts", params(BookQuery),
    responses((status = 200, description = "Line by line", body = shapes::ScriptBook)))]
async fn book(caller: Caller, asked: Asked<BookQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor| {
        let edition = asked.fields.optional(("edition", "版本"), str::parse)?;
        show_book(app, actor, edition)
    };
    ok(caller.run(work).await?)
}

/// A line with placeholders such as `{{ amount }}`; what is left out of the scope holds for all.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLine {
    /// `opening`, `acknowledgement`, `facts`, `options`, `close`, `avoid`, `next`, `coaching` or `objection`
    part: String,
    /// Of an objection: its name, in small letters
    name: Option<String>,
    cause: Option<String>,
    stage: Option<String>,
    /// `phone`, `visit`, `wechat` or `counter`
    channel: Option<String>,
    /// Of an objection: what the owner says
    says_zh: Option<String>,
    says_en: Option<String>,
    text_zh: String,
    text_en: String,
}

/// Puts a line in force as a new edition; the wording check may refuse it, naming the words
#[utoipa::path(post, path = "/scripts", request_body = NewLine,
    responses((status = 201, description = "In force", body = shapes::ScriptEdition)))]
async fn set(caller: Caller, body: Body<NewLine>) -> Answer {
    let work = move |app: &App, actor: &Actor| change_line(app, actor, &forms::script_line(&body.fields)?);
    let edition = caller.run(work).await?;
    created(json!({ "edition": edition }))
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ChannelQuery {
    /// `phone` (left out), `visit`, `wechat` or `counter`
    channel: Option<String>,
}

/// What to say in a case, its facts filled in, and answers to objections
#[utoipa::path(get, path = "/communities/{community}/cases/{case}/script", params(ChannelQuery),
    responses((status = 200, description = "Script and cards", body = shapes::CaseScript)))]
async fn of_case(at: Looking, Path((_, case)): Path<(String, String)>, asked: Asked<ChannelQuery>) -> Answer {
    let work = |look: &mut Look<'_, '_>, (case, asked): (String, Asked<ChannelQuery>)| {
        let channel = asked.fields.optional(("channel", "渠道"), ScriptChannel::parse)?;
        let page = case_page_of(look, case_id(&case)?)?;
        let script = page.script(channel.unwrap_or(ScriptChannel::Phone));
        Written::write(&json!({ "script": script, "objections": page.objections() }))
    };
    at.show(Ok((case, asked)), work).await
}
