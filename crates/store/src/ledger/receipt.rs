//! Receipts (收据), chained per community: each is written once; a reversal is a receipt of its own.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::Fen;
use hemu_domain::ids::{AccountId, CommunityId, PartyId, ReceiptId};

use crate::{DbError, Row, Tx, Value, chain, params};

/// A receipt as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Its id.
    pub id: ReceiptId,
    /// The account.
    pub account_id: AccountId,
    /// Its number.
    pub number: String,
    /// The same key twice is one payment.
    pub key: String,
    /// What was received; negative for a reversal.
    pub amount: Fen,
    /// The day it was received.
    pub received_on: NaiveDate,
    /// `cash`, `transfer`...; `mixed` in several ways, `moved` from one account to another.
    pub method: String,
    /// A remark.
    pub remark: String,
    /// The receipt it reverses.
    pub reverses_id: Option<ReceiptId>,
    /// The receipt whose money put by it gives back or moves on.
    pub source_id: Option<ReceiptId>,
    /// Who took it.
    pub actor_name: String,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
}

const FIND_BY_KEY: &str =
    "SELECT id, account_id, number, key, amount_fen, received_on, method, remark, reverses_id, source_id,
    actor_name, recorded_at FROM receipt WHERE community_id = $1 AND key = $2";
const FIND: &str =
    "SELECT id, account_id, number, key, amount_fen, received_on, method, remark, reverses_id, source_id,
    actor_name, recorded_at FROM receipt WHERE community_id = $1 AND id = $2";
const OF_ACCOUNT: &str =
    "SELECT id, account_id, number, key, amount_fen, received_on, method, remark, reverses_id, source_id,
    actor_name, recorded_at FROM receipt WHERE community_id = $1 AND account_id = $2 ORDER BY recorded_at DESC, id DESC";
const OF_DAYS: &str =
    "SELECT id, account_id, number, key, amount_fen, received_on, method, remark, reverses_id, source_id,
    actor_name, recorded_at FROM receipt WHERE community_id = $1 AND received_on >= $2 AND received_on <= $3 ORDER BY id DESC";
const HEAD: &str = "SELECT receipt_head FROM community WHERE id = $1";
const SET_HEAD: &str = "UPDATE community SET receipt_head = $2 WHERE id = $1";
const INSERT: &str =
    "INSERT INTO receipt (community_id, id, account_id, number, key, amount_fen, received_on, method, remark,
    reverses_id, source_id, actor_name, recorded_at, seq, reversed, prev_hash, hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
const NEXT_NUMBER: &str = "INSERT INTO receipt_counter (community_id, year, last_no) VALUES ($1, $2, 1)
    ON CONFLICT (community_id, year) DO UPDATE SET last_no = receipt_counter.last_no + 1 RETURNING last_no";
/// What gives back or moves on money that receipt `$2` put by, and counts.
const MOVED_ON: &str = "SELECT number FROM receipt WHERE community_id = $1 AND source_id = $2 AND NOT reversed
    AND reverses_id IS NULL ORDER BY recorded_at, id";
const MARK_REVERSED: &str = "UPDATE receipt SET reversed = $3 WHERE community_id = $1 AND id = $2";
const LOCK_CASES: &str = "UPDATE case_file SET lock_no = lock_no + 1 WHERE community_id = $1 AND party_id = $2
    AND closed_on IS NULL";
const LOCK_CASES_OF_ACCOUNT: &str = "UPDATE case_file SET lock_no = lock_no + 1 WHERE community_id = $1
    AND party_id = (SELECT a.party_id FROM account a WHERE a.community_id = $1 AND a.id = $2) AND closed_on IS NULL";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    FIND_BY_KEY,
    FIND,
    OF_ACCOUNT,
    OF_DAYS,
    HEAD,
    SET_HEAD,
    INSERT,
    NEXT_NUMBER,
    MOVED_ON,
    MARK_REVERSED,
    LOCK_CASES,
    LOCK_CASES_OF_ACCOUNT,
];

/// What a receipt's hash covers: everything but whether it was reversed since.
#[must_use]
pub fn receipt_content(community: CommunityId, r: &ReceiptRow, seq: i64) -> Vec<Value> {
    params![
        community,
        r.id,
        r.account_id,
        &r.number,
        &r.key,
        r.amount,
        r.received_on,
        &r.method,
        &r.remark,
        r.reverses_id,
        r.source_id,
        &r.actor_name,
        r.recorded_at,
        seq
    ]
    .to_vec()
}

/// The next receipt number of a year of entry, `R2026-000001`: one is used when the transaction commits and given again when it
/// does not, so there are no gaps. The community's facts are locked already.
///
/// # Errors
/// When the database refuses.
pub fn next_number(tx: &mut Tx<'_>, community: CommunityId, year: i32) -> Result<String, DbError> {
    let year = i64::from(year);
    let number: i64 = tx.query_one("receipt counter", NEXT_NUMBER, &params![community, year], |row| row.take())?;
    Ok(format!("R{year:04}-{number:06}"))
}

/// The numbers of refunds and transfers that took from what a receipt put by, and were not reversed.
///
/// # Errors
/// When the database refuses.
pub fn list_moved_on(tx: &mut Tx<'_>, community: CommunityId, receipt: ReceiptId) -> Result<Vec<String>, DbError> {
    tx.query(MOVED_ON, &params![community, receipt], |row| row.take())
}

/// Writes a receipt at the end of its community's chain.
///
/// # Errors
/// [`DbError::Duplicate`] when the key or number is taken.
pub fn insert_receipt(tx: &mut Tx<'_>, community: CommunityId, receipt: &ReceiptRow, seq: i64) -> Result<(), DbError> {
    let head: Option<[u8; 32]> = tx.query_one("community", HEAD, &params![community], |row| row.take())?;
    let hash = write_receipt(tx, community, receipt, seq, &head.unwrap_or(chain::START))?;
    tx.execute(SET_HEAD, &params![community, hash])?;
    if let Some(reversed) = receipt.reverses_id {
        tx.execute(MARK_REVERSED, &params![community, reversed, true])?;
    }
    Ok(())
}

/// Writes a receipt after the one whose hash is `previous`; returns its own hash, the new end of the chain.
pub(super) fn write_receipt(
    tx: &mut Tx<'_>,
    community: CommunityId,
    receipt: &ReceiptRow,
    seq: i64,
    previous: &[u8; 32],
) -> Result<[u8; 32], DbError> {
    let mut values = receipt_content(community, receipt, seq);
    let hash = chain::link(previous, &values);
    values.extend(params![false, previous, hash]);
    tx.execute(INSERT, &values)?;
    Ok(hash)
}

/// The receipt of that key.
///
/// # Errors
/// When the database refuses.
pub fn find_by_key(tx: &mut Tx<'_>, community: CommunityId, key: &str) -> Result<Option<ReceiptRow>, DbError> {
    tx.query_opt(FIND_BY_KEY, &params![community, key], read_receipt)
}

/// The receipt of that id.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, community: CommunityId, id: ReceiptId) -> Result<Option<ReceiptRow>, DbError> {
    tx.query_opt(FIND, &params![community, id], read_receipt)
}

/// The receipts of an account, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_of_account(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: AccountId,
) -> Result<Vec<ReceiptRow>, DbError> {
    tx.query(OF_ACCOUNT, &params![community, account], read_receipt)
}

/// The receipts of some days, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_of_days(
    tx: &mut Tx<'_>,
    community: CommunityId,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<ReceiptRow>, DbError> {
    tx.query(OF_DAYS, &params![community, first, last], read_receipt)
}

/// Locks the payer's open case: claims of messages wait until the payment is in (I6, I7).
///
/// # Errors
/// When the database refuses.
pub fn lock_cases_of_party(tx: &mut Tx<'_>, community: CommunityId, party: PartyId) -> Result<(), DbError> {
    tx.execute(LOCK_CASES, &params![community, party]).map(|_| ())
}

/// Locks the open case of an account's payer, as a payment does.
///
/// # Errors
/// When the database refuses.
pub fn lock_cases_of_account(tx: &mut Tx<'_>, community: CommunityId, account: AccountId) -> Result<(), DbError> {
    tx.execute(LOCK_CASES_OF_ACCOUNT, &params![community, account]).map(|_| ())
}

pub(crate) fn read_receipt(row: &Row<'_>) -> Result<ReceiptRow, DbError> {
    Ok(ReceiptRow {
        id: row.take()?,
        account_id: row.take()?,
        number: row.take()?,
        key: row.take()?,
        amount: row.take()?,
        received_on: row.take()?,
        method: row.take()?,
        remark: row.take()?,
        reverses_id: row.take()?,
        source_id: row.take()?,
        actor_name: row.take()?,
        recorded_at: row.take()?,
    })
}
