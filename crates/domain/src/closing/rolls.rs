//! The balances of a month, each rolled forward from its opening: 应收, 违约金, 预收, and what is told beside them.

use serde::{Deserialize, Serialize};

use super::movement::What;
use crate::Fen;
use crate::ledger::adjustment::AdjustmentKind;

/// 应收: opening + billed + brought in - reversed - reduced - paid = closing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receivable {
    /// 期初应收.
    pub opening: Fen,
    /// 本月应收.
    pub billed: Fen,
    /// 导入的期初欠费.
    pub brought_in: Fen,
    /// 冲红.
    pub reversed: Fen,
    /// 减免更正.
    pub reduced: Fen,
    /// 已收.
    pub paid: Fen,
    /// 期末应收.
    pub closing: Fen,
}

/// 违约金, as far as it was assessed: opening + assessed - reduced - paid = closing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateFees {
    /// 期初.
    pub opening: Fen,
    /// 本月计收.
    pub assessed: Fen,
    /// 减免.
    pub reduced: Fen,
    /// 已收.
    pub paid: Fen,
    /// 期末.
    pub closing: Fen,
}

/// 预收: opening + received - refunded - applied = closing, which is what is put by and what is paid ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepaid {
    /// 期初.
    pub opening: Fen,
    /// 本月收款, less what was taken back.
    pub received: Fen,
    /// 退款.
    pub refunded: Fen,
    /// 冲抵应收和违约金.
    pub applied: Fen,
    /// 期末.
    pub closing: Fen,
    /// Of the closing balance: 预存余额.
    pub put_by: Fen,
    /// Of the closing balance: paid on bills of months that have not begun (已缴未到账期).
    pub paid_ahead: Fen,
}

/// What was taken off without money, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReductionLine {
    /// Which kind.
    pub kind: AdjustmentKind,
    /// Of principal.
    pub principal: Fen,
    /// Of late fees.
    pub late_fee: Fen,
}

/// What of the closing receivable is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Due by the last day: 欠费.
    pub due: Fen,
    /// Due later.
    pub not_due: Fen,
}

impl Receivable {
    pub(super) fn add(&mut self, what: What, amount: Fen) {
        match what {
            What::Billed => self.billed += amount,
            What::BroughtIn => self.brought_in += amount,
            What::Reversed => self.reversed -= amount,
            What::Reduced(_) => self.reduced += amount,
            What::Paid => self.paid += amount,
            What::Assessed | What::LateFeeReduced(_) | What::LateFeePaid => {}
        }
    }

    pub(super) fn balance(&self) -> Fen {
        self.opening + self.billed + self.brought_in - self.reversed - self.reduced - self.paid
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.opening += other.opening;
        self.billed += other.billed;
        self.brought_in += other.brought_in;
        self.reversed += other.reversed;
        self.reduced += other.reduced;
        self.paid += other.paid;
        self.closing += other.closing;
    }
}

impl LateFees {
    pub(super) fn add(&mut self, what: What, amount: Fen) {
        match what {
            What::Assessed => self.assessed += amount,
            What::LateFeeReduced(_) => self.reduced += amount,
            What::LateFeePaid => self.paid += amount,
            What::Billed | What::BroughtIn | What::Reversed | What::Reduced(_) | What::Paid => {}
        }
    }

    pub(super) fn balance(&self) -> Fen {
        self.opening + self.assessed - self.reduced - self.paid
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.opening += other.opening;
        self.assessed += other.assessed;
        self.reduced += other.reduced;
        self.paid += other.paid;
        self.closing += other.closing;
    }
}
