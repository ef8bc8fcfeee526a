//! Listings of the incumbent's workbooks: sheets found by headings they must have, beside explanations that are no data.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::Finding;
use super::headings::heading_key;
use super::paid_through::excel_day;
use super::room::narrow;
use crate::sheet::{Cell, Sheet};

/// Rows looked at for the heading.
const HEADING_DEPTH: usize = 20;

/// A sheet with its heading in the first rows.
pub(super) struct Listing<'a> {
    pub sheet: &'a Sheet,
    heading_row: usize,
    columns: BTreeMap<String, usize>,
    width: usize,
}

impl<'a> Listing<'a> {
    /// The first sheet with these headings.
    pub fn find(sheets: &'a [Sheet], must_have: &[&str]) -> Option<Self> {
        sheets.iter().find_map(|sheet| Self::on(sheet, must_have))
    }

    /// The listing of a sheet, if it has these headings in one row.
    pub fn on(sheet: &'a Sheet, must_have: &[&str]) -> Option<Self> {
        let (heading_row, keys) = sheet.rows.iter().take(HEADING_DEPTH).enumerate().find_map(|(index, row)| {
            let keys: Vec<String> = row.iter().map(|cell| heading_key(&cell.text())).collect();
            must_have.iter().all(|heading| keys.iter().any(|key| key == heading)).then_some((index, keys))
        })?;
        // The first blank heading ends the table: what follows are side notes.
        let width = keys.iter().position(String::is_empty).unwrap_or(keys.len());
        let mut columns = BTreeMap::new();
        for (column, key) in keys.into_iter().enumerate().take(width) {
            columns.entry(key).or_insert(column);
        }
        Some(Self { sheet, heading_row, columns, width })
    }

    /// Rows below the heading that are not blank, with the numbers the spreadsheet shows.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &'a [Cell])> + '_ {
        let rows = self.sheet.rows.iter().enumerate().skip(self.heading_row + 1);
        let rows = rows.map(|(index, row)| (index + 1, &row[..row.len().min(self.width)]));
        rows.filter(|(_, row)| row.iter().any(|cell| !cell.is_blank()))
    }

    /// The cell under a heading.
    pub fn cell<'r>(&self, row: &'r [Cell], heading: &str) -> &'r Cell {
        static EMPTY: Cell = Cell::Empty;
        self.columns.get(heading).and_then(|column| row.get(*column)).unwrap_or(&EMPTY)
    }

    /// Something wrong under a heading.
    pub fn finding(&self, number: usize, row: &[Cell], heading: &str, problem: &str) -> Finding {
        Finding {
            sheet: self.sheet.name.clone(),
            row: number,
            column: heading.to_owned(),
            value: self.cell(row, heading).text(),
            problem: problem.to_owned(),
        }
    }
}

/// A day as a date, an Excel serial number, or text such as 2020-6-10.
pub(super) fn day_of(cell: &Cell) -> Option<NaiveDate> {
    match cell {
        Cell::Date(day) => Some(*day).filter(|day| (1990..=2200).contains(&day.year())),
        Cell::Number(number) => number.trunc().to_string().parse().ok().and_then(excel_day),
        Cell::Text(text) => {
            let text =
                text.split_once(' ').filter(|(_, time)| time.contains(':')).map_or(text.as_str(), |(day, _)| day);
            let text = narrow(text).replace(['/', '.', '年', '月'], "-").replace('日', "");
            let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok();
            day.or_else(|| excel_day(text.parse().ok()?)).filter(|day| (1990..=2200).contains(&day.year()))
        }
        Cell::Empty | Cell::Bool(_) | Cell::Error(_) => None,
    }
}
