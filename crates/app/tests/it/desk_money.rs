//! Money given back and moved: what was put by of a receipt and no more, by two people, and whatever order it all comes in, money is
//! conserved and everything can be undone.

use hemu_app::approval::{Asked, approve, ask};
use hemu_app::ledger::refund::RefundRequest;
use hemu_app::ledger::{AtTheDesk, ReverseRequest, TransferRequest, reverse_receipt, transfer};
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;
use hemu_domain::ids::ReceiptId;
use proptest::prelude::*;

use crate::desk::ways;
use crate::history::second;
use crate::office::{COMMUNITY, LIST, Office, on_every_engine, unit, yuan};

fn asked(receipt: ReceiptId, amount: &str, method: Option<&str>) -> Asked {
    Asked::Refund(RefundRequest { receipt, amount: yuan(amount), method: method.map(ToOwned::to_owned) })
}

fn reverse(office: &Office, receipt: ReceiptId) -> Result<String, Refusal> {
    let request = ReverseRequest { community: COMMUNITY.to_owned(), receipt, reason: "退票".to_owned() };
    reverse_receipt(&office.app, &Actor::local_operator(), &request)
}

fn prepaid(office: &Office) -> i64 {
    office.count("SELECT CAST(SUM(prepaid_fen) AS BIGINT) FROM account")
}

fn last_receipt(office: &Office) -> ReceiptId {
    let sql = "SELECT id FROM receipt ORDER BY seq DESC LIMIT 1";
    office.app.db.read(|tx| tx.query_one("receipt", sql, &[], |row| row.take())).expect("a receipt")
}

/// 1-1-101 and 1-1-201 belong to one payer.
fn two_units_of_one_payer(office: &Office) {
    office.import(LIST);
    let party = "(SELECT party_id FROM account a JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-101')";
    let other = "(SELECT id FROM unit WHERE label = '1-1-201')";
    assert_eq!(office.arrange(&format!("UPDATE account SET party_id = {party} WHERE unit_id = {other}")), 1);
}

fn move_to(office: &Office, receipt: ReceiptId, to: &str, fen: i64) -> Result<ReceiptId, Refusal> {
    let request = TransferRequest { community: COMMUNITY.to_owned(), receipt, to: unit(to), amount: Fen::new(fen) };
    transfer(&office.app, &Actor::local_operator(), &request).map(|report| report.id)
}

#[test]
fn money_put_by_is_given_back_the_way_it_came_once_another_person_agrees() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let paid = office.pay("1-1-101", "500.00", "2026-11-05", None).expect("taken");
        assert_eq!(paid.prepaid, yuan("300.00"), "November is due and open already");
        let more = office.two_people(&asked(paid.id, "300.01", None), "退租");
        assert!(matches!(more, Err(Refusal::InvalidInput { field: "amount", .. })), "{more:?}");
        let foreign = office.two_people(&asked(paid.id, "100.00", Some("wechat")), "退租");
        assert!(matches!(foreign, Err(Refusal::InvalidInput { field: "method", .. })), "to source: {foreign:?}");
        let request =
            ask(&office.app, &Actor::local_operator(), office.community(), &asked(paid.id, "100.00", None), "退租");
        let request = request.expect("asked");
        let alone = approve(&office.app, &Actor::local_operator(), office.community(), request.id);
        assert!(matches!(alone, Err(Refusal::Conflict(_))), "{alone:?}");
        assert_eq!(prepaid(office), 30_000);
        approve(&office.app, &second(), office.community(), request.id).expect("approved");
        assert_eq!(prepaid(office), 20_000);
        let refunded = "SELECT CAST(COUNT(*) AS BIGINT) FROM receipt WHERE amount_fen = -10000 AND method = 'cash'
            AND number = 'R2026-000002' AND source_id IS NOT NULL";
        assert_eq!(office.count(refunded), 1, "a negative receipt with a number of its own");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_was_given_back_is_not_used_again_nor_taken_back_with_its_receipt() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let paid = office.pay("1-1-101", "500.00", "2026-11-05", None).expect("taken");
        office.two_people(&asked(paid.id, "200.00", None), "退租").expect("refunded");
        let refund = last_receipt(office);
        assert!(matches!(reverse(office, paid.id), Err(Refusal::Conflict(_))), "the refund comes first");
        office.bill("2026-12");
        assert_eq!(prepaid(office), 0, "what was left pays December");
        assert_eq!(office.owed("1-1-101", "2026-12-31").0, yuan("100.00"));
        reverse(office, refund).expect("the transfer came back");
        assert_eq!(prepaid(office), 20_000);
        reverse(office, paid.id).expect("reversed");
        assert_eq!(prepaid(office), 0);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn the_whole_of_a_payment_is_not_asked_back_once_a_part_of_it_was_given_back() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let paid = office.pay("1-1-101", "500.00", "2026-11-05", None).expect("taken");
        office.two_people(&asked(paid.id, "100.00", None), "退租").expect("a part of 300.00");
        let whole = asked(paid.id, "500.00", None);
        let refused = ask(&office.app, &Actor::local_operator(), office.community(), &whole, "退租");
        let told = refused.expect_err("it waits for nobody").to_string();
        assert!(told.contains("R2026-000002"), "what to reverse first is named: {told}");
        office.two_people(&asked(paid.id, "200.00", None), "退租").expect("the rest of it, nothing else being open");
        assert_eq!((prepaid(office), office.red()), (0, Vec::new()));
    });
}

#[test]
fn a_whole_payment_is_given_back_and_its_charges_are_owed_again() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let before = office.owed("1-1-102", "2026-11-05");
        let mixed = ways(&[("cash", "119.80"), ("card", "300.00")]);
        let paid = office.pay_at_desk("1-1-102", "419.80", (&mixed, &[])).expect("taken");
        let part = office.two_people(&asked(paid.id, "100.00", None), "重复缴费");
        assert!(matches!(part, Err(Refusal::InvalidInput { field: "amount", .. })), "what paid a charge is not cut up");
        office.two_people(&asked(paid.id, "419.80", None), "重复缴费").expect("refunded");
        assert_eq!(office.owed("1-1-102", "2026-11-05"), before);
        let ways = "SELECT CAST(SUM(amount_fen) AS BIGINT) FROM receipt_tender";
        assert_eq!(office.count(ways), 0, "each way gives back its part");
        let again = office.two_people(&asked(paid.id, "419.80", None), "重复缴费");
        assert!(matches!(again, Err(Refusal::Conflict(_))), "once: {again:?}");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn money_put_by_moves_to_another_unit_of_the_payer_and_pays_what_is_due_there() {
    on_every_engine("2026-11-05", |office| {
        two_units_of_one_payer(office);
        let paid = office.pay("1-1-101", "500.00", "2026-11-05", None).expect("taken");
        let owed = office.owed("1-1-201", "2026-11-30").0;
        assert!(owed.is_positive());
        let foreign = move_to(office, paid.id, "1-1-102", 10_000);
        assert!(matches!(foreign, Err(Refusal::Conflict(_))), "another payer: {foreign:?}");
        assert!(matches!(move_to(office, paid.id, "1-1-201", 30_001), Err(Refusal::InvalidInput { .. })));
        let moved = move_to(office, paid.id, "1-1-201", 25_000).expect("moved");
        assert_eq!(office.owed("1-1-201", "2026-11-30").0, Fen::ZERO);
        assert_eq!(prepaid(office), 30_000 - owed.get());
        assert_eq!(office.count("SELECT CAST(SUM(amount_fen) AS BIGINT) FROM receipt"), 50_000, "no money came in");
        assert_eq!(office.red(), [""; 0]);
        assert!(matches!(reverse(office, paid.id), Err(Refusal::Conflict(_))), "it was moved on");
        reverse(office, moved).expect("both entries");
        assert_eq!((prepaid(office), office.owed("1-1-201", "2026-11-30").0), (30_000, owed));
        reverse(office, paid.id).expect("now it can be");
        assert_eq!((prepaid(office), office.red()), (0, Vec::new()));
    });
}

#[derive(Clone, Debug)]
enum Step {
    Pay { unit: usize, fen: i64, part: i64 },
    Settle { unit: usize, off: i64 },
    Refund { of: usize, fen: i64, whole: bool },
    Move { of: usize, fen: i64 },
    Reverse { of: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0_usize..4, 2_i64..200_000, 1_i64..100).prop_map(|(unit, fen, part)| Step::Pay { unit, fen, part }),
        (0_usize..4, 1_i64..100).prop_map(|(unit, off)| Step::Settle { unit, off }),
        (0_usize..8, 1_i64..30_000, any::<bool>()).prop_map(|(of, fen, whole)| Step::Refund { of, fen, whole }),
        (0_usize..8, 1_i64..30_000).prop_map(|(of, fen)| Step::Move { of, fen }),
        (0_usize..8).prop_map(|of| Step::Reverse { of }),
    ];
    prop::collection::vec(step, 2..9)
}

const UNITS: [&str; 4] = ["1-1-101", "1-1-102", "1-1-201", "1-1-202"];

/// What money came in, less what was given back, plus what was let off, is what was settled and what is put by.
fn conserved(office: &Office) {
    let received = office.count("SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM receipt");
    let let_off = office.count("SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM adjustment");
    let settled = office.count("SELECT CAST(SUM(amount_fen - open_fen) AS BIGINT) FROM charge");
    let fees = office.count("SELECT CAST(COALESCE(SUM(amount_fen - open_fen), 0) AS BIGINT) FROM late_fee");
    assert_eq!(received + let_off, settled + fees + prepaid(office));
}

/// Does a step; what cannot be done then is refused and changes nothing.
fn take_step(office: &Office, step: &Step, receipts: &[ReceiptId]) {
    let before = office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM receipt");
    let pick = |of: usize| (!receipts.is_empty()).then(|| receipts[of % receipts.len()]);
    let done = match *step {
        Step::Pay { unit, fen, part } => {
            let cash = (fen * part / 100).clamp(1, fen - 1);
            let amounts = [Fen::new(cash).to_string(), Fen::new(fen - cash).to_string()];
            let desk = ways(&[("cash", &amounts[0]), ("wechat", &amounts[1])]);
            office.pay_at_desk(UNITS[unit], &Fen::new(fen).to_string(), (&desk, &[])).map(|_| ())
        }
        Step::Settle { unit, off } => {
            let (principal, fee) = office.owed(UNITS[unit], &office.app.today().to_string());
            let amount = principal + fee - Fen::new(off);
            if !amount.is_positive() {
                return;
            }
            let desk = AtTheDesk { round_off: Fen::new(off), ..AtTheDesk::default() };
            office.pay_at_desk(UNITS[unit], &amount.to_string(), (&desk, &[])).map(|_| ())
        }
        Step::Refund { of, fen, whole } => pick(of).map_or(Ok(()), |receipt| {
            let amount = if whole { own_amount(office, receipt) } else { Fen::new(fen) };
            office.two_people(&asked(receipt, &amount.to_string(), Some("cash")), "退款").map(|_| ())
        }),
        Step::Move { of, fen } => {
            let moved = |receipt| move_to(office, receipt, UNITS[if fen % 2 == 0 { 0 } else { 2 }], fen).map(|_| ());
            pick(of).map_or(Ok(()), moved)
        }
        Step::Reverse { of } => pick(of).map_or(Ok(()), |receipt| reverse(office, receipt).map(|_| ())),
    };
    if done.is_err() {
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM receipt"), before, "{step:?}");
    }
}

fn own_amount(office: &Office, receipt: ReceiptId) -> Fen {
    let sql = "SELECT amount_fen FROM receipt WHERE id = $1";
    let read =
        |tx: &mut hemu_store::Tx<'_>| tx.query_one("receipt", sql, &hemu_store::params![receipt], |row| row.take());
    office.app.db.read(read).expect("a receipt")
}

fn receipts(office: &Office) -> Vec<ReceiptId> {
    let sql = "SELECT id FROM receipt ORDER BY seq";
    office.app.db.read(|tx| tx.query(sql, &[], |row| row.take())).expect("receipts")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_payments_roundings_refunds_transfers_and_reversals_conserves_money_and_can_be_undone(
        steps in steps(),
        statutory in any::<bool>(),
        bill_after in 0_usize..10,
    ) {
        on_every_engine("2026-11-05", |office| {
            two_units_of_one_payer(office);
            office.late_fee_clause(if statutory { "statutory_as_interest" } else { "principal_first" });
            let owed = UNITS.map(|label| office.owed(label, "2026-11-05"));
            for (place, step) in steps.iter().enumerate() {
                if place == bill_after {
                    office.bill("2026-12");
                }
                take_step(office, step, &receipts(office));
                conserved(office);
            }
            assert_eq!(office.red(), [""; 0]);
            // Whatever was moved on or given back is undone before what it came from.
            for receipt in receipts(office).into_iter().rev() {
                let undone = reverse(office, receipt);
                assert!(undone.is_ok() || matches!(undone, Err(Refusal::Conflict(_))), "{undone:?}");
            }
            conserved(office);
            assert_eq!(prepaid(office), 0);
            assert_eq!(office.count("SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM receipt"), 0);
            let after = UNITS.map(|label| office.owed(label, "2026-11-05"));
            assert_eq!(after, owed, "what was owed is owed again");
            assert_eq!(office.red(), [""; 0]);
        });
    }
}
