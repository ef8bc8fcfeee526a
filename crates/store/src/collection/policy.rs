//! Policy versions (催缴方案): immutable once in force; decisions name the version they rest on (I12).

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::{DbError, Row, Tx, params};

/// A version as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyRow {
    /// Counting up.
    pub version: i64,
    /// What people call it.
    pub name: String,
    /// From which day.
    pub effective_from: NaiveDate,
    /// All of it.
    pub body: Json,
    /// SHA-256 of its body.
    pub body_hash: [u8; 32],
    /// When it was put in force.
    pub activated_at: DateTime<Utc>,
    /// By whom.
    pub activated_by: String,
}

const LIST: &str =
    "SELECT version, name, effective_from, body, body_hash, activated_at, activated_by FROM policy ORDER BY version";
const NEWEST: &str = "SELECT version, body_hash FROM policy WHERE effective_from <= $1 ORDER BY version DESC LIMIT 1";
const HASH: &str = "SELECT version, body_hash FROM policy WHERE version = $1";
const BODY: &str = "SELECT body FROM policy WHERE version = $1";
const INSERT: &str = "INSERT INTO policy (version, name, effective_from, body, body_hash, activated_at, activated_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (version) DO NOTHING";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[LIST, NEWEST, HASH, BODY, INSERT];

/// The hash of a version's body. Keys are sorted by serde_json's map, so the text is the same on every engine.
#[must_use]
pub fn hash(body: &Json) -> [u8; 32] {
    Sha256::digest(body.to_string()).into()
}

/// All versions there ever were, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<PolicyRow>, DbError> {
    tx.query(LIST, &[], read)
}

/// A version and the hash of its body: all that is read of one whose body is known already.
pub type Edition = (i64, [u8; 32]);

/// The highest version whose day has come.
///
/// # Errors
/// When the database refuses.
pub fn find_newest(tx: &mut Tx<'_>, on: NaiveDate) -> Result<Option<Edition>, DbError> {
    tx.query_opt(NEWEST, &params![on], |row| Ok((row.take()?, row.take()?)))
}

/// A version by its number.
///
/// # Errors
/// When the database refuses.
pub fn find_edition(tx: &mut Tx<'_>, version: i64) -> Result<Option<Edition>, DbError> {
    tx.query_opt(HASH, &params![version], |row| Ok((row.take()?, row.take()?)))
}

/// All of a version.
///
/// # Errors
/// [`DbError::NotFound`] when there is none.
pub fn read_body(tx: &mut Tx<'_>, version: i64) -> Result<Json, DbError> {
    tx.query_opt(BODY, &params![version], |row| row.take())?.ok_or(DbError::NotFound("policy version"))
}

/// Writes a version; false when it is there already: a version is never changed.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, p: &PolicyRow) -> Result<bool, DbError> {
    let values =
        params![p.version, &p.name, p.effective_from, p.body.clone(), p.body_hash, p.activated_at, &p.activated_by];
    tx.execute(INSERT, &values).map(|rows| rows == 1)
}

fn read(row: &Row<'_>) -> Result<PolicyRow, DbError> {
    Ok(PolicyRow {
        version: row.take()?,
        name: row.take()?,
        effective_from: row.take()?,
        body: row.take()?,
        body_hash: row.take()?,
        activated_at: row.take()?,
        activated_by: row.take()?,
    })
}
