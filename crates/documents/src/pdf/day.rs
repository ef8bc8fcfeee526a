//! 收款日报: the receipts of a day at the cash desk, their sums by method, and how the shifts were closed. Names no payer.

use chrono::NaiveDate;
use serde::Serialize;

use super::{DocumentError, Rendered, render, template};

/// Everything the report prints.
#[derive(Clone, Debug, Serialize)]
pub struct DaySheet {
    /// The community.
    pub community: String,
    /// The day.
    pub on: NaiveDate,
    /// The receipts.
    pub lines: Vec<DaySheetLine>,
    /// By method, the whole last.
    pub sums: Vec<DaySheetSum>,
    /// Small change let off (抹零), in yuan.
    pub rounded_off: String,
    /// How each shift was closed, a sentence each.
    pub closings: Vec<String>,
}

/// A receipt of the day.
#[derive(Clone, Debug, Serialize)]
pub struct DaySheetLine {
    /// Its number.
    pub number: String,
    /// The unit.
    pub unit: String,
    /// 收款, 冲红, 退款 or 转款.
    pub kind: String,
    /// In yuan.
    pub amount: String,
    /// How it was paid.
    pub ways: String,
    /// Who took it.
    pub cashier: String,
    /// When it was entered, if later.
    pub entered_on: Option<NaiveDate>,
}

/// A sum of the day.
#[derive(Clone, Debug, Serialize)]
pub struct DaySheetSum {
    /// Of what.
    pub name: String,
    /// How many payments.
    pub receipts: i64,
    /// What came in, in yuan.
    pub received: String,
    /// Reversals and refunds, in yuan.
    pub taken_back: String,
    /// Both together, in yuan.
    pub net: String,
}

impl DaySheet {
    /// The PDF.
    ///
    /// # Errors
    /// [`DocumentError`] for a fault of the template.
    pub fn render(&self) -> Result<Rendered, DocumentError> {
        render(template!("day.typ"), self, self.on)
    }
}
