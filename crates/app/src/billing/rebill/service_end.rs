//! The end of the service (服务终止): a community is served until the last day of a month and not billed after it. What was billed for
//! later months is taken back, as one act of two people, and what was paid for them is there again as money put by.
//!
//! Whoever paid ahead gets the months that are not served back, at the price they were paid at, discounts included (法释〔2009〕8 号第
//! 三条). Each charge that reaches beyond the day is reversed and billed anew for the months before it, by the same acts as any
//! correction ([`super`]); money put by for months never billed lies there already. [`list_refunds`] then tells receipt by receipt
//! what can be given back, beside what its payer still owes, and each refund is asked for as ever ([`crate::ledger::refund`]).
//!
//! The service ends at the end of a month. A contract that begins after that day is billed again.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use hemu_domain::ids::{CommunityId, ContractId, FeeItemId, ReceiptId, UnitId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::ledger::prepaid;
use hemu_store::tariff::{self, ContractRow};
use hemu_store::{Tx, community};
use serde::{Deserialize, Serialize};

use super::found::Found;
use super::{Fix, RebillReport, RebillRequest, Worked, settle, write};
use crate::approval::TwoPeople;
use crate::audit::{self, Act};
use crate::billing::{RefusedUnit, find_community};
use crate::tariff::Contracts;
use crate::{Actor, App, Refusal};

/// So many months ahead an end is recorded.
const AHEAD: i32 = 12;

/// When the service ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceEndRequest {
    /// The last day it is rendered: the last of a month.
    pub on: NaiveDate,
}

/// What the end of the service would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceEndReport {
    /// The last day.
    pub on: NaiveDate,
    /// The charges that reach beyond it, fee item by fee item.
    pub items: Vec<RebillReport>,
    /// Charges that cannot be computed.
    pub refused: Vec<RefusedUnit>,
    /// What they were.
    pub was: Fen,
    /// What stays charged, for the months before the end.
    pub becomes: Fen,
    /// What goes back to payers: put by for them, to be refunded.
    pub put_by: Fen,
}

/// Money put by that can be given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefundItem {
    /// The unit.
    pub unit_id: UnitId,
    /// What it is called.
    pub unit: UnitLabel,
    /// The receipt it came with.
    pub receipt: ReceiptId,
    /// Its number.
    pub number: String,
    /// When it was received.
    pub received_on: NaiveDate,
    /// How.
    pub method: String,
    /// What is left of it.
    pub left: Fen,
}

/// What a payer's account has put by, and owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountRefunds {
    /// The unit.
    pub unit: UnitLabel,
    /// What it has put by.
    pub put_by: Fen,
    /// What it owes beside that, late fees not counted.
    pub owed: Fen,
    /// Receipt by receipt.
    pub receipts: Vec<RefundItem>,
}

/// Money put by of a whole community.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RefundList {
    /// By unit.
    pub accounts: Vec<AccountRefunds>,
    /// All of it.
    pub put_by: Fen,
    /// What the same payers owe.
    pub owed: Fen,
}

/// What would become of every charge; nothing is written.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a day that ends no month, or lies before the contract or far ahead; [`Refusal::Conflict`] when the
/// service has ended, or another contract follows.
pub fn preview_service_end(
    app: &App,
    actor: &Actor,
    community: &str,
    request: &ServiceEndRequest,
) -> Result<ServiceEndReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::ReversePayment, community)?;
    app.db.read(|tx| Ok(check(tx, app, community, request)?.1))
}

/// What every account has put by, and owes, so that it can be given back.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn list_refunds(app: &App, actor: &Actor, community: &str) -> Result<RefundList, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let left = app.db.read(|tx| prepaid::list_left(tx, community))?;
    let mut accounts: BTreeMap<(UnitLabel, hemu_domain::ids::AccountId), AccountRefunds> = BTreeMap::new();
    for one in left {
        let account = accounts.entry((one.unit.clone(), one.account_id)).or_insert_with(|| AccountRefunds {
            unit: one.unit.clone(),
            put_by: Fen::ZERO,
            owed: one.owed,
            receipts: Vec::new(),
        });
        account.put_by += one.left;
        account.receipts.push(RefundItem {
            unit_id: one.unit_id,
            unit: one.unit,
            receipt: one.receipt_id,
            number: one.number,
            received_on: one.received_on,
            method: one.method,
            left: one.left,
        });
    }
    let accounts: Vec<AccountRefunds> = accounts.into_values().collect();
    let sum = |pick: fn(&AccountRefunds) -> Fen| accounts.iter().map(pick).sum();
    Ok(RefundList { put_by: sum(|one| one.put_by), owed: sum(|one| one.owed), accounts })
}

/// Whether the service could end then; the contract it ends with, and what becomes of every charge.
///
/// # Errors
/// As for [`preview_service_end`].
pub(crate) fn check(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    request: &ServiceEndRequest,
) -> Result<(ContractId, ServiceEndReport), Refusal> {
    let contract = check_contract(tx, app, community, request.on)?;
    let mut report = ServiceEndReport {
        on: request.on,
        items: Vec::new(),
        refused: Vec::new(),
        was: Fen::ZERO,
        becomes: Fen::ZERO,
        put_by: Fen::ZERO,
    };
    for request in by_item(tx, community, request.on)? {
        let found = Found::load(tx, app, community, &request)?;
        report.refused.extend(found.refused.iter().cloned());
        if found.wrong.is_empty() {
            continue;
        }
        let settled = settle::settle(tx, app, community, &found)?;
        let item = Worked { found, settled }.report();
        report.was += item.was;
        report.becomes += item.becomes;
        report.put_by += item.put_by;
        report.items.push(item);
    }
    Ok((contract.id, report))
}

fn check_contract(tx: &mut Tx<'_>, app: &App, community: CommunityId, on: NaiveDate) -> Result<ContractRow, Refusal> {
    let month = Period::of(on);
    if month.last_day() != on {
        let zh = format!("服务终止日应为某月最后一天，例如 {}", month.last_day());
        return Err(Refusal::invalid(
            "on",
            zh,
            format!("the service ends on the last day of a month, such as {}", month.last_day()),
        ));
    }
    if Period::of(app.today()).months_until(month) > AHEAD {
        let zh = format!("服务终止日 {on} 离今天太远，请检查");
        return Err(Refusal::invalid("on", zh, format!("{on} is more than a year ahead; check it")));
    }
    let contract = Contracts::load(tx, community)?.on(on).cloned().ok_or_else(|| {
        let zh = format!("{on} 还没有生效的合同，请检查日期");
        Refusal::invalid("on", zh, format!("no contract was in force on {on}; check the day"))
    })?;
    if let Some(day) = contract.service_ends_on {
        let zh = format!("服务已于 {day} 终止；如继续服务，请先签订后续合同");
        let en = format!("the service ended on {day}; where it goes on, begin the contract that follows");
        return Err(Refusal::conflict(zh, en));
    }
    let follows = tariff::list_contracts(tx, community)?.into_iter().find(|one| one.starts_on > on);
    if let Some(next) = follows {
        let zh = format!("{} 起已有后续合同“{}”，服务没有终止", next.starts_on, next.name);
        let en = format!("the contract '{}' follows from {} on: the service goes on", next.name, next.starts_on);
        return Err(Refusal::conflict(zh, en));
    }
    Ok(contract)
}

/// A correction for each fee item that is charged by the month.
fn by_item(tx: &mut Tx<'_>, community: CommunityId, on: NaiveDate) -> Result<Vec<RebillRequest>, Refusal> {
    let from = Period::of(on).next();
    let mut seen: HashSet<FeeItemId> = HashSet::new();
    let standards = tariff::list_standards(tx, community)?;
    let first_of_item = standards.into_iter().filter(|one| seen.insert(one.fee_item_id));
    let request = |id| RebillRequest { from, to: None, standard: Some(id), fix: Fix::ServiceEnds };
    Ok(first_of_item.map(|one| request(one.id)).collect())
}

/// Ends the service; the contract it ended with. The community's facts are locked.
///
/// # Errors
/// As for [`preview_service_end`]; [`Refusal::Conflict`] when a charge cannot be computed.
pub(crate) fn end(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    request: &ServiceEndRequest,
) -> Result<ContractId, Refusal> {
    community::next_seq(tx, community, 1)?;
    let (contract, report) = check(tx, app, community, request)?;
    if let Some(one) = report.refused.first() {
        let problem = format!("{}：{}", one.unit, one.problem);
        return Err(Refusal::conflict(problem.clone(), problem));
    }
    tariff::end_service(tx, community, contract, request.on)?;
    for request in by_item(tx, community, request.on)? {
        let found = Found::load(tx, app, community, &request)?;
        if found.wrong.is_empty() {
            continue;
        }
        let settled = settle::settle(tx, app, community, &found)?;
        write::write(tx, app, people, community, Worked { found, settled })?;
    }
    let detail = serde_json::json!({ "on": request.on, "was": report.was, "becomes": report.becomes,
        "put_by": report.put_by, "requested_by": people.asked_by });
    let subject_id = Some(contract.uuid());
    let act = Act { act: "service.end", subject_kind: "contract", subject_id, detail: &detail };
    audit::record(tx, app, people.approver, Some(community), &act)?;
    Ok(contract)
}
