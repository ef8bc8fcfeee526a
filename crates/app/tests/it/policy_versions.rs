//! The life of a policy version: drafted, checked, asked for, approved by a second person, in force from a day, never changed.

use hemu_app::approval::{approve, ask};
use hemu_app::collection::preview::preview;
use hemu_app::collection::run_collection;
use hemu_app::collection::versions::{
    ask_activation, check_policy, drop_draft, list_versions, policy_in_force, read_policy, save_draft,
};
use hemu_app::collection::{RunReport, RunRequest};
use hemu_app::{Actor, Refusal, Scope};
use hemu_domain::collection::Policy;
use hemu_domain::ids::{ApprovalId, StaffId};
use hemu_domain::staff::Role;
use uuid::Uuid;

use crate::collector::{community, run, text};
use crate::history::second;
use crate::office::{LIST, Office, day, on_every_engine};

fn manager() -> Actor {
    let staff_id = Some(StaffId::from(Uuid::from_u128(1)));
    Actor { staff_id, name: "赵经理".to_owned(), role: Role::Manager, scope: Scope::All }
}

/// A version with later reminders, from a day on.
fn patient(from: &str) -> Policy {
    let mut policy = Policy { name: "从缓".to_owned(), effective_from: day(from), ..Policy::v1() };
    for (step, days) in policy.steps.iter_mut().zip([5, 15, 28]) {
        step.after_days = days;
    }
    policy
}

fn asked(office: &Office, policy: &Policy) -> ApprovalId {
    save_draft(&office.app, &manager(), policy).expect("saved");
    ask_activation(&office.app, &manager(), community(office), "多给一周").expect("asked").id
}

fn put_in_force(office: &Office, policy: &Policy) {
    let id = asked(office, policy);
    approve(&office.app, &second(), community(office), id).expect("approved");
}

/// Runs collection on a day under whatever is in force then.
fn run_in_force(office: &Office, today: &str) -> RunReport {
    office.on(today);
    let request = RunRequest { community: community(office), as_of: day(today), dry_run: false };
    let policy = policy_in_force(&office.app).expect("there is one");
    run_collection(&office.app, &Actor::local_operator(), &policy, &request).expect("runs")
}

#[test]
fn before_any_version_was_put_in_force_the_first_one_is() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        assert_eq!(policy_in_force(&office.app).expect("there is one"), Policy::v1());
        let list = list_versions(&office.app, &manager()).expect("lists");
        assert!(list.versions.len() == 1 && list.versions[0].in_force && list.draft.is_none());
        run(office, "2026-11-01");
        let list = list_versions(&office.app, &manager()).expect("lists");
        assert_eq!((list.versions.len(), list.versions[0].activated_by.as_deref()), (1, Some("本机操作员")));
    });
}

#[test]
fn an_unsound_draft_is_kept_but_never_asked_for_and_everything_wrong_with_it_is_told() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        let mut policy = patient("2026-11-01");
        policy.messages_per_7_days = 0;
        policy.steps.retain(|step| step.key != "serve_another_way");
        let draft = save_draft(&office.app, &manager(), &policy).expect("kept");
        let codes: Vec<&str> = draft.findings.iter().map(|one| one.code.as_str()).collect();
        assert_eq!((draft.version, codes), (2, vec!["limit_zero", "falls_silent"]));
        let refused = ask_activation(&office.app, &manager(), community(office), "试");
        let Err(Refusal::Gated { missing }) = refused else { panic!("{refused:?}") };
        assert_eq!(missing.len(), 2);
        assert_eq!(check_policy(&office.app, &manager(), &policy).expect("checks").len(), 2);
        assert!(matches!(read_policy("{\"version\": 1}"), Err(Refusal::InvalidInput { .. })));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_version_is_put_in_force_by_two_people_and_by_nobody_alone() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        let clerk = Actor { role: Role::Service, ..manager() };
        assert!(matches!(save_draft(&office.app, &clerk, &patient("2026-11-01")), Err(Refusal::Forbidden(_))));
        let id = asked(office, &patient("2026-11-01"));
        let alone = approve(&office.app, &manager(), community(office), id);
        assert!(matches!(alone, Err(Refusal::Conflict(_))), "{alone:?}");
        assert_eq!(policy_in_force(&office.app).expect("there is one").version, 1);
        approve(&office.app, &second(), community(office), id).expect("approved");
        let policy = policy_in_force(&office.app).expect("there is one");
        assert_eq!((policy.version, policy.name.as_str()), (2, "从缓"));
        let by = "SELECT activated_by FROM policy WHERE version = 2";
        assert_eq!(text(office, by), format!("赵经理、{}", second().name));
        let list = list_versions(&office.app, &manager()).expect("lists");
        assert!(list.draft.is_none() && list.versions[0].in_force && !list.versions[1].in_force);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_is_approved_is_what_was_asked_for_to_the_letter() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        let id = asked(office, &patient("2026-11-01"));
        save_draft(&office.app, &manager(), &Policy { cool_off_days: 1, ..patient("2026-11-01") }).expect("saved");
        let changed = approve(&office.app, &second(), community(office), id);
        assert!(matches!(changed, Err(Refusal::Conflict(_))), "{changed:?}");
        drop_draft(&office.app, &manager()).expect("dropped");
        let dropped = approve(&office.app, &second(), community(office), id);
        assert!(matches!(dropped, Err(Refusal::Conflict(_))), "{dropped:?}");
        let next = save_draft(&office.app, &manager(), &patient("2026-11-01")).expect("saved");
        assert_eq!(next.version, 3, "a request for the dropped draft never meets another one");
        assert_eq!(policy_in_force(&office.app).expect("there is one").version, 1);
    });
}

#[test]
fn a_day_that_is_past_is_refused_and_one_to_come_is_waited_for() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        save_draft(&office.app, &manager(), &patient("2026-11-04")).expect("saved");
        let past = ask_activation(&office.app, &manager(), community(office), "试");
        assert!(matches!(past, Err(Refusal::Gated { .. })), "{past:?}");
        put_in_force(office, &patient("2026-11-08"));
        for (today, version) in [("2026-11-07", 1), ("2026-11-08", 2), ("2026-12-01", 2)] {
            office.on(today);
            assert_eq!(policy_in_force(&office.app).expect("there is one").version, version, "{today}");
        }
    });
}

#[test]
fn i12_cases_under_way_finish_their_stage_under_the_old_version_and_new_ones_begin_under_the_new() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        run_in_force(office, "2026-11-01");
        put_in_force(office, &patient("2026-11-02"));
        run_in_force(office, "2026-11-02");
        let under = "SELECT CAST(COUNT(*) AS BIGINT) FROM case_file WHERE policy_version = ";
        assert_eq!((office.count(&format!("{under}1")), office.count(&format!("{under}2"))), (2, 0));
        office.bill("2026-11");
        run_in_force(office, "2026-12-31");
        assert!(office.count(&format!("{under}2")) > 0, "those that owe for the first time");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_preview_says_what_changes_for_whom_and_writes_nothing() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        office.on("2026-11-03");
        let rows = || {
            office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM audit_entry")
                + office.count("SELECT fact_seq FROM community")
        };
        let before = rows();
        let same = preview(&office.app, &manager(), community(office), &Policy::v1()).expect("tries");
        assert_eq!((same.cases, same.changes["same"], same.rows.len()), (2, 2, 0));
        let high_floor = Policy { version: 2, amount_floor: hemu_domain::Fen::new(100_000), ..Policy::v1() };
        let changed = preview(&office.app, &manager(), community(office), &high_floor).expect("tries");
        assert_eq!(changed.changes.values().sum::<i64>(), 2);
        assert!(changed.rows.iter().any(|one| one.becomes.reason == Some("below_floor")), "{changed:?}");
        assert!(changed.rows.iter().all(|one| one.number.starts_with("C-")));
        assert_eq!(rows(), before);
        let stranger = Actor { scope: Scope::Only(Vec::new()), ..manager() };
        assert!(preview(&office.app, &stranger, community(office), &high_floor).is_err());
    });
}

#[test]
fn an_activation_asked_for_by_hand_is_looked_at_like_any_other() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        let forged = hemu_app::collection::versions::ActivationRequest {
            version: 9,
            name: "没有".to_owned(),
            effective_from: day("2026-11-01"),
            sha256: String::new(),
        };
        let asked = hemu_app::approval::Asked::PolicyActivation(forged);
        let refused = ask(&office.app, &manager(), community(office), &asked, "试");
        assert!(matches!(refused, Err(Refusal::Conflict(_))), "{refused:?}");
    });
}
