//! From the first reminder to the formal demand: earned step by step, sent once, stopped by a payment.

use chrono::NaiveDate;
use hemu_app::billing::find_community;
use hemu_app::collection::work::{ContactRequest, record_contact};
use hemu_app::collection::{DispatchReport, RunReport, RunRequest, dispatch, run_collection};
use hemu_app::legal::{DemandRequest, make_board_notice, make_demand};
use hemu_app::{Actor, Refusal, gateways};
use hemu_domain::collection::Policy;
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::ids::{CaseId, TaskId};

use crate::office::{COMMUNITY, LIST, Office, on_every_engine, unit};

fn run(office: &Office, today: &str) -> RunReport {
    office.on(today);
    let community = find_community(&office.app, COMMUNITY).expect("there");
    let request = RunRequest { community, as_of: office.app.today(), dry_run: false };
    run_collection(&office.app, &Actor::local_operator(), &Policy::v1(), &request).expect("runs")
}

fn send(office: &Office) -> DispatchReport {
    let community = find_community(&office.app, COMMUNITY).expect("there");
    let ways = gateways::of(&office.app);
    dispatch(&office.app, &Actor::local_operator(), community, &ways, &Policy::v1()).expect("sends")
}

fn sent_files(office: &Office) -> usize {
    std::fs::read_dir(office.app.files()).map_or(0, Iterator::count)
}

/// The open call of the case of 1-1-102, the only one old enough to be called.
fn open_call(office: &Office) -> (CaseId, TaskId) {
    let sql = "SELECT case_id, id FROM task WHERE state = 'open' AND kind = 'call'";
    office.app.db.read(|tx| tx.query_one("task", sql, &[], |row| Ok((row.take()?, row.take()?)))).expect("a call")
}

fn talk(office: &Office, case: CaseId, task: Option<TaskId>) {
    let request = ContactRequest {
        task,
        cause: Some(Cause::Service),
        attitude: Attitude::Resistant,
        note: "电梯常坏".to_owned(),
        next_step: "维修后回访".to_owned(),
        next_on: None::<NaiveDate>,
        ..ContactRequest::of(
            (find_community(&office.app, COMMUNITY).expect("there"), case),
            ("phone", ContactOutcome::ReachedRefuse),
        )
    };
    record_contact(&office.app, &Actor::local_operator(), &request).expect("recorded");
}

fn demand(office: &Office, issue: bool) -> Result<hemu_app::legal::DemandReport, Refusal> {
    let request = DemandRequest { community: COMMUNITY.to_owned(), unit: unit("1-1-102"), issue };
    make_demand(&office.app, &Actor::local_operator(), &request)
}

#[test]
fn a_case_earns_its_way_to_the_numbered_demand() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let first = run(office, "2026-11-01");
        assert_eq!((first.cases, first.decisions, first.opened), (2, 2, 2));
        assert_eq!(first.actions["message"], 1, "one debt is a day old and too young");
        assert_eq!(send(office).sent, 1);
        let next = run(office, "2026-11-02");
        assert_eq!((next.stages["conversation"], next.actions["call"]), (1, 1));
        assert!(matches!(demand(office, true), Err(Refusal::Gated { .. })), "no talks yet");
        let (case, task) = open_call(office);
        talk(office, case, Some(task));
        office.on("2026-11-12");
        talk(office, case, None);
        let third = run(office, "2026-11-20");
        assert_eq!(third.stages["demand"], 1);
        let letter = demand(office, true).expect("issued");
        assert_eq!(letter.number.as_deref(), Some("CJ2026-000001"));
        assert_eq!(letter.pay_by.to_string(), "2026-12-07", "15 days end on a Saturday: the Monday after");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn running_and_sending_again_on_the_same_day_sends_nothing_twice() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        send(office);
        let files = sent_files(office);
        let again = run(office, "2026-11-01");
        assert!(again.actions.is_empty(), "{again:?}");
        assert_eq!(send(office), DispatchReport::default());
        assert_eq!(sent_files(office), files);
    });
}

#[test]
fn i6_a_payment_between_plan_and_claim_cancels_the_message() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        office.pay("1-1-102", "1469.30", "2026-11-01", None).expect("taken");
        let report = send(office);
        assert_eq!((report.sent, report.cancelled), (0, 1));
        assert_eq!(sent_files(office), 0);
        assert_eq!(run(office, "2026-11-02").closed, 1, "and the case closes");
    });
}

#[test]
fn a_claim_whose_worker_died_is_asked_for_and_never_sent_again() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        send(office);
        // As a crash between the send and its acknowledgement leaves it.
        office.tamper("UPDATE attempt SET state = 'in_flight', finished_at = NULL");
        office.tamper("UPDATE action SET state = 'in_flight' WHERE kind = 'message'");
        office.app.clock.set(crate::office::day("2026-11-01"), 11, 0);
        let report = send(office);
        assert_eq!((report.sent, report.uncertain), (1, 0), "the gateway has it");
        assert_eq!(sent_files(office), 1);
    });
}

#[test]
fn at_night_a_message_waits_for_the_morning() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        office.app.clock.set(crate::office::day("2026-11-01"), 23, 0);
        let report = send(office);
        assert_eq!((report.sent, report.deferred), (0, 1));
        office.app.clock.set(crate::office::day("2026-11-02"), 9, 30);
        assert_eq!(send(office).sent, 1);
    });
}

#[test]
fn a_run_for_a_day_before_the_last_is_refused_and_a_dry_run_writes_nothing() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-02");
        let community = find_community(&office.app, COMMUNITY).expect("there");
        let cases = office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM decision");
        let mut request = RunRequest { community, as_of: crate::office::day("2026-11-01"), dry_run: false };
        let actor = Actor::local_operator();
        assert!(run_collection(&office.app, &actor, &Policy::v1(), &request).is_err());
        (request.as_of, request.dry_run) = (crate::office::day("2026-11-09"), true);
        let report = run_collection(&office.app, &actor, &Policy::v1(), &request).expect("tries");
        assert_eq!(report.cases, 2);
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM decision"), cases);
    });
}

#[test]
fn a_board_notice_is_numbered_and_refuses_personal_data_in_its_fields() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let actor = Actor::local_operator();
        let notice = make_board_notice(&office.app, &actor, COMMUNITY, "1-1").expect("a notice");
        assert_eq!(notice.number, "GG2026-000001");
        assert!(make_board_notice(&office.app, &actor, COMMUNITY, "7-1").is_err());
        office.tamper("UPDATE community SET pay_account = '请 1-1-102 李小梅尽快缴纳 1469.30 元'");
        assert!(make_board_notice(&office.app, &actor, COMMUNITY, "1-1").is_err());
    });
}
