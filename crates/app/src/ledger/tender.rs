//! What the cash desk adds to a payment: several ways in one receipt, cash handed over and change, small change let off.

use hemu_domain::Fen;
use hemu_domain::ids::{CommunityId, ReceiptId};
use hemu_store::ledger::posting::Books;
use hemu_store::ledger::{self, TenderRow};
use hemu_store::{DbError, Tx, desk};
use serde::Serialize;

use super::{METHODS, ReceiptRequest};
use crate::entered::check_amount;
use crate::{Actor, App, Refusal};

/// What the cash desk adds to a payment; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AtTheDesk {
    /// The ways in which it is paid, which add up to it; empty when the payment's own method says it all.
    pub tenders: Vec<Tender>,
    /// The cash that was handed over; what is above its cash part is change.
    pub handed: Option<Fen>,
    /// Small change let off (抹零) beside the payment.
    pub round_off: Fen,
}

/// One way in which a receipt is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tender {
    /// One of [`METHODS`].
    pub method: String,
    /// How much.
    pub amount: Fen,
}

/// One way in which a receipt was paid, as pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TenderLine {
    /// How.
    pub method: String,
    /// How much.
    pub amount: Fen,
    /// What was handed over.
    pub handed: Fen,
    /// The change that was given.
    pub change: Fen,
}

impl From<TenderRow> for TenderLine {
    fn from(row: TenderRow) -> Self {
        Self { change: row.change(), method: row.method, amount: row.amount, handed: row.handed }
    }
}

/// Checks the name of a way to pay.
///
/// # Errors
/// [`Refusal::InvalidInput`] with the ways there are.
pub fn check_method(method: &str) -> Result<(), Refusal> {
    if METHODS.contains(&method) {
        return Ok(());
    }
    let known = METHODS.join(", ");
    let zh = format!("不认识的收款方式“{method}”，可用：{known}");
    Err(Refusal::invalid("method", zh, format!("unknown method '{method}'; there are {known}")))
}

impl AtTheDesk {
    /// Checks that the ways to pay are known, each named once, and add up; that enough cash was handed over.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] saying what does not fit.
    pub(super) fn check(&self, request: &ReceiptRequest) -> Result<(), Refusal> {
        if self.tenders.is_empty() {
            check_method(&request.method)?;
        }
        for (place, tender) in self.tenders.iter().enumerate() {
            check_method(&tender.method)?;
            check_amount("tenders", tender.amount)?;
            if self.tenders[..place].iter().any(|one| one.method == tender.method) {
                let method = &tender.method;
                let zh = format!("收款方式“{method}”写了两次，请合并");
                return Err(Refusal::invalid("tenders", zh, format!("'{method}' is named twice: add both up")));
            }
        }
        let sum: Fen = self.tenders.iter().map(|one| one.amount).sum();
        if !self.tenders.is_empty() && sum != request.amount {
            let amount = request.amount;
            let zh = format!("各收款方式合计 {sum} 元，与收款金额 {amount} 元不符，请核对");
            return Err(Refusal::invalid(
                "tenders",
                zh,
                format!("the methods come to {sum}, not to {amount}; check them"),
            ));
        }
        self.check_handed(request)
    }

    fn check_handed(&self, request: &ReceiptRequest) -> Result<(), Refusal> {
        let (Some(handed), cash) = (self.handed, self.cash(request)) else { return Ok(()) };
        if cash.is_zero() {
            let zh = "没有现金收款，不必填写收到的现金";
            return Err(Refusal::invalid("handed", zh, "no part is paid in cash: leave the cash handed over empty"));
        }
        if handed < cash {
            let zh = format!("收到的现金 {handed} 元少于应收现金 {cash} 元");
            return Err(Refusal::invalid("handed", zh, format!("{handed} in cash is less than the {cash} to be paid")));
        }
        check_amount("handed", handed)
    }

    /// What of the payment is cash.
    pub(super) fn cash(&self, request: &ReceiptRequest) -> Fen {
        let of = |tender: &&Tender| tender.method == "cash";
        match self.tenders.iter().find(of) {
            Some(cash) => cash.amount,
            None if self.tenders.is_empty() && request.method == "cash" => request.amount,
            None => Fen::ZERO,
        }
    }

    /// The method the receipt carries.
    pub(super) fn method(&self, request: &ReceiptRequest) -> String {
        match self.tenders.as_slice() {
            [] => request.method.clone(),
            [only] => only.method.clone(),
            _ => "mixed".to_owned(),
        }
    }

    /// Where the community asks for it, cash is taken in an open shift only.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when there is none.
    pub(super) fn check_shift(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        books: &Books,
        request: &ReceiptRequest,
    ) -> Result<(), Refusal> {
        let must = books.needs_shift() && self.cash(request).is_positive();
        if !must || desk::find_open_shift(tx, books.community(), &actor.name)?.is_some() {
            return Ok(());
        }
        Err(Refusal::conflict("收现金前请先在收费台开班", "open a shift at the cash desk before taking cash"))
    }

    /// The rows that say how a receipt was paid; none when its method says it all.
    fn rows(&self, app: &App, receipt: ReceiptId, request: &ReceiptRequest) -> Vec<TenderRow> {
        let cash = self.cash(request);
        let handed = self.handed.unwrap_or(cash);
        let row = |method: &str, amount: Fen| TenderRow {
            id: app.new_id(),
            receipt_id: receipt,
            method: method.to_owned(),
            amount,
            handed: if method == "cash" { handed } else { amount },
        };
        match self.tenders.as_slice() {
            [] | [_] if handed > cash => vec![row("cash", cash)],
            [] | [_] => Vec::new(),
            several => several.iter().map(|one| row(&one.method, one.amount)).collect(),
        }
    }

    /// Writes how a receipt was paid, and returns the change that was given.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) fn write(
        &self,
        tx: &mut Tx<'_>,
        app: &App,
        books: &mut Books,
        receipt: ReceiptId,
        request: &ReceiptRequest,
    ) -> Result<Fen, DbError> {
        let rows = self.rows(app, receipt, request);
        let change = rows.iter().map(TenderRow::change).sum();
        let numbered: Vec<_> = rows.into_iter().map(|row| (books.next_seq(), row)).collect();
        ledger::insert_tenders(tx, books.community(), &numbered)?;
        Ok(change)
    }
}

/// How a receipt was paid: its tenders, or its one method.
///
/// # Errors
/// When the database refuses.
pub(crate) fn tender_lines(
    tx: &mut Tx<'_>,
    community: CommunityId,
    receipt: &ledger::ReceiptRow,
) -> Result<Vec<TenderLine>, DbError> {
    let rows = ledger::list_tenders(tx, community, receipt.id)?;
    if rows.is_empty() {
        let (amount, handed, change) = (receipt.amount, receipt.amount, Fen::ZERO);
        return Ok(vec![TenderLine { method: receipt.method.clone(), amount, handed, change }]);
    }
    Ok(rows.into_iter().map(TenderLine::from).collect())
}
