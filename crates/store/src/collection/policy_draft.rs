//! Drafts of policy versions: what may still be changed. Once a draft is put in force its body stands among the versions
//! ([`super::policy`]) and the draft is closed.

use chrono::{DateTime, Utc};
use hemu_domain::ids::StaffId;
use serde_json::Value as Json;

use crate::{DbError, Row, Tx, params};

/// A draft as stored; one is open at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftRow {
    /// The version it becomes.
    pub version: i64,
    /// All of it.
    pub body: Json,
    /// `open`, `activated` or `dropped`.
    pub state: String,
    /// The account of who changed it last; `None` for the local operator.
    pub edited_by_id: Option<StaffId>,
    /// Who.
    pub edited_by: String,
    /// When.
    pub edited_at: DateTime<Utc>,
}

const FIND_OPEN: &str = "SELECT version, body, state, edited_by_id, edited_by, edited_at FROM policy_draft
    WHERE state = 'open'";
const FIND: &str =
    "SELECT version, body, state, edited_by_id, edited_by, edited_at FROM policy_draft WHERE version = $1";
const SAVE: &str = "INSERT INTO policy_draft (version, body, state, edited_by_id, edited_by, edited_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (version) DO UPDATE SET body = excluded.body, state = excluded.state,
    edited_by_id = excluded.edited_by_id, edited_by = excluded.edited_by, edited_at = excluded.edited_at";
const CLOSE: &str = "UPDATE policy_draft SET state = $2 WHERE version = $1 AND state = 'open'";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[FIND_OPEN, FIND, SAVE, CLOSE];

/// The draft that is open.
///
/// # Errors
/// When the database refuses.
pub fn find_open(tx: &mut Tx<'_>) -> Result<Option<DraftRow>, DbError> {
    tx.query_opt(FIND_OPEN, &[], read)
}

/// The draft of a version, whatever became of it.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, version: i64) -> Result<Option<DraftRow>, DbError> {
    tx.query_opt(FIND, &params![version], read)
}

/// Writes a draft, new or changed.
///
/// # Errors
/// When the database refuses.
pub fn save(tx: &mut Tx<'_>, draft: &DraftRow) -> Result<(), DbError> {
    let d = draft;
    let values = params![d.version, d.body.clone(), &d.state, d.edited_by_id, &d.edited_by, d.edited_at];
    tx.execute(SAVE, &values).map(|_| ())
}

/// Closes the draft of a version as `activated` or `dropped`; false when it is not open.
///
/// # Errors
/// When the database refuses.
pub fn close(tx: &mut Tx<'_>, version: i64, state: &str) -> Result<bool, DbError> {
    tx.execute(CLOSE, &params![version, state]).map(|rows| rows == 1)
}

fn read(row: &Row<'_>) -> Result<DraftRow, DbError> {
    Ok(DraftRow {
        version: row.take()?,
        body: row.take()?,
        state: row.take()?,
        edited_by_id: row.take()?,
        edited_by: row.take()?,
        edited_at: row.take()?,
    })
}
