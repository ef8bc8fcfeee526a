//! 结清证明 and 费用结算单: what a payer of a unit owes for the time up to a day, or that nothing is owed.

use chrono::NaiveDate;
use hemu_domain::money_in_words::money_in_words;
use hemu_domain::{Fen, Period};
use serde::{Deserialize, Serialize};

use super::{DocumentError, Rendered, render, template};

/// Everything the paper prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// Its number: a statement of what is owed has none.
    pub number: Option<String>,
    /// The property company.
    pub company: String,
    /// The community.
    pub community: String,
    /// The unit.
    pub unit: String,
    /// Who owed for it.
    pub payer: String,
    /// The first day of the payer's time, where it is known.
    pub from: Option<NaiveDate>,
    /// The last day it covers.
    pub until: NaiveDate,
    /// The day of the paper.
    pub as_of: NaiveDate,
    /// What is owed, oldest first; nothing when all is settled.
    pub lines: Vec<SettlementLine>,
    /// What is put by for the payer.
    pub prepaid: Fen,
    /// Whom to ask.
    pub contact: String,
}

/// One charge that is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlementLine {
    /// The fee item.
    pub item: String,
    /// The month.
    pub period: Period,
    /// When it is due.
    pub due_on: NaiveDate,
    /// Open principal.
    pub principal: Fen,
    /// Late fee up to the day of the paper.
    pub late_fee: Fen,
}

#[derive(Serialize)]
struct Sheet<'a> {
    #[serde(flatten)]
    settlement: &'a Settlement,
    rows: Vec<[String; 5]>,
    principal: String,
    late_fee: String,
    total: String,
    total_in_words: String,
    put_by: Option<String>,
}

impl Settlement {
    /// Sum of the open principal.
    #[must_use]
    pub fn principal(&self) -> Fen {
        self.lines.iter().map(|line| line.principal).sum()
    }

    /// Sum of the late fees.
    #[must_use]
    pub fn late_fee(&self) -> Fen {
        self.lines.iter().map(|line| line.late_fee).sum()
    }

    /// The PDF.
    ///
    /// # Errors
    /// [`DocumentError`] for a fault of the template.
    pub fn render(&self) -> Result<Rendered, DocumentError> {
        let total = self.principal() + self.late_fee();
        let row = |line: &SettlementLine| {
            let (principal, late_fee) = (line.principal.grouped(), line.late_fee.grouped());
            [line.period.to_string(), line.item.clone(), line.due_on.to_string(), principal, late_fee]
        };
        let sheet = Sheet {
            settlement: self,
            rows: self.lines.iter().map(row).collect(),
            principal: self.principal().grouped(),
            late_fee: self.late_fee().grouped(),
            total: total.grouped(),
            total_in_words: money_in_words(total),
            put_by: self.prepaid.is_positive().then(|| self.prepaid.grouped()),
        };
        render(template!("settlement.typ"), &sheet, self.as_of)
    }
}
