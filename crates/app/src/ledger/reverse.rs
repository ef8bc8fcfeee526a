//! Reversal of a receipt (冲红): a receipt of its own with a negative amount and the same allocations taken back.
//!
//! It counts from the day it is made: the list of a day in between shows what was known then. Charges are open again with their
//! old due dates, money put by is gone with what it had paid since, small change let off is owed again, and a late fee the payment
//! had frozen stays frozen and open. It takes the same locks as a payment, case included (I6), so that no message goes out on a
//! balance in between; the next run opens a case again where the payment had closed it.
//!
//! Money that was given back or moved on meanwhile comes first: its own reversal. Money moved from one account to another goes
//! back as one act, both entries. A refund may be reversed (the transfer came back); a reversal may not.

use chrono::Datelike as _;
use hemu_domain::Fen;
use hemu_domain::ids::{CommunityId, ReceiptId};
use hemu_domain::staff::Permission;
use hemu_store::ledger::adjustment::AdjustmentRow;
use hemu_store::ledger::{self, AllocationRow, ReceiptRow, TenderRow};
use hemu_store::{DbError, Tx, billing, community, registry};

use super::apply::BY_THE_LIMIT;
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// What to reverse, and why.
#[derive(Clone, Debug)]
pub struct ReverseRequest {
    /// Name of the community.
    pub community: String,
    /// The receipt.
    pub receipt: ReceiptId,
    /// Why: printed on the reversal.
    pub reason: String,
}

/// Reverses a receipt; returns the number of the reversal. A second reversal of the same receipt changes nothing.
///
/// # Errors
/// [`Refusal::InvalidInput`] without a reason; [`Refusal::Conflict`] for a reversal of a reversal, or when money it put by was given
/// back or moved on since.
pub fn reverse_receipt(app: &App, actor: &Actor, request: &ReverseRequest) -> Result<String, Refusal> {
    let community = find_community(app, &request.community)?;
    actor.require(Permission::ReversePayment, community)?;
    if request.reason.trim().is_empty() {
        return Err(Refusal::invalid("reason", "冲红必须写明原因", "a reversal needs a reason"));
    }
    app.db.write(|tx| reverse_within(tx, app, actor, community, request))
}

/// Reverses a receipt within a transaction that does more; whoever calls has checked permission and reason.
pub(crate) fn reverse_within(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    request: &ReverseRequest,
) -> Result<String, Refusal> {
    community::next_seq(tx, community, 1)?;
    let original = ledger::find(tx, community, request.receipt)?
        .ok_or_else(|| Refusal::not_found("收据", "receipt", &request.receipt.to_string()))?;
    if original.reverses_id.is_some() {
        return Err(Refusal::conflict("冲红单不能再冲红", "a reversal is not reversed; take the payment again"));
    }
    if let Some(known) = ledger::find_by_key(tx, community, &key(original.id))? {
        return Ok(known.number);
    }
    let why = Why { remark: request.reason.trim(), actor_name: &actor.name, refunded: false };
    let mut number = String::new();
    for one in entries(tx, community, original)? {
        let reversal = take_back_all(tx, app, community, &one, &why)?;
        let detail = serde_json::json!({ "receipt": one.number, "reversal": reversal.number });
        let subject_id = Some(reversal.id.uuid());
        let act = Act { act: "receipt.reverse", subject_kind: "receipt", subject_id, detail: &detail };
        audit::record(tx, app, actor, Some(community), &act)?;
        if one.id == request.receipt {
            number = reversal.number;
        }
    }
    Ok(number)
}

fn key(receipt: ReceiptId) -> String {
    format!("reversal:{receipt}")
}

/// What is reversed together: the receipt, and where money was moved, the entry of the other account first where it came in.
fn entries(tx: &mut Tx<'_>, community: CommunityId, original: ReceiptRow) -> Result<Vec<ReceiptRow>, Refusal> {
    if original.method != "moved" {
        return Ok(vec![original]);
    }
    let partner = match original.key.strip_prefix("moved-from:").map(ReceiptId::parse) {
        Some(Ok(out)) => ledger::find(tx, community, out)?,
        Some(Err(_)) => None,
        None => ledger::find_by_key(tx, community, &format!("moved-from:{}", original.id))?,
    };
    let partner = partner.ok_or_else(|| Refusal::Internal(format!("{} was moved from nowhere", original.number)))?;
    let mut both = vec![original, partner];
    both.sort_by_key(|one| one.amount.is_positive());
    both.reverse();
    Ok(both)
}

/// Why everything is taken back.
pub(super) struct Why<'a> {
    /// Printed on the reversal.
    pub remark: &'a str,
    /// Who does it.
    pub actor_name: &'a str,
    /// Whether the money was given back (退款), rather than entered by mistake.
    pub refunded: bool,
}

/// Writes the reversal of a receipt and takes back all it did.
///
/// # Errors
/// [`Refusal::Conflict`] when money it put by was given back or moved on since.
pub(super) fn take_back_all(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    original: &ReceiptRow,
    why: &Why<'_>,
) -> Result<ReceiptRow, Refusal> {
    refuse_moved_on(tx, community, original)?;
    registry::lock_account(tx, community, original.account_id)?;
    ledger::lock_cases_of_account(tx, community, original.account_id)?;
    let reversal = ReceiptRow {
        id: app.new_id(),
        number: ledger::next_number(tx, community, app.today().year())?,
        key: key(original.id),
        amount: -original.amount,
        received_on: app.today(),
        remark: why.remark.to_owned(),
        reverses_id: Some(original.id),
        source_id: if why.refunded { Some(original.id) } else { original.source_id },
        actor_name: why.actor_name.to_owned(),
        recorded_at: app.clock.now(),
        ..original.clone()
    };
    let seq = community::next_seq(tx, community, 1)?;
    ledger::insert_receipt(tx, community, &reversal, seq)?;
    take_back_tenders(tx, app, community, &reversal, original.id)?;
    for row in ledger::list_allocations(tx, community, original.id)? {
        take_back(tx, app, community, &reversal, &row)?;
    }
    for row in ledger::list_roundings(tx, community, original.id)? {
        owe_again(tx, app, community, &reversal, &row)?;
    }
    Ok(reversal)
}

/// Money a receipt put by may be elsewhere by now.
///
/// # Errors
/// [`Refusal::Conflict`] when some was given back or moved on, naming by which receipts.
pub(super) fn refuse_moved_on(tx: &mut Tx<'_>, community: CommunityId, original: &ReceiptRow) -> Result<(), Refusal> {
    let moved_on = ledger::list_moved_on(tx, community, original.id)?;
    if moved_on.is_empty() {
        return Ok(());
    }
    let (number, list) = (&original.number, moved_on.join("、"));
    let zh = format!("收据 {number} 的预存已退款或转出（{list}），请先冲红这些单据");
    let en = format!("what {number} put by was given back or moved on ({}): reverse that first", moved_on.join(", "));
    Err(Refusal::conflict(zh, en))
}

fn take_back_tenders(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    reversal: &ReceiptRow,
    original: ReceiptId,
) -> Result<(), DbError> {
    let mut back = Vec::new();
    for row in ledger::list_tenders(tx, community, original)? {
        let (amount, seq) = (-row.amount, community::next_seq(tx, community, 1)?);
        back.push((seq, TenderRow { id: app.new_id(), receipt_id: reversal.id, amount, handed: amount, ..row }));
    }
    ledger::insert_tenders(tx, community, &back)
}

fn take_back(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    reversal: &ReceiptRow,
    row: &AllocationRow,
) -> Result<(), Refusal> {
    let back: Fen = -row.amount;
    match (row.kind.as_str(), row.charge_id, row.late_fee_id) {
        ("principal", Some(charge), _) => billing::take_off_charge(tx, community, charge, back)?,
        ("late_fee", _, Some(late_fee)) => ledger::take_off_late_fee(tx, community, late_fee, back)?,
        ("prepaid_in", _, _) => registry::add_prepaid(tx, community, row.account_id, back)?,
        ("prepaid_out", _, _) => registry::add_prepaid(tx, community, row.account_id, row.amount)?,
        (kind, _, _) => return Err(Refusal::Internal(format!("an allocation of kind {kind} without its target"))),
    }
    let taken = AllocationRow {
        id: app.new_id(),
        receipt_id: reversal.id,
        amount: back,
        effective_on: reversal.received_on,
        ..row.clone()
    };
    let seq = community::next_seq(tx, community, 1)?;
    Ok(ledger::insert_allocation(tx, community, &taken, seq)?)
}

/// Small change that was let off with the receipt is owed again from the day of the reversal.
fn owe_again(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    reversal: &ReceiptRow,
    row: &AdjustmentRow,
) -> Result<(), Refusal> {
    let back: Fen = -row.amount;
    match row.late_fee_id {
        Some(late_fee) => ledger::take_off_late_fee(tx, community, late_fee, back)?,
        None => billing::take_off_charge(tx, community, row.charge_id, back)?,
    }
    let again = AdjustmentRow {
        id: app.new_id(),
        amount: back,
        effective_on: reversal.received_on,
        reason: format!("{} 冲红，抹零恢复", reversal.number),
        requested_by: reversal.actor_name.clone(),
        approved_by: BY_THE_LIMIT.to_owned(),
        recorded_at: reversal.recorded_at,
        ..row.clone()
    };
    let seq = community::next_seq(tx, community, 1)?;
    Ok(ledger::insert_rounding(tx, community, reversal.id, &again, seq)?)
}
