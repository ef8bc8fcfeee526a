//! `hemu import FILE`: an office's spreadsheet goes in.

use std::path::PathBuf;

use chrono::NaiveDate;
use hemu_app::import::{ImportReport, ImportRequest, import_spreadsheet};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::import::Finding;

use crate::arguments::day;
use crate::output::Output;

/// `hemu import FILE`
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// .xlsx, .xls or .csv (UTF-8 or GB18030)
    file: PathBuf,
    /// Name of the community; made if it is new
    #[arg(long)]
    community: String,
    /// Opening arrears run up to the month of this day (default: today)
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// What a column holds that is not recognised, such as "联系人=owner"; may be repeated
    #[arg(long, value_name = "列名=field")]
    map: Vec<String>,
    /// Read and report, write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Reads the file and imports it.
pub fn run(app: &App, actor: &Actor, args: &ImportArgs) -> Result<Output, Refusal> {
    let file_name = args.file.display().to_string();
    let bytes = std::fs::read(&args.file).map_err(|error| {
        Refusal::invalid("file", format!("无法读取 {file_name}：{error}"), format!("cannot read {file_name}: {error}"))
    })?;
    let request = ImportRequest {
        file_name,
        bytes,
        community: args.community.clone(),
        as_of: app.today(),
        map: args.map.clone(),
        dry_run: args.dry_run,
    };
    let report = import_spreadsheet(app, actor, &request)?;
    Output::new(&report, text(&report))
}

fn text(report: &ImportReport) -> String {
    let mut lines = vec![format!(
        "读取 {} 行：导入 {}，重复 {}，小计 {}，拒绝 {}。房屋 {}（空置 {}），业主 {}，欠费 {} 户共 {} 元。",
        report.rows_read,
        report.accepted,
        report.duplicates,
        report.ignored,
        report.refused.len(),
        report.units,
        report.vacant,
        report.parties,
        report.units_owing,
        report.opening_arrears.grouped()
    )];
    lines.extend(report.refused.iter().map(|finding| line("拒绝", finding)));
    lines.extend(report.warnings.iter().map(|finding| line("注意", finding)));
    lines.extend(report.differences.iter().map(|finding| line("不同", finding)));
    lines.extend(report.notes.iter().map(|note| format!("备注  {note}")));
    lines.join("\n")
}

fn line(word: &str, finding: &Finding) -> String {
    format!(
        "{word}  {} 第 {} 行 {}“{}”：{}",
        finding.sheet, finding.row, finding.column, finding.value, finding.problem
    )
}
