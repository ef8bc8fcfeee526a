//! The route of a weekend afternoon: door by door, without whoever may not be visited, and as a calendar that names the room alone.

use hemu_app::collection::visits::{plan_visits, visit_calendar};
use hemu_app::registry::contact_limits::set_contact_limit;
use hemu_app::{Actor, Refusal};
use hemu_domain::ids::PartyId;
use hemu_domain::outreach::contact_limit::ContactLimit;
use hemu_domain::staff::Role;
use hemu_store::params;

use crate::collector::{case_of, run};
use crate::office::{LIST, Office, on_every_engine};
use crate::worklist::hire;

/// Four homes in two buildings that owe since April, each with a visit to make.
fn with_visits(office: &Office) {
    let list = LIST
        .replace("1-1-101", "10-1-101")
        .replace("1-1-201", "2-2-201")
        .replace("1-1-202", "2-1-1202")
        .replace("1-1-102", "2-1-302")
        .replace("2026-10", "2026-03")
        .replace("2026-09", "2026-03")
        .replace("1380013800,", "13800138003,");
    office.import(&list);
    run(office, "2026-11-02");
    let visits = "INSERT INTO task (community_id, id, case_id, kind, title, due_on, fitting_time, state, created_on)
        SELECT community_id, id, id, 'visit', '上门', '2026-11-02', '', 'open', '2026-11-02' FROM case_file";
    assert!(office.tamper(visits) >= 3);
}

fn doors(office: &Office, who: &Actor) -> Vec<(String, String)> {
    let plan = plan_visits(&office.app, who, office.community()).expect("a plan");
    plan.doors.into_iter().map(|one| (one.unit.to_string(), one.at.expect("a time"))).collect()
}

#[test]
fn a_route_goes_building_by_building_on_the_next_weekend_afternoon() {
    on_every_engine("2026-10-31", |office| {
        with_visits(office);
        let keeper = hire(office, "aa", Role::Service);
        let route = doors(office, &keeper);
        let units: Vec<&str> = route.iter().map(|(unit, _)| unit.as_str()).collect();
        assert_eq!(units, ["2-1-302", "2-1-1202", "2-2-201", "10-1-101"]);
        assert_eq!((route[0].1.as_str(), route[3].1.as_str()), ("2026-11-07 14:00", "2026-11-07 15:00"));
        let engineer = hire(office, "bb", Role::Engineer);
        assert!(matches!(plan_visits(&office.app, &engineer, office.community()), Err(Refusal::Forbidden(_))));
    });
}

#[test]
fn whoever_asked_for_no_visits_waits_and_the_others_move_up() {
    on_every_engine("2026-10-31", |office| {
        with_visits(office);
        let case = case_of(office, "2-1-302");
        let sql = "SELECT party_id FROM case_file WHERE id = $1";
        let payer: PartyId =
            office.app.db.read(|tx| tx.query_one("payer", sql, &params![case], |row| row.take())).expect("a payer");
        let boss = Actor::local_operator();
        set_contact_limit(&office.app, &boss, (office.community(), payer), (ContactLimit::NoVisit, None)).expect("set");
        assert_eq!(doors(office, &boss)[0], ("2-1-1202".to_owned(), "2026-11-07 14:00".to_owned()));
        let plan = plan_visits(&office.app, &boss, office.community()).expect("a plan");
        assert_eq!(plan.waiting.iter().map(|one| one.unit.as_str()).collect::<Vec<_>>(), ["2-1-302"]);
        assert!(plan.waiting[0].closed.as_ref().is_some_and(|why| why.zh.contains("不上门")));
    });
}

#[test]
fn the_calendar_names_rooms_and_no_person() {
    on_every_engine("2026-10-31", |office| {
        with_visits(office);
        let file = visit_calendar(&office.app, &Actor::local_operator(), office.community()).expect("a calendar");
        let unfolded = file.replace("\r\n ", "");
        assert_eq!(unfolded.matches("BEGIN:VEVENT").count(), 4);
        assert!(unfolded.contains("SUMMARY:上门 2-1-302\r\n") && unfolded.contains("DTSTART:20261107T060000Z"));
        for personal in ["李小梅", "王建国", "欧阳龑", "13800138"] {
            assert!(!unfolded.contains(personal), "{personal}");
        }
    });
}
