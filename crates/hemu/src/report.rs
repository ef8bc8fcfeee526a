//! `hemu report arrears | ageing | collection-rate | review | day`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use hemu_app::arrears::charges::{DetailedArrears, detailed_arrears};
use hemu_app::arrears::reports::{ageing_report, rate_report};
use hemu_app::arrears::table::arrears_table;
use hemu_app::arrears::{ArrearsReport, ArrearsRow};
use hemu_app::billing::find_community;
use hemu_app::desk::{DaySum, day_pdf, day_report, day_xlsx};
use hemu_app::review::{Group, review_report};
use hemu_app::{Actor, App, Refusal};
use hemu_documents::sheets_out::{to_csv, to_xlsx};
use hemu_domain::ledger::method::method_name;
use hemu_domain::review::ReviewSpan;

use crate::arguments::day;
use crate::close::MonthArgs;
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
    CollectionRate(SpanArgs),
    /// A month's figures: closed, or as they stand
    Month(MonthArgs),
    /// The periodic review: rates, ageing, stages, causes, buildings, funnel, contacts, promises
    Review(SpanArgs),
    /// The receipts of a day with sums by method and cashier, and the shifts closed that day (日报)
    Day(PaperArgs),
}

#[derive(Debug, clap::Args)]
struct PaperArgs {
    #[command(flatten)]
    day: DayArgs,
    /// Into this file: .xlsx or .pdf
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct SpanArgs {
    #[command(flatten)]
    day: DayArgs,
    /// A month, quarter or year: 2026-10, 2026-Q4, 2026 (default: this year so far; the last 24 months are listed)
    #[arg(long, value_name = "PERIOD", value_parser = ReviewSpan::parse)]
    period: Option<ReviewSpan>,
}

#[derive(Debug, clap::Args)]
struct DayArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The day (default: today)
    #[arg(long, value_name = "DATE", value_parser = day)]
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
    Xlsx,
}

impl ReportArgs {
    /// The day that stands in for today.
    pub fn as_of(&self) -> Option<NaiveDate> {
        match &self.command {
            ReportCommand::Arrears(args) => args.day.as_of,
            ReportCommand::Ageing(args) => args.as_of,
            ReportCommand::Month(args) => args.as_of,
            ReportCommand::CollectionRate(args) | ReportCommand::Review(args) => args.day.as_of,
            ReportCommand::Day(args) => args.day.as_of,
        }
    }
}

/// Prints the report.
pub fn run(app: &App, actor: &Actor, args: &ReportArgs) -> Result<Output, Refusal> {
    let day = app.today();
    match &args.command {
        ReportCommand::Arrears(args) => arrears(detailed_arrears(app, actor, &args.day.community, day)?, args),
        ReportCommand::Ageing(args) => {
            let report = ageing_report(app, actor, &args.community, day)?;
            let lines: Vec<String> = report
                .rows
                .iter()
                .map(|row| format!("{:>8}  {:>6} 笔  {:>16}", row.bucket, row.charges, row.principal.grouped()))
                .collect();
            Output::new(&report, lines.join("\n"))
        }
        ReportCommand::Day(args) => desk_day(app, actor, args),
        ReportCommand::Month(args) => crate::close::run_report(app, actor, args),
        ReportCommand::Review(args) => {
            let report = review_report(app, actor, &args.day.community, day, args.period)?;
            let group = |(key, group): (&String, &Group)| {
                format!("  {key:<14} {:>5} 户 {:>16}", group.units, group.principal.grouped())
            };
            let part = |title: &str, groups: &BTreeMap<String, Group>| {
                std::iter::once(title.to_owned()).chain(groups.iter().map(group)).collect::<Vec<_>>().join("\n")
            };
            let parts = [part("阶段", &report.stages), part("原因", &report.causes), part("楼栋", &report.buildings)];
            Output::new(&report, parts.join("\n"))
        }
        ReportCommand::CollectionRate(args) => {
            let report = rate_report(app, actor, &args.day.community, day, args.period)?;
            let line = |row: &hemu_app::arrears::reports::RateRow| {
                let rate = row.rate.as_deref().unwrap_or("-");
                format!(
                    "{}  应收 {:>14}  实收 {:>14}  {rate}%",
                    row.period,
                    row.receivable.grouped(),
                    row.collected.grouped()
                )
            };
            let rate = |rate: &Option<String>| rate.as_deref().unwrap_or("-").to_owned();
            let sums = format!(
                "{}  收缴率 {}%  清欠率 {}%  综合 {}%",
                report.span,
                rate(&report.total.rate),
                rate(&report.prior_years.rate),
                rate(&report.combined_rate)
            );
            let lines: Vec<String> = report.rows.iter().map(line).chain([sums]).collect();
            Output::new(&report, lines.join("\n"))
        }
    }
}

fn desk_day(app: &App, actor: &Actor, args: &PaperArgs) -> Result<Output, Refusal> {
    let community = find_community(app, &args.day.community)?;
    let report = day_report(app, actor, community, app.today())?;
    let Some(file) = &args.out else {
        let line = |sum: &DaySum| {
            let name = method_name(&sum.name);
            format!("{name:<6} {:>4} 笔 {:>14} 元", sum.receipts, sum.net.grouped())
        };
        let total = &report.total;
        let whole = format!("合计 {} 笔 {} 元，抹零 {} 元", total.receipts, total.net.grouped(), report.rounded_off);
        let lines: Vec<String> = report.methods.iter().map(line).chain([whole]).collect();
        return Output::new(&report, lines.join("\n"));
    };
    let is_paper = file.extension().is_some_and(|end| end.eq_ignore_ascii_case("pdf"));
    let bytes = if is_paper { day_pdf(&report)? } else { day_xlsx(&report)? };
    write(file, &bytes)?;
    Output::new(&report, format!("已写入 {} / written", file.display()))
}

fn write(file: &std::path::Path, bytes: &[u8]) -> Result<(), Refusal> {
    std::fs::write(file, bytes).map_err(|error| {
        let file = file.display();
        Refusal::invalid("out", format!("无法写入 {file}：{error}"), format!("cannot write {file}: {error}"))
    })
}

fn arrears(detailed: DetailedArrears, args: &ListArgs) -> Result<Output, Refusal> {
    let internal = |error: serde_json::Error| Refusal::Internal(error.to_string());
    let json = serde_json::to_value(&detailed).map_err(internal)?;
    let report = ArrearsReport::from(detailed);
    let written = match args.format {
        Some(Format::Csv) => to_csv(&arrears_table(&report)).into_bytes(),
        Some(Format::Xlsx) => {
            to_xlsx(&[arrears_table(&report)]).map_err(|error| Refusal::Internal(error.to_string()))?
        }
        Some(Format::Json) => serde_json::to_vec_pretty(&json).map_err(internal)?,
        None => text(&report).into_bytes(),
    };
    let Some(file) = &args.out else {
        let (text, file) = match args.format {
            Some(Format::Xlsx) => (String::new(), Some(written)),
            Some(Format::Csv | Format::Json) | None => (String::from_utf8_lossy(&written).into_owned(), None),
        };
        return Ok(Output { json, text, in_order: true, file });
    };
    write(file, &written)?;
    Output::new(&json, format!("已写入 {} / written", file.display()))
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
