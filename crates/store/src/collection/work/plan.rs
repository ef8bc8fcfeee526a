//! Instalment plans (分期).

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{CaseId, CommunityId, PlanId};
use serde_json::Value as Json;

use crate::collection::facts::{Scope, Scoped, scoped};
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

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

const PLANS: &str = "SELECT id, case_id, state, total_fen, agreed_on, schedule, agreed_by, approved_by, settled_on
    FROM plan WHERE community_id = $1 ORDER BY case_id, seq";
const ACTIVE: Scoped = scoped!(
    "SELECT id, case_id, state, total_fen, agreed_on, schedule, agreed_by, approved_by, settled_on
    FROM plan WHERE community_id = $1 AND state = 'active'",
    " AND case_id IN ({ids})",
    " ORDER BY case_id"
);
const INSERT_PLAN: &str =
    "INSERT INTO plan (community_id, id, case_id, state, total_fen, agreed_on, schedule, agreed_by,
    approved_by, settled_on, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const SETTLE_PLAN: &str = "UPDATE plan SET state = $3, settled_on = $4 WHERE community_id = $1 AND id = $2";
const DECIDE_PLAN: &str = "UPDATE plan SET state = $3, approved_by = $4, settled_on = $5
    WHERE community_id = $1 AND id = $2 AND state = 'accepted'";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[PLANS, ACTIVE.all, ACTIVE.few, INSERT_PLAN, SETTLE_PLAN, DECIDE_PLAN];

/// All plans, in case order, newest last.
///
/// # Errors
/// When the database refuses.
pub fn list_plans(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<PlanRow>, DbError> {
    tx.query(PLANS, &params![community], read_plan)
}

/// The plans that run: at most one per case.
///
/// # Errors
/// When the database refuses.
pub fn list_active_plans(tx: &mut Tx<'_>, community: CommunityId, scope: Scope<'_>) -> Result<Vec<PlanRow>, DbError> {
    scope.query_by_case(tx, ACTIVE, &params![community], read_plan)
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
