//! What a run promises whatever order things are entered in: repeated, skipped, interrupted, tried out, replayed.

use hemu_app::Actor;
use hemu_app::collection::RunReport;
use hemu_app::collection::replay::{ReplayScope, replay};
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::units::NewOwner;
use hemu_domain::collection::Policy;
use hemu_domain::collection::hold::HoldKind;
use serde_json::{Value as Json, json};

use crate::collector::{community, hold, release, run, send, text, try_run};
use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit};

/// One owner of two units, both in arrears: the same name and telephone number.
const TWO_UNITS: &str = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注
2-1-101,郑同一,13900139001,100,2.00,2026-06,
2-1-102,郑同一,13900139001,50,2.00,2026-08,
";

fn count(office: &Office, table_where: &str) -> i64 {
    office.count(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table_where}"))
}

/// How many rows each table has that a run writes to.
fn rows(office: &Office) -> Vec<i64> {
    let tables = ["collection_run", "decision", "action", "task", "case_file", "policy", "audit_entry", "promise"];
    tables.iter().map(|table| count(office, table)).chain([office.count("SELECT fact_seq FROM community")]).collect()
}

#[test]
fn a_dry_run_says_what_a_run_would_do_and_writes_nothing() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let before = rows(office);
        office.on("2026-11-01");
        let tried = try_run(office, "2026-11-01", &Policy::v1(), true).expect("tries");
        assert_eq!(rows(office), before);
        let done = run(office, "2026-11-01");
        assert!(tried.run.is_none() && done.run.is_some());
        assert_eq!(RunReport { run: None, ..done }, tried, "the run that follows does just that");
    });
}

#[test]
fn a_run_repeated_for_the_same_day_plans_nothing_new_and_one_for_an_earlier_day_is_refused() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-05");
        send(office);
        let actions = count(office, "action");
        for _ in 0..2 {
            assert!(run(office, "2026-11-05").actions.is_empty());
        }
        assert_eq!(count(office, "action"), actions);
        let before = rows(office);
        let refused = try_run(office, "2026-11-04", &Policy::v1(), false).expect_err("refused");
        assert!(refused.to_string().contains("2026-11-05"), "{refused}");
        assert_eq!(rows(office), before);
    });
}

#[test]
fn a_run_whose_process_died_is_taken_over_at_once() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        office.tamper("UPDATE collection_run SET status = 'running', finished_at = NULL");
        let next = run(office, "2026-11-02");
        assert_eq!(next.cases, 2);
        assert_eq!(count(office, "collection_run WHERE status = 'taken_over'"), 1);
        assert_eq!(count(office, "collection_run WHERE status = 'done'"), 1);
    });
}

#[test]
fn months_without_a_run_are_made_up_for_by_one_step_per_case() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        send(office);
        let late = run(office, "2027-02-10");
        assert_eq!(count(office, "action WHERE planned_on = '2027-02-10'"), late.actions.values().sum::<i64>());
        assert!(late.actions.values().sum::<i64>() <= 2, "{late:?}");
        assert_eq!(late.stages["demand"], 0, "no stage is skipped");
    });
}

#[test]
fn one_payer_of_several_units_has_one_case_and_gets_one_message_about_all_of_them() {
    on_every_engine("2026-10-31", |office| {
        office.import(TWO_UNITS);
        let report = run(office, "2026-11-01");
        assert_eq!((report.cases, report.actions["message"]), (1, 1), "{report:?}");
        assert_eq!(send(office).sent, 1);
        let files = std::fs::read_dir(office.app.files()).expect("a folder");
        let body: String =
            files.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("text")).collect();
        assert!(body.contains("2-1-101") && body.contains("2-1-102") && body.contains("1,000.00"), "{body}");
        office.pay("2-1-101", "800.00", "2026-11-01", None).expect("taken");
        assert_eq!(run(office, "2026-11-02").closed, 0, "the other unit still owes");
        office.pay("2-1-102", "200.00", "2026-11-02", None).expect("taken");
        assert_eq!(run(office, "2026-11-03").closed, 1);
    });
}

#[test]
fn two_payers_of_one_unit_have_a_case_each_for_the_months_each_owned() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-01");
        let request = ChangeOwner {
            community: COMMUNITY.to_owned(),
            unit: unit("1-1-102"),
            owners: vec![NewOwner::Named("钱新来".to_owned())],
            on: day("2026-11-01"),
        };
        change_owner(&office.app, &Actor::local_operator(), &request).expect("sold");
        office.bill("2026-11");
        let report = run(office, "2026-12-10");
        let of_unit = "case_file c JOIN account a ON a.party_id = c.party_id JOIN unit u ON u.id = a.unit_id
            WHERE u.label = '1-1-102'";
        assert_eq!(count(office, of_unit), 2, "{report:?}");
        let overdue = |open: i64| count(office, &format!("action WHERE open_fen = {open}"));
        assert_eq!((overdue(146_930), overdue(20_990)), (1, 1), "each is asked for their own months");
    });
}

#[test]
fn a_receipt_entered_later_for_an_earlier_day_closes_the_case_and_leaves_the_record_true() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        send(office);
        run(office, "2026-11-10");
        office.pay("1-1-102", "1469.30", "2026-10-31", None).expect("taken");
        let next = run(office, "2026-11-11");
        assert_eq!(next.closed, 1);
        let report =
            replay(&office.app, &Actor::local_operator(), community(office), ReplayScope::All).expect("replays");
        assert_eq!((report.decisions, report.differing.len()), (report.same, 0), "decisions rest on what was known");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_hold_of_the_whole_community_before_the_first_run_stops_contact_from_the_first_day() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let stop = hold(office, None, HoldKind::CommunityStop, "2026-11-20");
        let first = run(office, "2026-11-01");
        assert_eq!((first.opened, first.none["hold"], first.actions.len()), (2, 2, 0));
        release(office, stop);
        assert_eq!(run(office, "2026-11-02").none["after_hold"], 2);
    });
}

#[test]
fn a_decision_whose_facts_were_changed_is_found_by_replay_and_by_verify() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        send(office);
        run(office, "2026-11-02");
        let again = |scope| replay(&office.app, &Actor::local_operator(), community(office), scope).expect("replays");
        let all = again(ReplayScope::All);
        assert!(all.decisions >= 3 && all.differing.is_empty(), "{all:?}");
        let first = again(ReplayScope::Day(day("2026-11-01")));
        assert_eq!(first.decisions, 2);
        assert!(again(ReplayScope::Day(day("2026-10-01"))).decisions == 0);
        let facts = text(office, "SELECT CAST(facts AS TEXT) FROM decision WHERE outcome = 'act' ORDER BY seq LIMIT 1");
        let changed = facts.replace("\"2026-04-30\"", "\"2026-10-30\"");
        assert_ne!(facts, changed);
        let sql = format!(
            "UPDATE decision SET facts = '{changed}' WHERE id = (
                SELECT id FROM decision WHERE outcome = 'act' ORDER BY seq LIMIT 1)"
        );
        assert_eq!(office.tamper(&sql), 1);
        assert_eq!(again(ReplayScope::All).differing.len(), 1);
        assert_eq!(office.red(), ["registers_hold_what_was_written", "decisions_replay_to_what_was_recorded"]);
    });
}

#[test]
fn a_decision_whose_reasons_were_changed_is_found_by_replay() {
    type Change = fn(&mut Json);
    let changes: [Change; 3] = [
        |trace| trace[0]["passed"] = json!(!trace[0]["passed"].as_bool().expect("a word")),
        |trace| trace[0]["because"] = json!("nobody knows"),
        |trace| *trace = json!([]),
    ];
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        let newest = "FROM decision ORDER BY seq DESC LIMIT 1";
        let recorded = text(office, &format!("SELECT CAST(trace AS TEXT) {newest}"));
        let differing = |trace: &str| {
            let sql = format!("UPDATE decision SET trace = '{trace}' WHERE id = (SELECT id {newest})");
            assert_eq!(office.tamper(&sql), 1);
            let report = replay(&office.app, &Actor::local_operator(), community(office), ReplayScope::All);
            report.expect("replays").differing.len()
        };
        for change in changes {
            let mut trace: Json = serde_json::from_str(&recorded).expect("JSON");
            change(&mut trace);
            assert_eq!(differing(&trace.to_string()), 1, "{trace}");
        }
        assert_eq!(differing(&recorded), 0, "as it was");
    });
}
