//! Printing a receipt is counted: the first print is the receipt, each later one says that it is a reprint (补打), so that no paper
//! can be shown twice as two payments. The receipts of one payment for several units are one paper, and are counted together.

use hemu_domain::ids::{CommunityId, ReceiptId};
use hemu_domain::staff::Permission;
use hemu_store::ledger::{ReceiptRow, TogetherRow};
use hemu_store::{DbError, Tx, community, ledger};
use serde::Serialize;

use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// A print that was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Printed {
    /// Its number: 1 is the receipt itself.
    pub print: i64,
    /// How often it was printed again; 0 for the receipt itself.
    pub reprint: i64,
}

/// Counts a print of a receipt before it goes to paper.
///
/// # Errors
/// [`Refusal::NotFound`] without such a receipt; [`Refusal::Conflict`] for a reversal, which has no receipt of its own.
pub fn print_receipt(app: &App, actor: &Actor, community: &str, id: ReceiptId) -> Result<Printed, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::TakePayment, community)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let receipt = ledger::find(tx, community, id)?.ok_or_else(|| Refusal::not_found("收据", "receipt", ""))?;
        if receipt.reverses_id.is_some() && receipt.source_id.is_none() {
            let zh = "冲红单没有收据，请打印原收据";
            return Err(Refusal::conflict(zh, "a reversal has no receipt: print the original"));
        }
        let mut printed = Printed { print: 0, reprint: 0 };
        for one in on_one_paper(tx, community, &receipt)? {
            let print = ledger::insert_print(tx, community, one.id, (&actor.name, app.clock.now()))?;
            let detail = serde_json::json!({ "receipt": one.number, "print": print });
            let subject_id = Some(one.id.uuid());
            let act = Act { act: "receipt.print", subject_kind: "receipt", subject_id, detail: &detail };
            audit::record(tx, app, actor, Some(community), &act)?;
            if one.id == id {
                printed = Printed { print, reprint: print - 1 };
            }
        }
        Ok(printed)
    })
}

/// What stands on the paper of a receipt: all receipts of its payment, or it alone once one of them was taken back.
pub(super) fn on_one_paper(
    tx: &mut Tx<'_>,
    community: CommunityId,
    receipt: &ReceiptRow,
) -> Result<Vec<TogetherRow>, DbError> {
    let mut together = ledger::list_together(tx, community, receipt)?;
    if together.iter().any(|one| one.reversed) {
        together.retain(|one| one.id == receipt.id);
    }
    Ok(together)
}
