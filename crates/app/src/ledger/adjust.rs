//! Corrections and waivers (减免): what is taken off a charge or its late fee without money, asked for by one person and
//! approved by another ([`crate::approval`]).

use hemu_domain::Fen;
use hemu_domain::ids::{ChargeId, CommunityId, LateFeeId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_store::ledger::adjustment::{self, AdjustmentRow};
use hemu_store::{DbError, Tx, billing, community, ledger, registry};
use serde::{Deserialize, Serialize};

use super::position::{Position, positions};
use crate::approval::TwoPeople;
use crate::audit::{self, Act};
use crate::entered::check_amount;
use crate::tariff::Contracts;
use crate::{Actor, App, Refusal};

/// What of a charge is adjusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The fee itself.
    Principal,
    /// Its late fee, frozen and running.
    LateFee,
}

/// What to take off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustRequest {
    /// The charge.
    pub charge: ChargeId,
    /// Its principal or its late fee.
    pub part: Part,
    /// Let off, or never owed.
    pub kind: AdjustmentKind,
    /// How much.
    pub amount: Fen,
}

/// The charge as it stands, and that so much is open on it. Locks the account and the payer's cases, as everything about money.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such charge; [`Refusal::Conflict`] when nothing is open; [`Refusal::InvalidInput`] for
/// an amount above what is.
pub(crate) fn check(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    request: &AdjustRequest,
) -> Result<Position, Refusal> {
    if !matches!(request.kind, AdjustmentKind::Waiver | AdjustmentKind::Correction) {
        let zh = "这类调整由系统按已批准的规则记录，请选择减免或更正";
        let en = "this kind is recorded by itself, from what was approved; choose a waiver or correction";
        return Err(Refusal::invalid("kind", zh, en));
    }
    if request.kind == AdjustmentKind::Rounding {
        let zh = "抹零在收款时办理；这里请选择减免或更正";
        return Err(Refusal::invalid(
            "kind",
            zh,
            "small change is let off with a payment; choose a waiver or correction",
        ));
    }
    check_amount("amount", request.amount)?;
    // Locks the community's facts first, as every transaction about money does.
    community::next_seq(tx, community, 1)?;
    let (account, _) = adjustment::find_charge(tx, community, request.charge)?
        .ok_or_else(|| Refusal::not_found("应收", "charge", &request.charge.to_string()))?;
    registry::lock_account(tx, community, account)?;
    let contracts = Contracts::load(tx, community)?;
    let before = positions(tx, community, account, app.today(), &contracts)?;
    let position = before
        .into_iter()
        .find(|position| position.charge.id == request.charge)
        .ok_or_else(|| Refusal::conflict("这笔应收已结清", "nothing is open on this charge"))?;
    ledger::lock_cases_of_party(tx, community, position.charge.party_id)?;
    check_open(&position, request)?;
    Ok(position)
}

/// Takes an amount off a charge or its late fee, from today on. What has run of its late fee is frozen first, so that letting
/// off the principal does not let off the late fee in silence; a correction freezes nothing, since nothing ran on what was
/// never owed.
///
/// # Errors
/// As for [`check`].
pub(crate) fn adjust(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    request: &AdjustRequest,
) -> Result<(), Refusal> {
    let names = Names { asked_by: people.asked_by, approved_by: &people.approver.name, reason: people.reason };
    take_off(tx, app, (people.approver, names), community, request)
}

/// Lets off what lies within the limit of the person's role; `approved_by` says so in the place of a second person.
///
/// # Errors
/// As for [`check`].
pub(crate) fn waive_alone(
    tx: &mut Tx<'_>,
    app: &App,
    (actor, reason, approved_by): (&Actor, &str, &str),
    community: CommunityId,
    request: &AdjustRequest,
) -> Result<(), Refusal> {
    take_off(tx, app, (actor, Names { asked_by: &actor.name, approved_by, reason }), community, request)
}

fn take_off(
    tx: &mut Tx<'_>,
    app: &App,
    (actor, names): (&Actor, Names<'_>),
    community: CommunityId,
    request: &AdjustRequest,
) -> Result<(), Refusal> {
    let position = check(tx, app, community, request)?;
    Writer { app, community, names, request, position: &position }.take_off(tx)?;
    let detail = serde_json::json!({ "part": request.part, "kind": request.kind, "amount": request.amount,
        "requested_by": names.asked_by });
    let subject_id = Some(request.charge.uuid());
    let act = Act { act: "charge.adjust", subject_kind: "charge", subject_id, detail: &detail };
    Ok(audit::record(tx, app, actor, Some(community), &act)?)
}

/// Who stands on the record of an entry, and why.
#[derive(Clone, Copy)]
struct Names<'a> {
    asked_by: &'a str,
    approved_by: &'a str,
    reason: &'a str,
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
    names: Names<'a>,
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
            reason: self.names.reason.to_owned(),
            requested_by: self.names.asked_by.to_owned(),
            approved_by: self.names.approved_by.to_owned(),
            recorded_at: self.app.clock.now(),
        };
        let seq = community::next_seq(tx, self.community, 1)?;
        adjustment::insert(tx, self.community, &row, seq)
    }
}
