//! What the guard at claim time lets through, each rule by its invariant.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::Fen;
use crate::collection::facts::ContactFact;
use crate::collection::sample;

fn at(text: &str) -> NaiveDateTime {
    text.parse().expect("a time")
}

fn message(facts: &CaseFacts, now: &str) -> Verdict {
    judge(&Policy::v1(), facts, at(now))
}

const NOON: &str = "2026-11-05T12:00:00";

#[test]
fn i6_what_was_paid_held_or_promised_since_the_plan_is_cancelled() {
    let open = sample::facts();
    assert_eq!(message(&open, NOON), Verdict::Send);
    let mut paid = open.clone();
    paid.overdue = Fen::ZERO;
    assert_eq!(message(&paid, NOON), Verdict::Cancel("paid"));
    let mut answered = open.clone();
    answered.disputed = answered.overdue;
    assert_eq!(message(&answered, NOON), Verdict::Cancel("paid"), "nothing undisputed is left to ask for");
    let mut held = open.clone();
    held.suppression.contact = true;
    assert_eq!(message(&held, NOON), Verdict::Cancel("hold"));
    let mut planned = open;
    planned.plan_active = true;
    assert_eq!(message(&planned, NOON), Verdict::Cancel("hold"));
}

#[test]
fn i13_what_was_planned_before_a_hold_does_not_go_out_right_after_it() {
    let mut rested = sample::facts();
    rested.rested_on = Some(sample::day("2026-11-01"));
    assert_eq!(message(&rested, NOON), Verdict::Cancel("after_hold"));
    assert_eq!(message(&rested, "2026-11-08T12:00:00"), Verdict::Send);
}

#[test]
fn i8_the_threshold_is_what_is_open_and_not_in_dispute() {
    let mut small = sample::facts();
    small.disputed = small.overdue - Fen::new(99);
    assert_eq!(message(&small, NOON), Verdict::Cancel("below_floor"));
    small.disputed = small.overdue - Fen::new(100);
    assert_eq!(message(&small, NOON), Verdict::Send);
}

#[test]
fn i19_the_days_of_grace_of_a_promise_are_quiet_too() {
    let mut promised = sample::facts();
    promised.promise_due = Some(sample::day("2026-11-03"));
    assert_eq!(message(&promised, "2026-11-06T12:00:00"), Verdict::Cancel("hold"), "the third day of grace");
    assert_eq!(message(&promised, "2026-11-07T12:00:00"), Verdict::Send);
}

#[test]
fn a_talk_after_the_plan_cancels_the_message_for_the_quiet_days() {
    let mut talked = sample::facts();
    talked.contacts = vec![sample::talk("2026-11-05")];
    assert_eq!(message(&talked, NOON), Verdict::Cancel("cool_off"));
    assert_eq!(message(&talked, "2026-11-12T12:00:00"), Verdict::Send);
}

#[test]
fn i14_the_budget_rolls_over_seven_days_and_counts_messages_sent_by_hand() {
    let mut busy = sample::facts();
    busy.contacts = vec![sample::sent("wechat", "2026-11-01"), sample::sent("sms", "2026-11-04")];
    assert_eq!(message(&busy, NOON), Verdict::Defer(at("2026-11-08T09:00:00"), "contact_budget"));
    assert_eq!(message(&busy, "2026-11-08T09:00:00"), Verdict::Send);
    busy.contacts.push(sample::sent("email", "2026-11-04"));
    assert_eq!(message(&busy, NOON), Verdict::Defer(at("2026-11-11T09:00:00"), "contact_budget"), "both of the 4th");
}

#[test]
fn at_night_a_message_waits_but_what_is_not_needed_does_not() {
    let mut late = sample::facts();
    assert_eq!(message(&late, "2026-11-05T22:00:00"), Verdict::Defer(at("2026-11-06T08:30:00"), "quiet_hours"));
    late.overdue = Fen::ZERO;
    assert_eq!(message(&late, "2026-11-05T22:00:00"), Verdict::Cancel("paid"));
}

#[test]
fn i14_calls_and_visits_keep_to_the_window_the_flags_and_the_calls_of_a_day() {
    let judged = |facts: &CaseFacts, manner, now| judge_contact(&Policy::v1(), facts, manner, at(now));
    let mut facts = sample::facts();
    assert_eq!(judged(&facts, ContactManner::Call, NOON), Verdict::Send);
    let morning = Verdict::Defer(at("2026-11-06T09:00:00"), "quiet_hours");
    assert_eq!(judged(&facts, ContactManner::Visit, "2026-11-05T20:00:00"), morning);
    facts.no_visit = true;
    assert_eq!(judged(&facts, ContactManner::Visit, NOON), Verdict::Cancel("spared"));
    assert_eq!(judged(&facts, ContactManner::Call, NOON), Verdict::Send, "a flag spares what it names");
    facts.contacts = vec![sample::sent("phone", "2026-11-05"); 3];
    let tomorrow = Verdict::Defer(at("2026-11-06T09:00:00"), "contact_budget");
    assert_eq!(judged(&facts, ContactManner::Call, NOON), tomorrow);
}

proptest! {
    /// However messages were planned, no seven days hold more of them than the policy allows.
    #[test]
    fn i14_no_seven_days_hold_more_messages_than_the_budget(tries in prop::collection::vec((0_i64..60, 0_u32..24), 1..80)) {
        let (policy, mut facts) = (Policy::v1(), sample::facts());
        let mut times: Vec<NaiveDateTime> = tries
            .iter()
            .map(|(days, hour)| at("2026-11-01T00:00:00") + TimeDelta::days(*days) + TimeDelta::hours(i64::from(*hour)))
            .collect();
        times.sort_unstable();
        for now in times {
            if judge(&policy, &facts, now) == Verdict::Send {
                let on = now.date();
                let sent = ContactFact { channel: "sms".to_owned(), outgoing: true, talk: false, dead_end: false, on };
                facts.contacts.push(sent);
            }
        }
        for first in &facts.contacts {
            let week = facts.contacts.iter().filter(|one| (0..7).contains(&(one.on - first.on).num_days())).count();
            prop_assert!(week <= policy.messages_per_7_days);
        }
    }
}

#[test]
fn i6_a_message_planned_for_a_sort_of_case_is_cancelled_once_the_case_is_of_another() {
    let mut policy = Policy::v1();
    policy.steps[2].when = serde_json::from_str(r#"{"without_causes": ["SERVICE"], "without_flags": ["soften"]}"#).ok();
    let now = "2026-11-05T10:00:00".parse().expect("a time");
    let mut case = sample::facts();
    assert_eq!(judge_step(&policy, "reminder_d21", &case, now), Verdict::Send);
    case.vulnerable = true;
    assert_eq!(judge_step(&policy, "reminder_d21", &case, now), Verdict::Cancel("spared"));
    let service = crate::collection::facts::ClassifiedFact {
        attitude: crate::collection::Attitude::Neutral,
        capacity: crate::collection::Capacity::Able,
        cause: crate::collection::Cause::Service,
    };
    case.classified = Some(service);
    assert_eq!(judge_step(&policy, "reminder_d21", &case, now), Verdict::Cancel("not_for_case"));
    assert_eq!(judge_step(&policy, "reminder_d10", &case, now), Verdict::Send, "no condition, no change");
}
