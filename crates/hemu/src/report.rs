//! `hemu report arrears | ageing | collection-rate`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use hemu_app::arrears::reports::{ageing_report, rate_report};
use hemu_app::arrears::{ArrearsReport, ArrearsRow, arrears_report};
use hemu_app::{Actor, App, Refusal};

use crate::output::Output;

/// `hemu report ...`
#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    #[command(subcommand)]
    command: ReportCommand,
}

#[derive(Debug, Subcommand)]
enum ReportCommand {
    /// The arrears list
    Arrears(ListArgs),
    /// Open charges by age
    Ageing(DayArgs),
    /// Collection rate by receivable month
    CollectionRate(DayArgs),
}

#[derive(Debug, clap::Args)]
struct DayArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The day (default: today)
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    #[command(flatten)]
    day: DayArgs,
    /// How the list is written
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Into this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Csv,
}

impl ReportArgs {
    /// The day that stands in for today.
    pub fn as_of(&self) -> Option<NaiveDate> {
        match &self.command {
            ReportCommand::Arrears(args) => args.day.as_of,
            ReportCommand::Ageing(args) | ReportCommand::CollectionRate(args) => args.as_of,
        }
    }
}

/// Prints the report.
pub fn run(app: &App, actor: &Actor, args: &ReportArgs) -> Result<Output, Refusal> {
    let day = app.today();
    match &args.command {
        ReportCommand::Arrears(args) => arrears(&arrears_report(app, actor, &args.day.community, day)?, args),
        ReportCommand::Ageing(args) => {
            let report = ageing_report(app, actor, &args.community, day)?;
            let lines: Vec<String> = report
                .rows
                .iter()
                .map(|row| format!("{:>8}  {:>6} 笔  {:>16}", row.bucket, row.charges, row.principal.grouped()))
                .collect();
            Output::new(&report, lines.join("\n"))
        }
        ReportCommand::CollectionRate(args) => {
            let report = rate_report(app, actor, &args.community, day)?;
            let line = |row: &hemu_app::arrears::reports::RateRow| {
                let rate = row.rate.as_deref().unwrap_or("-");
                format!(
                    "{}  应收 {:>14}  实收 {:>14}  {rate}%",
                    row.period,
                    row.receivable.grouped(),
                    row.collected.grouped()
                )
            };
            Output::new(&report, report.rows.iter().map(line).collect::<Vec<_>>().join("\n"))
        }
    }
}

fn arrears(report: &ArrearsReport, args: &ListArgs) -> Result<Output, Refusal> {
    let written = match args.format {
        Some(Format::Csv) => csv(report),
        Some(Format::Json) => {
            serde_json::to_string_pretty(report).map_err(|error| Refusal::Internal(error.to_string()))?
        }
        None => text(report),
    };
    let Some(file) = &args.out else { return Output::new(report, written) };
    std::fs::write(file, written).map_err(|error| {
        let file = file.display();
        Refusal::invalid("out", format!("无法写入 {file}：{error}"), format!("cannot write {file}: {error}"))
    })?;
    Output::new(report, format!("已写入 {} / written", file.display()))
}

const HEADINGS: [&str; 11] =
    ["房号", "业主", "欠费账期", "本金", "违约金", "最早到期", "逾期天数", "阶段", "账龄阶段", "原因", "下一步"];

fn fields(row: &ArrearsRow) -> [String; 11] {
    let periods: Vec<String> = row.periods.iter().map(ToString::to_string).collect();
    [
        row.unit.to_string(),
        row.owner.clone(),
        periods.join(" "),
        row.principal.to_string(),
        row.late_fee.to_string(),
        row.oldest_due.to_string(),
        row.days.to_string(),
        row.stage.clone().unwrap_or_default(),
        row.age_stage.as_str().to_owned(),
        row.cause.clone().unwrap_or_default(),
        row.next_step.clone().unwrap_or_default(),
    ]
}

/// CSV with BOM, for Excel; a cell that begins like a formula is made text.
fn csv(report: &ArrearsReport) -> String {
    let quote = |field: &str| {
        let safe = if field.starts_with(['=', '+', '-', '@']) { format!("'{field}") } else { field.to_owned() };
        if safe.contains(['"', ',', '\n']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
    };
    let line = |fields: &[String]| fields.iter().map(|field| quote(field)).collect::<Vec<_>>().join(",");
    let totals = &report.totals;
    let mut last = vec![String::new(); 11];
    last[0] = "合计".to_owned();
    last[3] = totals.principal.to_string();
    last[4] = totals.late_fee.to_string();
    let head = HEADINGS.map(ToOwned::to_owned);
    let rows = report.rows.iter().map(|row| line(&fields(row)));
    let all: Vec<String> = std::iter::once(line(&head)).chain(rows).chain([line(&last)]).collect();
    format!("\u{feff}{}\r\n", all.join("\r\n"))
}

fn text(report: &ArrearsReport) -> String {
    let totals = &report.totals;
    let mut lines = vec![format!(
        "截至 {}：{} 户欠费，本金 {} 元，违约金 {} 元。",
        report.as_of,
        totals.units,
        totals.principal.grouped(),
        totals.late_fee.grouped()
    )];
    let line = |row: &ArrearsRow| {
        format!(
            "{:<12} {:>12} {:>10}  {} 天  {}  {}",
            row.unit.as_str(),
            row.principal.grouped(),
            row.late_fee.grouped(),
            row.days,
            row.age_stage.zh(),
            row.owner
        )
    };
    lines.extend(report.rows.iter().map(line));
    lines.join("\n")
}
