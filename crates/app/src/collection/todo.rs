//! 今日任务: the open tasks of a community by day, a page at a time, and what waits for a decision.

use chrono::NaiveDate;
use hemu_domain::ids::{CaseId, CommunityId, TaskId, UnitId};
use hemu_domain::service::{ComplaintState, Department};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Text, UnitLabel};
use hemu_store::collection::todo::{self, ComplaintLine, TaskLine, WaitingLine};
use serde::Serialize;
use uuid::Uuid;

use super::case_page::step_name;
use crate::registry::shown_name;
use crate::{Actor, App, Refusal};

/// The most tasks of a page.
const MOST_ROWS: usize = 200;
/// So many complaints of a unit are shown.
const COMPLAINTS_SHOWN: i64 = 50;
/// So many matters that wait are shown.
const WAITING_SHOWN: i64 = 20;

/// An open task.
#[derive(Clone, Debug, Serialize)]
pub struct TodoItem {
    /// Its id.
    pub id: TaskId,
    /// The case.
    pub case_id: Option<CaseId>,
    /// What to do.
    pub name: Text,
    /// When it is due.
    pub due_on: NaiveDate,
    /// When in the day it fits.
    pub fitting_time: String,
    /// A unit of the payer.
    pub unit: Option<UnitLabel>,
    /// The payer, masked where the role asks for it.
    pub owner: String,
    /// The stage of the case; empty without one.
    pub stage: String,
    /// Open principal of the payer that is overdue.
    pub overdue: Fen,
}

/// Something that waits for a decision.
#[derive(Clone, Debug, Serialize)]
pub struct WaitingItem {
    /// What it is.
    pub what: Text,
    /// The case; `None` for a hold on the whole community.
    pub case_id: Option<CaseId>,
    /// Its number.
    pub number: String,
    /// The payer, masked where the role asks for it.
    pub owner: String,
    /// Since when, or by when.
    pub on: NaiveDate,
}

/// What is to be done.
#[derive(Clone, Debug, Serialize)]
pub struct TodoList {
    /// All open tasks.
    pub open: i64,
    /// Due today or before.
    pub due: i64,
    /// Due before today.
    pub late: i64,
    /// A page of them, by day.
    pub rows: Vec<TodoItem>,
    /// Where the next page begins: after this day and task.
    pub next: Option<(NaiveDate, TaskId)>,
    /// What waits for a decision, the oldest first.
    pub waiting: Vec<WaitingItem>,
}

/// Lists open tasks by cursor, and what waits; the counts are over all tasks.
///
/// # Errors
/// [`Refusal::Forbidden`] outside the actor's scope.
pub fn list_todo(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (after, rows): (Option<(NaiveDate, TaskId)>, usize),
) -> Result<TodoList, Refusal> {
    actor.require(Permission::Read, community)?;
    let today = app.today();
    let rows = rows.clamp(1, MOST_ROWS);
    let limit = i64::try_from(rows).expect("a page is small") + 1;
    let from = after.unwrap_or((NaiveDate::default(), TaskId::from(Uuid::nil())));
    let (counts, mut lines, waiting) = app.db.read(|tx| {
        let lines = todo::list_tasks(tx, community, today, from, limit)?;
        let waiting = todo::list_waiting(tx, community, today, WAITING_SHOWN)?;
        Ok::<_, Refusal>((todo::count_tasks(tx, community, today)?, lines, waiting))
    })?;
    let next = (lines.len() > rows).then(|| (lines[rows - 1].due_on, lines[rows - 1].id));
    lines.truncate(rows);
    Ok(TodoList {
        open: counts.open,
        due: counts.due,
        late: counts.late,
        rows: lines.into_iter().map(|line| item(actor, line)).collect(),
        next,
        waiting: waiting.into_iter().map(|line| waiting_item(actor, line)).collect(),
    })
}

fn item(actor: &Actor, line: TaskLine) -> TodoItem {
    let case_id = line.case.as_ref().map(|(id, ..)| *id);
    let owner = line.case.as_ref().map(|(_, _, kind, name)| shown_name(actor, kind, name)).unwrap_or_default();
    TodoItem {
        id: line.id,
        case_id,
        name: task_name(&line.kind),
        due_on: line.due_on,
        fitting_time: line.fitting_time,
        unit: line.unit,
        owner,
        stage: line.case.map(|(_, stage, ..)| stage).unwrap_or_default(),
        overdue: line.overdue,
    }
}

/// What a task is, for people: a step of the plan, or work that came up beside it.
#[must_use]
pub fn task_name(kind: &str) -> Text {
    match kind {
        "serve_letter" => Text::new("送达催缴通知书", "serve the demand letter"),
        "answer_complaint" => Text::new("答复投诉", "answer the complaint"),
        "resolve_uncertain" => Text::new("核实消息是否送达", "find out whether a message arrived"),
        "review_hold" => Text::new("复核暂缓", "review the hold"),
        "follow_up" => Text::new("回访", "follow up"),
        "promise_nudge" => Text::new("承诺到期前提醒", "a word before a promised day"),
        "instalment_nudge" => Text::new("分期到期前提醒", "a word before an instalment"),
        "warn_plan" => Text::new("通知分期逾期", "tell the owner of a missed instalment"),
        "late_complaint" => Text::new("督办超期投诉", "see to a complaint that is late"),
        other => step_name(other),
    }
}

fn waiting_item(actor: &Actor, line: WaitingLine) -> WaitingItem {
    let what = match line.what.as_str() {
        "approve_plan" => Text::new("分期方案待审批", "a plan waits for approval"),
        "review_hold" => Text::new("暂缓到期待复核", "a hold is due for review"),
        _ => Text::new("投诉超过答复期限", "a complaint is not answered in time"),
    };
    WaitingItem {
        what,
        case_id: line.case_id,
        number: line.number.unwrap_or_default(),
        owner: line.payer.map(|(kind, name)| shown_name(actor, &kind, &name)).unwrap_or_default(),
        on: line.on,
    }
}

/// A complaint about a unit, with its answer.
#[derive(Clone, Debug, Serialize)]
pub struct UnitComplaint {
    /// What it is about.
    pub subject: String,
    /// Who answers.
    pub department: Text,
    /// What became of it.
    pub state: Text,
    /// When it was taken down.
    pub opened_on: NaiveDate,
    /// By when an answer was promised.
    pub promised_on: NaiveDate,
    /// When it was answered.
    pub answered_on: Option<NaiveDate>,
    /// What the owner was told; empty before.
    pub answer: String,
    /// Who took it down.
    pub taken_by: String,
    /// The case it bears on.
    pub case_id: Option<CaseId>,
}

/// The complaints about a unit, the newest first.
///
/// # Errors
/// [`Refusal::Forbidden`] outside the actor's scope.
pub fn list_complaints_of_unit(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    unit: UnitId,
) -> Result<Vec<UnitComplaint>, Refusal> {
    actor.require(Permission::Read, community)?;
    let lines = app.db.read(|tx| todo::list_complaints_of_unit(tx, community, unit, COMPLAINTS_SHOWN))?;
    Ok(lines.into_iter().map(complaint).collect())
}

fn complaint(line: ComplaintLine) -> UnitComplaint {
    let word = |word: String| Text::new(word.clone(), word);
    UnitComplaint {
        subject: line.subject,
        department: Department::parse(&line.department).map_or_else(word, Department::label),
        state: ComplaintState::parse(&line.state).map_or_else(word, ComplaintState::label),
        opened_on: line.opened_on,
        promised_on: line.promised_on,
        answered_on: line.answered_on,
        answer: line.answer.unwrap_or_default(),
        taken_by: line.taken_by,
        case_id: line.case_id,
    }
}
