//! Spreadsheets in: `.xlsx`, `.xls`, `.csv` (UTF-8, UTF-16 or GB18030) become [`Sheet`]s.
//!
//! The content tells the format, never the name. Row 0 of a sheet is the row a spreadsheet shows as 1, wherever its used range
//! begins. Numbers become their shortest decimal text, so a float never leaves this module. A file that is damaged, locked or
//! swollen to exhaust memory is refused with a sentence that says what to do; nothing of it is read in part.

mod cells;
mod text_table;
mod workbook;

use hemu_domain::Text;
use hemu_domain::sheet::Sheet;

/// Cells one file may hold, blanks between them included: 20 columns of the million homes that are the largest estate planned for.
const MAX_CELLS: usize = 20_000_000;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Neither a workbook nor a text table.
    #[error(
        "{file} cannot be read as .xlsx, .xls or .csv ({problem}); open it in Excel or WPS, save it as .xlsx and try again"
    )]
    NotASpreadsheet {
        /// The file's name.
        file: String,
        /// What the reader said.
        problem: String,
    },
    /// A workbook one needs a password for.
    #[error(
        "{0} is encrypted with a password (an encrypted .xlsx is an OLE container); remove the password in Excel or WPS, save it and \
         try again"
    )]
    Locked(String),
    /// More cells than any estate has, or an archive that unpacks to many times its size.
    #[error(
        "{0} holds more than a spreadsheet of an estate can; delete blank or repeated cells or split it, and try again"
    )]
    TooLarge(String),
    /// Nothing in it.
    #[error("{0} is empty; choose the file that holds the table")]
    Empty(String),
}

impl ReadError {
    /// The sentence for people in both languages.
    #[must_use]
    pub fn text(&self) -> Text {
        let zh = match self {
            Self::NotASpreadsheet { file, .. } => {
                format!(
                    "{file} 无法按 .xlsx、.xls 或 .csv 读取，可能已损坏或不是表格；请用 Excel 或 WPS 打开后另存为 .xlsx 再试"
                )
            }
            Self::Locked(file) => format!(
                "{file} 设有打开密码（加密的 .xlsx 是 OLE 复合文件，无法读取）；请在 Excel 或 WPS 里取消密码并保存后再试"
            ),
            Self::TooLarge(file) => {
                format!("{file} 的内容超出一个小区表格的范围；请删除空白或重复的单元格，或拆分后再试")
            }
            Self::Empty(file) => format!("{file} 是空文件；请选择含有表格的文件"),
        };
        Text::new(zh, self.to_string())
    }
}

fn refused(file: &str, problem: impl ToString) -> ReadError {
    ReadError::NotASpreadsheet { file: file.to_owned(), problem: problem.to_string() }
}

/// Reads all sheets of a file; its name is for the messages, and names the sheet of a CSV.
///
/// # Errors
/// [`ReadError`] when the file is damaged, protected by a password, empty, too large, or no spreadsheet.
pub fn read_sheets(bytes: &[u8], file_name: &str) -> Result<Vec<Sheet>, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty(file_name.to_owned()));
    }
    let read = || match workbook::container(bytes) {
        Some(container) => workbook::read_workbook(bytes, container, file_name),
        None => text_table::read_text_table(bytes, file_name).map(|sheet| vec![sheet]),
    };
    // Readers of these formats index into what a file claims; a claim that lies must not end a server's thread.
    std::panic::catch_unwind(read).unwrap_or_else(|_| Err(refused(file_name, "its structure contradicts itself")))
}

#[cfg(test)]
mod tests;
