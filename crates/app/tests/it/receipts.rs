//! Payments: applied in the law's order, once, and back again.

use std::thread;

use hemu_app::arrears::arrears_report;
use hemu_app::ledger::{ReverseRequest, reverse_receipt};
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;

use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, yuan};

fn owed(office: &Office, label: &str, as_of: &str) -> (Fen, Fen) {
    let report = arrears_report(&office.app, &Actor::local_operator(), COMMUNITY, day(as_of)).expect("a list");
    let row = report.rows.iter().find(|row| row.unit.as_str() == label);
    row.map_or((Fen::ZERO, Fen::ZERO), |row| (row.principal, row.late_fee))
}

/// 0.05 % a day, capped at the principal.
fn with_late_fee(office: &Office) {
    assert_eq!(office.arrange("UPDATE contract SET late_fee_rate_e8 = 50000, late_fee_cap_e4 = 10000"), 1);
}

#[test]
fn the_oldest_charge_is_paid_first_and_the_rest_is_put_by() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let report = office.pay("1-1-102", "500.00", "2026-11-05", None).expect("taken");
        let paid: Vec<(String, Fen)> =
            report.allocations.iter().map(|line| (line.period.to_string(), line.principal)).collect();
        let expected = [("2026-04", "209.90"), ("2026-05", "209.90"), ("2026-06", "80.20")];
        assert_eq!(paid, expected.map(|(month, amount)| (month.to_owned(), yuan(amount))));
        let more = office.pay("1-1-102", "2000.00", "2026-11-05", None).expect("taken");
        assert_eq!(more.prepaid, yuan("820.80"), "1,679.20 were open in all, November included");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn money_put_by_pays_the_next_bill() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.pay("1-1-101", "500.00", "2026-11-05", None).expect("taken");
        let november = "SELECT CAST(SUM(prepaid_fen) AS BIGINT) FROM account";
        let before = office.count(november);
        office.bill("2026-12");
        assert_eq!(before - office.count(november), 20_000, "100 m2 x 2.00");
        assert_eq!(owed(office, "1-1-101", "2026-12-31").0, Fen::ZERO);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn the_same_key_twice_is_one_payment_and_never_another() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let first = office.pay("1-1-102", "100.00", "2026-11-01", Some("k")).expect("taken");
        let again = office.pay("1-1-102", "100.00", "2026-11-01", Some("k")).expect("answered");
        assert_eq!((first.receipt, first.allocations), (again.receipt, again.allocations));
        assert!(again.repeated);
        assert!(matches!(office.pay("1-1-102", "100.01", "2026-11-01", Some("k")), Err(Refusal::Conflict(_))));
        assert!(matches!(office.pay("1-1-101", "100.00", "2026-11-01", Some("k")), Err(Refusal::Conflict(_))));
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM receipt"), 1);
    });
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        for (label, amount, on) in [
            ("1-1-102", "0", "2026-11-05"),
            ("1-1-102", "-5", "2026-11-05"),
            ("1-1-102", "5", "2026-11-06"),
            ("9-9-999", "5", "2026-11-05"),
        ] {
            assert!(office.pay(label, amount, on, None).is_err(), "{label} {amount} {on}");
        }
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM receipt"), 0);
    });
}

#[test]
fn the_late_fee_is_not_lost_when_the_principal_is_paid() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-05");
        with_late_fee(office);
        let before = owed(office, "1-1-102", "2026-11-05");
        assert!(before.1.is_positive());
        office.pay("1-1-102", &before.0.to_string(), "2026-11-05", None).expect("taken");
        assert_eq!(owed(office, "1-1-102", "2026-11-05"), (Fen::ZERO, before.1), "the fee stays, frozen");
        assert_eq!(owed(office, "1-1-102", "2027-01-31").1, before.1, "and runs no further");
        office.pay("1-1-102", &before.1.to_string(), "2026-11-05", None).expect("taken");
        assert_eq!(owed(office, "1-1-102", "2027-01-31"), (Fen::ZERO, Fen::ZERO));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn the_list_of_a_past_day_is_what_it_was() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        with_late_fee(office);
        let then = owed(office, "1-1-102", "2026-11-01");
        office.pay("1-1-102", "600.00", "2026-11-03", None).expect("taken");
        assert_eq!(owed(office, "1-1-102", "2026-11-01"), then);
        assert_eq!(owed(office, "1-1-102", "2026-11-05").0, then.0 - yuan("600.00"));
    });
}

#[test]
fn a_reversal_puts_everything_back() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let before = owed(office, "1-1-102", "2026-11-05");
        let taken = office.pay("1-1-102", "3000.00", "2026-11-05", None).expect("taken");
        let request =
            ReverseRequest { community: COMMUNITY.to_owned(), receipt: taken.id, reason: "录错户号".to_owned() };
        let number = reverse_receipt(&office.app, &Actor::local_operator(), &request).expect("reversed");
        let again = reverse_receipt(&office.app, &Actor::local_operator(), &request).expect("answered");
        assert_eq!(number, again, "once");
        assert_eq!(owed(office, "1-1-102", "2026-11-05"), before);
        assert_eq!(office.count("SELECT CAST(SUM(prepaid_fen) AS BIGINT) FROM account"), 0);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn concurrent_receipts_never_pay_a_charge_twice() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| office.pay("1-1-102", "300.00", "2026-11-05", None).expect("taken"));
            }
        });
        assert_eq!(owed(office, "1-1-102", "2026-11-05").0, Fen::ZERO);
        let numbers = "SELECT CAST(COUNT(DISTINCT number) AS BIGINT) FROM receipt";
        assert_eq!(office.count(numbers), 8);
        assert_eq!(office.red(), [""; 0]);
    });
}
