//! The server: its own threads, started and stopped by its owner; every answer carries the headers that keep browsers safe.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::routing::get;
use hemu_app::arrears::kept::KeptReports;
use hemu_app::{App, Refusal};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::visit::blocking;
use crate::{api, assets, pages};

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen.
    pub address: SocketAddr,
    /// Whether people reach it by HTTPS (behind a proxy): cookies are then marked so.
    pub https: bool,
    /// What the first start asks for, so that nobody else makes the first account.
    pub setup_code: String,
    /// The calculators: the words of the command line in, what it answers out.
    pub calculate: fn(&[String]) -> Result<Calculation, Refusal>,
}

/// What a calculator answers, in both forms of the command line.
#[derive(Clone, Debug)]
pub struct Calculation {
    /// What `--json` prints.
    pub json: serde_json::Value,
    /// What a person reads.
    pub text: String,
}

/// Why it does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or forbidden: choose another port.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The machine gave no thread or runtime.
    #[error("cannot start the server: {0}")]
    Start(std::io::Error),
}

/// What every handler shares.
#[derive(Clone)]
pub struct Web {
    /// The application.
    pub app: Arc<App>,
    /// How it is served.
    pub options: Arc<Options>,
    /// Slows down who guesses passwords.
    pub sign_ins: Arc<pages::login::SignInLimit>,
    /// Files between preview and confirmation.
    pub uploads: Arc<pages::import::Uploads>,
    /// Lists kept between two looks.
    pub kept: Arc<KeptReports>,
}

impl Web {
    /// The name of the session's cookie; the prefix makes browsers insist on HTTPS.
    #[must_use]
    pub fn cookie_name(&self) -> &'static str {
        if self.options.https { "__Host-hemu" } else { "hemu" }
    }

    /// The session's token from the cookies of a request.
    #[must_use]
    pub fn cookie(&self, headers: &HeaderMap) -> Option<String> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.cookie_name()).map(|(_, value)| value.to_owned())
    }

    /// The cookie that holds a token for so many seconds.
    #[must_use]
    pub fn set_cookie(&self, token: &str, seconds: i64) -> String {
        let secure = if self.options.https { "; Secure" } else { "" };
        let name = self.cookie_name();
        format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
    }
}

/// A running server; dropping it stops it.
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts serving on threads of its own.
    ///
    /// # Errors
    /// [`ServeError::Listen`] when the address is taken.
    pub fn start(app: Arc<App>, options: Options) -> Result<Self, ServeError> {
        let asked = options.address;
        Self::serve(router(app, options), asked)
    }

    /// Serves whatever answers.
    pub(crate) fn serve(router: Router, asked: SocketAddr) -> Result<Self, ServeError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::Start)?;
        let failed = |source| ServeError::Listen { address: asked, source };
        let listener = std::net::TcpListener::bind(asked).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = move || {
            let served = runtime.block_on(serve_until(listener, router, stopped));
            if let Err(error) = served {
                tracing::error!(%error, "the server ended");
            }
            // Open keep-alive connections must not hold up the end.
            runtime.shutdown_timeout(Duration::from_secs(2));
        };
        let thread = std::thread::Builder::new().name("hemu-web".to_owned()).spawn(serve).map_err(ServeError::Start)?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Takes no more requests, and waits for those that are being answered, for a few seconds.
    pub fn stop(mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the server had died");
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// How long requests that are being answered hold up the end.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until told to stop, or until its owner is gone.
async fn serve_until(
    listener: std::net::TcpListener,
    router: Router,
    stopped: oneshot::Receiver<()>,
) -> std::io::Result<()> {
    let (ending, ended) = oneshot::channel::<()>();
    let wait = async move {
        // An error means the owner is gone: stop too.
        let _ = stopped.await;
        drop(ending);
    };
    let served = axum::serve(TcpListener::from_std(listener)?, router).with_graceful_shutdown(wait).into_future();
    let grace = async {
        let _ = ended.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = served => result,
        () = grace => Ok(()),
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        // Browsers keep connections open; the thread ends by itself and is not waited for.
        drop(self.thread.take());
    }
}

/// Scripts, styles and pictures come from here alone; nobody frames the pages.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// `GET /readyz`: whether the database answers, for whoever balances load. `/healthz` only says that the program runs.
async fn ready(State(web): State<Web>) -> (StatusCode, &'static str) {
    match blocking(move || web.app.check_database()).await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(refusal) => {
            tracing::error!(problem = %refusal, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}

/// Every address and what answers it.
pub fn router(app: Arc<App>, options: Options) -> Router {
    let web = Web {
        app,
        options: Arc::new(options),
        sign_ins: Arc::new(pages::login::SignInLimit::new()),
        uploads: Arc::default(),
        kept: Arc::default(),
    };
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    Router::new()
        .merge(pages::routes())
        .route("/assets/{version}/{*path}", get(assets::get))
        .route("/visits-worker.js", get(assets::visits_worker))
        .nest("/api", api::routes())
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .fallback(pages::not_found)
        .with_state(web)
        .layer(CompressionLayer::new())
        .layer(fixed(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
}
