//! `hemu collect run`: decisions, actions, and what is due goes out.

use chrono::NaiveDate;
use clap::Subcommand;
use hemu_app::billing::find_community;
use hemu_app::collection::{DispatchReport, RunReport, RunRequest, dispatch, run_collection};
use hemu_app::{Actor, App, Refusal, gateways};
use hemu_domain::collection::Policy;
use serde::Serialize;

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
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The day (default: today)
    #[arg(long, value_name = "DATE")]
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
        let CollectCommand::Run(args) = &self.command;
        args.as_of
    }
}

/// Runs collection.
pub fn run(app: &App, actor: &Actor, args: &CollectArgs) -> Result<Output, Refusal> {
    let CollectCommand::Run(args) = &args.command;
    let community = find_community(app, &args.community)?;
    let policy = Policy::v1();
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
        "案件 {}（新开 {}，结案 {}），决定 {}\n阶段  {}\n动作  {}\n不动  {}\n发送  成功 {}，失败 {}，存疑 {}，取消 {}，推迟 {}",
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
