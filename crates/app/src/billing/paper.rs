//! Bills as pages and on paper: the months that were billed, the bills of one, one bill with its formula (账单).

use chrono::NaiveDate;
use hemu_documents::pdf::{BillLine as PrintedLine, BillSheet};
use hemu_domain::billing::explanation::Explanation;
use hemu_domain::ids::{BillId, UnitId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period};
use hemu_store::ledger::view::{self, BillLine, BilledCharge};
use hemu_store::{Tx, community};
use serde::Serialize;

use super::find_community;
use crate::registry::shown_name;
use crate::{Actor, App, Refusal};

/// So many months are listed.
const MONTHS: i64 = 36;
/// Bills printed at once: as many as a page of the list.
const PRINTED: i64 = 100;
/// The most bills of a page.
const MOST_ROWS: usize = 500;

/// The bills of a month together.
#[derive(Clone, Debug, Serialize)]
pub struct MonthItem {
    /// The month.
    pub period: Period,
    /// How many bills.
    pub bills: i64,
    /// What they charge (应收).
    pub amount: Fen,
    /// What of it is settled.
    pub settled: Fen,
    /// What of it is open.
    pub open: Fen,
}

/// A bill in a list.
#[derive(Clone, Debug, Serialize)]
pub struct BillItem {
    /// Its id.
    pub id: BillId,
    /// Its number.
    pub number: String,
    /// The unit.
    pub unit_id: UnitId,
    /// Its label.
    pub unit: String,
    /// Who pays, masked where the role asks for it.
    pub payer: String,
    /// When it is due.
    pub due_on: NaiveDate,
    /// What it charges.
    pub total: Fen,
    /// What of it is open.
    pub open: Fen,
}

/// A page of bills.
#[derive(Clone, Debug, Serialize)]
pub struct BillList {
    /// The bills, by unit.
    pub rows: Vec<BillItem>,
    /// Where the next page begins: after this bill.
    pub next: Option<BillId>,
}

/// The months that were billed, newest first.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn list_months(app: &App, actor: &Actor, community: &str) -> Result<Vec<MonthItem>, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let months = app.db.read(|tx| view::list_months(tx, community, MONTHS))?;
    let item = |one: view::BilledMonth| MonthItem {
        period: one.period,
        bills: one.bills,
        amount: one.amount,
        settled: one.amount - one.open,
        open: one.open,
    };
    Ok(months.into_iter().map(item).collect())
}

/// The bills of a month by cursor.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn list_bills(
    app: &App,
    actor: &Actor,
    community: &str,
    period: Period,
    (after, rows): (Option<BillId>, usize),
) -> Result<BillList, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let rows = rows.clamp(1, MOST_ROWS);
    let limit = i64::try_from(rows).expect("a page is small") + 1;
    let mut lines = app.db.read(|tx| {
        let after = match after {
            Some(id) => view::find_bill(tx, community, id)?,
            None => None,
        };
        view::list_bills(tx, community, period, after.as_ref(), limit)
    })?;
    let next = (lines.len() > rows).then(|| lines[rows - 1].id);
    lines.truncate(rows);
    let item = |one: BillLine| BillItem {
        id: one.id,
        number: one.number,
        unit_id: one.holder.unit_id,
        unit: one.holder.unit.to_string(),
        payer: shown_name(actor, &one.holder.kind, &one.holder.name),
        due_on: one.due_on,
        total: one.total,
        open: one.open,
    };
    Ok(BillList { rows: lines.into_iter().map(item).collect(), next })
}

/// The bill (物业缴费通知单) as a PDF.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such bill.
pub fn bill_pdf(app: &App, actor: &Actor, community: &str, id: BillId) -> Result<Vec<u8>, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let sheet = app.db.read(|tx| {
        let bill = view::find_bill(tx, community, id)?.ok_or_else(|| Refusal::not_found("账单", "bill", ""))?;
        sheet(tx, actor, community, &bill)
    })?;
    sheet.render().map(|rendered| rendered.pdf).map_err(|error| Refusal::Internal(error.to_string()))
}

/// The bills of a page of the list, as one PDF: each on a sheet of its own, or three to a sheet.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community; [`Refusal::Conflict`] when there is no bill to print.
pub fn bills_pdf(
    app: &App,
    actor: &Actor,
    community: &str,
    period: Period,
    (after, thirds): (Option<BillId>, bool),
) -> Result<Vec<u8>, Refusal> {
    let id = find_community(app, community)?;
    actor.require(Permission::Read, id)?;
    let sheets: Vec<BillSheet> = app.db.read(|tx| {
        let after = match after {
            Some(bill) => view::find_bill(tx, id, bill)?,
            None => None,
        };
        let bills = view::list_bills(tx, id, period, after.as_ref(), PRINTED)?;
        bills.iter().map(|bill| sheet(tx, actor, id, bill)).collect::<Result<_, Refusal>>()
    })?;
    if sheets.is_empty() {
        return Err(Refusal::conflict("没有可打印的账单", "there are no bills to print"));
    }
    let rendered = if thirds { BillSheet::render_thirds(&sheets) } else { BillSheet::render_all(&sheets) };
    rendered.map(|rendered| rendered.pdf).map_err(|error| Refusal::Internal(error.to_string()))
}

fn sheet(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: hemu_domain::ids::CommunityId,
    bill: &BillLine,
) -> Result<BillSheet, Refusal> {
    let place = community::get(tx, id)?;
    let (owed_before, prepaid_used) = view::get_carry(tx, id, bill)?;
    let lines = view::list_charges(tx, id, bill.id)?.into_iter().map(printed).collect();
    let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
    Ok(BillSheet {
        number: bill.number.clone(),
        company: place.company_name,
        credit_code: String::new(),
        community: place.name,
        unit: bill.holder.unit.to_string(),
        payer: shown_name(actor, &bill.holder.kind, &bill.holder.name),
        period: bill.period,
        issued_on: bill.issued_on,
        due_on: bill.due_on,
        lines,
        owed_before,
        prepaid_used,
        how_to_pay: or(place.pay_account, "物业服务中心收费台"),
        invoice_note: "凭收据在物业服务中心开具".to_owned(),
        hotline: or(place.service_phone, "物业服务中心"),
        steward: String::new(),
    })
}

fn printed(charge: BilledCharge) -> PrintedLine {
    let known = serde_json::from_value::<Explanation>(charge.explanation).ok();
    let part = |pick: fn(&Explanation) -> Option<String>| known.as_ref().and_then(pick).unwrap_or_default();
    PrintedLine {
        item: charge.item,
        period: charge.period.to_string(),
        quantity: part(Explanation::quantity),
        price: part(Explanation::unit_price),
        formula: part(|one| Some(one.formula())),
        basis: part(|one| Some(one.basis.clone())),
        amount: charge.amount,
        discount: Fen::ZERO,
    }
}
