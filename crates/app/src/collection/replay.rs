//! Replay: recorded decisions are made again from their stored facts and policy version; what comes out must be what was recorded.

use chrono::NaiveDate;
use hemu_domain::ids::{CommunityId, DecisionId, RunId};
use hemu_domain::staff::Permission;
use hemu_store::collection::replay::{self as store, Difference, Which};
use hemu_store::collection::run;
use serde::Serialize;

use crate::{Actor, App, Refusal};

/// Which decisions to make again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayScope {
    /// All of the community.
    All,
    /// Those of one run.
    Run(RunId),
    /// Those of the runs for a day.
    Day(NaiveDate),
}

/// A decision that does not come out as recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DifferingDecision {
    /// Its id.
    pub id: DecisionId,
    /// The day decided for.
    pub as_of: NaiveDate,
    /// `policy`: its version is not stored; `facts`: they cannot be read; `decision`: something else comes out.
    pub why: &'static str,
}

/// What a replay came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReplayReport {
    /// Decisions made again.
    pub decisions: usize,
    /// Those that come out as recorded.
    pub same: usize,
    /// Those that do not.
    pub differing: Vec<DifferingDecision>,
}

/// Makes recorded decisions again.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such run.
pub fn replay(app: &App, actor: &Actor, community: CommunityId, scope: ReplayScope) -> Result<ReplayReport, Refusal> {
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let which = match scope {
            ReplayScope::All => Which::Community(community),
            ReplayScope::Day(day) => Which::Day(community, day),
            ReplayScope::Run(id) => {
                let known = run::exists(tx, community, id)?;
                known
                    .then_some(Which::Run(community, id))
                    .ok_or_else(|| Refusal::not_found("催缴批次", "run", &id.to_string()))?
            }
        };
        let mut report = ReplayReport::default();
        store::replay(tx, which, |one| {
            report.decisions += 1;
            match one.difference {
                None => report.same += 1,
                Some(why) => report.differing.push(DifferingDecision { id: one.id, as_of: one.as_of, why: word(why) }),
            }
        })?;
        Ok(report)
    })
}

const fn word(why: Difference) -> &'static str {
    match why {
        Difference::NoPolicy => "policy",
        Difference::Facts => "facts",
        Difference::Decision => "decision",
    }
}
