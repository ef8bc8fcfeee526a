//! What a new version of the policy changes for a case: its decision under both, side by side.

use super::decision::{Decision, Outcome};
use crate::words::words;

words!(
    /// How a decision differs from the one under another version.
    Change {
        /// Not at all.
        Same = "same", "不变", "the same";
        /// A step that presses harder, or one where there was none.
        Harder = "harder", "更强", "harder";
        /// A step that presses less, or none where there was one.
        Gentler = "gentler", "更缓", "gentler";
        /// The case moves to another stage.
        OtherStage = "other_stage", "阶段不同", "another stage";
        /// Another step, or another way of it, that presses alike.
        OtherStep = "other_step", "步骤不同", "another step";
        /// Nothing now, for another reason.
        OtherReason = "other_reason", "原因不同", "another reason";
        /// Nothing now; the next step comes on another day.
        OtherDay = "other_day", "日期不同", "another day";
    }
);

const fn pressure(decision: &Decision) -> u8 {
    match decision.outcome {
        // Internal work counts as none: the payer does not notice it.
        Outcome::Act { kind, .. } => kind.pressure(),
        Outcome::None { .. } => 0,
    }
}

/// What changes from the present decision to the new one; the stage first, then how hard it presses.
#[must_use]
pub fn compare(present: &Decision, new: &Decision) -> Change {
    if present.stage_after != new.stage_after {
        return Change::OtherStage;
    }
    match pressure(new).cmp(&pressure(present)) {
        std::cmp::Ordering::Greater => return Change::Harder,
        std::cmp::Ordering::Less => return Change::Gentler,
        std::cmp::Ordering::Equal => {}
    }
    match (&present.outcome, &new.outcome) {
        (one, other) if one == other && present.next_due_on == new.next_due_on => Change::Same,
        (one, other) if one == other => Change::OtherDay,
        (Outcome::None { .. }, Outcome::None { .. }) => Change::OtherReason,
        (Outcome::Act { .. }, _) | (Outcome::None { .. }, Outcome::Act { .. }) => Change::OtherStep,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::sample::{day, facts};
    use crate::collection::{Policy, decide};

    #[test]
    fn a_later_reminder_is_gentler_and_an_earlier_one_is_harder() {
        let (present, mut patient) = (Policy::v1(), Policy::v1());
        patient.steps.iter_mut().for_each(|step| step.after_days += 200);
        let (today, case) = (day("2026-10-31"), facts());
        let (was, becomes) = (decide(&present, &case, today), decide(&patient, &case, today));
        assert_eq!(compare(&was, &becomes), Change::Gentler);
        assert_eq!(compare(&becomes, &was), Change::Harder);
        assert_eq!(compare(&was, &was), Change::Same);
    }

    #[test]
    fn another_step_another_day_and_another_reason_are_told_apart() {
        let (today, mut case) = (day("2026-10-31"), facts());
        let mut other = Policy::v1();
        other.steps.remove(2);
        let compared = |other: &Policy, case: &crate::collection::CaseFacts| {
            compare(&decide(&Policy::v1(), case, today), &decide(other, case, today))
        };
        assert_eq!(compared(&other, &case), Change::OtherStep);
        case.oldest_due = day("2026-10-30");
        let mut later = Policy::v1();
        later.steps[0].after_days = 5;
        assert_eq!(compared(&later, &case), Change::OtherDay);
        let high_floor = Policy { amount_floor: crate::Fen::new(1_000_000), ..Policy::v1() };
        assert_eq!(compared(&high_floor, &case), Change::OtherReason);
    }
}
