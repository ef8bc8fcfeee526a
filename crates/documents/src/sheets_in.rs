//! Spreadsheets in: `.xlsx`, `.xls`, `.csv` (UTF-8 or GB18030) become [`Sheet`]s.
//!
//! Row 0 of a sheet is the row a spreadsheet shows as 1, wherever its used range begins. Numbers become their shortest decimal
//! text, so a float never leaves this module.

use std::io::Cursor;

use calamine::{Data, Range, Reader, Sheets, open_workbook_auto_from_rs};
use hemu_domain::sheet::{Cell, Sheet};
use rust_decimal::Decimal;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Neither a workbook nor a text table.
    #[error("{file} cannot be read as .xlsx, .xls or .csv: {problem}")]
    NotASpreadsheet {
        /// The file's name.
        file: String,
        /// What the reader said.
        problem: String,
    },
    /// Nothing in it.
    #[error("{0} is empty")]
    Empty(String),
}

/// Reads all sheets of a file; its name tells the format of a text file and names the sheet of a CSV.
///
/// # Errors
/// [`ReadError`] when the file is damaged, protected by a password, empty, or no spreadsheet.
pub fn read_sheets(bytes: &[u8], file_name: &str) -> Result<Vec<Sheet>, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty(file_name.to_owned()));
    }
    // The content tells a workbook from text, whatever the name says: a ZIP archive or an OLE2 container.
    let is_workbook = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]);
    if is_workbook { read_workbook(bytes, file_name) } else { read_csv(bytes, file_name).map(|sheet| vec![sheet]) }
}

fn refused(file: &str, problem: impl ToString) -> ReadError {
    ReadError::NotASpreadsheet { file: file.to_owned(), problem: problem.to_string() }
}

fn read_workbook(bytes: &[u8], file_name: &str) -> Result<Vec<Sheet>, ReadError> {
    let mut workbook: Sheets<_> =
        open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| refused(file_name, error))?;
    let mut sheets = Vec::new();
    for (name, range) in workbook.worksheets() {
        sheets.push(Sheet { name, rows: rows_of(&range) });
    }
    if sheets.is_empty() { Err(ReadError::Empty(file_name.to_owned())) } else { Ok(sheets) }
}

fn rows_of(range: &Range<Data>) -> Vec<Vec<Cell>> {
    let (first_row, first_column) = range.start().unwrap_or((0, 0));
    let above = (0..first_row).map(|_| Vec::new());
    let left = usize::try_from(first_column).expect("a column number fits");
    let rows = range.rows().map(|row| {
        let pad = std::iter::repeat_n(Cell::Empty, left);
        pad.chain(row.iter().map(cell_of)).collect()
    });
    above.chain(rows).collect()
}

fn cell_of(data: &Data) -> Cell {
    match data {
        Data::Empty => Cell::Empty,
        Data::String(text) => text_cell(text),
        Data::Int(number) => Cell::Number(Decimal::from(*number)),
        Data::Float(number) => number_cell(*number),
        Data::Bool(value) => Cell::Bool(*value),
        Data::DateTime(time) if time.is_datetime() => {
            time.as_datetime().map_or_else(|| number_cell(time.as_f64()), |time| Cell::Date(time.date()))
        }
        Data::DateTime(duration) => number_cell(duration.as_f64()),
        Data::DateTimeIso(text) | Data::DurationIso(text) => {
            text.get(..10).and_then(|day| day.parse().ok()).map_or_else(|| text_cell(text), Cell::Date)
        }
        Data::Error(error) => Cell::Error(error.to_string()),
    }
}

fn text_cell(text: &str) -> Cell {
    if text.trim().is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

/// The shortest decimal text that names the float: what the person typed.
fn number_cell(number: f64) -> Cell {
    let text = number.to_string();
    Decimal::from_str_exact(&text).map_or(Cell::Text(text), |number| Cell::Number(number.normalize()))
}

fn read_csv(bytes: &[u8], file_name: &str) -> Result<Sheet, ReadError> {
    let text = decode(bytes).ok_or_else(|| refused(file_name, "the text is neither UTF-8 nor GB18030"))?;
    let separator = delimiter(&text);
    let rows =
        if text.contains('"') { quoted_rows(&text, separator, file_name)? } else { plain_rows(&text, separator) };
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let name = stem.rsplit(['/', '\\']).next().unwrap_or(stem).to_owned();
    Ok(Sheet { name, rows })
}

/// Line by line: blank lines stay, so that rows keep the numbers a person counts.
fn plain_rows(text: &str, separator: u8) -> Vec<Vec<Cell>> {
    text.lines().map(|line| line.split(char::from(separator)).map(text_cell).collect()).collect()
}

fn quoted_rows(text: &str, separator: u8, file_name: &str) -> Result<Vec<Vec<Cell>>, ReadError> {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(separator);
    let mut rows = Vec::new();
    for record in builder.from_reader(text.as_bytes()).records() {
        let record = record.map_err(|error| refused(file_name, error))?;
        rows.push(record.iter().map(text_cell).collect());
    }
    Ok(rows)
}

fn decode(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // A table has no control characters but line ends and tabs; a binary file does.
    if bytes.iter().take(4_096).any(|byte| *byte < 9 || (14..32).contains(byte)) {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(text.to_owned());
    }
    let (text, _, broken) = encoding_rs::GB18030.decode(bytes);
    (!broken).then(|| text.into_owned())
}

/// The separator that stands most often in the first lines.
fn delimiter(text: &str) -> u8 {
    let head: String = text.lines().take(20).collect::<Vec<_>>().join("\n");
    let count = |separator: u8| head.bytes().filter(|byte| *byte == separator).count();
    [b',', b'\t', b';'].into_iter().max_by_key(|separator| (count(*separator), *separator == b',')).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
        let sheet = read_sheets(bytes, "a/list.csv").expect("a table").remove(0);
        assert_eq!(sheet.name, "list");
        sheet.rows.iter().map(|row| row.iter().map(Cell::text).collect()).collect()
    }

    #[test]
    fn a_csv_is_read_in_both_encodings_and_with_any_separator() {
        let expected = vec![vec!["房号", "业主"], vec!["3-2-1502", "王芳"]];
        let (gb, _, _) = encoding_rs::GB18030.encode("房号,业主\r\n3-2-1502,王芳\r\n");
        assert_eq!(rows(&gb), expected);
        assert_eq!(rows("\u{feff}房号,业主\n3-2-1502,王芳\n".as_bytes()), expected);
        assert_eq!(rows("房号\t业主\n3-2-1502\t王芳\n".as_bytes()), expected);
    }

    #[test]
    fn blank_lines_keep_the_numbers_of_the_rows_below() {
        assert_eq!(rows("标题\n\n房号,业主\n".as_bytes())[2], ["房号", "业主"]);
    }

    #[test]
    fn what_is_no_spreadsheet_is_told() {
        assert!(matches!(read_sheets(b"", "x.xlsx"), Err(ReadError::Empty(_))));
        assert!(matches!(read_sheets(b"PK\x03\x04 broken", "x.xlsx"), Err(ReadError::NotASpreadsheet { .. })));
        assert!(matches!(read_sheets(b"\x00\x01\x02", "x.csv"), Err(ReadError::NotASpreadsheet { .. })));
    }

    #[test]
    fn a_number_is_its_shortest_decimal_text() {
        assert_eq!(number_cell(2.35).text(), "2.35");
        assert_eq!(number_cell(18_999_999_999.0).text(), "18999999999");
        assert_eq!(number_cell(0.1 + 0.2).text(), "0.30000000000000004");
    }
}
