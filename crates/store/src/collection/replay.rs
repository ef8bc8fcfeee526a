//! Replay: recorded decisions are made again from the facts and the policy version they rest on, and must come out the same.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::collection::facts::CaseFacts;
use hemu_domain::collection::trace::TraceLine;
use hemu_domain::collection::{Decision, Policy, decide};
use hemu_domain::ids::{CommunityId, DecisionId, RunId};

use super::policy;
use crate::{DbError, Row, Tx, Value, params};

macro_rules! recorded {
    ($rest:literal) => {
        concat!(
            "SELECT id, as_of, outcome, step_key, reason, stage_before, stage_after, policy_version, next_due_on, facts,
    trace, digest FROM decision ",
            $rest
        )
    };
}

const OF_ALL: &str = recorded!("ORDER BY community_id, id");
const OF_COMMUNITY: &str = recorded!("WHERE community_id = $1 ORDER BY id");
const OF_RUN: &str = recorded!("WHERE community_id = $1 AND run_id = $2 ORDER BY id");
const OF_DAY: &str = recorded!("WHERE community_id = $1 AND as_of = $2 ORDER BY id");
const OF_DAYS: &str = recorded!("WHERE community_id = $1 AND as_of >= $2 AND as_of <= $3 ORDER BY id");

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[OF_ALL, OF_COMMUNITY, OF_RUN, OF_DAY, OF_DAYS];

/// Which decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every decision of every community.
    All,
    /// Of a community.
    Community(CommunityId),
    /// Of one run.
    Run(CommunityId, RunId),
    /// Of the runs for a day.
    Day(CommunityId, NaiveDate),
    /// Of the runs for the days from one to another.
    Days(CommunityId, NaiveDate, NaiveDate),
}

impl Which {
    fn query(self) -> (&'static str, Vec<Value>) {
        match self {
            Self::All => (OF_ALL, Vec::new()),
            Self::Community(community) => (OF_COMMUNITY, params![community].to_vec()),
            Self::Run(community, run) => (OF_RUN, params![community, run].to_vec()),
            Self::Day(community, day) => (OF_DAY, params![community, day].to_vec()),
            Self::Days(community, first, last) => (OF_DAYS, params![community, first, last].to_vec()),
        }
    }
}

/// Why a decision does not come out as recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Its policy version is not stored, or cannot be read.
    NoPolicy,
    /// Its facts cannot be read.
    Facts,
    /// Another outcome or stage, or another reasoning, than recorded.
    Decision,
}

/// A decision made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The decision.
    pub id: DecisionId,
    /// The day decided for.
    pub as_of: NaiveDate,
    /// Why it differs; `None` when it comes out the same.
    pub difference: Option<Difference>,
}

/// Makes recorded decisions again, one at a time.
///
/// # Errors
/// When the database refuses.
pub fn replay(tx: &mut Tx<'_>, which: Which, mut each: impl FnMut(Replayed)) -> Result<(), DbError> {
    let stored = policy::list(tx)?.into_iter();
    let policies: HashMap<i64, Policy> =
        stored.filter_map(|one| Some((one.version, Policy::read(&one.body.to_string()).ok()?))).collect();
    let (sql, values) = which.query();
    tx.for_each::<DbError>(sql, &values, |row| {
        let recorded = read(row)?;
        each(Replayed { id: recorded.id, as_of: recorded.as_of, difference: find_difference(&policies, &recorded) });
        Ok(())
    })
}

/// A decision as recorded, its documents read straight into their types: there are millions.
struct Recorded {
    id: DecisionId,
    as_of: NaiveDate,
    outcome: String,
    step_key: Option<String>,
    reason: Option<String>,
    stage_before: String,
    stage_after: String,
    policy_version: i64,
    next_due_on: Option<NaiveDate>,
    facts: Option<CaseFacts>,
    trace: Option<Vec<TraceLine>>,
    digest: [u8; 32],
}

fn read(row: &Row<'_>) -> Result<Recorded, DbError> {
    Ok(Recorded {
        id: row.take()?,
        as_of: row.take()?,
        outcome: row.take()?,
        step_key: row.take()?,
        reason: row.take()?,
        stage_before: row.take()?,
        stage_after: row.take()?,
        policy_version: row.take()?,
        next_due_on: row.take()?,
        facts: row.json()?,
        trace: row.json()?,
        digest: row.take()?,
    })
}

fn find_difference(policies: &HashMap<i64, Policy>, recorded: &Recorded) -> Option<Difference> {
    let Some(policy) = policies.get(&recorded.policy_version) else { return Some(Difference::NoPolicy) };
    let Some(facts) = &recorded.facts else { return Some(Difference::Facts) };
    let again = decide(policy, facts, recorded.as_of);
    (!is_as_recorded(&again, facts, recorded)).then_some(Difference::Decision)
}

fn is_as_recorded(again: &Decision, facts: &CaseFacts, recorded: &Recorded) -> bool {
    again.digest() == recorded.digest
        && facts.stage.as_str() == recorded.stage_before
        && again.stage_after.as_str() == recorded.stage_after
        && again.next_due_on == recorded.next_due_on
        && again.words() == (recorded.outcome.as_str(), recorded.step_key.as_deref(), recorded.reason.as_deref())
        && recorded.trace.as_ref() == Some(&again.trace)
}
