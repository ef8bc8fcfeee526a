//! The tester says what the bill run then charges, to whom, and what is taken off: home by home of a community that has all cases.

use std::collections::BTreeMap;

use hemu_app::Actor;
use hemu_app::approval::Asked;
use hemu_app::billing::explain::{UnitAnswer, explain_unit};
use hemu_app::billing::orders::{NewOrder, record_order};
use hemu_app::reductions::promotion::grant_promotion;
use hemu_app::reductions::set_rules;
use hemu_app::reductions::vacancy::VacancyRequest;
use hemu_app::registry::payer::{ChangePayer, change_payer};
use hemu_app::registry::units::NewOwner;
use hemu_domain::billing::share::ShareMethod;
use hemu_domain::tariff::money_rules::MoneyRules;
use hemu_domain::tariff::prorate::HandoverRule;
use hemu_domain::{Fen, Period, UnitPrice};
use rust_decimal::Decimal;

use crate::office::{COMMUNITY, Office, day, on_every_engine, unit, yuan};
use crate::shared_costs::cost;

/// Plain, vacant, handed over inside a month, let, not handed over, paid ahead, with a promotion, with a price of its own; and the
/// developer's own.
const MIXED: &str = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至
1-1-101,王一,13800138001,100,2.00,2026-10
1-1-102,李二,13800138002,89.32,2.35,2026-10
1-1-201,张三,13800138003,50,2.00,2026-10
1-1-202,赵四,13800138004,120.5,1.80,2026-10
2-1-101,钱五,13800138005,80,2.00,2026-10
2-1-102,孙六,13800138006,80,2.00,2026-12
2-1-201,周七,13800138007,80,2.00,2026-10
2-1-202,吴八,13800138008,77.7,3.33,2026-10
3-1-101,建设公司,13800138009,60,2.00,2026-10
";

const UNITS: [&str; 9] =
    ["1-1-101", "1-1-102", "1-1-201", "1-1-202", "2-1-101", "2-1-102", "2-1-201", "2-1-202", "3-1-101"];

fn mixed(office: &Office) {
    office.import(MIXED);
    let rules = MoneyRules {
        handover: HandoverRule::DayOf,
        promotion_part: Decimal::new(95, 2),
        promotion_months: 2,
        ..MoneyRules::default()
    };
    let me = Actor::local_operator();
    set_rules(&office.app, &me, COMMUNITY, &rules).expect("set");
    office.tamper("UPDATE party SET kind = 'developer' WHERE name = '建设公司'");
    let moved = "UPDATE account SET unit_id = (SELECT id FROM unit WHERE label = '1-1-201')
        WHERE party_id IN (SELECT id FROM party WHERE kind = 'developer')";
    assert_eq!(office.arrange(moved), 1);
    office.tamper("UPDATE unit SET handover_on = '2026-12-18' WHERE label = '1-1-201'");
    office.tamper("UPDATE unit SET occupancy = 'not_handed_over' WHERE label = '2-1-101'");
    let (from, to, evidence) = (day("2026-12-01"), day("2027-05-31"), "书面申请，水表读数".to_owned());
    let vacancy = VacancyRequest { unit: unit("1-1-102"), from, to, evidence };
    office.two_people(&Asked::Vacancy(vacancy), "长期空置").expect("confirmed");
    office.pay("2-1-201", "500.00", "2026-10-31", None).expect("taken");
    let december = Period::parse("2026-12").expect("a month");
    grant_promotion(&office.app, &me, COMMUNITY, (&unit("2-1-201"), december)).expect("granted");
}

fn in_december(office: &Office) {
    let me = Actor::local_operator();
    office.on("2026-12-01");
    let change = ChangePayer {
        community: COMMUNITY.to_owned(),
        unit: unit("1-1-202"),
        payer: NewOwner::Named("郑租".to_owned()),
        on: day("2026-12-01"),
        agreement: "租赁合同第五条".to_owned(),
    };
    change_payer(&office.app, &me, &change).expect("agreed");
    office.share(&cost("2026-12", "321.09", ShareMethod::Area)).expect("shared");
    let order = NewOrder {
        unit: unit("1-1-101"),
        item: "门禁卡".to_owned(),
        quantity: 2,
        counted_in: "张".to_owned(),
        price: UnitPrice::parse("15").expect("a price"),
        basis: "补卡".to_owned(),
        period: None,
    };
    record_order(&office.app, &me, COMMUNITY, &order).expect("ordered");
}

fn ask(office: &Office, label: &str, period: &str) -> UnitAnswer {
    let of = (&unit(label), Period::parse(period).expect("a month"));
    explain_unit(&office.app, &Actor::local_operator(), COMMUNITY, of).expect("an answer")
}

/// What the tester says each payer of each unit pays for a month.
fn told(office: &Office, period: &str) -> BTreeMap<(String, String), Fen> {
    let mut sums = BTreeMap::new();
    for label in UNITS {
        for line in ask(office, label, period).lines {
            let (Some(payer), Some(to_pay)) = (line.payer, line.to_pay) else { continue };
            *sums.entry((label.to_owned(), payer)).or_insert(Fen::ZERO) += to_pay;
        }
    }
    sums
}

/// What the bills of a month then have, what was taken off left out.
fn billed(office: &Office, period: &str) -> BTreeMap<(String, String), Fen> {
    office.bill(period);
    let sql = format!(
        "SELECT u.label, p.name, CAST(SUM(c.amount_fen - COALESCE((SELECT SUM(j.amount_fen) FROM adjustment j
            WHERE j.charge_id = c.id), 0)) AS BIGINT) FROM charge c
        JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id JOIN party p ON p.id = a.party_id
        WHERE c.period = '{period}' AND c.live AND c.origin = 'bill' GROUP BY u.label, p.name"
    );
    let rows = office.app.db.read(|tx| tx.query(&sql, &[], |row| Ok(((row.take()?, row.take()?), row.take()?))));
    rows.expect("charges").into_iter().collect()
}

#[test]
fn the_tester_says_what_the_bill_run_then_charges_to_whom_and_what_is_taken_off() {
    on_every_engine("2026-10-31", |office| {
        mixed(office);
        for period in ["2026-11", "2026-12", "2027-01"] {
            if period == "2026-12" {
                in_december(office);
            }
            let expected = told(office, period);
            assert_eq!(billed(office, period), expected, "{period}");
            assert!(expected.len() >= 6, "{expected:?}");
        }
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn the_tester_names_payer_role_and_reduction() {
    on_every_engine("2026-10-31", |office| {
        mixed(office);
        in_december(office);
        let of = |label: &str| ask(office, label, "2026-12").lines;
        let split: Vec<_> = of("1-1-201").into_iter().filter(|line| line.item == "物业服务费").collect();
        let mut seen: Vec<_> = split.iter().map(|line| (line.payer_role, line.amount)).collect();
        seen.sort();
        // 100.00 for 17 and 14 of 31 days.
        assert_eq!(seen, [(Some("developer"), Some(yuan("54.84"))), (Some("owner"), Some(yuan("45.16")))]);
        let vacant = &of("1-1-102")[0];
        assert_eq!((vacant.amount, vacant.to_pay), (Some(yuan("209.90")), Some(yuan("146.93"))));
        assert_eq!(vacant.reductions[0].kind.zh, "空置优惠");
        assert_eq!((of("1-1-202")[0].payer.as_deref(), of("1-1-202")[0].payer_role), (Some("郑租"), Some("tenant")));
        assert!(of("2-1-101")[0].problem.as_ref().is_some_and(|why| why.contains("建设单位")));
        let ahead = &of("2-1-102")[0];
        assert_eq!((ahead.amount, ahead.to_pay), (Some(yuan("160.00")), None), "paid through December");
        assert_eq!(of("2-1-201")[0].to_pay, Some(yuan("152.00")), "5 % off for paying ahead");
    });
}
