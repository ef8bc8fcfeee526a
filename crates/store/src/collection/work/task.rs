//! Tasks (任务): what a person has to do.

use chrono::NaiveDate;
use hemu_domain::ids::{ActionId, CaseId, CommunityId, StaffId, TaskId};

use crate::collection::facts::{Scope, Scoped, scoped};
use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Row, Tx, Value, params};

/// A task of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRow {
    /// Its id.
    pub id: TaskId,
    /// The case it is about.
    pub case_id: Option<CaseId>,
    /// The planned step it carries out.
    pub action_id: Option<ActionId>,
    /// `call`, `visit`, `senior_talk`...
    pub kind: String,
    /// One line, without personal data.
    pub title: String,
    /// Whose task it is; `None` for anybody of the community.
    pub staff_id: Option<StaffId>,
    /// When it is due.
    pub due_on: NaiveDate,
    /// When in the day it fits, such as 周末 14:00-18:00.
    pub fitting_time: String,
    /// `open`, `done` or `cancelled`.
    pub state: String,
    /// What came of it.
    pub result: Option<String>,
    /// When it was made.
    pub created_on: NaiveDate,
    /// When it was done.
    pub done_on: Option<NaiveDate>,
    /// By whom.
    pub done_by: Option<String>,
}

const OPEN_KINDS: Scoped = scoped!(
    "SELECT case_id, kind FROM task WHERE community_id = $1 AND state = 'open' AND case_id IS NOT NULL",
    " AND case_id IN ({ids})",
    " ORDER BY case_id, id"
);
const TASKS_OPEN: &str =
    "SELECT id, case_id, action_id, kind, title, staff_id, due_on, fitting_time, state, result, created_on,
    done_on, done_by FROM task WHERE community_id = $1 AND state = 'open' ORDER BY due_on, id";
const TASKS_OF_CASE: &str = "SELECT id, case_id, action_id, kind, title, staff_id, due_on, fitting_time, state, result,
    created_on, done_on, done_by FROM task WHERE community_id = $1 AND case_id = $2 ORDER BY created_on, id";
const FIND_TASK: &str =
    "SELECT id, case_id, action_id, kind, title, staff_id, due_on, fitting_time, state, result, created_on,
    done_on, done_by FROM task WHERE community_id = $1 AND id = $2";
const FINISH_TASK: &str = "UPDATE task SET state = 'done', result = $3, done_on = $4, done_by = $5
    WHERE community_id = $1 AND id = $2 AND state = 'open'";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[OPEN_KINDS.all, OPEN_KINDS.few, TASKS_OPEN, TASKS_OF_CASE, FIND_TASK, FINISH_TASK];

static TASKS: BulkTable = BulkTable {
    table: "task",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("case_id", ColumnKind::Uuid),
        ("action_id", ColumnKind::Uuid),
        ("kind", ColumnKind::Text),
        ("title", ColumnKind::Text),
        ("staff_id", ColumnKind::Uuid),
        ("due_on", ColumnKind::Date),
        ("fitting_time", ColumnKind::Text),
        ("state", ColumnKind::Text),
        ("result", ColumnKind::Text),
        ("created_on", ColumnKind::Date),
        ("done_on", ColumnKind::Date),
        ("done_by", ColumnKind::Text),
    ],
};

/// Writes tasks.
///
/// # Errors
/// When the database refuses.
pub fn insert_tasks(tx: &mut Tx<'_>, community: CommunityId, tasks: &[TaskRow]) -> Result<(), DbError> {
    let rows = tasks.iter().map(|t| -> [Value; 14] {
        params![
            community,
            t.id,
            t.case_id,
            t.action_id,
            &t.kind,
            &t.title,
            t.staff_id,
            t.due_on,
            &t.fitting_time,
            &t.state,
            t.result.as_deref(),
            t.created_on,
            t.done_on,
            t.done_by.as_deref()
        ]
    });
    tx.bulk_insert(&TASKS, rows).map(|_| ())
}

/// Writes a task.
///
/// # Errors
/// When the database refuses.
pub fn insert_task(tx: &mut Tx<'_>, community: CommunityId, task: &TaskRow) -> Result<(), DbError> {
    insert_tasks(tx, community, std::slice::from_ref(task))
}

/// The kinds of the open tasks of cases, in case order.
///
/// # Errors
/// When the database refuses.
pub fn list_open_kinds(
    tx: &mut Tx<'_>,
    community: CommunityId,
    scope: Scope<'_>,
) -> Result<Vec<(CaseId, String)>, DbError> {
    scope.query_by_case(tx, OPEN_KINDS, &params![community], |row| Ok((row.take()?, row.take()?)))
}

/// The open tasks of a community, soonest first.
///
/// # Errors
/// When the database refuses.
pub fn list_open_tasks(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<TaskRow>, DbError> {
    tx.query(TASKS_OPEN, &params![community], read_task)
}

/// All tasks of a case.
///
/// # Errors
/// When the database refuses.
pub fn list_tasks_of_case(tx: &mut Tx<'_>, community: CommunityId, case: CaseId) -> Result<Vec<TaskRow>, DbError> {
    tx.query(TASKS_OF_CASE, &params![community, case], read_task)
}

/// One task.
///
/// # Errors
/// When the database refuses.
pub fn find_task(tx: &mut Tx<'_>, community: CommunityId, id: TaskId) -> Result<Option<TaskRow>, DbError> {
    tx.query_opt(FIND_TASK, &params![community, id], read_task)
}

/// Marks a task done; false when it was not open.
///
/// # Errors
/// When the database refuses.
pub fn finish_task(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: TaskId,
    result: &str,
    on: NaiveDate,
    by: &str,
) -> Result<bool, DbError> {
    tx.execute(FINISH_TASK, &params![community, id, result, on, by]).map(|rows| rows == 1)
}

fn read_task(row: &Row<'_>) -> Result<TaskRow, DbError> {
    Ok(TaskRow {
        id: row.take()?,
        case_id: row.take()?,
        action_id: row.take()?,
        kind: row.take()?,
        title: row.take()?,
        staff_id: row.take()?,
        due_on: row.take()?,
        fitting_time: row.take()?,
        state: row.take()?,
        result: row.take()?,
        created_on: row.take()?,
        done_on: row.take()?,
        done_by: row.take()?,
    })
}
