//! A spreadsheet as the import sees it: sheets of cells, whatever file they came from.
//!
//! Numbers arrive as their shortest decimal text (`2.35`, never `2.3500000000000001`), so no float enters the rules.

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// One sheet of a workbook, or the only one of a CSV file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The name on the tab; for a CSV the file name without its ending.
    pub name: String,
    /// The rows from the top of the sheet, blank ones included: `rows[0]` is the row a spreadsheet shows as 1.
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    /// Nothing, or only blanks.
    #[default]
    Empty,
    /// Text as typed, not trimmed.
    Text(String),
    /// A number, exact as its shortest decimal text.
    Number(Decimal),
    /// A cell formatted as a date.
    Date(NaiveDate),
    /// TRUE or FALSE.
    Bool(bool),
    /// A formula that failed, such as `#REF!`.
    Error(String),
}

impl Cell {
    /// The cell as a person reads it, trimmed; empty for an empty cell; a date as `YYYY-MM-DD`.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Error(text) => text.trim().to_owned(),
            Self::Number(number) => number.normalize().to_string(),
            Self::Date(day) => day.to_string(),
            Self::Bool(true) => "TRUE".to_owned(),
            Self::Bool(false) => "FALSE".to_owned(),
        }
    }

    /// True when a person sees nothing in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Number(_) | Self::Date(_) | Self::Bool(_) | Self::Error(_) => false,
        }
    }
}
