//! One contact budget per person: what people do by hand counts, is refused before it happens and says so when it did happen.

use chrono::NaiveTime;
use hemu_app::collection::case_page::case_page;
use hemu_app::collection::contact_room::{contact_room, start_contact};
use hemu_app::collection::handover::take_task;
use hemu_app::collection::work::{ContactHow, ContactRequest, record_contact};
use hemu_app::collection::worklist::list_work;
use hemu_app::registry::contact_limits::{end_contact_limit, set_contact_limit};
use hemu_app::{Actor, Refusal};
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::contact_block::{BlockRule, Initiative};
use hemu_domain::ids::{CaseId, ContactPointId, PartyId, TaskId};
use hemu_domain::outreach::contact_limit::ContactLimit;
use hemu_domain::staff::Role;
use hemu_store::params;

use crate::collector::{case_of, run, send};
use crate::office::{COMMUNITY, LIST, Office, on_every_engine};
use crate::worklist::hire;

const UNIT: &str = "1-1-102";

/// The case of 1-1-102, with an open call.
fn with_a_call(office: &Office) -> (CaseId, TaskId) {
    office.import(LIST);
    run(office, "2026-11-01");
    send(office);
    run(office, "2026-11-02");
    let rows = list_work(&office.app, &Actor::local_operator(), office.community()).expect("a list").rows;
    (case_of(office, UNIT), rows.iter().find(|one| one.kind == "call").expect("a call").id)
}

fn record(
    office: &Office,
    case: CaseId,
    (channel, outcome): (&str, ContactOutcome),
    how: ContactHow,
) -> Option<BlockRule> {
    let request = ContactRequest { how, ..ContactRequest::of((office.community(), case), (channel, outcome)) };
    record_contact(&office.app, &Actor::local_operator(), &request)
        .expect("what happened is kept")
        .map(|block| block.rule)
}

fn call(office: &Office, case: CaseId, outcome: ContactOutcome) -> Option<BlockRule> {
    record(office, case, ("phone", outcome), ContactHow::default())
}

fn by(initiative: Initiative) -> ContactHow {
    ContactHow { initiative, ..ContactHow::default() }
}

fn says<T: std::fmt::Debug>(refused: &Result<T, Refusal>, words: &[&str]) -> bool {
    let told = |refusal: &Refusal| words.iter().all(|word| refusal.text().zh.contains(word));
    matches!(refused, Err(refusal @ Refusal::Conflict(_)) if told(refusal))
}

fn payer_of(office: &Office, case: CaseId) -> PartyId {
    let sql = "SELECT party_id FROM case_file WHERE id = $1";
    office.app.db.read(|tx| tx.query_one("payer", sql, &params![case], |row| row.take())).expect("a payer")
}

#[test]
fn a_call_over_the_budget_is_not_started_unless_the_owner_asked_and_is_kept_with_the_rule_when_it_was_made() {
    on_every_engine("2026-10-31", |office| {
        let (case, task) = with_a_call(office);
        let keeper = hire(office, "aa", Role::Service);
        for _ in 0..3 {
            assert_eq!(call(office, case, ContactOutcome::NoAnswer), None, "within the budget");
        }
        let take = |initiative| take_task(&office.app, &keeper, (office.community(), task), initiative);
        let held = "SELECT CAST(COUNT(*) AS BIGINT) FROM task WHERE taken_by IS NOT NULL";
        let refused = take(Initiative::Ours);
        assert!(says(&refused, &["电话次数", "2026-11-03 09:00", "业主要求回电"]), "{refused:?}");
        assert_eq!(office.count(held), 0, "a refusal changes nothing");
        take(Initiative::CallBack).expect("the owner asked");
        assert_eq!(call(office, case, ContactOutcome::NoAnswer), Some(BlockRule::CallsPerDay), "it happened");
        assert_eq!(record(office, case, ("phone", ContactOutcome::NoAnswer), by(Initiative::CallBack)), None);
        let kept = "SELECT CAST(COUNT(*) AS BIGINT) FROM contact_log WHERE channel = 'phone'";
        assert_eq!((office.count(kept), office.count(&format!("{kept} AND breach = 'calls_per_day'"))), (5, 1));
        assert_eq!(office.red(), [""; 0]);
        office.tamper("UPDATE contact_log SET breach = NULL WHERE breach IS NOT NULL");
        assert!(office.red().contains(&"contact_log_is_as_it_was_written"), "the rule is in the chain");
    });
}

#[test]
fn after_a_talk_nobody_calls_for_a_week_by_whatever_channel_or_unit_it_was() {
    on_every_engine("2026-10-31", |office| {
        let (case, task) = with_a_call(office);
        let keeper = hire(office, "aa", Role::Service);
        let take = || take_task(&office.app, &keeper, (office.community(), task), Initiative::Ours).map(|_| ());
        assert_eq!(record(office, case, ("counter", ContactOutcome::ReachedTalk), by(Initiative::Owner)), None);
        office.on("2026-11-05");
        assert!(says(&take(), &["冷静期", "2026-11-09 09:00"]), "{:?}", take());
        let room = contact_room(&office.app, &keeper, office.community(), case).expect("read");
        let opens = |closed: Option<hemu_app::collection::contact_room::Closed>| closed.and_then(|one| one.opens);
        assert_eq!(opens(room.call).as_deref(), Some("2026-11-09 09:00"));
        assert_eq!(opens(room.message).as_deref(), Some("2026-11-09 08:30"));
        assert_eq!(call(office, case, ContactOutcome::NoAnswer), Some(BlockRule::CoolOff));
        office.on("2026-11-09");
        take().expect("a week later");
    });
}

#[test]
fn who_calls_us_is_no_breach_and_a_call_counts_by_its_hour_not_by_when_it_was_written_down() {
    on_every_engine("2026-10-31", |office| {
        let (case, _) = with_a_call(office);
        office.app.clock.set(office.app.today(), 20, 30);
        assert_eq!(record(office, case, ("phone", ContactOutcome::ReachedTalk), by(Initiative::Owner)), None);
        office.on("2026-11-12");
        office.app.clock.set(office.app.today(), 20, 30);
        let at = ContactHow { at: NaiveTime::from_hms_opt(18, 30, 0), ..ContactHow::default() };
        assert_eq!(record(office, case, ("phone", ContactOutcome::NoAnswer), at), None);
        assert_eq!(call(office, case, ContactOutcome::NoAnswer), Some(BlockRule::QuietHours));
        let late = ContactHow { at: NaiveTime::from_hms_opt(21, 0, 0), ..ContactHow::default() };
        let ahead = ContactRequest {
            how: late,
            ..ContactRequest::of((office.community(), case), ("phone", ContactOutcome::NoAnswer))
        };
        let refused = record_contact(&office.app, &Actor::local_operator(), &ahead);
        assert!(matches!(refused, Err(Refusal::InvalidInput { .. })), "{refused:?}");
        let inwards = "SELECT CAST(COUNT(*) AS BIGINT) FROM contact_log WHERE direction = 'in'";
        assert_eq!(office.count(inwards), 1);
    });
}

#[test]
fn a_number_is_not_shown_for_dialling_while_the_owner_may_not_be_called() {
    on_every_engine("2026-10-31", |office| {
        let (case, _) = with_a_call(office);
        let sql = "SELECT id FROM contact_point WHERE channel = 'phone' AND party_id = $1";
        let payer = payer_of(office, case);
        let point: ContactPointId =
            office.app.db.read(|tx| tx.query_one("point", sql, &params![payer], |row| row.take())).expect("a number");
        let dial = |initiative| {
            let place = (office.community(), case);
            start_contact(&office.app, &Actor::local_operator(), place, point, initiative).map(|number| number.len())
        };
        assert_eq!(dial(Initiative::Ours).expect("open"), 11);
        office.app.clock.set(office.app.today(), 21, 0);
        assert!(says(&dial(Initiative::Ours), &["安静时段", "2026-11-03 09:00"]));
        assert!(says(&dial(Initiative::CallBack), &["安静时段"]), "no wish opens the night");
        let looked = "SELECT CAST(COUNT(*) AS BIGINT) FROM audit_entry WHERE act = 'contact_point.reveal'";
        assert_eq!(office.count(looked), 1);
    });
}

#[test]
fn what_a_person_asked_for_holds_for_people_and_messages_until_they_take_it_back() {
    on_every_engine("2026-10-31", |office| {
        let (case, _) = with_a_call(office);
        let (boss, payer) = (Actor::local_operator(), payer_of(office, case));
        let set = |kind, hour: Option<u32>| {
            let at = hour.and_then(|hour| NaiveTime::from_hms_opt(hour, 0, 0));
            set_contact_limit(&office.app, &boss, (office.community(), payer), (kind, at))
        };
        assert!(matches!(set(ContactLimit::NotBefore, None), Err(Refusal::InvalidInput { .. })), "which hour?");
        let late = set(ContactLimit::NotBefore, Some(11)).expect("set");
        assert_eq!(set(ContactLimit::NotBefore, Some(11)).expect("once"), late);
        assert!(matches!(set(ContactLimit::NotAfter, Some(11)), Err(Refusal::InvalidInput { .. })), "no hour left");
        assert_eq!(call(office, case, ContactOutcome::NoAnswer), Some(BlockRule::Wish), "it is ten o'clock");
        end_contact_limit(&office.app, &boss, office.community(), late).expect("taken back");
        assert_eq!(call(office, case, ContactOutcome::NoAnswer), None);
        set(ContactLimit::NoCall, None).expect("set");
        let page = case_page(&office.app, &boss, COMMUNITY, case).expect("a page");
        assert_eq!(page.limits.iter().map(|one| one.kind).collect::<Vec<_>>(), ["no_call"]);
        assert_eq!(page.room.call.map(|one| one.rule), Some("spared"));
        assert!(page.room.visit.is_none());
    });
}

#[test]
fn a_message_planned_before_the_owner_closed_its_channel_does_not_go_out() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        let case = case_of(office, UNIT);
        let place = (office.community(), payer_of(office, case));
        set_contact_limit(&office.app, &Actor::local_operator(), place, (ContactLimit::NoSms, None)).expect("set");
        send(office);
        let actions = |state: &str| -> i64 {
            let sql =
                "SELECT CAST(COUNT(*) AS BIGINT) FROM action WHERE case_id = $1 AND channel = 'sms' AND state = $2";
            office
                .app
                .db
                .read(|tx| tx.query_one("count", sql, &params![case, state], |row| row.take()))
                .expect("counts")
        };
        assert_eq!(actions("failed_permanent"), 1);
        run(office, "2026-11-02");
        assert_eq!(actions("planned"), 0, "nor is another one planned");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn on_a_festival_messages_wait_and_calls_are_refused_by_its_name() {
    on_every_engine("2026-01-31", |office| {
        office.import(&LIST.replace("2026-10", "2026-01").replace("2026-03", "2025-08").replace("2026-09", "2025-12"));
        run(office, "2026-02-16");
        send(office);
        let sent = "SELECT CAST(COUNT(*) AS BIGINT) FROM contact_log WHERE channel = 'sms'";
        assert_eq!(office.count(sent), 0);
        let case = case_of(office, UNIT);
        let room = contact_room(&office.app, &Actor::local_operator(), office.community(), case).expect("read");
        assert_eq!(room.call.expect("closed").text.zh, "春节期间不联系；2026-02-24 09:00 起可以联系");
        office.on("2026-02-24");
        send(office);
        assert!(office.count(sent) > 0, "what waited goes out");
    });
}
