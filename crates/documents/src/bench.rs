//! What `hemu bench` measures beside the real work: a workbook read and nothing made of it, a letter set and nothing around it.

use std::io::Cursor;

use calamine::{Reader, Xlsx};

use crate::pdf::{DemandNotice, DocumentError, Set};

/// Reads every cell of a workbook with the reader alone; returns how many there are.
///
/// # Errors
/// What the reader said.
pub fn read_cells(bytes: &[u8]) -> Result<usize, String> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut cells = 0;
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name).map_err(|error| error.to_string())?;
        cells += range.used_cells().count();
    }
    Ok(cells)
}

/// A letter's template and data as typst takes them.
#[derive(Debug)]
pub struct ReadyLetter(Set);

/// Makes the data of a letter ready, so that only typst is left to do.
///
/// # Errors
/// [`DocumentError`] when the data cannot be written.
pub fn ready(notice: &DemandNotice) -> Result<ReadyLetter, DocumentError> {
    notice.set().map(ReadyLetter)
}

impl ReadyLetter {
    /// Typst alone: template and data to PDF; returns its size in bytes.
    ///
    /// # Errors
    /// [`DocumentError`] for a fault of the template.
    pub fn compile(&self) -> Result<usize, DocumentError> {
        self.0.compile().map(|pdf| pdf.len())
    }
}
