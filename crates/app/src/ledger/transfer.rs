//! Transfer (转款): money a payer has put by for one unit goes to another unit of the same payer, as one act with two entries: a
//! negative receipt there, a receipt here, which pays what is due and puts the rest by. No money comes in or goes out.

use chrono::Datelike as _;
use hemu_domain::ids::{CommunityId, ReceiptId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, UnitLabel};
use hemu_store::Tx;
use hemu_store::ledger::posting::{self, Books};
use hemu_store::ledger::{self, ReceiptRow};
use hemu_store::registry::{self, AccountRow};
use serde::Serialize;

use super::refund::out_of_put_by;
use super::{AllocationLine, apply};
use crate::audit::{self, Act};
use crate::entered::check_amount;
use crate::{Actor, App, Refusal};

/// What to move where.
#[derive(Clone, Debug)]
pub struct TransferRequest {
    /// Name of the community.
    pub community: String,
    /// The receipt whose money put by is moved.
    pub receipt: ReceiptId,
    /// The unit it goes to.
    pub to: UnitLabel,
    /// How much.
    pub amount: Fen,
}

/// Money that was moved, and what it paid there.
#[derive(Clone, Debug, Serialize)]
pub struct TransferReport {
    /// The number of the entry that took it away.
    pub out: String,
    /// The number of the entry that brought it.
    pub receipt: String,
    /// Its id.
    pub id: ReceiptId,
    /// The unit.
    pub unit: UnitLabel,
    /// How much.
    pub amount: Fen,
    /// What it paid.
    pub allocations: Vec<AllocationLine>,
    /// What is put by there.
    pub prepaid: Fen,
}

/// Moves money put by to another unit of the same payer.
///
/// # Errors
/// [`Refusal::NotFound`] without such a receipt or unit; [`Refusal::InvalidInput`] for more than is left;
/// [`Refusal::Conflict`] when the other unit has another payer.
pub fn transfer(app: &App, actor: &Actor, request: &TransferRequest) -> Result<TransferReport, Refusal> {
    check_amount("amount", request.amount)?;
    app.db.write(|tx| {
        let books = Books::open(tx, request.community.trim())?
            .ok_or_else(|| Refusal::not_found("小区", "community", &request.community))?;
        actor.require(Permission::ReversePayment, books.community())?;
        move_money(tx, app, actor, books, request)
    })
}

fn move_money(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    mut books: Books,
    request: &TransferRequest,
) -> Result<TransferReport, Refusal> {
    let community = books.community();
    let source = ledger::find(tx, community, request.receipt)?
        .ok_or_else(|| Refusal::not_found("收据", "receipt", &request.receipt.to_string()))?;
    let (from, to) = accounts(tx, community, &source, &request.to)?;
    let mut locks = [from.id, to.id];
    locks.sort_unstable();
    for account in locks {
        registry::lock_account(tx, community, account)?;
    }
    ledger::lock_cases_of_party(tx, community, from.party_id)?;
    check_left(tx, community, &source, request.amount)?;
    let entry = Entry { app, actor, remark: format!("转款：{} → {}", source.number, request.to) };
    let out_id: ReceiptId = app.new_id();
    let out =
        entry.row(tx, community, (out_id, format!("moved:{out_id}")), (&from, -request.amount, Some(source.id)))?;
    books.insert_receipt(tx, &out)?;
    let row = out_of_put_by(app, &out);
    posting::insert_allocations(tx, community, &[(books.next_seq(), row)])?;
    registry::add_prepaid(tx, community, from.id, out.amount)?;
    let key = (app.new_id(), format!("moved-from:{out_id}"));
    let brought = entry.row(tx, community, key, (&to, request.amount, None))?;
    books.insert_receipt(tx, &brought)?;
    let applied = apply::apply(tx, app, &mut books, &to, &brought, (&[], Fen::ZERO))?;
    let detail = serde_json::json!({ "out": out.number, "in": brought.number, "amount": request.amount });
    let subject_id = Some(brought.id.uuid());
    let act = Act { act: "receipt.transfer", subject_kind: "receipt", subject_id, detail: &detail };
    books.append_audit(tx, &audit::entry(app, actor, &act))?;
    books.close(tx)?;
    Ok(TransferReport {
        out: out.number,
        receipt: brought.number,
        id: brought.id,
        unit: request.to.clone(),
        amount: request.amount,
        allocations: applied.lines,
        prepaid: applied.prepaid,
    })
}

/// The account the money lies on, and the one of the same payer at the other unit.
fn accounts(
    tx: &mut Tx<'_>,
    community: CommunityId,
    source: &ReceiptRow,
    to: &UnitLabel,
) -> Result<(AccountRow, AccountRow), Refusal> {
    let from = registry::get_account(tx, community, source.account_id)?;
    let there =
        posting::list_payers(tx, community, to)?.ok_or_else(|| Refusal::not_found("房屋", "unit", to.as_str()))?;
    let own = there.into_iter().filter(|one| one.party_id == from.party_id && one.id != from.id);
    let own = own.max_by_key(|one| (one.starts_on, one.id)).ok_or_else(|| {
        let zh = format!("{to} 没有同一缴费人的账户，预存只能转到同一人名下的房屋");
        Refusal::conflict(zh, format!("{to} has no account of the same payer: money put by stays with its payer"))
    })?;
    Ok((from, own))
}

fn check_left(tx: &mut Tx<'_>, community: CommunityId, source: &ReceiptRow, amount: Fen) -> Result<(), Refusal> {
    let put_by = ledger::list_put_by(tx, community, source.account_id)?;
    let left = put_by.iter().find(|one| one.receipt_id == source.id).map_or(Fen::ZERO, |one| one.left);
    if amount <= left {
        return Ok(());
    }
    let number = &source.number;
    let zh = format!("收据 {number} 的预存只剩 {left} 元，不能转 {amount} 元");
    Err(Refusal::invalid("amount", zh, format!("{number} has {left} put by left, not {amount}")))
}

/// What both entries have in common.
struct Entry<'a> {
    app: &'a App,
    actor: &'a Actor,
    remark: String,
}

impl Entry<'_> {
    fn row(
        &self,
        tx: &mut Tx<'_>,
        community: CommunityId,
        (id, key): (ReceiptId, String),
        (account, amount, source_id): (&AccountRow, Fen, Option<ReceiptId>),
    ) -> Result<ReceiptRow, Refusal> {
        let today = self.app.today();
        Ok(ReceiptRow {
            id,
            account_id: account.id,
            number: ledger::next_number(tx, community, today.year())?,
            key,
            amount,
            received_on: today,
            method: "moved".to_owned(),
            remark: self.remark.clone(),
            reverses_id: None,
            source_id,
            actor_name: self.actor.name.clone(),
            recorded_at: self.app.clock.now(),
        })
    }
}
