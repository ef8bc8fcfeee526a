//! The same for everyone (公平公正, P3): who somebody is changes no decision; what was done out of the ordinary is on one list.

use hemu_app::Actor;
use hemu_app::collection::board::collection_board;
use hemu_app::collection::work::{ContactRequest, OpenTask, complete_task, list_open_tasks, record_contact};
use hemu_app::review::fairness::fairness_report;
use hemu_domain::Fen;
use hemu_domain::collection::Policy;
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::hold::HoldKind;
use hemu_store::params;

use crate::collector::{case_of, community, hold, run, send, try_run};
use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, yuan};

/// Two homes alike in what is owed, and unlike in all that must not count: name, number, room, form of address, office held.
const TWINS: &str = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注
1-1-101,王建国,13800138001,100,2.00,2026-03,业委会主任
2-2-2202,阿依古丽·买买提,18912345678,100,2.00,2026-03,
";

/// What was decided about the case of a unit, day by day, with everything it rests on.
fn decisions(office: &Office, label: &str) -> Vec<(String, String)> {
    let sql = "SELECT CAST(as_of AS TEXT), CAST(facts AS TEXT) || stage_after || outcome || COALESCE(step_key, '')
        || COALESCE(reason, '') || CAST(trace AS TEXT) || COALESCE(CAST(next_due_on AS TEXT), '')
        FROM decision WHERE case_id = $1 ORDER BY seq";
    let case = params![case_of(office, label)];
    office.app.db.read(|tx| tx.query(sql, &case, |row| Ok((row.take()?, row.take()?)))).expect("decisions")
}

/// Nobody answers a call; whatever else is to be done is done.
fn work_off(office: &Office, task: &OpenTask) {
    let (app, me) = (&office.app, Actor::local_operator());
    let (Some(case), "call" | "visit" | "senior_talk") = (task.case_id, task.kind.as_str()) else {
        complete_task(app, &me, community(office), task.id, "已办").expect("done");
        return;
    };
    let request = ContactRequest {
        task: Some(task.id),
        ..ContactRequest::of(
            (community(office), case),
            (if task.kind == "visit" { "visit" } else { "phone" }, ContactOutcome::NoAnswer),
        )
    };
    record_contact(app, &me, &request).expect("recorded");
}

/// Four months of nights and fruitless calls under a policy, alike for both.
fn live(office: &Office, policy: &Policy) {
    office.import(TWINS);
    let mut today = day("2026-11-01");
    while today < day("2027-03-01") {
        let shown = today.to_string();
        office.on(&shown);
        try_run(office, &shown, policy, false).expect("runs");
        send(office);
        for task in list_open_tasks(&office.app, &Actor::local_operator(), community(office)).expect("tasks") {
            work_off(office, &task);
        }
        today = today.succ_opt().expect("a day");
    }
}

#[test]
fn who_somebody_is_changes_no_decision() {
    on_every_engine("2026-10-31", |office| {
        live(office, &Policy::v1());
        let (one, other) = (decisions(office, "1-1-101"), decisions(office, "2-2-2202"));
        assert!(one.len() > 10, "months with decisions: {}", one.len());
        assert_eq!(one, other);
    });
}

#[test]
fn every_decision_of_the_days_comes_out_again_and_a_forged_one_is_told() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        run(office, "2026-11-04");
        let read = || {
            fairness_report(&office.app, &Actor::local_operator(), COMMUNITY, day("2026-11-30"), None)
                .expect("a report")
        };
        let report = read();
        assert!(report.decisions >= 2);
        assert_eq!((report.same, report.cases), (report.decisions, 2));
        office.tamper("UPDATE decision SET stage_after = 'demand' WHERE as_of = '2026-11-01'");
        assert!(read().same < report.decisions);
    });
}

#[test]
fn what_is_out_of_the_ordinary_is_listed_with_both_people() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        hold(office, Some(case_of(office, "1-1-102")), HoldKind::Hardship, "2026-12-01");
        let report = fairness_report(&office.app, &Actor::local_operator(), COMMUNITY, day("2026-11-30"), None);
        let report = report.expect("a report");
        let [one] = report.exceptions.as_slice() else { panic!("one exception: {:?}", report.exceptions) };
        assert!(!one.second.is_empty() && one.second != one.by, "{one:?}");
        assert_eq!(one.on, day("2026-11-01"));
        assert!(one.case_number.is_some());
        let [decider] = report.deciders.as_slice() else { panic!("{:?}", report.deciders) };
        assert_eq!((&decider.name, decider.acts), (&one.second, 1), "the second person decided");
        let earlier = fairness_report(&office.app, &Actor::local_operator(), COMMUNITY, day("2026-10-31"), None);
        assert!(earlier.expect("a report").exceptions.is_empty(), "nothing of later days");
    });
}

#[test]
fn the_board_adds_up_by_stage_by_person_and_by_building() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.import(TWINS);
        run(office, "2026-11-01");
        let read = || collection_board(&office.app, &Actor::local_operator(), community(office)).expect("a board");
        let board = read();
        let owed: Fen = ["1-1-101", "1-1-102", "1-1-202", "2-2-2202"]
            .map(|label| office.owed(label, "2026-11-01").0)
            .iter()
            .copied()
            .sum();
        assert_eq!(board.owed, owed);
        assert_eq!(board.stages.iter().map(|one| one.owed).sum::<Fen>(), owed);
        assert_eq!(board.people.iter().map(|one| one.owed).sum::<Fen>(), owed);
        assert_eq!(board.buildings.iter().map(|one| one.owed).sum::<Fen>(), owed);
        assert_eq!(board.stages.iter().map(|one| one.cases).sum::<usize>(), board.cases);
        assert_eq!(board.stages.len(), 4, "every stage is there");
        assert_eq!(board.stages[0].resting, 0);
        hold(office, Some(case_of(office, "1-1-102")), HoldKind::BillingQuery, "2026-11-07");
        assert_eq!(read().stages[0].resting, 1);
        office.pay("1-1-102", "1469.30", "2026-11-01", None).expect("taken");
        assert_eq!(read().owed, owed - yuan("1469.30"));
    });
}
