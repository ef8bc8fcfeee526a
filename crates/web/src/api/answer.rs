//! What an operation answers: a report as JSON, or a file.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::problem::Problem;

/// What an operation gives.
pub type Answer = Result<Response, Problem>;

/// A report; not kept by anything between here and the caller.
pub fn ok(report: impl Serialize) -> Answer {
    with_status(StatusCode::OK, report)
}

/// Something new.
pub fn created(report: impl Serialize) -> Answer {
    with_status(StatusCode::CREATED, report)
}

/// Done, nothing to tell.
pub fn done() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn with_status(status: StatusCode, report: impl Serialize) -> Answer {
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((status, no_store, Json(report)).into_response())
}
