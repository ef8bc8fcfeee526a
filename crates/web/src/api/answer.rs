//! What an operation answers: a report as JSON, or a file.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hemu_app::Refusal;
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

/// A report that is written already; several answers may share one.
#[derive(Clone, Debug)]
pub struct Written(Arc<[u8]>);

impl Written {
    /// Writes a report.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when it is none that JSON can hold.
    pub fn write(report: &impl Serialize) -> Result<Self, Refusal> {
        let bytes = serde_json::to_vec(report).map_err(|error| Refusal::Internal(error.to_string()))?;
        Ok(Self(bytes.into()))
    }

    /// What was written.
    pub fn into_bytes(self) -> Arc<[u8]> {
        self.0
    }

    /// As an answer.
    pub fn into_answer(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (headers, Bytes::from_owner(self.0)).into_response()
    }
}

impl From<Arc<[u8]>> for Written {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self(bytes)
    }
}
