//! `hemu demo`: a lifelike example, made by running the real use cases day by day over two years, never by rows written
//! behind their back.
//!
//! Each community begins with its office's spreadsheet and a contract; then, for each day, bills are issued on the first of the
//! month, payers pay (or not) as their temper tells, collection runs every third day, and staff do their tasks. Everything follows
//! from the seed, so the same seed makes the same example.

mod bank;
mod cast;
mod days;
mod desk;
mod events;
mod meters;
pub mod papers;
mod policy;
mod provider;
mod small_works;
mod staff;
mod talks;
mod two_people;
mod visits;
mod work;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{Months, NaiveDate};
use hemu_app::{App, Clock, Refusal};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::database::Database;
use crate::output::Output;
use crate::serve::{self, ServeArgs};

use self::days::Office;

/// `hemu demo`
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Homes over all communities
    #[arg(long, default_value_t = 180, value_parser = clap::value_parser!(u32).range(12..=5_000))]
    homes: u32,
    /// The same seed makes the same example
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Port to serve the example on
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Make the example and end
    #[arg(long)]
    no_serve: bool,
}

/// What the example holds.
#[derive(Debug, Serialize)]
struct DemoReport {
    communities: i64,
    homes: i64,
    bills: i64,
    receipts: i64,
    messages: i64,
    tasks: i64,
    database: PathBuf,
}

/// The communities of the example.
const COMMUNITIES: [&str; 3] = ["翠湖花园", "桂语江南", "春晓苑"];
/// How far back it begins.
const MONTHS: u32 = 24;

/// Makes the example in a fresh database.
///
/// # Errors
/// [`Refusal::Conflict`] when the database is there already.
pub fn run(database: &Database, args: &DemoArgs) -> Result<Output, Refusal> {
    let file = database.sqlite_file().ok_or_else(|| {
        Refusal::invalid(
            "db",
            "演示只用内嵌数据库 sqlite:文件名",
            "the example wants an embedded database, sqlite:PATH",
        )
    })?;
    if file.exists() {
        let name = file.display();
        let zh = format!("{name} 已存在；演示需要新的数据库，请用 --db sqlite:另一个文件名");
        return Err(Refusal::conflict(
            zh,
            format!("{name} exists already; the example wants a new one: --db sqlite:OTHER"),
        ));
    }
    let today = Clock::System.today();
    let first = today.checked_sub_months(Months::new(MONTHS)).unwrap_or(today);
    let app = database.open_with(Clock::as_of(first), Some(args.seed))?;
    let report = play(&app, args, (first, today), file)?;
    let text = format!(
        "示例已生成：{} 个小区，{} 户，账单 {}，收据 {}，消息 {}，任务 {} -> {}",
        report.communities,
        report.homes,
        report.bills,
        report.receipts,
        report.messages,
        report.tasks,
        report.database.display()
    );
    if args.no_serve {
        return Output::new(&report, text);
    }
    println!("{text}");
    // The example was lived through on a clock of its own; from here on it is today.
    drop(app);
    let options = ServeArgs { port: Some(args.port), ..ServeArgs::default() };
    serve::serve(Arc::new(database.open(None)?), &database.config, &options, &staff::LOGINS.map(staff::describe))
}

fn play(
    app: &App,
    args: &DemoArgs,
    (first, today): (NaiveDate, NaiveDate),
    database: PathBuf,
) -> Result<DemoReport, Refusal> {
    let staff = staff::hire(app)?;
    let share = args.homes / u32::try_from(COMMUNITIES.len()).unwrap_or(1);
    let mut offices = Vec::new();
    for (number, name) in (0_u64..).zip(COMMUNITIES) {
        offices.push(Office::open(app, &staff, name, share, args.seed.wrapping_add(number), (first, today))?);
    }
    let days = u64::try_from((today - first).num_days()).unwrap_or(0);
    let progress = progress(days);
    for day in first.iter_days().take_while(|day| *day <= today) {
        for office in &mut offices {
            office.live(app, day)?;
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    policy::draft(app, &staff)?;
    let sum = |count: fn(&Office) -> i64| offices.iter().map(count).sum();
    Ok(DemoReport {
        communities: i64::try_from(offices.len()).unwrap_or(0),
        homes: sum(|office| office.homes),
        bills: sum(|office| office.bills),
        receipts: sum(|office| office.receipts),
        messages: sum(|office| office.messages),
        tasks: sum(|office| office.tasks),
        database,
    })
}

fn progress(days: u64) -> ProgressBar {
    let target =
        if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(days), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} 天") {
        bar.set_style(style);
    }
    bar
}
