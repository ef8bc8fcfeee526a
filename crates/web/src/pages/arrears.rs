//! 欠费: the list, its sums over the full set, its export.

use axum::Router;

use crate::server::Web;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
}
