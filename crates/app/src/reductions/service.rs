//! A fee that is lower because the service was not as agreed (民法典 582): it names the complaint that was found right.

use hemu_domain::Fen;
use hemu_domain::ids::{ChargeId, CommunityId, ComplaintId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::service::Finding;
use hemu_store::collection::work;
use hemu_store::ledger::adjustment::AdjustmentRow;
use hemu_store::ledger::reversal::{self, BilledCharge};
use hemu_store::service;
use hemu_store::{Tx, community};
use serde::{Deserialize, Serialize};

use super::release::{Open, lower};
use crate::approval::TwoPeople;
use crate::audit::{self, Act};
use crate::entered::check_amount;
use crate::{App, Refusal};

/// What to take off for which complaint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRequest {
    /// The complaint.
    pub complaint: ComplaintId,
    /// The charge.
    pub charge: ChargeId,
    /// How much.
    pub amount: Fen,
}

/// The charge, if the complaint was found right and the charge has so much left that was not let off.
///
/// # Errors
/// [`Refusal::NotFound`] for an unknown complaint or charge; [`Refusal::Conflict`] for a complaint of another unit, or one not found
/// right; [`Refusal::InvalidInput`] for an amount above the charge.
pub(crate) fn check(
    tx: &mut Tx<'_>,
    community: CommunityId,
    request: &ServiceRequest,
) -> Result<BilledCharge, Refusal> {
    check_amount("amount", request.amount)?;
    let complaint = service::find_complaint(tx, community, request.complaint)?
        .ok_or_else(|| Refusal::not_found("投诉", "complaint", &request.complaint.to_string()))?;
    let charge = reversal::list_charges(tx, community, &[request.charge])?.pop();
    let charge = charge.ok_or_else(|| Refusal::not_found("应收", "charge", &request.charge.to_string()))?;
    if complaint.opening.unit_id != charge.unit_id {
        return Err(Refusal::conflict("投诉与应收不是同一房屋", "the complaint is about another unit"));
    }
    if !complaint.finding.is_some_and(Finding::is_right) {
        let zh = "投诉还没有核实为属实或部分属实，不能据此减免";
        return Err(Refusal::conflict(zh, "the complaint was not found right: nothing can be taken off for it"));
    }
    let adjusted: Fen = reversal::list_adjusted(tx, community, &[charge.id])?
        .iter()
        .filter(|one| one.late_fee_id.is_none())
        .map(|one| one.amount)
        .sum();
    let most = charge.amount - adjusted;
    if request.amount > most {
        let zh = format!("减免 {} 元超过这笔应收的 {most} 元", request.amount);
        return Err(Refusal::invalid(
            "amount",
            zh,
            format!("{} is more than the {most} of the charge", request.amount),
        ));
    }
    Ok(charge)
}

/// Takes it off; what had been paid of it is put by.
///
/// # Errors
/// As for [`check`].
pub(crate) fn grant(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    request: &ServiceRequest,
) -> Result<(), Refusal> {
    community::next_seq(tx, community, 1)?;
    let charge = check(tx, community, request)?;
    reversal::lock(tx, community, &[charge.account_id], &[charge.party_id])?;
    let entry = AdjustmentRow {
        id: app.new_id(),
        account_id: charge.account_id,
        charge_id: charge.id,
        late_fee_id: None,
        kind: AdjustmentKind::Service,
        amount: request.amount,
        effective_on: app.today(),
        reason: people.reason.to_owned(),
        requested_by: people.asked_by.to_owned(),
        approved_by: people.approver.name.clone(),
        recorded_at: app.clock.now(),
    };
    let open: Open = [(charge.id, charge.open)].into();
    let put_by = lower(tx, app, community, vec![entry], &open)?;
    // What was held until this was decided is asked for again, less what is let off.
    let why = "减收已批准";
    work::release_holds_of_complaint(tx, community, request.complaint, app.today(), &people.approver.name, why)?;
    let detail = serde_json::json!({ "complaint": request.complaint, "amount": request.amount, "put_by": put_by,
        "requested_by": people.asked_by });
    let subject_id = Some(charge.id.uuid());
    let act = Act { act: "charge.service_reduction", subject_kind: "charge", subject_id, detail: &detail };
    Ok(audit::record(tx, app, people.approver, Some(community), &act)?)
}
