//! A charge: what it came to, and what made it smaller on which day.

use chrono::{Days, NaiveDate};
use hemu_domain::Period;

/// What a charge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The monthly fee.
    Fee,
    /// A share of a cost, the so-and-so-many-th of its month.
    Share(i64),
    /// What a meter counted.
    Usage(usize),
}

/// What made a charge smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A receipt, when it came in.
    Money(usize),
    /// What a receipt had put by.
    Prepaid(usize),
    /// A waiver.
    Waiver,
    /// Small change let off beside a receipt.
    SmallChange(usize),
    /// Something that stands no more, and what took it back.
    TakenBack,
}

impl By {
    /// Whether it came with a receipt.
    pub fn is_of(self, receipt: usize) -> bool {
        matches!(self, Self::Money(one) | Self::Prepaid(one) | Self::SmallChange(one) if one == receipt)
    }
}

/// A day on which a charge or its late fee became smaller.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub on: NaiveDate,
    pub fen: i64,
    pub by: By,
}

/// A charge.
#[derive(Clone, Debug)]
pub struct Charge {
    pub unit: usize,
    pub what: What,
    pub month: Period,
    pub issued: NaiveDate,
    pub due: NaiveDate,
    pub amount: i64,
    /// Brought in, not billed.
    pub opening: bool,
    /// Not billed anew since.
    pub live: bool,
    /// What made it smaller.
    pub entries: Vec<Entry>,
    /// What was paid or let off of its late fee.
    pub late: Vec<Entry>,
    /// Days on which somebody paid or let off, and more late fee had run than before.
    pub asked: Vec<NaiveDate>,
    /// What was asked for by then.
    pub asked_for: i64,
}

impl Charge {
    pub fn new(unit: usize, (what, month): (What, Period), (issued, due): (NaiveDate, NaiveDate), amount: i64) -> Self {
        let (entries, late, asked) = (Vec::new(), Vec::new(), Vec::new());
        let (opening, live, asked_for) = (false, true, 0);
        Self { unit, what, month, issued, due, amount, opening, live, entries, late, asked, asked_for }
    }

    pub fn open(&self) -> i64 {
        self.amount - self.entries.iter().map(|one| one.fen).sum::<i64>()
    }

    /// Day by day: what was open when the day began bears 0.05 %; all together never more than the charge.
    pub fn late_fee(&self, on: NaiveDate) -> i64 {
        let (mut fen_days, mut day) = (0, self.due);
        while day < on {
            day = day + Days::new(1);
            let off: i64 = self.entries.iter().filter(|one| one.on < day).map(|one| one.fen).sum();
            fen_days += (self.amount - off).max(0);
        }
        // 0.05 % is 5 in 10,000; half a fen rounds up.
        ((fen_days * 5 * 2 + 10_000) / 20_000).min(self.amount)
    }

    /// What was paid or let off of its late fee.
    pub fn late_settled(&self) -> i64 {
        self.late.iter().map(|one| one.fen).sum()
    }

    /// What money put by settles whole as it is billed bears nothing: nobody could pay it sooner.
    pub fn late_open(&self, on: NaiveDate) -> i64 {
        let run = if self.open() > 0 { self.late_fee(on).max(self.asked_for) } else { self.asked_for };
        run - self.late_settled()
    }

    /// Somebody pays or lets off: what has run is asked for from now on, whatever becomes of the charge.
    pub fn ask(&mut self, day: NaiveDate) {
        if self.open() > 0 {
            self.ask_again(day);
        }
    }

    /// What had run up to a day is asked for.
    pub fn ask_again(&mut self, day: NaiveDate) {
        let run = self.late_fee(day);
        if run > self.asked_for {
            self.asked.push(day);
            self.asked_for = run;
        }
    }

    /// Money that lay there pays from a day in the past on. What was asked for days after it is taken back, as far as nobody paid it.
    pub fn pay_from(&mut self, entry: Entry) {
        self.ask(entry.on);
        let up_to = self.asked.last().copied().unwrap_or(self.due);
        let before = self.late_fee(up_to);
        self.entries.push(entry);
        let after = self.late_fee(up_to);
        let too_much = (before - after).min(self.asked_for - after).max(0);
        self.asked_for -= too_much.min(self.asked_for - self.late_settled());
    }

    /// What came with a receipt does not count any more, from today on.
    pub fn take_back(&mut self, receipt: usize, today: NaiveDate) {
        let mut back = Vec::new();
        for entry in self.entries.iter_mut().filter(|entry| entry.by.is_of(receipt)) {
            entry.by = By::TakenBack;
            back.push(Entry { on: today, fen: -entry.fen, by: By::TakenBack });
        }
        self.entries.extend(back);
        self.late.retain(|entry| !entry.by.is_of(receipt));
    }
}
