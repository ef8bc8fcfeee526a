//! 收据: a receipt with what it paid, its print and reprints, its refund, its reversal, and where money put by goes.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use hemu_app::approval::{Asked as Wanted, ask};
use hemu_app::ledger::paper::{Paper, ReceiptPage, receipt_pdf, show_receipt};
use hemu_app::ledger::refund::RefundRequest;
use hemu_app::ledger::{ReverseRequest, TenderLine, TransferRequest, print_receipt, reverse_receipt, transfer};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::ReceiptId;
use hemu_domain::staff::Permission;
use serde::Deserialize;

use super::desk::method;
use crate::fields::Posted;
use crate::reply::{PDF, Reply, file, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/receipts/{receipt}", get(receipt))
        .route("/c/{community}/receipts/{receipt}/pdf", get(pdf))
        .route("/c/{community}/receipts/{receipt}/print", post(print))
        .route("/c/{community}/receipts/{receipt}/refund", post(ask_refund))
        .route("/c/{community}/receipts/{receipt}/transfer", post(move_money))
        .route("/c/{community}/receipts/{receipt}/reverse", post(reverse))
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptContent {
    ui: Ui,
    receipt: ReceiptPage,
    may_print: bool,
    may_reverse: bool,
    may_refund: bool,
}

impl ReceiptContent {
    fn has_change(&self) -> bool {
        self.receipt.tenders.iter().any(|one| one.change.is_positive())
    }

    /// `现金 219.80（收 300.00，找零 80.20）`
    fn way(&self, one: &TenderLine) -> String {
        let (ui, name) = (&self.ui, method(&self.ui, &one.method));
        let amount = ui.money(&one.amount);
        if !one.change.is_positive() {
            return format!("{name} {amount}");
        }
        let (handed, change) = (ui.money(&one.handed), ui.money(&one.change));
        let (got, back) = (ui.say("收", "got"), ui.say("找零", "change"));
        format!("{name} {amount} ({got} {handed}{}{back} {change})", ui.comma())
    }

    fn method(&self) -> String {
        method(&self.ui, &self.receipt.method)
    }
}

fn read_receipt(at: &Place, text: &str) -> Result<ReceiptId, crate::reply::PageError> {
    ReceiptId::parse(text).map_err(|_| at.visit.fail(Refusal::not_found("收据", "receipt", "")))
}

/// `GET /c/{community}/receipts/{receipt}`
pub async fn receipt(at: Place, Path((_, receipt)): Path<(String, String)>) -> Reply {
    let id = read_receipt(&at, &receipt)?;
    let receipt = at.run(move |app, actor, name| show_receipt(app, actor, name, id)).await?;
    let mut ui = at.ui(Menu::Desk, "收据", "Receipt");
    ui.title = format!("{} {}", ui.title, receipt.number);
    let locale = ui.locale;
    let content = ReceiptContent {
        may_print: ui.may(Permission::TakePayment) && (!receipt.is_reversal || receipt.is_refund),
        may_reverse: ui.may(Permission::ReversePayment) && !receipt.is_reversal && receipt.reversal.is_none(),
        may_refund: ui.may(Permission::TakePayment)
            && receipt.amount.is_positive()
            && receipt.reversal.is_none()
            && !receipt.is_reversal
            && receipt.method != "moved",
        receipt,
        ui,
    };
    page(&content, locale)
}

/// What a receipt is printed on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Print {
    paper: String,
    print: Option<i64>,
}

/// `GET /c/{community}/receipts/{receipt}/pdf?paper=a5|a4|roll&print=1`
pub async fn pdf(at: Place, Path((_, receipt)): Path<(String, String)>, Query(print): Query<Print>) -> Reply {
    let id = read_receipt(&at, &receipt)?;
    let paper = Paper::find(&print.paper).unwrap_or(Paper::A5);
    let bytes = at.run(move |app, actor, name| receipt_pdf(app, actor, name, id, (paper, print.print))).await?;
    Ok(file(bytes, PDF, "收据.pdf", true))
}

/// `POST /c/{community}/receipts/{receipt}/print`: the print is counted, then shown; looking at it again counts nothing.
pub async fn print(Path((_, receipt)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let id = read_receipt(&at, &receipt)?;
    let paper = Paper::find(fields.text("paper")).unwrap_or(Paper::A5).word();
    let printed = at.run(move |app, actor, name| print_receipt(app, actor, name, id)).await?;
    Ok(go(&at.here(&format!("receipts/{id}/pdf?paper={paper}&print={}", printed.print))))
}

/// `POST /c/{community}/receipts/{receipt}/refund`: asks another person to agree.
pub async fn ask_refund(Path((_, receipt)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let (id, community) = (read_receipt(&at, &receipt)?, at.id());
    let work = move |app: &App, actor: &Actor, _: &str| {
        let method = Some(fields.text("method").to_owned()).filter(|method| !method.is_empty());
        let request = RefundRequest { receipt: id, amount: fields.amount("amount")?, method };
        ask(app, actor, community, &Wanted::Refund(request), fields.text("reason"))
    };
    at.run(work).await?;
    Ok(go(&at.here(&format!("receipts/{id}?done=asked"))))
}

/// `POST /c/{community}/receipts/{receipt}/transfer`: moves money put by to another unit of the same payer.
pub async fn move_money(Path((_, receipt)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let id = read_receipt(&at, &receipt)?;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let (to, amount) = (fields.unit("unit")?, fields.amount("amount")?);
        transfer(app, actor, &TransferRequest { community: name.to_owned(), receipt: id, to, amount })
    };
    let moved = at.run(work).await?;
    Ok(go(&at.here(&format!("receipts/{}?done=moved", moved.id))))
}

/// `POST /c/{community}/receipts/{receipt}/reverse`
pub async fn reverse(Path((_, receipt)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let id = read_receipt(&at, &receipt)?;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let reason = fields.text("reason").to_owned();
        reverse_receipt(app, actor, &ReverseRequest { community: name.to_owned(), receipt: id, reason })
    };
    at.run(work).await?;
    Ok(go(&at.here(&format!("receipts/{id}?done=reversed"))))
}
