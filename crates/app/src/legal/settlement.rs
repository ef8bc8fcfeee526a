//! 结清证明 and the statement at a cut-off day (费用结算单): what a payer of a unit owes for the time up to a day.
//!
//! Arrears stay with whoever owed them (合同相对性, 民法典 465), so both are about one payer's account. A certificate has a number and
//! is given only when nothing is owed and nothing of that time is still to be billed; what is printed is frozen like a letter.

use chrono::NaiveDate;
use hemu_documents::pdf::{Settlement, SettlementLine};
use hemu_domain::ids::{CommunityId, NoticeId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::collection::verify::body_hash;
use hemu_store::ledger::posting;
use hemu_store::legal::NoticeRow;
use hemu_store::registry::{AccountRow, edit};
use hemu_store::{Tx, community, registry};
use serde::Serialize;

use super::{keep, next_number, rendered};
use crate::billing::find_community;
use crate::ledger::{payer_on, positions};
use crate::tariff::Contracts;
use crate::{Actor, App, Refusal};

/// Which payer, by unit and day, and whether a certificate is wanted.
#[derive(Clone, Debug)]
pub struct SettlementRequest {
    /// Name of the community.
    pub community: String,
    /// The unit.
    pub unit: UnitLabel,
    /// The last day it covers: the payer of that day is meant.
    pub until: NaiveDate,
    /// A certificate with its number, for which nothing may be owed; else a statement of what is.
    pub certificate: bool,
}

/// A certificate or statement that was made.
#[derive(Clone, Debug, Serialize)]
pub struct SettlementReport {
    /// Its id.
    pub id: NoticeId,
    /// Its number; `None` for a statement.
    pub number: Option<String>,
    /// SHA-256 of the PDF.
    pub sha256: String,
    /// The last day it covers.
    pub until: NaiveDate,
    /// Open principal.
    pub principal: Fen,
    /// Late fee up to today.
    pub late_fee: Fen,
    /// What is put by for the payer.
    pub prepaid: Fen,
    /// The PDF.
    #[serde(skip)]
    pub pdf: Vec<u8>,
}

/// Makes a certificate that all is settled, or a statement of what is owed.
///
/// # Errors
/// [`Refusal::Conflict`] for a certificate while something is owed or not billed yet; [`Refusal::InvalidInput`] for a day ahead.
pub fn make_settlement(app: &App, actor: &Actor, request: &SettlementRequest) -> Result<SettlementReport, Refusal> {
    let community = find_community(app, &request.community)?;
    let needs = if request.certificate { Permission::TakePayment } else { Permission::WorkCases };
    actor.require(needs, community)?;
    crate::entered::check_past_day("until", request.until, app.today())?;
    app.db.write(|tx| settlement(tx, app, actor, community, request))
}

fn settlement(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    request: &SettlementRequest,
) -> Result<SettlementReport, Refusal> {
    community::next_seq(tx, community, 1)?;
    let accounts = posting::list_payers(tx, community, &request.unit)?
        .ok_or_else(|| Refusal::not_found("房屋", "unit", request.unit.as_str()))?;
    let account = payer_on(&accounts, request.until, |_| false).cloned();
    let account = account.ok_or_else(|| no_payer(&request.unit))?;
    let lines = lines(tx, app, community, &account, request.until)?;
    if request.certificate {
        refuse_owed(&lines)?;
        refuse_unbilled(tx, community, &account, request.until)?;
    }
    let number = if request.certificate { Some(next_number(tx, community, "JQ", app.today())?) } else { None };
    let paper = paper(tx, app, community, &account, request, (number, lines))?;
    let rendered = rendered(paper.render())?;
    let body = serde_json::to_value(&paper).map_err(|error| Refusal::Internal(error.to_string()))?;
    let row = NoticeRow {
        id: app.new_id(),
        number: paper.number.clone(),
        kind: if request.certificate { "clearance" } else { "cutoff" }.to_owned(),
        case_id: None,
        unit_id: Some(account.unit_id),
        entrance_id: None,
        as_of: app.today(),
        principal_fen: paper.principal(),
        late_fee_fen: paper.late_fee(),
        pay_by: None,
        body_hash: body_hash(&body),
        body,
        pdf_sha256: rendered.sha256.clone(),
        state: "issued".to_owned(),
        issued_by: Some(actor.name.clone()),
        approved_by: None,
        created_at: app.clock.now(),
    };
    keep(tx, app, actor, community, &row)?;
    Ok(SettlementReport {
        id: row.id,
        number: paper.number.clone(),
        sha256: rendered.sha256,
        until: request.until,
        principal: paper.principal(),
        late_fee: paper.late_fee(),
        prepaid: paper.prepaid,
        pdf: rendered.pdf,
    })
}

fn no_payer(unit: &UnitLabel) -> Refusal {
    Refusal::conflict(format!("{unit} 还没有缴费账户"), format!("{unit} has no account yet"))
}

/// What the payer owes for months that began by the day, due or not.
fn lines(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    account: &AccountRow,
    until: NaiveDate,
) -> Result<Vec<SettlementLine>, Refusal> {
    let contracts = Contracts::load(tx, community)?;
    let owed = positions(tx, community, account.id, app.today(), &contracts)?;
    let line = |one: &crate::ledger::Position| SettlementLine {
        item: one.charge.item.clone(),
        period: one.charge.period,
        due_on: one.charge.due_on,
        principal: one.charge.open,
        late_fee: one.late_fee(),
    };
    Ok(owed.iter().filter(|one| one.charge.period.first_day() <= until).map(line).collect())
}

fn refuse_owed(lines: &[SettlementLine]) -> Result<(), Refusal> {
    let (principal, late_fee) =
        lines.iter().fold((Fen::ZERO, Fen::ZERO), |(p, l), one| (p + one.principal, l + one.late_fee));
    if lines.is_empty() {
        return Ok(());
    }
    let zh = format!("还欠 {principal} 元，违约金 {late_fee} 元，缴清后才能出具结清证明；可先打印结算单");
    let en =
        format!("{principal} and a late fee of {late_fee} are owed: no certificate yet; print the statement instead");
    Err(Refusal::conflict(zh, en))
}

/// Months up to the day that were neither billed nor paid by what was imported.
fn refuse_unbilled(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: &AccountRow,
    until: NaiveDate,
) -> Result<(), Refusal> {
    let charged = edit::list_charged(tx, community, account.id)?;
    let last = |one: &edit::ChargedMonths| one.period.plus_months(months(one).max(1) - 1);
    let billed = charged.iter().map(last).max();
    let known = Period::parse(&account.paid_through).ok().into_iter().chain(billed).max();
    // The month of a change is the old payer's, unless the change falls on its first day.
    let needed = Period::of(until);
    if known.is_some_and(|known| known >= needed) {
        return Ok(());
    }
    let zh = format!("{needed} 还没有出账，请先出账并缴清，再出具结清证明");
    Err(Refusal::conflict(zh, format!("{needed} was not billed yet: bill it and let it be paid first")))
}

fn months(one: &edit::ChargedMonths) -> u32 {
    serde_json::from_value::<hemu_domain::billing::Explanation>(one.explanation.clone()).map_or(1, |why| why.months())
}

fn paper(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    account: &AccountRow,
    request: &SettlementRequest,
    (number, lines): (Option<String>, Vec<SettlementLine>),
) -> Result<Settlement, Refusal> {
    let place = community::get(tx, community)?;
    let payer = registry::find_party(tx, community, account.party_id)?.map(|party| party.name).unwrap_or_default();
    let contact =
        if place.service_phone.is_empty() { "物业服务中心".to_owned() } else { place.service_phone.clone() };
    Ok(Settlement {
        number,
        company: place.company_name,
        community: place.name,
        unit: request.unit.to_string(),
        payer,
        from: account.starts_on,
        until: request.until,
        as_of: app.today(),
        lines,
        prepaid: account.prepaid,
        contact,
    })
}
