//! Keys are plain, used once and none of the program's own, for they are part of every action's key (I1); steps and reminders are
//! in the order of their days.

use std::collections::HashSet;

use super::{Fault, Report};
use crate::Text;
use crate::collection::decision::{LIMITATION_GUARD, REPAIR_CONTACT};
use crate::collection::nudge::is_nudge;
use crate::collection::policy::{BillReminder, Policy, Stage, Step};

/// More steps of one stage nobody reads.
pub(super) const MOST_STEPS: usize = 40;
const LONGEST_KEY: usize = 40;

pub(super) fn check(policy: &Policy, report: &mut Report) {
    report.need(!policy.name.trim().is_empty(), Fault::NoName, "name", || {
        Text::new("方案没有名称", "the policy has no name")
    });
    check_keys(policy, report);
    check_reminders(policy, report);
    for stage in Stage::ALL {
        let steps: Vec<&Step> = policy.steps_of(*stage).collect();
        report.need(steps.len() <= MOST_STEPS, Fault::TooManySteps, stage.as_str(), || {
            Text::new(
                format!("{}有 {} 个步骤，最多 {MOST_STEPS} 个", stage.label().zh, steps.len()),
                format!("the stage {} has {} steps, at most {MOST_STEPS} can be", stage.as_str(), steps.len()),
            )
        });
        check_order(&steps, report);
    }
}

fn check_keys(policy: &Policy, report: &mut Report) {
    let mut seen = HashSet::new();
    let steps = policy.steps.iter().map(|step| &step.key);
    let reminders = policy.bill_reminders.iter().map(|one| &one.key);
    let others = reminders.chain(policy.community_steps.iter().map(|one| &one.key));
    for key in steps.chain(others) {
        check_key(key, report);
        report.need(key.is_empty() || seen.insert(key), Fault::DoubleKey, key, || {
            Text::new(format!("有两个步骤都叫 {key}"), format!("two steps are called {key}"))
        });
    }
}

fn check_key(key: &str, report: &mut Report) {
    if key.is_empty() {
        let text = || Text::new("有一个步骤没有代码", "a step has no key");
        return report.need(false, Fault::NoKey, key, text);
    }
    let plain = key.len() <= LONGEST_KEY
        && key.starts_with(|first: char| first.is_ascii_lowercase())
        && key.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_');
    report.need(plain, Fault::BadKey, key, || {
        Text::new(
            format!("步骤代码“{key}”须以小写字母开头，只用小写字母、数字和下划线，不超过 {LONGEST_KEY} 个字符"),
            format!("the key '{key}' has to begin with a small letter and to consist of up to {LONGEST_KEY} small letters, digits and underscores"),
        )
    });
    report.need(![REPAIR_CONTACT, LIMITATION_GUARD].contains(&key) && !is_nudge(key), Fault::ReservedKey, key, || {
        Text::new(format!("步骤代码 {key} 由系统使用"), format!("the program itself plans steps called {key}"))
    });
}

fn check_reminders(policy: &Policy, report: &mut Report) {
    let falling = |pair: &[BillReminder]| pair[0].days_before_due > pair[1].days_before_due;
    report.need(policy.bill_reminders.windows(2).all(falling), Fault::OutOfOrder, "bill_reminders", || {
        Text::new("账单提醒须按时间先后排列", "the earliest reminder of a bill comes first")
    });
}

fn check_order(steps: &[&Step], report: &mut Report) {
    for pair in steps.windows(2) {
        let (one, next) = (pair[0], pair[1]);
        let ordered = one.counts_from != next.counts_from || one.after_days <= next.after_days;
        report.need(ordered, Fault::OutOfOrder, &next.key, || {
            Text::new(
                format!("{} 的日子早于排在它前面的 {}", next.key, one.key),
                format!("{} comes before the step above it, {}", next.key, one.key),
            )
        });
    }
}
