//! Steps with conditions: which is due, and by which channel.

use proptest::prelude::*;

use super::*;
use crate::collection::classification::{Attitude, Capacity, Cause};
use crate::collection::facts::ClassifiedFact;
use crate::collection::policy::MessageChannel;
use crate::collection::sample::{day, facts, served, step};
use crate::collection::trace::find_rule;
use crate::collection::{Outcome, Reason, decide};

fn with_condition(key: &str, json: &str) -> Policy {
    let mut policy = Policy::v1();
    let step = policy.steps.iter_mut().find(|step| step.key == key).expect("a step");
    step.when = Some(serde_json::from_str(json).expect(json));
    policy
}

fn step_on(policy: &Policy, facts: &CaseFacts, on: &str) -> Option<String> {
    match decide(policy, facts, day(on)).outcome {
        Outcome::Act { step_key, .. } => Some(step_key),
        Outcome::None { .. } => None,
    }
}

fn classified(cause: Cause) -> CaseFacts {
    let classified = ClassifiedFact { attitude: Attitude::Neutral, capacity: Capacity::Able, cause };
    CaseFacts { classified: Some(classified), ..facts() }
}

fn in_conversation() -> CaseFacts {
    CaseFacts { stage: Stage::Conversation, stage_entered_on: day("2026-10-01"), ..facts() }
}

#[test]
fn a_step_whose_condition_a_case_does_not_meet_is_as_if_it_were_not_there() {
    let policy = with_condition("reminder_d21", r#"{"without_causes": ["AWAY"]}"#);
    assert_eq!(step_on(&policy, &classified(Cause::Forget), "2026-10-31").as_deref(), Some("reminder_d21"));
    assert_eq!(step_on(&policy, &classified(Cause::Away), "2026-10-31").as_deref(), Some("reminder_d10"));
    let mut young = classified(Cause::Away);
    (young.oldest_due, young.steps) = (day("2026-10-31"), vec![step("reminder_d10", "delivered", "2026-11-10")]);
    let waiting = decide(&policy, &young, day("2026-11-12"));
    assert_eq!(waiting.next_due_on, Some(day("2026-12-01")), "not the 21st, which is not for this case");
}

#[test]
fn the_trace_says_which_steps_do_not_apply_and_says_nothing_where_all_do() {
    let policy = with_condition("reminder_d21", r#"{"causes": ["FORGET"]}"#);
    let told = |policy: &Policy, facts: &CaseFacts| {
        let trace = decide(policy, facts, day("2026-10-31")).trace;
        find_rule(&trace, "conditions").map(|line| line.detail.clone())
    };
    assert_eq!(told(&policy, &facts()).as_deref(), Some("reminder_d21"));
    assert_eq!(told(&policy, &classified(Cause::Forget)).as_deref(), Some("-"));
    assert_eq!(told(&Policy::v1(), &facts()), None, "traces of earlier versions stay as they are");
}

#[test]
fn the_call_about_an_unconfirmed_message_waits_for_the_last_one_that_applies() {
    let policy = with_condition("reminder_d21", r#"{"causes": ["FORGET"]}"#);
    let mut doubtful = facts();
    doubtful.steps = vec![step("reminder_d10", "sent", "2026-10-31")];
    assert_eq!(step_on(&policy, &doubtful, "2026-11-03").as_deref(), Some("reminder_call"));
}

#[test]
fn a_message_goes_by_the_channels_of_its_step_in_their_order_and_by_no_others() {
    let mut policy = Policy::v1();
    policy.steps[2].channels = vec![MessageChannel::Email, MessageChannel::Wechat];
    let channel = |channels: [&str; 2]| {
        let facts = CaseFacts { channels: channels.map(str::to_owned).to_vec(), ..facts() };
        match decide(&policy, &facts, day("2026-10-31")).outcome {
            Outcome::Act { step_key, channel, .. } => (step_key, channel),
            Outcome::None { reason } => (reason.as_str().to_owned(), None),
        }
    };
    assert_eq!(channel(["wechat", "email"]), ("reminder_d21".to_owned(), Some("email".to_owned())));
    assert_eq!(channel(["sms", "wechat"]), ("reminder_d21".to_owned(), Some("wechat".to_owned())));
    assert_eq!(channel(["sms", "sms"]), ("repair_contact".to_owned(), None), "staff find out how the payer is reached");
}

#[test]
fn sparing_a_person_a_step_leads_to_no_harder_one_nor_to_one_too_early() {
    let policy = with_condition("conversation_second_call", r#"{"without_flags": ["soften"]}"#);
    let mut talked = in_conversation();
    talked.steps = vec![step("conversation_message", "delivered", "2026-10-06")];
    assert_eq!(step_on(&policy, &talked, "2026-10-31").as_deref(), Some("conversation_second_call"));
    talked.vulnerable = true;
    assert_eq!(step_on(&policy, &talked, "2026-10-31"), None, "a visit is no softer than the call");
    let spared_letter = with_condition("demand_letter", r#"{"without_flags": ["soften"]}"#);
    let mut ripe = CaseFacts { stage: Stage::Demand, stage_entered_on: day("2026-10-30"), ..facts() };
    assert_eq!(step_on(&spared_letter, &ripe, "2026-10-31").as_deref(), Some("demand_letter"));
    ripe.vulnerable = true;
    let waiting = decide(&spared_letter, &ripe, day("2026-10-31"));
    assert_eq!(waiting.outcome, Outcome::None { reason: Reason::NotDueYet });
    assert_eq!(waiting.next_due_on, Some(day("2026-12-14")), "somebody looks for another way");
    ripe.notices = vec![served("B", "2026-10-25", "2026-11-09")];
    assert_eq!(
        step_on(&spared_letter, &ripe, "2026-11-09").as_deref(),
        Some("senior_talk"),
        "a letter served is served"
    );
}

#[test]
fn a_message_nobody_can_get_takes_no_other_steps_place_once_the_repair_was_tried() {
    let mut policy = Policy::v1();
    let mut offer = policy.steps[0].clone();
    (offer.key, offer.stage, offer.counts_from, offer.after_days) =
        ("written_offer".to_owned(), Stage::Conversation, CountsFrom::StageEntry, 25);
    policy.steps.push(offer);
    let mut unreachable = CaseFacts { channels: Vec::new(), ..in_conversation() };
    assert_eq!(step_on(&policy, &unreachable, "2026-10-31").as_deref(), Some("repair_contact"));
    unreachable.steps = vec![crate::collection::sample::done("repair_contact", "repair_contact", "2026-10-30")];
    assert_eq!(step_on(&policy, &unreachable, "2026-10-31").as_deref(), Some("conversation_second_call"));
}

fn condition() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        r#"{"without_flags": ["soften"]}"#,
        r#"{"without_flags": ["no_call", "no_visit"]}"#,
        r#"{"causes": ["FORGET"], "without_flags": ["soften"]}"#,
        r#"{"without_causes": ["SERVICE"]}"#,
        r#"{"amount": {"at_least": "500.00"}}"#,
        r#"{"times_done": {"step": "reminder_d3", "at_most": 0}}"#,
    ])
}

proptest! {
    /// Whatever the conditions, a flag takes pressure away and never adds any (P2).
    #[test]
    fn a_flag_never_leads_to_a_harder_step(
        (place, other) in (0_usize..12, 0_usize..12), (one, two) in (condition(), condition()),
        stage in 0_usize..3, age in 0_i64..500, entered in 0_i64..90, planned in 0_usize..5,
        (soften, no_visit, no_call, is_served) in any::<(bool, bool, bool, bool)>(),
    ) {
        let mut policy = Policy::v1();
        policy.steps[place].when = serde_json::from_str(one).ok();
        policy.steps[other].when = serde_json::from_str(two).ok();
        let as_of = day("2026-11-01");
        let ago = |days: i64| as_of - TimeDelta::days(days);
        let mut plain = classified(Cause::Forget);
        (plain.stage, plain.oldest_due, plain.stage_entered_on) = (Stage::ALL[stage], ago(age), ago(entered));
        let done = policy.steps_of(plain.stage).nth(planned).map(|one| step(&one.key, "done", &ago(entered / 2 + 1).to_string()));
        plain.steps = done.into_iter().collect();
        if is_served {
            plain.notices = vec![served("B", "2026-09-01", "2026-09-20")];
        }
        let flagged = CaseFacts { vulnerable: soften, no_visit, no_call, ..plain.clone() };
        let pressure = |facts: &CaseFacts| match decide(&policy, facts, as_of).outcome {
            Outcome::Act { kind, .. } => kind.pressure(),
            Outcome::None { .. } => 0,
        };
        prop_assert!(pressure(&flagged) <= pressure(&plain), "{} after {}", pressure(&flagged), pressure(&plain));
    }
}
