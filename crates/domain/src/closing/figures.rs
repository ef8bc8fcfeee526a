//! The figures of a month: receivables and late fees by fee item and building, prepaid money and deposits, rolled forward so that they
//! tie out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::deposits::Deposits;
use super::movement::{Cell, MethodLine, Movements, OpenBalances, OpenCell, Spot, What};
use crate::ledger::adjustment::AdjustmentKind;
use crate::{Fen, Period};

/// 应收: opening + billed + brought in - reversed - reduced - paid = closing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receivable {
    /// 期初应收.
    pub opening: Fen,
    /// 本月应收.
    pub billed: Fen,
    /// 导入的期初欠费.
    pub brought_in: Fen,
    /// 冲红.
    pub reversed: Fen,
    /// 减免更正.
    pub reduced: Fen,
    /// 已收.
    pub paid: Fen,
    /// 期末应收.
    pub closing: Fen,
}

/// 违约金, as far as it was assessed: opening + assessed - reduced - paid = closing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateFees {
    /// 期初.
    pub opening: Fen,
    /// 本月计收.
    pub assessed: Fen,
    /// 减免.
    pub reduced: Fen,
    /// 已收.
    pub paid: Fen,
    /// 期末.
    pub closing: Fen,
}

/// 预收: opening + received - refunded - applied = closing, which is what is put by and what is paid ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepaid {
    /// 期初.
    pub opening: Fen,
    /// 本月收款, less what was taken back.
    pub received: Fen,
    /// 退款.
    pub refunded: Fen,
    /// 冲抵应收和违约金.
    pub applied: Fen,
    /// 期末.
    pub closing: Fen,
    /// Of the closing balance: 预存余额.
    pub put_by: Fen,
    /// Of the closing balance: paid on bills of months that have not begun (已缴未到账期).
    pub paid_ahead: Fen,
}

/// What was taken off without money, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReductionLine {
    /// Which kind.
    pub kind: AdjustmentKind,
    /// Of principal.
    pub principal: Fen,
    /// Of late fees.
    pub late_fee: Fen,
}

/// What of the closing receivable is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Due by the last day: 欠费.
    pub due: Fen,
    /// Due later.
    pub not_due: Fen,
}

/// The figures of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthFigures {
    /// The month.
    pub month: Period,
    /// 应收.
    pub receivable: Receivable,
    /// 违约金.
    pub late_fee: LateFees,
    /// 预收.
    pub prepaid: Prepaid,
    /// 押金; a month closed before they were rolled has none.
    #[serde(default)]
    pub deposits: Deposits,
    /// What of the closing receivable is due.
    pub due: Due,
    /// 实收 by way of paying.
    pub received: Vec<MethodLine>,
    /// 减免 by kind.
    pub reductions: Vec<ReductionLine>,
    /// By fee item and building.
    pub cells: Vec<Cell>,
}

/// A fee item or building with its figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// What it is called.
    pub name: String,
    /// 应收.
    pub receivable: Receivable,
    /// 违约金.
    pub late_fee: LateFees,
}

/// Two figures that ought to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which: `receivable`, `late_fee`, `prepaid`, `deposits`.
    pub what: &'static str,
    /// Forward, from the movements.
    pub forward: Fen,
    /// Backward, from what is open.
    pub open: Fen,
}

impl Receivable {
    fn add(&mut self, what: What, amount: Fen) {
        match what {
            What::Billed => self.billed += amount,
            What::BroughtIn => self.brought_in += amount,
            What::Reversed => self.reversed -= amount,
            What::Reduced(_) => self.reduced += amount,
            What::Paid => self.paid += amount,
            What::Assessed | What::LateFeeReduced(_) | What::LateFeePaid => {}
        }
    }

    fn balance(&self) -> Fen {
        self.opening + self.billed + self.brought_in - self.reversed - self.reduced - self.paid
    }

    fn join(&mut self, other: &Self) {
        self.opening += other.opening;
        self.billed += other.billed;
        self.brought_in += other.brought_in;
        self.reversed += other.reversed;
        self.reduced += other.reduced;
        self.paid += other.paid;
        self.closing += other.closing;
    }
}

impl LateFees {
    fn add(&mut self, what: What, amount: Fen) {
        match what {
            What::Assessed => self.assessed += amount,
            What::LateFeeReduced(_) => self.reduced += amount,
            What::LateFeePaid => self.paid += amount,
            What::Billed | What::BroughtIn | What::Reversed | What::Reduced(_) | What::Paid => {}
        }
    }

    fn balance(&self) -> Fen {
        self.opening + self.assessed - self.reduced - self.paid
    }

    fn join(&mut self, other: &Self) {
        self.opening += other.opening;
        self.assessed += other.assessed;
        self.reduced += other.reduced;
        self.paid += other.paid;
        self.closing += other.closing;
    }
}

impl MonthFigures {
    /// The figures of the month after `previous`.
    #[must_use]
    pub fn after(previous: &Self, month: Period, within: &Movements) -> Self {
        let opening = |cell: &Cell| (cell.spot, (cell.receivable.closing, cell.late_fee.closing));
        let balances = (previous.prepaid.closing, previous.deposits.closing);
        Self::roll(month, previous.cells.iter().map(opening).collect(), balances, within)
    }

    /// The figures of a community's first closing: all that is dated before its month is its opening balance.
    #[must_use]
    pub fn first(month: Period, before: &Movements, within: &Movements) -> Self {
        let past = Self::roll(month.previous(), BTreeMap::new(), (Fen::ZERO, Fen::ZERO), before);
        Self::after(&past, month, within)
    }

    fn roll(
        month: Period,
        opening: BTreeMap<Spot, (Fen, Fen)>,
        (prepaid, deposits): (Fen, Fen),
        within: &Movements,
    ) -> Self {
        let mut spots: BTreeMap<Spot, (Receivable, LateFees)> = BTreeMap::new();
        for (spot, (principal, late_fee)) in opening {
            let cell = spots.entry(spot).or_default();
            (cell.0.opening, cell.1.opening) = (principal, late_fee);
        }
        let mut reductions: BTreeMap<AdjustmentKind, ReductionLine> = BTreeMap::new();
        for one in &within.on_charges {
            let cell = spots.entry(one.spot).or_default();
            cell.0.add(one.what, one.amount);
            cell.1.add(one.what, one.amount);
            if let What::Reduced(kind) | What::LateFeeReduced(kind) = one.what {
                let line =
                    reductions.entry(kind).or_insert(ReductionLine { kind, principal: Fen::ZERO, late_fee: Fen::ZERO });
                let part = if matches!(one.what, What::Reduced(_)) { &mut line.principal } else { &mut line.late_fee };
                *part += one.amount;
            }
        }
        let mut figures = Self {
            month,
            receivable: Receivable::default(),
            late_fee: LateFees::default(),
            prepaid: Prepaid { opening: prepaid, ..Prepaid::default() },
            deposits: Deposits::roll(deposits, &within.deposits),
            due: Due::default(),
            received: within.receipts.clone(),
            reductions: reductions.into_values().collect(),
            cells: Vec::new(),
        };
        figures.received.sort_by(|a, b| a.method.cmp(&b.method));
        figures.add_up(spots);
        figures
    }

    fn add_up(&mut self, spots: BTreeMap<Spot, (Receivable, LateFees)>) {
        for (spot, (mut receivable, mut late_fee)) in spots {
            receivable.closing = receivable.balance();
            late_fee.closing = late_fee.balance();
            self.receivable.join(&receivable);
            self.late_fee.join(&late_fee);
            if (receivable, late_fee) != Default::default() {
                let (item_name, building_code) = Default::default();
                self.cells.push(Cell { spot, item_name, building_code, receivable, late_fee });
            }
        }
        let prepaid = &mut self.prepaid;
        prepaid.received = self.received.iter().map(|one| one.received - one.reversed).sum();
        prepaid.refunded = self.received.iter().map(|one| one.refunded).sum();
        prepaid.applied = self.receivable.paid + self.late_fee.paid;
        prepaid.closing = prepaid.opening + prepaid.received - prepaid.refunded - prepaid.applied;
    }

    /// Sets what the balances computed backward tell beside the movements: what is due, and what 预收 consists of.
    pub fn set_open(&mut self, open: &OpenBalances) {
        self.due = Due {
            due: open.cells.iter().map(|one| one.due).sum(),
            not_due: open.cells.iter().map(|one| one.not_due).sum(),
        };
        (self.prepaid.put_by, self.prepaid.paid_ahead) = (open.put_by, open.paid_ahead);
    }

    /// Names fee items and buildings as they are called now.
    pub fn set_names(&mut self, item: impl Fn(&Spot) -> String, building: impl Fn(&Spot) -> String) {
        for cell in &mut self.cells {
            (cell.item_name, cell.building_code) = (item(&cell.spot), building(&cell.spot));
        }
        self.cells
            .sort_by(|a, b| (&a.item_name, number(&a.building_code)).cmp(&(&b.item_name, number(&b.building_code))));
    }

    /// Where the balances of the movements differ from those computed backward from what is open, part by part.
    #[must_use]
    pub fn differences(&self, open: &OpenBalances) -> Vec<Difference> {
        let mut spots: BTreeMap<Spot, [Fen; 4]> = BTreeMap::new();
        for cell in &self.cells {
            let sums = spots.entry(cell.spot).or_default();
            (sums[0], sums[2]) = (cell.receivable.closing, cell.late_fee.closing);
        }
        for OpenCell { spot, due, not_due, late_fee } in &open.cells {
            let sums = spots.entry(*spot).or_default();
            sums[1] += *due + *not_due;
            sums[3] += *late_fee;
        }
        let pairs = spots.into_values().flat_map(|[principal, open, late_fee, open_fee]| {
            [("receivable", principal, open), ("late_fee", late_fee, open_fee)]
        });
        let prepaid = ("prepaid", self.prepaid.closing, open.put_by + open.paid_ahead);
        let differs = |(what, forward, open): (&'static str, Fen, Fen)| {
            (forward != open).then_some(Difference { what, forward, open })
        };
        let deposits = ("deposits", self.deposits.closing, open.deposits);
        pairs.chain([prepaid, deposits]).filter_map(differs).collect()
    }

    /// Whether every sum is that of its parts and every balance follows from its movements.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        let (mut receivable, mut late_fee) = (Receivable::default(), LateFees::default());
        for cell in &self.cells {
            receivable.join(&cell.receivable);
            late_fee.join(&cell.late_fee);
        }
        let rolls = |cell: &Cell| {
            cell.receivable.closing == cell.receivable.balance() && cell.late_fee.closing == cell.late_fee.balance()
        };
        let p = &self.prepaid;
        let reduced = |pick: fn(&ReductionLine) -> Fen| self.reductions.iter().map(pick).sum::<Fen>();
        receivable == self.receivable
            && late_fee == self.late_fee
            && self.cells.iter().all(rolls)
            && p.closing == p.opening + p.received - p.refunded - p.applied
            && p.closing == p.put_by + p.paid_ahead
            && p.applied == receivable.paid + late_fee.paid
            && p.received - p.refunded == self.received.iter().map(MethodLine::net).sum()
            && reduced(|one| one.principal) == receivable.reduced
            && reduced(|one| one.late_fee) == late_fee.reduced
            && self.due.due + self.due.not_due == receivable.closing
            && self.deposits.adds_up()
    }

    /// By fee item, in the order of their names.
    #[must_use]
    pub fn by_item(&self) -> Vec<Group> {
        self.grouped(|cell| (0, cell.item_name.clone()))
    }

    /// By building, in the order of their numbers.
    #[must_use]
    pub fn by_building(&self) -> Vec<Group> {
        self.grouped(|cell| number(&cell.building_code))
    }

    fn grouped(&self, key: impl Fn(&Cell) -> (u64, String)) -> Vec<Group> {
        let mut groups: BTreeMap<(u64, String), (Receivable, LateFees)> = BTreeMap::new();
        for cell in &self.cells {
            let sums = groups.entry(key(cell)).or_default();
            sums.0.join(&cell.receivable);
            sums.1.join(&cell.late_fee);
        }
        groups.into_iter().map(|((_, name), (receivable, late_fee))| Group { name, receivable, late_fee }).collect()
    }
}

/// Numbers before names.
fn number(code: &str) -> (u64, String) {
    (code.parse().unwrap_or(u64::MAX), code.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::movement::Movement;
    use super::*;
    use crate::ids::{BuildingId, FeeItemId};

    fn spot(item: u128, building: u128) -> Spot {
        Spot { item: FeeItemId::from(Uuid::from_u128(item)), building: BuildingId::from(Uuid::from_u128(building)) }
    }

    fn month() -> Period {
        Period::parse("2026-10").expect("a month")
    }

    fn moved(spot: Spot, what: What, fen: i64) -> Movement {
        Movement { spot, what, amount: Fen::new(fen) }
    }

    fn cash(fen: i64, back: i64) -> MethodLine {
        MethodLine { method: "cash".to_owned(), received: Fen::new(fen), reversed: Fen::ZERO, refunded: Fen::new(back) }
    }

    #[test]
    fn balances_roll_forward_from_month_to_month() {
        let before = Movements { on_charges: vec![moved(spot(1, 1), What::BroughtIn, 50_000)], ..Movements::default() };
        let october = Movements {
            on_charges: vec![
                moved(spot(1, 1), What::Billed, 20_000),
                moved(spot(1, 1), What::Paid, 30_000),
                moved(spot(1, 1), What::Reduced(AdjustmentKind::Waiver), 1_000),
                moved(spot(1, 1), What::Reversed, -2_000),
                moved(spot(1, 1), What::Assessed, 300),
                moved(spot(1, 1), What::LateFeePaid, 100),
            ],
            receipts: vec![cash(40_000, 500)],
            ..Movements::default()
        };
        let figures = MonthFigures::first(month(), &before, &october);
        assert_eq!(figures.receivable.opening, Fen::new(50_000));
        assert_eq!(figures.receivable.closing, Fen::new(50_000 + 20_000 - 30_000 - 1_000 - 2_000));
        assert_eq!(figures.late_fee.closing, Fen::new(200));
        assert_eq!(figures.prepaid.closing, Fen::new(40_000 - 500 - 30_000 - 100));
        let next = MonthFigures::after(&figures, month().next(), &Movements::default());
        assert_eq!(next.receivable.opening, figures.receivable.closing);
        assert_eq!((next.prepaid.opening, next.prepaid.closing), (figures.prepaid.closing, figures.prepaid.closing));
    }

    #[test]
    fn a_fen_between_movements_and_open_balances_is_named() {
        let within = Movements {
            on_charges: vec![moved(spot(1, 1), What::Billed, 100)],
            receipts: vec![cash(7, 0)],
            ..Movements::default()
        };
        let figures = MonthFigures::first(month(), &Movements::default(), &within);
        let cell = OpenCell { spot: spot(1, 1), due: Fen::new(60), not_due: Fen::new(40), late_fee: Fen::ZERO };
        let open = OpenBalances { cells: vec![cell], put_by: Fen::new(7), ..OpenBalances::default() };
        assert_eq!(figures.differences(&open), []);
        let elsewhere = OpenCell { spot: spot(1, 2), ..cell };
        let open = OpenBalances {
            cells: vec![elsewhere],
            put_by: Fen::new(6),
            deposits: Fen::new(1),
            ..OpenBalances::default()
        };
        let whats: Vec<_> = figures.differences(&open).iter().map(|one| one.what).collect();
        assert_eq!(whats, ["receivable", "receivable", "prepaid", "deposits"], "the sum is right, its parts are not");
    }

    proptest! {
        #[test]
        fn any_movements_add_up_and_the_groups_come_to_the_whole(
            facts in prop::collection::vec((0_u128..3, 0_u128..4, 0_usize..8, 1_i64..1_000_000), 0..40),
            received in 0_i64..10_000_000,
        ) {
            let kinds = [What::Billed, What::BroughtIn, What::Reversed, What::Paid, What::Assessed, What::LateFeePaid,
                What::Reduced(AdjustmentKind::Correction), What::LateFeeReduced(AdjustmentKind::Waiver)];
            let all: Vec<Movement> = facts.iter().map(|(item, building, kind, fen)| moved(spot(*item, *building), kinds[*kind], *fen)).collect();
            let (before, within) = all.split_at(all.len() / 2);
            let [before, within] = [before, within].map(|part| Movements { on_charges: part.to_vec(), receipts: vec![cash(received, 0)], ..Movements::default() });
            let mut figures = MonthFigures::first(month(), &before, &within);
            figures.set_names(|spot| spot.item.to_string(), |spot| spot.building.to_string());
            let open = OpenBalances { put_by: figures.prepaid.closing, ..OpenBalances::default() };
            figures.set_open(&open);
            figures.due.not_due = figures.receivable.closing;
            prop_assert!(figures.adds_up());
            for groups in [figures.by_item(), figures.by_building()] {
                prop_assert_eq!(groups.iter().map(|one| one.receivable.closing).sum::<Fen>(), figures.receivable.closing);
                prop_assert_eq!(groups.iter().map(|one| one.late_fee.paid).sum::<Fen>(), figures.late_fee.paid);
            }
            figures.receivable.paid += Fen::new(1);
            prop_assert!(!figures.adds_up());
        }
    }
}
