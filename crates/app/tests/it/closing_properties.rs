//! Whatever happens in whatever order, every closed month ties out, and no closed month moves.

use hemu_app::Actor;
use hemu_app::arrears::arrears_report;
use hemu_domain::Period;
use hemu_domain::ids::ReceiptId;
use hemu_domain::ledger::adjustment::AdjustmentKind;
use proptest::prelude::*;

use crate::office::{COMMUNITY, LIST, Office, on_every_engine};

const UNITS: [&str; 3] = ["1-1-102", "1-1-101", "1-1-202"];

/// Something that happens: what, to which unit, how much, on which day of its month.
type Happening = (usize, usize, i64, u32);

/// Does one thing; what is refused (nothing open, nothing to reverse) is refused.
fn happen(office: &Office, month: Period, (what, unit, fen, on): Happening, taken: &mut Vec<ReceiptId>) {
    let today = month.first_day() + chrono::Days::new(u64::from(on % month.days()));
    office.on(&today.to_string());
    let (label, amount) = (UNITS[unit], hemu_domain::Fen::new(fen).to_string());
    match what {
        // A payment of today, or of a month before, which is closed.
        0 | 1 => {
            let day = if what == 0 { today } else { month.previous().last_day() };
            taken.extend(office.pay(label, &amount, &day.to_string(), None).map(|one| one.id).ok());
        }
        2 if !taken.is_empty() => office.reverse(taken.remove(unit % taken.len())),
        3 if !office.owed(label, &today.to_string()).0.is_zero() => {
            office.adjust(label, if on % 2 == 0 { AdjustmentKind::Waiver } else { AdjustmentKind::Correction }, "0.07");
        }
        // Bills of this month or, ahead, of the next.
        4 => {
            office.bill(&month.to_string());
        }
        5 => {
            office.bill(&month.next().to_string());
        }
        // A price found wrong since a month that is closed: reversed and billed anew.
        6 => {
            let price = format!("1.{:02}", fen % 100);
            let request = office.price_fix("1-1-101", &month.previous().to_string(), &price);
            if office.preview(&request).is_ok() {
                office.rebill(&request);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_closed_month_ties_out_with_the_arrears_of_its_last_day_and_never_moves(
        months in prop::collection::vec(prop::collection::vec((0_usize..7, 0_usize..3, 1_i64..120_000, 0_u32..31), 0..6), 3),
        statutory in any::<bool>(),
    ) {
        on_every_engine("2026-10-31", |office| {
            office.import(LIST);
            office.late_fee_clause(if statutory { "statutory_as_interest" } else { "principal_first" });
            let (mut month, mut taken, mut closed) = (Period::parse("2026-11").expect("a month"), Vec::new(), Vec::new());
            for happenings in &months {
                let mut sorted = happenings.clone();
                sorted.sort_by_key(|one| one.3 % month.days());
                for one in sorted {
                    happen(office, month, one, &mut taken);
                }
                office.on(&month.next().first_day().to_string());
                let last_day = month.last_day();
                let arrears = arrears_report(&office.app, &Actor::local_operator(), COMMUNITY, last_day).expect("a list");
                let figures = office.close(&month.to_string()).expect("closed").figures;
                assert!(figures.adds_up(), "{figures:?}");
                assert_eq!(figures.due.due, arrears.totals.principal, "the arrears list of {last_day}");
                closed.push((month, figures));
                month = month.next();
            }
            for pair in closed.windows(2) {
                let (last, next) = (&pair[0].1, &pair[1].1);
                assert_eq!(last.receivable.closing, next.receivable.opening);
                assert_eq!(last.late_fee.closing, next.late_fee.opening);
                assert_eq!(last.prepaid.closing, next.prepaid.opening);
            }
            for (month, figures) in &closed {
                assert_eq!(&office.figures(&month.to_string()), figures, "{month} moved");
            }
            assert_eq!(office.red(), [""; 0]);
        });
    }
}
