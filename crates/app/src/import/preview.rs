//! What a person looks at before an import: which column was taken for what, and every doubtful row as a workbook.

use hemu_documents::sheets_in::read_sheets;
use hemu_documents::sheets_out::{CellOut, Table, to_xlsx};
use hemu_domain::import::Finding;
use hemu_domain::import::columns::{ColumnMap, find_tables};
use hemu_domain::import::headings::{known_names, name_of};
use serde::Serialize;

use super::ImportReport;
use crate::Refusal;

/// A column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnItem {
    /// Its heading.
    pub heading: String,
    /// What it is taken for; `None` when it is not recognised.
    pub field: Option<&'static str>,
}

/// The columns of the file's tables, each heading once, and what they are taken for. None when no table is found: then the
/// import itself says why.
#[must_use]
pub fn list_columns(file_name: &str, bytes: &[u8], map: &[String]) -> Vec<ColumnItem> {
    let mut columns: Vec<ColumnItem> = Vec::new();
    let (Ok(map), Ok(sheets)) = (ColumnMap::parse(map), read_sheets(bytes, file_name)) else { return columns };
    let Ok(tables) = find_tables(&sheets, &map) else { return columns };
    for (field, heading) in tables.iter().flat_map(hemu_domain::import::columns::Table::keys) {
        if !heading.is_empty() && columns.iter().all(|one| one.heading != heading) {
            columns.push(ColumnItem { heading, field: field.map(name_of) });
        }
    }
    columns
}

/// What a column can be taken for, as `--map` names it.
#[must_use]
pub fn field_names() -> Vec<String> {
    known_names().split(", ").map(ToOwned::to_owned).collect()
}

/// Every doubtful row as a workbook: refused, imported with a doubt, different from what is there.
///
/// # Errors
/// [`Refusal::Internal`] when it cannot be written, which only a fault of the program can cause.
pub fn doubtful_rows_workbook(report: &ImportReport) -> Result<Vec<u8>, Refusal> {
    let tables =
        [table("拒绝", &report.refused), table("注意", &report.warnings), table("与系统不同", &report.differences)];
    to_xlsx(&tables).map_err(|error| Refusal::Internal(error.to_string()))
}

fn table(title: &str, findings: &[Finding]) -> Table {
    let text = |text: &str| CellOut::Text(text.to_owned());
    let row = |one: &Finding| {
        vec![
            text(&one.sheet),
            CellOut::Integer(i64::try_from(one.row).unwrap_or(i64::MAX)),
            text(&one.column),
            text(&one.value),
            text(&one.problem),
        ]
    };
    Table {
        title: title.to_owned(),
        headings: ["工作表", "行", "列", "内容", "问题"].map(ToOwned::to_owned).to_vec(),
        rows: findings.iter().map(row).collect(),
        totals: None,
    }
}

/// The workbook to fill in that the import understands best.
///
/// # Errors
/// [`Refusal::Internal`] when it cannot be written, which only a fault of the program can cause.
pub fn owners_workbook() -> Result<Vec<u8>, Refusal> {
    hemu_documents::sheets_out::owners_template().map_err(|error| Refusal::Internal(error.to_string()))
}
