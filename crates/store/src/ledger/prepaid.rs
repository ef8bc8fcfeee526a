//! Money put by (预收): what is left of it, receipt by receipt.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{AccountId, CommunityId, ReceiptId};

use crate::{DbError, Tx, params};

const PREPAID_SOURCES: &str = "SELECT a.account_id, COALESCE(r.reverses_id, r.id), MIN(r.received_on),
    CAST(SUM(CASE WHEN a.kind = 'prepaid_in' THEN a.amount_fen ELSE -a.amount_fen END) AS BIGINT) FROM allocation a
    JOIN receipt r ON r.community_id = a.community_id AND r.id = a.receipt_id
    JOIN account c ON c.community_id = a.community_id AND c.id = a.account_id AND c.prepaid_fen > 0
    WHERE a.community_id = $1 AND a.kind IN ('prepaid_in', 'prepaid_out')
    GROUP BY a.account_id, COALESCE(r.reverses_id, r.id)
    ORDER BY a.account_id, MIN(r.received_on), COALESCE(r.reverses_id, r.id)";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[PREPAID_SOURCES];

/// Money put by that is left of one receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrepaidSource {
    /// The account.
    pub account_id: AccountId,
    /// The receipt it came from.
    pub receipt_id: ReceiptId,
    /// When it was received.
    pub received_on: NaiveDate,
    /// What is left.
    pub left: Fen,
}

/// What is left of money put by, per account and the receipt it came from, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_prepaid_sources(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<PrepaidSource>, DbError> {
    tx.query(PREPAID_SOURCES, &params![community], |row| {
        Ok(PrepaidSource {
            account_id: row.take()?,
            receipt_id: row.take()?,
            received_on: row.take()?,
            left: row.take()?,
        })
    })
}
