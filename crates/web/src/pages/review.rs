//! 复盘与报表: rates, ageing, stages, causes.

use axum::Router;

use crate::server::Web;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
}
