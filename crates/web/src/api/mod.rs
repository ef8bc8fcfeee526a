//! The JSON API under `/api/v1`: the same use cases as the pages, for programs.
//!
//! One file per noun; each holds its operations, what they ask for and how they are documented. Who calls is known by a bearer
//! token (`caller`); what is asked is read by the same rules as the forms of the pages (`input`); what cannot be done is told
//! as a problem document ([`problem`]); what is answered is the report of the use case, whose shape stands in [`shapes`].
//! The document at `/api/v1/openapi.json` is made of the operations themselves (`operations`).

mod answer;
mod approvals;
mod arrears;
mod bank;
mod billing;
mod calculators;
mod caller;
mod closing;
mod collection;
mod desk;
mod import;
mod input;
mod keepers;
mod ledger;
mod legal;
mod messages;
mod metering;
mod operations;
mod orders;
mod plans;
pub mod problem;
mod readiness;
mod reductions;
mod registry;
mod registry_units;
mod review;
mod scripts;
mod service;
mod service_end;
mod session;
mod settings;
pub mod shapes;
mod shared_costs;
mod staff;
mod tariff;
mod visits;
mod work;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use axum::{Json, Router};

use self::operations::{Operations, document_of};
use self::problem::{Fault, Problem};
use crate::server::Web;

/// The largest JSON document a call may bring.
const MOST_BYTES: usize = 1024 * 1024;

/// Every noun with its operations, in the order of the trade.
fn nouns() -> Vec<Operations> {
    vec![
        session::operations(),
        registry::operations(),
        registry_units::operations(),
        import::operations(),
        tariff::operations(),
        readiness::operations(),
        metering::operations(),
        shared_costs::operations(),
        billing::operations(),
        orders::operations(),
        ledger::operations(),
        reductions::operations(),
        service_end::operations(),
        desk::operations(),
        closing::operations(),
        bank::operations(),
        arrears::operations(),
        collection::operations(),
        service::operations(),
        plans::operations(),
        keepers::operations(),
        work::operations(),
        visits::operations(),
        messages::operations(),
        legal::operations(),
        approvals::operations(),
        review::operations(),
        staff::operations(),
        settings::operations(),
        scripts::operations(),
        calculators::operations(),
    ]
}

/// Everything below `/api`; what is not there is told as a problem too.
pub fn routes() -> Router<Web> {
    let mut v1 = Router::new().route("/openapi.json", get(openapi));
    for noun in nouns() {
        v1 = v1.merge(noun.into_router());
    }
    Router::new()
        .nest("/v1", v1)
        .fallback(no_such_address)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// The address of every operation as the router has it, such as `("POST", "/session")`.
#[must_use]
pub fn addresses() -> Vec<(Method, String)> {
    nouns().iter().flat_map(Operations::addresses).collect()
}

/// The OpenAPI 3.1 document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    document_of(nouns())
}

/// `GET /api/v1/openapi.json`, for everybody: it says nothing about the office.
async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(document())
}

async fn no_such_address(headers: HeaderMap) -> Problem {
    Problem::of(&headers, Fault::NoSuchAddress)
}

async fn wrong_method(headers: HeaderMap) -> Problem {
    Problem::of(&headers, Fault::Method)
}
