//! Every statement is prepared on every engine, and counts the same parameters on each.

use hemu_store::{
    Db, Value, approval, arrears, audit, bank, bench, billing, closing, collection, desk, digest, ledger, legal,
    metering, migrate, outreach, reduction, registry, review, shared_costs, staff, tariff, verify,
};
use hemu_testkit::engines::for_each_engine;

fn all() -> Vec<&'static str> {
    let nested = [collection::STATEMENTS, outreach::STATEMENTS];
    let flat = [
        approval::STATEMENTS,
        arrears::STATEMENTS,
        audit::STATEMENTS,
        bank::directory::STATEMENTS,
        bank::file::STATEMENTS,
        bank::hold::STATEMENTS,
        bank::line::STATEMENTS,
        bank::part::STATEMENTS,
        bank::settlement::STATEMENTS,
        bench::STATEMENTS,
        billing::STATEMENTS,
        billing::run::STATEMENTS,
        billing::order::STATEMENTS,
        closing::balances::STATEMENTS,
        closing::chart::STATEMENTS,
        closing::facts::STATEMENTS,
        closing::invoices::STATEMENTS,
        closing::movements::STATEMENTS,
        closing::register::STATEMENTS,
        ledger::adjustment::STATEMENTS,
        ledger::allocation::STATEMENTS,
        ledger::deposit::STATEMENTS,
        ledger::late_fee::STATEMENTS,
        ledger::owed::STATEMENTS,
        ledger::posting::STATEMENTS,
        ledger::prepaid::STATEMENTS,
        ledger::print::STATEMENTS,
        ledger::receipt::STATEMENTS,
        ledger::rounding::STATEMENTS,
        ledger::tender::STATEMENTS,
        ledger::statement::STATEMENTS,
        ledger::reversal::STATEMENTS,
        ledger::view::STATEMENTS,
        desk::shift::STATEMENTS,
        desk::rule::STATEMENTS,
        legal::claimed::STATEMENTS,
        legal::matter::STATEMENTS,
        legal::notice::STATEMENTS,
        legal::proof::STATEMENTS,
        reduction::STATEMENTS,
        registry::account::STATEMENTS,
        registry::building::STATEMENTS,
        registry::contact_point::STATEMENTS,
        registry::import_file::STATEMENTS,
        registry::party::STATEMENTS,
        registry::unit::STATEMENTS,
        registry::contact::STATEMENTS,
        registry::edit::STATEMENTS,
        registry::flag::STATEMENTS,
        registry::member::STATEMENTS,
        registry::overview::STATEMENTS,
        registry::unit_page::STATEMENTS,
        review::STATEMENTS,
        shared_costs::STATEMENTS,
        staff::STATEMENTS,
        staff::caller::STATEMENTS,
        tariff::contract::STATEMENTS,
        tariff::standard::STATEMENTS,
        tariff::unit_fee::STATEMENTS,
        tariff::display::STATEMENTS,
        digest::STATEMENTS,
    ];
    nested
        .into_iter()
        .chain([verify::STATEMENTS, metering::STATEMENTS])
        .flatten()
        .chain(&flat)
        .flat_map(|statements| statements.iter().copied())
        .collect()
}

#[test]
fn every_statement_is_understood_by_every_engine() {
    for_each_engine(|url| {
        let db = Db::open(url).expect("opens");
        migrate::migrate(&db).expect("migrates");
        for sql in all() {
            // A list of ids is any number of places.
            let sql = &sql.replace("{ids}", &format!("${}", highest_place(sql) + 1));
            let places = db.read(|tx| tx.prepare_only(sql)).unwrap_or_else(|error| panic!("{error}\n{sql}"));
            assert_eq!(places, highest_place(sql), "{sql}");
        }
    });
}

fn highest_place(sql: &str) -> usize {
    let numbers = sql.split('$').skip(1).map(|rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    });
    numbers.max().unwrap_or(0)
}

#[test]
fn every_part_of_a_search_is_found_by_an_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(&format!("sqlite:{}", folder.path().join("plans.db").display())).expect("opens");
    migrate::migrate(&db).expect("migrates");
    let search = registry::overview::STATEMENTS.iter().find(|sql| sql.contains("value_index")).expect("the search");
    let nothing = vec![Value::Null; highest_place(search)];
    let steps = db.read(|tx| tx.query(&format!("EXPLAIN QUERY PLAN {search}"), &nothing, |row| row.get::<String>(3)));
    let steps = steps.expect("a plan");
    let scans: Vec<_> = steps.iter().filter(|step| step.starts_with("SCAN")).collect();
    assert!(scans.iter().all(|step| ["SCAN f", "SCAN x"].contains(&step.as_str())), "only what was found: {steps:#?}");
    assert!(!steps.iter().any(|step| step.ends_with("(community_id=?)")), "not the whole community: {steps:#?}");
    for index in ["unit_by_room", "contact_point_by_end", "party_by_name", "party_by_initials"] {
        assert!(steps.iter().any(|step| step.contains(index)), "{index}: {steps:#?}");
    }
}
