//! What a unit has put by (预存), receipt by receipt: what can be given back or moved.

use chrono::NaiveDate;
use hemu_domain::ids::ReceiptId;
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, UnitLabel};
use hemu_store::{ledger, registry};
use serde::Serialize;

use crate::billing::find_community;
use crate::registry::get_unit;
use crate::{Actor, App, Refusal};

/// What is left of the money a receipt put by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PutByItem {
    /// The receipt.
    pub receipt: ReceiptId,
    /// Its number.
    pub number: String,
    /// When it was received.
    pub received_on: NaiveDate,
    /// How.
    pub method: String,
    /// What is left.
    pub left: Fen,
    /// Other units of the same payer it could be moved to.
    pub units: Vec<UnitLabel>,
}

/// What is left of the money a unit has put by, newest first.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such unit.
pub fn list_put_by(app: &App, actor: &Actor, community: &str, unit: &UnitLabel) -> Result<Vec<PutByItem>, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let unit = get_unit(tx, community, unit)?.id;
        let mut items = Vec::new();
        // A handful: one account for each payer the unit has had.
        for account in registry::list_accounts_of_unit(tx, community, unit)? {
            if !account.prepaid.is_positive() {
                continue;
            }
            let units = registry::list_other_units(tx, community, account.party_id, unit)?;
            for one in ledger::list_put_by(tx, community, account.id)? {
                items.push(PutByItem {
                    receipt: one.receipt_id,
                    number: one.number,
                    received_on: one.received_on,
                    method: one.method,
                    left: one.left,
                    units: units.clone(),
                });
            }
        }
        Ok(items)
    })
}
