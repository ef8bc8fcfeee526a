//! Money comes in, goes out and is moved; what is owed is let off.

use super::OF_ONE_PAYER;
use super::books::{Books, Origin, Receipt};
use super::charge::{By, Entry};
use super::remainder::share_out;

/// What a payment settles, in its order.
#[derive(Clone, Copy, Debug)]
struct Part {
    charge: usize,
    late: bool,
    fen: i64,
}

impl Books {
    /// A payment: debts due or named before the others; in each group the named ones, then the oldest; those of one day in proportion.
    /// The last `off` of what it settles is not paid but let off.
    pub fn pay(&mut self, number: usize, (unit, amount, off): (usize, i64, i64), named: &[usize], origin: Origin) {
        let (parts, left) = self.parts(unit, amount + off, named, off == 0);
        let mut still_off = off;
        let mut shares: Vec<(Part, i64)> = Vec::new();
        for part in parts.into_iter().rev() {
            let let_off = part.fen.min(still_off);
            still_off -= let_off;
            shares.push((part, let_off));
        }
        // What runs up to today ran on what was open before this payment, which counts from tomorrow.
        for (part, _) in &shares {
            self.charges[part.charge].ask(self.today);
        }
        for (part, let_off) in shares {
            let charge = &mut self.charges[part.charge];
            let list = if part.late { &mut charge.late } else { &mut charge.entries };
            for (fen, by) in [(part.fen - let_off, By::Money(number)), (let_off, By::SmallChange(number))] {
                if fen > 0 {
                    list.push(Entry { on: self.today, fen, by });
                }
            }
        }
        self.receipts.insert(number, Receipt { unit, on: self.today, amount, origin, put_by: left });
    }

    fn parts(&self, unit: usize, mut left: i64, named: &[usize], later_too: bool) -> (Vec<Part>, i64) {
        let is_of_unit = |one: &usize| self.charges[*one].live && self.charges[*one].unit == unit;
        let due = |one: &usize| self.charges[*one].due <= self.today || named.contains(one);
        let rank = |one: &usize| (!named.contains(one), self.charges[*one].due);
        let mut order: Vec<usize> = (0..self.charges.len()).filter(is_of_unit).collect();
        order.sort_by_key(rank);
        let (first, then): (Vec<usize>, Vec<usize>) = order.into_iter().partition(due);
        let mut parts = Vec::new();
        for group in if later_too { vec![first, then] } else { vec![first] } {
            let equals: Vec<&[usize]> = group.chunk_by(|one, other| rank(one) == rank(other)).collect();
            if self.statutory {
                equals.iter().for_each(|debts| self.settle(debts, [true, true], &mut left, &mut parts));
            } else {
                equals.iter().for_each(|debts| self.settle(debts, [false, true], &mut left, &mut parts));
                equals.iter().for_each(|debts| self.settle(debts, [true, false], &mut left, &mut parts));
            }
        }
        (parts, left)
    }

    /// Settles late fees, principals, or both (then debt by debt the late fee first) of debts of one rank.
    fn settle(&self, debts: &[usize], [late, principal]: [bool; 2], left: &mut i64, parts: &mut Vec<Part>) {
        let late_of = |one: &usize| if late { self.charges[*one].late_open(self.today) } else { 0 };
        let open_of = |one: &usize| if principal { self.charges[*one].open() } else { 0 };
        let open: Vec<i64> = debts.iter().map(|one| late_of(one) + open_of(one)).collect();
        let paid = open.iter().sum::<i64>().min(*left);
        *left -= paid;
        for (charge, share) in debts.iter().zip(share_out(paid, &open)) {
            let of_late = share.min(late_of(charge));
            parts.extend([(true, of_late), (false, share - of_late)].map(|(late, fen)| Part {
                charge: *charge,
                late,
                fen,
            }));
        }
    }

    /// Whether money a receipt put by was given back or moved on.
    pub fn is_moved_on(&self, number: usize) -> bool {
        let from = |one: &Receipt| matches!(one.origin, Origin::GivenBack(of) | Origin::MovedFrom(of) if of == number);
        self.receipts.values().any(from)
    }

    /// A receipt does not count any more; `false` when what it put by is elsewhere by now.
    pub fn reverse(&mut self, number: usize) -> bool {
        if self.is_moved_on(number) {
            return false;
        }
        let gone = self.receipts.remove(&number).expect("taken before");
        for charge in self.charges.iter_mut().filter(|charge| charge.live) {
            charge.take_back(number, self.today);
        }
        if let Origin::GivenBack(of) | Origin::MovedFrom(of) = gone.origin {
            self.receipts.get_mut(&of).expect("stands while it is moved on").put_by += gone.amount;
        }
        true
    }

    /// Gives back of what a receipt put by, or all of it; `None` when that cannot be, else whether the whole receipt is undone.
    pub fn give_back(&mut self, (number, of): (usize, usize), fen: i64) -> Option<bool> {
        let receipt = self.receipts[&of];
        if receipt.origin != Origin::Paid {
            return None;
        }
        if fen <= receipt.put_by {
            self.take_out((number, of), receipt.unit, fen, Origin::GivenBack(of));
            return Some(false);
        }
        (fen == receipt.amount && self.reverse(of)).then_some(true)
    }

    fn take_out(&mut self, (number, of): (usize, usize), unit: usize, amount: i64, origin: Origin) {
        self.receipts.get_mut(&of).expect("there").put_by -= amount;
        self.receipts.insert(number, Receipt { unit, on: self.today, amount, origin, put_by: 0 });
    }

    /// Moves what a receipt put by to the other unit of the payer; `false` when that cannot be.
    pub fn move_on(&mut self, (number, of): (usize, usize), to: usize, fen: i64) -> bool {
        let receipt = self.receipts[&of];
        let is_own = receipt.unit != to && [receipt.unit, to].iter().all(|unit| OF_ONE_PAYER.contains(unit));
        if !is_own || fen > receipt.put_by {
            return false;
        }
        self.receipts.get_mut(&of).expect("there").put_by -= fen;
        self.pay(number, (to, fen, 0), &[], Origin::MovedFrom(of));
        true
    }

    /// Lets off principal or late fee; `false` when less is open.
    pub fn let_off(&mut self, charge: usize, late: bool, fen: i64) -> bool {
        let today = self.today;
        let charge = &mut self.charges[charge];
        let open = if late { charge.late_open(today) } else { charge.open() };
        if fen > open {
            return false;
        }
        charge.ask(today);
        let list = if late { &mut charge.late } else { &mut charge.entries };
        list.push(Entry { on: today, fen, by: By::Waiver });
        true
    }
}
