//! Acts of two people: nobody approves alone, nor outside their communities, nor what the facts no longer bear, nor twice.

use hemu_app::approval::{Asked, approve, ask, list_approvals, refuse, withdraw};
use hemu_app::billing::find_community;
use hemu_app::collection::{RunRequest, run_collection};
use hemu_app::import::{ImportRequest, import_spreadsheet};
use hemu_app::ledger::adjust::{AdjustRequest, Part};
use hemu_app::legal::{DemandRequest, make_demand};
use hemu_app::{Actor, Refusal, Scope};
use hemu_domain::collection::Policy;
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::ids::{ApprovalId, CommunityId, StaffId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::staff::Role;
use hemu_domain::staff::approval::ApprovalState;
use uuid::Uuid;

use crate::collector::{case_of, contact, text};
use crate::history::second;
use crate::office::{COMMUNITY, LIST, Office, on_every_engine, unit, yuan};

const OWING: &str = "1-1-102";

fn person(number: u128, role: Role) -> Actor {
    let staff_id = Some(StaffId::from(Uuid::from_u128(number)));
    Actor { staff_id, name: format!("员工{number}"), role, scope: Scope::All }
}

fn waiver(office: &Office, amount: &str) -> Asked {
    let (part, kind) = (Part::Principal, AdjustmentKind::Waiver);
    Asked::Adjustment(AdjustRequest { charge: office.oldest_charge(OWING), part, kind, amount: yuan(amount) })
}

/// A waiver the accountant asks for.
fn asked(office: &Office, amount: &str) -> ApprovalId {
    let accountant = person(1, Role::Accountant);
    ask(&office.app, &accountant, office.community(), &waiver(office, amount), "电梯停用补偿").expect("asked").id
}

fn adjustments(office: &Office) -> i64 {
    office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM adjustment")
}

fn state(office: &Office) -> String {
    text(office, "SELECT state FROM approval ORDER BY seq DESC LIMIT 1")
}

#[test]
fn who_asked_may_not_approve_under_another_name_nor_may_a_namesake() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let manager = person(1, Role::Manager);
        let id = ask(&office.app, &manager, office.community(), &waiver(office, "10"), "补偿").expect("asked").id;
        let renamed = Actor { name: "王大伟".to_owned(), ..manager.clone() };
        let namesake = Actor { name: manager.name.clone(), ..person(2, Role::Manager) };
        for one in [&manager, &renamed, &namesake] {
            for own in [approve(&office.app, one, office.community(), id), refuse_it(office, one, id)] {
                assert!(matches!(own, Err(Refusal::Conflict(_))), "{own:?}");
            }
        }
        assert_eq!((adjustments(office), state(office).as_str()), (0, "open"));
        let done = approve(&office.app, &person(2, Role::Manager), office.community(), id).expect("another person");
        assert_eq!((done.state, adjustments(office)), (ApprovalState::Approved, 1));
        assert_eq!(office.red(), [""; 0]);
    });
}

fn refuse_it(office: &Office, actor: &Actor, id: ApprovalId) -> Result<hemu_app::approval::Decided, Refusal> {
    refuse(&office.app, actor, office.community(), id, "理由不足")
}

fn another_community(office: &Office) -> CommunityId {
    let name = "邻里花园";
    let request = ImportRequest {
        file_name: "list.csv".to_owned(),
        bytes: LIST.as_bytes().to_vec(),
        community: name.to_owned(),
        as_of: office.app.today(),
        map: Vec::new(),
        dry_run: false,
    };
    import_spreadsheet(&office.app, &Actor::local_operator(), &request).expect("imports");
    find_community(&office.app, name).expect("there")
}

#[test]
fn only_who_may_approve_there_approves() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let id = asked(office, "10");
        let elsewhere = Scope::Only(vec![CommunityId::from(Uuid::from_u128(9))]);
        let stranger = Actor { scope: elsewhere, ..person(2, Role::Manager) };
        for nobody in [stranger, person(3, Role::Legal), person(4, Role::Service)] {
            let tried = [approve(&office.app, &nobody, office.community(), id), refuse_it(office, &nobody, id)];
            assert!(tried.iter().all(|one| matches!(one, Err(Refusal::Forbidden(_)))), "{tried:?}");
        }
        let service = ask(&office.app, &person(4, Role::Service), office.community(), &waiver(office, "5"), "补偿");
        assert!(matches!(service, Err(Refusal::Forbidden(_))), "nor is it asked for without the right");
        let foreign = another_community(office);
        let other = approve(&office.app, &person(2, Role::Manager), foreign, id);
        assert!(matches!(other, Err(Refusal::NotFound(_))), "a request belongs to its community: {other:?}");
        assert_eq!((adjustments(office), state(office).as_str()), (0, "open"));
    });
}

#[test]
fn what_the_facts_no_longer_bear_is_refused_and_goes_on_waiting() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let id = asked(office, "209.90");
        office.pay(OWING, "100.00", "2026-11-05", None).expect("taken");
        let stale = approve(&office.app, &second(), office.community(), id);
        assert!(matches!(stale, Err(Refusal::InvalidInput { field: "amount", .. })), "{stale:?}");
        assert_eq!((adjustments(office), state(office).as_str()), (0, "open"), "nothing was changed");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn an_approval_is_given_once() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let id = asked(office, "10");
        approve(&office.app, &second(), office.community(), id).expect("approved");
        let again = approve(&office.app, &person(2, Role::Manager), office.community(), id);
        assert!(matches!(&again, Err(Refusal::Conflict(text)) if text.en.contains("approved by 王经理")), "{again:?}");
        assert!(refuse_it(office, &person(2, Role::Manager), id).is_err());
        assert!(withdraw(&office.app, &person(1, Role::Accountant), office.community(), id).is_err());
        assert_eq!(adjustments(office), 1);
        let acts = "SELECT CAST(COUNT(*) AS BIGINT) FROM audit_entry WHERE act IN ('approval.ask', 'approval.approve')";
        assert_eq!(office.count(acts), 2);
    });
}

#[test]
fn two_who_approve_at_once_do_it_once() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let (id, community) = (asked(office, "10"), office.community());
        let results: Vec<bool> = std::thread::scope(|scope| {
            let approvers = [2, 3, 4].map(|number| {
                scope.spawn(move || approve(&office.app, &person(number, Role::Manager), community, id).is_ok())
            });
            approvers.map(|one| one.join().expect("ends")).to_vec()
        });
        assert_eq!(results.iter().filter(|ok| **ok).count(), 1, "{results:?}");
        assert_eq!(adjustments(office), 1);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn the_same_is_asked_for_once_while_it_waits() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let id = asked(office, "10");
        let again = ask(&office.app, &second(), office.community(), &waiver(office, "20"), "补偿");
        assert!(matches!(again, Err(Refusal::Conflict(_))), "{again:?}");
        refuse_it(office, &second(), id).expect("refused");
        let list = list_approvals(&office.app, &second(), office.community()).expect("a list");
        assert_eq!((list.open.len(), list.decided[0].answer.as_deref()), (0, Some("理由不足")));
        let next = asked(office, "20");
        let foreign = withdraw(&office.app, &second(), office.community(), next);
        assert!(matches!(foreign, Err(Refusal::Conflict(_))), "only who asked withdraws");
        withdraw(&office.app, &person(1, Role::Accountant), office.community(), next).expect("withdrawn");
        assert_eq!((adjustments(office), state(office).as_str()), (0, "withdrawn"));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_request_lapses_and_makes_room_for_the_next() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let id = asked(office, "10");
        office.on("2026-11-19");
        assert_eq!(list_approvals(&office.app, &second(), office.community()).expect("a list").open.len(), 1);
        office.on("2026-11-20");
        assert!(list_approvals(&office.app, &second(), office.community()).expect("a list").open.is_empty());
        let late = approve(&office.app, &second(), office.community(), id);
        assert!(matches!(&late, Err(Refusal::Conflict(text)) if text.en.contains("expired")), "{late:?}");
        asked(office, "10");
        let expired = "SELECT CAST(COUNT(*) AS BIGINT) FROM approval WHERE state = 'expired'";
        assert_eq!((office.count(expired), adjustments(office)), (1, 0));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn where_the_policy_asks_for_it_a_demand_gets_its_number_from_two_people() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let policy = Policy { version: 2, demand_needs_second_person: true, ..Policy::v1() };
        office.on("2026-11-01");
        let request = RunRequest { community: office.community(), as_of: office.app.today(), dry_run: false };
        run_collection(&office.app, &Actor::local_operator(), &policy, &request).expect("runs");
        let letter = Asked::DemandLetter { unit: unit(OWING) };
        let legal = person(5, Role::Legal);
        let early = ask(&office.app, &legal, office.community(), &letter, "多次沟通无果");
        assert!(matches!(early, Err(Refusal::Gated { .. })), "no talks yet: {early:?}");
        let case = case_of(office, OWING);
        for day in ["2026-11-02", "2026-11-03"] {
            office.on(day);
            contact(office, case, ("phone", ContactOutcome::ReachedRefuse), None);
        }
        office.on("2026-11-04");
        let alone = DemandRequest { community: COMMUNITY.to_owned(), unit: unit(OWING), issue: true };
        let alone = make_demand(&office.app, &legal, &alone);
        let Err(Refusal::Gated { missing }) = &alone else { panic!("{alone:?}") };
        assert!(missing.len() == 1 && missing[0].en.contains("second person"), "{missing:?}");
        let id = ask(&office.app, &legal, office.community(), &letter, "多次沟通无果").expect("asked").id;
        approve(&office.app, &second(), office.community(), id).expect("approved");
        let people = "SELECT issued_by || '+' || approved_by FROM notice WHERE number IS NOT NULL";
        assert_eq!(text(office, people), "员工5+王经理");
        assert_eq!(office.red(), [""; 0]);
    });
}
