//! The rules of a sound policy, each by a change that breaks it alone. Whole policies are in `data/policies`.

use super::*;
use crate::collection::StepKind;
use crate::outreach::templates::default_templates;

const JSON: &str = include_str!("../../../data/policy-v1.json");

#[test]
fn the_default_policy_is_sound_and_reads_back_equal() {
    let policy = Policy::parse(JSON, &default_templates()).expect("sound");
    assert_eq!((policy.messages_per_7_days, policy.cool_off_days), (2, 7));
    assert_eq!(policy, Policy::v1());
    let json = serde_json::to_string(&policy).expect("JSON");
    assert_eq!(Policy::read(&json).expect("reads"), policy);
}

#[test]
fn what_earlier_versions_did_not_say_stays_unsaid_so_their_hash_stays_theirs() {
    let json = serde_json::to_string(&Policy::v1()).expect("JSON");
    for field in ["\"when\"", "\"channels\"", "needs_second_person"] {
        assert!(!json.contains(field), "{field}");
    }
}

/// A policy with one change, and what reading it says.
fn changed(from: &str, to: &str) -> String {
    assert!(JSON.contains(from), "nothing to change: {from}");
    Policy::parse(&JSON.replacen(from, to, 1), &default_templates()).expect_err(to).to_string()
}

#[test]
fn i16_a_kind_of_step_for_utilities_access_or_disclosure_cannot_be_written_down() {
    for kind in ["cut_water", "cut_power", "lock_door", "block_access_card", "publish_name", "credit_report"] {
        assert!(changed("\"kind\": \"call\"", &format!("\"kind\": \"{kind}\"")).contains("unknown variant"));
    }
    let words: Vec<&str> = StepKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(
        words,
        ["message", "call", "visit", "demand_letter", "senior_talk", "legal_review", "repair_contact"],
        "民法典 944 and 1033: whoever adds a kind here says which law allows it"
    );
}

#[test]
fn i15_a_board_notice_is_no_step_of_a_case() {
    assert!(StepKind::parse("board_notice").is_err());
    assert!(changed("\"kind\": \"visit\"", "\"kind\": \"board_notice\"").contains("unknown variant"));
}

#[test]
fn a_policy_that_presses_too_early_is_refused() {
    assert!(changed("\"talks_before_demand\": 2", "\"talks_before_demand\": 0").contains("two talks"));
    assert!(changed("\"channels_to_exhaust\": 2", "\"channels_to_exhaust\": 1").contains("two talks"));
    assert!(changed("\"demand_after_months\": 3", "\"demand_after_months\": 0").contains("more time"));
    let early_visit =
        ("\"stage\": \"conversation\", \"kind\": \"visit\"", "\"stage\": \"reminder\", \"kind\": \"visit\"");
    assert!(changed(early_visit.0, early_visit.1).contains("too much for the reminder"));
    let early_letter = (
        "\"stage\": \"demand\", \"kind\": \"demand_letter\"",
        "\"stage\": \"conversation\", \"kind\": \"demand_letter\"",
    );
    assert!(changed(early_letter.0, early_letter.1).contains("B3"));
    let call =
        ("\"counts_from\": \"unconfirmed\", \"after_days\": 3", "\"counts_from\": \"oldest_due\", \"after_days\": 30");
    assert!(changed(call.0, call.1).contains("reminder_call is too much"));
}

#[test]
fn unknown_keys_double_keys_and_wrong_order_are_refused() {
    assert!(changed("\"cool_off_days\"", "\"cool_down\"").contains("unknown field"));
    assert!(changed("reminder_d10", "reminder_d3").contains("two steps are called reminder_d3"));
    assert!(changed("\"board_notice\", \"kind\"", "\"bill_d7\", \"kind\"").contains("two steps are called bill_d7"));
    assert!(changed("\"after_days\": 10, \"template\"", "\"after_days\": 30, \"template\"").contains("reminder_d21"));
    assert!(changed("\"days_before_due\": 1,", "\"days_before_due\": 9,").contains("earliest"));
    assert!(changed(", \"template\": \"reminder\" }", " }").contains("has no text"));
}

#[test]
fn a_limit_of_zero_and_a_worthless_grade_are_refused() {
    assert!(changed("\"messages_per_7_days\": 2", "\"messages_per_7_days\": 0").contains("at least 1"));
    assert!(changed("\"promise_grace_days\": 3", "\"promise_grace_days\": -3").contains("not negative"));
    assert!(changed("\"service_grade\": \"B\"", "\"service_grade\": \"E\"").contains("proves nothing"));
}

#[test]
fn a_stage_in_which_a_case_could_fall_silent_is_refused() {
    for days in [14, 28, 45] {
        assert!(changed(&format!(", \"repeat_after_days\": {days} }}"), " }").contains("silent"));
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once_each_with_its_place() {
    let json = JSON
        .replacen("\"messages_per_7_days\": 2", "\"messages_per_7_days\": 0", 1)
        .replacen("\"template\": \"reminder_second\"", "\"template\": \"nothing\"", 1)
        .replacen("\"service_grade\": \"B\"", "\"service_grade\": \"E\"", 1);
    let policy = Policy::read(&json).expect("its shape is right");
    let found = check(&policy, &default_templates());
    let told: Vec<(&str, &str)> = found.iter().map(|one| (one.code.as_str(), one.place.as_str())).collect();
    for expected in
        [("limit_zero", "messages_per_7_days"), ("weak_grade", "service_grade"), ("unknown_text", "reminder_d21")]
    {
        assert!(told.contains(&expected), "{told:?}");
    }
    assert!(found.iter().all(|one| !one.text.zh.is_ascii() && !one.text.en.is_empty()));
}

#[test]
fn the_code_of_every_fault_is_its_own() {
    let mut codes: Vec<&str> = Fault::ALL.iter().map(|fault| fault.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Fault::ALL.len());
}
