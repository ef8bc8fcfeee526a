//! What changes for whom: the open cases of a community decided under their present version and under another one, as of today, side
//! by side. Nothing is written, and everything is read set by set, by the reads a run makes.
//!
//! A case goes on under its present version until its stage ends (I12); the preview shows every case as if the other version held
//! for it already, which is what it leads to.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hemu_domain::collection::comparison::{Change, compare};
use hemu_domain::collection::policy::{Policy, Stage};
use hemu_domain::collection::{Decision, decide_untraced};
use hemu_domain::ids::{CaseId, CommunityId};
use hemu_domain::staff::Permission;
use hemu_store::collection::case;
use hemu_store::collection::facts::Scope;
use serde::Serialize;

use super::policies::Policies;
use super::snapshot;
use super::versions::{in_force_on, list_versions};
use crate::{Actor, App, Refusal};

/// So many cases are listed.
const MOST_ROWS: usize = 200;

/// What is decided about a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// The stage after it.
    pub stage: Stage,
    /// The step; `None` when nothing is done.
    pub step: Option<String>,
    /// Why nothing is done.
    pub reason: Option<&'static str>,
    /// When the plan looks at the case again.
    pub next_due_on: Option<NaiveDate>,
}

/// A case for which something changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedCase {
    /// The case.
    pub case: CaseId,
    /// What it is called.
    pub number: String,
    /// How it changes.
    pub change: Change,
    /// Under the version the case stands under.
    pub was: Decided,
    /// Under the other one.
    pub becomes: Decided,
}

/// What a version changes for the open cases of a community.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PreviewReport {
    /// The day.
    pub as_of: NaiveDate,
    /// The version that is tried.
    pub version: i64,
    /// Open cases.
    pub cases: i64,
    /// How many change, by how; those that stay the same, too.
    pub changes: BTreeMap<String, i64>,
    /// The first of those that change, by number.
    pub rows: Vec<ChangedCase>,
}

/// Tries a policy on the open cases of a community.
///
/// # Errors
/// [`Refusal::Forbidden`] for somebody who may not read the community.
pub fn preview(app: &App, actor: &Actor, community: CommunityId, policy: &Policy) -> Result<PreviewReport, Refusal> {
    actor.require(Permission::Read, community)?;
    let as_of = app.today();
    app.db.read(|tx| {
        let in_force = in_force_on(tx, as_of)?;
        let policies = Policies::read(tx, &in_force)?;
        let mut cases = case::list_open(tx, community)?;
        cases.sort_unstable_by(|one, other| one.number.cmp(&other.number));
        let mut report = PreviewReport {
            as_of,
            version: policy.version,
            cases: 0,
            changes: Change::ALL.iter().map(|one| (one.as_str().to_owned(), 0)).collect(),
            rows: Vec::new(),
        };
        for case in snapshot::of_cases(tx, community, as_of, cases, Scope::Open)? {
            let present = decide_untraced(policies.of(case.case.policy_version), &case.facts, as_of);
            let new = decide_untraced(policy, &case.facts, as_of);
            report.add(&case.case, (&present, &new));
        }
        Ok(report)
    })
}

/// Tries the draft; where none is open, the version in force, on which cases under way are still to go on.
///
/// # Errors
/// As for [`preview`].
pub fn preview_draft(app: &App, actor: &Actor, community: CommunityId) -> Result<PreviewReport, Refusal> {
    let list = list_versions(app, actor)?;
    preview(app, actor, community, &list.draft.map_or(list.policy, |draft| draft.policy))
}

impl PreviewReport {
    fn add(&mut self, case: &case::CaseRow, (present, new): (&Decision, &Decision)) {
        let change = compare(present, new);
        self.cases += 1;
        *self.changes.entry(change.as_str().to_owned()).or_insert(0) += 1;
        if change != Change::Same && self.rows.len() < MOST_ROWS {
            let (was, becomes) = (decided(present), decided(new));
            self.rows.push(ChangedCase { case: case.id, number: case.number.clone(), change, was, becomes });
        }
    }
}

fn decided(decision: &Decision) -> Decided {
    let (_, step, reason) = decision.words();
    Decided {
        stage: decision.stage_after,
        step: step.map(ToOwned::to_owned),
        reason,
        next_due_on: decision.next_due_on,
    }
}
