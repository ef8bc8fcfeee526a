//! Styles, scripts and icons, embedded in the program. Their addresses carry the program's version, so browsers keep them.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::ui::asset;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Assets;

/// A year: a new version has new addresses.
const KEEP: &str = "public, max-age=31536000, immutable";

/// `GET /assets/{version}/{*path}`
pub async fn get(Path((_, path)): Path<(String, String)>) -> Response {
    let Some(file) = Assets::get(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = file.metadata.mimetype().to_owned();
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, KEEP.to_owned())], file.data).into_response()
}

/// `GET /visits-worker.js`: the worker of the visits pages. It stands at the root because a worker may only look after addresses below its
/// own; its first line names the outbox of this version, so that a new version is a new worker.
pub async fn visits_worker() -> Response {
    let Some(worker) = Assets::get("visits-worker.js") else { return StatusCode::NOT_FOUND.into_response() };
    let outbox = format!("importScripts(\"{}\");\n", asset("visit-outbox.js"));
    let script = [outbox.as_bytes(), &worker.data].concat();
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], script)
        .into_response()
}
