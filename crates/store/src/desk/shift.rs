//! Shifts (班次) and their closings (日结). A shift has the receipts of its cashier with a number among the facts above its own, up to
//! that of its closing; nothing is written on a receipt. What was opened and what was closed is written once and covered by the
//! register's digest; only `is_open` changes.

use chrono::{DateTime, Days, NaiveDate, Utc};
use hemu_domain::Fen;
use hemu_domain::ids::{CommunityId, ShiftClosingId, ShiftId};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::digest::{Register, SetDigest};
use crate::{DbError, Row, Tx, Value, digest, params};

/// A shift as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShiftRow {
    /// Its id.
    pub id: ShiftId,
    /// Whose: the name on receipts.
    pub cashier: String,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// On which day.
    pub opened_on: NaiveDate,
    /// The change that lay in the till (备用金).
    pub float: Fen,
    /// Its number among the facts.
    pub seq: i64,
}

/// The closing of a shift as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct ClosingRow {
    /// Its id.
    pub id: ShiftClosingId,
    /// The shift.
    pub shift_id: ShiftId,
    /// When.
    pub closed_at: DateTime<Utc>,
    /// On which day.
    pub closed_on: NaiveDate,
    /// Who counted.
    pub closed_by: String,
    /// What there should be, the float with it.
    pub expected: Fen,
    /// What was counted.
    pub counted: Fen,
    /// The same method by method.
    pub lines: Json,
    /// Why they differ; empty when they do not.
    pub reason: String,
}

/// What came in by one method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodSum {
    /// `cash`, `card`...
    pub method: String,
    /// How many payments, reversals and refunds.
    pub receipts: i64,
    /// What they come to.
    pub amount: Fen,
}

const INSERT: &str = "INSERT INTO desk_shift (community_id, id, cashier, opened_at, opened_on, float_fen, is_open, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const FIND: &str = "SELECT id, cashier, opened_at, opened_on, float_fen, seq FROM desk_shift
    WHERE community_id = $1 AND id = $2";
const FIND_OPEN: &str = "SELECT id, cashier, opened_at, opened_on, float_fen, seq FROM desk_shift
    WHERE community_id = $1 AND cashier = $2 AND is_open";
const LIST_OPEN: &str = "SELECT id, cashier, opened_at, opened_on, float_fen, seq FROM desk_shift
    WHERE community_id = $1 AND is_open ORDER BY id";
const CLOSE: &str = "UPDATE desk_shift SET is_open = $3 WHERE community_id = $1 AND id = $2";
const INSERT_CLOSING: &str =
    "INSERT INTO desk_closing (community_id, id, shift_id, closed_at, closed_on, closed_by, expected_fen,
    counted_fen, lines, reason, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const CLOSINGS_OF_DAY: &str =
    "SELECT s.id, s.cashier, s.opened_at, s.opened_on, s.float_fen, s.seq, c.id, c.shift_id, c.closed_at,
    c.closed_on, c.closed_by, c.expected_fen, c.counted_fen, c.lines, c.reason FROM desk_closing c
    JOIN desk_shift s ON s.community_id = c.community_id AND s.id = c.shift_id
    WHERE c.community_id = $1 AND c.closed_on = $2 ORDER BY c.closed_at, c.id";
const RECENT_CLOSINGS: &str =
    "SELECT s.id, s.cashier, s.opened_at, s.opened_on, s.float_fen, s.seq, c.id, c.shift_id, c.closed_at,
    c.closed_on, c.closed_by, c.expected_fen, c.counted_fen, c.lines, c.reason FROM desk_closing c
    JOIN desk_shift s ON s.community_id = c.community_id AND s.id = c.shift_id
    WHERE c.community_id = $1 ORDER BY c.id DESC LIMIT $2";
/// `$2` bounds the ids, which grow with time, so that old receipts are not read; what counts are the numbers `$3` and `$4`.
const SUMS: &str = "SELECT x.method, CAST(COUNT(*) AS BIGINT), CAST(SUM(x.amount_fen) AS BIGINT) FROM (
    SELECT r.method AS method, r.amount_fen AS amount_fen FROM receipt r WHERE r.community_id = $1 AND r.id > $2
        AND r.seq > $3 AND r.seq < $4 AND r.actor_name = $5 AND r.method NOT IN ('mixed', 'moved', 'opening')
    UNION ALL SELECT t.method, t.amount_fen FROM receipt r
        JOIN receipt_tender t ON t.community_id = r.community_id AND t.receipt_id = r.id
        WHERE r.community_id = $1 AND r.id > $2 AND r.seq > $3 AND r.seq < $4 AND r.actor_name = $5 AND r.method = 'mixed'
    ) x GROUP BY x.method ORDER BY x.method";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[INSERT, FIND, FIND_OPEN, LIST_OPEN, CLOSE, INSERT_CLOSING, CLOSINGS_OF_DAY, RECENT_CLOSINGS, SUMS];

/// What the register of shifts covers: all but whether it is open.
#[must_use]
pub fn shift_content(community: CommunityId, s: &ShiftRow) -> Vec<Value> {
    params![community, s.id, &s.cashier, s.opened_at, s.opened_on, s.float, s.seq].to_vec()
}

/// What the register of closings covers: all of a row.
#[must_use]
pub fn shift_closing_content(community: CommunityId, c: &ClosingRow, seq: i64) -> Vec<Value> {
    params![
        community,
        c.id,
        c.shift_id,
        c.closed_at,
        c.closed_on,
        &c.closed_by,
        c.expected,
        c.counted,
        c.lines.clone(),
        &c.reason,
        seq
    ]
    .to_vec()
}

/// Writes a shift that opens.
///
/// # Errors
/// [`DbError::Duplicate`] when the cashier has one open.
pub fn insert_shift(tx: &mut Tx<'_>, community: CommunityId, s: &ShiftRow) -> Result<(), DbError> {
    tx.execute(INSERT, &params![community, s.id, &s.cashier, s.opened_at, s.opened_on, s.float, true, s.seq])?;
    digest::add(tx, community, Register::Shifts, &SetDigest::of(&shift_content(community, s)))
}

/// Writes a closing; its shift is open no longer.
///
/// # Errors
/// [`DbError::Duplicate`] when the shift is closed already.
pub fn insert_closing(tx: &mut Tx<'_>, community: CommunityId, c: &ClosingRow, seq: i64) -> Result<(), DbError> {
    let content = shift_closing_content(community, c, seq);
    tx.execute(INSERT_CLOSING, &content)?;
    tx.execute(CLOSE, &params![community, c.shift_id, false])?;
    digest::add(tx, community, Register::ShiftClosings, &SetDigest::of(&content))
}

/// The shift of that id.
///
/// # Errors
/// When the database refuses.
pub fn find_shift(tx: &mut Tx<'_>, community: CommunityId, id: ShiftId) -> Result<Option<ShiftRow>, DbError> {
    tx.query_opt(FIND, &params![community, id], read_shift)
}

/// The open shift of a cashier.
///
/// # Errors
/// When the database refuses.
pub fn find_open_shift(tx: &mut Tx<'_>, community: CommunityId, cashier: &str) -> Result<Option<ShiftRow>, DbError> {
    tx.query_opt(FIND_OPEN, &params![community, cashier], read_shift)
}

/// The shifts that are open, in the order they were opened.
///
/// # Errors
/// When the database refuses.
pub fn list_open_shifts(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ShiftRow>, DbError> {
    tx.query(LIST_OPEN, &params![community], read_shift)
}

/// The shifts that were closed on a day.
///
/// # Errors
/// When the database refuses.
pub fn list_closings_of_day(
    tx: &mut Tx<'_>,
    community: CommunityId,
    day: NaiveDate,
) -> Result<Vec<(ShiftRow, ClosingRow)>, DbError> {
    tx.query(CLOSINGS_OF_DAY, &params![community, day], read_closed)
}

/// The shifts that were closed last, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_recent_closings(
    tx: &mut Tx<'_>,
    community: CommunityId,
    limit: i64,
) -> Result<Vec<(ShiftRow, ClosingRow)>, DbError> {
    tx.query(RECENT_CLOSINGS, &params![community, limit], read_closed)
}

/// What the receipts of a shift come to, method by method, up to the fact `before`; money that only changed accounts is none.
///
/// # Errors
/// When the database refuses.
pub fn sum_shift(
    tx: &mut Tx<'_>,
    community: CommunityId,
    shift: &ShiftRow,
    before: i64,
) -> Result<Vec<MethodSum>, DbError> {
    let values = params![community, earliest_id(shift.opened_at), shift.seq, before, &shift.cashier];
    tx.query(SUMS, &values, |row| Ok(MethodSum { method: row.take()?, receipts: row.take()?, amount: row.take()? }))
}

/// No id made a day before that time or later is smaller, though the clocks of two servers may differ.
fn earliest_id(opened_at: DateTime<Utc>) -> Uuid {
    let bound = opened_at.checked_sub_days(Days::new(1)).unwrap_or(opened_at);
    let millis = u64::try_from(bound.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(u128::from(millis) << 80)
}

pub(crate) fn read_shift(row: &Row<'_>) -> Result<ShiftRow, DbError> {
    Ok(ShiftRow {
        id: row.take()?,
        cashier: row.take()?,
        opened_at: row.take()?,
        opened_on: row.take()?,
        float: row.take()?,
        seq: row.take()?,
    })
}

pub(crate) fn read_closing(row: &Row<'_>) -> Result<ClosingRow, DbError> {
    Ok(ClosingRow {
        id: row.take()?,
        shift_id: row.take()?,
        closed_at: row.take()?,
        closed_on: row.take()?,
        closed_by: row.take()?,
        expected: row.take()?,
        counted: row.take()?,
        lines: row.take()?,
        reason: row.take()?,
    })
}

fn read_closed(row: &Row<'_>) -> Result<(ShiftRow, ClosingRow), DbError> {
    Ok((read_shift(row)?, read_closing(row)?))
}
