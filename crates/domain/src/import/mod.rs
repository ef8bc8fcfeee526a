//! Import of office spreadsheets: what a workbook says, row by row, and what is doubtful about it (E1).
//!
//! [`read_workbook`] is a pure function of the sheets, in these phases:
//! 1. *Columns*: in each sheet the heading rows are found, wherever they stand, and their columns recognised ([`columns`],
//!    by the words of [`headings`]).
//! 2. *Rows*: title, sub-total, note and blank rows are told from data; a data row becomes a record or is refused, once, with
//!    the column and value at fault ([`rows`], [`record`]).
//! 3. *Rooms*: rows of one room are compared over all sheets: equal ones are duplicates, differing ones are refused
//!    (`settle`).
//! 4. *People*: rows are joined to one person only where name and a valid phone or identity number agree ([`people`]).
//!
//! Always: `rows_read` = `accepted` + `duplicates` + `refused` + `ignored`. Sheets of the most used incumbent that describe
//! owners, fees, parking spaces and past payments beside the rooms are read by [`incumbent`] and [`history`].

pub mod columns;
mod heading_rows;
pub mod headings;
pub mod history;
pub mod incumbent;
mod listing;
pub mod paid_through;
pub mod people;
pub mod quantities;
pub mod record;
pub mod room;
pub mod rows;
mod settle;
pub mod totals;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::Serialize;

pub use crate::registry::member::MemberRole;
use crate::registry::names::PartyKind;
use crate::registry::unit::{Occupancy, UnitKind};
use crate::sheet::Sheet;
use crate::{Area, Fen, Period, Text, UnitLabel, UnitPrice};

use self::columns::{ColumnMap, HeadingError};
use self::paid_through::PaidThrough;

/// What a reader wants to know beside the sheets.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Opening arrears run up to the month of this day.
    pub as_of: NaiveDate,
    /// Columns that are not recognised by name: heading and what it holds.
    pub map: ColumnMap,
}

/// A cell somebody must look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Name of the sheet.
    pub sheet: String,
    /// The row the spreadsheet shows.
    pub row: usize,
    /// The heading as it stands.
    pub column: String,
    /// The cell as it reads.
    pub value: String,
    /// What is wrong and what to do.
    pub problem: String,
}

/// A phone number of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneRecord {
    /// Digits when it can be rung, else as typed.
    pub number: String,
    /// Whether it can be rung.
    pub valid: bool,
}

/// How a unit is charged, as its row says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeeRecord {
    /// Name of the fee item.
    pub item: String,
    /// Per m² and month.
    pub per_area: Option<UnitPrice>,
    /// Per month, whatever the area.
    pub fixed: UnitPrice,
    /// Months per bill.
    pub cycle_months: u32,
    /// Since when, where the sheet says.
    pub starts_on: Option<NaiveDate>,
    /// Until when, where the sheet says.
    pub ends_on: Option<NaiveDate>,
}

/// Somebody of a unit who does not pay for it, from a row of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRecord {
    /// What they are to it.
    pub role: MemberRole,
    /// The name.
    pub name: String,
    /// Their phones.
    pub phones: Vec<PhoneRecord>,
}

/// A row that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRecord {
    /// Where it stands.
    pub sheet: String,
    /// The row the spreadsheet shows.
    pub row: usize,
    /// The room.
    pub label: UnitLabel,
    /// What it is.
    pub kind: UnitKind,
    /// Its area.
    pub area: Option<Area>,
    /// Its floor.
    pub floor: Option<i64>,
    /// Who is in it.
    pub occupancy: Occupancy,
    /// The owners, co-owners after the first; empty when the row names none.
    pub owners: Vec<String>,
    /// Their phones.
    pub phones: Vec<PhoneRecord>,
    /// A valid identity number.
    pub id_number: Option<String>,
    /// Family, tenants and guests, where the sheet has rows for them.
    pub members: Vec<MemberRecord>,
    /// What it is charged.
    pub fees: Vec<FeeRecord>,
    /// Paid up to here.
    pub paid_through: Option<PaidThrough>,
    /// The remark as it stands.
    pub remark: String,
}

/// A payment of the past, from a payment-history sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRecord {
    /// Where it stands.
    pub sheet: String,
    /// The row the spreadsheet shows.
    pub row: usize,
    /// The room.
    pub label: UnitLabel,
    /// The fee item.
    pub item: String,
    /// First day paid for.
    pub from: NaiveDate,
    /// First day no longer paid for.
    pub until: NaiveDate,
    /// When it was paid.
    pub paid_on: NaiveDate,
    /// What was due.
    pub due: Fen,
    /// What was paid.
    pub paid: Fen,
}

/// A month of opening arrears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningCharge {
    /// The month.
    pub period: Period,
    /// The fee.
    pub fee: FeeRecord,
    /// Area × price + fixed, rounded half-up to the fen.
    pub amount: Fen,
}

/// What a workbook says.
#[derive(Clone, Debug, Default)]
pub struct ImportReading {
    /// Data rows and sub-total rows.
    pub rows_read: usize,
    /// Rows that became records, history rows included.
    pub accepted: usize,
    /// Rows equal to one before.
    pub duplicates: usize,
    /// Sub-total rows.
    pub ignored: usize,
    /// Rows of which nothing is imported.
    pub refused: Vec<Finding>,
    /// Rows imported with a doubt.
    pub warnings: Vec<Finding>,
    /// Remarks about the file.
    pub notes: Vec<String>,
    /// The units.
    pub units: Vec<UnitRecord>,
    /// Past payments.
    pub history: Vec<HistoryRecord>,
}

/// Why nothing of a workbook can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkbookError {
    /// No sheet holds a table of rooms, owners or payments.
    #[error(
        "no table found: a heading row needs a room (房号, or 楼号 / 单元 / 室号) beside a column such as 业主 or 建筑面积; \
         name other headings with --map \"heading=field\""
    )]
    NoTable,
    /// A column map that cannot be used.
    #[error(transparent)]
    Map(#[from] HeadingError),
}

impl WorkbookError {
    /// The sentence for people in both languages.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::NoTable => Text::new(
                "没有找到表格：表头须有房号（或 楼号、单元、室号），并至少有业主、建筑面积、收费标准、已缴至、电话中的一列；\
                 表头用了别的名称时，请用 --map \"列名=字段\" 指定",
                self.to_string(),
            ),
            Self::Map(error) => error.text(),
        }
    }
}

/// Reads all sheets.
///
/// # Errors
/// [`WorkbookError`] when no sheet holds a table, or the column map names an unknown field or heading.
pub fn read_workbook(sheets: &[Sheet], options: &ReadOptions) -> Result<ImportReading, WorkbookError> {
    let tables = columns::find_tables(sheets, &options.map)?;
    if tables.is_empty() && !sheets.iter().any(history::is_history) {
        return Err(WorkbookError::NoTable);
    }
    let reference = incumbent::Reference::read(sheets);
    let mut reading = ImportReading::default();
    let mut drafts = Vec::new();
    for (position, table) in tables.iter().enumerate() {
        reading.notes.extend(table.notes());
        rows::read_table(position, table, &reference, &mut reading, &mut drafts);
    }
    settle::settle_rooms(&tables, drafts, &mut reading);
    incumbent::read_parking(sheets, &reference, &mut reading);
    history::read_history(sheets, &mut reading);
    reference.report(&mut reading);
    reading.in_order_of(sheets);
    Ok(reading)
}

impl ImportReading {
    /// Findings as somebody goes through the workbook: sheet by sheet, row by row; each note once.
    fn in_order_of(&mut self, sheets: &[Sheet]) {
        let position: HashMap<&str, usize> =
            sheets.iter().enumerate().map(|(position, sheet)| (sheet.name.as_str(), position)).collect();
        for findings in [&mut self.refused, &mut self.warnings] {
            findings.sort_by_key(|finding| (position.get(finding.sheet.as_str()).copied(), finding.row));
        }
        let mut seen = HashSet::new();
        self.notes.retain(|note| seen.insert(note.clone()));
    }
}

impl UnitRecord {
    /// What a unit owes at the start: one charge per fee and whole month after "paid through", up to the month of `as_of`.
    /// Without "paid through" there is none: nobody knows.
    ///
    /// A fee that needs an area the row does not have brings none.
    #[must_use]
    pub fn opening_charges(&self, as_of: NaiveDate) -> Vec<OpeningCharge> {
        let Some(paid) = self.paid_through else { return Vec::new() };
        let mut charges = Vec::new();
        for period in paid.period.next().up_to(Period::of(as_of)) {
            for fee in self.fees.iter().filter(|fee| fee.runs_in(period)) {
                let Some(amount) = fee.month_amount(self.area).filter(|amount| amount.is_positive()) else { continue };
                charges.push(OpeningCharge { period, fee: fee.clone(), amount });
            }
        }
        charges
    }

    /// Whether the row says the unit is vacant.
    #[must_use]
    pub fn is_vacant(&self) -> bool {
        self.occupancy == Occupancy::Vacant
    }

    /// What kind of party its first owner is.
    #[must_use]
    pub fn owner_kind(&self) -> PartyKind {
        self.owners.first().map_or(PartyKind::Person, |name| PartyKind::of_name(name))
    }
}

impl FeeRecord {
    /// Whether the fee is charged for a month: from the month it starts in to the one it ends in.
    #[must_use]
    pub fn runs_in(&self, period: Period) -> bool {
        self.starts_on.is_none_or(|day| Period::of(day) <= period)
            && self.ends_on.is_none_or(|day| Period::of(day) >= period)
    }

    /// The fee of one month, rounded half-up to the fen; `None` when it needs an area there is not.
    #[must_use]
    pub fn month_amount(&self, area: Option<Area>) -> Option<Fen> {
        let by_area = match self.per_area {
            Some(price) => area?.to_decimal() * price.to_decimal(),
            None => rust_decimal::Decimal::ZERO,
        };
        Fen::round_half_up(by_area + self.fixed.to_decimal())
    }
}
