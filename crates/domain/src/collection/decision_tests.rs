//! The invariants of decisions, each by its id.

use super::*;
use crate::Fen;
use crate::collection::hold::Suppression;
use crate::collection::sample::{day, dead_end, done, facts, sent, served, step, talk};

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
    let dead = |channel: &str| dead_end(channel, "2026-10-01");
    unreachable.contacts = vec![dead("phone")];
    assert_eq!(decided(&unreachable, "2026-11-01").stage_after, Stage::Conversation);
    unreachable.contacts.push(dead("visit"));
    assert_eq!(decided(&unreachable, "2026-11-01").stage_after, Stage::Demand);
}

#[test]
fn legal_is_never_reached_by_a_run() {
    let mut ripe = in_demand();
    ripe.notices = vec![served("A", "2026-06-15", "2026-06-30")];
    ripe.steps =
        vec![done("demand_letter", "demand_letter", "2026-06-15"), done("senior_talk", "senior_talk", "2026-07-01")];
    let decision = decided(&ripe, "2026-11-01");
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
    busy.contacts = vec![sent("sms", "2026-10-26"), sent("sms", "2026-10-28")];
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

fn in_demand() -> CaseFacts {
    CaseFacts { stage: Stage::Demand, stage_entered_on: day("2026-06-01"), ..facts() }
}

#[test]
fn i1_a_new_occurrence_counts_on_and_knows_no_run() {
    let mut failed = facts();
    failed.channels = vec!["sms".to_owned(), "wechat".to_owned(), "email".to_owned()];
    failed.steps = vec![step("reminder_d21", "failed_permanent", "2026-10-31")];
    let second = StepFact {
        occurrence: 2,
        channel: Some("wechat".to_owned()),
        ..step("reminder_d21", "failed_permanent", "2026-11-01")
    };
    failed.steps.push(second);
    let Outcome::Act { occurrence, channel, .. } = decided(&failed, "2026-11-02").outcome else {
        panic!("a third try")
    };
    assert_eq!((occurrence, channel.as_deref()), (3, Some("email")));
    let newer = Policy { version: 2, ..Policy::v1() };
    assert_eq!(
        decide(&newer, &failed, day("2026-11-02")),
        decided(&failed, "2026-11-02"),
        "a new version starts nothing anew"
    );
}

#[test]
fn i2_doing_nothing_is_a_decision_with_its_reason_and_its_trace() {
    let mut paid = facts();
    paid.overdue = Fen::ZERO;
    let decision = decided(&paid, "2026-10-31");
    assert_eq!(reason(&decision), Some(Reason::Paid));
    assert!(find_rule(&decision.trace, "overdue").is_some_and(|line| !line.passed));
}

#[test]
fn i4_days_count_from_facts_so_a_late_run_decides_like_a_punctual_one() {
    let mut called = facts();
    (called.stage, called.stage_entered_on) = (Stage::Conversation, day("2026-11-01"));
    called.steps = vec![done("conversation_call", "call", "2026-11-01")];
    assert_eq!(decided(&called, "2026-11-05").next_due_on, Some(day("2026-11-06")));
    assert_eq!(acts(&decided(&called, "2026-11-06")), Some("conversation_message"));
    assert_eq!(acts(&decided(&called, "2026-11-13")), Some("conversation_visit"), "the highest due step alone");
}

#[test]
fn i5_an_unconfirmed_reminder_is_followed_by_a_call_and_a_confirmed_one_by_patience() {
    for state in ["sent", "uncertain", "abandoned"] {
        let mut doubtful = facts();
        doubtful.steps = vec![step("reminder_d21", state, "2026-10-31")];
        assert_eq!(decided(&doubtful, "2026-11-02").next_due_on, Some(day("2026-11-03")), "{state}");
        assert_eq!(acts(&decided(&doubtful, "2026-11-03")), Some("reminder_call"), "{state}");
    }
    let mut young = facts();
    young.oldest_due = day("2026-10-31");
    young.steps = vec![step("reminder_d21", "delivered", "2026-11-21")];
    let patient = decided(&young, "2026-11-28");
    assert_eq!((reason(&patient), patient.next_due_on), (Some(Reason::NotDueYet), Some(day("2026-12-01"))));
}

#[test]
fn a_call_does_not_overtake_reminders_that_are_still_to_come() {
    let mut young = facts();
    young.oldest_due = day("2026-10-31");
    young.steps = vec![step("reminder_d3", "sent", "2026-11-03")];
    assert_eq!(reason(&decided(&young, "2026-11-09")), Some(Reason::NotDueYet));
    assert_eq!(acts(&decided(&young, "2026-11-10")), Some("reminder_d10"));
}

#[test]
fn a_lower_reminder_is_not_sent_after_a_higher_one() {
    let mut reminded = facts();
    reminded.oldest_due = day("2026-10-31");
    reminded.steps = vec![step("reminder_d21", "delivered", "2026-11-21")];
    assert_eq!(acts(&decided(&reminded, "2026-11-25")), None);
}

#[test]
fn after_a_repair_that_found_no_channel_a_person_calls() {
    let mut unreachable = facts();
    unreachable.channels.clear();
    unreachable.steps = vec![done(REPAIR_CONTACT, "repair_contact", "2026-11-02")];
    assert_eq!(reason(&decided(&unreachable, "2026-11-03")), Some(Reason::NotDueYet));
    assert_eq!(acts(&decided(&unreachable, "2026-11-05")), Some("reminder_call"));
    unreachable.channels = vec!["sms".to_owned()];
    assert_eq!(acts(&decided(&unreachable, "2026-11-05")), Some("reminder_d21"), "the repair found one");
}

#[test]
fn a_refused_wording_is_not_tried_again_every_day() {
    let mut blocked = facts();
    blocked.steps = vec![step("reminder_d21", "blocked", "2026-10-31")];
    assert_eq!(reason(&decided(&blocked, "2026-11-01")), Some(Reason::NotDueYet));
    let again = decided(&blocked, "2026-11-07");
    assert!(matches!(again.outcome, Outcome::Act { occurrence: 2, .. }), "{again:?}");
}

#[test]
fn a_letter_that_was_not_served_goes_out_again_and_nothing_overtakes_it() {
    let mut returned = in_demand();
    returned.steps = vec![done("demand_letter", "demand_letter", "2026-10-20")];
    assert_eq!(reason(&decided(&returned, "2026-11-03")), Some(Reason::NotDueYet), "not the senior talk");
    let again = decided(&returned, "2026-11-04");
    assert!(matches!(&again.outcome, Outcome::Act { step_key, occurrence: 2, .. } if step_key == "demand_letter"));
    returned.notices = vec![served("B", "2026-10-25", "2026-11-09")];
    assert_eq!(acts(&decided(&returned, "2026-11-04")), Some("senior_talk"));
}

#[test]
fn the_legal_review_waits_for_the_end_of_the_period_and_comes_back() {
    let mut served_case = in_demand();
    served_case.notices = vec![served("B", "2026-10-25", "2026-11-09")];
    served_case.steps =
        vec![done("demand_letter", "demand_letter", "2026-10-25"), done("senior_talk", "senior_talk", "2026-10-28")];
    assert_eq!(acts(&decided(&served_case, "2026-11-09")), None);
    assert_eq!(acts(&decided(&served_case, "2026-11-10")), Some("legal_review"));
    served_case.steps.push(done("legal_review", "legal_review", "2026-11-12"));
    assert_eq!(acts(&decided(&served_case, "2026-12-01")), None);
    assert_eq!(acts(&decided(&served_case, "2027-01-11")), Some("legal_review"));
}

#[test]
fn where_flags_leave_no_way_a_person_is_told_and_nothing_harder_is_done() {
    let mut spared = facts();
    (spared.stage, spared.stage_entered_on) = (Stage::Conversation, day("2026-06-01"));
    spared.oldest_due = day("2026-04-30");
    (spared.no_call, spared.no_visit) = (true, true);
    spared.steps = vec![step("conversation_message", "delivered", "2026-06-06")];
    assert_eq!(reason(&decided(&spared, "2026-10-31")), Some(Reason::NeedsPerson));
    spared.no_visit = false;
    assert_eq!(acts(&decided(&spared, "2026-10-31")), None, "sparing the call does not send a visitor instead");
}

#[test]
fn waiting_says_until_when() {
    let mut talked = facts();
    talked.contacts = vec![talk("2026-10-30")];
    assert_eq!(decided(&talked, "2026-11-05").next_due_on, Some(day("2026-11-06")));
    let mut promised = facts();
    promised.promise_due = Some(day("2026-11-10"));
    let waiting = decided(&promised, "2026-11-13");
    assert_eq!((reason(&waiting), waiting.next_due_on), (Some(Reason::Promise), Some(day("2026-11-14"))));
    let mut busy = facts();
    busy.contacts = vec![sent("sms", "2026-10-26"), sent("sms", "2026-10-28")];
    assert_eq!(decided(&busy, "2026-10-31").next_due_on, Some(day("2026-11-02")));
}

#[test]
fn i13_a_released_hold_is_followed_by_one_step_and_not_by_all_that_was_missed() {
    let mut released = facts();
    released.stage_entered_on = day("2026-06-03");
    released.steps = vec![step("reminder_d3", "delivered", "2026-06-03")];
    released.suppression = Suppression { contact: true, escalation: true, late_fee: false, legal: true };
    assert_eq!(reason(&decided(&released, "2026-10-31")), Some(Reason::Hold));
    released.suppression = Suppression::default();
    let first = decided(&released, "2026-11-01");
    assert_eq!(
        (first.stage_after, acts(&first)),
        (Stage::Conversation, Some("conversation_call")),
        "one step, one stage"
    );
    let mut next = released.clone();
    (next.stage, next.stage_entered_on) = (Stage::Conversation, day("2026-11-01"));
    next.steps.push(done("conversation_call", "call", "2026-11-01"));
    assert_eq!(acts(&decided(&next, "2026-11-02")), None);
}

#[test]
fn a_claim_about_to_lapse_is_told_to_legal_whatever_keeps_the_plan_waiting() {
    let mut lapsing = facts();
    lapsing.limitation_on = Some(day("2027-02-01"));
    lapsing.open_tasks = vec!["call".to_owned()];
    assert_eq!(acts(&decided(&lapsing, "2026-11-02")), Some(LIMITATION_GUARD), "a call nobody makes");
    lapsing.open_tasks.clear();
    lapsing.suppression.contact = true;
    assert_eq!(acts(&decided(&lapsing, "2026-11-02")), Some(LIMITATION_GUARD), "a forgotten hold");
    lapsing.steps = vec![done(LIMITATION_GUARD, "legal_review", "2026-11-02")];
    assert_eq!(reason(&decided(&lapsing, "2026-11-03")), Some(Reason::Hold), "told once");
    assert_eq!(reason(&decided(&lapsing, "2026-11-02")), Some(Reason::Hold), "the same day again plans nothing new");
}

#[test]
fn a_decision_equal_but_for_day_counts_has_the_same_digest() {
    let mut lapsing = facts();
    lapsing.steps = vec![step("reminder_d21", "sent", "2026-10-31")];
    let (one, next) = (decided(&lapsing, "2026-11-01"), decided(&lapsing, "2026-11-02"));
    assert_ne!(one.trace, next.trace, "the days left to limitation differ");
    assert_eq!(one.digest(), next.digest());
    assert_ne!(one.digest(), decided(&lapsing, "2026-11-03").digest());
}

#[test]
fn i13_after_a_hold_the_plan_waits_for_the_cool_off_and_then_takes_one_step() {
    let mut rested = facts();
    rested.rested_on = Some(day("2026-11-01"));
    let waiting = decided(&rested, "2026-11-07");
    assert_eq!((reason(&waiting), waiting.next_due_on), (Some(Reason::AfterHold), Some(day("2026-11-08"))));
    assert_eq!(acts(&decided(&rested, "2026-11-08")), Some("reminder_d21"));
    rested.limitation_on = Some(day("2026-12-01"));
    assert_eq!(acts(&decided(&rested, "2026-11-07")), Some(LIMITATION_GUARD), "internal work waits for nobody");
}

#[test]
fn a3_no_case_gets_to_the_formal_demand_while_the_papers_of_its_community_are_missing() {
    let talked = CaseFacts {
        stage: Stage::Conversation,
        contacts: vec![talk("2026-09-01"), talk("2026-09-20")],
        stage_entered_on: day("2026-08-01"),
        ..facts()
    };
    assert_eq!(decided(&talked, "2026-11-20").stage_after, Stage::Demand);
    let waits = CaseFacts { formal_waits: true, ..talked };
    assert_eq!(decided(&waits, "2026-11-20").stage_after, Stage::Conversation);
}

#[test]
fn a3_formal_steps_wait_with_a_reason_of_their_own_and_gentle_ones_go_on() {
    let waits = CaseFacts { formal_waits: true, ..in_demand() };
    let open = decided(&in_demand(), "2026-11-20");
    assert!(acts(&open).is_some(), "{open:?}");
    let decision = decided(&waits, "2026-11-20");
    assert_eq!((acts(&decision), reason(&decision)), (None, Some(Reason::FormalWaits)));
    assert!(find_rule(&decision.trace, "formal").is_some_and(|line| !line.passed), "{:?}", decision.trace);
    let reminded = CaseFacts { formal_waits: true, ..facts() };
    assert_eq!(decided(&reminded, "2026-11-20"), decided(&facts(), "2026-11-20"));
}

#[test]
fn a3_a_claim_about_to_lapse_is_told_to_legal_although_papers_are_missing() {
    let waits = CaseFacts { formal_waits: true, limitation_on: Some(day("2026-12-20")), ..in_demand() };
    assert_eq!(acts(&decided(&waits, "2026-11-20")), Some(LIMITATION_GUARD));
}

#[test]
fn facts_recorded_before_papers_were_asked_for_are_written_as_they_were() {
    let written = serde_json::to_value(facts()).expect("JSON");
    assert!(written.get("formal_waits").is_none());
    assert_eq!(serde_json::from_value::<CaseFacts>(written).expect("facts"), facts());
}
