//! `hemu serve`: the pages, the API, and the worker that sends what is due.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use hemu_app::{Actor, App, Refusal, gateways, staff};
use hemu_domain::collection::policy::Policy;
use hemu_web::{Options, Server};

use crate::database::Database;
use crate::output::Output;

/// `hemu serve`
#[derive(Debug, Clone, clap::Args)]
pub struct ServeArgs {
    /// Port to listen on
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Address to listen on; 0.0.0.0 lets other machines in
    #[arg(long, default_value = "127.0.0.1")]
    pub listen: IpAddr,
    /// People reach it by HTTPS through a proxy
    #[arg(long)]
    pub https: bool,
}

/// How often messages that are due are sent.
const DISPATCH_EVERY: Duration = Duration::from_secs(60);

/// Serves until it is interrupted.
///
/// # Errors
/// When the database does not open or the port is taken.
pub fn run(database: &Database, args: &ServeArgs) -> Result<Output, Refusal> {
    serve(Arc::new(database.open(None)?), args, &[])
}

/// Serves an open application until it is interrupted; `logins` are printed for whoever tries the example.
///
/// # Errors
/// When the port is taken.
pub fn serve(app: Arc<App>, args: &ServeArgs, logins: &[String]) -> Result<Output, Refusal> {
    let setup_code = staff::session::make_setup_code()?;
    let address = SocketAddr::new(args.listen, args.port);
    let options =
        Options { address, https: args.https, setup_code: setup_code.clone(), calculate: crate::calc::answer };
    let server = Server::start(Arc::clone(&app), options).map_err(|error| {
        let zh = format!("无法监听 {address}：{error}；请用 --port 换一个端口");
        Refusal::invalid("port", zh, format!("{error}; choose another with --port"))
    })?;
    let worker = Worker::start(Arc::clone(&app))?;
    println!("和睦 Hemu  http://{}", server.address());
    if staff::is_first_start(&app)? {
        println!("第一次启动，请打开 / first start, open: http://{}/setup?code={setup_code}", server.address());
    }
    for login in logins {
        println!("{login}");
    }
    wait_for_interrupt()?;
    worker.stop();
    drop(server);
    Output::new(&serde_json::json!({}), String::new())
}

fn wait_for_interrupt() -> Result<(), Refusal> {
    let (interrupted, wait) = mpsc::channel();
    let tell = move || {
        // Nobody listens any more only while the program ends.
        let _ = interrupted.send(());
    };
    ctrlc::set_handler(tell).map_err(|error| Refusal::Internal(error.to_string()))?;
    wait.recv().map_err(|error| Refusal::Internal(error.to_string()))
}

/// Sends what is due, every minute, on a thread of its own. Two of them never send the same message twice: each try is claimed.
struct Worker {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Worker {
    fn start(app: Arc<App>) -> Result<Self, Refusal> {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let work = move || {
            while !seen.load(Ordering::SeqCst) {
                if let Err(refusal) = dispatch_all(&app) {
                    tracing::error!(problem = %refusal, "messages were not sent, trying again in a minute");
                }
                std::thread::park_timeout(DISPATCH_EVERY);
            }
        };
        let thread = std::thread::Builder::new().name("hemu-dispatch".to_owned()).spawn(work);
        Ok(Self { stop, thread: thread.map_err(|error| Refusal::Internal(error.to_string()))? })
    }

    fn stop(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.thread().unpark();
        if self.thread.join().is_err() {
            tracing::error!("the worker that sends messages had died");
        }
    }
}

fn dispatch_all(app: &App) -> Result<(), Refusal> {
    let (actor, gateways) = (Actor::system(), gateways::of(app));
    for community in hemu_app::registry::communities::list_communities(app, &actor)? {
        hemu_app::collection::dispatch::dispatch(app, &actor, community.id, &gateways, &Policy::v1())?;
    }
    Ok(())
}
