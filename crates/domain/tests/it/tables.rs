//! Sheets for tests, written as lines of cells parted by `|`.
//!
//! A cell is text, but `=2.35` is a number, `@2026-10-28` a date and `!#REF!` a failed formula.

use hemu_domain::import::columns::ColumnMap;
use hemu_domain::import::{Finding, ImportReading, ReadOptions, WorkbookError, read_workbook};
use hemu_domain::sheet::{Cell, Sheet};

/// A sheet of that name.
pub fn sheet(name: &str, lines: &[&str]) -> Sheet {
    let rows = lines.iter().map(|line| line.split('|').map(cell).collect()).collect();
    Sheet { name: name.to_owned(), rows }
}

fn cell(text: &str) -> Cell {
    let text = text.trim();
    match text.chars().next() {
        None => Cell::Empty,
        Some('=') => Cell::Number(text[1..].parse().expect("a number")),
        Some('@') => Cell::Date(text[1..].parse().expect("a day")),
        Some('!') => Cell::Error(text[1..].to_owned()),
        Some(_) => Cell::Text(text.to_owned()),
    }
}

/// Reads sheets as of 2026-10-31.
pub fn try_read(sheets: &[Sheet], map: &[&str]) -> Result<ImportReading, WorkbookError> {
    let as_of = "2026-10-31".parse().expect("a day");
    read_workbook(sheets, &ReadOptions { as_of, map: ColumnMap::parse(map)? })
}

/// Reads one sheet called 台账.
pub fn read(lines: &[&str]) -> ImportReading {
    read_sheets(&[sheet("台账", lines)])
}

/// Reads sheets; the counts must add up whatever is in them.
pub fn read_sheets(sheets: &[Sheet]) -> ImportReading {
    let reading = try_read(sheets, &[]).expect("a table");
    let sum = reading.accepted + reading.duplicates + reading.refused.len() + reading.ignored;
    assert_eq!(reading.rows_read, sum, "every row read is counted once");
    reading
}

/// Row, column and value of findings.
pub fn places(findings: &[Finding]) -> Vec<(usize, &str, &str)> {
    findings.iter().map(|finding| (finding.row, finding.column.as_str(), finding.value.as_str())).collect()
}

/// The rooms that were accepted.
pub fn rooms(reading: &ImportReading) -> Vec<&str> {
    reading.units.iter().map(|unit| unit.label.as_str()).collect()
}
