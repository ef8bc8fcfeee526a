//! 收款收据: what a payer paid, for which months, and by which rule the money was applied (民法典 560, 561).

use chrono::NaiveDate;
use hemu_domain::money_in_words::money_in_words;
use hemu_domain::{Fen, Period};
use serde::Serialize;

use super::{DocumentError, Rendered, render, template};

/// What a receipt is printed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// Half of A4, lying.
    A5,
    /// A whole sheet, standing: for who files receipts with their other papers, or has no smaller paper.
    A4,
    /// A till roll 80 mm wide, as long as needed.
    Roll80,
}

impl Paper {
    /// The paper of a word: `a5`, `a4` or `roll`.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        match word {
            "a5" => Some(Self::A5),
            "a4" => Some(Self::A4),
            "roll" => Some(Self::Roll80),
            _ => None,
        }
    }

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::A5 => "a5",
            Self::A4 => "a4",
            Self::Roll80 => "roll",
        }
    }
}

/// Everything a receipt prints.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// Its number.
    pub number: String,
    /// The property company; empty where only the service office is known.
    pub company: String,
    /// The community.
    pub community: String,
    /// The unit.
    pub unit: String,
    /// Who paid.
    pub payer: String,
    /// The day the money came.
    pub received_on: NaiveDate,
    /// How it came, in words: 现金, 转账...
    pub method: String,
    /// The ways in which it came, where there were several or change was given; else none.
    pub tenders: Vec<ReceiptTender>,
    /// Small change let off with it (抹零); not part of what was received.
    pub rounded_off: Fen,
    /// What the paper says of itself when it is not the first print (补打 第 1 次); else empty.
    pub copy: String,
    /// Whether money is given back: the paper is then a refund (退款单).
    pub refund: bool,
    /// Who took it.
    pub cashier: String,
    /// What it paid, in the order it was applied.
    pub lines: Vec<ReceiptLine>,
    /// What was put by (预存).
    pub prepaid: Fen,
    /// The rule by which it was applied, as a sentence; may be empty.
    pub allocation_rule: String,
    /// A remark; may be empty.
    pub remark: String,
    /// The day it was reversed (冲红); the paper then says so across.
    pub reversed_on: Option<NaiveDate>,
}

/// What one charge got of the payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptLine {
    /// The fee item.
    pub item: String,
    /// The month.
    pub period: Period,
    /// On the principal.
    pub principal: Fen,
    /// On the late fee (违约金).
    pub late_fee: Fen,
}

/// One way in which a payment came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptTender {
    /// How, in words.
    pub method: String,
    /// How much.
    pub amount: Fen,
    /// What was handed over; above `amount` when change was given.
    pub handed: Fen,
}

impl ReceiptLine {
    fn amount(&self) -> Fen {
        self.principal + self.late_fee
    }
}

#[derive(Serialize)]
struct Slip<'a> {
    #[serde(flatten)]
    receipt: &'a Receipt,
    /// Whether the sheet is a whole one.
    a4: bool,
    total: String,
    total_in_words: String,
    principal: String,
    /// `None` when no line has a late fee: its column is then left out.
    late_fee: Option<String>,
    /// `None` when nothing was put by.
    put_by: Option<String>,
    /// `None` when no small change was let off.
    let_off: Option<String>,
    ways: Vec<String>,
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    item: &'a str,
    period: String,
    principal: String,
    late_fee: String,
    amount: String,
}

impl Receipt {
    /// All of the payment: what its charges got and what was put by.
    #[must_use]
    pub fn total(&self) -> Fen {
        self.lines.iter().map(ReceiptLine::amount).sum::<Fen>() + self.prepaid
    }

    /// The PDF.
    ///
    /// # Errors
    /// [`DocumentError`] for a fault of the template.
    pub fn render(&self, paper: Paper) -> Result<Rendered, DocumentError> {
        let template = match paper {
            Paper::A5 | Paper::A4 => template!("receipt_sheet.typ"),
            Paper::Roll80 => template!("receipt_roll.typ"),
        };
        render(template, &self.slip(paper), self.received_on)
    }

    fn slip(&self, paper: Paper) -> Slip<'_> {
        let late_fee: Fen = self.lines.iter().map(|line| line.late_fee).sum();
        let shown = |amount: Fen| (!amount.is_zero()).then(|| amount.grouped());
        Slip {
            receipt: self,
            a4: paper == Paper::A4,
            total: self.total().grouped(),
            total_in_words: money_in_words(self.total()),
            principal: self.lines.iter().map(|line| line.principal).sum::<Fen>().grouped(),
            late_fee: shown(late_fee),
            put_by: shown(self.prepaid),
            let_off: shown(self.rounded_off),
            ways: self.tenders.iter().map(way).collect(),
            rows: self.lines.iter().map(Row::of).collect(),
        }
    }
}

/// `现金 219.80`, or with change `现金 219.80（收 300.00，找零 80.20）`.
fn way(tender: &ReceiptTender) -> String {
    let (method, amount) = (&tender.method, tender.amount.grouped());
    if tender.handed > tender.amount {
        let change = tender.handed - tender.amount;
        return format!("{method} {amount}（收 {}，找零 {}）", tender.handed.grouped(), change.grouped());
    }
    format!("{method} {amount}")
}

impl<'a> Row<'a> {
    fn of(line: &'a ReceiptLine) -> Self {
        Self {
            item: &line.item,
            period: line.period.to_string(),
            principal: line.principal.grouped(),
            late_fee: line.late_fee.grouped(),
            amount: line.amount().grouped(),
        }
    }
}
