//! Reconciliation (对账) of a provider's entries with the receipts of the same days, both ways.
//!
//! An order number both sides know decides; what is left is paired by amount and day. What then stands alone is a difference, and
//! so is a pair that differs in its amount. A receipt that was taken by mistake and reversed, and that the provider knows nothing
//! of, is no difference. Fees are the provider's business and are never charged to an owner.

use chrono::NaiveDate;
use uuid::Uuid;

use super::settlement::EntryKind;
use crate::Fen;
use crate::words::words;

words!(
    /// How file and books differ.
    DifferenceKind {
        /// 账单有、账上没有
        NotInBooks = "not_in_books", "渠道有、账上没有", "in the file, not in the books";
        /// 账上有、账单没有
        NotInFile = "not_in_file", "账上有、渠道没有", "in the books, not in the file";
        /// 金额不符
        Amount = "amount", "金额不符", "amounts differ";
        /// 退款未入账
        Refund = "refund", "渠道已退款、账上未冲红", "refunded by the provider, not in the books";
    }
);

/// An entry of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: EntryKind,
    /// The provider's number.
    pub entry_no: String,
    /// The merchant's order number.
    pub order_no: String,
    /// The day.
    pub day: NaiveDate,
    /// How much, above zero.
    pub amount: Fen,
}

/// A receipt taken by a provider, or its reversal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// The key it was taken with.
    pub key: String,
    /// Its remark.
    pub remark: String,
    /// The day.
    pub day: NaiveDate,
    /// How much; below zero for a reversal.
    pub amount: Fen,
    /// The receipt it reverses.
    pub reverses: Option<Uuid>,
    /// Whether it was reversed since.
    pub reversed: bool,
}

/// Where file and books differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// How.
    pub kind: DifferenceKind,
    /// The entry.
    pub entry: Option<Uuid>,
    /// The receipt.
    pub receipt: Option<Uuid>,
}

impl Difference {
    /// What the difference is about: the entry, else the receipt.
    #[must_use]
    pub fn subject(&self) -> Uuid {
        self.entry.or(self.receipt).unwrap_or_default()
    }
}

/// Entries and receipts, and which of them are paired.
struct Pairing<'a> {
    entries: &'a [Entry],
    booked: &'a [Booked],
    entry_done: Vec<bool>,
    booked_done: Vec<bool>,
    found: Vec<Difference>,
}

/// Compares entries with receipts of the same days.
#[must_use]
pub fn reconcile(entries: &[Entry], booked: &[Booked]) -> Vec<Difference> {
    let mut pairing = Pairing {
        entries,
        booked,
        entry_done: vec![false; entries.len()],
        booked_done: vec![false; booked.len()],
        found: Vec::new(),
    };
    pairing.pair(|entry, one| is_sign(entry, one) && knows(one, entry));
    for reversed in [false, true] {
        for days in [0, 1] {
            pairing.pair(|entry, one| {
                let near = (entry.day - one.day).num_days().abs() <= days;
                is_sign(entry, one) && one.reversed == reversed && near && amount_of(one) == entry.amount
            });
        }
    }
    // The provider may pay back days after the books did, or before.
    pairing.pair(|entry, one| entry.kind == EntryKind::Refund && is_sign(entry, one) && amount_of(one) == entry.amount);
    pairing.rest()
}

fn amount_of(booked: &Booked) -> Fen {
    if booked.amount.is_positive() { booked.amount } else { -booked.amount }
}

/// A payment goes with a receipt, a refund with a reversal.
fn is_sign(entry: &Entry, booked: &Booked) -> bool {
    (entry.kind == EntryKind::Payment) == booked.amount.is_positive()
}

/// Whether a receipt names the entry's order.
fn knows(booked: &Booked, entry: &Entry) -> bool {
    let numbers = [&entry.order_no, &entry.entry_no];
    numbers
        .into_iter()
        .filter(|number| number.len() >= 4)
        .any(|number| booked.key == *number || booked.number == *number || booked.remark.contains(number.as_str()))
}

impl Pairing<'_> {
    /// Pairs each entry that is left with the first receipt that is left and fits.
    fn pair(&mut self, fits: impl Fn(&Entry, &Booked) -> bool) {
        for (at, entry) in self.entries.iter().enumerate() {
            if self.entry_done[at] {
                continue;
            }
            let free = |place: &usize| !self.booked_done[*place] && fits(entry, &self.booked[*place]);
            let Some(place) = (0..self.booked.len()).find(free) else { continue };
            self.entry_done[at] = true;
            self.booked_done[place] = true;
            let one = &self.booked[place];
            if amount_of(one) != entry.amount {
                let (entry, receipt) = (Some(entry.id), Some(one.id));
                self.found.push(Difference { kind: DifferenceKind::Amount, entry, receipt });
            }
        }
    }

    fn rest(mut self) -> Vec<Difference> {
        for (entry, _) in self.entries.iter().zip(&self.entry_done).filter(|(_, done)| !**done) {
            let kind = match entry.kind {
                EntryKind::Payment => DifferenceKind::NotInBooks,
                EntryKind::Refund => DifferenceKind::Refund,
            };
            self.found.push(Difference { kind, entry: Some(entry.id), receipt: None });
        }
        let left: Vec<&Booked> =
            self.booked.iter().zip(&self.booked_done).filter(|(_, done)| !**done).map(|(one, _)| one).collect();
        let taken_back = |one: &Booked| one.reversed && left.iter().any(|other| other.reverses == Some(one.id));
        let takes_back = |one: &Booked| one.reverses.is_some_and(|of| left.iter().any(|other| other.id == of));
        for one in left.iter().filter(|one| !taken_back(one) && !takes_back(one)) {
            self.found.push(Difference { kind: DifferenceKind::NotInFile, entry: None, receipt: Some(one.id) });
        }
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(of: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, of).expect("a day")
    }

    fn entry(id: u128, kind: EntryKind, order: &str, on: u32, fen: i64) -> Entry {
        let order_no = order.to_owned();
        Entry {
            id: Uuid::from_u128(id),
            kind,
            entry_no: format!("420000{id}"),
            order_no,
            day: day(on),
            amount: Fen::new(fen),
        }
    }

    fn booked(id: u128, key: &str, on: u32, fen: i64) -> Booked {
        Booked {
            id: Uuid::from_u128(id),
            number: format!("R2026-{id:06}"),
            key: key.to_owned(),
            remark: String::new(),
            day: day(on),
            amount: Fen::new(fen),
            reverses: None,
            reversed: false,
        }
    }

    fn kinds(entries: &[Entry], receipts: &[Booked]) -> Vec<DifferenceKind> {
        reconcile(entries, receipts).into_iter().map(|one| one.kind).collect()
    }

    use DifferenceKind::{Amount, NotInBooks, NotInFile, Refund};
    use EntryKind::{Payment, Refund as PaidBack};

    #[test]
    fn what_agrees_by_order_number_or_by_day_and_amount_is_no_difference() {
        let entries = [entry(1, Payment, "HM-0001", 5, 100), entry(2, Payment, "other", 5, 200)];
        assert_eq!(kinds(&entries, &[booked(11, "HM-0001", 6, 100), booked(12, "k", 5, 200)]), []);
        assert_eq!(kinds(&entries, &[booked(11, "HM-0001", 6, 100), booked(12, "k", 6, 200)]), [], "near midnight");
    }

    #[test]
    fn both_ways_and_the_amount_are_told() {
        let entries = [entry(1, Payment, "HM-0001", 5, 100), entry(2, Payment, "HM-0002", 5, 200)];
        let receipts = [booked(11, "HM-0001", 5, 90), booked(12, "k", 9, 300)];
        assert_eq!(kinds(&entries, &receipts), [Amount, NotInBooks, NotInFile]);
    }

    #[test]
    fn two_payments_of_one_amount_need_two_receipts() {
        let entries = [entry(1, Payment, "", 5, 100), entry(2, Payment, "", 5, 100)];
        assert_eq!(kinds(&entries, &[booked(11, "a", 5, 100)]), [NotInBooks]);
        assert_eq!(kinds(&entries, &[booked(11, "a", 5, 100), booked(12, "b", 5, 100)]), []);
    }

    #[test]
    fn a_refund_wants_a_reversal_and_a_reversal_a_refund() {
        let paid = entry(1, Payment, "HM-0001", 5, 100);
        let back = entry(2, PaidBack, "HM-0001", 7, 100);
        let original = Booked { reversed: true, ..booked(11, "HM-0001", 5, 100) };
        let reversal = Booked { reverses: Some(original.id), ..booked(12, "reversal:11", 9, -100) };
        assert_eq!(kinds(&[paid.clone(), back.clone()], &[original.clone(), reversal.clone()]), []);
        assert_eq!(kinds(&[paid.clone(), back], std::slice::from_ref(&booked(11, "HM-0001", 5, 100))), [Refund]);
        assert_eq!(kinds(&[paid], &[original.clone(), reversal.clone()]), [NotInFile], "only the books gave it back");
        assert_eq!(kinds(&[], &[original, reversal]), [], "a slip of the desk that was put right");
    }
}
