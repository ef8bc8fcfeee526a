//! Money put by pays new charges as they are issued, oldest money first.

use std::collections::HashMap;

use hemu_domain::Fen;
use hemu_domain::ids::{AccountId, CommunityId, ReceiptId};
use hemu_store::billing::{self, ChargeRow};
use hemu_store::ledger::{self, AllocationRow};
use hemu_store::{DbError, Tx, community, registry};

use crate::App;

/// Uses what accounts have put by for these new charges.
///
/// # Errors
/// When the database refuses.
pub fn use_for(tx: &mut Tx<'_>, app: &App, community: CommunityId, charges: &[ChargeRow]) -> Result<(), DbError> {
    let mut sources: HashMap<AccountId, Vec<(ReceiptId, Fen)>> = HashMap::new();
    for (account, receipt, left) in ledger::list_prepaid_sources(tx, community)? {
        if left.is_positive() {
            sources.entry(account).or_default().push((receipt, left));
        }
    }
    for charge in charges {
        let Some(sources) = sources.get_mut(&charge.account_id) else { continue };
        let mut open = charge.open;
        for (receipt, left) in sources.iter_mut().filter(|(_, left)| left.is_positive()) {
            let used = open.min(*left);
            if !used.is_positive() {
                break;
            }
            move_money(tx, app, community, charge, *receipt, used)?;
            open -= used;
            *left -= used;
        }
    }
    Ok(())
}

fn move_money(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    charge: &ChargeRow,
    receipt_id: ReceiptId,
    amount: Fen,
) -> Result<(), DbError> {
    registry::lock_account(tx, community, charge.account_id)?;
    registry::add_prepaid(tx, community, charge.account_id, -amount)?;
    billing::take_off_charge(tx, community, charge.id, amount)?;
    let seq = community::next_seq(tx, community, 2)?;
    for (position, kind) in (0..).zip(["prepaid_out", "principal"]) {
        let row = AllocationRow {
            id: app.new_id(),
            receipt_id,
            account_id: charge.account_id,
            kind: kind.to_owned(),
            charge_id: Some(charge.id),
            late_fee_id: None,
            amount,
            effective_on: app.today(),
        };
        ledger::insert_allocation(tx, community, &row, seq + position)?;
    }
    Ok(())
}
