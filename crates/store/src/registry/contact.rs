//! Contact points (联系方式) of parties: how each was verified, whether it still works. Values are sealed; what is read here
//! may be shown.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{CommunityId, ContactPointId, PartyId};

use crate::{DbError, Row, Tx, params};

/// A contact point as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactView {
    /// Its id.
    pub id: ContactPointId,
    /// Whose.
    pub party_id: PartyId,
    /// `phone`, `email`, `wechat` or `address`.
    pub channel: String,
    /// The masked value.
    pub tail: String,
    /// How it was verified; `None` while doubtful.
    pub verified_how: Option<String>,
    /// When.
    pub verified_on: Option<NaiveDate>,
    /// `self`, `spouse`, `tenant`, `representative` or `emergency`.
    pub relation: String,
    /// Whether the person agreed to be reached there.
    pub consent: bool,
    /// Whether it is the one the person prefers.
    pub preferred: bool,
    /// Since when nothing arrives there.
    pub bounced_on: Option<NaiveDate>,
}

/// A new contact point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact {
    /// What may be shown of it, and how it was verified.
    pub view: ContactView,
    /// Sealed value.
    pub value_sealed: Vec<u8>,
    /// Its search index.
    pub value_index: Vec<u8>,
}

const OF_UNIT: &str =
    "SELECT c.id, c.party_id, c.channel, c.value_tail, c.verified_how, c.verified_on, c.relation, c.consent,
    c.preferred, c.bounced_on FROM contact_point c WHERE c.community_id = $1 AND c.party_id IN (
        SELECT t.party_id FROM tenure t WHERE t.community_id = $1 AND t.unit_id = $2)
    ORDER BY c.party_id, c.preferred DESC, c.id";
const FIND: &str =
    "SELECT id, party_id, channel, value_tail, verified_how, verified_on, relation, consent, preferred, bounced_on
    FROM contact_point WHERE community_id = $1 AND id = $2";
const FIND_VALUE: &str = "SELECT id FROM contact_point WHERE community_id = $1 AND party_id = $2 AND value_index = $3";
const SEALED: &str = "SELECT value_sealed FROM contact_point WHERE community_id = $1 AND id = $2";
const INSERT: &str =
    "INSERT INTO contact_point (community_id, id, party_id, channel, value_sealed, value_index, value_tail,
    verified_how, verified_on, relation, consent, preferred, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
/// A contact somebody has just been reached at works again.
const VERIFY: &str = "UPDATE contact_point SET verified_how = $3, verified_on = $4, bounced_on = NULL
    WHERE community_id = $1 AND id = $2";
const BOUNCE: &str = "UPDATE contact_point SET bounced_on = $3 WHERE community_id = $1 AND id = $2";
const UNPREFER: &str =
    "UPDATE contact_point SET preferred = $3 WHERE community_id = $1 AND party_id = $2 AND preferred";
const SET_WISH: &str = "UPDATE contact_point SET consent = $3, preferred = $4 WHERE community_id = $1 AND id = $2";

/// A point a message may go to, as decisions see it: verified, not bounced.
const USABLE: &str = "SELECT id FROM contact_point WHERE community_id = $1 AND party_id = $2 AND relation = $3
    AND channel <> 'address' AND bounced_on IS NULL AND verified_how IS NOT NULL LIMIT 1";
const RETIRE_OWN: &str = "UPDATE contact_point SET bounced_on = $3
    WHERE community_id = $1 AND party_id = $2 AND relation = 'self' AND bounced_on IS NULL";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[USABLE, RETIRE_OWN, OF_UNIT, FIND, FIND_VALUE, SEALED, INSERT, VERIFY, BOUNCE, UNPREFER, SET_WISH];

/// The contact points of everybody who holds, held or uses a unit; the preferred ones first.
///
/// # Errors
/// When the database refuses.
pub fn list_of_unit(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: hemu_domain::ids::UnitId,
) -> Result<Vec<ContactView>, DbError> {
    tx.query(OF_UNIT, &params![community, unit], read)
}

/// The contact point of that id.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, community: CommunityId, id: ContactPointId) -> Result<Option<ContactView>, DbError> {
    tx.query_opt(FIND, &params![community, id], read)
}

/// The contact point of a party that has that value.
///
/// # Errors
/// When the database refuses.
pub fn find_by_value(
    tx: &mut Tx<'_>,
    community: CommunityId,
    party: PartyId,
    index: &[u8],
) -> Result<Option<ContactPointId>, DbError> {
    tx.query_opt(FIND_VALUE, &params![community, party, index], |row| row.take())
}

/// The sealed value of a contact point.
///
/// # Errors
/// [`DbError::NotFound`] when there is none.
pub fn get_sealed(tx: &mut Tx<'_>, community: CommunityId, id: ContactPointId) -> Result<Vec<u8>, DbError> {
    tx.query_one("contact point", SEALED, &params![community, id], |row| row.take())
}

/// Writes a new contact point.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, contact: &NewContact, at: DateTime<Utc>) -> Result<(), DbError> {
    let view = &contact.view;
    let values = params![
        community,
        view.id,
        view.party_id,
        &view.channel,
        contact.value_sealed.clone(),
        contact.value_index.clone(),
        &view.tail,
        view.verified_how.as_deref(),
        view.verified_on,
        &view.relation,
        view.consent,
        view.preferred,
        at
    ];
    tx.execute(INSERT, &values).map(|_| ())
}

/// Records how and when a contact point was verified; it counts as working again.
///
/// # Errors
/// When the database refuses.
pub fn verify(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: ContactPointId,
    how: &str,
    on: NaiveDate,
) -> Result<(), DbError> {
    tx.execute(VERIFY, &params![community, id, how, on]).map(|_| ())
}

/// Records since when nothing arrives there.
///
/// # Errors
/// When the database refuses.
pub fn mark_bounced(tx: &mut Tx<'_>, community: CommunityId, id: ContactPointId, on: NaiveDate) -> Result<(), DbError> {
    tx.execute(BOUNCE, &params![community, id, on]).map(|_| ())
}

/// Records whether the person agreed to be reached there, and prefers it; one contact point of a party is preferred.
///
/// # Errors
/// When the database refuses.
pub fn set_wish(
    tx: &mut Tx<'_>,
    community: CommunityId,
    party: PartyId,
    id: ContactPointId,
    (consent, preferred): (bool, bool),
) -> Result<(), DbError> {
    if preferred {
        tx.execute(UNPREFER, &params![community, party, false])?;
    }
    tx.execute(SET_WISH, &params![community, id, consent, preferred]).map(|_| ())
}

fn read(row: &Row<'_>) -> Result<ContactView, DbError> {
    Ok(ContactView {
        id: row.take()?,
        party_id: row.take()?,
        channel: row.take()?,
        tail: row.take()?,
        verified_how: row.take()?,
        verified_on: row.take()?,
        relation: row.take()?,
        consent: row.take()?,
        preferred: row.take()?,
        bounced_on: row.take()?,
    })
}

/// Whether a message can reach a person by a point of that relation.
///
/// # Errors
/// When the database refuses.
pub fn has_usable(tx: &mut Tx<'_>, community: CommunityId, party: PartyId, relation: &str) -> Result<bool, DbError> {
    let found = tx.query_opt(USABLE, &params![community, party, relation], |row| row.take::<ContactPointId>())?;
    Ok(found.is_some())
}

/// The person's own points are used no more: somebody else answers for the person.
///
/// # Errors
/// When the database refuses.
pub fn retire_own(tx: &mut Tx<'_>, community: CommunityId, party: PartyId, on: NaiveDate) -> Result<(), DbError> {
    tx.execute(RETIRE_OWN, &params![community, party, on]).map(|_| ())
}
