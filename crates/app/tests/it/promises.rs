//! Promises: offered, agreed to, kept, broken, made anew; what rests meanwhile, and how contact begins again.

use hemu_app::Refusal;
use hemu_app::collection::holds::release_hold;
use hemu_app::collection::promises::{PromiseAct, decide_promise, offer_promise};
use hemu_app::collection::snapshot::one_case;
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::{Outcome, Policy, Reason, decide};
use hemu_domain::ids::{CaseId, PromiseId};

use crate::collector::{OWING, community, contact, me, owing_case, page_of, run, send, text};
use crate::office::{Office, day, on_every_engine, yuan};

const PROMISED: (&str, ContactOutcome) = ("phone", ContactOutcome::ReachedPromise);

fn offer(office: &Office, case: CaseId, amount: &str, due_on: &str) -> PromiseId {
    let terms = (yuan(amount), day(due_on));
    offer_promise(&office.app, &me(), community(office), case, (terms, "wechat")).expect("offered")
}

fn accept(office: &Office, case: CaseId, id: PromiseId) -> Result<PromiseId, Refusal> {
    decide_promise(&office.app, &me(), community(office), case, (id, &PromiseAct::Accept("phone".to_owned())))
}

/// The states of the case's promises, oldest first.
fn states(office: &Office, case: CaseId) -> Vec<String> {
    page_of(office, case).promises.into_iter().map(|one| one.state.en).collect()
}

/// Holds for promises in force.
fn holds(office: &Office) -> i64 {
    office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM hold WHERE kind = 'promise' AND released_on IS NULL")
}

fn lapses_first(office: &Office, case: CaseId) -> String {
    page_of(office, case).owed.iter().filter_map(|one| one.limitation_on).min().expect("a day").to_string()
}

/// Why nothing is done about a case today.
fn rests_for(office: &Office, case: CaseId) -> Option<Reason> {
    let facts =
        office.app.db.read(|tx| one_case(tx, community(office), case, office.app.today())).expect("a case").facts;
    match decide(&Policy::v1(), &facts, office.app.today()).outcome {
        Outcome::None { reason } => Some(reason),
        Outcome::Act { .. } => None,
    }
}

#[test]
fn an_offer_rests_nothing_and_interrupts_nothing_until_the_owner_agrees() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        let offered = offer(office, case, "500.00", "2026-11-10");
        assert_eq!((holds(office), rests_for(office, case)), (0, Some(Reason::AlreadyPlanned)), "the plan goes on");
        assert_eq!(lapses_first(office, case), "2029-04-30");
        office.on("2026-11-03");
        let running = accept(office, case, offered).expect("agreed");
        assert_ne!(running, offered, "what is agreed stands beside what was proposed");
        assert_eq!(states(office, case), ["agreed to", "running"]);
        assert_eq!((holds(office), rests_for(office, case)), (1, Some(Reason::Promise)));
        assert_eq!(
            lapses_first(office, case),
            "2029-11-05",
            "three years from the day the owner agreed (民法典 195), a Saturday"
        );
        assert!(matches!(accept(office, case, offered), Err(Refusal::Conflict(_))), "agreed to once");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn an_offer_nobody_agrees_to_lapses_after_the_days_of_the_policy() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        let offered = offer(office, case, "500.00", "2026-11-20");
        run(office, "2026-11-08");
        assert_eq!(states(office, case), ["offered"], "its last day");
        office.on("2026-11-09");
        assert!(matches!(accept(office, case, offered), Err(Refusal::Conflict(_))), "too late, before any night");
        run(office, "2026-11-09");
        assert_eq!(states(office, case), ["lapsed"]);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_newer_offer_takes_the_place_of_the_one_before_and_none_is_made_beside_a_promise() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        let first = offer(office, case, "500.00", "2026-11-10");
        offer(office, case, "300.00", "2026-11-12");
        assert_eq!(states(office, case), ["superseded", "offered"]);
        assert!(accept(office, case, first).is_err());
        contact(office, case, PROMISED, Some(("400.00", "2026-11-11")));
        assert_eq!(states(office, case), ["superseded", "superseded", "running"], "what the owner says goes before");
        let terms = (yuan("100.00"), day("2026-11-12"));
        let beside = offer_promise(&office.app, &me(), community(office), case, (terms, "phone"));
        assert!(matches!(beside, Err(Refusal::Conflict(_))), "{beside:?}");
    });
}

#[test]
fn the_hold_of_a_promise_says_until_when_and_who_and_ends_with_it_without_a_burst() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        contact(office, case, PROMISED, Some(("500.00", "2026-11-10")));
        assert_eq!(send(office).cancelled, 1, "what was planned before rests with it");
        assert_eq!(text(office, "SELECT CAST(review_on AS TEXT) FROM hold WHERE kind = 'promise'"), "2026-11-14");
        let shown = page_of(office, case).holds;
        assert!(shown.len() == 1 && !shown[0].releasable, "{shown:?}");
        let by_hand = release_hold(&office.app, &me(), community(office), shown[0].id, "急");
        assert!(matches!(by_hand, Err(Refusal::Conflict(_))), "it ends with the promise: {by_hand:?}");
        run(office, "2026-11-14");
        assert_eq!((states(office, case), holds(office)), (vec!["broken".to_owned()], 0));
        assert_eq!(rests_for(office, case), Some(Reason::AfterHold), "seven days of rest");
        office.on("2026-11-20");
        assert_eq!(rests_for(office, case), Some(Reason::AfterHold), "the last of them");
        office.on("2026-11-21");
        assert_ne!(rests_for(office, case), Some(Reason::AfterHold), "then the plan goes on");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_broken_promise_stays_broken_and_the_one_made_anew_names_it() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        contact(office, case, PROMISED, Some(("500.00", "2026-11-10")));
        office.pay(OWING, "100.00", "2026-11-01", None).expect("taken");
        run(office, "2026-11-14");
        contact(office, case, PROMISED, Some(("400.00", "2026-11-20")));
        contact(office, case, PROMISED, Some(("369.30", "2026-11-22")));
        assert_eq!(states(office, case), ["kept in part", "superseded", "running"]);
        let chain: Vec<Option<usize>> = page_of(office, case).promises.iter().map(|one| one.replaces).collect();
        assert_eq!(chain, [None, Some(1), Some(2)]);
        assert_eq!(holds(office), 1);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_promise_taken_back_rests_nothing_more_and_needs_a_reason() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        contact(office, case, PROMISED, Some(("500.00", "2026-11-10")));
        office.on("2026-11-03");
        let id = page_of(office, case).promises[0].id;
        let take_back = |reason: &str| {
            decide_promise(&office.app, &me(), community(office), case, (id, &PromiseAct::Withdraw(reason.to_owned())))
        };
        assert!(matches!(take_back(" "), Err(Refusal::InvalidInput { field: "reason", .. })));
        take_back("业主来电取消").expect("taken back");
        assert_eq!((states(office, case), holds(office)), (vec!["withdrawn".to_owned()], 0));
        assert!(matches!(take_back("再次"), Err(Refusal::Conflict(_))));
        assert_eq!(lapses_first(office, case), "2029-04-30", "it interrupts nothing any more");
    });
}

#[test]
fn the_hold_of_a_kept_promise_ends_when_the_case_closes() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        contact(office, case, PROMISED, Some(("1469.30", "2026-11-10")));
        office.on("2026-11-03");
        office.pay(OWING, "1469.30", "2026-11-03", None).expect("taken");
        assert_eq!(run(office, "2026-11-04").closed, 1);
        assert_eq!(text(office, "SELECT state FROM promise"), "kept");
        assert_eq!(holds(office), 0);
    });
}
