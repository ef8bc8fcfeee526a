//! Every statement is prepared on every engine, and counts the same parameters on each.

use hemu_store::{
    Db, Value, approval, arrears, attachment, audit, bank, bench, billing, closing, collection, desk, digest, kept,
    ledger, legal, metering, migrate, outreach, readiness, reduction, registry, review, service, shared_costs, staff,
    tariff, verify,
};
use hemu_testkit::engines::for_each_engine;

fn all() -> Vec<&'static str> {
    let nested = [collection::STATEMENTS, outreach::STATEMENTS, service::STATEMENTS];
    let flat = [
        approval::STATEMENTS,
        arrears::STATEMENTS,
        attachment::STATEMENTS,
        audit::STATEMENTS,
        bank::directory::STATEMENTS,
        bank::file::STATEMENTS,
        bank::hold::STATEMENTS,
        bank::line::STATEMENTS,
        bank::part::STATEMENTS,
        bank::settlement::STATEMENTS,
        bench::STATEMENTS,
        billing::STATEMENTS,
        billing::opening::STATEMENTS,
        billing::run::STATEMENTS,
        billing::order::STATEMENTS,
        closing::balances::STATEMENTS,
        closing::chart::STATEMENTS,
        closing::facts::STATEMENTS,
        closing::invoice_lines::STATEMENTS,
        closing::invoices::STATEMENTS,
        closing::movements::STATEMENTS,
        closing::register::STATEMENTS,
        ledger::adjustment::STATEMENTS,
        ledger::allocation::STATEMENTS,
        ledger::deposit::STATEMENTS,
        ledger::late_fee::STATEMENTS,
        ledger::owed::STATEMENTS,
        ledger::owing::STATEMENTS,
        ledger::posting::STATEMENTS,
        ledger::prepaid::STATEMENTS,
        ledger::print::STATEMENTS,
        ledger::receipt::STATEMENTS,
        ledger::rounding::STATEMENTS,
        ledger::tender::STATEMENTS,
        ledger::together::STATEMENTS,
        ledger::statement::STATEMENTS,
        ledger::reversal::STATEMENTS,
        ledger::view::STATEMENTS,
        desk::shift::STATEMENTS,
        desk::rule::STATEMENTS,
        legal::claimed::STATEMENTS,
        legal::matter::STATEMENTS,
        legal::notice::STATEMENTS,
        legal::proof::STATEMENTS,
        readiness::STATEMENTS,
        reduction::STATEMENTS,
        registry::account::STATEMENTS,
        registry::building::STATEMENTS,
        registry::contact_point::STATEMENTS,
        registry::import_file::STATEMENTS,
        registry::party::STATEMENTS,
        registry::unit::STATEMENTS,
        registry::contact::STATEMENTS,
        registry::contact_limit::STATEMENTS,
        registry::edit::STATEMENTS,
        registry::flag::STATEMENTS,
        registry::member::STATEMENTS,
        registry::overview::STATEMENTS,
        registry::unit_page::STATEMENTS,
        review::STATEMENTS,
        review::fairness::STATEMENTS,
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
        .chain(kept::statements())
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
    let steps: Vec<String> = plan(&db, search).into_iter().map(|(_, _, step)| step).collect();
    let scans: Vec<_> = steps.iter().filter(|step| step.starts_with("SCAN")).collect();
    assert!(scans.iter().all(|step| ["SCAN f", "SCAN x"].contains(&step.as_str())), "only what was found: {steps:#?}");
    assert!(!steps.iter().any(|step| step.ends_with("(community_id=?)")), "not the whole community: {steps:#?}");
    for index in ["unit_by_room", "contact_point_by_end", "party_by_name", "party_by_initials"] {
        assert!(steps.iter().any(|step| step.contains(index)), "{index}: {steps:#?}");
    }
}

/// A step of a plan: its number, that of what it is a part of, and its words.
type Step = (i64, i64, String);

fn plan(db: &Db, sql: &str) -> Vec<Step> {
    let nothing = vec![Value::Null; highest_place(sql)];
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let read = |row: &hemu_store::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(3)?));
    db.read(|tx| tx.query(&explain, &nothing, read)).unwrap_or_else(|error| panic!("{error}\n{sql}"))
}

/// Whether a loop goes over a whole community, or a whole table that is not made by the statement itself.
fn goes_over_all(step: &str, steps: &[Step]) -> bool {
    let table = step.split(' ').nth(1).unwrap_or_default();
    let made = ["CO-ROUTINE", "MATERIALIZE"].map(|how| format!("{how} {table}"));
    let scan = step.starts_with("SCAN ") && step != "SCAN CONSTANT ROW";
    (scan || step.starts_with("SEARCH ") && step.contains("(community_id=?)"))
        && !steps.iter().any(|(_, _, one)| made.contains(one))
}

/// The loops inside another loop, or in a part that is worked out again for every row, that go over a whole community.
fn loops_in_loops(steps: &[Step]) -> Vec<&str> {
    // What is only asked whether it is there ends after its first row.
    let is_loop = |step: &str| (step.starts_with("SCAN ") || step.starts_with("SEARCH ")) && !step.contains(" EXISTS ");
    let again = |id: i64| steps.iter().any(|(one, _, step)| *one == id && step.starts_with("CORRELATED"));
    let inner = |place: usize, parent: i64| {
        again(parent) || steps[..place].iter().any(|(_, other, before)| *other == parent && is_loop(before))
    };
    let offends = |(place, (_, parent, step)): &(usize, &Step)| inner(*place, *parent) && goes_over_all(step, steps);
    steps.iter().enumerate().filter(offends).map(|(_, (_, _, step))| step.as_str()).collect()
}

#[test]
fn no_statement_goes_over_a_community_for_each_row_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(&format!("sqlite:{}", folder.path().join("plans.db").display())).expect("opens");
    migrate::migrate(&db).expect("migrates");
    let mut offending = String::new();
    for sql in all() {
        let sql = sql.replace("{ids}", &format!("${}", highest_place(sql) + 1));
        let steps = plan(&db, &sql);
        let found = loops_in_loops(&steps);
        if !found.is_empty() {
            let words: Vec<&str> = steps.iter().map(|(_, _, step)| step.as_str()).collect();
            offending.push_str(&format!("{}\nof\n{}\nin\n{sql}\n\n", found.join("\n"), words.join("\n")));
        }
    }
    assert!(offending.is_empty(), "{offending}");
}

/// The second columns of the indexes of every table, after the community.
fn second_columns(db: &Db) -> Vec<(String, String)> {
    let sql = "SELECT m.tbl_name, c.name FROM sqlite_master m JOIN pragma_index_info(m.name) c ON c.seqno = 1
        JOIN pragma_index_info(m.name) f ON f.seqno = 0 AND f.name = 'community_id' WHERE m.type = 'index' AND c.name IS NOT NULL";
    db.read(|tx| tx.query(sql, &[], |row| Ok((row.get(0)?, row.get(1)?)))).expect("the indexes")
}

/// Whether a statement calls a table by a name.
fn calls(sql: &str, table: &str, name: &str) -> bool {
    let ends = |at: usize| !sql[at..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
    let is_called = |words: &str| sql.match_indices(words).any(|(at, _)| ends(at + words.len()));
    let written = if name == table { table.to_owned() } else { format!("{table} {name}") };
    ["FROM", "JOIN", "UPDATE", "INTO"].iter().any(|before| is_called(&format!("{before} {written}")))
}

/// Steps that go over a community though the statement says which row it wants, and an index knows where that is.
fn needless_walks<'a>(sql: &str, steps: &'a [Step], indexed: &[(String, String)]) -> Vec<&'a str> {
    // A condition in parentheses is one of several, or may be left open.
    let says = |condition: String| ["WHERE", "AND"].iter().any(|before| sql.contains(&format!("{before} {condition}")));
    let asks = |name: &str, column: &str| {
        says(format!("{name}.{column} = $")) || (!sql.contains(&format!("{name}.")) && says(format!("{column} = $")))
    };
    let needless = |step: &&'a str| {
        let name = step.split(' ').nth(1).unwrap_or_default();
        step.starts_with("SEARCH ")
            && step.ends_with("(community_id=?)")
            && indexed.iter().any(|(table, column)| calls(sql, table, name) && asks(name, column))
    };
    steps.iter().map(|(_, _, step)| step.as_str()).filter(needless).collect()
}

#[test]
fn a_statement_that_names_its_row_finds_it_by_the_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(&format!("sqlite:{}", folder.path().join("plans.db").display())).expect("opens");
    migrate::migrate(&db).expect("migrates");
    let indexed = second_columns(&db);
    assert!(indexed.len() > 50, "the indexes are read: {indexed:?}");
    let mut offending = String::new();
    for sql in all() {
        let sql = sql.replace("{ids}", &format!("${}", highest_place(sql) + 1));
        let steps = plan(&db, &sql);
        let found = needless_walks(&sql, &steps, &indexed);
        if !found.is_empty() {
            offending.push_str(&format!("{}\nin\n{sql}\n\n", found.join("\n")));
        }
    }
    assert!(offending.is_empty(), "{offending}");
}
