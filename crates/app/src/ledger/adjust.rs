//! Corrections and waivers (减免): what is taken off a charge or its late fee without money, asked for by one person and
//! approved by another.

use hemu_domain::Fen;
use hemu_domain::ids::{ChargeId, CommunityId, LateFeeId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::staff::Permission;
use hemu_store::ledger::adjustment::{self, AdjustmentRow};
use hemu_store::{DbError, Tx, billing, community, ledger, registry};
use serde::Serialize;

use super::position::{Position, positions};
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::entered::check_amount;
use crate::tariff::Contracts;
use crate::{Actor, App, Refusal};

/// What of a charge is adjusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The fee itself.
    Principal,
    /// Its late fee, frozen and running.
    LateFee,
}

/// What to take off, and why.
#[derive(Clone, Debug)]
pub struct AdjustRequest {
    /// Name of the community.
    pub community: String,
    /// The charge.
    pub charge: ChargeId,
    /// Its principal or its late fee.
    pub part: Part,
    /// Let off, or never owed.
    pub kind: AdjustmentKind,
    /// How much.
    pub amount: Fen,
    /// Why.
    pub reason: String,
}

/// What is left of the charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdjustReport {
    /// The charge.
    pub charge: ChargeId,
    /// Open principal.
    pub principal: Fen,
    /// Open late fee today.
    pub late_fee: Fen,
}

/// Takes an amount off a charge or its late fee, from today on. What has run of its late fee is frozen first, so that letting
/// off the principal does not let off the late fee in silence; a correction freezes nothing, since nothing ran on what was
/// never owed.
///
/// # Errors
/// [`Refusal::Forbidden`] when either person may not; [`Refusal::Conflict`] when both are the same person or nothing is open;
/// [`Refusal::InvalidInput`] for an amount above what is open or a missing reason.
pub fn adjust_charge(
    app: &App,
    actor: &Actor,
    approver: &Actor,
    request: &AdjustRequest,
) -> Result<AdjustReport, Refusal> {
    let community = find_community(app, &request.community)?;
    actor.require(Permission::ReversePayment, community)?;
    approver.require(Permission::Approve, community)?;
    if actor.name == approver.name {
        return Err(Refusal::conflict("减免必须由另一个人批准", "somebody else has to approve it"));
    }
    if request.kind == AdjustmentKind::Recalculation {
        let zh = "违约金重算由系统在补录付款时自动记录，请选择减免或更正";
        return Err(Refusal::invalid(
            "kind",
            zh,
            "late fees are computed again by themselves; choose a waiver or correction",
        ));
    }
    if request.reason.trim().is_empty() {
        return Err(Refusal::invalid("reason", "减免必须写明原因", "an adjustment needs a reason"));
    }
    check_amount("amount", request.amount)?;
    app.db.write(|tx| adjust(tx, app, (actor, approver), community, request))
}

fn adjust(
    tx: &mut Tx<'_>,
    app: &App,
    (actor, approver): (&Actor, &Actor),
    community: CommunityId,
    request: &AdjustRequest,
) -> Result<AdjustReport, Refusal> {
    // Locks the community's facts first, as every transaction about money does.
    community::next_seq(tx, community, 1)?;
    let (account, _) = adjustment::find_charge(tx, community, request.charge)?
        .ok_or_else(|| Refusal::not_found("应收", "charge", &request.charge.to_string()))?;
    registry::lock_account(tx, community, account)?;
    let contracts = Contracts::load(tx, community)?;
    let before = positions(tx, community, account, app.today(), &contracts)?;
    let position = before
        .iter()
        .find(|position| position.charge.id == request.charge)
        .ok_or_else(|| Refusal::conflict("这笔应收已结清", "nothing is open on this charge"))?;
    ledger::lock_cases_of_party(tx, community, position.charge.party_id)?;
    check_open(position, request)?;
    let writer = Writer { app, community, actor, approver, request, position };
    writer.take_off(tx)?;
    let detail = serde_json::json!({ "part": request.part, "kind": request.kind, "amount": request.amount,
        "approved_by": approver.name });
    let subject_id = Some(request.charge.uuid());
    let act = Act { act: "charge.adjust", subject_kind: "charge", subject_id, detail: &detail };
    audit::record(tx, app, actor, Some(community), &act)?;
    let left = positions(tx, community, account, app.today(), &contracts)?;
    let left = left.iter().find(|position| position.charge.id == request.charge);
    let principal = left.map_or(Fen::ZERO, |position| position.charge.open);
    Ok(AdjustReport { charge: request.charge, principal, late_fee: left.map_or(Fen::ZERO, Position::late_fee) })
}

fn check_open(position: &Position, request: &AdjustRequest) -> Result<(), Refusal> {
    let open = match request.part {
        Part::Principal => position.charge.open,
        Part::LateFee => position.late_fee(),
    };
    if request.amount <= open {
        return Ok(());
    }
    let amount = request.amount;
    let zh = format!("减免 {amount} 元超过未缴的 {open} 元");
    Err(Refusal::invalid("amount", zh, format!("{amount} is more than the {open} that is open")))
}

struct Writer<'a> {
    app: &'a App,
    community: CommunityId,
    actor: &'a Actor,
    approver: &'a Actor,
    request: &'a AdjustRequest,
    position: &'a Position,
}

impl Writer<'_> {
    fn take_off(&self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        let freezes = self.request.part == Part::LateFee || self.request.kind == AdjustmentKind::Waiver;
        let frozen = if freezes { self.freeze(tx)? } else { Vec::new() };
        match self.request.part {
            Part::Principal => {
                billing::take_off_charge(tx, self.community, self.request.charge, self.request.amount)?;
                self.write(tx, None, self.request.amount)
            }
            Part::LateFee => self.take_off_late_fees(tx, &frozen),
        }
    }

    /// Freezes what runs on the charge up to today; returns its open late fees with the new one at the end.
    fn freeze(&self, tx: &mut Tx<'_>) -> Result<Vec<(LateFeeId, Fen)>, DbError> {
        let mut frozen = self.position.frozen.clone();
        let charge = (self.request.charge, self.position.charge.account_id);
        if let Some(row) = self.position.to_freeze(self.app, charge, ("demanded", self.app.today())) {
            let seq = community::next_seq(tx, self.community, 1)?;
            ledger::insert_late_fee(tx, self.community, &row, seq)?;
            frozen.push((row.id, row.amount));
        }
        Ok(frozen)
    }

    fn take_off_late_fees(&self, tx: &mut Tx<'_>, frozen: &[(LateFeeId, Fen)]) -> Result<(), DbError> {
        let mut left = self.request.amount;
        for (id, open) in frozen {
            let part = left.min(*open);
            if part.is_positive() {
                ledger::take_off_late_fee(tx, self.community, *id, part)?;
                self.write(tx, Some(*id), part)?;
                left -= part;
            }
        }
        Ok(())
    }

    fn write(&self, tx: &mut Tx<'_>, late_fee_id: Option<LateFeeId>, amount: Fen) -> Result<(), DbError> {
        let row = AdjustmentRow {
            id: self.app.new_id(),
            account_id: self.position.charge.account_id,
            charge_id: self.request.charge,
            late_fee_id,
            kind: self.request.kind,
            amount,
            effective_on: self.app.today(),
            reason: self.request.reason.trim().to_owned(),
            requested_by: self.actor.name.clone(),
            approved_by: self.approver.name.clone(),
            recorded_at: self.app.clock.now(),
        };
        let seq = community::next_seq(tx, self.community, 1)?;
        adjustment::insert(tx, self.community, &row, seq)
    }
}
