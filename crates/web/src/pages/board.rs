//! 催缴看板: open cases by stage, by person and by building, and what waits to be done.

use askama::Template;
use axum::Router;
use axum::routing::get;
use hemu_app::collection::board::{CollectionBoard, collection_board};
use hemu_domain::collection::policy::Stage;

use crate::reply::{Reply, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The address of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/c/{community}/board", get(show))
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    ui: Ui,
    board: CollectionBoard,
    stages: Vec<String>,
}

/// `GET /c/{community}/board`
pub async fn show(at: Place) -> Reply {
    let community = at.id();
    let board = at.run(move |app, actor, _| collection_board(app, actor, community)).await?;
    let ui = at.ui(Menu::Cases, "催缴看板", "Collection board");
    let locale = ui.locale;
    let stages = Stage::ALL.iter().map(|stage| ui.text(&stage.label())).collect();
    page(&BoardPage { board, stages, ui }, locale)
}
