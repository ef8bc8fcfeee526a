//! 房产与业主: tree, list, search, block plan, unit page.

use axum::Router;

use crate::server::Web;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
}
