//! Every formula of a fee standard, on bills in the store; and a line that cannot be computed, which takes no other with it.

use hemu_app::billing::explain::{UnitAnswer, explain_unit};
use hemu_app::tariff::{NewPrice, NewStandard, NewUnitFee, StandardMade, add_standard, set_price, set_unit_fee};
use hemu_app::{Actor, Refusal};
use hemu_domain::registry::unit::UnitKind;
use hemu_domain::{Fen, Period, UnitPrice};

use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit, yuan};

const ITEM: &str = "垃圾清运费";

/// A unit with what it is charged.
type Charged = (&'static str, &'static str);

/// A standard from November 2026 on: one price, or bands.
fn add(office: &Office, (name, formula, kind): (&str, &str, UnitKind), price: &str) -> Result<StandardMade, Refusal> {
    let banded = price.contains('~');
    let new = NewStandard {
        item: ITEM.to_owned(),
        name: name.to_owned(),
        formula: formula.to_owned(),
        unit_kind: kind,
        price: UnitPrice::parse(if banded { "0" } else { price }).expect("a price"),
        bands: if banded { price.to_owned() } else { String::new() },
        valid_from: day("2026-11-01"),
        basis: "业主大会表决".to_owned(),
    };
    add_standard(&office.app, &Actor::local_operator(), COMMUNITY, &new)
}

/// What each unit was charged for the item, with its basis.
fn charged(office: &Office) -> Vec<(String, Fen, String)> {
    let sql = format!(
        "SELECT u.label, c.amount_fen, c.explanation FROM charge c JOIN account a ON a.id = c.account_id
        JOIN unit u ON u.id = a.unit_id JOIN fee_item i ON i.id = c.fee_item_id
        WHERE i.name = '{ITEM}' ORDER BY u.label"
    );
    let read = |row: &hemu_store::Row<'_>| {
        let (label, amount, why): (String, Fen, serde_json::Value) = (row.take()?, row.take()?, row.take()?);
        Ok((label, amount, why["basis"].as_str().unwrap_or_default().to_owned()))
    };
    office.app.db.read(|tx| tx.query(&sql, &[], read)).expect("charges")
}

fn amounts(office: &Office) -> Vec<(String, String)> {
    charged(office).into_iter().map(|(label, amount, _)| (label, amount.to_string())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(label, amount)| ((*label).to_owned(), (*amount).to_owned())).collect()
}

fn ask(office: &Office, label: &str, period: &str) -> UnitAnswer {
    let of = (&unit(label), Period::parse(period).expect("a month"));
    explain_unit(&office.app, &Actor::local_operator(), COMMUNITY, of).expect("an answer")
}

#[test]
fn each_formula_charges_by_its_own_price() {
    let cases: [(&str, &str, &[Charged]); 6] = [
        (
            "area_by_floor",
            "1~1 0.30\n2~ 0.50",
            &[("1-1-101", "30.00"), ("1-1-102", "26.80"), ("1-1-201", "25.00"), ("1-1-202", "60.25")],
        ),
        ("fixed_by_floor", "1~1 0\n2~6 20", &[("1-1-201", "20.00"), ("1-1-202", "20.00")]),
        (
            "area_by_area",
            "0~90 1\n90~ 2",
            &[("1-1-101", "200.00"), ("1-1-102", "89.32"), ("1-1-201", "50.00"), ("1-1-202", "241.00")],
        ),
        (
            "fixed_by_area",
            "0~89.32 200\n89.32~144 300",
            &[("1-1-101", "300.00"), ("1-1-102", "200.00"), ("1-1-201", "200.00"), ("1-1-202", "300.00")],
        ),
        (
            "area_tiers",
            "0~90 1\n90~ 2",
            &[("1-1-101", "110.00"), ("1-1-102", "89.32"), ("1-1-201", "50.00"), ("1-1-202", "151.00")],
        ),
        ("fixed", "12.50", &[("1-1-101", "12.50"), ("1-1-102", "12.50"), ("1-1-201", "12.50"), ("1-1-202", "12.50")]),
    ];
    for (formula, price, expected) in cases {
        on_every_engine("2026-10-31", |office| {
            office.import(LIST);
            add(office, ("标准", formula, UnitKind::Home), price).expect("made");
            office.on("2026-11-01");
            let told: Vec<UnitAnswer> =
                ["1-1-101", "1-1-202"].iter().map(|label| ask(office, label, "2026-11")).collect();
            office.bill("2026-11");
            assert_eq!(amounts(office), pairs(expected), "{formula}");
            assert_eq!(office.bill("2026-11").charges, 0, "once");
            for one in told {
                let sql = format!(
                    "SELECT CAST(SUM(c.amount_fen) AS BIGINT) FROM charge c JOIN account a ON a.id = c.account_id
                    JOIN unit u ON u.id = a.unit_id WHERE u.label = '{}' AND c.period = '2026-11'",
                    one.unit
                );
                assert_eq!(one.total, Fen::new(office.count(&sql)), "the tester says what the bill says: {formula}");
            }
            assert_eq!(office.red(), [""; 0], "{formula}");
        });
    }
}

#[test]
fn a_bill_names_the_band_it_went_by() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        add(office, ("电梯", "fixed_by_floor", UnitKind::Home), "1~1 5\n2~6 20").expect("made");
        office.on("2026-11-01");
        office.bill("2026-11");
        let basis: Vec<String> = charged(office).into_iter().map(|(_, _, basis)| basis).collect();
        assert!(basis[0].ends_with("业主大会表决，1 层") && basis[3].ends_with("业主大会表决，2-6 层"), "{basis:?}");
    });
}

#[test]
fn one_item_charges_homes_shops_and_parking_spaces_by_their_own_standards() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.tamper("UPDATE unit SET kind = 'parking', area_e4 = NULL WHERE label = '1-1-201'");
        office.tamper("UPDATE unit SET kind = 'shop' WHERE label = '1-1-202'");
        office.arrange("DELETE FROM unit_fee WHERE unit_id IN (SELECT id FROM unit WHERE label = '1-1-201')");
        let made = add(office, ("住宅", "fixed", UnitKind::Home), "10").expect("made");
        assert_eq!((made.units, made.others), (2, 0));
        add(office, ("商铺", "area", UnitKind::Shop), "0.50").expect("made");
        add(office, ("车位", "fixed", UnitKind::Parking), "80").expect("made");
        office.on("2026-11-01");
        let report = office.bill("2026-11");
        let expected = [("1-1-101", "10.00"), ("1-1-102", "10.00"), ("1-1-201", "80.00"), ("1-1-202", "60.25")];
        assert_eq!(amounts(office), pairs(&expected), "a parking space pays a fixed sum and needs no area");
        assert_eq!(report.refused, []);
        let fee = NewUnitFee { unit: unit("1-1-202"), standard: made.id, starts_on: day("2026-12-01") };
        let refused = set_unit_fee(&office.app, &Actor::local_operator(), COMMUNITY, &fee).expect_err("refused");
        assert!(refused.to_string().contains("适用于住宅"), "{refused}");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_line_that_cannot_be_computed_is_refused_by_name_and_takes_no_other_with_it() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        add(office, ("面积段", "fixed_by_area", UnitKind::Home), "0~90 5\n90~100 8").expect("made");
        office.on("2026-11-01");
        let report = office.bill("2026-11");
        assert_eq!((report.bills, report.charges), (4, 7), "every account has its bill");
        let refused: Vec<(&str, Option<&str>)> =
            report.refused.iter().map(|one| (one.unit.as_str(), one.item.as_deref())).collect();
        assert_eq!(refused, [("1-1-202", Some(ITEM))]);
        assert!(report.refused[0].problem.contains("面积 120.5 ㎡ 不在任何面积段内"), "{}", report.refused[0].problem);
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM charge WHERE amount_fen = 0"), 0);
        assert_eq!(ask(office, "1-1-202", "2026-11").refused, 1, "and the tester says so");
        // Once its reason is gone, the next run adds the line to the bill that is there.
        office.arrange("UPDATE fee_band SET band_to = NULL WHERE band_from > 0");
        let again = office.bill("2026-11");
        assert_eq!((again.bills, again.charges, again.refused), (0, 1, Vec::new()));
        assert_eq!(amounts(office).last(), Some(&("1-1-202".to_owned(), "8.00".to_owned())));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn two_standards_of_one_item_on_one_day_are_refused_and_the_rest_is_billed() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let first = add(office, ("每户", "fixed", UnitKind::Home), "10").expect("made");
        add(office, ("减半", "fixed", UnitKind::Home), "5").expect("made");
        office.on("2026-11-01");
        let both = format!(
            "INSERT INTO unit_fee (community_id, unit_id, fee_item_id, starts_on, fee_standard_id, ends_on)
            SELECT s.community_id, u.id, s.fee_item_id, '2026-10-01', s.id, NULL FROM fee_standard s, unit u
            WHERE s.name = '减半' AND u.label = '1-1-101' AND s.id <> '{}'",
            first.id
        );
        assert_eq!(office.arrange(&both), 1);
        let report = office.bill("2026-11");
        assert!(report.refused[0].problem.contains("两个收费标准"), "{:?}", report.refused);
        assert_eq!((report.bills, report.charges, report.refused.len()), (4, 7, 1));
    });
}

#[test]
fn prices_that_cannot_stand_are_refused_with_a_sentence_and_change_nothing() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let told = |formula: &str, price: &str| {
            add(office, ("标准", formula, UnitKind::Home), price).expect_err("refused").to_string()
        };
        assert!(told("area_by_floor", "1~6 1\n6~9 2").contains("重叠"));
        assert!(told("area_by_floor", "1~6 1\n8~9 2").contains("空档"));
        assert!(told("area_tiers", "50~90 1").contains("从 0 开始"));
        assert!(told("area_by_floor", "2").contains("至少填写一个价格段"));
        assert!(told("area", "1~6 1").contains("只有一个单价"));
        assert!(told("guess", "1").contains("guess"));
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM fee_band"), 0);
        let made = add(office, ("楼层", "area_by_floor", UnitKind::Home), "1~ 1").expect("made");
        let mut price = NewPrice {
            standard: made.id,
            valid_from: day("2026-12-01"),
            price: UnitPrice::from_stored(0),
            bands: "1~1 2\n2~ 3".to_owned(),
            basis: "业主大会表决".to_owned(),
        };
        let set = |price: &NewPrice| set_price(&office.app, &Actor::local_operator(), COMMUNITY, price);
        set(&price).expect("set");
        assert!(set(&price).expect_err("refused").to_string().contains("已有价格"), "two prices from one day");
        price.valid_from = day("2027-01-01");
        price.bands = String::new();
        assert!(set(&price).is_err());
        assert_eq!(ask(office, "1-1-201", "2026-11").lines[1].amount, Some(yuan("50.00")));
        let later = ask(office, "1-1-201", "2027-05");
        assert_eq!(later.lines[1].amount, Some(yuan("150.00")), "the price in force in a month to come");
        assert_eq!(later.lines[1].price_from, Some(day("2026-12-01")));
    });
}
