//! No case falls silent (I2, I5): whatever becomes of messages and calls, within bounds something is planned again, the case
//! moves on, or a person is told that the policy has no way left.

use proptest::prelude::*;

use super::*;
use crate::collection::facts::ContactFact;
use crate::collection::sample;

/// The longest time without a new step that the default policy allows.
const LONGEST_SILENCE_DAYS: i64 = 60;

/// What becomes of messages and tasks in one imagined office.
#[derive(Clone, Copy, Debug)]
struct Fate {
    message: &'static str,
    call: Ending,
    visit: Ending,
    channels: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Talk,
    NoAnswer,
    /// Closed without a contact on record.
    NothingRecorded,
}

fn carry_out(facts: &mut CaseFacts, decision: &Decision, fate: Fate, today: NaiveDate) -> bool {
    let Outcome::Act { step_key, occurrence, kind, channel } = &decision.outcome else { return false };
    let (state, ending) = match kind {
        StepKind::Message => (fate.message, None),
        StepKind::Call => ("done", Some(("phone", fate.call))),
        StepKind::Visit => ("done", Some(("visit", fate.visit))),
        StepKind::SeniorTalk | StepKind::DemandLetter | StepKind::LegalReview | StepKind::RepairContact => {
            ("done", None)
        }
    };
    facts.steps.push(StepFact {
        step_key: step_key.clone(),
        occurrence: *occurrence,
        kind: kind.as_str().to_owned(),
        channel: channel.clone(),
        state: state.to_owned(),
        planned_on: today,
        done_on: Some(today),
    });
    if let Some((channel, ending)) = ending.filter(|(_, ending)| *ending != Ending::NothingRecorded) {
        let (talk, dead_end) = (ending == Ending::Talk, ending == Ending::NoAnswer);
        facts.contacts.push(ContactFact { channel: channel.to_owned(), outgoing: true, talk, dead_end, on: today });
    }
    true
}

/// Runs the plan daily for a year; the longest silence in days, and the stage reached.
fn live(fate: Fate, age_days: i64) -> (i64, Stage) {
    let opened_on = "2026-01-05".parse::<NaiveDate>().expect("a day");
    let mut facts = sample::facts();
    (facts.stage_entered_on, facts.oldest_due) = (opened_on, opened_on - chrono::TimeDelta::days(age_days));
    facts.channels = fate.channels.iter().map(|one| (*one).to_owned()).collect();
    facts.limitation_on = None;
    let policy = Policy::v1();
    let (mut last_sign, mut longest) = (opened_on, 0);
    for today in opened_on.iter_days().take(365) {
        let decision = decide(&policy, &facts, today);
        if decision.stage_after != facts.stage {
            (facts.stage, facts.stage_entered_on) = (decision.stage_after, today);
            last_sign = today;
        }
        if carry_out(&mut facts, &decision, fate, today) {
            last_sign = today;
        }
        longest = longest.max((today - last_sign).num_days());
    }
    (longest, facts.stage)
}

#[test]
fn a_reminder_that_is_never_confirmed_is_followed_by_a_call_not_by_silence() {
    for message in ["sent", "uncertain", "abandoned"] {
        let fate = Fate { message, call: Ending::Talk, visit: Ending::Talk, channels: &["email"] };
        let (longest, stage) = live(fate, 150);
        assert!(longest <= LONGEST_SILENCE_DAYS, "{message}: silent for {longest} days");
        assert_eq!(stage, Stage::Demand, "{message}: two talks and three months");
    }
}

#[test]
fn tasks_closed_without_a_contact_on_record_come_back() {
    let nothing = Ending::NothingRecorded;
    let fate = Fate { message: "delivered", call: nothing, visit: nothing, channels: &["sms"] };
    let (longest, stage) = live(fate, 150);
    assert!(longest <= LONGEST_SILENCE_DAYS, "silent for {longest} days");
    assert_eq!(stage, Stage::Conversation, "I5: no talk, no exhausted channel, no demand");
}

#[test]
fn without_any_channel_people_call_and_visit_after_the_repair_came_to_nothing() {
    let fate = Fate { message: "sent", call: Ending::NoAnswer, visit: Ending::NoAnswer, channels: &[] };
    let (longest, stage) = live(fate, 150);
    assert!(longest <= LONGEST_SILENCE_DAYS, "silent for {longest} days");
    assert_eq!(stage, Stage::Demand, "phone and visit are exhausted, with a record");
}

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![Just(Ending::Talk), Just(Ending::NoAnswer), Just(Ending::NothingRecorded)]
}

proptest! {
    #[test]
    fn no_case_falls_silent(
        message in prop::sample::select(vec!["sent", "delivered", "uncertain", "abandoned", "failed_permanent", "blocked", "expired"]),
        (call, visit) in (ending(), ending()),
        channels in prop::sample::select(vec![&[][..], &["sms"][..], &["email"][..], &["wechat", "sms", "email"][..]]),
        age in 1_i64..600,
    ) {
        let (longest, _) = live(Fate { message, call, visit, channels }, age);
        prop_assert!(longest <= LONGEST_SILENCE_DAYS, "silent for {longest} days");
    }
}

#[test]
fn a_letter_nobody_can_serve_goes_out_three_times_then_a_person_finds_another_way() {
    let opened_on = "2026-01-05".parse::<NaiveDate>().expect("a day");
    let mut facts = sample::facts();
    (facts.stage, facts.stage_entered_on) = (Stage::Demand, opened_on);
    facts.oldest_due = opened_on - chrono::TimeDelta::days(200);
    facts.limitation_on = None;
    let fate = Fate { message: "delivered", call: Ending::Talk, visit: Ending::Talk, channels: &["sms"] };
    for today in opened_on.iter_days().take(365) {
        let decision = decide(&Policy::v1(), &facts, today);
        carry_out(&mut facts, &decision, fate, today);
    }
    let times = |key: &str| facts.steps.iter().filter(|step| step.step_key == key).count();
    assert_eq!(times("demand_letter"), 3);
    assert!(times("serve_another_way") >= 5, "every 45 days until it is served");
    assert_eq!(times("senior_talk"), 0, "nothing that builds on a served letter");
}
