//! Nobody holds the same task twice (领取), and what one shift hands to the next (交接).
//!
//! Whoever takes a task holds it for some hours; somebody else who wants it is told who has it and until when. A person with
//! the manager's role may free it. A handover gives all open tasks of a person to another in one transaction, with a note.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use hemu_domain::collection::contact_block::Initiative;
use hemu_domain::ids::{CommunityId, HandoverId, StaffId, TaskId};
use hemu_domain::staff::Permission;
use hemu_store::collection::handover::{self as store, HandoverRow, Holder};
use hemu_store::{Tx, community};
use serde::Serialize;
use serde_json::json;

use super::assignment::get_person;
use super::contact_room::require_room_for_task;
use super::work::audit_act;
use crate::clock::in_china;
use crate::{Actor, App, Refusal};

/// How long a task is held: half a working day.
const HELD_HOURS: i64 = 4;
/// So many handovers are shown.
const SHOWN: i64 = 50;
/// The longest note.
const LONGEST_NOTE: usize = 500;

/// Takes a task; whoever holds it already holds it anew. Returns until when. A call or visit the contact budget has no room for is
/// not taken, unless the owner asked to be called back.
///
/// # Errors
/// [`Refusal::Conflict`] naming who holds it and until when, or the rule that stands against the contact and when it opens, or when it
/// is done; [`Refusal::InvalidInput`] for the local operator, who is nobody in particular.
pub fn take_task(
    app: &App,
    actor: &Actor,
    (community, task): (CommunityId, TaskId),
    initiative: Initiative,
) -> Result<DateTime<Utc>, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    let holder =
        Holder { id: account(actor)?, name: actor.name.clone(), until: app.clock.now() + TimeDelta::hours(HELD_HOURS) };
    app.db.write(|tx| {
        community::next_seq(tx, community, 0)?;
        if !store::take(tx, community, task, &holder, app.clock.now())? {
            require_free(tx, app, actor, community, task)?;
            return Err(Refusal::conflict("任务已办结", "the task is done already"));
        }
        require_room_for_task(tx, app, (community, task), initiative)?;
        let detail = json!({ "until": holder.until, "initiative": initiative });
        audit_act(tx, app, actor, community, "task.take", task.uuid(), &detail)?;
        Ok(holder.until)
    })
}

/// Frees a task: one's own, or as a manager somebody else's.
///
/// # Errors
/// [`Refusal::Conflict`] when somebody else holds it, or it is not open.
pub fn release_task(app: &App, actor: &Actor, community: CommunityId, task: TaskId) -> Result<(), Refusal> {
    actor.require(Permission::WorkCases, community)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 0)?;
        if !actor.role.may(Permission::Administer) {
            require_free(tx, app, actor, community, task)?;
        }
        if !store::release(tx, community, task)? {
            return Err(Refusal::conflict("任务已办结", "the task is done already"));
        }
        audit_act(tx, app, actor, community, "task.release", task.uuid(), &json!({}))
    })
}

/// Lets an act on a task go on unless somebody else holds it.
///
/// # Errors
/// [`Refusal::Conflict`] naming who holds it and until when.
pub(super) fn require_free(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    task: TaskId,
) -> Result<(), Refusal> {
    match store::find_holder(tx, community, task, app.clock.now())? {
        Some(holder) if Some(holder.id) != actor.staff_id => {
            let until = in_china(holder.until).format("%Y-%m-%d %H:%M");
            let zh = format!("任务已由 {} 领取，到 {until} 为止；请换一项任务，或请对方释放", holder.name);
            let en =
                format!("{} holds the task until {until}; take another one, or ask them to release it", holder.name);
            Err(Refusal::conflict(zh, en))
        }
        _ => Ok(()),
    }
}

fn account(actor: &Actor) -> Result<StaffId, Refusal> {
    actor.staff_id.ok_or_else(|| {
        Refusal::invalid("staff", "请用员工账号登录后领取任务", "sign in with an account of staff to take a task")
    })
}

/// What was handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Handover {
    /// Its id.
    pub id: HandoverId,
    /// Who gave.
    pub from: String,
    /// Who took.
    pub to: String,
    /// What the next person should know.
    pub note: String,
    /// How many tasks.
    pub tasks: i64,
    /// The day.
    pub on: NaiveDate,
}

/// Gives all open tasks of whoever asks to another person, with a note. Returns what was handed over.
///
/// # Errors
/// [`Refusal::InvalidInput`] without a note, to oneself, or to somebody who may not work on cases there;
/// [`Refusal::Conflict`] when there is nothing to hand over.
pub fn hand_over(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    to: StaffId,
    note: &str,
) -> Result<Handover, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    let (from, note) = (account(actor)?, note.trim());
    if note.is_empty() || note.chars().count() > LONGEST_NOTE {
        let zh = format!("请写明交接事项（不超过 {LONGEST_NOTE} 字）");
        return Err(Refusal::invalid(
            "note",
            zh,
            format!("write what the next person should know, up to {LONGEST_NOTE} characters"),
        ));
    }
    if to == from {
        return Err(Refusal::invalid("to", "不能交接给自己", "hand over to somebody else"));
    }
    app.db.write(|tx| {
        community::next_seq(tx, community, 0)?;
        let person = get_person(tx, community, to)?;
        let tasks = store::list_open_of(tx, community, from, app.clock.now())?;
        if tasks.is_empty() {
            return Err(Refusal::conflict("您没有需要交接的任务", "you have no open tasks to hand over"));
        }
        store::give(tx, community, &tasks, to)?;
        let row = HandoverRow {
            id: app.new_id(),
            from: (from, actor.name.clone()),
            to: (to, person.name),
            note: note.to_owned(),
            tasks: json!(tasks),
            task_count: i64::try_from(tasks.len()).expect("a person's tasks are few"),
            at: app.clock.now(),
            on: app.today(),
        };
        store::insert(tx, community, &row)?;
        let detail = json!({ "to": row.to.1, "tasks": row.task_count });
        audit_act(tx, app, actor, community, "task.hand_over", row.id.uuid(), &detail)?;
        Ok(item(row))
    })
}

/// What was handed over, the newest first.
///
/// # Errors
/// [`Refusal::Forbidden`] outside the actor's scope.
pub fn list_handovers(app: &App, actor: &Actor, community: CommunityId) -> Result<Vec<Handover>, Refusal> {
    actor.require(Permission::Read, community)?;
    Ok(app.db.read(|tx| store::list(tx, community, SHOWN))?.into_iter().map(item).collect())
}

fn item(row: HandoverRow) -> Handover {
    Handover { id: row.id, from: row.from.1, to: row.to.1, note: row.note, tasks: row.task_count, on: row.on }
}
