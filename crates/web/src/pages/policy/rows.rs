//! The draft as its form shows it: each step with its choices, and what the check found beside it.

use hemu_domain::Text;
use hemu_domain::collection::condition::NamedFlag;
use hemu_domain::collection::policy::{CountsFrom, Policy, Stage, Step, StepKind};
use hemu_domain::collection::policy_check::Finding;
use hemu_domain::collection::{Attitude, Capacity, Cause};
use hemu_domain::outreach::templates::MessageTemplate;

use super::form::{NUMBERS, number, shown};
use crate::ui::Ui;

/// Something to choose.
pub(super) struct Choice {
    pub(super) word: String,
    pub(super) label: String,
    pub(super) on: bool,
}

/// A number on top.
pub(super) struct NumberRow {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) value: String,
    pub(super) findings: Vec<String>,
}

/// A group of boxes of a condition.
pub(super) struct Boxes {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) choices: Vec<Choice>,
}

/// A pair of ends of a condition.
pub(super) struct Ends {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) least: String,
    pub(super) most: String,
}

/// A step; the last one is empty, for a new step.
pub(super) struct StepRow {
    /// `s3`
    pub(super) prefix: String,
    pub(super) is_new: bool,
    pub(super) key: String,
    pub(super) place: usize,
    pub(super) title: String,
    pub(super) findings: Vec<String>,
    pub(super) stages: Vec<Choice>,
    pub(super) kinds: Vec<Choice>,
    pub(super) counts: Vec<Choice>,
    pub(super) after_days: String,
    pub(super) repeat: String,
    pub(super) at_most: String,
    pub(super) templates: Vec<Choice>,
    pub(super) channels: String,
    pub(super) other_channel: bool,
    pub(super) second_person: bool,
    pub(super) has_condition: bool,
    pub(super) boxes: Vec<Boxes>,
    pub(super) ends: Vec<Ends>,
    pub(super) done_steps: Vec<Choice>,
}

pub(super) fn numbers(ui: &Ui, policy: &Policy, findings: &[Finding]) -> Vec<NumberRow> {
    let row = |(name, zh, en): &(&'static str, &str, &str)| NumberRow {
        name,
        label: ui.say(zh, en).to_owned(),
        value: number(policy, name),
        findings: told(ui, findings, name),
    };
    NUMBERS.iter().map(row).collect()
}

/// What was found about a step or a setting.
fn told(ui: &Ui, findings: &[Finding], place: &str) -> Vec<String> {
    findings.iter().filter(|one| one.place == place).map(|one| ui.text(&one.text)).collect()
}

/// What was found about the policy as a whole, a stage, a reminder of the bill: about nothing that has a block of its own.
pub(super) fn of_the_whole(ui: &Ui, policy: &Policy, findings: &[Finding]) -> Vec<String> {
    let has_block = |place: &str| policy.find_step(place).is_some() || NUMBERS.iter().any(|(name, ..)| *name == place);
    findings.iter().filter(|one| !has_block(&one.place)).map(|one| ui.text(&one.text)).collect()
}

pub(super) fn steps(ui: &Ui, policy: &Policy, findings: &[Finding], texts: &[MessageTemplate]) -> Vec<StepRow> {
    let new = Step {
        key: String::new(),
        stage: Stage::Reminder,
        kind: StepKind::Message,
        counts_from: CountsFrom::StageEntry,
        after_days: 0,
        template: None,
        other_channel: false,
        repeat_after_days: None,
        at_most: None,
        channels: Vec::new(),
        needs_second_person: false,
        when: None,
    };
    let all = policy.steps.iter().chain(std::iter::once(&new)).enumerate();
    all.map(|(at, step)| step_row(ui, policy, (at, step), told(ui, findings, &step.key), texts)).collect()
}

fn step_row(
    ui: &Ui,
    policy: &Policy,
    (at, step): (usize, &Step),
    findings: Vec<String>,
    texts: &[MessageTemplate],
) -> StepRow {
    let is_new = step.key.is_empty();
    let title = if is_new {
        ui.say("新增步骤", "A new step").to_owned()
    } else {
        format!("{} · {} · {}", ui.text(&step.stage.label()), ui.text(&step.kind.label()), step.key)
    };
    let counts = [
        (CountsFrom::OldestDue, "oldest_due", "最早到期日", "the oldest due date"),
        (CountsFrom::StageEntry, "stage_entry", "进入阶段", "entering the stage"),
        (CountsFrom::Unconfirmed, "unconfirmed", "消息未确认送达", "a message nobody confirmed"),
    ];
    let count = |(from, word, zh, en): (CountsFrom, &str, &str, &str)| Choice {
        word: word.to_owned(),
        label: ui.say(zh, en).to_owned(),
        on: step.counts_from == from,
    };
    let channels: Vec<&str> = step.channels.iter().map(|one| one.as_str()).collect();
    StepRow {
        prefix: format!("s{at}"),
        is_new,
        key: step.key.clone(),
        place: (at + 1) * 10,
        title,
        findings: if is_new { Vec::new() } else { findings },
        stages: choices(ui, &Stage::ALL[..3], |one| (one.as_str(), one.label()), |one| step.stage == *one),
        kinds: choices(ui, StepKind::ALL, |one| (one.as_str(), one.label()), |one| step.kind == *one),
        counts: counts.map(count).into_iter().collect(),
        after_days: step.after_days.to_string(),
        repeat: shown(step.repeat_after_days),
        at_most: shown(step.at_most),
        templates: templates(ui, step, texts),
        channels: channels.join(" "),
        other_channel: step.other_channel,
        second_person: step.needs_second_person,
        has_condition: step.when.is_some(),
        boxes: boxes(ui, step),
        ends: ends(ui, step),
        done_steps: done_steps(ui, policy, step),
    }
}

fn choices<T>(ui: &Ui, all: &[T], word: impl Fn(&T) -> (&'static str, Text), on: impl Fn(&T) -> bool) -> Vec<Choice> {
    let choice = |one: &T| {
        let (word, label) = word(one);
        Choice { word: word.to_owned(), label: ui.text(&label), on: on(one) }
    };
    all.iter().map(choice).collect()
}

fn templates(ui: &Ui, step: &Step, texts: &[MessageTemplate]) -> Vec<Choice> {
    let mut keys: Vec<&str> =
        texts.iter().filter(|one| one.audience == "private").map(|one| one.key.as_str()).collect();
    keys.extend(step.template.as_deref());
    keys.sort_unstable();
    keys.dedup();
    let choice =
        |key: &str| Choice { word: key.to_owned(), label: ui.template(key), on: step.template.as_deref() == Some(key) };
    keys.into_iter().map(choice).collect()
}

fn boxes(ui: &Ui, step: &Step) -> Vec<Boxes> {
    let condition = step.when.clone().unwrap_or_default();
    let group = |name, zh, en, choices| Boxes { name, label: ui.say(zh, en).to_owned(), choices };
    let causes = |on: &[Cause]| choices(ui, Cause::ALL, |one| (one.as_str(), one.label()), |one| on.contains(one));
    let flags =
        |on: &[NamedFlag]| choices(ui, NamedFlag::ALL, |one| (one.as_str(), one.label()), |one| on.contains(one));
    let attitudes =
        choices(ui, Attitude::ALL, |one| (one.as_str(), one.label()), |one| condition.attitudes.contains(one));
    let capacities =
        choices(ui, Capacity::ALL, |one| (one.as_str(), one.label()), |one| condition.capacities.contains(one));
    vec![
        group("causes", "原因为其中之一", "One of these causes", causes(&condition.causes)),
        group("without_causes", "原因不是", "None of these causes", causes(&condition.without_causes)),
        group("attitudes", "态度为其中之一", "One of these attitudes", attitudes),
        group("capacities", "支付能力为其中之一", "One of these capacities", capacities),
        group(
            "without_flags",
            "有这些标记的不适用",
            "Not for people with these flags",
            flags(&condition.without_flags),
        ),
        group(
            "flags",
            "只适用于有这些标记的（内部工作）",
            "Only for people with these flags (internal work)",
            flags(&condition.flags),
        ),
    ]
}

fn ends(ui: &Ui, step: &Step) -> Vec<Ends> {
    let condition = step.when.clone().unwrap_or_default();
    let pair = |name, zh, en, least, most| Ends { name, label: ui.say(zh, en).to_owned(), least, most };
    let amount = condition.amount;
    let (broken, cycles) = (condition.broken_promises, condition.earlier_cycles);
    let times = condition.times_done.as_ref();
    vec![
        pair(
            "amount",
            "应催金额（元）",
            "Asked for (yuan)",
            shown(amount.and_then(|one| one.at_least)),
            shown(amount.and_then(|one| one.at_most)),
        ),
        pair(
            "broken",
            "本案违约承诺（次）",
            "Broken promises of the case",
            shown(broken.and_then(|one| one.at_least)),
            shown(broken.and_then(|one| one.at_most)),
        ),
        pair(
            "cycles",
            "以往案件（次）",
            "Earlier cases",
            shown(cycles.and_then(|one| one.at_least)),
            shown(cycles.and_then(|one| one.at_most)),
        ),
        pair(
            "done",
            "下面的步骤已做（次）",
            "Times the step below was done",
            shown(times.and_then(|one| one.at_least)),
            shown(times.and_then(|one| one.at_most)),
        ),
    ]
}

fn done_steps(ui: &Ui, policy: &Policy, step: &Step) -> Vec<Choice> {
    let chosen = step.when.as_ref().and_then(|one| one.times_done.as_ref()).map(|one| one.step.as_str());
    let before = policy.steps.iter().take_while(|other| other.key != step.key);
    let choice = |other: &Step| Choice {
        word: other.key.clone(),
        label: format!("{} {}", ui.text(&other.kind.label()), other.key),
        on: chosen == Some(other.key.as_str()),
    };
    before.map(choice).collect()
}
