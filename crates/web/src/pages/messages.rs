//! 消息: what went out, what became of it, what waits; a text is shown on request, and that is logged.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::routing::{get, post};
use hemu_app::clock::in_china;
use hemu_app::collection::dispatch;
use hemu_app::collection::policy_in_force;
use hemu_app::collection::timeline::channel_words;
use hemu_app::outreach::sent::{SentItem, SentList, list_sent, reveal_text};
use hemu_app::{Actor, App, gateways};
use hemu_domain::collection::action::AttemptState;
use hemu_domain::ids::AttemptId;
use hemu_domain::staff::Permission;
use serde::Deserialize;

use crate::fields::Posted;
use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// Rows of a page.
const ROWS: usize = 100;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/messages", get(list))
        .route("/c/{community}/messages/send", post(send))
        .route("/c/{community}/messages/text", post(text))
}

#[derive(Template)]
#[template(path = "messages.html")]
struct MessagesPage {
    ui: Ui,
    list: SentList,
    asked: Asked,
    revealed: Option<(AttemptId, String)>,
    may_send: bool,
    may_reveal: bool,
}

impl MessagesPage {
    fn state(&self, word: &str) -> String {
        AttemptState::parse(word).map_or_else(|word| word, |state| self.ui.text(&state.label()))
    }

    fn channel(&self, message: &SentItem) -> &str {
        let (zh, en) = channel_words(&message.channel);
        self.ui.say(zh, en)
    }

    fn at(&self, message: &SentItem) -> String {
        in_china(message.at).format("%Y-%m-%d %H:%M").to_string()
    }

    fn text(&self, message: &SentItem) -> Option<&String> {
        self.revealed.as_ref().filter(|(id, _)| *id == message.id).map(|(_, text)| text)
    }
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
    after: String,
}

/// `GET /c/{community}/messages`
pub async fn list(at: Place, Query(asked): Query<Asked>) -> Reply {
    show(&at, asked, None).await
}

async fn show(at: &Place, asked: Asked, revealed: Option<(AttemptId, String)>) -> Reply {
    let (state, after) = (asked.state.clone(), AttemptId::parse(&asked.after).ok());
    let list = at.run(move |app, actor, name| list_sent(app, actor, name, &state, (after, ROWS))).await?;
    let ui = at.ui(Menu::Messages, "消息", "Messages");
    let locale = ui.locale;
    let content = MessagesPage {
        may_send: ui.may(Permission::RunCollection),
        may_reveal: ui.may(Permission::RevealPersonalData),
        list,
        asked,
        revealed,
        ui,
    };
    page(&content, locale)
}

/// `POST /c/{community}/messages/send`: what is due goes out now.
pub async fn send(posted: Posted<Place>) -> Reply {
    let at = posted.visit;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        dispatch(app, actor, community, &gateways::of(app), &policy_in_force(app)?)
    };
    at.run(work).await?;
    Ok(go(&at.here("messages?done=sent")))
}

/// `POST /c/{community}/messages/text`: the text of one message.
pub async fn text(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let asked = Asked { state: fields.text("state").to_owned(), after: fields.text("after").to_owned() };
    let work = move |app: &App, actor: &Actor, name: &str| {
        let id = fields.required(("message", "消息"), AttemptId::parse)?;
        Ok((id, reveal_text(app, actor, name, id)?))
    };
    let revealed = at.run(work).await?;
    show(&at, asked, Some(revealed)).await
}
