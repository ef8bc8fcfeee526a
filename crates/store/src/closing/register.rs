//! The months that are closed, with their figures. Chained per community; a row is only ever marked as reopened.

use chrono::{DateTime, Utc};
use hemu_domain::closing::Boundary;
use hemu_domain::ids::{ClosingId, CommunityId};
use serde_json::Value as Json;

use crate::{DbError, Row, Tx, Value, chain, kept, params};

/// A closing as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct ClosingRow {
    /// Its id.
    pub id: ClosingId,
    /// Its month, and the last fact known.
    pub boundary: Boundary,
    /// The figures, frozen ([`hemu_domain::closing::MonthFigures`]).
    pub figures: Json,
    /// Who closed it.
    pub closed_by: String,
    /// When.
    pub closed_at: DateTime<Utc>,
    /// When and by whom it was reopened; `None` while it stands.
    pub reopened: Option<(DateTime<Utc>, String)>,
}

const INSERT: &str =
    "INSERT INTO month_closing (community_id, id, month, last_day, fact_seq, figures, closed_by, closed_at,
    prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const HEAD: &str = "SELECT hash FROM month_closing WHERE community_id = $1 ORDER BY fact_seq DESC LIMIT 1";
const LIST: &str = "SELECT id, month, fact_seq, figures, closed_by, closed_at, reopened_at, reopened_by
    FROM month_closing WHERE community_id = $1 ORDER BY fact_seq";
const REOPEN: &str = "UPDATE month_closing SET reopened_at = $3, reopened_by = $4
    WHERE community_id = $1 AND id = $2 AND reopened_at IS NULL";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, HEAD, LIST, REOPEN];

/// What the hash of a closing covers: all but whether it was reopened.
#[must_use]
pub fn closing_content(community: CommunityId, row: &ClosingRow) -> Vec<Value> {
    let last_day = row.boundary.month.last_day();
    let figures = Value::sorted_json(&row.figures);
    let Boundary { month, fact_seq } = row.boundary;
    params![community, row.id, month, last_day, fact_seq, figures, &row.closed_by, row.closed_at].to_vec()
}

/// Writes a closing at the end of the community's chain.
///
/// # Errors
/// [`DbError::Duplicate`] when the month is closed already.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, row: &ClosingRow) -> Result<(), DbError> {
    let head: Option<[u8; 32]> = tx.query_opt(HEAD, &params![community], |row| row.take())?;
    let previous = head.unwrap_or(chain::START);
    let mut values = closing_content(community, row);
    let hash = chain::link(&previous, &values);
    values.extend(params![previous, hash]);
    kept::CLOSINGS.change(tx, community, &params![row.id], |tx| tx.execute(INSERT, &values)).map(|_| ())
}

/// All closings in the order they were made, those reopened too.
///
/// # Errors
/// When the database refuses.
pub fn list(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ClosingRow>, DbError> {
    tx.query(LIST, &params![community], read)
}

/// Marks a closing as reopened; returns whether it stood.
///
/// # Errors
/// When the database refuses.
pub fn mark_reopened(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: ClosingId,
    (at, by): (DateTime<Utc>, &str),
) -> Result<bool, DbError> {
    let values = params![community, id, at, by];
    kept::CLOSINGS.change(tx, community, &params![id], |tx| tx.execute(REOPEN, &values)).map(|rows| rows == 1)
}

pub(crate) fn read(row: &Row<'_>) -> Result<ClosingRow, DbError> {
    let (id, month, fact_seq) = (row.take()?, row.take()?, row.take()?);
    let (figures, closed_by, closed_at) = (row.take()?, row.take()?, row.take()?);
    let (at, by): (Option<DateTime<Utc>>, Option<String>) = (row.take()?, row.take()?);
    let boundary = Boundary { month, fact_seq };
    Ok(ClosingRow { id, boundary, figures, closed_by, closed_at, reopened: at.zip(by) })
}
