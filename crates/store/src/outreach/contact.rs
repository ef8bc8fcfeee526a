//! The contact log (沟通记录): every contact, human or system, chained per payer; feeds budgets and evidence.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{ActionId, CaseId, CommunityId, ContactLogId, ContactPointId, PartyId, StaffId};

use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, chain, params};

/// A contact as stored; the note is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRow {
    /// Its id.
    pub id: ContactLogId,
    /// The case it bears on.
    pub case_id: Option<CaseId>,
    /// The payer.
    pub party_id: PartyId,
    /// The planned step it carried out.
    pub action_id: Option<ActionId>,
    /// `phone`, `visit`, `sms`, `wechat`, `email`, `letter`, `counter` or `board`.
    pub channel: String,
    /// `out` or `in`.
    pub direction: String,
    /// Outcome code.
    pub outcome: String,
    /// Whether the payer was the one spoken to.
    pub right_party: bool,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// The day in China.
    pub happened_on: NaiveDate,
    /// What was said, sealed.
    pub note_sealed: Option<Vec<u8>>,
    /// What comes next.
    pub next_step: Option<String>,
    /// By when.
    pub next_on: Option<NaiveDate>,
    /// Who made it; `None` for the system.
    pub staff_id: Option<StaffId>,
    /// Their name.
    pub staff_name: String,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
    /// Who wanted it: `ours`, `call_back` or `owner`.
    pub initiative: String,
    /// The rule of the contact budget it broke; `None` for most.
    pub breach: Option<String>,
    /// The script that was shown, with its edition.
    pub script: Option<String>,
}

/// A contact point with its sealed value, for sending and revealing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedPoint {
    /// Its id.
    pub id: ContactPointId,
    /// `phone`, `email`, `wechat` or `address`.
    pub channel: String,
    /// Sealed value.
    pub value_sealed: Vec<u8>,
    /// What may be shown.
    pub value_tail: String,
    /// Since when messages to it bounce.
    pub bounced_on: Option<NaiveDate>,
    /// How it was verified.
    pub verified_how: Option<String>,
    /// Whose it is.
    pub relation: String,
}

const LAST_HASH: &str =
    "SELECT hash FROM contact_log WHERE community_id = $1 AND party_id = $2 ORDER BY seq DESC LIMIT 1";
const LOCK_PARTY: &str = "UPDATE party SET name = name WHERE community_id = $1 AND id = $2";
const INSERT: &str = "INSERT INTO contact_log (community_id, id, case_id, party_id, action_id, channel, direction, outcome,
    right_party, happened_at, happened_on, note_sealed, next_step, next_on, staff_id, staff_name, recorded_at, initiative,
    breach, script, seq, prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
    $20, $21, $22, $23)";
const OF_PARTY: &str = "SELECT id, case_id, party_id, action_id, channel, direction, outcome, right_party, happened_at,
    happened_on, note_sealed, next_step, next_on, staff_id, staff_name, recorded_at, initiative, breach, script
    FROM contact_log WHERE community_id = $1 AND party_id = $2 ORDER BY seq";
const POINTS: &str =
    "SELECT id, channel, value_sealed, value_tail, bounced_on, verified_how, relation FROM contact_point
    WHERE community_id = $1 AND party_id = $2 ORDER BY preferred DESC, id";
const BOUNCE: &str = "UPDATE contact_point SET bounced_on = $3 WHERE community_id = $1 AND id = $2";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[LAST_HASH, LOCK_PARTY, INSERT, OF_PARTY, POINTS, BOUNCE];

/// What a contact's hash covers: all of it.
#[must_use]
pub fn content(community: CommunityId, c: &ContactRow, seq: i64) -> Vec<Value> {
    params![
        community,
        c.id,
        c.case_id,
        c.party_id,
        c.action_id,
        &c.channel,
        &c.direction,
        &c.outcome,
        c.right_party,
        c.happened_at,
        c.happened_on,
        c.note_sealed.clone(),
        c.next_step.as_deref(),
        c.next_on,
        c.staff_id,
        &c.staff_name,
        c.recorded_at,
        &c.initiative,
        c.breach.as_deref(),
        c.script.as_deref(),
        seq
    ]
    .to_vec()
}

/// Writes a contact at the end of its payer's chain.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, contact: &ContactRow, seq: i64) -> Result<(), DbError> {
    tx.execute(LOCK_PARTY, &params![community, contact.party_id])?;
    let last = tx.query_opt(LAST_HASH, &params![community, contact.party_id], |row| row.take::<[u8; 32]>())?;
    let previous = last.unwrap_or(chain::START);
    let content = content(community, contact, seq);
    let hash = chain::link(&previous, &content);
    digest::add(tx, community, Register::Contacts, &SetDigest::of(&content))?;
    let values: Vec<Value> = content.into_iter().chain(params![previous, hash]).collect();
    tx.execute(INSERT, &values).map(|_| ())
}

/// All contacts with a payer, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_of_party(tx: &mut Tx<'_>, community: CommunityId, party: PartyId) -> Result<Vec<ContactRow>, DbError> {
    tx.query(OF_PARTY, &params![community, party], read)
}

/// How a payer can be reached, sealed, the preferred way first.
///
/// # Errors
/// When the database refuses.
pub fn list_sealed_points(
    tx: &mut Tx<'_>,
    community: CommunityId,
    party: PartyId,
) -> Result<Vec<SealedPoint>, DbError> {
    tx.query(POINTS, &params![community, party], |row| {
        Ok(SealedPoint {
            id: row.take()?,
            channel: row.take()?,
            value_sealed: row.take()?,
            value_tail: row.take()?,
            bounced_on: row.take()?,
            verified_how: row.take()?,
            relation: row.take()?,
        })
    })
}

/// Marks a contact point as one that messages do not reach.
///
/// # Errors
/// When the database refuses.
pub fn mark_bounced(
    tx: &mut Tx<'_>,
    community: CommunityId,
    point: ContactPointId,
    on: NaiveDate,
) -> Result<(), DbError> {
    tx.execute(BOUNCE, &params![community, point, on]).map(|_| ())
}

/// A contact, in the order of the columns.
pub(crate) fn read(row: &Row<'_>) -> Result<ContactRow, DbError> {
    Ok(ContactRow {
        id: row.take()?,
        case_id: row.take()?,
        party_id: row.take()?,
        action_id: row.take()?,
        channel: row.take()?,
        direction: row.take()?,
        outcome: row.take()?,
        right_party: row.take()?,
        happened_at: row.take()?,
        happened_on: row.take()?,
        note_sealed: row.take()?,
        next_step: row.take()?,
        next_on: row.take()?,
        staff_id: row.take()?,
        staff_name: row.take()?,
        recorded_at: row.take()?,
        initiative: row.take()?,
        breach: row.take()?,
        script: row.take()?,
    })
}
