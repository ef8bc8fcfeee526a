//! The invariants of collection, each by its number.

use std::sync::Mutex;
use std::time::Instant;

use hemu_app::approval::{Asked, approve, ask};
use hemu_app::collection::dispatch;
use hemu_app::collection::work::{complete_task, list_open_tasks};
use hemu_app::legal::matter::MatterRequest;
use hemu_app::legal::service::{ServiceRequest, record_service};
use hemu_app::legal::{DemandRequest, make_demand};
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::units::NewOwner;
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;
use hemu_domain::collection::Policy;
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::hold::HoldKind;
use hemu_gateways::{Answer, Found, Gateway, Outgoing};
use sha2::{Digest, Sha256};

use crate::collector::{case_of, community, contact, hold, release, run, send, text, try_run};
use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit};

const OWING: &str = "1-1-102";

fn started(office: &Office) {
    office.import(LIST);
    run(office, "2026-11-01");
}

fn count(office: &Office, table_where: &str) -> i64 {
    office.count(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table_where}"))
}

fn state_of_promise(office: &Office) -> String {
    text(office, "SELECT state FROM promise ORDER BY seq DESC LIMIT 1")
}

#[test]
fn i1_neither_another_run_nor_another_policy_version_plans_a_step_again() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        send(office);
        let actions = count(office, "action");
        let newer = Policy { version: 2, name: "二版".to_owned(), ..Policy::v1() };
        let again = try_run(office, "2026-11-01", &newer, false).expect("runs");
        assert!(again.actions.is_empty(), "{again:?}");
        assert_eq!(count(office, "action"), actions);
    });
}

#[test]
fn i2_every_open_case_gets_exactly_one_decision_and_an_equal_one_writes_nothing() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        for (today, cases) in [("2026-11-02", 2), ("2026-11-03", 2)] {
            let report = run(office, today);
            let decided: i64 = report.actions.values().chain(report.none.values()).sum();
            assert_eq!((report.cases, report.decisions, decided), (cases, cases, cases), "{today}");
        }
        let written = count(office, "decision");
        let waiting = run(office, "2026-11-04");
        assert_eq!(waiting.none.values().sum::<i64>(), 2, "both wait: {waiting:?}");
        let first = count(office, "decision");
        run(office, "2026-11-05");
        assert_eq!(count(office, "decision"), first, "the same as the day before ({written})");
    });
}

#[test]
fn i7_once_a_payment_is_recorded_no_attempt_is_made() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        office.pay(OWING, "1469.30", "2026-11-01", None).expect("taken");
        assert_eq!((send(office).cancelled, count(office, "attempt")), (1, 0));
    });
}

#[test]
fn i8_a_message_speaks_of_what_is_open_when_it_is_claimed_and_its_action_keeps_that() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        office.pay(OWING, "469.30", "2026-11-01", None).expect("taken");
        assert_eq!(send(office).sent, 1);
        assert_eq!(office.count("SELECT open_fen FROM action WHERE kind = 'message'"), 100_000);
        assert_eq!(office.red(), [""; 0], "its lines come to the same");
    });
}

#[test]
fn i9_a_case_closes_only_when_all_its_charges_and_late_fees_are_zero() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        run(office, "2026-11-01");
        office.pay(OWING, "1469.29", "2026-11-01", None).expect("taken");
        assert_eq!(run(office, "2026-11-02").closed, 0, "a fen is open");
        office.pay(OWING, "0.01", "2026-11-02", None).expect("taken");
        assert_eq!(run(office, "2026-11-03").closed, 0, "the late fee is open");
        let fee = office.owed(OWING, "2026-11-03").1;
        office.pay(OWING, &fee.to_string(), "2026-11-03", None).expect("taken");
        let last = run(office, "2026-11-04");
        assert_eq!((last.closed, last.cases), (1, 1));
        assert_eq!(count(office, "task WHERE state = 'open'"), 0, "nothing of it is left to do");
    });
}

#[test]
fn i12_a_policy_version_never_changes_and_decisions_name_theirs() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        assert_eq!(count(office, "policy WHERE version = 1"), 1, "recorded at first use");
        let changed = Policy { amount_floor: Fen::new(500), ..Policy::v1() };
        assert!(try_run(office, "2026-11-02", &changed, false).is_err(), "the same number, another policy");
        let newer = Policy { version: 2, ..changed };
        office.on("2026-11-02");
        try_run(office, "2026-11-02", &newer, false).expect("a new number");
        let of = |version: i64| count(office, &format!("decision WHERE policy_version = {version}"));
        assert!(of(1) > 0 && of(2) == 0, "a case finishes its stage under its own version");
        assert_eq!(count(office, "case_file WHERE policy_version = 2"), 0);
        assert_eq!(office.red(), [""; 0]);
        office.tamper("UPDATE policy SET name = '改过' WHERE version = 1");
        assert_eq!(office.red(), ["policy_versions_are_as_they_were_put_in_force"]);
    });
}

#[test]
fn i13_after_a_hold_nobody_is_contacted_before_the_cool_off_and_then_once() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        let id = hold(office, Some(case_of(office, OWING)), HoldKind::Hardship, "2026-12-20");
        assert_eq!(send(office).cancelled, 1, "planned before, held since");
        assert_eq!(run(office, "2026-11-20").none["hold"], 1);
        release(office, id);
        let next = run(office, "2026-11-21");
        assert_eq!(next.none["after_hold"], 1, "{next:?}");
        assert!(run(office, "2026-11-26").none.contains_key("after_hold"));
        let rested = run(office, "2026-11-27");
        assert_eq!(rested.actions.values().sum::<i64>() + rested.none.values().sum::<i64>(), 2);
        assert!(!rested.none.contains_key("after_hold") && rested.actions["message"] >= 1, "{rested:?}");
        assert_eq!(count(office, "action WHERE planned_on = '2026-11-27'"), rested.actions.values().sum::<i64>());
    });
}

#[test]
fn i13_a_hold_opened_and_released_between_plan_and_claim_stops_the_message() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        let id = hold(office, Some(case_of(office, OWING)), HoldKind::BillingQuery, "2026-11-05");
        office.on("2026-11-02");
        release(office, id);
        let report = send(office);
        assert_eq!((report.sent, report.cancelled), (0, 1));
        assert_eq!(text(office, "SELECT state_reason FROM action WHERE kind = 'message'"), "after_hold");
    });
}

#[test]
fn i14_messages_people_send_by_hand_use_up_the_same_budget() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        let case = case_of(office, OWING);
        contact(office, case, ("wechat", ContactOutcome::Busy), None);
        contact(office, case, ("wechat", ContactOutcome::Busy), None);
        let report = send(office);
        assert_eq!((report.sent, report.deferred), (0, 1));
        assert_eq!(text(office, "SELECT state_reason FROM action WHERE kind = 'message'"), "contact_budget");
        office.on("2026-11-08");
        assert_eq!(send(office).sent, 1, "seven days later there is room");
    });
}

/// The case in the demand stage, its last talk held and its letter served well, the period run out on 2026-11-20.
fn ripe_for_law(office: &Office) {
    let demand = DemandRequest { community: COMMUNITY.to_owned(), unit: unit(OWING), issue: false };
    make_demand(&office.app, &Actor::local_operator(), &demand).expect("a draft");
    office.tamper("UPDATE notice SET number = 'CJ2026-000001', state = 'issued', pay_by = '2026-11-20'");
    office.tamper("UPDATE case_file SET stage = 'demand'");
    office.tamper("UPDATE action SET kind = 'senior_talk', state = 'done', done_on = '2026-11-01'");
    let service = ServiceRequest {
        community: community(office),
        number: "CJ2026-000001".to_owned(),
        method: "hand".to_owned(),
        outcome: "served".to_owned(),
        served_on: day("2026-11-01"),
        receiver_name: "李小梅".to_owned(),
        receiver_relation: "本人".to_owned(),
        tracking_no: None,
    };
    record_service(&office.app, &Actor::local_operator(), &service).expect("recorded");
}

#[test]
fn i17_the_legal_stage_is_refused_with_everything_that_is_missing_and_taken_by_two_people() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        let case = case_of(office, OWING);
        let step = |evidence_complete| {
            Asked::LegalMatter(MatterRequest { case, kind: "payment_order".to_owned(), evidence_complete })
        };
        let ask = |evidence_complete| {
            let ground = "多次沟通无果，为全体业主的共同利益";
            ask(&office.app, &Actor::local_operator(), community(office), &step(evidence_complete), ground)
        };
        let missing = |refused: Result<_, Refusal>| match refused {
            Err(Refusal::Gated { missing }) => missing.into_iter().map(|one| one.en).collect::<Vec<_>>().join("; "),
            other => panic!("{other:?}"),
        };
        let all = missing(ask(false));
        for part in ["not reached the formal demand", "senior level", "evidence", "grade B"] {
            assert!(all.contains(part), "{part}: {all}");
        }
        ripe_for_law(office);
        office.on("2026-11-20");
        assert_eq!(missing(ask(true)), "the period of the demand has not run out (民法典 944)");
        office.on("2026-11-21");
        let request = ask(true).expect("ripe").id;
        let approve = |actor: &Actor| approve(&office.app, actor, community(office), request);
        let alone = approve(&Actor::local_operator());
        assert!(matches!(&alone, Err(Refusal::Conflict(text)) if text.en.contains("second person")), "{alone:?}");
        approve(&Actor::system()).expect("ripe");
        let next = run(office, "2026-11-22");
        assert_eq!((next.stages["legal"], next.none["with_legal"]), (1, 1), "{next:?}");
        // The letter was given its number behind the program's back above, and that alone is found.
        assert_eq!(office.red(), ["registers_hold_what_was_written"]);
    });
}

#[test]
fn i18_arrears_stay_with_who_owned_the_unit_and_the_new_owner_is_not_asked() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        let former = case_of(office, OWING);
        let request = ChangeOwner {
            community: COMMUNITY.to_owned(),
            unit: unit(OWING),
            owners: vec![NewOwner::Named("钱新来".to_owned())],
            on: day("2026-11-01"),
        };
        change_owner(&office.app, &Actor::local_operator(), &request).expect("sold");
        assert_eq!(send(office).sent, 1, "to the former owner, about the months they owned");
        let report = run(office, "2026-11-02");
        assert_eq!((report.cases, report.opened), (2, 0), "nobody else is taken up");
        let told =
            "contact_log l JOIN case_file c ON c.id = l.case_id AND c.party_id = l.party_id WHERE l.channel = 'sms'";
        assert_eq!(count(office, told), 1, "{former}");
    });
}

#[test]
fn i18_a_month_billed_to_somebody_who_had_sold_is_not_asked_for() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        let sold =
            "UPDATE account SET ends_on = '2026-06-30' WHERE unit_id = (SELECT id FROM unit WHERE label = '1-1-102')";
        assert_eq!(office.tamper(sold), 1);
        assert_eq!(send(office).sent, 1);
        let files = std::fs::read_dir(office.app.files()).expect("a folder");
        let body: String =
            files.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("text")).collect();
        assert!(body.contains("629.70") && !body.contains("1,469.30"), "April to June only: {body}");
    });
}

#[test]
fn i19_a_new_promise_replaces_the_one_before() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        let case = case_of(office, OWING);
        let promised = ("phone", ContactOutcome::ReachedPromise);
        contact(office, case, promised, Some(("500.00", "2026-11-10")));
        contact(office, case, promised, Some(("1469.30", "2026-11-12")));
        assert_eq!(count(office, "promise WHERE state = 'active'"), 1);
        assert_eq!(count(office, "promise WHERE state = 'superseded'"), 1);
    });
}

#[test]
fn i19_a_promise_is_broken_once_after_grace_and_not_while_money_is_unmatched() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        let case = case_of(office, OWING);
        contact(office, case, ("phone", ContactOutcome::ReachedPromise), Some(("1469.30", "2026-11-10")));
        run(office, "2026-11-13");
        assert_eq!(state_of_promise(office), "active", "the last day of grace");
        let seen = hold(office, Some(case), HoldKind::UnmatchedReceipt, "2026-11-17");
        run(office, "2026-11-16");
        assert_eq!(state_of_promise(office), "active", "money was seen that may be theirs");
        release(office, seen);
        run(office, "2026-11-17");
        assert_eq!(state_of_promise(office), "broken");
        run(office, "2026-11-18");
        assert_eq!(text(office, "SELECT CAST(settled_on AS TEXT) FROM promise"), "2026-11-17", "judged once");
    });
}

#[test]
fn i19_a_receipt_entered_late_for_a_day_in_time_keeps_the_promise() {
    on_every_engine("2026-10-31", |office| {
        started(office);
        let case = case_of(office, OWING);
        contact(office, case, ("phone", ContactOutcome::ReachedPromise), Some(("500.00", "2026-11-10")));
        office.on("2026-11-13");
        office.pay(OWING, "500.00", "2026-11-09", None).expect("taken");
        run(office, "2026-11-20");
        assert_eq!(state_of_promise(office), "kept");
    });
}

/// A provider that looks at nothing and dies in the middle of the call, remembering what it was given.
struct Dying(&'static Mutex<Vec<Outgoing>>);

impl Gateway for Dying {
    fn name(&self) -> &'static str {
        "dying"
    }

    fn carries(&self, _: &str) -> bool {
        true
    }

    fn send(&self, message: &Outgoing, _: Instant) -> Answer {
        self.0.lock().expect("one thread").push(message.clone());
        panic!("as when the process is killed in the middle of a call")
    }

    fn find(&self, _: uuid::Uuid) -> Found {
        Found::Absent
    }
}

#[test]
fn i20_recipient_and_text_are_stored_and_hashed_before_the_call_and_a_dead_call_is_not_repeated() {
    static GIVEN: Mutex<Vec<Outgoing>> = Mutex::new(Vec::new());
    on_every_engine("2026-10-31", |office| {
        started(office);
        GIVEN.lock().expect("one thread").clear();
        let dead = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let ways: Vec<Box<dyn Gateway>> = vec![Box::new(Dying(&GIVEN))];
            dispatch(&office.app, &Actor::local_operator(), community(office), &ways, &Policy::v1())
        }));
        assert!(dead.is_err());
        let given = GIVEN.lock().expect("one thread").pop().expect("a call");
        let read = "SELECT content_hash, recipient_tail, state FROM attempt";
        let (hash, tail, state): ([u8; 32], String, String) = office
            .app
            .db
            .read(|tx| tx.query_one("attempt", read, &[], |row| Ok((row.take()?, row.take()?, row.take()?))))
            .expect("it was committed before the call");
        let expected: [u8; 32] = Sha256::digest(&given.text).into();
        assert_eq!((hash, state.as_str()), (expected, "in_flight"));
        assert!(given.recipient.ends_with(&tail[tail.len() - 4..]), "{tail} is what may be shown of the recipient");
        office.app.clock.set(day("2026-11-01"), 11, 0);
        let later = send(office);
        assert_eq!((later.sent, later.uncertain), (0, 1), "for a person, never sent again");
        assert_eq!(count(office, "task WHERE kind = 'resolve_uncertain' AND state = 'open'"), 1);
        let task = list_open_tasks(&office.app, &Actor::local_operator(), community(office)).expect("tasks");
        let doubt = task.iter().find(|one| one.kind == "resolve_uncertain").expect("a doubt").id;
        complete_task(&office.app, &Actor::local_operator(), community(office), doubt, "业主说没收到").expect("done");
        assert_eq!(text(office, "SELECT state FROM action WHERE kind = 'message'"), "abandoned", "not counted as sent");
        assert_eq!(office.red(), [""; 0]);
    });
}
