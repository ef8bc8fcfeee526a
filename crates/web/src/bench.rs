//! What `hemu bench` measures beside our pages: a bare server that answers with one row found by its key.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::get;
use hemu_app::Refusal;

use crate::server::{ServeError, Server};
use crate::visit::blocking;

/// Finds the row and says it as JSON.
pub type Find = dyn Fn() -> Result<String, Refusal> + Send + Sync;

/// Serves `GET /` with what `find` gives: no session, no template, no layer.
///
/// # Errors
/// [`ServeError::Listen`] when the address is taken.
pub fn serve_one(address: SocketAddr, find: Arc<Find>) -> Result<Server, ServeError> {
    let answer = move || {
        let find = Arc::clone(&find);
        async move {
            match blocking(move || find()).await {
                Ok(json) => json.into_response(),
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        }
    };
    Server::serve(Router::new().route("/", get(answer)), address)
}
