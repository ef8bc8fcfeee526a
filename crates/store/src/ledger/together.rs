//! Receipts of one payment for several units (合并收款): the first has the key of the payment, the others one that names the first.

use hemu_domain::ids::{CommunityId, ReceiptId};
use hemu_domain::{Fen, UnitLabel};

use super::receipt::ReceiptRow;
use crate::{DbError, Tx, params};

/// What the keys of the others begin with.
const BEGINS: &str = "together:";

/// A receipt of a payment for several units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TogetherRow {
    /// Its id.
    pub id: ReceiptId,
    /// Its number.
    pub number: String,
    /// The unit it is for.
    pub unit: UnitLabel,
    /// How much.
    pub amount: Fen,
    /// Whether it was taken back.
    pub reversed: bool,
}

/// The day leads to a few receipts; which of them are meant is told by their keys.
const OF_PAYMENT: &str = "SELECT r.id, r.number, u.label, r.amount_fen, r.reversed FROM receipt r
    JOIN account a ON a.community_id = r.community_id AND a.id = r.account_id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    WHERE r.community_id = $1 AND r.received_on = $2 AND (r.id = $3 OR r.key LIKE $4) ORDER BY r.seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[OF_PAYMENT];

/// The key of the receipt number `place` of a payment, from the second on.
#[must_use]
pub fn together_key(first: ReceiptId, place: usize) -> String {
    format!("{BEGINS}{first}:{place}")
}

/// Whether a key is one that only this program gives.
#[must_use]
pub fn is_together_key(key: &str) -> bool {
    key.starts_with(BEGINS)
}

/// The receipts of the payment a receipt belongs to, in the order they were written; that receipt alone when it was one payment.
///
/// # Errors
/// When the database refuses.
pub fn list_together(
    tx: &mut Tx<'_>,
    community: CommunityId,
    receipt: &ReceiptRow,
) -> Result<Vec<TogetherRow>, DbError> {
    let named = receipt.key.strip_prefix(BEGINS).and_then(|rest| rest.split(':').next());
    let first = named.and_then(|id| ReceiptId::parse(id).ok()).unwrap_or(receipt.id);
    let pattern = format!("{BEGINS}{first}:%");
    tx.query(OF_PAYMENT, &params![community, receipt.received_on, first, pattern], |row| {
        Ok(TogetherRow {
            id: row.take()?,
            number: row.take()?,
            unit: row.take()?,
            amount: row.take()?,
            reversed: row.take()?,
        })
    })
}
