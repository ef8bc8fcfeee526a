//! Fees that are paid for what was served (后付): the bill of a cycle's last month covers the cycle, whoever paid for its months.

use hemu_app::Actor;
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::units::NewOwner;
use hemu_app::tariff::{NewContract, begin_contract};
use hemu_domain::tariff::due::{BilledAt, DueRule};

use crate::contracts::{begin, terms};
use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit};

/// The charges of a unit as `month months amount due payer`, oldest first.
fn charges(office: &Office, label: &str) -> Vec<String> {
    let sql = format!(
        "SELECT c.period, c.explanation, c.amount_fen, c.due_on, b.period, p.name FROM charge c
        JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id JOIN party p ON p.id = a.party_id
        JOIN bill b ON b.id = c.bill_id WHERE u.label = '{label}' ORDER BY c.period"
    );
    let read = |row: &hemu_store::Row<'_>| {
        let (period, why): (String, serde_json::Value) = (row.take()?, row.take()?);
        let (fen, due): (hemu_domain::Fen, chrono::NaiveDate) = (row.take()?, row.take()?);
        let (bill, payer): (String, String) = (row.take()?, row.take()?);
        Ok(format!("{period} {} {fen} {due} {bill} {payer}", why["calculation"]["monthly"]["months"]))
    };
    office.app.db.read(|tx| tx.query(&sql, &[], read)).expect("charges")
}

/// All units paid up to the end of 2026; from then on a contract in arrears.
pub fn in_arrears(office: &Office, starts_on: &str, cycle_months: u32, rate: Option<&str>) {
    let mut terms = terms(rate);
    terms.due_rule = DueRule::LastDayOfMonth;
    let billed_at = BilledAt::CycleEnd;
    let new = NewContract { starts_on: day(starts_on), kind: "committee".to_owned(), cycle_months, billed_at, terms };
    begin_contract(&office.app, &Actor::local_operator(), COMMUNITY, &new).expect("begins");
}

fn paid_to_the_end_of_the_year(office: &Office) {
    office.import(LIST);
    office.arrange("UPDATE account SET paid_through = '2026-12'");
}

#[test]
fn a_cycle_is_billed_in_its_last_month_and_due_from_there() {
    let cases = [
        (1, "2027-01", "2027-01 1 200.00 2027-01-31 2027-01 王建国"),
        (3, "2027-03", "2027-01 3 600.00 2027-03-31 2027-03 王建国"),
        (6, "2027-06", "2027-01 6 1200.00 2027-06-30 2027-06 王建国"),
        (12, "2027-12", "2027-01 12 2400.00 2027-12-31 2027-12 王建国"),
    ];
    for (months, last, expected) in cases {
        on_every_engine("2026-12-31", |office| {
            paid_to_the_end_of_the_year(office);
            in_arrears(office, "2027-01-01", months, None);
            if months > 1 {
                assert_eq!(office.bill("2027-01").charges, 0, "not before it ends");
            }
            office.on("2027-06-01");
            assert_eq!(office.bill(last).charges, 4);
            assert_eq!(office.bill(last).charges, 0, "once");
            assert_eq!(charges(office, "1-1-101"), [expected]);
            assert_eq!(office.red(), [""; 0]);
        });
    }
}

#[test]
fn a_contract_that_ends_inside_a_cycle_is_billed_with_its_last_month() {
    on_every_engine("2026-12-31", |office| {
        paid_to_the_end_of_the_year(office);
        in_arrears(office, "2027-01-01", 3, None);
        begin(office, "2027-03-01", 1, None);
        for month in ["2027-01", "2027-02", "2027-03"] {
            office.bill(month);
        }
        let expected = ["2027-01 2 400.00 2027-02-28 2027-02 王建国", "2027-03 1 200.00 2027-03-31 2027-03 王建国"];
        assert_eq!(charges(office, "1-1-101"), expected);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn each_payer_of_a_cycle_is_billed_for_the_own_months_when_it_ends() {
    on_every_engine("2026-12-31", |office| {
        paid_to_the_end_of_the_year(office);
        in_arrears(office, "2027-01-01", 3, None);
        office.on("2027-02-10");
        let owners = vec![NewOwner::Named("顾清源".to_owned())];
        let change =
            ChangeOwner { community: COMMUNITY.to_owned(), unit: unit("1-1-101"), owners, on: day("2027-02-10") };
        change_owner(&office.app, &Actor::local_operator(), &change).expect("changed");
        office.on("2027-03-31");
        office.bill("2027-03");
        let expected = ["2027-01 2 400.00 2027-03-31 2027-03 王建国", "2027-03 1 200.00 2027-03-31 2027-03 顾清源"];
        assert_eq!(charges(office, "1-1-101"), expected);
        assert_eq!(office.bill("2027-03").charges, 0, "once");
        assert_eq!(office.red(), [""; 0]);
    });
}
