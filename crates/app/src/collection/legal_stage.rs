//! The step into the legal stage (法律途径): two people take it, never a run, and it is refused with the list of what is missing
//! (B4, I17; 民法典 944).

use hemu_domain::collection::gates::{LegalFile, legal_gate};
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::{CaseId, CommunityId};
use hemu_domain::staff::Permission;
use hemu_store::collection::case;
use serde_json::json;

use super::policies;
use super::snapshot::one_case;
use super::work::{audit_act, open_case};
use crate::{Actor, App, Refusal};

/// A case that shall go to court, arbitration or mediation.
#[derive(Clone, Copy, Debug)]
pub struct LegalStep {
    /// The community.
    pub community: CommunityId,
    /// The case.
    pub case: CaseId,
    /// Whether contract, bills, proofs of service and contacts were put together.
    pub evidence_complete: bool,
}

/// Moves a case to the legal stage.
///
/// # Errors
/// [`Refusal::Gated`] with everything that is missing; [`Refusal::Conflict`] when both are the same person;
/// [`Refusal::Forbidden`] when either may not.
pub fn enter_legal_stage(app: &App, actor: &Actor, approver: &Actor, step: &LegalStep) -> Result<(), Refusal> {
    actor.require(Permission::IssueLetters, step.community)?;
    approver.require(Permission::Approve, step.community)?;
    if actor.name == approver.name {
        return Err(Refusal::conflict("进入法律途径必须由另一个人批准", "somebody else has to approve a legal step"));
    }
    app.db.write(|tx| {
        let (community, today) = (step.community, app.today());
        let found = open_case(tx, community, step.case)?;
        let policy = policies::get(tx, found.policy_version)?;
        let facts = one_case(tx, community, found.id, today)?.facts;
        let file = LegalFile { evidence_complete: step.evidence_complete, approved_by_second_person: true };
        let missing = legal_gate(&policy, &facts, file, today);
        if !missing.is_empty() {
            return Err(Refusal::Gated { missing });
        }
        case::enter_stage(tx, community, found.id, Stage::Legal.as_str(), today)?;
        let detail = json!({ "case": found.number, "approved_by": approver.name });
        audit_act(tx, app, actor, community, "case.enter_legal_stage", found.id.uuid(), &detail)
    })
}
