//! What holds of every decision, whatever the facts.

use proptest::prelude::*;

use super::*;
use crate::Fen;
use crate::collection::classification::{Attitude, Capacity, Cause};
use crate::collection::facts::{ClassifiedFact, ContactFact};
use crate::collection::hold::{HoldKind, Suppression};
use crate::collection::nudge::is_nudge;
use crate::collection::sample::{day, facts, step};

/// Whether it is the reminder of something agreed, which presses nobody.
fn is_reminder(decision: &Decision) -> bool {
    matches!(&decision.outcome, Outcome::Act { step_key, .. } if is_nudge(step_key))
}

/// How hard the decision presses on the payer.
fn pressure(decision: &Decision) -> u8 {
    match decision.outcome {
        Outcome::Act { .. } if is_reminder(decision) => 0,
        Outcome::Act { kind, .. } => kind.pressure(),
        Outcome::None { .. } => 0,
    }
}

/// Facts of a case somewhere on its way, from a few numbers.
fn somewhere(stage: usize, age: i64, state: usize, contacts: &[(i64, u8)]) -> CaseFacts {
    let as_of = day("2026-11-01");
    let ago = |days: i64| as_of - chrono::TimeDelta::days(days);
    let mut facts = facts();
    (facts.stage, facts.stage_entered_on, facts.oldest_due) = (Stage::ALL[stage], ago(age / 2), ago(age));
    let states = ["sent", "delivered", "uncertain", "failed_permanent", "cancelled", "blocked", "done"];
    let first = Policy::v1().steps_of(facts.stage).next().map(|step| step.key.clone());
    if let (Some(key), Some(state)) = (first, states.get(state)) {
        facts.steps = vec![step(&key, state, &ago(age / 3 + 1).to_string())];
    }
    let mut contacts = contacts.to_vec();
    contacts.sort_unstable_by_key(|(days, _)| -days);
    facts.contacts = contacts
        .iter()
        .map(|(days, kind)| {
            let channel = ["phone", "visit", "sms"][usize::from(kind % 3)].to_owned();
            ContactFact { channel, outgoing: true, talk: *kind == 3, dead_end: *kind >= 4, on: ago(*days) }
        })
        .collect();
    facts
}

proptest! {
    /// A hold, a flag of a vulnerable person, a promise or a dispute only ever takes pressure away (P2).
    #[test]
    fn softening_facts_never_press_harder_and_never_move_a_case_on(
        stage in 0_usize..4, age in 0_i64..700, state in 0_usize..8,
        contacts in prop::collection::vec((0_i64..120, 0_u8..6), 0..6),
        kind in prop::sample::select(HoldKind::ALL), hold in any::<bool>(), (no_visit, no_call) in any::<(bool, bool)>(),
        promise in prop::option::of(-10_i64..30), disputed in 0_i64..100_001, vulnerable in any::<bool>(),
        cause in prop::option::of(prop::sample::select(Cause::ALL)),
    ) {
        let (policy, as_of) = (Policy::v1(), day("2026-11-01"));
        let mut plain = somewhere(stage, age, state, &contacts);
        let (attitude, capacity) = (Attitude::Refusing, Capacity::Unknown);
        plain.classified = cause.map(|cause| ClassifiedFact { attitude, capacity, cause });
        let mut soft = plain.clone();
        soft.suppression = if hold { kind.suppresses() } else { Suppression::default() };
        (soft.no_visit, soft.no_call, soft.disputed) = (no_visit, no_call, Fen::new(disputed));
        soft.vulnerable = vulnerable;
        soft.promise_due = promise.map(|days| as_of + chrono::TimeDelta::days(days));
        soft.nudge_held = soft.suppression.contact && !matches!(kind, HoldKind::Promise | HoldKind::Plan);
        let (hard, gentle) = (decide(&policy, &plain, as_of), decide(&policy, &soft, as_of));
        prop_assert!(gentle.stage_after <= hard.stage_after);
        prop_assert!(pressure(&gentle) <= pressure(&hard), "{:?} instead of {:?}", gentle.outcome, hard.outcome);
        prop_assert!(!soft.suppression.contact || pressure(&gentle) == 0, "a hold is a hold: {:?}", gentle.outcome);
        prop_assert!(!soft.nudge_held || !is_reminder(&gentle), "for a reminder too: {:?}", gentle.outcome);
    }

    /// Read again, the same facts give the same decision; a stage moves by at most one, never back, never to legal.
    #[test]
    fn a_decision_is_replayed_and_a_stage_is_earned_one_by_one(
        stage in 0_usize..4, age in 0_i64..900, state in 0_usize..8,
        contacts in prop::collection::vec((0_i64..120, 0_u8..6), 0..6),
    ) {
        let (policy, as_of) = (Policy::v1(), day("2026-11-01"));
        let facts = somewhere(stage, age, state, &contacts);
        let read_again: CaseFacts = serde_json::from_str(&serde_json::to_string(&facts).expect("JSON")).expect("facts");
        let one = decide(&policy, &facts, as_of);
        prop_assert_eq!(&one, &decide(&policy, &read_again, as_of));
        let place = |stage: Stage| Stage::ALL.iter().position(|one| *one == stage).unwrap_or(0);
        prop_assert!((place(facts.stage)..=place(facts.stage) + 1).contains(&place(one.stage_after)));
        prop_assert!(one.stage_after != Stage::Legal || facts.stage == Stage::Legal);
    }

    /// No step, whatever the facts, contacts somebody of whom nothing undisputed above the floor is asked (I8).
    #[test]
    fn nobody_is_contacted_about_nothing(overdue in 0_i64..300, disputed in 0_i64..300, age in 0_i64..700) {
        let mut facts = somewhere(0, age, 9, &[]);
        (facts.overdue, facts.disputed) = (Fen::new(overdue), Fen::new(disputed));
        let decision = decide(&Policy::v1(), &facts, day("2026-11-01"));
        prop_assert!(overdue - disputed >= 100 || pressure(&decision) == 0);
    }

    /// No test or experiment can press harder than the policy says: there is no step but those of the case's stage, as the version
    /// has them, one at a time and no oftener, besides the two internal ones that contact nobody (I21).
    #[test]
    fn i21_no_case_meets_a_step_or_a_channel_its_policy_version_does_not_have(
        stage in 0_usize..4, age in 0_i64..900, state in 0_usize..8,
        contacts in prop::collection::vec((0_i64..120, 0_u8..6), 0..6),
    ) {
        let (policy, as_of) = (Policy::v1(), day("2026-11-01"));
        let facts = somewhere(stage, age, state, &contacts);
        let decision = decide(&policy, &facts, as_of);
        let Outcome::Act { step_key, occurrence, kind, channel } = &decision.outcome else { return Ok(()) };
        if [REPAIR_CONTACT, LIMITATION_GUARD].contains(&step_key.as_str()) {
            prop_assert_eq!(kind.pressure(), 0, "internal work");
            return Ok(());
        }
        let step = policy.steps_of(decision.stage_after).find(|step| step.key == *step_key);
        let step = step.expect("a step of the stage the case is in");
        prop_assert_eq!(*kind, step.kind);
        prop_assert!(step.at_most.is_none_or(|most| *occurrence <= most));
        prop_assert!(channel.as_ref().is_none_or(|one| facts.channels.contains(one)));
        prop_assert_eq!(channel.is_some(), step.kind == StepKind::Message);
    }
}
