//! Lowers charges by entries of their own: what is open first; what had been paid of the rest comes off the newest payments, and is
//! put by for the payer.

use std::collections::HashMap;

use hemu_domain::Fen;
use hemu_domain::ids::{AccountId, ChargeId, CommunityId};
use hemu_domain::ledger::standing::standing;
use hemu_store::ledger::adjustment::{self, AdjustmentRow};
use hemu_store::ledger::reversal::{self, PaidEntry};
use hemu_store::ledger::{self, AllocationRow};
use hemu_store::{DbError, Tx, billing, community};

use crate::App;
use crate::billing::count;

/// What is open on the charges that are lowered.
pub type Open = HashMap<ChargeId, Fen>;

/// Writes entries that take off principal; what is not open was paid, and is put by. Nothing is taken off that was neither.
///
/// # Errors
/// When the database refuses.
pub fn lower(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    mut entries: Vec<AdjustmentRow>,
    open: &Open,
) -> Result<Fen, DbError> {
    let charges: Vec<ChargeId> = entries.iter().map(|one| one.charge_id).collect();
    let mut paid: HashMap<ChargeId, Vec<PaidEntry>> = HashMap::new();
    for one in reversal::list_paid(tx, community, &charges)? {
        paid.entry(one.charge_id).or_default().push(one);
    }
    let mut allocations = Vec::new();
    let mut put_by = Fen::ZERO;
    for entry in &mut entries {
        let open = open.get(&entry.charge_id).copied().unwrap_or(Fen::ZERO);
        let excess = (entry.amount - open).max(Fen::ZERO);
        let of_charge = paid.remove(&entry.charge_id).unwrap_or_default();
        let freed = free(app, entry.account_id, of_charge, excess, &mut allocations);
        entry.amount = entry.amount - excess + freed;
        put_by += freed;
        billing::take_off_charge(tx, community, entry.charge_id, entry.amount - freed)?;
    }
    entries.retain(|one| one.amount.is_positive());
    let first = community::next_seq(tx, community, count(entries.len() + allocations.len() + 1))?;
    adjustment::insert_many(tx, community, &entries, first)?;
    let second = first + count(entries.len());
    if !allocations.is_empty() {
        let accounts: Vec<AccountId> = entries.iter().map(|one| one.account_id).collect();
        ledger::insert_allocations(tx, community, &allocations, second)?;
        reversal::add_prepaid_since(tx, community, &accounts, second)?;
    }
    Ok(put_by)
}

/// Takes an amount back from the newest payments of a charge; how much there was.
fn free(app: &App, account_id: AccountId, paid: Vec<PaidEntry>, amount: Fen, rows: &mut Vec<AllocationRow>) -> Fen {
    let alike = |one: &PaidEntry| (one.receipt_id, one.kind.clone(), one.late_fee_id, one.effective_on);
    let mut paid = standing(paid, |one| one.amount, alike);
    let mut left = amount;
    while left.is_positive() {
        let Some(place) = paid.iter().rposition(|one| one.kind == "principal") else { break };
        let one = paid.remove(place);
        let same = |other: &PaidEntry| {
            other.kind == "prepaid_out"
                && (other.receipt_id, other.amount, other.effective_on)
                    == (one.receipt_id, one.amount, one.effective_on)
        };
        let used = paid.iter().position(same).map(|place| paid.remove(place));
        let part = left.min(one.amount);
        left -= part;
        let row = |from: &PaidEntry, amount: Fen| AllocationRow {
            id: app.new_id(),
            receipt_id: from.receipt_id,
            account_id,
            kind: from.kind.clone(),
            charge_id: Some(from.charge_id),
            late_fee_id: None,
            amount,
            effective_on: from.effective_on,
        };
        for entry in [Some(&one), used.as_ref()].into_iter().flatten() {
            rows.push(row(entry, -entry.amount));
            if entry.amount > part {
                rows.push(row(entry, entry.amount - part));
            }
        }
        if used.is_none() {
            let kind = "prepaid_in".to_owned();
            let put_by = AllocationRow { kind, charge_id: None, effective_on: one.received_on, ..row(&one, part) };
            rows.push(put_by);
        }
    }
    amount - left
}
