//! The request for e-invoices (数电票开票申请) of a month: one line per charge on its bills, with the fields and tax codes an invoicing
//! program imports. What is collected for others, and what was let off, is not in it, and is told beside it with reason and sum.
//!
//! What was asked for is kept, so a request that is taken out again asks for nothing twice. A charge that was asked for and has been
//! reversed or lowered since gets a red line (红字) in the request of the month in which that happened, which names the first one; what
//! it was billed anew is on a correction bill, which belongs to the month it was issued in. Blue and red lines come to the live charges.

use hemu_documents::sheets_out::{CellOut, Table, to_csv};
use hemu_domain::billing::invoice::{LeftOut, TaxClass};
use hemu_domain::billing::red_invoice::{InvoiceChange, Standing, follow};
use hemu_domain::billing::vat::{VatParts, split_vat};
use hemu_domain::ids::{ChargeId, CommunityId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period};
use hemu_store::closing::invoice_lines::{InvoiceLineRow, PrintedLine, insert_many, list_printed};
use hemu_store::closing::invoices::{ChangedCharge, list_changed, list_charged, list_new};
use hemu_store::{DbError, Tx, community};
use rust_decimal::Decimal;
use serde::Serialize;
use uuid::Uuid;

use crate::audit::{self, Act};
use crate::billing::{count, find_community};
use crate::{Actor, App, Refusal};

/// A line of the request.
#[derive(Clone, Debug, Serialize)]
pub struct InvoiceItem {
    /// The bill: lines of one bill are one invoice; red ones are one of their own, `202601-1-1-101-H202603`.
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
    /// The month of the request that asked for it first; `None` for that one itself.
    pub original_month: Option<Period>,
    /// The bill it was asked for with.
    pub original_bill: Option<String>,
    /// Why it is asked for again.
    pub reason: Option<InvoiceChange>,
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
    /// Of it, what red lines take back: below zero.
    pub red: Fen,
    /// What was charged on the bills of the month.
    pub charged: Fen,
    /// What of it is not to be invoiced, and why.
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
    /// What of it was asked for.
    pub asked: Fen,
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
    let (mut charged, mut asked, mut left_out) = (Fen::ZERO, Fen::ZERO, Vec::new());
    for one in list_charged(tx, community, period)? {
        charged += one.charged;
        asked += one.asked;
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
    Ok(InvoiceSummary { charged, to_invoice, asked, left_out })
}

/// The request of a month: what nobody has asked for yet is asked for now. It names the owners, so taking it out leaves an entry in the
/// audit trail.
///
/// # Errors
/// [`Refusal::Forbidden`] for a role that does not close months.
pub fn invoice_request(app: &App, actor: &Actor, community: &str, period: Period) -> Result<InvoiceRequest, Refusal> {
    let id = find_community(app, community)?;
    actor.require(Permission::CloseMonth, id)?;
    app.db.write(|tx| {
        // Locks the community: of two requests at once the second finds what the first has asked for.
        let first = community::next_seq(tx, id, 1)?;
        let asked = to_ask(tx, id, period)?;
        community::next_seq(tx, id, count(asked.len().max(1)))?;
        let rows: Vec<InvoiceLineRow> =
            asked.into_iter().zip(first + 1..).map(|(one, seq)| one.row(app, actor, period, seq)).collect();
        insert_many(tx, id, &rows)?;
        let request = InvoiceRequest::of(list_printed(tx, id, period)?, summarize(tx, id, period)?, period);
        let detail = serde_json::json!({ "period": period, "lines": request.rows.len(), "new": rows.len(),
            "gross": request.gross });
        let act = Act { act: "invoices.export", subject_kind: "bill", subject_id: None, detail: &detail };
        audit::record(tx, app, actor, Some(id), &act)?;
        Ok(request)
    })
}

/// A line to ask for.
struct NewLine {
    charge_id: ChargeId,
    again: Option<(Uuid, InvoiceChange)>,
    rate_percent: i64,
    parts: VatParts,
}

impl NewLine {
    fn row(self, app: &App, actor: &Actor, month: Period, seq: i64) -> InvoiceLineRow {
        let (blue_id, reason) = self.again.unzip();
        InvoiceLineRow {
            id: app.new_id(),
            month,
            charge_id: self.charge_id,
            blue_id,
            reason,
            rate_percent: self.rate_percent,
            net: self.parts.net,
            tax: self.parts.tax,
            gross: self.parts.net + self.parts.tax,
            requested_on: app.today(),
            requested_by: actor.name.clone(),
            seq,
        }
    }
}

/// Charges nobody has asked for, then what has changed of those that were asked for.
fn to_ask(tx: &mut Tx<'_>, community: CommunityId, month: Period) -> Result<Vec<NewLine>, DbError> {
    let mut lines = Vec::new();
    for one in list_new(tx, community, month)?.into_iter().filter(|one| one.amount.is_positive()) {
        let Some(class) = TaxClass::of(&one.kind) else { continue };
        let Some(parts) = split_vat(one.amount, class.rate()) else { continue };
        lines.push(NewLine { charge_id: one.charge_id, again: None, rate_percent: class.percent.into(), parts });
    }
    lines.extend(list_changed(tx, community, month)?.iter().filter_map(changed));
    Ok(lines)
}

fn changed(one: &ChangedCharge) -> Option<NewLine> {
    let left = |stands: bool, reduced: Fen| if stands { one.amount - reduced } else { Fen::ZERO };
    let standing = Standing { by_month: left(!one.reversed, one.reduced_by_then), now: left(one.live, one.reduced) };
    let asked = VatParts { net: one.net, tax: one.tax };
    let parts = follow(asked, standing, Decimal::new(one.rate_percent, 2))?;
    let change = if (parts.net + parts.tax).is_positive() {
        InvoiceChange::Restored
    } else if one.reversed {
        InvoiceChange::Reversed
    } else {
        InvoiceChange::Lowered
    };
    let (charge_id, rate_percent) = (one.charge_id, one.rate_percent);
    Some(NewLine { charge_id, again: Some((one.blue_id, change)), rate_percent, parts })
}

impl InvoiceRequest {
    fn of(lines: Vec<PrintedLine>, summary: InvoiceSummary, period: Period) -> Self {
        let sum = |pick: fn(&PrintedLine) -> Fen| lines.iter().map(pick).sum::<Fen>();
        Self {
            period,
            net: sum(|line| line.net),
            tax: sum(|line| line.tax),
            gross: sum(|line| line.gross),
            red: sum(|line| line.gross.min(Fen::ZERO)),
            charged: summary.charged,
            left_out: summary.left_out,
            rows: lines.into_iter().map(|line| item(line, period)).collect(),
        }
    }
}

fn item(line: PrintedLine, month: Period) -> InvoiceItem {
    let (original_month, reason) = line.again.unzip();
    let again = if line.gross.is_positive() { "B" } else { "H" };
    let numbered = || format!("{}-{again}{}{:02}", line.bill, month.year(), month.month());
    let class = TaxClass::of(&line.kind);
    InvoiceItem {
        bill: original_month.map_or_else(|| line.bill.clone(), |_| numbered()),
        buyer: line.buyer,
        item: class.map_or_else(|| line.item.clone(), |class| class.line_text(&line.item)),
        tax_code: class.map(|class| class.code.to_owned()).unwrap_or_default(),
        net: line.net,
        rate_percent: u32::try_from(line.rate_percent).unwrap_or_default(),
        tax: line.tax,
        gross: line.gross,
        remark: format!("账期 {}，房号 {}", line.period, line.unit),
        original_month,
        original_bill: original_month.is_some().then_some(line.bill),
        reason,
    }
}

/// The request as CSV.
///
/// # Errors
/// As [`invoice_request`].
pub fn invoice_csv(app: &App, actor: &Actor, community: &str, period: Period) -> Result<Vec<u8>, Refusal> {
    Ok(request_csv(&invoice_request(app, actor, community, period)?))
}

/// A request as CSV; a red line names the request and the number it takes back, and says why.
#[must_use]
pub fn request_csv(request: &InvoiceRequest) -> Vec<u8> {
    to_csv(&invoice_table(request)).into_bytes()
}

const HEADINGS: [&str; 17] = [
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
    "原申请月份",
    "原发票流水号",
    "红冲原因",
];

fn invoice_table(request: &InvoiceRequest) -> Table {
    let text = |text: &str| CellOut::Text(text.to_owned());
    let row = |one: &InvoiceItem| {
        vec![
            text(&one.bill),
            text(if one.gross.is_positive() { "数电普票" } else { "数电普票（红字）" }),
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
            one.original_month.map_or(CellOut::Empty, |month| text(&month.to_string())),
            one.original_bill.as_deref().map_or(CellOut::Empty, text),
            one.reason.map_or(CellOut::Empty, |reason| text(&reason.label().zh)),
        ]
    };
    Table {
        title: format!("开票{}", request.period),
        headings: HEADINGS.map(ToOwned::to_owned).to_vec(),
        rows: request.rows.iter().map(row).collect(),
        totals: None,
    }
}
