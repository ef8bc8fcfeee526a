//! Corrections and waivers (减免): what takes an amount off a charge or a late fee without money, with a reason and a second
//! person. Chained per account, so that none can be changed or moved.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::Fen;
use hemu_domain::ids::{AccountId, AdjustmentId, ChargeId, CommunityId, LateFeeId};
use hemu_domain::ledger::adjustment::AdjustmentKind;

use uuid::Uuid;

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Row, Tx, Value, chain, params};

/// An adjustment as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdjustmentRow {
    /// Its id.
    pub id: AdjustmentId,
    /// The account.
    pub account_id: AccountId,
    /// The charge; also that of a late fee.
    pub charge_id: ChargeId,
    /// The frozen late fee it takes off; `None` when it takes off principal.
    pub late_fee_id: Option<LateFeeId>,
    /// Waiver or correction.
    pub kind: AdjustmentKind,
    /// How much it takes off.
    pub amount: Fen,
    /// From which day it counts.
    pub effective_on: NaiveDate,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub requested_by: String,
    /// Who approved it: somebody else.
    pub approved_by: String,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
}

const COLUMNS: &str = "id, account_id, charge_id, late_fee_id, kind, amount_fen, effective_on, reason, requested_by,
    approved_by, recorded_at";
const HEAD: &str = "SELECT hash FROM adjustment WHERE community_id = $1 AND account_id = $2 ORDER BY seq DESC LIMIT 1";
const HEADS: &str = "SELECT j.account_id, j.hash FROM adjustment j WHERE j.community_id = $1 AND j.account_id IN ({ids})
    AND j.seq = (SELECT MAX(k.seq) FROM adjustment k WHERE k.community_id = j.community_id AND k.account_id = j.account_id)";
const INSERT: &str = "INSERT INTO adjustment (community_id, id, account_id, charge_id, late_fee_id, kind, amount_fen,
    effective_on, reason, requested_by, approved_by, recorded_at, seq, prev_hash, hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
const CHARGE: &str = "SELECT account_id, due_on FROM charge WHERE community_id = $1 AND id = $2 AND live";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[HEAD, INSERT, CHARGE];

static ADJUSTMENT_TABLE: BulkTable = BulkTable {
    table: "adjustment",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("account_id", ColumnKind::Uuid),
        ("charge_id", ColumnKind::Uuid),
        ("late_fee_id", ColumnKind::Uuid),
        ("kind", ColumnKind::Text),
        ("amount_fen", ColumnKind::Int),
        ("effective_on", ColumnKind::Date),
        ("reason", ColumnKind::Text),
        ("requested_by", ColumnKind::Text),
        ("approved_by", ColumnKind::Text),
        ("recorded_at", ColumnKind::Time),
        ("seq", ColumnKind::Int),
        ("prev_hash", ColumnKind::Bytes),
        ("hash", ColumnKind::Bytes),
    ],
};

/// What an adjustment's hash covers: all of it.
#[must_use]
pub fn content(community: CommunityId, a: &AdjustmentRow, seq: i64) -> Vec<Value> {
    params![
        community,
        a.id,
        a.account_id,
        a.charge_id,
        a.late_fee_id,
        a.kind.as_str(),
        a.amount,
        a.effective_on,
        &a.reason,
        &a.requested_by,
        &a.approved_by,
        a.recorded_at,
        seq
    ]
    .to_vec()
}

/// Writes an adjustment at the end of its account's chain.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, adjustment: &AdjustmentRow, seq: i64) -> Result<(), DbError> {
    let head: Option<[u8; 32]> = tx.query_opt(HEAD, &params![community, adjustment.account_id], |row| row.take())?;
    let previous = head.unwrap_or(chain::START);
    let mut values = content(community, adjustment, seq);
    let hash = chain::link(&previous, &values);
    values.extend(params![previous, hash]);
    tx.execute(INSERT, &values).map(|_| ())
}

/// The adjustments of a community in the order they were recorded; there are few.
///
/// # Errors
/// When the database refuses.
pub fn list(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<AdjustmentRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM adjustment WHERE community_id = $1 ORDER BY seq");
    tx.query(&sql, &params![community], read)
}

/// The adjustments of some charges and their late fees, by account in the order they were recorded.
///
/// # Errors
/// When the database refuses.
pub(super) fn list_of_charges(
    tx: &mut Tx<'_>,
    community: CommunityId,
    charges: &[Uuid],
) -> Result<Vec<AdjustmentRow>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM adjustment WHERE community_id = $1 AND charge_id IN ({{ids}}) ORDER BY charge_id, seq"
    );
    tx.query_in(&sql, &params![community], charges, read)
}

/// The same but for small change that came with a receipt that was reversed: it is owed again, and was never let off.
///
/// # Errors
/// When the database refuses.
pub fn list_not_undone(
    tx: &mut Tx<'_>,
    community: CommunityId,
    charges: &[ChargeId],
) -> Result<Vec<AdjustmentRow>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM adjustment WHERE community_id = $1 AND charge_id IN ({{ids}}) AND id NOT IN (SELECT t.id
            FROM receipt_rounding t JOIN receipt r ON r.community_id = t.community_id AND r.id = t.receipt_id
            WHERE t.community_id = $1 AND (r.reversed OR r.reverses_id IS NOT NULL)) ORDER BY charge_id, seq"
    );
    let charges: Vec<Uuid> = charges.iter().map(|id| id.uuid()).collect();
    tx.query_in(&sql, &params![community], &charges, read)
}

/// Writes many adjustments, each at the end of its account's chain; `first_seq` numbers them as recorded facts.
///
/// # Errors
/// When the database refuses.
pub fn insert_many(
    tx: &mut Tx<'_>,
    community: CommunityId,
    adjustments: &[AdjustmentRow],
    first_seq: i64,
) -> Result<(), DbError> {
    let mut accounts: Vec<Uuid> = adjustments.iter().map(|one| one.account_id.uuid()).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let heads = tx.query_in(HEADS, &params![community], &accounts, |row| {
        Ok((row.take::<AccountId>()?, row.take::<[u8; 32]>()?))
    })?;
    let mut heads: HashMap<AccountId, [u8; 32]> = heads.into_iter().collect();
    let row = |(one, seq): (&AdjustmentRow, i64)| {
        let mut values = content(community, one, seq);
        let previous = heads.get(&one.account_id).copied().unwrap_or(chain::START);
        let hash = chain::link(&previous, &values);
        heads.insert(one.account_id, hash);
        values.extend(params![previous, hash]);
        values
    };
    let rows: Vec<Vec<Value>> = adjustments.iter().zip(first_seq..).map(row).collect();
    tx.bulk_insert(&ADJUSTMENT_TABLE, rows).map(|_| ())
}

/// The account and due date of a live charge.
///
/// # Errors
/// When the database refuses.
pub fn find_charge(
    tx: &mut Tx<'_>,
    community: CommunityId,
    charge: ChargeId,
) -> Result<Option<(AccountId, NaiveDate)>, DbError> {
    tx.query_opt(CHARGE, &params![community, charge], |row| Ok((row.take()?, row.take()?)))
}

pub(super) fn read(row: &Row<'_>) -> Result<AdjustmentRow, DbError> {
    Ok(AdjustmentRow {
        id: row.take()?,
        account_id: row.take()?,
        charge_id: row.take()?,
        late_fee_id: row.take()?,
        kind: row.parse(AdjustmentKind::parse)?,
        amount: row.take()?,
        effective_on: row.take()?,
        reason: row.take()?,
        requested_by: row.take()?,
        approved_by: row.take()?,
        recorded_at: row.take()?,
    })
}
