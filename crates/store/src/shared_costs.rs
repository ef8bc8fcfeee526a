//! Shared costs (公摊): a cost with its shares, and what of them is on a bill. A pool is never deleted; it is cancelled while
//! nothing of it is billed.

use chrono::{DateTime, Utc};
use hemu_domain::billing::share::ShareMethod;
use hemu_domain::ids::{CommunityId, FeeItemId, SharePoolId, UnitId};
use hemu_domain::{Factor, Fen, Period, UnitLabel};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::db::{BulkTable, ColumnKind};
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, kept, params};

/// A shared cost as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct SharePoolRow {
    /// Its id.
    pub id: SharePoolId,
    /// What it is charged as.
    pub fee_item_id: FeeItemId,
    /// The month it is billed with.
    pub period: Period,
    /// Which pool of that item and month, the first being 1.
    pub occurrence: i64,
    /// What is shared.
    pub total: Fen,
    /// Where the total comes from.
    pub source: Json,
    /// Which places share.
    pub scope: Json,
    /// How.
    pub method: Json,
    /// The sum of the weights.
    pub whole: Factor,
    /// Invoice and remark, for people.
    pub basis: String,
    /// Who confirmed it.
    pub confirmed_by: String,
    /// When.
    pub confirmed_at: DateTime<Utc>,
    /// Who cancelled it.
    pub cancelled_by: Option<String>,
    /// Why.
    pub cancel_reason: Option<String>,
}

/// A share as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolShareRow {
    /// Its id.
    pub id: Uuid,
    /// Of which pool.
    pub pool_id: SharePoolId,
    /// Of which unit.
    pub unit_id: UnitId,
    /// What the unit weighs.
    pub weight: Factor,
    /// What it bears.
    pub amount: Fen,
}

const INSERT: &str = "INSERT INTO share_pool (community_id, id, fee_item_id, period, occurrence, total_fen, source, scope,
    method, whole_e8, basis, confirmed_by, confirmed_at, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const LAST_OCCURRENCE: &str = "SELECT CAST(COALESCE(MAX(occurrence), 0) AS BIGINT) FROM share_pool
    WHERE community_id = $1 AND fee_item_id = $2 AND period = $3";
const POOLS: &str = "SELECT id, fee_item_id, period, occurrence, total_fen, source, scope, method, whole_e8, basis,
    confirmed_by, confirmed_at, cancelled_by, cancel_reason FROM share_pool
    WHERE community_id = $1 AND period >= $2 AND period <= $3 ORDER BY period DESC, id DESC";
const FIND: &str = "SELECT id, fee_item_id, period, occurrence, total_fen, source, scope, method, whole_e8, basis,
    confirmed_by, confirmed_at, cancelled_by, cancel_reason FROM share_pool WHERE community_id = $1 AND id = $2";
const COUNTS: &str =
    "SELECT s.pool_id, CAST(COUNT(*) AS BIGINT), CAST(COUNT(CASE WHEN s.amount_fen > 0 THEN 1 END) AS BIGINT)
    FROM share_pool p JOIN pool_share s ON s.community_id = p.community_id AND s.pool_id = p.id
    WHERE p.community_id = $1 AND p.period >= $2 AND p.period <= $3 GROUP BY s.pool_id";
const BILLED: &str = "SELECT p.id, CAST(COUNT(*) AS BIGINT) FROM charge c JOIN share_pool p
    ON p.community_id = c.community_id AND p.fee_item_id = c.fee_item_id AND p.period = c.period AND p.occurrence = c.occurrence
    WHERE c.community_id = $1 AND c.period >= $2 AND c.period <= $3 AND c.live AND c.origin = 'bill' GROUP BY p.id";
const SHARES: &str = "SELECT u.label, s.weight_e8, s.amount_fen FROM pool_share s
    JOIN unit u ON u.community_id = s.community_id AND u.id = s.unit_id
    WHERE s.community_id = $1 AND s.pool_id = $2 ORDER BY u.label";
const CANCEL: &str = "UPDATE share_pool SET cancelled_by = $3, cancelled_at = $4, cancel_reason = $5
    WHERE community_id = $1 AND id = $2 AND cancelled_at IS NULL";
/// Shares of pools of some months that no bill has: whoever paid for the unit, it is charged once.
macro_rules! ready {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM share_pool p
    JOIN pool_share s ON s.community_id = p.community_id AND s.pool_id = p.id
    WHERE p.community_id = $1 AND p.period >= $2 AND p.period <= $3 AND p.cancelled_at IS NULL AND s.amount_fen > 0
    AND NOT EXISTS (SELECT 1 FROM account a JOIN charge c ON c.community_id = a.community_id AND c.account_id = a.id
        WHERE a.community_id = $1 AND a.unit_id = s.unit_id AND c.community_id = $1 AND c.fee_item_id = p.fee_item_id
        AND c.period = p.period AND c.occurrence = p.occurrence AND c.live)"
        )
    };
}
const READY: &str =
    concat!(ready!("s.pool_id, s.unit_id, s.weight_e8, s.amount_fen"), " ORDER BY p.period, p.seq, s.unit_id");
const READY_SUM: &str = ready!("CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(s.amount_fen), 0) AS BIGINT)");

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[INSERT, LAST_OCCURRENCE, POOLS, FIND, COUNTS, BILLED, SHARES, CANCEL, READY, READY_SUM];

pub(crate) static POOL_SHARE_TABLE: BulkTable = BulkTable {
    table: "pool_share",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("pool_id", ColumnKind::Uuid),
        ("unit_id", ColumnKind::Uuid),
        ("weight_e8", ColumnKind::Int),
        ("amount_fen", ColumnKind::Int),
        ("seq", ColumnKind::Int),
    ],
};

/// Writes a pool with its shares, as one fact.
///
/// # Errors
/// When the database refuses.
pub fn insert(
    tx: &mut Tx<'_>,
    community: CommunityId,
    pool: &SharePoolRow,
    shares: &[PoolShareRow],
    seq: i64,
) -> Result<(), DbError> {
    let content = pool_content(community, pool, seq);
    kept::SHARE_POOLS.change(tx, community, &params![pool.id], |tx| tx.execute(INSERT, &content))?;
    let mut added = SetDigest::default();
    for share in shares {
        added.join(&SetDigest::of(&share_content(community, share, seq)));
    }
    digest::add(tx, community, Register::PoolShares, &added)?;
    tx.bulk_insert(&POOL_SHARE_TABLE, shares.iter().map(|share| share_content(community, share, seq))).map(|_| ())
}

/// A pool as it is written.
fn pool_content(community: CommunityId, p: &SharePoolRow, seq: i64) -> [Value; 14] {
    params![
        community,
        p.id,
        p.fee_item_id,
        p.period,
        p.occurrence,
        p.total,
        p.source.clone(),
        p.scope.clone(),
        p.method.clone(),
        p.whole,
        &p.basis,
        &p.confirmed_by,
        p.confirmed_at,
        seq
    ]
}

/// A share never changes.
pub(crate) fn share_content(community: CommunityId, s: &PoolShareRow, seq: i64) -> [Value; 7] {
    params![community, s.id, s.pool_id, s.unit_id, s.weight, s.amount, seq]
}

/// The number of the next pool of an item and month.
///
/// # Errors
/// When the database refuses.
pub fn next_occurrence(
    tx: &mut Tx<'_>,
    community: CommunityId,
    item: FeeItemId,
    period: Period,
) -> Result<i64, DbError> {
    let last: i64 = tx.query_one("number", LAST_OCCURRENCE, &params![community, item, period], |row| row.take())?;
    Ok(last + 1)
}

/// The pools of some months, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (Period, Period),
) -> Result<Vec<SharePoolRow>, DbError> {
    tx.query(POOLS, &params![community, first, last], read)
}

/// A pool.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, community: CommunityId, id: SharePoolId) -> Result<Option<SharePoolRow>, DbError> {
    tx.query_opt(FIND, &params![community, id], read)
}

pub(crate) fn read(row: &Row<'_>) -> Result<SharePoolRow, DbError> {
    Ok(SharePoolRow {
        id: row.take()?,
        fee_item_id: row.take()?,
        period: row.take()?,
        occurrence: row.take()?,
        total: row.take()?,
        source: row.take()?,
        scope: row.take()?,
        method: row.take()?,
        whole: row.take()?,
        basis: row.take()?,
        confirmed_by: row.take()?,
        confirmed_at: row.take()?,
        cancelled_by: row.take()?,
        cancel_reason: row.take()?,
    })
}

/// How far pools are billed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolCounts {
    /// Units that share.
    pub units: i64,
    /// Those that bear something.
    pub bearing: i64,
    /// Those whose share is on a bill.
    pub billed: i64,
}

/// How far the pools of some months are billed.
///
/// # Errors
/// When the database refuses.
pub fn count(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (Period, Period),
) -> Result<std::collections::HashMap<SharePoolId, PoolCounts>, DbError> {
    let mut counts = std::collections::HashMap::new();
    tx.for_each::<DbError>(COUNTS, &params![community, first, last], |row| {
        let pool = row.take()?;
        counts.insert(pool, PoolCounts { units: row.take()?, bearing: row.take()?, billed: 0 });
        Ok(())
    })?;
    tx.for_each::<DbError>(BILLED, &params![community, first, last], |row| {
        let (pool, billed) = (row.take()?, row.take()?);
        counts.entry(pool).or_default().billed = billed;
        Ok(())
    })?;
    Ok(counts)
}

/// The shares of a pool by unit: label, weight, amount.
///
/// # Errors
/// When the database refuses.
pub fn list_shares(
    tx: &mut Tx<'_>,
    community: CommunityId,
    pool: SharePoolId,
) -> Result<Vec<(UnitLabel, Factor, Fen)>, DbError> {
    tx.query(SHARES, &params![community, pool], |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// Cancels a pool; false when it was cancelled before.
///
/// # Errors
/// When the database refuses.
pub fn cancel(
    tx: &mut Tx<'_>,
    community: CommunityId,
    pool: SharePoolId,
    (by, at, reason): (&str, DateTime<Utc>, &str),
) -> Result<bool, DbError> {
    let values = params![community, pool, by, at, reason];
    kept::SHARE_POOLS.change(tx, community, &params![pool], |tx| tx.execute(CANCEL, &values)).map(|rows| rows > 0)
}

/// A share that is to be billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadyShare {
    /// Of which pool.
    pub pool_id: SharePoolId,
    /// Of which unit.
    pub unit_id: UnitId,
    /// What the unit weighs.
    pub weight: Factor,
    /// What it bears.
    pub amount: Fen,
}

/// The shares of pools of some months that are on no bill, those of zero left out.
///
/// # Errors
/// When the database refuses.
pub fn list_ready(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (Period, Period),
) -> Result<Vec<ReadyShare>, DbError> {
    tx.query(READY, &params![community, first, last], |row| {
        Ok(ReadyShare { pool_id: row.take()?, unit_id: row.take()?, weight: row.take()?, amount: row.take()? })
    })
}

/// How many shares of some months are on no bill, and what they come to.
///
/// # Errors
/// When the database refuses.
pub fn sum_ready(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (Period, Period),
) -> Result<(i64, Fen), DbError> {
    tx.query_one("sum", READY_SUM, &params![community, first, last], |row| Ok((row.take()?, row.take()?)))
}

/// The way of sharing as it was stored.
///
/// # Errors
/// [`DbError::Decode`] when the program does not know it.
pub fn method_of(pool: &SharePoolRow) -> Result<ShareMethod, DbError> {
    let unknown = |_| DbError::Decode { column: 7, expected: "a way of sharing" };
    serde_json::from_value(pool.method.clone()).map_err(unknown)
}
