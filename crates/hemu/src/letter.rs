//! `hemu letter demand | board | settlement | served`.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Subcommand;
use hemu_app::billing::find_community;
use hemu_app::legal::service::{ServiceRequest, record_service};
use hemu_app::legal::settlement::{SettlementRequest, make_settlement};
use hemu_app::legal::{DemandRequest, make_board_notice, make_demand};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::UnitLabel;

use crate::arguments::{day, entrance, unit_label};
use crate::output::Output;

/// `hemu letter ...`
#[derive(Debug, clap::Args)]
pub struct LetterArgs {
    #[command(subcommand)]
    command: LetterCommand,
}

#[derive(Debug, Subcommand)]
enum LetterCommand {
    /// 催缴通知书: a draft, or with its number when the case's gate is open
    Demand(DemandArgs),
    /// The notice for the entrance hall, naming nobody
    Board(BoardArgs),
    /// 结清证明 when nothing is owed, or with --statement what is owed up to a day
    Settlement(SettlementArgs),
    /// Record how a numbered demand was served
    Served(ServedArgs),
}

#[derive(Debug, clap::Args)]
struct DemandArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The unit, such as 3-2-1502
    #[arg(long, value_parser = unit_label)]
    unit: UnitLabel,
    /// The day of the letter (default: today)
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
    /// The PDF
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Give it its number
    #[arg(long)]
    issue: bool,
}

#[derive(Debug, clap::Args)]
struct SettlementArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The unit, such as 3-2-1502
    #[arg(long, value_parser = unit_label)]
    unit: UnitLabel,
    /// The last day it covers; the payer of that day is meant
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: NaiveDate,
    /// What is owed, instead of a certificate that nothing is
    #[arg(long)]
    statement: bool,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
    /// The PDF
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
struct BoardArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// Building and entrance, such as 3-2
    #[arg(long, value_parser = entrance)]
    entrance: String,
    /// The day of the notice (default: today)
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
    /// The PDF
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
struct ServedArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The letter's number
    #[arg(long)]
    number: String,
    /// hand, left_at_place, ems, registered_mail or notarised
    #[arg(long)]
    method: String,
    /// served, refused or returned
    #[arg(long, default_value = "served")]
    outcome: String,
    /// When
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: NaiveDate,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
    /// Who took it
    #[arg(long)]
    receiver: String,
    /// What they are to the addressee
    #[arg(long, default_value = "本人")]
    relation: String,
    /// Waybill number
    #[arg(long)]
    tracking: Option<String>,
}

impl LetterArgs {
    /// The day that stands in for today.
    pub fn as_of(&self) -> Option<NaiveDate> {
        match &self.command {
            LetterCommand::Demand(args) => args.as_of,
            LetterCommand::Board(args) => args.as_of,
            LetterCommand::Served(args) => args.as_of,
            LetterCommand::Settlement(args) => args.as_of,
        }
    }
}

/// Writes the letter.
pub fn run(app: &App, actor: &Actor, args: &LetterArgs) -> Result<Output, Refusal> {
    match &args.command {
        LetterCommand::Demand(args) => demand(app, actor, args),
        LetterCommand::Served(args) => served(app, actor, args),
        LetterCommand::Settlement(args) => settlement(app, actor, args),
        LetterCommand::Board(args) => {
            writable(&args.out)?;
            let report = make_board_notice(app, actor, &args.community, &args.entrance)?;
            write(&args.out, &report.pdf)?;
            Output::new(&report, format!("{} -> {}", report.number, args.out.display()))
        }
    }
}

fn served(app: &App, actor: &Actor, args: &ServedArgs) -> Result<Output, Refusal> {
    let request = ServiceRequest {
        community: find_community(app, &args.community)?,
        number: args.number.clone(),
        method: args.method.clone(),
        outcome: args.outcome.clone(),
        served_on: args.on,
        receiver_name: args.receiver.clone(),
        receiver_relation: args.relation.clone(),
        tracking_no: args.tracking.clone(),
    };
    record_service(app, actor, &request)?;
    Output::new(&serde_json::json!({ "number": args.number, "outcome": args.outcome }), "已登记送达 / service recorded")
}

fn settlement(app: &App, actor: &Actor, args: &SettlementArgs) -> Result<Output, Refusal> {
    writable(&args.out)?;
    let request = SettlementRequest {
        community: args.community.clone(),
        unit: args.unit.clone(),
        until: args.until,
        certificate: !args.statement,
    };
    let report = make_settlement(app, actor, &request)?;
    write(&args.out, &report.pdf)?;
    let what = report.number.as_deref().unwrap_or("结算单 / statement");
    let text = format!(
        "{what}：本金 {} 违约金 {} 预存 {} -> {}",
        report.principal.grouped(),
        report.late_fee.grouped(),
        report.prepaid.grouped(),
        args.out.display()
    );
    Output::new(&report, text)
}

fn demand(app: &App, actor: &Actor, args: &DemandArgs) -> Result<Output, Refusal> {
    writable(&args.out)?;
    let request = DemandRequest { community: args.community.clone(), unit: args.unit.clone(), issue: args.issue };
    let report = make_demand(app, actor, &request)?;
    write(&args.out, &report.pdf)?;
    let mut lines = vec![format!(
        "{} 本金 {} 违约金 {}，{} 前缴清 -> {}",
        report.number.as_deref().unwrap_or("草稿（未编号）"),
        report.principal.grouped(),
        report.late_fee.grouped(),
        report.pay_by,
        args.out.display()
    )];
    lines.extend(report.notes.iter().map(|text| format!("  注意：{text}")));
    lines.extend(report.missing.iter().map(|text| format!("  编号还缺：{text}")));
    Output::new(&report, lines.join("\n"))
}

/// Told before anything is numbered: a letter whose file cannot be written must not use up a number.
fn writable(file: &Path) -> Result<(), Refusal> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if folder.is_dir() && !file.is_dir() {
        Ok(())
    } else {
        Err(unwritable(file, "没有这个文件夹 / there is no such folder"))
    }
}

fn write(file: &Path, pdf: &[u8]) -> Result<(), Refusal> {
    std::fs::write(file, pdf).map_err(|error| unwritable(file, &error.to_string()))
}

fn unwritable(file: &Path, problem: &str) -> Refusal {
    let file = file.display();
    Refusal::invalid("out", format!("无法写入 {file}：{problem}"), format!("cannot write {file}: {problem}"))
}
