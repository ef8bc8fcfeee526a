//! What makes a policy sound: no key twice, steps in order, nothing that presses too early, no limit of zero, no stage in which a
//! case could fall silent.

use std::collections::HashSet;

use super::policy::{BillReminder, CountsFrom, Policy, PolicyError, Stage, Step, StepKind};
use crate::Fen;

/// Checks a policy as a whole.
///
/// # Errors
/// [`PolicyError::Rule`] with the first rule that is broken.
pub(super) fn check(policy: &Policy) -> Result<(), PolicyError> {
    keys_are_unique(policy)?;
    limits_are_limits(policy)?;
    bill_reminders_are_in_order(policy)?;
    for step in &policy.steps {
        step_is_sound(step)?;
    }
    for stage in [Stage::Reminder, Stage::Conversation, Stage::Demand] {
        let steps: Vec<&Step> = policy.steps_of(stage).collect();
        steps_are_in_order(&steps)?;
        // Only a step that comes back keeps a case from being forgotten in its stage.
        rule(steps.iter().any(|step| step.repeat_after_days.is_some()), || {
            format!("no step of the stage {} comes back, so a case could fall silent there", stage.as_str())
        })?;
    }
    rule(policy.steps_of(Stage::Legal).next().is_none(), || {
        "the legal stage is worked by its matter, not by steps".to_owned()
    })
}

fn rule(holds: bool, text: impl FnOnce() -> String) -> Result<(), PolicyError> {
    if holds { Ok(()) } else { Err(PolicyError::Rule(text())) }
}

fn keys_are_unique(policy: &Policy) -> Result<(), PolicyError> {
    let mut seen = HashSet::new();
    let steps = policy.steps.iter().map(|step| &step.key);
    let others =
        policy.bill_reminders.iter().map(|one| &one.key).chain(policy.community_steps.iter().map(|one| &one.key));
    for key in steps.chain(others) {
        rule(!key.trim().is_empty(), || "a step has no key".to_owned())?;
        rule(seen.insert(key), || format!("two steps are called {key}"))?;
    }
    Ok(())
}

fn limits_are_limits(policy: &Policy) -> Result<(), PolicyError> {
    let counts = [policy.messages_per_7_days, policy.calls_per_day, policy.channels_to_exhaust];
    rule(counts.iter().all(|count| *count > 0), || "a limit of contacts is at least 1".to_owned())?;
    let days = [
        policy.unconfirmed_after_days,
        policy.cool_off_days,
        policy.limitation_guard_days,
        policy.promise_grace_days,
        policy.plan_grace_days,
    ];
    rule(days.iter().all(|days| *days >= 0), || "a number of days is not negative".to_owned())?;
    rule(policy.blocked_again_after_days > 0, || "a refused wording is not tried again the same day".to_owned())?;
    rule(policy.amount_floor >= Fen::ZERO, || "the amount floor is not negative".to_owned())?;
    rule(matches!(policy.service_grade.as_str(), "A" | "B" | "C"), || {
        format!("a demand served with grade {} proves nothing in court", policy.service_grade)
    })?;
    let patient = policy.demand_after_months >= policy.conversation_after_months
        && policy.talks_before_demand >= 2
        && policy.channels_to_exhaust >= 2;
    rule(patient, || "a demand needs at least two talks or channels, and more time than a conversation (B3)".to_owned())
}

fn bill_reminders_are_in_order(policy: &Policy) -> Result<(), PolicyError> {
    let falling = |pair: &[BillReminder]| pair[0].days_before_due > pair[1].days_before_due;
    rule(policy.bill_reminders.windows(2).all(falling), || "the earliest reminder of a bill comes first".to_owned())
}

fn step_is_sound(step: &Step) -> Result<(), PolicyError> {
    let key = &step.key;
    rule(step.after_days >= 0, || format!("{key} counts backwards"))?;
    rule(step.repeat_after_days.is_none_or(|days| days > 0), || format!("{key} repeats on the same day"))?;
    rule(step.at_most.is_none_or(|most| most > 0), || format!("{key} may never be carried out"))?;
    let has_text = step.template.as_ref().is_some_and(|template| !template.trim().is_empty());
    rule(step.kind != StepKind::Message || has_text, || format!("{key} has no text"))?;
    let waits_for_doubt = step.counts_from == CountsFrom::Unconfirmed;
    rule(!waits_for_doubt || step.stage == Stage::Reminder, || format!("{key}: only reminders wait to be confirmed"))?;
    // B1: reminders are gentle; a person calls only where nobody knows whether they arrived.
    let gentle = match step.kind {
        StepKind::Message | StepKind::RepairContact => true,
        StepKind::Call => waits_for_doubt,
        StepKind::Visit | StepKind::DemandLetter | StepKind::SeniorTalk | StepKind::LegalReview => false,
    };
    rule(step.stage != Stage::Reminder || gentle, || format!("{key} is too much for the reminder stage"))?;
    let formal = matches!(step.kind, StepKind::DemandLetter | StepKind::SeniorTalk | StepKind::LegalReview);
    rule(!formal || step.stage == Stage::Demand, || format!("{key} belongs to the stage of the formal demand (B3)"))
}

fn steps_are_in_order(steps: &[&Step]) -> Result<(), PolicyError> {
    for pair in steps.windows(2) {
        let (one, next) = (pair[0], pair[1]);
        let ordered = one.counts_from != next.counts_from || one.after_days <= next.after_days;
        rule(ordered, || format!("{} comes before the step above it", next.key))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = include_str!("../../data/policy-v1.json");

    #[test]
    fn the_default_policy_is_sound_and_reads_back_equal() {
        let policy = Policy::v1();
        assert_eq!((policy.messages_per_7_days, policy.cool_off_days), (2, 7));
        let json = serde_json::to_string(&policy).expect("JSON");
        assert_eq!(Policy::parse(&json).expect("reads"), policy);
    }

    /// A policy with one change, and what reading it says.
    fn changed(from: &str, to: &str) -> String {
        assert!(JSON.contains(from), "nothing to change: {from}");
        Policy::parse(&JSON.replacen(from, to, 1)).expect_err(to).to_string()
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
        let call = (
            "\"counts_from\": \"unconfirmed\", \"after_days\": 3",
            "\"counts_from\": \"oldest_due\", \"after_days\": 30",
        );
        assert!(changed(call.0, call.1).contains("reminder_call is too much"));
    }

    #[test]
    fn unknown_keys_double_keys_and_wrong_order_are_refused() {
        assert!(changed("\"cool_off_days\"", "\"cool_down\"").contains("unknown field"));
        assert!(changed("reminder_d10", "reminder_d3").contains("two steps are called reminder_d3"));
        assert!(
            changed("\"board_notice\", \"kind\"", "\"bill_d7\", \"kind\"").contains("two steps are called bill_d7")
        );
        assert!(
            changed("\"after_days\": 10, \"template\"", "\"after_days\": 30, \"template\"").contains("reminder_d21")
        );
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
        for days in [14, 28] {
            assert!(changed(&format!(", \"repeat_after_days\": {days} }}"), " }").contains("silent"));
        }
    }
}
