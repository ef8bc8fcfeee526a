//! The list of a person's work: ranked with its reasons, cut where the day is full, and told what does not fit.

use hemu_app::collection::assignment::assign_case;
use hemu_app::collection::worklist::{WorkList, list_capacities, list_work, set_capacity};
use hemu_app::staff::{NewStaff, add_staff};
use hemu_app::{Actor, Refusal, Scope};
use hemu_domain::collection::ranking::Capacity;
use hemu_domain::ids::StaffId;
use hemu_domain::staff::Role;

use crate::collector::{case_of, run, send};
use crate::office::{LIST, Office, on_every_engine};

pub fn hire(office: &Office, login: &str, role: Role) -> Actor {
    let (name, password) = (format!("员工{login}"), "right horse".to_owned());
    let new = NewStaff { login: login.to_owned(), name: name.clone(), role, password, communities: None };
    let id = add_staff(&office.app, &Actor::local_operator(), &new).expect("an account");
    Actor { staff_id: Some(id), name, role, scope: Scope::All }
}

fn work(office: &Office, who: &Actor) -> WorkList {
    list_work(&office.app, who, office.community()).expect("a list")
}

/// Cases of two units with their first tasks, of which one is a call.
fn with_a_call(office: &Office) {
    office.import(LIST);
    run(office, "2026-11-01");
    send(office);
    run(office, "2026-11-02");
}

fn set(office: &Office, who: &Actor, staff: Option<StaffId>, calls: i64) -> Result<(), Refusal> {
    set_capacity(&office.app, who, staff.expect("an account"), Capacity { calls, visits: 0 })
}

#[test]
fn a_task_stands_where_its_reasons_put_it_and_says_them() {
    on_every_engine("2026-10-31", |office| {
        with_a_call(office);
        let list = work(office, &Actor::local_operator());
        assert!(!list.rows.is_empty());
        assert!(list.rows.is_sorted_by_key(|one| std::cmp::Reverse(one.rank.score)));
        let call = list.rows.iter().find(|one| one.kind == "call").expect("a call");
        assert_eq!(call.rank.score, call.rank.why.iter().map(|one| one.points).sum::<i64>());
        assert!(call.rank.why.iter().any(|one| one.why.zh.contains(&call.overdue.to_string())), "{:?}", call.rank);
        assert!(call.overdue.is_positive() && call.fits);
    });
}

#[test]
fn what_does_not_fit_into_a_persons_day_is_told() {
    on_every_engine("2026-10-31", |office| {
        with_a_call(office);
        let (manager, keeper) = (hire(office, "boss", Role::Manager), hire(office, "aa", Role::Service));
        assert_eq!(work(office, &keeper).beyond, Capacity { calls: 0, visits: 0 });
        assert_eq!(work(office, &keeper).capacity, Capacity { calls: 40, visits: 6 }, "the program's proposal");
        assert!(matches!(set(office, &keeper, keeper.staff_id, 0), Err(Refusal::Forbidden(_))));
        assert!(matches!(set(office, &manager, keeper.staff_id, -1), Err(Refusal::InvalidInput { .. })));
        set(office, &manager, keeper.staff_id, 0).expect("set");
        let list = work(office, &keeper);
        let calls = list.rows.iter().filter(|one| one.kind == "call").collect::<Vec<_>>();
        assert!(!calls.is_empty() && calls.iter().all(|one| !one.fits));
        assert_eq!(list.beyond.calls, i64::try_from(calls.len()).expect("few"));
        let set = list_capacities(&office.app, &manager, office.community()).expect("a list");
        assert!(set.iter().any(|one| Some(one.id) == keeper.staff_id && one.capacity.calls == 0));
    });
}

#[test]
fn a_person_sees_their_own_tasks_and_nobodys() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        let [first, second] = ["aa", "bb"].map(|login| hire(office, login, Role::Service));
        let case = case_of(office, "1-1-102");
        assign_case(&office.app, &first, office.community(), case, first.staff_id).expect("taken");
        send(office);
        run(office, "2026-11-02");
        let sees = |who: &Actor| work(office, who).rows.iter().any(|one| one.case_id == Some(case));
        assert!(sees(&first) && !sees(&second) && sees(&Actor::local_operator()));
    });
}
