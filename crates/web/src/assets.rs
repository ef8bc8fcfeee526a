//! Styles, scripts and icons, embedded in the program. Their addresses carry the program's version, so browsers keep them.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

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
