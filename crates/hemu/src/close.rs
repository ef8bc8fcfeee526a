//! `hemu close`, `hemu report month`, `hemu export vouchers | invoices`: a month for the accountant.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use hemu_app::closing::export::{Layout, month_vouchers, voucher_csv};
use hemu_app::closing::invoices::{LeftOutLine, invoice_request, request_csv};
use hemu_app::closing::labels::{RollLine, deposit_lines, late_fee_lines, prepaid_lines, receivable_lines};
use hemu_app::closing::paper::month_pdf;
use hemu_app::closing::tables::month_workbook;
use hemu_app::closing::{CloseRequest, MonthReport, close_month, month_report};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Period;

use crate::arguments::{day, period};
use crate::output::Output;

/// `hemu close`
#[derive(Debug, clap::Args)]
pub struct CloseArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The month, YYYY-MM
    #[arg(long, value_parser = period)]
    month: Period,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// Tell what would be frozen and what stands in the way, write nothing
    #[arg(long)]
    dry_run: bool,
}

/// `hemu report month`
#[derive(Debug, clap::Args)]
pub struct MonthArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The month, YYYY-MM
    #[arg(long, value_parser = period)]
    month: Period,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// How the report is written
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Into this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Xlsx,
    Pdf,
}

/// `hemu export ...`
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    #[command(subcommand)]
    command: ExportCommand,
}

#[derive(Debug, Subcommand)]
enum ExportCommand {
    /// Voucher lines of a month
    Vouchers(VoucherArgs),
    /// The request for e-invoices of a month's bills
    Invoices(FileArgs),
}

#[derive(Debug, clap::Args)]
struct VoucherArgs {
    #[command(flatten)]
    file: FileArgs,
    /// yonyou or kingdee
    #[arg(long, default_value = "yonyou")]
    layout: String,
}

#[derive(Debug, clap::Args)]
struct FileArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The month, YYYY-MM
    #[arg(long, value_parser = period)]
    month: Period,
    /// Into this file, as CSV
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Closes the month.
pub fn run(app: &App, actor: &Actor, args: &CloseArgs) -> Result<Output, Refusal> {
    let request = CloseRequest { community: args.community.clone(), month: args.month, dry_run: args.dry_run };
    let report = close_month(app, actor, &request)?;
    Output::new(&report, text(&report))
}

/// Prints the month's figures.
pub fn run_report(app: &App, actor: &Actor, args: &MonthArgs) -> Result<Output, Refusal> {
    let (community, month) = (args.community.as_str(), args.month);
    let report = month_report(app, actor, community, month)?;
    let output = Output::new(&report, text(&report))?;
    let written = match args.format {
        Some(Format::Xlsx) => month_workbook(app, actor, community, month)?,
        Some(Format::Pdf) => month_pdf(app, actor, community, month)?,
        Some(Format::Json) => format!("{:#}", output.json).into_bytes(),
        None => output.text.clone().into_bytes(),
    };
    match (&args.out, args.format) {
        (Some(file), _) => write(file, written, output),
        (None, Some(Format::Xlsx | Format::Pdf)) => Ok(Output { text: String::new(), file: Some(written), ..output }),
        (None, Some(Format::Json) | None) => {
            Ok(Output { text: String::from_utf8_lossy(&written).into_owned(), ..output })
        }
    }
}

/// Writes the export.
pub fn run_export(app: &App, actor: &Actor, args: &ExportArgs) -> Result<Output, Refusal> {
    match &args.command {
        ExportCommand::Vouchers(args) => {
            let (community, month) = (args.file.community.as_str(), args.file.month);
            let layout = Layout::parse(&args.layout)?;
            let csv = || voucher_csv(app, actor, community, month, layout);
            let output = Output::new(&month_vouchers(app, actor, community, month)?, "")?;
            export(args.file.out.as_deref(), csv()?, output)
        }
        ExportCommand::Invoices(args) => {
            let request = invoice_request(app, actor, &args.community, args.month)?;
            let mut output = export(args.out.as_deref(), request_csv(&request), Output::new(&request, "")?)?;
            // Beside the file, never in it: what is not asked for is no row of the request.
            if args.out.is_some() {
                output.text.extend(request.left_out.iter().map(left_out));
            }
            Ok(output)
        }
    }
}

fn export(out: Option<&Path>, csv: Vec<u8>, output: Output) -> Result<Output, Refusal> {
    match out {
        Some(file) => write(file, csv, output),
        None => Ok(Output { text: String::from_utf8_lossy(&csv).into_owned(), ..output }),
    }
}

fn left_out(line: &LeftOutLine) -> String {
    let reason = line.reason.label();
    let (item, charges, total) = (&line.item, line.charges, line.total.grouped());
    format!("\n未列入  {item} {charges} 笔 {total} 元：{} / left out: {}", reason.zh, reason.en)
}

fn write(file: &Path, bytes: Vec<u8>, output: Output) -> Result<Output, Refusal> {
    std::fs::write(file, bytes).map_err(|error| {
        let file = file.display();
        Refusal::invalid("out", format!("无法写入 {file}：{error}"), format!("cannot write {file}: {error}"))
    })?;
    Ok(Output { text: format!("已写入 {} / written", file.display()), ..output })
}

fn text(report: &MonthReport) -> String {
    let figures = &report.figures;
    let state = if report.closed { "已结账" } else { "未结账（暂计）" };
    let mut lines = vec![format!("{} {} {state}", report.community, figures.month)];
    let rolls = receivable_lines(&figures.receivable)
        .into_iter()
        .chain(late_fee_lines(&figures.late_fee))
        .chain(prepaid_lines(report))
        .chain(deposit_lines(&figures.deposits));
    lines.extend(rolls.map(|(zh, _, amount): RollLine| format!("  {:>16}  {zh}", amount.grouped())));
    lines.extend(report.problems.iter().map(|one| format!("须处理  {}", one.zh)));
    lines.extend(report.warnings.iter().map(|one| format!("请留意  {}", one.zh)));
    lines.join("\n")
}
