//! Meters: what a dial shows, and what the difference costs.

use hemu_domain::Period;

use super::books::{Books, Waiting};
use super::charge::What;

/// A meter, its dial in thousandths.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    pub unit: usize,
    pub number: &'static str,
    pub is_water: bool,
    /// Up to where it was charged.
    pub charged: i64,
    /// What it showed when somebody looked last.
    pub real: i64,
    /// The month that was confirmed last.
    pub month: Option<Period>,
}

/// Water costs more above a usage, electricity one price: a step's end in thousandths, and 1e-4 yuan.
const WATER: [(i64, i64); 3] = [(15_000, 34_500), (25_000, 48_300), (i64::MAX, 58_300)];
const ELECTRICITY: [(i64, i64); 1] = [(i64::MAX, 5_283)];

/// The same for the program.
pub const WATER_STEPS: &str = "15:3.45, 25:4.83, :5.83";
pub const ELECTRICITY_STEPS: &str = "0.5283";

impl Meter {
    pub fn all() -> Vec<Self> {
        let meter =
            |unit, number, is_water| Self { unit, number, is_water, charged: 100_000, real: 100_000, month: None };
        vec![meter(0, "W1", true), meter(1, "W2", true), meter(1, "E1", false)]
    }

    /// What so many thousandths cost, half a fen rounded up.
    fn cost(&self, used: i64) -> i64 {
        let (mut from, mut sum) = (0, 0);
        for (up_to, price) in if self.is_water { &WATER[..] } else { &ELECTRICITY[..] } {
            let part = used.min(*up_to) - from;
            if part > 0 {
                sum += part * price;
                from += part;
            }
        }
        // A thousandth at 1e-4 yuan is 1e-5 fen.
        (sum + 50_000) / 100_000
    }
}

impl Books {
    /// A reading of this month, taken and confirmed: the difference waits for a bill. After an estimate that was too high nothing is
    /// charged until the dial has passed it. `false` when the month is confirmed already.
    pub fn read(&mut self, meter: usize, shows: i64, estimated: bool) -> bool {
        let month = Period::of(self.today);
        let one = &mut self.meters[meter];
        if one.month.is_some_and(|confirmed| confirmed >= month) {
            return false;
        }
        let used = (shows - one.charged).max(0);
        one.month = Some(month);
        one.charged = one.charged.max(shows);
        if !estimated {
            one.real = shows;
        }
        let (unit, amount) = (one.unit, one.cost(used));
        self.usages.push(Waiting { unit, what: What::Usage(meter), month, amount });
        true
    }
}
