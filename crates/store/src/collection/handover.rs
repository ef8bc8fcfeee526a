//! Who holds a task (领取), and what was handed over between shifts (交接).
//!
//! A task is taken by one statement that changes a row only while nobody else holds it, so of two at once one gets it, on
//! every engine. A hold ends by itself: what somebody forgot is free again after some hours.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{CommunityId, HandoverId, StaffId, TaskId};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{DbError, Tx, params};

/// Who holds a task, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The account.
    pub id: StaffId,
    /// The name.
    pub name: String,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// What was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoverRow {
    /// Its id.
    pub id: HandoverId,
    /// Who gave.
    pub from: (StaffId, String),
    /// Who took.
    pub to: (StaffId, String),
    /// What the next person should know.
    pub note: String,
    /// The tasks, by id.
    pub tasks: Json,
    /// How many.
    pub task_count: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The day in China.
    pub on: NaiveDate,
}

const TAKE: &str = "UPDATE task SET taken_by = $3, taken_by_name = $4, taken_until = $5
    WHERE community_id = $1 AND id = $2 AND state = 'open'
    AND (taken_by IS NULL OR taken_by = $3 OR taken_until <= $6)";
const RELEASE: &str = "UPDATE task SET taken_by = NULL, taken_by_name = NULL, taken_until = NULL
    WHERE community_id = $1 AND id = $2 AND state = 'open'";
const HOLDER: &str = "SELECT taken_by, taken_by_name, taken_until FROM task
    WHERE community_id = $1 AND id = $2 AND state = 'open' AND taken_until > $3";
/// What a person holds, and what is theirs and held by nobody else.
const OPEN_OF: &str = "SELECT id FROM task WHERE community_id = $1 AND state = 'open'
    AND ((taken_by = $2 AND taken_until > $3)
        OR (staff_id = $2 AND (taken_by IS NULL OR taken_by = $2 OR taken_until <= $3))) ORDER BY due_on, id";
const GIVE: &str = "UPDATE task SET staff_id = $2, taken_by = NULL, taken_by_name = NULL, taken_until = NULL
    WHERE community_id = $1 AND state = 'open' AND id IN ({ids})";
const INSERT: &str = "INSERT INTO task_handover (community_id, id, from_id, from_name, to_id, to_name, note, tasks,
    task_count, at, handed_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const LIST: &str = "SELECT id, from_id, from_name, to_id, to_name, note, tasks, task_count, at, handed_on
    FROM task_handover WHERE community_id = $1 ORDER BY id DESC LIMIT $2";

/// Every statement of this module but the one with an id list.
pub const STATEMENTS: &[&str] = &[TAKE, RELEASE, HOLDER, OPEN_OF, INSERT, LIST];

/// Takes an open task that nobody else holds now; false when somebody does, or it is not open.
///
/// # Errors
/// When the database refuses.
pub fn take(
    tx: &mut Tx<'_>,
    community: CommunityId,
    task: TaskId,
    holder: &Holder,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let taken = params![community, task, holder.id, &holder.name, holder.until, now];
    tx.execute(TAKE, &taken).map(|rows| rows == 1)
}

/// Frees an open task; false when it is not open.
///
/// # Errors
/// When the database refuses.
pub fn release(tx: &mut Tx<'_>, community: CommunityId, task: TaskId) -> Result<bool, DbError> {
    tx.execute(RELEASE, &params![community, task]).map(|rows| rows == 1)
}

/// Who holds an open task now.
///
/// # Errors
/// When the database refuses.
pub fn find_holder(
    tx: &mut Tx<'_>,
    community: CommunityId,
    task: TaskId,
    now: DateTime<Utc>,
) -> Result<Option<Holder>, DbError> {
    tx.query_opt(HOLDER, &params![community, task, now], |row| {
        Ok(Holder { id: row.take()?, name: row.take()?, until: row.take()? })
    })
}

/// The open tasks a person holds, and those of theirs that nobody else holds.
///
/// # Errors
/// When the database refuses.
pub fn list_open_of(
    tx: &mut Tx<'_>,
    community: CommunityId,
    staff: StaffId,
    now: DateTime<Utc>,
) -> Result<Vec<TaskId>, DbError> {
    tx.query(OPEN_OF, &params![community, staff, now], |row| row.take())
}

/// Gives open tasks to a person, held by nobody.
///
/// # Errors
/// When the database refuses.
pub fn give(tx: &mut Tx<'_>, community: CommunityId, tasks: &[TaskId], to: StaffId) -> Result<u64, DbError> {
    let ids: Vec<Uuid> = tasks.iter().map(|task| task.uuid()).collect();
    tx.execute_in(GIVE, &params![community, to], &ids)
}

/// Records what was handed over.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, row: &HandoverRow) -> Result<(), DbError> {
    let values = params![
        community,
        row.id,
        row.from.0,
        &row.from.1,
        row.to.0,
        &row.to.1,
        &row.note,
        row.tasks.clone(),
        row.task_count,
        row.at,
        row.on
    ];
    tx.execute(INSERT, &values).map(|_| ())
}

/// What was handed over, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(tx: &mut Tx<'_>, community: CommunityId, limit: i64) -> Result<Vec<HandoverRow>, DbError> {
    tx.query(LIST, &params![community, limit], |row| {
        Ok(HandoverRow {
            id: row.take()?,
            from: (row.take()?, row.take()?),
            to: (row.take()?, row.take()?),
            note: row.take()?,
            tasks: row.take()?,
            task_count: row.take()?,
            at: row.take()?,
            on: row.take()?,
        })
    })
}
