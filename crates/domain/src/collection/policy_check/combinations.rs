//! Every combination of what a case can be like, as far as the conditions of a stage can tell cases apart.
//!
//! For each thing a condition names (cause, attitude, capacity, amount, history, flags) its values fall into a few classes: those
//! that let the same steps apply. Combining the classes, and keeping one example of each set of steps, stays small however many
//! values there are. How often another step was done is left open: such a step may apply, and is not to be counted on.

use std::collections::BTreeMap;

use crate::collection::classification::{Attitude, Capacity, Cause};
use crate::collection::condition::{Condition, NamedFlag, Range};
use crate::collection::policy::{Policy, Stage, Step};
use crate::{Fen, Text};

/// The steps that apply to some case of a stage.
pub(super) struct Combination<'a> {
    /// In the order of the policy.
    pub(super) steps: Vec<&'a Step>,
    /// What such a case is like.
    pub(super) example: Text,
}

impl<'a> Combination<'a> {
    /// The steps that can be counted on: not those that wait for what was done before.
    pub(super) fn sure(&self) -> impl Iterator<Item = &'a Step> {
        let waits = |step: &Step| step.when.as_ref().is_some_and(|condition| condition.times_done.is_some());
        self.steps.iter().copied().filter(move |step| !waits(step))
    }
}

/// A bit for each step of the stage that applies, with the values that make it so.
type Classes = BTreeMap<u64, Vec<Text>>;

/// All combinations of a stage, which has no more steps than a set of bits.
pub(super) fn list_combinations(policy: &Policy, stage: Stage) -> Vec<Combination<'_>> {
    let steps: Vec<&Step> = policy.steps_of(stage).collect();
    let mut found: Classes = BTreeMap::from([(u64::MAX, Vec::new())]);
    for dimension in dimensions(&steps, policy.amount_floor) {
        found = combine(&found, &dimension);
    }
    let applying = |set: u64| steps.iter().enumerate().filter(move |(place, _)| set >> place & 1 == 1);
    let combination = |(set, example): (u64, Vec<Text>)| Combination {
        steps: applying(set).map(|(_, step)| *step).collect(),
        example: join(&example),
    };
    found.into_iter().map(combination).collect()
}

fn combine(found: &Classes, dimension: &Classes) -> Classes {
    let mut combined = Classes::new();
    for (set, example) in found {
        for (class, value) in dimension {
            combined.entry(set & class).or_insert_with(|| {
                // Where all values come to the same, none is worth telling.
                let told = value.iter().filter(|_| dimension.len() > 1);
                example.iter().chain(told).cloned().collect()
            });
        }
    }
    combined
}

fn join(example: &[Text]) -> Text {
    if example.is_empty() {
        return Text::new("任何案件", "any case");
    }
    let words = |pick: fn(&Text) -> &str, comma: &str| example.iter().map(pick).collect::<Vec<_>>().join(comma);
    Text::new(words(|one| &one.zh, "、"), words(|one| &one.en, ", "))
}

fn dimensions(steps: &[&Step], floor: Fen) -> Vec<Classes> {
    let causes = std::iter::once(None).chain(Cause::ALL.iter().copied().map(Some));
    let unknown = || Text::new("原因未知", "cause unknown");
    let cause = |value: Option<Cause>| value.map_or_else(unknown, Cause::label);
    let count = |zh: &'static str, en: &'static str| {
        move |value: i64| Text::new(format!("{zh} {value} 次"), format!("{en} {value}"))
    };
    vec![
        classes(steps, causes, |condition, value| condition.fits_cause(value), cause),
        classes(steps, Attitude::ALL.iter().copied(), |condition, value| condition.fits_attitude(value), attitude),
        classes(steps, Capacity::ALL.iter().copied(), |condition, value| condition.fits_capacity(value), capacity),
        classes(steps, amounts(steps, floor), |condition, value| condition.fits_amount(value), amount),
        classes(
            steps,
            counts(steps, |condition| condition.broken_promises),
            |condition, value| condition.fits_broken_promises(value),
            count("违约承诺", "broken promises:"),
        ),
        classes(
            steps,
            counts(steps, |condition| condition.earlier_cycles),
            |condition, value| condition.fits_earlier_cycles(value),
            count("以往案件", "earlier cases:"),
        ),
        classes(steps, flag_sets(), |condition, value| fits_flags(condition, &value), |value| flags(&value)),
    ]
}

fn classes<T: Clone>(
    steps: &[&Step],
    values: impl IntoIterator<Item = T>,
    fits: impl Fn(&Condition, T) -> bool,
    label: impl Fn(T) -> Text,
) -> Classes {
    let mut found = Classes::new();
    for value in values {
        let applies = |step: &Step| step.when.as_ref().is_none_or(|condition| fits(condition, value.clone()));
        let bits = steps.iter().enumerate().filter(|(_, step)| applies(step)).map(|(place, _)| 1_u64 << place);
        found.entry(bits.sum()).or_insert_with(|| vec![label(value.clone())]);
    }
    found
}

fn attitude(value: Attitude) -> Text {
    let label = value.label();
    Text::new(format!("态度{}", label.zh), format!("attitude {}", label.en))
}

fn capacity(value: Capacity) -> Text {
    let label = value.label();
    Text::new(format!("支付能力{}", label.zh), format!("capacity {}", label.en))
}

fn amount(value: Fen) -> Text {
    Text::new(format!("应催 {value} 元"), format!("{value} yuan asked for"))
}

fn conditions<'a>(steps: &[&'a Step]) -> impl Iterator<Item = &'a Condition> {
    steps.iter().filter_map(|step| step.when.as_ref()).collect::<Vec<_>>().into_iter()
}

/// The ends of all ranges with their neighbours: between them nothing changes.
fn amounts(steps: &[&Step], floor: Fen) -> Vec<Fen> {
    let least = floor.max(Fen::new(1));
    let ends =
        conditions(steps).filter_map(|condition| condition.amount).flat_map(|range| [range.at_least, range.at_most]);
    let near = ends.flatten().flat_map(|end| [end - Fen::new(1), end, end + Fen::new(1)]);
    std::iter::once(least).chain(near).filter(|amount| *amount >= least).collect()
}

fn counts(steps: &[&Step], pick: impl Fn(&Condition) -> Option<Range<i64>>) -> Vec<i64> {
    let ends = conditions(steps).filter_map(pick).flat_map(|range| [range.at_least, range.at_most]);
    let near = ends.flatten().flat_map(|end| [end.saturating_sub(1), end, end.saturating_add(1)]);
    std::iter::once(0).chain(near).filter(|count| *count >= 0).collect()
}

fn flag_sets() -> Vec<Vec<NamedFlag>> {
    let all = NamedFlag::ALL;
    let set = |bits: usize| {
        all.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1).map(|(_, flag)| *flag).collect()
    };
    (0..1 << all.len()).map(set).collect()
}

fn fits_flags(condition: &Condition, flags: &[NamedFlag]) -> bool {
    condition.flags.iter().all(|flag| flags.contains(flag))
        && !condition.without_flags.iter().any(|flag| flags.contains(flag))
}

fn flags(value: &[NamedFlag]) -> Text {
    if value.is_empty() {
        return Text::new("无特殊情况标记", "no flags");
    }
    let labels: Vec<Text> = value.iter().map(|flag| flag.label()).collect();
    let words = |pick: fn(&Text) -> &str, plus: &str| labels.iter().map(pick).collect::<Vec<_>>().join(plus);
    Text::new(format!("标记{}", words(|one| &one.zh, "＋")), format!("flagged {}", words(|one| &one.en, " + ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_conditions_there_is_one_combination_and_it_is_any_case() {
        let policy = Policy::v1();
        for stage in [Stage::Reminder, Stage::Conversation, Stage::Demand] {
            let found = list_combinations(&policy, stage);
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].steps.len(), found[0].example.en.as_str()), (4, "any case"));
        }
    }

    #[test]
    fn conditions_are_told_apart_to_the_fen_and_example_says_what_the_case_is_like() {
        let mut policy = Policy::v1();
        let visit = policy.steps.iter_mut().find(|step| step.key == "conversation_visit").expect("a visit");
        visit.when = serde_json::from_str(r#"{"causes": ["FORGET"], "amount": {"at_least": "50.00"}}"#).ok();
        let found = list_combinations(&policy, Stage::Conversation);
        let sizes: Vec<usize> = found.iter().map(|one| one.steps.len()).collect();
        assert_eq!(sizes, [3, 4], "with and without the visit");
        assert_eq!(found[1].example.en, "forgot, 50.00 yuan asked for");
    }
}
