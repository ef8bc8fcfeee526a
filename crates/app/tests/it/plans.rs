//! Instalment plans: quoted, offered, agreed to, approved; what rests and what does not; missed, told, paid, resumed, in default.

use hemu_app::Refusal;
use hemu_app::collection::plans::{
    PlanRequest, Schedule, accept_plan, cancel_plan, decide_plan, keep_signed, plan_agreement, propose_plan,
    quote_plan, read_signed, warn_plan,
};
use hemu_app::collection::snapshot::one_case;
use hemu_app::collection::work::{classify, complete_task, list_open_tasks};
use hemu_domain::collection::classification::{Attitude, Cause};
use hemu_domain::collection::facts::CaseFacts;
use hemu_domain::collection::plan::Instalment;
use hemu_domain::collection::{Outcome, Policy, Reason, decide};
use hemu_domain::ids::{CaseId, PlanId};

use crate::collector::{OWING, case_of, community, me, page_of, run, send, text};
use crate::history::second;
use crate::office::{LIST, Office, day, on_every_engine, yuan};

const PHOTO: &[u8] = b"\xFF\xD8\xFF\xE0 a signed page";

/// Seven months of 209.90 are overdue.
fn case(office: &Office) -> CaseId {
    office.import(LIST);
    office.late_fee_clause("principal_first");
    run(office, "2026-11-01");
    case_of(office, OWING)
}

fn monthly(office: &Office, case: CaseId) -> PlanRequest {
    PlanRequest::monthly(community(office), case, 3, day("2026-11-20"))
}

/// A plan of three months that runs from today.
fn agreed(office: &Office, case: CaseId) -> PlanId {
    let plan = propose_plan(&office.app, &me(), &monthly(office, case)).expect("agreed");
    decide_plan(&office.app, &second(), community(office), case, (plan, true)).expect("approved");
    plan
}

fn facts(office: &Office, case: CaseId) -> CaseFacts {
    office.app.db.read(|tx| one_case(tx, community(office), case, office.app.today())).expect("a case").facts
}

/// Why nothing is done about a case today.
fn rests_for(office: &Office, case: CaseId) -> Option<Reason> {
    match decide(&Policy::v1(), &facts(office, case), office.app.today()).outcome {
        Outcome::None { reason } => Some(reason),
        Outcome::Act { .. } => None,
    }
}

fn state(office: &Office) -> String {
    text(office, "SELECT state FROM plan ORDER BY seq DESC LIMIT 1")
}

fn holds(office: &Office) -> i64 {
    office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM hold WHERE kind = 'plan' AND released_on IS NULL")
}

fn warn(office: &Office, case: CaseId, plan: PlanId) -> Result<(), Refusal> {
    warn_plan(&office.app, &me(), community(office), case, (plan, "phone"))
}

#[test]
fn a_quote_says_what_is_owed_and_what_follows_and_writes_nothing() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let before = office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM audit_entry");
        let quote = quote_plan(&office.app, &me(), &monthly(office, case)).expect("a quote");
        assert_eq!(
            (quote.total, quote.principal, quote.late_fee_in_plan),
            (yuan("1469.30"), yuan("1469.30"), yuan("0"))
        );
        assert!(quote.late_fee.is_positive() && quote.needs_second_person);
        let parts: Vec<_> = quote.schedule.iter().map(|one| (one.due_on.to_string(), one.amount.to_string())).collect();
        let expected = [("2026-11-20", "489.76"), ("2026-12-20", "489.76"), ("2027-01-20", "489.78")];
        assert_eq!(parts, expected.map(|(on, amount)| (on.to_owned(), amount.to_owned())), "the rest is in the last");
        assert_eq!(quote.lines[0].due_on, day("2026-04-30"), "its own due date");
        let with_fee = PlanRequest { with_late_fee: true, ..monthly(office, case) };
        let quoted = quote_plan(&office.app, &me(), &with_fee).expect("a quote");
        assert_eq!(quoted.total, yuan("1469.30") + quote.late_fee);
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM audit_entry"), before);
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM plan"), 0);
    });
}

#[test]
fn a_schedule_that_cannot_be_is_refused_by_name() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let field = |schedule: Schedule| {
            let request = PlanRequest { schedule, ..monthly(office, case) };
            match quote_plan(&office.app, &me(), &request) {
                Err(Refusal::InvalidInput { field, .. }) => field,
                other => panic!("{other:?}"),
            }
        };
        let rows = |amounts: [(&str, &str); 2]| {
            Schedule::Rows(amounts.map(|(on, amount)| Instalment { due_on: day(on), amount: yuan(amount) }).to_vec())
        };
        assert_eq!(field(rows([("2026-11-20", "1000.00"), ("2026-12-20", "469.29")])), "schedule", "a fen is missing");
        assert_eq!(field(rows([("2026-12-20", "1000.00"), ("2026-11-20", "469.30")])), "schedule", "out of order");
        assert_eq!(field(rows([("2026-11-01", "1000.00"), ("2026-12-20", "469.30")])), "first_due_on", "today");
        assert_eq!(field(rows([("2026-12-01", "1000.00"), ("2029-12-20", "469.30")])), "first_due_on", "too late");
        let own = PlanRequest {
            schedule: rows([("2026-11-20", "1000.00"), ("2026-12-20", "469.30")]),
            ..monthly(office, case)
        };
        propose_plan(&office.app, &me(), &own).expect("agreed");
        let again = propose_plan(&office.app, &me(), &monthly(office, case));
        assert!(matches!(again, Err(Refusal::Conflict(_))), "one at a time: {again:?}");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn an_offer_rests_nothing_until_the_owner_agrees_and_a_second_person_approves() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let offer = PlanRequest { agreed: None, ..monthly(office, case) };
        let plan = propose_plan(&office.app, &me(), &offer).expect("offered");
        assert_eq!((state(office).as_str(), holds(office)), ("offered", 0));
        let decided = decide_plan(&office.app, &second(), community(office), case, (plan, true));
        assert!(matches!(decided, Err(Refusal::Conflict(_))), "nobody approves what the owner has not agreed to");
        office.on("2026-11-03");
        accept_plan(&office.app, &me(), community(office), case, (plan, "wechat")).expect("agreed");
        assert_eq!((state(office).as_str(), holds(office)), ("accepted", 0));
        let own = decide_plan(&office.app, &me(), community(office), case, (plan, true));
        assert!(matches!(own, Err(Refusal::Conflict(_))), "who agreed it does not approve it");
        decide_plan(&office.app, &second(), community(office), case, (plan, true)).expect("approved");
        assert_eq!((state(office).as_str(), holds(office)), ("active", 1));
        assert_eq!(rests_for(office, case), Some(Reason::Plan));
        assert_eq!(send(office).sent, 0, "what was planned before rests with it");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn an_offer_lapses_and_one_whose_debt_has_changed_is_made_anew() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let offer = PlanRequest { agreed: None, ..monthly(office, case) };
        let plan = propose_plan(&office.app, &me(), &offer).expect("offered");
        office.pay(OWING, "100.00", "2026-11-01", None).expect("taken");
        let changed = accept_plan(&office.app, &me(), community(office), case, (plan, "phone"));
        assert!(matches!(changed, Err(Refusal::Conflict(_))), "{changed:?}");
        run(office, "2026-11-08");
        assert_eq!(state(office), "offered");
        run(office, "2026-11-09");
        assert_eq!(state(office), "cancelled");
        assert_eq!(page_of(office, case).earlier_plans[0].ended_why, "逾期未答复");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn only_what_is_in_the_plan_rests_and_only_its_limitation_is_interrupted() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let oldest = office.oldest_charge(OWING);
        let some = PlanRequest {
            charges: vec![oldest],
            schedule: Schedule::Rows(
                [("2026-11-20", "100.00"), ("2026-12-20", "109.90")]
                    .map(|(on, amount)| Instalment { due_on: day(on), amount: yuan(amount) })
                    .to_vec(),
            ),
            ..monthly(office, case)
        };
        let plan = propose_plan(&office.app, &me(), &some).expect("agreed");
        decide_plan(&office.app, &second(), community(office), case, (plan, true)).expect("approved");
        let found = facts(office, case);
        assert_eq!((found.disputed, found.plan_active), (yuan("209.90"), false), "the rest is asked for");
        assert!(found.suppression.escalation && found.suppression.legal && !found.suppression.contact);
        assert_eq!(send(office).sent, 1);
        let asked = text(office, "SELECT CAST(lines AS TEXT) FROM action WHERE kind = 'message' ORDER BY seq LIMIT 1");
        assert!(!asked.contains(&oldest.to_string()), "{asked}");
        let ends: Vec<String> =
            page_of(office, case).owed.iter().filter_map(|one| one.limitation_on).map(|day| day.to_string()).collect();
        assert_eq!(
            ends[..2],
            ["2029-11-01".to_owned(), "2029-05-31".to_owned()],
            "民法典 195, for the plan's charges alone"
        );
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_missed_instalment_is_told_first_and_whoever_pays_then_resumes() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let plan = agreed(office, case);
        run(office, "2026-11-20");
        assert!(list_open_tasks(&office.app, &me(), community(office)).expect("tasks").is_empty(), "its own day");
        assert!(warn(office, case, plan).is_err(), "nothing is missed");
        run(office, "2026-11-21");
        run(office, "2026-11-22");
        let tasks = list_open_tasks(&office.app, &me(), community(office)).expect("tasks");
        assert_eq!(tasks.iter().map(|task| task.kind.as_str()).collect::<Vec<_>>(), ["warn_plan"], "one task");
        assert!(page_of(office, case).plan.expect("a plan").may_warn);
        run(office, "2026-12-10");
        assert_eq!(state(office), "active", "nobody told the owner yet");
        let task = tasks[0].id;
        complete_task(&office.app, &me(), community(office), task, "电话通知，答应周内补缴").expect("told");
        office.pay(OWING, "489.76", "2026-12-10", None).expect("taken");
        run(office, "2026-12-19");
        let shown = page_of(office, case).plan.expect("a plan");
        assert_eq!((shown.paid, shown.may_warn, holds(office)), (yuan("489.76"), false, 1), "it goes on");
        run(office, "2026-12-21");
        assert!(page_of(office, case).plan.expect("a plan").may_warn, "the next miss needs a notice of its own");
        assert_eq!(rests_for(office, case), Some(Reason::Plan));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_default_ends_the_plan_with_original_due_dates_and_without_a_burst() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let plan = agreed(office, case);
        run(office, "2026-11-21");
        warn(office, case, plan).expect("told");
        assert!(warn(office, case, plan).is_err(), "once");
        assert!(list_open_tasks(&office.app, &me(), community(office)).expect("tasks").is_empty(), "the task is done");
        run(office, "2026-11-28");
        assert_eq!(state(office), "active", "the last day of grace after the notice");
        run(office, "2026-11-29");
        assert_eq!((state(office).as_str(), holds(office)), ("defaulted", 0));
        assert_eq!(facts(office, case).oldest_due, day("2026-04-30"), "as if there had been no plan");
        assert_eq!(rests_for(office, case), Some(Reason::AfterHold));
        office.on("2026-12-05");
        assert_eq!(rests_for(office, case), Some(Reason::AfterHold), "the last day of rest");
        office.on("2026-12-06");
        assert_ne!(rests_for(office, case), Some(Reason::AfterHold));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_plan_paid_off_is_completed_and_one_given_up_ends_its_hold() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let plan = agreed(office, case);
        office.on("2026-11-05");
        let reason = cancel_plan(&office.app, &me(), community(office), case, (plan, " "));
        assert!(matches!(reason, Err(Refusal::InvalidInput { field: "reason", .. })));
        cancel_plan(&office.app, &me(), community(office), case, (plan, "业主要求一次缴清")).expect("given up");
        assert_eq!((state(office).as_str(), holds(office)), ("cancelled", 0));
        agreed(office, case);
        office.on("2026-11-06");
        office.pay(OWING, "1469.30", "2026-11-06", None).expect("taken");
        run(office, "2026-11-07");
        assert_eq!((state(office).as_str(), holds(office)), ("completed", 0));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn no_late_fee_runs_on_a_plan_that_says_so_and_on_another_it_does() {
    for (rests, grows) in [(true, false), (false, true)] {
        on_every_engine("2026-10-31", |office| {
            let case = case(office);
            let request = PlanRequest { late_fee_rests: rests, ..monthly(office, case) };
            let plan = propose_plan(&office.app, &me(), &request).expect("agreed");
            decide_plan(&office.app, &second(), community(office), case, (plan, true)).expect("approved");
            office.on("2026-11-19");
            assert_eq!(
                office.owed(OWING, "2026-11-19").1 > office.owed(OWING, "2026-11-02").1,
                grows,
                "rests: {rests}"
            );
            assert_eq!(office.red(), [""; 0]);
        });
    }
}

#[test]
fn the_agreement_is_the_same_paper_each_time_and_what_was_signed_is_kept_with_its_hash() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let offer = PlanRequest { agreed: None, ..monthly(office, case) };
        let plan = propose_plan(&office.app, &me(), &offer).expect("offered");
        let early = keep_signed(&office.app, &me(), community(office), (case, plan), PHOTO);
        assert!(matches!(early, Err(Refusal::Conflict(_))), "nobody signed what nobody agreed to");
        accept_plan(&office.app, &me(), community(office), case, (plan, "counter")).expect("agreed");
        let paper = || plan_agreement(&office.app, &me(), community(office), (case, plan)).expect("a paper").sha256;
        assert_eq!(paper(), paper());
        let keep = |bytes: &[u8]| keep_signed(&office.app, &me(), community(office), (case, plan), bytes);
        assert!(matches!(keep(b"no photo"), Err(Refusal::InvalidInput { .. })));
        let id = keep(PHOTO).expect("kept");
        assert_eq!(keep(PHOTO).expect("kept before"), id, "the same one twice is one");
        let read = read_signed(&office.app, &me(), community(office), (plan, id)).expect("read");
        assert_eq!(read.bytes, PHOTO);
        assert_eq!(page_of(office, case).signed.len(), 1);
        assert_eq!(office.red(), [""; 0]);
        assert!(office.tamper("UPDATE attachment SET sha256 = (SELECT hash FROM audit_entry LIMIT 1)") > 0);
        assert!(office.red().contains(&"registers_hold_what_was_written"));
    });
}

#[test]
fn journey_a_hardship_owner_agrees_a_plan_misses_an_instalment_and_resumes_to_the_end() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let found = (Cause::Hard, Attitude::Cooperative);
        classify(&office.app, &me(), community(office), case, found, "来电说明失业").expect("set");
        let offer = PlanRequest { agreed: None, late_fee_rests: true, ..monthly(office, case) };
        let plan = propose_plan(&office.app, &me(), &offer).expect("offered");
        office.on("2026-11-03");
        accept_plan(&office.app, &me(), community(office), case, (plan, "counter")).expect("agreed");
        keep_signed(&office.app, &me(), community(office), (case, plan), PHOTO).expect("kept");
        decide_plan(&office.app, &second(), community(office), case, (plan, true)).expect("approved");
        let fee = office.owed(OWING, "2026-11-03").1;
        office.on("2026-11-19");
        office.pay(OWING, "489.76", "2026-11-19", None).expect("the first");
        run(office, "2026-12-21");
        assert_eq!(rests_for(office, case), Some(Reason::Plan), "missed, and nobody chases");
        let tasks = list_open_tasks(&office.app, &me(), community(office)).expect("tasks");
        let task = tasks.iter().find(|task| task.kind == "warn_plan").expect("somebody tells the owner").id;
        complete_task(&office.app, &me(), community(office), task, "电话通知，答应三天内补缴").expect("told");
        office.on("2026-12-24");
        office.pay(OWING, "489.76", "2026-12-24", None).expect("the second, late");
        run(office, "2027-01-10");
        assert_eq!((state(office).as_str(), rests_for(office, case)), ("active", Some(Reason::Plan)), "it resumed");
        assert_eq!(office.owed(OWING, "2027-01-10").1, fee, "no late fee ran meanwhile");
        office.on("2027-01-20");
        office.pay(OWING, "489.78", "2027-01-20", None).expect("the last");
        run(office, "2027-01-21");
        assert_eq!((state(office).as_str(), holds(office)), ("completed", 0));
        assert_eq!(office.red(), [""; 0]);
    });
}
