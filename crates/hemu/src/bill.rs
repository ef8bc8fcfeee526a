//! `hemu bill run`: checks, then the bills of a month; `hemu bill explain`: what one unit pays, and why.

use clap::Subcommand;
use hemu_app::billing::explain::{AnswerReduction, UnitAnswer, explain_unit};
use hemu_app::billing::{BillReport, BillRequest, issue_bills};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::{Period, UnitLabel};

use crate::arguments::{day, period, unit_label};
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
    /// What a unit pays in a month, and why; nothing is written
    Explain(ExplainArgs),
}

#[derive(Debug, clap::Args)]
struct ExplainArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The unit, such as 3-2-1502
    #[arg(long, value_parser = unit_label)]
    unit: UnitLabel,
    /// The month, YYYY-MM; it may lie ahead
    #[arg(long, value_parser = period)]
    period: Period,
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
        match &self.command {
            BillCommand::Run(args) => args.as_of,
            BillCommand::Explain(_) => None,
        }
    }
}

/// Runs the bills.
pub fn run(app: &App, actor: &Actor, args: &BillArgs) -> Result<Output, Refusal> {
    let args = match &args.command {
        BillCommand::Run(args) => args,
        BillCommand::Explain(args) => {
            let answer = explain_unit(app, actor, &args.community, (&args.unit, args.period))?;
            return Output::new(&answer, explained(&answer));
        }
    };
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
    let item = |item: &Option<String>| item.as_ref().map(|item| format!("{item}：")).unwrap_or_default();
    lines.extend(report.refused.iter().map(|one| format!("未出  {}：{}{}", one.unit, item(&one.item), one.problem)));
    lines.extend(report.findings.iter().map(|one| format!("检查  {}：{} {}", one.unit, one.kind, one.detail)));
    lines.join("\n")
}

fn explained(answer: &UnitAnswer) -> String {
    let mut lines = vec![format!(
        "{} {}：共 {} 元，应付 {} 元",
        answer.unit,
        answer.period,
        answer.total.grouped(),
        answer.to_pay.grouped()
    )];
    for one in &answer.lines {
        let what = match (&one.amount, &one.problem) {
            (Some(amount), _) => {
                let why = [one.calculation.clone(), one.basis.clone(), one.clause.clone()];
                format!("{} 元  {}", amount.grouped(), why.into_iter().flatten().collect::<Vec<_>>().join("  "))
            }
            (None, problem) => format!("不能计算：{}", problem.as_deref().unwrap_or_default()),
        };
        let off = |off: &AnswerReduction| format!("  {} -{}（{}）", off.kind.zh, off.amount.grouped(), off.reason);
        let off: String = one.reductions.iter().map(off).collect();
        let payer = one.payer.as_ref().map(|payer| format!("  {payer}")).unwrap_or_default();
        let billed = one.billed_in.map(|month| format!("  计入 {month} 账单")).unwrap_or_default();
        lines.push(format!("{}{payer}  {what}{off}{billed}", one.item));
    }
    lines.join("\n")
}
