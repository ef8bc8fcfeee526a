//! Whole policies, good and bad. Each file changes the first version: it says what about, the change, and, for a bad one, the codes
//! of the findings. A step is changed by its key; `null` takes it away; a new one comes last or `before` another.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chrono::{NaiveDate, TimeDelta};
use hemu_domain::Fen;
use hemu_domain::collection::classification::{Attitude, Capacity, Cause};
use hemu_domain::collection::facts::{CaseFacts, ClassifiedFact, ContactFact, NoticeFact, StepFact};
use hemu_domain::collection::hold::Suppression;
use hemu_domain::collection::policy_check::{Fault, check};
use hemu_domain::collection::{Decision, Outcome, Policy, Stage, StepKind, decide_untraced};
use hemu_domain::outreach::contact_limit::ContactHours;
use hemu_domain::outreach::templates::{MessageTemplate, default_templates};
use serde::Deserialize;
use serde_json::{Value, json};

const V1: &str = include_str!("../../data/policy-v1.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    about: String,
    #[serde(default)]
    codes: BTreeSet<String>,
    patch: Value,
    #[serde(default)]
    texts: Vec<MessageTemplate>,
    #[serde(skip)]
    file: String,
}

fn examples(folder: &str) -> Vec<Example> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/policies").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let text = fs::read_to_string(path).expect("a text");
        let example: Example =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Example { file: path.file_stem().expect("a name").to_string_lossy().into_owned(), ..example }
    };
    files.iter().map(read).collect()
}

/// Changes members by name, and members of a list by their key.
fn merge(target: &mut Value, patch: &Value) {
    match (target, patch) {
        (Value::Array(list), Value::Object(changes)) => {
            changes.iter().for_each(|(key, change)| merge_keyed(list, key, change));
        }
        (Value::Object(members), Value::Object(changes)) => {
            for (name, change) in changes {
                if change.is_null() {
                    members.remove(name);
                } else {
                    merge(members.entry(name).or_insert(Value::Null), change);
                }
            }
        }
        (target, patch) => *target = patch.clone(),
    }
}

fn merge_keyed(list: &mut Vec<Value>, key: &str, change: &Value) {
    let find = |list: &[Value], key: &Value| list.iter().position(|one| one["key"] == *key);
    match (find(list, &json!(key)), change) {
        (Some(place), Value::Null) => drop(list.remove(place)),
        (Some(place), change) if change.get("before").is_none() => merge(&mut list[place], change),
        (_, change) => {
            let mut new = change.clone();
            new["key"] = json!(key);
            let before = new.as_object_mut().and_then(|new| new.remove("before"));
            let place = before.map_or(list.len(), |key| find(list, &key).expect("the step it comes before"));
            list.insert(place, new);
        }
    }
}

impl Example {
    fn json(&self) -> String {
        let mut policy: Value = serde_json::from_str(V1).expect("JSON");
        merge(&mut policy, &self.patch);
        policy.to_string()
    }

    fn texts(&self) -> Vec<MessageTemplate> {
        default_templates().into_iter().chain(self.texts.iter().cloned()).collect()
    }

    /// The codes of what is wrong.
    fn found(&self) -> BTreeSet<String> {
        let Ok(policy) = Policy::read(&self.json()) else { return BTreeSet::from(["shape".to_owned()]) };
        check(&policy, &self.texts()).iter().map(|one| one.code.as_str().to_owned()).collect()
    }
}

#[test]
fn every_bad_policy_is_refused_for_exactly_its_reason() {
    let bad = examples("bad");
    assert!(bad.len() >= 40, "{}", bad.len());
    let told = |one: &Example| format!("{} ({}): {:?}", one.file, one.about, one.found());
    let otherwise: Vec<String> =
        bad.iter().filter(|one| one.codes.is_empty() || one.found() != one.codes).map(told).collect();
    assert!(otherwise.is_empty(), "{otherwise:#?}");
    assert!(bad.iter().all(|one| Policy::parse(&one.json(), &one.texts()).is_err()));
}

#[test]
fn every_fault_has_a_bad_policy_that_shows_it() {
    let shown: BTreeSet<String> = examples("bad").into_iter().flat_map(|one| one.codes).collect();
    // Forty steps of a stage are no example to read.
    let missing: Vec<&str> = Fault::ALL
        .iter()
        .map(|one| one.as_str())
        .filter(|code| *code != "too_many_steps" && !shown.contains(*code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn more_steps_than_anybody_reads_are_refused_and_looked_at_no_further() {
    let mut policy = Policy::v1();
    let visit = policy.find_step("conversation_visit").expect("a visit").clone();
    policy.steps.extend((0..70).map(|number| {
        let mut step = visit.clone();
        step.key = format!("visit_{number}");
        step.after_days = 30 + number;
        step
    }));
    let codes: BTreeSet<Fault> = check(&policy, &default_templates()).iter().map(|one| one.code).collect();
    assert!(codes.contains(&Fault::TooManySteps), "{codes:?}");
}

#[test]
fn every_good_policy_passes() {
    let good = examples("good");
    assert!(good.len() >= 20, "{}", good.len());
    let told = |one: &Example| {
        let error = Policy::parse(&one.json(), &one.texts()).err()?;
        Some(format!("{} ({}): {error}", one.file, one.about))
    };
    let refused: Vec<String> = good.iter().filter_map(told).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let place = usize::try_from(self.0 >> 33).expect("31 bits") % from.len();
        from[place]
    }
}

/// A case, and what becomes of messages and tasks in its office.
struct Life {
    facts: CaseFacts,
    message: &'static str,
    call: Option<bool>,
    visit: Option<bool>,
    is_served: bool,
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn born(dice: &mut Dice) -> Life {
    let opened_on = day("2026-01-05");
    let causes: Vec<Option<Cause>> = std::iter::once(None).chain(Cause::ALL.iter().copied().map(Some)).collect();
    let (cause, attitude, capacity) = (dice.pick(&causes), dice.pick(Attitude::ALL), dice.pick(Capacity::ALL));
    let channels: &[&str] = dice.pick(&[&[][..], &["sms"], &["email"], &["wechat", "sms", "email"]]);
    let facts = CaseFacts {
        broken_promises: dice.pick(&[0, 0, 1, 3]),
        channels: channels.iter().map(|one| (*one).to_owned()).collect(),
        classified: cause.map(|cause| ClassifiedFact { attitude, capacity, cause }),
        contacts: Vec::new(),
        disputed: Fen::ZERO,
        earlier_cycles: dice.pick(&[0, 1, 5]),
        limitation_on: None,
        limits: ContactHours::default(),
        no_call: false,
        no_visit: false,
        notices: Vec::new(),
        oldest_due: opened_on - TimeDelta::days(dice.pick(&[1, 20, 40, 100, 500])),
        open_tasks: Vec::new(),
        overdue: Fen::new(dice.pick(&[101, 9_999, 20_000, 199_999, 200_000, 900_000])),
        instalment_due: None,
        nudge_held: false,
        plan_active: false,
        promise_due: None,
        rested_on: None,
        formal_waits: false,
        softened: false,
        stage: Stage::Reminder,
        stage_entered_on: opened_on,
        steps: Vec::new(),
        suppression: Suppression::default(),
        vulnerable: dice.pick(&[false, false, true]),
    };
    let states = ["sent", "delivered", "uncertain", "abandoned", "failed_permanent", "blocked", "expired"];
    let endings = [Some(true), Some(false), None];
    Life {
        facts,
        message: dice.pick(&states),
        call: dice.pick(&endings),
        visit: dice.pick(&endings),
        is_served: dice.pick(&[true, false]),
    }
}

impl Life {
    /// Carries out what was decided; false when nothing was.
    fn carry_out(&mut self, decision: &Decision, today: NaiveDate) -> bool {
        let Outcome::Act { step_key, occurrence, kind, channel } = &decision.outcome else { return false };
        let is_message = *kind == StepKind::Message;
        self.facts.steps.push(StepFact {
            channel: channel.clone(),
            done_on: Some(today),
            kind: kind.as_str().to_owned(),
            occurrence: *occurrence,
            planned_on: today,
            state: if is_message { self.message } else { "done" }.to_owned(),
            step_key: step_key.clone(),
        });
        let spoken = match kind {
            StepKind::Call => self.call.map(|talk| ("phone", talk)),
            StepKind::Visit | StepKind::SeniorTalk => self.visit.map(|talk| ("visit", talk)),
            StepKind::Message | StepKind::DemandLetter | StepKind::LegalReview | StepKind::RepairContact => None,
        };
        if let Some((channel, talk)) = spoken {
            let channel = channel.to_owned();
            self.facts.contacts.push(ContactFact { channel, dead_end: !talk, on: today, outgoing: true, talk });
        }
        if *kind == StepKind::DemandLetter {
            let served_on = self.is_served.then_some(today);
            let grade = self.is_served.then(|| "B".to_owned());
            self.facts.notices.push(NoticeFact { grade, pay_by: Some(today + TimeDelta::days(15)), served_on });
        }
        true
    }

    /// Lives a year and a half under a policy: the longest time without a step.
    fn live(&mut self, policy: &Policy) -> i64 {
        let (mut last_sign, mut longest) = (self.facts.stage_entered_on, 0);
        for today in self.facts.stage_entered_on.iter_days().take(450) {
            let decision = decide_untraced(policy, &self.facts, today);
            let moved = decision.stage_after != self.facts.stage;
            if moved {
                (self.facts.stage, self.facts.stage_entered_on) = (decision.stage_after, today);
            }
            if self.carry_out(&decision, today) || moved {
                last_sign = today;
            }
            longest = longest.max((today - last_sign).num_days());
        }
        longest
    }
}

/// The check allows a step to begin 60 days after the stage and to come back after 90.
const LONGEST_SILENCE_DAYS: i64 = 100;

#[test]
fn under_no_good_policy_does_a_case_fall_silent() {
    let mut dice = Dice(20_260_105);
    let mut silent = Vec::new();
    for one in examples("good") {
        let policy = Policy::read(&one.json()).expect("its shape is right");
        for _ in 0..20 {
            let mut case = born(&mut dice);
            let start = format!("{:?}", case.facts);
            let longest = case.live(&policy);
            if longest > LONGEST_SILENCE_DAYS {
                silent.push(format!("{}: {longest} days: {start}", one.file));
            }
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn under_a_policy_refused_for_its_silence_some_case_does_fall_silent() {
    let mut dice = Dice(7);
    let silent = |one: &Example, dice: &mut Dice| {
        let policy = Policy::read(&one.json()).expect("its shape is right");
        (0..300).any(|_| born(dice).live(&policy) > LONGEST_SILENCE_DAYS)
    };
    let refused = examples("bad").into_iter().filter(|one| one.codes.contains("falls_silent"));
    let idle: Vec<String> = refused.filter(|one| !silent(one, &mut dice)).map(|one| one.file).collect();
    assert!(idle.is_empty(), "a check that forbids what harms nobody: {idle:?}");
}
