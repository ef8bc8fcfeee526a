//! Public display (公示) of fee standards: what was shown, where, since when (A2).

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{CommunityId, FeeStandardId, PublicDisplayId};

use crate::{DbError, Tx, kept, params};

/// A public display as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayRow {
    /// Its id.
    pub id: PublicDisplayId,
    /// The standard shown; `None` for the whole list.
    pub fee_standard_id: Option<FeeStandardId>,
    /// What was shown.
    pub what: String,
    /// Where.
    pub place: String,
    /// Since when.
    pub displayed_on: NaiveDate,
    /// Who recorded it.
    pub author_name: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

const INSERT: &str = "INSERT INTO public_display (community_id, id, fee_standard_id, what, place, displayed_on,
    author_name, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const LIST: &str = "SELECT id, fee_standard_id, what, place, displayed_on, author_name, created_at
    FROM public_display WHERE community_id = $1 ORDER BY displayed_on DESC, id DESC";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, LIST];

/// Writes a public display.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, display: &DisplayRow) -> Result<(), DbError> {
    let d = display;
    let values =
        params![community, d.id, d.fee_standard_id, &d.what, &d.place, d.displayed_on, &d.author_name, d.created_at];
    tx.execute(INSERT, &values)?;
    kept::DISPLAYS.note(tx, community, [&values])
}

/// All public displays of a community, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<DisplayRow>, DbError> {
    tx.query(LIST, &params![community], |row| {
        Ok(DisplayRow {
            id: row.take()?,
            fee_standard_id: row.take()?,
            what: row.take()?,
            place: row.take()?,
            displayed_on: row.take()?,
            author_name: row.take()?,
            created_at: row.take()?,
        })
    })
}
