//! The draft of a policy as a form: numbers on top, a block for each step with its conditions, one empty block for a new step.
//!
//! Names of fields: a number has its own name; what belongs to a step begins with `s` and its place, as in `s3.after_days`. What the
//! form does not show (reminders of the bill, notices on the board) stays as it is.

use std::fmt::Display;
use std::str::FromStr;

use hemu_app::Refusal;
use hemu_domain::Fen;
use hemu_domain::collection::condition::{Condition, NamedFlag, Range, TimesDone};
use hemu_domain::collection::policy::{CountsFrom, MessageChannel, Policy, Stage, Step, StepKind};
use hemu_domain::collection::{Attitude, Capacity, Cause};

use crate::fields::Fields;

/// The numbers on top: name, Chinese, English.
pub(super) const NUMBERS: [(&str, &str, &str); 17] = [
    ("conversation_after_months", "进入沟通期：逾期超过（月）", "Conversation: months overdue"),
    ("demand_after_months", "进入催缴期：逾期超过（月）", "Formal demand: months overdue"),
    ("talks_before_demand", "催缴期前至少沟通（次）", "Talks before a demand"),
    ("channels_to_exhaust", "或联系不上的方式（种）", "or ways that lead nowhere"),
    ("unconfirmed_after_days", "未确认送达视为无效（天）", "Unconfirmed counts as silent after (days)"),
    ("messages_per_7_days", "7 天内消息上限", "Messages in 7 days"),
    ("calls_per_day", "每天拨打上限", "Calls a day"),
    ("cool_off_days", "沟通后冷静（天）", "Quiet days after a talk"),
    ("blocked_again_after_days", "措辞被拦截后再试（天）", "Refused wording is tried again after (days)"),
    ("limitation_guard_days", "时效届满前提醒法务（天）", "Days before limitation legal is told"),
    ("promise_grace_days", "承诺宽限（天）", "Grace of a promise (days)"),
    ("plan_grace_days", "分期宽限（天）", "Grace of an instalment (days)"),
    ("offer_days", "承诺、分期提出后等待答复（天）", "An offer of a promise or plan stands (days)"),
    (
        "remind_before_days",
        "承诺、分期到期前提醒（天，0 为不提醒）",
        "A word before a promise or instalment (days, 0: none)",
    ),
    ("plan_misses", "分期逾期几期视为违约", "Missed instalments that are a default"),
    ("plan_approval_above", "分期超过此数须另一人审批（元）", "A plan above this needs a second person (yuan)"),
    ("amount_floor", "起催金额（元）", "Nobody is contacted below (yuan)"),
];

/// The value of a number as the form shows it.
pub(super) fn number(policy: &Policy, name: &str) -> String {
    match name {
        "conversation_after_months" => policy.conversation_after_months.to_string(),
        "demand_after_months" => policy.demand_after_months.to_string(),
        "talks_before_demand" => policy.talks_before_demand.to_string(),
        "channels_to_exhaust" => policy.channels_to_exhaust.to_string(),
        "unconfirmed_after_days" => policy.unconfirmed_after_days.to_string(),
        "messages_per_7_days" => policy.messages_per_7_days.to_string(),
        "calls_per_day" => policy.calls_per_day.to_string(),
        "cool_off_days" => policy.cool_off_days.to_string(),
        "blocked_again_after_days" => policy.blocked_again_after_days.to_string(),
        "limitation_guard_days" => policy.limitation_guard_days.to_string(),
        "promise_grace_days" => policy.promise_grace_days.to_string(),
        "plan_grace_days" => policy.plan_grace_days.to_string(),
        "offer_days" => policy.offer_days.to_string(),
        "remind_before_days" => policy.remind_before_days.to_string(),
        "plan_misses" => policy.plan_misses.to_string(),
        "plan_approval_above" => policy.plan_approval_above.to_string(),
        _ => policy.amount_floor.to_string(),
    }
}

fn wrong(place: &str, typed: &str) -> Refusal {
    Refusal::invalid(
        "policy",
        format!("{place}：“{typed}”无法识别，请检查"),
        format!("{place}: '{typed}' cannot be read, check it"),
    )
}

/// A number that must be there.
fn read<T: FromStr>(fields: &Fields, name: &str) -> Result<T, Refusal> {
    let typed = fields.text(name);
    typed.parse().map_err(|_| wrong(name, typed))
}

/// The policy a form says; `base` is the draft it was made from.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the step and field that cannot be read.
pub(super) fn read_policy(fields: &Fields, base: &Policy) -> Result<Policy, Refusal> {
    let (floor, above) = (fields.text("amount_floor"), fields.text("plan_approval_above"));
    let policy = Policy {
        name: fields.text("name").to_owned(),
        effective_from: fields.day("effective_from", "启用日期")?,
        amount_floor: Fen::parse(floor).map_err(|_| wrong("amount_floor", floor))?,
        conversation_after_months: read(fields, "conversation_after_months")?,
        demand_after_months: read(fields, "demand_after_months")?,
        talks_before_demand: read(fields, "talks_before_demand")?,
        channels_to_exhaust: read(fields, "channels_to_exhaust")?,
        unconfirmed_after_days: read(fields, "unconfirmed_after_days")?,
        service_grade: fields.text("service_grade").to_owned(),
        demand_needs_second_person: fields.is_ticked("demand_needs_second_person"),
        messages_per_7_days: read(fields, "messages_per_7_days")?,
        calls_per_day: read(fields, "calls_per_day")?,
        cool_off_days: read(fields, "cool_off_days")?,
        blocked_again_after_days: read(fields, "blocked_again_after_days")?,
        limitation_guard_days: read(fields, "limitation_guard_days")?,
        promise_grace_days: read(fields, "promise_grace_days")?,
        plan_grace_days: read(fields, "plan_grace_days")?,
        offer_days: read(fields, "offer_days")?,
        remind_before_days: read(fields, "remind_before_days")?,
        plan_misses: read(fields, "plan_misses")?,
        plan_approval_above: Fen::parse(above).map_err(|_| wrong("plan_approval_above", above))?,
        steps: read_steps(fields)?,
        ..base.clone()
    };
    Ok(policy)
}

/// The steps, stage by stage in the order of their places.
fn read_steps(fields: &Fields) -> Result<Vec<Step>, Refusal> {
    let mut steps: Vec<(i64, Step)> = Vec::new();
    for at in 0_usize.. {
        let row = Row { fields, prefix: format!("s{at}") };
        if row.text("kind").is_empty() {
            break;
        }
        // The empty block at the end is no step until it has a key.
        if row.text("key").is_empty() || !row.text("remove").is_empty() {
            continue;
        }
        steps.push((row.optional("place")?.unwrap_or(i64::MAX), row.step()?));
    }
    steps.sort_by_key(|(place, step)| (step.stage, *place));
    Ok(steps.into_iter().map(|(_, step)| step).collect())
}

/// The fields of one step.
struct Row<'a> {
    fields: &'a Fields,
    prefix: String,
}

impl Row<'_> {
    fn text(&self, name: &str) -> &str {
        self.fields.text(&format!("{}.{name}", self.prefix))
    }

    fn wrong(&self, name: &str) -> Refusal {
        wrong(&format!("{} {name}", self.text("key")), self.text(name))
    }

    fn word<T>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Result<T, Refusal> {
        parse(self.text(name)).map_err(|_| self.wrong(name))
    }

    fn optional<T: FromStr>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let typed = self.text(name);
        if typed.is_empty() { Ok(None) } else { typed.parse().map(Some).map_err(|_| self.wrong(name)) }
    }

    fn words<T>(&self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, Refusal> {
        let field = format!("{}.{name}", self.prefix);
        self.fields.all(&field).map(|word| parse(word).map_err(|_| wrong(&field, word))).collect()
    }

    fn amount(&self, name: &str) -> Result<Option<Fen>, Refusal> {
        let typed = self.text(name);
        if typed.is_empty() { Ok(None) } else { Fen::parse(typed).map(Some).map_err(|_| self.wrong(name)) }
    }

    fn step(&self) -> Result<Step, Refusal> {
        let condition = self.condition()?;
        let template = self.text("template");
        Ok(Step {
            key: self.text("key").to_owned(),
            stage: self.word("stage", Stage::parse)?,
            kind: self.word("kind", StepKind::parse)?,
            counts_from: self.word("counts_from", counts_from)?,
            after_days: self.optional("after_days")?.unwrap_or(0),
            template: (!template.is_empty()).then(|| template.to_owned()),
            other_channel: !self.text("other_channel").is_empty(),
            repeat_after_days: self.optional("repeat_after_days")?,
            at_most: self.optional("at_most")?,
            channels: self.channels()?,
            needs_second_person: !self.text("needs_second_person").is_empty(),
            when: (condition != Condition::default()).then_some(condition),
        })
    }

    /// `wechat sms`, in their order.
    fn channels(&self) -> Result<Vec<MessageChannel>, Refusal> {
        let words = self.text("channels").split([' ', ',', '，', '、']).filter(|word| !word.is_empty());
        words.map(|word| MessageChannel::parse(word).map_err(|_| self.wrong("channels"))).collect()
    }

    fn condition(&self) -> Result<Condition, Refusal> {
        let done = self.text("done_step");
        let (at_least, at_most) = (self.optional("done_least")?, self.optional("done_most")?);
        Ok(Condition {
            amount: range(self.amount("amount_least")?, self.amount("amount_most")?),
            attitudes: self.words("attitudes", Attitude::parse)?,
            broken_promises: range(self.optional("broken_least")?, self.optional("broken_most")?),
            capacities: self.words("capacities", Capacity::parse)?,
            causes: self.words("causes", Cause::parse)?,
            earlier_cycles: range(self.optional("cycles_least")?, self.optional("cycles_most")?),
            flags: self.words("flags", NamedFlag::parse)?,
            times_done: (!done.is_empty()).then(|| TimesDone { step: done.to_owned(), at_least, at_most }),
            without_causes: self.words("without_causes", Cause::parse)?,
            without_flags: self.words("without_flags", NamedFlag::parse)?,
        })
    }
}

fn range<T>(at_least: Option<T>, at_most: Option<T>) -> Option<Range<T>> {
    (at_least.is_some() || at_most.is_some()).then_some(Range { at_least, at_most })
}

fn counts_from(word: &str) -> Result<CountsFrom, String> {
    match word {
        "oldest_due" => Ok(CountsFrom::OldestDue),
        "stage_entry" => Ok(CountsFrom::StageEntry),
        "unconfirmed" => Ok(CountsFrom::Unconfirmed),
        other => Err(other.to_owned()),
    }
}

/// A number for a field; empty when there is none.
pub(super) fn shown<T: Display>(value: Option<T>) -> String {
    value.map(|one| one.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a browser sends of a policy, numbers and steps alike.
    fn posted(policy: &Policy) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> =
            NUMBERS.iter().map(|(name, ..)| ((*name).to_owned(), number(policy, name))).collect();
        pairs.push(("name".to_owned(), policy.name.clone()));
        pairs.push(("effective_from".to_owned(), policy.effective_from.to_string()));
        pairs.push(("service_grade".to_owned(), policy.service_grade.clone()));
        for (at, step) in policy.steps.iter().enumerate() {
            let mut put = |name: &str, value: String| pairs.push((format!("s{at}.{name}"), value));
            put("key", step.key.clone());
            put("place", (at * 10).to_string());
            put("stage", step.stage.as_str().to_owned());
            put("kind", step.kind.as_str().to_owned());
            let from = serde_json::to_value(step.counts_from).expect("JSON");
            put("counts_from", from.as_str().expect("a word").to_owned());
            put("after_days", step.after_days.to_string());
            put("repeat_after_days", shown(step.repeat_after_days));
            put("at_most", shown(step.at_most));
            put("template", step.template.clone().unwrap_or_default());
            if step.other_channel {
                put("other_channel", "yes".to_owned());
            }
        }
        let end = policy.steps.len();
        pairs.push((format!("s{end}.kind"), "message".to_owned()));
        pairs
    }

    fn read_back(pairs: Vec<(String, String)>) -> Result<Policy, Refusal> {
        read_policy(&Fields::from_pairs(pairs), &Policy::v1())
    }

    #[test]
    fn the_form_of_a_policy_reads_back_as_that_policy() {
        assert_eq!(read_back(posted(&Policy::v1())).expect("reads"), Policy::v1());
    }

    #[test]
    fn a_step_is_taken_away_moved_and_added_and_gets_a_condition() {
        let mut pairs = posted(&Policy::v1());
        let mut put = |name: &str, value: &str| pairs.push((name.to_owned(), value.to_owned()));
        put("s1.remove", "yes");
        put("s6.causes", "LOST");
        put("s6.causes", "AWAY");
        put("s6.amount_least", "200");
        put("s6.channels", "");
        let find = |pairs: &mut Vec<(String, String)>, name: &str, value: &str| {
            pairs.iter_mut().find(|(one, _)| one == name).expect("there").1 = value.to_owned();
        };
        find(&mut pairs, "s2.place", "-1");
        pairs.extend(
            [("s12.key", "new_message"), ("s12.stage", "conversation"), ("s12.counts_from", "stage_entry")]
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        pairs.push(("s12.channels".to_owned(), "wechat, sms".to_owned()));
        let policy = read_back(pairs).expect("reads");
        let keys: Vec<&str> = policy.steps.iter().map(|step| step.key.as_str()).collect();
        assert_eq!(keys[..3], ["reminder_d21", "reminder_d3", "reminder_call"]);
        assert_eq!(keys[7], "new_message", "the last of its stage");
        let visit = policy.find_step("conversation_visit").and_then(|step| step.when.clone()).expect("a condition");
        assert_eq!(
            (visit.causes, visit.amount.and_then(|range| range.at_least)),
            (vec![Cause::Lost, Cause::Away], Some(Fen::new(20_000)))
        );
        assert_eq!(policy.steps[7].channels, [MessageChannel::Wechat, MessageChannel::Sms]);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_step_and_field() {
        let mut pairs = posted(&Policy::v1());
        pairs.iter_mut().find(|(name, _)| name == "s0.after_days").expect("there").1 = "三".to_owned();
        let refused = read_back(pairs).expect_err("no number").to_string();
        assert!(refused.contains("reminder_d3") && refused.contains("三"), "{refused}");
    }
}
