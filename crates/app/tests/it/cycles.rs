//! Cycles of several months: what a bill covers, by which price, when it is due; and what a run finds or refuses.

use hemu_app::billing::BillReport;

use crate::contracts::begin;
use crate::office::{COMMUNITY, LIST, Office, on_every_engine};

/// The charges of a unit as `month months amount due payer`, oldest first.
fn charges(office: &Office, label: &str) -> Vec<String> {
    let sql = format!(
        "SELECT c.period, c.explanation, c.amount_fen, c.due_on, p.kind FROM charge c
        JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id JOIN party p ON p.id = a.party_id
        WHERE u.label = '{label}' AND c.origin = 'bill' ORDER BY c.period, p.kind"
    );
    let read = |row: &hemu_store::Row<'_>| {
        let (period, why): (String, serde_json::Value) = (row.take()?, row.take()?);
        let (fen, due): (hemu_domain::Fen, chrono::NaiveDate) = (row.take()?, row.take()?);
        let kind: String = row.take()?;
        Ok(format!("{period} {} {fen} {due} {kind}", why["calculation"]["monthly"]["months"]))
    };
    office.app.db.read(|tx| tx.query(&sql, &[], read)).expect("charges")
}

/// All units paid up to the end of 2026, billed by that cycle.
fn with_cycle(office: &Office, months: u32) {
    office.import(LIST);
    office.arrange(&format!("UPDATE contract SET cycle_months = {months}"));
    office.arrange("UPDATE account SET paid_through = '2026-12'");
}

fn found(report: &BillReport, label: &str) -> Vec<&'static str> {
    report.findings.iter().filter(|one| one.unit.as_str() == label).map(|one| one.kind).collect()
}

#[test]
fn w01_a_quarter_is_rounded_where_the_contract_says() {
    for (rounding, amount) in [("month_first", "629.70"), ("total_first", "629.71")] {
        on_every_engine("2026-11-05", |office| {
            with_cycle(office, 3);
            office.arrange(&format!("UPDATE contract SET rounding = '{rounding}'"));
            office.bill("2027-01");
            assert_eq!(charges(office, "1-1-102"), [format!("2027-01 3 {amount} 2027-01-31 person")]);
            assert_eq!(office.red(), [""; 0]);
        });
    }
}

#[test]
fn a_year_and_half_a_year_are_billed_once_and_due_by_the_rule() {
    for (months, rest) in [(6, "6 1200.00"), (12, "12 2400.00")] {
        on_every_engine("2026-11-05", |office| {
            with_cycle(office, months);
            office.arrange("UPDATE contract SET due_rule = 'day_of_next_month', due_day = 10");
            office.bill("2027-01");
            assert_eq!(office.bill("2027-01").charges, 0, "once");
            assert_eq!(office.bill("2027-03").charges, 0, "the cycle is covered");
            assert_eq!(charges(office, "1-1-101"), [format!("2027-01 {rest} 2027-02-10 person")]);
        });
    }
}

#[test]
fn a_price_that_changes_inside_a_cycle_gives_two_charges_due_together() {
    on_every_engine("2026-11-05", |office| {
        with_cycle(office, 3);
        office.arrange(
            "INSERT INTO fee_price (community_id, fee_standard_id, valid_from, price_e6, surcharge_e6, basis)
            SELECT community_id, id, '2027-03-01', 2500000, 0, '调价' FROM fee_standard WHERE name LIKE '2%'
            AND name NOT LIKE '2.35%'",
        );
        office.bill("2027-01");
        let expected = ["2027-01 2 400.00 2027-01-31 person", "2027-03 1 250.00 2027-01-31 person"];
        assert_eq!(charges(office, "1-1-101"), expected);
        assert_eq!(office.bill("2027-03").charges, 0);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_fee_is_charged_from_its_first_whole_month_to_its_last() {
    on_every_engine("2026-11-05", |office| {
        with_cycle(office, 3);
        let fee = |label: &str| format!("unit_id = (SELECT id FROM unit WHERE label = '{label}')");
        office.arrange(&format!("UPDATE unit_fee SET ends_on = '2027-02-28' WHERE {}", fee("1-1-101")));
        office.arrange(&format!("UPDATE unit_fee SET starts_on = '2027-02-10' WHERE {}", fee("1-1-201")));
        office.bill("2027-01");
        assert_eq!(charges(office, "1-1-101"), ["2027-01 2 400.00 2027-01-31 person"]);
        assert_eq!(charges(office, "1-1-201"), ["2027-03 1 100.00 2027-03-31 person"]);
    });
}

#[test]
fn a_new_contract_begins_its_own_cycle_with_its_first_month() {
    on_every_engine("2026-11-05", |office| {
        with_cycle(office, 1);
        begin(office, "2027-02-01", 3, None);
        for month in ["2027-01", "2027-02", "2027-03", "2027-04"] {
            office.bill(month);
        }
        let expected = [
            "2027-01 1 200.00 2027-01-31 person",
            "2027-02 2 400.00 2027-02-28 person",
            "2027-04 3 600.00 2027-04-30 person",
        ];
        assert_eq!(charges(office, "1-1-101"), expected);
    });
}

#[test]
fn w02_a_handover_inside_a_quarter_gives_each_payer_a_bill_of_its_own() {
    on_every_engine("2026-11-05", |office| {
        with_cycle(office, 3);
        let party = "(SELECT a.party_id FROM account a JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-201')";
        office.tamper(&format!("UPDATE party SET kind = 'developer' WHERE id = {party}"));
        office.arrange(
            "UPDATE account SET unit_id = (SELECT id FROM unit WHERE label = '1-1-101')
            WHERE party_id IN (SELECT id FROM party WHERE kind = 'developer')",
        );
        office.tamper("UPDATE unit SET handover_on = '2027-02-18' WHERE label = '1-1-101'");
        office.bill("2027-01");
        let expected = ["2027-01 2 400.00 2027-01-31 developer", "2027-03 1 200.00 2027-03-31 person"];
        assert_eq!(charges(office, "1-1-101"), expected);
        let numbers = "SELECT number FROM bill WHERE number LIKE '202701-1-1-101%' ORDER BY number";
        let numbers: Vec<String> = office.app.db.read(|tx| tx.query(numbers, &[], |row| row.take())).expect("numbers");
        assert_eq!(numbers, ["202701-1-1-101", "202701-1-1-101.2"]);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_unit_without_area_or_price_is_refused_and_the_others_are_billed() {
    on_every_engine("2026-11-05", |office| {
        with_cycle(office, 1);
        office.tamper("UPDATE unit SET area_e4 = NULL WHERE label = '1-1-101'");
        office.arrange("UPDATE fee_price SET valid_from = '2028-01-01' WHERE price_e6 = 2350000");
        let report = office.bill("2027-01");
        let refused: Vec<(&str, bool)> = report
            .refused
            .iter()
            .map(|one| (one.unit.as_str(), one.problem.contains("面积") || one.problem.contains("单价")))
            .collect();
        assert_eq!(refused, [("1-1-101", true), ("1-1-102", true)]);
        assert_eq!((report.bills, report.charges), (2, 2));
        let issued = "SELECT CAST(COUNT(*) AS BIGINT) FROM charge WHERE amount_fen = 0";
        assert_eq!(office.count(issued), 0, "a formula that fails is never a zero");
        assert_eq!(charges(office, "1-1-101"), [""; 0]);
    });
}

#[test]
fn an_amount_out_of_range_is_refused() {
    on_every_engine("2026-11-05", |office| {
        with_cycle(office, 1);
        office.tamper("UPDATE unit SET area_e4 = 9000000000000000000 WHERE label = '1-1-101'");
        let report = office.bill("2027-01");
        assert_eq!(report.refused.iter().map(|one| one.unit.as_str()).collect::<Vec<_>>(), ["1-1-101"]);
        assert_eq!(charges(office, "1-1-101"), [""; 0]);
    });
}

#[test]
fn a_changed_standard_a_jump_and_a_zero_are_found_and_block_nothing() {
    on_every_engine("2026-11-05", |office| {
        with_cycle(office, 1);
        office.bill("2027-01");
        office.arrange("UPDATE fee_price SET price_e6 = 3000000 WHERE price_e6 = 2350000");
        office.arrange("UPDATE fee_price SET price_e6 = 0 WHERE price_e6 = 1800000");
        office.tamper("UPDATE unit SET area_e4 = 1100000 WHERE label = '1-1-101'");
        let report = office.bill("2027-02");
        assert_eq!(found(&report, "1-1-102"), ["changed_standard", "jump"]);
        assert_eq!(found(&report, "1-1-202"), ["zero", "changed_standard", "jump"]);
        assert_eq!(found(&report, "1-1-101"), ["changed_area"], "a tenth more is no jump");
        assert_eq!(report.charges, 3, "{COMMUNITY}: all but the zero");
    });
}
