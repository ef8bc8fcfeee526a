//! 催缴通知书: the formal demand (民法典 944): what is owed, why, until when, what follows, whom to ask.

use chrono::NaiveDate;
use hemu_domain::money_in_words::money_in_words;
use hemu_domain::{Fen, Period};
use serde::Serialize;

use super::{DocumentError, Rendered, render};

/// Everything the letter prints.
#[derive(Clone, Debug, Serialize)]
pub struct DemandNotice {
    /// Its number; a draft has none and says so on every page.
    pub number: Option<String>,
    /// The property company.
    pub company: String,
    /// The community.
    pub community: String,
    /// The addressee.
    pub owner: String,
    /// The unit.
    pub unit: String,
    /// The contract's name.
    pub contract: String,
    /// The clauses the fee rests on; may be empty.
    pub clause: String,
    /// The day the figures hold for, and of the letter.
    pub as_of: NaiveDate,
    /// The last day to pay.
    pub pay_by: NaiveDate,
    /// What is owed, oldest first.
    pub lines: Vec<DemandLine>,
    /// The late-fee clause; without one no late fee is printed (民法典 585).
    pub late_fee_terms: Option<LateFeeTerms>,
    /// How to pay.
    pub how_to_pay: String,
    /// Whom to ask or to object to.
    pub contact: String,
}

/// One charge of the letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DemandLine {
    /// The fee item.
    pub item: String,
    /// The month.
    pub period: Period,
    /// When it was due.
    pub due_on: NaiveDate,
    /// Open principal.
    pub principal: Fen,
    /// Days overdue.
    pub days: i64,
    /// Late fee as of the letter.
    pub late_fee: Fen,
    /// How the amount came to be.
    pub formula: String,
}

/// The late-fee clause as the letter prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LateFeeTerms {
    /// Rate per day in percent, such as `0.05`.
    pub percent_per_day: String,
}

#[derive(Serialize)]
struct Sheet<'a> {
    #[serde(flatten)]
    notice: &'a DemandNotice,
    principal: String,
    late_fee: String,
    total: String,
    total_in_words: String,
    rows: Vec<[String; 6]>,
}

impl DemandNotice {
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
        let row = |line: &DemandLine| {
            [
                line.period.to_string(),
                line.item.clone(),
                line.due_on.to_string(),
                line.days.to_string(),
                line.principal.grouped(),
                line.late_fee.grouped(),
            ]
        };
        let sheet = Sheet {
            notice: self,
            principal: self.principal().grouped(),
            late_fee: self.late_fee().grouped(),
            total: total.grouped(),
            total_in_words: money_in_words(total),
            rows: self.lines.iter().map(row).collect(),
        };
        render(include_str!("../../templates/demand.typ"), &sheet, self.as_of)
    }
}
