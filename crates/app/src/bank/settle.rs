//! Settling a line: booked as receipts, ignored with a reason, or opened again.

use std::collections::HashSet;

use hemu_domain::ids::{AccountId, BankLineId, BankPartId, ChargeId, CommunityId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, UnitLabel};
use hemu_store::bank::{BankLineRow, BankPartRow, line, part};
use hemu_store::ledger::posting;
use hemu_store::{Tx, community};
use serde::Serialize;
use serde_json::{Value, json};

use super::directory::Known;
use super::doubts;
use crate::audit::{self, Act};
use crate::entered::check_amount;
use crate::ledger::{ReceiptReport, ReceiptRequest, ReverseRequest, reverse_within, take_within};
use crate::{Actor, App, Refusal};

/// What of a line is a unit's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinePart {
    /// The unit.
    pub unit: UnitLabel,
    /// Its payer, where the money is not the present one's.
    pub account: Option<AccountId>,
    /// How much.
    pub amount: Fen,
}

/// What became of the lines that were certain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ConfirmedReport {
    /// Lines booked.
    pub booked: usize,
    /// Their sum.
    pub amount: Fen,
    /// Lines that wait for a person.
    pub left: usize,
}

/// The receipts of lines say where the money came from.
const REMARK: &str = "银行到账";

/// Books an open line as a receipt for each part, all or none; without parts, for the payer proposed first.
///
/// # Errors
/// [`Refusal::InvalidInput`] when the parts do not add up to the line; [`Refusal::Conflict`] when it was settled already.
pub fn book_line(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    id: BankLineId,
    parts: &[LinePart],
) -> Result<Vec<ReceiptReport>, Refusal> {
    actor.require(Permission::TakePayment, community)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 0)?;
        let line = open_line(tx, community, id)?;
        let proposed = if parts.is_empty() { vec![best_part(tx, app, community, &line)?] } else { Vec::new() };
        let parts = if parts.is_empty() { &proposed } else { parts };
        let receipts = book(tx, app, actor, community, &line, parts)?;
        doubts::refresh(tx, app, community)?;
        Ok(receipts)
    })
}

fn open_line(tx: &mut Tx<'_>, community: CommunityId, id: BankLineId) -> Result<BankLineRow, Refusal> {
    let line = line::find(tx, community, id)?.ok_or_else(|| Refusal::not_found("到账", "bank line", ""))?;
    if line.state == "open" {
        return Ok(line);
    }
    Err(Refusal::conflict("这笔到账已经处理过，请刷新页面", "this line was settled already; look again"))
}

fn best_part(tx: &mut Tx<'_>, app: &App, community: CommunityId, line: &BankLineRow) -> Result<LinePart, Refusal> {
    let known = Known::load(tx, app, community)?;
    let verdict = known.judge(app, line);
    let best = verdict.proposals.first().and_then(|one| known.directory.payer(one.payer));
    let best = best.ok_or_else(|| {
        Refusal::invalid(
            "units",
            "这笔到账没有可建议的房屋，请填写房号",
            "nobody is proposed for this line: name the unit",
        )
    })?;
    Ok(LinePart { unit: best.unit.clone(), account: Some(best.account), amount: line.amount })
}

/// Books a line that is open, whose community is locked.
fn book(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    line: &BankLineRow,
    parts: &[LinePart],
) -> Result<Vec<ReceiptReport>, Refusal> {
    check_sum(line, parts)?;
    let name = community::get(tx, community)?.name;
    let mut receipts = Vec::new();
    for (number, one) in parts.iter().enumerate() {
        let request = ReceiptRequest {
            community: name.clone(),
            unit: one.unit.clone(),
            amount: one.amount,
            received_on: line.received_on,
            method: "transfer".to_owned(),
            designated: debts_of_former_payer(tx, community, line, one)?,
            key: Some(format!("bank:{}:{}:{number}", line.id, line.round)),
            remark: REMARK.to_owned(),
        };
        receipts.push(take_within(tx, app, actor, &request)?);
    }
    for receipt in &receipts {
        let id: BankPartId = app.new_id();
        let part =
            BankPartRow { id, line_id: line.id, round: line.round, receipt_id: receipt.id, amount: receipt.amount };
        let seq = community::next_seq(tx, community, 1)?;
        part::insert(tx, community, &part, seq)?;
    }
    line::settle(tx, community, line.id, ("booked", ""), (&actor.name, app.today()))?;
    let numbers: Vec<&str> = receipts.iter().map(|one| one.receipt.as_str()).collect();
    let detail = json!({ "amount": line.amount, "receipts": numbers });
    record(tx, app, actor, community, ("bank_line.book", line.id), &detail)?;
    Ok(receipts)
}

fn check_sum(line: &BankLineRow, parts: &[LinePart]) -> Result<(), Refusal> {
    for one in parts {
        check_amount("amounts", one.amount)?;
    }
    let sum: Fen = parts.iter().map(|one| one.amount).sum();
    if sum == line.amount {
        return Ok(());
    }
    let amount = line.amount;
    Err(Refusal::invalid(
        "amounts",
        format!("各户金额合计 {sum} 元，与到账 {amount} 元不符，请核对"),
        format!("the parts add up to {sum}, the line is {amount}; correct them"),
    ))
}

/// Money for somebody whose tenure is over pays that payer's debts, which must be named (see [`crate::ledger`]).
fn debts_of_former_payer(
    tx: &mut Tx<'_>,
    community: CommunityId,
    line: &BankLineRow,
    part: &LinePart,
) -> Result<Vec<ChargeId>, Refusal> {
    let Some(wanted) = part.account else { return Ok(Vec::new()) };
    let accounts = posting::list_payers(tx, community, &part.unit)?.unwrap_or_default();
    let holds = accounts.iter().find(|one| one.id == wanted).is_some_and(|one| {
        one.starts_on.is_none_or(|day| day <= line.received_on) && one.ends_on.is_none_or(|day| line.received_on <= day)
    });
    let Some(unit) = accounts.first().map(|one| one.unit_id).filter(|_| accounts.len() > 1 && !holds) else {
        return Ok(Vec::new());
    };
    let owed = posting::list_owed_ids_of_unit(tx, community, unit)?;
    Ok(owed.into_iter().filter(|(account, _)| *account == wanted).map(|(_, charge)| charge).collect())
}

/// Books every line that is certain.
///
/// An account gets one line at a time: after it, what is owed is read again, so that a second payment is not taken for the same debt.
///
/// # Errors
/// [`Refusal::Forbidden`] for somebody who may not take payments.
pub fn confirm_certain(app: &App, actor: &Actor, community: CommunityId) -> Result<ConfirmedReport, Refusal> {
    actor.require(Permission::TakePayment, community)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 0)?;
        let mut report = ConfirmedReport::default();
        loop {
            let open = line::list_open(tx, community)?;
            report.left = open.len();
            if open.is_empty() || book_once(tx, app, actor, community, &open, &mut report)? == 0 {
                break;
            }
        }
        doubts::refresh(tx, app, community)?;
        Ok(report)
    })
}

/// Books the lines that are certain, at most one for each account; returns how many.
fn book_once(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    open: &[BankLineRow],
    report: &mut ConfirmedReport,
) -> Result<usize, Refusal> {
    let known = Known::load(tx, app, community)?;
    let mut had: HashSet<AccountId> = HashSet::new();
    let before = report.booked;
    for line in open {
        let verdict = known.judge(app, line);
        let best = verdict.proposals.first().filter(|_| verdict.certain);
        let Some(payer) = best.and_then(|one| known.directory.payer(one.payer)) else { continue };
        if had.insert(payer.account) {
            let part = LinePart { unit: payer.unit.clone(), account: Some(payer.account), amount: line.amount };
            book(tx, app, actor, community, line, &[part])?;
            report.booked += 1;
            report.amount += line.amount;
        }
    }
    Ok(report.booked - before)
}

/// Ignores an open line: money that is nobody's fee (interest, a transfer between own accounts).
///
/// # Errors
/// [`Refusal::InvalidInput`] without a reason; [`Refusal::Conflict`] when it was settled already.
pub fn ignore_line(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    id: BankLineId,
    reason: &str,
) -> Result<(), Refusal> {
    actor.require(Permission::TakePayment, community)?;
    let reason = given(reason, "忽略到账必须写明原因", "say why the line is ignored")?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let line = open_line(tx, community, id)?;
        line::settle(tx, community, id, ("ignored", reason), (&actor.name, app.today()))?;
        let detail = json!({ "amount": line.amount, "reason": reason });
        record(tx, app, actor, community, ("bank_line.ignore", id), &detail)?;
        doubts::refresh(tx, app, community)
    })
}

/// Opens a settled line again; its receipts are reversed.
///
/// # Errors
/// [`Refusal::InvalidInput`] without a reason; [`Refusal::Conflict`] when it is open.
pub fn reopen_line(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    id: BankLineId,
    reason: &str,
) -> Result<(), Refusal> {
    actor.require(Permission::TakePayment, community)?;
    let reason = given(reason, "撤销必须写明原因", "say why it is undone")?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let missing = || Refusal::not_found("到账", "bank line", "");
        let line = line::find(tx, community, id)?.ok_or_else(missing)?;
        if line.state == "open" {
            return Err(Refusal::conflict("这笔到账还没有处理", "this line is open"));
        }
        let parts = part::list_of_lines(tx, community, &[id])?;
        if !parts.is_empty() {
            actor.require(Permission::ReversePayment, community)?;
        }
        let name = community::get(tx, community)?.name;
        for one in parts.iter().filter(|one| !one.reversed) {
            let community_name = name.clone();
            let request =
                ReverseRequest { community: community_name, receipt: one.receipt_id, reason: reason.to_owned() };
            reverse_within(tx, app, actor, community, &request)?;
        }
        line::reopen(tx, community, id, reason)?;
        let detail = json!({ "amount": line.amount, "was": line.state, "reason": reason });
        record(tx, app, actor, community, ("bank_line.reopen", id), &detail)?;
        doubts::refresh(tx, app, community)
    })
}

fn given<'a>(reason: &'a str, zh: &str, en: &str) -> Result<&'a str, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() { Err(Refusal::invalid("reason", zh, en)) } else { Ok(reason) }
}

fn record(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (act, line): (&'static str, BankLineId),
    detail: &Value,
) -> Result<(), Refusal> {
    let act = Act { act, subject_kind: "bank_line", subject_id: Some(line.uuid()), detail };
    Ok(audit::record(tx, app, actor, Some(community), &act)?)
}
