//! A price that was wrong: what was billed by it is billed anew.

use chrono::NaiveDate;
use hemu_domain::Period;

use super::UNITS;
use super::books::{Books, fee};
use super::charge::{By, Charge, Entry, What};

impl Books {
    /// The standard of a unit should have had another price from a month on; `false` when no bill was wrong.
    pub fn rebill(&mut self, unit: usize, from: Period, cents: i64) -> bool {
        let standard = UNITS[unit].2;
        let before = self.prices[&standard].clone();
        self.prices.get_mut(&standard).expect("there").insert(from, cents);
        let is_wrong = |one: &Charge| {
            let is_fee = one.live && !one.opening && one.what == What::Fee && UNITS[one.unit].2 == standard;
            is_fee && one.amount != fee(UNITS[one.unit].1, self.price(one.unit, one.month))
        };
        let mut wrong: Vec<usize> = (0..self.charges.len()).filter(|one| is_wrong(&self.charges[*one])).collect();
        wrong.sort_by_key(|one| (self.charges[*one].unit, self.charges[*one].month));
        if wrong.is_empty() {
            self.prices.insert(standard, before);
            return false;
        }
        let mut units: Vec<usize> = wrong.iter().map(|one| self.charges[*one].unit).collect();
        units.dedup();
        wrong.into_iter().for_each(|one| self.bill_anew(one));
        units.into_iter().for_each(|unit| self.pay_what_is_due(unit));
        true
    }

    /// What is put by pays at once what is due: oldest money first, oldest debt first, principal alone, from the day from which it
    /// would have counted.
    fn pay_what_is_due(&mut self, unit: usize) {
        let is_due = |one: &Charge| one.live && one.unit == unit && one.due <= self.today;
        let mut due: Vec<usize> = (0..self.charges.len()).filter(|one| is_due(&self.charges[*one])).collect();
        due.sort_by_key(|one| (self.charges[*one].due, self.charges[*one].month, *one));
        for charge in due {
            let charge = &mut self.charges[charge];
            for (number, receipt) in self.receipts.iter_mut().filter(|(_, one)| one.unit == unit) {
                let fen = charge.open().min(receipt.put_by);
                if fen > 0 {
                    receipt.put_by -= fen;
                    let on = charge.issued.min(charge.due).max(receipt.on);
                    charge.pay_from(Entry { on, fen, by: By::Prepaid(*number) });
                }
            }
        }
    }

    fn bill_anew(&mut self, wrong: usize) {
        self.charges[wrong].live = false;
        let old = self.charges[wrong].clone();
        let amount = fee(UNITS[old.unit].1, self.price(old.unit, old.month));
        let due = if amount > old.amount { self.due_anew(old.due) } else { old.due };
        let mut new = Charge::new(old.unit, (old.what, old.month), (self.today, due), amount);
        self.carry_principal(&old, &mut new);
        // What had been asked for is asked for again, on what was really owed; what is due anew was never late.
        for day in old.asked.iter().filter(|_| due == old.due) {
            new.ask_again(*day);
        }
        self.carry_late_fee(&old, &mut new);
        self.charges.push(new);
    }

    /// The end of this month, or of the next one on the last day.
    fn due_anew(&self, old: NaiveDate) -> NaiveDate {
        let this_month = Period::of(self.today);
        let anew =
            if this_month.last_day() > self.today { this_month.last_day() } else { this_month.next().last_day() };
        anew.max(old)
    }

    /// What was let off goes along; then what was paid, earliest first; the rest is put by again.
    fn carry_principal(&mut self, old: &Charge, new: &mut Charge) {
        let let_off = old.entries.iter().filter(|one| matches!(one.by, By::Waiver | By::SmallChange(_)));
        for one in let_off {
            let fen = one.fen.min(new.open());
            new.entries.push(Entry { fen, ..*one });
        }
        let mut paid: Vec<Entry> =
            old.entries.iter().filter(|one| matches!(one.by, By::Money(_) | By::Prepaid(_))).copied().collect();
        paid.sort_by_key(|one| one.on);
        for one in paid {
            let fen = one.fen.min(new.open());
            let on = match one.by {
                By::Prepaid(number) => self.today.min(new.due).max(self.receipts[&number].on),
                By::Money(_) | By::Waiver | By::SmallChange(_) | By::TakenBack => one.on,
            };
            new.entries.push(Entry { on, fen, ..one });
            self.put_by(one.by, one.fen - fen);
        }
    }

    fn carry_late_fee(&mut self, old: &Charge, new: &mut Charge) {
        let mut room = new.asked_for;
        for is_paid in [true, false] {
            for one in old.late.iter().filter(|one| matches!(one.by, By::Money(_)) == is_paid) {
                let fen = one.fen.min(room);
                room -= fen;
                new.late.push(Entry { fen, ..*one });
                self.put_by(one.by, one.fen - fen);
            }
        }
    }

    /// What was paid too much lies with its receipt; what was let off too much lies nowhere.
    fn put_by(&mut self, by: By, fen: i64) {
        if let By::Money(number) | By::Prepaid(number) = by {
            self.receipts.get_mut(&number).expect("stands").put_by += fen;
        }
    }
}
