//! What makes a policy sound (方案检查): looked at before a version is put in force, everything at once.
//!
//! Each fault has a code that stays, the step or setting it is about, and a sentence in both languages. The check is by noun:
//! `keys` and their order, `numbers`, each `step` alone, `conditions`, the `paths` a case can take through the stages,
//! the contact `budget`, the `texts`.
//!
//! What a case is like does not matter: `combinations` goes through every combination of cause, attitude, capacity, amount,
//! history and flags that the conditions of a stage can tell apart, so no step with a condition leaves a case without a next day.

use serde::{Deserialize, Serialize};

use super::policy::Policy;
use crate::Text;
use crate::outreach::templates::MessageTemplate;
use crate::words::words;

mod budget;
mod combinations;
mod conditions;
mod keys;
mod numbers;
mod paths;
mod step;
mod texts;

words!(
    /// What is wrong with a policy: the codes of findings.
    Fault {
        /// It has no name.
        NoName = "no_name", "没有名称", "no name";
        /// A step has no key.
        NoKey = "no_key", "步骤没有代码", "a step without a key";
        /// A key is no plain word.
        BadKey = "bad_key", "步骤代码写法不对", "a key that is no plain word";
        /// Two steps have one key.
        DoubleKey = "double_key", "步骤代码重复", "a key used twice";
        /// The key belongs to a step of the program.
        ReservedKey = "reserved_key", "步骤代码为系统保留", "a key the program keeps for itself";
        /// A step comes before the one above it.
        OutOfOrder = "out_of_order", "步骤先后不对", "steps out of order";
        /// More steps than a stage can have.
        TooManySteps = "too_many_steps", "步骤过多", "too many steps";
        /// A limit is zero.
        LimitZero = "limit_zero", "上限为零", "a limit of zero";
        /// A number of days is negative.
        NegativeDays = "negative_days", "天数为负", "days below zero";
        /// A number no office can mean.
        OutOfRange = "out_of_range", "数值超出合理范围", "a number out of range";
        /// A grade of service no court takes.
        WeakGrade = "weak_grade", "送达等级不足", "a grade of service that proves nothing";
        /// A demand after too few talks or tried channels.
        TooFewTalks = "too_few_talks", "书面催缴前沟通不足", "too few talks before a demand";
        /// A stage begins before the one it follows.
        StagesOutOfOrder = "stages_out_of_order", "阶段先后不对", "stages out of order";
        /// A reminder that is none.
        PressesTooEarly = "presses_too_early", "提醒阶段用力过重", "too much for a reminder";
        /// A formal step before its stage.
        FormalTooEarly = "formal_too_early", "正式催缴过早", "a formal step too early";
        /// A step in the legal stage.
        LegalHasSteps = "legal_has_steps", "法律途径不设自动步骤", "steps in the legal stage";
        /// The same step twice a day.
        RepeatsSameDay = "repeats_same_day", "当天重复", "repeats on the same day";
        /// At most zero times.
        NeverCarriedOut = "never_carried_out", "永不执行", "never to be carried out";
        /// A message without a text.
        NoText = "no_text", "消息没有模板", "a message without a text";
        /// A setting the kind of step does not have.
        UnusedSetting = "unused_setting", "该类步骤不使用此设置", "a setting that does nothing";
        /// A channel named twice.
        ChannelTwice = "channel_twice", "渠道重复", "a channel named twice";
        /// Another channel is wanted where there is one.
        OneChannel = "one_channel", "只有一种渠道无法换渠道", "another channel where there is one";
        /// Waiting for a confirmation outside the reminders.
        UnconfirmedLater = "unconfirmed_later", "仅提醒阶段可等待确认", "waits for a confirmation after the reminders";
        /// A text that does not exist.
        UnknownText = "unknown_text", "模板不存在", "an unknown text";
        /// A text the wording check prohibits.
        Wording = "wording", "模板用语检查未通过", "a text with prohibited wording";
        /// A text for boards in a message.
        PublicText = "public_text", "公告文字不能用作个人消息", "a text for boards in a message";
        /// A condition that says nothing.
        EmptyCondition = "empty_condition", "条件为空", "an empty condition";
        /// A condition no case can meet.
        ImpossibleCondition = "impossible_condition", "条件不可能成立", "a condition no case can meet";
        /// A condition about a step that is not there.
        UnknownStep = "unknown_step", "条件引用的步骤不存在", "a condition about an unknown step";
        /// A condition about a later step.
        LaterStep = "later_step", "条件引用了之后的步骤", "a condition about a later step";
        /// A step that presses people with a flag.
        PressesVulnerable = "presses_vulnerable", "针对特殊情况人员施压", "presses people with a flag";
        /// A step that presses people in hardship or with a complaint.
        PressesHardship = "presses_hardship", "针对困难或投诉人员施压", "presses people in hardship";
        /// A case could fall silent.
        FallsSilent = "falls_silent", "案件可能无人跟进", "a case could fall silent";
        /// A case could pass a stage without its step.
        SkippedStage = "skipped_stage", "阶段被跳过", "a stage is skipped";
        /// A stage no case gets to.
        UnreachableStage = "unreachable_stage", "阶段无法到达", "a stage no case gets to";
        /// Channels cannot be exhausted.
        CannotExhaust = "cannot_exhaust", "渠道无法穷尽", "channels cannot be exhausted";
        /// A step another one always takes the place of.
        NeverReached = "never_reached", "步骤永远轮不到", "a step that is never reached";
        /// The first step comes too late.
        StartsTooLate = "starts_too_late", "首个步骤过晚", "begins too late";
        /// A step comes back too late.
        ComesBackTooLate = "comes_back_too_late", "重复间隔过长", "comes back too late";
        /// The legal review before what it rests on.
        LegalTooEarly = "legal_too_early", "法务评审过早", "a legal review too early";
        /// A legal review without a demand.
        LegalWithoutDemand = "legal_without_demand", "未送达通知书即法务评审", "a legal review without a demand";
        /// A legal review without a senior talk.
        LegalWithoutTalk = "legal_without_talk", "负责人未沟通即法务评审", "a legal review without a senior talk";
        /// A second letter before the period of the first is over.
        LetterWithinPeriod = "letter_within_period", "限期未满再次发函", "a letter within the period of the last";
        /// More messages than the budget.
        MessagesDoNotFit = "messages_do_not_fit", "消息超出每周上限", "more messages than the budget";
        /// A talk again within the cool-off.
        WithinCoolOff = "within_cool_off", "冷静期内再次沟通", "talks within the cool-off";
    }
);

/// Something that is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub code: Fault,
    /// The key of the step, or the name of the setting; empty where it is about the whole.
    pub place: String,
    /// A sentence for people.
    pub text: Text,
}

/// The findings of a check.
#[derive(Default)]
struct Report(Vec<Finding>);

impl Report {
    /// Tells a fault unless the rule holds.
    fn need(&mut self, holds: bool, code: Fault, place: &str, text: impl FnOnce() -> Text) {
        if !holds {
            self.0.push(Finding { code, place: place.to_owned(), text: text() });
        }
    }
}

/// Checks a policy as a whole: all that is wrong, in the order of its parts. `texts` are those messages can use.
#[must_use]
pub fn check(policy: &Policy, texts: &[MessageTemplate]) -> Vec<Finding> {
    let mut report = Report::default();
    keys::check(policy, &mut report);
    numbers::check(policy, &mut report);
    policy.steps.iter().for_each(|step| step::check(step, &mut report));
    conditions::check(policy, &mut report);
    if report.0.iter().all(|finding| finding.code != Fault::TooManySteps) {
        paths::check(policy, &mut report);
        budget::check(policy, &mut report);
    }
    texts::check(policy, texts, &mut report);
    report.0
}

#[cfg(test)]
mod tests;
