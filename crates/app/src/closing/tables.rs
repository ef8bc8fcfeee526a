//! The month as tables (月结报表), for a workbook: the figures of the report, one sheet per part.

use hemu_documents::sheets_out::{CellOut, Table, to_xlsx};
use hemu_domain::closing::voucher::method_name;
use hemu_domain::closing::{Deposits, Group, LateFees, Receivable};
use hemu_domain::{Fen, Period};

use super::{MonthReport, month_report};
use crate::{Actor, App, Refusal};

/// A line of a roll-forward: what it is called, how much.
pub type RollLine = (&'static str, &'static str, Fen);

/// 应收 line by line, in Chinese and English; what is taken off is shown as it is taken off.
#[must_use]
pub fn receivable_lines(one: &Receivable) -> [RollLine; 7] {
    [
        ("期初应收", "opening", one.opening),
        ("加：本月应收", "billed", one.billed),
        ("加：导入期初欠费", "brought in", one.brought_in),
        ("减：冲红", "reversed", one.reversed),
        ("减：减免更正", "reduced", one.reduced),
        ("减：已收", "paid", one.paid),
        ("期末应收", "closing", one.closing),
    ]
}

/// 违约金 line by line.
#[must_use]
pub fn late_fee_lines(one: &LateFees) -> [RollLine; 5] {
    [
        ("期初违约金", "opening", one.opening),
        ("加：本月计收", "assessed", one.assessed),
        ("减：减免重算", "reduced", one.reduced),
        ("减：已收", "paid", one.paid),
        ("期末违约金", "closing", one.closing),
    ]
}

/// 预收 line by line; the last two are what the closing balance consists of.
#[must_use]
pub fn prepaid_lines(report: &MonthReport) -> [RollLine; 7] {
    let one = &report.figures.prepaid;
    [
        ("期初预收", "opening", one.opening),
        ("加：本月收款", "received", one.received),
        ("减：退款", "refunded", one.refunded),
        ("减：冲抵应收和违约金", "applied", one.applied),
        ("期末预收", "closing", one.closing),
        ("其中：预存余额", "of it put by", one.put_by),
        ("其中：已缴未到账期", "of it paid ahead", one.paid_ahead),
    ]
}

/// 押金 line by line.
#[must_use]
pub fn deposit_lines(one: &Deposits) -> [RollLine; 5] {
    [
        ("期初押金", "opening", one.opening),
        ("加：本月收取", "taken", one.taken),
        ("减：退还", "returned", one.returned),
        ("减：扣除", "kept", one.deducted),
        ("期末押金", "closing", one.closing),
    ]
}

/// The month as a workbook.
///
/// # Errors
/// As [`month_report`].
pub fn month_workbook(app: &App, actor: &Actor, community: &str, month: Period) -> Result<Vec<u8>, Refusal> {
    let report = month_report(app, actor, community, month)?;
    to_xlsx(&month_tables(&report)).map_err(|error| Refusal::Internal(error.to_string()))
}

/// The month as tables.
#[must_use]
pub fn month_tables(report: &MonthReport) -> Vec<Table> {
    vec![
        summary(report),
        groups("按收费项目", "收费项目", &report.items),
        groups("按楼栋", "楼栋", &report.buildings),
        received(report),
        reductions(report),
    ]
}

fn text(text: impl Into<String>) -> CellOut {
    CellOut::Text(text.into())
}

fn table<const N: usize>(
    title: &str,
    headings: [&str; N],
    rows: Vec<Vec<CellOut>>,
    totals: Option<Vec<CellOut>>,
) -> Table {
    Table { title: title.to_owned(), headings: headings.map(ToOwned::to_owned).to_vec(), rows, totals }
}

fn summary(report: &MonthReport) -> Table {
    let figures = &report.figures;
    let state = if report.closed { "已结账" } else { "未结账（暂计）" };
    let head = [("小区", report.community.clone()), ("月份", figures.month.to_string()), ("状态", state.to_owned())];
    let head = head.into_iter().map(|(name, value)| vec![text(name), text(value)]);
    let rolls = receivable_lines(&figures.receivable)
        .into_iter()
        .chain([("其中：已到期（欠费）", "", figures.due.due), ("其中：未到期", "", figures.due.not_due)])
        .chain(late_fee_lines(&figures.late_fee))
        .chain(prepaid_lines(report))
        .chain(deposit_lines(&figures.deposits));
    let rolls = rolls.map(|(name, _, amount)| vec![text(name), CellOut::Money(amount)]);
    table("汇总", ["项目", "金额（元）"], head.chain(rolls).collect(), None)
}

fn groups(title: &str, what: &str, groups: &[Group]) -> Table {
    let cells = |name: &str, r: &Receivable, f: &LateFees| {
        let amounts = [
            r.opening,
            r.billed,
            r.brought_in,
            r.reversed,
            r.reduced,
            r.paid,
            r.closing,
            f.opening,
            f.assessed,
            f.reduced,
            f.paid,
            f.closing,
        ];
        std::iter::once(text(name)).chain(amounts.map(CellOut::Money)).collect::<Vec<_>>()
    };
    let rows: Vec<_> = groups.iter().map(|one| cells(&one.name, &one.receivable, &one.late_fee)).collect();
    let totals = |place: usize| {
        let amount = |row: &Vec<CellOut>| if let CellOut::Money(amount) = row[place] { amount } else { Fen::ZERO };
        CellOut::Money(rows.iter().map(amount).sum())
    };
    let totals = std::iter::once(text("合计")).chain((1..=12).map(totals)).collect();
    let headings = [
        what,
        "期初应收",
        "本月应收",
        "导入期初",
        "冲红",
        "减免更正",
        "已收",
        "期末应收",
        "期初违约金",
        "本月计收",
        "违约金减免",
        "违约金已收",
        "期末违约金",
    ];
    table(title, headings, rows, Some(totals))
}

fn received(report: &MonthReport) -> Table {
    let lines = &report.figures.received;
    let row = |one: &hemu_domain::closing::MethodLine| {
        let amounts = [one.received, one.reversed, one.refunded, one.net()].map(CellOut::Money);
        std::iter::once(text(method_name(&one.method))).chain(amounts).collect()
    };
    let net = CellOut::Money(lines.iter().map(hemu_domain::closing::MethodLine::net).sum());
    let totals = vec![text("合计"), CellOut::Empty, CellOut::Empty, CellOut::Empty, net];
    table("实收", ["收款方式", "收款", "冲红", "退款", "实收"], lines.iter().map(row).collect(), Some(totals))
}

fn reductions(report: &MonthReport) -> Table {
    let row = |one: &hemu_domain::closing::ReductionLine| {
        vec![text(one.kind.label().zh), CellOut::Money(one.principal), CellOut::Money(one.late_fee)]
    };
    let rows = report.figures.reductions.iter().map(row).collect();
    table("减免更正", ["种类", "本金", "违约金"], rows, None)
}
