//! Statement of account (对账单): what a payer owed when a span began, everything that happened in it, and what is owed at its end.
//!
//! Charges and late fees raise the balance, payments and reductions lower it; below zero it is the payer's money. Each entry stands on the
//! day it has in the books of its month ([`hemu_domain::closing`]).

use chrono::NaiveDate;
use hemu_documents::pdf::{PaperTable, TableSheet};
use hemu_domain::ledger::method::method_name;
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, UnitLabel};
use hemu_store::community;
use hemu_store::ledger::posting;
use hemu_store::ledger::statement::{Entry, EntryKind, list_entries};
use hemu_store::ledger::view;
use serde::Serialize;

use super::payer_on;
use crate::billing::find_community;
use crate::registry::shown_name;
use crate::{Actor, App, Refusal};

/// Which statement.
#[derive(Clone, Debug)]
pub struct StatementRequest {
    /// Name of the community.
    pub community: String,
    /// The unit.
    pub unit: UnitLabel,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// An entry of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementLine {
    /// The day.
    pub on: NaiveDate,
    /// What it is, in Chinese as on the paper.
    pub what: String,
    /// What was charged.
    pub charged: Fen,
    /// What was let off or corrected.
    pub reduced: Fen,
    /// What was paid.
    pub paid: Fen,
    /// What is owed after it.
    pub balance: Fen,
}

/// A statement of account.
#[derive(Clone, Debug, Serialize)]
pub struct Statement {
    /// The unit.
    pub unit: UnitLabel,
    /// The payer, masked where the role asks for it.
    pub payer: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Owed when the span began; below zero, the payer's money.
    pub opening: Fen,
    /// By day.
    pub lines: Vec<StatementLine>,
    /// Charged in the span.
    pub charged: Fen,
    /// Let off or corrected in the span.
    pub reduced: Fen,
    /// Paid in the span.
    pub paid: Fen,
    /// Owed at its end.
    pub closing: Fen,
}

/// The statement of the unit's payer on the last day.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a span that ends before it begins; [`Refusal::NotFound`] for a unit that is not there.
pub fn statement(app: &App, actor: &Actor, request: &StatementRequest) -> Result<Statement, Refusal> {
    let id = find_community(app, &request.community)?;
    actor.require(Permission::Read, id)?;
    if request.to < request.from {
        let zh = format!("截止日期 {} 早于开始日期 {}，请检查", request.to, request.from);
        let en = format!("the span ends on {}, before it begins on {}; check the days", request.to, request.from);
        return Err(Refusal::invalid("to", zh, en));
    }
    app.db.read(|tx| {
        let accounts = posting::list_payers(tx, id, &request.unit)?
            .ok_or_else(|| Refusal::not_found("房屋", "unit", request.unit.as_str()))?;
        let account = payer_on(&accounts, request.to, |_| true).ok_or_else(|| {
            let unit = &request.unit;
            Refusal::conflict(format!("{unit} 还没有缴费账户"), format!("{unit} has no account yet"))
        })?;
        let holder = view::get_holder(tx, id, account.id)?;
        let payer = shown_name(actor, &holder.kind, &holder.name);
        Ok(list(request, payer, &list_entries(tx, id, account.id)?))
    })
}

fn list(request: &StatementRequest, payer: String, entries: &[Entry]) -> Statement {
    let (from, to) = (request.from, request.to);
    let mut found = Statement {
        unit: request.unit.clone(),
        payer,
        from,
        to,
        opening: Fen::ZERO,
        lines: Vec::new(),
        charged: Fen::ZERO,
        reduced: Fen::ZERO,
        paid: Fen::ZERO,
        closing: Fen::ZERO,
    };
    let mut balance = Fen::ZERO;
    for entry in entries.iter().take_while(|one| one.on <= to) {
        let (charged, reduced, paid) = columns(entry);
        balance = balance + charged - reduced - paid;
        if entry.on < from {
            found.opening = balance;
            continue;
        }
        found.charged += charged;
        found.reduced += reduced;
        found.paid += paid;
        found.lines.push(StatementLine { on: entry.on, what: what(&entry.kind), charged, reduced, paid, balance });
    }
    found.closing = balance;
    found
}

fn columns(entry: &Entry) -> (Fen, Fen, Fen) {
    match entry.kind {
        EntryKind::Charge { .. } | EntryKind::LateFee { .. } => (entry.amount, Fen::ZERO, Fen::ZERO),
        EntryKind::Reduction { .. } => (Fen::ZERO, entry.amount, Fen::ZERO),
        EntryKind::Receipt { .. } => (Fen::ZERO, Fen::ZERO, entry.amount),
    }
}

fn what(kind: &EntryKind) -> String {
    match kind {
        EntryKind::Charge { item, period } => format!("{period} {item}"),
        EntryKind::LateFee { item, period } => format!("{period} {item} 违约金"),
        EntryKind::Receipt { number, method } => format!("收据 {number}（{}）", method_name(method)),
        EntryKind::Reduction { kind, item, period } => format!("{} {period} {item}", kind.label().zh),
    }
}

/// The statement as a PDF.
///
/// # Errors
/// As [`statement`].
pub fn statement_pdf(app: &App, actor: &Actor, request: &StatementRequest) -> Result<Vec<u8>, Refusal> {
    let found = statement(app, actor, request)?;
    let id = find_community(app, &request.community)?;
    let place = app.db.read(|tx| community::get(tx, id))?;
    let sheet = sheet(&found, (place.company_name, place.name, place.service_phone), app.today());
    sheet.render().map(|rendered| rendered.pdf).map_err(|error| Refusal::Internal(error.to_string()))
}

fn sheet(found: &Statement, (company, community, phone): (String, String, String), today: NaiveDate) -> TableSheet {
    let shown = |amount: Fen| if amount.is_zero() { String::new() } else { amount.grouped() };
    let edge = |on: NaiveDate, what: &str, amount: Fen| {
        vec![on.to_string(), what.to_owned(), String::new(), String::new(), String::new(), amount.grouped()]
    };
    let line = |one: &StatementLine| {
        let figures = [shown(one.charged), shown(one.reduced), shown(one.paid), one.balance.grouped()];
        [one.on.to_string(), one.what.clone()].into_iter().chain(figures).collect()
    };
    let sums = ["".to_owned(), "本期合计".to_owned()]
        .into_iter()
        .chain([found.charged, found.reduced, found.paid].map(Fen::grouped))
        .chain([String::new()])
        .collect();
    let mut rows = vec![edge(found.from, "期初余额", found.opening)];
    rows.extend(found.lines.iter().map(line));
    rows.extend([sums, edge(found.to, "期末余额", found.closing)]);
    let headings = ["日期", "摘要", "应收", "减免", "已缴", "余额"];
    let table = PaperTable { words: 2, ..PaperTable::new("", &headings, rows) };
    let fact = |name: &str, value: String| (name.to_owned(), value);
    TableSheet {
        title: "对账单".to_owned(),
        facts: vec![
            fact("项目", community.clone()),
            fact("房号", found.unit.to_string()),
            fact("缴费人", found.payer.clone()),
            fact("期间", format!("{} 至 {}", found.from, found.to)),
        ],
        company,
        community,
        tables: vec![table],
        notes: vec![
            "余额为正是欠缴，为负是预存。应收按账期列在当月一日；违约金只列已计收的，未计收的以缴费当日为准。"
                .to_owned(),
            if phone.is_empty() {
                "如有疑问，请与物业服务中心联系。".to_owned()
            } else {
                format!("如有疑问，请致电 {phone}。")
            },
        ],
        dated: today,
    }
}
