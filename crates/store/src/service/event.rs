//! What happened to complaints, who did it and when: written once, never changed.

use chrono::{DateTime, Utc};
use hemu_domain::ids::{CommunityId, ComplaintEventId, ComplaintId, StaffId};
use hemu_domain::service::ComplaintEvent;
use serde_json::Value as Json;

use crate::db::{BulkTable, ColumnKind};
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

const LIST: &str = "SELECT id, complaint_id, kind, at, actor_id, actor_name, note, detail FROM complaint_event
    WHERE community_id = $1 AND complaint_id = $2 ORDER BY seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[LIST];

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

static EVENTS: BulkTable = BulkTable {
    table: "complaint_event",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("complaint_id", ColumnKind::Uuid),
        ("kind", ColumnKind::Text),
        ("at", ColumnKind::Time),
        ("actor_id", ColumnKind::Uuid),
        ("actor_name", ColumnKind::Text),
        ("note", ColumnKind::Text),
        ("detail", ColumnKind::Json),
        ("seq", ColumnKind::Int),
    ],
};

/// Writes events.
///
/// # Errors
/// When the database refuses.
pub fn insert_events(
    tx: &mut Tx<'_>,
    community: CommunityId,
    events: &[EventRow],
    first_seq: i64,
) -> Result<(), DbError> {
    let rows: Vec<[Value; 10]> =
        events.iter().zip(first_seq..).map(|(one, seq)| content(community, one, seq)).collect();
    let mut added = SetDigest::default();
    rows.iter().for_each(|row| added.join(&SetDigest::of(row)));
    digest::add(tx, community, Register::ComplaintEvents, &added)?;
    tx.bulk_insert(&EVENTS, rows).map(|_| ())
}

/// Writes an event.
///
/// # Errors
/// When the database refuses.
pub fn insert_event(tx: &mut Tx<'_>, community: CommunityId, event: &EventRow, seq: i64) -> Result<(), DbError> {
    insert_events(tx, community, std::slice::from_ref(event), seq)
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
