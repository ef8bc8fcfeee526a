//! What a wrong charge leaves behind, and how it goes on: money, what was let off, late fees that were frozen.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::arrears::late_fee::late_fee;
use hemu_domain::ids::{ChargeId, CommunityId, LateFeeId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::ledger::carry::carry;
use hemu_domain::ledger::standing::standing;
use hemu_domain::{Fen, Period};
use hemu_store::billing::{ChargeRow, Reversal};
use hemu_store::ledger::adjustment::{self, AdjustmentRow};
use hemu_store::ledger::reversal::{self, PaidEntry};
use hemu_store::ledger::{AllocationRow, LateFeeRow};
use hemu_store::{DbError, Tx};

use super::RebillRow;
use super::found::{Found, Wrong};
use crate::App;
use crate::arrears::pauses::Pauses;
use crate::billing::tariff::Tariff;
use crate::ledger::with_pauses;
use crate::reductions::discounts::Discounts;

/// The rows a wrong charge leads to.
pub struct Settled {
    /// The row that reverses it.
    pub reversal: Reversal,
    /// The charges in its place.
    pub charges: Vec<ChargeRow>,
    /// What was paid, taken back and given to them or put by.
    pub allocations: Vec<AllocationRow>,
    /// What was let off, taken back and given to them.
    pub adjustments: Vec<AdjustmentRow>,
    /// The frozen late fees, taken back.
    pub late_fees_back: Vec<LateFeeRow>,
    /// The late fees of the new charges for the same days.
    pub late_fees: Vec<LateFeeRow>,
    /// What goes back to the payer.
    pub put_by: Fen,
    was_open: Fen,
}

impl Settled {
    /// What became of the charge, for people.
    pub fn row(&self, old: &Wrong) -> RebillRow {
        let formulas: Vec<String> = old.lines.iter().map(|line| line.explanation.formula()).collect();
        RebillRow {
            unit: old.unit.clone(),
            period: old.charge.period,
            was: old.charge.amount,
            was_formula: old.explanation.formula(),
            becomes: old.becomes(),
            formula: formulas.join(" + "),
            put_by: self.put_by,
            was_open: self.was_open,
            open: self.charges.iter().map(|one| one.open).sum::<Fen>()
                + self.late_fees.iter().map(|one| one.open).sum::<Fen>(),
        }
    }
}

/// What is known of the wrong charges.
#[derive(Default)]
struct Past {
    paid: HashMap<ChargeId, Vec<PaidEntry>>,
    adjusted: HashMap<ChargeId, Vec<AdjustmentRow>>,
    frozen: HashMap<ChargeId, Vec<LateFeeRow>>,
}

impl Past {
    fn load(tx: &mut Tx<'_>, community: CommunityId, charges: &[ChargeId]) -> Result<Self, DbError> {
        let mut past = Self::default();
        for entry in reversal::list_paid(tx, community, charges)? {
            past.paid.entry(entry.charge_id).or_default().push(entry);
        }
        for row in adjustment::list_not_undone(tx, community, charges)? {
            past.adjusted.entry(row.charge_id).or_default().push(row);
        }
        for row in reversal::list_frozen(tx, community, charges)? {
            past.frozen.entry(row.charge_id).or_default().push(row);
        }
        Ok(past)
    }
}

/// Settles every wrong charge.
///
/// # Errors
/// When the database refuses.
pub fn settle(tx: &mut Tx<'_>, app: &App, community: CommunityId, found: &Found) -> Result<Vec<Settled>, DbError> {
    let charges: Vec<ChargeId> = found.wrong.iter().map(|one| one.charge.id).collect();
    let mut past = Past::load(tx, community, &charges)?;
    let pauses = Pauses::load(tx, community)?;
    let discounts = Discounts::load(tx, community)?;
    let settle_one = |old: &Wrong| {
        let id = old.charge.id;
        let paid = standing(past.paid.remove(&id).unwrap_or_default(), |one| one.amount, key_of_paid);
        let adjusted = past.adjusted.remove(&id).unwrap_or_default();
        let adjusted = standing(adjusted, |one| one.amount, |one| (one.late_fee_id, one.kind, one.effective_on));
        let frozen = past.frozen.remove(&id).unwrap_or_default();
        let context = Context { app, tariff: &found.tariff, pauses: &pauses, discounts: &discounts, old };
        context.settle(&paid, &adjusted, &frozen)
    };
    Ok(found.wrong.iter().map(settle_one).collect())
}

fn key_of_paid(one: &PaidEntry) -> impl PartialEq + use<> {
    (one.receipt_id, one.kind.clone(), one.late_fee_id, one.effective_on)
}

struct Context<'a> {
    app: &'a App,
    tariff: &'a Tariff,
    pauses: &'a Pauses,
    discounts: &'a Discounts,
    old: &'a Wrong,
}

impl Context<'_> {
    fn settle(&self, paid: &[PaidEntry], adjusted: &[AdjustmentRow], frozen: &[LateFeeRow]) -> Settled {
        let due_on = self.due_on();
        let charges = self.new_charges(due_on);
        let late_open: Fen = frozen.iter().map(|one| one.open).sum();
        let mut settled = Settled {
            reversal: self.reversal(),
            allocations: paid.iter().map(|one| self.taken_back(one)).collect(),
            adjustments: adjusted.iter().map(|one| self.not_let_off(one)).collect(),
            late_fees_back: frozen.iter().map(|one| self.not_frozen(one)).collect(),
            late_fees: Vec::new(),
            put_by: Fen::ZERO,
            was_open: self.old.charge.open + late_open,
            charges,
        };
        let unit = self.old.charge.unit_id;
        let discounts = self.discounts.take_off(self.app, &mut settled.charges, |_| Some(unit));
        settled.adjustments.extend(discounts);
        self.let_off_again(&mut settled, adjusted);
        self.pay_principal(&mut settled, paid);
        if due_on == self.old.charge.due_on {
            self.freeze_again(&mut settled, frozen);
        }
        self.pay_late_fees(&mut settled, paid);
        self.let_off_late_fees(&mut settled, adjusted);
        settled
    }

    /// The old due day, or where more is charged than before, the next one from today on.
    fn due_on(&self) -> NaiveDate {
        let old = &self.old.charge;
        if self.old.becomes() <= old.amount {
            return old.due_on;
        }
        let today = self.app.today();
        let of = |month: Period| {
            self.tariff.due_on(old.unit_id, old.fee_item_id, month).or_else(|| self.tariff.due_with(month))
        };
        let this_month = of(Period::of(today)).unwrap_or_else(|| Period::of(today).last_day());
        let next = of(Period::of(today).next()).unwrap_or_else(|| Period::of(today).next().last_day());
        let anew = if this_month > today { this_month } else { next };
        anew.max(old.due_on)
    }

    fn new_charges(&self, due_on: NaiveDate) -> Vec<ChargeRow> {
        let old = &self.old.charge;
        let row = |line: &crate::billing::line::Line| ChargeRow {
            id: self.app.new_id(),
            account_id: old.account_id,
            bill_id: None,
            fee_item_id: line.fee_item_id,
            clause_id: line.clause_id,
            period: line.period,
            occurrence: line.occurrence,
            origin: "bill",
            due_on,
            amount: line.amount,
            open: line.amount,
            explanation: line.explanation.clone(),
            issued_on: self.app.today(),
        };
        self.old.lines.iter().map(row).collect()
    }

    fn reversal(&self) -> Reversal {
        let old = &self.old.charge;
        let row = ChargeRow {
            id: self.app.new_id(),
            account_id: old.account_id,
            bill_id: None,
            fee_item_id: old.fee_item_id,
            clause_id: old.clause_id,
            period: old.period,
            occurrence: old.occurrence,
            origin: "reversal",
            due_on: old.due_on,
            amount: -old.amount,
            open: Fen::ZERO,
            explanation: self.old.explanation.clone(),
            issued_on: self.app.today(),
        };
        (row, old.id)
    }

    fn taken_back(&self, one: &PaidEntry) -> AllocationRow {
        AllocationRow {
            id: self.app.new_id(),
            receipt_id: one.receipt_id,
            account_id: self.old.charge.account_id,
            kind: one.kind.clone(),
            charge_id: Some(one.charge_id),
            late_fee_id: one.late_fee_id,
            amount: -one.amount,
            effective_on: one.effective_on,
        }
    }

    fn not_let_off(&self, one: &AdjustmentRow) -> AdjustmentRow {
        let recorded_at = self.app.clock.now();
        AdjustmentRow { id: self.app.new_id(), amount: -one.amount, recorded_at, ..one.clone() }
    }

    fn not_frozen(&self, one: &LateFeeRow) -> LateFeeRow {
        let cause = "reversal".to_owned();
        LateFeeRow { id: self.app.new_id(), amount: -one.amount, open: Fen::ZERO, cause, ..one.clone() }
    }

    /// What was let off of the principal stays let off, up to what is charged now.
    fn let_off_again(&self, settled: &mut Settled, adjusted: &[AdjustmentRow]) {
        for one in adjusted.iter().filter(|one| one.late_fee_id.is_none() && one.kind.goes_along()) {
            let mut left = one.amount;
            for charge in &mut settled.charges {
                let amount = left.min(charge.open);
                if amount.is_positive() {
                    left -= amount;
                    charge.open -= amount;
                    let recorded_at = self.app.clock.now();
                    let (id, charge_id) = (self.app.new_id(), charge.id);
                    settled.adjustments.push(AdjustmentRow { id, charge_id, amount, recorded_at, ..one.clone() });
                }
            }
        }
    }

    fn pay_principal(&self, settled: &mut Settled, paid: &[PaidEntry]) {
        let mut payments: Vec<&PaidEntry> = paid.iter().filter(|one| one.kind == "principal").collect();
        payments.sort_by_key(|one| one.effective_on);
        let mut put_by: Vec<&PaidEntry> = paid.iter().filter(|one| one.kind == "prepaid_out").collect();
        let mut room: Vec<Fen> = settled.charges.iter().map(|one| one.open).collect();
        let amounts: Vec<Fen> = payments.iter().map(|one| one.amount).collect();
        for (payment, carried) in payments.into_iter().zip(carry(&amounts, &mut room)) {
            let alike = |one: &&PaidEntry| {
                one.receipt_id == payment.receipt_id
                    && one.amount == payment.amount
                    && one.effective_on == payment.effective_on
            };
            let was_put_by = put_by.iter().position(alike).map(|place| put_by.swap_remove(place)).is_some();
            for (place, part) in carried.parts.iter().enumerate().filter(|(_, part)| part.is_positive()) {
                self.give(settled, payment, (place, *part), was_put_by);
            }
            if carried.left.is_positive() {
                settled.put_by += carried.left;
                // What came from money put by is there again as soon as its use is taken back.
                if !was_put_by {
                    self.put_by(settled, payment, carried.left);
                }
            }
        }
        for (charge, left) in settled.charges.iter_mut().zip(room) {
            charge.open = left;
        }
    }

    fn give(&self, settled: &mut Settled, payment: &PaidEntry, (place, part): (usize, Fen), was_put_by: bool) {
        let charge = &settled.charges[place];
        let from_prepaid = charge.issued_on.min(charge.due_on).max(payment.received_on);
        let row = |kind: &str| AllocationRow {
            id: self.app.new_id(),
            receipt_id: payment.receipt_id,
            account_id: charge.account_id,
            kind: kind.to_owned(),
            charge_id: Some(charge.id),
            late_fee_id: None,
            amount: part,
            effective_on: if was_put_by { from_prepaid } else { payment.received_on },
        };
        let rows: Vec<AllocationRow> =
            if was_put_by { vec![row("prepaid_out"), row("principal")] } else { vec![row("principal")] };
        settled.allocations.extend(rows);
    }

    fn put_by(&self, settled: &mut Settled, payment: &PaidEntry, amount: Fen) {
        settled.allocations.push(AllocationRow {
            id: self.app.new_id(),
            receipt_id: payment.receipt_id,
            account_id: self.old.charge.account_id,
            kind: "prepaid_in".to_owned(),
            charge_id: None,
            late_fee_id: None,
            amount,
            effective_on: payment.received_on,
        });
    }

    /// What had been frozen is frozen again for the same days, on what was really owed.
    fn freeze_again(&self, settled: &mut Settled, frozen: &[LateFeeRow]) {
        for charge in &settled.charges {
            let Some(rule) = self.tariff.terms.fee_rule(charge.clause_id, charge.period) else { continue };
            let (mut so_far, mut from_on) = (Fen::ZERO, charge.due_on);
            for one in frozen {
                let paused = self.pauses.of(self.old.charge.party_id, self.old.charge.id, one.to_on);
                let lowered = lowered(settled, charge, one.to_on);
                let whole = late_fee(&rule.clause, charge.amount, charge.due_on, &lowered, &paused, one.to_on).amount;
                let amount = whole - so_far;
                if !amount.is_positive() {
                    continue;
                }
                let row = LateFeeRow {
                    id: self.app.new_id(),
                    charge_id: charge.id,
                    account_id: charge.account_id,
                    from_on,
                    to_on: one.to_on,
                    amount,
                    open: amount,
                    cause: one.cause.clone(),
                    clause_id: rule.clause_id,
                    rule: with_pauses(rule.clause.frozen(charge.due_on, one.to_on), &paused),
                };
                (so_far, from_on) = (whole, one.to_on);
                settled.late_fees.push(row);
            }
        }
    }

    fn pay_late_fees(&self, settled: &mut Settled, paid: &[PaidEntry]) {
        let payments: Vec<&PaidEntry> = paid.iter().filter(|one| one.kind == "late_fee").collect();
        let amounts: Vec<Fen> = payments.iter().map(|one| one.amount).collect();
        let mut room: Vec<Fen> = settled.late_fees.iter().map(|one| one.open).collect();
        for (payment, carried) in payments.into_iter().zip(carry(&amounts, &mut room)) {
            for (place, part) in carried.parts.into_iter().enumerate().filter(|(_, part)| part.is_positive()) {
                let late_fee = &settled.late_fees[place];
                let row = AllocationRow {
                    charge_id: Some(late_fee.charge_id),
                    late_fee_id: Some(late_fee.id),
                    amount: part,
                    ..self.taken_back(payment)
                };
                settled.allocations.push(row);
            }
            if carried.left.is_positive() {
                settled.put_by += carried.left;
                self.put_by(settled, payment, carried.left);
            }
        }
        for (late_fee, left) in settled.late_fees.iter_mut().zip(room) {
            late_fee.open = left;
        }
    }

    /// What was let off of late fees stays let off; what was computed again is computed right by now.
    fn let_off_late_fees(&self, settled: &mut Settled, adjusted: &[AdjustmentRow]) {
        let of_late_fees =
            |one: &&AdjustmentRow| one.late_fee_id.is_some() && one.kind != AdjustmentKind::Recalculation;
        for one in adjusted.iter().filter(of_late_fees) {
            let mut left = one.amount;
            for late_fee in &mut settled.late_fees {
                let amount = left.min(late_fee.open);
                if amount.is_positive() {
                    left -= amount;
                    late_fee.open -= amount;
                    let late_fee_id: Option<LateFeeId> = Some(late_fee.id);
                    let (id, recorded_at) = (self.app.new_id(), self.app.clock.now());
                    let charge_id = late_fee.charge_id;
                    let row = AdjustmentRow { id, charge_id, late_fee_id, amount, recorded_at, ..one.clone() };
                    settled.adjustments.push(row);
                }
            }
        }
    }
}

/// What lowers a new charge, as its late fee up to a day sees it.
fn lowered(settled: &Settled, charge: &ChargeRow, as_of: NaiveDate) -> Vec<(NaiveDate, Fen)> {
    let principal =
        settled.allocations.iter().filter(|one| one.kind == "principal" && one.charge_id == Some(charge.id));
    let paid = principal.map(|one| (one.effective_on, one.amount));
    let of_charge = settled.adjustments.iter().filter(|one| one.charge_id == charge.id && one.late_fee_id.is_none());
    let let_off =
        of_charge.filter_map(|one| Some((one.kind.lowers_from(charge.due_on, one.effective_on, as_of)?, one.amount)));
    paid.chain(let_off).collect()
}
