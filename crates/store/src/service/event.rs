//! What happened to complaints, who did it and when: written once, never changed.

use chrono::{DateTime, Utc};
use hemu_domain::ids::{CommunityId, ComplaintEventId, ComplaintId, StaffId};
use hemu_domain::service::ComplaintEvent;
use serde_json::Value as Json;

use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// Something that happened to a complaint.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    /// Its id.
    pub id: ComplaintEventId,
    /// The complaint.
    pub complaint_id: ComplaintId,
    /// What.
    pub kind: ComplaintEvent,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by account.
    pub actor_id: Option<StaffId>,
    /// Who.
    pub actor_name: String,
    /// What was said about it; may be empty.
    pub note: String,
    /// What it brought: `department`, `finding`, `remedy`, `satisfaction`, `level`, `promised_on`...
    pub detail: Json,
}

const INSERT: &str =
    "INSERT INTO complaint_event (community_id, id, complaint_id, kind, at, actor_id, actor_name, note, detail, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const LIST: &str = "SELECT id, complaint_id, kind, at, actor_id, actor_name, note, detail FROM complaint_event
    WHERE community_id = $1 AND complaint_id = $2 ORDER BY seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, LIST];

/// What the digest of events covers: all of it.
pub(crate) fn content(community: CommunityId, e: &EventRow, seq: i64) -> [Value; 10] {
    params![
        community,
        e.id,
        e.complaint_id,
        e.kind.as_str(),
        e.at,
        e.actor_id,
        &e.actor_name,
        &e.note,
        Value::sorted_json(&e.detail),
        seq
    ]
}

/// Writes an event.
///
/// # Errors
/// When the database refuses.
pub fn insert_event(tx: &mut Tx<'_>, community: CommunityId, event: &EventRow, seq: i64) -> Result<(), DbError> {
    let values = content(community, event, seq);
    digest::add(tx, community, Register::ComplaintEvents, &SetDigest::of(&values))?;
    tx.execute(INSERT, &values).map(|_| ())
}

/// What happened to a complaint, in order.
///
/// # Errors
/// When the database refuses.
pub fn list_events(tx: &mut Tx<'_>, community: CommunityId, complaint: ComplaintId) -> Result<Vec<EventRow>, DbError> {
    tx.query(LIST, &params![community, complaint], read)
}

pub(crate) fn read(row: &Row<'_>) -> Result<EventRow, DbError> {
    Ok(EventRow {
        id: row.take()?,
        complaint_id: row.take()?,
        kind: row.parse(ComplaintEvent::parse)?,
        at: row.take()?,
        actor_id: row.take()?,
        actor_name: row.take()?,
        note: row.take()?,
        detail: row.take()?,
    })
}
