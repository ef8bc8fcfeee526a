//! Attempts: single-use tries to deliver, fenced by a token, and what providers report about them.

use chrono::{DateTime, Utc};
use hemu_domain::ids::{ActionId, AttemptId, CaseId, CommunityId, DeliveryEventId};
use uuid::Uuid;

use crate::{DbError, Row, Tx, params};

/// A try as stored; recipient and text are sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRow {
    /// Its id; also the key the provider gets.
    pub id: AttemptId,
    /// The message.
    pub action_id: ActionId,
    /// Always counting up within the action.
    pub attempt_no: i64,
    /// An acknowledgement must bring this token.
    pub token: Uuid,
    /// `sms`, `wechat` or `email`.
    pub channel: String,
    /// Which gateway.
    pub gateway: String,
    /// Sealed address.
    pub recipient_sealed: Vec<u8>,
    /// What may be shown of the address.
    pub recipient_tail: String,
    /// Whether it was proven to be the payer's when the message was claimed: only then a delivery is a demand that reached them.
    pub recipient_verified: bool,
    /// Sealed text.
    pub content_sealed: Vec<u8>,
    /// SHA-256 of the text, kept as evidence.
    pub content_hash: [u8; 32],
    /// Which template.
    pub template_key: String,
    /// Which version of it.
    pub template_version: i64,
    /// `in_flight`, `sent`, `failed_permanent`, `uncertain` or `abandoned`.
    pub state: String,
    /// What the provider calls it.
    pub provider_id: Option<String>,
    /// What the provider said.
    pub provider_said: Option<String>,
    /// When it was claimed.
    pub created_at: DateTime<Utc>,
    /// When the claim runs out.
    pub lease_until: DateTime<Utc>,
}

/// What a provider reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Its id.
    pub id: DeliveryEventId,
    /// The try it is about.
    pub attempt_id: AttemptId,
    /// `accepted`, `delivered`, `read`, `bounced` or `refused`.
    pub kind: String,
    /// The provider's id of the report: the same report twice is one.
    pub provider_event_id: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// When we learned of it.
    pub recorded_at: DateTime<Utc>,
}

const INSERT: &str = "INSERT INTO attempt (community_id, id, action_id, attempt_no, token, channel, gateway, recipient_sealed,
    recipient_tail, recipient_verified, content_sealed, content_hash, template_key, template_version, state, provider_id, provider_said, created_at,
    lease_until, finished_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
const FINISH: &str = "UPDATE attempt SET state = $4, provider_id = $5, provider_said = $6, finished_at = $7
    WHERE community_id = $1 AND id = $2 AND token = $3 AND state IN ('in_flight', 'uncertain')";
const LAST_NO: &str =
    "SELECT CAST(COALESCE(MAX(attempt_no), 0) AS BIGINT) FROM attempt WHERE community_id = $1 AND action_id = $2";
const EXPIRED: &str = "SELECT id, action_id, attempt_no, token, channel, gateway, recipient_sealed, recipient_tail,
    recipient_verified, content_sealed, content_hash, template_key, template_version, state, provider_id, provider_said, created_at, lease_until
    FROM attempt WHERE community_id = $1 AND state = 'in_flight' AND lease_until <= $2 ORDER BY id";
const OF_CASE: &str = "SELECT t.id, t.action_id, t.attempt_no, t.token, t.channel, t.gateway, t.recipient_sealed,
    t.recipient_tail, t.recipient_verified, t.content_sealed, t.content_hash, t.template_key, t.template_version, t.state, t.provider_id,
    t.provider_said, t.created_at, t.lease_until
    FROM attempt t JOIN action a ON a.community_id = t.community_id AND a.id = t.action_id
    WHERE t.community_id = $1 AND a.case_id = $2 ORDER BY t.id";
const FIND: &str = "SELECT id, action_id, attempt_no, token, channel, gateway, recipient_sealed, recipient_tail,
    recipient_verified, content_sealed, content_hash, template_key, template_version, state, provider_id, provider_said, created_at, lease_until
    FROM attempt WHERE community_id = $1 AND id = $2";
const OF_ACTIONS: &str = "SELECT id, action_id, attempt_no, token, channel, gateway, recipient_sealed, recipient_tail,
    recipient_verified, content_sealed, content_hash, template_key, template_version, state, provider_id, provider_said, created_at, lease_until
    FROM attempt WHERE community_id = $1 AND action_id IN ({ids}) ORDER BY id";
const INSERT_EVENT: &str =
    "INSERT INTO delivery_event (community_id, id, attempt_id, kind, provider_event_id, at, recorded_at,
    seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (community_id, attempt_id, provider_event_id) DO NOTHING";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[INSERT, FINISH, LAST_NO, EXPIRED, OF_CASE, FIND, INSERT_EVENT];

/// Writes a claimed try.
///
/// # Errors
/// [`DbError::Duplicate`] when another worker claimed the same number.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, a: &AttemptRow) -> Result<(), DbError> {
    let values = params![
        community,
        a.id,
        a.action_id,
        a.attempt_no,
        a.token,
        &a.channel,
        &a.gateway,
        a.recipient_sealed.clone(),
        &a.recipient_tail,
        a.recipient_verified,
        a.content_sealed.clone(),
        a.content_hash,
        &a.template_key,
        a.template_version,
        &a.state,
        a.provider_id.as_deref(),
        a.provider_said.as_deref(),
        a.created_at,
        a.lease_until,
        None::<DateTime<Utc>>
    ];
    tx.execute(INSERT, &values).map(|_| ())
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// `sent`, `failed_permanent`, `uncertain` or `abandoned`.
    pub state: &'static str,
    /// What the provider calls it.
    pub provider_id: Option<String>,
    /// What the provider said.
    pub provider_said: Option<String>,
}

/// Writes how a try ended; false when the token does not fit or it had ended (the fence).
///
/// # Errors
/// When the database refuses.
pub fn finish(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: AttemptId,
    token: Uuid,
    ending: &Ending,
    at: DateTime<Utc>,
) -> Result<bool, DbError> {
    let values =
        params![community, id, token, ending.state, ending.provider_id.as_deref(), ending.provider_said.as_deref(), at];
    tx.execute(FINISH, &values).map(|rows| rows == 1)
}

/// The number of the last try of an action, 0 when there was none.
///
/// # Errors
/// When the database refuses.
pub fn last_no(tx: &mut Tx<'_>, community: CommunityId, action: ActionId) -> Result<i64, DbError> {
    tx.query_one("attempt number", LAST_NO, &params![community, action], |row| row.take())
}

/// Tries whose claim ran out: their worker died or is late.
///
/// # Errors
/// When the database refuses.
pub fn list_expired(tx: &mut Tx<'_>, community: CommunityId, now: DateTime<Utc>) -> Result<Vec<AttemptRow>, DbError> {
    tx.query(EXPIRED, &params![community, now], read)
}

/// All tries of a case.
///
/// # Errors
/// When the database refuses.
pub fn list_of_case(tx: &mut Tx<'_>, community: CommunityId, case: CaseId) -> Result<Vec<AttemptRow>, DbError> {
    tx.query(OF_CASE, &params![community, case], read)
}

/// All tries of these actions.
///
/// # Errors
/// When the database refuses.
pub fn list_of_actions(tx: &mut Tx<'_>, community: CommunityId, actions: &[Uuid]) -> Result<Vec<AttemptRow>, DbError> {
    tx.query_in(OF_ACTIONS, &params![community], actions, read)
}

/// One try.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, community: CommunityId, id: AttemptId) -> Result<Option<AttemptRow>, DbError> {
    tx.query_opt(FIND, &params![community, id], read)
}

/// Records a report; false when it was known (I22).
///
/// # Errors
/// When the database refuses.
pub fn insert_event(tx: &mut Tx<'_>, community: CommunityId, e: &EventRow, seq: i64) -> Result<bool, DbError> {
    let values = params![community, e.id, e.attempt_id, &e.kind, &e.provider_event_id, e.at, e.recorded_at, seq];
    tx.execute(INSERT_EVENT, &values).map(|rows| rows == 1)
}

fn read(row: &Row<'_>) -> Result<AttemptRow, DbError> {
    Ok(AttemptRow {
        id: row.take()?,
        action_id: row.take()?,
        attempt_no: row.take()?,
        token: row.take()?,
        channel: row.take()?,
        gateway: row.take()?,
        recipient_sealed: row.take()?,
        recipient_tail: row.take()?,
        recipient_verified: row.take()?,
        content_sealed: row.take()?,
        content_hash: row.take()?,
        template_key: row.take()?,
        template_version: row.take()?,
        state: row.take()?,
        provider_id: row.take()?,
        provider_said: row.take()?,
        created_at: row.take()?,
        lease_until: row.take()?,
    })
}
