//! Reversal of a receipt (冲红): a receipt of its own with a negative amount and the same allocations taken back.
//!
//! It counts from the day it is made: the list of a day in between shows what was known then. Charges are open again with their
//! old due dates, money put by is gone with what it had paid since, and a late fee the payment had frozen stays frozen and open.
//! It takes the same locks as a payment, case included (I6), so that no message goes out on a balance in between; the next run
//! opens a case again where the payment had closed it.

use hemu_domain::Fen;
use hemu_domain::ids::{CommunityId, ReceiptId};
use hemu_domain::staff::Permission;
use hemu_store::ledger::{self, AllocationRow, ReceiptRow};
use hemu_store::{Tx, billing, community, registry};

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
/// [`Refusal::InvalidInput`] without a reason; [`Refusal::Conflict`] for a reversal of a reversal.
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
    let seq = community::next_seq(tx, community, 1)?;
    let original = ledger::find(tx, community, request.receipt)?
        .ok_or_else(|| Refusal::not_found("收据", "receipt", &request.receipt.to_string()))?;
    if original.reverses_id.is_some() {
        return Err(Refusal::conflict("冲红单不能再冲红", "a reversal is not reversed; take the payment again"));
    }
    let key = format!("reversal:{}", original.id);
    if let Some(known) = ledger::find_by_key(tx, community, &key)? {
        return Ok(known.number);
    }
    registry::lock_account(tx, community, original.account_id)?;
    ledger::lock_cases_of_account(tx, community, original.account_id)?;
    let number = community::next_number(tx, community, community::Counter::Receipt, 1)?;
    let reversal = ReceiptRow {
        id: app.new_id(),
        account_id: original.account_id,
        number: format!("R{}-{number:06}", app.today().format("%Y")),
        key,
        amount: -original.amount,
        received_on: app.today(),
        method: original.method.clone(),
        remark: request.reason.trim().to_owned(),
        reverses_id: Some(original.id),
        actor_name: actor.name.clone(),
        recorded_at: app.clock.now(),
    };
    ledger::insert_receipt(tx, community, &reversal, seq)?;
    for row in ledger::list_allocations(tx, community, original.id)? {
        take_back(tx, app, community, &reversal, &row)?;
    }
    let detail = serde_json::json!({ "receipt": original.number, "reversal": reversal.number });
    let subject_id = Some(reversal.id.uuid());
    let act = Act { act: "receipt.reverse", subject_kind: "receipt", subject_id, detail: &detail };
    audit::record(tx, app, actor, Some(community), &act)?;
    Ok(reversal.number)
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
