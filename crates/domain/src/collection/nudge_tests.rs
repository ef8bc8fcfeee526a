//! When the reminder of something agreed is made, what keeps it back, and that it leads to nothing else.

use super::*;
use crate::collection::claim::{Verdict, judge_step};
use crate::collection::gates::earned_stage;
use crate::collection::sample::{self, day};
use crate::collection::{Outcome, Reason, decide};

fn policy(days: i64) -> Policy {
    Policy { remind_before_days: days, ..Policy::v1() }
}

/// A promise for the 10th.
fn promised() -> CaseFacts {
    let mut facts = sample::facts();
    facts.promise_due = Some(day("2026-11-10"));
    facts.suppression.contact = true;
    facts
}

/// The key of what is done on a day, or why nothing is.
fn done(policy: &Policy, facts: &CaseFacts, as_of: &str) -> Result<String, Reason> {
    match decide(policy, facts, day(as_of)).outcome {
        Outcome::Act { step_key, .. } => Ok(step_key),
        Outcome::None { reason } => Err(reason),
    }
}

#[test]
fn a_promise_is_remembered_once_so_many_days_before_it_and_zero_is_never() {
    let mut facts = promised();
    assert_eq!(done(&policy(2), &facts, "2026-11-07"), Err(Reason::Promise));
    assert_eq!(done(&policy(0), &facts, "2026-11-08"), Err(Reason::Promise));
    for on in ["2026-11-08", "2026-11-09", "2026-11-10"] {
        assert_eq!(done(&policy(2), &facts, on), Ok(PROMISE_NUDGE.to_owned()), "{on}");
    }
    assert_eq!(done(&policy(2), &facts, "2026-11-11"), Err(Reason::Promise), "its day is over");
    for state in ["sent", "delivered", "cancelled", "failed_permanent", "uncertain"] {
        facts.steps = vec![sample::step(PROMISE_NUDGE, state, "2026-11-08")];
        assert_eq!(done(&policy(2), &facts, "2026-11-09"), Err(Reason::Promise), "{state}: never twice");
    }
    facts.promise_due = Some(day("2026-11-20"));
    assert_eq!(done(&policy(2), &facts, "2026-11-18"), Ok(PROMISE_NUDGE.to_owned()), "another promise, another day");
}

#[test]
fn an_instalment_is_remembered_while_its_plan_is_kept() {
    let mut facts = sample::facts();
    facts.plan_active = true;
    assert_eq!(done(&policy(2), &facts, "2026-11-18"), Err(Reason::Plan), "nothing is due soon");
    facts.instalment_due = Some(day("2026-11-20"));
    assert_eq!(done(&policy(2), &facts, "2026-11-17"), Err(Reason::Plan));
    assert_eq!(done(&policy(2), &facts, "2026-11-18"), Ok(INSTALMENT_NUDGE.to_owned()));
}

#[test]
fn other_holds_and_a_full_budget_keep_it_back_and_the_talk_that_agreed_the_day_does_not() {
    let policy = policy(2);
    let mut facts = promised();
    facts.contacts = vec![sample::talk("2026-11-06")];
    assert_eq!(done(&policy, &facts, "2026-11-08"), Ok(PROMISE_NUDGE.to_owned()));
    facts.nudge_held = true;
    assert_eq!(done(&policy, &facts, "2026-11-08"), Err(Reason::Promise));
    facts.nudge_held = false;
    facts.contacts = vec![sample::sent("sms", "2026-11-04"), sample::sent("sms", "2026-11-05")];
    assert_eq!(done(&policy, &facts, "2026-11-08"), Err(Reason::Promise));
    facts.contacts.clear();
    facts.rested_on = Some(day("2026-11-05"));
    assert_eq!(done(&policy, &facts, "2026-11-08"), Err(Reason::Promise), "a hold has just ended");
    facts.rested_on = None;
    facts.channels.clear();
    assert_eq!(done(&policy, &facts, "2026-11-08"), Err(Reason::Promise), "no way for a message");
}

#[test]
fn it_earns_no_stage_though_it_arrived() {
    let mut facts = sample::facts();
    let as_of = day("2027-03-01");
    facts.steps = vec![sample::step("reminder_d3", "delivered", "2026-11-08")];
    assert_ne!(earned_stage(&Policy::v1(), &facts, as_of), facts.stage, "a reminder does");
    facts.steps = vec![sample::step(PROMISE_NUDGE, "delivered", "2026-11-08")];
    assert_eq!(earned_stage(&Policy::v1(), &facts, as_of), facts.stage);
}

#[test]
fn before_it_goes_out_everything_is_looked_at_again() {
    let policy = policy(2);
    let at = |hour: u32| day("2026-11-08").and_hms_opt(hour, 0, 0).expect("a time");
    let judged = |facts: &CaseFacts, hour| judge_step(&policy, PROMISE_NUDGE, facts, at(hour));
    assert_eq!(judged(&promised(), 10), Verdict::Send);
    assert!(matches!(judged(&promised(), 23), Verdict::Defer(_, "quiet_hours")));
    let with = |change: fn(&mut CaseFacts)| {
        let mut facts = promised();
        change(&mut facts);
        judged(&facts, 10)
    };
    assert_eq!(with(|facts| facts.promise_due = None), Verdict::Cancel("not_for_case"), "taken back or kept");
    assert_eq!(with(|facts| facts.nudge_held = true), Verdict::Cancel("hold"));
    assert_eq!(with(|facts| facts.overdue = crate::Fen::ZERO), Verdict::Cancel("paid"));
    let late =
        judge_step(&policy, PROMISE_NUDGE, &promised(), day("2026-11-11").and_hms_opt(10, 0, 0).expect("a time"));
    assert_eq!(late, Verdict::Cancel("not_for_case"), "after its day it is of no use");
}
