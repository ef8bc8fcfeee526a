//! Spreadsheets out: tables with typed cells as `.xlsx` or CSV, and the workbook `import` understands best.
//!
//! A cell is a text, an amount, a number or a date, never a formula: a name that begins with `=` stays a name. The same tables
//! give the same bytes. Rows go to disk as they are written, so a list of a million homes needs no memory for its sheet.

mod template;

use chrono::{Datelike, NaiveDate};
use hemu_domain::Fen;
use rust_decimal::Decimal;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

pub use template::owners_template;

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellOut {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// An amount in yuan, shown with thousands and two decimals.
    Money(Fen),
    /// A whole number.
    Integer(i64),
    /// A quantity, such as an area in m²; as many decimals as it has.
    Number(Decimal),
    /// A day.
    Date(NaiveDate),
    /// A share in basis points (1/100 percent): 9,275 is shown as 92.75%.
    BasisPoints(i64),
}

impl CellOut {
    /// The cell as CSV has it and as a person reads it, without thousands.
    fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Money(amount) => amount.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Number(number) => number.normalize().to_string(),
            Self::Date(day) => day.to_string(),
            Self::BasisPoints(points) => format!("{}%", Decimal::new(*points, 2)),
        }
    }

    /// Columns it takes on screen; a Chinese character takes two.
    fn width(&self) -> usize {
        match self {
            Self::Text(text) => text_width(text),
            Self::Money(amount) => amount.grouped().len(),
            Self::Empty | Self::Integer(_) | Self::Number(_) | Self::Date(_) | Self::BasisPoints(_) => {
                self.plain().len()
            }
        }
    }
}

fn text_width(text: &str) -> usize {
    let line_width = |line: &str| line.chars().map(|one| if one.is_ascii() { 1 } else { 2 }).sum();
    text.lines().map(line_width).max().unwrap_or_default()
}

/// A table to write.
#[derive(Clone, Debug)]
pub struct Table {
    /// The name of its sheet.
    pub title: String,
    /// The headings.
    pub headings: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<CellOut>>,
    /// The row of sums, over the full set.
    pub totals: Option<Vec<CellOut>>,
}

/// Why a workbook cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the spreadsheet cannot be written: {0}")]
pub struct WriteError(#[from] XlsxError);

/// How cells look.
struct Formats {
    heading: Format,
    text: Format,
    money: Format,
    integer: Format,
    number: Format,
    date: Format,
    share: Format,
}

impl Formats {
    fn new(bold: bool) -> Self {
        let base = if bold { Format::new().set_bold() } else { Format::new() };
        let number = |shape: &str| base.clone().set_num_format(shape);
        Self {
            heading: Format::new().set_bold().set_align(FormatAlign::Center).set_background_color("#EDF2F7"),
            text: base.clone(),
            money: number("#,##0.00"),
            integer: number("0"),
            number: number("General"),
            date: number("yyyy-mm-dd"),
            share: number("0.00%"),
        }
    }
}

/// The tables as one workbook, a sheet each.
///
/// # Errors
/// [`WriteError`] when there are more rows than a sheet holds, or the folder for temporary files is full.
pub fn to_xlsx(tables: &[Table]) -> Result<Vec<u8>, WriteError> {
    let mut workbook = new_workbook()?;
    let (body, sums) = (Formats::new(false), Formats::new(true));
    for table in tables {
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        write_headings(sheet, table, &body)?;
        for (row, cells) in (1_u32..).zip(&table.rows) {
            write_row(sheet, row, cells, &body)?;
        }
        let below = u32::try_from(table.rows.len()).map_err(|_| XlsxError::RowColumnLimitError)?.saturating_add(1);
        if let Some(totals) = &table.totals {
            write_row(sheet, below, totals, &sums)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

fn write_headings(sheet: &mut Worksheet, table: &Table, formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name(&table.title)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    for (column, heading) in (0_u16..).zip(&table.headings) {
        sheet.set_column_width(column, column_width(table, usize::from(column), heading))?;
        sheet.write_string_with_format(0, column, heading, &formats.heading)?;
    }
    Ok(())
}

/// Wide enough for the heading, the sum and the first rows, within what a screen bears.
fn column_width(table: &Table, column: usize, heading: &str) -> u16 {
    let rows = table.rows.iter().take(500).chain(&table.totals);
    let widest = rows.filter_map(|cells| cells.get(column)).map(CellOut::width).chain([text_width(heading)]).max();
    u16::try_from(widest.unwrap_or_default().clamp(6, 48) + 2).unwrap_or(50)
}

fn write_row(sheet: &mut Worksheet, row: u32, cells: &[CellOut], formats: &Formats) -> Result<(), XlsxError> {
    for (column, cell) in (0_u16..).zip(cells) {
        match cell {
            CellOut::Empty => {}
            CellOut::Text(text) => {
                sheet.write_string_with_format(row, column, within_a_cell(text), &formats.text)?;
            }
            CellOut::Money(amount) => write_number(sheet, (row, column), amount.to_yuan(), &formats.money)?,
            CellOut::Integer(number) => write_number(sheet, (row, column), (*number).into(), &formats.integer)?,
            CellOut::Number(number) => write_number(sheet, (row, column), *number, &formats.number)?,
            CellOut::BasisPoints(points) => {
                write_number(sheet, (row, column), Decimal::new(*points, 4), &formats.share)?;
            }
            CellOut::Date(day) => write_date(sheet, (row, column), *day, formats)?,
        }
    }
    Ok(())
}

/// What a cell of Excel holds of a text, 32,767 UTF-16 units; a longer one would refuse the whole workbook.
fn within_a_cell(text: &str) -> &str {
    let mut left = 32_767_usize;
    let end = text.char_indices().find(|(_, one)| {
        let fits = left.checked_sub(one.len_utf16());
        left = fits.unwrap_or_default();
        fits.is_none()
    });
    end.map_or(text, |(at, _)| &text[..at])
}

/// Excel keeps numbers as floats; a decimal's text is read into the nearest one at the very edge, and nowhere else.
fn write_number(sheet: &mut Worksheet, at: (u32, u16), number: Decimal, format: &Format) -> Result<(), XlsxError> {
    let nearest: f64 = number.to_string().parse().unwrap_or_default();
    sheet.write_number_with_format(at.0, at.1, nearest, format).map(|_| ())
}

/// A day before 1900, which Excel's calendar does not have, is written as text.
fn write_date(sheet: &mut Worksheet, at: (u32, u16), day: NaiveDate, formats: &Formats) -> Result<(), XlsxError> {
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    let year = u16::try_from(day.year()).ok().filter(|year| *year >= 1900);
    let date = year.map(|year| ExcelDateTime::from_ymd(year, part(day.month()), part(day.day())));
    match date {
        Some(Ok(date)) => sheet.write_datetime_with_format(at.0, at.1, &date, &formats.date)?,
        Some(Err(_)) | None => sheet.write_string_with_format(at.0, at.1, day.to_string(), &formats.text)?,
    };
    Ok(())
}

fn new_workbook() -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    // A fixed date, so that equal tables are equal files.
    let properties = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2026, 1, 1)?);
    workbook.set_properties(&properties);
    Ok(workbook)
}

/// The table as CSV with BOM, for Excel. A text that Excel would take for a formula gets an apostrophe in front.
#[must_use]
pub fn to_csv(table: &Table) -> String {
    let mut csv = String::from('\u{feff}');
    for (column, heading) in table.headings.iter().enumerate() {
        push_field(&mut csv, column, heading);
    }
    csv.push_str("\r\n");
    for cells in table.rows.iter().chain(&table.totals) {
        for (column, cell) in cells.iter().enumerate() {
            match cell {
                CellOut::Text(text) if is_formula(text) => push_field(&mut csv, column, &format!("'{text}")),
                cell => push_field(&mut csv, column, &cell.plain()),
            }
        }
        csv.push_str("\r\n");
    }
    csv
}

/// What a spreadsheet would compute: also behind blanks, and in full width, as East Asian versions of Excel accept it.
fn is_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n']) || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

fn push_field(csv: &mut String, column: usize, text: &str) {
    if column > 0 {
        csv.push(',');
    }
    if text.contains(['"', ',', '\n', '\r']) {
        csv.push('"');
        csv.push_str(&text.replace('"', "\"\""));
        csv.push('"');
    } else {
        csv.push_str(text);
    }
}

#[cfg(test)]
mod tests;
