//! A complaint past its day is told to the manager: a task, once for each level, and never a word to the owner (P5).

use hemu_domain::ids::{CommunityId, TaskId};
use hemu_domain::service::{ComplaintEvent, escalation_level};
use hemu_domain::staff::Permission;
use hemu_domain::{Text, UnitLabel};
use hemu_store::collection::work::{self, TaskRow};
use hemu_store::service::{self as store, ComplaintRow, EventRow, overdue};
use hemu_store::{Tx, community};
use serde_json::json;
use uuid::Uuid;

use super::take::new_task;
use crate::audit::{self, Act as AuditAct};
use crate::{Actor, App, Refusal};

/// Tells the manager of every complaint that is late, where it has become louder since; returns how many.
///
/// # Errors
/// [`Refusal::Forbidden`] for who may not run collection.
pub fn escalate_late(app: &App, actor: &Actor, community: CommunityId) -> Result<usize, Refusal> {
    actor.require(Permission::RunCollection, community)?;
    let late = app.db.read(|tx| overdue::list_late(tx, community, app.today()))?;
    if late.iter().all(|(one, _)| level_of(app, one) <= one.escalation) {
        return Ok(0);
    }
    app.db.write(|tx| escalate(tx, app, actor, community))
}

fn level_of(app: &App, complaint: &ComplaintRow) -> i64 {
    escalation_level(complaint.promised_on, app.today())
}

fn escalate(tx: &mut Tx<'_>, app: &App, actor: &Actor, community: CommunityId) -> Result<usize, Refusal> {
    community::next_seq(tx, community, 0)?;
    let late = overdue::list_late(tx, community, app.today())?;
    let louder: Vec<(ComplaintRow, UnitLabel)> =
        late.into_iter().filter(|(one, _)| level_of(app, one) > one.escalation).collect();
    let tasks: Vec<TaskRow> = louder.iter().map(|(one, unit)| task_of(app, one, unit)).collect();
    let events: Vec<EventRow> =
        louder.iter().zip(&tasks).map(|((one, _), task)| event_of(app, actor, one, task.id)).collect();
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let first_seq = community::next_seq(tx, community, count)?;
    work::insert_tasks(tx, community, &tasks)?;
    store::insert_events(tx, community, &events, first_seq)?;
    for level in 1..=louder.iter().map(|(one, _)| level_of(app, one)).max().unwrap_or(0) {
        let of_level = louder.iter().filter(|(one, _)| level_of(app, one) == level);
        let ids: Vec<Uuid> = of_level.map(|(one, _)| one.id().uuid()).collect();
        overdue::set_escalation(tx, community, level, &ids)?;
    }
    let detail = json!({ "complaints": louder.iter().map(|(one, _)| one.id()).collect::<Vec<_>>() });
    let act = AuditAct { act: "complaint.escalate", subject_kind: "complaint", subject_id: None, detail: &detail };
    audit::record(tx, app, actor, Some(community), &act)?;
    Ok(louder.len())
}

fn task_of(app: &App, complaint: &ComplaintRow, unit: &UnitLabel) -> TaskRow {
    let Text { zh, .. } = complaint.department.label();
    let title = format!("督办超期投诉（{zh}，第 {} 级） {unit}", level_of(app, complaint));
    new_task(app, complaint.case_id, ("late_complaint", app.today()), &title)
}

fn event_of(app: &App, actor: &Actor, complaint: &ComplaintRow, task: TaskId) -> EventRow {
    EventRow {
        id: app.new_id(),
        complaint_id: complaint.id(),
        kind: ComplaintEvent::Escalated,
        at: app.clock.now(),
        actor_id: actor.staff_id,
        actor_name: actor.name.clone(),
        note: String::new(),
        detail: json!({ "level": level_of(app, complaint), "promised_on": complaint.promised_on, "task": task }),
    }
}
