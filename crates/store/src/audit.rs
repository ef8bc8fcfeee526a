//! The audit trail (审计): who did what to which subject, chained per community. Never personal data in `detail`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use hemu_domain::ids::{AuditId, CommunityId, StaffId};
use uuid::Uuid;

use crate::check::{Check, Tally};
use crate::{DbError, Row, Tx, Value, chain, params};

/// One act of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// When, by the application's clock.
    pub at: DateTime<Utc>,
    /// Who; `None` for the local operator of the command line and for the system's own jobs.
    pub actor_id: Option<StaffId>,
    /// The name at that time.
    pub actor_name: String,
    /// What was done: `receipt.take`, `contact_point.reveal`.
    pub act: String,
    /// To what kind of thing.
    pub subject_kind: String,
    /// To which.
    pub subject_id: Option<Uuid>,
    /// What matters of it, without personal data.
    pub detail: serde_json::Value,
}

const LAST: &str = "SELECT seq, hash FROM audit_entry WHERE community_id = $1 ORDER BY seq DESC LIMIT 1";
const INSERT: &str = "INSERT INTO audit_entry
    (community_id, seq, id, at, actor_id, actor_name, act, subject_kind, subject_id, detail, prev_hash, hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const LOCK_COMMUNITY: &str = "UPDATE community SET audit_head = audit_head WHERE id = $1";
const SET_HEAD: &str = "UPDATE community SET audit_head = $2 WHERE id = $1";
const LOCK_COMPANY: &str =
    "INSERT INTO setting (key, value) VALUES ('audit_lock', '') ON CONFLICT (key) DO UPDATE SET value = ''";
const LIST: &str = "SELECT seq, id, at, actor_id, actor_name, act, subject_kind, subject_id, detail FROM audit_entry
    WHERE community_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";

/// Adds an entry at the end of the community's chain; the company-wide chain when `community` is `None`.
///
/// # Errors
/// When the database refuses.
pub fn append(tx: &mut Tx<'_>, community: Option<CommunityId>, entry: &AuditEntry) -> Result<(), DbError> {
    let community_id = community.map_or(Uuid::nil(), CommunityId::uuid);
    match community {
        Some(community) => tx.execute(LOCK_COMMUNITY, &params![community])?,
        None => tx.execute(LOCK_COMPANY, &[])?,
    };
    let last = tx.query_opt(LAST, &params![community_id], |row| Ok((row.take::<i64>()?, row.take::<[u8; 32]>()?)))?;
    let (seq, previous) = last.map_or((1, chain::START), |(seq, hash)| (seq + 1, hash));
    let content = content(community_id, seq, entry);
    let hash = chain::link(&previous, &content);
    let values: Vec<Value> = content.into_iter().chain(params![previous, hash]).collect();
    tx.execute(INSERT, &values)?;
    if let Some(community) = community {
        tx.execute(SET_HEAD, &params![community, hash])?;
    }
    Ok(())
}

fn content(community_id: Uuid, seq: i64, entry: &AuditEntry) -> Vec<Value> {
    params![
        community_id,
        seq,
        entry.id,
        entry.at,
        entry.actor_id,
        &entry.actor_name,
        &entry.act,
        &entry.subject_kind,
        entry.subject_id,
        entry.detail.clone()
    ]
    .to_vec()
}

/// Entries before `before_seq` (exclusive), newest first, with their sequence numbers.
///
/// # Errors
/// When the database refuses.
pub fn list_before(
    tx: &mut Tx<'_>,
    community: Option<CommunityId>,
    before_seq: i64,
    limit: i64,
) -> Result<Vec<(i64, AuditEntry)>, DbError> {
    let community_id = community.map_or(Uuid::nil(), CommunityId::uuid);
    tx.query(LIST, &params![community_id, before_seq, limit], |row| Ok((row.take()?, read(row)?)))
}

const WALK: &str =
    "SELECT community_id, seq, id, at, actor_id, actor_name, act, subject_kind, subject_id, detail, prev_hash, hash
    FROM audit_entry ORDER BY community_id, seq";
const HEADS: &str = "SELECT id, audit_head FROM community WHERE audit_head IS NOT NULL ORDER BY id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[LAST, INSERT, LOCK_COMMUNITY, SET_HEAD, LOCK_COMPANY, LIST, WALK, HEADS];

/// Walks every chain of the trail; a community's chain must end where the community remembers.
///
/// # Errors
/// When the database refuses.
pub fn verify(tx: &mut Tx<'_>) -> Result<Check, DbError> {
    let mut tally = Tally::new("audit_trail_is_as_it_was_written");
    let mut heads: HashMap<Uuid, (i64, [u8; 32])> = HashMap::new();
    tx.for_each::<DbError>(WALK, &[], |row| {
        let (community, seq): (Uuid, i64) = (row.take()?, row.take()?);
        let entry = read(row)?;
        let (previous, hash): ([u8; 32], [u8; 32]) = (row.take()?, row.take()?);
        let (last_seq, head) = heads.get(&community).copied().unwrap_or((0, chain::START));
        let holds =
            seq == last_seq + 1 && previous == head && chain::link(&previous, &content(community, seq, &entry)) == hash;
        tally.row(holds, || format!("entry {seq} of {community}"));
        heads.insert(community, (seq, hash));
        Ok(())
    })?;
    tx.for_each::<DbError>(HEADS, &[], |row| {
        let (community, head): (Uuid, [u8; 32]) = (row.take()?, row.take()?);
        tally.row(heads.get(&community).is_some_and(|(_, last)| *last == head), || format!("the end of {community}"));
        Ok(())
    })?;
    Ok(tally.check())
}

fn read(row: &Row<'_>) -> Result<AuditEntry, DbError> {
    Ok(AuditEntry {
        id: row.take()?,
        at: row.take()?,
        actor_id: row.take()?,
        actor_name: row.take()?,
        act: row.take()?,
        subject_kind: row.take()?,
        subject_id: row.take()?,
        detail: row.take()?,
    })
}
