//! Every page, one file per noun.

pub mod login;
pub mod setup;
pub mod workbench;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hemu_app::Refusal;

use crate::reply::{Failure, PageError};
use crate::server::Web;
use crate::visit::wanted_locale;

/// The addresses of all pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(workbench::home))
        .route("/login", get(login::show).post(login::sign_in))
        .route("/logout", post(login::sign_out))
        .route("/language", post(login::set_language))
        .route("/setup", get(setup::show).post(setup::make))
        .route("/c/{community}", get(workbench::show))
}

/// Any other address.
pub async fn not_found(State(_web): State<Web>, headers: axum::http::HeaderMap) -> Response {
    let refusal = Refusal::not_found("页面", "page", "");
    PageError { locale: wanted_locale(&headers), failure: Failure::Refused(refusal) }.into_response()
}
