//! 设置 · 话术: the book of scripts by part, each line changed in place or added for a type of owner, a stage, a channel.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use hemu_app::outreach::scripts::{BookLine, BookReport, change_line, show_book};
use hemu_app::{Actor, App};
use hemu_domain::collection::classification::Cause;
use hemu_domain::collection::policy::Stage;
use hemu_domain::outreach::scripts::{PLACEHOLDERS, ScriptChannel, ScriptPart};
use hemu_domain::staff::Permission;
use serde::Deserialize;

use crate::fields::Posted;
use crate::forms;
use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Visit;

/// The addresses of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/settings/scripts", get(show).post(save))
}

#[derive(Template)]
#[template(path = "scripts.html")]
struct ScriptsPage {
    ui: Ui,
    book: BookReport,
    part: ScriptPart,
    parts: Vec<(&'static str, String)>,
    causes: Vec<(&'static str, String)>,
    stages: Vec<(&'static str, String)>,
    channels: Vec<(&'static str, String)>,
    may_edit: bool,
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    part: String,
    edition: String,
}

/// `GET /settings/scripts`
pub async fn show(visit: Visit, Query(asked): Query<Asked>) -> Reply {
    let part = ScriptPart::parse(&asked.part).unwrap_or(ScriptPart::Opening);
    let edition = asked.edition.parse().ok();
    let book = visit.run(move |app, actor| show_book(app, actor, edition)).await?;
    let ui = visit.ui(Menu::Settings, "话术", "Scripts");
    let locale = ui.locale;
    let content = ScriptsPage {
        parts: ScriptPart::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        causes: Cause::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        stages: Stage::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        channels: ScriptChannel::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        may_edit: ui.may(Permission::EditPolicy) && book.edition == book.newest,
        book,
        part,
        ui,
    };
    page(&content, locale)
}

/// `POST /settings/scripts`: a new edition; the wording check may refuse it.
pub async fn save(posted: Posted<Visit>) -> Reply {
    let Posted { visit, fields } = posted;
    let part = ScriptPart::parse(fields.text("part")).unwrap_or(ScriptPart::Opening);
    let work = move |app: &App, actor: &Actor| change_line(app, actor, &forms::script_line(&fields)?);
    visit.run(work).await?;
    Ok(go(&format!("/settings/scripts?part={}&done=saved", part.as_str())))
}

impl ScriptsPage {
    /// The lines of the chosen part, the general one first.
    fn lines(&self) -> Vec<&BookLine> {
        let mut lines: Vec<&BookLine> = self.book.lines.iter().filter(|one| one.line.part == self.part).collect();
        lines.sort_by_key(|one| (one.line.name.clone(), one.line.cause, one.line.stage, one.line.channel));
        lines
    }

    /// For whom a line is.
    fn scope(&self, one: &BookLine) -> String {
        let words = [
            one.line.cause.map(Cause::label),
            one.line.stage.map(Stage::label),
            one.line.channel.map(ScriptChannel::label),
        ];
        let words: Vec<String> = words.iter().flatten().map(|word| self.ui.text(word)).collect();
        if words.is_empty() { self.ui.say("全部", "all").to_owned() } else { words.join(" · ") }
    }

    /// The words of a line's scope, for its form.
    fn scope_words(&self, one: &BookLine) -> [(&'static str, &'static str); 3] {
        [
            ("cause", one.line.cause.map_or("", Cause::as_str)),
            ("stage", one.line.stage.map_or("", Stage::as_str)),
            ("channel", one.line.channel.map_or("", ScriptChannel::as_str)),
        ]
    }

    fn is_objection(&self) -> bool {
        self.part == ScriptPart::Objection
    }

    fn placeholders(&self) -> String {
        PLACEHOLDERS.map(|name| format!("{{{{ {name} }}}}")).join(" ")
    }
}
