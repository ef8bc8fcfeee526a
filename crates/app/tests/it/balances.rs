//! Money is conserved: whatever order payments and reversals come in, the same balances come out.

use hemu_app::ledger::{ReceiptRequest, ReverseRequest, reverse_receipt, take_receipt};
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;
use hemu_domain::ids::{ChargeId, ReceiptId};
use proptest::prelude::*;

use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit, yuan};

/// What is open on every charge, what is put by, and what the list says.
fn balances(office: &Office) -> (Vec<(ChargeId, i64)>, i64, serde_json::Value) {
    let open = "SELECT c.id, c.open_fen FROM charge c ORDER BY c.id";
    let open = office.app.db.read(|tx| tx.query(open, &[], |row| Ok((row.take()?, row.take()?)))).expect("charges");
    let prepaid = office.count("SELECT CAST(SUM(prepaid_fen) AS BIGINT) FROM account");
    let mut list = office.list(&office.app.today().to_string());
    for row in list["rows"].as_array_mut().into_iter().flatten() {
        row["next_step"] = serde_json::Value::Null;
    }
    (open, prepaid, list)
}

fn pay(office: &Office, label: &str, fen: i64) -> ReceiptId {
    let request = ReceiptRequest {
        community: COMMUNITY.to_owned(),
        unit: unit(label),
        amount: Fen::new(fen),
        received_on: office.app.today(),
        method: "cash".to_owned(),
        designated: Vec::new(),
        key: None,
        remark: String::new(),
    };
    take_receipt(&office.app, &Actor::local_operator(), &request).expect("taken").id
}

fn conserved(office: &Office) {
    let received = office.count("SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM receipt");
    let settled = office.count("SELECT CAST(SUM(amount_fen - open_fen) AS BIGINT) FROM charge");
    let fees = office.count("SELECT CAST(COALESCE(SUM(amount_fen - open_fen), 0) AS BIGINT) FROM late_fee");
    let prepaid = office.count("SELECT CAST(SUM(prepaid_fen) AS BIGINT) FROM account");
    assert_eq!(received, settled + fees + prepaid);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_payments_and_reversals_ends_in_the_same_balances(
        payments in prop::collection::vec((0_usize..3, 1_i64..250_000), 1..6),
        order in prop::collection::vec(0_usize..6, 6),
        statutory in any::<bool>(),
        bill_between in any::<bool>(),
    ) {
        on_every_engine("2026-11-05", |office| {
            office.import(LIST);
            office.late_fee_clause(if statutory { "statutory_as_interest" } else { "principal_first" });
            let units = ["1-1-102", "1-1-101", "1-1-202"];
            let before = balances(office);
            let mut taken = Vec::new();
            for (place, fen) in &payments {
                taken.push(pay(office, units[*place], *fen));
                conserved(office);
            }
            if bill_between {
                // What was put by pays the new bills, and comes back with its receipt.
                office.bill("2026-12");
                conserved(office);
            }
            for place in &order {
                if !taken.is_empty() {
                    office.reverse(taken.remove(place % taken.len()));
                    conserved(office);
                }
            }
            for receipt in taken {
                office.reverse(receipt);
            }
            let after = balances(office);
            if bill_between {
                let billed = "SELECT CAST(COUNT(*) AS BIGINT) FROM charge WHERE open_fen <> amount_fen";
                assert_eq!(office.count(billed), 0, "nothing is paid");
                assert_eq!((after.1, &after.2), (0, &before.2));
            } else {
                assert_eq!(after, before);
            }
            assert_eq!(office.red(), [""; 0]);
        });
    }
}

#[test]
fn amounts_and_days_out_of_bounds_are_refused_in_plain_words() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        for (amount, on) in [("1000000000.01", "2026-11-05"), ("100.00", "1989-12-31"), ("100.00", "0026-11-05")] {
            let refused = office.pay("1-1-102", amount, on, None);
            assert!(matches!(refused, Err(Refusal::InvalidInput { .. })), "{amount} {on}: {refused:?}");
        }
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM receipt"), 0);
        assert_eq!(office.pay("1-1-102", "1000000000", "1990-01-01", None).expect("taken").amount, yuan("1000000000"));
        assert_eq!(office.red(), [""; 0]);
    });
}

/// The payer of 1-1-201 buys 1-1-102 on 2026-11-03; the seller owes seven months.
fn sold(office: &Office) {
    office.import(LIST);
    let of = |label: &str| format!("unit_id = (SELECT id FROM unit WHERE label = '{label}')");
    office.arrange(&format!("UPDATE account SET ends_on = '2026-11-02' WHERE {}", of("1-1-102")));
    let moved = format!("UPDATE account SET starts_on = '2026-11-03', {} WHERE {}", of("1-1-102"), of("1-1-201"));
    office.arrange(&moved);
}

#[test]
fn the_buyers_money_never_pays_the_sellers_arrears_unless_the_charge_is_named() {
    on_every_engine("2026-10-31", |office| {
        sold(office);
        office.on("2026-11-05");
        let before = office.owed("1-1-102", "2026-11-05").0;
        let report = office.pay("1-1-102", "500.00", "2026-11-05", None).expect("taken");
        assert_eq!((report.allocations.len(), report.prepaid), (0, yuan("500.00")), "put by for the buyer");
        assert_eq!(office.owed("1-1-102", "2026-11-05").0, before);
        let earlier = office.pay("1-1-102", "209.90", "2026-11-02", None).expect("taken");
        assert_eq!(earlier.allocations.len(), 1, "on that day the seller was the payer");
        let named = ReceiptRequest {
            community: COMMUNITY.to_owned(),
            unit: unit("1-1-102"),
            amount: yuan("209.90"),
            received_on: day("2026-11-05"),
            method: "cash".to_owned(),
            designated: vec![office.oldest_charge("1-1-102")],
            key: None,
            remark: String::new(),
        };
        let report = take_receipt(&office.app, &Actor::local_operator(), &named).expect("taken");
        assert_eq!(report.allocations[0].charge, named.designated[0]);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_payment_dated_before_a_bill_was_issued_pays_it_in_time() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        office.bill("2026-12");
        office.on("2027-02-01");
        office.pay("1-1-101", "400.00", "2026-10-20", None).expect("taken");
        assert_eq!(office.owed("1-1-101", "2027-02-01"), (Fen::ZERO, Fen::ZERO));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_reversal_locks_the_case_and_the_next_run_opens_it_again() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.collect("2026-11-01");
        let paid = office.pay("1-1-102", "1469.30", "2026-11-01", None).expect("taken");
        office.collect("2026-11-02");
        let open = "SELECT CAST(COUNT(*) AS BIGINT) FROM case_file c JOIN party p ON p.id = c.party_id
            WHERE p.name = '李小梅' AND c.closed_on IS NULL";
        assert_eq!(office.count(open), 0, "settled");
        office.reverse(paid.id);
        office.collect("2026-11-03");
        assert_eq!(office.count(open), 1, "and open again");
        let more = office.pay("1-1-102", "100.00", "2026-11-03", None).expect("taken");
        let locks = "SELECT CAST(MAX(lock_no) AS BIGINT) FROM case_file WHERE closed_on IS NULL";
        let before = office.count(locks);
        let request = ReverseRequest { community: COMMUNITY.to_owned(), receipt: more.id, reason: "退票".to_owned() };
        reverse_receipt(&office.app, &Actor::local_operator(), &request).expect("reversed");
        assert_eq!(office.count(locks), before + 1);
    });
}
