//! What holds let be asked for: which are in force, what they suppress together, and what of each charge rests.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::collection::hold::{HoldKind, Suppression};
use hemu_domain::ids::ChargeId;
use hemu_store::collection::facts::OpenCharge;
use hemu_store::collection::work::HoldRow;
use rustc_hash::{FxHashMap, FxHashSet};

/// Whether a hold, other than those of agreements, keeps everybody from the payer.
pub(super) fn holds_beside_agreement(hold: &HoldRow) -> bool {
    let of_agreement = matches!(HoldKind::parse(&hold.kind), Ok(HoldKind::Promise | HoldKind::Plan));
    hold.suppress_contact && !is_partial(hold) && !of_agreement
}

/// Whether a hold is in force on a day.
pub(in crate::collection) fn is_in_force(hold: &HoldRow, as_of: NaiveDate) -> bool {
    hold.opened_on <= as_of
        && hold.released_on.is_none_or(|day| day > as_of)
        && hold.expires_on.is_none_or(|day| day >= as_of)
}

/// The day a hold on contact ended, if it did by `as_of`: the first day without it. One that came and went within a day kept nobody
/// waiting, so nothing has to be kept from being made up for.
pub(super) fn find_end_of_rest(hold: &HoldRow, as_of: NaiveDate) -> Option<NaiveDate> {
    let expired = hold.expires_on.and_then(|day| day.succ_opt());
    let ended = [hold.released_on, expired].into_iter().flatten().min()?;
    (hold.suppress_contact && hold.opened_on < ended && ended <= as_of).then_some(ended)
}

/// Whether a hold is about a part of the debt alone.
pub(super) fn is_partial(hold: &HoldRow) -> bool {
    matches!(hold.scope.as_str(), "charges" | "amount")
}

/// All holds and flags together (I13). A hold on a part of the debt lets the rest be asked for, softly: while something of the part is
/// open, there is no next stage and no legal step.
pub(super) fn suppression(holds: &[&HoldRow], flags: &[String], part_open: bool) -> Suppression {
    let (partial, whole): (Vec<&HoldRow>, Vec<&HoldRow>) = holds.iter().partition(|hold| is_partial(hold));
    let mut sum = whole.into_iter().fold(Suppression::default(), add_hold);
    for hold in partial.into_iter().filter(|_| part_open) {
        sum.escalation |= hold.suppress_escalation;
        sum.legal |= hold.suppress_legal;
    }
    sum.contact |= flags.iter().any(|effect| effect == "hold_contact");
    sum.escalation |= flags.iter().any(|effect| effect == "hold_formal");
    sum
}

fn add_hold(sum: Suppression, hold: &HoldRow) -> Suppression {
    sum.union(Suppression {
        contact: hold.suppress_contact,
        escalation: hold.suppress_escalation,
        late_fee: hold.suppress_late_fee,
        legal: hold.suppress_legal,
    })
}

pub(super) fn softens(hold: &HoldRow) -> bool {
    matches!(HoldKind::parse(&hold.kind), Ok(HoldKind::Hardship | HoldKind::ServiceDispute))
}

/// What of each charge is not asked for: all of those a hold on single charges names, so much as is in dispute of those it is of, the
/// oldest first; and all of those billed to somebody who had sold (I18).
pub(super) fn resting<'a>(
    charges: &[OpenCharge],
    holds: impl Iterator<Item = &'a HoldRow>,
    billed_after_sale: &FxHashSet<ChargeId>,
) -> FxHashMap<ChargeId, Fen> {
    let mut rests: FxHashMap<ChargeId, Fen> = FxHashMap::default();
    for charge in charges.iter().filter(|charge| billed_after_sale.contains(&charge.charge_id)) {
        rests.insert(charge.charge_id, charge.open_fen);
    }
    for hold in holds {
        let ids = hold.charge_ids.as_array().map(Vec::as_slice).unwrap_or_default();
        let named: FxHashSet<&str> = ids.iter().filter_map(|id| id.as_str()).collect();
        let mut left = (hold.scope == "amount").then_some(hold.disputed_fen);
        for charge in charges.iter().filter(|charge| named.contains(charge.charge_id.to_string().as_str())) {
            let so_far = rests.entry(charge.charge_id).or_insert(Fen::ZERO);
            let room = charge.open_fen - *so_far;
            let part = left.map_or(room, |left| room.min(left));
            *so_far += part;
            left = left.map(|left| left - part);
        }
    }
    rests.retain(|_, part| part.is_positive());
    rests
}
