//! The legal step (法律途径): the last resort, taken by a person through a gate, never by a run (I17; 民法典 944, requirement B4).
//!
//! What is missing is listed, and nothing is changed while anything is. Once open, the matter holds the claim charge by charge as
//! it stood that day: principal and late fee of the arrears list. The case is then in its legal stage.

use hemu_domain::collection::gates::{LegalFile, legal_gate};
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::{CaseId, CommunityId, LegalMatterId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Text};
use hemu_store::collection::case;
use hemu_store::legal::{self, LegalMatterRow};
use hemu_store::{Tx, community};

use crate::arrears::list_charges;
use crate::audit::{self, Act};
use crate::collection::work::open_case;
use crate::collection::{policies, snapshot};
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// A legal step to take.
#[derive(Clone, Debug)]
pub struct MatterRequest {
    /// The community.
    pub community: CommunityId,
    /// The case.
    pub case: CaseId,
    /// `mediation`, `payment_order`, `suit` or `arbitration`.
    pub kind: String,
    /// Why it is in the common interest of the owners; goes on record.
    pub ground: String,
    /// Contract, bills, proofs of service and contacts are complete.
    pub evidence_complete: bool,
}

/// Opens a legal matter: asked for by one person, approved by another.
///
/// # Errors
/// [`Refusal::Forbidden`] when either person may not; [`Refusal::InvalidInput`] without a ground or for an unknown kind;
/// [`Refusal::Gated`] with the list of what is missing.
pub fn open_matter(
    app: &App,
    actor: &Actor,
    approver: &Actor,
    request: &MatterRequest,
) -> Result<LegalMatterId, Refusal> {
    actor.require(Permission::IssueLetters, request.community)?;
    approver.require(Permission::Approve, request.community)?;
    let ground = required("ground", "理由", &request.ground, 500)?;
    if !matches!(request.kind.as_str(), "mediation" | "payment_order" | "suit" | "arbitration") {
        let zh = "请选择调解、支付令、诉讼或仲裁";
        return Err(Refusal::invalid("kind", zh, "choose mediation, payment order, suit or arbitration"));
    }
    app.db.write(|tx| open(tx, app, (actor, approver), request, &ground))
}

fn open(
    tx: &mut Tx<'_>,
    app: &App,
    (actor, approver): (&Actor, &Actor),
    request: &MatterRequest,
    ground: &str,
) -> Result<LegalMatterId, Refusal> {
    let (community, today) = (request.community, app.today());
    let seq = community::next_seq(tx, community, 1)?;
    let case = open_case(tx, community, request.case)?;
    let missing = missing(tx, app, (actor, approver), request, case.policy_version)?;
    if !missing.is_empty() {
        return Err(Refusal::Gated { missing });
    }
    let mut owed = list_charges(tx, community, today)?;
    owed.retain(|one| one.charge.party_id == case.party_id && one.days > 0);
    let amount = |one: &crate::arrears::ChargeArrears| one.principal + one.late_fee;
    let lines: Vec<_> =
        owed.iter().map(|one| serde_json::json!({ "charge": one.charge.id, "amount": amount(one) })).collect();
    let row = LegalMatterRow {
        id: app.new_id(),
        case_id: request.case,
        kind: request.kind.clone(),
        state: "approved".to_owned(),
        ground: ground.to_owned(),
        requested_by: actor.name.clone(),
        approved_by: approver.name.clone(),
        opened_on: today,
        filed_on: None,
        closed_on: None,
        claim_fen: owed.iter().map(amount).sum::<Fen>(),
        claim_lines: serde_json::Value::Array(lines),
    };
    legal::insert_matter(tx, community, &row, seq)?;
    case::enter_stage(tx, community, request.case, Stage::Legal.as_str(), today)?;
    let detail = serde_json::json!({ "kind": row.kind, "claim": row.claim_fen, "approved_by": row.approved_by });
    let subject_id = Some(row.id.uuid());
    let act = Act { act: "matter.open", subject_kind: "legal_matter", subject_id, detail: &detail };
    audit::record(tx, app, actor, Some(community), &act)?;
    Ok(row.id)
}

fn missing(
    tx: &mut Tx<'_>,
    app: &App,
    (actor, approver): (&Actor, &Actor),
    request: &MatterRequest,
    policy_version: i64,
) -> Result<Vec<Text>, Refusal> {
    let policy = policies::get(tx, policy_version)?;
    let facts = snapshot::one_case(tx, request.community, request.case, app.today())?.facts;
    let file = LegalFile {
        evidence_complete: request.evidence_complete,
        approved_by_second_person: actor.name != approver.name,
    };
    Ok(legal_gate(&policy, &facts, file, app.today()))
}
