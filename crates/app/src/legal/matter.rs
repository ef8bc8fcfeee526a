//! The legal step (法律途径): the last resort, taken by two people through a gate, never by a run (I17; 民法典 944, requirement B4).
//!
//! What is missing is listed when it is asked for and again when it is approved ([`crate::approval`]), and nothing is changed
//! while anything is. Once open, the matter holds the claim charge by charge as it stood that day: principal and late fee of the
//! arrears list. The case is then in its legal stage.

use hemu_domain::collection::gates::{LegalFile, legal_gate};
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::{CaseId, CommunityId, LegalMatterId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Text};
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::legal::{self, LegalMatterRow};
use hemu_store::{Tx, community};
use serde::{Deserialize, Serialize};

use crate::approval::TwoPeople;
use crate::arrears::{ChargeArrears, list_charges};
use crate::audit::{self, Act};
use crate::collection::work::open_case;
use crate::collection::{policies, snapshot};
use crate::legal::ceiling::too_high;
use crate::tariff::Contracts;
use crate::{Actor, App, Refusal};

/// A legal step to take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatterRequest {
    /// The case.
    pub case: CaseId,
    /// `mediation`, `payment_order`, `suit` or `arbitration`.
    pub kind: String,
    /// Contract, bills, proofs of service and contacts are complete.
    pub evidence_complete: bool,
}

/// What would be claimed of a case today.
pub(crate) struct Claim {
    /// The case.
    pub case: CaseRow,
    owed: Vec<ChargeArrears>,
}

impl Claim {
    /// The first unit it is about.
    pub fn unit(&self) -> String {
        self.owed.first().map(|one| one.charge.unit.to_string()).unwrap_or_default()
    }

    /// Principal and late fee.
    pub fn total(&self) -> Fen {
        self.owed.iter().map(amount).sum()
    }

    fn lines(&self) -> serde_json::Value {
        self.owed.iter().map(|one| serde_json::json!({ "charge": one.charge.id, "amount": amount(one) })).collect()
    }
}

fn amount(one: &ChargeArrears) -> Fen {
    one.principal + one.late_fee
}

/// What a legal step of a case still needs, the evidence taken as complete and a second person as found.
///
/// # Errors
/// [`Refusal::Forbidden`] for whoever may not read; [`Refusal::Conflict`] when the case is closed.
pub fn missing_for_matter(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    case: CaseId,
) -> Result<Vec<Text>, Refusal> {
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let found = case::find(tx, community, case)?.filter(|one| one.closed_on.is_none());
        let found = found.ok_or_else(|| Refusal::conflict("案件已结案", "the case is closed"))?;
        missing(tx, app, community, &found, true)
    })
}

/// Whether the step could be taken now but for the second person, and what would be claimed.
///
/// # Errors
/// [`Refusal::InvalidInput`] for an unknown kind; [`Refusal::Conflict`] when the case is closed or with legal already;
/// [`Refusal::Gated`] with the list of what is missing.
pub(crate) fn check(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    request: &MatterRequest,
) -> Result<Claim, Refusal> {
    if !matches!(request.kind.as_str(), "mediation" | "payment_order" | "suit" | "arbitration") {
        let zh = "请选择调解、支付令、诉讼或仲裁";
        return Err(Refusal::invalid("kind", zh, "choose mediation, payment order, suit or arbitration"));
    }
    let case = open_case(tx, community, request.case)?;
    if case.stage == Stage::Legal.as_str() {
        return Err(Refusal::conflict("案件已进入法律途径", "the case is with legal already"));
    }
    let missing = missing(tx, app, community, &case, request.evidence_complete)?;
    if !missing.is_empty() {
        return Err(Refusal::Gated { missing });
    }
    let owed = owed_of(tx, app, community, &case)?;
    Ok(Claim { case, owed })
}

/// Opens a legal matter that two people agreed on.
///
/// # Errors
/// As for [`check`].
pub(crate) fn open(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    request: &MatterRequest,
) -> Result<LegalMatterId, Refusal> {
    let today = app.today();
    let seq = community::next_seq(tx, community, 1)?;
    let claim = check(tx, app, community, request)?;
    let row = LegalMatterRow {
        id: app.new_id(),
        case_id: request.case,
        kind: request.kind.clone(),
        state: "approved".to_owned(),
        ground: people.reason.to_owned(),
        requested_by: people.asked_by.to_owned(),
        approved_by: people.approver.name.clone(),
        opened_on: today,
        filed_on: None,
        closed_on: None,
        claim_fen: claim.total(),
        claim_lines: claim.lines(),
    };
    legal::insert_matter(tx, community, &row, seq)?;
    case::enter_stage(tx, community, request.case, Stage::Legal.as_str(), today)?;
    let detail = serde_json::json!({ "kind": row.kind, "claim": row.claim_fen, "requested_by": row.requested_by });
    let subject_id = Some(row.id.uuid());
    let act = Act { act: "matter.open", subject_kind: "legal_matter", subject_id, detail: &detail };
    audit::record(tx, app, people.approver, Some(community), &act)?;
    Ok(row.id)
}

/// What the payer of a case owes that is overdue.
fn owed_of(tx: &mut Tx<'_>, app: &App, community: CommunityId, case: &CaseRow) -> Result<Vec<ChargeArrears>, Refusal> {
    let mut owed = list_charges(tx, community, app.today())?;
    owed.retain(|one| one.charge.party_id == case.party_id && one.days > 0);
    Ok(owed)
}

/// What is missing but for the second person, who is there when the step is approved.
fn missing(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    case: &CaseRow,
    evidence_complete: bool,
) -> Result<Vec<Text>, Refusal> {
    let policy = policies::get(tx, case.policy_version)?;
    let facts = snapshot::one_case(tx, community, case.id, app.today())?.facts;
    let file = LegalFile { evidence_complete, approved_by_second_person: true };
    let mut missing = legal_gate(&policy, &facts, file, app.today());
    let owed = owed_of(tx, app, community, case)?;
    missing.extend(too_high(&Contracts::load(tx, community)?, &owed, app.today()));
    Ok(missing)
}
