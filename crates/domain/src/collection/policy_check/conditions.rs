//! Conditions: each says something, some case can meet it, it looks back and not ahead, and none singles out the weak to press
//! them (P2): a flag takes steps away, hardship and complaints lead to no formal step.

use super::{Fault, Report};
use crate::collection::classification::{Capacity, Cause};
use crate::collection::condition::{Condition, TimesDone};
use crate::collection::policy::{Policy, Step, StepKind};
use crate::{Fen, Text};

pub(super) fn check(policy: &Policy, report: &mut Report) {
    for step in &policy.steps {
        if let Some(condition) = &step.when {
            report.need(*condition != Condition::default(), Fault::EmptyCondition, &step.key, || {
                Text::new(
                    format!("{} 的条件是空的，请填写或去掉", step.key),
                    format!("the condition of {} says nothing: fill it in or leave it out", step.key),
                )
            });
            check_possible(policy, step, condition, report);
            check_history(policy, step, condition, report);
            check_softness(step, condition, report);
        }
    }
}

fn check_possible(policy: &Policy, step: &Step, condition: &Condition, report: &mut Report) {
    let never = |why: &'static str, why_en: &'static str| {
        let key = &step.key;
        move || {
            Text::new(
                format!("{key} 的条件不可能成立：{why}"),
                format!("no case can meet the condition of {key}: {why_en}"),
            )
        }
    };
    let mut need = |holds: bool, why, why_en| {
        report.need(holds, Fault::ImpossibleCondition, &step.key, never(why, why_en));
    };
    let counts =
        [condition.broken_promises, condition.earlier_cycles, condition.times_done.as_ref().map(TimesDone::range)];
    let ranges_fit =
        counts.iter().flatten().all(|range| !range.is_impossible() && range.at_most.is_none_or(|most| most >= 0))
            && condition.amount.is_none_or(|range| !range.is_impossible());
    need(ranges_fit, "下限高于上限", "the least is more than the most");
    let least = policy.amount_floor.max(Fen::new(1));
    let asked = condition.amount.is_none_or(|range| range.at_most.is_none_or(|most| most >= least));
    need(asked, "金额上限低于起催金额", "the most that fits lies below the amount floor");
    let causes_left =
        condition.causes.is_empty() || condition.causes.iter().any(|one| !condition.without_causes.contains(one));
    need(causes_left, "同一原因既要求又排除", "it wants the causes it rules out");
    let flags_left = condition.flags.iter().all(|one| !condition.without_flags.contains(one));
    need(flags_left, "同一标记既要求又排除", "it wants a flag it rules out");
}

fn check_history(policy: &Policy, step: &Step, condition: &Condition, report: &mut Report) {
    let Some(times) = &condition.times_done else { return };
    let key = &step.key;
    let Some(other) = policy.find_step(&times.step) else {
        return report.need(false, Fault::UnknownStep, key, || {
            Text::new(
                format!("{key} 的条件引用了不存在的步骤 {}", times.step),
                format!("the condition of {key} is about {}, which is no step", times.step),
            )
        });
    };
    let place = |one: &Step| policy.steps.iter().position(|step| step.key == one.key);
    let (here, there) = ((step.stage, place(step)), (other.stage, place(other)));
    report.need(there < here, Fault::LaterStep, key, || {
        Text::new(
            format!("{key} 的条件须引用排在它之前的步骤，{} 不是", other.key),
            format!("the condition of {key} has to be about a step before it, {} is none", other.key),
        )
    });
    let possible = other.at_most.is_none_or(|most| times.at_least.is_none_or(|least| least <= most))
        && (other.repeat_after_days.is_some() || times.at_least.is_none_or(|least| least <= 1));
    report.need(possible, Fault::ImpossibleCondition, key, || {
        Text::new(
            format!("{key} 的条件不可能成立：{} 做不到那么多次", other.key),
            format!("no case can meet the condition of {key}: {} is not carried out that often", other.key),
        )
    });
}

fn check_softness(step: &Step, condition: &Condition, report: &mut Report) {
    let (key, presses) = (&step.key, step.kind.pressure());
    report.need(condition.flags.is_empty() || presses == 0, Fault::PressesVulnerable, key, || {
        Text::new(
            format!("{key}（{}）只针对有特殊情况标记的人：标记只能减轻，不能增加联系（P2）", step.kind.label().zh),
            format!(
                "{key} is for people with a flag alone: a flag takes steps away and adds none that they notice (P2)"
            ),
        )
    });
    let soft_causes = !condition.causes.is_empty()
        && condition.causes.iter().all(|cause| matches!(cause, Cause::Hard | Cause::Service));
    let soft_capacity = condition.capacities == [Capacity::Unable];
    let formal = matches!(step.kind, StepKind::DemandLetter | StepKind::SeniorTalk | StepKind::LegalReview);
    report.need(!((soft_causes || soft_capacity) && formal), Fault::PressesHardship, key, || {
        Text::new(
            format!("{key}（{}）只针对困难或对服务不满的人：他们应得到更缓和的处理（P2、P5）", step.kind.label().zh),
            format!(
                "{key} is for people in hardship or with a complaint alone: they are to be treated more gently (P2, P5)"
            ),
        )
    });
}
