//! The first start: whoever holds the code that the program printed makes the manager's account.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use hemu_app::staff::session::sign_in;
use hemu_app::staff::{is_first_start, make_first_manager};
use hemu_app::{App, Refusal};
use hemu_domain::Locale;

use super::login::with_cookie;
use crate::fields::Fields;
use crate::reply::{Failure, PageError, Reply, go, page};
use crate::server::Web;
use crate::ui::asset;
use crate::visit::{blocking, wanted_locale};

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    locale: Locale,
    code: String,
    login: String,
    name: String,
    problem: Option<String>,
}

impl SetupPage {
    fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        if self.locale == Locale::Zh { zh } else { en }
    }

    fn asset(&self, path: &str) -> String {
        asset(path)
    }
}

/// `GET /setup`
pub async fn show(State(web): State<Web>, headers: HeaderMap, query: axum::extract::Query<Code>) -> Reply {
    let locale = wanted_locale(&headers);
    let app = Arc::clone(&web.app);
    let first = blocking(move || is_first_start(&app)).await;
    if !first.map_err(|refusal| PageError { locale, failure: Failure::Refused(refusal) })? {
        return Ok(go("/login"));
    }
    let code = query.0.code;
    page(&SetupPage { locale, code, login: String::new(), name: String::new(), problem: None }, locale)
}

/// The code in the address that the program printed.
#[derive(serde::Deserialize)]
pub struct Code {
    #[serde(default)]
    code: String,
}

/// `POST /setup`
pub async fn make(State(web): State<Web>, headers: HeaderMap, fields: Fields) -> Reply {
    let locale = wanted_locale(&headers);
    let (app, code, form) = (Arc::clone(&web.app), web.options.setup_code.clone(), fields.clone());
    match blocking(move || make_and_sign_in(&app, &code, &form)).await {
        Ok(session) => Ok(with_cookie(go("/settings"), &web.set_cookie(&session.token, session.seconds))),
        Err(refusal @ (Refusal::InvalidInput { .. } | Refusal::Conflict(_))) => {
            let again = SetupPage {
                locale,
                code: fields.text("code").to_owned(),
                login: fields.text("login").to_owned(),
                name: fields.text("name").to_owned(),
                problem: Some(refusal.text().in_locale(locale).to_owned()),
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again, locale)?).into_response())
        }
        Err(refusal) => Err(PageError { locale, failure: Failure::Refused(refusal) }),
    }
}

fn make_and_sign_in(app: &App, code: &str, form: &Fields) -> Result<hemu_app::staff::session::NewSession, Refusal> {
    if form.text("code") != code {
        let zh = "启动码不对：它在运行 hemu serve 的窗口里";
        return Err(Refusal::invalid("code", zh, "wrong code: it stands in the window that runs hemu serve"));
    }
    let password = form.text("password");
    if password != form.text("again") {
        return Err(Refusal::invalid("again", "两次输入的密码不一样", "the two passwords differ"));
    }
    make_first_manager(app, form.text("login"), form.text("name"), password)?;
    sign_in(app, form.text("login"), password)
}
