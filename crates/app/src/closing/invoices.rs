//! The request for e-invoices (数电票开票申请) of a month's bills: one line per charge, with the fields and tax codes an invoicing
//! program imports. What is collected for others, and what was let off, is not in it, and is told beside it with reason and sum: request and
//! what is left out come to what was charged.

use hemu_documents::sheets_out::{CellOut, Table, to_csv};
use hemu_domain::billing::invoice::{LeftOut, TaxClass};
use hemu_domain::billing::vat::split_vat;
use hemu_domain::ids::CommunityId;
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period};
use hemu_store::closing::invoices::{InvoiceLine, for_each_invoice_line, list_charged};
use hemu_store::{DbError, Tx};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// A line of the request.
#[derive(Clone, Debug, Serialize)]
pub struct InvoiceItem {
    /// The bill: lines of one bill are one invoice.
    pub bill: String,
    /// Who is invoiced.
    pub buyer: String,
    /// `*企业管理服务*物业管理费`.
    pub item: String,
    /// The tax code, 19 digits.
    pub tax_code: String,
    /// Without tax.
    pub net: Fen,
    /// The rate in percent.
    pub rate_percent: u32,
    /// The tax.
    pub tax: Fen,
    /// Both.
    pub gross: Fen,
    /// Month and unit.
    pub remark: String,
}

/// The request of a month.
#[derive(Clone, Debug, Serialize)]
pub struct InvoiceRequest {
    /// The month billed.
    pub period: Period,
    /// The lines, by bill.
    pub rows: Vec<InvoiceItem>,
    /// Without tax.
    pub net: Fen,
    /// The tax.
    pub tax: Fen,
    /// Both.
    pub gross: Fen,
    /// What was charged on the bills of the month.
    pub charged: Fen,
    /// What of it is not in the request, and why.
    pub left_out: Vec<LeftOutLine>,
}

/// Charges left out of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOutLine {
    /// Why.
    pub reason: LeftOut,
    /// The fee item.
    pub item: String,
    /// How many charges it is about.
    pub charges: i64,
    /// What they come to.
    pub total: Fen,
}

/// What of a month's bills is to be invoiced, and what is not, with the reason.
#[derive(Clone, Debug, Serialize)]
pub struct InvoiceSummary {
    /// What was charged on the bills of the month.
    pub charged: Fen,
    /// What of it is to be invoiced.
    pub to_invoice: Fen,
    /// What is left out.
    pub left_out: Vec<LeftOutLine>,
}

/// What of a month's bills is to be invoiced; nobody is named.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn invoice_summary(app: &App, actor: &Actor, community: &str, period: Period) -> Result<InvoiceSummary, Refusal> {
    let id = find_community(app, community)?;
    actor.require(Permission::Read, id)?;
    Ok(app.db.read(|tx| summarize(tx, id, period))?)
}

fn summarize(tx: &mut Tx<'_>, community: CommunityId, period: Period) -> Result<InvoiceSummary, DbError> {
    let (mut charged, mut left_out) = (Fen::ZERO, Vec::new());
    for one in list_charged(tx, community, period)? {
        charged += one.charged;
        let mut leave = |reason, charges, total: Fen| {
            if !total.is_zero() {
                left_out.push(LeftOutLine { reason, item: one.item.clone(), charges, total });
            }
        };
        if TaxClass::of(&one.kind).is_none() {
            leave(LeftOut::Collected, one.charges, one.charged - one.reduced);
        }
        leave(LeftOut::Reduced, one.reduced_charges, one.reduced);
    }
    left_out.sort_by_key(|one| one.reason);
    let to_invoice = charged - left_out.iter().map(|one| one.total).sum::<Fen>();
    Ok(InvoiceSummary { charged, to_invoice, left_out })
}

/// The request of a month's bills. It names the owners, so taking it out leaves an entry in the audit trail.
///
/// # Errors
/// [`Refusal::Forbidden`] for a role that does not close months.
pub fn invoice_request(app: &App, actor: &Actor, community: &str, period: Period) -> Result<InvoiceRequest, Refusal> {
    let id = find_community(app, community)?;
    actor.require(Permission::CloseMonth, id)?;
    app.db.write(|tx| {
        let InvoiceSummary { charged, left_out, .. } = summarize(tx, id, period)?;
        let (net, tax, gross) = (Fen::ZERO, Fen::ZERO, Fen::ZERO);
        let mut request = InvoiceRequest { period, rows: Vec::new(), net, tax, gross, charged, left_out };
        for_each_invoice_line(tx, id, period, |line| request.add(line))?;
        let detail = serde_json::json!({ "period": period, "lines": request.rows.len(), "gross": request.gross });
        let act = Act { act: "invoices.export", subject_kind: "bill", subject_id: None, detail: &detail };
        audit::record(tx, app, actor, Some(id), &act)?;
        Ok(request)
    })
}

impl InvoiceRequest {
    fn add(&mut self, line: InvoiceLine) {
        if !line.amount.is_positive() {
            return;
        }
        let class = TaxClass::of(&line.kind);
        let Some((class, parts)) = class.and_then(|one| Some((one, split_vat(line.amount, one.rate())?))) else {
            return;
        };
        self.net += parts.net;
        self.tax += parts.tax;
        self.gross += line.amount;
        self.rows.push(InvoiceItem {
            bill: line.bill,
            buyer: line.buyer,
            item: class.line_text(&line.item),
            tax_code: class.code.to_owned(),
            net: parts.net,
            rate_percent: class.percent,
            tax: parts.tax,
            gross: line.amount,
            remark: format!("账期 {}，房号 {}", line.period, line.unit),
        });
    }
}

/// The request as CSV.
///
/// # Errors
/// As [`invoice_request`].
pub fn invoice_csv(app: &App, actor: &Actor, community: &str, period: Period) -> Result<Vec<u8>, Refusal> {
    Ok(to_csv(&invoice_table(&invoice_request(app, actor, community, period)?)).into_bytes())
}

const HEADINGS: [&str; 14] = [
    "发票流水号",
    "发票类型",
    "购方名称",
    "购方税号",
    "项目名称",
    "商品和服务税收分类编码",
    "规格型号",
    "单位",
    "数量",
    "金额（不含税）",
    "税率",
    "税额",
    "价税合计",
    "备注",
];

fn invoice_table(request: &InvoiceRequest) -> Table {
    let text = |text: &str| CellOut::Text(text.to_owned());
    let row = |one: &InvoiceItem| {
        vec![
            text(&one.bill),
            text("数电普票"),
            text(&one.buyer),
            CellOut::Empty,
            // A leading asterisk is how every invoice names its class; it is no formula.
            text(&one.item),
            text(&one.tax_code),
            CellOut::Empty,
            text("月"),
            CellOut::Number(Decimal::ONE),
            CellOut::Money(one.net),
            CellOut::Number(Decimal::new(one.rate_percent.into(), 2)),
            CellOut::Money(one.tax),
            CellOut::Money(one.gross),
            text(&one.remark),
        ]
    };
    Table {
        title: format!("开票{}", request.period),
        headings: HEADINGS.map(ToOwned::to_owned).to_vec(),
        rows: request.rows.iter().map(row).collect(),
        totals: None,
    }
}
