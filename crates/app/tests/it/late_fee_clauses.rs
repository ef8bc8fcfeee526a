//! The kinds of late-fee clauses, through bills and receipts in the store: a daily rate, a multiple of the LPR, and how high one may be
//! to be claimed.

use hemu_app::approval::{Asked, approve, ask};
use hemu_app::legal::ceiling::CeilingRequest;
use hemu_app::legal::matter::MatterRequest;
use hemu_app::tariff::{ContractTerms, NewContract, begin_contract, set_contract, show_tariff};
use hemu_app::{Actor, Refusal};
use hemu_domain::arrears::late_fee::LateFeeFlag;
use hemu_domain::tariff::due::BilledAt;
use hemu_domain::{DailyRate, Fen};
use rust_decimal::Decimal;

use crate::contracts::terms;
use crate::cycles_in_arrears::in_arrears;
use crate::history::second;
use crate::office::{COMMUNITY, Office, day, on_every_engine, yuan};

/// One home of that area at 2.50 a month, paid up to a month.
fn home(area: &str, paid_through: &str) -> String {
    format!(
        "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至\n1-1-101,王建国,13800138001,{area},2.50,{paid_through}\n"
    )
}

/// A monthly contract from a day on.
fn monthly(office: &Office, starts_on: &str, terms: ContractTerms) -> Result<(), Refusal> {
    let (kind, billed_at) = ("committee".to_owned(), BilledAt::CycleStart);
    let new = NewContract { starts_on: day(starts_on), kind, cycle_months: 1, billed_at, terms };
    begin_contract(&office.app, &Actor::local_operator(), COMMUNITY, &new).map(|_| ())
}

fn by_lpr(multiple: Decimal) -> ContractTerms {
    let clause = "第十二条".to_owned();
    ContractTerms { late_fee_lpr: Some(multiple), late_fee_rate: None, late_fee_clause: clause, ..terms(None) }
}

/// A charge of 9,720.00 due 2024-06-30.
fn large_charge(office: &Office, terms: ContractTerms) {
    office.import(&home("3888", "2024-05"));
    monthly(office, "2024-06-01", terms).expect("begins");
    office.bill("2024-06");
}

#[test]
fn w05_three_quarters_bear_each_its_own_late_fee() {
    on_every_engine("2024-12-31", |office| {
        office.import(&home("108", "2024-12"));
        in_arrears(office, "2025-01-01", 3, Some("0.0003"));
        for (today, month) in [("2025-03-31", "2025-03"), ("2025-06-30", "2025-06"), ("2025-09-30", "2025-09")] {
            office.on(today);
            office.bill(month);
        }
        office.on("2025-12-31");
        assert_eq!(office.owed("1-1-101", "2025-12-31"), (yuan("2430.00"), yuan("133.90")));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn w10_a_payment_goes_to_the_late_fee_of_the_oldest_debt_and_on() {
    on_every_engine("2024-12-31", |office| {
        office.import(&home("108", "2024-12"));
        in_arrears(office, "2025-01-01", 3, Some("0.0003"));
        office.arrange("UPDATE contract SET allocation_policy = 'statutory_as_interest'");
        for (today, month) in [("2025-03-31", "2025-03"), ("2025-06-30", "2025-06"), ("2025-09-30", "2025-09")] {
            office.on(today);
            office.bill(month);
        }
        office.on("2025-12-31");
        let paid = office.pay("1-1-101", "1000.00", "2025-12-31", None).expect("taken");
        let shares: Vec<(Fen, Fen)> = paid.allocations.iter().map(|one| (one.late_fee, one.principal)).collect();
        assert_eq!(shares, [(yuan("66.83"), yuan("810.00")), (yuan("44.71"), yuan("78.46"))]);
        assert_eq!(office.owed("1-1-101", "2025-12-31"), (yuan("1541.54"), yuan("22.36")));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn w06_the_fee_ends_at_the_principal() {
    on_every_engine("2023-12-31", |office| {
        office.import(&home("324", "2023-12"));
        monthly(office, "2024-01-01", terms(Some("0.003"))).expect("begins");
        office.bill("2024-01");
        office.on("2025-12-31");
        assert_eq!(office.owed("1-1-101", "2025-12-31"), (yuan("810.00"), yuan("810.00")));
    });
}

#[test]
fn w09_a_daily_rate_is_flagged_and_a_multiple_of_the_lpr_is_the_loss_and_its_line() {
    let cases = [
        (terms(Some("0.0005")), "1773.90", "18.25", vec![LateFeeFlag::LikelyReduced, LateFeeFlag::AboveFourLpr]),
        (by_lpr(Decimal::ONE), "308.22", "3", vec![]),
        (by_lpr(Decimal::new(13, 1)), "400.68", "3.9", vec![]),
        (by_lpr(Decimal::TWO), "616.43", "6", vec![LateFeeFlag::LikelyReduced]),
    ];
    for (terms, fee, annual, flags) in cases {
        on_every_engine("2024-05-31", |office| {
            large_charge(office, terms.clone());
            office.on("2025-06-30");
            assert_eq!(office.owed("1-1-101", "2025-06-30"), (yuan("9720.00"), yuan(fee)));
            let tariff = show_tariff(&office.app, &Actor::local_operator(), COMMUNITY).expect("a tariff");
            let contract = &tariff.contracts[0];
            assert_eq!(contract.late_fee_annual_percent.map(|one| one.to_string()).as_deref(), Some(annual));
            assert_eq!(contract.late_fee_flags, flags);
        });
    }
}

#[test]
fn a_fee_by_lpr_is_frozen_with_its_rates_and_computed_again_from_them() {
    on_every_engine("2024-05-31", |office| {
        large_charge(office, by_lpr(Decimal::ONE));
        office.on("2025-06-30");
        let before = office.owed("1-1-101", "2025-06-30");
        office.pay("1-1-101", "4000.00", "2025-03-31", None).expect("taken");
        office.pay("1-1-101", "1000.00", "2025-06-30", None).expect("taken");
        let (principal, fee) = office.owed("1-1-101", "2025-06-30");
        assert_eq!(principal, before.0 - yuan("5000.00"));
        // 9,720 to 2025-03-31, then 5,720: 234.70... and 44.58...
        assert!(fee.is_positive() && fee < before.1, "{fee}");
        assert_eq!(office.red(), [""; 0]);
        assert!(office.demand("1-1-101", false).late_fee == fee);
        let rule = "SELECT rule FROM late_fee ORDER BY seq LIMIT 1";
        let rule: serde_json::Value =
            office.app.db.read(|tx| tx.query_one("rule", rule, &[], |row| row.take())).expect("a rule");
        assert_eq!(rule["lpr"][0], serde_json::json!(["2024-06-20", "3.45"]));
        let lower = rule.to_string().replace("3.45", "1.45");
        let text = format!("UPDATE late_fee SET rule = '{lower}'");
        office.tamper(&text);
        assert!(office.red().contains(&"late_fees_follow_from_their_rule"), "{:?}", office.red());
    });
}

#[test]
fn a_letter_says_how_a_fee_by_lpr_was_computed() {
    on_every_engine("2024-05-31", |office| {
        large_charge(office, by_lpr(Decimal::new(13, 1)));
        office.on("2025-06-30");
        office.demand("1-1-101", false);
        let body = "SELECT body FROM notice";
        let body: serde_json::Value =
            office.app.db.read(|tx| tx.query_one("letter", body, &[], |row| row.take())).expect("a letter");
        assert_eq!(body["late_fee_terms"], serde_json::json!({ "percent_per_day": "", "lpr_multiple": "1.3" }));
    });
}

#[test]
fn a_clause_that_cannot_be_is_refused() {
    on_every_engine("2026-10-31", |office| {
        office.import(&home("100", "2026-10"));
        let told = |terms: ContractTerms| {
            set_contract(&office.app, &Actor::local_operator(), COMMUNITY, &terms).expect_err("refused").to_string()
        };
        let both = ContractTerms { late_fee_rate: DailyRate::parse("0.0003").ok(), ..by_lpr(Decimal::ONE) };
        assert!(told(both).contains("只能选一种"));
        assert!(told(ContractTerms { late_fee_clause: String::new(), ..by_lpr(Decimal::ONE) }).contains("第几条"));
        assert!(told(by_lpr(Decimal::from(21))).contains("不超过 20"));
        assert!(told(by_lpr(Decimal::ZERO)).contains("大于 0"));
        assert!(told(by_lpr(Decimal::new(123_456, 5))).contains("四位小数"));
    });
}

#[test]
fn a_fee_above_the_ceiling_is_not_claimed_until_two_people_decide_otherwise() {
    on_every_engine("2024-05-31", |office| {
        large_charge(office, terms(Some("0.001")));
        office.on("2025-06-30");
        let too_high = |office: &Office| {
            let missing = office.demand("1-1-101", false).missing;
            missing.into_iter().find(|text| text.zh.contains("主张的上限")).map(|text| text.zh)
        };
        assert!(too_high(office).is_some_and(|text| text.contains("36.5%") && text.contains("24%")));
        let contract = show_tariff(&office.app, &Actor::local_operator(), COMMUNITY).expect("a tariff").contracts[0].id;
        let request = |percent| Asked::LateFeeCeiling(CeilingRequest { contract, percent });
        let me = Actor::local_operator();
        assert!(ask(&office.app, &me, office.community(), &request(0), "法务意见").is_err());
        let asked = ask(&office.app, &me, office.community(), &request(37), "恶意拖欠，法务同意").expect("asked");
        assert!(approve(&office.app, &me, office.community(), asked.id).is_err(), "not alone");
        assert!(too_high(office).is_some(), "asking is not enough");
        approve(&office.app, &second(), office.community(), asked.id).expect("approved");
        assert_eq!(too_high(office), None);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_claim_above_the_ceiling_is_refused_on_the_way_to_law_unless_counsel_asks_and_another_person_approves() {
    on_every_engine("2024-05-31", |office| {
        large_charge(office, terms(Some("0.001")));
        office.on("2025-06-30");
        office.collect("2025-06-30");
        let (me, community) = (Actor::local_operator(), office.community());
        let (case, kind) = (office.case_of("1-1-101"), "payment_order".to_owned());
        let step = Asked::LegalMatter(MatterRequest { case, kind, evidence_complete: true });
        let refused = |office: &Office| match ask(&office.app, &me, community, &step, "维护全体业主的共同利益")
        {
            Err(Refusal::Gated { missing }) => missing.into_iter().map(|text| text.zh).collect::<Vec<_>>(),
            other => panic!("it has to be refused: {other:?}"),
        };
        let too_high = |said: &[String]| said.iter().any(|one| one.contains("36.5%") && one.contains("上限 24%"));
        assert!(too_high(&refused(office)), "{:?}", refused(office));
        let contract = show_tariff(&office.app, &me, COMMUNITY).expect("a tariff").contracts[0].id;
        let override_it = Asked::LateFeeCeiling(CeilingRequest { contract, percent: 37 });
        let asked = ask(&office.app, &me, community, &override_it, "法务意见：恶意拖欠").expect("asked");
        assert!(too_high(&refused(office)), "asking is not enough");
        approve(&office.app, &second(), community, asked.id).expect("approved");
        let left = refused(office);
        assert!(!too_high(&left) && !left.is_empty(), "the rest of the gate stays: {left:?}");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM legal_matter"), 0);
    });
}
