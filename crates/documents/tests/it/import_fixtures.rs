//! The fixtures, from the file to the reading: what `docs/import.md` says of each.

use std::path::Path;

use chrono::NaiveDate;
use hemu_documents::sheets_in::read_sheets;
use hemu_domain::import::{ImportReading, ReadOptions, history, read_workbook};
use hemu_domain::registry::unit::{Occupancy, UnitKind};
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

fn day(text: &str) -> NaiveDate {
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
fn the_office_ledgers_odd_rows_are_understood() {
    let reading = reading("cuihu-office-ledger.xlsx", "2026-10-31");
    let unit = |label: &str| reading.units.iter().find(|unit| unit.label.as_str() == label).expect("accepted");
    assert_eq!(unit("4-2-101").owners, ["黄娟"], "row 264, two blanks in the name");
    assert_eq!(unit("2-1-1001").phones.len(), 2, "row 91, full-width digits");
    assert_eq!(unit("1-2-1302").area.map(|area| area.to_string()).as_deref(), Some("120"), "row 65, 120.00㎡");
    assert_eq!(unit("1-1-301").owners, ["郝娟", "叶彧"]);
    assert_eq!(reading.rows_read, 295);
    assert!(reading.notes.is_empty(), "every column is known: {:?}", reading.notes);
}

#[test]
fn the_incumbents_room_list_is_one_room_with_its_owner() {
    let reading = reading("hc-rooms.xlsx", "2026-10-31");
    assert_eq!((reading.rows_read, reading.accepted), (1, 1), "{:?}", reading.refused);
    let unit = &reading.units[0];
    assert_eq!((unit.label.as_str(), unit.row, unit.owners.as_slice()), ("1-1-1001", 2, &["吴学文".to_owned()][..]));
    assert_eq!((unit.kind, unit.occupancy, unit.floor), (UnitKind::Home, Occupancy::Owner, Some(1)));
    assert_eq!(unit.area.map(|area| area.to_string()).as_deref(), Some("94.56"));
    assert!(unit.phones[0].valid && unit.fees.is_empty() && unit.paid_through.is_none());
    assert_eq!(unit.id_number, None, "its check digit is wrong");
    assert!(reading.warnings.is_empty() && reading.notes.is_empty(), "{:?} {:?}", reading.warnings, reading.notes);
}

#[test]
fn the_incumbents_full_workbook_joins_rooms_owners_fees_and_parking() {
    let reading = reading("hc-full.xlsx", "2026-10-31");
    let seen: Vec<(&str, usize, &str, String, usize)> = reading
        .units
        .iter()
        .map(|unit| (unit.sheet.as_str(), unit.row, unit.label.as_str(), unit.owners.join("、"), unit.fees.len()))
        .collect();
    let row = |row, label, owner: &str, fees| ("房屋信息", row, label, owner.to_owned(), fees);
    let expected = [
        row(2, "1-1-1011", "吴学文", 2),
        row(3, "1-1-1012", "张三1", 1),
        row(4, "1-1-1013", "张三2", 1),
        row(5, "1-1-1014", "张三3", 2),
        row(6, "1-1-1021", "张三4", 1),
        row(7, "1-1-1022", "", 1),
        row(8, "1-1-1023", "", 1),
        row(9, "1-1-1024", "", 2),
        ("车位信息", 2, "车位-C0001", String::new(), 0),
    ];
    assert_eq!(seen, expected);
    assert_eq!((reading.rows_read, reading.accepted, reading.refused.len()), (9, 9, 0));
    assert!(reading.units[..8].iter().all(|unit| unit.area.map(|area| area.to_string()).as_deref() == Some("94.56")));
    assert_eq!((reading.units[8].kind, reading.units[8].occupancy), (UnitKind::Parking, Occupancy::NotHandedOver));
    assert_eq!(reading.totals(day("2026-10-31")).vacant, 0, "a parking space not sold yet is not a vacant home");
}

#[test]
fn the_incumbents_fees_are_joined_in_the_order_of_their_start_days() {
    let reading = reading("hc-full.xlsx", "2026-10-31");
    let unit = &reading.units[0];
    let fees: Vec<_> = unit
        .fees
        .iter()
        .map(|fee| {
            let amount = fee.month_amount(unit.area).expect("an amount").to_string();
            (fee.item.as_str(), amount, fee.cycle_months, fee.starts_on, fee.ends_on)
        })
        .collect();
    let end = Some(day("2037-01-01"));
    // 94.56 x 1.3 + 20 = 142.928 and 94.56 x 1 + 20.
    let expected = [
        ("测试收费1", "142.93".to_owned(), 6, Some(day("2020-06-10")), end),
        ("测试收费2", "114.56".to_owned(), 3, Some(day("2020-07-10")), end),
    ];
    assert_eq!(fees, expected);
    assert_eq!(reading.units[2].fees[0].item, "测试收费2");
}

#[test]
fn the_incumbents_doubtful_owners_are_warned_about() {
    let reading = reading("hc-full.xlsx", "2026-10-31");
    let warned: Vec<(&str, usize, &str, &str)> = reading
        .warnings
        .iter()
        .map(|found| (found.sheet.as_str(), found.row, found.column.as_str(), found.value.as_str()))
        .collect();
    let expected = [
        ("业主信息", 2, "手机号", "18999999999"),
        ("业主信息", 3, "手机号", "18999999991"),
        ("业主信息", 4, "手机号", "18999999992"),
        ("业主信息", 5, "手机号", "18999999993"),
        ("业主信息", 6, "手机号", "18999999994"),
        ("房屋信息", 7, "业主编号", "6"),
        ("房屋信息", 8, "业主编号", "7"),
        ("房屋信息", 9, "业主编号", "8"),
    ];
    assert_eq!(warned, expected);
    assert_eq!(reading.notes.len(), 5, "one id number under five names is nobody's: {:?}", reading.notes);
    assert!(reading.units.iter().all(|unit| unit.id_number.is_none()));
    assert!(reading.units.iter().flat_map(|unit| &unit.phones).all(|phone| !phone.valid));
}

#[test]
fn the_incumbents_payment_history_is_three_years_paid_in_advance() {
    let reading = reading("hc-payment-history.xlsx", "2026-10-31");
    assert_eq!((reading.rows_read, reading.accepted), (3, 3), "{:?}", reading.refused);
    let months: Vec<String> = reading.history.iter().map(|h| Period::of(h.from).to_string()).collect();
    assert_eq!(months, ["2016-01", "2017-01", "2018-01"]);
    assert!(reading.history.iter().all(|h| h.paid == Fen::new(100_000) && h.paid_on == day("2017-01-01")));
    let paid = history::paid_through(&reading.history);
    let months: Vec<String> = paid.values().map(|paid| paid.period.to_string()).collect();
    assert_eq!(months, ["2018-12"], "three years that follow one another");
    assert!(reading.units.is_empty() && reading.warnings.is_empty());
}
