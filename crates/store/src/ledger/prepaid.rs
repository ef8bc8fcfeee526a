//! Money put by (预收): what is left of it, receipt by receipt.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, CommunityId, ReceiptId, UnitId};
use hemu_domain::{Fen, UnitLabel};

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

/// What is left of money put by of every account, receipt by receipt, by unit.
const LEFT: &str = "SELECT x.account_id, u.id, u.label, s.id, s.number, s.received_on, s.method, x.left_fen FROM (
    SELECT a.account_id, COALESCE(r.source_id, r.reverses_id, r.id) AS source,
        CAST(SUM(CASE WHEN a.kind = 'prepaid_in' THEN a.amount_fen ELSE -a.amount_fen END) AS BIGINT) AS left_fen
    FROM allocation a JOIN receipt r ON r.community_id = a.community_id AND r.id = a.receipt_id
    JOIN account c ON c.community_id = a.community_id AND c.id = a.account_id AND c.prepaid_fen > 0
    WHERE a.community_id = $1 AND a.kind IN ('prepaid_in', 'prepaid_out')
    GROUP BY a.account_id, COALESCE(r.source_id, r.reverses_id, r.id)) x
    CROSS JOIN account o CROSS JOIN unit u CROSS JOIN receipt s WHERE x.left_fen > 0
    AND o.community_id = $1 AND o.id = x.account_id AND u.community_id = o.community_id AND u.id = o.unit_id
    AND s.community_id = $1 AND s.id = x.source ORDER BY u.label, s.received_on, s.number";
/// What accounts that have money put by owe.
const OWED_BESIDE: &str = "SELECT a.id, CAST(SUM(c.open_fen) AS BIGINT) FROM account a
    JOIN charge c ON c.community_id = a.community_id AND c.account_id = a.id
    WHERE a.community_id = $1 AND a.prepaid_fen > 0 AND c.open_fen > 0 AND c.live GROUP BY a.id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[PREPAID_SOURCES, LEFT_OF_ACCOUNT, LEFT, OWED_BESIDE];

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

/// Money put by that is left of one receipt, with whose it is and what that account owes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOfReceipt {
    /// The account.
    pub account_id: AccountId,
    /// Its unit.
    pub unit_id: UnitId,
    /// What that is called.
    pub unit: UnitLabel,
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
    /// What is open of the account's charges.
    pub owed: Fen,
}

/// What is left of money put by in a community, receipt by receipt.
///
/// # Errors
/// When the database refuses.
pub fn list_left(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<LeftOfReceipt>, DbError> {
    let owed = tx.query(OWED_BESIDE, &params![community], |row| Ok((row.take::<AccountId>()?, row.take::<Fen>()?)))?;
    let owed: HashMap<AccountId, Fen> = owed.into_iter().collect();
    tx.query(LEFT, &params![community], |row| {
        let account_id: AccountId = row.take()?;
        Ok(LeftOfReceipt {
            account_id,
            unit_id: row.take()?,
            unit: row.take()?,
            receipt_id: row.take()?,
            number: row.take()?,
            received_on: row.take()?,
            method: row.take()?,
            left: row.take()?,
            owed: owed.get(&account_id).copied().unwrap_or(Fen::ZERO),
        })
    })
}
