//! What the arrears of a day depend on beside the charges: what was recorded after the day, what was paid, frozen and let off.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::ids::{ChargeId, ClauseId, CommunityId, PartyId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::{Fen, Period};
use hemu_store::arrears::ChargeLine;
use hemu_store::ledger::adjustment::{self, AdjustmentRow};
use hemu_store::ledger::{self, OwedCharge};
use hemu_store::{DbError, Tx};

use super::late_fees::{lowered_by, running_late_fee};
use super::pauses::Pauses;
use crate::tariff::Contracts;

/// What the arrears of a community on a day depend on, by charge.
#[derive(Default)]
pub(super) struct Facts {
    contracts: Contracts,
    /// Principal taken off after the day.
    later: HashMap<ChargeId, Fen>,
    /// Payments of principal, those after the day too.
    paid: HashMap<ChargeId, Vec<(NaiveDate, Fen)>>,
    adjusted: HashMap<ChargeId, Vec<AdjustmentRow>>,
    /// Late fees frozen up to the day.
    frozen: HashMap<ChargeId, Fen>,
    /// Late fees paid or let off up to the day.
    fee_settled: HashMap<ChargeId, Fen>,
    pauses: Pauses,
}

impl Facts {
    /// # Errors
    /// When the database refuses.
    pub(super) fn load(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<Self, DbError> {
        let mut facts = Self {
            contracts: Contracts::load(tx, community)?,
            later: ledger::list_later_principal(tx, community, as_of)?.into_iter().collect(),
            fee_settled: ledger::list_late_fee_paid(tx, community, as_of)?.into_iter().collect(),
            pauses: Pauses::load(tx, community)?,
            ..Self::default()
        };
        for (charge, day, amount) in ledger::list_principal_payments(tx, community, as_of)? {
            facts.paid.entry(charge).or_default().push((day, amount));
        }
        for (_, charge, to_on, amount, _) in ledger::list_late_fees(tx, community)? {
            if to_on <= as_of {
                *facts.frozen.entry(charge).or_default() += amount;
            }
        }
        for one in adjustment::list(tx, community)? {
            match (one.late_fee_id, one.effective_on <= as_of) {
                // Computed again: as if it had never been frozen.
                (Some(_), true) if one.kind == AdjustmentKind::Recalculation => {
                    *facts.frozen.entry(one.charge_id).or_default() -= one.amount;
                }
                (Some(_), true) => *facts.fee_settled.entry(one.charge_id).or_default() += one.amount,
                (None, false) => *facts.later.entry(one.charge_id).or_default() += one.amount,
                (Some(_), false) | (None, true) => {}
            }
            facts.adjusted.entry(one.charge_id).or_default().push(one);
        }
        Ok(facts)
    }

    /// Principal and late fee that are open on a charge.
    pub(super) fn open(&self, charge: &InPlay, as_of: NaiveDate) -> (Fen, Fen) {
        let zero = |map: &HashMap<ChargeId, Fen>| map.get(&charge.id).copied().unwrap_or(Fen::ZERO);
        let principal = charge.open + zero(&self.later);
        let frozen = zero(&self.frozen);
        // Once the principal is settled nothing runs any more: what had run was frozen then.
        let running = if principal.is_positive() { self.running(charge, frozen, as_of) } else { Fen::ZERO };
        (principal, frozen + running - zero(&self.fee_settled))
    }

    fn running(&self, charge: &InPlay, frozen: Fen, as_of: NaiveDate) -> Fen {
        let Some(rule) = self.contracts.fee_rule(charge.clause_id, charge.period) else { return Fen::ZERO };
        let mut lowered = self.paid.get(&charge.id).cloned().unwrap_or_default();
        let adjusted = self.adjusted.get(&charge.id).map(Vec::as_slice).unwrap_or_default();
        lowered.extend(lowered_by(adjusted, charge.due_on, as_of));
        let paused = self.pauses.of(charge.party_id, charge.id, as_of);
        running_late_fee(Some(rule), charge.amount, charge.due_on, &lowered, &paused, frozen, as_of)
    }
}

/// What of a charge its arrears come from.
pub(super) struct InPlay {
    id: ChargeId,
    party_id: PartyId,
    clause_id: Option<ClauseId>,
    period: Period,
    due_on: NaiveDate,
    amount: Fen,
    open: Fen,
}

impl From<&OwedCharge> for InPlay {
    fn from(charge: &OwedCharge) -> Self {
        Self {
            id: charge.id,
            party_id: charge.party_id,
            clause_id: charge.clause_id,
            period: charge.period,
            due_on: charge.due_on,
            amount: charge.amount,
            open: charge.open,
        }
    }
}

impl From<(&ChargeLine, PartyId)> for InPlay {
    fn from((charge, party_id): (&ChargeLine, PartyId)) -> Self {
        Self {
            id: charge.id,
            party_id,
            clause_id: charge.clause_id,
            period: charge.period,
            due_on: charge.due_on,
            amount: charge.amount,
            open: charge.open,
        }
    }
}
