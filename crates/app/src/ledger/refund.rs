//! Refund (退款): money put by, or a whole payment, is given back the way it came; asked for by one person and approved by another
//! ([`crate::approval`]). It is a receipt of its own with a negative amount and a number of the same series.
//!
//! Money put by is given back of one receipt at a time, so that it is known where it came from. What paid a charge is given back
//! with the whole receipt only, which takes back all it did, as a reversal does.

use chrono::Datelike as _;
use hemu_domain::Fen;
use hemu_domain::ids::{CommunityId, ReceiptId};
use hemu_store::ledger::{self, AllocationRow, ReceiptRow, view};
use hemu_store::{Tx, community, registry};
use serde::{Deserialize, Serialize};

use super::reverse::{Why, refuse_moved_on, take_back_all};
use super::tender::{TenderLine, tender_lines};
use crate::approval::TwoPeople;
use crate::audit::{self, Act};
use crate::entered::check_amount;
use crate::{App, Refusal};

/// What to give back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequest {
    /// The receipt it came with.
    pub receipt: ReceiptId,
    /// How much: up to what is left put by of it, or all of it.
    pub amount: Fen,
    /// By which of the ways it came, where it came in several; `None` for the only one.
    pub method: Option<String>,
}

/// What can be given back, once its account is locked.
pub(crate) struct Refundable {
    original: ReceiptRow,
    /// Of money put by; `None` gives back the whole payment.
    method: Option<String>,
    /// The unit it was paid for.
    pub unit: String,
}

impl Refundable {
    /// The number of the receipt.
    pub fn number(&self) -> &str {
        &self.original.number
    }
}

/// Whether so much of a receipt can be given back now. Locks the account and the payer's cases, as everything about money.
///
/// # Errors
/// [`Refusal::NotFound`] without such a receipt; [`Refusal::Conflict`] for a reversal, a refund, what was reversed, or the whole of
/// what was given back or moved on in part;
/// [`Refusal::InvalidInput`] for an amount or method that cannot be.
pub(crate) fn check(tx: &mut Tx<'_>, community: CommunityId, request: &RefundRequest) -> Result<Refundable, Refusal> {
    check_amount("amount", request.amount)?;
    community::next_seq(tx, community, 1)?;
    let original = ledger::find(tx, community, request.receipt)?
        .ok_or_else(|| Refusal::not_found("收据", "receipt", &request.receipt.to_string()))?;
    // The reversal of a refund brought nothing in either: what came back lies with the receipt it was given back from.
    if !original.amount.is_positive() || original.reverses_id.is_some() || original.method == "moved" {
        let zh = "冲红、退款和转款单据不能再退款；转入的预存请先转回";
        return Err(Refusal::conflict(
            zh,
            "what is itself a reversal, a refund or moved is not given back; move it back",
        ));
    }
    if let Some((number, _)) = view::find_reversal(tx, community, original.id)? {
        let zh = format!("收据 {} 已由 {number} 冲回，不能再退款", original.number);
        return Err(Refusal::conflict(zh, format!("{} was taken back by {number} already", original.number)));
    }
    registry::lock_account(tx, community, original.account_id)?;
    ledger::lock_cases_of_account(tx, community, original.account_id)?;
    let put_by = ledger::list_put_by(tx, community, original.account_id)?;
    let left = put_by.iter().find(|one| one.receipt_id == original.id).map_or(Fen::ZERO, |one| one.left);
    let method = if request.amount <= left {
        let ways = tender_lines(tx, community, &original)?;
        Some(way_back(&ways, request)?)
    } else if request.amount == original.amount {
        refuse_moved_on(tx, community, &original)?;
        None
    } else {
        return Err(too_much(&original, left, request.amount));
    };
    let unit = view::get_holder(tx, community, original.account_id)?.unit.to_string();
    Ok(Refundable { original, method, unit })
}

fn too_much(original: &ReceiptRow, left: Fen, amount: Fen) -> Refusal {
    let (number, whole) = (&original.number, original.amount);
    let zh = format!("收据 {number} 可退预存 {left} 元，或整张退 {whole} 元，不能退 {amount} 元");
    let en = format!("of {number}, {left} put by can be given back, or all of it ({whole}), not {amount}");
    Refusal::invalid("amount", zh, en)
}

/// The way the money goes back: the one it came, which has to have brought as much.
fn way_back(ways: &[TenderLine], request: &RefundRequest) -> Result<String, Refusal> {
    let wanted = request.method.as_deref().filter(|method| !method.is_empty());
    let fits = |way: &&TenderLine| wanted.is_none_or(|method| way.method == method) && way.amount >= request.amount;
    let fitting: Vec<&TenderLine> = ways.iter().filter(fits).collect();
    if let [only] = fitting.as_slice() {
        return Ok(only.method.clone());
    }
    let list: Vec<String> = ways.iter().map(|way| format!("{} {}", way.method, way.amount)).collect();
    let list = list.join(", ");
    let zh = format!("退款须原路退回，请从原收款方式中选一种且不超过其金额：{list}");
    Err(Refusal::invalid("method", zh, format!("a refund goes back the way it came: name one of {list}")))
}

/// Gives it back; the id of the refund.
///
/// # Errors
/// As for [`check`].
pub(crate) fn refund(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    request: &RefundRequest,
) -> Result<uuid::Uuid, Refusal> {
    let found = check(tx, community, request)?;
    let remark = format!("退款（{}）：{}", found.original.number, people.reason);
    let receipt = match &found.method {
        Some(method) => {
            give_back(tx, app, community, &found.original, (request.amount, method, &remark, people.asked_by))?
        }
        None => {
            let why = Why { remark: &remark, actor_name: people.asked_by, refunded: true };
            take_back_all(tx, app, community, &found.original, &why)?
        }
    };
    let detail = serde_json::json!({ "receipt": found.original.number, "refund": receipt.number,
        "amount": request.amount, "requested_by": people.asked_by });
    let subject_id = Some(receipt.id.uuid());
    let act = Act { act: "receipt.refund", subject_kind: "receipt", subject_id, detail: &detail };
    audit::record(tx, app, people.approver, Some(community), &act)?;
    Ok(receipt.id.uuid())
}

/// Gives back money put by.
fn give_back(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    original: &ReceiptRow,
    (amount, method, remark, by): (Fen, &str, &str, &str),
) -> Result<ReceiptRow, Refusal> {
    let id: ReceiptId = app.new_id();
    let receipt = ReceiptRow {
        id,
        number: ledger::next_number(tx, community, app.today().year())?,
        key: format!("refund:{id}"),
        amount: -amount,
        received_on: app.today(),
        method: method.to_owned(),
        remark: remark.to_owned(),
        reverses_id: None,
        source_id: Some(original.id),
        actor_name: by.to_owned(),
        recorded_at: app.clock.now(),
        ..original.clone()
    };
    let seq = community::next_seq(tx, community, 2)?;
    ledger::insert_receipt(tx, community, &receipt, seq)?;
    let row = out_of_put_by(app, &receipt);
    ledger::insert_allocation(tx, community, &row, seq + 1)?;
    registry::add_prepaid(tx, community, receipt.account_id, receipt.amount)?;
    Ok(receipt)
}

/// The allocation of a negative receipt that takes from what its source put by.
pub(super) fn out_of_put_by(app: &App, receipt: &ReceiptRow) -> AllocationRow {
    AllocationRow {
        id: app.new_id(),
        receipt_id: receipt.id,
        account_id: receipt.account_id,
        kind: "prepaid_in".to_owned(),
        charge_id: None,
        late_fee_id: None,
        amount: receipt.amount,
        effective_on: receipt.received_on,
    }
}
