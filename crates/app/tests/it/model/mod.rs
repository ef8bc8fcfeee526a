//! The books against a model of them: random histories run through the real use cases and through a few lines of plain
//! arithmetic, and both must agree after every step.
//!
//! The model shares nothing with the program but the rules. It knows no rows and no counters: a charge is an amount with the days on
//! which it became smaller, and its late fee is added up day by day. `HEMU_HISTORIES` says how many histories to run.

mod books;
mod charge;
mod deposits;
mod meters;
mod pair;
mod pair_office;
mod paying;
mod rebilling;
mod remainder;
mod steps;

use proptest::prelude::*;

use crate::office::{LIST, on_every_engine};

use self::books::Books;
use self::pair::Pair;
use self::steps::steps;

/// Units of the list: what they are called, their area in 1e-4 m², the price of a month in hundredths of a yuan per m², the first month
/// that is open, and whether they are vacant.
const UNITS: [(&str, i64, i64, &str, bool); 4] = [
    ("1-1-101", 1_000_000, 200, "2026-11", false),
    ("1-1-102", 893_200, 235, "2026-04", false),
    ("1-1-201", 500_000, 200, "2026-11", true),
    ("1-1-202", 1_205_000, 180, "2026-10", false),
];

/// Units that belong to one payer.
const OF_ONE_PAYER: [usize; 2] = [0, 2];

/// How many histories are run.
fn histories() -> u32 {
    std::env::var("HEMU_HISTORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(16)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: histories(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_books_and_their_model_agree_after_every_step(steps in steps(), statutory in any::<bool>()) {
        on_every_engine("2026-11-05", |office| {
            office.import(LIST);
            office.late_fee_clause(if statutory { "statutory_as_interest" } else { "principal_first" });
            let mut pair = Pair::new(office, Books::new(office.app.today(), statutory));
            for step in &steps {
                pair.take(step);
                pair.compare(step);
            }
            assert_eq!(office.red(), [""; 0]);
        });
    }
}
