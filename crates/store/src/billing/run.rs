//! Bill runs: what was issued when, by whom, and what its checks found.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{BillRunId, CommunityId};
use hemu_domain::{Fen, Period};
use serde_json::Value as Json;

use crate::{DbError, Tx, kept, params};

/// A bill run as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct BillRunRow {
    /// Its id.
    pub id: BillRunId,
    /// The month.
    pub period: Period,
    /// The day it was run for.
    pub as_of: NaiveDate,
    /// `running`, `done` or `taken_over`.
    pub status: String,
    /// Who ran it.
    pub actor_name: String,
    /// Bills it issued.
    pub bills: i64,
    /// Charges it issued.
    pub charges: i64,
    /// Their sum.
    pub total: Fen,
    /// What its checks found.
    pub findings: Json,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it was done.
    pub finished_at: Option<DateTime<Utc>>,
    /// The day its bills were published.
    pub published_on: Option<NaiveDate>,
}

const TAKE_OVER: &str = "UPDATE bill_run SET status = 'taken_over' WHERE community_id = $1 AND status = 'running'";
const START: &str =
    "INSERT INTO bill_run (community_id, id, period, as_of, status, actor_name, bills, charges, total_fen, findings,
    started_at, finished_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const FINISH: &str =
    "UPDATE bill_run SET status = $3, bills = $4, charges = $5, total_fen = $6, findings = $7, finished_at = $8
    WHERE community_id = $1 AND id = $2";
const RUNS: &str =
    "SELECT id, period, as_of, status, actor_name, bills, charges, total_fen, findings, started_at, finished_at,
    published_on FROM bill_run WHERE community_id = $1 ORDER BY id DESC LIMIT $2";
const PUBLISH: &str = "UPDATE bill_run SET published_on = $3, published_by = $4
    WHERE community_id = $1 AND period = $2 AND status <> 'running' AND published_on IS NULL AND bills > 0";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[TAKE_OVER, START, FINISH, RUNS, PUBLISH];

/// Writes a run that starts; a run of this community whose process died is taken over.
///
/// # Errors
/// When the database refuses.
pub fn start_run(tx: &mut Tx<'_>, community: CommunityId, run: &BillRunRow) -> Result<(), DbError> {
    kept::BILL_RUNS.change_any(tx, community, |tx| tx.execute(TAKE_OVER, &params![community]))?;
    let r = run;
    let values = params![
        community,
        r.id,
        r.period,
        r.as_of,
        &r.status,
        &r.actor_name,
        r.bills,
        r.charges,
        r.total,
        r.findings.clone(),
        r.started_at,
        r.finished_at
    ];
    kept::BILL_RUNS.change(tx, community, &params![r.id], |tx| tx.execute(START, &values)).map(|_| ())
}

/// Writes how far a run is: its counts always equal the rows that are there.
///
/// # Errors
/// When the database refuses.
pub fn update_run(tx: &mut Tx<'_>, community: CommunityId, run: &BillRunRow) -> Result<(), DbError> {
    let r = run;
    let values = params![community, r.id, &r.status, r.bills, r.charges, r.total, r.findings.clone(), r.finished_at];
    kept::BILL_RUNS.change(tx, community, &params![r.id], |tx| tx.execute(FINISH, &values)).map(|_| ())
}

/// The newest runs.
///
/// # Errors
/// When the database refuses.
pub fn list_runs(tx: &mut Tx<'_>, community: CommunityId, limit: i64) -> Result<Vec<BillRunRow>, DbError> {
    tx.query(RUNS, &params![community, limit], |row| {
        Ok(BillRunRow {
            id: row.take()?,
            period: row.take()?,
            as_of: row.take()?,
            status: row.take()?,
            actor_name: row.take()?,
            bills: row.take()?,
            charges: row.take()?,
            total: row.take()?,
            findings: row.take()?,
            started_at: row.take()?,
            finished_at: row.take()?,
            published_on: row.take()?,
        })
    })
}

/// Publishes the bills of a month that are not published; returns how many runs there were of them.
///
/// # Errors
/// When the database refuses.
pub fn publish(
    tx: &mut Tx<'_>,
    community: CommunityId,
    period: Period,
    (on, by): (NaiveDate, &str),
) -> Result<u64, DbError> {
    kept::BILL_RUNS.change_any(tx, community, |tx| tx.execute(PUBLISH, &params![community, period, on, by]))
}
