//! The end of the service: whoever paid ahead gets the months that are not served back, at the price they were paid at.

use hemu_app::approval::Asked;
use hemu_app::billing::rebill::service_end::{RefundList, ServiceEndRequest, list_refunds, preview_service_end};
use hemu_app::ledger::refund::RefundRequest;
use hemu_app::reductions::promotion::grant_promotion;
use hemu_app::reductions::{set_rules, show_rules};
use hemu_app::{Actor, Refusal};
use hemu_domain::{Fen, Period};
use rust_decimal::Decimal;

use crate::contracts::begin;
use crate::office::{COMMUNITY, Office, day, on_every_engine, unit, yuan};

/// 100 m² at 2.50 are 250.00 a month.
const HOME: &str = "1-1-101";
const LIST: &str = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注
1-1-101,王建国,13800138001,100,2.50,2024-12,
";

/// The home at the beginning of 2025, billed by the year or by the month.
fn home(office: &Office, cycle_months: u32) {
    office.import(LIST);
    begin(office, "2025-01-01", cycle_months, None);
    office.on("2025-01-02");
}

/// Twelve months are paid ahead at 95 %.
fn with_promotion(office: &Office) {
    let operator = Actor::local_operator();
    let rules = show_rules(&office.app, &operator, COMMUNITY).expect("rules");
    let (promotion_months, prepay_most_months) = (12, 12);
    let rules = hemu_domain::tariff::money_rules::MoneyRules {
        promotion_part: Decimal::new(95, 2),
        promotion_months,
        prepay_most_months,
        ..rules
    };
    set_rules(&office.app, &operator, COMMUNITY, &rules).expect("set");
    office.pay(HOME, "2850.00", "2025-01-02", None).expect("paid ahead");
    let from = Period::parse("2025-01").expect("a month");
    let granted = grant_promotion(&office.app, &operator, COMMUNITY, (&unit(HOME), from)).expect("granted");
    assert_eq!((granted.whole, granted.to_pay), (yuan("3000.00"), yuan("2850.00")));
}

fn refunds(office: &Office) -> RefundList {
    list_refunds(&office.app, &Actor::local_operator(), COMMUNITY).expect("a list")
}

fn end(office: &Office, on: &str) -> Result<(), Refusal> {
    office.two_people(&Asked::ServiceEnd(ServiceEndRequest { on: day(on) }), "业主大会解聘").map(|_| ())
}

/// Ends the service on 2025-08-31, and gives back what was paid for the four months after it.
fn end_and_refund(office: &Office, expected: &str) {
    office.on("2025-08-20");
    end(office, "2025-08-31").expect("ended");
    let list = refunds(office);
    assert_eq!((list.put_by, list.owed, list.accounts.len()), (yuan(expected), Fen::ZERO, 1));
    office.bill("2025-09");
    assert_eq!(refunds(office).put_by, yuan(expected), "no month after the end is billed");
    let receipt = &list.accounts[0].receipts[0];
    let request = RefundRequest { receipt: receipt.receipt, amount: receipt.left, method: None };
    office.two_people(&Asked::Refund(request), "服务终止退费").expect("refunded");
    assert_eq!(refunds(office), RefundList::default());
    let back = "SELECT CAST(SUM(amount_fen) AS BIGINT) FROM receipt WHERE amount_fen < 0";
    assert_eq!(office.count(back), -yuan(expected).get());
    let charged = "SELECT CAST(SUM(amount_fen) AS BIGINT) FROM charge";
    assert_eq!(office.count(charged), 200_000, "eight months at 250.00");
    assert_eq!(office.red(), [""; 0]);
}

#[test]
fn w27_a_year_billed_at_once_gives_back_1000_for_the_four_months_that_are_not_served() {
    on_every_engine("2024-12-20", |office| {
        home(office, 12);
        office.bill("2025-01");
        office.pay(HOME, "3000.00", "2025-01-02", None).expect("paid");
        end_and_refund(office, "1000.00");
    });
}

#[test]
fn w27_a_year_billed_at_once_with_five_percent_off_gives_back_950() {
    on_every_engine("2024-12-20", |office| {
        home(office, 12);
        with_promotion(office);
        office.bill("2025-01");
        end_and_refund(office, "950.00");
    });
}

#[test]
fn w27_a_year_put_by_and_billed_month_by_month_gives_back_the_same() {
    for (promotion, expected) in [(false, "1000.00"), (true, "950.00")] {
        on_every_engine("2024-12-20", |office| {
            home(office, 1);
            if promotion {
                with_promotion(office);
            } else {
                office.pay(HOME, "3000.00", "2025-01-02", None).expect("paid ahead");
            }
            for month in 1..=8 {
                office.on(&format!("2025-{month:02}-05"));
                office.bill(&format!("2025-{month:02}"));
            }
            end_and_refund(office, expected);
        });
    }
}

#[test]
fn what_was_billed_after_the_end_and_not_paid_is_owed_no_more() {
    on_every_engine("2024-12-20", |office| {
        home(office, 1);
        for month in ["2025-01", "2025-02", "2025-03"] {
            office.bill(month);
        }
        office.on("2025-04-02");
        assert_eq!(office.owed(HOME, "2025-04-02").0, yuan("750.00"));
        let request = ServiceEndRequest { on: day("2025-01-31") };
        let preview =
            preview_service_end(&office.app, &Actor::local_operator(), COMMUNITY, &request).expect("a preview");
        assert_eq!((preview.was, preview.becomes, preview.put_by), (yuan("500.00"), Fen::ZERO, Fen::ZERO));
        assert_eq!(office.owed(HOME, "2025-04-02").0, yuan("750.00"), "a preview writes nothing");
        end(office, "2025-01-31").expect("ended");
        assert_eq!(office.owed(HOME, "2025-04-02").0, yuan("250.00"), "what was served is owed as before");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_contract_that_begins_later_is_billed_again() {
    on_every_engine("2024-12-20", |office| {
        home(office, 1);
        end(office, "2025-01-31").expect("ended");
        office.bill("2025-02");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM charge"), 0);
        begin(office, "2025-03-01", 1, None);
        office.bill("2025-03");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM charge"), 1);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_day_within_a_month_or_a_second_end_or_one_before_a_contract_that_follows_is_refused() {
    on_every_engine("2024-12-20", |office| {
        home(office, 1);
        for wrong in ["2025-08-15", "1999-12-31", "2027-01-31"] {
            let refused = end(office, wrong);
            assert!(matches!(refused, Err(Refusal::InvalidInput { field: "on", .. })), "{wrong}: {refused:?}");
        }
        assert!(matches!(end(office, "2024-11-30"), Err(Refusal::Conflict(_))), "another contract follows");
        end(office, "2025-03-31").expect("ended");
        assert!(matches!(end(office, "2025-06-30"), Err(Refusal::Conflict(_))), "it ended");
        assert_eq!(office.red(), [""; 0]);
        office.tamper("UPDATE contract SET service_ends_on = '2025-06-30' WHERE service_ends_on IS NOT NULL");
        assert!(office.red().contains(&"services_end_when_two_people_agreed"));
    });
}
