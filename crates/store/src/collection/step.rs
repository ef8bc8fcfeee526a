//! Actions: the steps of the plan for a case, unique per (case, cycle, step, occurrence).

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::Fen;
use hemu_domain::collection::facts::StepFact;
use hemu_domain::ids::{ActionId, CaseId, CommunityId};
use serde_json::Value as Json;
use uuid::Uuid;

use super::facts::{Scope, Scoped, scoped};
use crate::db::{BulkTable, ColumnKind};
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// An action as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionRow {
    /// Its id.
    pub id: ActionId,
    /// The case.
    pub case_id: CaseId,
    /// The case's cycle.
    pub cycle_no: i64,
    /// The step of the policy.
    pub step_key: String,
    /// 1 for the first time, then counting up (next channel after a failure, next round).
    pub occurrence: i64,
    /// `message`, `call`, `visit`, `demand_letter`...
    pub kind: String,
    /// `sms`, `wechat`, `email`, for messages.
    pub channel: Option<String>,
    /// The stage it belongs to.
    pub stage: String,
    /// Where it is in its life.
    pub state: String,
    /// Why it is there, when somebody may ask.
    pub state_reason: Option<String>,
    /// The day of the run that planned it.
    pub planned_on: NaiveDate,
    /// When it may go out or should be done.
    pub due_at: DateTime<Utc>,
    /// Open principal at planning.
    pub open_fen: Fen,
    /// Late fee at planning.
    pub late_fee_fen: Fen,
    /// The charges behind these amounts: `[{charge, open, late_fee}]`.
    pub lines: Json,
    /// When it was sent, done or failed.
    pub done_on: Option<NaiveDate>,
}

const STEPS: Scoped = scoped!(
    "SELECT a.case_id, a.seq, a.step_key, a.occurrence, a.kind, a.channel, a.state, a.planned_on, a.done_on
    FROM case_file c CROSS JOIN action a WHERE c.community_id = $1 AND c.closed_on IS NULL
    AND a.community_id = c.community_id AND a.case_id = c.id AND a.cycle_no = c.cycle_no",
    " AND c.id IN ({ids})",
    ""
);
const OF_CASE: &str =
    "SELECT id, case_id, cycle_no, step_key, occurrence, kind, channel, stage, state, state_reason, planned_on,
    due_at, open_fen, late_fee_fen, lines, done_on FROM action WHERE community_id = $1 AND case_id = $2 ORDER BY seq";
const FIND: &str =
    "SELECT id, case_id, cycle_no, step_key, occurrence, kind, channel, stage, state, state_reason, planned_on,
    due_at, open_fen, late_fee_fen, lines, done_on FROM action WHERE community_id = $1 AND id = $2";
const LIST_DUE: &str = "SELECT id, case_id, cycle_no, step_key, occurrence, kind, channel, stage, state, state_reason,
    planned_on, due_at, open_fen, late_fee_fen, lines, done_on FROM action
    WHERE community_id = $1 AND state IN ('planned', 'deferred') AND kind = 'message' AND due_at <= $2
    ORDER BY due_at, id LIMIT $3";
const SET_STATE: &str =
    "UPDATE action SET state = $3, state_reason = $4, done_on = $5 WHERE community_id = $1 AND id = $2";
const DEFER: &str =
    "UPDATE action SET state = 'deferred', state_reason = $3, due_at = $4 WHERE community_id = $1 AND id = $2";
const FREEZE: &str =
    "UPDATE action SET open_fen = $3, late_fee_fen = $4, lines = $5 WHERE community_id = $1 AND id = $2";
const CANCEL_PENDING: &str = "UPDATE action SET state = 'cancelled', state_reason = $2
    WHERE community_id = $1 AND state IN ('planned', 'deferred', 'open_task') AND case_id IN ({ids})";
const CANCEL_TASKS: &str = "UPDATE task SET state = 'cancelled', result = $2 WHERE community_id = $1
    AND state = 'open' AND kind <> 'answer_complaint' AND case_id IN ({ids})";
const CANCEL_CONTACTS: &str = "UPDATE action SET state = 'cancelled', state_reason = $3, done_on = $4
    WHERE community_id = $1 AND case_id = $2 AND state IN ('planned', 'deferred', 'open_task')
    AND kind IN ('message', 'call', 'visit', 'senior_talk', 'demand_letter')";
const CANCEL_CONTACT_TASKS: &str =
    "UPDATE task SET state = 'cancelled', result = $3 WHERE community_id = $1 AND case_id = $2
    AND state = 'open' AND kind IN ('call', 'visit', 'senior_talk', 'serve_letter')";
const RECENT: &str =
    "SELECT id, case_id, cycle_no, step_key, occurrence, kind, channel, stage, state, state_reason, planned_on,
    due_at, open_fen, late_fee_fen, lines, done_on FROM action
    WHERE community_id = $1 AND kind = 'message' AND id < $2 ORDER BY id DESC LIMIT $3";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[
    STEPS.all,
    STEPS.few,
    OF_CASE,
    FIND,
    LIST_DUE,
    SET_STATE,
    DEFER,
    FREEZE,
    RECENT,
    CANCEL_CONTACTS,
    CANCEL_CONTACT_TASKS,
];

static ACTIONS: BulkTable = BulkTable {
    table: "action",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("case_id", ColumnKind::Uuid),
        ("cycle_no", ColumnKind::Int),
        ("step_key", ColumnKind::Text),
        ("occurrence", ColumnKind::Int),
        ("kind", ColumnKind::Text),
        ("channel", ColumnKind::Text),
        ("stage", ColumnKind::Text),
        ("state", ColumnKind::Text),
        ("state_reason", ColumnKind::Text),
        ("planned_on", ColumnKind::Date),
        ("due_at", ColumnKind::Time),
        ("open_fen", ColumnKind::Int),
        ("late_fee_fen", ColumnKind::Int),
        ("lines", ColumnKind::Json),
        ("done_on", ColumnKind::Date),
        ("seq", ColumnKind::Int),
    ],
};

/// What the digest of actions covers: which step of which case was planned, by which way and when. Where it is in its life, when
/// it goes out and the figures of a message change later.
pub(crate) fn action_content(community: CommunityId, a: &ActionRow, seq: i64) -> [Value; 10] {
    params![community, a.id, a.case_id, a.cycle_no, &a.step_key, a.occurrence, &a.kind, &a.stage, a.planned_on, seq]
}

/// Writes new actions.
///
/// # Errors
/// [`DbError::Duplicate`] when one of these steps is planned already.
pub fn insert_actions(
    tx: &mut Tx<'_>,
    community: CommunityId,
    actions: &[ActionRow],
    first_seq: i64,
) -> Result<u64, DbError> {
    let mut added = SetDigest::default();
    for (action, seq) in actions.iter().zip(first_seq..) {
        added.join(&SetDigest::of(&action_content(community, action, seq)));
    }
    digest::add(tx, community, Register::Actions, &added)?;
    let rows = actions.iter().zip(first_seq..).map(|(a, seq)| -> [Value; 18] {
        params![
            community,
            a.id,
            a.case_id,
            a.cycle_no,
            &a.step_key,
            a.occurrence,
            &a.kind,
            a.channel.as_deref(),
            &a.stage,
            &a.state,
            a.state_reason.as_deref(),
            a.planned_on,
            a.due_at,
            a.open_fen,
            a.late_fee_fen,
            Value::sorted_json(&a.lines),
            a.done_on,
            seq
        ]
    });
    tx.bulk_insert(&ACTIONS, rows)
}

/// The steps of open cases in their present cycle, in case order, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_steps(
    tx: &mut Tx<'_>,
    community: CommunityId,
    scope: Scope<'_>,
) -> Result<Vec<(CaseId, StepFact)>, DbError> {
    let mut steps = scope.query_by_case(tx, STEPS, &params![community], |row| {
        let key: (CaseId, i64) = (row.take()?, row.take()?);
        let step = StepFact {
            step_key: row.take()?,
            occurrence: row.take()?,
            kind: row.take()?,
            channel: row.take()?,
            state: row.take()?,
            planned_on: row.take()?,
            done_on: row.take()?,
        };
        Ok((key, step))
    })?;
    steps.sort_by_key(|(key, _)| *key);
    Ok(steps.into_iter().map(|((case, _), step)| (case, step)).collect())
}

/// The actions of a case, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_of_case(tx: &mut Tx<'_>, community: CommunityId, case: CaseId) -> Result<Vec<ActionRow>, DbError> {
    tx.query(OF_CASE, &params![community, case], read)
}

/// One action.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, community: CommunityId, id: ActionId) -> Result<Option<ActionRow>, DbError> {
    tx.query_opt(FIND, &params![community, id], read)
}

/// Messages that wait to go out and are due, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_due_messages(
    tx: &mut Tx<'_>,
    community: CommunityId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<ActionRow>, DbError> {
    tx.query(LIST_DUE, &params![community, now, limit], read)
}

/// Messages with an id below `before`, newest first, for the outbox page.
///
/// # Errors
/// When the database refuses.
pub fn list_messages_before(
    tx: &mut Tx<'_>,
    community: CommunityId,
    before: Uuid,
    limit: i64,
) -> Result<Vec<ActionRow>, DbError> {
    tx.query(RECENT, &params![community, before, limit], read)
}

/// Moves an action to a state, with its reason.
///
/// # Errors
/// When the database refuses.
pub fn set_state(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: ActionId,
    state: &str,
    reason: Option<&str>,
    done_on: Option<NaiveDate>,
) -> Result<(), DbError> {
    tx.execute(SET_STATE, &params![community, id, state, reason, done_on]).map(|_| ())
}

/// Puts an action off until `due_at`.
///
/// # Errors
/// When the database refuses.
pub fn defer(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: ActionId,
    reason: &str,
    due_at: DateTime<Utc>,
) -> Result<(), DbError> {
    tx.execute(DEFER, &params![community, id, reason, due_at]).map(|_| ())
}

/// Freezes what a message speaks of: the figures read when it was claimed (I8).
///
/// # Errors
/// When the database refuses.
pub fn freeze_figures(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: ActionId,
    (open_fen, late_fee_fen): (Fen, Fen),
    lines: &Json,
) -> Result<(), DbError> {
    tx.execute(FREEZE, &params![community, id, open_fen, late_fee_fen, lines.clone()]).map(|_| ())
}

/// Cancels what cases still have pending, tasks included; a complaint is answered all the same.
///
/// # Errors
/// When the database refuses.
pub fn cancel_pending(tx: &mut Tx<'_>, community: CommunityId, cases: &[Uuid], reason: &str) -> Result<(), DbError> {
    tx.execute_in(CANCEL_PENDING, &params![community, reason], cases)?;
    tx.execute_in(CANCEL_TASKS, &params![community, reason], cases).map(|_| ())
}

/// Cancels the contacts a case still has pending, their tasks included; internal work goes on.
///
/// # Errors
/// When the database refuses.
pub fn cancel_contacts(
    tx: &mut Tx<'_>,
    community: CommunityId,
    case: CaseId,
    (reason, on): (&str, NaiveDate),
) -> Result<(), DbError> {
    tx.execute(CANCEL_CONTACTS, &params![community, case, reason, on])?;
    tx.execute(CANCEL_CONTACT_TASKS, &params![community, case, reason]).map(|_| ())
}

fn read(row: &Row<'_>) -> Result<ActionRow, DbError> {
    Ok(ActionRow {
        id: row.take()?,
        case_id: row.take()?,
        cycle_no: row.take()?,
        step_key: row.take()?,
        occurrence: row.take()?,
        kind: row.take()?,
        channel: row.take()?,
        stage: row.take()?,
        state: row.take()?,
        state_reason: row.take()?,
        planned_on: row.take()?,
        due_at: row.take()?,
        open_fen: row.take()?,
        late_fee_fen: row.take()?,
        lines: row.take()?,
        done_on: row.take()?,
    })
}
