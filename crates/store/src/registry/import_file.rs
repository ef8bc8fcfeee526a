//! Files that were imported.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{CommunityId, ImportId};
use serde_json::Value as Json;

use crate::{DbError, Tx, params};

/// A file that was imported.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportFileRow {
    /// Its id.
    pub id: ImportId,
    /// The file's name.
    pub file_name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The day it was read for.
    pub as_of: NaiveDate,
    /// Counts of the outcome.
    pub outcome: Json,
    /// Who imported it.
    pub actor_name: String,
    /// When.
    pub imported_at: DateTime<Utc>,
}

const INSERT_IMPORT: &str =
    "INSERT INTO import_file (community_id, id, file_name, sha256, as_of, outcome, actor_name, imported_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT_IMPORT];

/// Records that a file was imported.
///
/// # Errors
/// When the database refuses.
pub fn insert_import_file(tx: &mut Tx<'_>, community: CommunityId, file: &ImportFileRow) -> Result<(), DbError> {
    let f = file;
    let values =
        params![community, f.id, &f.file_name, &f.sha256, f.as_of, f.outcome.clone(), &f.actor_name, f.imported_at];
    tx.execute(INSERT_IMPORT, &values).map(|_| ())
}
