//! `hemu service end | refunds`: the end of the service, and what is to be given back then.

use chrono::NaiveDate;
use clap::Subcommand;
use hemu_app::approval::{Asked, ask};
use hemu_app::billing::find_community;
use hemu_app::billing::rebill::service_end::{RefundList, ServiceEndRequest, list_refunds, preview_service_end};
use hemu_app::{Actor, App, Refusal};

use crate::arguments::day;
use crate::output::Output;

/// `hemu service ...`
#[derive(Debug, clap::Args)]
pub struct ServiceArgs {
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day, global = true)]
    as_of: Option<NaiveDate>,
    #[command(subcommand)]
    command: ServiceCommand,
}

#[derive(Debug, Subcommand)]
enum ServiceCommand {
    /// Ask for the service to end on the last day of a month
    End(EndArgs),
    /// What every payer has put by, receipt by receipt
    Refunds(RefundsArgs),
}

#[derive(Debug, clap::Args)]
struct EndArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The last day it is rendered
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: NaiveDate,
    /// Why; goes on record
    #[arg(long, required_unless_present = "dry_run")]
    reason: Option<String>,
    /// Show what becomes of every charge, write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct RefundsArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
}

impl ServiceArgs {
    /// The day that stands in for today.
    pub const fn as_of(&self) -> Option<NaiveDate> {
        self.as_of
    }
}

/// Shows, asks or lists.
pub fn run(app: &App, actor: &Actor, args: &ServiceArgs) -> Result<Output, Refusal> {
    match &args.command {
        ServiceCommand::End(args) => end(app, actor, args),
        ServiceCommand::Refunds(args) => {
            let list = list_refunds(app, actor, &args.community)?;
            let text = text(&list);
            Output::new(&list, text)
        }
    }
}

fn end(app: &App, actor: &Actor, args: &EndArgs) -> Result<Output, Refusal> {
    let request = ServiceEndRequest { on: args.on };
    if args.dry_run {
        let report = preview_service_end(app, actor, &args.community, &request)?;
        let text = format!(
            "原应收 {0} 元，保留 {1} 元，转为预存待退 {2} 元 / was {0}, stays {1}, put by {2}",
            report.was.grouped(),
            report.becomes.grouped(),
            report.put_by.grouped()
        );
        return Output::new(&report, text);
    }
    let community = find_community(app, &args.community)?;
    let reason = args.reason.as_deref().unwrap_or_default();
    let requested = ask(app, actor, community, &Asked::ServiceEnd(request), reason)?;
    let last = requested.expires_on;
    Output::new(&requested, format!("等待另一人审批，有效至 {last} / waits for a second person until {last}"))
}

fn text(list: &RefundList) -> String {
    let receipts = list.accounts.iter().flat_map(|account| &account.receipts);
    let line = |one: &hemu_app::billing::rebill::service_end::RefundItem| {
        format!("{:<12} {}  {:>12}", one.unit, one.number, one.left.grouped())
    };
    let total = format!("合计 / total {}", list.put_by.grouped());
    receipts.map(line).chain(std::iter::once(total)).collect::<Vec<_>>().join("\n")
}
