//! The contact budget can be met: the messages of a stage fit its window, and nobody is called or visited again before the cool-off
//! after a talk is over (I14). A budget that is always used up would put steps off for ever.

use super::combinations::{Combination, list_combinations};
use super::{Fault, Report};
use crate::Text;
use crate::collection::policy::{CountsFrom, Policy, Stage, StepKind};

/// Days in which messages are counted.
const WINDOW_DAYS: i64 = 7;
/// Messages that come back are looked at for so many days.
const LOOK_DAYS: i64 = 60;

pub(super) fn check(policy: &Policy, report: &mut Report) {
    check_cool_off(policy, report);
    // A limit of zero is told as such.
    if policy.messages_per_7_days == 0 {
        return;
    }
    for stage in [Stage::Reminder, Stage::Conversation, Stage::Demand] {
        let combinations = list_combinations(policy, stage);
        if let Some((key, example)) = combinations.iter().find_map(|one| find_one_too_many(policy, stage, one)) {
            let most = policy.messages_per_7_days;
            report.need(false, Fault::MessagesDoNotFit, &key, || {
                Text::new(
                    format!("{key}：{WINDOW_DAYS} 天内的消息超过 {most} 条（如：{}）", example.zh),
                    format!("{key}: more than {most} messages in {WINDOW_DAYS} days (such as: {})", example.en),
                )
            });
        }
    }
}

/// The message that is one too many within the window.
fn find_one_too_many(policy: &Policy, stage: Stage, combination: &Combination<'_>) -> Option<(String, Text)> {
    for from in [CountsFrom::OldestDue, CountsFrom::StageEntry] {
        let mut messages: Vec<(i64, &str)> = Vec::new();
        if stage == Stage::Reminder && from == CountsFrom::OldestDue {
            let before_due = policy.bill_reminders.iter();
            messages.extend(before_due.map(|one| (-i64::from(one.days_before_due), one.key.as_str())));
        }
        let of_stage =
            combination.steps.iter().filter(|step| step.kind == StepKind::Message && step.counts_from == from);
        for step in of_stage {
            let every = step.repeat_after_days.filter(|days| *days > 0).unwrap_or(LOOK_DAYS);
            let times = usize::try_from(LOOK_DAYS / every).unwrap_or(1).max(1);
            let days = (0..).map(|time| step.after_days.saturating_add(every * time)).take(times);
            messages.extend(days.map(|day| (day, step.key.as_str())));
        }
        messages.sort_unstable();
        let crowded = messages.windows(policy.messages_per_7_days.saturating_add(1));
        let mut ends = crowded.filter_map(|some| Some((some.first()?, some.last()?)));
        let found = ends.find(|(first, last)| last.0.saturating_sub(first.0) < WINDOW_DAYS);
        if let Some((_, last)) = found {
            return Some((last.1.to_owned(), combination.example.clone()));
        }
    }
    None
}

fn check_cool_off(policy: &Policy, report: &mut Report) {
    let talks =
        policy.steps.iter().filter(|step| matches!(step.kind, StepKind::Call | StepKind::Visit | StepKind::SeniorTalk));
    for step in talks {
        let every = step.repeat_after_days.unwrap_or(i64::MAX);
        report.need(every >= policy.cool_off_days || every < 1, Fault::WithinCoolOff, &step.key, || {
            Text::new(
                format!("{} 每 {every} 天重复，但沟通后要冷静 {} 天", step.key, policy.cool_off_days),
                format!(
                    "{} comes back after {every} days, but a talk is followed by {} quiet days",
                    step.key, policy.cool_off_days
                ),
            )
        });
    }
}
