//! The nightly run: collection for every community, once a day, from a time of day on; then complaints past their day are told to the
//! manager.
//!
//! What counts is the record of runs, not a timer: a program that was down at that time runs later the same day, one that was
//! started again does not run twice, and a run by hand the same day takes nothing away from it.

use chrono::NaiveTime;
use hemu_domain::ids::CommunityId;
use hemu_store::collection::run::{self, RunRow};

use super::versions::policy_in_force;
use super::{RunReport, RunRequest, run_collections};
use crate::clock::in_china;
use crate::registry::communities::list_communities;
use crate::service::escalate_late;
use crate::{Actor, App, Refusal};

/// So many runs of a community are looked at; by hand nobody makes more in a day.
const RUNS: i64 = 50;

/// Runs collection for the communities that had no nightly run today, once the time of day has come; returns those that ran.
///
/// A community that is refused does not keep the others from running: its problem is logged, and the next call tries again.
///
/// # Errors
/// When the database refuses.
pub fn run_nightly(app: &App, from: NaiveTime) -> Result<Vec<(CommunityId, RunReport)>, Refusal> {
    let now = in_china(app.clock.now()).naive_local();
    if now.time() < from {
        return Ok(Vec::new());
    }
    let (actor, as_of) = (Actor::system(), now.date());
    let mut due = Vec::new();
    for community in list_communities(app, &actor)? {
        let done = |one: &RunRow| one.as_of == as_of && one.actor_name == actor.name && one.status == "done";
        if !app.db.read(|tx| run::list_newest(tx, community.id, RUNS))?.iter().any(done) {
            due.push(RunRequest { community: community.id, as_of, dry_run: false });
        }
    }
    let policy = policy_in_force(app)?;
    let mut ran = Vec::new();
    for (request, answer) in due.iter().zip(run_collections(app, &actor, &policy, &due)) {
        match answer {
            Ok(report) => ran.push((request.community, report)),
            Err(refusal) => {
                tracing::error!(community.id = %request.community, problem = %refusal, "the nightly run was refused");
            }
        }
    }
    for request in &due {
        // What is late is told to the manager, whatever became of the run.
        if let Err(refusal) = escalate_late(app, &actor, request.community) {
            tracing::error!(community.id = %request.community, problem = %refusal, "late complaints were not told to the manager");
        }
    }
    Ok(ran)
}
