//! Each step alone: its days, whether its kind belongs to its stage, and that nothing is set which its kind does not have.

use super::{Fault, Report};
use crate::Text;
use crate::collection::policy::{CountsFrom, Stage, Step, StepKind};

/// A step that comes back later than this lets a case be forgotten.
const LONGEST_REPEAT_DAYS: i64 = 90;
/// The period a demand letter gives (B3, 民法典 944): a second one before its end takes the first one's word back.
const LETTER_PERIOD_DAYS: i64 = 15;

pub(super) fn check(step: &Step, report: &mut Report) {
    check_days(step, report);
    check_kind(step, report);
    check_settings(step, report);
}

fn check_days(step: &Step, report: &mut Report) {
    let key = &step.key;
    report.need(step.after_days >= 0, Fault::NegativeDays, key, || {
        Text::new(format!("{key} 的天数为负"), format!("{key} counts backwards: days are not negative"))
    });
    report.need(step.repeat_after_days.is_none_or(|days| days > 0), Fault::RepeatsSameDay, key, || {
        Text::new(format!("{key} 当天重复"), format!("{key} repeats on the same day"))
    });
    let repeats = step.repeat_after_days.unwrap_or(1);
    report.need(repeats <= LONGEST_REPEAT_DAYS, Fault::ComesBackTooLate, key, || {
        Text::new(
            format!("{key} 隔 {repeats} 天才重复，最长 {LONGEST_REPEAT_DAYS} 天"),
            format!("{key} comes back after {repeats} days, at most {LONGEST_REPEAT_DAYS} are allowed"),
        )
    });
    report.need(step.at_most.is_none_or(|most| most > 0), Fault::NeverCarriedOut, key, || {
        Text::new(format!("{key} 最多 0 次，永不执行"), format!("{key} may never be carried out"))
    });
    let waits = step.kind != StepKind::DemandLetter || !(1..LETTER_PERIOD_DAYS).contains(&repeats);
    report.need(step.repeat_after_days.is_none() || waits, Fault::LetterWithinPeriod, key, || {
        Text::new(
            format!("{key} 隔 {repeats} 天再次发函，而通知书给出的期限至少 {LETTER_PERIOD_DAYS} 天"),
            format!(
                "{key} sends a letter again after {repeats} days, but a demand gives {LETTER_PERIOD_DAYS} days at least"
            ),
        )
    });
}

fn check_kind(step: &Step, report: &mut Report) {
    let key = &step.key;
    let waits_for_doubt = step.counts_from == CountsFrom::Unconfirmed;
    report.need(!waits_for_doubt || step.stage == Stage::Reminder, Fault::UnconfirmedLater, key, || {
        Text::new(format!("{key}：仅提醒阶段可等待送达确认"), format!("{key}: only reminders wait to be confirmed"))
    });
    report.need(step.stage != Stage::Legal, Fault::LegalHasSteps, key, || {
        Text::new(
            format!("{key}：法律途径由经办人办理，不设自动步骤"),
            format!("{key}: the legal stage is worked by its matter, not by steps"),
        )
    });
    let formal = matches!(step.kind, StepKind::DemandLetter | StepKind::SeniorTalk | StepKind::LegalReview);
    report.need(!formal || matches!(step.stage, Stage::Demand | Stage::Legal), Fault::FormalTooEarly, key, || {
        Text::new(
            format!("{key}（{}）属于催缴期（B3）", step.kind.label().zh),
            format!("{key} belongs to the stage of the formal demand (B3)"),
        )
    });
    // B1: reminders are gentle; a person calls only where nobody knows whether they arrived.
    let gentle = match step.kind {
        StepKind::Message | StepKind::RepairContact => true,
        StepKind::Call => waits_for_doubt,
        StepKind::Visit => false,
        // Told as formal steps.
        StepKind::DemandLetter | StepKind::SeniorTalk | StepKind::LegalReview => true,
    };
    report.need(step.stage != Stage::Reminder || gentle, Fault::PressesTooEarly, key, || {
        Text::new(
            format!("{key}（{}）对预警期过重（B1）", step.kind.label().zh),
            format!("{key} is too much for the reminder stage (B1)"),
        )
    });
}

fn check_settings(step: &Step, report: &mut Report) {
    let (key, is_message) = (&step.key, step.kind == StepKind::Message);
    let has_text = step.template.as_ref().is_some_and(|template| !template.trim().is_empty());
    report.need(!is_message || has_text, Fault::NoText, key, || {
        Text::new(format!("{key} 是消息，但没有模板"), format!("{key} has no text"))
    });
    let unused = [
        (!is_message && step.template.is_some(), "template"),
        (!is_message && !step.channels.is_empty(), "channels"),
        (!is_message && step.other_channel, "other_channel"),
        (step.kind != StepKind::DemandLetter && step.needs_second_person, "needs_second_person"),
    ];
    for (is_set, setting) in unused {
        report.need(!is_set, Fault::UnusedSetting, key, || {
            Text::new(
                format!("{key}（{}）不使用 {setting}", step.kind.label().zh),
                format!("{key}: a {} has no use for {setting}", step.kind.as_str()),
            )
        });
    }
    let twice = |(place, one): (usize, _)| step.channels[..place].contains(one);
    report.need(!step.channels.iter().enumerate().any(twice), Fault::ChannelTwice, key, || {
        Text::new(format!("{key} 的渠道重复"), format!("{key} names a channel twice"))
    });
    report.need(!step.other_channel || step.channels.len() != 1, Fault::OneChannel, key, || {
        Text::new(
            format!("{key} 只有一种渠道，无法换用其他渠道"),
            format!("{key} wants another channel and names but one"),
        )
    });
}
