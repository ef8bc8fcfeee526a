//! `hemu bank import | list | confirm | compare`: statements of banks and settlement files of payment providers.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;
use hemu_app::bank::{
    BankLines, FileReport, FileRequest, LineItem, SettlementReport, confirm_certain, import_bank_file, list_bank_lines,
    list_settlements, settlement_report,
};
use hemu_app::billing::find_community;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::bank::layout::Layout;
use hemu_domain::ids::BankFileId;

use crate::arguments::day;
use crate::output::Output;

/// `hemu bank ...`
#[derive(Debug, clap::Args)]
pub struct BankArgs {
    #[command(subcommand)]
    command: BankCommand,
}

#[derive(Debug, Subcommand)]
enum BankCommand {
    /// Bring in a bank's statement, or a bill of WeChat Pay or Alipay; a second time it changes nothing
    Import(FileArgs),
    /// Money that waits, and whose it may be
    List(PlaceArgs),
    /// Book every line that is certain
    Confirm(PlaceArgs),
    /// A provider's file beside the books; without --file, the newest of each
    Compare(CompareArgs),
}

#[derive(Debug, clap::Args)]
struct PlaceArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
struct FileArgs {
    /// .xlsx, .xls or .csv (UTF-8 or GB18030)
    file: PathBuf,
    #[command(flatten)]
    place: PlaceArgs,
    /// icbc, ccb, abc, boc or cmb: refused when the headings are another bank's
    #[arg(long, value_parser = layout)]
    layout: Option<Layout>,
    /// What a column holds that is not recognised, such as "进账=in"; kept for the community; may be repeated
    #[arg(long, value_name = "列名=field")]
    map: Vec<String>,
    /// Read and report, write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct CompareArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// The file: `file` of the answer of its import
    #[arg(long, value_parser = file)]
    file: Option<BankFileId>,
}

fn layout(text: &str) -> Result<Layout, String> {
    Layout::parse(text).map_err(|_| {
        let known: Vec<&str> = Layout::ALL.iter().map(|one| one.as_str()).collect();
        let known = known.join(", ");
        format!("不认识的银行，可用：{known} / unknown bank; there are {known}")
    })
}

fn file(text: &str) -> Result<BankFileId, String> {
    BankFileId::parse(text).map_err(|_| {
        "不是文件的编号，请用 hemu bank import 的 file / not the id of a file; take `file` of `hemu bank import`"
            .to_owned()
    })
}

impl BankArgs {
    /// The day that stands in for today.
    pub fn as_of(&self) -> Option<NaiveDate> {
        match &self.command {
            BankCommand::Import(args) => args.place.as_of,
            BankCommand::List(args) | BankCommand::Confirm(args) => args.as_of,
            BankCommand::Compare(args) => args.place.as_of,
        }
    }
}

/// Runs the command.
pub fn run(app: &App, actor: &Actor, args: &BankArgs) -> Result<Output, Refusal> {
    match &args.command {
        BankCommand::Import(args) => import(app, actor, args),
        BankCommand::List(args) => {
            let lines = list_bank_lines(app, actor, find_community(app, &args.community)?)?;
            Output::new(&lines, lines_text(&lines))
        }
        BankCommand::Confirm(args) => {
            let report = confirm_certain(app, actor, find_community(app, &args.community)?)?;
            let amount = report.amount.grouped();
            Output::new(&report, format!("入账 {} 笔，合计 {amount} 元；待认领 {} 笔", report.booked, report.left))
        }
        BankCommand::Compare(args) => compare(app, actor, args),
    }
}

fn import(app: &App, actor: &Actor, args: &FileArgs) -> Result<Output, Refusal> {
    let file_name = args.file.display().to_string();
    let bytes = std::fs::read(&args.file).map_err(|error| {
        Refusal::invalid("file", format!("无法读取 {file_name}：{error}"), format!("cannot read {file_name}: {error}"))
    })?;
    let request = FileRequest {
        community: args.place.community.clone(),
        file_name,
        bytes,
        layout: args.layout,
        map: args.map.clone(),
        dry_run: args.dry_run,
    };
    let report = import_bank_file(app, actor, &request)?;
    Output::new(&report, file_text(&report))
}

fn file_text(report: &FileReport) -> String {
    let mut lines = vec![format!(
        "{} 到账 {} 笔：新 {}，此前已有 {}，新到账 {} 元；支出 {}，跳过 {}",
        report.layout,
        report.lines,
        report.new,
        report.known,
        report.amount.grouped(),
        report.outgoing,
        report.skipped
    )];
    let line = |one: &hemu_domain::import::Finding| {
        format!("问题  第 {} 行 {}“{}”：{}", one.row, one.column, one.value, one.problem)
    };
    lines.extend(report.problems.iter().map(line));
    lines.join("\n")
}

fn lines_text(lines: &BankLines) -> String {
    let line = |one: &LineItem| {
        let best = one.proposals.first().map_or_else(String::new, |best| {
            let reasons: Vec<String> = best.reasons.iter().map(|reason| reason.label().zh).collect();
            format!("{} {}（{}）", if one.certain { "确定" } else { "可能" }, best.unit, reasons.join("，"))
        });
        format!("{}  {:>12}  {}  {}  {best}", one.received_on, one.amount.grouped(), one.payer, one.remark)
    };
    let open = lines.open.iter().map(line);
    let total =
        format!("待认领 {} 笔，合计 {} 元，确定 {}", lines.open.len(), lines.open_amount.grouped(), lines.certain);
    open.chain([total]).collect::<Vec<_>>().join("\n")
}

fn compare(app: &App, actor: &Actor, args: &CompareArgs) -> Result<Output, Refusal> {
    let community = find_community(app, &args.place.community)?;
    let newest = || {
        let files = list_settlements(app, actor, community)?;
        let of = |kind: &str| files.iter().find(|one| one.kind == kind).map(|one| one.id);
        Ok::<_, Refusal>(["wechat", "alipay"].into_iter().filter_map(of).collect::<Vec<_>>())
    };
    let files = match args.file {
        Some(file) => vec![file],
        None => newest()?,
    };
    let reports: Result<Vec<SettlementReport>, Refusal> =
        files.into_iter().map(|file| settlement_report(app, actor, community, file)).collect();
    let reports = reports?;
    let text: Vec<String> = reports.iter().map(report_text).collect();
    let mut output = Output::new(&serde_json::json!({ "reports": reports }), text.join("\n"))?;
    output.in_order = reports.iter().all(|one| one.open == 0);
    Ok(output)
}

fn report_text(report: &SettlementReport) -> String {
    let mut lines = vec![format!(
        "{} {} 至 {}：支付 {} 笔 {} 元，退款 {} 笔 {} 元，手续费 {} 元；差异 {}，未处理 {}",
        report.provider.label().zh,
        report.first_on,
        report.last_on,
        report.payments,
        report.paid.grouped(),
        report.refunds,
        report.refunded.grouped(),
        report.fees.grouped(),
        report.differences.len(),
        report.open
    )];
    for one in &report.differences {
        let amount =
            |amount: Option<hemu_domain::Fen>| amount.map_or_else(|| "-".to_owned(), hemu_domain::Fen::grouped);
        let number = one.entry_no.as_deref().or(one.receipt.as_deref()).unwrap_or_default();
        let kind = one.kind.label().zh;
        lines.push(format!("  {} {kind} {number} 渠道 {} 账上 {}", one.day, amount(one.in_file), amount(one.in_books)));
    }
    lines.join("\n")
}
