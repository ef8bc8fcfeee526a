//! Collection runs and their decisions. A run is only a container: it is never part of a key that prevents sending twice.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{CaseId, CommunityId, DecisionId, RunId};
use serde_json::Value as Json;

use crate::db::{BulkTable, ColumnKind};
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// A run as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRow {
    /// Its id.
    pub id: RunId,
    /// The day it decided for.
    pub as_of: NaiveDate,
    /// The policy version.
    pub policy_version: i64,
    /// Facts recorded up to this sequence number were read.
    pub watermark: i64,
    /// `running`, `done` or `taken_over`.
    pub status: String,
    /// Open cases in scope.
    pub cases: i64,
    /// Decisions made; equal to `cases` when done.
    pub decisions: i64,
    /// Stages, actions and reasons counted.
    pub counts: Json,
    /// Over all decisions, in case order.
    pub digest: Option<[u8; 32]>,
    /// Who started it.
    pub actor_name: String,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it was done.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A JSON document as the text its tree is written as, keys sorted: written once, for its hash and for the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortedJson(pub String);

impl From<SortedJson> for Value {
    fn from(document: SortedJson) -> Self {
        Self::SortedJson(document.0)
    }
}

/// A decision as stored: only those that differ from the case's last one. Its documents are trees when it is read, and text when
/// it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRow<D = Json> {
    /// Its id.
    pub id: DecisionId,
    /// The run that made it.
    pub run_id: RunId,
    /// The case.
    pub case_id: CaseId,
    /// The day decided for.
    pub as_of: NaiveDate,
    /// `act` or `none`.
    pub outcome: String,
    /// The step, when it acts.
    pub step_key: Option<String>,
    /// The reason, when it does not.
    pub reason: Option<String>,
    /// The stage before.
    pub stage_before: String,
    /// The stage after.
    pub stage_after: String,
    /// The version of the policy it rests on.
    pub policy_version: i64,
    /// When the plan looks at the case again.
    pub next_due_on: Option<NaiveDate>,
    /// What it read.
    pub facts: D,
    /// Rule by rule, why.
    pub trace: D,
    /// Day counts aside, what makes it equal to another.
    pub digest: [u8; 32],
    /// When it was recorded.
    pub seq: i64,
}

const LAST: &str = "SELECT id, as_of, policy_version, watermark, status, cases, decisions, counts, digest, actor_name,
    started_at, finished_at FROM collection_run WHERE community_id = $1 ORDER BY as_of DESC, id DESC LIMIT $2";
const EXISTS: &str = "SELECT id FROM collection_run WHERE community_id = $1 AND id = $2";
const START: &str =
    "INSERT INTO collection_run (community_id, id, as_of, policy_version, watermark, status, cases, decisions,
    counts, digest, actor_name, started_at, finished_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const TAKE_OVER: &str =
    "UPDATE collection_run SET status = 'taken_over' WHERE community_id = $1 AND status = 'running'";
const FINISH: &str = "UPDATE collection_run SET status = 'done', cases = $3, decisions = $4, counts = $5, digest = $6,
    finished_at = $7 WHERE community_id = $1 AND id = $2";
/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[LAST, EXISTS, START, TAKE_OVER, FINISH];

static DECISIONS: BulkTable = BulkTable {
    table: "decision",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("run_id", ColumnKind::Uuid),
        ("case_id", ColumnKind::Uuid),
        ("as_of", ColumnKind::Date),
        ("outcome", ColumnKind::Text),
        ("step_key", ColumnKind::Text),
        ("reason", ColumnKind::Text),
        ("stage_before", ColumnKind::Text),
        ("stage_after", ColumnKind::Text),
        ("policy_version", ColumnKind::Int),
        ("next_due_on", ColumnKind::Date),
        ("facts", ColumnKind::Json),
        ("trace", ColumnKind::Json),
        ("digest", ColumnKind::Bytes),
        ("seq", ColumnKind::Int),
    ],
};

/// The newest runs of a community.
///
/// # Errors
/// When the database refuses.
pub fn list_newest(tx: &mut Tx<'_>, community: CommunityId, limit: i64) -> Result<Vec<RunRow>, DbError> {
    tx.query(LAST, &params![community, limit], |row| {
        Ok(RunRow {
            id: row.take()?,
            as_of: row.take()?,
            policy_version: row.take()?,
            watermark: row.take()?,
            status: row.take()?,
            cases: row.take()?,
            decisions: row.take()?,
            counts: row.take()?,
            digest: row.take()?,
            actor_name: row.take()?,
            started_at: row.take()?,
            finished_at: row.take()?,
        })
    })
}

/// Whether there was such a run.
///
/// # Errors
/// When the database refuses.
pub fn exists(tx: &mut Tx<'_>, community: CommunityId, id: RunId) -> Result<bool, DbError> {
    tx.query_opt(EXISTS, &params![community, id], |row| row.take::<RunId>()).map(|found| found.is_some())
}

/// Writes a run that starts; a run of this community that never ended is taken over.
///
/// # Errors
/// When the database refuses.
pub fn start(tx: &mut Tx<'_>, community: CommunityId, run: &RunRow) -> Result<(), DbError> {
    tx.execute(TAKE_OVER, &params![community])?;
    let r = run;
    let values = params![
        community,
        r.id,
        r.as_of,
        r.policy_version,
        r.watermark,
        &r.status,
        r.cases,
        r.decisions,
        r.counts.clone(),
        r.digest,
        &r.actor_name,
        r.started_at,
        r.finished_at
    ];
    tx.execute(START, &values).map(|_| ())
}

/// Writes what a run came to.
///
/// # Errors
/// When the database refuses.
pub fn finish(tx: &mut Tx<'_>, community: CommunityId, run: &RunRow) -> Result<(), DbError> {
    let r = run;
    let values = params![community, r.id, r.cases, r.decisions, r.counts.clone(), r.digest, r.finished_at];
    tx.execute(FINISH, &values).map(|_| ())
}

/// What the digest of decisions covers: all of it, as it is written.
#[must_use]
pub fn decision_content<D: Into<Value>>(community: CommunityId, d: DecisionRow<D>) -> [Value; 16] {
    let (facts, trace): (Value, Value) = (d.facts.into(), d.trace.into());
    params![
        community,
        d.id,
        d.run_id,
        d.case_id,
        d.as_of,
        d.outcome,
        d.step_key,
        d.reason,
        d.stage_before,
        d.stage_after,
        d.policy_version,
        d.next_due_on,
        facts,
        trace,
        d.digest,
        d.seq
    ]
}

/// Writes decisions.
///
/// # Errors
/// When the database refuses.
pub fn insert_decisions(
    tx: &mut Tx<'_>,
    community: CommunityId,
    decisions: impl IntoIterator<Item = DecisionRow<SortedJson>>,
) -> Result<u64, DbError> {
    let mut written = SetDigest::default();
    let rows = decisions.into_iter().map(|decision| {
        let content = decision_content(community, decision);
        written.join(&SetDigest::of(&content));
        content
    });
    let count = tx.bulk_insert(&DECISIONS, rows)?;
    digest::add(tx, community, Register::Decisions, &written)?;
    Ok(count)
}

pub(crate) fn read_decision(row: &Row<'_>) -> Result<DecisionRow, DbError> {
    Ok(DecisionRow {
        id: row.take()?,
        run_id: row.take()?,
        case_id: row.take()?,
        as_of: row.take()?,
        outcome: row.take()?,
        step_key: row.take()?,
        reason: row.take()?,
        stage_before: row.take()?,
        stage_after: row.take()?,
        policy_version: row.take()?,
        next_due_on: row.take()?,
        facts: row.take()?,
        trace: row.take()?,
        digest: row.take()?,
        seq: row.take()?,
    })
}
