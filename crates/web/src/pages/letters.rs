//! 函件与法务: demands and board notices, their PDF, their service, and what a legal step still needs.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use hemu_app::legal::letters::{
    LetterItem, LetterList, LetterPage, letter_pdf, list_letters, needs_second_person, show_letter,
};
use hemu_app::legal::service::{ServiceRequest, record_service};
use hemu_app::legal::settlement::make_settlement;
use hemu_app::legal::{DemandRequest, make_board_notice, make_demand};
use hemu_app::registry::overview::unit_tree;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::NoticeId;
use hemu_domain::staff::Permission;
use serde::Deserialize;

use crate::fields::Posted;
use crate::forms;
use crate::reply::{PDF, PageError, Reply, file, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// Rows of a page.
const ROWS: usize = 50;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/letters", get(list))
        .route("/c/{community}/letters/demand", post(demand))
        .route("/c/{community}/letters/board", post(board))
        .route("/c/{community}/letters/settlement", post(settlement))
        .route("/c/{community}/letters/{letter}", get(show))
        .route("/c/{community}/letters/{letter}/pdf", get(pdf))
        .route("/c/{community}/letters/{letter}/service", post(service))
}

#[derive(Template)]
#[template(path = "letters.html")]
struct LettersPage {
    ui: Ui,
    list: LetterList,
    entrances: Vec<String>,
    may_draft: bool,
    may_issue: bool,
    needs_second: bool,
}

fn kind(ui: &Ui, letter: &LetterItem) -> String {
    match letter.kind.as_str() {
        "board" => ui.say("公告栏通知", "Board notice"),
        "clearance" => ui.say("结清证明", "Certificate of settlement"),
        "cutoff" => ui.say("费用结算单", "Statement at a cut-off day"),
        _ => ui.say("催缴通知书", "Demand letter"),
    }
    .to_owned()
}

fn state(ui: &Ui, word: &str) -> String {
    match word {
        "drafted" => ui.say("草稿", "draft"),
        "issued" => ui.say("已编号", "issued"),
        "served" => ui.say("已送达", "served"),
        "refused" => ui.say("拒收", "refused"),
        _ => ui.say("退回", "returned"),
    }
    .to_owned()
}

fn method(ui: &Ui, word: &str) -> String {
    match word {
        "hand" => ui.say("当面送达", "by hand"),
        "left_at_place" => ui.say("留置送达", "left at the place"),
        "ems" => "EMS",
        "registered_mail" => ui.say("挂号信", "registered mail"),
        "notarised" => ui.say("公证送达", "notarised"),
        other => other,
    }
    .to_owned()
}

impl LettersPage {
    fn kind(&self, letter: &LetterItem) -> String {
        kind(&self.ui, letter)
    }

    fn state(&self, letter: &LetterItem) -> String {
        state(&self.ui, &letter.state)
    }
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: String,
}

/// `GET /c/{community}/letters`
pub async fn list(at: Place, Query(asked): Query<Asked>) -> Reply {
    let after = NoticeId::parse(&asked.after).ok();
    let work = move |app: &App, actor: &Actor, name: &str| {
        let list = list_letters(app, actor, name, (after, ROWS))?;
        Ok((list, unit_tree(app, actor, name)?, needs_second_person(app)?))
    };
    let (list, tree, needs_second) = at.run(work).await?;
    let ui = at.ui(Menu::Letters, "函件与法务", "Letters and law");
    let locale = ui.locale;
    let mut entrances = Vec::new();
    for building in tree {
        for entrance in building.entrances {
            entrances
                .push(entrance.code.map_or_else(|| building.code.clone(), |code| format!("{}-{code}", building.code)));
        }
    }
    let content = LettersPage {
        entrances,
        may_draft: ui.may(Permission::WorkCases),
        may_issue: ui.may(Permission::IssueLetters),
        needs_second,
        list,
        ui,
    };
    page(&content, locale)
}

/// `POST /c/{community}/letters/demand`
pub async fn demand(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let request = DemandRequest {
            community: name.to_owned(),
            unit: fields.unit("unit")?,
            issue: fields.text("what") == "issue",
        };
        make_demand(app, actor, &request)
    };
    let report = at.run(work).await?;
    Ok(go(&at.here(&format!("letters/{}?done=letter", report.id))))
}

/// `POST /c/{community}/letters/board`
pub async fn board(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let work = move |app: &App, actor: &Actor, name: &str| make_board_notice(app, actor, name, fields.text("entrance"));
    let report = at.run(work).await?;
    Ok(go(&at.here(&format!("letters/{}?done=letter", report.id))))
}

/// `POST /c/{community}/letters/settlement`: a certificate that all is settled, or a statement of what is owed.
pub async fn settlement(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let work =
        move |app: &App, actor: &Actor, name: &str| make_settlement(app, actor, &forms::settlement(&fields, name)?);
    let report = at.run(work).await?;
    Ok(go(&at.here(&format!("letters/{}?done=letter", report.id))))
}

#[derive(Template)]
#[template(path = "letter.html")]
struct LetterContent {
    ui: Ui,
    page: LetterPage,
    may_serve: bool,
    may_print: bool,
}

impl LetterContent {
    fn kind(&self) -> String {
        kind(&self.ui, &self.page.letter)
    }

    fn state(&self, word: &str) -> String {
        state(&self.ui, word)
    }

    fn method(&self, word: &str) -> String {
        method(&self.ui, word)
    }
}

fn read_letter(at: &Place, text: &str) -> Result<NoticeId, PageError> {
    NoticeId::parse(text).map_err(|_| at.visit.fail(Refusal::not_found("函件", "letter", "")))
}

/// `GET /c/{community}/letters/{letter}`
pub async fn show(at: Place, Path((_, letter)): Path<(String, String)>) -> Reply {
    let id = read_letter(&at, &letter)?;
    let letter = at.run(move |app, actor, name| show_letter(app, actor, name, id)).await?;
    let mut ui = at.ui(Menu::Letters, "函件", "Letter");
    if let Some(number) = &letter.letter.number {
        ui.title = format!("{} {number}", ui.title);
    }
    let locale = ui.locale;
    let is_numbered_demand = letter.letter.kind == "demand" && letter.letter.number.is_some();
    let content = LetterContent {
        may_serve: ui.may(Permission::IssueLetters) && is_numbered_demand,
        may_print: ui.may(Permission::WorkCases),
        page: letter,
        ui,
    };
    page(&content, locale)
}

/// `GET /c/{community}/letters/{letter}/pdf`
pub async fn pdf(at: Place, Path((_, letter)): Path<(String, String)>) -> Reply {
    let id = read_letter(&at, &letter)?;
    let bytes = at.run(move |app, actor, name| letter_pdf(app, actor, name, id)).await?;
    Ok(file(bytes, PDF, "函件.pdf", true))
}

/// `POST /c/{community}/letters/{letter}/service`
pub async fn service(Path((_, letter)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let id = read_letter(&at, &letter)?;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, name: &str| {
        let number = show_letter(app, actor, name, id)?.letter.number.unwrap_or_default();
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let request = ServiceRequest {
            community,
            number,
            method: fields.text("method").to_owned(),
            outcome: fields.text("outcome").to_owned(),
            served_on: fields.day("served_on", "送达日期")?,
            receiver_name: fields.text("receiver").to_owned(),
            receiver_relation: fields.text("relation").to_owned(),
            tracking_no: some(fields.text("tracking_no")),
        };
        record_service(app, actor, &request)
    };
    at.run(work).await?;
    Ok(go(&at.here(&format!("letters/{id}?done=served"))))
}
