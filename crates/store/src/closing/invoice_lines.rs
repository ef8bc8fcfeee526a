//! Lines of requests for invoices, as they were asked for. A line is never changed.

use chrono::NaiveDate;
use hemu_domain::billing::red_invoice::InvoiceChange;
use hemu_domain::ids::{ChargeId, CommunityId};
use hemu_domain::{Fen, Period, UnitLabel};
use uuid::Uuid;

use crate::db::{BulkTable, ColumnKind};
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// A line as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceLineRow {
    /// Its id.
    pub id: Uuid,
    /// The month of the request.
    pub month: Period,
    /// The charge.
    pub charge_id: ChargeId,
    /// The line that asked for the charge first; `None` for that one itself.
    pub blue_id: Option<Uuid>,
    /// Why the charge is asked for again.
    pub reason: Option<InvoiceChange>,
    /// The rate in percent.
    pub rate_percent: i64,
    /// Without tax; below zero for a red line.
    pub net: Fen,
    /// The tax.
    pub tax: Fen,
    /// Both.
    pub gross: Fen,
    /// When it was asked for.
    pub requested_on: NaiveDate,
    /// By whom.
    pub requested_by: String,
    /// Its place among the facts.
    pub seq: i64,
}

/// A line with what an invoice prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedLine {
    /// The bill's number.
    pub bill: String,
    /// The payer.
    pub buyer: String,
    /// The unit.
    pub unit: UnitLabel,
    /// The fee item's name.
    pub item: String,
    /// The fee item's kind.
    pub kind: String,
    /// The first month charged for.
    pub period: Period,
    /// The rate in percent.
    pub rate_percent: i64,
    /// Without tax.
    pub net: Fen,
    /// The tax.
    pub tax: Fen,
    /// Both.
    pub gross: Fen,
    /// The month of the request that asked for it first, and why it is asked for again.
    pub again: Option<(Period, InvoiceChange)>,
}

const OF_MONTH: &str =
    "SELECT b.number, p.name, u.label, f.name, f.kind, c.period, l.rate_percent, l.net_fen, l.tax_fen,
    l.gross_fen, o.month, l.reason FROM invoice_line l
    JOIN charge c ON c.community_id = l.community_id AND c.id = l.charge_id
    JOIN bill b ON b.community_id = c.community_id AND b.id = c.bill_id
    JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    JOIN party p ON p.community_id = a.community_id AND p.id = a.party_id
    JOIN fee_item f ON f.community_id = c.community_id AND f.id = c.fee_item_id
    LEFT JOIN invoice_line o ON o.community_id = l.community_id AND o.id = l.blue_id
    WHERE l.community_id = $1 AND l.month = $2 ORDER BY b.number, l.seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[OF_MONTH];

static LINES: BulkTable = BulkTable {
    table: "invoice_line",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("month", ColumnKind::Text),
        ("charge_id", ColumnKind::Uuid),
        ("blue_id", ColumnKind::Uuid),
        ("reason", ColumnKind::Text),
        ("rate_percent", ColumnKind::Int),
        ("net_fen", ColumnKind::Int),
        ("tax_fen", ColumnKind::Int),
        ("gross_fen", ColumnKind::Int),
        ("requested_on", ColumnKind::Date),
        ("requested_by", ColumnKind::Text),
        ("seq", ColumnKind::Int),
    ],
};

/// What the register covers: all of a line.
pub(crate) fn content(community: CommunityId, l: &InvoiceLineRow) -> [Value; 13] {
    params![
        community,
        l.id,
        l.month,
        l.charge_id,
        l.blue_id,
        l.reason.map(InvoiceChange::as_str),
        l.rate_percent,
        l.net,
        l.tax,
        l.gross,
        l.requested_on,
        &l.requested_by,
        l.seq
    ]
}

/// Writes lines.
///
/// # Errors
/// [`DbError::Duplicate`] when a charge was asked for already.
pub fn insert_many(tx: &mut Tx<'_>, community: CommunityId, lines: &[InvoiceLineRow]) -> Result<(), DbError> {
    let rows: Vec<[Value; 13]> = lines.iter().map(|line| content(community, line)).collect();
    let mut added = SetDigest::default();
    for row in &rows {
        added.join(&SetDigest::of(row));
    }
    digest::add(tx, community, Register::InvoiceLines, &added)?;
    tx.bulk_insert(&LINES, rows).map(|_| ())
}

/// The lines of a month's request, by bill.
///
/// # Errors
/// When the database refuses.
pub fn list_printed(tx: &mut Tx<'_>, community: CommunityId, month: Period) -> Result<Vec<PrintedLine>, DbError> {
    tx.query(OF_MONTH, &params![community, month], |row| {
        Ok(PrintedLine {
            bill: row.take()?,
            buyer: row.take()?,
            unit: row.take()?,
            item: row.take()?,
            kind: row.take()?,
            period: row.take()?,
            rate_percent: row.take()?,
            net: row.take()?,
            tax: row.take()?,
            gross: row.take()?,
            again: row.take::<Option<Period>>()?.zip(reason(row)?),
        })
    })
}

/// Reads a reason from the next column.
fn reason(row: &Row<'_>) -> Result<Option<InvoiceChange>, DbError> {
    let word: Option<String> = row.take()?;
    let unknown = |_| DbError::Decode { column: 11, expected: "why a charge is invoiced again" };
    word.map(|word| InvoiceChange::parse(&word)).transpose().map_err(unknown)
}

/// Reads a line, its columns in the order of its fields.
pub(crate) fn read(row: &Row<'_>) -> Result<InvoiceLineRow, DbError> {
    Ok(InvoiceLineRow {
        id: row.take()?,
        month: row.take()?,
        charge_id: row.take()?,
        blue_id: row.take()?,
        reason: reason(row)?,
        rate_percent: row.take()?,
        net: row.take()?,
        tax: row.take()?,
        gross: row.take()?,
        requested_on: row.take()?,
        requested_by: row.take()?,
        seq: row.take()?,
    })
}
