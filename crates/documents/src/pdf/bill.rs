//! 物业缴费通知单: what a home is billed for a period, how each amount came to be, and how to pay it.

use chrono::NaiveDate;
use hemu_domain::money_in_words::money_in_words;
use hemu_domain::{Fen, Period};
use serde::Serialize;

use super::{DocumentError, Rendered, qr, render, template};

/// Everything a bill prints.
#[derive(Clone, Debug, Serialize)]
pub struct BillSheet {
    /// Its number.
    pub number: String,
    /// The property company; empty where only the service office is known.
    pub company: String,
    /// Its unified social credit code (统一社会信用代码); may be empty.
    pub credit_code: String,
    /// The community.
    pub community: String,
    /// The unit.
    pub unit: String,
    /// Who pays; several owners get one bill together.
    pub payer: String,
    /// The month billed.
    pub period: Period,
    /// The day of the bill.
    pub issued_on: NaiveDate,
    /// The last day to pay.
    pub due_on: NaiveDate,
    /// What is billed.
    pub lines: Vec<BillLine>,
    /// Open from earlier bills (往期未缴).
    pub owed_before: Fen,
    /// Taken from money put by (预存抵扣).
    pub prepaid_used: Fen,
    /// How to pay: account, counter.
    pub how_to_pay: String,
    /// How to get an invoice; may be empty.
    pub invoice_note: String,
    /// Whom to ask.
    pub hotline: String,
    /// The member of staff in charge; may be empty.
    pub steward: String,
}

/// One charge of a bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BillLine {
    /// The fee item.
    pub item: String,
    /// The month or months, such as `2026-11`.
    pub period: String,
    /// What is multiplied: the area, or a meter's difference, with its unit (`89.32 ㎡`); may be empty.
    pub quantity: String,
    /// The price with its unit (`2.35 元/㎡·月`); may be empty.
    pub price: String,
    /// How the amount came to be: `89.32 ㎡ × 2.35 元 × 1 月`.
    pub formula: String,
    /// The clause it rests on; may be empty.
    pub basis: String,
    /// The amount before discounts.
    pub amount: Fen,
    /// Taken off it (减免), not below zero.
    pub discount: Fen,
}

impl BillLine {
    fn payable(&self) -> Fen {
        self.amount - self.discount
    }
}

#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    bill: &'a BillSheet,
    billed: String,
    /// `None` when nothing is open from before.
    before: Option<String>,
    /// `None` when nothing was put by.
    used: Option<String>,
    /// Whether any line has a discount: its columns are left out otherwise.
    discounted: bool,
    to_pay: String,
    to_pay_in_words: String,
    qr: String,
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    line: &'a BillLine,
    charged: String,
    taken_off: String,
    payable: String,
}

impl BillSheet {
    /// What this bill asks for its own period, discounts taken off.
    #[must_use]
    pub fn billed(&self) -> Fen {
        self.lines.iter().map(BillLine::payable).sum()
    }

    /// What is to be paid: this bill and what is open from before, less money put by.
    #[must_use]
    pub fn to_pay(&self) -> Fen {
        self.billed() + self.owed_before - self.prepaid_used
    }

    /// The PDF.
    ///
    /// # Errors
    /// [`DocumentError`] for a fault of the template.
    pub fn render(&self) -> Result<Rendered, DocumentError> {
        Self::render_all(std::slice::from_ref(self))
    }

    /// One PDF of many bills, each on a page of its own, to print an entrance at once. No bill, no page: one is blank then.
    ///
    /// # Errors
    /// [`DocumentError`] for a fault of the template.
    pub fn render_all(bills: &[Self]) -> Result<Rendered, DocumentError> {
        Self::render_on(template!("bill.typ"), bills)
    }

    /// One PDF of many bills, three to a sheet of A4, to be cut.
    ///
    /// # Errors
    /// [`DocumentError`] for a fault of the template.
    pub fn render_thirds(bills: &[Self]) -> Result<Rendered, DocumentError> {
        Self::render_on(template!("bill_third.typ"), bills)
    }

    fn render_on(template: &'static str, bills: &[Self]) -> Result<Rendered, DocumentError> {
        let pages: Vec<Page<'_>> = bills.iter().map(Self::page).collect::<Result<_, _>>()?;
        let dated = bills.iter().map(|bill| bill.issued_on).max().unwrap_or_default();
        render(template, &pages, dated)
    }

    /// What the code on the paper says: which bill, how much, by when; nothing about a person.
    #[must_use]
    pub fn code_text(&self) -> String {
        format!("物业账单 {} 应缴 {} 元 最后缴费日 {}", self.number, self.to_pay(), self.due_on)
    }

    fn page(&self) -> Result<Page<'_>, DocumentError> {
        let shown = |amount: Fen| (!amount.is_zero()).then(|| amount.grouped());
        Ok(Page {
            bill: self,
            billed: self.billed().grouped(),
            before: shown(self.owed_before),
            used: shown(self.prepaid_used),
            discounted: self.lines.iter().any(|line| !line.discount.is_zero()),
            to_pay: self.to_pay().grouped(),
            to_pay_in_words: money_in_words(self.to_pay()),
            qr: qr::qr_svg(&self.code_text())?,
            rows: self.lines.iter().map(Row::of).collect(),
        })
    }
}

impl<'a> Row<'a> {
    fn of(line: &'a BillLine) -> Self {
        Self {
            line,
            charged: line.amount.grouped(),
            taken_off: line.discount.grouped(),
            payable: line.payable().grouped(),
        }
    }
}
