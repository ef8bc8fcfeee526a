//! Closed months: chained as they were written, and what their facts come to, one by one.

use std::collections::{BTreeMap, HashMap};

use hemu_domain::Fen;
use hemu_domain::closing::{Boundary, DepositMoves, MethodLine, MonthFigures, Movement, Movements, Spot, What};
use hemu_domain::ids::CommunityId;
use uuid::Uuid;

use crate::check::Tally;
use crate::closing::{ClosingRow, Fact, FactKind, closing_content, for_each_fact, register};
use crate::{DbError, Tx, chain, params};

const CLOSINGS: &str =
    "SELECT prev_hash, hash, last_day, id, month, fact_seq, figures, closed_by, closed_at, reopened_at,
    reopened_by FROM month_closing WHERE community_id = $1 ORDER BY fact_seq";
const REOPENED: &str = "SELECT result_id, decided_by FROM approval
    WHERE community_id = $1 AND kind = 'reopen_month' AND state = 'approved' AND result_id IS NOT NULL";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[CLOSINGS, REOPENED];

/// Each closing is a link of its community's chain, and was reopened by two people or not at all.
pub fn closings(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let approved = tx.query(REOPENED, &params![community], |row| Ok((row.take()?, row.take()?)))?;
    let approved: HashMap<Uuid, Option<String>> = approved.into_iter().collect();
    let mut head = chain::START;
    tx.for_each::<DbError>(CLOSINGS, &params![community], |row| {
        let (previous, hash): ([u8; 32], [u8; 32]) = (row.take()?, row.take()?);
        let last_day: chrono::NaiveDate = row.take()?;
        let closing = register::read(row)?;
        let follows = previous == head && chain::link(&previous, &closing_content(community, &closing)) == hash;
        let reopened = match (approved.get(&closing.id.uuid()), &closing.reopened) {
            (None, None) => true,
            (Some(by), Some((_, reopened_by))) => by.as_deref() == Some(reopened_by),
            (None, Some(_)) | (Some(_), None) => false,
        };
        let dated = last_day == closing.boundary.month.last_day();
        tally.row(follows && reopened && dated, || format!("closing of {}", closing.boundary.month));
        head = hash;
        Ok(())
    })
}

/// The figures of each closing that stands follow from the facts that belong to it, sorted one by one; months follow on months.
pub fn figures(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let standing: Vec<ClosingRow> =
        register::list(tx, community)?.into_iter().filter(|one| one.reopened.is_none()).collect();
    let Some(first) = standing.first() else { return Ok(()) };
    let boundaries: Vec<Boundary> = standing.iter().map(|one| one.boundary).collect();
    let opening = Boundary { month: first.boundary.month.previous(), fact_seq: first.boundary.fact_seq };
    let mut sums: Vec<Sums> = vec![Sums::default(); standing.len() + 1];
    for_each_fact(tx, community, |fact| {
        let place = Boundary::place_of(&boundaries, fact.on, fact.seq);
        let place = if opening.holds(fact.on, fact.seq) { Some(0) } else { place.map(|place| place + 1) };
        if let Some(place) = place {
            sums[place].add(&fact);
        }
    })?;
    let mut sums = sums.into_iter().map(Sums::into_movements);
    let before = sums.next().unwrap_or_default();
    let mut previous: Option<MonthFigures> = None;
    for (closing, within) in standing.iter().zip(sums) {
        let month = closing.boundary.month;
        let follows = previous.as_ref().is_none_or(|last| last.month.next() == month);
        let again = match &previous {
            None => MonthFigures::first(month, &before, &within),
            Some(last) => MonthFigures::after(last, month, &within),
        };
        let kept = serde_json::from_value::<MonthFigures>(closing.figures.clone()).ok();
        let sound = follows && kept.as_ref().is_some_and(|kept| kept.adds_up() && same(kept, &again));
        tally.row(sound, || format!("figures of {month}"));
        previous = kept;
    }
    Ok(())
}

/// Whether figures come to the same; names, and the order that follows from them, aside.
fn same(kept: &MonthFigures, again: &MonthFigures) -> bool {
    let cells = |figures: &MonthFigures| -> BTreeMap<Spot, _> {
        figures.cells.iter().map(|cell| (cell.spot, (cell.receivable, cell.late_fee))).collect()
    };
    let (a, b) = (&kept.prepaid, &again.prepaid);
    let rolls = (a.opening, a.received, a.refunded, a.applied, a.closing);
    cells(kept) == cells(again)
        && kept.receivable == again.receivable
        && kept.late_fee == again.late_fee
        && rolls == (b.opening, b.received, b.refunded, b.applied, b.closing)
        && kept.deposits == again.deposits
        && kept.received == again.received
        && kept.reductions == again.reductions
}

/// What the facts of a month come to so far.
#[derive(Clone, Default)]
struct Sums {
    on_charges: HashMap<(Spot, What), Fen>,
    receipts: BTreeMap<String, MethodLine>,
    deposits: DepositMoves,
}

impl Sums {
    fn add(&mut self, fact: &Fact) {
        let amount = fact.amount;
        match &fact.kind {
            FactKind::OnCharge(spot, what) => *self.on_charges.entry((*spot, *what)).or_default() += amount,
            FactKind::Received(method) if amount.is_positive() => self.line(method).received += amount,
            FactKind::Received(method) => self.line(method).refunded -= amount,
            FactKind::TakenBack(method) => self.line(method).reversed -= amount,
            FactKind::DepositTaken(method) => self.deposits.line(method).taken += amount,
            FactKind::DepositReturned(method) => self.deposits.line(method).returned += amount,
            FactKind::DepositKept => self.deposits.deducted += amount,
        }
    }

    fn line(&mut self, method: &str) -> &mut MethodLine {
        let empty = || MethodLine { method: method.to_owned(), ..MethodLine::default() };
        self.receipts.entry(method.to_owned()).or_insert_with(empty)
    }

    fn into_movements(self) -> Movements {
        let movement = |((spot, what), amount)| Movement { spot, what, amount };
        Movements {
            on_charges: self.on_charges.into_iter().map(movement).collect(),
            receipts: self.receipts.into_values().collect(),
            deposits: self.deposits,
        }
    }
}
