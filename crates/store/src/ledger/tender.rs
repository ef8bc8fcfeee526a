//! Tenders (收款方式明细): how a receipt was paid when in several ways, and the change that was given. A receipt paid in one way, to
//! the fen, has none: its own `method` says it all.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{CommunityId, ReceiptId, TenderId};

use crate::digest::{Register, SetDigest};
use crate::{DbError, Row, Tx, Value, digest, params};

/// One way in which a receipt was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenderRow {
    /// Its id.
    pub id: TenderId,
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// `cash`, `card`...
    pub method: String,
    /// How much; negative for a reversal.
    pub amount: Fen,
    /// What was handed over; above `amount` when change was given.
    pub handed: Fen,
}

impl TenderRow {
    /// The change that was given (找零).
    #[must_use]
    pub fn change(&self) -> Fen {
        self.handed - self.amount
    }
}

const INSERT: &str = "INSERT INTO receipt_tender (community_id, id, receipt_id, method, amount_fen, handed_fen, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const OF_RECEIPT: &str = "SELECT id, receipt_id, method, amount_fen, handed_fen FROM receipt_tender
    WHERE community_id = $1 AND receipt_id = $2 ORDER BY seq";
const OF_DAYS: &str = "SELECT t.id, t.receipt_id, t.method, t.amount_fen, t.handed_fen FROM receipt r
    JOIN receipt_tender t ON t.community_id = r.community_id AND t.receipt_id = r.id
    WHERE r.community_id = $1 AND r.received_on >= $2 AND r.received_on <= $3 ORDER BY t.seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, OF_RECEIPT, OF_DAYS];

/// What the register of tenders covers: all of a row.
#[must_use]
pub fn tender_content(community: CommunityId, t: &TenderRow, seq: i64) -> Vec<Value> {
    params![community, t.id, t.receipt_id, &t.method, t.amount, t.handed, seq].to_vec()
}

/// Writes the ways in which a receipt was paid, each with its number among the facts.
///
/// # Errors
/// When the database refuses.
pub fn insert_tenders(tx: &mut Tx<'_>, community: CommunityId, tenders: &[(i64, TenderRow)]) -> Result<(), DbError> {
    let mut added = SetDigest::default();
    for (seq, tender) in tenders {
        let content = tender_content(community, tender, *seq);
        added.join(&SetDigest::of(&content));
        tx.execute(INSERT, &content)?;
    }
    digest::add(tx, community, Register::Tenders, &added)
}

/// The ways in which a receipt was paid; none when its method says it all.
///
/// # Errors
/// When the database refuses.
pub fn list_tenders(tx: &mut Tx<'_>, community: CommunityId, receipt: ReceiptId) -> Result<Vec<TenderRow>, DbError> {
    tx.query(OF_RECEIPT, &params![community, receipt], read_tender)
}

/// The tenders of the receipts of some days.
///
/// # Errors
/// When the database refuses.
pub fn list_tenders_of_days(
    tx: &mut Tx<'_>,
    community: CommunityId,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<TenderRow>, DbError> {
    tx.query(OF_DAYS, &params![community, first, last], read_tender)
}

pub(crate) fn read_tender(row: &Row<'_>) -> Result<TenderRow, DbError> {
    Ok(TenderRow {
        id: row.take()?,
        receipt_id: row.take()?,
        method: row.take()?,
        amount: row.take()?,
        handed: row.take()?,
    })
}
