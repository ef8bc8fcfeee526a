//! Disputed charges (争议金额): which charges an open complaint is about. They are not asked for until it is answered, and their late
//! fee stands still: it is owed for those days only if the complaint is found wrong (`collections.md` 6.2). All else goes on.

use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::{ChargeId, CommunityId, ComplaintId, HoldId, PartyId};
use hemu_domain::staff::Permission;
use hemu_store::collection::case_page;
use hemu_store::collection::work::{self, ComplaintRow, HoldRow};
use hemu_store::{Tx, community, ledger};
use serde_json::json;

use super::work::{audit_act, open_case};
use crate::{Actor, App, Refusal};

/// Notes which charges an open complaint is about.
///
/// # Errors
/// [`Refusal::InvalidInput`] when no charge is named, or one that its payer does not owe; [`Refusal::Conflict`] when the complaint
/// was answered before.
pub fn dispute_charges(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    complaint: ComplaintId,
    charges: &[ChargeId],
) -> Result<HoldId, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    if charges.is_empty() {
        return Err(Refusal::invalid("charges", "请选择有争议的应收", "name the charges that are in dispute"));
    }
    app.db.write(|tx| {
        let complaint = work::find_complaint(tx, community, complaint)?
            .ok_or_else(|| Refusal::not_found("投诉", "complaint", &complaint.to_string()))?;
        dispute(tx, app, actor, (community, &complaint), charges)
    })
}

/// The same, in the transaction that takes the complaint down.
///
/// # Errors
/// As for [`dispute_charges`].
pub(super) fn dispute(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    (community, complaint): (CommunityId, &ComplaintRow),
    charges: &[ChargeId],
) -> Result<HoldId, Refusal> {
    let seq = community::next_seq(tx, community, 1)?;
    let Some(case) = complaint.case_id.filter(|_| complaint.answered_on.is_none()) else {
        return Err(Refusal::conflict("这件投诉已经答复过", "this complaint was answered before"));
    };
    open_case(tx, community, case)?;
    check_owed(tx, community, complaint.party_id, charges)?;
    let id: HoldId = app.new_id();
    work::insert_hold(tx, community, &hold_row(app, actor, id, (complaint, charges)), seq)?;
    audit_act(tx, app, actor, community, "complaint.dispute", case.uuid(), &json!({ "charges": charges }))?;
    Ok(id)
}

fn check_owed(tx: &mut Tx<'_>, community: CommunityId, party: PartyId, charges: &[ChargeId]) -> Result<(), Refusal> {
    let mut owed = Vec::new();
    for account in case_page::list_accounts(tx, community, party)? {
        owed.extend(ledger::list_owed_of_account(tx, community, account.id)?.into_iter().map(|charge| charge.id));
    }
    match charges.iter().find(|charge| !owed.contains(charge)) {
        None => Ok(()),
        Some(charge) => {
            let zh = format!("应收 {charge} 不是该业主的未缴应收，请核对");
            Err(Refusal::invalid("charges", zh, format!("{charge} is no open charge of this payer; check it")))
        }
    }
}

fn hold_row(app: &App, actor: &Actor, id: HoldId, (complaint, charges): (&ComplaintRow, &[ChargeId])) -> HoldRow {
    let suppresses = HoldKind::ServiceDispute.suppresses_of_charges();
    HoldRow {
        id,
        case_id: complaint.case_id,
        kind: HoldKind::ServiceDispute.as_str().to_owned(),
        scope: "charges".to_owned(),
        suppress_contact: suppresses.contact,
        suppress_escalation: suppresses.escalation,
        suppress_late_fee: suppresses.late_fee,
        suppress_legal: suppresses.legal,
        charge_ids: json!(charges),
        reason: "投诉涉及的应收，答复前不催缴、不计违约金".to_owned(),
        opened_by: actor.name.clone(),
        opened_on: app.today(),
        review_on: complaint.promised_on,
        expires_on: None,
        released_on: None,
        complaint_id: Some(complaint.id),
    }
}
