//! Who looks after what: a person for each building, who gets its new cases; by hand a case goes to somebody else.

use hemu_app::arrears::charges::detailed_arrears;
use hemu_app::arrears::{ArrearsFilter, arrears_report, own_cases};
use hemu_app::collection::assignment::{assign_building, assign_case, list_keepers};
use hemu_app::collection::case_page::{CaseFilter, case_page, list_cases};
use hemu_app::staff::{EditStaff, NewStaff, add_staff, edit_staff};
use hemu_app::{Actor, Refusal, Scope};
use hemu_domain::ids::StaffId;
use hemu_domain::staff::Role;

use crate::collector::{case_of, run, send};
use crate::office::{COMMUNITY, LIST, Office, on_every_engine};

fn hire(office: &Office, login: &str, role: Role) -> StaffId {
    let (name, password) = (format!("员工{login}"), "right horse".to_owned());
    let new = NewStaff { login: login.to_owned(), name, role, password, communities: None };
    add_staff(&office.app, &Actor::local_operator(), &new).expect("an account")
}

fn actor(id: StaffId, login: &str, role: Role) -> Actor {
    Actor { staff_id: Some(id), name: format!("员工{login}"), role, scope: Scope::All }
}

fn give_building(office: &Office, staff: Option<StaffId>) -> Result<u64, Refusal> {
    let me = Actor::local_operator();
    let building = list_keepers(&office.app, &me, office.community()).expect("a list").buildings[0].id;
    assign_building(&office.app, &me, office.community(), building, staff)
}

fn keeper_of(office: &Office, label: &str) -> Option<StaffId> {
    let page = case_page(&office.app, &Actor::local_operator(), COMMUNITY, case_of(office, label)).expect("a page");
    page.staff.map(|one| one.id)
}

#[test]
fn new_cases_go_to_the_person_of_the_building_with_their_tasks() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let keeper = hire(office, "aa", Role::Service);
        give_building(office, Some(keeper)).expect("given");
        run(office, "2026-11-01");
        assert_eq!(keeper_of(office, "1-1-102"), Some(keeper));
        send(office);
        run(office, "2026-11-02");
        let tasks = "SELECT CAST(COUNT(*) AS BIGINT) FROM task t JOIN case_file c ON c.id = t.case_id";
        let (all, kept) = (office.count(tasks), office.count(&format!("{tasks} AND c.staff_id = t.staff_id")));
        assert!(all > 0 && all == kept, "{kept} of {all} tasks are the person's");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn without_a_person_cases_are_nobodys_until_the_building_gets_one() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        assert_eq!(keeper_of(office, "1-1-102"), None);
        let [first, second] = ["aa", "bb"].map(|login| hire(office, login, Role::Service));
        assert_eq!(give_building(office, Some(first)).expect("given"), 2, "both open cases go along");
        assert_eq!(give_building(office, Some(second)).expect("given"), 0, "those that are somebody's stay");
        assert_eq!(keeper_of(office, "1-1-102"), Some(first));
        give_building(office, None).expect("taken away");
        assert_eq!(keeper_of(office, "1-1-102"), Some(first));
    });
}

#[test]
fn by_hand_a_case_goes_to_whoever_works_there_and_to_nobody_else() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        let me = Actor::local_operator();
        let case = case_of(office, "1-1-102");
        let give = |staff| assign_case(&office.app, &me, office.community(), case, staff);
        hire(office, "boss", Role::Manager);
        let [keeper, gone] = ["aa", "bb"].map(|login| hire(office, login, Role::Service));
        let engineer = hire(office, "cc", Role::Engineer);
        let leave = EditStaff { active: Some(false), ..EditStaff::default() };
        edit_staff(&office.app, &me, gone, &leave).expect("left");
        for wrong in [gone, engineer] {
            assert!(matches!(give(Some(wrong)), Err(Refusal::InvalidInput { field: "staff", .. })));
        }
        give(Some(keeper)).expect("given");
        assert_eq!(keeper_of(office, "1-1-102"), Some(keeper));
        let auditor = actor(hire(office, "dd", Role::Auditor), "dd", Role::Auditor);
        let refused = assign_case(&office.app, &auditor, office.community(), case, None);
        assert!(matches!(refused, Err(Refusal::Forbidden(_))), "{refused:?}");
        give(None).expect("taken away");
        assert_eq!(keeper_of(office, "1-1-102"), None);
    });
}

#[test]
fn mine_are_the_cases_and_arrears_of_whoever_looks() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        let id = hire(office, "aa", Role::Service);
        let keeper = actor(id, "aa", Role::Service);
        let case = case_of(office, "1-1-202");
        assign_case(&office.app, &keeper, office.community(), case, Some(id)).expect("taken");
        let mine = |who: &Actor| {
            let filter = CaseFilter { mine: true, ..CaseFilter::default() };
            let cases = list_cases(&office.app, who, COMMUNITY, &filter, ("", 50)).expect("a list").rows;
            let filter = ArrearsFilter { staff: Some(own_cases(who)), ..ArrearsFilter::default() };
            let list = arrears_report(&office.app, who, COMMUNITY, office.app.today()).expect("a list");
            let owed = list.filtered(&filter).rows;
            let cases: Vec<_> = cases.into_iter().map(|one| (one.id, one.staff)).collect();
            (cases, owed.into_iter().map(|one| (one.unit.to_string(), one.staff)).collect::<Vec<_>>())
        };
        let name = Some("员工aa".to_owned());
        assert_eq!(mine(&keeper), (vec![(case, name.clone())], vec![("1-1-202".to_owned(), name)]));
        assert_eq!(mine(&Actor::local_operator()), (vec![], vec![]), "who has no account has no cases");
    });
}

#[test]
fn the_list_with_charges_has_the_rows_and_sums_of_the_list() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        let me = Actor::local_operator();
        let list = arrears_report(&office.app, &me, COMMUNITY, office.app.today()).expect("a list");
        let detailed = detailed_arrears(&office.app, &me, COMMUNITY, office.app.today()).expect("a list");
        assert_eq!(detailed.totals, list.totals);
        for (row, one) in list.rows.iter().zip(&detailed.rows) {
            let sums = (one.charges.iter().map(|c| c.principal).sum(), one.charges.iter().map(|c| c.late_fee).sum());
            assert_eq!((&row.unit, row.principal, row.late_fee), (&one.row.unit, sums.0, sums.1));
        }
        assert_eq!(detailed.rows.len(), list.rows.len());
    });
}
