//! Visits written down on a phone and sent later: kept whole or not at all, once by their key, on the day they were made.

use chrono::NaiveDateTime;
use hemu_app::collection::case_page::case_page;
use hemu_app::collection::handover::take_task;
use hemu_app::collection::visit_record::{VisitRecorded, VisitRequest, read_visit_picture, record_visit};
use hemu_app::collection::work::ContactRequest;
use hemu_app::{Actor, Refusal};
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::contact_block::Initiative;
use hemu_domain::collection::visit_record::{MOST_SIGNATURE_BYTES, Signing};
use hemu_domain::ids::{CaseId, TaskId};
use hemu_domain::service::photo::MOST_PHOTO_BYTES;
use hemu_domain::staff::Role;

use crate::collector::{case_of, contact, run, text};
use crate::history::PHOTO;
use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, yuan};
use crate::worklist::hire;

const UNIT: &str = "1-1-102";
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n drawn by a finger";
const CONTACTS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM contact_log WHERE channel = 'visit'";

fn set_up(office: &Office) -> CaseId {
    office.import(LIST);
    run(office, "2026-11-02");
    case_of(office, UNIT)
}

fn at(text: &str) -> NaiveDateTime {
    text.parse().expect("a time")
}

/// A talk at the door with a photo, signed.
fn visit(office: &Office, case: CaseId, when: &str) -> VisitRequest {
    let of = ContactRequest::of((office.community(), case), ("visit", ContactOutcome::ReachedTalk));
    VisitRequest {
        contact: ContactRequest { note: "地下室信号不好，当面说明了账单".to_owned(), ..of },
        visited_at: at(when),
        key: "0f8fad5b-d9cb-469f-a165-70867728950e".to_owned(),
        signing: Signing::Signed,
        photos: vec![PHOTO.to_vec(), b"\xFF\xD8\xFF\xE0 door".to_vec()],
        signature: Some(SIGNATURE.to_vec()),
    }
}

fn promising(mut visit: VisitRequest, amount: &str, on: &str) -> VisitRequest {
    visit.contact.outcome = ContactOutcome::ReachedPromise;
    visit.contact.promise = Some((yuan(amount), day(on)));
    visit
}

fn send(office: &Office, visit: &VisitRequest) -> Result<VisitRecorded, Refusal> {
    record_visit(&office.app, &Actor::local_operator(), visit)
}

/// An open visit of a case.
fn with_a_task(office: &Office) -> TaskId {
    let made = "INSERT INTO task (community_id, id, case_id, kind, title, due_on, fitting_time, state, created_on)
        SELECT community_id, id, id, 'visit', '上门', '2026-11-02', '', 'open', '2026-11-02' FROM case_file";
    assert!(office.tamper(made) > 0);
    TaskId::from(case_of(office, UNIT).uuid())
}

#[test]
fn a_visit_is_kept_with_its_promise_photos_and_signature_and_shows_on_the_case() {
    on_every_engine("2026-10-31", |office| {
        let case = set_up(office);
        let new = promising(visit(office, case, "2026-11-02T09:40:00"), "500.00", "2026-11-06");
        let kept = send(office, &new).expect("kept");
        assert_eq!((kept.breach.as_deref(), kept.already), (None, false));
        let page = case_page(&office.app, &Actor::local_operator(), COMMUNITY, case).expect("a page");
        assert_eq!(page.promise, Some((yuan("500.00"), day("2026-11-06"))));
        let shown = page.timeline.iter().find(|one| !one.pictures.is_empty()).expect("a visit with pictures");
        assert!(shown.what.zh.contains("09:40 上门，业主已签字"), "{}", shown.what.zh);
        assert!(!shown.what.zh.contains("收到"), "it came in on its day: {}", shown.what.zh);
        assert_eq!(shown.pictures.iter().map(|one| one.kind).collect::<Vec<_>>(), ["photo", "photo", "signature"]);
        let keeper = hire(office, "aa", Role::Service);
        let read = |who: &Actor, place: usize| {
            let one = &shown.pictures[place];
            read_visit_picture(&office.app, who, office.community(), (one.contact_id, one.id))
        };
        assert_eq!(read(&keeper, 0).expect("a photo").bytes, PHOTO);
        assert_eq!(read(&keeper, 2).expect("a signature").bytes, SIGNATURE);
        let auditor = hire(office, "bb", Role::Auditor);
        assert!(matches!(read(&auditor, 2), Err(Refusal::Forbidden(_))), "personal");
        assert!(matches!(record_visit(&office.app, &auditor, &new), Err(Refusal::Forbidden(_))));
        let sealed = "SELECT CAST(COUNT(*) AS BIGINT) FROM attachment WHERE subject_kind LIKE 'visit%'";
        assert_eq!((office.count(sealed), office.red()), (3, vec![]));
        office.tamper("UPDATE visit_record SET signing = 'declined'");
        assert_eq!(office.red(), ["registers_hold_what_was_written"]);
    });
}

#[test]
fn the_same_record_sent_again_is_the_first_contact_and_another_under_its_key_is_refused() {
    on_every_engine("2026-10-31", |office| {
        let case = set_up(office);
        let new = promising(visit(office, case, "2026-11-02T09:40:00"), "500.00", "2026-11-03");
        let first = send(office, &new).expect("kept");
        // The answer was lost in the basement; days later the promise could not be given any more, and the owner has paid.
        office.on("2026-11-20");
        office.pay(UNIT, "5000.00", "2026-11-20", None).expect("taken");
        run(office, "2026-11-21");
        let counts = || {
            let rows = |table: &str| office.count(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}"));
            ["contact_log", "promise", "attachment", "audit_entry"].map(rows)
        };
        let before = counts();
        let again = send(office, &new).expect("answered");
        assert_eq!(again, VisitRecorded { already: true, ..first });
        let mut other = new.clone();
        other.photos.pop();
        let refused = send(office, &other);
        assert!(
            matches!(&refused, Err(Refusal::Conflict(text)) if text.zh.contains("2026-11-02 10:00")),
            "{refused:?}"
        );
        let somebody = hire(office, "aa", Role::Service);
        assert!(matches!(record_visit(&office.app, &somebody, &new), Err(Refusal::Conflict(_))), "not theirs");
        let mine = counts();
        assert_eq!((mine[0], mine[1], mine[2]), (before[0], before[1], before[2]), "nothing was written");
    });
}

#[test]
fn a_visit_lands_on_its_own_day_with_the_rule_it_broke_and_says_when_it_came_in() {
    on_every_engine("2026-10-31", |office| {
        let case = set_up(office);
        office.on("2026-11-04");
        let late = visit(office, case, "2026-11-03T21:30:00");
        for (wrong, field) in [("2026-11-04T10:01:00", "at"), ("2026-10-20T15:00:00", "visited_on")] {
            let refused = send(office, &VisitRequest { visited_at: at(wrong), ..late.clone() });
            assert!(
                matches!(&refused, Err(Refusal::InvalidInput { field: told, .. }) if *told == field),
                "{wrong}: {refused:?}"
            );
        }
        // What was promised after the visit did not stand against it.
        contact(office, case, ("counter", ContactOutcome::ReachedPromise), Some(("100.00", "2026-11-10")));
        assert_eq!(send(office, &late).expect("it happened").breach.as_deref(), Some("quiet_hours"));
        let kept = "SELECT CAST(happened_on AS TEXT) FROM contact_log WHERE channel = 'visit'";
        assert_eq!(text(office, kept), "2026-11-03");
        let page = case_page(&office.app, &Actor::local_operator(), COMMUNITY, case).expect("a page");
        let shown = page.timeline.iter().find(|one| !one.pictures.is_empty()).expect("the visit");
        assert_eq!(shown.on, day("2026-11-03"));
        assert!(shown.what.zh.contains("21:30 上门，业主已签字，2026-11-04 10:00 收到"), "{}", shown.what.zh);
        assert!(shown.what.zh.contains("超出联系额度"), "{}", shown.what.zh);
        let second = VisitRequest {
            visited_at: at("2026-11-03T15:00:00"),
            key: "another-key-of-a-phone".to_owned(),
            ..late.clone()
        };
        assert_eq!(send(office, &second).expect("it happened").breach.as_deref(), Some("cool_off"), "of that day");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_is_no_photo_or_signature_or_too_much_of_it_changes_nothing() {
    on_every_engine("2026-10-31", |office| {
        let case = set_up(office);
        let good = visit(office, case, "2026-11-02T09:40:00");
        let jpeg = b"\xFF\xD8\xFF\xE0 drawn".to_vec();
        let large = |most: usize| [PHOTO, &vec![0; most]].concat();
        let wrong = [
            ("key", VisitRequest { key: "short".to_owned(), ..good.clone() }),
            ("photo", VisitRequest { photos: vec![b"%PDF-1.7".to_vec()], ..good.clone() }),
            ("photo", VisitRequest { photos: vec![large(MOST_PHOTO_BYTES)], ..good.clone() }),
            ("photo", VisitRequest { photos: vec![PHOTO.to_vec(); 5], ..good.clone() }),
            ("signature", VisitRequest { signature: Some(jpeg), ..good.clone() }),
            ("signature", VisitRequest { signature: Some(large(MOST_SIGNATURE_BYTES)), ..good.clone() }),
            ("signature", VisitRequest { signature: None, ..good.clone() }),
            ("signing", VisitRequest { signing: Signing::Declined, ..good.clone() }),
            ("promise", promising(good.clone(), "500.00", "2026-11-01")),
        ];
        for (field, request) in wrong {
            let refused = send(office, &request);
            assert!(
                matches!(&refused, Err(Refusal::InvalidInput { field: told, .. }) if *told == field),
                "{field}: {refused:?}"
            );
        }
        assert_eq!(office.count(CONTACTS), 0);
        let same = VisitRequest { photos: vec![PHOTO.to_vec(); 3], ..good };
        send(office, &same).expect("kept");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM attachment"), 2, "the same photo is one");
    });
}

#[test]
fn a_visit_counts_though_its_task_is_held_or_done_or_the_case_was_paid_meanwhile() {
    on_every_engine("2026-10-31", |office| {
        let case = set_up(office);
        let task = with_a_task(office);
        let (other, me) = (hire(office, "aa", Role::Service), hire(office, "bb", Role::Service));
        let sent = |key: &str, task: TaskId, when: &str| {
            let mut new = visit(office, case, when);
            (new.key, new.contact.task) = (format!("key-of-the-phone-{key}"), Some(task));
            record_visit(&office.app, &me, &new)
        };
        take_task(&office.app, &other, (office.community(), task), Initiative::Ours).expect("taken");
        sent("one", task, "2026-11-02T09:00:00").expect("the visit was made all the same");
        let open = "SELECT CAST(COUNT(*) AS BIGINT) FROM task WHERE state = 'open' AND kind = 'visit'";
        let left = office.count(open);
        office.on("2026-11-03");
        sent("two", task, "2026-11-03T09:30:00").expect("kept");
        assert_eq!(office.count(open), left - 1, "nobody holds it any more: it is done");
        sent("three", task, "2026-11-03T09:40:00").expect("kept, though the task is done");
        let of_another = TaskId::from(case_of(office, "1-1-202").uuid());
        assert!(matches!(sent("four", of_another, "2026-11-03T09:40:00"), Err(Refusal::NotFound(_))));
        office.pay(UNIT, "5000.00", "2026-11-03", None).expect("taken");
        run(office, "2026-11-04");
        sent("five", task, "2026-11-03T09:50:00").expect("before it was closed");
        office.on("2026-11-05");
        assert!(matches!(sent("six", task, "2026-11-05T09:00:00"), Err(Refusal::Conflict(_))), "after that");
        let promise = promising(visit(office, case, "2026-11-03T09:55:00"), "100.00", "2026-11-20");
        assert!(matches!(send(office, &promise), Err(Refusal::Conflict(text)) if text.zh.contains("已沟通")));
        assert_eq!((office.count(CONTACTS), office.red()), (4, vec![]));
    });
}
