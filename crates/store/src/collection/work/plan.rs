//! Instalment plans (分期): every column is covered by the register, so each change goes through [`put_plan`] or [`end_plans`].

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{CaseId, ChargeId, CommunityId, PlanId};
use serde_json::Value as Json;
use uuid::Uuid;

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
    /// When it was offered.
    pub offered_on: NaiveDate,
    /// The last day to agree to it.
    pub lapses_on: NaiveDate,
    /// When the owner agreed.
    pub agreed_on: Option<NaiveDate>,
    /// How the owner agreed: `phone`, `visit`...; empty until then.
    pub agreed_by_way: String,
    /// `[{"charge", "unit", "item", "period", "due_on", "open", "late_fee"}]`
    pub lines: Json,
    /// `[{"due_on", "amount"}]`
    pub schedule: Json,
    /// `{"grace_days", "late_fee_rests", "misses"}`
    pub terms: Json,
    /// Who agreed it with the owner.
    pub agreed_by: String,
    /// The second person; empty where none was needed.
    pub approved_by: String,
    /// When it began to run.
    pub runs_from: Option<NaiveDate>,
    /// When the owner was last told of a missed instalment.
    pub warned_on: Option<NaiveDate>,
    /// By whom.
    pub warned_by: String,
    /// When it was completed, defaulted or given up.
    pub settled_on: Option<NaiveDate>,
    /// Why it was given up.
    pub ended_why: String,
}

/// The columns of a plan, in the order of [`read_plan`].
macro_rules! columns {
    () => {
        "id, case_id, state, total_fen, offered_on, lapses_on, agreed_on, agreed_by_way, lines, schedule, terms,
    agreed_by, approved_by, runs_from, warned_on, warned_by, settled_on, ended_why"
    };
}
pub(crate) use columns;

const PLANS: &str = concat!("SELECT ", columns!(), " FROM plan WHERE community_id = $1 ORDER BY case_id, seq");
const CURRENT: Scoped = Scoped {
    all: concat!(
        "SELECT ",
        columns!(),
        " FROM plan WHERE community_id = $1 AND state IN ('offered', 'accepted', 'active') ORDER BY case_id"
    ),
    few: concat!(
        "SELECT ",
        columns!(),
        " FROM plan WHERE community_id = $1 AND state IN ('offered', 'accepted', 'active') AND case_id IN ({ids})
    ORDER BY case_id"
    ),
};
const OF_CASE: &str =
    concat!("SELECT ", columns!(), " FROM plan WHERE community_id = $1 AND case_id = $2 ORDER BY seq");
const FIND: &str = concat!("SELECT ", columns!(), " FROM plan WHERE community_id = $1 AND id = $2");
/// What was paid on charges of the payers of running plans since each was agreed.
const PAID: Scoped = Scoped {
    all: "SELECT p.case_id, l.charge_id, CAST(SUM(l.amount_fen) AS BIGINT) FROM plan p
    JOIN case_file c ON c.community_id = p.community_id AND c.id = p.case_id
    JOIN account a ON a.community_id = c.community_id AND a.party_id = c.party_id
    JOIN allocation l ON l.community_id = a.community_id AND l.account_id = a.id
    WHERE p.community_id = $1 AND p.state = 'active' AND l.kind IN ('principal', 'late_fee')
    AND l.charge_id IS NOT NULL AND l.effective_on >= p.agreed_on AND l.effective_on <= $2
    GROUP BY p.case_id, l.charge_id",
    few: "SELECT p.case_id, l.charge_id, CAST(SUM(l.amount_fen) AS BIGINT) FROM plan p
    JOIN case_file c ON c.community_id = p.community_id AND c.id = p.case_id
    JOIN account a ON a.community_id = c.community_id AND a.party_id = c.party_id
    JOIN allocation l ON l.community_id = a.community_id AND l.account_id = a.id
    WHERE p.community_id = $1 AND p.state = 'active' AND l.kind IN ('principal', 'late_fee')
    AND l.charge_id IS NOT NULL AND l.effective_on >= p.agreed_on AND l.effective_on <= $2 AND p.case_id IN ({ids})
    GROUP BY p.case_id, l.charge_id",
};
/// `CROSS JOIN` keeps the embedded engine on the way from the plans, which are few, to their charges.
const OPEN: Scoped = scoped!(
    "SELECT p.case_id, h.id, h.open_fen FROM plan p CROSS JOIN case_file c CROSS JOIN account a CROSS JOIN charge h
    WHERE p.community_id = $1 AND p.state = 'active' AND c.community_id = p.community_id AND c.id = p.case_id
    AND a.community_id = c.community_id AND a.party_id = c.party_id
    AND h.community_id = a.community_id AND h.account_id = a.id AND h.open_fen > 0",
    " AND p.case_id IN ({ids})",
    " ORDER BY p.case_id, h.id"
);
const INSERT_PLAN: &str = "INSERT INTO plan (community_id, id, case_id, state, total_fen, offered_on, lapses_on,
    agreed_on, agreed_by_way, lines, schedule, terms, agreed_by, approved_by, runs_from, warned_on, warned_by,
    settled_on, ended_why, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
const PUT_PLAN: &str = "UPDATE plan SET state = $3, agreed_on = $4, agreed_by_way = $5, approved_by = $6,
    runs_from = $7, warned_on = $8, warned_by = $9, settled_on = $10, ended_why = $11
    WHERE community_id = $1 AND id = $2 AND state = $12";
const END_PLANS: &str =
    "UPDATE plan SET state = $2, settled_on = $3, ended_why = $4 WHERE community_id = $1 AND id IN ({ids})";

/// Every statement of this module but that with an id list.
pub const STATEMENTS: &[&str] =
    &[PLANS, FIND, CURRENT.all, CURRENT.few, OF_CASE, PAID.all, PAID.few, OPEN.all, OPEN.few, INSERT_PLAN, PUT_PLAN];

/// A plan by its id.
///
/// # Errors
/// When the database refuses.
pub fn find_plan(tx: &mut Tx<'_>, community: CommunityId, id: PlanId) -> Result<Option<PlanRow>, DbError> {
    tx.query_opt(FIND, &params![community, id], read_plan)
}

/// All plans, in case order, newest last.
///
/// # Errors
/// When the database refuses.
pub fn list_plans(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<PlanRow>, DbError> {
    tx.query(PLANS, &params![community], read_plan)
}

/// The plans that are not over: offered, agreed to, or running; at most one per case.
///
/// # Errors
/// When the database refuses.
pub fn list_current_plans(tx: &mut Tx<'_>, community: CommunityId, scope: Scope<'_>) -> Result<Vec<PlanRow>, DbError> {
    scope.query_by_case(tx, CURRENT, &params![community], read_plan)
}

/// The plans of a case, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_plans_of_case(tx: &mut Tx<'_>, community: CommunityId, case: CaseId) -> Result<Vec<PlanRow>, DbError> {
    tx.query(OF_CASE, &params![community, case], read_plan)
}

/// What was paid up to a day on each charge of the payers of running plans, since each plan was agreed.
///
/// # Errors
/// When the database refuses.
pub fn list_paid_on_plans(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    scope: Scope<'_>,
) -> Result<Vec<(CaseId, ChargeId, Fen)>, DbError> {
    scope.query_by_case(tx, PAID, &params![community, as_of], |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// What is open of each charge of the payers of running plans.
///
/// # Errors
/// When the database refuses.
pub fn list_open_of_plans(
    tx: &mut Tx<'_>,
    community: CommunityId,
    scope: Scope<'_>,
) -> Result<Vec<(CaseId, ChargeId, Fen)>, DbError> {
    scope.query_by_case(tx, OPEN, &params![community], |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// What the digest of plans covers: everything.
#[must_use]
pub fn plan_content(community: CommunityId, p: &PlanRow) -> Vec<Value> {
    params![
        community,
        p.id,
        p.case_id,
        &p.state,
        p.total_fen,
        p.offered_on,
        p.lapses_on,
        p.agreed_on,
        &p.agreed_by_way,
        Value::sorted_json(&p.lines),
        Value::sorted_json(&p.schedule),
        Value::sorted_json(&p.terms),
        &p.agreed_by,
        &p.approved_by,
        p.runs_from,
        p.warned_on,
        &p.warned_by,
        p.settled_on,
        &p.ended_why
    ]
    .to_vec()
}

/// Writes a plan.
///
/// # Errors
/// [`DbError::Duplicate`] when the case has one that is not over.
pub fn insert_plan(tx: &mut Tx<'_>, community: CommunityId, p: &PlanRow, seq: i64) -> Result<(), DbError> {
    let content = plan_content(community, p);
    tx.execute(INSERT_PLAN, &[&content[..], &params![seq]].concat())?;
    digest::add(tx, community, Register::Plans, &SetDigest::of(&content))
}

/// Writes what became of a plan; false when it was not as `old` says any more.
///
/// # Errors
/// When the database refuses.
pub fn put_plan(tx: &mut Tx<'_>, community: CommunityId, old: &PlanRow, new: &PlanRow) -> Result<bool, DbError> {
    let values = params![
        community,
        new.id,
        &new.state,
        new.agreed_on,
        &new.agreed_by_way,
        &new.approved_by,
        new.runs_from,
        new.warned_on,
        &new.warned_by,
        new.settled_on,
        &new.ended_why,
        &old.state
    ];
    if tx.execute(PUT_PLAN, &values)? != 1 {
        return Ok(false);
    }
    let change = (Some(&plan_content(community, old)[..]), &plan_content(community, new)[..]);
    digest::put(tx, community, Register::Plans, change)?;
    Ok(true)
}

/// Ends plans, all of them in the same way.
///
/// # Errors
/// When the database refuses.
pub fn end_plans(
    tx: &mut Tx<'_>,
    community: CommunityId,
    plans: &[PlanRow],
    (state, on, why): (&str, NaiveDate, &str),
) -> Result<(), DbError> {
    let mut change = SetDigest::default();
    for old in plans {
        let (state, settled_on, ended_why) = (state.to_owned(), Some(on), why.to_owned());
        let new = PlanRow { state, settled_on, ended_why, ..old.clone() };
        change.join(&SetDigest::of_change(&plan_content(community, old), &plan_content(community, &new)));
    }
    let ids: Vec<Uuid> = plans.iter().map(|plan| plan.id.uuid()).collect();
    tx.execute_in(END_PLANS, &params![community, state, on, why], &ids)?;
    digest::add(tx, community, Register::Plans, &change)
}

pub(crate) fn read_plan(row: &Row<'_>) -> Result<PlanRow, DbError> {
    Ok(PlanRow {
        id: row.take()?,
        case_id: row.take()?,
        state: row.take()?,
        total_fen: row.take()?,
        offered_on: row.take()?,
        lapses_on: row.take()?,
        agreed_on: row.take()?,
        agreed_by_way: row.take()?,
        lines: row.take()?,
        schedule: row.take()?,
        terms: row.take()?,
        agreed_by: row.take()?,
        approved_by: row.take()?,
        runs_from: row.take()?,
        warned_on: row.take()?,
        warned_by: row.take()?,
        settled_on: row.take()?,
        ended_why: row.take()?,
    })
}
