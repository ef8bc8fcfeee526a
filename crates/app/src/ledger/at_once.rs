//! Money put by pays what is due at once (预存抵扣欠费): where an act gives money back to an account that owes something, nobody
//! waits for the next bill run. Oldest money first, oldest charge first, principal alone, as when bills are issued
//! ([`crate::billing`]).
//!
//! The money counts from the day it was received or the charge was due, whichever was later: it lay there. So a late fee that was
//! frozen for days after it is computed again, and what had run until it is frozen.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::arrears::late_fee::late_fee;
use hemu_domain::ids::{AccountId, ChargeId, CommunityId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_store::ledger::adjustment::{self, AdjustmentRow};
use hemu_store::ledger::due::{self, DueCharge};
use hemu_store::ledger::posting::{self, Numbered};
use hemu_store::ledger::{self, AllocationRow, LateFeeRow, PrepaidSource, reversal};
use hemu_store::{DbError, Tx, community};

use super::apply::BY_THE_PROGRAM;
use super::position::with_pauses;
use crate::App;
use crate::arrears::late_fees::{lowered_by, running_late_fee};
use crate::arrears::pauses::Pauses;
use crate::tariff::Contracts;

/// Uses what some accounts have put by for what they owe that is due; how much. The accounts are locked.
///
/// # Errors
/// When the database refuses.
pub(crate) fn use_put_by(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    accounts: &[AccountId],
    asked_by: &str,
) -> Result<Fen, DbError> {
    let wanted: HashSet<&AccountId> = accounts.iter().collect();
    let mut sources: HashMap<AccountId, Vec<PrepaidSource>> = HashMap::new();
    for source in ledger::list_prepaid_sources(tx, community)? {
        if source.left.is_positive() && wanted.contains(&source.account_id) {
            sources.entry(source.account_id).or_default().push(source);
        }
    }
    let owing: Vec<AccountId> = sources.keys().copied().collect();
    let due = due::list_due(tx, community, &owing, app.today())?;
    let debts = load_debts(tx, community, due)?;
    if debts.is_empty() {
        return Ok(Fen::ZERO);
    }
    let mut paying = Paying {
        app,
        asked_by,
        contracts: &Contracts::load(tx, community)?,
        pauses: &Pauses::load(tx, community)?,
        facts: Vec::new(),
    };
    for mut debt in debts {
        for source in sources.get_mut(&debt.charge.account_id).map(Vec::as_mut_slice).unwrap_or_default() {
            paying.pay(&mut debt, source);
        }
    }
    write(tx, community, paying.facts)
}

/// A charge that is due, with what happened to it.
struct Debt {
    charge: DueCharge,
    paid: Vec<(NaiveDate, Fen)>,
    adjusted: Vec<AdjustmentRow>,
    frozen: Vec<LateFeeRow>,
}

impl Debt {
    /// What lowered its principal, as its late fee up to a day sees it.
    fn lowered(&self, as_of: NaiveDate) -> Vec<(NaiveDate, Fen)> {
        self.paid.iter().copied().chain(lowered_by(&self.adjusted, self.charge.due_on, as_of)).collect()
    }

    /// What was frozen, less what was computed again.
    fn assessed(&self) -> Fen {
        let again = self.adjusted.iter().filter(|one| one.kind == AdjustmentKind::Recalculation);
        self.frozen.iter().map(|one| one.amount).sum::<Fen>() - again.map(|one| one.amount).sum::<Fen>()
    }

    fn frozen_to(&self) -> NaiveDate {
        self.frozen.iter().map(|one| one.to_on).max().unwrap_or(self.charge.due_on)
    }
}

fn load_debts(tx: &mut Tx<'_>, community: CommunityId, charges: Vec<DueCharge>) -> Result<Vec<Debt>, DbError> {
    let ids: Vec<ChargeId> = charges.iter().map(|one| one.id).collect();
    let mut debts: Vec<Debt> = charges
        .into_iter()
        .map(|charge| Debt { charge, paid: Vec::new(), adjusted: Vec::new(), frozen: Vec::new() })
        .collect();
    let place: HashMap<ChargeId, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    for (charge, on, amount) in due::list_principal_paid(tx, community, &ids)? {
        debts[place[&charge]].paid.push((on, amount));
    }
    for row in reversal::list_adjusted(tx, community, &ids)? {
        debts[place[&row.charge_id]].adjusted.push(row);
    }
    for row in reversal::list_frozen(tx, community, &ids)? {
        debts[place[&row.charge_id]].frozen.push(row);
    }
    Ok(debts)
}

/// What is recorded, in its order.
enum Fact {
    Frozen(LateFeeRow),
    Recalculated(AdjustmentRow),
    Allocated(AllocationRow),
}

struct Paying<'a> {
    app: &'a App,
    asked_by: &'a str,
    contracts: &'a Contracts,
    pauses: &'a Pauses,
    facts: Vec<Fact>,
}

impl Paying<'_> {
    fn pay(&mut self, debt: &mut Debt, source: &mut PrepaidSource) {
        let amount = debt.charge.open.min(source.left);
        if !amount.is_positive() {
            return;
        }
        let charge = &debt.charge;
        let on = charge.issued_on.min(charge.due_on).max(source.received_on);
        self.freeze(debt, on);
        self.recalculate(debt, (on, amount));
        for kind in ["prepaid_out", "principal"] {
            self.facts.push(Fact::Allocated(AllocationRow {
                id: self.app.new_id(),
                receipt_id: source.receipt_id,
                account_id: debt.charge.account_id,
                kind: kind.to_owned(),
                charge_id: Some(debt.charge.id),
                late_fee_id: None,
                amount,
                effective_on: on,
            }));
        }
        debt.paid.push((on, amount));
        debt.charge.open -= amount;
        source.left -= amount;
    }

    /// What had run until the money came.
    fn freeze(&mut self, debt: &mut Debt, on: NaiveDate) {
        let (charge, from_on) = (&debt.charge, debt.frozen_to());
        let rule = self.contracts.fee_rule(charge.clause_id, charge.period);
        let Some(rule) = rule.filter(|_| on > from_on) else { return };
        let paused = self.pauses.of(charge.party_id, charge.id, on);
        let (amount, due_on) = (charge.amount, charge.due_on);
        let running = running_late_fee(Some(rule), amount, due_on, &debt.lowered(on), &paused, debt.assessed(), on);
        if !running.is_positive() {
            return;
        }
        let row = LateFeeRow {
            id: self.app.new_id(),
            charge_id: charge.id,
            account_id: charge.account_id,
            from_on,
            to_on: on,
            amount: running,
            open: running,
            cause: "paid".to_owned(),
            clause_id: rule.clause_id,
            rule: with_pauses(rule.clause.frozen(due_on, on), &paused),
        };
        debt.frozen.push(row.clone());
        self.facts.push(Fact::Frozen(row));
    }

    /// What was frozen for days after the money came is too high: an adjustment takes it off, the newest first, of what is open.
    fn recalculate(&mut self, debt: &mut Debt, (on, amount): (NaiveDate, Fen)) {
        let mut excess = self.frozen_too_high(debt, (on, amount));
        let frozen_to = debt.frozen_to();
        let (account_id, charge_id) = (debt.charge.account_id, debt.charge.id);
        debt.frozen.sort_by_key(|one| std::cmp::Reverse(one.to_on));
        for one in &mut debt.frozen {
            let part = excess.min(one.open);
            if !part.is_positive() {
                continue;
            }
            excess -= part;
            one.open -= part;
            let row = AdjustmentRow {
                id: self.app.new_id(),
                account_id,
                charge_id,
                late_fee_id: Some(one.id),
                kind: AdjustmentKind::Recalculation,
                amount: part,
                effective_on: frozen_to,
                reason: format!("预存抵扣的起算日 {on} 早于违约金截止日 {frozen_to}，按实际欠款重算"),
                requested_by: self.asked_by.to_owned(),
                approved_by: BY_THE_PROGRAM.to_owned(),
                recorded_at: self.app.clock.now(),
            };
            debt.adjusted.push(row.clone());
            self.facts.push(Fact::Recalculated(row));
        }
    }

    fn frozen_too_high(&self, debt: &Debt, (on, amount): (NaiveDate, Fen)) -> Fen {
        let (charge, frozen_to) = (&debt.charge, debt.frozen_to());
        let rule = self.contracts.fee_rule(charge.clause_id, charge.period);
        let Some(rule) = rule.filter(|_| on < frozen_to) else { return Fen::ZERO };
        let paused = self.pauses.of(charge.party_id, charge.id, frozen_to);
        let whole = |payments: &[(NaiveDate, Fen)]| {
            late_fee(&rule.clause, charge.amount, charge.due_on, payments, &paused, frozen_to).amount
        };
        let mut lowered = debt.lowered(frozen_to);
        let without = whole(&lowered);
        lowered.push((on, amount));
        let with = whole(&lowered);
        (without - with).min(debt.assessed() - with).max(Fen::ZERO)
    }
}

/// Writes table by table, each fact with its place; what was used.
fn write(tx: &mut Tx<'_>, community: CommunityId, facts: Vec<Fact>) -> Result<Fen, DbError> {
    if facts.is_empty() {
        return Ok(Fen::ZERO);
    }
    let first = community::next_seq(tx, community, crate::billing::count(facts.len()))?;
    let mut frozen: Vec<Numbered<LateFeeRow>> = Vec::new();
    let mut recalculated: Vec<Numbered<AdjustmentRow>> = Vec::new();
    let mut allocated: Vec<Numbered<AllocationRow>> = Vec::new();
    for (seq, fact) in (first..).zip(facts) {
        match fact {
            Fact::Frozen(row) => frozen.push((seq, row)),
            Fact::Recalculated(row) => recalculated.push((seq, row)),
            Fact::Allocated(row) => allocated.push((seq, row)),
        }
    }
    posting::insert_late_fees(tx, community, &frozen)?;
    for (seq, row) in &recalculated {
        if let Some(late_fee) = row.late_fee_id {
            ledger::take_off_late_fee(tx, community, late_fee, row.amount)?;
        }
        adjustment::insert(tx, community, row, *seq)?;
    }
    posting::insert_allocations(tx, community, &allocated)?;
    let principal = allocated.iter().map(|(_, row)| row).filter(|row| row.kind == "principal");
    let mut charges: Vec<ChargeId> = principal.clone().filter_map(|row| row.charge_id).collect();
    charges.dedup();
    let mut accounts: Vec<AccountId> = allocated.iter().map(|(_, row)| row.account_id).collect();
    accounts.dedup();
    due::take_off_since(tx, community, &charges, first)?;
    reversal::add_prepaid_since(tx, community, &accounts, first)?;
    Ok(principal.map(|row| row.amount).sum())
}
