//! Files of banks and providers, and the headings told by hand.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{BankFileId, CommunityId};
use serde_json::Value as Json;

use crate::{DbError, Row, Tx, kept, params};

/// A statement or settlement file that was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankFileRow {
    /// Its id.
    pub id: BankFileId,
    /// `statement`, `wechat` or `alipay`.
    pub kind: String,
    /// Whose headings it had.
    pub layout: String,
    /// The file's name.
    pub file_name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The end of the own account; empty when the file does not tell it.
    pub account_tail: String,
    /// The first day of its lines.
    pub first_on: NaiveDate,
    /// The last day.
    pub last_on: NaiveDate,
    /// How many of its lines were new.
    pub row_count: i64,
    /// Who imported it.
    pub actor_name: String,
    /// When.
    pub imported_at: DateTime<Utc>,
}

const INSERT: &str =
    "INSERT INTO bank_file (community_id, id, kind, layout, file_name, sha256, account_tail, first_on, last_on,
    row_count, actor_name, imported_at, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const LIST: &str =
    "SELECT id, kind, layout, file_name, sha256, account_tail, first_on, last_on, row_count, actor_name, imported_at
    FROM bank_file WHERE community_id = $1 ORDER BY id DESC LIMIT $2";
const FIND: &str =
    "SELECT id, kind, layout, file_name, sha256, account_tail, first_on, last_on, row_count, actor_name, imported_at
    FROM bank_file WHERE community_id = $1 AND id = $2";
const SETTLEMENTS: &str =
    "SELECT id, kind, layout, file_name, sha256, account_tail, first_on, last_on, row_count, actor_name, imported_at
    FROM bank_file WHERE community_id = $1 AND kind IN ('wechat', 'alipay') AND last_on >= $2 AND first_on <= $3
    ORDER BY id";
const COLUMNS: &str = "SELECT columns FROM bank_layout WHERE community_id = $1";
const KEEP_COLUMNS: &str = "INSERT INTO bank_layout (community_id, columns, changed_by, changed_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (community_id) DO UPDATE SET columns = $2, changed_by = $3, changed_at = $4";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, LIST, FIND, SETTLEMENTS, COLUMNS, KEEP_COLUMNS];

/// Records that a file was imported.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, file: &BankFileRow, seq: i64) -> Result<(), DbError> {
    let values = params![
        community,
        file.id,
        &file.kind,
        &file.layout,
        &file.file_name,
        &file.sha256,
        &file.account_tail,
        file.first_on,
        file.last_on,
        file.row_count,
        &file.actor_name,
        file.imported_at,
        seq
    ];
    tx.execute(INSERT, &values)?;
    kept::BANK_FILES.note(tx, community, [&values])
}

/// The newest files.
///
/// # Errors
/// When the database refuses.
pub fn list(tx: &mut Tx<'_>, community: CommunityId, most: i64) -> Result<Vec<BankFileRow>, DbError> {
    tx.query(LIST, &params![community, most], read)
}

/// The file of that id.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, community: CommunityId, id: BankFileId) -> Result<Option<BankFileRow>, DbError> {
    tx.query_opt(FIND, &params![community, id], read)
}

/// The settlement files of providers that touch some days.
///
/// # Errors
/// When the database refuses.
pub fn list_settlements_of_days(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<BankFileRow>, DbError> {
    tx.query(SETTLEMENTS, &params![community, first, last], read)
}

/// The headings told by hand, `heading=field` each.
///
/// # Errors
/// When the database refuses.
pub fn list_columns(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<String>, DbError> {
    let kept: Option<Json> = tx.query_opt(COLUMNS, &params![community], |row| row.take())?;
    let pairs = kept.as_ref().and_then(Json::as_array).into_iter().flatten();
    Ok(pairs.filter_map(Json::as_str).map(ToOwned::to_owned).collect())
}

/// Keeps the headings told by hand.
///
/// # Errors
/// When the database refuses.
pub fn keep_columns(
    tx: &mut Tx<'_>,
    community: CommunityId,
    pairs: &[String],
    by: &str,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    let values = params![community, Json::from(pairs), by, at];
    kept::BANK_LAYOUTS.change(tx, community, &[], |tx| tx.execute(KEEP_COLUMNS, &values)).map(|_| ())
}

fn read(row: &Row<'_>) -> Result<BankFileRow, DbError> {
    Ok(BankFileRow {
        id: row.take()?,
        kind: row.take()?,
        layout: row.take()?,
        file_name: row.take()?,
        sha256: row.take()?,
        account_tail: row.take()?,
        first_on: row.take()?,
        last_on: row.take()?,
        row_count: row.take()?,
        actor_name: row.take()?,
        imported_at: row.take()?,
    })
}
