//! Deposits (押金): taken, given back in whole or in part, or kept in part for a damage, which takes a second person. They are money of
//! others: they never pay a charge, are no income, and stand on a list of their own.

use chrono::NaiveDate;
use hemu_domain::ids::{CommunityId, DepositId};
use hemu_domain::ledger::deposit::DepositEntryKind;
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, UnitLabel};
use hemu_store::ledger::deposit::{self, DepositEntryRow, DepositLine, DepositRow};
use hemu_store::{Tx, community, registry};
use serde::{Deserialize, Serialize};

use super::payer_on;
use crate::approval::TwoPeople;
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::entered::check_past_day;
use crate::registry::{optional, required};
use crate::{Actor, App, Refusal};

/// So many deposits are listed.
const NEWEST: i64 = 500;

/// A deposit to take.
#[derive(Clone, Debug)]
pub struct NewDeposit {
    /// The unit whose payer of the day gives it.
    pub unit: UnitLabel,
    /// What for, such as 装修押金.
    pub kind: String,
    /// How much.
    pub amount: Fen,
    /// When; not after today.
    pub taken_on: NaiveDate,
    /// `cash`, `card`, `transfer`, `wechat`, `alipay`, `qr` or `other`.
    pub method: String,
    /// A remark.
    pub remark: String,
}

/// A part of a deposit to give back.
#[derive(Clone, Debug)]
pub struct DepositReturn {
    /// The deposit.
    pub deposit: DepositId,
    /// How much of what is left.
    pub amount: Fen,
    /// How it is given back.
    pub method: String,
    /// Why now, such as 装修验收合格.
    pub reason: String,
}

/// A part of a deposit to keep; the reason is that of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeductionRequest {
    /// The deposit.
    pub deposit: DepositId,
    /// How much of what is left.
    pub amount: Fen,
}

/// A deposit in the list.
#[derive(Clone, Debug, Serialize)]
pub struct DepositItem {
    /// Its id.
    pub id: DepositId,
    /// The unit.
    pub unit: UnitLabel,
    /// What for.
    pub kind: String,
    /// How much was taken.
    pub amount: Fen,
    /// Given back.
    pub returned: Fen,
    /// Kept.
    pub deducted: Fen,
    /// Still kept for the payer.
    pub left: Fen,
    /// When it was taken.
    pub taken_on: NaiveDate,
    /// How.
    pub method: String,
    /// A remark.
    pub remark: String,
    /// By whom.
    pub taken_by: String,
}

/// The deposits of a community.
#[derive(Clone, Debug, Serialize)]
pub struct DepositReport {
    /// The newest.
    pub rows: Vec<DepositItem>,
    /// What was taken of all, up to today.
    pub taken: Fen,
    /// What was given back.
    pub returned: Fen,
    /// What was kept.
    pub deducted: Fen,
    /// What is owed to payers (其他应付款).
    pub left: Fen,
}

/// Takes a deposit.
///
/// # Errors
/// [`Refusal::InvalidInput`] when something is missing, the sum is not above zero or the day lies ahead; [`Refusal::NotFound`] for an
/// unknown unit; [`Refusal::Conflict`] when nobody pays for the unit.
pub fn take_deposit(app: &App, actor: &Actor, community: &str, new: &NewDeposit) -> Result<DepositId, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::TakePayment, community)?;
    let kind = required("kind", "押金名称", &new.kind, 40)?;
    let remark = optional("remark", "备注", &new.remark, 200)?;
    check_amount(new.amount)?;
    check_method(&new.method)?;
    check_past_day("taken_on", new.taken_on, app.today())?;
    app.db.write(|tx| {
        let seq = community::next_seq(tx, community, 1)?;
        let unit = registry::find_unit(tx, community, &new.unit)?
            .ok_or_else(|| Refusal::not_found("房屋", "unit", new.unit.as_str()))?;
        let accounts = registry::list_accounts_of_unit(tx, community, unit.id)?;
        let account_id = payer_on(&accounts, new.taken_on, |_| false).map(|one| one.id).ok_or_else(|| {
            Refusal::conflict(
                format!("{} 还没有缴费人，请先登记业主", unit.label),
                format!("nobody pays for {} yet", unit.label),
            )
        })?;
        registry::lock_account(tx, community, account_id)?;
        let row = DepositRow {
            id: app.new_id(),
            account_id,
            unit_id: unit.id,
            kind: kind.clone(),
            amount: new.amount,
            taken_on: new.taken_on,
            method: new.method.clone(),
            remark: remark.clone(),
            taken_by: actor.name.clone(),
        };
        deposit::insert(tx, community, &row, seq)?;
        let detail = serde_json::json!({ "kind": kind, "amount": new.amount, "on": new.taken_on });
        let act =
            Act { act: "deposit.take", subject_kind: "deposit", subject_id: Some(row.id.uuid()), detail: &detail };
        audit::record(tx, app, actor, Some(community), &act)?;
        Ok(row.id)
    })
}

/// Gives a deposit back, in whole or in part.
///
/// # Errors
/// [`Refusal::InvalidInput`] without a reason or a sum; [`Refusal::Conflict`] for more than is left.
pub fn return_deposit(app: &App, actor: &Actor, community: &str, back: &DepositReturn) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::TakePayment, community)?;
    let reason = required("reason", "理由", &back.reason, 200)?;
    check_method(&back.method)?;
    app.db.write(|tx| {
        let seq = community::next_seq(tx, community, 1)?;
        check_left(tx, community, back.deposit, back.amount)?;
        let entry = DepositEntryRow {
            id: app.new_id(),
            deposit_id: back.deposit,
            kind: DepositEntryKind::Return,
            amount: back.amount,
            entered_on: app.today(),
            method: Some(back.method.clone()),
            reason: reason.clone(),
            requested_by: actor.name.clone(),
            approved_by: None,
        };
        enter(tx, app, actor, community, (&entry, seq))
    })
}

/// The deposits of a community, newest first, with the sums of all.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn list_deposits(app: &App, actor: &Actor, community: &str) -> Result<DepositReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let (rows, (taken, returned, deducted)) = app.db.read(|tx| {
        Ok::<_, Refusal>((deposit::list_newest(tx, community, NEWEST)?, deposit::sums(tx, community, app.today())?))
    })?;
    let rows = rows.into_iter().map(item).collect();
    Ok(DepositReport { rows, taken, returned, deducted, left: taken - returned - deducted })
}

/// Whether a part could be kept now but for the second person.
///
/// # Errors
/// [`Refusal::NotFound`] for an unknown deposit; [`Refusal::Conflict`] for more than is left.
pub(crate) fn check(tx: &mut Tx<'_>, community: CommunityId, asked: &DeductionRequest) -> Result<DepositLine, Refusal> {
    check_left(tx, community, asked.deposit, asked.amount)
}

/// Keeps a part that two people agreed on.
///
/// # Errors
/// As for [`check`].
pub(crate) fn deduct(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    asked: &DeductionRequest,
) -> Result<(), Refusal> {
    let seq = community::next_seq(tx, community, 1)?;
    check(tx, community, asked)?;
    let entry = DepositEntryRow {
        id: app.new_id(),
        deposit_id: asked.deposit,
        kind: DepositEntryKind::Deduction,
        amount: asked.amount,
        entered_on: app.today(),
        method: None,
        reason: people.reason.to_owned(),
        requested_by: people.asked_by.to_owned(),
        approved_by: Some(people.approver.name.clone()),
    };
    enter(tx, app, people.approver, community, (&entry, seq))
}

fn enter(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (entry, seq): (&DepositEntryRow, i64),
) -> Result<(), Refusal> {
    deposit::insert_entry(tx, community, entry, seq)?;
    let act = match entry.kind {
        DepositEntryKind::Return => "deposit.return",
        DepositEntryKind::Deduction => "deposit.deduct",
    };
    let detail =
        serde_json::json!({ "amount": entry.amount, "reason": entry.reason, "requested_by": entry.requested_by });
    let subject_id = Some(entry.deposit_id.uuid());
    let act = Act { act, subject_kind: "deposit", subject_id, detail: &detail };
    Ok(audit::record(tx, app, actor, Some(community), &act)?)
}

fn check_left(tx: &mut Tx<'_>, community: CommunityId, id: DepositId, amount: Fen) -> Result<DepositLine, Refusal> {
    check_amount(amount)?;
    let line = deposit::find(tx, community, id)?.ok_or_else(|| Refusal::not_found("押金", "deposit", ""))?;
    if amount > line.left() {
        let left = line.left();
        return Err(Refusal::conflict(
            format!("这笔押金只剩 {} 元，不能退或扣 {} 元", left.grouped(), amount.grouped()),
            format!("only {left} yuan of this deposit are left, less than {amount}"),
        ));
    }
    Ok(line)
}

fn check_amount(amount: Fen) -> Result<(), Refusal> {
    if amount.is_positive() && amount <= Fen::LARGEST_PAYMENT {
        return Ok(());
    }
    Err(Refusal::invalid(
        "amount",
        "金额应大于零、不超过 10 亿元",
        "the amount has to be above zero and a sum that can be paid",
    ))
}

fn check_method(method: &str) -> Result<(), Refusal> {
    if matches!(method, "cash" | "card" | "transfer" | "wechat" | "alipay" | "qr" | "other") {
        return Ok(());
    }
    Err(Refusal::invalid("method", "请选择收付方式", "choose how the money moves"))
}

fn item(line: DepositLine) -> DepositItem {
    DepositItem {
        left: line.left(),
        returned: line.returned,
        deducted: line.deducted,
        unit: line.unit,
        id: line.deposit.id,
        kind: line.deposit.kind,
        amount: line.deposit.amount,
        taken_on: line.deposit.taken_on,
        method: line.deposit.method,
        remark: line.deposit.remark,
        taken_by: line.deposit.taken_by,
    }
}
