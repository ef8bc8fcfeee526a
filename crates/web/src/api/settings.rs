//! What holds for the whole company: the policy in force and the texts of messages.

use hemu_app::outreach::templates::{change_template, list_templates};
use hemu_app::{Actor, App};
use hemu_domain::collection::policy::Policy;
use hemu_domain::outreach::templates::{MessageTemplate, default_templates};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, ok};
use super::caller::Caller;
use super::input::Body;
use super::operations::Operations;
use super::shapes;

#[derive(OpenApi)]
#[openapi(paths(policy, templates, set_template))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("settings", "催缴方案与消息模板 / Policy and texts")
        .get("/policy", policy)
        .get("/templates", templates)
        .post("/templates", set_template)
}

/// The policy in force: its steps, budgets and gates
#[utoipa::path(get, path = "/policy", responses((status = 200, description = "The policy", body = shapes::Policy)))]
async fn policy(caller: Caller) -> Answer {
    let _ = caller;
    ok(Policy::v1())
}

fn texts(app: &App, actor: &Actor) -> Result<Vec<Value>, hemu_app::Refusal> {
    let stored = list_templates(app, actor)?;
    // Before the first run those of a new installation.
    if stored.is_empty() {
        let text = |one: MessageTemplate| {
            json!({ "key": one.key, "channel": one.channel, "locale": one.locale, "version": 0,
                "audience": one.audience, "body": one.body })
        };
        return Ok(default_templates().into_iter().map(text).collect());
    }
    let text = |one: hemu_app::outreach::templates::TemplateRow| {
        json!({ "key": one.key, "channel": one.channel, "locale": one.locale, "version": one.version,
            "audience": one.audience, "body": one.body })
    };
    Ok(stored.into_iter().map(text).collect())
}

/// The texts of messages in force
#[utoipa::path(get, path = "/templates", responses((status = 200, description = "By key", body = shapes::Templates)))]
async fn templates(caller: Caller) -> Answer {
    let rows = caller.run(texts).await?;
    ok(json!({ "rows": rows }))
}

/// A text with placeholders such as `{{ amount }}`.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewText {
    key: String,
    /// `sms`, `wechat` or `email`
    channel: String,
    /// `zh-CN` or `en`
    locale: String,
    /// `private` or `public`
    audience: String,
    body: String,
}

/// Puts a new version of a text in force; the wording check may refuse it
#[utoipa::path(post, path = "/templates", request_body = NewText,
    responses((status = 201, description = "In force", body = shapes::TemplateVersion)))]
async fn set_template(caller: Caller, body: Body<NewText>) -> Answer {
    let one = body.value;
    let new = MessageTemplate {
        key: one.key,
        channel: one.channel,
        locale: one.locale,
        audience: one.audience,
        body: one.body,
    };
    let version = caller.run(move |app, actor| change_template(app, actor, &new)).await?;
    created(json!({ "version": version }))
}
