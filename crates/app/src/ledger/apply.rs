//! How a payment is applied to what an account owes, and which late fees it freezes: worked out first, then written table by table.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::ids::{ChargeId, CommunityId, LateFeeId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::ledger::allocation::{AllocationLine as Share, Debt, allocate};
use hemu_domain::{DailyRate, Fen};
use hemu_store::ledger::adjustment::{self, AdjustmentRow};
use hemu_store::ledger::owing::OpenCharge;
use hemu_store::ledger::posting::{self, Books, Numbered, TakenOff};
use hemu_store::ledger::{self, AllocationRow, LateFeeRow, ReceiptRow};
use hemu_store::registry::{self, AccountRow};
use hemu_store::{DbError, Tx};

use super::AllocationLine;
use super::position::{Position, open_positions};
use super::rounding::{self, LetOff};
use crate::tariff::Contracts;
use crate::{App, Refusal};

/// Who approves what follows from a calculation alone.
pub(super) const BY_THE_PROGRAM: &str = "系统（按规则计算）";
/// Who lets off small change below the limit.
pub(super) const BY_THE_LIMIT: &str = "系统（抹零限额内）";

/// Where a payment went.
pub struct Applied {
    /// Per charge.
    pub lines: Vec<AllocationLine>,
    /// Put by.
    pub prepaid: Fen,
}

/// Applies a receipt that was just written, and lets off small change beside it.
///
/// # Errors
/// [`Refusal::InvalidInput`] for small change that settles nothing.
pub fn apply(
    tx: &mut Tx<'_>,
    app: &App,
    books: &mut Books,
    account: &AccountRow,
    receipt: &ReceiptRow,
    (designated, round_off): (&[ChargeId], Fen),
) -> Result<Applied, Refusal> {
    let community = books.community();
    let contracts = Contracts::load(tx, community)?;
    let positions = open_positions(tx, community, account, receipt.received_on, &contracts)?;
    let by_id: HashMap<ChargeId, &Position<OpenCharge>> = positions.iter().map(|one| (one.charge.id, one)).collect();
    let payment = (receipt.received_on, receipt.amount);
    let (shares, left) = share(&contracts, &positions, payment, (designated, round_off));
    let off = rounding::tail(contracts.policy_on(receipt.received_on), &shares, round_off);
    check_rounding(&by_id, shares.iter().zip(&off), (round_off, left))?;
    let mut posting = Posting { app, account, receipt, books, rows: Rows::default() };
    let mut applied = Applied { lines: Vec::new(), prepaid: left };
    for (share, off) in shares.iter().zip(&off) {
        let position = by_id[&share.id];
        posting.pay(position, share, off);
        let (principal, late_fee) = (share.principal - off.principal, share.late_fee - off.late_fee);
        if principal.is_positive() || late_fee.is_positive() {
            let (item, period) = (position.charge.item.clone(), position.charge.period);
            applied.lines.push(AllocationLine { charge: share.id, item, period, principal, late_fee });
        }
    }
    if left.is_positive() {
        posting.allocate("prepaid_in", None, None, left);
        registry::add_prepaid(tx, community, account.id, left)?;
    }
    posting.rows.write(tx, community, receipt)?;
    Ok(applied)
}

/// What each charge gets, those that are due or named first, and what is left.
pub fn share(
    contracts: &Contracts,
    positions: &[Position<OpenCharge>],
    (on, amount): (NaiveDate, Fen),
    (designated, round_off): (&[ChargeId], Fen),
) -> (Vec<Share<ChargeId>>, Fen) {
    let policy = contracts.policy_on(on);
    let due_now =
        |position: &&Position<OpenCharge>| position.charge.due_on <= on || designated.contains(&position.charge.id);
    let (due, later): (Vec<_>, Vec<_>) = positions.iter().partition(due_now);
    let (mut shares, mut left) = (Vec::new(), amount + round_off);
    // Small change is let off what is due or was named, and nothing else.
    let later = if round_off.is_positive() { Vec::new() } else { later };
    for group in [due, later] {
        let debts: Vec<Debt<ChargeId>> = group.into_iter().map(|one| debt(one, on)).collect();
        let allocation = allocate(policy, left, designated, &debts);
        left = allocation.unallocated;
        shares.extend(allocation.lines);
    }
    (shares, left)
}

/// Small change settles what it is let off, and nothing is left over.
fn check_rounding<'a>(
    by_id: &HashMap<ChargeId, &Position<OpenCharge>>,
    mut shares: impl Iterator<Item = (&'a Share<ChargeId>, &'a LetOff)>,
    (round_off, left): (Fen, Fen),
) -> Result<(), Refusal> {
    let settled = |share: &Share<ChargeId>| {
        let position = by_id[&share.id];
        share.principal == position.charge.open && share.late_fee == position.late_fee()
    };
    let all_settled = shares.all(|(share, off)| !off.is_some() || settled(share));
    if round_off.is_positive() && (left.is_positive() || !all_settled) {
        return Err(rounding::settles_nothing());
    }
    Ok(())
}

/// A debt is the heavier the more its own late fee runs (民法典 560).
fn debt(position: &Position<OpenCharge>, on: NaiveDate) -> Debt<ChargeId> {
    Debt {
        id: position.charge.id,
        principal: position.charge.open,
        late_fee: position.late_fee(),
        due_on: position.charge.due_on,
        daily_rate: position.rule.as_ref().map_or(DailyRate::from_stored(0), |rule| rule.clause.rate.per_day(on)),
    }
}

/// What a payment writes beside its receipt.
#[derive(Default)]
struct Rows {
    late_fees: Vec<Numbered<LateFeeRow>>,
    allocations: Vec<Numbered<AllocationRow>>,
    off_late_fees: Vec<TakenOff<LateFeeId>>,
    off_charges: Vec<TakenOff<ChargeId>>,
    /// In the order of their numbers, as they follow on each other in the account's chain.
    adjustments: Vec<Numbered<AdjustmentRow>>,
}

impl Rows {
    fn write(&self, tx: &mut Tx<'_>, community: CommunityId, receipt: &ReceiptRow) -> Result<(), DbError> {
        posting::insert_late_fees(tx, community, &self.late_fees)?;
        posting::take_off_late_fees(tx, community, &self.off_late_fees)?;
        posting::take_off_charges(tx, community, &self.off_charges)?;
        for (seq, row) in &self.adjustments {
            match (row.kind, row.late_fee_id) {
                // What it takes off is in what the payment settles.
                (AdjustmentKind::Rounding, _) => ledger::insert_rounding(tx, community, receipt.id, row, *seq)?,
                (_, Some(late_fee)) => {
                    ledger::take_off_late_fee(tx, community, late_fee, row.amount)?;
                    adjustment::insert(tx, community, row, *seq)?;
                }
                (_, None) => adjustment::insert(tx, community, row, *seq)?,
            }
        }
        posting::insert_allocations(tx, community, &self.allocations)
    }
}

struct Posting<'a> {
    app: &'a App,
    account: &'a AccountRow,
    receipt: &'a ReceiptRow,
    books: &'a mut Books,
    rows: Rows,
}

impl Posting<'_> {
    /// Settles a share of a charge, of which `off` is not paid but let off.
    fn pay(&mut self, position: &Position<OpenCharge>, share: &Share<ChargeId>, off: &LetOff) {
        let mut left = share.late_fee;
        for (id, open) in &position.frozen {
            let part = left.min(*open);
            if part.is_positive() {
                self.rows.off_late_fees.push(TakenOff { id: *id, amount: part, settles: part == *open });
            }
            left -= part;
        }
        // Paying principal, or this very late fee, freezes what has run so far; what of it is paid now was never open.
        let to = ("paid", self.receipt.received_on);
        let frozen = position.to_freeze(self.app, (share.id, self.account.id), to);
        let mut paid = position.frozen.clone();
        if let Some(mut row) = frozen {
            paid.push((row.id, row.amount));
            row.open -= left.min(row.amount);
            self.rows.late_fees.push((self.books.next_seq(), row));
        }
        self.allocate_late_fee(share, off, &paid);
        self.recalculate(position, share);
        if share.principal.is_positive() {
            let settles = share.principal == position.charge.open;
            self.rows.off_charges.push(TakenOff { id: share.id, amount: share.principal, settles });
            self.allocate("principal", Some(share.id), None, share.principal - off.principal);
            self.let_off(share.id, None, off.principal);
        }
    }

    /// A payment of a day before the last day frozen lowers what was frozen after it: not by changing the frozen row, but by an
    /// adjustment of its own, the newest first, of what is open. What is paid of it already is made up for by what runs on.
    fn recalculate(&mut self, position: &Position<OpenCharge>, share: &Share<ChargeId>) {
        let mut excess = position.frozen_too_high(self.receipt.received_on, share.principal);
        for (id, open) in position.frozen.iter().rev() {
            let paid = self.rows.off_late_fees.iter().filter(|one| one.id == *id).map(|one| one.amount).sum();
            let part = excess.min(*open - paid);
            if part.is_positive() {
                excess -= part;
                let row = self.recalculation(position, (share.id, *id), part);
                self.rows.adjustments.push((self.books.next_seq(), row));
            }
        }
    }

    fn recalculation(
        &self,
        position: &Position<OpenCharge>,
        (charge_id, late_fee_id): (ChargeId, LateFeeId),
        amount: Fen,
    ) -> AdjustmentRow {
        let (number, day) = (&self.receipt.number, self.receipt.received_on);
        AdjustmentRow {
            id: self.app.new_id(),
            account_id: self.account.id,
            charge_id,
            late_fee_id: Some(late_fee_id),
            kind: AdjustmentKind::Recalculation,
            amount,
            effective_on: position.frozen_to,
            reason: format!("收据 {number} 的收款日 {day} 早于违约金截止日 {}，按实际欠款重算", position.frozen_to),
            requested_by: self.receipt.actor_name.clone(),
            approved_by: BY_THE_PROGRAM.to_owned(),
            recorded_at: self.receipt.recorded_at,
        }
    }

    /// Late fees are paid oldest first; what is let off comes last.
    fn allocate_late_fee(&mut self, share: &Share<ChargeId>, off: &LetOff, frozen: &[(LateFeeId, Fen)]) {
        let (mut paid, mut let_off) = (share.late_fee - off.late_fee, off.late_fee);
        for (id, open) in frozen {
            let part = paid.min(*open);
            self.allocate("late_fee", Some(share.id), Some(*id), part);
            paid -= part;
            let rest = let_off.min(*open - part);
            self.let_off(share.id, Some(*id), rest);
            let_off -= rest;
        }
    }

    fn let_off(&mut self, charge_id: ChargeId, late_fee_id: Option<LateFeeId>, amount: Fen) {
        if !amount.is_positive() {
            return;
        }
        let row = AdjustmentRow {
            id: self.app.new_id(),
            account_id: self.account.id,
            charge_id,
            late_fee_id,
            kind: AdjustmentKind::Rounding,
            amount,
            effective_on: self.receipt.received_on,
            reason: format!("收据 {} 抹零", self.receipt.number),
            requested_by: self.receipt.actor_name.clone(),
            approved_by: BY_THE_LIMIT.to_owned(),
            recorded_at: self.receipt.recorded_at,
        };
        self.rows.adjustments.push((self.books.next_seq(), row));
    }

    fn allocate(&mut self, kind: &str, charge_id: Option<ChargeId>, late_fee_id: Option<LateFeeId>, amount: Fen) {
        if !amount.is_positive() {
            return;
        }
        let row = AllocationRow {
            id: self.app.new_id(),
            receipt_id: self.receipt.id,
            account_id: self.account.id,
            kind: kind.to_owned(),
            charge_id,
            late_fee_id,
            amount,
            effective_on: self.receipt.received_on,
        };
        self.rows.allocations.push((self.books.next_seq(), row));
    }
}
