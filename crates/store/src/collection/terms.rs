//! The list of promises and plans of a community, by cursor, and the cases they belong to.

use chrono::NaiveDate;
use hemu_domain::UnitLabel;
use hemu_domain::ids::{CaseId, CommunityId, PlanId, PromiseId};
use uuid::Uuid;

use super::work::{PlanRow, PromiseRow, plan_columns, read_plan, read_promise};
use crate::{DbError, Tx, params};

const PROMISES: &str = "SELECT id, case_id, amount_fen, promised_on, due_on, channel, taken_by, state, settled_on,
    replaces_id, lapses_on FROM promise WHERE community_id = $1 AND state IN ($2, $3) AND due_on >= $4 AND due_on <= $5
    AND (due_on > $6 OR (due_on = $6 AND id > $7)) ORDER BY due_on, id LIMIT $8";
const DUE_OF: &str = "SELECT due_on FROM promise WHERE community_id = $1 AND id = $2";
const PLANS: &str = concat!(
    "SELECT ",
    plan_columns!(),
    " FROM plan WHERE community_id = $1 AND state = $2 AND id > $3 ORDER BY id LIMIT $4"
);
const COUNTS: &str = "SELECT 'promise', state, CAST(COUNT(*) AS BIGINT) FROM promise WHERE community_id = $1
    GROUP BY state UNION ALL SELECT 'plan', state, CAST(COUNT(*) AS BIGINT) FROM plan WHERE community_id = $1
    GROUP BY state";
const CASES: &str = "SELECT f.id, f.number, p.kind, p.name,
    (SELECT MIN(u.label) FROM account a JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
        WHERE a.community_id = f.community_id AND a.party_id = f.party_id)
    FROM case_file f JOIN party p ON p.community_id = f.community_id AND p.id = f.party_id
    WHERE f.community_id = $1 AND f.id IN ({ids})";

/// Every statement of this module but that with an id list.
pub const STATEMENTS: &[&str] = &[PROMISES, DUE_OF, PLANS, COUNTS];

/// A case as lists name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseName {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// The payer's kind.
    pub party_kind: String,
    /// The payer's name.
    pub name: String,
    /// The first of the payer's units.
    pub unit: Option<UnitLabel>,
}

/// Promises of one or two states that are due between two days, by day, after a promise.
///
/// # Errors
/// When the database refuses.
pub fn list_promises_due(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (state, other): (&str, &str),
    (from, to): (NaiveDate, NaiveDate),
    (after, limit): (Option<PromiseId>, i64),
) -> Result<Vec<PromiseRow>, DbError> {
    let due = match after {
        Some(id) => tx.query_opt(DUE_OF, &params![community, id], |row| row.take::<NaiveDate>())?,
        None => None,
    };
    let day = due.unwrap_or(NaiveDate::default());
    let id = if due.is_some() { after.map_or(Uuid::nil(), PromiseId::uuid) } else { Uuid::nil() };
    tx.query(PROMISES, &params![community, state, other, from, to, day, id, limit], read_promise)
}

/// Plans of a state, in the order in which they were offered, after a plan.
///
/// # Errors
/// When the database refuses.
pub fn list_plans_of_state(
    tx: &mut Tx<'_>,
    community: CommunityId,
    state: &str,
    (after, limit): (Option<PlanId>, i64),
) -> Result<Vec<PlanRow>, DbError> {
    let after = after.map_or(Uuid::nil(), PlanId::uuid);
    tx.query(PLANS, &params![community, state, after, limit], read_plan)
}

/// How many promises and plans are in each state: `promise` or `plan`, the state, the count.
///
/// # Errors
/// When the database refuses.
pub fn count_by_state(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(String, String, i64)>, DbError> {
    tx.query(COUNTS, &params![community], |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// The names of cases, open or closed.
///
/// # Errors
/// When the database refuses.
pub fn name_cases(tx: &mut Tx<'_>, community: CommunityId, cases: &[Uuid]) -> Result<Vec<CaseName>, DbError> {
    tx.query_in(CASES, &params![community], cases, |row| {
        Ok(CaseName {
            id: row.take()?,
            number: row.take()?,
            party_kind: row.take()?,
            name: row.take()?,
            unit: row.parse_opt(UnitLabel::parse)?,
        })
    })
}
