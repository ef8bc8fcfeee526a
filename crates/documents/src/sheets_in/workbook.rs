//! Workbooks: the XML of `.xlsx` and the records of `.xls`.
//!
//! An archive is unpacked once without keeping anything, before it is read: 10 KB can claim to be 10 GB. Its cells come one by
//! one, so a sheet with a cell in its last row and one in its last column costs what it holds, not the rectangle around it.

use std::io::{Cursor, Read, copy, sink};

use calamine::{Reader, SheetType, Xls, XlsError, Xlsx, XlsxError};
use hemu_domain::sheet::Sheet;

use super::cells::{Full, Rows, cell_of};
use super::{MAX_CELLS, ReadError, refused};

/// Below this an archive may be packed as tightly as it likes, in bytes.
const HARMLESS_BYTES: u64 = 64 << 20;
/// A million homes, twice over, in bytes.
const MAX_UNPACKED_BYTES: u64 = 1 << 30;
/// Spreadsheets of people pack to a tenth; a table of equal rows to a hundredth.
const MAX_RATIO: u64 = 200;

/// What a workbook is wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    /// `.xlsx`.
    Zip,
    /// `.xls`, and a `.xlsx` with a password.
    Ole2,
}

/// The container of a workbook; `None` for what may be text.
pub(super) fn container(bytes: &[u8]) -> Option<Container> {
    if bytes.starts_with(b"PK\x03\x04") {
        Some(Container::Zip)
    } else {
        bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]).then_some(Container::Ole2)
    }
}

pub(super) fn read_workbook(bytes: &[u8], container: Container, file: &str) -> Result<Vec<Sheet>, ReadError> {
    let sheets = match container {
        Container::Zip => {
            check_unpacked_size(bytes, file)?;
            read_xlsx(bytes, file)?
        }
        Container::Ole2 => read_xls(bytes, file)?,
    };
    if sheets.is_empty() { Err(ReadError::Empty(file.to_owned())) } else { Ok(sheets) }
}

/// Unpacks every part once and counts; what the archive says of its sizes may be a lie.
fn check_unpacked_size(bytes: &[u8], file: &str) -> Result<(), ReadError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| refused(file, error))?;
    let packed = u64::try_from(bytes.len()).expect("a length fits");
    let limit = packed.saturating_mul(MAX_RATIO).clamp(HARMLESS_BYTES, MAX_UNPACKED_BYTES);
    let mut left = limit;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| refused(file, error))?;
        let size = copy(&mut part.take(left + 1), &mut sink()).map_err(|error| refused(file, error))?;
        left = left.checked_sub(size).ok_or_else(|| ReadError::TooLarge(file.to_owned()))?;
    }
    Ok(())
}

fn read_xlsx(bytes: &[u8], file: &str) -> Result<Vec<Sheet>, ReadError> {
    let explain = |error: XlsxError| match error {
        XlsxError::Password => ReadError::Locked(file.to_owned()),
        error => refused(file, error),
    };
    let too_large = |_: Full| ReadError::TooLarge(file.to_owned());
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(explain)?;
    let mut sheets = Vec::new();
    let mut room = MAX_CELLS;
    for name in names(&workbook) {
        let mut reader = workbook.worksheet_cells_reader(&name).map_err(explain)?;
        let mut rows = Rows::new(&mut room);
        while let Some(cell) = reader.next_cell().map_err(explain)? {
            let (row, column) = place(cell.get_position());
            rows.put(row, column, cell_of(cell.get_value().clone().into())).map_err(too_large)?;
        }
        let rows = rows.into_inner();
        sheets.push(Sheet { name, rows });
    }
    Ok(sheets)
}

fn read_xls(bytes: &[u8], file: &str) -> Result<Vec<Sheet>, ReadError> {
    let explain = |error: XlsError| match error {
        XlsError::Password => ReadError::Locked(file.to_owned()),
        // The same container holds a `.xlsx` with a password.
        error => match Xlsx::new(Cursor::new(bytes)) {
            Err(XlsxError::Password) => ReadError::Locked(file.to_owned()),
            Ok(_) | Err(_) => refused(file, error),
        },
    };
    let mut workbook = Xls::new(Cursor::new(bytes)).map_err(explain)?;
    let mut sheets = Vec::new();
    let mut room = MAX_CELLS;
    for name in names(&workbook) {
        let range = workbook.worksheet_range(&name).map_err(explain)?;
        let (top, left) = place(range.start().unwrap_or_default());
        let mut rows = Rows::new(&mut room);
        for (row, column, data) in range.used_cells() {
            let put = rows.put(top + row, left + column, cell_of(data.clone()));
            put.map_err(|_| ReadError::TooLarge(file.to_owned()))?;
        }
        let rows = rows.into_inner();
        sheets.push(Sheet { name, rows });
    }
    Ok(sheets)
}

/// The sheets with cells; charts and macros have none.
fn names<'a, R: Reader<Cursor<&'a [u8]>>>(workbook: &R) -> Vec<String> {
    let sheets = workbook.sheets_metadata().iter();
    sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet).map(|sheet| sheet.name.clone()).collect()
}

fn place((row, column): (u32, u32)) -> (usize, usize) {
    let number = |number: u32| usize::try_from(number).expect("32 bits fit");
    (number(row), number(column))
}
