//! Acts of two people (审批): what was asked, by whom, and what became of it.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{ApprovalId, CommunityId, StaffId};
use hemu_domain::staff::approval::{ApprovalKind, ApprovalState};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// A request as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct ApprovalRow {
    /// Its id.
    pub id: ApprovalId,
    /// What kind of act.
    pub kind: ApprovalKind,
    /// The case, charge or unit it is about: one open request of a kind for each.
    pub subject_id: Uuid,
    /// The act, and what it is about.
    pub asked: Json,
    /// Why.
    pub reason: String,
    /// The account of who asked; `None` for the local operator.
    pub asked_by_id: Option<StaffId>,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// The last day to approve it.
    pub expires_on: NaiveDate,
    /// What became of it.
    pub state: ApprovalState,
    /// Who decided; `None` while it waits.
    pub decision: Option<DecisionRow>,
}

/// What was decided about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// The account of who decided; `None` for the local operator.
    pub by_id: Option<StaffId>,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why not, where it was refused.
    pub answer: Option<String>,
    /// The matter, charge or letter it led to.
    pub result_id: Option<Uuid>,
}

const INSERT: &str = "INSERT INTO approval (community_id, id, kind, subject_id, asked, reason, asked_by_id, asked_by,
    asked_at, expires_on, state, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11)";
const FIND: &str = "SELECT id, kind, subject_id, asked, reason, asked_by_id, asked_by, asked_at, expires_on, state,
    decided_by_id, decided_by, decided_at, answer, result_id FROM approval WHERE community_id = $1 AND id = $2";
const LIST_OPEN: &str =
    "SELECT id, kind, subject_id, asked, reason, asked_by_id, asked_by, asked_at, expires_on, state,
    decided_by_id, decided_by, decided_at, answer, result_id FROM approval
    WHERE community_id = $1 AND state = 'open' AND expires_on >= $2 ORDER BY seq";
const LIST_DECIDED: &str = "SELECT id, kind, subject_id, asked, reason, asked_by_id, asked_by, asked_at, expires_on,
    state, decided_by_id, decided_by, decided_at, answer, result_id FROM approval
    WHERE community_id = $1 AND decided_at IS NOT NULL ORDER BY decided_at DESC, seq DESC LIMIT $2";
const LIST: &str = "SELECT id, kind, subject_id, asked, reason, asked_by_id, asked_by, asked_at, expires_on, state,
    decided_by_id, decided_by, decided_at, answer, result_id FROM approval WHERE community_id = $1 ORDER BY seq";
const EXPIRE: &str = "UPDATE approval SET state = 'expired'
    WHERE community_id = $1 AND kind = $2 AND subject_id = $3 AND state = 'open' AND expires_on < $4";
const DECIDE: &str =
    "UPDATE approval SET state = $3, decided_by_id = $4, decided_by = $5, decided_at = $6, answer = $7,
    result_id = $8 WHERE community_id = $1 AND id = $2 AND state = 'open'";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, FIND, LIST_OPEN, LIST_DECIDED, LIST, EXPIRE, DECIDE];

/// What the digest of requests covers: what was asked, not what became of it.
#[must_use]
pub fn content(community: CommunityId, a: &ApprovalRow) -> Vec<Value> {
    params![
        community,
        a.id,
        a.kind.as_str(),
        a.subject_id,
        a.asked.clone(),
        &a.reason,
        a.asked_by_id,
        &a.asked_by,
        a.asked_at,
        a.expires_on
    ]
    .to_vec()
}

/// Writes a request that waits.
///
/// # Errors
/// [`DbError::Duplicate`] when another one of its kind waits for the same subject.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, request: &ApprovalRow, seq: i64) -> Result<(), DbError> {
    let content = content(community, request);
    let mut values = content.clone();
    values.push(Value::Int(seq));
    tx.execute(INSERT, &values)?;
    digest::add(tx, community, Register::Approvals, &SetDigest::of(&content))
}

/// A request.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, community: CommunityId, id: ApprovalId) -> Result<Option<ApprovalRow>, DbError> {
    tx.query_opt(FIND, &params![community, id], read)
}

/// The requests that wait on a day, in the order they came.
///
/// # Errors
/// When the database refuses.
pub fn list_open(tx: &mut Tx<'_>, community: CommunityId, today: NaiveDate) -> Result<Vec<ApprovalRow>, DbError> {
    tx.query(LIST_OPEN, &params![community, today], read)
}

/// The requests decided last, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_decided(tx: &mut Tx<'_>, community: CommunityId, rows: i64) -> Result<Vec<ApprovalRow>, DbError> {
    tx.query(LIST_DECIDED, &params![community, rows], read)
}

/// Every request, in the order they came.
///
/// # Errors
/// When the database refuses.
pub(crate) fn list(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ApprovalRow>, DbError> {
    tx.query(LIST, &params![community], read)
}

/// Notes that nobody decided in time about an earlier request for the same.
///
/// # Errors
/// When the database refuses.
pub fn expire(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (kind, subject): (ApprovalKind, Uuid),
    today: NaiveDate,
) -> Result<(), DbError> {
    tx.execute(EXPIRE, &params![community, kind.as_str(), subject, today]).map(|_| ())
}

/// Writes what was decided about a request that waits; false when it waits no more.
///
/// # Errors
/// When the database refuses.
pub fn decide(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: ApprovalId,
    (state, d): (ApprovalState, &DecisionRow),
) -> Result<bool, DbError> {
    let values = params![community, id, state.as_str(), d.by_id, &d.by, d.at, d.answer.clone(), d.result_id];
    Ok(tx.execute(DECIDE, &values)? == 1)
}

pub(crate) fn read(row: &Row<'_>) -> Result<ApprovalRow, DbError> {
    Ok(ApprovalRow {
        id: row.take()?,
        kind: row.parse(ApprovalKind::parse)?,
        subject_id: row.take()?,
        asked: row.take()?,
        reason: row.take()?,
        asked_by_id: row.take()?,
        asked_by: row.take()?,
        asked_at: row.take()?,
        expires_on: row.take()?,
        state: row.parse(ApprovalState::parse)?,
        decision: read_decision(row)?,
    })
}

fn read_decision(row: &Row<'_>) -> Result<Option<DecisionRow>, DbError> {
    let by_id = row.take()?;
    let (by, at): (Option<String>, Option<DateTime<Utc>>) = (row.take()?, row.take()?);
    let (answer, result_id) = (row.take()?, row.take()?);
    Ok(by.zip(at).map(|(by, at)| DecisionRow { by_id, by, at, answer, result_id }))
}
