//! Who pays the month of a handover or a change of owner: one of them, and never both.

use hemu_app::Actor;
use hemu_app::reductions::set_rules;
use hemu_domain::billing::share::ShareMethod;
use hemu_domain::billing::share_scope::ShareScope;
use hemu_domain::tariff::money_rules::MoneyRules;
use hemu_domain::tariff::prorate::HandoverRule;

use crate::office::{COMMUNITY, LIST, Office, on_every_engine};
use crate::shared_costs::cost;

/// The units billed for a month, with the kind of the payer.
fn billed(office: &Office, period: &str) -> Vec<(String, String)> {
    office.bill(period);
    let sql = format!(
        "SELECT u.label, p.kind FROM charge c JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id
        JOIN party p ON p.id = a.party_id WHERE c.period = '{period}' AND c.origin = 'bill' ORDER BY u.label, p.kind"
    );
    office.app.db.read(|tx| tx.query(&sql, &[], |row| Ok((row.take()?, row.take()?)))).expect("charges")
}

/// 1-1-101 gets a developer beside its owner: the payer of 1-1-201.
fn with_developer(office: &Office) {
    let account = "(SELECT a.party_id FROM account a JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-201')";
    assert_eq!(office.tamper(&format!("UPDATE party SET kind = 'developer' WHERE id = {account}")), 1);
    let moved = "UPDATE account SET unit_id = (SELECT id FROM unit WHERE label = '1-1-101')
        WHERE party_id IN (SELECT id FROM party WHERE kind = 'developer')";
    assert_eq!(office.arrange(moved), 1);
}

fn payers_of_101(office: &Office, period: &str) -> Vec<String> {
    let all = billed(office, period);
    all.into_iter().filter(|(unit, _)| unit == "1-1-101").map(|(_, kind)| kind).collect()
}

#[test]
fn the_developer_pays_the_month_of_handover_and_the_owner_from_the_next() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        with_developer(office);
        office.tamper("UPDATE unit SET handover_on = '2027-01-18' WHERE label = '1-1-101'");
        assert_eq!(payers_of_101(office, "2026-12"), ["developer"]);
        assert_eq!(payers_of_101(office, "2027-01"), ["developer"]);
        assert_eq!(payers_of_101(office, "2027-02"), ["person"]);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn w03_where_the_month_is_split_by_days_the_owner_pays_112_90_and_the_developer_137_10() {
    on_every_engine("2025-02-28", |office| {
        office.import(&LIST.replace("2026-10", "2025-02").replace("100,2.00", "100,2.50"));
        with_developer(office);
        let rules = MoneyRules { handover: HandoverRule::DayOf, ..MoneyRules::default() };
        set_rules(&office.app, &Actor::local_operator(), COMMUNITY, &rules).expect("set");
        office.tamper("UPDATE unit SET handover_on = '2025-03-18' WHERE label = '1-1-101'");
        office.on("2025-03-20");
        let amounts = |period: &str| -> Vec<(String, i64)> {
            office.bill(period);
            let sql = format!(
                "SELECT p.kind, c.amount_fen FROM charge c JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id
                JOIN party p ON p.id = a.party_id WHERE u.label = '1-1-101' AND c.period = '{period}' AND c.origin = 'bill'
                ORDER BY p.kind"
            );
            office.app.db.read(|tx| tx.query(&sql, &[], |row| Ok((row.take()?, row.take()?)))).expect("charges")
        };
        let both = [("developer".to_owned(), 13_710), ("person".to_owned(), 11_290)];
        assert_eq!(amounts("2025-03"), both);
        assert_eq!(amounts("2025-03"), both, "once");
        assert_eq!(amounts("2025-04"), [("person".to_owned(), 25_000)]);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn in_a_month_that_is_split_by_days_a_share_of_a_cost_is_the_owners_alone() {
    on_every_engine("2025-02-28", |office| {
        office.import(&LIST.replace("2026-10", "2025-02"));
        with_developer(office);
        let rules = MoneyRules { handover: HandoverRule::DayOf, ..MoneyRules::default() };
        set_rules(&office.app, &Actor::local_operator(), COMMUNITY, &rules).expect("set");
        office.tamper("UPDATE unit SET handover_on = '2025-03-18' WHERE label = '1-1-101'");
        office.on("2025-03-20");
        let mut cost = cost("2025-03", "40.00", ShareMethod::Area);
        cost.scope = ShareScope::parse("1-1-101").expect("a unit");
        office.share(&cost).expect("shared");
        office.bill("2025-03");
        let of = "SELECT CAST(COUNT(*) AS BIGINT) FROM charge c JOIN fee_item i ON i.id = c.fee_item_id
            JOIN account a ON a.id = c.account_id JOIN party p ON p.id = a.party_id WHERE i.kind = 'shared_cost'";
        assert_eq!(office.count(of), 1, "once");
        assert_eq!(office.count(&format!("{of} AND p.kind = 'developer'")), 0);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_month_the_developer_was_charged_whole_is_not_charged_to_the_owner_by_days() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        with_developer(office);
        let rules = MoneyRules { handover: HandoverRule::DayOf, ..MoneyRules::default() };
        set_rules(&office.app, &Actor::local_operator(), COMMUNITY, &rules).expect("set");
        office.tamper("UPDATE unit SET occupancy = 'not_handed_over' WHERE label = '1-1-101'");
        assert_eq!(payers_of_101(office, "2026-12"), ["developer"]);
        office.tamper("UPDATE unit SET occupancy = 'owner', handover_on = '2026-12-10' WHERE label = '1-1-101'");
        assert_eq!(payers_of_101(office, "2026-12"), ["developer"]);
        assert_eq!(payers_of_101(office, "2027-01"), ["person"]);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_unit_that_awaits_its_handover_is_the_developers_and_without_one_it_is_refused() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.tamper("UPDATE unit SET occupancy = 'not_handed_over' WHERE label = '1-1-101'");
        let report = office.bill("2026-12");
        assert_eq!(report.refused.iter().map(|one| one.unit.as_str()).collect::<Vec<_>>(), ["1-1-101"]);
        with_developer(office);
        assert_eq!(payers_of_101(office, "2027-01"), ["developer"]);
    });
}

#[test]
fn a_month_the_old_owner_was_charged_for_is_not_charged_to_the_new_one() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.arrange("UPDATE contract SET cycle_months = 3");
        office.arrange("UPDATE account SET paid_through = '2026-12' WHERE paid_through <> ''");
        office.bill("2027-01");
        // The payer of 1-1-201 buys 1-1-101 in February; its quarter is charged to the seller already.
        let of = |label: &str| format!("unit_id = (SELECT id FROM unit WHERE label = '{label}')");
        office.arrange(&format!("UPDATE account SET ends_on = '2027-02-10' WHERE {}", of("1-1-101")));
        office.arrange(&format!(
            "UPDATE account SET starts_on = '2027-02-11', {} WHERE {}",
            of("1-1-101"),
            of("1-1-201")
        ));
        let report = office.bill("2027-03");
        assert_eq!(report.charges, 0, "the quarter is covered");
        let next = "SELECT CAST(COUNT(*) AS BIGINT) FROM charge c JOIN account a ON a.id = c.account_id
            JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-101' AND c.period = '2027-04'";
        office.bill("2027-04");
        assert_eq!(office.count(next), 1);
    });
}
