//! Money put by (预收): what is left of it, receipt by receipt.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{AccountId, CommunityId, ReceiptId};

use crate::{DbError, Tx, params};

const PREPAID_SOURCES: &str = "SELECT a.account_id, COALESCE(r.source_id, r.reverses_id, r.id), MIN(r.received_on),
    CAST(SUM(CASE WHEN a.kind = 'prepaid_in' THEN a.amount_fen ELSE -a.amount_fen END) AS BIGINT) FROM allocation a
    JOIN receipt r ON r.community_id = a.community_id AND r.id = a.receipt_id
    JOIN account c ON c.community_id = a.community_id AND c.id = a.account_id AND c.prepaid_fen > 0
    WHERE a.community_id = $1 AND a.kind IN ('prepaid_in', 'prepaid_out')
    GROUP BY a.account_id, COALESCE(r.source_id, r.reverses_id, r.id)
    ORDER BY a.account_id, MIN(r.received_on), COALESCE(r.source_id, r.reverses_id, r.id)";

/// What is left of money put by of account `$2`, newest first: a handful of receipts.
const LEFT_OF_ACCOUNT: &str = "SELECT s.id, s.number, s.received_on, s.method, x.left_fen FROM (
    SELECT COALESCE(r.source_id, r.reverses_id, r.id) AS source,
        CAST(SUM(CASE WHEN a.kind = 'prepaid_in' THEN a.amount_fen ELSE -a.amount_fen END) AS BIGINT) AS left_fen
    FROM allocation a JOIN receipt r ON r.community_id = a.community_id AND r.id = a.receipt_id
    WHERE a.community_id = $1 AND a.account_id = $2 AND a.kind IN ('prepaid_in', 'prepaid_out')
    GROUP BY COALESCE(r.source_id, r.reverses_id, r.id)) x
    JOIN receipt s ON s.community_id = $1 AND s.id = x.source WHERE x.left_fen > 0 ORDER BY s.id DESC";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[PREPAID_SOURCES, LEFT_OF_ACCOUNT];

/// Money put by that is left of one receipt, as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutBy {
    /// The receipt it came with.
    pub receipt_id: ReceiptId,
    /// Its number.
    pub number: String,
    /// When it was received.
    pub received_on: NaiveDate,
    /// How it came.
    pub method: String,
    /// What is left.
    pub left: Fen,
}

/// What is left of the money an account has put by, receipt by receipt.
///
/// # Errors
/// When the database refuses.
pub fn list_put_by(tx: &mut Tx<'_>, community: CommunityId, account: AccountId) -> Result<Vec<PutBy>, DbError> {
    tx.query(LEFT_OF_ACCOUNT, &params![community, account], |row| {
        Ok(PutBy {
            receipt_id: row.take()?,
            number: row.take()?,
            received_on: row.take()?,
            method: row.take()?,
            left: row.take()?,
        })
    })
}

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
