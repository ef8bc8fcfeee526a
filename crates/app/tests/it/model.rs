//! The books against a model of them: random histories run through the real use cases and through a few lines of plain
//! arithmetic, and both must agree after every step.
//!
//! The model shares nothing with the program but the rules. It knows no rows, no frozen late fees and no counters: a charge is an
//! amount with the days on which it became smaller, and its late fee is added up day by day.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use hemu_app::approval::Asked;
use hemu_app::ledger::adjust::{AdjustRequest, Part};
use hemu_app::ledger::{ReceiptRequest, take_receipt};
use hemu_app::{Actor, Refusal};
use hemu_domain::ids::{ChargeId, ReceiptId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::{Fen, Period};
use proptest::prelude::*;

use crate::office::{COMMUNITY, LIST, Office, on_every_engine, unit};

/// Units of the list with the fen they pay a month, and the first month that is open.
const UNITS: [(&str, i64, &str); 4] = [
    ("1-1-101", 20_000, "2026-11"),
    ("1-1-102", 20_990, "2026-04"),
    ("1-1-201", 10_000, "2026-11"),
    ("1-1-202", 21_690, "2026-10"),
];

/// A charge: what it came to, and what made it smaller.
#[derive(Clone, Debug)]
struct Charge {
    unit: usize,
    due: NaiveDate,
    amount: i64,
    lowered: Vec<(NaiveDate, i64)>,
    /// Late fee paid or let off.
    late_settled: i64,
    /// Nothing but money put by has paid it so far, as it was billed.
    put_by_only: bool,
}

impl Charge {
    fn open(&self) -> i64 {
        self.amount - self.lowered.iter().map(|(_, fen)| fen).sum::<i64>()
    }

    /// Day by day: what was open when the day began bears 0.05 %; all together never more than the charge.
    fn late_fee(&self, on: NaiveDate) -> i64 {
        let mut fen_days: i64 = 0;
        let mut day = self.due;
        while day < on {
            day = day + Days::new(1);
            let off: i64 = self.lowered.iter().filter(|(from, _)| *from < day).map(|(_, fen)| fen).sum();
            fen_days += (self.amount - off).max(0);
        }
        // 0.05 % is 5 in 10,000; half a fen rounds up.
        ((fen_days * 5 * 2 + 10_000) / 20_000).min(self.amount)
    }

    /// A charge that money put by settles whole as it is billed bears nothing: nobody could pay it sooner.
    fn late_open(&self, on: NaiveDate) -> i64 {
        if self.put_by_only && self.open() == 0 {
            return 0;
        }
        self.late_fee(on) - self.late_settled
    }
}

/// What a receipt did: principal and late fee by charge, and what it put by.
#[derive(Clone, Debug, Default)]
struct Paid {
    unit: usize,
    received: Option<NaiveDate>,
    principal: Vec<(usize, i64)>,
    late: Vec<(usize, i64)>,
    put_by: i64,
}

#[derive(Clone, Debug)]
struct Model {
    today: NaiveDate,
    statutory: bool,
    charges: Vec<Charge>,
    receipts: BTreeMap<usize, Paid>,
    next_month: Period,
}

fn month(text: &str) -> Period {
    Period::parse(text).expect("a month")
}

impl Model {
    fn new(today: NaiveDate, statutory: bool) -> Self {
        let mut model = Self {
            today,
            statutory,
            charges: Vec::new(),
            receipts: BTreeMap::new(),
            next_month: Period::of(today).next(),
        };
        for (unit, (_, fee, first)) in UNITS.iter().enumerate() {
            for period in month(first).up_to(Period::of(today)) {
                model.charge(unit, *fee, period);
            }
        }
        model
    }

    fn charge(&mut self, unit: usize, amount: i64, period: Period) {
        let charge =
            Charge { unit, due: period.last_day(), amount, lowered: Vec::new(), late_settled: 0, put_by_only: true };
        self.charges.push(charge);
    }

    fn prepaid(&self, unit: usize) -> i64 {
        self.receipts.values().filter(|one| one.unit == unit).map(|one| one.put_by).sum()
    }

    /// New charges take what was put by, oldest money first; it counts from the issue, or the due day when that is earlier, but not
    /// from before it came in.
    fn bill(&mut self) {
        let period = self.next_month;
        self.next_month = period.next();
        for (unit, (_, fee, _)) in UNITS.iter().enumerate() {
            self.charge(unit, *fee, period);
            let new = self.charges.len() - 1;
            for receipt in self.receipts.values_mut().filter(|one| one.unit == unit) {
                let charge = &mut self.charges[new];
                let part = charge.open().min(receipt.put_by);
                if part > 0 {
                    let from = self.today.min(charge.due).max(receipt.received.expect("a payment"));
                    charge.lowered.push((from, part));
                    receipt.put_by -= part;
                    receipt.principal.push((new, part));
                }
            }
        }
    }

    /// Debts due or named before the others; in each group the named ones, then the oldest.
    fn pay(&mut self, number: usize, unit: usize, amount: i64, named: &[usize]) {
        let mut left = amount;
        let mut paid = Paid { unit, received: Some(self.today), ..Paid::default() };
        let of_unit = |one: &usize| self.charges[*one].unit == unit;
        let due = |one: &usize| self.charges[*one].due <= self.today || named.contains(one);
        let mut order: Vec<usize> = (0..self.charges.len()).filter(of_unit).collect();
        order.sort_by_key(|one| (!named.contains(one), self.charges[*one].due));
        let (first, then): (Vec<usize>, Vec<usize>) = order.into_iter().partition(due);
        for group in [first, then] {
            if self.statutory {
                for one in &group {
                    self.settle(*one, true, &mut left, &mut paid);
                    self.settle(*one, false, &mut left, &mut paid);
                }
            } else {
                group.iter().for_each(|one| self.settle(*one, false, &mut left, &mut paid));
                group.iter().for_each(|one| self.settle(*one, true, &mut left, &mut paid));
            }
        }
        paid.put_by = left;
        self.receipts.insert(number, paid);
    }

    fn settle(&mut self, one: usize, late: bool, left: &mut i64, paid: &mut Paid) {
        let charge = &mut self.charges[one];
        // What runs up to today ran on what was open before this payment, which counts from tomorrow.
        let open = if late { charge.late_open(self.today) } else { charge.open() };
        let part = open.min(*left);
        if part <= 0 {
            return;
        }
        *left -= part;
        charge.put_by_only = false;
        if late {
            charge.late_settled += part;
            paid.late.push((one, part));
        } else {
            charge.lowered.push((self.today, part));
            paid.principal.push((one, part));
        }
    }

    fn reverse(&mut self, number: usize) {
        let paid = self.receipts.remove(&number).expect("taken before");
        for (one, part) in paid.principal {
            self.charges[one].lowered.push((self.today, -part));
        }
        for (one, part) in paid.late {
            self.charges[one].late_settled -= part;
        }
    }

    /// Principal and late fee of what is due, by unit.
    fn owed(&self, unit: usize) -> (i64, i64) {
        let due = self.charges.iter().filter(|one| one.unit == unit && one.due <= self.today);
        due.fold((0, 0), |(fee, late), one| (fee + one.open(), late + one.late_open(self.today)))
    }
}

/// What happens next; numbers are taken round what there is.
#[derive(Clone, Debug)]
enum Step {
    Wait(u64),
    Bill,
    Pay { unit: usize, fen: i64 },
    PayNamed { unit: usize, charge: usize, fen: i64 },
    Reverse(usize),
    LetOff { charge: usize, late: bool, fen: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (1_u64..50).prop_map(Step::Wait),
        2 => Just(Step::Bill),
        4 => (0_usize..4, 1_i64..120_000).prop_map(|(unit, fen)| Step::Pay { unit, fen }),
        2 => (0_usize..4, 0_usize..20, 1_i64..60_000).prop_map(|(unit, charge, fen)| Step::PayNamed { unit, charge, fen }),
        2 => (0_usize..9).prop_map(Step::Reverse),
        1 => (0_usize..40, any::<bool>(), 1_i64..9_000).prop_map(|(charge, late, fen)| Step::LetOff { charge, late, fen }),
    ];
    prop::collection::vec(step, 1..14)
}

/// The office and its model, side by side.
struct Pair<'a> {
    office: &'a Office,
    model: Model,
    taken: Vec<(usize, ReceiptId)>,
    numbers: usize,
}

impl Pair<'_> {
    fn take(&mut self, step: &Step) {
        match *step {
            Step::Wait(days) => {
                self.model.today = self.model.today + Days::new(days);
                self.office.on(&self.model.today.to_string());
            }
            Step::Bill => {
                // A month more than a year ahead is not billed.
                if Period::of(self.model.today).months_until(self.model.next_month) <= 12 {
                    self.office.bill(&self.model.next_month.to_string());
                    self.model.bill();
                }
            }
            Step::Pay { unit, fen } => self.pay(unit, fen, &[]),
            Step::PayNamed { unit, charge, fen } => {
                let open = self.open_of(unit);
                if !open.is_empty() {
                    self.pay(unit, fen, &[open[charge % open.len()]]);
                }
            }
            Step::Reverse(place) => {
                if !self.taken.is_empty() {
                    let (number, receipt) = self.taken.remove(place % self.taken.len());
                    self.office.reverse(receipt);
                    self.model.reverse(number);
                }
            }
            Step::LetOff { charge, late, fen } => self.let_off(charge % self.model.charges.len(), late, fen),
        }
    }

    fn open_of(&self, unit: usize) -> Vec<usize> {
        let charges = self.model.charges.iter().enumerate();
        let open = |one: &Charge| one.unit == unit && (one.open() > 0 || one.late_open(self.model.today) > 0);
        charges.filter(|(_, one)| open(one)).map(|(number, _)| number).collect()
    }

    fn id(&self, charge: usize) -> ChargeId {
        let one = &self.model.charges[charge];
        let of = format!(
            "SELECT c.id FROM charge c JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id
             WHERE u.label = '{}' AND c.due_on = '{}'",
            UNITS[one.unit].0, one.due
        );
        self.office.app.db.read(|tx| tx.query_one("charge", &of, &[], |row| row.take())).expect("a charge")
    }

    fn pay(&mut self, place: usize, fen: i64, named: &[usize]) {
        let request = ReceiptRequest {
            community: COMMUNITY.to_owned(),
            unit: unit(UNITS[place].0),
            amount: Fen::new(fen),
            received_on: self.model.today,
            method: "transfer".to_owned(),
            designated: named.iter().map(|one| self.id(*one)).collect(),
            key: None,
            remark: String::new(),
        };
        let report = take_receipt(&self.office.app, &Actor::local_operator(), &request).expect("taken");
        self.numbers += 1;
        self.model.pay(self.numbers, place, fen, named);
        assert_eq!(report.prepaid.get(), self.model.receipts[&self.numbers].put_by, "put by of {request:?}");
        self.taken.push((self.numbers, report.id));
    }

    fn let_off(&mut self, charge: usize, late: bool, fen: i64) {
        let part = if late { Part::LateFee } else { Part::Principal };
        let request =
            AdjustRequest { charge: self.id(charge), part, kind: AdjustmentKind::Waiver, amount: Fen::new(fen) };
        let done = self.office.two_people(&Asked::Adjustment(request), "协商减免");
        let today = self.model.today;
        let one = &mut self.model.charges[charge];
        let open = if late { one.late_open(today) } else { one.open() };
        if fen > open {
            assert!(
                matches!(done, Err(Refusal::InvalidInput { .. } | Refusal::Conflict(_))),
                "{fen} of {open}: {done:?}"
            );
            return;
        }
        done.expect("let off");
        one.put_by_only = false;
        if late {
            one.late_settled += fen;
        } else {
            one.lowered.push((today, fen));
        }
    }

    fn compare(&self, after: &Step) {
        let today = self.model.today.to_string();
        for (place, (label, _, _)) in UNITS.iter().enumerate() {
            let (fee, late) = self.office.owed(label, &today);
            assert_eq!((fee.get(), late.get()), self.model.owed(place), "{label} on {today} after {after:?}");
            let put_by = format!(
                "SELECT CAST(SUM(a.prepaid_fen) AS BIGINT) FROM account a JOIN unit u ON u.id = a.unit_id WHERE u.label = '{label}'"
            );
            assert_eq!(self.office.count(&put_by), self.model.prepaid(place), "{label} put by after {after:?}");
        }
        let open: i64 = self.model.charges.iter().map(Charge::open).sum();
        assert_eq!(self.office.count("SELECT CAST(SUM(open_fen) AS BIGINT) FROM charge"), open, "after {after:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_books_and_their_model_agree_after_every_step(steps in steps(), statutory in any::<bool>()) {
        on_every_engine("2026-11-05", |office| {
            office.import(LIST);
            office.late_fee_clause(if statutory { "statutory_as_interest" } else { "principal_first" });
            let model = Model::new(office.app.today(), statutory);
            let mut pair = Pair { office, model, taken: Vec::new(), numbers: 0 };
            for step in &steps {
                pair.take(step);
                pair.compare(step);
            }
            assert_eq!(office.red(), [""; 0]);
        });
    }
}
