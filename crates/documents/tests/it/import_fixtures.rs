//! The fixtures, from the file to the reading: what `docs/import.md` says of each.

use std::path::Path;

use hemu_documents::sheets_in::read_sheets;
use hemu_domain::import::{ImportReading, ReadOptions, read_workbook};
use hemu_domain::{Fen, Period};
use serde_json::Value;

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name);
    std::fs::read(path).expect("the fixture is in the repository")
}

fn reading(name: &str, as_of: &str) -> ImportReading {
    let sheets = read_sheets(&fixture(name), name).expect("a workbook");
    let as_of = as_of.parse().expect("a day");
    read_workbook(&sheets, &ReadOptions { as_of, map: Default::default() }).expect("a table")
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn the_office_ledger_is_read_to_the_last_row() {
    let expected: Value = serde_json::from_slice(&fixture("cuihu-office-ledger.expected.json")).expect("JSON");
    let as_of = expected["as_of"].as_str().expect("a day");
    let reading = reading("cuihu-office-ledger.xlsx", as_of);
    let number = |key: &str| usize::try_from(expected[key].as_u64().expect("a number")).expect("small");
    let places = |findings: &[hemu_domain::import::Finding]| -> Vec<(u64, String, String)> {
        findings.iter().map(|f| (f.row as u64, f.column.clone(), f.value.clone())).collect()
    };
    let listed = |key: &str| -> Vec<(u64, String, String)> {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let entries = expected[key].as_array().expect("a list").iter();
        entries.map(|e| (e["row"].as_u64().expect("a row"), text(&e["column"]), text(&e["value"]))).collect()
    };
    assert_eq!(places(&reading.refused), listed("refused"));
    assert_eq!(places(&reading.warnings), listed("warnings"));
    assert_eq!(reading.accepted, number("accepted"));
    assert_eq!(reading.duplicates, number("duplicates"));
    assert_eq!(reading.ignored, number("ignored_subtotals"));
    assert_eq!(reading.rows_read, reading.accepted + reading.duplicates + reading.refused.len() + reading.ignored);
    assert_eq!(reading.units.iter().filter(|unit| unit.is_vacant()).count(), number("vacant"));
    let as_of = as_of.parse().expect("a day");
    let owed: Vec<Fen> = reading
        .units
        .iter()
        .map(|unit| unit.opening_charges(as_of).iter().map(|charge| charge.amount).sum())
        .filter(|owed: &Fen| owed.is_positive())
        .collect();
    assert_eq!(owed.len(), number("units_owing"));
    assert_eq!(owed.iter().sum::<Fen>().to_string(), expected["opening_arrears"].as_str().expect("text"));
}

#[test]
fn the_incumbents_room_list_is_one_room_with_its_owner() {
    let reading = reading("hc-rooms.xlsx", "2026-10-31");
    assert_eq!((reading.rows_read, reading.accepted), (1, 1), "{:?}", reading.refused);
    let unit = &reading.units[0];
    assert_eq!((unit.label.as_str(), unit.owners.as_slice()), ("1-1-1001", &["吴学文".to_owned()][..]));
    assert!(unit.phones[0].valid);
    assert!(reading.warnings.is_empty(), "{:?}", reading.warnings);
}

#[test]
fn the_incumbents_full_workbook_joins_rooms_owners_fees_and_parking() {
    let reading = reading("hc-full.xlsx", "2026-10-31");
    // Rows 2-9 of 房屋信息 and the one parking space; 楼栋单元, 业主信息 and 费用设置 are what they refer to.
    assert_eq!((reading.rows_read, reading.accepted, reading.refused.len()), (9, 9, 0), "{:?}", reading.refused);
    let first = &reading.units[0];
    assert_eq!((first.label.as_str(), first.owners.as_slice()), ("1-1-1011", &["吴学文".to_owned()][..]));
    assert_eq!(first.fees.len(), 2, "1#2 are two fees");
    assert_eq!(first.fees[1].starts_on.expect("a start").to_string(), "2020-07-10");
    assert_eq!(first.fees[0].month_amount(first.area), Some(Fen::new(14_293)), "94.56 x 1.3 + 20 = 142.928");
    let rows_of = |sheet: &str| -> Vec<usize> {
        reading.warnings.iter().filter(|warning| warning.sheet == sheet).map(|warning| warning.row).collect()
    };
    assert_eq!(rows_of("业主信息"), [2, 3, 4, 5, 6], "placeholders for phones");
    assert_eq!(rows_of("房屋信息"), [7, 8, 9], "owners 6, 7, 8 do not exist");
    assert_eq!(reading.warnings.len(), 8);
    assert_eq!(reading.totals(day("2026-10-31")).vacant, 0, "a parking space not sold yet is not a vacant home");
    assert!(!first.phones[0].valid, "18999999999 is the placeholder the side notes prescribe");
    assert!(reading.units.iter().all(|unit| unit.id_number.is_none()), "one id number under five names is nobody's");
    assert_eq!(reading.units[8].label.as_str(), "车位-C0001");
}

#[test]
fn the_incumbents_payment_history_is_three_years_paid_in_advance() {
    let reading = reading("hc-payment-history.xlsx", "2026-10-31");
    assert_eq!((reading.rows_read, reading.accepted), (3, 3), "{:?}", reading.refused);
    let months: Vec<String> = reading.history.iter().map(|h| Period::of(h.from).to_string()).collect();
    assert_eq!(months, ["2016-01", "2017-01", "2018-01"]);
    assert!(reading.history.iter().all(|h| h.paid == Fen::new(100_000) && h.paid_on.to_string() == "2017-01-01"));
}
