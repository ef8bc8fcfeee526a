//! What pages show, as the JSON of the API, over HTTP for 32 clients at once, beside a bare handler that finds one row by its key.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use hemu_app::collection::{RunRequest, run_collection};
use hemu_app::staff::session::sign_in;
use hemu_app::staff::{NewStaff, add_staff};
use hemu_app::{Actor, App, Clock, Refusal};
use hemu_domain::collection::Policy;
use hemu_domain::staff::Role;
use hemu_web::{Options, Server};

use super::Bench;
use super::estate::{self, Estate, Place, TODAY};
use super::http::{self, Seen};
use super::measure::{Row, TIMES, forget_peak_memory, median, millis, percentile_99};

/// Communities and homes of each that are asked for, at most.
const PLACES: usize = 50;
const HOMES: u32 = 20;

/// The first page of the arrears list.
///
/// # Errors
/// When a page is not answered with 200.
pub fn arrears(bench: &Bench, estate: &Estate) -> Result<Row, Refusal> {
    let site = Site::open(bench)?;
    let page = |place: &Place| http::get(&at(place, "arrears"), &site.token);
    let requests: Vec<String> = estate.communities.iter().take(PLACES).map(page).collect();
    site.measure(bench, estate, "arrears-page", &requests)
}

/// The page of a case.
///
/// # Errors
/// When a page is not answered with 200.
pub fn case(bench: &Bench, estate: &Estate) -> Result<Row, Refusal> {
    let site = Site::open(bench)?;
    let mut requests = Vec::new();
    for place in estate.communities.iter().take(PLACES) {
        for case in cases(bench, place)? {
            requests.push(http::get(&at(place, &format!("cases/{case}")), &site.token));
        }
    }
    site.measure(bench, estate, "case-page", &requests)
}

/// The search box, asked for a room.
///
/// # Errors
/// When a page is not answered with 200.
pub fn search(bench: &Bench, estate: &Estate) -> Result<Row, Refusal> {
    let site = Site::open(bench)?;
    let mut requests = Vec::new();
    for place in estate.communities.iter().take(PLACES) {
        for home in 0..HOMES.min(place.homes) {
            let asked = serde_json::json!({ "q": estate::label(home) });
            requests.push(http::post(&at(place, "units/search"), &site.token, &asked));
        }
    }
    site.measure(bench, estate, "search", &requests)
}

fn at(place: &Place, path: &str) -> String {
    format!("/api/v1/communities/{}/{path}", place.id)
}

/// The open cases of some payers; the plan of the night makes them where it has not run yet.
fn cases(bench: &Bench, place: &Place) -> Result<Vec<String>, Refusal> {
    let list = || bench.app.db.read(|tx| hemu_store::collection::case::list_open(tx, place.id));
    let mut open = list()?;
    if open.is_empty() {
        let request = RunRequest { community: place.id, as_of: TODAY, dry_run: false };
        run_collection(&bench.app, &Actor::system(), &Policy::v1(), &request)?;
        open = list()?;
    }
    Ok(open.iter().take(usize::try_from(HOMES).unwrap_or(1)).map(|case| case.id.to_string()).collect())
}

/// The pages as they are served, with somebody signed in.
struct Site {
    app: Arc<App>,
    server: Server,
    token: String,
}

const LOGIN: &str = "bench";
/// Of an account in a database that is thrown away.
const PASSWORD: &str = "sample-password-26";

impl Site {
    fn open(bench: &Bench) -> Result<Self, Refusal> {
        let app = Arc::new(bench.database.open_with(Clock::as_of(TODAY), None)?);
        let new = NewStaff {
            login: LOGIN.to_owned(),
            name: "样本".to_owned(),
            role: Role::Manager,
            password: PASSWORD.to_owned(),
            communities: None,
        };
        let session = match sign_in(&app, LOGIN, PASSWORD) {
            Ok(session) => session,
            Err(_) => {
                add_staff(&app, &Actor::local_operator(), &new)?;
                sign_in(&app, LOGIN, PASSWORD)?
            }
        };
        let options =
            Options { address: any_port(), https: false, setup_code: String::new(), calculate: crate::calc::answer };
        let server = Server::start(Arc::clone(&app), options).map_err(|error| Refusal::Internal(error.to_string()))?;
        Ok(Self { app, server, token: session.token })
    }

    fn measure(&self, bench: &Bench, estate: &Estate, work: &'static str, requests: &[String]) -> Result<Row, Refusal> {
        let bare = self.serve_bare(estate)?;
        let bare_request = [http::get("/", "")];
        forget_peak_memory();
        let (mut own, mut reference, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for round in 1..=TIMES {
            bench.say(format!("{work} {round}/{TIMES}"));
            let count = |seen: &Seen| (u64::try_from(seen.answers.len()).unwrap_or(0), seen.elapsed);
            reference.push(count(&http::ask(bare.address(), &bare_request)?));
            let seen = http::ask(self.server.address(), requests)?;
            own.push(count(&seen));
            answers.extend(seen.answers);
        }
        let row = Row::of_slices(work, "requests", (&own, &reference), 0.3);
        let middle = millis(median(&answers));
        Ok(Row { median_ms: middle, p99_ms: Some(millis(percentile_99(&mut answers))), ..row })
    }

    fn serve_bare(&self, estate: &Estate) -> Result<Server, Refusal> {
        let (app, place) = (Arc::clone(&self.app), &estate.communities[0]);
        let (community, account) = (place.id, place.accounts[0]);
        let find = move || {
            let open = app.db.read(|tx| hemu_store::bench::find_by_key(tx, community, account))?;
            Ok(format!("{{\"open\":\"{}\"}}", open.unwrap_or_default()))
        };
        hemu_web::bench::serve_one(any_port(), Arc::new(find)).map_err(|error| Refusal::Internal(error.to_string()))
    }
}

fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}
