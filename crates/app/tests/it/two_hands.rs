//! Nobody holds the same task twice, and one shift hands its tasks to the next.

use hemu_app::collection::handover::{hand_over, list_handovers, release_task, take_task};
use hemu_app::collection::work::complete_task;
use hemu_app::collection::worklist::list_work;
use hemu_app::{Actor, Refusal};
use hemu_domain::collection::contact_block::Initiative;
use hemu_domain::ids::TaskId;
use hemu_domain::staff::Role;

use crate::collector::{run, send};
use crate::office::{LIST, Office, on_every_engine};
use crate::worklist::hire;

/// The only open call.
fn call(office: &Office) -> TaskId {
    office.import(LIST);
    run(office, "2026-11-01");
    send(office);
    run(office, "2026-11-02");
    let tasks = list_work(&office.app, &Actor::local_operator(), office.community()).expect("a list").rows;
    tasks.into_iter().find(|one| one.kind == "call").expect("a call").id
}

fn take(office: &Office, who: &Actor, task: TaskId) -> Result<(), Refusal> {
    take_task(&office.app, who, (office.community(), task), Initiative::Ours).map(|_| ())
}

fn is_theirs(refused: &Result<(), Refusal>, name: &str) -> bool {
    matches!(refused, Err(refusal @ Refusal::Conflict(_)) if refusal.text().zh.contains(name))
}

#[test]
fn of_two_who_take_a_task_at_once_one_gets_it_and_the_other_is_told_who() {
    on_every_engine("2026-10-31", |office| {
        let task = call(office);
        let people = ["aa", "bb"].map(|login| hire(office, login, Role::Service));
        let results = std::thread::scope(|scope| {
            let takers = people.each_ref().map(|who| scope.spawn(move || take(office, who, task)));
            takers.map(|taker| taker.join().expect("no panic"))
        });
        let winner = results.iter().position(Result::is_ok).expect("one gets it");
        assert!(is_theirs(&results[1 - winner], &people[winner].name), "{results:?}");
    });
}

#[test]
fn what_somebody_holds_nobody_else_finishes_until_it_is_free_again() {
    on_every_engine("2026-10-31", |office| {
        let task = call(office);
        let [first, second] = ["aa", "bb"].map(|login| hire(office, login, Role::Service));
        let boss = hire(office, "boss", Role::Manager);
        let free = |who: &Actor| release_task(&office.app, who, office.community(), task);
        let finish = |who: &Actor| complete_task(&office.app, who, office.community(), task, "已办");
        take(office, &first, task).expect("taken");
        take(office, &first, task).expect("held anew");
        assert!(is_theirs(&finish(&second), &first.name) && is_theirs(&free(&second), &first.name));
        free(&boss).expect("a manager frees it");
        take(office, &second, task).expect("taken");
        assert!(is_theirs(&take(office, &first, task), &second.name));
        office.app.clock.set(office.app.today(), 14, 1);
        take(office, &first, task).expect("four hours later it is free");
        finish(&first).expect("done");
        assert!(matches!(take(office, &second, task), Err(Refusal::Conflict(_))));
        assert!(matches!(take(office, &Actor::local_operator(), task), Err(Refusal::InvalidInput { .. })));
    });
}

#[test]
fn a_shift_hands_over_what_it_holds_with_a_note_and_nothing_else() {
    on_every_engine("2026-10-31", |office| {
        let task = call(office);
        let [first, second] = ["aa", "bb"].map(|login| hire(office, login, Role::Service));
        let engineer = hire(office, "cc", Role::Engineer);
        let give = |to: &Actor, note: &str| {
            hand_over(&office.app, &first, office.community(), to.staff_id.expect("an account"), note)
        };
        assert!(matches!(give(&second, "晚上再打"), Err(Refusal::Conflict(_))), "nothing is theirs yet");
        take(office, &first, task).expect("taken");
        for (to, note) in [(&second, " "), (&first, "自己"), (&engineer, "晚上再打")] {
            assert!(matches!(give(to, note), Err(Refusal::InvalidInput { .. })), "{note}");
        }
        assert_eq!(give(&second, "晚上再打").expect("handed over").tasks, 1);
        let mine = |who: &Actor| {
            let rows = list_work(&office.app, who, office.community()).expect("a list").rows;
            rows.iter().any(|one| one.id == task)
        };
        assert!(mine(&second) && !mine(&first));
        take(office, &second, task).expect("free to take");
        let list = list_handovers(&office.app, &second, office.community()).expect("a list");
        let line = (list[0].from.as_str(), list[0].to.as_str(), list[0].note.as_str(), list[0].tasks);
        assert_eq!((list.len(), line), (1, ("员工aa", "员工bb", "晚上再打", 1)));
    });
}
