//! The invariants of decisions, each by its id.

use proptest::prelude::*;

use super::*;
use crate::Fen;
use crate::collection::facts::{ContactFact, NoticeFact};
use crate::collection::hold::Suppression;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn facts() -> CaseFacts {
    CaseFacts {
        stage: Stage::Reminder,
        stage_entered_on: day("2026-10-31"),
        overdue: Fen::new(100_000),
        disputed: Fen::ZERO,
        oldest_due: day("2026-05-31"),
        limitation_on: Some(day("2029-05-31")),
        suppression: Suppression::default(),
        softened: false,
        promise_due: None,
        plan_active: false,
        no_visit: false,
        no_call: false,
        channels: vec!["sms".to_owned()],
        steps: Vec::new(),
        open_tasks: Vec::new(),
        contacts: Vec::new(),
        notices: Vec::new(),
    }
}

fn step(key: &str, state: &str, on: &str) -> StepFact {
    StepFact {
        step_key: key.to_owned(),
        occurrence: 1,
        kind: "message".to_owned(),
        channel: Some("sms".to_owned()),
        state: state.to_owned(),
        planned_on: day(on),
        done_on: Some(day(on)),
    }
}

fn talk(on: &str) -> ContactFact {
    ContactFact { channel: "phone".to_owned(), outgoing: true, talk: true, dead_end: false, on: day(on) }
}

fn decided(facts: &CaseFacts, on: &str) -> Decision {
    decide(&Policy::v1(), facts, day(on))
}

fn acts(decision: &Decision) -> Option<&str> {
    match &decision.outcome {
        Outcome::Act { step_key, .. } => Some(step_key),
        Outcome::None { .. } => None,
    }
}

fn reason(decision: &Decision) -> Option<Reason> {
    match decision.outcome {
        Outcome::Act { .. } => None,
        Outcome::None { reason } => Some(reason),
    }
}

#[test]
fn i3_an_old_debt_gets_one_reminder_the_highest_due_and_not_three() {
    let decision = decided(&facts(), "2026-10-31");
    assert_eq!(acts(&decision), Some("reminder_d21"));
    assert_eq!(decision.stage_after, Stage::Reminder, "a case starts at the reminder whatever its age");
}

#[test]
fn i3_a_missed_night_is_caught_up() {
    let mut young = facts();
    young.oldest_due = day("2026-10-31");
    assert_eq!(reason(&decided(&young, "2026-11-02")), Some(Reason::NotDueYet));
    assert_eq!(acts(&decided(&young, "2026-11-03")), Some("reminder_d3"));
    assert_eq!(acts(&decided(&young, "2026-11-05")), Some("reminder_d3"));
}

#[test]
fn i5_a_stage_is_earned_by_a_delivered_reminder_not_by_time_or_a_bounce() {
    let mut waiting = facts();
    for state in ["failed_permanent", "uncertain", "sent"] {
        waiting.steps = vec![step("reminder_d21", state, "2026-10-31")];
        assert_eq!(decided(&waiting, "2026-11-20").stage_after, Stage::Reminder, "{state}");
    }
    waiting.steps = vec![step("reminder_d21", "delivered", "2026-10-31")];
    let next = decided(&waiting, "2026-11-01");
    assert_eq!((next.stage_after, acts(&next)), (Stage::Conversation, Some("conversation_call")));
}

#[test]
fn i5_a_demand_needs_two_talks_and_three_months_or_exhausted_channels() {
    let mut talked = facts();
    talked.stage = Stage::Conversation;
    talked.contacts = vec![talk("2026-10-01")];
    assert_eq!(decided(&talked, "2026-11-01").stage_after, Stage::Conversation);
    talked.contacts.push(talk("2026-10-10"));
    let decision = decided(&talked, "2026-11-01");
    assert_eq!((decision.stage_after, acts(&decision)), (Stage::Demand, Some("demand_letter")));
    talked.oldest_due = day("2026-08-31");
    assert_eq!(decided(&talked, "2026-11-01").stage_after, Stage::Conversation, "not three months overdue");
    let mut unreachable = facts();
    unreachable.stage = Stage::Conversation;
    let dead = |channel: &str| ContactFact {
        channel: channel.to_owned(),
        outgoing: true,
        talk: false,
        dead_end: true,
        on: day("2026-10-01"),
    };
    unreachable.contacts = vec![dead("phone")];
    assert_eq!(decided(&unreachable, "2026-11-01").stage_after, Stage::Conversation);
    unreachable.contacts.push(dead("visit"));
    assert_eq!(decided(&unreachable, "2026-11-01").stage_after, Stage::Demand);
}

#[test]
fn legal_is_never_reached_by_a_run() {
    let mut served = facts();
    served.stage = Stage::Demand;
    served.stage_entered_on = day("2026-06-01");
    served.notices = vec![NoticeFact {
        pay_by: Some(day("2026-06-30")),
        grade: Some("A".to_owned()),
        served_on: Some(day("2026-06-15")),
    }];
    served.steps = vec![step("demand_letter", "done", "2026-06-15"), step("senior_talk", "done", "2026-07-01")];
    let decision = decided(&served, "2026-11-01");
    assert_eq!((decision.stage_after, acts(&decision)), (Stage::Demand, Some("legal_review")));
}

#[test]
fn running_again_the_same_day_plans_nothing_new() {
    let mut planned = facts();
    planned.steps = vec![step("reminder_d21", "sent", "2026-10-31")];
    assert_eq!(reason(&decided(&planned, "2026-10-31")), Some(Reason::AlreadyPlanned));
}

#[test]
fn a_failure_is_followed_by_the_next_channel_from_the_next_day_on() {
    let mut failed = facts();
    failed.channels = vec!["sms".to_owned(), "email".to_owned()];
    failed.steps = vec![step("reminder_d21", "failed_permanent", "2026-10-31")];
    assert_eq!(reason(&decided(&failed, "2026-10-31")), Some(Reason::AlreadyPlanned));
    let next = decided(&failed, "2026-11-01").outcome;
    let expected = Outcome::Act {
        step_key: "reminder_d21".to_owned(),
        occurrence: 2,
        kind: StepKind::Message,
        channel: Some("email".to_owned()),
    };
    assert_eq!(next, expected);
}

#[test]
fn without_a_channel_staff_repair_the_contact_instead_of_silence() {
    let mut unreachable = facts();
    unreachable.channels.clear();
    assert_eq!(acts(&decided(&unreachable, "2026-10-31")), Some(REPAIR_CONTACT));
}

#[test]
fn i14_the_budget_counts_every_message_of_seven_days() {
    let mut busy = facts();
    let sms =
        |on: &str| ContactFact { channel: "sms".to_owned(), outgoing: true, talk: false, dead_end: false, on: day(on) };
    busy.contacts = vec![sms("2026-10-26"), sms("2026-10-28")];
    assert_eq!(reason(&decided(&busy, "2026-10-31")), Some(Reason::ContactBudget));
    assert_eq!(acts(&decided(&busy, "2026-11-02")), Some("reminder_d21"), "the window rolls");
}

#[test]
fn a_talk_is_followed_by_seven_quiet_days() {
    let mut talked = facts();
    talked.contacts = vec![talk("2026-10-30")];
    assert_eq!(reason(&decided(&talked, "2026-11-05")), Some(Reason::CoolOff));
    assert!(acts(&decided(&talked, "2026-11-06")).is_some());
}

#[test]
fn only_the_undisputed_part_is_asked_for() {
    let mut disputed = facts();
    disputed.disputed = disputed.overdue;
    assert_eq!(reason(&decided(&disputed, "2026-10-31")), Some(Reason::Disputed));
    disputed.disputed = Fen::new(50_000);
    assert!(acts(&decided(&disputed, "2026-10-31")).is_some());
}

#[test]
fn a_claim_about_to_lapse_is_told_to_legal_but_not_during_hardship() {
    let mut lapsing = facts();
    lapsing.steps = vec![step("reminder_d21", "sent", "2026-10-31")];
    lapsing.limitation_on = Some(day("2027-02-01"));
    assert_eq!(acts(&decided(&lapsing, "2026-11-02")), Some(LIMITATION_GUARD));
    lapsing.softened = true;
    assert_eq!(reason(&decided(&lapsing, "2026-11-02")), Some(Reason::NotDueYet));
}

proptest! {
    /// A hold, a flag of a vulnerable person, a promise or a dispute can only take pressure away.
    #[test]
    fn softening_facts_never_add_an_action_or_a_stage(
        overdue in 0_i64..500_000, due_back in 0_i64..400, contact in any::<bool>(), escalation in any::<bool>(),
        no_visit in any::<bool>(), no_call in any::<bool>(), delivered in any::<bool>(),
    ) {
        let as_of = day("2026-11-01");
        let mut plain = facts();
        plain.overdue = Fen::new(overdue);
        plain.oldest_due = as_of - chrono::TimeDelta::days(due_back);
        if delivered {
            plain.steps = vec![step("reminder_d3", "delivered", "2026-10-20")];
        }
        let mut soft = plain.clone();
        soft.suppression = Suppression { contact, escalation, late_fee: true, legal: true };
        (soft.no_visit, soft.no_call) = (no_visit, no_call);
        let policy = Policy::v1();
        let (hard, gentle) = (decide(&policy, &plain, as_of), decide(&policy, &soft, as_of));
        prop_assert!(gentle.stage_after <= hard.stage_after);
        prop_assert!(acts(&gentle).is_none() || acts(&hard).is_some());
        prop_assert!(!contact || acts(&gentle).is_none());
    }

    /// Read again, the same facts give the same decision; and a stage never goes back.
    #[test]
    fn a_decision_is_replayed_and_a_stage_never_regresses(days in 0_i64..900, stage in 0_usize..4) {
        let mut any = facts();
        any.stage = Stage::ALL[stage];
        let as_of = day("2026-06-01") + chrono::TimeDelta::days(days);
        let read_again: CaseFacts = serde_json::from_str(&serde_json::to_string(&any).expect("JSON")).expect("facts");
        let one = decide(&Policy::v1(), &any, as_of);
        prop_assert_eq!(&one, &decide(&Policy::v1(), &read_again, as_of));
        prop_assert!(one.stage_after >= any.stage);
    }
}
