//! What the parts of a month's figures are called, on page, paper and in the workbook alike.

use hemu_domain::Fen;
use hemu_domain::closing::{Deposits, Due, LateFees, Receivable};

use super::MonthReport;

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

/// What of 期末应收 is due.
#[must_use]
pub fn due_lines(one: &Due) -> [RollLine; 2] {
    [("其中：已到期（欠费）", "of it due", one.due), ("其中：未到期", "of it not due", one.not_due)]
}

/// What 实收 is told by, method by method.
pub const RECEIVED: [&str; 5] = ["收款方式", "收款", "冲红", "退款", "实收"];

/// What 减免更正 is told by, kind by kind.
pub const REDUCED: [&str; 3] = ["种类", "本金", "违约金"];

/// The figures of a fee item or building in short, in Chinese and English.
pub const GROUP: [(&str, &str); 6] = [
    ("期初", "Opening"),
    ("增加", "Added"),
    ("冲红减免", "Taken off"),
    ("已收", "Paid"),
    ("期末", "Closing"),
    ("违约金期末", "Late fee"),
];
