//! Small change let off (抹零): adjustments of their own kind, each tied to the receipt it came with, so that a receipt shows what it
//! let off and a reversal takes it back.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{CommunityId, ReceiptId};

use super::adjustment::{self, AdjustmentRow};
use crate::{DbError, Tx, params};

const TIE: &str = "INSERT INTO receipt_rounding (community_id, id, receipt_id) VALUES ($1, $2, $3)";
/// A charge that is billed anew keeps what was let off of it: those entries carry the words of the first one, which name its receipt.
const TIE_SINCE: &str = "INSERT INTO receipt_rounding (community_id, id, receipt_id)
    SELECT j.community_id, j.id, (SELECT t.receipt_id FROM adjustment o
        JOIN receipt_rounding t ON t.community_id = o.community_id AND t.id = o.id
        WHERE o.community_id = $1 AND o.account_id = j.account_id AND o.kind = 'rounding' AND o.reason = j.reason
        AND o.seq < $2 ORDER BY o.seq LIMIT 1)
    FROM adjustment j WHERE j.community_id = $1 AND j.kind = 'rounding' AND j.seq >= $2";
const OF_RECEIPT: &str =
    "SELECT j.id, j.account_id, j.charge_id, j.late_fee_id, j.kind, j.amount_fen, j.effective_on, j.reason,
    j.requested_by, j.approved_by, j.recorded_at FROM receipt_rounding r
    JOIN adjustment j ON j.community_id = r.community_id AND j.id = r.id
    WHERE r.community_id = $1 AND r.receipt_id = $2 ORDER BY j.seq";
const OF_DAYS: &str = "SELECT r.receipt_id, CAST(SUM(j.amount_fen) AS BIGINT) FROM receipt p
    JOIN receipt_rounding r ON r.community_id = p.community_id AND r.receipt_id = p.id
    JOIN adjustment j ON j.community_id = r.community_id AND j.id = r.id
    WHERE p.community_id = $1 AND p.received_on >= $2 AND p.received_on <= $3 GROUP BY r.receipt_id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[TIE, TIE_SINCE, OF_RECEIPT, OF_DAYS];

/// Writes what a receipt let off.
///
/// # Errors
/// When the database refuses.
pub fn insert_rounding(
    tx: &mut Tx<'_>,
    community: CommunityId,
    receipt: ReceiptId,
    adjustment: &AdjustmentRow,
    seq: i64,
) -> Result<(), DbError> {
    adjustment::insert(tx, community, adjustment, seq)?;
    tx.execute(TIE, &params![community, adjustment.id, receipt]).map(|_| ())
}

/// Ties what was written since fact `first_seq`, of charges billed anew, to the receipts it came with.
///
/// # Errors
/// When the database refuses.
pub fn tie_roundings_since(tx: &mut Tx<'_>, community: CommunityId, first_seq: i64) -> Result<(), DbError> {
    tx.execute(TIE_SINCE, &params![community, first_seq]).map(|_| ())
}

/// What a receipt let off, charge by charge.
///
/// # Errors
/// When the database refuses.
pub fn list_roundings(
    tx: &mut Tx<'_>,
    community: CommunityId,
    receipt: ReceiptId,
) -> Result<Vec<AdjustmentRow>, DbError> {
    tx.query(OF_RECEIPT, &params![community, receipt], adjustment::read)
}

/// What the receipts of some days let off.
///
/// # Errors
/// When the database refuses.
pub fn list_roundings_of_days(
    tx: &mut Tx<'_>,
    community: CommunityId,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<(ReceiptId, Fen)>, DbError> {
    tx.query(OF_DAYS, &params![community, first, last], |row| Ok((row.take()?, row.take()?)))
}
