//! The report of a day (日报): every receipt dated that day with how it was paid, the sums by method and by cashier, small change let
//! off, and the shifts closed that day. One source for screen, Excel, paper and JSON.
//!
//! What was entered later for that day says so. Money that only changed accounts is listed, and in no sum.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use hemu_documents::pdf::{DaySheet, DaySheetLine, DaySheetSum};
use hemu_documents::sheets_out::{CellOut, Table, to_xlsx};
use hemu_domain::ids::{CommunityId, ReceiptId};
use hemu_domain::ledger::method::method_name;
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Text};
use hemu_store::ledger::{self, view};
use hemu_store::{Tx, community, desk};
use serde::Serialize;

use super::shift::{ShiftClosed, closed};
use crate::clock::in_china;
use crate::ledger::TenderLine;
use crate::{Actor, App, Refusal};

/// A receipt of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayLine {
    /// The receipt.
    pub id: ReceiptId,
    /// Its number.
    pub number: String,
    /// The unit.
    pub unit: String,
    /// `receipt`, `reversal`, `refund` or `transfer`.
    pub kind: &'static str,
    /// How much; below zero when money is taken back.
    pub amount: Fen,
    /// How it was paid.
    pub tenders: Vec<TenderLine>,
    /// Small change let off with it.
    pub rounded_off: Fen,
    /// Who took it.
    pub cashier: String,
    /// The day it was entered, where that is a later one.
    pub entered_on: Option<NaiveDate>,
}

/// A sum of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DaySum {
    /// A method, or a cashier.
    pub name: String,
    /// How many payments.
    pub receipts: i64,
    /// What came in.
    pub received: Fen,
    /// What was taken back: reversals and refunds, zero or below.
    pub taken_back: Fen,
    /// Both together.
    pub net: Fen,
}

/// A day at the cash desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayReport {
    /// The community.
    pub community: String,
    /// The day.
    pub on: NaiveDate,
    /// Its receipts, in the order they were entered.
    pub lines: Vec<DayLine>,
    /// By method.
    pub methods: Vec<DaySum>,
    /// By cashier.
    pub cashiers: Vec<DaySum>,
    /// All of it.
    pub total: DaySum,
    /// Small change let off; not received.
    pub rounded_off: Fen,
    /// Shifts closed that day.
    pub closings: Vec<ShiftClosed>,
}

/// The report of a day.
///
/// # Errors
/// [`Refusal::Forbidden`] when the person may not read there.
pub fn day_report(app: &App, actor: &Actor, community: CommunityId, on: NaiveDate) -> Result<DayReport, Refusal> {
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| read(tx, community, on))
}

fn read(tx: &mut Tx<'_>, community: CommunityId, on: NaiveDate) -> Result<DayReport, Refusal> {
    let lines = lines(tx, community, on)?;
    let (mut methods, mut cashiers) = (Sums::default(), Sums::default());
    let mut total = Sums::default();
    for line in lines.iter().filter(|line| line.kind != "transfer") {
        for tender in &line.tenders {
            methods.add(&tender.method, tender.amount);
        }
        cashiers.add(&line.cashier, line.amount);
        total.add("", line.amount);
    }
    let closings = desk::list_closings_of_day(tx, community, on)?;
    Ok(DayReport {
        community: community::get(tx, community)?.name,
        on,
        rounded_off: lines.iter().map(|line| line.rounded_off).sum(),
        lines,
        methods: methods.rows(),
        cashiers: cashiers.rows(),
        total: total.rows().pop().unwrap_or_else(|| DaySum::of(String::new())),
        closings: closings.into_iter().map(|(shift, closing)| closed(shift, closing)).collect::<Result<_, _>>()?,
    })
}

fn lines(tx: &mut Tx<'_>, community: CommunityId, on: NaiveDate) -> Result<Vec<DayLine>, Refusal> {
    let mut tenders: HashMap<ReceiptId, Vec<TenderLine>> = HashMap::new();
    for row in ledger::list_tenders_of_days(tx, community, on, on)? {
        tenders.entry(row.receipt_id).or_default().push(row.into());
    }
    let rounded: HashMap<ReceiptId, Fen> = ledger::list_roundings_of_days(tx, community, on, on)?.into_iter().collect();
    let units: HashMap<_, _> = view::list_units_of_day(tx, community, on)?.into_iter().collect();
    let mut receipts = ledger::list_of_days(tx, community, on, on)?;
    receipts.reverse();
    let line = |receipt: ledger::ReceiptRow| {
        let whole = || {
            let (amount, handed, change) = (receipt.amount, receipt.amount, Fen::ZERO);
            vec![TenderLine { method: receipt.method.clone(), amount, handed, change }]
        };
        let entered_on = in_china(receipt.recorded_at).date_naive();
        DayLine {
            id: receipt.id,
            kind: kind(&receipt),
            unit: units.get(&receipt.id).map(ToString::to_string).unwrap_or_default(),
            tenders: tenders.remove(&receipt.id).unwrap_or_else(whole),
            rounded_off: rounded.get(&receipt.id).copied().unwrap_or(Fen::ZERO),
            entered_on: Some(entered_on).filter(|day| *day != on),
            number: receipt.number,
            amount: receipt.amount,
            cashier: receipt.actor_name,
        }
    };
    Ok(receipts.into_iter().map(line).collect())
}

fn kind(receipt: &ledger::ReceiptRow) -> &'static str {
    match (receipt.method.as_str(), receipt.reverses_id, receipt.source_id) {
        ("moved", _, _) => "transfer",
        (_, _, Some(_)) if !receipt.amount.is_positive() => "refund",
        (_, Some(_), _) => "reversal",
        (_, None, _) => "receipt",
    }
}

/// What a kind is called.
#[must_use]
pub(crate) fn kind_name(kind: &str) -> Text {
    match kind {
        "reversal" => Text::new("冲红", "reversal"),
        "refund" => Text::new("退款", "refund"),
        "transfer" => Text::new("转款", "transfer"),
        _ => Text::new("收款", "payment"),
    }
}

impl DaySum {
    fn of(name: String) -> Self {
        Self { name, receipts: 0, received: Fen::ZERO, taken_back: Fen::ZERO, net: Fen::ZERO }
    }
}

#[derive(Default)]
struct Sums(BTreeMap<String, DaySum>);

impl Sums {
    fn add(&mut self, name: &str, amount: Fen) {
        let sum = self.0.entry(name.to_owned()).or_insert_with(|| DaySum::of(name.to_owned()));
        if amount.is_positive() {
            sum.receipts += 1;
            sum.received += amount;
        } else {
            sum.taken_back += amount;
        }
        sum.net += amount;
    }

    fn rows(self) -> Vec<DaySum> {
        self.0.into_values().collect()
    }
}

fn ways(line: &DayLine) -> String {
    let one = |tender: &TenderLine| {
        let name = method_name(&tender.method);
        if line.tenders.len() > 1 { format!("{name} {}", tender.amount) } else { name.to_owned() }
    };
    line.tenders.iter().map(one).collect::<Vec<_>>().join("；")
}

/// The report as a workbook: the receipts, the sums, the shifts.
///
/// # Errors
/// [`Refusal::Internal`] when it cannot be written, which only a fault of the program can cause.
pub fn day_xlsx(report: &DayReport) -> Result<Vec<u8>, Refusal> {
    let tables = [receipts_table(report), sums_table(report), shifts_table(report)];
    to_xlsx(&tables).map_err(|error| Refusal::Internal(error.to_string()))
}

fn headings<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(ToOwned::to_owned).to_vec()
}

fn text(words: &str) -> CellOut {
    CellOut::Text(words.to_owned())
}

fn receipts_table(report: &DayReport) -> Table {
    let row = |line: &DayLine| {
        vec![
            text(&line.number),
            text(&line.unit),
            text(&kind_name(line.kind).zh),
            CellOut::Money(line.amount),
            CellOut::Money(line.rounded_off),
            CellOut::Text(ways(line)),
            text(&line.cashier),
            line.entered_on.map_or(CellOut::Empty, CellOut::Date),
        ]
    };
    let sum = [text("合计（不含转款）"), CellOut::Empty, CellOut::Empty, CellOut::Money(report.total.net)];
    Table {
        title: "收款明细".to_owned(),
        headings: headings(["收据", "房号", "类型", "金额", "抹零", "方式", "收款人", "补录日期"]),
        rows: report.lines.iter().map(row).collect(),
        totals: Some(sum.into_iter().chain([CellOut::Money(report.rounded_off)]).collect()),
    }
}

fn sums_table(report: &DayReport) -> Table {
    let row = |what: &str, name: &str, sum: &DaySum| {
        let figures = [CellOut::Integer(sum.receipts), CellOut::Money(sum.received)];
        let rest = [CellOut::Money(sum.taken_back), CellOut::Money(sum.net)];
        [text(what), text(name)].into_iter().chain(figures).chain(rest).collect::<Vec<_>>()
    };
    let methods = report.methods.iter().map(|sum| row("方式", method_name(&sum.name), sum));
    let cashiers = report.cashiers.iter().map(|sum| row("收款人", &sum.name, sum));
    Table {
        title: "汇总".to_owned(),
        headings: headings(["分类", "名称", "笔数", "收款", "冲红和退款", "净额"]),
        rows: methods.chain(cashiers).collect(),
        totals: Some(row("合计", "", &report.total)),
    }
}

fn shifts_table(report: &DayReport) -> Table {
    let rows = report.closings.iter().flat_map(|one| {
        one.lines.iter().map(|line| {
            vec![
                text(&one.shift.cashier),
                text(method_name(&line.method)),
                CellOut::Money(line.expected),
                CellOut::Money(line.counted),
                CellOut::Money(line.difference()),
                text(&one.reason),
            ]
        })
    });
    Table {
        title: "日结".to_owned(),
        headings: headings(["收款人", "方式", "应有", "清点", "差异", "原因"]),
        rows: rows.collect(),
        totals: None,
    }
}

/// The report on paper.
///
/// # Errors
/// [`Refusal::Internal`] for a fault of the template.
pub fn day_pdf(report: &DayReport) -> Result<Vec<u8>, Refusal> {
    let line = |line: &DayLine| DaySheetLine {
        number: line.number.clone(),
        unit: line.unit.clone(),
        kind: kind_name(line.kind).zh,
        amount: line.amount.grouped(),
        ways: ways(line),
        cashier: line.cashier.clone(),
        entered_on: line.entered_on,
    };
    let sum = |name: String, sum: &DaySum| DaySheetSum {
        name,
        receipts: sum.receipts,
        received: sum.received.grouped(),
        taken_back: sum.taken_back.grouped(),
        net: sum.net.grouped(),
    };
    let methods = report.methods.iter().map(|one| sum(method_name(&one.name).to_owned(), one));
    let closings = report.closings.iter().map(|one| {
        let difference = if one.difference.is_zero() {
            "无差异".to_owned()
        } else {
            format!("差异 {} 元（{}）", one.difference.grouped(), one.reason)
        };
        let (cashier, expected, counted) = (&one.shift.cashier, one.expected.grouped(), one.counted.grouped());
        format!("{cashier}：应有 {expected} 元（含备用金），清点 {counted} 元，{difference}")
    });
    let sheet = DaySheet {
        community: report.community.clone(),
        on: report.on,
        lines: report.lines.iter().map(line).collect(),
        sums: methods.chain([sum("合计".to_owned(), &report.total)]).collect(),
        rounded_off: report.rounded_off.grouped(),
        closings: closings.collect(),
    };
    sheet.render().map(|rendered| rendered.pdf).map_err(|error| Refusal::Internal(error.to_string()))
}
