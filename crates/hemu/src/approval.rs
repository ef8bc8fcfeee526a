//! `hemu legal request` and `hemu approval list | approve | refuse | withdraw`: acts of two people.
//!
//! The command line is one person, the local operator: what is asked for here is approved on the pages or by the API, and the
//! other way round.

use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use hemu_app::approval::{ApprovalItem, Asked, Decided, approve, ask, list_approvals, refuse, withdraw};
use hemu_app::billing::find_community;
use hemu_app::collection::work::find_case_of_unit;
use hemu_app::legal::matter::MatterRequest;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::UnitLabel;
use hemu_domain::ids::ApprovalId;

use crate::arguments::{day, unit_label};
use crate::output::Output;

/// `hemu legal ...`
#[derive(Debug, clap::Args)]
pub struct LegalArgs {
    #[command(subcommand)]
    command: LegalCommand,
}

#[derive(Debug, Subcommand)]
enum LegalCommand {
    /// Ask to open a legal matter; a second person approves it
    Request(MatterArgs),
}

#[derive(Debug, clap::Args)]
struct MatterArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The unit, such as 3-2-1502
    #[arg(long, value_parser = unit_label)]
    unit: UnitLabel,
    /// Which way
    #[arg(long, value_enum)]
    kind: Way,
    /// Why it is in the common interest of the owners; goes on record
    #[arg(long)]
    ground: String,
    /// Contract, bills, proofs of service and contacts are complete
    #[arg(long)]
    evidence_complete: bool,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Way {
    Mediation,
    PaymentOrder,
    Suit,
    Arbitration,
}

impl Way {
    const fn word(self) -> &'static str {
        match self {
            Self::Mediation => "mediation",
            Self::PaymentOrder => "payment_order",
            Self::Suit => "suit",
            Self::Arbitration => "arbitration",
        }
    }
}

/// `hemu approval ...`
#[derive(Debug, clap::Args)]
pub struct ApprovalArgs {
    #[command(subcommand)]
    command: ApprovalCommand,
}

#[derive(Debug, Subcommand)]
enum ApprovalCommand {
    /// What waits for a second person, and what was decided last
    List(ListArgs),
    /// Approve, and do what was asked
    Approve(DecideArgs),
    /// Say no, and why
    Refuse(RefuseArgs),
    /// Take back what was asked from here
    Withdraw(DecideArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
struct DecideArgs {
    #[command(flatten)]
    of: ListArgs,
    /// The request: its `id` in the list
    #[arg(long, value_parser = request)]
    request: ApprovalId,
}

#[derive(Debug, clap::Args)]
struct RefuseArgs {
    #[command(flatten)]
    one: DecideArgs,
    /// Why not
    #[arg(long)]
    answer: String,
}

fn request(text: &str) -> Result<ApprovalId, String> {
    ApprovalId::parse(text).map_err(|_| {
        "不是申请的编号，请用 hemu approval list 里的 id / not the id of a request; take it from `hemu approval list`"
            .to_owned()
    })
}

impl LegalArgs {
    /// The day that stands in for today.
    pub fn as_of(&self) -> Option<NaiveDate> {
        let LegalCommand::Request(args) = &self.command;
        args.as_of
    }
}

impl ApprovalArgs {
    /// The day that stands in for today.
    pub fn as_of(&self) -> Option<NaiveDate> {
        match &self.command {
            ApprovalCommand::List(args) => args.as_of,
            ApprovalCommand::Approve(args) | ApprovalCommand::Withdraw(args) => args.of.as_of,
            ApprovalCommand::Refuse(args) => args.one.of.as_of,
        }
    }
}

/// Asks.
pub fn run_legal(app: &App, actor: &Actor, args: &LegalArgs) -> Result<Output, Refusal> {
    let LegalCommand::Request(args) = &args.command;
    let community = find_community(app, &args.community)?;
    let case = find_case_of_unit(app, actor, community, &args.unit)?;
    let matter = MatterRequest { case, kind: args.kind.word().to_owned(), evidence_complete: args.evidence_complete };
    let requested = ask(app, actor, community, &Asked::LegalMatter(matter), &args.ground)?;
    let (id, last) = (requested.id, requested.expires_on);
    Output::new(&requested, format!("已提交，等待另一人审批，有效至 {last} / asked for, waits until {last}: {id}"))
}

/// Lists or decides.
pub fn run(app: &App, actor: &Actor, args: &ApprovalArgs) -> Result<Output, Refusal> {
    match &args.command {
        ApprovalCommand::List(args) => {
            let list = list_approvals(app, actor, find_community(app, &args.community)?)?;
            let lines: Vec<String> = list.open.iter().map(line).collect();
            let nothing = "没有待审批的申请 / nothing waits".to_owned();
            Output::new(&list, if lines.is_empty() { nothing } else { lines.join("\n") })
        }
        ApprovalCommand::Approve(args) => {
            let community = find_community(app, &args.of.community)?;
            told(&approve(app, actor, community, args.request)?)
        }
        ApprovalCommand::Refuse(args) => {
            let community = find_community(app, &args.one.of.community)?;
            told(&refuse(app, actor, community, args.one.request, &args.answer)?)
        }
        ApprovalCommand::Withdraw(args) => {
            let community = find_community(app, &args.of.community)?;
            told(&withdraw(app, actor, community, args.request)?)
        }
    }
}

fn told(decided: &Decided) -> Result<Output, Refusal> {
    let state = decided.state.label();
    Output::new(decided, format!("{} / {}", state.zh, state.en))
}

fn line(one: &ApprovalItem) -> String {
    let amount = one.about.amount.map(|amount| amount.grouped()).unwrap_or_default();
    let kind = one.kind.label();
    format!("{}  {}  {:<10} {amount:>12}  {}  {}", one.id, kind.zh, one.about.unit, one.asked_by, one.reason)
}
