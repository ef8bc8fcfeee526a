//! A receipt as a page and on paper: what was paid for what, and whether it was reversed.

use chrono::NaiveDate;
pub use hemu_documents::pdf::Paper;
use hemu_documents::pdf::{Receipt, ReceiptLine, ReceiptTender};
use hemu_domain::Fen;
use hemu_domain::ids::{CommunityId, ReceiptId, UnitId};
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::staff::Permission;
use hemu_store::ledger::{self, TogetherRow, view};
use hemu_store::{Tx, community};
use serde::Serialize;

use super::print::on_one_paper;
use super::tender::{TenderLine, tender_lines};
use super::{AllocationLine, describe};
use crate::billing::find_community;
use crate::registry::shown_name;
use crate::tariff::Contracts;
use crate::{Actor, App, Refusal};

/// A receipt with everything a page shows of it.
#[derive(Clone, Debug, Serialize)]
pub struct ReceiptPage {
    /// Its id.
    pub id: ReceiptId,
    /// Its number.
    pub number: String,
    /// The unit.
    pub unit_id: UnitId,
    /// Its label.
    pub unit: String,
    /// Who paid, masked where the role asks for it.
    pub payer: String,
    /// How much; negative for a reversal.
    pub amount: Fen,
    /// When it was received.
    pub received_on: NaiveDate,
    /// How.
    pub method: String,
    /// Who took it.
    pub cashier: String,
    /// A remark.
    pub remark: String,
    /// Where it went.
    pub lines: Vec<AllocationLine>,
    /// What was put by.
    pub prepaid: Fen,
    /// Number and day of its reversal.
    pub reversal: Option<(String, NaiveDate)>,
    /// Whether it is itself a reversal.
    pub is_reversal: bool,
    /// Whether it gives money back (退款).
    pub is_refund: bool,
    /// How it was paid: one line, or one for each way.
    pub tenders: Vec<TenderLine>,
    /// Small change let off with it (抹零).
    pub rounded_off: Fen,
    /// How often it was printed.
    pub prints: i64,
    /// The other receipts of the same payment, where it was for several units.
    pub together: Vec<TogetherItem>,
}

/// Another receipt of the same payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TogetherItem {
    /// The receipt.
    pub id: ReceiptId,
    /// Its number.
    pub number: String,
    /// Its unit.
    pub unit: String,
    /// How much.
    pub amount: Fen,
    /// Whether it was taken back.
    pub reversed: bool,
}

/// A receipt as a page shows it.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such receipt.
pub fn show_receipt(app: &App, actor: &Actor, community: &str, id: ReceiptId) -> Result<ReceiptPage, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| read(tx, actor, community, id))
}

fn read(tx: &mut Tx<'_>, actor: &Actor, community: CommunityId, id: ReceiptId) -> Result<ReceiptPage, Refusal> {
    let receipt = ledger::find(tx, community, id)?.ok_or_else(|| Refusal::not_found("收据", "receipt", ""))?;
    let holder = view::get_holder(tx, community, receipt.account_id)?;
    let allocations = ledger::list_allocations(tx, community, id)?;
    let (lines, prepaid) = describe(tx, community, &allocations)?;
    let roundings = ledger::list_roundings(tx, community, id)?;
    let together = ledger::list_together(tx, community, &receipt)?.into_iter().filter(|one| one.id != id);
    Ok(ReceiptPage {
        together: together.map(TogetherItem::from).collect(),
        id,
        tenders: tender_lines(tx, community, &receipt)?,
        rounded_off: roundings.iter().map(|one| one.amount).sum(),
        prints: ledger::count_prints(tx, community, id)?,
        is_refund: !receipt.amount.is_positive() && receipt.source_id.is_some() && receipt.method != "moved",
        reversal: view::find_reversal(tx, community, id)?,
        number: receipt.number,
        unit_id: holder.unit_id,
        unit: holder.unit.to_string(),
        payer: shown_name(actor, &holder.kind, &holder.name),
        amount: receipt.amount,
        received_on: receipt.received_on,
        method: receipt.method,
        cashier: receipt.actor_name,
        remark: receipt.remark,
        lines,
        prepaid,
        is_reversal: receipt.reverses_id.is_some(),
    })
}

impl From<TogetherRow> for TogetherItem {
    fn from(row: TogetherRow) -> Self {
        let unit = row.unit.to_string();
        Self { id: row.id, number: row.number, unit, amount: row.amount, reversed: row.reversed }
    }
}

/// A receipt as its paper shows it: with all receipts of its payment, where none of them was taken back.
fn read_paper(tx: &mut Tx<'_>, actor: &Actor, community: CommunityId, id: ReceiptId) -> Result<ReceiptPage, Refusal> {
    let page = read(tx, actor, community, id)?;
    if page.together.is_empty() {
        return Ok(page);
    }
    let receipt = ledger::find(tx, community, id)?.ok_or_else(|| Refusal::not_found("收据", "receipt", ""))?;
    let mut pages = Vec::new();
    for one in on_one_paper(tx, community, &receipt)? {
        pages.push(read(tx, actor, community, one.id)?);
    }
    Ok(if pages.len() > 1 { joined(page, pages) } else { page })
}

/// One paper of several receipts: their numbers, units and lines, and the sums.
fn joined(page: ReceiptPage, pages: Vec<ReceiptPage>) -> ReceiptPage {
    let numbers: Vec<&str> = pages.iter().map(|one| one.number.as_str()).collect();
    let units: Vec<&str> = pages.iter().map(|one| one.unit.as_str()).collect();
    let (number, unit) = (named(&numbers), units.join("、"));
    let (amount, prepaid) = (pages.iter().map(|one| one.amount).sum(), pages.iter().map(|one| one.prepaid).sum());
    let rounded_off = pages.iter().map(|one| one.rounded_off).sum();
    let (mut lines, mut tenders): (Vec<AllocationLine>, Vec<TenderLine>) = (Vec::new(), Vec::new());
    for one in pages {
        let of_unit = |line: AllocationLine| AllocationLine { item: format!("{} {}", one.unit, line.item), ..line };
        lines.extend(one.lines.into_iter().map(of_unit));
        one.tenders.into_iter().for_each(|way| add_way(&mut tenders, way));
    }
    let method = if tenders.len() > 1 { "mixed".to_owned() } else { page.method.clone() };
    ReceiptPage { number, unit, amount, prepaid, rounded_off, lines, tenders, method, ..page }
}

/// Numbers on a paper: each of a few; of more, which follow on each other, the first and the last.
fn named(numbers: &[&str]) -> String {
    match numbers {
        [first, .., last] if numbers.len() > 3 => format!("{first} 至 {last}（共 {} 张）", numbers.len()),
        few => few.join("、"),
    }
}

fn add_way(ways: &mut Vec<TenderLine>, way: TenderLine) {
    match ways.iter_mut().find(|one| one.method == way.method) {
        Some(known) => {
            known.amount += way.amount;
            known.handed += way.handed;
            known.change += way.change;
        }
        None => ways.push(way),
    }
}

/// The receipt (收款收据) as a PDF: print number `print` as it was counted ([`super::print_receipt`]), or with `None` a view that says
/// it is no proof of payment.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such receipt; [`Refusal::Conflict`] for a reversal, which has no receipt of its own, and
/// for a print that was not counted.
pub fn receipt_pdf(
    app: &App,
    actor: &Actor,
    community: &str,
    id: ReceiptId,
    (paper, print): (Paper, Option<i64>),
) -> Result<Vec<u8>, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::TakePayment, community)?;
    let (page, place, rule) = app.db.read(|tx| {
        let page = read_paper(tx, actor, community, id)?;
        let rule = Contracts::load(tx, community)?.policy_on(page.received_on);
        Ok::<_, Refusal>((page, community::get(tx, community)?, rule))
    })?;
    if print.is_some_and(|print| !(1..=page.prints).contains(&print)) {
        return Err(Refusal::conflict("请先登记打印，再取打印件", "count the print first, then fetch it"));
    }
    if page.is_reversal && !page.is_refund {
        return Err(Refusal::conflict("冲红单没有收据，请打印原收据", "a reversal has no receipt: print the original"));
    }
    let line = |one: AllocationLine| ReceiptLine {
        item: one.item,
        period: one.period,
        principal: one.principal,
        late_fee: one.late_fee,
    };
    let tender = |one: &TenderLine| ReceiptTender {
        method: method_name(&one.method).to_owned(),
        amount: one.amount,
        handed: one.handed,
    };
    let split = page.tenders.len() > 1 || page.tenders.iter().any(|one| one.change.is_positive());
    let receipt = Receipt {
        number: page.number,
        company: place.company_name,
        community: place.name,
        unit: page.unit,
        payer: page.payer,
        received_on: page.received_on,
        method: method_name(&page.method).to_owned(),
        tenders: if split { page.tenders.iter().map(tender).collect() } else { Vec::new() },
        rounded_off: page.rounded_off,
        copy: copy_mark(print),
        refund: page.is_refund,
        cashier: page.cashier,
        lines: page.lines.into_iter().map(line).collect(),
        prepaid: page.prepaid,
        allocation_rule: allocation_rule(rule).to_owned(),
        remark: page.remark,
        reversed_on: page.reversal.map(|(_, on)| on),
    };
    receipt.render(paper).map(|rendered| rendered.pdf).map_err(|error| Refusal::Internal(error.to_string()))
}

/// What a paper says of itself when it is not the first print.
fn copy_mark(print: Option<i64>) -> String {
    match print {
        Some(1) => String::new(),
        Some(number) => format!("补打 第 {} 次", number - 1),
        None => "查看件，不作收款凭证".to_owned(),
    }
}

/// The Chinese name of a way to pay, as papers print it.
#[must_use]
pub fn method_name(method: &str) -> &'static str {
    match method {
        "cash" => "现金",
        "card" => "刷卡",
        "transfer" => "转账",
        "wechat" => "微信",
        "alipay" => "支付宝",
        "qr" => "扫码",
        "opening" => "期初",
        "mixed" => "多种方式",
        "moved" => "转款",
        _ => "其他",
    }
}

/// The rule by which a payment was applied, as papers print it.
fn allocation_rule(policy: AllocationPolicy) -> &'static str {
    match policy {
        AllocationPolicy::PrincipalFirst => "先到期的先抵充；同一笔先本金后违约金（合同约定）",
        AllocationPolicy::StatutoryAsInterest => "先到期的先抵充；同一笔先违约金后本金（民法典第五百六十一条）",
    }
}
