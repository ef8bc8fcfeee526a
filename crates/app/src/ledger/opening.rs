//! Opening balances brought in too low (更正期初欠费): more is owed for a month from before the books began than the list said. It is
//! asked for by one person and approved by another ([`crate::approval`]).
//!
//! What was brought in stays as it is; the difference is a charge of its own beside it, of origin `opening`, with the same due day
//! unless another one is named. So its late fee runs by the contract that governs the month, and its limitation from its due day, as
//! for any opening arrear. Money the payer has put by pays it at once.
//!
//! Refused: a month that a bill covers (that is billed anew), a month ahead, and a month before the first one the books can know:
//! that of the earliest contract, and of the first whole month of the payer.
//!
//! The other way, down, is a correction of the charge ([`super::adjust`]).

use chrono::NaiveDate;
use hemu_domain::billing::Explanation;
use hemu_domain::billing::explanation::Calculation;
use hemu_domain::billing::one_off::OneOffFee;
use hemu_domain::ids::{ChargeId, CommunityId, FeeItemId};
use hemu_domain::{Fen, Period, UnitLabel, UnitPrice};
use hemu_store::billing::opening::{self, KnownCharge};
use hemu_store::billing::{self, ChargeRow};
use hemu_store::registry::{self, AccountRow};
use hemu_store::{Tx, community, ledger, tariff};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::payer_on;
use crate::approval::TwoPeople;
use crate::audit::{self, Act};
use crate::billing::prepaid::Used;
use crate::billing::tariff::Tariff;
use crate::entered::check_amount;
use crate::registry::get_unit;
use crate::tariff::Contracts;
use crate::{App, Refusal};

/// A charge that begins so many months before may still cover the month.
const LONGEST_CYCLE: u32 = 12;
/// From this number on they are orders.
const ORDERS: i64 = 100;

/// By how much an opening balance is too low.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningRequest {
    /// The unit.
    pub unit: UnitLabel,
    /// The fee item; the property fee when left out.
    pub item: Option<String>,
    /// The month it is owed for.
    pub period: Period,
    /// How much is owed beyond what was brought in.
    pub amount: Fen,
    /// When that was due; as what it corrects, or by the contract, when left out.
    pub due_on: Option<NaiveDate>,
}

/// What an opening balance is raised with, once its account is locked.
pub(crate) struct Raised {
    /// The name of the fee item.
    pub item: String,
    item_id: FeeItemId,
    account: AccountRow,
    /// What was brought in for that month, which this corrects.
    corrects: Option<KnownCharge>,
    occurrence: i64,
    due_on: NaiveDate,
}

impl Raised {
    /// What a request is about: the charge it corrects; where there is none, the month of the account.
    pub fn subject(&self, request: &OpeningRequest) -> Uuid {
        if let Some(charge) = &self.corrects {
            return charge.id.uuid();
        }
        let of = format!("{}/{}/{}", self.account.id, self.item_id, request.period);
        let hash: [u8; 32] = Sha256::digest(of.as_bytes()).into();
        let (first, _) = hash.split_first_chunk().expect("a hash is longer than an id");
        Uuid::from_bytes(*first)
    }

    fn basis(&self, reason: &str) -> String {
        match &self.corrects {
            Some(charge) => format!("更正导入的期初欠费（原记 {} 元）：{reason}", charge.amount),
            None => format!("补记未导入的期初欠费：{reason}"),
        }
    }
}

/// Whether the balance could be raised now. Locks the account and the payer's cases, as everything about money.
///
/// # Errors
/// [`Refusal::NotFound`] for an unknown unit or fee item; [`Refusal::InvalidInput`] for an amount, month or day that cannot be;
/// [`Refusal::Conflict`] for a month that a bill covers.
pub(crate) fn check(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    request: &OpeningRequest,
) -> Result<Raised, Refusal> {
    check_amount("amount", request.amount)?;
    let month = request.period;
    if month > Period::of(app.today()) {
        let zh = format!("账期 {month} 还没有到，不是期初欠费，请按月出账");
        return Err(Refusal::invalid("period", zh, format!("{month} lies ahead: it is billed, not brought in")));
    }
    community::next_seq(tx, community, 1)?;
    let unit = get_unit(tx, community, &request.unit)?;
    let (item_id, item) = find_item(tx, community, request.item.as_deref())?;
    let first = (1..LONGEST_CYCLE).fold(month, |month, _| month.previous());
    let known = opening::list_known(tx, community, (unit.id, item_id), (first, month))?;
    let known: Vec<KnownCharge> =
        known.into_iter().filter(|one| one.last >= month && one.occurrence < ORDERS).collect();
    if known.iter().any(|one| !one.brought_in) {
        let zh = format!("{} {month} 的{item}已经出账，不是期初欠费；金额有误请更正账单", request.unit);
        let en = format!("{item} of {month} is billed for {}: bill it anew", request.unit);
        return Err(Refusal::conflict(zh, en));
    }
    let terms = Contracts::load(tx, community)?;
    let contract = terms.of_month(month).ok_or_else(|| too_early(month))?;
    let account = payer(tx, community, (unit.id, month), &known)?;
    registry::lock_account(tx, community, account.id)?;
    ledger::lock_cases_of_party(tx, community, account.party_id)?;
    let by_contract = contract.due_rule.due_on(month, contract.due_day);
    let usual = match known.first() {
        Some(corrected) => corrected.due_on,
        None => Tariff::load(tx, community)?.due_on(unit.id, item_id, month).unwrap_or(by_contract),
    };
    let due_on = check_due(app, request, usual)?;
    let last = known.iter().filter(|one| one.account_id == account.id).map(|one| one.occurrence).max();
    let corrects = known.into_iter().next();
    Ok(Raised { item, item_id, account, corrects, occurrence: last.unwrap_or(0) + 1, due_on })
}

fn find_item(tx: &mut Tx<'_>, community: CommunityId, name: Option<&str>) -> Result<(FeeItemId, String), Refusal> {
    let named = name.map(str::trim).filter(|name| !name.is_empty());
    let mut items = tariff::list_items(tx, community)?.into_iter();
    let found = match named {
        Some(named) => items.find(|(_, name, _)| name == named),
        None => items.find(|(_, _, kind)| kind == "property"),
    };
    let found = found.map(|(id, name, _)| (id, name));
    found.ok_or_else(|| Refusal::not_found("收费项目", "fee item", named.unwrap_or("物业服务费")))
}

/// Who owes for the month: whose charge is corrected, else the payer of its first day (the month of a change is the old payer's).
fn payer(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (unit, month): (hemu_domain::ids::UnitId, Period),
    known: &[KnownCharge],
) -> Result<AccountRow, Refusal> {
    let accounts = registry::list_accounts_of_unit(tx, community, unit)?;
    if let Some(corrected) = known.first() {
        let own = accounts.into_iter().find(|account| account.id == corrected.account_id);
        return own.ok_or_else(|| Refusal::Internal(format!("{} is on no account of its unit", corrected.id)));
    }
    let day = month.first_day();
    let held = payer_on(&accounts, day, |_| false).filter(|account| {
        account.starts_on.is_none_or(|first| first <= day) && account.ends_on.is_none_or(|last| day <= last)
    });
    held.cloned().ok_or_else(|| too_early(month))
}

fn too_early(month: Period) -> Refusal {
    let zh = format!("账期 {month} 早于最早的合同或该户缴费人的起始月，不能补记；请先核对合同和业主的起始日期");
    let en =
        format!("{month} lies before the earliest contract, or before anybody paid for the unit: check their days");
    Refusal::invalid("period", zh, en)
}

/// The due day: within a year of its month, and never before it.
fn check_due(app: &App, request: &OpeningRequest, usual: NaiveDate) -> Result<NaiveDate, Refusal> {
    let Some(due_on) = request.due_on else { return Ok(usual) };
    let (first, last) = (request.period.first_day(), request.period.plus_months(12).last_day());
    if due_on < first || due_on > last.min(app.today().max(request.period.last_day())) {
        let month = request.period;
        let zh = format!("到期日 {due_on} 应在账期 {month} 开始之后一年内，且不晚于今天");
        let en = format!("due on {due_on}: it lies within a year of the beginning of {month}, and not after today");
        return Err(Refusal::invalid("due_on", zh, en));
    }
    Ok(due_on)
}

/// Raises it; the charge.
///
/// # Errors
/// As for [`check`].
pub(crate) fn raise(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    request: &OpeningRequest,
) -> Result<ChargeId, Refusal> {
    let found = check(tx, app, community, request)?;
    let mut charges = [charge_row(app, &found, request, people.reason)?];
    let id = charges[0].id;
    let used = Used::take(tx, app, community, &mut charges)?;
    let seq = community::next_seq(tx, community, 1)?;
    billing::insert_charges(tx, community, &charges, seq)?;
    used.write(tx, community)?;
    let detail = serde_json::json!({ "item": found.item, "period": request.period, "amount": request.amount,
        "due_on": found.due_on, "corrects": found.corrects.map(|one| one.id), "requested_by": people.asked_by });
    let act = Act { act: "charge.raise_opening", subject_kind: "charge", subject_id: Some(id.uuid()), detail: &detail };
    audit::record(tx, app, people.approver, Some(community), &act)?;
    Ok(id)
}

fn charge_row(app: &App, found: &Raised, request: &OpeningRequest, reason: &str) -> Result<ChargeRow, Refusal> {
    let price = UnitPrice::parse(&request.amount.to_string())
        .map_err(|_| Refusal::Internal(format!("{} is no price", request.amount)))?;
    let once = OneOffFee { quantity: 1, counted_in: "笔".to_owned(), price };
    Ok(ChargeRow {
        id: app.new_id(),
        account_id: found.account.id,
        bill_id: None,
        fee_item_id: found.item_id,
        clause_id: None,
        period: request.period,
        occurrence: found.occurrence,
        origin: "opening",
        due_on: found.due_on,
        amount: request.amount,
        open: request.amount,
        explanation: Explanation { calculation: Calculation::OneOff(once), basis: found.basis(reason) },
        issued_on: app.today(),
    })
}
