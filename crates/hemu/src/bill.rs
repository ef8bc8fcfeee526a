//! `hemu bill run`: checks, then the bills of a month.

use clap::Subcommand;
use hemu_app::billing::{BillReport, BillRequest, issue_bills};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Period;

use crate::arguments::{day, period};
use crate::output::Output;

/// `hemu bill ...`
#[derive(Debug, clap::Args)]
pub struct BillArgs {
    #[command(subcommand)]
    command: BillCommand,
}

#[derive(Debug, Subcommand)]
enum BillCommand {
    /// Issue the bills of a month; what is there is left as it is
    Run(RunArgs),
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The month, YYYY-MM
    #[arg(long, value_parser = period)]
    period: Period,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<chrono::NaiveDate>,
    /// Compute and report, write nothing
    #[arg(long)]
    dry_run: bool,
}

impl BillArgs {
    /// The day that stands in for today.
    pub fn as_of(&self) -> Option<chrono::NaiveDate> {
        let BillCommand::Run(args) = &self.command;
        args.as_of
    }
}

/// Runs the bills.
pub fn run(app: &App, actor: &Actor, args: &BillArgs) -> Result<Output, Refusal> {
    let BillCommand::Run(args) = &args.command;
    let request = BillRequest { community: args.community.clone(), period: args.period, dry_run: args.dry_run };
    let report = issue_bills(app, actor, &request)?;
    Output::new(&report, text(&report, args.period, args.dry_run))
}

fn text(report: &BillReport, period: Period, dry_run: bool) -> String {
    let word = if dry_run { "试算" } else { "出账" };
    let mut lines = vec![format!(
        "{word} {period}：账单 {} 张，费用 {} 笔，共 {} 元；已出 {} 户，未出 {} 户。",
        report.bills,
        report.charges,
        report.total.grouped(),
        report.already,
        report.refused.len()
    )];
    lines.extend(report.refused.iter().map(|one| format!("未出  {}：{}", one.unit, one.problem)));
    lines.extend(report.findings.iter().map(|one| format!("检查  {}：{} {}", one.unit, one.kind, one.detail)));
    lines.join("\n")
}
