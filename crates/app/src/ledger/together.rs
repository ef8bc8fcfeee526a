//! One payment for several units of one payer (合并收款): a flat, its parking space and its shop paid in one go.
//!
//! A receipt belongs to one account, so the payment becomes one receipt for each unit that gets something of it: a single act, all or
//! nothing, under one key, printed on one paper with all their numbers. The sum is applied over all debts of these accounts as if
//! they were one: designated charges first, then in the order of Civil Code 560 and 561 with the contract's choice, bills that are
//! not due last. What is left is put by for the unit that was named first.
//!
//! The first receipt has the key of the payment, the others one that names the first; keys are in the chain of receipts, so who
//! belongs together cannot be changed. Accounts are locked in the order of their ids. Small change is let off unit by unit, not here.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, ChargeId, CommunityId, ReceiptId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, UnitLabel};
use hemu_store::Tx;
use hemu_store::ledger::owing::OpenCharge;
use hemu_store::ledger::posting::{self, Books};
use hemu_store::ledger::{self, ReceiptRow};
use hemu_store::registry::{self, AccountRow};
use serde::Serialize;

use super::apply::share;
use super::position::{Position, open_positions, open_positions_of};
use super::{AtTheDesk, ReceiptReport, ReceiptRequest, Tender, book, check, known_report, payer_on};
use crate::registry::get_unit;
use crate::tariff::Contracts;
use crate::{Actor, App, Refusal};

/// So many units are paid for at once.
const MOST_UNITS: usize = 20;

/// A payment for several units.
#[derive(Clone, Debug)]
pub struct TogetherRequest {
    /// Name of the community.
    pub community: String,
    /// The units, all of one payer; what is left over is put by for the first.
    pub units: Vec<UnitLabel>,
    /// How much.
    pub amount: Fen,
    /// The day it was received.
    pub received_on: NaiveDate,
    /// One of [`super::METHODS`].
    pub method: String,
    /// The charges the payer named, of any of these units.
    pub designated: Vec<ChargeId>,
    /// The same key twice is one payment; made up when none is given.
    pub key: Option<String>,
    /// A remark.
    pub remark: String,
}

/// A payment for several units and where it went.
#[derive(Clone, Debug, Serialize)]
pub struct TogetherReport {
    /// One receipt for each unit that got something, in the order the units were named.
    pub receipts: Vec<ReceiptReport>,
    /// How much.
    pub amount: Fen,
    /// The day it was received.
    pub received_on: NaiveDate,
    /// What was put by.
    pub prepaid: Fen,
    /// The change that was given (找零).
    pub change: Fen,
    /// True when this key had been taken before: nothing was done again.
    pub repeated: bool,
}

/// Another unit of the same payer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherUnit {
    /// The unit.
    pub unit: UnitLabel,
    /// What is due there, late fees with it.
    pub due: Fen,
}

/// A unit that is paid for.
struct Payer {
    unit: UnitLabel,
    account: AccountRow,
    /// The charges of it that were named.
    named: Vec<ChargeId>,
}

impl TogetherRequest {
    fn of(&self, unit: &UnitLabel, amount: Fen, designated: &[ChargeId], key: Option<String>) -> ReceiptRequest {
        ReceiptRequest {
            community: self.community.clone(),
            unit: unit.clone(),
            amount,
            received_on: self.received_on,
            method: self.method.clone(),
            designated: designated.to_vec(),
            key,
            remark: self.remark.clone(),
        }
    }
}

/// Takes one payment for several units of one payer.
///
/// # Errors
/// As for [`super::take_at_desk`]; [`Refusal::InvalidInput`] for a unit that is named twice, or small change; [`Refusal::Conflict`]
/// when the units have different payers.
pub fn take_together(
    app: &App,
    actor: &Actor,
    request: &TogetherRequest,
    desk: &AtTheDesk,
) -> Result<TogetherReport, Refusal> {
    check_units(&request.units)?;
    if !desk.round_off.is_zero() {
        let zh = "几户一并收款不能抹零，请按户分开收款后抹零";
        let en = "small change is let off unit by unit: take the payments one by one";
        return Err(Refusal::invalid("round_off", zh, en));
    }
    app.db.write(|tx| take_all(tx, app, actor, (request, desk)))
}

fn check_units(units: &[UnitLabel]) -> Result<(), Refusal> {
    if !(2..=MOST_UNITS).contains(&units.len()) {
        let zh = format!("一并收款请选 2 到 {MOST_UNITS} 户");
        return Err(Refusal::invalid("units", zh, format!("name 2 to {MOST_UNITS} units")));
    }
    for (place, unit) in units.iter().enumerate() {
        if units[..place].contains(unit) {
            let zh = format!("房号 {unit} 写了两次");
            return Err(Refusal::invalid("units", zh, format!("the unit {unit} is named twice")));
        }
    }
    Ok(())
}

fn take_all(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    (request, desk): (&TogetherRequest, &AtTheDesk),
) -> Result<TogetherReport, Refusal> {
    let mut books = Books::open(tx, request.community.trim())?
        .ok_or_else(|| Refusal::not_found("小区", "community", &request.community))?;
    let community = books.community();
    actor.require(Permission::TakePayment, community)?;
    let whole = request.of(&request.units[0], request.amount, &request.designated, request.key.clone());
    check(app, &whole)?;
    desk.check(&whole)?;
    if let Some(key) = &request.key
        && let Some(known) = ledger::find_by_key(tx, community, key)?
    {
        return repeat(tx, community, request, &known);
    }
    let payers = payers(tx, community, request)?;
    lock(tx, community, &payers)?;
    desk.check_shift(tx, actor, &books, &whole)?;
    let parts = split(tx, community, request, &payers)?;
    let paid: Vec<(&Payer, Fen)> = payers.iter().zip(parts).filter(|(_, part)| part.is_positive()).collect();
    let desks = split_desk(desk, &whole, &paid);
    let mut receipts: Vec<ReceiptReport> = Vec::new();
    for ((payer, part), desk) in paid.iter().zip(&desks) {
        let key = match receipts.first() {
            None => request.key.clone(),
            Some(first) => Some(ledger::together_key(first.id, receipts.len() + 1)),
        };
        let one = request.of(&payer.unit, *part, &payer.named, key);
        receipts.push(book(tx, app, actor, &mut books, &payer.account, (&one, desk))?);
    }
    books.close(tx)?;
    Ok(report(request, receipts, false))
}

fn report(request: &TogetherRequest, receipts: Vec<ReceiptReport>, repeated: bool) -> TogetherReport {
    TogetherReport {
        amount: request.amount,
        received_on: request.received_on,
        prepaid: receipts.iter().map(|one| one.prepaid).sum(),
        change: receipts.iter().map(|one| one.change).sum(),
        repeated,
        receipts,
    }
}

/// The account of each unit: the one whose charges were named, else that of its payer on the day the money came in.
fn payers(tx: &mut Tx<'_>, community: CommunityId, request: &TogetherRequest) -> Result<Vec<Payer>, Refusal> {
    let mut payers: Vec<Payer> = Vec::new();
    for unit in &request.units {
        let accounts = posting::list_payers(tx, community, unit)?
            .ok_or_else(|| Refusal::not_found("房屋", "unit", unit.as_str()))?;
        let owed = match accounts.first() {
            Some(first) => posting::list_owed_ids_of_unit(tx, community, first.unit_id)?,
            None => Vec::new(),
        };
        let named: Vec<ChargeId> =
            request.designated.iter().filter(|id| owed.iter().any(|(_, one)| one == *id)).copied().collect();
        let owes = |account: &AccountRow, id: &ChargeId| owed.contains(&(account.id, *id));
        let account = match named.as_slice() {
            [] => payer_on(&accounts, request.received_on, |account| owed.iter().any(|(one, _)| *one == account.id)),
            named => accounts.iter().find(|account| named.iter().all(|id| owes(account, id))),
        };
        let account = account.cloned().ok_or_else(|| {
            let zh = format!("{unit} 还没有缴费账户，或指定的应收属于不同的缴费人");
            Refusal::conflict(zh, format!("{unit} has no account yet, or the charges named are of different payers"))
        })?;
        payers.push(Payer { unit: unit.clone(), account, named });
    }
    refuse_others(&payers)?;
    let named: usize = payers.iter().map(|payer| payer.named.len()).sum();
    if named < request.designated.len() {
        let zh = "指定的应收不全是这几户的未缴应收，请核对";
        return Err(Refusal::invalid("for", zh, "the charges named are not all open charges of these units"));
    }
    Ok(payers)
}

fn refuse_others(payers: &[Payer]) -> Result<(), Refusal> {
    let Some(first) = payers.first() else { return Ok(()) };
    let Some(other) = payers.iter().find(|one| one.account.party_id != first.account.party_id) else { return Ok(()) };
    let (one, other) = (&first.unit, &other.unit);
    Err(Refusal::conflict(
        format!("{other} 与 {one} 不是同一缴费人，请分开收款"),
        format!("{other} and {one} have different payers: take the payments one by one"),
    ))
}

/// Locks the accounts in the order of their ids, then the cases of their payer.
fn lock(tx: &mut Tx<'_>, community: CommunityId, payers: &[Payer]) -> Result<(), Refusal> {
    let mut accounts: Vec<_> = payers.iter().map(|payer| payer.account.id).collect();
    accounts.sort_unstable();
    for account in accounts {
        registry::lock_account(tx, community, account)?;
    }
    if let Some(payer) = payers.first() {
        ledger::lock_cases_of_party(tx, community, payer.account.party_id)?;
    }
    Ok(())
}

/// What of the payment each unit gets: its share of all debts together, the first also what is left.
fn split(
    tx: &mut Tx<'_>,
    community: CommunityId,
    request: &TogetherRequest,
    payers: &[Payer],
) -> Result<Vec<Fen>, Refusal> {
    let contracts = Contracts::load(tx, community)?;
    let mut all: Vec<Position<OpenCharge>> = Vec::new();
    let mut owners: Vec<usize> = Vec::new();
    for (place, payer) in payers.iter().enumerate() {
        let open = open_positions(tx, community, &payer.account, request.received_on, &contracts)?;
        owners.extend(std::iter::repeat_n(place, open.len()));
        all.extend(open);
    }
    let payment = (request.received_on, request.amount);
    let (shares, left) = share(&contracts, &all, payment, (&request.designated, Fen::ZERO));
    let mut parts = vec![Fen::ZERO; payers.len()];
    for one in shares {
        let owner = all.iter().zip(&owners).find(|(position, _)| position.charge.id == one.id);
        let place = owner.map_or(0, |(_, place)| *place);
        parts[place] += one.principal + one.late_fee;
    }
    parts[0] += left;
    Ok(parts)
}

/// The ways of the payment, handed out to the receipts in their order; change is given with the last cash.
fn split_desk(desk: &AtTheDesk, whole: &ReceiptRequest, paid: &[(&Payer, Fen)]) -> Vec<AtTheDesk> {
    let mut left: Vec<Tender> = desk.tenders.clone();
    let mut desks: Vec<AtTheDesk> =
        paid.iter().map(|(_, part)| AtTheDesk { tenders: take_of(&mut left, *part), ..AtTheDesk::default() }).collect();
    let change = desk.handed.map_or(Fen::ZERO, |handed| handed - desk.cash(whole));
    let of_receipt = |desk: &AtTheDesk, part: Fen| desk.cash(&ReceiptRequest { amount: part, ..whole.clone() });
    let cash = desks.iter().zip(paid).map(|(desk, (_, part))| of_receipt(desk, *part));
    let last = cash.enumerate().rfind(|(_, cash)| cash.is_positive());
    if let Some((place, cash)) = last.filter(|_| change.is_positive()) {
        desks[place].handed = Some(cash + change);
    }
    desks
}

/// Takes an amount out of the ways there are, the first of them first.
fn take_of(tenders: &mut Vec<Tender>, amount: Fen) -> Vec<Tender> {
    let (mut taken, mut left) = (Vec::new(), amount);
    for tender in tenders.iter_mut() {
        let part = left.min(tender.amount);
        if part.is_positive() {
            taken.push(Tender { method: tender.method.clone(), amount: part });
            tender.amount -= part;
            left -= part;
        }
    }
    tenders.retain(|tender| tender.amount.is_positive());
    taken
}

/// The answer to a key that was taken before: the same receipts, if it is the same payment.
fn repeat(
    tx: &mut Tx<'_>,
    community: CommunityId,
    request: &TogetherRequest,
    known: &ReceiptRow,
) -> Result<TogetherReport, Refusal> {
    let group = ledger::list_together(tx, community, known)?;
    let sum: Fen = group.iter().map(|one| one.amount).sum();
    let same = sum == request.amount
        && known.received_on == request.received_on
        && group.iter().all(|one| request.units.contains(&one.unit));
    if !same {
        let number = &known.number;
        return Err(Refusal::conflict(
            format!("这个 key 已用于另一笔收款 {number}"),
            format!("this key belongs to another payment, {number}"),
        ));
    }
    let mut receipts = Vec::new();
    for one in group {
        let row = ledger::find(tx, community, one.id)?.ok_or_else(|| not_there(one.id))?;
        receipts.push(known_report(tx, community, one.unit, &row)?);
    }
    Ok(report(request, receipts, true))
}

fn not_there(id: ReceiptId) -> Refusal {
    Refusal::Internal(format!("{id} was there a moment ago"))
}

/// The other units of whoever pays for a unit today, with what is due there: what can be paid in one go with it.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community or unit.
pub fn list_other_units(
    app: &App,
    actor: &Actor,
    community: &str,
    unit: &UnitLabel,
) -> Result<Vec<OtherUnit>, Refusal> {
    let id = crate::billing::find_community(app, community)?;
    actor.require(Permission::Read, id)?;
    app.db.read(|tx| {
        let unit_id = get_unit(tx, id, unit)?.id;
        let accounts = registry::list_accounts_of_unit(tx, id, unit_id)?;
        let Some(present) = payer_on(&accounts, app.today(), |_| false) else { return Ok(Vec::new()) };
        let mut others = registry::list_running_elsewhere(tx, id, present.party_id, unit_id)?;
        others.truncate(MOST_UNITS - 1);
        if others.is_empty() {
            return Ok(Vec::new());
        }
        let accounts: Vec<AccountId> = others.iter().map(|(_, account)| *account).collect();
        let contracts = Contracts::load(tx, id)?;
        let open = open_positions_of(tx, id, (present.party_id, &accounts), app.today(), &contracts)?;
        let due = |account: AccountId| {
            let of_it = open.iter().filter(|one| one.charge.account_id == account && one.charge.due_on <= app.today());
            of_it.map(|one| one.charge.open + one.late_fee()).sum()
        };
        Ok(others.into_iter().map(|(unit, account)| OtherUnit { unit, due: due(account) }).collect())
    })
}
