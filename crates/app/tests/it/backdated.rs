//! A payment of an earlier day, entered after its late fee was frozen: the fee is computed again, and the frozen row stays.

use std::sync::Mutex;

use hemu_app::ledger::{ReverseRequest, reverse_receipt};
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;

use crate::office::{COMMUNITY, LIST, Office, on_every_engine};

const OWING: &str = "1-1-102";
const RECALCULATED: &str =
    "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM adjustment WHERE kind = 'recalculation'";
const FROZEN: &str = "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM late_fee";

/// What is owed on a day after payments entered in an order, all by the same day; once per engine.
fn owed_after(payments: &[(&str, &str)], policy: &str, as_of: &str) -> Vec<(Fen, Fen)> {
    let seen = Mutex::new(Vec::new());
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause(policy);
        office.on("2026-12-01");
        for (amount, on) in payments {
            office.pay(OWING, amount, on, None).expect("taken");
            assert_eq!(office.red(), [""; 0]);
        }
        seen.lock().expect("one engine at a time").push(office.owed(OWING, as_of));
    });
    seen.into_inner().expect("no engine panicked")
}

#[test]
fn payments_of_one_charge_come_to_the_same_late_fee_whatever_order_they_are_entered_in() {
    let (first, second) = (("50.00", "2026-11-05"), ("100.00", "2026-11-20"));
    for as_of in ["2026-11-20", "2026-11-21", "2026-12-01", "2027-03-31"] {
        let in_order = owed_after(&[first, second], "principal_first", as_of);
        assert!(in_order.iter().all(|(_, fee)| fee.is_positive()));
        assert_eq!(owed_after(&[second, first], "principal_first", as_of), in_order, "{as_of}");
    }
}

#[test]
fn a_charge_settled_by_an_earlier_payment_that_came_late_owes_what_it_would_have_owed() {
    let (first, second) = (("109.90", "2026-11-05"), ("100.00", "2026-11-20"));
    let in_order = owed_after(&[first, second], "principal_first", "2026-12-01");
    assert_eq!(owed_after(&[second, first], "principal_first", "2026-12-01"), in_order);
}

fn backdated(office: &Office) {
    office.import(LIST);
    office.late_fee_clause("principal_first");
    office.on("2026-12-01");
    office.pay(OWING, "100.00", "2026-11-20", None).expect("taken");
    let frozen = office.count(FROZEN);
    office.pay(OWING, "50.00", "2026-11-05", None).expect("taken");
    assert_eq!(office.count(FROZEN), frozen, "the frozen row stays");
}

#[test]
fn the_difference_is_an_adjustment_of_its_own_with_its_reason() {
    on_every_engine("2026-10-31", |office| {
        backdated(office);
        // 50.00 for the 15 days after 2026-11-05, at 0.05 % a day: 0.375, between two rounded fees.
        let lowered = office.count(RECALCULATED);
        assert!((37..=38).contains(&lowered), "{lowered}");
        let with_reason = "SELECT CAST(COUNT(*) AS BIGINT) FROM adjustment WHERE reason LIKE '%2026-11-05%'
            AND late_fee_id IS NOT NULL AND requested_by <> approved_by";
        assert_eq!(office.count(with_reason), 1);
        assert_eq!(office.red(), [""; 0]);
        office.tamper("DELETE FROM adjustment");
        assert!(office.red().contains(&"late_fees_follow_from_their_rule"));
    });
}

#[test]
fn a_payment_of_the_last_frozen_day_or_later_changes_nothing_frozen() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        office.on("2026-12-01");
        office.pay(OWING, "100.00", "2026-11-20", None).expect("taken");
        office.pay(OWING, "50.00", "2026-11-20", None).expect("taken");
        office.pay(OWING, "10.00", "2026-11-21", None).expect("taken");
        assert_eq!(office.count(RECALCULATED), 0);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_was_paid_of_the_fee_already_is_made_up_for_by_what_runs_on() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause("statutory_as_interest");
        office.on("2026-12-01");
        // The late fee comes first, so nothing of the frozen one is open.
        office.pay(OWING, "100.00", "2026-11-20", None).expect("taken");
        let before = office.owed(OWING, "2026-11-20").1;
        office.pay(OWING, "50.00", "2026-11-05", None).expect("taken");
        assert!(office.count("SELECT CAST(MIN(open_fen) AS BIGINT) FROM late_fee") >= 0, "never below zero");
        assert!(office.owed(OWING, "2026-11-20").1 <= before, "and never more than before");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_reversal_of_the_late_payment_lets_the_fee_run_on_the_whole_again() {
    on_every_engine("2026-10-31", |office| {
        backdated(office);
        let before = office.owed(OWING, "2026-12-01");
        let last = "SELECT id FROM receipt ORDER BY seq DESC LIMIT 1";
        let receipt = office.app.db.read(|tx| tx.query_one("receipt", last, &[], |row| row.take())).expect("a receipt");
        let request = ReverseRequest { community: COMMUNITY.to_owned(), receipt, reason: "重复录入".to_owned() };
        let reversed: Result<String, Refusal> = reverse_receipt(&office.app, &Actor::local_operator(), &request);
        reversed.expect("reversed");
        let after = office.owed(OWING, "2026-12-01");
        assert_eq!((after.0 - before.0, after.1), (Fen::new(5_000), before.1), "until then it was paid");
        assert!(office.owed(OWING, "2026-12-31").1 > after.1);
        office.on("2026-12-31");
        office.pay(OWING, "100.00", "2026-12-31", None).expect("taken");
        assert_eq!(office.red(), [""; 0]);
    });
}
