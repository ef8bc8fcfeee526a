//! Conditions of steps, from what people record to what goes out.

use hemu_app::Actor;
use hemu_app::collection::work::classify;
use hemu_app::collection::{dispatch, replay::ReplayScope, replay::replay};
use hemu_app::gateways;
use hemu_domain::collection::{Attitude, Cause, Policy};

use crate::collector::{case_of, community, text, try_run};
use crate::office::{LIST, Office, on_every_engine};

const OWING: &str = "1-1-102";

/// The first version, the third reminder of it not for owners who are away.
fn policy() -> Policy {
    let mut policy = Policy { version: 2, name: "二版".to_owned(), ..Policy::v1() };
    policy.steps[2].when = serde_json::from_str(r#"{"without_causes": ["AWAY"]}"#).ok();
    policy
}

/// A text about the newest action or decision of the case.
fn newest(office: &Office, what: &str, of: &str) -> String {
    let sql = format!(
        "SELECT {what} FROM {of} x JOIN case_file c ON c.id = x.case_id JOIN account a ON a.party_id = c.party_id
        JOIN unit u ON u.id = a.unit_id WHERE u.label = '{OWING}' ORDER BY x.seq DESC LIMIT 1"
    );
    text(office, &sql)
}

fn found_away(office: &Office) {
    let found = (Cause::Away, Attitude::Neutral);
    let case = case_of(office, OWING);
    classify(&office.app, &Actor::local_operator(), community(office), case, found, "家人说出差").expect("found");
}

fn send(office: &Office) {
    let ways = gateways::of(&office.app);
    dispatch(&office.app, &Actor::local_operator(), community(office), &ways, &policy()).expect("sends");
}

#[test]
fn i6_a_message_already_planned_does_not_go_out_once_it_is_not_for_the_case_any_more() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        try_run(office, "2026-11-01", &policy(), false).expect("runs");
        assert_eq!(newest(office, "x.step_key", "action"), "reminder_d21");
        found_away(office);
        send(office);
        assert_eq!(newest(office, "x.state || ' ' || x.state_reason", "action"), "cancelled not_for_case");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_staff_find_out_changes_the_step_and_the_decision_is_replayed_with_it() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        try_run(office, "2026-11-01", &policy(), false).expect("runs");
        found_away(office);
        send(office);
        office.on("2026-11-02");
        try_run(office, "2026-11-02", &policy(), false).expect("runs");
        let decided = newest(office, "x.outcome || ' ' || COALESCE(x.step_key, x.reason)", "decision");
        assert_eq!(decided, "act reminder_d10", "the third reminder is not for them");
        let again =
            replay(&office.app, &Actor::local_operator(), community(office), ReplayScope::All).expect("replays");
        assert!(again.differing.is_empty() && again.decisions > 2, "{again:?}");
        assert_eq!(office.red(), [""; 0]);
    });
}
