//! 收费台: search, take a payment, print the receipt.

use axum::Router;

use crate::server::Web;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
}
