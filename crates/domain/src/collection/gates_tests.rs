//! What earns a stage, what opens the numbered demand and the legal stage, and what does not.

use super::*;
use crate::Fen;
use crate::collection::facts::ContactFact;
use crate::collection::sample::{day, dead_end, done, facts, sent, served, step, talk};

fn says(missing: &[Text], word: &str) -> bool {
    missing.iter().any(|one| one.en.contains(word))
}

fn to_conversation(facts: &CaseFacts, on: &str) -> Vec<Text> {
    conversation_gate(&Policy::v1(), facts, day(on))
}

fn to_demand(contacts: Vec<ContactFact>) -> Vec<Text> {
    demand_gate(&Policy::v1(), &CaseFacts { stage: Stage::Conversation, contacts, ..facts() }, day("2026-11-20"))
}

#[test]
fn the_month_is_a_calendar_month_and_its_last_day_still_belongs_to_the_reminder() {
    let mut young = facts();
    young.oldest_due = day("2026-10-31");
    young.steps = vec![step("reminder_d3", "delivered", "2026-11-03")];
    assert!(says(&to_conversation(&young, "2026-11-30"), "calendar month"));
    assert!(to_conversation(&young, "2026-12-01").is_empty());
}

#[test]
fn i5_one_unanswered_call_and_an_unconfirmed_message_send_a_person_but_never_a_demand() {
    let mut tried = facts();
    tried.steps = vec![step("reminder_d21", "uncertain", "2026-10-31")];
    assert!(says(&to_conversation(&tried, "2026-11-20"), "exhausted"), "one channel is not two");
    tried.contacts = vec![dead_end("phone", "2026-11-03")];
    assert!(says(&to_conversation(&tried, "2026-11-13"), "exhausted"), "13 days without a receipt");
    assert!(to_conversation(&tried, "2026-11-14").is_empty());
    let demand = to_demand(tried.contacts.clone());
    assert!(says(&demand, "exhausted"), "a bounce is no talk: {demand:?}");
}

#[test]
fn i5_bounces_do_not_move_a_case_while_a_channel_is_untried() {
    let mut bounced = facts();
    bounced.channels = ["sms", "wechat", "email"].map(str::to_owned).to_vec();
    let by = |channel: &str| StepFact {
        channel: Some(channel.to_owned()),
        ..step("reminder_d21", "failed_permanent", "2026-10-31")
    };
    bounced.steps = vec![by("sms"), by("wechat")];
    assert!(says(&to_conversation(&bounced, "2026-11-20"), "exhausted"), "there is the e-mail");
    bounced.steps.push(by("email"));
    assert!(to_conversation(&bounced, "2026-11-20").is_empty(), "a person goes and talks");
    let demand = demand_gate(&Policy::v1(), &CaseFacts { stage: Stage::Conversation, ..bounced }, day("2026-11-20"));
    assert!(says(&demand, "exhausted"), "three bounces are no demand");
}

#[test]
fn i5_a_channel_on_which_a_message_once_arrived_is_not_silent() {
    let mut reached = facts();
    reached.steps = vec![step("reminder_d3", "delivered", "2026-10-01"), step("reminder_d21", "sent", "2026-10-20")];
    assert!(reached.list_silent_channels(14, day("2026-11-20")).is_empty());
    reached.steps.remove(0);
    assert_eq!(reached.list_silent_channels(14, day("2026-11-20")).len(), 1);
}

#[test]
fn two_entries_of_one_day_are_one_talk() {
    assert!(says(&to_demand(vec![talk("2026-10-10"), talk("2026-10-10")]), "there are 1"));
    assert!(to_demand(vec![talk("2026-10-10"), talk("2026-10-11")]).is_empty());
}

#[test]
fn talks_about_an_earlier_debt_earn_nothing() {
    assert!(says(&to_demand(vec![talk("2026-01-10"), talk("2026-03-11")]), "there are 0"));
    assert!(to_demand(vec![talk("2026-06-10"), talk("2026-07-11")]).is_empty(), "before the case, but about this debt");
}

#[test]
fn a_part_payment_keeps_the_talks_and_takes_back_only_the_age() {
    let mut paid_in_part = facts();
    paid_in_part.stage = Stage::Conversation;
    paid_in_part.stage_entered_on = day("2026-11-10");
    paid_in_part.steps = vec![step("reminder_d21", "delivered", "2026-06-25")];
    paid_in_part.contacts = vec![talk("2026-07-01"), talk("2026-08-01")];
    paid_in_part.oldest_due = day("2026-09-30");
    let missing = demand_gate(&Policy::v1(), &paid_in_part, day("2026-11-20"));
    assert!(says(&missing, "3 calendar months") && missing.len() == 1, "{missing:?}");
    assert_eq!(earned_stage(&Policy::v1(), &paid_in_part, day("2026-11-20")), Stage::Conversation, "never back");
}

#[test]
fn a_talk_takes_a_channel_off_the_list_of_exhausted_ones() {
    let unreachable = vec![dead_end("phone", "2026-10-01"), dead_end("visit", "2026-10-02")];
    assert!(to_demand(unreachable.clone()).is_empty());
    let answered: Vec<_> = unreachable.into_iter().chain([talk("2026-10-05")]).collect();
    assert!(says(&to_demand(answered), "exhausted"));
    assert!(says(&to_demand(vec![dead_end("phone", "2026-10-01"), dead_end("phone", "2026-10-09")]), "exhausted"));
    assert!(
        says(&to_demand(vec![sent("sms", "2026-10-01"), sent("visit", "2026-10-02")]), "exhausted"),
        "sent is not exhausted"
    );
}

#[test]
fn what_happens_later_is_not_known_yet() {
    let talks = vec![talk("2026-10-10"), talk("2026-11-21")];
    assert!(says(&to_demand(talks), "there are 1"));
    let mut later = ripe();
    later.notices = vec![served("A", "2026-11-19", "2026-11-18")];
    assert!(legal(&later, COMPLETE).is_empty());
    later.notices = vec![served("A", "2026-11-21", "2026-11-18")];
    assert!(says(&legal(&later, COMPLETE), "no demand letter served"));
}

#[test]
fn i13_a_hold_on_escalation_keeps_a_case_where_it_is() {
    let mut held = facts();
    held.steps = vec![step("reminder_d21", "delivered", "2026-10-31")];
    assert_eq!(earned_stage(&Policy::v1(), &held, day("2026-11-01")), Stage::Conversation);
    held.suppression.escalation = true;
    assert_eq!(earned_stage(&Policy::v1(), &held, day("2026-11-01")), Stage::Reminder);
}

const COMPLETE: LegalFile = LegalFile { evidence_complete: true, approved_by_second_person: true };

fn ripe() -> CaseFacts {
    let mut ripe = facts();
    ripe.stage = Stage::Demand;
    ripe.notices = vec![served("B", "2026-10-01", "2026-10-16")];
    ripe.steps =
        vec![done("demand_letter", "demand_letter", "2026-10-01"), done("senior_talk", "senior_talk", "2026-10-11")];
    ripe
}

fn legal(facts: &CaseFacts, file: LegalFile) -> Vec<Text> {
    legal_gate(&Policy::v1(), facts, file, day("2026-11-20"))
}

#[test]
fn i17_the_legal_stage_needs_every_one_of_its_conditions() {
    assert!(legal(&ripe(), COMPLETE).is_empty());
    assert!(says(&legal(&ripe(), LegalFile { approved_by_second_person: false, ..COMPLETE }), "second person"));
    assert!(says(&legal(&ripe(), LegalFile { evidence_complete: false, ..COMPLETE }), "evidence"));
    type Breaks = fn(&mut CaseFacts);
    let broken: [(Breaks, &str); 9] = [
        (|one| one.stage = Stage::Conversation, "has not reached"),
        (|one| one.steps.truncate(1), "senior level"),
        (|one| one.suppression.legal = true, "a hold"),
        (|one| one.disputed = Fen::new(1), "disputed"),
        (|one| one.limitation_on = None, "limitation"),
        (|one| one.limitation_on = Some(day("2026-11-19")), "lapsed"),
        (|one| one.notices.clear(), "no demand letter"),
        (|one| one.notices = vec![served("C", "2026-10-01", "2026-10-16")], "grade B"),
        (|one| one.notices = vec![served("A", "2026-10-01", "2026-11-20")], "not run out"),
    ];
    for (breaks, word) in broken {
        let mut facts = ripe();
        breaks(&mut facts);
        let missing = legal(&facts, COMPLETE);
        assert!(says(&missing, word) && missing.len() == 1, "{word}: {missing:?}");
    }
}

#[test]
fn i17_a_second_letter_does_not_take_back_the_period_of_the_first() {
    let mut twice = ripe();
    twice.notices.push(served("A", "2026-11-18", "2026-12-03"));
    assert!(legal(&twice, COMPLETE).is_empty());
}

#[test]
fn i17_an_empty_case_is_told_everything_that_is_missing() {
    let missing = legal(&facts(), LegalFile::default());
    assert_eq!(missing.len(), 5, "{missing:?}");
    assert!(missing.iter().all(|one| !one.zh.is_empty() && !one.en.is_empty()));
}
