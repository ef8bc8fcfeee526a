//! Gates: what a stage, a numbered demand letter and a legal step need, and what of it is missing (B3, B4, I5, I17).

use chrono::NaiveDate;

use super::facts::CaseFacts;
use super::policy::{Policy, Stage};
use crate::Text;
use crate::arrears::age::months_after;

/// The stage the case has earned by `as_of`: at most one further than it is, never back, never by time alone.
#[must_use]
pub fn earned_stage(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Stage {
    if facts.suppression.escalation {
        return facts.stage;
    }
    match facts.stage {
        Stage::Reminder if conversation_gate(policy, facts, as_of).is_empty() => Stage::Conversation,
        Stage::Conversation if demand_gate(policy, facts, as_of).is_empty() => Stage::Demand,
        stage => stage,
    }
}

fn older_than(facts: &CaseFacts, months: u32, as_of: NaiveDate) -> bool {
    as_of > months_after(facts.oldest_due, months)
}

/// What is missing for a conversation.
#[must_use]
pub fn conversation_gate(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Vec<Text> {
    let months = policy.conversation_after_months;
    let mut missing = Vec::new();
    if !older_than(facts, months, as_of) {
        let zh = format!("逾期未超过 {months} 个月");
        missing.push(Text::new(zh, format!("not more than {months} calendar month(s) overdue")));
    }
    if !facts.was_reached_before(as_of) {
        missing.push(Text::new("还没有一条提醒确认送达", "no reminder is known to have been delivered"));
    }
    missing
}

/// What is missing for a formal demand with a number.
#[must_use]
pub fn demand_gate(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Vec<Text> {
    let (months, talks) = (policy.demand_after_months, policy.talks_before_demand);
    let mut missing = Vec::new();
    if !older_than(facts, months, as_of) {
        missing.push(Text::new(
            format!("逾期未超过 {months} 个月"),
            format!("not more than {months} calendar months overdue"),
        ));
    }
    let held = facts.talks(as_of);
    if held < talks && facts.exhausted_channels(as_of) < 2 {
        missing.push(Text::new(
            format!("有记录的沟通不足 {talks} 次（已有 {held} 次），也没有两种渠道均无法联系的记录"),
            format!("fewer than {talks} recorded talks (there are {held}), nor two channels recorded as exhausted"),
        ));
    }
    if facts.suppression.escalation {
        missing.push(Text::new("案件处于暂缓中，不能升级", "a hold suppresses the next stage"));
    }
    missing
}

/// What is missing for the legal stage, second-person approval aside (I17).
#[must_use]
pub fn legal_gate(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Vec<Text> {
    let mut missing = Vec::new();
    if facts.stage != Stage::Demand && facts.stage != Stage::Legal {
        missing.push(Text::new("案件尚未进入催缴期", "the case has not reached the formal demand"));
    }
    let enough = |grade: &Option<String>| grade.as_deref().is_some_and(|grade| grade <= policy.service_grade.as_str());
    let served = facts.notices.iter().filter(|notice| enough(&notice.grade)).max_by_key(|notice| notice.served_on);
    match served {
        None => missing.push(Text::new(
            format!("没有送达等级 {} 以上的催缴通知书", policy.service_grade),
            format!("no demand letter served with grade {} or better", policy.service_grade),
        )),
        Some(notice) if notice.pay_by.is_none_or(|day| as_of <= day) => {
            missing.push(Text::new(
                "催缴通知书的合理期限未满（民法典 944）",
                "the period of the demand has not run out (民法典 944)",
            ));
        }
        Some(_) => {}
    }
    let senior = |step: &super::facts::StepFact| step.kind == "senior_talk" && step.state == "done";
    if !facts.steps.iter().any(senior) {
        missing.push(Text::new("负责人还没有最后沟通", "no talk at senior level is recorded"));
    }
    if facts.suppression.legal {
        missing.push(Text::new("案件处于暂缓中", "a hold suppresses legal steps"));
    }
    if facts.disputed.is_positive() {
        missing.push(Text::new("有争议金额尚未答复", "a disputed amount is not answered"));
    }
    if facts.limitation_on.is_none_or(|day| day < as_of) {
        missing.push(Text::new("诉讼时效未核算或已有债权届满", "limitation is not computed, or some claim has lapsed"));
    }
    missing
}
