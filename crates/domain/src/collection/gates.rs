//! Gates: what a stage, a numbered demand letter and a legal step need, and what of it is missing (B3, B4, I5, I17).

use chrono::NaiveDate;

use super::action::ActionState;
use super::decision::REPAIR_CONTACT;
use super::facts::{CaseFacts, NoticeFact, StepFact};
use super::policy::{Policy, Stage};
use super::trace::TraceLine;
use crate::Text;
use crate::arrears::age::months_after;

/// The first day on which age alone no longer keeps the case from its next stage; `None` where age plays no part.
#[must_use]
pub fn find_age_gate_day(policy: &Policy, facts: &CaseFacts, stage: Stage) -> Option<NaiveDate> {
    let months = match stage {
        Stage::Reminder => policy.conversation_after_months,
        Stage::Conversation => policy.demand_after_months,
        Stage::Demand | Stage::Legal => return None,
    };
    months_after(facts.oldest_due, months).succ_opt()
}

/// The stage the case has earned by `as_of`: at most one further than it is, never back, never by time alone.
#[must_use]
pub fn earned_stage(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Stage {
    if facts.suppression.escalation {
        return facts.stage;
    }
    match facts.stage {
        Stage::Reminder if conversation_gaps(policy, facts, as_of).next().is_none() => Stage::Conversation,
        Stage::Conversation if demand_gaps(policy, facts, as_of).next().is_none() => Stage::Demand,
        stage => stage,
    }
}

/// What the next stage needs, rule by rule, as [`earned_stage`] looks at it.
pub(super) fn explain_stage(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Vec<TraceLine> {
    let (rules, gaps): (&[&str], Vec<Gap>) = match facts.stage {
        Stage::Reminder => (&["age", "reached", "stage_hold"], conversation_gaps(policy, facts, as_of).collect()),
        Stage::Conversation => (&["age", "talks", "stage_hold", "formal"], demand_gaps(policy, facts, as_of).collect()),
        Stage::Demand | Stage::Legal => return Vec::new(),
    };
    let line = |rule: &&str| {
        let passed =
            gaps.iter().all(|gap| gap.rule() != *rule) && (*rule != "stage_hold" || !facts.suppression.escalation);
        let detail = match *rule {
            "age" => find_age_gate_day(policy, facts, facts.stage).map(|day| day.to_string()),
            "talks" => Some(format!("{} / {}", facts.talks(as_of), policy.talks_before_demand)),
            _ => None,
        };
        TraceLine::new(rule, passed, detail.unwrap_or_default())
    };
    rules.iter().map(line).collect()
}

fn older_than(facts: &CaseFacts, months: u32, as_of: NaiveDate) -> bool {
    as_of > months_after(facts.oldest_due, months)
}

/// Something a gate of the run finds missing; put into words only where somebody reads it.
#[derive(Clone, Copy, Debug)]
enum Gap {
    /// Not overdue for more than so many calendar months.
    TooYoung { months: u32 },
    /// No reminder arrived, nor did so many channels lead nowhere.
    NotReached { channels: usize },
    /// Fewer talks than that are on record, nor did so many channels lead nowhere.
    TooFewTalks { needed: usize, held: usize, channels: usize },
    /// A hold suppresses the next stage.
    OnHold,
    /// Papers of the community are missing (A1-A3).
    Papers,
}

impl Gap {
    /// The rule of the trace it stands behind.
    fn rule(self) -> &'static str {
        match self {
            Self::TooYoung { .. } => "age",
            Self::NotReached { .. } => "reached",
            Self::TooFewTalks { .. } => "talks",
            Self::OnHold => "stage_hold",
            Self::Papers => "formal",
        }
    }

    fn text(self) -> Text {
        match self {
            Self::TooYoung { months } => {
                let plural = if months == 1 { "" } else { "s" };
                Text::new(
                    format!("逾期未超过 {months} 个月"),
                    format!("not more than {months} calendar month{plural} overdue"),
                )
            }
            Self::NotReached { channels } => Text::new(
                format!("还没有一条提醒确认送达，也没有 {channels} 种渠道均无法联系的记录"),
                format!(
                    "no reminder is known to have been delivered, nor are {channels} channels on record as exhausted"
                ),
            ),
            Self::TooFewTalks { needed, held, channels } => Text::new(
                format!("有记录的沟通不足 {needed} 次（已有 {held} 次），也没有 {channels} 种渠道均无法联系的记录"),
                format!(
                    "fewer than {needed} recorded talks (there are {held}), nor {channels} channels recorded as exhausted"
                ),
            ),
            Self::Papers => Text::new(PAPERS.0, PAPERS.1),
            Self::OnHold => Text::new("案件处于暂缓中，不能升级", "a hold suppresses the next stage"),
        }
    }
}

/// Why formal steps wait in a community whose papers are not complete.
const PAPERS: (&str, &str) = (
    "小区的合同、公示或服务承诺资料不齐：请在“催缴准备”补齐，或由经理申请例外、第二人批准",
    "contract, display or service promises of the community are not complete: add them under 'May we collect', or a manager asks for an exception that a second person approves",
);

/// What is missing for a conversation.
#[must_use]
pub fn conversation_gate(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Vec<Text> {
    conversation_gaps(policy, facts, as_of).map(Gap::text).collect()
}

/// Age first: most cases are too young, and the rest need not be looked at.
fn conversation_gaps(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> impl Iterator<Item = Gap> {
    let (months, channels) = (policy.conversation_after_months, policy.channels_to_exhaust);
    let young = move || (!older_than(facts, months, as_of)).then_some(Gap::TooYoung { months });
    let unreached = move || {
        let known = facts.was_reached_before(as_of) || unreached_channels(policy, facts, as_of) >= channels;
        (!known).then_some(Gap::NotReached { channels })
    };
    std::iter::once_with(young).chain(std::iter::once_with(unreached)).flatten()
}

/// Channels on record as leading nowhere, messages included: enough for a person to go and talk, never for a demand (I5).
/// Messages alone are not enough while one of their channels is untried; having no channel for them counts once its repair was
/// tried.
fn unreached_channels(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> usize {
    let people_tried = facts.list_exhausted_channels(as_of);
    let silent = facts.list_silent_channels(policy.unconfirmed_after_days, as_of);
    let all_silent = facts.channels.iter().all(|channel| silent.contains(channel.as_str()));
    if people_tried.is_empty() && !all_silent {
        return 0;
    }
    let repaired = |step: &StepFact| {
        step.step_key == REPAIR_CONTACT && step.find_state() == Some(ActionState::Done) && step.ended_on() < as_of
    };
    let no_channel = facts.channels.is_empty() && facts.steps.iter().any(repaired);
    people_tried.len() + silent.len() + usize::from(no_channel)
}

/// What is missing for a formal demand with a number.
#[must_use]
pub fn demand_gate(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Vec<Text> {
    demand_gaps(policy, facts, as_of).map(Gap::text).collect()
}

fn demand_gaps(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> impl Iterator<Item = Gap> {
    gaps_of_case(policy, facts, as_of).chain(facts.formal_waits.then_some(Gap::Papers))
}

/// Whether nothing of the case itself keeps it from the formal demand, and the papers of its community do.
#[must_use]
pub fn waits_for_papers(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> bool {
    let earned = || gaps_of_case(policy, facts, as_of).next().is_none();
    facts.formal_waits && facts.stage == Stage::Conversation && earned()
}

fn gaps_of_case(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> impl Iterator<Item = Gap> {
    let (months, needed, channels) =
        (policy.demand_after_months, policy.talks_before_demand, policy.channels_to_exhaust);
    let young = move || (!older_than(facts, months, as_of)).then_some(Gap::TooYoung { months });
    let untalked = move || {
        let held = facts.talks(as_of);
        let enough = held >= needed || facts.list_exhausted_channels(as_of).len() >= channels;
        (!enough).then_some(Gap::TooFewTalks { needed, held, channels })
    };
    let held = move || facts.suppression.escalation.then_some(Gap::OnHold);
    let gaps = std::iter::once_with(young).chain(std::iter::once_with(untalked));
    gaps.chain(std::iter::once_with(held)).flatten()
}

/// What people have put together for a legal step; no fact of the case shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegalFile {
    /// Contract, bills, proofs of service and contacts are complete.
    pub evidence_complete: bool,
    /// Somebody other than the one who proposes it has agreed.
    pub approved_by_second_person: bool,
}

/// What is missing for the legal stage (I17); a run never gets there, a person does, through this gate.
#[must_use]
pub fn legal_gate(policy: &Policy, facts: &CaseFacts, file: LegalFile, as_of: NaiveDate) -> Vec<Text> {
    let mut missing = Vec::new();
    let mut need = |holds: bool, zh: &str, en: &str| {
        if !holds {
            missing.push(Text::new(zh, en));
        }
    };
    let in_demand = matches!(facts.stage, Stage::Demand | Stage::Legal);
    need(in_demand, "案件尚未进入催缴期", "the case has not reached the formal demand");
    let senior = |step: &StepFact| {
        step.kind == "senior_talk" && step.find_state() == Some(ActionState::Done) && step.ended_on() <= as_of
    };
    need(facts.steps.iter().any(senior), "负责人还没有最后沟通", "no talk at senior level is recorded");
    need(!facts.suppression.legal, "案件处于暂缓中", "a hold suppresses legal steps");
    need(!facts.formal_waits, PAPERS.0, PAPERS.1);
    need(!facts.disputed.is_positive(), "有争议金额尚未答复", "a disputed amount is not answered");
    let in_time = facts.limitation_on.is_some_and(|day| day >= as_of);
    need(in_time, "诉讼时效未核算或已有债权届满", "limitation is not computed, or some claim has lapsed");
    need(file.evidence_complete, "证据材料不齐", "the evidence is not complete");
    need(file.approved_by_second_person, "缺少第二人审批", "no second person has approved");
    missing.extend(missing_service(policy, facts, as_of));
    missing
}

/// What is missing of a demand served well enough, whose period has run out (民法典 944).
fn missing_service(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Option<Text> {
    let enough = |notice: &&NoticeFact| {
        let grade = notice.grade.as_deref().is_some_and(|grade| grade <= policy.service_grade.as_str());
        grade && notice.served_on.is_some_and(|day| day <= as_of)
    };
    let served: Vec<&NoticeFact> = facts.notices.iter().filter(enough).collect();
    if served.is_empty() {
        return Some(Text::new(
            format!("没有送达等级 {} 以上的催缴通知书", policy.service_grade),
            format!("no demand letter served with grade {} or better", policy.service_grade),
        ));
    }
    let run_out = served.iter().any(|notice| notice.pay_by.is_some_and(|day| day < as_of));
    (!run_out).then(|| {
        Text::new("催缴通知书的合理期限未满（民法典 944）", "the period of the demand has not run out (民法典 944)")
    })
}

#[cfg(test)]
#[path = "gates_tests.rs"]
mod tests;
