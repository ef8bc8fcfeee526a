//! 函件与法务: demands, board notices, service.

use axum::Router;

use crate::server::Web;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
}
