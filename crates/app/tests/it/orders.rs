//! Orders: charged once by the next bill, cancelled only before, owed by whoever ordered them.

use hemu_app::billing::orders::{NewOrder, OrderMade, cancel_order, list_orders, record_order};
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::units::NewOwner;
use hemu_app::{Actor, Refusal};
use hemu_domain::import::rows::PROPERTY_FEE;
use hemu_domain::{Period, UnitPrice};

use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit, yuan};

fn order(office: &Office, label: &str, item: &str, period: Option<&str>) -> Result<OrderMade, Refusal> {
    let new = NewOrder {
        unit: unit(label),
        item: item.to_owned(),
        quantity: 2,
        counted_in: "张".to_owned(),
        price: UnitPrice::parse("15.005").expect("a price"),
        basis: "业主补办门禁卡，价目表第 3 项".to_owned(),
        period: period.map(|text| Period::parse(text).expect("a month")),
    };
    record_order(&office.app, &Actor::local_operator(), COMMUNITY, &new)
}

fn states(office: &Office) -> Vec<&'static str> {
    let orders = list_orders(&office.app, &Actor::local_operator(), COMMUNITY).expect("orders");
    orders.into_iter().map(|one| one.state).collect()
}

#[test]
fn the_next_bill_takes_an_order_up_and_no_other_bill_does() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-01");
        let before = office.bill("2026-11");
        let made = order(office, "1-1-101", "门禁卡工本费", None).expect("recorded");
        order(office, "1-1-101", "门禁卡工本费", None).expect("a second one of the same kind");
        assert_eq!((made.amount, states(office)), (yuan("30.01"), vec!["open", "open"]));
        let again = office.bill("2026-11");
        assert_eq!((again.bills, again.charges, again.total), (0, 2, yuan("60.02")), "added to the bill that is there");
        assert_eq!(states(office), ["billed", "billed"]);
        assert_eq!(office.bill("2026-11").charges, 0, "once");
        office.on("2026-12-01");
        assert_eq!(office.bill("2026-12").total, before.total, "and not on the next bill");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn an_order_of_a_month_that_is_over_goes_on_the_next_bill_also_for_an_item_that_is_paid_monthly() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-30");
        office.bill("2026-11");
        order(office, "1-1-101", PROPERTY_FEE, Some("2026-11")).expect("recorded");
        office.on("2026-12-01");
        let december = office.bill("2026-12");
        assert_eq!((december.charges, december.refused.len()), (5, 0), "four fees and the order");
        assert_eq!(office.bill("2026-11").charges, 0);
        assert_eq!(office.bill("2027-01").charges, 4, "once");
        let kinds = "SELECT CAST(COUNT(*) AS BIGINT) FROM charge WHERE period = '2026-11' AND occurrence >= 100
            AND due_on = '2026-12-31'";
        assert_eq!(office.count(kinds), 1, "of its month, due with the bill it is on");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_is_cancelled_is_never_billed_and_what_is_billed_is_not_cancelled() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-01");
        let (first, second) = (order(office, "1-1-101", "门禁卡", None), order(office, "1-1-102", "门禁卡", None));
        let cancel = |made: &OrderMade, reason: &str| {
            cancel_order(&office.app, &Actor::local_operator(), COMMUNITY, made.id, reason)
        };
        let (first, second) = (first.expect("recorded"), second.expect("recorded"));
        assert!(matches!(cancel(&first, " "), Err(Refusal::InvalidInput { .. })), "no reason");
        cancel(&first, "业主不办了").expect("cancelled");
        assert!(matches!(cancel(&first, "再来一次"), Err(Refusal::Conflict(_))));
        assert_eq!(office.bill("2026-11").charges, 5);
        assert!(matches!(cancel(&second, "业主不办了"), Err(Refusal::Conflict(_))), "it is billed");
        assert_eq!(states(office), ["billed", "cancelled"]);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_was_ordered_is_owed_by_whoever_ordered_it_after_the_unit_is_sold() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-05");
        order(office, "1-1-101", "装修垃圾清运费", Some("2026-12")).expect("recorded");
        office.on("2026-11-10");
        let owners = vec![NewOwner::Named("顾清源".to_owned())];
        let change =
            ChangeOwner { community: COMMUNITY.to_owned(), unit: unit("1-1-101"), owners, on: day("2026-11-10") };
        change_owner(&office.app, &Actor::local_operator(), &change).expect("changed");
        office.on("2026-12-01");
        office.bill("2026-12");
        let of = "SELECT CAST(COUNT(*) AS BIGINT) FROM charge c JOIN account a ON a.id = c.account_id
            JOIN party p ON p.id = a.party_id WHERE c.occurrence >= 100 AND p.name = '王建国'";
        assert_eq!(office.count(of), 1);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn an_order_that_comes_to_nothing_or_lies_behind_is_refused() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let told =
            |label: &str, item: &str, period: Option<&str>| order(office, label, item, period).expect_err("refused");
        assert!(matches!(told("9-9-999", "门禁卡", None), Refusal::NotFound(_)));
        assert!(matches!(told("1-1-101", "", None), Refusal::InvalidInput { .. }));
        assert!(told("1-1-101", "门禁卡", Some("2026-09")).to_string().contains("2026-09"));
        assert!(matches!(told("1-1-101", "门禁卡", Some("2028-01")), Refusal::InvalidInput { .. }));
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM fee_order"), 0);
    });
}
