//! The shapes of closed months: figures, vouchers, requests for invoices.

use utoipa::ToSchema;

use super::{Day, Id, Label, Moment, Month, Sentence, Yuan, shapes};

shapes! {
    /// 应收: opening + billed + brought_in - reversed - reduced - paid = closing.
    ReceivableRoll {
        opening: Yuan, billed: Yuan, brought_in: Yuan, reversed: Yuan, reduced: Yuan, paid: Yuan, closing: Yuan,
    }
    /// 违约金 as far as it was assessed: opening + assessed - reduced - paid = closing.
    LateFeeRoll { opening: Yuan, assessed: Yuan, reduced: Yuan, paid: Yuan, closing: Yuan }
    /// 预收: opening + received - refunded - applied = closing = put_by + paid_ahead.
    PrepaidRoll {
        opening: Yuan, received: Yuan, refunded: Yuan, applied: Yuan, closing: Yuan, put_by: Yuan, paid_ahead: Yuan,
    }
    /// Deposits taken and given back in one way.
    DepositLine { method: String, taken: Yuan, returned: Yuan }
    /// 押金, a liability: opening + taken - returned - deducted = closing.
    DepositRoll {
        opening: Yuan, taken: Yuan, returned: Yuan, deducted: Yuan, closing: Yuan, methods: Vec<DepositLine>,
    }
    /// What of the closing receivable is due.
    DueParts { due: Yuan, not_due: Yuan }
    /// Money in and out by way of paying.
    MethodLine { method: String, received: Yuan, reversed: Yuan, refunded: Yuan }
    /// What was taken off without money.
    ReductionLine { kind: String, principal: Yuan, late_fee: Yuan }
    /// A fee item in a building.
    ClosingCell {
        item: Id, building: Id, item_name: String, building_code: String, receivable: ReceivableRoll,
        late_fee: LateFeeRoll,
    }
    /// A fee item or building.
    ClosingGroup { name: String, receivable: ReceivableRoll, late_fee: LateFeeRoll }
    /// A month's figures: frozen when it is closed, provisional otherwise.
    MonthReport {
        community: String, closed: bool, id: Option<Id>, closed_by: Option<String>, closed_at: Option<Moment>,
        problems: Vec<Sentence>, warnings: Vec<Sentence>, month: Month, receivable: ReceivableRoll,
        late_fee: LateFeeRoll, prepaid: PrepaidRoll, deposits: DepositRoll, due: DueParts, received: Vec<MethodLine>,
        reductions: Vec<ReductionLine>, cells: Vec<ClosingCell>, items: Vec<ClosingGroup>,
        buildings: Vec<ClosingGroup>,
    }
    /// A closed month in a list.
    ClosedMonth {
        month: Month, closed_by: String, closed_at: Moment, reopened_at: Option<Moment>, reopened_by: Option<String>,
        receivable: Yuan, late_fee: Yuan, prepaid: Yuan,
    }
    /// The closed months, newest first, and the one to close next.
    ClosingList { rows: Vec<ClosedMonth>, next: Month, last: Option<Month> }
    /// An account of the general ledger.
    LedgerAccount { code: String, name: String }
    /// The accounts the company books to.
    AccountingChart {
        cash: LedgerAccount, bank: LedgerAccount, platform: LedgerAccount, receivable: LedgerAccount,
        prepaid: LedgerAccount, deposits: LedgerAccount, collected: LedgerAccount, revenue: LedgerAccount, output_tax: LedgerAccount, other_income: LedgerAccount,
        opening: LedgerAccount,
    }
    /// A line of a voucher.
    VoucherLine { summary: String, account: LedgerAccount, about: String, debit: Yuan, credit: Yuan }
    /// A voucher: debits and credits come to the same.
    Voucher { number: i64, date: Day, lines: Vec<VoucherLine> }
    /// The vouchers of a month.
    VoucherReport { community: String, month: Month, closed: bool, vouchers: Vec<Voucher>, total: Yuan }
    /// A line of a request for invoices.
    InvoiceItem {
        bill: String, buyer: String, item: String, tax_code: String, net: Yuan, rate_percent: i64, tax: Yuan,
        gross: Yuan, remark: String, original_month: Option<Month>, original_bill: Option<String>,
        reason: Option<String>,
    }
    /// Charges left out of a request for invoices, by reason and fee item.
    LeftOutLine { reason: String, item: String, charges: i64, total: Yuan }
    /// The request for invoices of a month; `red` is what of `gross` takes back earlier requests.
    InvoiceRequest {
        period: Month, rows: Vec<InvoiceItem>, net: Yuan, tax: Yuan, gross: Yuan, red: Yuan, charged: Yuan,
        left_out: Vec<LeftOutLine>,
    }
    /// An entry of a statement: charges raise the balance, payments and reductions lower it.
    StatementLine { on: Day, what: String, charged: Yuan, reduced: Yuan, paid: Yuan, balance: Yuan }
    /// A statement of account; a balance below zero is the payer's money.
    Statement {
        unit: Label, payer: String, from: Day, to: Day, opening: Yuan, lines: Vec<StatementLine>, charged: Yuan,
        reduced: Yuan, paid: Yuan, closing: Yuan,
    }
    /// A finding; without a unit it is about a shared cost or a master meter.
    CheckRow { unit: Option<Label>, item: Option<String>, detail: String }
    /// What a dry run found of one kind; `blocks` when nothing is billed for these units.
    CheckGroup {
        kind: String, title: Sentence, advice: Sentence, blocks: bool, count: i64, rows: Vec<CheckRow>,
    }
    /// The list to work off before a bill run.
    CheckList { period: Month, bills: i64, total: Yuan, already: i64, groups: Vec<CheckGroup> }
    /// The bills of a month, published; `runs` counts what was published now.
    Published { period: Month, runs: i64, published_on: Day }
}
