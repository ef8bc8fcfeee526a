//! Demands: figures to the fen, frozen; the day to pay; what a number and a legal step need.

use hemu_app::approval::{Asked, ask};
use hemu_app::legal::letters::show_letter;
use hemu_app::legal::matter::MatterRequest;
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;

use crate::office::{COMMUNITY, LIST, Office, on_every_engine, yuan};

/// A list with two fee items per unit.
const TWO_ITEMS: &str = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),电梯费,已缴至
1-1-101,王建国,13800138001,100.37,2.15,23.45,2026-05
";

fn items(office: &Office) -> i64 {
    office.count("SELECT CAST(COUNT(DISTINCT fee_item_id) AS BIGINT) FROM charge")
}

#[test]
fn a_demand_over_several_fee_items_comes_to_the_list() {
    on_every_engine("2026-10-31", |office| {
        office.import(TWO_ITEMS);
        office.late_fee_clause("principal_first");
        office.bill("2026-11");
        office.on("2026-12-20");
        let listed = office.owed("1-1-101", "2026-12-20");
        assert!(listed.1.is_positive());
        let letter = office.demand("1-1-101", false);
        assert_eq!((letter.principal, letter.late_fee), listed, "{} items", items(office));
    });
}

#[test]
fn a_payment_after_the_letter_leaves_its_figures_as_they_were() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        let letter = office.demand("1-1-102", false);
        office.pay("1-1-102", "1000.00", "2026-11-05", None).expect("taken");
        let kept = show_letter(&office.app, &Actor::local_operator(), COMMUNITY, letter.id).expect("a letter");
        assert_eq!((kept.letter.principal, kept.letter.late_fee), (letter.principal, letter.late_fee));
        assert_eq!(kept.sha256, letter.sha256);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn the_last_day_to_pay_follows_from_the_contract_and_is_a_working_day() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        for (days, pay_by) in [(7, "2026-11-12"), (9, "2026-11-16"), (15, "2026-11-20")] {
            office.arrange(&format!("UPDATE contract SET demand_days = {days}"));
            assert_eq!(office.demand("1-1-102", false).pay_by.to_string(), pay_by, "{days} days");
        }
    });
}

#[test]
fn a_demand_asks_one_payer_for_what_that_payer_owes() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let of = |label: &str| format!("unit_id = (SELECT id FROM unit WHERE label = '{label}')");
        // The payer of 1-1-202, who owes one month there, buys 1-1-102; the seller owes seven.
        office.arrange(&format!("UPDATE account SET ends_on = '2026-11-02' WHERE {}", of("1-1-102")));
        office.arrange(&format!(
            "UPDATE account SET starts_on = '2026-09-01', {} WHERE {}",
            of("1-1-102"),
            of("1-1-202")
        ));
        let buyer = office.demand("1-1-102", false);
        assert_eq!(buyer.principal, yuan("216.90"), "October of the buyer alone");
        office.pay("1-1-102", "216.90", "2026-11-05", None).expect("taken");
        assert_eq!(
            office.demand("1-1-102", false).principal,
            yuan("1469.30"),
            "the seller's, once the buyer owes none"
        );
    });
}

#[test]
fn a_legal_step_is_refused_with_the_list_of_what_is_missing() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.collect("2026-11-01");
        let (case, kind) = (office.case_of("1-1-102"), "payment_order".to_owned());
        let step = Asked::LegalMatter(MatterRequest { case, kind, evidence_complete: false });
        let ask = |ground: &str| ask(&office.app, &Actor::local_operator(), office.community(), &step, ground);
        let Err(Refusal::Gated { missing }) = ask("维护全体业主的共同利益") else {
            panic!("it has to be refused");
        };
        let said: String = missing.iter().map(|text| text.zh.as_str()).collect::<Vec<_>>().join("；");
        for what in ["催缴期", "负责人", "证据", "送达"] {
            assert!(said.contains(what), "{what}: {said}");
        }
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM legal_matter"), 0);
        assert_eq!(
            Fen::ZERO,
            Fen::new(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM case_file WHERE stage = 'legal'"))
        );
        assert!(matches!(ask(" "), Err(Refusal::InvalidInput { .. })), "without a ground");
    });
}
