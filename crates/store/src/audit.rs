//! The audit trail (审计): who did what to which subject, chained per community. Never personal data in `detail`.

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
const LOCK_COMPANY: &str = "INSERT INTO setting (key, value) VALUES ('audit_head', '')
    ON CONFLICT (key) DO UPDATE SET value = setting.value";
const SET_COMPANY_HEAD: &str = "UPDATE setting SET value = $1 WHERE key = 'audit_head'";
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
    let hash = insert(tx, community_id, entry)?;
    match community {
        Some(community) => tx.execute(SET_HEAD, &params![community, hash])?,
        None => tx.execute(SET_COMPANY_HEAD, &params![hemu_domain::hex(&hash)])?,
    };
    Ok(())
}

/// Adds an entry at the end of a chain whose lock is held; returns its hash, the new end.
pub(crate) fn insert(tx: &mut Tx<'_>, community_id: Uuid, entry: &AuditEntry) -> Result<[u8; 32], DbError> {
    let last = tx.query_opt(LAST, &params![community_id], |row| Ok((row.take::<i64>()?, row.take::<[u8; 32]>()?)))?;
    let (seq, previous) = last.map_or((1, chain::START), |(seq, hash)| (seq + 1, hash));
    let content = content(community_id, seq, entry);
    let hash = chain::link(&previous, &content);
    let values: Vec<Value> = content.into_iter().chain(params![previous, hash]).collect();
    tx.execute(INSERT, &values)?;
    Ok(hash)
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

const WALK: &str = "SELECT seq, id, at, actor_id, actor_name, act, subject_kind, subject_id, detail, prev_hash, hash
    FROM audit_entry WHERE community_id = $1 ORDER BY seq";
const HEAD: &str = "SELECT audit_head FROM community WHERE id = $1";
const COMPANY_HEAD: &str = "SELECT value FROM setting WHERE key = 'audit_head'";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[LAST, INSERT, LOCK_COMMUNITY, SET_HEAD, LOCK_COMPANY, SET_COMPANY_HEAD, LIST, WALK, HEAD, COMPANY_HEAD];

/// Walks every chain of the trail, the company's and those of `communities`; each must end where its end is remembered.
///
/// # Errors
/// When the database refuses.
pub fn verify(tx: &mut Tx<'_>, communities: &[CommunityId]) -> Result<Check, DbError> {
    let mut tally = Tally::new("audit_trail_is_as_it_was_written");
    for community in communities {
        let last = walk(tx, community.uuid(), &mut tally)?;
        let head: Option<[u8; 32]> = tx.query_one("community", HEAD, &params![*community], |row| row.take())?;
        tally.row(last == head, || format!("the end of {community}"));
    }
    let last = walk(tx, Uuid::nil(), &mut tally)?;
    let head: Option<String> = tx.query_opt(COMPANY_HEAD, &[], |row| row.take())?;
    tally.row(last.map(|hash| hemu_domain::hex(&hash)) == head, || "the end of the company's trail".to_owned());
    Ok(tally.check())
}

/// Walks one chain; returns its last hash.
fn walk(tx: &mut Tx<'_>, community: Uuid, tally: &mut Tally) -> Result<Option<[u8; 32]>, DbError> {
    let mut end: Option<(i64, [u8; 32])> = None;
    tx.for_each::<DbError>(WALK, &params![community], |row| {
        let seq: i64 = row.take()?;
        let entry = read(row)?;
        let (previous, hash): ([u8; 32], [u8; 32]) = (row.take()?, row.take()?);
        let (last_seq, head) = end.unwrap_or((0, chain::START));
        let linked = previous == head && chain::link(&previous, &content(community, seq, &entry)) == hash;
        tally.row(seq == last_seq + 1 && linked, || format!("entry {seq} of {community}"));
        end = Some((seq, hash));
        Ok(())
    })?;
    Ok(end.map(|(_, hash)| hash))
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
