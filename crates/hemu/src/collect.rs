//! `hemu collect run`: decisions, actions, and what is due goes out. `hemu collect replay`: recorded decisions made again.

use chrono::NaiveDate;
use clap::Subcommand;
use hemu_app::billing::find_community;
use hemu_app::collection::policy_in_force;
use hemu_app::collection::replay::{DifferingDecision, ReplayScope, replay};
use hemu_app::collection::{DispatchReport, RunReport, RunRequest, dispatch, run_collection};
use hemu_app::{Actor, App, Refusal, gateways};
use hemu_domain::ids::RunId;
use serde::Serialize;

use crate::arguments::day;
use crate::output::Output;

/// `hemu collect ...`
#[derive(Debug, clap::Args)]
pub struct CollectArgs {
    #[command(subcommand)]
    command: CollectCommand,
}

#[derive(Debug, Subcommand)]
enum CollectCommand {
    /// One decision per open case; then what is due goes out
    Run(RunArgs),
    /// Makes recorded decisions again; exit status 1 when one comes out otherwise
    Replay(ReplayArgs),
}

#[derive(Debug, clap::Args)]
struct ReplayArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// Only the decisions of this run
    #[arg(long, value_name = "ID", conflicts_with = "as_of")]
    run: Option<String>,
    /// Only the decisions of the runs for this day
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The day (default: today)
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
    /// Decide and report, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Plan only, send nothing
    #[arg(long)]
    plan_only: bool,
}

#[derive(Serialize)]
struct CollectReport {
    #[serde(flatten)]
    run: RunReport,
    dispatch: DispatchReport,
}

impl CollectArgs {
    /// The day that stands in for today.
    pub fn as_of(&self) -> Option<NaiveDate> {
        match &self.command {
            CollectCommand::Run(args) => args.as_of,
            // Replaying a day is no journey to it.
            CollectCommand::Replay(_) => None,
        }
    }
}

/// Runs collection, or replays it.
pub fn run(app: &App, actor: &Actor, args: &CollectArgs) -> Result<Output, Refusal> {
    match &args.command {
        CollectCommand::Run(args) => collect(app, actor, args),
        CollectCommand::Replay(args) => again(app, actor, args),
    }
}

fn again(app: &App, actor: &Actor, args: &ReplayArgs) -> Result<Output, Refusal> {
    let community = find_community(app, &args.community)?;
    let scope = match (&args.run, args.as_of) {
        (Some(id), _) => ReplayScope::Run(run_id(id)?),
        (None, Some(day)) => ReplayScope::Day(day),
        (None, None) => ReplayScope::All,
    };
    let report = replay(app, actor, community, scope)?;
    let line = |one: &DifferingDecision| format!("RED {} {} {}", one.as_of, one.id, one.why);
    let sum = format!("决定 {}，一致 {}，不一致 {}", report.decisions, report.same, report.differing.len());
    let text: Vec<String> = std::iter::once(sum).chain(report.differing.iter().map(line)).collect();
    let mut output = Output::new(&report, text.join("\n"))?;
    output.in_order = report.differing.is_empty();
    Ok(output)
}

fn run_id(text: &str) -> Result<RunId, Refusal> {
    RunId::parse(text).map_err(|_| {
        let zh = format!("“{text}”不是催缴批次编号，请填 collect run 输出的批次");
        Refusal::invalid("run", zh, format!("'{text}' is not the id of a run, as collect run prints it"))
    })
}

fn collect(app: &App, actor: &Actor, args: &RunArgs) -> Result<Output, Refusal> {
    let community = find_community(app, &args.community)?;
    let policy = policy_in_force(app)?;
    let request = RunRequest { community, as_of: app.today(), dry_run: args.dry_run };
    let run = run_collection(app, actor, &policy, &request)?;
    let dispatch = if args.dry_run || args.plan_only {
        DispatchReport::default()
    } else {
        dispatch(app, actor, community, &gateways::of(app), &policy)?
    };
    let report = CollectReport { run, dispatch };
    let text = text(&report);
    Output::new(&report, text)
}

fn text(report: &CollectReport) -> String {
    let list = |counts: &std::collections::BTreeMap<String, i64>| {
        counts.iter().filter(|(_, n)| **n > 0).map(|(key, n)| format!("{key} {n}")).collect::<Vec<_>>().join("，")
    };
    let (run, sent) = (&report.run, &report.dispatch);
    format!(
        "批次 {}\n案件 {}（新开 {}，结案 {}），决定 {}\n阶段  {}\n动作  {}\n不动  {}\n发送  成功 {}，失败 {}，存疑 {}，取消 {}，推迟 {}",
        run.run.map_or_else(|| "-".to_owned(), |id| id.to_string()),
        run.cases,
        run.opened,
        run.closed,
        run.decisions,
        list(&run.stages),
        list(&run.actions),
        list(&run.none),
        sent.sent,
        sent.failed,
        sent.uncertain,
        sent.cancelled,
        sent.deferred
    )
}
