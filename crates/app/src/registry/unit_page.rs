//! The page of one unit (房屋档案): people, contacts masked, flags, accounts, fees, charges with their formula, receipts, case.

use chrono::NaiveDate;
use hemu_domain::billing::explanation::Explanation;
use hemu_domain::ids::{
    AccountId, CaseId, ChargeId, CommunityId, ContactPointId, FlagId, PartyId, ReceiptId, TenureId, UnitId,
};
use hemu_domain::registry::unit::{Occupancy, UnitKind};
use hemu_domain::staff::Permission;
use hemu_domain::{Area, Fen, Period, UnitLabel, UnitPrice};
use hemu_store::collection::case;
use hemu_store::registry::contact::{self, ContactView};
use hemu_store::registry::flag::{self, FlagRow};
use hemu_store::registry::unit_page::{self as page, Holder, UnitCharge, UnitFee, UnitReceipt};
use hemu_store::registry::{self as store, AccountRow};
use hemu_store::{DbError, Tx};
use serde::{Deserialize as _, Serialize};

use super::members::{MemberItem, list_members};
use super::{get_unit, shown_name};
use crate::billing::find_community;
use crate::ledger::positions;
use crate::{Actor, App, Refusal};

/// Settled charges are shown for so many months.
const MONTHS_SHOWN: u32 = 24;
/// So many receipts are shown.
const RECEIPTS_SHOWN: i64 = 50;

/// Everything about one unit, personal data masked.
#[derive(Clone, Debug, Serialize)]
pub struct UnitPage {
    /// Its id.
    pub id: UnitId,
    /// Its label.
    pub unit: UnitLabel,
    /// What it is.
    pub kind: UnitKind,
    /// Its charged area.
    pub area: Option<Area>,
    /// Its floor.
    pub floor: Option<i64>,
    /// Who is in it.
    pub occupancy: Occupancy,
    /// Since when it is vacant.
    pub vacant_since: Option<NaiveDate>,
    /// When it was handed over.
    pub handover_on: Option<NaiveDate>,
    /// A remark.
    pub remark: String,
    /// Who holds, held or uses it.
    pub holders: Vec<HolderItem>,
    /// How they are reached.
    pub contacts: Vec<ContactItem>,
    /// Who lives there beside them; pays nothing.
    pub members: Vec<MemberItem>,
    /// Special situations, also those that no longer count.
    pub flags: Vec<FlagItem>,
    /// Its accounts, oldest first.
    pub accounts: Vec<AccountItem>,
    /// Its fees with the prices in force.
    pub fees: Vec<FeeLine>,
    /// Open charges, and those of the last 24 months.
    pub charges: Vec<ChargeItem>,
    /// The last receipts.
    pub receipts: Vec<ReceiptItem>,
    /// The open case of the present payer.
    pub case: Option<CaseItem>,
}

/// Somebody who holds, held or uses the unit.
#[derive(Clone, Debug, Serialize)]
pub struct HolderItem {
    /// The tenure.
    pub tenure_id: TenureId,
    /// The party.
    pub party_id: PartyId,
    /// `owner`, `co_owner`, `tenant` or `developer`.
    pub role: String,
    /// The name, masked where the role asks for it.
    pub name: String,
    /// How the person wants to be addressed.
    pub form_of_address: Option<String>,
    /// From when.
    pub starts_on: Option<NaiveDate>,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
    /// The last four characters of an identity number on record.
    pub id_number_tail: Option<String>,
}

/// A contact point, its value masked.
#[derive(Clone, Debug, Serialize)]
pub struct ContactItem {
    /// Its id.
    pub id: ContactPointId,
    /// Whose.
    pub party_id: PartyId,
    /// `phone`, `email`, `wechat` or `address`.
    pub channel: String,
    /// The last characters.
    pub tail: String,
    /// Who answers there.
    pub relation: String,
    /// How it was verified.
    pub verified_how: Option<String>,
    /// When.
    pub verified_on: Option<NaiveDate>,
    /// Whether the person agreed to be reached there.
    pub consent: bool,
    /// Whether the person prefers it.
    pub preferred: bool,
    /// Since when nothing arrives there.
    pub bounced_on: Option<NaiveDate>,
}

/// A flag.
#[derive(Clone, Debug, Serialize)]
pub struct FlagItem {
    /// Its id.
    pub id: FlagId,
    /// What it is.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// What it does to collection.
    pub effect: String,
    /// Who set it.
    pub author: String,
    /// The last day it counts.
    pub expires_on: NaiveDate,
    /// When it was taken back.
    pub ended_on: Option<NaiveDate>,
}

/// An account with what it owes today.
#[derive(Clone, Debug, Serialize)]
pub struct AccountItem {
    /// Its id.
    pub id: AccountId,
    /// The payer.
    pub party_id: PartyId,
    /// From when.
    pub starts_on: Option<NaiveDate>,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
    /// What was put by (预存).
    pub prepaid: Fen,
    /// Open principal, bills not yet due too.
    pub open: Fen,
    /// Open late fee as of today, frozen and running.
    pub late_fee: Fen,
    /// Whether this is the present payer's.
    pub is_present: bool,
}

/// A fee of the unit.
#[derive(Clone, Debug, Serialize)]
pub struct FeeLine {
    /// The fee item.
    pub item: String,
    /// The fee standard.
    pub standard: String,
    /// `area` or `fixed`.
    pub formula: String,
    /// The price in force.
    pub price: Option<UnitPrice>,
    /// What is added per month.
    pub surcharge: Option<UnitPrice>,
    /// From when the unit pays by it.
    pub starts_on: NaiveDate,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
}

/// A charge.
#[derive(Clone, Debug, Serialize)]
pub struct ChargeItem {
    /// Its id.
    pub id: ChargeId,
    /// The account.
    pub account_id: AccountId,
    /// The fee item.
    pub item: String,
    /// The first month.
    pub period: Period,
    /// When it is due.
    pub due_on: NaiveDate,
    /// What was charged.
    pub amount: Fen,
    /// What is open.
    pub open: Fen,
    /// Open late fee as of today.
    pub late_fee: Fen,
    /// Area x price x months, or where an opening arrear comes from.
    pub formula: String,
    /// The clause or list it rests on.
    pub basis: String,
}

/// A receipt.
#[derive(Clone, Debug, Serialize)]
pub struct ReceiptItem {
    /// Its id.
    pub id: ReceiptId,
    /// Its number.
    pub number: String,
    /// How much; negative for a reversal.
    pub amount: Fen,
    /// When.
    pub received_on: NaiveDate,
    /// How.
    pub method: String,
    /// Whether it was reversed.
    pub reversed: bool,
}

/// The open case of the payer.
#[derive(Clone, Debug, Serialize)]
pub struct CaseItem {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// Its stage.
    pub stage: String,
}

/// Everything about a unit.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such unit.
pub fn unit_page(app: &App, actor: &Actor, community: &str, label: &UnitLabel) -> Result<UnitPage, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| read(tx, app, actor, community, label))
}

fn read(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    label: &UnitLabel,
) -> Result<UnitPage, Refusal> {
    let unit = get_unit(tx, community, label)?;
    let (today, months) = (app.today(), chrono::Months::new(MONTHS_SHOWN));
    let mut charges: Vec<ChargeItem> =
        page::list_charges(tx, community, unit.id, Period::of(today - months))?.into_iter().map(charge_item).collect();
    let accounts = account_items(tx, community, unit.id, today, &mut charges)?;
    let present = accounts.iter().find(|account| account.is_present);
    let case = match present {
        Some(account) => case::find_open_of_party(tx, community, account.party_id)?,
        None => None,
    };
    Ok(UnitPage {
        holders: page::list_holders(tx, community, unit.id)?.into_iter().map(|one| holder_item(actor, one)).collect(),
        contacts: contact::list_of_unit(tx, community, unit.id)?.into_iter().map(contact_item).collect(),
        members: list_members(tx, community, unit.id)?,
        flags: flag::list_of_unit(tx, community, unit.id, today)?.into_iter().map(flag_item).collect(),
        fees: page::list_fees(tx, community, unit.id, today)?.into_iter().map(fee_line).collect(),
        receipts: page::list_receipts(tx, community, unit.id, RECEIPTS_SHOWN)?.into_iter().map(receipt_item).collect(),
        handover_on: page::get_handover(tx, community, unit.id)?,
        case: case.map(|case| CaseItem { id: case.id, number: case.number, stage: case.stage }),
        accounts,
        charges,
        id: unit.id,
        unit: unit.label,
        kind: unit.kind,
        area: unit.area,
        floor: unit.floor,
        occupancy: unit.occupancy,
        vacant_since: unit.vacant_since,
        remark: unit.remark,
    })
}

/// The accounts of a unit (a handful: one per ownership), each with what it owes; fills in the late fees of the charges.
fn account_items(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
    today: NaiveDate,
    charges: &mut [ChargeItem],
) -> Result<Vec<AccountItem>, DbError> {
    let contracts = crate::tariff::Contracts::load(tx, community)?;
    let mut items = Vec::new();
    for account in store::list_accounts_of_unit(tx, community, unit)? {
        let positions = positions(tx, community, account.id, today, &contracts)?;
        for position in &positions {
            for charge in charges.iter_mut().filter(|charge| charge.id == position.charge.id) {
                charge.late_fee = position.late_fee();
            }
        }
        let open = positions.iter().map(|one| one.charge.open).sum();
        let late_fee = positions.iter().map(crate::ledger::Position::late_fee).sum();
        items.push(account_item(account, open, late_fee));
    }
    Ok(items)
}

fn account_item(account: AccountRow, open: Fen, late_fee: Fen) -> AccountItem {
    AccountItem {
        id: account.id,
        party_id: account.party_id,
        starts_on: account.starts_on,
        is_present: account.ends_on.is_none(),
        ends_on: account.ends_on,
        prepaid: account.prepaid,
        open,
        late_fee,
    }
}

fn holder_item(actor: &Actor, holder: Holder) -> HolderItem {
    HolderItem {
        tenure_id: holder.tenure_id,
        party_id: holder.party_id,
        role: holder.role,
        name: shown_name(actor, &holder.kind, &holder.name),
        form_of_address: holder.form_of_address,
        starts_on: holder.starts_on,
        ends_on: holder.ends_on,
        id_number_tail: holder.id_number_tail,
    }
}

fn contact_item(view: ContactView) -> ContactItem {
    ContactItem {
        id: view.id,
        party_id: view.party_id,
        channel: view.channel,
        tail: view.tail,
        relation: view.relation,
        verified_how: view.verified_how,
        verified_on: view.verified_on,
        consent: view.consent,
        preferred: view.preferred,
        bounced_on: view.bounced_on,
    }
}

fn flag_item(flag: FlagRow) -> FlagItem {
    FlagItem {
        id: flag.id,
        kind: flag.kind,
        reason: flag.reason,
        effect: flag.effect,
        author: flag.author_name,
        expires_on: flag.expires_on,
        ended_on: flag.ended_on,
    }
}

fn fee_line(fee: UnitFee) -> FeeLine {
    FeeLine {
        item: fee.item,
        standard: fee.standard,
        formula: fee.formula,
        price: fee.price,
        surcharge: fee.surcharge,
        starts_on: fee.starts_on,
        ends_on: fee.ends_on,
    }
}

fn charge_item(charge: UnitCharge) -> ChargeItem {
    let (formula, basis) = formula_and_basis(&charge.explanation);
    ChargeItem {
        id: charge.id,
        account_id: charge.account_id,
        item: charge.item,
        period: charge.period,
        due_on: charge.due_on,
        amount: charge.amount,
        open: charge.open,
        late_fee: Fen::ZERO,
        formula,
        basis,
    }
}

/// The formula of a stored explanation and what it rests on; empty for an opening arrear, which only its list explains.
pub(crate) fn formula_and_basis(explanation: &serde_json::Value) -> (String, String) {
    match Explanation::deserialize(explanation) {
        Ok(known) => (known.formula(), known.basis),
        Err(_) => (String::new(), String::new()),
    }
}

fn receipt_item(receipt: UnitReceipt) -> ReceiptItem {
    ReceiptItem {
        id: receipt.id,
        number: receipt.number,
        amount: receipt.amount,
        received_on: receipt.received_on,
        method: receipt.method,
        reversed: receipt.reversed,
    }
}
