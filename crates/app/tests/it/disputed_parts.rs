//! While a complaint is open the disputed part is not chased and the rest softly; late, it is told to the manager and not to the owner.

use chrono::NaiveTime;
use hemu_app::Actor;
use hemu_app::collection::nightly::run_nightly;
use hemu_app::collection::snapshot::one_case;
use hemu_app::collection::work::{ContactRequest, record_contact};
use hemu_app::review::review_report;
use hemu_app::service::{About, NewComplaint};
use hemu_domain::Fen;
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::facts::CaseFacts;
use hemu_domain::ids::{CaseId, TaskId};
use hemu_domain::service::Finding;

use crate::collector::{answer, case_of, community, complain, complaint, run, send, text};
use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, yuan};

const OWING: &str = "1-1-102";
/// 209.90 a month since April.
const MONTHLY: i64 = 20_990;

fn facts(office: &Office, case: CaseId) -> CaseFacts {
    let found = office.app.db.read(|tx| one_case(tx, community(office), case, office.app.today()));
    found.expect("a case").facts
}

/// What the newest action of a case asks for.
fn asked(office: &Office) -> Fen {
    Fen::new(office.count("SELECT open_fen FROM action ORDER BY seq DESC LIMIT 1"))
}

fn chased(office: &Office) -> i64 {
    let report = review_report(&office.app, &Actor::local_operator(), COMMUNITY, office.app.today(), None);
    report.expect("a review").service.chased_while_unresolved
}

#[test]
fn charges_in_dispute_rest_and_the_rest_is_asked_for_softly() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-10-31");
        let case = case_of(office, OWING);
        let all = facts(office, case).overdue;
        complain(office, &complaint(office, case, "2026-11-12", vec![office.oldest_charge(OWING)]));
        let found = facts(office, case);
        assert_eq!((found.disputed, found.suppression.contact), (Fen::new(MONTHLY), false));
        assert!(found.suppression.escalation && found.suppression.legal, "softly: no next stage, no law");
        assert_eq!(asked(office), all - Fen::new(MONTHLY), "what was planned before is about the rest now");
        office.on("2026-11-02");
        assert_eq!(send(office).sent, 1);
        let lines = text(office, "SELECT CAST(lines AS TEXT) FROM action ORDER BY seq DESC LIMIT 1");
        assert!(!lines.contains(&office.oldest_charge(OWING).to_string()), "{lines}");
        assert_eq!(chased(office), 0);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn of_an_amount_in_dispute_just_that_amount_rests() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        run(office, "2026-10-31");
        let case = case_of(office, OWING);
        let all = facts(office, case).overdue;
        let fee = |on: &str| office.owed(OWING, on).1;
        let usual = fee("2026-11-10") - fee("2026-11-01");
        let about = complaint(office, case, "2026-11-12", Vec::new());
        complain(office, &NewComplaint { amount: Some(yuan("300.00")), ..about });
        assert_eq!((facts(office, case).disputed, asked(office)), (yuan("300.00"), all - yuan("300.00")));
        let now = fee("2026-11-10") - fee("2026-11-01");
        assert!(now.is_positive() && now < usual, "the late fee of the two oldest rests: {now} of {usual}");
        office.on("2026-11-02");
        send(office);
        assert_eq!((chased(office), office.red()), (0, vec![]));
    });
}

#[test]
fn a_complaint_about_everything_lets_everything_rest_and_calls_off_what_was_planned() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-10-31");
        let case = case_of(office, OWING);
        complain(office, &complaint(office, case, "2026-11-12", Vec::new()));
        let of_case = format!("SELECT state FROM action WHERE case_id = '{case}' ORDER BY seq DESC LIMIT 1");
        assert!(facts(office, case).suppression.contact);
        let states: Vec<String> = office
            .app
            .db
            .read(|tx| {
                tx.query(
                    "SELECT a.state FROM action a JOIN case_file c ON c.id = a.case_id
            JOIN account o ON o.party_id = c.party_id JOIN unit u ON u.id = o.unit_id WHERE u.label = '1-1-102'",
                    &[],
                    |row| row.take(),
                )
            })
            .expect("states");
        assert_eq!(states, ["cancelled"], "{of_case}");
        run(office, "2026-11-05");
        assert_eq!(chased(office), 0);
    });
}

#[test]
fn whoever_is_chased_while_a_complaint_is_open_shows_in_the_review() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-10-31");
        office.on("2026-11-02");
        send(office);
        run(office, "2026-11-03");
        let case = case_of(office, OWING);
        let task: TaskId = office
            .app
            .db
            .read(|tx| tx.query_one("task", "SELECT t.id FROM task t JOIN case_file c ON c.id = t.case_id JOIN account o ON o.party_id = c.party_id
                JOIN unit u ON u.id = o.unit_id WHERE u.label = '1-1-102' AND t.kind = 'call'", &[], |row| row.take()))
            .expect("a call");
        complain(office, &complaint(office, case, "2026-11-12", Vec::new()));
        assert_eq!(chased(office), 0, "the message went out before");
        // A telephone call nobody should have made.
        office.tamper("UPDATE task SET state = 'open' WHERE kind = 'call'");
        let call = ContactRequest {
            task: Some(task),
            ..ContactRequest::of((community(office), case), ("phone", ContactOutcome::ReachedRefuse))
        };
        record_contact(&office.app, &Actor::local_operator(), &call).expect("recorded");
        assert_eq!(chased(office), 1);
    });
}

#[test]
fn who_complains_before_owing_anything_is_not_chased_when_the_case_opens() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let unit = office
            .app
            .db
            .read(|tx| tx.query_one("unit", "SELECT id FROM unit WHERE label = '1-1-102'", &[], |row| row.take()));
        let about = About::Unit(unit.expect("a unit"));
        let id = office.app.new_id::<CaseId>();
        let taken = complain(office, &NewComplaint { about, ..complaint(office, id, "2026-11-12", Vec::new()) });
        run(office, "2026-11-01");
        let case = case_of(office, OWING);
        assert!(facts(office, case).suppression.contact, "the case of the payer has the hold");
        answer(office, taken, Finding::Invalid);
        assert!(!facts(office, case).suppression.contact);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_late_complaint_is_told_to_the_manager_once_for_each_level_and_never_to_the_owner() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-10-31");
        let id = complain(office, &complaint(office, case_of(office, OWING), "2026-11-03", Vec::new()));
        let tasks = || office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM task WHERE kind = 'late_complaint'");
        let contacts = "SELECT CAST(COUNT(*) AS BIGINT) FROM contact_log";
        let before = office.count(contacts);
        let mut levels = Vec::new();
        for today in 1..=12 {
            office.app.clock.set(day(&format!("2026-11-{today:02}")), 22, 0);
            run_nightly(&office.app, NaiveTime::from_hms_opt(21, 0, 0).expect("a time")).expect("ran");
            levels.push(tasks());
        }
        assert_eq!(levels, [0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 3]);
        assert_eq!(office.count(contacts), before, "the owner hears nothing of it");
        answer(office, id, Finding::Valid);
        let open = "SELECT CAST(COUNT(*) AS BIGINT) FROM task WHERE kind = 'late_complaint' AND state = 'open'";
        assert_eq!((office.count(open), office.red()), (0, vec![]));
    });
}
