//! From the start of `hemu serve`, a process of its own over the data set, to its first answer.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hemu_app::Refusal;

use super::Bench;
use super::estate::Estate;
use super::http::{self, Connection};
use super::measure::{Row, TIMES, Times};

/// A server that has not answered by then will not.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait before the next knock.
const KNOCK_EVERY: Duration = Duration::from_millis(1);

/// Ends the server whatever happens.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to end.
        if self.0.kill().is_ok() && self.0.wait().is_err() {
            tracing::warn!("the server that was measured did not end");
        }
    }
}

/// Measures.
///
/// # Errors
/// When the server does not answer.
pub fn measure(bench: &Bench, estate: &Estate) -> Result<Row, Refusal> {
    let mut times = Times::default();
    for round in 1..=TIMES {
        bench.say(format!("start {round}/{TIMES}：{} 户", estate.homes()));
        times.work.push(start_once(bench)?);
    }
    let mut row = Row::new("start", (1, "starts"), &times, 0.0);
    // A time is asked for here (300 ms), and the memory is that of another process.
    (row.target, row.peak_rss_mib) = (None, None);
    Ok(row)
}

fn start_once(bench: &Bench) -> Result<Duration, Refusal> {
    let problem = |error: std::io::Error| Refusal::Internal(error.to_string());
    // The system gives a free port; it is free again when the listener is dropped.
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|one| one.local_addr()).map_err(problem)?;
    let port = address.port().to_string();
    let mut command = Command::new(std::env::current_exe().map_err(problem)?);
    command.args(["--db", &bench.database.url, "serve", "--port", &port]);
    command.arg("--key-file").arg(bench.database.key_path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let _serving = Serving(command.spawn().map_err(problem)?);
    while begun.elapsed() < PATIENCE {
        if answers(address) {
            return Ok(begun.elapsed());
        }
        std::thread::park_timeout(KNOCK_EVERY);
    }
    Err(Refusal::Internal("the server did not answer".to_owned()))
}

/// Any answer to a page that asks the database; before anybody has an account it sends to the setup.
fn answers(address: SocketAddr) -> bool {
    Connection::open(address).is_ok_and(|mut server| server.exchange(&http::get("/login", "")).is_ok())
}
