//! Signing in and out, and the language of the pages.

use std::num::NonZeroU32;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use hemu_app::staff::session::{set_locale, sign_in as open_session, sign_out as end_session};
use hemu_app::{Refusal, staff};
use hemu_domain::{Locale, Text};

use crate::fields::{Fields, Posted};
use crate::reply::{Failure, PageError, Reply, go, page};
use crate::server::Web;
use crate::ui::asset;
use crate::visit::{Visit, blocking, wanted_locale};

/// So many tries per minute and login: a person who mistypes has enough, a program that guesses has not.
const TRIES_PER_MINUTE: u32 = 10;

/// Slows down who guesses passwords: counted per login, whatever the address.
pub struct SignInLimit(DefaultKeyedRateLimiter<String>);

impl SignInLimit {
    /// Nobody tried yet.
    #[must_use]
    pub fn new() -> Self {
        let tries = NonZeroU32::new(TRIES_PER_MINUTE).unwrap_or(NonZeroU32::MIN);
        Self(RateLimiter::keyed(Quota::per_minute(tries)))
    }

    /// Whether this login may try once more now.
    #[must_use]
    pub fn allows(&self, login: &str) -> bool {
        let login: String = login.trim().to_lowercase().chars().take(40).collect();
        self.0.check_key(&login).is_ok()
    }
}

impl Default for SignInLimit {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    locale: Locale,
    login: String,
    problem: Option<String>,
}

impl LoginPage {
    fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        if self.locale == Locale::Zh { zh } else { en }
    }

    fn asset(&self, path: &str) -> String {
        asset(path)
    }
}

/// `GET /login`
pub async fn show(State(web): State<Web>, visit: Option<Visit>, headers: HeaderMap) -> Reply {
    let locale = wanted_locale(&headers);
    if visit.is_some() {
        return Ok(go("/"));
    }
    let app = Arc::clone(&web.app);
    let first = blocking(move || staff::is_first_start(&app)).await;
    if first.map_err(|refusal| PageError { locale, failure: Failure::Refused(refusal) })? {
        return Ok(go("/setup"));
    }
    page(&LoginPage { locale, login: String::new(), problem: None }, locale)
}

/// `POST /login`
pub async fn sign_in(State(web): State<Web>, headers: HeaderMap, fields: Fields) -> Reply {
    let locale = wanted_locale(&headers);
    let login = fields.text("login").to_owned();
    if !web.sign_ins.allows(&login) {
        let text = Text::new("尝试次数太多，请一分钟后再试", "too many tries: wait a minute");
        return again(locale, login, &text, StatusCode::TOO_MANY_REQUESTS);
    }
    let (app, typed) = (Arc::clone(&web.app), (login.clone(), fields.text("password").to_owned()));
    match blocking(move || open_session(&app, &typed.0, &typed.1)).await {
        Ok(session) => Ok(with_cookie(go("/"), &web.set_cookie(&session.token, session.seconds))),
        Err(refusal @ Refusal::InvalidInput { .. }) => {
            again(locale, login, &refusal.text(), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(refusal) => Err(PageError { locale, failure: Failure::Refused(refusal) }),
    }
}

fn again(locale: Locale, login: String, problem: &Text, status: StatusCode) -> Reply {
    let problem = Some(problem.in_locale(locale).to_owned());
    Ok((status, page(&LoginPage { locale, login, problem }, locale)?).into_response())
}

/// Adds a cookie to an answer.
pub fn with_cookie(response: Response, cookie: &str) -> Response {
    (AppendHeaders([(header::SET_COOKIE, cookie.to_owned())]), response).into_response()
}

/// `POST /logout`
pub async fn sign_out(headers: HeaderMap, posted: Posted<Visit>) -> Reply {
    let visit = posted.visit;
    if let Some(token) = visit.web.cookie(&headers) {
        visit.run(move |app, _| end_session(app, &token)).await?;
    }
    Ok(with_cookie(go("/login"), &visit.web.set_cookie("", 0)))
}

/// `POST /language`: back to the page the person was on.
pub async fn set_language(posted: Posted<Visit>) -> Reply {
    let locale = Locale::from_tag(posted.fields.text("locale"));
    let id = posted.visit.signed_in.staff_id;
    posted.visit.run(move |app, _| set_locale(app, id, locale)).await?;
    let back = posted.fields.text("back");
    let is_ours = back.starts_with('/') && !back.starts_with("//") && !back.contains('\\');
    Ok(go(if is_ours { back } else { "/" }))
}
