//! What holds for the whole company: the policy, its versions and its draft, and the texts of messages.

use hemu_app::collection::policy_in_force;
use hemu_app::collection::preview::preview_draft;
use hemu_app::collection::versions::{ask_activation, check_policy, drop_draft, list_versions, save_draft};
use hemu_app::outreach::templates::{change_template, list_templates};
use hemu_app::{Actor, App};
use hemu_domain::collection::policy::Policy;
use hemu_domain::outreach::templates::{MessageTemplate, default_templates};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::{Caller, Site};
use super::input::Body;
use super::operations::Operations;
use super::shapes;

#[derive(OpenApi)]
#[openapi(paths(policy, versions, check, set_draft, drop_it, try_out, ask_for, templates, set_template))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("settings", "催缴方案与消息模板 / Policy and texts")
        .get("/policy", policy)
        .get("/policy/versions", versions)
        .post("/policy/check", check)
        .put("/policy/draft", set_draft)
        .delete("/policy/draft", drop_it)
        .get("/communities/{community}/policy-preview", try_out)
        .post("/communities/{community}/approvals/policy-activations", ask_for)
        .get("/templates", templates)
        .post("/templates", set_template)
}

/// The policy in force today: its steps, budgets and gates
#[utoipa::path(get, path = "/policy", responses((status = 200, description = "The policy", body = shapes::Policy)))]
async fn policy(caller: Caller) -> Answer {
    ok(caller.run(|app, _| policy_in_force(app)).await?)
}

/// Versions that were put in force, and the draft with what is wrong with it
#[utoipa::path(get, path = "/policy/versions",
    responses((status = 200, description = "The newest first", body = shapes::PolicyVersions)))]
async fn versions(caller: Caller) -> Answer {
    ok(caller.run(list_versions).await?)
}

/// Looks at a policy and writes nothing: everything that is wrong with it, each with its code and place
#[utoipa::path(post, path = "/policy/check", request_body = shapes::Policy,
    responses((status = 200, description = "Nothing when it is sound", body = shapes::PolicyFindings)))]
async fn check(caller: Caller, body: Body<Policy>) -> Answer {
    let findings = caller.run(move |app, actor| check_policy(app, actor, &body.value)).await?;
    ok(json!({ "findings": findings }))
}

/// Saves the draft of the next version, sound or not; its number is given
#[utoipa::path(put, path = "/policy/draft", request_body = shapes::Policy,
    responses((status = 200, description = "As saved, with what is wrong with it", body = shapes::PolicyDraft)))]
async fn set_draft(caller: Caller, body: Body<Policy>) -> Answer {
    ok(caller.run(move |app, actor| save_draft(app, actor, &body.value)).await?)
}

/// Drops the draft
#[utoipa::path(delete, path = "/policy/draft", responses((status = 204, description = "Dropped")))]
async fn drop_it(caller: Caller) -> Answer {
    caller.run(drop_draft).await?;
    done()
}

/// What the draft, or where none is open the version in force, changes for the open cases of a community; writes nothing
#[utoipa::path(get, path = "/communities/{community}/policy-preview",
    responses((status = 200, description = "Counts, and the first 200 cases", body = shapes::PolicyPreview)))]
async fn try_out(at: Site) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| preview_draft(app, actor, community);
    ok(at.run(work).await?)
}

/// Why the draft is to be put in force.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ActivationAsked {
    reason: String,
}

/// Asks to put the draft in force; the problem lists everything that is wrong with it
#[utoipa::path(post, path = "/communities/{community}/approvals/policy-activations", request_body = ActivationAsked,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn ask_for(at: Site, body: Body<ActivationAsked>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| ask_activation(app, actor, community, &body.value.reason);
    created(at.run(work).await?)
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
