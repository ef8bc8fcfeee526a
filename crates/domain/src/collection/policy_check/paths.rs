//! The way of a case through the stages: none is skipped, each can be reached, and in each, whatever the case is like, some step
//! comes back until the case moves on (I2, I5). Formal steps rest on a served demand and a talk at senior level (B3, B4, I17);
//! approval, the elapsed period and the proof of service are gates no policy can leave out (`gates`).

use super::combinations::{Combination, list_combinations};
use super::{Fault, Report};
use crate::Text;
use crate::collection::policy::{CountsFrom, Policy, Stage, Step, StepKind};

/// Without any step for longer than this, a stage begins too late.
const LATEST_START_DAYS: i64 = 60;
/// A step that begins later than this keeps no case from being forgotten.
const LATEST_RETURN_DAYS: i64 = 120;

pub(super) fn check(policy: &Policy, report: &mut Report) {
    for stage in [Stage::Reminder, Stage::Conversation, Stage::Demand] {
        let combinations = list_combinations(policy, stage);
        let mut told = Vec::new();
        for combination in &combinations {
            for (code, place, text) in list_faults(stage, combination) {
                // One example is enough.
                if !told.contains(&(code, place.clone())) {
                    report.need(false, code, &place, || text);
                    told.push((code, place));
                }
            }
        }
        check_reached(policy, stage, &combinations, report);
        check_turns(policy, stage, &combinations, report);
    }
}

type Told = (Fault, String, Text);

/// What is wrong for cases like those of a combination.
fn list_faults(stage: Stage, combination: &Combination<'_>) -> Vec<Told> {
    let mut faults = Vec::new();
    let (label, example) = (stage.label(), &combination.example);
    let mut need = |holds: bool, code: Fault, zh: &str, en: &str| {
        if !holds {
            let zh = format!("{}：{zh}（如：{}）", label.zh, example.zh);
            let text = Text::new(zh, format!("the stage {}: {en} (such as: {})", stage.as_str(), example.en));
            faults.push((code, stage.as_str().to_owned(), text));
        }
    };
    let has = |kinds: &[StepKind]| combination.sure().any(|step| kinds.contains(&step.kind));
    if stage == Stage::Reminder {
        let zh = "没有消息提醒，提醒期被跳过";
        need(has(&[StepKind::Message]), Fault::SkippedStage, zh, "no message reminds the payer, so it is skipped");
    }
    for (world, why) in worlds(stage) {
        let returns = combination.sure().any(|step| is_returning(step) && has_basis(step, combination, *world));
        let (zh, en) = *why;
        need(
            returns,
            Fault::FallsSilent,
            &format!("没有会重复的步骤{zh}，案件可能无人跟进"),
            &format!("no step comes back{en}, so a case could fall silent"),
        );
    }
    let first =
        combination.sure().filter(|step| step.counts_from != CountsFrom::Unconfirmed).map(|step| step.after_days).min();
    let in_time = first.is_none_or(|days| days <= LATEST_START_DAYS);
    need(in_time, Fault::StartsTooLate, "首个步骤过晚", "the first step comes too late");
    if stage == Stage::Demand {
        faults.extend(list_formal_faults(combination));
    }
    faults
}

/// A legal review rests on a demand and a talk at senior level that the same case gets.
fn list_formal_faults(combination: &Combination<'_>) -> Vec<Told> {
    let Some(review) = combination.steps.iter().find(|step| step.kind == StepKind::LegalReview) else {
        return Vec::new();
    };
    let has = |kind: StepKind| combination.sure().any(|step| step.kind == kind);
    let (key, example) = (&review.key, &combination.example);
    let mut faults = Vec::new();
    if !has(StepKind::DemandLetter) {
        let zh = format!("{key}：没有催缴通知书就法务评审（如：{}）", example.zh);
        let text = Text::new(zh, format!("{key}: a legal review without a demand letter (such as: {})", example.en));
        faults.push((Fault::LegalWithoutDemand, key.clone(), text));
    }
    if !has(StepKind::SeniorTalk) {
        let zh = format!("{key}：负责人没有沟通就法务评审（如：{}）", example.zh);
        let text =
            Text::new(zh, format!("{key}: a legal review without a talk at senior level (such as: {})", example.en));
        faults.push((Fault::LegalWithoutTalk, key.clone(), text));
    }
    faults
}

/// What may have become of the case within the stage: nobody known to be reached, a letter served or not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum World {
    /// Any; what differs does not matter to its steps.
    Any,
    /// The demand was not served.
    Unserved,
    /// It was.
    Served,
}

type Why = (&'static str, &'static str);

const fn worlds(stage: Stage) -> &'static [(World, Why)] {
    match stage {
        Stage::Reminder | Stage::Conversation | Stage::Legal => &[(World::Any, ("", ""))],
        Stage::Demand => &[
            (World::Unserved, ("（通知书未能送达时）", " while the letter cannot be served")),
            (World::Served, ("（通知书送达后）", " once the letter is served")),
        ],
    }
}

fn is_returning(step: &Step) -> bool {
    step.repeat_after_days.is_some() && step.at_most.is_none() && step.after_days <= LATEST_RETURN_DAYS
}

fn has_basis(step: &Step, combination: &Combination<'_>, world: World) -> bool {
    match step.kind {
        StepKind::DemandLetter => world == World::Unserved,
        StepKind::RepairContact => world != World::Served,
        StepKind::SeniorTalk | StepKind::LegalReview => world == World::Served,
        // A call that waits for a message nobody confirmed needs that message.
        StepKind::Call if step.counts_from == CountsFrom::Unconfirmed => {
            combination.sure().any(|other| other.kind == StepKind::Message)
        }
        StepKind::Message | StepKind::Call | StepKind::Visit => true,
    }
}

/// Whether the stage that follows can be reached at all: by talks or exhausted channels, by a letter and its review.
fn check_reached(policy: &Policy, stage: Stage, combinations: &[Combination<'_>], report: &mut Report) {
    match stage {
        Stage::Conversation => check_demand_reached(policy, combinations, report),
        Stage::Demand => {
            let formal = |one: &Combination<'_>| {
                let has = |kind: StepKind| one.sure().any(|step| step.kind == kind);
                has(StepKind::DemandLetter) || has(StepKind::LegalReview)
            };
            report.need(combinations.iter().any(formal), Fault::UnreachableStage, Stage::Legal.as_str(), || {
                Text::new(
                    "没有催缴通知书，也没有法务评审，法律途径永远无法到达",
                    "no demand letter and no legal review, so no case gets to the legal stage",
                )
            });
        }
        Stage::Reminder | Stage::Legal => {}
    }
}

fn check_demand_reached(policy: &Policy, combinations: &[Combination<'_>], report: &mut Report) {
    let is_human = |step: &&Step| matches!(step.kind, StepKind::Call | StepKind::Visit);
    let times = |step: &Step| match (step.repeat_after_days, step.at_most) {
        (Some(_), None) => usize::MAX,
        (Some(_), Some(most)) => usize::try_from(most).unwrap_or(0),
        (None, _) => 1,
    };
    let talks = |one: &Combination<'_>| {
        one.steps.iter().copied().filter(is_human).map(times).fold(0_usize, usize::saturating_add)
    };
    let channels = |one: &Combination<'_>| {
        let has = |kind: StepKind| one.steps.iter().any(|step| step.kind == kind);
        usize::from(has(StepKind::Call)) + usize::from(has(StepKind::Visit))
    };
    let (needed, tried) = (policy.talks_before_demand, policy.channels_to_exhaust);
    report.need(combinations.iter().any(|one| talks(one) >= needed), Fault::UnreachableStage, "demand", || {
        Text::new(
            format!("沟通期的步骤不足以完成 {needed} 次沟通，催缴期永远无法到达"),
            format!("the steps of the conversation never come to {needed} talks, so no case gets to the formal demand"),
        )
    });
    report.need(combinations.iter().any(|one| channels(one) >= tried), Fault::CannotExhaust, "conversation", || {
        Text::new(
            format!("沟通期没有安排 {tried} 种人工方式（电话、上门），联系不上的业主永远停在沟通期"),
            format!("the conversation does not try {tried} ways (call, visit), so somebody who cannot be reached stays there for ever"),
        )
    });
}

/// Whether each step gets its turn in some combination, and the review comes after what it rests on.
fn check_turns(policy: &Policy, stage: Stage, combinations: &[Combination<'_>], report: &mut Report) {
    for step in policy.steps_of(stage) {
        let mut with_it =
            combinations.iter().filter(|one| one.steps.iter().any(|other| other.key == step.key)).peekable();
        let is_met = with_it.peek().is_some();
        let gets_turn = with_it.any(|one| find_taker(stage, one, step).is_none());
        report.need(gets_turn || !is_met, Fault::NeverReached, &step.key, || {
            Text::new(
                format!("{} 永远轮不到：总有别的步骤占了它的位置", step.key),
                format!("{} is never reached: another step always takes its place", step.key),
            )
        });
    }
    let place = |kind: StepKind| policy.steps_of(stage).position(|step| step.kind == kind);
    let review = place(StepKind::LegalReview);
    let late = |kind: StepKind| review.is_none() || place(kind).is_none_or(|other| Some(other) < review);
    let in_order = late(StepKind::DemandLetter) && late(StepKind::SeniorTalk);
    report.need(in_order, Fault::LegalTooEarly, stage.as_str(), || {
        Text::new(
            "法务评审须排在催缴通知书和负责人沟通之后（B3、B4）",
            "the legal review comes after the demand letter and the talk at senior level (B3, B4)",
        )
    });
}

/// The step that always takes another one's place: due the same day and standing after it, for only the highest is carried out; in
/// the demand stage one that comes back for ever and stands before it, for nothing overtakes there.
fn find_taker<'a>(stage: Stage, combination: &Combination<'a>, step: &Step) -> Option<&'a Step> {
    let place = combination.steps.iter().position(|other| other.key == step.key)?;
    if stage == Stage::Demand {
        let worlds = [World::Unserved, World::Served];
        let blocks = |other: &&&Step, world: World| is_returning(other) && has_basis(other, combination, world);
        let taker = |world: World| combination.steps[..place].iter().find(|other| blocks(other, world)).copied();
        let takers: Vec<Option<&Step>> =
            worlds.into_iter().filter(|world| has_basis(step, combination, *world)).map(taker).collect();
        return takers.iter().all(Option::is_some).then(|| takers.into_iter().flatten().next()).flatten();
    }
    let same_day = |other: &&&Step| other.counts_from == step.counts_from && other.after_days == step.after_days;
    let sure: Vec<&Step> = combination.sure().collect();
    combination.steps[place + 1..].iter().filter(|other| sure.contains(other)).find(same_day).copied()
}
