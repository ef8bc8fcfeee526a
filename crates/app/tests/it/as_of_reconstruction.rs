//! The arrears list of a past day is what it was, whatever was paid, reversed or let off since.

use hemu_app::Actor;
use hemu_app::ledger::{ReverseRequest, reverse_receipt};

use crate::office::{COMMUNITY, LIST, on_every_engine, yuan};

#[test]
fn what_happens_later_changes_no_past_list() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        let days = ["2026-05-31", "2026-06-15", "2026-09-30", "2026-10-31", "2026-11-01", "2026-11-05"];
        let lists = |upto: usize| days[..upto].iter().map(|day| office.list(day)).collect::<Vec<_>>();
        let before = lists(6);
        office.on("2026-11-06");
        let part = office.pay("1-1-102", "300.00", "2026-11-06", None).expect("taken");
        assert_eq!(lists(6), before, "a part payment");
        office.on("2026-11-08");
        office.pay("1-1-102", "5000.00", "2026-11-08", None).expect("taken");
        assert_eq!(lists(6), before, "everything paid, late fees too, the rest put by");
        office.on("2026-11-09");
        let request =
            ReverseRequest { community: COMMUNITY.to_owned(), receipt: part.id, reason: "银行退票".to_owned() };
        reverse_receipt(&office.app, &Actor::local_operator(), &request).expect("reversed");
        assert_eq!(lists(6), before, "a reversal");
        assert_eq!(office.owed("1-1-102", "2026-11-09").0, yuan("300.00"));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn the_late_fee_of_a_past_day_knows_the_part_payment_before_it() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        office.on("2026-11-02");
        office.pay("1-1-102", "200.00", "2026-11-02", None).expect("taken");
        office.on("2026-11-20");
        let between = office.list("2026-11-20");
        office.on("2026-12-01");
        office.pay("1-1-102", "1269.30", "2026-12-01", None).expect("taken");
        assert_eq!(office.list("2026-11-20"), between, "the charge is settled now and was half paid then");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_receipt_entered_late_counts_from_its_own_day() {
    on_every_engine("2026-11-20", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        let owed = office.owed("1-1-102", "2026-11-10");
        office.pay("1-1-102", "100.00", "2026-11-18", None).expect("taken");
        office.pay("1-1-102", "209.90", "2026-11-01", None).expect("a slip found later");
        assert_eq!(office.owed("1-1-102", "2026-11-10").0, owed.0 - yuan("209.90"));
        assert_eq!(office.owed("1-1-102", "2026-10-31").0, owed.0, "and not before");
        assert_eq!(office.owed("1-1-102", "2026-11-20").0, owed.0 - yuan("309.90"));
        office.pay("1-1-102", "5000.00", "2026-11-20", None).expect("taken");
        assert_eq!(office.red(), [""; 0], "what was frozen before the slip was found stays as it was");
    });
}

#[test]
fn on_its_due_day_a_charge_is_current_and_the_day_after_overdue() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let row = |day: &str| {
            let list = office.list(day);
            let rows = list["rows"].as_array().expect("rows").clone();
            rows.into_iter().find(|row| row["unit"] == "1-1-202").expect("due")
        };
        let due = row("2026-10-31");
        assert_eq!((due["days"].as_i64(), due["age_stage"].as_str()), (Some(0), Some("current")));
        let over = row("2026-11-01");
        assert_eq!((over["days"].as_i64(), over["age_stage"].as_str()), (Some(1), Some("reminder")));
    });
}
