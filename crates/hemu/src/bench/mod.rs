//! `hemu bench`: how fast the work is that counts, each beside its reference measured in the same run.
//!
//! A row gives how much was done (`n`), how much of it a second (`rate`), what the bare reference came to (`reference_rate`: the
//! same rows written by nothing but an insert, a file read by nothing but its reader...), and their `ratio`. Rates are medians of
//! three. A ratio above 1 means faster than the reference. Nothing of the office's own is touched: the data set is made in a
//! temporary folder, or in the empty PostgreSQL database that was named, and is thrown away.

mod bill_run;
mod close;
mod estate;
mod http;
mod import;
mod letters;
mod measure;
mod meters;
mod mixed_bills;
mod pages;
mod plan;
mod receipt;
mod replay;
mod shared_costs;
mod start;

use clap::ValueEnum;
use hemu_app::{App, Clock, Refusal};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::io::IsTerminal as _;
use std::path::PathBuf;

use crate::config::Config;
use crate::database::Database;
use crate::output::Output;

use self::estate::Estate;
use self::measure::Row;

/// `hemu bench`
#[derive(Debug, clap::Args)]
pub struct BenchArgs {
    /// Homes of the data set, in communities of 2,000
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(30..=10_000_000))]
    homes: u32,
    /// Homes per community
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    community: u32,
    /// What to measure; may be repeated (default: everything)
    #[arg(long = "work", value_name = "NAME")]
    works: Vec<Work>,
}

/// What can be measured, in the order in which it is: what adds much to the data comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Work {
    /// Time from the start of `hemu serve` to its first answer
    Start,
    /// The nightly plan: a decision for every open case
    Plan,
    /// A page of the arrears list
    ArrearsPage,
    /// The page of a case
    CasePage,
    /// The search box
    Search,
    /// A payment taken and applied, also on accounts with ten years of history
    Receipt,
    /// The bills of a month
    BillRun,
    /// The bills of a month with tiers, metered usage and shares on them
    MixedBills,
    /// A cost shared over a community
    SharedCosts,
    /// The usage of a month, from readings
    Meters,
    /// Closing a month: every check of its money, and its figures
    Close,
    /// Recorded decisions made again
    Replay,
    /// An office's spreadsheet
    Import,
    /// 200 demand letters
    Letters,
}

/// What was measured, and on what.
#[derive(Debug, Serialize)]
struct BenchReport {
    engine: String,
    cores: usize,
    homes: u32,
    communities: usize,
    rows: Vec<Row>,
}

/// What every work measures with.
pub(crate) struct Bench {
    /// The application over the data set, on a clock that stands.
    app: App,
    /// Where it is and what belongs to it.
    database: Database,
    /// Homes asked for.
    homes: u32,
    progress: ProgressBar,
}

impl Bench {
    /// Tells what is going on.
    fn say(&self, what: impl Into<String>) {
        self.progress.set_message(what.into());
        self.progress.tick();
    }
}

/// Measures.
///
/// # Errors
/// [`Refusal::Conflict`] when the PostgreSQL database that was named is not empty.
pub fn run(database: &Database, args: &BenchArgs) -> Result<Output, Refusal> {
    let folder = tempfile::tempdir().map_err(|error| Refusal::Internal(error.to_string()))?;
    let database = place(database, folder.path().join("bench.db"));
    let app = database.open_with(Clock::as_of(estate::TODAY), None)?;
    refuse_unless_empty(&app)?;
    let bench = Bench { app, database, homes: args.homes, progress: progress() };
    let mut works = args.works.clone();
    if works.is_empty() {
        works = Work::value_variants().to_vec();
    }
    works.sort_unstable();
    works.dedup();
    let mut estate = None;
    let mut rows = Vec::new();
    for work in works {
        rows.extend(measure(&bench, work, args, &mut estate)?);
    }
    bench.progress.finish_and_clear();
    let report = BenchReport {
        engine: bench.app.db.engine_name()?,
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        homes: args.homes,
        communities: estate.map_or(0, |estate: Estate| estate.communities.len()),
        rows,
    };
    let text = text(&report);
    Output::new(&report, text)
}

fn measure(bench: &Bench, work: Work, args: &BenchArgs, estate: &mut Option<Estate>) -> Result<Vec<Row>, Refusal> {
    match work {
        Work::Import => return Ok(vec![import::measure(bench)?]),
        Work::Letters => return Ok(vec![letters::measure(bench)?]),
        Work::Start
        | Work::Plan
        | Work::ArrearsPage
        | Work::CasePage
        | Work::Search
        | Work::Receipt
        | Work::BillRun
        | Work::SharedCosts
        | Work::MixedBills
        | Work::Meters
        | Work::Close
        | Work::Replay => {}
    }
    let estate = match estate {
        Some(estate) => estate,
        None => estate.insert(Estate::write(bench, args.homes, args.community)?),
    };
    match work {
        Work::Start => Ok(vec![start::measure(bench, estate)?]),
        Work::Plan => plan::measure(bench, estate),
        Work::ArrearsPage => Ok(vec![pages::arrears(bench, estate)?]),
        Work::CasePage => Ok(vec![pages::case(bench, estate)?]),
        Work::Search => Ok(vec![pages::search(bench, estate)?]),
        Work::Receipt => receipt::measure(bench, estate),
        Work::BillRun => Ok(vec![bill_run::measure(bench, estate)?]),
        Work::SharedCosts => Ok(vec![shared_costs::measure(bench, estate)?]),
        Work::Meters => Ok(vec![meters::measure(bench, estate)?]),
        Work::MixedBills => Ok(vec![mixed_bills::measure(bench, estate)?]),
        Work::Close => Ok(vec![close::measure(bench, estate)?]),
        Work::Replay => Ok(vec![replay::measure(bench, estate)?]),
        Work::Import | Work::Letters => Ok(Vec::new()),
    }
}

/// The office's own embedded database is never measured: a new one in a temporary folder is.
fn place(asked: &Database, file: PathBuf) -> Database {
    let key_file = Some(file.with_extension("db.key"));
    let is_server = asked.sqlite_file().is_none();
    let url = if is_server { asked.url.clone() } else { format!("sqlite:{}", file.display()) };
    Database { url, key_file, config_file: None, config: Config::default() }
}

fn refuse_unless_empty(app: &App) -> Result<(), Refusal> {
    let there = app.db.read(hemu_store::community::list)?;
    if there.is_empty() {
        return Ok(());
    }
    let zh = "测速会写入大量数据，只能用空数据库；请新建一个数据库再用 --db 指定";
    Err(Refusal::conflict(zh, "bench writes a lot and wants an empty database: make one and name it with --db"))
}

fn progress() -> ProgressBar {
    let target =
        if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{elapsed} {msg}") {
        bar.set_style(style);
    }
    bar
}

fn text(report: &BenchReport) -> String {
    let head = format!("{}，{} 核，{} 户，{} 个小区", report.engine, report.cores, report.homes, report.communities);
    let lines = report.rows.iter().map(ToString::to_string);
    [head, Row::heading()].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}
