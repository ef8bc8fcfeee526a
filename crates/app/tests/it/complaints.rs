//! A complaint from the first word to the owner's satisfaction (P5, C4).

use hemu_app::service::{About, Act, NewComplaint, Photo, act, add_photo, read_photo, take_complaint};
use hemu_app::{Actor, Refusal};
use hemu_domain::ids::{ComplaintId, UnitId};
use hemu_domain::service::photo::{MOST_PHOTO_BYTES, PhotoType};
use hemu_domain::service::{ComplaintKind, ComplaintState, Department, Finding, Priority, Remedy, Source};
use hemu_domain::staff::Role;

use crate::collector::{OWING, answer, case_of, community, complain, complaint, me, run, step, text};
use crate::history::{PHOTO, second};
use crate::office::{LIST, Office, day, on_every_engine, yuan};

/// An office with two units in arrears and their cases.
fn set_up(office: &Office) {
    office.import(LIST);
    run(office, "2026-11-02");
}

fn try_step(office: &Office, actor: &Actor, complaint: ComplaintId, step: Act) -> Result<ComplaintState, Refusal> {
    act(&office.app, actor, community(office), complaint, (step, "已核查"))
}

fn unit_id(office: &Office, label: &str) -> UnitId {
    let sql = format!("SELECT id FROM unit WHERE label = '{label}'");
    office.app.db.read(|tx| tx.query_one("unit", &sql, &[], |row| row.take())).expect("a unit")
}

/// A complaint at the desk of somebody who owes nothing.
fn at_the_desk(office: &Office, kind: ComplaintKind, priority: Priority) -> NewComplaint {
    NewComplaint {
        community: community(office),
        about: About::Unit(unit_id(office, "1-1-101")),
        kind,
        priority,
        source: Source::Desk,
        department: None,
        subject: "楼道灯不亮".to_owned(),
        promised_on: None,
        charges: Vec::new(),
        amount: None,
    }
}

#[test]
fn department_and_day_follow_from_kind_and_priority_even_for_who_owes_nothing() {
    on_every_engine("2026-10-31", |office| {
        set_up(office);
        complain(office, &at_the_desk(office, ComplaintKind::Repair, Priority::Urgent));
        let taken =
            "SELECT department || ' ' || CAST(promised_on AS TEXT) || ' ' || source || ' ' || state FROM complaint";
        assert_eq!(text(office, taken), "engineering 2026-11-03 desk open");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM hold"), 0, "nobody is chased for nothing");
        let task = "SELECT title FROM task WHERE kind = 'answer_complaint'";
        assert_eq!(text(office, task), "答复投诉（工程） 1-1-101");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn from_the_first_word_to_the_owners_satisfaction_every_step_stays_on_record() {
    on_every_engine("2026-10-31", |office| {
        set_up(office);
        let id = complain(office, &complaint(office, case_of(office, OWING), "2026-11-12", Vec::new()));
        answer(office, id, Finding::Valid);
        assert_eq!(try_step(office, &me(), id, Act::Rate(4)).expect("rated"), ComplaintState::Closed);
        let events = "SELECT kind FROM complaint_event ORDER BY seq";
        let events: Vec<String> = office.app.db.read(|tx| tx.query(events, &[], |row| row.take())).expect("events");
        assert_eq!(events, ["taken", "accepted", "started", "done", "verified", "answered", "rated", "closed"]);
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM hold WHERE released_on IS NULL"), 0);
        assert_eq!(text(office, "SELECT state FROM task WHERE kind = 'answer_complaint'"), "done");
        assert_eq!(office.red(), [""; 0]);
        office.tamper("UPDATE complaint SET state = 'verified'");
        assert_eq!(office.red(), ["complaints_follow_their_events"]);
    });
}

#[test]
fn who_did_the_work_does_not_verify_it() {
    on_every_engine("2026-10-31", |office| {
        set_up(office);
        let id = complain(office, &complaint(office, case_of(office, OWING), "2026-11-12", Vec::new()));
        for one in [Act::Accept, Act::Start, Act::Finish] {
            step(office, id, one);
        }
        for own in [Act::Verify, Act::SendBack] {
            let own = try_step(office, &me(), id, own);
            assert!(matches!(own, Err(Refusal::Conflict(_))), "{own:?}");
        }
        assert_eq!(try_step(office, &second(), id, Act::SendBack).expect("sent back"), ComplaintState::Working);
        step(office, id, Act::Finish);
        assert_eq!(try_step(office, &second(), id, Act::Verify).expect("verified"), ComplaintState::Verified);
    });
}

#[test]
fn nobody_is_answered_unheard_and_what_is_right_is_put_right_first() {
    on_every_engine("2026-10-31", |office| {
        set_up(office);
        let id = complain(office, &complaint(office, case_of(office, OWING), "2026-11-12", Vec::new()));
        let refused = |act: Act| matches!(try_step(office, &me(), id, act), Err(Refusal::Conflict(_)));
        assert!(refused(Act::Answer(Finding::Invalid, Remedy::None)), "unheard");
        step(office, id, Act::Accept);
        assert!(refused(Act::Answer(Finding::Valid, Remedy::Repair)), "not put right");
        let odd = try_step(office, &me(), id, Act::Answer(Finding::Invalid, Remedy::Apology));
        assert!(matches!(odd, Err(Refusal::InvalidInput { field: "remedy", .. })), "{odd:?}");
        let nothing_said =
            act(&office.app, &me(), community(office), id, (Act::Answer(Finding::Invalid, Remedy::None), " "));
        assert!(matches!(nothing_said, Err(Refusal::InvalidInput { field: "answer", .. })), "{nothing_said:?}");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM complaint_event"), 2, "nothing else happened");
    });
}

#[test]
fn passed_on_it_is_taken_anew_and_the_way_stays_on_record() {
    on_every_engine("2026-10-31", |office| {
        set_up(office);
        let id = complain(office, &complaint(office, case_of(office, OWING), "2026-11-12", Vec::new()));
        step(office, id, Act::Accept);
        step(office, id, Act::Reroute(Department::Security));
        assert_eq!(text(office, "SELECT department || ' ' || state FROM complaint"), "security open");
        let passed = "SELECT CAST(detail AS TEXT) FROM complaint_event WHERE kind = 'rerouted'";
        assert!(text(office, passed).contains("security"));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn who_is_not_satisfied_has_it_begun_again_and_the_debt_rests_again() {
    on_every_engine("2026-10-31", |office| {
        set_up(office);
        let id = complain(office, &complaint(office, case_of(office, OWING), "2026-11-12", Vec::new()));
        answer(office, id, Finding::Valid);
        assert_eq!(try_step(office, &me(), id, Act::Rate(1)).expect("rated"), ComplaintState::Answered);
        let silent = act(&office.app, &me(), community(office), id, (Act::Close, ""));
        assert!(matches!(silent, Err(Refusal::InvalidInput { field: "note", .. })), "{silent:?}");
        office.on("2026-11-20");
        step(office, id, Act::Reopen(Some(day("2026-11-25"))));
        let now = "SELECT state || ' ' || CAST(promised_on AS TEXT) FROM complaint WHERE finding IS NULL";
        assert_eq!(text(office, now), "open 2026-11-25");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM hold WHERE released_on IS NULL"), 1);
        answer(office, id, Finding::Invalid);
        office.on("2026-12-31");
        let late = try_step(office, &me(), id, Act::Reopen(None));
        assert!(matches!(late, Err(Refusal::Conflict(_))), "{late:?}");
        step(office, id, Act::Close);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn an_answer_nobody_rated_is_closed_after_a_week() {
    on_every_engine("2026-10-31", |office| {
        set_up(office);
        let id = complain(office, &complaint(office, case_of(office, OWING), "2026-11-12", Vec::new()));
        answer(office, id, Finding::Invalid);
        office.on("2026-11-08");
        assert!(matches!(try_step(office, &me(), id, Act::Close), Err(Refusal::Conflict(_))));
        office.on("2026-11-09");
        assert_eq!(try_step(office, &me(), id, Act::Close).expect("closed"), ComplaintState::Closed);
    });
}

#[test]
fn a_photo_is_kept_sealed_once_and_only_if_it_is_one() {
    on_every_engine("2026-10-31", |office| {
        set_up(office);
        let id = complain(office, &complaint(office, case_of(office, OWING), "2026-11-12", Vec::new()));
        let add = |bytes: &[u8]| add_photo(&office.app, &me(), community(office), id, bytes);
        let photo = add(PHOTO).expect("kept");
        assert_eq!(add(PHOTO).expect("the same"), photo);
        let read = read_photo(&office.app, &me(), community(office), (id, photo)).expect("read");
        assert_eq!(read, Photo { media_type: PhotoType::Png, bytes: PHOTO.to_vec() });
        for wrong in [b"%PDF-1.7".to_vec(), Vec::new(), [PHOTO, &vec![0; MOST_PHOTO_BYTES]].concat()] {
            assert!(matches!(add(&wrong), Err(Refusal::InvalidInput { field: "photo", .. })), "{} bytes", wrong.len());
        }
        let auditor = Actor { role: Role::Auditor, ..me() };
        let seen = read_photo(&office.app, &auditor, community(office), (id, photo));
        assert!(matches!(seen, Err(Refusal::Forbidden(_))), "{seen:?}");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM attachment"), 1);
        assert_eq!(office.red(), [""; 0]);
        office.tamper(
            "UPDATE attachment SET content_sealed = (SELECT value_sealed FROM contact_point ORDER BY id LIMIT 1)",
        );
        assert_eq!(office.red(), ["sealed_values_belong_to_their_rows"]);
    });
}

#[test]
fn an_amount_in_dispute_is_one_that_is_owed() {
    on_every_engine("2026-10-31", |office| {
        set_up(office);
        let new = complaint(office, case_of(office, OWING), "2026-11-12", Vec::new());
        let about = |amount: &str| NewComplaint { amount: Some(yuan(amount)), ..new.clone() };
        for wrong in ["0.00", "99999.00"] {
            let refused = take_complaint(&office.app, &me(), &about(wrong));
            assert!(matches!(refused, Err(Refusal::InvalidInput { field: "amount", .. })), "{wrong}: {refused:?}");
        }
        // 209.90 a month: the oldest two come to it.
        complain(office, &about("300.00"));
        let held = "SELECT charge_ids FROM hold WHERE scope = 'amount' AND disputed_fen = 30000";
        let held: serde_json::Value =
            office.app.db.read(|tx| tx.query_one("hold", held, &[], |row| row.take())).expect("a hold");
        assert_eq!(held.as_array().map(Vec::len), Some(2));
    });
}

#[test]
fn work_is_done_with_a_photo_or_in_words_where_there_is_nothing_to_see() {
    on_every_engine("2026-10-31", |office| {
        set_up(office);
        let id = complain(office, &complaint(office, case_of(office, OWING), "2026-11-05", Vec::new()));
        step(office, id, Act::Accept);
        step(office, id, Act::Start);
        let finish = |note: &str| act(&office.app, &me(), community(office), id, (Act::Finish, note));
        assert!(matches!(finish(""), Err(Refusal::InvalidInput { .. })), "neither photo nor words");
        finish("噪音已停，无可拍照处").expect("said why");
    });
}
