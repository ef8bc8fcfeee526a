//! What people do on a case: record a contact, classify, hold, promise; each in one transaction with its audit entry.

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike as _, Utc};
use hemu_domain::collection::classification::{Attitude, Capacity, Cause, ContactOutcome};
use hemu_domain::collection::contact_block::{ContactBlock, Initiative};
use hemu_domain::collection::next_step::next_step;
use hemu_domain::ids::{CaseId, ClassificationId, CommunityId, ContactLogId, TaskId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, UnitLabel};
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::collection::step;
use hemu_store::collection::work::{self, ClassificationRow, TaskRow};
use hemu_store::outreach::contact::{self, ContactRow};
use hemu_store::{Tx, community, registry};
use serde_json::json;
use uuid::Uuid;

use super::contact_room::find_breach;
use super::handover::require_free;
use super::holds::contact_data_changed;
use super::plans::{WARN_TASK, note_warning};
use super::promises::{check_channel, check_promise, take_promise};
use crate::audit::{self, Act};
use crate::clock::{china_time, in_china};
use crate::outreach::scripts;
use crate::{Actor, App, Refusal};

/// A contact a person made; recorded the same day, with an outcome and a next step (D5).
#[derive(Clone, Debug)]
pub struct ContactRequest {
    /// The community.
    pub community: CommunityId,
    /// The case.
    pub case: CaseId,
    /// The task it carries out.
    pub task: Option<TaskId>,
    /// `phone`, `visit`, `counter`, `wechat` or `letter`.
    pub channel: String,
    /// How it ended.
    pub outcome: ContactOutcome,
    /// Cause found.
    pub cause: Option<Cause>,
    /// Attitude met.
    pub attitude: Attitude,
    /// What was said.
    pub note: String,
    /// Amount and date promised.
    pub promise: Option<(Fen, NaiveDate)>,
    /// What comes next.
    pub next_step: String,
    /// By when.
    pub next_on: Option<NaiveDate>,
    /// Who wanted it and when it was.
    pub how: ContactHow,
}

impl ContactRequest {
    /// A contact of which nothing is said but how it was made and how it ended.
    #[must_use]
    pub fn of((community, case): (CommunityId, CaseId), (channel, outcome): (&str, ContactOutcome)) -> Self {
        Self {
            community,
            case,
            task: None,
            channel: channel.to_owned(),
            outcome,
            cause: None,
            attitude: Attitude::Unknown,
            note: String::new(),
            promise: None,
            next_step: String::new(),
            next_on: None,
            how: ContactHow::default(),
        }
    }
}

/// How a contact came about.
#[derive(Clone, Debug)]
pub struct ContactHow {
    /// Who wanted it.
    pub initiative: Initiative,
    /// The local time of today at which it was; now where that is not told.
    pub at: Option<NaiveTime>,
    /// The script that was shown; empty where none was.
    pub script: String,
}

impl Default for ContactHow {
    fn default() -> Self {
        Self { initiative: Initiative::Ours, at: None, script: String::new() }
    }
}

/// How long a classification holds before somebody must look again.
const CLASSIFICATION_DAYS: i64 = 90;

/// Records a contact; finishes its task, sets the classification, takes the promise. One that broke a rule of the contact budget is
/// kept, for it happened, and says so: that block is returned.
///
/// # Errors
/// [`Refusal::InvalidInput`] when a promise lies in the past or its amount is not above zero, or when the time of the contact has not
/// come yet.
pub fn record_contact(app: &App, actor: &Actor, request: &ContactRequest) -> Result<Option<ContactBlock>, Refusal> {
    actor.require(Permission::WorkCases, request.community)?;
    check_channel(&request.channel)?;
    if let Some(promised) = request.promise {
        check_promise(app, promised)?;
    }
    if request.how.at.is_some_and(|at| at > in_china(app.clock.now()).time()) {
        return Err(Refusal::invalid("at", "联系时间不能晚于现在", "the contact cannot lie ahead"));
    }
    app.db.write(|tx| {
        let case = open_case(tx, request.community, request.case)?;
        let at = request.how.at.map_or(app.clock.now(), |at| china_time(app.today(), at.hour(), at.minute()));
        record(tx, app, actor, request, (&case, at)).map(|(_, breach)| breach)
    })
}

/// Writes a contact that was at that time about a case, which is locked.
pub(super) fn record(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    request: &ContactRequest,
    (case, at): (&CaseRow, DateTime<Utc>),
) -> Result<(ContactLogId, Option<ContactBlock>), Refusal> {
    let community = request.community;
    let task = match request.task {
        Some(task) => Some(finish_task(tx, app, actor, community, task, request.outcome.as_str())?),
        None => None,
    };
    if task.as_ref().is_some_and(|task| task.kind == WARN_TASK) && request.outcome.is_talk() {
        note_warning(tx, app, actor, community, case.id)?;
    }
    let breach = find_breach(tx, app, (community, case.id), (&request.channel, request.how.initiative, at))?;
    let entry = ContactRow {
        breach: breach.map(|block| block.rule.as_str().to_owned()),
        script: scripts::read_reference(tx, &request.how.script)?,
        ..contact_row(app, actor, request, (case, at), task.as_ref())
    };
    let seq = community::next_seq(tx, community, 1)?;
    contact::insert(tx, community, &entry, seq)?;
    if let Some(cause) = request.cause {
        let evidence = format!("{} {}", request.channel, entry.happened_on);
        insert_classification(tx, app, actor, case, community, found_to_be(cause, request.attitude), &evidence)?;
    }
    if let Some(promised) = request.promise {
        take_promise(tx, app, actor, community, case, (promised, &request.channel))?;
    }
    let rule = breach.map(|block| block.rule);
    let detail = json!({ "outcome": request.outcome, "channel": request.channel, "case": case.number, "breach": rule });
    audit_act(tx, app, actor, community, "contact.record", case.id.uuid(), &detail)?;
    Ok((entry.id, breach))
}

fn contact_row(
    app: &App,
    actor: &Actor,
    request: &ContactRequest,
    (case, happened_at): (&CaseRow, DateTime<Utc>),
    task: Option<&TaskRow>,
) -> ContactRow {
    let id: ContactLogId = app.new_id();
    let note = request.note.trim();
    // What nobody named follows from how it ended (D5).
    let next = next_step(request.outcome, request.promise.map(|(_, due_on)| due_on), app.today());
    ContactRow {
        id,
        case_id: Some(case.id),
        party_id: case.party_id,
        action_id: task.and_then(|task| task.action_id),
        channel: request.channel.clone(),
        direction: if request.how.initiative == Initiative::Owner { "in" } else { "out" }.to_owned(),
        outcome: request.outcome.as_str().to_owned(),
        right_party: request.outcome.is_talk(),
        happened_at,
        happened_on: in_china(happened_at).date_naive(),
        note_sealed: (!note.is_empty()).then(|| app.sealer.seal("contact_log.note", id.uuid(), note)),
        next_step: Some(if request.next_step.is_empty() { next.what.zh } else { request.next_step.clone() }),
        next_on: Some(request.next_on.unwrap_or(next.on)),
        staff_id: actor.staff_id,
        staff_name: actor.name.clone(),
        recorded_at: app.clock.now(),
        initiative: request.how.initiative.as_str().to_owned(),
        breach: None,
        script: None,
    }
}

/// An open case, locked after the community's fact counter as payments do it, so that nobody waits for each other.
pub(crate) fn open_case(tx: &mut Tx<'_>, community: CommunityId, id: CaseId) -> Result<CaseRow, Refusal> {
    community::next_seq(tx, community, 0)?;
    case::lock(tx, community, id)?;
    let found = case::find(tx, community, id)?.ok_or_else(|| Refusal::not_found("案件", "case", &id.to_string()))?;
    if found.closed_on.is_some() {
        return Err(Refusal::conflict("案件已结案", "the case is closed"));
    }
    Ok(found)
}

/// Ends a task and the step it carried out. A message in doubt is given up, never counted as delivered: the plan goes on another way.
fn finish_task(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    id: TaskId,
    result: &str,
) -> Result<TaskRow, Refusal> {
    let task =
        work::find_task(tx, community, id)?.ok_or_else(|| Refusal::not_found("任务", "task", &id.to_string()))?;
    require_free(tx, app, actor, community, id)?;
    if !work::finish_task(tx, community, id, result, app.today(), &actor.name)? {
        return Err(Refusal::conflict("任务已办结", "the task is done already"));
    }
    if let Some(action) = task.action_id {
        let ended = if task.kind == "resolve_uncertain" { "abandoned" } else { "done" };
        // A late report may have told meanwhile what became of a message: that is better than a person's finding.
        let is_open = ended == "done" || step::find(tx, community, action)?.is_some_and(|one| one.state == "uncertain");
        if is_open {
            step::set_state(tx, community, action, ended, Some(result), Some(app.today()))?;
        }
    }
    Ok(task)
}

/// An open task with the unit it is about.
#[derive(Clone, Debug, serde::Serialize)]
pub struct OpenTask {
    /// Its id.
    pub id: TaskId,
    /// The case.
    pub case_id: Option<CaseId>,
    /// `call`, `visit`...
    pub kind: String,
    /// When it is due.
    pub due_on: NaiveDate,
    /// The unit of the case's oldest debt.
    pub unit: Option<UnitLabel>,
}

/// The open tasks of a community, soonest first.
///
/// # Errors
/// [`Refusal::Forbidden`] for somebody who may not see the community.
pub fn list_open_tasks(app: &App, actor: &Actor, community: CommunityId) -> Result<Vec<OpenTask>, Refusal> {
    actor.require(Permission::Read, community)?;
    let tasks = app.db.read(|tx| work::list_open_tasks(tx, community))?;
    // The title of a task ends with the unit it is about.
    let unit = |title: &str| title.rsplit(' ').next().and_then(|word| UnitLabel::parse(word).ok());
    let open = |task: TaskRow| OpenTask {
        unit: unit(&task.title),
        id: task.id,
        case_id: task.case_id,
        kind: task.kind,
        due_on: task.due_on,
    };
    Ok(tasks.into_iter().map(open).collect())
}

/// The open case of a unit's present payer, with its open tasks of a kind.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such unit; [`Refusal::Conflict`] when its payer has no open case.
pub fn find_case_of_unit(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    label: &UnitLabel,
) -> Result<CaseId, Refusal> {
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let unit = registry::find_unit(tx, community, label)?
            .ok_or_else(|| Refusal::not_found("房屋", "unit", label.as_str()))?;
        for account in registry::list_accounts_of_unit(tx, community, unit.id)? {
            if let Some(case) = case::find_open_of_party(tx, community, account.party_id)? {
                return Ok(case.id);
            }
        }
        Err(Refusal::conflict(format!("{label} 没有在办的催缴案件"), format!("{label} has no open case")))
    })
}

/// Marks a task done that is no contact (a letter served, contact data repaired, a review made).
///
/// # Errors
/// [`Refusal::Conflict`] when it is done already.
pub fn complete_task(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    task: TaskId,
    result: &str,
) -> Result<(), Refusal> {
    actor.require(Permission::WorkCases, community)?;
    if result.trim().is_empty() {
        return Err(Refusal::invalid("result", "请写明办理结果", "say what came of it"));
    }
    app.db.write(|tx| {
        let done = finish_task(tx, app, actor, community, task, result.trim())?;
        if let Some(case) = done.case_id.filter(|_| done.kind == "repair_contact")
            && let Some(case) = case::find(tx, community, case)?
        {
            contact_data_changed(tx, app, community, (case.party_id, true))?;
        }
        if let Some(case) = done.case_id.filter(|_| done.kind == WARN_TASK) {
            note_warning(tx, app, actor, community, case)?;
        }
        audit_act(tx, app, actor, community, "task.complete", task.uuid(), &json!({ "result": result.trim() }))
    })
}

/// Sets cause and attitude of a case, until a day at most 90 days off.
///
/// # Errors
/// [`Refusal::InvalidInput`] without evidence.
pub fn classify(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    case: CaseId,
    found: (Cause, Attitude),
    evidence: &str,
) -> Result<(), Refusal> {
    actor.require(Permission::WorkCases, community)?;
    if evidence.trim().is_empty() {
        return Err(Refusal::invalid("evidence", "请写明依据", "say what it rests on"));
    }
    app.db.write(|tx| {
        let case = open_case(tx, community, case)?;
        insert_classification(tx, app, actor, &case, community, found_to_be(found.0, found.1), evidence.trim())?;
        let detail = json!({ "cause": found.0, "attitude": found.1 });
        audit_act(tx, app, actor, community, "case.classify", case.id.uuid(), &detail)
    })
}

/// What a person found, with what it says about capacity.
fn found_to_be(cause: Cause, attitude: Attitude) -> (Cause, Attitude, Capacity) {
    (cause, attitude, if cause == Cause::Hard { Capacity::Unable } else { Capacity::Unknown })
}

pub(super) fn insert_classification(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    case: &CaseRow,
    community: CommunityId,
    (cause, attitude, capacity): (Cause, Attitude, Capacity),
    evidence: &str,
) -> Result<(), Refusal> {
    let id: ClassificationId = app.new_id();
    let row = ClassificationRow {
        id,
        case_id: case.id,
        cause: cause.as_str().to_owned(),
        attitude: attitude.as_str().to_owned(),
        capacity: capacity.as_str().to_owned(),
        evidence: evidence.to_owned(),
        set_by_id: actor.staff_id,
        set_by_name: actor.name.clone(),
        set_on: app.today(),
        expires_on: app.today() + chrono::TimeDelta::days(CLASSIFICATION_DAYS),
    };
    let seq = community::next_seq(tx, community, 1)?;
    Ok(work::insert_classification(tx, community, &row, seq)?)
}

pub(super) fn audit_act(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    act: &'static str,
    subject: Uuid,
    detail: &serde_json::Value,
) -> Result<(), Refusal> {
    let act = Act { act, subject_kind: "case", subject_id: Some(subject), detail };
    Ok(audit::record(tx, app, actor, Some(community), &act)?)
}
