//! What is charged in part or let off: by rule and confirmation, within limits, with an entry of its own beside the charge.

use hemu_app::approval::Asked;
use hemu_app::ledger::adjust::{AdjustRequest, Part};
use hemu_app::reductions::promotion::grant_promotion;
use hemu_app::reductions::service::ServiceRequest;
use hemu_app::reductions::vacancy::{VacancyRequest, end_discount};
use hemu_app::reductions::waive::waive;
use hemu_app::reductions::{list_reductions, set_rules};
use hemu_app::{Actor, Refusal};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::service::Finding;
use hemu_domain::staff::Role;
use hemu_domain::tariff::money_rules::MoneyRules;
use hemu_domain::{Fen, Period};
use rust_decimal::Decimal;

use crate::collector::{answer, complain, complaint};
use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit, yuan};

/// A home of 120 m² at 1.80, so 216.00 a month.
const HOME: &str = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注
1-1-101,王建国,13800138001,120,1.80,2026-10,
";

fn vacancy(from: &str, to: &str) -> VacancyRequest {
    VacancyRequest {
        unit: unit("1-1-101"), from: day(from), to: day(to), evidence: "书面申请，水表读数".to_owned()
    }
}

fn confirm(office: &Office, request: VacancyRequest) -> Result<(), Refusal> {
    office.two_people(&Asked::Vacancy(request), "长期空置").map(|_| ())
}

/// Charged and owed of a month.
fn month(office: &Office, period: &str) -> (i64, i64) {
    let of = |what: &str| {
        office.count(&format!(
            "SELECT CAST(SUM(c.{what}) AS BIGINT) FROM charge c JOIN account a ON a.id = c.account_id
            JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-101' AND c.live AND c.period = '{period}'"
        ))
    };
    (of("amount_fen"), of("open_fen"))
}

#[test]
fn w04_a_vacancy_that_was_confirmed_is_charged_216_00_and_owes_151_20() {
    on_every_engine("2026-10-31", |office| {
        office.import(HOME);
        office.bill("2026-11");
        confirm(office, vacancy("2026-12-01", "2027-05-31")).expect("confirmed");
        office.bill("2026-12");
        assert_eq!(month(office, "2026-11"), (21_600, 21_600), "before the vacancy");
        assert_eq!(month(office, "2026-12"), (21_600, 15_120));
        assert_eq!(office.owed("1-1-101", "2026-12-31").0, yuan("367.20"));
        let list = list_reductions(&office.app, &Actor::local_operator(), COMMUNITY).expect("a list");
        assert_eq!((list.discounts.len(), list.granted[0].amount), (1, yuan("64.80")));
        office.bill("2027-06");
        assert_eq!(month(office, "2027-06"), (21_600, 21_600), "after it");
        assert_eq!(office.red(), [""; 0]);
        office.tamper("UPDATE discount SET part_e4 = 6000");
        let red = office.red();
        assert!(red.contains(&"discounts_follow_from_what_was_confirmed"), "{red:?}");
    });
}

#[test]
fn w04_without_a_confirmation_a_vacant_home_owes_the_whole_and_another_rule_gives_129_60() {
    on_every_engine("2026-10-31", |office| {
        office.import(HOME);
        let rules = MoneyRules { vacancy_part: Decimal::new(6, 1), ..MoneyRules::default() };
        set_rules(&office.app, &Actor::local_operator(), COMMUNITY, &rules).expect("set");
        office.tamper("UPDATE unit SET occupancy = 'vacant', vacant_since = '2026-01-01'");
        office.bill("2026-11");
        assert_eq!(month(office, "2026-11"), (21_600, 21_600));
        confirm(office, vacancy("2026-11-01", "2027-04-30")).expect("confirmed");
        assert_eq!(month(office, "2026-11"), (21_600, 12_960), "what was billed already, too");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_was_paid_before_a_vacancy_was_confirmed_is_put_by_and_comes_back_with_its_receipt() {
    on_every_engine("2026-10-31", |office| {
        office.import(HOME);
        office.bill("2026-11");
        let paid = office.pay("1-1-101", "300.00", "2026-10-31", None).expect("taken");
        office.bill("2026-12");
        assert_eq!(month(office, "2026-12"), (21_600, 13_200), "84.00 had been put by");
        confirm(office, vacancy("2026-11-01", "2027-04-30")).expect("confirmed");
        assert_eq!(month(office, "2026-11"), (21_600, 0));
        assert_eq!((month(office, "2026-12").1, office.prepaid("1-1-101")), (6_720, yuan("64.80")));
        assert_eq!(office.red(), [""; 0]);
        office.reverse(paid.id);
        assert_eq!((month(office, "2026-11").1, month(office, "2026-12").1), (15_120, 15_120));
        assert_eq!(office.prepaid("1-1-101"), Fen::ZERO);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_wrong_price_of_a_vacant_home_is_billed_anew_with_the_same_part() {
    on_every_engine("2026-10-31", |office| {
        office.import(HOME);
        confirm(office, vacancy("2026-11-01", "2027-04-30")).expect("confirmed");
        office.bill("2026-11");
        office.rebill(&office.price_fix("1-1-101", "2026-11", "1.50"));
        assert_eq!(month(office, "2026-11"), (18_000, 12_600));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn days_against_the_rule_or_over_another_discount_are_refused() {
    on_every_engine("2026-10-31", |office| {
        office.import(HOME);
        let short = confirm(office, vacancy("2026-11-02", "2027-04-30"));
        assert!(matches!(short, Err(Refusal::InvalidInput { field: "to", .. })), "five whole months: {short:?}");
        let long = confirm(office, vacancy("2026-11-01", "2028-11-30"));
        assert!(matches!(long, Err(Refusal::InvalidInput { field: "to", .. })), "{long:?}");
        confirm(office, vacancy("2026-11-01", "2027-04-30")).expect("confirmed");
        let twice = confirm(office, vacancy("2027-04-30", "2027-12-31"));
        assert!(matches!(twice, Err(Refusal::Conflict(_))), "{twice:?}");
    });
}

#[test]
fn a_vacancy_that_ends_early_ends_with_the_months_that_were_billed() {
    on_every_engine("2026-10-31", |office| {
        office.import(HOME);
        let done =
            office.two_people(&Asked::Vacancy(vacancy("2026-11-01", "2027-10-31")), "长期空置").expect("confirmed");
        let id = done.result.expect("a discount").into();
        office.bill("2026-11");
        let end = |on: &str| end_discount(&office.app, &Actor::local_operator(), COMMUNITY, id, day(on));
        assert!(matches!(end("2026-11-15"), Err(Refusal::Conflict(_))), "November was billed with it");
        end("2026-11-30").expect("ended");
        office.bill("2026-12");
        assert_eq!(month(office, "2026-12"), (21_600, 21_600));
        assert_eq!(office.red(), [""; 0]);
    });
}

fn waiver(office: &Office, amount: &str) -> AdjustRequest {
    let charge = office.oldest_charge("1-1-102");
    AdjustRequest { charge, part: Part::Principal, kind: AdjustmentKind::Waiver, amount: yuan(amount) }
}

#[test]
fn a_waiver_within_the_limit_of_the_role_is_done_and_one_above_it_waits_for_a_second_person() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let accountant = Actor { name: "孙会计".to_owned(), role: Role::Accountant, ..Actor::local_operator() };
        let waive = |actor: &Actor, amount: &str| {
            waive(&office.app, actor, COMMUNITY, &waiver(office, amount), "电梯停用补偿").expect("let off or asked for")
        };
        let before = office.owed("1-1-102", "2026-11-05").0;
        let first = waive(&accountant, "30.00");
        assert_eq!((first.done, first.left), (true, yuan("20.00")));
        assert_eq!(office.owed("1-1-102", "2026-11-05").0, before - yuan("30.00"));
        let second = waive(&accountant, "20.01");
        assert!(!second.done && second.request.is_some(), "the second one of the month counts with the first");
        assert_eq!(office.owed("1-1-102", "2026-11-05").0, before - yuan("30.00"));
        assert!(waive(&Actor::local_operator(), "100.00").done, "a manager has a limit of his own");
        office.on("2026-12-06");
        assert_eq!(waive(&accountant, "50.00").left, Fen::ZERO);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_reduction_for_a_defect_needs_a_complaint_that_was_found_right() {
    on_every_engine("2026-10-31", |office| {
        office.import(HOME);
        office.bill("2026-11");
        office.pay("1-1-101", "216.00", "2026-10-31", None).expect("taken");
        office.bill("2026-12");
        office.collect("2027-01-05");
        let app = &office.app;
        let new = complaint(office, office.case_of("1-1-101"), "2027-01-07", Vec::new());
        let complaint = complain(office, &new);
        let sql = "SELECT c.id FROM charge c WHERE c.period = '2026-11'";
        let charge = app.db.read(|tx| tx.query_one("charge", sql, &[], |row| row.take())).expect("a charge");
        let asked = Asked::ServiceReduction(ServiceRequest { complaint, charge, amount: yuan("20.00") });
        let early = office.two_people(&asked, "电梯停用");
        assert!(matches!(early, Err(Refusal::Conflict(_))), "not looked into yet: {early:?}");
        answer(office, complaint, Finding::Valid);
        office.two_people(&asked, "电梯停用").expect("reduced");
        assert_eq!((month(office, "2026-11"), office.prepaid("1-1-101")), ((21_600, 0), yuan("20.00")));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn who_owes_nothing_and_paid_a_year_ahead_pays_a_part() {
    on_every_engine("2026-10-31", |office| {
        office.import(HOME);
        let rules = MoneyRules { promotion_part: Decimal::new(95, 2), ..MoneyRules::default() };
        let grant = || {
            let from = Period::parse("2026-11").expect("a month");
            grant_promotion(&office.app, &Actor::local_operator(), COMMUNITY, (&unit("1-1-101"), from))
        };
        assert!(matches!(grant(), Err(Refusal::Conflict(_))), "no such rule");
        set_rules(&office.app, &Actor::local_operator(), COMMUNITY, &rules).expect("set");
        office.pay("1-1-101", "2462.39", "2026-10-31", None).expect("taken");
        assert!(matches!(grant(), Err(Refusal::Conflict(_))), "a fen is missing");
        office.pay("1-1-101", "0.01", "2026-10-31", None).expect("taken");
        let granted = grant().expect("granted");
        assert_eq!((granted.whole, granted.to_pay), (yuan("2592.00"), yuan("2462.40")));
        for period in Period::parse("2026-11").expect("a month").up_to(granted.until) {
            office.bill(&period.to_string());
            assert_eq!(month(office, &period.to_string()), (21_600, 0));
        }
        assert_eq!(office.prepaid("1-1-101"), Fen::ZERO);
        assert_eq!(office.red(), [""; 0]);
    });
}
