//! The books: charges month by month, receipts, and what was put by.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hemu_domain::Period;

use super::UNITS;
use super::charge::{By, Charge, Entry, What};
use super::deposits::Deposit;
use super::meters::Meter;
use super::remainder::share_out;

/// Where the money of a receipt came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Somebody paid.
    Paid,
    /// It went out: of what that receipt had put by.
    GivenBack(usize),
    /// It came from another unit of the payer: of what that receipt had put by.
    MovedFrom(usize),
}

/// A receipt that stands.
#[derive(Clone, Copy, Debug)]
pub struct Receipt {
    pub unit: usize,
    pub on: NaiveDate,
    pub amount: i64,
    pub origin: Origin,
    /// What is left of what it put by.
    pub put_by: i64,
}

/// Something that waits for the next bill of a unit.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    pub unit: usize,
    pub what: What,
    pub month: Period,
    pub amount: i64,
}

/// The books.
#[derive(Clone, Debug)]
pub struct Books {
    pub today: NaiveDate,
    /// Late fees rank as interest; else all principals come first.
    pub statutory: bool,
    pub charges: Vec<Charge>,
    pub receipts: BTreeMap<usize, Receipt>,
    pub next_month: Period,
    /// Of each unit's standard: the price from a month on. Units with one price share a standard.
    pub prices: BTreeMap<i64, BTreeMap<Period, i64>>,
    pub shares: Vec<Waiting>,
    pub usages: Vec<Waiting>,
    /// Costs shared, by month.
    pub pools: BTreeMap<Period, i64>,
    pub meters: Vec<Meter>,
    pub deposits: Vec<Deposit>,
}

/// A month.
pub fn month(text: &str) -> Period {
    Period::parse(text).expect("a month")
}

/// What an area pays a month, half a fen rounded up.
pub fn fee(area_e4: i64, cents: i64) -> i64 {
    (area_e4 * cents + 5_000) / 10_000
}

impl Books {
    /// What the list brings in.
    pub fn new(today: NaiveDate, statutory: bool) -> Self {
        let prices = UNITS.iter().map(|unit| (unit.2, BTreeMap::from([(month("2020-01"), unit.2)])));
        let mut books = Self {
            today,
            statutory,
            charges: Vec::new(),
            receipts: BTreeMap::new(),
            next_month: Period::of(today).next(),
            prices: prices.collect(),
            shares: Vec::new(),
            usages: Vec::new(),
            pools: BTreeMap::new(),
            meters: Meter::all(),
            deposits: Vec::new(),
        };
        for (unit, (_, area, cents, first, _)) in UNITS.iter().enumerate() {
            for period in month(first).up_to(Period::of(today)) {
                let charge = Charge::new(unit, (What::Fee, period), (today, period.last_day()), fee(*area, *cents));
                books.charges.push(Charge { opening: true, ..charge });
            }
        }
        books
    }

    /// The price of a unit's standard in a month.
    pub fn price(&self, unit: usize, month: Period) -> i64 {
        *self.prices[&UNITS[unit].2].range(..=month).next_back().expect("a first price").1
    }

    pub fn prepaid(&self, unit: usize) -> i64 {
        self.receipts.values().filter(|one| one.unit == unit).map(|one| one.put_by).sum()
    }

    /// Principal and late fee of what is due, by unit.
    pub fn owed(&self, unit: usize) -> (i64, i64) {
        let due = self.charges.iter().filter(|one| one.live && one.unit == unit && one.due <= self.today);
        due.fold((0, 0), |(fee, late), one| (fee + one.open(), late + one.late_open(self.today)))
    }

    /// A cost is shared: by area, or by household where a vacant one counts seven tenths. `order` is that of equal remainders.
    pub fn share(&mut self, total: i64, by_area: bool, order: &[usize]) {
        let month = Period::of(self.today);
        let weight = |unit: &usize| match (by_area, UNITS[*unit].4) {
            (true, _) => UNITS[*unit].1,
            (false, vacant) => {
                if vacant {
                    7
                } else {
                    10
                }
            }
        };
        let weights: Vec<i64> = order.iter().map(weight).collect();
        let number = self.pools.entry(month).or_default();
        *number += 1;
        for (unit, amount) in order.iter().zip(share_out(total, &weights)) {
            self.shares.push(Waiting { unit: *unit, what: What::Share(*number), month, amount });
        }
    }

    /// Bills of the next month: the fee, then the shares and usages of that month and of eleven before it that are on no bill yet.
    pub fn bill(&mut self) {
        let period = self.next_month;
        self.next_month = period.next();
        let is_on_it = |one: &Waiting| (0..=11).contains(&one.month.months_until(period));
        let shares: Vec<Waiting> = self.shares.extract_if(.., |one| is_on_it(one)).collect();
        let usages: Vec<Waiting> = self.usages.extract_if(.., |one| is_on_it(one)).collect();
        for (unit, (_, area, ..)) in UNITS.iter().enumerate() {
            let amount = fee(*area, self.price(unit, period));
            let fee = Waiting { unit, what: What::Fee, month: period, amount };
            for one in std::iter::once(&fee).chain(&shares).chain(&usages) {
                if one.unit == unit && one.amount > 0 {
                    let charge = Charge::new(unit, (one.what, one.month), (self.today, period.last_day()), one.amount);
                    self.charges.push(charge);
                    self.use_put_by(self.charges.len() - 1);
                }
            }
        }
    }

    /// A new charge takes what was put by, oldest money first; it counts from the issue, or the due day when that is earlier, but not
    /// from before it came in.
    fn use_put_by(&mut self, new: usize) {
        let charge = &mut self.charges[new];
        for (number, receipt) in self.receipts.iter_mut().filter(|(_, one)| one.unit == charge.unit) {
            let fen = charge.open().min(receipt.put_by);
            if fen > 0 {
                receipt.put_by -= fen;
                let on = self.today.min(charge.due).max(receipt.on);
                charge.entries.push(Entry { on, fen, by: By::Prepaid(*number) });
            }
        }
    }
}
