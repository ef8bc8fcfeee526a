//! Flags (特殊情况, 历史遗留问题) of units and parties: each with reason, author, expiry and effect (A4).

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{CommunityId, FlagId, PartyId, StaffId, UnitId};

use crate::{DbError, Row, Tx, params};

/// A flag as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagRow {
    /// Its id.
    pub id: FlagId,
    /// The unit it is about.
    pub unit_id: Option<UnitId>,
    /// The party it is about.
    pub party_id: Option<PartyId>,
    /// What it is, in the office's words.
    pub kind: String,
    /// Why it was set.
    pub reason: String,
    /// What it does to collection: `none`, `soften`, `no_visit`, `no_call`, `hold_contact` or `hold_formal`.
    pub effect: String,
    /// Who set it.
    pub author_id: Option<StaffId>,
    /// The author's name at that time.
    pub author_name: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// The last day it counts.
    pub expires_on: NaiveDate,
    /// The day it was taken back.
    pub ended_on: Option<NaiveDate>,
}

const INSERT: &str =
    "INSERT INTO flag (community_id, id, unit_id, party_id, kind, reason, effect, author_id, author_name,
    created_at, expires_on, ended_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const END: &str = "UPDATE flag SET ended_on = $3 WHERE community_id = $1 AND id = $2 AND ended_on IS NULL";
const OF_UNIT: &str = "SELECT id, unit_id, party_id, kind, reason, effect, author_id, author_name, created_at, expires_on, ended_on
    FROM flag WHERE community_id = $1 AND (unit_id = $2 OR party_id IN (
        SELECT t.party_id FROM tenure t WHERE t.community_id = $1 AND t.unit_id = $2 AND (t.ends_on IS NULL OR t.ends_on >= $3)))
    ORDER BY id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, END, OF_UNIT];

/// Writes a new flag.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, flag: &FlagRow) -> Result<(), DbError> {
    let values = params![
        community,
        flag.id,
        flag.unit_id,
        flag.party_id,
        &flag.kind,
        &flag.reason,
        &flag.effect,
        flag.author_id,
        &flag.author_name,
        flag.created_at,
        flag.expires_on,
        flag.ended_on
    ];
    tx.execute(INSERT, &values).map(|_| ())
}

/// Takes a flag back on a day; false when there is none, or it was taken back before.
///
/// # Errors
/// When the database refuses.
pub fn end(tx: &mut Tx<'_>, community: CommunityId, id: FlagId, on: NaiveDate) -> Result<bool, DbError> {
    tx.execute(END, &params![community, id, on]).map(|rows| rows == 1)
}

/// All flags of a unit and of those who hold or use it on a day, also those that no longer count, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_of_unit(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
    today: NaiveDate,
) -> Result<Vec<FlagRow>, DbError> {
    tx.query(OF_UNIT, &params![community, unit, today], read)
}

fn read(row: &Row<'_>) -> Result<FlagRow, DbError> {
    Ok(FlagRow {
        id: row.take()?,
        unit_id: row.take()?,
        party_id: row.take()?,
        kind: row.take()?,
        reason: row.take()?,
        effect: row.take()?,
        author_id: row.take()?,
        author_name: row.take()?,
        created_at: row.take()?,
        expires_on: row.take()?,
        ended_on: row.take()?,
    })
}
