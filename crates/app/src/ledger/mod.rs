//! Ledger (账务): a payment arrives, is applied, and may be reversed.
//!
//! Each is one transaction that first locks the community's fact counter and the account, so payments, bills and claims of
//! messages take turns. The order of application is the law's and the contract's ([`hemu_domain::ledger::allocation`]): debts
//! that are due first, then bills not yet due, the rest is put by. The late fee of a charge is frozen when its principal is
//! paid, so that paying the principal does not lose it.
//!
//! Whose debt a payment for a unit pays, when the unit changed hands: arrears stay with whoever owed them (合同相对性, 民法典
//! 465), and a payer's money goes to the payer's own debts. So a payment that designates no charge goes to the account of the
//! unit's payer on the day it came in; what that payer does not owe is put by for the same payer. A former owner's arrears are
//! paid by naming the charge, by whoever pays them (524, 560).

pub mod adjust;
mod apply;
mod at_once;
pub mod deposits;
pub mod opening;
pub mod paper;
mod position;
mod print;
mod put_by;
pub mod refund;
mod reverse;
mod rounding;
pub mod statement;
mod tender;
pub mod together;
mod transfer;

use chrono::{Datelike, NaiveDate};
use hemu_domain::ids::{AccountId, ChargeId, CommunityId, ReceiptId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::ledger::posting::{self, Books};
use hemu_store::ledger::{self, AllocationRow, ReceiptRow};
use hemu_store::registry::{self, AccountRow};
use hemu_store::{DbError, Tx};
use serde::Serialize;

use crate::audit::{self, Act};
use crate::entered::{check_amount, check_past_day};
use crate::{Actor, App, Refusal};

pub(crate) use at_once::use_put_by;
pub(crate) use position::{Position, positions, with_pauses};
pub use print::{Printed, print_receipt};
pub use put_by::{PutByItem, list_put_by};
pub(crate) use reverse::reverse_within;
pub use reverse::{ReverseRequest, reverse_receipt};
pub use tender::{AtTheDesk, Tender, TenderLine};
pub use transfer::{TransferReport, TransferRequest, transfer};

/// Ways a payment can come in.
pub const METHODS: [&str; 7] = ["cash", "card", "transfer", "wechat", "alipay", "qr", "other"];

/// A payment.
#[derive(Clone, Debug)]
pub struct ReceiptRequest {
    /// Name of the community.
    pub community: String,
    /// The unit.
    pub unit: UnitLabel,
    /// How much.
    pub amount: Fen,
    /// The day it was received.
    pub received_on: NaiveDate,
    /// One of [`METHODS`].
    pub method: String,
    /// The charges the payer named (designation, 民法典 560).
    pub designated: Vec<ChargeId>,
    /// The same key twice is one payment; made up when none is given.
    pub key: Option<String>,
    /// A remark.
    pub remark: String,
}

/// A payment taken and where it went.
#[derive(Clone, Debug, Serialize)]
pub struct ReceiptReport {
    /// The receipt's number.
    pub receipt: String,
    /// Its id.
    pub id: ReceiptId,
    /// The unit.
    pub unit: UnitLabel,
    /// How much.
    pub amount: Fen,
    /// The day it was received.
    pub received_on: NaiveDate,
    /// Where it went.
    pub allocations: Vec<AllocationLine>,
    /// What was put by.
    pub prepaid: Fen,
    /// Small change let off beside it (抹零).
    pub rounded_off: Fen,
    /// The change that was given (找零).
    pub change: Fen,
    /// True when this key had been taken before: nothing was done again.
    pub repeated: bool,
}

/// What one charge got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AllocationLine {
    /// The charge.
    pub charge: ChargeId,
    /// Its fee item.
    pub item: String,
    /// Its month.
    pub period: Period,
    /// On its principal.
    pub principal: Fen,
    /// On its late fee.
    pub late_fee: Fen,
}

/// Takes a payment in one way.
///
/// # Errors
/// [`Refusal::InvalidInput`] for an amount, date, method or charge that cannot be; [`Refusal::Conflict`] when the key was used
/// for another payment.
pub fn take_receipt(app: &App, actor: &Actor, request: &ReceiptRequest) -> Result<ReceiptReport, Refusal> {
    take_at_desk(app, actor, request, &AtTheDesk::default())
}

/// Takes a payment with what the cash desk adds to it: several ways, cash handed over, small change let off.
///
/// # Errors
/// As for [`take_receipt`]; [`Refusal::InvalidInput`] for ways that do not add up, too little cash, or small change that is above
/// the limit or settles nothing; [`Refusal::Conflict`] when cash needs a shift and none is open.
pub fn take_at_desk(
    app: &App,
    actor: &Actor,
    request: &ReceiptRequest,
    desk: &AtTheDesk,
) -> Result<ReceiptReport, Refusal> {
    app.db.write(|tx| take_all(tx, app, actor, (request, desk)))
}

/// Takes a payment within a transaction that does more.
pub(crate) fn take_within(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    request: &ReceiptRequest,
) -> Result<ReceiptReport, Refusal> {
    take_all(tx, app, actor, (request, &AtTheDesk::default()))
}

fn take_all(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    (request, desk): (&ReceiptRequest, &AtTheDesk),
) -> Result<ReceiptReport, Refusal> {
    let books = Books::open(tx, request.community.trim())?
        .ok_or_else(|| Refusal::not_found("小区", "community", &request.community))?;
    actor.require(Permission::TakePayment, books.community())?;
    check(app, request)?;
    desk.check(request)?;
    rounding::check(desk.round_off, books.rounding_limit())?;
    take(tx, app, actor, books, (request, desk))
}

fn check(app: &App, request: &ReceiptRequest) -> Result<(), Refusal> {
    check_amount("amount", request.amount)?;
    if request.key.as_deref().is_some_and(ledger::is_together_key) {
        let zh = "这样的 key 由系统自己使用，请换一个";
        return Err(Refusal::invalid("key", zh, "the program itself uses keys like this one: choose another"));
    }
    check_past_day("on", request.received_on, app.today())
}

fn take(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    mut books: Books,
    (request, desk): (&ReceiptRequest, &AtTheDesk),
) -> Result<ReceiptReport, Refusal> {
    let community = books.community();
    if let Some(key) = &request.key
        && let Some(known) = ledger::find_by_key(tx, community, key)?
    {
        return repeat(tx, community, request, &known);
    }
    let account = payer_account(tx, community, request)?;
    registry::lock_account(tx, community, account.id)?;
    ledger::lock_cases_of_party(tx, community, account.party_id)?;
    desk.check_shift(tx, actor, &books, request)?;
    let report = book(tx, app, actor, &mut books, &account, (request, desk))?;
    books.close(tx)?;
    Ok(report)
}

/// Writes the receipt of an account that is locked, and applies it.
fn book(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    books: &mut Books,
    account: &AccountRow,
    (request, desk): (&ReceiptRequest, &AtTheDesk),
) -> Result<ReceiptReport, Refusal> {
    let number = ledger::next_number(tx, books.community(), app.today().year())?;
    let receipt = ReceiptRow { method: desk.method(request), ..receipt_row(app, actor, number, account.id, request) };
    books.insert_receipt(tx, &receipt)?;
    let change = desk.write(tx, app, books, receipt.id, request)?;
    let applied = apply::apply(tx, app, books, account, &receipt, (&request.designated, desk.round_off))?;
    let mut detail =
        serde_json::json!({ "receipt": receipt.number, "amount": receipt.amount, "prepaid": applied.prepaid });
    if desk.round_off.is_positive() {
        detail["rounded_off"] = serde_json::json!(desk.round_off);
    }
    let act =
        Act { act: "receipt.take", subject_kind: "receipt", subject_id: Some(receipt.id.uuid()), detail: &detail };
    books.append_audit(tx, &audit::entry(app, actor, &act))?;
    let report = report(&receipt, request.unit.clone(), applied.lines, applied.prepaid);
    Ok(ReceiptReport { rounded_off: desk.round_off, change, ..report })
}

fn report(receipt: &ReceiptRow, unit: UnitLabel, allocations: Vec<AllocationLine>, prepaid: Fen) -> ReceiptReport {
    ReceiptReport {
        receipt: receipt.number.clone(),
        id: receipt.id,
        unit,
        amount: receipt.amount,
        received_on: receipt.received_on,
        allocations,
        prepaid,
        rounded_off: Fen::ZERO,
        change: Fen::ZERO,
        repeated: false,
    }
}

fn receipt_row(
    app: &App,
    actor: &Actor,
    number: String,
    account_id: AccountId,
    request: &ReceiptRequest,
) -> ReceiptRow {
    let id: ReceiptId = app.new_id();
    ReceiptRow {
        id,
        account_id,
        number,
        key: request.key.clone().unwrap_or_else(|| id.to_string()),
        amount: request.amount,
        received_on: request.received_on,
        method: request.method.clone(),
        remark: request.remark.clone(),
        reverses_id: None,
        source_id: None,
        actor_name: actor.name.clone(),
        recorded_at: app.clock.now(),
    }
}

/// The account a payment for a unit is for: the one whose charge was designated, else that of the unit's payer on the day the
/// money came in (see the module's head).
fn payer_account(tx: &mut Tx<'_>, community: CommunityId, request: &ReceiptRequest) -> Result<AccountRow, Refusal> {
    let accounts = posting::list_payers(tx, community, &request.unit)?
        .ok_or_else(|| Refusal::not_found("房屋", "unit", request.unit.as_str()))?;
    // One payer, nothing named: whatever is owed, there is no choice.
    let owed = match accounts.first() {
        Some(first) if accounts.len() > 1 || !request.designated.is_empty() => {
            posting::list_owed_ids_of_unit(tx, community, first.unit_id)?
        }
        _ => Vec::new(),
    };
    if let Some(charge) = request.designated.first() {
        let owes = |account: &AccountRow, id: &ChargeId| owed.contains(&(account.id, *id));
        let owes_all = |account: &&AccountRow| request.designated.iter().all(|id| owes(account, id));
        return accounts.iter().find(owes_all).cloned().ok_or_else(|| not_all_open(request, *charge));
    }
    let chosen = payer_on(&accounts, request.received_on, |account| owed.iter().any(|(owing, _)| *owing == account.id));
    chosen.cloned().ok_or_else(|| {
        let unit = &request.unit;
        Refusal::conflict(format!("{unit} 还没有缴费账户"), format!("{unit} has no account yet"))
    })
}

fn not_all_open(request: &ReceiptRequest, charge: ChargeId) -> Refusal {
    let zh = format!("指定的应收不全是 {} 同一缴费人的未缴应收（如 {charge}），请核对或分开收款", request.unit);
    let en = format!("the charges named are not all open charges of one payer of {}, such as {charge}", request.unit);
    Refusal::invalid("for", zh, en)
}

/// The account of a unit's payer on a day: of those whose tenure holds that day (a developer and an owner may both), the newest
/// that owes, else the newest; the newest of all when no tenure holds the day.
pub(crate) fn payer_on(
    accounts: &[AccountRow],
    day: NaiveDate,
    owes: impl Fn(&AccountRow) -> bool,
) -> Option<&AccountRow> {
    let holds = |account: &&AccountRow| {
        account.starts_on.is_none_or(|first| first <= day) && account.ends_on.is_none_or(|last| day <= last)
    };
    let newest = |account: &&AccountRow| (account.starts_on, account.id);
    let in_tenure = || accounts.iter().filter(holds);
    let owing = in_tenure().filter(|account| owes(account)).max_by_key(newest);
    owing.or_else(|| in_tenure().max_by_key(newest)).or_else(|| accounts.iter().max_by_key(newest))
}

/// The answer to a key that was taken before: the same receipt, if it is the same payment.
fn repeat(
    tx: &mut Tx<'_>,
    community: CommunityId,
    request: &ReceiptRequest,
    known: &ReceiptRow,
) -> Result<ReceiptReport, Refusal> {
    let accounts = posting::list_payers(tx, community, &request.unit)?.unwrap_or_default();
    let same = known.amount == request.amount
        && known.received_on == request.received_on
        && accounts.iter().any(|account| account.id == known.account_id);
    if !same {
        let number = &known.number;
        return Err(Refusal::conflict(
            format!("这个 key 已用于另一笔收款 {number}"),
            format!("this key belongs to another payment, {number}"),
        ));
    }
    known_report(tx, community, request.unit.clone(), known)
}

/// What a receipt that is there did.
fn known_report(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitLabel,
    known: &ReceiptRow,
) -> Result<ReceiptReport, Refusal> {
    let allocations = ledger::list_allocations(tx, community, known.id)?;
    let (lines, prepaid) = describe(tx, community, &allocations)?;
    let tenders = ledger::list_tenders(tx, community, known.id)?;
    let rounded_off = ledger::list_roundings(tx, community, known.id)?.iter().map(|one| one.amount).sum();
    Ok(ReceiptReport {
        rounded_off,
        change: tenders.iter().map(ledger::TenderRow::change).sum(),
        repeated: true,
        ..report(known, unit, lines, prepaid)
    })
}

/// Allocations as people read them: one line per charge, and what was put by when the payment came in.
///
/// # Errors
/// When the database refuses.
pub fn describe(
    tx: &mut Tx<'_>,
    community: CommunityId,
    allocations: &[AllocationRow],
) -> Result<(Vec<AllocationLine>, Fen), DbError> {
    let charges: Vec<ChargeId> = allocations.iter().filter_map(|row| row.charge_id).collect();
    let known = ledger::list_charges_by_id(tx, community, &charges)?;
    let mut lines: Vec<AllocationLine> = Vec::new();
    let mut prepaid = Fen::ZERO;
    for row in allocations {
        if row.kind == "prepaid_in" {
            prepaid += row.amount;
        }
        let Some((id, item, period)) = row.charge_id.and_then(|id| known.iter().find(|(one, _, _)| *one == id)) else {
            continue;
        };
        if row.kind == "prepaid_out" {
            continue;
        }
        let position = lines.iter().position(|line| line.charge == *id).unwrap_or_else(|| {
            let (principal, late_fee) = (Fen::ZERO, Fen::ZERO);
            lines.push(AllocationLine { charge: *id, item: item.clone(), period: *period, principal, late_fee });
            lines.len() - 1
        });
        match row.kind.as_str() {
            "principal" => lines[position].principal += row.amount,
            _ => lines[position].late_fee += row.amount,
        }
    }
    // What was given to a charge and taken back when it was billed anew is with the charges in its place.
    lines.retain(|line| !line.principal.is_zero() || !line.late_fee.is_zero());
    Ok((lines, prepaid))
}
