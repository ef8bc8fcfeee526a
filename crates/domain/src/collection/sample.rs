//! Facts for tests: a debt of five months, just taken up, with one channel.

use chrono::NaiveDate;

use super::facts::{CaseFacts, ContactFact, NoticeFact, StepFact};
use super::hold::Suppression;
use super::policy::Stage;
use crate::Fen;
use crate::outreach::contact_limit::ContactHours;

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub(super) fn facts() -> CaseFacts {
    CaseFacts {
        broken_promises: 0,
        classified: None,
        earlier_cycles: 0,
        limits: ContactHours::default(),
        vulnerable: false,
        stage: Stage::Reminder,
        stage_entered_on: day("2026-10-31"),
        overdue: Fen::new(100_000),
        disputed: Fen::ZERO,
        oldest_due: day("2026-05-31"),
        limitation_on: Some(day("2029-05-31")),
        suppression: Suppression::default(),
        formal_waits: false,
        softened: false,
        rested_on: None,
        promise_due: None,
        instalment_due: None,
        nudge_held: false,
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

pub(super) fn step(key: &str, state: &str, on: &str) -> StepFact {
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

/// A step a person carried out.
pub(super) fn done(key: &str, kind: &str, on: &str) -> StepFact {
    StepFact { kind: kind.to_owned(), channel: None, ..step(key, "done", on) }
}

fn contact(channel: &str, talk: bool, dead_end: bool, on: &str) -> ContactFact {
    ContactFact { channel: channel.to_owned(), outgoing: true, talk, dead_end, on: day(on) }
}

pub(super) fn talk(on: &str) -> ContactFact {
    contact("phone", true, false, on)
}

pub(super) fn dead_end(channel: &str, on: &str) -> ContactFact {
    contact(channel, false, true, on)
}

pub(super) fn sent(channel: &str, on: &str) -> ContactFact {
    contact(channel, false, false, on)
}

pub(super) fn served(grade: &str, on: &str, pay_by: &str) -> NoticeFact {
    NoticeFact { pay_by: Some(day(pay_by)), grade: Some(grade.to_owned()), served_on: Some(day(on)) }
}
