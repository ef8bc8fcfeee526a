//! When a step of the policy applies (适用条件): by cause, attitude and capacity, by the amount asked for, by what happened before,
//! by the flags of a person.
//!
//! A condition reads the facts of the case and nothing else. What is not known fits no list: a case nobody has classified has no
//! cause, and its attitude and capacity are unknown. Everything a condition names has to fit. Flags only ever take steps away from
//! people, see [`Condition::is_spared`]; a step for flagged people alone is internal work, which the check of the policy demands.

use serde::{Deserialize, Serialize};

use super::classification::{Attitude, Capacity, Cause};
use super::facts::{CaseFacts, StepFact};
use crate::Fen;
use crate::words::words;

words!(
    /// A flag of a person or home a condition may name. Flags that hold a case altogether are holds and no conditions.
    NamedFlag {
        /// 从缓从宽
        Soften = "soften", "从缓从宽", "softer and later";
        /// 不上门
        NoVisit = "no_visit", "不上门", "no visit";
        /// 不打电话
        NoCall = "no_call", "不打电话", "no call";
    }
);

/// From, to or between; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range<T> {
    /// The least that fits.
    #[serde(default = "no_end", skip_serializing_if = "Option::is_none")]
    pub at_least: Option<T>,
    /// The most that fits.
    #[serde(default = "no_end", skip_serializing_if = "Option::is_none")]
    pub at_most: Option<T>,
}

const fn no_end<T>() -> Option<T> {
    None
}

impl<T: PartialOrd + Copy> Range<T> {
    /// Whether a value lies in it.
    #[must_use]
    pub fn contains(&self, value: T) -> bool {
        self.at_least.is_none_or(|least| least <= value) && self.at_most.is_none_or(|most| value <= most)
    }

    /// Whether nothing lies in it.
    #[must_use]
    pub fn is_impossible(&self) -> bool {
        matches!((self.at_least, self.at_most), (Some(least), Some(most)) if least > most)
    }
}

/// How often another step was carried out in this cycle; what came to nothing does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimesDone {
    /// The step.
    pub step: String,
    /// The least that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i64>,
    /// The most that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i64>,
}

impl TimesDone {
    /// The range of times.
    #[must_use]
    pub const fn range(&self) -> Range<i64> {
        Range { at_least: self.at_least, at_most: self.at_most }
    }
}

/// When a step applies. What is left out does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What is asked for: overdue, less what is in dispute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Range<Fen>>,
    /// One of these attitudes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attitudes: Vec<Attitude>,
    /// Promises broken in this case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_promises: Option<Range<i64>>,
    /// One of these capacities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capacities: Vec<Capacity>,
    /// One of these causes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
    /// Cases the payer had before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier_cycles: Option<Range<i64>>,
    /// All of these flags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<NamedFlag>,
    /// How often another step was carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times_done: Option<TimesDone>,
    /// None of these causes; a cause nobody knows is none of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_causes: Vec<Cause>,
    /// None of these flags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_flags: Vec<NamedFlag>,
}

impl Condition {
    /// Whether the step applies to a case, flags that spare the person aside.
    #[must_use]
    pub fn holds(&self, facts: &CaseFacts) -> bool {
        let (cause, attitude, capacity) = facts.read_classification();
        self.fits_cause(cause)
            && self.fits_attitude(attitude)
            && self.fits_capacity(capacity)
            && self.fits_amount(facts.overdue - facts.disputed)
            && self.fits_broken_promises(facts.broken_promises)
            && self.fits_earlier_cycles(facts.earlier_cycles)
            && self.flags.iter().all(|flag| facts.has_flag(*flag))
            && self.times_done.as_ref().is_none_or(|times| times.range().contains(times_done(facts, &times.step)))
    }

    /// Whether a flag of the person takes the step away; never replaced by one that presses harder.
    #[must_use]
    pub fn is_spared(&self, facts: &CaseFacts) -> bool {
        self.without_flags.iter().any(|flag| facts.has_flag(*flag))
    }

    pub(super) fn fits_cause(&self, cause: Option<Cause>) -> bool {
        let listed = self.causes.is_empty() || cause.is_some_and(|cause| self.causes.contains(&cause));
        listed && cause.is_none_or(|cause| !self.without_causes.contains(&cause))
    }

    pub(super) fn fits_attitude(&self, attitude: Attitude) -> bool {
        self.attitudes.is_empty() || self.attitudes.contains(&attitude)
    }

    pub(super) fn fits_capacity(&self, capacity: Capacity) -> bool {
        self.capacities.is_empty() || self.capacities.contains(&capacity)
    }

    pub(super) fn fits_amount(&self, asked: Fen) -> bool {
        self.amount.is_none_or(|range| range.contains(asked))
    }

    pub(super) fn fits_broken_promises(&self, count: i64) -> bool {
        self.broken_promises.is_none_or(|range| range.contains(count))
    }

    pub(super) fn fits_earlier_cycles(&self, count: i64) -> bool {
        self.earlier_cycles.is_none_or(|range| range.contains(count))
    }
}

fn times_done(facts: &CaseFacts, step: &str) -> i64 {
    let carried_out = |one: &&StepFact| one.step_key == step && !one.is_pending() && !one.came_to_nothing();
    i64::try_from(facts.steps.iter().filter(carried_out).count()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::facts::ClassifiedFact;
    use crate::collection::sample::{done, facts};

    fn condition(json: &str) -> Condition {
        serde_json::from_str(json).expect(json)
    }

    #[test]
    fn what_nobody_knows_fits_no_list_and_is_none_of_what_is_ruled_out() {
        let unknown = facts();
        assert!(!condition(r#"{"causes": ["SERVICE"]}"#).holds(&unknown));
        assert!(condition(r#"{"without_causes": ["SERVICE"]}"#).holds(&unknown));
        assert!(condition(r#"{"attitudes": ["unknown"], "capacities": ["unknown", "able"]}"#).holds(&unknown));
        assert!(!condition(r#"{"attitudes": ["cooperative"]}"#).holds(&unknown));
    }

    #[test]
    fn everything_a_condition_names_has_to_fit() {
        let mut known = facts();
        known.classified =
            Some(ClassifiedFact { attitude: Attitude::Resistant, capacity: Capacity::Able, cause: Cause::Service });
        assert!(condition(r#"{"causes": ["AMOUNT", "SERVICE"], "capacities": ["able"]}"#).holds(&known));
        assert!(!condition(r#"{"causes": ["SERVICE"], "attitudes": ["neutral"]}"#).holds(&known));
        assert!(!condition(r#"{"without_causes": ["SERVICE"]}"#).holds(&known));
    }

    #[test]
    fn the_amount_is_what_is_asked_for_and_both_ends_belong_to_a_range() {
        let mut asked = facts();
        asked.disputed = Fen::new(40_000);
        assert!(condition(r#"{"amount": {"at_least": "600.00", "at_most": "600.00"}}"#).holds(&asked));
        assert!(!condition(r#"{"amount": {"at_least": "600.01"}}"#).holds(&asked));
        assert!(!condition(r#"{"amount": {"at_most": "599.99"}}"#).holds(&asked));
    }

    #[test]
    fn history_counts_what_was_carried_out_in_this_case() {
        let mut tried = facts();
        tried.steps = vec![done("c1", "call", "2026-11-02")];
        tried.steps.push(StepFact { state: "failed_permanent".to_owned(), ..done("c1", "call", "2026-11-03") });
        (tried.broken_promises, tried.earlier_cycles) = (2, 1);
        assert!(condition(r#"{"times_done": {"step": "c1", "at_least": 1, "at_most": 1}}"#).holds(&tried));
        assert!(!condition(r#"{"times_done": {"step": "c2", "at_least": 1}}"#).holds(&tried));
        assert!(condition(r#"{"broken_promises": {"at_least": 2}, "earlier_cycles": {"at_most": 1}}"#).holds(&tried));
        assert!(!condition(r#"{"earlier_cycles": {"at_most": 0}}"#).holds(&tried));
    }

    #[test]
    fn flags_spare_a_person_and_are_no_part_of_whether_the_step_applies() {
        let mut flagged = facts();
        (flagged.vulnerable, flagged.no_visit) = (true, true);
        let spared = condition(r#"{"without_flags": ["soften"]}"#);
        assert!(spared.holds(&flagged) && spared.is_spared(&flagged) && !spared.is_spared(&facts()));
        assert!(condition(r#"{"flags": ["soften", "no_visit"]}"#).holds(&flagged));
        assert!(!condition(r#"{"flags": ["soften", "no_call"]}"#).holds(&flagged));
    }

    #[test]
    fn a_condition_reads_back_as_it_was_written_and_knows_no_other_fields() {
        let text = r#"{"causes":["FORGET"],"amount":{"at_least":"5.00"}}"#;
        let read = condition(text);
        assert_eq!(condition(&serde_json::to_string(&read).expect("JSON")), read);
        assert_eq!(serde_json::to_string(&Condition::default()).expect("JSON"), "{}");
        for foreign in [r#"{"gender": ["female"]}"#, r#"{"age": {"at_least": 60}}"#, r#"{"party": ["member"]}"#] {
            assert!(serde_json::from_str::<Condition>(foreign).is_err(), "P3: {foreign}");
        }
    }
}
