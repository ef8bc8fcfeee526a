//! The twelve holds of `collections.md` 6.2, a test for each: who opens it, what rests, how it ends.

use hemu_app::approval::Asked;
use hemu_app::collection::holds::{Extent, HoldRequest, confirm_hold, open_hold, release_hold};
use hemu_app::collection::plans::{PlanRequest, decide_plan, propose_plan};
use hemu_app::collection::snapshot::one_case;
use hemu_app::collection::work::{complete_task, list_open_tasks};
use hemu_app::reductions::service::ServiceRequest;
use hemu_app::registry::contacts::mark_bounced;
use hemu_app::service::board::{ask_reduction, show_order};
use hemu_app::service::{Act, act};
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::facts::CaseFacts;
use hemu_domain::collection::hold::{HoldKind, Suppression};
use hemu_domain::collection::{Outcome, Policy, Reason, decide};
use hemu_domain::ids::{CaseId, ContactPointId};
use hemu_domain::service::{Finding, Remedy};
use hemu_domain::staff::Role;

use crate::collector::{
    OWING, add_representative, answer, case_of, community, complain, complaint, contact, hold, me, release, run, send,
    step, text,
};
use crate::history::second;
use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, yuan};

fn facts(office: &Office, case: CaseId) -> CaseFacts {
    let found = office.app.db.read(|tx| one_case(tx, community(office), case, office.app.today()));
    found.expect("a case").facts
}

/// Why nothing is done about a case today.
fn rests_for(office: &Office, case: CaseId) -> Option<Reason> {
    match decide(&Policy::v1(), &facts(office, case), office.app.today()).outcome {
        Outcome::None { reason } => Some(reason),
        Outcome::Act { .. } => None,
    }
}

fn case(office: &Office) -> CaseId {
    office.import(LIST);
    office.late_fee_clause("principal_first");
    run(office, "2026-11-01");
    case_of(office, OWING)
}

/// Contact, escalation, late fee, law.
fn rest(contact: bool, escalation: bool, late_fee: bool, legal: bool) -> Suppression {
    Suppression { contact, escalation, late_fee, legal }
}

fn request(office: &Office, case: CaseId, kind: HoldKind, review_on: &str) -> HoldRequest {
    HoldRequest::of(community(office), (Some(case), kind), "业主来访说明", day(review_on))
}

/// The days after a hold on which nothing happens: seven, and nothing is made up for at once (I13).
fn rests_after(office: &Office, case: CaseId, released_on: &str) {
    let since = day(released_on);
    office.on(released_on);
    assert_eq!(facts(office, case).rested_on, Some(since));
    assert_eq!(send(office).sent, 0, "nor does what was planned before the hold go out");
    assert_eq!(rests_for(office, case), Some(Reason::AfterHold), "no burst");
}

#[test]
fn h01_service_dispute_rests_until_the_finding_and_then_a_week() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        office.on("2026-11-02");
        let id = complain(office, &complaint(office, case, "2026-11-12", Vec::new()));
        assert_eq!(facts(office, case).suppression, rest(true, true, false, true));
        assert!(facts(office, case).softened);
        office.on("2026-11-05");
        answer(office, id, Finding::Invalid);
        rests_after(office, case, "2026-11-05");
    });
}

#[test]
fn h02_billing_query_is_about_the_charges_it_names_without_late_fee() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        office.on("2026-11-02");
        let extent = Extent { charges: vec![office.oldest_charge(OWING)], ..Extent::default() };
        let query = HoldRequest { extent, ..request(office, case, HoldKind::BillingQuery, "2026-11-09") };
        let id = open_hold(&office.app, &me(), &query).expect("opened");
        let found = facts(office, case);
        assert_eq!((found.disputed, found.suppression.contact), (yuan("209.90"), false), "the rest is asked for");
        assert!(found.suppression.escalation);
        let late = HoldRequest { review_on: day("2026-11-10"), ..query };
        assert!(matches!(open_hold(&office.app, &me(), &late), Err(Refusal::InvalidInput { field: "review_on", .. })));
        office.on("2026-11-06");
        release(office, id);
        rests_after(office, case, "2026-11-06");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn h03_hardship_stops_the_late_fee_when_a_second_person_confirms() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        office.on("2026-11-02");
        let id =
            open_hold(&office.app, &me(), &request(office, case, HoldKind::Hardship, "2026-12-15")).expect("opened");
        assert_eq!(facts(office, case).suppression, rest(true, true, false, true), "at once, but for the late fee");
        let own = confirm_hold(&office.app, &me(), community(office), id);
        assert!(matches!(own, Err(Refusal::Conflict(_))), "{own:?}");
        office.on("2026-11-10");
        assert!(!facts(office, case).suppression.contact, "nobody confirmed it for a week");
        office.on("2026-11-09");
        confirm_hold(&office.app, &second(), community(office), id).expect("confirmed");
        office.on("2026-11-20");
        assert_eq!(facts(office, case).suppression, rest(true, true, true, true));
        assert_eq!(office.owed(OWING, "2026-11-20").1, office.owed(OWING, "2026-11-09").1);
        assert_eq!(text(office, "SELECT confirmed_by FROM hold WHERE released_on IS NULL"), "王经理");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn h04_active_promise_rests_by_itself_until_its_day_and_grace() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let by_hand = open_hold(&office.app, &me(), &request(office, case, HoldKind::Promise, "2026-11-10"));
        assert!(matches!(by_hand, Err(Refusal::Conflict(_))), "{by_hand:?}");
        office.on("2026-11-02");
        contact(office, case, ("phone", ContactOutcome::ReachedPromise), Some(("500.00", "2026-11-20")));
        office.on("2026-11-15");
        assert_eq!(rests_for(office, case), Some(Reason::Promise));
        assert_eq!(facts(office, case).suppression, rest(true, true, false, true));
        assert_eq!(send(office).cancelled, 1, "what was planned before falls away");
        run(office, "2026-11-24");
        let rested_on = facts(office, case).rested_on;
        assert_eq!(
            (rested_on, rests_for(office, case)),
            (Some(day("2026-11-24")), Some(Reason::AfterHold)),
            "no burst"
        );
    });
}

#[test]
fn h05_active_plan_rests_by_itself_while_it_is_kept() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        assert!(open_hold(&office.app, &me(), &request(office, case, HoldKind::Plan, "2026-11-10")).is_err());
        let request = PlanRequest::monthly(community(office), case, 3, day("2026-11-20"));
        let plan = propose_plan(&office.app, &me(), &request).expect("proposed");
        decide_plan(&office.app, &second(), community(office), case, (plan, true)).expect("agreed");
        office.on("2026-11-15");
        assert_eq!(rests_for(office, case), Some(Reason::Plan));
    });
}

#[test]
fn h06_deceased_needs_its_document_and_then_the_representative_alone_is_contacted() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        office.on("2026-11-02");
        let bare = open_hold(&office.app, &me(), &request(office, case, HoldKind::Deceased, "2026-12-15"));
        assert!(matches!(bare, Err(Refusal::InvalidInput { field: "document", .. })), "{bare:?}");
        let id = hold(office, Some(case), HoldKind::Deceased, "2026-12-15");
        assert_eq!(facts(office, case).suppression, rest(true, true, true, true), "nobody writes to the dead");
        let early = release_hold(&office.app, &me(), community(office), id, "已联系家属");
        assert!(matches!(early, Err(Refusal::Gated { .. })), "nobody represents the person: {early:?}");
        office.on("2026-11-05");
        add_representative(office, OWING);
        release(office, id);
        let own = "SELECT CAST(COUNT(*) AS BIGINT) FROM contact_point c JOIN account a ON a.party_id = c.party_id
            JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-102' AND c.bounced_on IS NULL AND c.relation";
        assert_eq!(office.count(&format!("{own} = 'self'")), 0);
        assert_eq!(office.count(&format!("{own} = 'representative'")), 1);
        rests_after(office, case, "2026-11-05");
    });
}

#[test]
fn h07_represented_is_for_counsel_and_leaves_the_law_its_way() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let id = hold(office, Some(case), HoldKind::Represented, "2026-12-15");
        assert_eq!(facts(office, case).suppression, rest(true, true, false, false));
        office.on("2026-11-20");
        release(office, id);
        rests_after(office, case, "2026-11-20");
    });
}

#[test]
fn h08_ownership_change_rests_everything() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        hold(office, Some(case), HoldKind::OwnershipChange, "2026-11-20");
        assert_eq!(facts(office, case).suppression, rest(true, true, true, true));
        assert_eq!(office.owed(OWING, "2026-11-20").1, office.owed(OWING, "2026-11-01").1);
    });
}

#[test]
fn h09_unmatched_receipt_rests_contact_and_no_fee() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        hold(office, Some(case), HoldKind::UnmatchedReceipt, "2026-11-05");
        assert_eq!(facts(office, case).suppression, rest(true, true, false, true));
        assert!(office.owed(OWING, "2026-11-20").1 > office.owed(OWING, "2026-11-01").1);
        let far = open_hold(&office.app, &me(), &request(office, case, HoldKind::UnmatchedReceipt, "2026-11-20"));
        assert!(matches!(far, Err(Refusal::InvalidInput { .. })), "somebody looks within days: {far:?}");
    });
}

#[test]
fn h10_bad_contact_is_opened_when_the_last_way_fails_and_ends_when_there_is_one_again() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let points = "SELECT c.id FROM contact_point c JOIN account a ON a.party_id = c.party_id
            JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-102'";
        let points: Vec<ContactPointId> =
            office.app.db.read(|tx| tx.query(points, &[], |row| row.take())).expect("points");
        for point in points {
            mark_bounced(&office.app, &me(), COMMUNITY, point, day("2026-11-01")).expect("noted");
        }
        assert_eq!(facts(office, case).suppression, rest(false, true, false, true), "no next stage, but looked for");
        assert_eq!(text(office, "SELECT opened_by FROM hold WHERE kind = 'bad_contact'"), "系统");
        add_representative(office, OWING);
        assert_eq!(facts(office, case).suppression, Suppression::default());
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn h11_vulnerable_is_neither_called_nor_visited() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        hold(office, Some(case), HoldKind::Vulnerable, "2026-12-15");
        let found = facts(office, case);
        assert!(found.no_call && found.no_visit && !found.suppression.contact, "a message may still go out");
    });
}

#[test]
fn h12_community_stop_is_the_managers_and_rests_every_case() {
    on_every_engine("2026-10-31", |office| {
        let first = case(office);
        let stop = HoldRequest::of(community(office), (None, HoldKind::CommunityStop), "台风停电", day("2026-11-20"));
        let service = Actor { role: Role::Service, ..me() };
        assert!(matches!(open_hold(&office.app, &service, &stop), Err(Refusal::Forbidden(_))));
        let of_case = HoldRequest { case: Some(first), ..stop.clone() };
        assert!(matches!(open_hold(&office.app, &me(), &of_case), Err(Refusal::InvalidInput { field: "kind", .. })));
        let id = open_hold(&office.app, &me(), &stop).expect("opened");
        let all = [first, case_of(office, "1-1-202")];
        assert!(all.iter().all(|case| facts(office, *case).suppression == rest(true, true, true, true)));
        office.on("2026-11-10");
        release(office, id);
        rests_after(office, first, "2026-11-10");
    });
}

#[test]
fn holds_add_up_and_one_that_ends_leaves_the_other() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let bad = hold(office, Some(case), HoldKind::BadContact, "2026-11-20");
        hold(office, Some(case), HoldKind::Represented, "2026-11-20");
        assert_eq!(facts(office, case).suppression, rest(true, true, false, true), "both together");
        release(office, bad);
        assert_eq!(facts(office, case).suppression, rest(true, true, false, false));
    });
}

#[test]
fn a_finding_that_proposes_a_lower_fee_holds_the_part_until_two_people_have_decided() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        office.on("2026-11-02");
        let charge = office.oldest_charge(OWING);
        let id = complain(office, &complaint(office, case, "2026-11-12", vec![charge]));
        for one in [Act::Accept, Act::Answer(Finding::Partly, Remedy::Reduction)] {
            step(office, id, one);
        }
        assert_eq!(facts(office, case).disputed, yuan("209.90"), "it rests on");
        let proposed = show_order(&office.app, &me(), community(office), id).expect("an order").reduction;
        assert_eq!(proposed, Some((charge, yuan("209.90"))), "prefilled");
        let asked = ask_reduction(&office.app, &me(), community(office), (id, charge, yuan("50.00"))).expect("asked");
        hemu_app::approval::approve(&office.app, &second(), community(office), asked.id).expect("approved");
        assert_eq!((facts(office, case).disputed, office.owed(OWING, "2026-11-02").0), (Fen::ZERO, yuan("1419.30")));
        assert_eq!(office.red(), [""; 0]);
        let other = Asked::ServiceReduction(ServiceRequest { complaint: id, charge, amount: yuan("500.00") });
        assert!(office.two_people(&other, "再减").is_err(), "never more than the charge");
        act(&office.app, &me(), community(office), id, (Act::Rate(4), "")).expect("rated");
    });
}

#[test]
fn the_repair_of_contact_data_ends_the_hold_even_without_a_number() {
    on_every_engine("2026-10-31", |office| {
        office.import(&LIST.replace("13800138002", ""));
        run(office, "2026-11-01");
        let tasks = list_open_tasks(&office.app, &me(), community(office)).expect("tasks");
        let Some(repair) = tasks.iter().find(|task| task.kind == "repair_contact") else { panic!("{tasks:?}") };
        let case = repair.case_id.expect("of a case");
        hold(office, Some(case), HoldKind::BadContact, "2026-11-20");
        office.tamper("UPDATE hold SET opened_by = '系统' WHERE kind = 'bad_contact'");
        complete_task(&office.app, &me(), community(office), repair.id, "已上门张贴便条").expect("done");
        assert!(!facts(office, case).suppression.escalation);
    });
}
