//! How a payment is applied to what an account owes, and which late fees it freezes.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::arrears::pause::DayRange;
use hemu_domain::ids::{AccountId, ChargeId, CommunityId, LateFeeId};
use hemu_domain::ledger::allocation::{Debt, allocate};
use hemu_domain::{DailyRate, Fen};
use hemu_store::ledger::adjustment::{self, AdjustmentRow};
use hemu_store::ledger::{self, AllocationRow, LateFeeRow, OwedCharge, ReceiptRow};
use hemu_store::registry::{self, AccountRow};
use hemu_store::{DbError, Tx, billing, community};

use super::AllocationLine;
use crate::App;
use crate::arrears::late_fees::{lowered_by, running_late_fee};
use crate::arrears::pauses::Pauses;
use crate::tariff::{Contracts, FeeRule};

/// Where a payment went.
pub struct Applied {
    /// Per charge.
    pub lines: Vec<AllocationLine>,
    /// Put by.
    pub prepaid: Fen,
}

/// A charge with its late fee on the day of the payment.
pub struct Position {
    /// The charge.
    pub charge: OwedCharge,
    /// Frozen late fees that are open, oldest first.
    pub frozen: Vec<(LateFeeId, Fen)>,
    /// Days before this one are frozen.
    pub frozen_to: NaiveDate,
    /// Not frozen yet.
    pub running: Fen,
    /// The clause it runs by.
    pub rule: Option<FeeRule>,
    /// Days up to the day that bear no late fee.
    pub paused: Vec<DayRange>,
}

impl Position {
    /// Open late fee, frozen and running.
    pub fn late_fee(&self) -> Fen {
        self.frozen.iter().map(|(_, open)| *open).sum::<Fen>() + self.running
    }
}

/// Applies a receipt that was just written.
///
/// # Errors
/// When the database refuses.
pub fn apply(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    account: &AccountRow,
    receipt: &ReceiptRow,
    designated: &[ChargeId],
) -> Result<Applied, DbError> {
    let contracts = Contracts::load(tx, community)?;
    let policy = contracts.policy_on(receipt.received_on);
    let positions = positions(tx, community, account.id, receipt.received_on, &contracts)?;
    let due_now = |position: &&Position| {
        position.charge.due_on <= receipt.received_on || designated.contains(&position.charge.id)
    };
    let (due, later): (Vec<&Position>, Vec<&Position>) = positions.iter().partition(due_now);
    let mut left = receipt.amount;
    let mut lines = Vec::new();
    for group in [due, later] {
        let debts: Vec<Debt<ChargeId>> = group.iter().map(|position| debt(position)).collect();
        let allocation = allocate(policy, left, designated, &debts);
        left = allocation.unallocated;
        lines.extend(allocation.lines);
    }
    let by_id: HashMap<ChargeId, &Position> = positions.iter().map(|one| (one.charge.id, one)).collect();
    let mut writer = Writer { app, community, account, receipt };
    let mut applied = Applied { lines: Vec::new(), prepaid: left };
    for line in lines {
        let position = by_id[&line.id];
        writer.pay(tx, position, line.principal, line.late_fee)?;
        applied.lines.push(AllocationLine {
            charge: line.id,
            item: position.charge.item.clone(),
            period: position.charge.period,
            principal: line.principal,
            late_fee: line.late_fee,
        });
    }
    if left.is_positive() {
        writer.allocate(tx, "prepaid_in", None, None, left)?;
        registry::add_prepaid(tx, community, account.id, left)?;
    }
    Ok(applied)
}

/// A debt is the heavier the more its own late fee runs (民法典 560).
fn debt(position: &Position) -> Debt<ChargeId> {
    Debt {
        id: position.charge.id,
        principal: position.charge.open,
        late_fee: position.late_fee(),
        due_on: position.charge.due_on,
        daily_rate: position.rule.as_ref().map_or(DailyRate::from_stored(0), |rule| rule.clause.daily_rate),
    }
}

/// What an account owes on a day, charge by charge.
///
/// # Errors
/// When the database refuses.
pub fn positions(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: AccountId,
    on: NaiveDate,
    contracts: &Contracts,
) -> Result<Vec<Position>, DbError> {
    let owed = ledger::list_owed_of_account(tx, community, account)?;
    let paid = ledger::list_principal_payments_of_account(tx, community, account)?;
    let frozen = ledger::list_late_fees_of_account(tx, community, account)?;
    let adjusted = adjustment::list_of_account(tx, community, account)?;
    let pauses = Pauses::load(tx, community)?;
    let position = |charge: OwedCharge| {
        let mut lowered: Vec<(NaiveDate, Fen)> =
            paid.iter().filter(|(id, _, _)| *id == charge.id).map(|(_, day, amount)| (*day, *amount)).collect();
        let own_adjusted: Vec<AdjustmentRow> =
            adjusted.iter().filter(|one| one.charge_id == charge.id).cloned().collect();
        lowered.extend(lowered_by(&own_adjusted, charge.due_on, on));
        let own: Vec<_> = frozen.iter().filter(|(_, id, _, _, _)| *id == charge.id).collect();
        let assessed: Fen = own.iter().map(|(_, _, _, amount, _)| *amount).sum();
        let rule = contracts.fee_rule(charge.clause_id, charge.period);
        let paused = pauses.of(charge.party_id, charge.id, on);
        // The last payment of principal froze what had run; a settled charge has nothing running.
        let running = if charge.open.is_positive() {
            running_late_fee(rule, charge.amount, charge.due_on, &lowered, &paused, assessed, on)
        } else {
            Fen::ZERO
        };
        let open = |(id, _, _, _, open): &&(LateFeeId, ChargeId, NaiveDate, Fen, Fen)| {
            open.is_positive().then_some((*id, *open))
        };
        Position {
            frozen_to: own.iter().map(|(_, _, to, _, _)| *to).max().unwrap_or(charge.due_on),
            frozen: own.iter().copied().filter_map(|row| open(&row)).collect(),
            running,
            rule: rule.cloned(),
            paused,
            charge,
        }
    };
    Ok(owed.into_iter().map(position).collect())
}

/// Freezes what runs on a charge, for `cause`; returns its open late fees with the new one at the end.
///
/// # Errors
/// When the database refuses.
pub fn freeze(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    position: &Position,
    (cause, to_on): (&'static str, NaiveDate),
) -> Result<Vec<(LateFeeId, Fen)>, DbError> {
    let mut frozen = position.frozen.clone();
    if let Some(rule) = position.rule.as_ref().filter(|_| position.running.is_positive()) {
        let row = LateFeeRow {
            id: app.new_id(),
            charge_id: position.charge.id,
            account_id: position.charge.account_id,
            from_on: position.frozen_to,
            to_on,
            amount: position.running,
            open: position.running,
            cause: cause.to_owned(),
            clause_id: rule.clause_id,
            rule: with_pauses(rule.describe(), &position.paused),
        };
        let seq = community::next_seq(tx, community, 1)?;
        ledger::insert_late_fee(tx, community, &row, seq)?;
        frozen.push((row.id, row.amount));
    }
    Ok(frozen)
}

/// The rule as it is frozen: with the days it left out, for a hold may end later.
fn with_pauses(mut rule: serde_json::Value, paused: &[DayRange]) -> serde_json::Value {
    if !paused.is_empty() {
        rule["paused"] = serde_json::json!(paused);
    }
    rule
}

struct Writer<'a> {
    app: &'a App,
    community: CommunityId,
    account: &'a AccountRow,
    receipt: &'a ReceiptRow,
}

impl Writer<'_> {
    fn pay(&mut self, tx: &mut Tx<'_>, position: &Position, principal: Fen, late_fee: Fen) -> Result<(), DbError> {
        let charge = position.charge.id;
        // Paying principal, or this very late fee, freezes what has run so far.
        let to = ("paid", self.receipt.received_on);
        let frozen = freeze(tx, self.app, self.community, position, to)?;
        let mut left = late_fee;
        for (id, open) in frozen {
            let part = left.min(open);
            if part.is_positive() {
                ledger::take_off_late_fee(tx, self.community, id, part)?;
                self.allocate(tx, "late_fee", Some(charge), Some(id), part)?;
                left -= part;
            }
        }
        if principal.is_positive() {
            billing::take_off_charge(tx, self.community, charge, principal)?;
            self.allocate(tx, "principal", Some(charge), None, principal)?;
        }
        Ok(())
    }

    fn allocate(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        charge_id: Option<ChargeId>,
        late_fee_id: Option<LateFeeId>,
        amount: Fen,
    ) -> Result<(), DbError> {
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
        let seq = community::next_seq(tx, self.community, 1)?;
        ledger::insert_allocation(tx, self.community, &row, seq)
    }
}
