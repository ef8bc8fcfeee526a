//! What people do on a case: classification, holds, tasks, promises, plans, complaints.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{
    ActionId, CaseId, ClassificationId, CommunityId, ComplaintId, HoldId, PartyId, PlanId, PromiseId, StaffId, TaskId,
    UnitId,
};
use serde_json::Value as Json;

use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, chain, params};

/// What staff found out about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassificationRow {
    /// Its id.
    pub id: ClassificationId,
    /// The case.
    pub case_id: CaseId,
    /// Reason code, such as `SERVICE`.
    pub cause: String,
    /// Attitude code.
    pub attitude: String,
    /// Capacity code.
    pub capacity: String,
    /// What it rests on.
    pub evidence: String,
    /// Who set it.
    pub set_by_id: Option<StaffId>,
    /// Their name.
    pub set_by_name: String,
    /// When.
    pub set_on: NaiveDate,
    /// Until when it holds.
    pub expires_on: NaiveDate,
}

/// A hold (暂缓).
#[derive(Clone, Debug, PartialEq)]
pub struct HoldRow {
    /// Its id.
    pub id: HoldId,
    /// The case; `None` for the whole community.
    pub case_id: Option<CaseId>,
    /// Type code.
    pub kind: String,
    /// `case`, `charges` or `community`.
    pub scope: String,
    /// No contact.
    pub suppress_contact: bool,
    /// No next stage.
    pub suppress_escalation: bool,
    /// No late fee.
    pub suppress_late_fee: bool,
    /// No legal step.
    pub suppress_legal: bool,
    /// The disputed charges, for scope `charges`.
    pub charge_ids: Json,
    /// Why.
    pub reason: String,
    /// Who opened it.
    pub opened_by: String,
    /// When.
    pub opened_on: NaiveDate,
    /// When somebody must look at it again.
    pub review_on: NaiveDate,
    /// When it ends by itself.
    pub expires_on: Option<NaiveDate>,
    /// When it was released.
    pub released_on: Option<NaiveDate>,
    /// The complaint behind it.
    pub complaint_id: Option<ComplaintId>,
}

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

/// A promise to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseRow {
    /// Its id.
    pub id: PromiseId,
    /// The case.
    pub case_id: CaseId,
    /// How much.
    pub amount_fen: Fen,
    /// When it was given.
    pub promised_on: NaiveDate,
    /// By when.
    pub due_on: NaiveDate,
    /// Over which channel.
    pub channel: String,
    /// Who took it.
    pub taken_by: String,
    /// `active`, `kept`, `part_kept`, `broken`, `withdrawn` or `superseded`.
    pub state: String,
    /// When it was kept or broken.
    pub settled_on: Option<NaiveDate>,
}

/// An instalment plan.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanRow {
    /// Its id.
    pub id: PlanId,
    /// The case.
    pub case_id: CaseId,
    /// `draft`, `offered`, `accepted`, `active`, `completed`, `defaulted` or `cancelled`.
    pub state: String,
    /// The sum of the instalments.
    pub total_fen: Fen,
    /// When it was agreed.
    pub agreed_on: NaiveDate,
    /// `[{"due_on", "amount"}]`
    pub schedule: Json,
    /// Who agreed it with the owner.
    pub agreed_by: String,
    /// The second person.
    pub approved_by: String,
    /// When it was completed or defaulted.
    pub settled_on: Option<NaiveDate>,
}

/// A complaint and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComplaintRow {
    /// Its id.
    pub id: ComplaintId,
    /// The case it bears on.
    pub case_id: Option<CaseId>,
    /// Where.
    pub unit_id: UnitId,
    /// Whose.
    pub party_id: PartyId,
    /// The department in charge.
    pub department: String,
    /// What it is about.
    pub subject: String,
    /// Where it stands.
    pub state: String,
    /// When it was taken.
    pub opened_on: NaiveDate,
    /// By when an answer was promised.
    pub promised_on: NaiveDate,
    /// When it was answered.
    pub answered_on: Option<NaiveDate>,
    /// The answer.
    pub answer: Option<String>,
    /// Who took it.
    pub taken_by: String,
}

const CLASSIFICATIONS: &str = "SELECT id, case_id, cause, attitude, capacity, evidence, set_by_id, set_by_name, set_on,
    expires_on FROM classification WHERE community_id = $1 ORDER BY case_id, seq";
const CLASSIFICATIONS_OF_CASE: &str = "SELECT id, case_id, cause, attitude, capacity, evidence, set_by_id, set_by_name,
    set_on, expires_on FROM classification WHERE community_id = $1 AND case_id = $2 ORDER BY seq";
const INSERT_CLASSIFICATION: &str =
    "INSERT INTO classification (community_id, id, case_id, cause, attitude, capacity, evidence,
    set_by_id, set_by_name, set_on, expires_on, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const HOLDS: &str =
    "SELECT id, case_id, kind, scope, suppress_contact, suppress_escalation, suppress_late_fee, suppress_legal,
    charge_ids, reason, opened_by, opened_on, review_on, expires_on, released_on, complaint_id
    FROM hold WHERE community_id = $1 AND (released_on IS NULL OR released_on > $2) ORDER BY case_id, seq";
const HOLDS_OF_CASE: &str = "SELECT id, case_id, kind, scope, suppress_contact, suppress_escalation, suppress_late_fee,
    suppress_legal, charge_ids, reason, opened_by, opened_on, review_on, expires_on, released_on, complaint_id
    FROM hold WHERE community_id = $1 AND (case_id = $2 OR case_id IS NULL) ORDER BY seq";
const INSERT_HOLD: &str = "INSERT INTO hold (community_id, id, case_id, kind, scope, suppress_contact, suppress_escalation,
    suppress_late_fee, suppress_legal, charge_ids, reason, opened_by, opened_on, review_on, expires_on, complaint_id, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
const RELEASE_HOLD: &str = "UPDATE hold SET released_on = $3, released_by = $4, release_reason = $5
    WHERE community_id = $1 AND id = $2 AND released_on IS NULL";
const RELEASE_OF_COMPLAINT: &str = "UPDATE hold SET released_on = $3, released_by = $4, release_reason = $5
    WHERE community_id = $1 AND complaint_id = $2 AND released_on IS NULL";
const INSERT_TASK: &str =
    "INSERT INTO task (community_id, id, case_id, action_id, kind, title, staff_id, due_on, fitting_time,
    state, result, created_on, done_on, done_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const TASKS_OPEN: &str =
    "SELECT id, case_id, action_id, kind, title, staff_id, due_on, fitting_time, state, result, created_on,
    done_on, done_by FROM task WHERE community_id = $1 AND state = 'open' ORDER BY due_on, id";
const TASKS_OF_CASE: &str = "SELECT id, case_id, action_id, kind, title, staff_id, due_on, fitting_time, state, result,
    created_on, done_on, done_by FROM task WHERE community_id = $1 AND case_id = $2 ORDER BY id";
const FIND_TASK: &str =
    "SELECT id, case_id, action_id, kind, title, staff_id, due_on, fitting_time, state, result, created_on,
    done_on, done_by FROM task WHERE community_id = $1 AND id = $2";
const FINISH_TASK: &str = "UPDATE task SET state = 'done', result = $3, done_on = $4, done_by = $5
    WHERE community_id = $1 AND id = $2 AND state = 'open'";
const PROMISES: &str = "SELECT id, case_id, amount_fen, promised_on, due_on, channel, taken_by, state, settled_on
    FROM promise WHERE community_id = $1 ORDER BY case_id, seq";
const LAST_PROMISE_HASH: &str =
    "SELECT hash FROM promise WHERE community_id = $1 AND case_id = $2 ORDER BY seq DESC LIMIT 1";
const INSERT_PROMISE: &str =
    "INSERT INTO promise (community_id, id, case_id, amount_fen, promised_on, due_on, channel, taken_by,
    state, settled_on, seq, prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const SETTLE_PROMISE: &str = "UPDATE promise SET state = $3, settled_on = $4 WHERE community_id = $1 AND id = $2
    AND state = 'active'";
const PLANS: &str = "SELECT id, case_id, state, total_fen, agreed_on, schedule, agreed_by, approved_by, settled_on
    FROM plan WHERE community_id = $1 ORDER BY case_id, seq";
const INSERT_PLAN: &str =
    "INSERT INTO plan (community_id, id, case_id, state, total_fen, agreed_on, schedule, agreed_by,
    approved_by, settled_on, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const SETTLE_PLAN: &str = "UPDATE plan SET state = $3, settled_on = $4 WHERE community_id = $1 AND id = $2";
const DECIDE_PLAN: &str = "UPDATE plan SET state = $3, approved_by = $4, settled_on = $5
    WHERE community_id = $1 AND id = $2 AND state = 'accepted'";
const COMPLAINTS_OF_CASE: &str =
    "SELECT id, case_id, unit_id, party_id, department, subject, state, opened_on, promised_on,
    answered_on, answer, taken_by FROM complaint WHERE community_id = $1 AND case_id = $2 ORDER BY seq";
const COMPLAINTS_OPEN: &str = "SELECT id, case_id, unit_id, party_id, department, subject, state, opened_on, promised_on,
    answered_on, answer, taken_by FROM complaint WHERE community_id = $1 AND answered_on IS NULL ORDER BY promised_on, id";
const FIND_COMPLAINT: &str =
    "SELECT id, case_id, unit_id, party_id, department, subject, state, opened_on, promised_on,
    answered_on, answer, taken_by FROM complaint WHERE community_id = $1 AND id = $2";
const INSERT_COMPLAINT: &str =
    "INSERT INTO complaint (community_id, id, case_id, unit_id, party_id, department, subject, state,
    opened_on, promised_on, answered_on, answer, taken_by, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const ANSWER_COMPLAINT: &str = "UPDATE complaint SET state = $3, answered_on = $4, answer = $5
    WHERE community_id = $1 AND id = $2 AND answered_on IS NULL";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    CLASSIFICATIONS,
    CLASSIFICATIONS_OF_CASE,
    INSERT_CLASSIFICATION,
    HOLDS,
    HOLDS_OF_CASE,
    INSERT_HOLD,
    RELEASE_HOLD,
    RELEASE_OF_COMPLAINT,
    INSERT_TASK,
    TASKS_OPEN,
    TASKS_OF_CASE,
    FIND_TASK,
    FINISH_TASK,
    PROMISES,
    LAST_PROMISE_HASH,
    INSERT_PROMISE,
    SETTLE_PROMISE,
    PLANS,
    INSERT_PLAN,
    SETTLE_PLAN,
    DECIDE_PLAN,
    COMPLAINTS_OF_CASE,
    COMPLAINTS_OPEN,
    FIND_COMPLAINT,
    INSERT_COMPLAINT,
    ANSWER_COMPLAINT,
];

/// All classifications, in case order, newest last.
///
/// # Errors
/// When the database refuses.
pub fn list_classifications(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ClassificationRow>, DbError> {
    tx.query(CLASSIFICATIONS, &params![community], read_classification)
}

/// What staff found out about one case, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_classifications_of_case(
    tx: &mut Tx<'_>,
    community: CommunityId,
    case: CaseId,
) -> Result<Vec<ClassificationRow>, DbError> {
    tx.query(CLASSIFICATIONS_OF_CASE, &params![community, case], read_classification)
}

/// Writes a classification; it replaces the one before by being newer.
///
/// # Errors
/// When the database refuses.
pub fn insert_classification(
    tx: &mut Tx<'_>,
    community: CommunityId,
    c: &ClassificationRow,
    seq: i64,
) -> Result<(), DbError> {
    let values = params![
        community,
        c.id,
        c.case_id,
        &c.cause,
        &c.attitude,
        &c.capacity,
        &c.evidence,
        c.set_by_id,
        &c.set_by_name,
        c.set_on,
        c.expires_on,
        seq
    ];
    tx.execute(INSERT_CLASSIFICATION, &values).map(|_| ())
}

/// Holds in force on or after `as_of`, those of the whole community first or last by engine, in order within a case.
///
/// # Errors
/// When the database refuses.
pub fn list_holds(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<Vec<HoldRow>, DbError> {
    tx.query(HOLDS, &params![community, as_of], read_hold)
}

/// All holds a case has or had, and those of its community.
///
/// # Errors
/// When the database refuses.
pub fn list_holds_of_case(tx: &mut Tx<'_>, community: CommunityId, case: CaseId) -> Result<Vec<HoldRow>, DbError> {
    tx.query(HOLDS_OF_CASE, &params![community, case], read_hold)
}

/// Writes a hold.
///
/// # Errors
/// When the database refuses.
pub fn insert_hold(tx: &mut Tx<'_>, community: CommunityId, h: &HoldRow, seq: i64) -> Result<(), DbError> {
    let values = params![
        community,
        h.id,
        h.case_id,
        &h.kind,
        &h.scope,
        h.suppress_contact,
        h.suppress_escalation,
        h.suppress_late_fee,
        h.suppress_legal,
        h.charge_ids.clone(),
        &h.reason,
        &h.opened_by,
        h.opened_on,
        h.review_on,
        h.expires_on,
        h.complaint_id,
        seq
    ];
    tx.execute(INSERT_HOLD, &values).map(|_| ())
}

/// Ends a hold; false when it had ended.
///
/// # Errors
/// When the database refuses.
pub fn release_hold(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: HoldId,
    on: NaiveDate,
    by: &str,
    reason: &str,
) -> Result<bool, DbError> {
    tx.execute(RELEASE_HOLD, &params![community, id, on, by, reason]).map(|rows| rows == 1)
}

/// Ends the holds a complaint opened.
///
/// # Errors
/// When the database refuses.
pub fn release_holds_of_complaint(
    tx: &mut Tx<'_>,
    community: CommunityId,
    complaint: ComplaintId,
    on: NaiveDate,
    by: &str,
    reason: &str,
) -> Result<(), DbError> {
    tx.execute(RELEASE_OF_COMPLAINT, &params![community, complaint, on, by, reason]).map(|_| ())
}

/// Writes a task.
///
/// # Errors
/// When the database refuses.
pub fn insert_task(tx: &mut Tx<'_>, community: CommunityId, t: &TaskRow) -> Result<(), DbError> {
    let values = params![
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
    ];
    tx.execute(INSERT_TASK, &values).map(|_| ())
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

/// All promises, in case order, newest last.
///
/// # Errors
/// When the database refuses.
pub fn list_promises(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<PromiseRow>, DbError> {
    tx.query(PROMISES, &params![community], |row| {
        Ok(PromiseRow {
            id: row.take()?,
            case_id: row.take()?,
            amount_fen: row.take()?,
            promised_on: row.take()?,
            due_on: row.take()?,
            channel: row.take()?,
            taken_by: row.take()?,
            state: row.take()?,
            settled_on: row.take()?,
        })
    })
}

/// What a promise's hash covers: everything that was said, not how it ended.
#[must_use]
pub fn promise_content(community: CommunityId, p: &PromiseRow) -> Vec<Value> {
    params![community, p.id, p.case_id, p.amount_fen, p.promised_on, p.due_on, &p.channel, &p.taken_by].to_vec()
}

/// Writes a promise at the end of its case's chain.
///
/// # Errors
/// [`DbError::Duplicate`] when the case has an active one.
pub fn insert_promise(tx: &mut Tx<'_>, community: CommunityId, p: &PromiseRow, seq: i64) -> Result<(), DbError> {
    let last = tx.query_opt(LAST_PROMISE_HASH, &params![community, p.case_id], |row| row.take::<[u8; 32]>())?;
    let previous = last.unwrap_or(chain::START);
    let hash = chain::link(&previous, &promise_content(community, p));
    let values = params![
        community,
        p.id,
        p.case_id,
        p.amount_fen,
        p.promised_on,
        p.due_on,
        &p.channel,
        &p.taken_by,
        &p.state,
        p.settled_on,
        seq,
        previous,
        hash
    ];
    tx.execute(INSERT_PROMISE, &values)?;
    digest::add(tx, community, Register::Promises, &SetDigest::of(&promise_content(community, p)))
}

/// Ends an active promise; false when it was not active.
///
/// # Errors
/// When the database refuses.
pub fn settle_promise(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: PromiseId,
    state: &str,
    on: NaiveDate,
) -> Result<bool, DbError> {
    tx.execute(SETTLE_PROMISE, &params![community, id, state, on]).map(|rows| rows == 1)
}

/// All plans, in case order, newest last.
///
/// # Errors
/// When the database refuses.
pub fn list_plans(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<PlanRow>, DbError> {
    tx.query(PLANS, &params![community], read_plan)
}

/// What the digest of plans covers: what was agreed, not what became of it.
#[must_use]
pub fn plan_content(community: CommunityId, p: &PlanRow) -> Vec<Value> {
    params![community, p.id, p.case_id, p.total_fen, p.agreed_on, p.schedule.clone(), &p.agreed_by].to_vec()
}

/// Writes a plan.
///
/// # Errors
/// [`DbError::Duplicate`] when the case has an active one.
pub fn insert_plan(tx: &mut Tx<'_>, community: CommunityId, p: &PlanRow, seq: i64) -> Result<(), DbError> {
    let values = params![
        community,
        p.id,
        p.case_id,
        &p.state,
        p.total_fen,
        p.agreed_on,
        p.schedule.clone(),
        &p.agreed_by,
        &p.approved_by,
        p.settled_on,
        seq
    ];
    tx.execute(INSERT_PLAN, &values)?;
    digest::add(tx, community, Register::Plans, &SetDigest::of(&plan_content(community, p)))
}

/// Ends a plan.
///
/// # Errors
/// When the database refuses.
pub fn settle_plan(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: PlanId,
    state: &str,
    on: NaiveDate,
) -> Result<(), DbError> {
    tx.execute(SETTLE_PLAN, &params![community, id, state, on]).map(|_| ())
}

/// Approves a plan that waits, or turns it down on a day.
///
/// # Errors
/// When the database refuses.
pub fn decide_plan(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: PlanId,
    state: &str,
    (by, on): (&str, NaiveDate),
) -> Result<(), DbError> {
    let settled_on = (state != "active").then_some(on);
    tx.execute(DECIDE_PLAN, &params![community, id, state, by, settled_on]).map(|_| ())
}

/// The complaints that bear on a case.
///
/// # Errors
/// When the database refuses.
pub fn list_complaints_of_case(
    tx: &mut Tx<'_>,
    community: CommunityId,
    case: CaseId,
) -> Result<Vec<ComplaintRow>, DbError> {
    tx.query(COMPLAINTS_OF_CASE, &params![community, case], read_complaint)
}

/// Complaints without an answer, most urgent first.
///
/// # Errors
/// When the database refuses.
pub fn list_open_complaints(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ComplaintRow>, DbError> {
    tx.query(COMPLAINTS_OPEN, &params![community], read_complaint)
}

/// One complaint.
///
/// # Errors
/// When the database refuses.
pub fn find_complaint(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: ComplaintId,
) -> Result<Option<ComplaintRow>, DbError> {
    tx.query_opt(FIND_COMPLAINT, &params![community, id], read_complaint)
}

/// Writes a complaint.
///
/// # Errors
/// When the database refuses.
pub fn insert_complaint(tx: &mut Tx<'_>, community: CommunityId, c: &ComplaintRow, seq: i64) -> Result<(), DbError> {
    let values = params![
        community,
        c.id,
        c.case_id,
        c.unit_id,
        c.party_id,
        &c.department,
        &c.subject,
        &c.state,
        c.opened_on,
        c.promised_on,
        c.answered_on,
        c.answer.as_deref(),
        &c.taken_by,
        seq
    ];
    tx.execute(INSERT_COMPLAINT, &values).map(|_| ())
}

/// Records the answer to a complaint; false when it had one.
///
/// # Errors
/// When the database refuses.
pub fn answer_complaint(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: ComplaintId,
    state: &str,
    on: NaiveDate,
    answer: &str,
) -> Result<bool, DbError> {
    tx.execute(ANSWER_COMPLAINT, &params![community, id, state, on, answer]).map(|rows| rows == 1)
}

pub(crate) fn read_plan(row: &Row<'_>) -> Result<PlanRow, DbError> {
    Ok(PlanRow {
        id: row.take()?,
        case_id: row.take()?,
        state: row.take()?,
        total_fen: row.take()?,
        agreed_on: row.take()?,
        schedule: row.take()?,
        agreed_by: row.take()?,
        approved_by: row.take()?,
        settled_on: row.take()?,
    })
}

fn read_classification(row: &Row<'_>) -> Result<ClassificationRow, DbError> {
    Ok(ClassificationRow {
        id: row.take()?,
        case_id: row.take()?,
        cause: row.take()?,
        attitude: row.take()?,
        capacity: row.take()?,
        evidence: row.take()?,
        set_by_id: row.take()?,
        set_by_name: row.take()?,
        set_on: row.take()?,
        expires_on: row.take()?,
    })
}

fn read_hold(row: &Row<'_>) -> Result<HoldRow, DbError> {
    Ok(HoldRow {
        id: row.take()?,
        case_id: row.take()?,
        kind: row.take()?,
        scope: row.take()?,
        suppress_contact: row.take()?,
        suppress_escalation: row.take()?,
        suppress_late_fee: row.take()?,
        suppress_legal: row.take()?,
        charge_ids: row.take()?,
        reason: row.take()?,
        opened_by: row.take()?,
        opened_on: row.take()?,
        review_on: row.take()?,
        expires_on: row.take()?,
        released_on: row.take()?,
        complaint_id: row.take()?,
    })
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

fn read_complaint(row: &Row<'_>) -> Result<ComplaintRow, DbError> {
    Ok(ComplaintRow {
        id: row.take()?,
        case_id: row.take()?,
        unit_id: row.take()?,
        party_id: row.take()?,
        department: row.take()?,
        subject: row.take()?,
        state: row.take()?,
        opened_on: row.take()?,
        promised_on: row.take()?,
        answered_on: row.take()?,
        answer: row.take()?,
        taken_by: row.take()?,
    })
}
