//! Every page, one file per noun.

pub mod approvals;
pub mod arrears;
pub mod bank;
pub mod bills;
pub mod board;
pub mod cases;
pub mod closing;
pub mod communities;
pub mod desk;
pub mod fairness;
pub mod import;
pub mod keepers;
pub mod letters;
pub mod login;
pub mod messages;
pub mod meters;
pub mod offer;
pub mod orders;
pub mod policy;
pub mod readiness;
pub mod receipts;
pub mod reductions;
pub mod registry;
pub mod review;
pub mod scripts;
pub mod service;
pub mod service_end;
pub mod settings;
pub mod setup;
pub mod shared_costs;
pub mod shifts;
pub mod tariff;
pub mod team;
pub mod terms;
mod tools;
pub mod visits;
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
        .merge(approvals::routes())
        .merge(arrears::routes())
        .merge(bank::routes())
        .merge(bills::routes())
        .merge(cases::routes())
        .merge(terms::routes())
        .merge(closing::routes())
        .merge(communities::routes())
        .merge(desk::routes())
        .merge(import::routes())
        .merge(keepers::routes())
        .merge(board::routes())
        .merge(fairness::routes())
        .merge(team::routes())
        .merge(letters::routes())
        .merge(messages::routes())
        .merge(meters::routes())
        .merge(reductions::routes())
        .merge(offer::routes())
        .merge(orders::routes())
        .merge(readiness::routes())
        .merge(receipts::routes())
        .merge(registry::routes())
        .merge(review::routes())
        .merge(service::routes())
        .merge(service_end::routes())
        .merge(policy::routes())
        .merge(scripts::routes())
        .merge(settings::routes())
        .merge(shifts::routes())
        .merge(shared_costs::routes())
        .merge(tariff::routes())
        .merge(tools::routes())
        .merge(visits::routes())
}

/// Any other address.
pub async fn not_found(State(_web): State<Web>, headers: axum::http::HeaderMap) -> Response {
    let refusal = Refusal::not_found("页面", "page", "");
    PageError { locale: wanted_locale(&headers), failure: Failure::Refused(refusal) }.into_response()
}
