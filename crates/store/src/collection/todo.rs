//! What waits for people: open tasks by day with what they are about, and what only a manager can settle.

use chrono::NaiveDate;
use hemu_domain::ids::{CaseId, CommunityId, TaskId, UnitId};
use hemu_domain::{Fen, UnitLabel};

use crate::{DbError, Row, Tx, params};

/// An open task with what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskLine {
    /// Its id.
    pub id: TaskId,
    /// `call`, `visit`...
    pub kind: String,
    /// In words, as it was planned.
    pub title: String,
    /// When it is due.
    pub due_on: NaiveDate,
    /// When in the day it fits.
    pub fitting_time: String,
    /// The case, its stage, and the payer's kind and name.
    pub case: Option<(CaseId, String, String, String)>,
    /// A unit of the payer.
    pub unit: Option<UnitLabel>,
    /// Open principal of the payer that is overdue.
    pub overdue: Fen,
}

/// How many tasks are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// All.
    pub open: i64,
    /// Due today or before.
    pub due: i64,
    /// Due before today.
    pub late: i64,
}

/// Something a person has to settle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingLine {
    /// `approve_plan`, `review_hold` or `late_complaint`.
    pub what: String,
    /// The case; none for a hold on the whole community.
    pub case_id: Option<CaseId>,
    /// Its number.
    pub number: Option<String>,
    /// The payer's kind and name.
    pub payer: Option<(String, String)>,
    /// Since when, or by when.
    pub on: NaiveDate,
}

/// A complaint about a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComplaintLine {
    /// What it is about.
    pub subject: String,
    /// Who answers.
    pub department: String,
    /// `open`, `remedied`...
    pub state: String,
    /// When it was taken down.
    pub opened_on: NaiveDate,
    /// By when an answer was promised.
    pub promised_on: NaiveDate,
    /// When it was answered.
    pub answered_on: Option<NaiveDate>,
    /// What the owner was told.
    pub answer: Option<String>,
    /// Who took it down.
    pub taken_by: String,
    /// The case it bears on.
    pub case_id: Option<CaseId>,
}

/// `CROSS JOIN` as in the registry's overview: from the payer's accounts to their charges.
const TASKS: &str = "SELECT t.id, t.kind, t.title, t.due_on, t.fitting_time, f.id, f.stage, p.kind, p.name,
    (SELECT MIN(u.label) FROM account a JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
        WHERE a.community_id = $1 AND a.party_id = f.party_id),
    CAST(COALESCE((SELECT SUM(c.open_fen) FROM account a CROSS JOIN charge c
        WHERE c.community_id = a.community_id AND c.account_id = a.id AND a.community_id = $1 AND a.party_id = f.party_id AND c.open_fen > 0 AND c.due_on < $2), 0) AS BIGINT)
    FROM task t LEFT JOIN case_file f ON f.community_id = t.community_id AND f.id = t.case_id
    LEFT JOIN party p ON p.community_id = f.community_id AND p.id = f.party_id
    WHERE t.community_id = $1 AND t.state = 'open' AND (t.due_on > $3 OR (t.due_on = $3 AND t.id > $4))
    ORDER BY t.due_on, t.id LIMIT $5";
const COUNTS: &str = "SELECT CAST(COUNT(*) AS BIGINT),
    CAST(COALESCE(SUM(CASE WHEN due_on <= $2 THEN 1 ELSE 0 END), 0) AS BIGINT),
    CAST(COALESCE(SUM(CASE WHEN due_on < $2 THEN 1 ELSE 0 END), 0) AS BIGINT)
    FROM task WHERE community_id = $1 AND state = 'open'";
const WAITING: &str = "SELECT w.what, w.case_id, f.number, p.kind, p.name, w.due FROM (
        SELECT 'approve_plan' AS what, l.case_id AS case_id, l.agreed_on AS due FROM plan l
            WHERE l.community_id = $1 AND l.state = 'accepted'
        UNION ALL SELECT 'review_hold' AS what, h.case_id AS case_id, h.review_on AS due FROM hold h
            WHERE h.community_id = $1 AND h.released_on IS NULL AND h.review_on <= $2
        UNION ALL SELECT 'late_complaint' AS what, k.case_id AS case_id, k.promised_on AS due FROM complaint k
            WHERE k.community_id = $1 AND k.answered_on IS NULL AND k.promised_on < $2) w
    LEFT JOIN case_file f ON f.community_id = $1 AND f.id = w.case_id
    LEFT JOIN party p ON p.community_id = $1 AND p.id = f.party_id
    WHERE f.closed_on IS NULL ORDER BY w.due, w.case_id LIMIT $3";

const COMPLAINTS: &str =
    "SELECT subject, department, state, opened_on, promised_on, answered_on, answer, taken_by, case_id
    FROM complaint WHERE community_id = $1 AND unit_id = $2 ORDER BY opened_on DESC, id DESC LIMIT $3";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[TASKS, COUNTS, WAITING, COMPLAINTS];

/// Open tasks after a day and id, by day.
///
/// # Errors
/// When the database refuses.
pub fn list_tasks(
    tx: &mut Tx<'_>,
    community: CommunityId,
    today: NaiveDate,
    (day, after): (NaiveDate, TaskId),
    limit: i64,
) -> Result<Vec<TaskLine>, DbError> {
    tx.query(TASKS, &params![community, today, day, after, limit], read_task)
}

/// How many tasks are open, due, late.
///
/// # Errors
/// When the database refuses.
pub fn count_tasks(tx: &mut Tx<'_>, community: CommunityId, today: NaiveDate) -> Result<TaskCounts, DbError> {
    tx.query_one("tasks", COUNTS, &params![community, today], |row| {
        Ok(TaskCounts { open: row.take()?, due: row.take()?, late: row.take()? })
    })
}

/// What waits for a decision, the oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_waiting(
    tx: &mut Tx<'_>,
    community: CommunityId,
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<WaitingLine>, DbError> {
    tx.query(WAITING, &params![community, today, limit], |row| {
        let (what, case_id, number) = (row.take()?, row.take()?, row.take()?);
        let payer: (Option<String>, Option<String>) = (row.take()?, row.take()?);
        Ok(WaitingLine { what, case_id, number, payer: payer.0.zip(payer.1), on: row.take()? })
    })
}

/// The complaints about a unit, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_complaints_of_unit(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
    limit: i64,
) -> Result<Vec<ComplaintLine>, DbError> {
    tx.query(COMPLAINTS, &params![community, unit, limit], |row| {
        Ok(ComplaintLine {
            subject: row.take()?,
            department: row.take()?,
            state: row.take()?,
            opened_on: row.take()?,
            promised_on: row.take()?,
            answered_on: row.take()?,
            answer: row.take()?,
            taken_by: row.take()?,
            case_id: row.take()?,
        })
    })
}

fn read_task(row: &Row<'_>) -> Result<TaskLine, DbError> {
    let (id, kind, title) = (row.take()?, row.take()?, row.take()?);
    let (due_on, fitting_time) = (row.take()?, row.take()?);
    let case: (Option<CaseId>, Option<String>) = (row.take()?, row.take()?);
    let payer: (Option<String>, Option<String>) = (row.take()?, row.take()?);
    let case = match (case, payer) {
        ((Some(id), Some(stage)), (Some(kind), Some(name))) => Some((id, stage, kind, name)),
        _ => None,
    };
    Ok(TaskLine { id, kind, title, due_on, fitting_time, case, unit: row.take()?, overdue: row.take()? })
}
