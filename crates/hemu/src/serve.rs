//! `hemu serve`: the pages, the API, and the workers: one sends what is due, one runs collection once a day where it is asked to.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::NaiveTime;
use hemu_app::collection::nightly::run_nightly;
use hemu_app::collection::policy_in_force;
use hemu_app::{Actor, App, Refusal, gateways, staff};
use hemu_web::{Options, Server};

use crate::config::Config;
use crate::database::Database;
use crate::output::Output;

/// `hemu serve`
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ServeArgs {
    /// Port to listen on (default: 8080)
    #[arg(long)]
    pub port: Option<u16>,
    /// Address to listen on (default: 127.0.0.1); 0.0.0.0 lets other machines in
    #[arg(long)]
    pub listen: Option<IpAddr>,
    /// People reach it by HTTPS through a proxy
    #[arg(long)]
    pub https: bool,
}

/// How often it is looked whether the nightly run is due.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Serves until it is interrupted.
///
/// # Errors
/// When the database does not open or the port is taken.
pub fn run(database: &Database, args: &ServeArgs) -> Result<Output, Refusal> {
    serve(Arc::new(database.open(None)?), &database.config, args, &[])
}

/// Serves an open application until it is interrupted; `logins` are printed for whoever tries the example.
///
/// # Errors
/// When the port is taken.
pub fn serve(app: Arc<App>, config: &Config, args: &ServeArgs, logins: &[String]) -> Result<Output, Refusal> {
    let interrupted = listen_for_interrupt()?;
    let setup_code = staff::session::make_setup_code()?;
    let server = start_server(&app, config, args, &setup_code)?;
    let workers = start_workers(&app, config)?;
    println!("和睦 Hemu  http://{}", server.address());
    if staff::is_first_start(&app)? {
        println!("第一次启动，请打开 / first start, open: http://{}/setup?code={setup_code}", server.address());
    }
    for login in logins {
        println!("{login}");
    }
    interrupted.recv().map_err(|error| Refusal::Internal(error.to_string()))?;
    // No new requests first; then the workers end with the step they are in.
    app.stop();
    server.stop();
    workers.into_iter().for_each(Worker::stop);
    Output::new(&serde_json::json!({}), String::new())
}

fn start_server(app: &Arc<App>, config: &Config, args: &ServeArgs, setup_code: &str) -> Result<Server, Refusal> {
    let address = SocketAddr::new(args.listen.unwrap_or(config.server.listen), args.port.unwrap_or(config.server.port));
    let options = Options {
        address,
        https: args.https || config.server.https,
        setup_code: setup_code.to_owned(),
        calculate: crate::calc::answer,
    };
    Server::start(Arc::clone(app), options).map_err(|error| {
        let zh = format!("无法监听 {address}：{error}；请用 --port 换一个端口");
        Refusal::invalid("port", zh, format!("{error}; choose another with --port"))
    })
}

fn start_workers(app: &Arc<App>, config: &Config) -> Result<Vec<Worker>, Refusal> {
    let sender = Arc::clone(app);
    let every = Duration::from_secs(config.dispatch.every_seconds);
    let mut workers = vec![Worker::start("hemu-dispatch", every, move || dispatch_all(&sender))?];
    if let Some(from) = config.nightly_at()? {
        let runner = Arc::clone(app);
        workers.push(Worker::start("hemu-nightly", LOOK_EVERY, move || nightly(&runner, from))?);
    }
    Ok(workers)
}

/// Ctrl-C and SIGTERM both end it in order.
fn listen_for_interrupt() -> Result<mpsc::Receiver<()>, Refusal> {
    let (interrupted, wait) = mpsc::channel();
    let tell = move || {
        // Nobody listens any more only while the program ends.
        let _ = interrupted.send(());
    };
    ctrlc::set_handler(tell).map_err(|error| Refusal::Internal(error.to_string()))?;
    Ok(wait)
}

/// Does a job again and again on a thread of its own. Several programs on one database do not disturb each other: a message is
/// claimed before it is sent, a run is on record.
struct Worker {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Worker {
    fn start(
        name: &'static str,
        every: Duration,
        job: impl Fn() -> Result<(), Refusal> + Send + 'static,
    ) -> Result<Self, Refusal> {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let work = move || {
            while !seen.load(Ordering::SeqCst) {
                if let Err(refusal) = job() {
                    tracing::error!(worker = name, problem = %refusal, "not done, trying again");
                }
                std::thread::park_timeout(every);
            }
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        Ok(Self { stop, thread: thread.map_err(|error| Refusal::Internal(error.to_string()))? })
    }

    fn stop(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.thread().unpark();
        if self.thread.join().is_err() {
            tracing::error!("a worker had died");
        }
    }
}

fn dispatch_all(app: &App) -> Result<(), Refusal> {
    let (actor, gateways) = (Actor::system(), gateways::of(app));
    let policy = policy_in_force(app)?;
    for community in hemu_app::registry::communities::list_communities(app, &actor)? {
        hemu_app::collection::dispatch::dispatch(app, &actor, community.id, &gateways, &policy)?;
    }
    Ok(())
}

fn nightly(app: &App, from: NaiveTime) -> Result<(), Refusal> {
    for (community, report) in run_nightly(app, from)? {
        tracing::info!(community.id = %community, cases = report.cases, "the nightly run is done");
    }
    Ok(())
}
