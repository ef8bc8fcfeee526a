//! What persons asked for about being contacted (联系约定): kept with who wrote it down, ended and never deleted.

use chrono::{NaiveDate, NaiveTime};
use hemu_domain::ids::{CommunityId, ContactLimitId, PartyId, StaffId};
use hemu_domain::outreach::contact_limit::ContactLimit;

use crate::collection::facts::{Scope, Scoped, scoped};
use crate::{DbError, Row, Tx, params};

/// A wish as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactLimitRow {
    /// Its id.
    pub id: ContactLimitId,
    /// Whose.
    pub party_id: PartyId,
    /// What was asked for.
    pub kind: ContactLimit,
    /// The hour, where the kind names one.
    pub at: Option<NaiveTime>,
    /// When it was written down.
    pub set_on: NaiveDate,
    /// By whom.
    pub set_by: (Option<StaffId>, String),
}

/// How an hour is stored.
const HOUR: &str = "%H:%M";

const INSERT: &str = "INSERT INTO contact_limit (community_id, id, party_id, kind, at_time, set_on, set_by_id, set_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const END: &str = "UPDATE contact_limit SET ended_on = $3 WHERE community_id = $1 AND id = $2 AND ended_on IS NULL";
const OF_PARTY: &str = "SELECT id, party_id, kind, at_time, set_on, set_by_id, set_by FROM contact_limit
    WHERE community_id = $1 AND party_id = $2 AND ended_on IS NULL ORDER BY set_on, id";
const OF_PAYERS: Scoped = scoped!(
    "SELECT party_id, kind, at_time FROM contact_limit WHERE community_id = $1 AND ended_on IS NULL",
    " AND party_id IN ({ids})",
    " ORDER BY party_id, id"
);

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, END, OF_PARTY, OF_PAYERS.all, OF_PAYERS.few];

/// Writes a wish down.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, limit: &ContactLimitRow) -> Result<(), DbError> {
    let values = params![
        community,
        limit.id,
        limit.party_id,
        limit.kind.as_str(),
        limit.at.map(|at| at.format(HOUR).to_string()),
        limit.set_on,
        limit.set_by.0,
        &limit.set_by.1
    ];
    tx.execute(INSERT, &values).map(|_| ())
}

/// Ends a wish on a day; false when there is none, or it ended before.
///
/// # Errors
/// When the database refuses.
pub fn end(tx: &mut Tx<'_>, community: CommunityId, id: ContactLimitId, on: NaiveDate) -> Result<bool, DbError> {
    tx.execute(END, &params![community, id, on]).map(|rows| rows == 1)
}

/// What a person asked for, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_of_party(tx: &mut Tx<'_>, community: CommunityId, party: PartyId) -> Result<Vec<ContactLimitRow>, DbError> {
    tx.query(OF_PARTY, &params![community, party], |row| {
        Ok(ContactLimitRow {
            id: row.take()?,
            party_id: row.take()?,
            kind: row.parse(ContactLimit::parse)?,
            at: read_hour(row)?,
            set_on: row.take()?,
            set_by: (row.take()?, row.take()?),
        })
    })
}

/// A wish of a payer, with its hour.
pub type WishOf = (PartyId, (ContactLimit, Option<NaiveTime>));

/// What the payers of a community, or of a few cases, asked for.
///
/// # Errors
/// When the database refuses.
pub fn list_of_payers(tx: &mut Tx<'_>, community: CommunityId, scope: Scope<'_>) -> Result<Vec<WishOf>, DbError> {
    scope.query_by_party(tx, OF_PAYERS, &params![community], |row| {
        Ok((row.take()?, (row.parse(ContactLimit::parse)?, read_hour(row)?)))
    })
}

fn read_hour(row: &Row<'_>) -> Result<Option<NaiveTime>, DbError> {
    row.parse_opt(|text| NaiveTime::parse_from_str(text, HOUR))
}
