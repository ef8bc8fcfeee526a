//! Signing in and out: login and password give a bearer token.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use hemu_app::staff::session::{change_password, set_locale, sign_in, sign_out};
use hemu_app::{Refusal, Scope};
use hemu_domain::Locale;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::Caller;
use super::input::Body;
use super::operations::Operations;
use super::problem::{Fault, Problem};
use super::shapes;
use crate::server::Web;
use crate::visit::{blocking, wanted_locale};

#[derive(OpenApi)]
#[openapi(paths(open, show, close, password, language), components(schemas(super::problem::ProblemDocument)))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("session", "登录 / Signing in")
        .post("/session", open)
        .get("/session", show)
        .delete("/session", close)
        .put("/session/password", password)
        .put("/session/language", language)
}

/// Login and password.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    login: String,
    password: String,
}

/// Opens a session; its token stands for login and password for twelve hours
#[utoipa::path(post, path = "/session", request_body = Credentials,
    responses((status = 201, description = "The token", body = shapes::SessionOpened)))]
async fn open(State(web): State<Web>, headers: HeaderMap, body: Body<Credentials>) -> Answer {
    let locale = wanted_locale(&headers);
    if !web.sign_ins.allows(&body.value.login) {
        return Err(Problem::in_locale(locale, Fault::TooManyTries));
    }
    let (app, typed) = (Arc::clone(&web.app), body.value);
    let opened = blocking(move || sign_in(&app, &typed.login, &typed.password)).await;
    let session = opened.map_err(|refusal| Problem::in_locale(locale, Fault::Refused(refusal)))?;
    created(json!({ "token": session.token, "token_type": "Bearer", "expires_in": session.seconds }))
}

/// Who the token belongs to, and what a change by the cookie of a browser must bring in `X-CSRF-Token`
#[utoipa::path(get, path = "/session", responses((status = 200, description = "Who calls", body = shapes::SessionInfo)))]
async fn show(caller: Caller) -> Answer {
    let signed_in = &caller.signed_in;
    ok(json!({
        "id": signed_in.staff_id,
        "name": signed_in.actor.name,
        "role": signed_in.actor.role,
        "language": signed_in.locale,
        "all_communities": signed_in.actor.scope == Scope::All,
        "csrf_token": signed_in.csrf_token,
    }))
}

/// Ends the session of the token
#[utoipa::path(delete, path = "/session", responses((status = 204, description = "Ended")))]
async fn close(caller: Caller) -> Answer {
    let token = caller.token.clone();
    caller.run(move |app, _| sign_out(app, &token)).await?;
    done()
}

/// A new password for oneself.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    old: String,
    new: String,
}

/// Changes one's own password; every session ends, this one too
#[utoipa::path(put, path = "/session/password", request_body = NewPassword,
    responses((status = 204, description = "Changed")))]
async fn password(caller: Caller, body: Body<NewPassword>) -> Answer {
    let (id, typed) = (caller.signed_in.staff_id, body.value);
    caller.run(move |app, _| change_password(app, id, &typed.old, &typed.new)).await?;
    done()
}

/// The language of one's pages.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Language {
    /// `zh-CN` or `en`
    language: String,
}

/// Sets the language of one's pages
#[utoipa::path(put, path = "/session/language", request_body = Language, responses((status = 204, description = "Set")))]
async fn language(caller: Caller, body: Body<Language>) -> Answer {
    let id = caller.signed_in.staff_id;
    let work = move |app: &hemu_app::App, _: &hemu_app::Actor| {
        let locale = [Locale::Zh, Locale::En].into_iter().find(|one| one.as_str() == body.value.language);
        let wrong = || Refusal::invalid("language", "语言只有 zh-CN 和 en", "the languages are zh-CN and en");
        set_locale(app, id, locale.ok_or_else(wrong)?)
    };
    caller.run(work).await?;
    done()
}
