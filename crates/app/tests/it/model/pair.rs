//! The office and its model, side by side: every step is done in both, and what can be seen of both is compared.

use std::collections::BTreeMap;

use chrono::Days;
use hemu_app::Actor;
use hemu_app::arrears::arrears_report;
use hemu_app::ledger::deposits::list_deposits;
use hemu_domain::Period;
use hemu_domain::ids::{DepositId, MeterId, ReceiptId};

use super::UNITS;
use super::books::{Books, Origin};
use super::deposits::Deposit;
use super::steps::Step;
use crate::office::{COMMUNITY, Office};

/// The office and its model, side by side.
pub struct Pair<'a> {
    pub office: &'a Office,
    pub books: Books,
    /// Receipts by the model's number of them.
    pub ids: BTreeMap<usize, ReceiptId>,
    /// How many there ever were.
    pub numbers: usize,
    pub meters: Vec<MeterId>,
    pub deposits: Vec<DepositId>,
    /// Units in the order of their ids, which says who gets the odd fen.
    pub unit_order: Vec<usize>,
}

impl<'a> Pair<'a> {
    /// Two of the units get one payer, three a meter.
    pub fn new(office: &'a Office, books: Books) -> Self {
        let (ids, deposits) = (BTreeMap::new(), Vec::new());
        let mut pair = Self { office, books, ids, numbers: 0, meters: Vec::new(), deposits, unit_order: Vec::new() };
        pair.set_up();
        pair
    }

    /// Does a step in both.
    pub fn take(&mut self, step: &Step) {
        match *step {
            Step::Wait(days) => {
                self.books.today = self.books.today + Days::new(days);
                self.office.on(&self.books.today.to_string());
            }
            Step::Bill => {
                // A month more than a year ahead is not billed.
                if Period::of(self.books.today).months_until(self.books.next_month) <= 12 {
                    self.office.bill(&self.books.next_month.to_string());
                    self.books.bill();
                }
            }
            Step::Pay { unit, fen } => self.pay(unit, (fen, 0), &[]),
            Step::PayNamed { unit, charge, fen } => {
                let open = self.open_of(unit);
                if !open.is_empty() {
                    self.pay(unit, (fen, 0), &[open[charge % open.len()]]);
                }
            }
            Step::Settle { unit, off } => {
                let (fee, late) = self.books.owed(unit);
                if fee + late > off {
                    self.pay(unit, (fee + late - off, off), &[]);
                }
            }
            Step::Reverse(place) => {
                if let Some(number) = self.pick(place, |_| true) {
                    self.reverse(number);
                }
            }
            Step::LetOff { charge, late, fen } => self.let_off(charge, late, fen),
            Step::GiveBack { of, part, whole } => {
                if let Some(of) = self.pick(of, |origin| origin == Origin::Paid) {
                    let receipt = self.books.receipts[&of];
                    self.give_back(of, if whole { receipt.amount } else { (receipt.put_by * part / 100).max(1) });
                }
            }
            Step::Move { of, part, to } => {
                if let Some(of) = self.pick(of, |_| true) {
                    self.move_on(of, to, (self.books.receipts[&of].put_by * part / 100).max(1));
                }
            }
            Step::Rebill { unit, months, cents } => self.rebill(unit, months, cents),
            Step::Read { meter, used, estimated } => self.read(meter, used, estimated),
            Step::Share { fen, by_area } => self.share(fen, by_area),
            Step::TakeDeposit { unit, fen } => {
                let id = self.take_deposit(unit, fen);
                self.deposits.push(id);
                self.books.deposits.push(Deposit { taken: fen, ..Deposit::default() });
            }
            Step::EndDeposit { deposit, keeps, fen } => {
                if !self.deposits.is_empty() {
                    self.end_deposit(deposit % self.deposits.len(), keeps, fen);
                }
            }
        }
    }

    /// A receipt that stands; one that has money put by where there is any.
    fn pick(&self, place: usize, fits: impl Fn(Origin) -> bool) -> Option<usize> {
        let standing = self.books.receipts.iter().filter(|(_, one)| fits(one.origin));
        let (rich, poor): (Vec<_>, Vec<_>) = standing.partition(|(_, one)| one.put_by > 0);
        let both: Vec<usize> = rich.into_iter().chain(poor).map(|(number, _)| *number).collect();
        (!both.is_empty()).then(|| both[place % both.len()])
    }

    fn open_of(&self, unit: usize) -> Vec<usize> {
        let today = self.books.today;
        let charges = self.books.charges.iter().enumerate().filter(|(_, one)| one.live && one.unit == unit);
        charges.filter(|(_, one)| one.open() > 0 || one.late_open(today) > 0).map(|(number, _)| number).collect()
    }

    /// Compares what is owed, open, put by and kept.
    pub fn compare(&self, after: &Step) {
        let today = self.books.today;
        let list = arrears_report(&self.office.app, &Actor::local_operator(), COMMUNITY, today).expect("a list");
        for (unit, (label, ..)) in UNITS.iter().enumerate() {
            let row = list.rows.iter().find(|row| row.unit.as_str() == *label);
            let owed = row.map_or((0, 0), |row| (row.principal.get(), row.late_fee.get()));
            assert_eq!(owed, self.books.owed(unit), "{label} on {today} after {after:?}");
            let charges = self.books.charges.iter().filter(|one| one.live && one.unit == unit);
            let open: i64 = charges.map(|one| one.open()).sum();
            let of_unit = |sum: &str, from: &str| {
                format!(
                    "SELECT CAST(COALESCE(SUM({sum}), 0) AS BIGINT) FROM {from} JOIN unit u ON u.id = a.unit_id
                    WHERE u.label = '{label}'"
                )
            };
            let in_all = of_unit("c.open_fen", "charge c JOIN account a ON a.id = c.account_id");
            assert_eq!(self.office.count(&in_all), open, "{label} open on {today} after {after:?}");
            let put_by = of_unit("a.prepaid_fen", "account a");
            assert_eq!(self.office.count(&put_by), self.books.prepaid(unit), "{label} put by after {after:?}");
        }
        let report = list_deposits(&self.office.app, &Actor::local_operator(), COMMUNITY).expect("deposits");
        let sum = |of: fn(&Deposit) -> i64| self.books.deposits.iter().map(of).sum::<i64>();
        let seen = [report.taken, report.returned, report.deducted, report.left].map(hemu_domain::Fen::get);
        let kept = [sum(|one| one.taken), sum(|one| one.returned), sum(|one| one.kept), sum(Deposit::left)];
        assert_eq!(seen, kept, "deposits after {after:?}");
    }
}
