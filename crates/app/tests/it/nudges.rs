//! The one reminder before an agreed day: who gets it, what it says, what keeps it back, and that it leads to nothing else.

use hemu_app::collection::case_page::case_page;
use hemu_app::collection::plans::{PlanRequest, decide_plan, propose_plan};
use hemu_app::collection::promises::{PromiseAct, decide_promise};
use hemu_app::collection::replay::{ReplayScope, replay};
use hemu_app::outreach::sent::reveal_text;
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::collection::nudge::{INSTALMENT_NUDGE, PROMISE_NUDGE};
use hemu_domain::ids::CaseId;

use crate::collector::{OWING, community, contact, hold, me, owing_case, run, send, text};
use crate::history::second;
use crate::office::{COMMUNITY, Office, day, on_every_engine};

const PROMISED: (&str, ContactOutcome) = ("phone", ContactOutcome::ReachedPromise);

/// Seven months of 209.90 are overdue; what was planned the first night is sent.
fn case(office: &Office) -> CaseId {
    let case = owing_case(office);
    send(office);
    case
}

/// Reminders of a case by their key.
fn nudges(office: &Office, key: &str) -> i64 {
    office.count(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM action WHERE step_key = '{key}'"))
}

/// The state of the newest one, and why it is there.
fn newest(office: &Office) -> String {
    text(
        office,
        "SELECT state || ' ' || COALESCE(state_reason, '-') FROM action WHERE step_key LIKE '%_nudge' ORDER BY seq DESC LIMIT 1",
    )
}

/// How many reminders of that key went out.
fn sent(office: &Office, key: &str) -> i64 {
    send(office);
    office.count(&format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM action x JOIN attempt t ON t.action_id = x.id WHERE x.step_key = '{key}'"
    ))
}

/// What the last of them said.
fn said(office: &Office) -> String {
    let sql = "SELECT t.id FROM attempt t JOIN action x ON x.id = t.action_id WHERE x.step_key LIKE '%_nudge' ORDER BY x.seq DESC LIMIT 1";
    let id = office.app.db.read(|tx| tx.query_one("attempt", sql, &[], |row| row.take())).expect("an attempt");
    reveal_text(&office.app, &me(), COMMUNITY, id).expect("a text")
}

#[test]
fn a_promise_is_remembered_once_before_its_day_with_what_is_left_of_it() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        contact(office, case, PROMISED, Some(("500.00", "2026-11-20")));
        office.on("2026-11-05");
        office.pay(OWING, "100.00", "2026-11-05", None).expect("taken");
        for today in ["2026-11-06", "2026-11-17"] {
            run(office, today);
            assert_eq!(nudges(office, PROMISE_NUDGE), 0, "{today}: not yet");
        }
        run(office, "2026-11-18");
        assert_eq!(sent(office, PROMISE_NUDGE), 1);
        let text = said(office);
        assert!(text.contains("400.00") && text.contains("2026-11-20") && text.contains("约定"), "{text}");
        for today in ["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"] {
            run(office, today);
            assert_eq!((nudges(office, PROMISE_NUDGE), sent(office, PROMISE_NUDGE)), (1, 1), "{today}: never twice");
        }
        let again = replay(&office.app, &me(), community(office), ReplayScope::All).expect("replays");
        assert_eq!(again.same, again.decisions, "{again:?}");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn an_instalment_is_remembered_before_each_of_its_days() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        let request = PlanRequest::monthly(community(office), case, 3, day("2026-11-20"));
        let plan = propose_plan(&office.app, &me(), &request).expect("agreed");
        decide_plan(&office.app, &second(), community(office), case, (plan, true)).expect("approved");
        run(office, "2026-11-17");
        assert_eq!(nudges(office, INSTALMENT_NUDGE), 0);
        run(office, "2026-11-18");
        assert_eq!(sent(office, INSTALMENT_NUDGE), 1);
        let text = said(office);
        assert!(text.contains("489.76") && text.contains("2026-11-20") && text.contains(OWING), "{text}");
        office.pay(OWING, "489.76", "2026-11-18", None).expect("taken");
        run(office, "2026-11-19");
        run(office, "2026-12-18");
        assert_eq!((nudges(office, INSTALMENT_NUDGE), sent(office, INSTALMENT_NUDGE)), (2, 2), "the next one");
        run(office, "2026-12-21");
        assert_eq!(nudges(office, INSTALMENT_NUDGE), 2, "of what is missed people tell");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_is_paid_taken_back_or_held_between_plan_and_sending_is_not_sent() {
    type Change = fn(&Office, CaseId);
    let changes: [(Change, &str); 3] = [
        (|office, _| drop(office.pay(OWING, "500.00", "2026-11-18", None).expect("taken")), "cancelled paid"),
        (
            |office, case| {
                let id = case_page(&office.app, &me(), COMMUNITY, case).expect("a page").promises[0].id;
                let back = PromiseAct::Withdraw("业主来电取消".to_owned());
                decide_promise(&office.app, &me(), community(office), case, (id, &back)).expect("taken back");
            },
            "cancelled not_for_case",
        ),
        (
            |office, case| {
                hold(office, Some(case), HoldKind::UnmatchedReceipt, "2026-11-20");
            },
            "cancelled hold",
        ),
    ];
    for (change, became) in changes {
        on_every_engine("2026-10-31", |office| {
            let case = case(office);
            contact(office, case, PROMISED, Some(("500.00", "2026-11-20")));
            run(office, "2026-11-18");
            assert_eq!(newest(office), "planned -");
            change(office, case);
            assert_eq!(sent(office, PROMISE_NUDGE), 0, "{became}");
            assert_eq!(newest(office), became);
            run(office, "2026-11-19");
            assert_eq!(
                (nudges(office, PROMISE_NUDGE), sent(office, PROMISE_NUDGE)),
                (1, 0),
                "and it is not tried again"
            );
            assert_eq!(office.red(), [""; 0]);
        });
    }
}

#[test]
fn money_in_doubt_keeps_it_back() {
    on_every_engine("2026-10-31", |office| {
        let case = case(office);
        contact(office, case, PROMISED, Some(("500.00", "2026-11-20")));
        office.on("2026-11-18");
        let id = hold(office, Some(case), HoldKind::UnmatchedReceipt, "2026-11-20");
        run(office, "2026-11-18");
        assert_eq!(nudges(office, PROMISE_NUDGE), 0, "the money may be the promised one");
        crate::collector::release(office, id);
        assert_eq!(office.red(), [""; 0]);
    });
}
