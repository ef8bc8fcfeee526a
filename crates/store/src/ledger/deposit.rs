//! Deposits (押金): money of payers that is kept for them: a liability, never income. Written once; what became of one is told by its
//! entries.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, CommunityId, DepositEntryId, DepositId, UnitId};
use hemu_domain::ledger::deposit::DepositEntryKind;
use hemu_domain::{Fen, UnitLabel};

use crate::{DbError, Row, Tx, Value, kept, params};

/// A deposit as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositRow {
    /// Its id.
    pub id: DepositId,
    /// Whose it is.
    pub account_id: AccountId,
    /// For which unit.
    pub unit_id: UnitId,
    /// What for: 装修押金, 门禁卡押金.
    pub kind: String,
    /// How much.
    pub amount: Fen,
    /// When it was taken.
    pub taken_on: NaiveDate,
    /// How.
    pub method: String,
    /// A remark.
    pub remark: String,
    /// By whom.
    pub taken_by: String,
}

/// What became of a part of a deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositEntryRow {
    /// Its id.
    pub id: DepositEntryId,
    /// The deposit.
    pub deposit_id: DepositId,
    /// Given back, or kept for a damage.
    pub kind: DepositEntryKind,
    /// How much.
    pub amount: Fen,
    /// When.
    pub entered_on: NaiveDate,
    /// How it was given back.
    pub method: Option<String>,
    /// Why.
    pub reason: String,
    /// Who entered it, or asked for it.
    pub requested_by: String,
    /// The second person of a deduction.
    pub approved_by: Option<String>,
}

/// A deposit with what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositLine {
    /// The deposit.
    pub deposit: DepositRow,
    /// The unit's label.
    pub unit: UnitLabel,
    /// Given back.
    pub returned: Fen,
    /// Kept.
    pub deducted: Fen,
}

impl DepositLine {
    /// What is still kept for the payer.
    #[must_use]
    pub fn left(&self) -> Fen {
        self.deposit.amount - self.returned - self.deducted
    }
}

macro_rules! lines {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.account_id, d.unit_id, d.kind, d.amount_fen, d.taken_on, d.method, d.remark, d.taken_by, u.label,
            CAST(COALESCE((SELECT SUM(e.amount_fen) FROM deposit_entry e WHERE e.community_id = d.community_id
                AND e.deposit_id = d.id AND e.kind = 'return'), 0) AS BIGINT),
            CAST(COALESCE((SELECT SUM(e.amount_fen) FROM deposit_entry e WHERE e.community_id = d.community_id
                AND e.deposit_id = d.id AND e.kind = 'deduction'), 0) AS BIGINT) FROM deposit d
            JOIN unit u ON u.community_id = d.community_id AND u.id = d.unit_id WHERE d.community_id = $1",
            $rest
        )
    };
}

const INSERT: &str =
    "INSERT INTO deposit (community_id, id, account_id, unit_id, kind, amount_fen, taken_on, method, remark,
    taken_by, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const INSERT_ENTRY: &str =
    "INSERT INTO deposit_entry (community_id, id, deposit_id, kind, amount_fen, entered_on, method,
    reason, requested_by, approved_by, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const FIND: &str = lines!(" AND d.id = $2");
const NEWEST: &str = lines!(" ORDER BY d.seq DESC LIMIT $2");
const ENTRIES: &str = "SELECT id, deposit_id, kind, amount_fen, entered_on, method, reason, requested_by, approved_by
    FROM deposit_entry WHERE community_id = $1 AND deposit_id = $2 ORDER BY seq";
/// Taken, given back and kept up to a day.
const SUMS: &str = "SELECT CAST(COALESCE((SELECT SUM(amount_fen) FROM deposit WHERE community_id = $1 AND taken_on <= $2), 0) AS BIGINT),
    CAST(COALESCE((SELECT SUM(amount_fen) FROM deposit_entry WHERE community_id = $1 AND entered_on <= $2
        AND kind = 'return'), 0) AS BIGINT),
    CAST(COALESCE((SELECT SUM(amount_fen) FROM deposit_entry WHERE community_id = $1 AND entered_on <= $2
        AND kind = 'deduction'), 0) AS BIGINT)";
const OF_UNIT: &str = lines!(" AND d.unit_id = $2 ORDER BY d.seq DESC");

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, INSERT_ENTRY, FIND, NEWEST, ENTRIES, SUMS, OF_UNIT];

/// A deposit as it is written, its number apart.
fn content(community: CommunityId, d: &DepositRow) -> Vec<Value> {
    params![community, d.id, d.account_id, d.unit_id, &d.kind, d.amount, d.taken_on, &d.method, &d.remark, &d.taken_by]
        .to_vec()
}

/// An entry as it is written, its number apart.
fn entry_content(community: CommunityId, e: &DepositEntryRow) -> Vec<Value> {
    params![
        community,
        e.id,
        e.deposit_id,
        e.kind.as_str(),
        e.amount,
        e.entered_on,
        e.method.as_deref(),
        &e.reason,
        &e.requested_by,
        e.approved_by.as_deref()
    ]
    .to_vec()
}

/// Writes a deposit.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, deposit: &DepositRow, seq: i64) -> Result<(), DbError> {
    let mut values = content(community, deposit);
    values.push(Value::Int(seq));
    tx.execute(INSERT, &values)?;
    kept::DEPOSITS.note(tx, community, [&values])
}

/// Writes what became of a part of a deposit.
///
/// # Errors
/// When the database refuses.
pub fn insert_entry(tx: &mut Tx<'_>, community: CommunityId, entry: &DepositEntryRow, seq: i64) -> Result<(), DbError> {
    let mut values = entry_content(community, entry);
    values.push(Value::Int(seq));
    tx.execute(INSERT_ENTRY, &values)?;
    kept::DEPOSIT_ENTRIES.note(tx, community, [&values])
}

/// A deposit with what is left of it.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, community: CommunityId, id: DepositId) -> Result<Option<DepositLine>, DbError> {
    tx.query_opt(FIND, &params![community, id], read_line)
}

/// The newest deposits.
///
/// # Errors
/// When the database refuses.
pub fn list_newest(tx: &mut Tx<'_>, community: CommunityId, limit: i64) -> Result<Vec<DepositLine>, DbError> {
    tx.query(NEWEST, &params![community, limit], read_line)
}

/// The deposits of a unit, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_of_unit(tx: &mut Tx<'_>, community: CommunityId, unit: UnitId) -> Result<Vec<DepositLine>, DbError> {
    tx.query(OF_UNIT, &params![community, unit], read_line)
}

/// What became of a deposit, in the order it was recorded.
///
/// # Errors
/// When the database refuses.
pub fn list_entries(tx: &mut Tx<'_>, community: CommunityId, id: DepositId) -> Result<Vec<DepositEntryRow>, DbError> {
    tx.query(ENTRIES, &params![community, id], read_entry)
}

/// What was taken, given back and kept up to a day.
///
/// # Errors
/// When the database refuses.
pub fn sums(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<(Fen, Fen, Fen), DbError> {
    tx.query_one("sum", SUMS, &params![community, as_of], |row| Ok((row.take()?, row.take()?, row.take()?)))
}

fn read_line(row: &Row<'_>) -> Result<DepositLine, DbError> {
    Ok(DepositLine { deposit: read(row)?, unit: row.take()?, returned: row.take()?, deducted: row.take()? })
}

/// Reads a deposit, its columns in the order of its fields.
pub(crate) fn read(row: &Row<'_>) -> Result<DepositRow, DbError> {
    Ok(DepositRow {
        id: row.take()?,
        account_id: row.take()?,
        unit_id: row.take()?,
        kind: row.take()?,
        amount: row.take()?,
        taken_on: row.take()?,
        method: row.take()?,
        remark: row.take()?,
        taken_by: row.take()?,
    })
}

/// Reads an entry, its columns in the order of its fields.
pub(crate) fn read_entry(row: &Row<'_>) -> Result<DepositEntryRow, DbError> {
    Ok(DepositEntryRow {
        id: row.take()?,
        deposit_id: row.take()?,
        kind: row.parse(DepositEntryKind::parse)?,
        amount: row.take()?,
        entered_on: row.take()?,
        method: row.take()?,
        reason: row.take()?,
        requested_by: row.take()?,
        approved_by: row.take()?,
    })
}
