//! The decision: exactly one per open case, explained rule by rule, the same whenever the same facts are read again.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::facts::{CaseFacts, StepFact};
use super::gates::earned_stage;
use super::policy::{CountsFrom, Policy, Stage, Step, StepKind};
use crate::words::words;

words!(
    /// Why nothing is done.
    Reason {
        /// Nothing is overdue.
        Paid = "paid", "已缴清", "paid";
        /// Too little to write about.
        BelowFloor = "below_floor", "金额低于起催点", "below the floor";
        /// A hold suppresses contact.
        Hold = "hold", "暂缓中", "on hold";
        /// A promise is running.
        Promise = "promise", "承诺期内", "promise running";
        /// A plan is being kept.
        Plan = "plan", "分期履行中", "plan running";
        /// All of it is in dispute.
        Disputed = "disputed", "争议处理中", "in dispute";
        /// The step waits to go out.
        AlreadyPlanned = "already_planned", "已安排", "already planned";
        /// A person's task is open.
        AwaitingResult = "awaiting_result", "等待任务结果", "waiting for a task";
        /// Just spoken to.
        CoolOff = "cool_off", "刚沟通过", "just spoken to";
        /// Enough messages this week.
        ContactBudget = "contact_budget", "本周联系次数已满", "contact budget used";
        /// The next step's day has not come.
        NotDueYet = "not_due_yet", "未到下一步", "not due yet";
        /// The matter is with legal.
        WithLegal = "with_legal", "法务办理中", "with legal";
    }
);

/// What is done, or why nothing is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// One step.
    Act {
        /// The step.
        step_key: String,
        /// Which time.
        occurrence: i64,
        /// What it is.
        kind: StepKind,
        /// The channel of a message.
        channel: Option<String>,
    },
    /// Nothing.
    None {
        /// Why.
        reason: Reason,
    },
}

/// One rule and how it came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceLine {
    /// The rule.
    pub rule: String,
    /// Whether it let the case pass.
    pub passed: bool,
    /// The fact behind it.
    pub detail: String,
}

/// A decision about a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What is done.
    pub outcome: Outcome,
    /// The stage after it.
    pub stage_after: Stage,
    /// Rule by rule.
    pub trace: Vec<TraceLine>,
    /// When the plan looks at the case again, where that is known.
    pub next_due_on: Option<NaiveDate>,
}

/// The key of the step that makes staff find out how a payer is reached.
pub const REPAIR_CONTACT: &str = "repair_contact";
/// The key of the step that tells legal of a claim about to lapse.
pub const LIMITATION_GUARD: &str = "limitation_guard";

/// Decides about a case as of a day.
#[must_use]
pub fn decide(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Decision {
    let stage_after = earned_stage(policy, facts, as_of);
    let mut decider = Decider { policy, facts, as_of, stage: stage_after, trace: Vec::new() };
    decider.note("stage", stage_after != facts.stage, format!("{} -> {}", facts.stage.as_str(), stage_after.as_str()));
    let (outcome, next_due_on) = decider.outcome();
    let outcome = decider.guard_limitation(outcome);
    Decision { outcome, stage_after, trace: decider.trace, next_due_on }
}

impl Decision {
    /// What makes two decisions equal, day counts aside: outcome and stage.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let text = serde_json::json!({ "outcome": self.outcome, "stage": self.stage_after }).to_string();
        Sha256::digest(text).into()
    }
}

struct Decider<'a> {
    policy: &'a Policy,
    facts: &'a CaseFacts,
    as_of: NaiveDate,
    stage: Stage,
    trace: Vec<TraceLine>,
}

type Answer = (Outcome, Option<NaiveDate>);

fn none(reason: Reason) -> Answer {
    (Outcome::None { reason }, None)
}

impl<'a> Decider<'a> {
    fn note(&mut self, rule: &str, passed: bool, detail: impl Into<String>) {
        self.trace.push(TraceLine { rule: rule.to_owned(), passed, detail: detail.into() });
    }

    /// Checks a rule that lets the case pass or ends it with a reason.
    fn stops(&mut self, rule: &str, stops: bool, detail: impl Into<String>) -> bool {
        self.note(rule, !stops, detail);
        stops
    }

    fn outcome(&mut self) -> Answer {
        if let Some(reason) = self.nothing_to_ask().or_else(|| self.not_now()) {
            return none(reason);
        }
        let Some(step) = self.highest_due_step() else {
            let next = self.next_step_day();
            self.note("due_step", false, "no step of the stage is due");
            return (Outcome::None { reason: Reason::NotDueYet }, next);
        };
        self.note("due_step", true, step.key.clone());
        self.act(step)
    }

    fn nothing_to_ask(&mut self) -> Option<Reason> {
        let facts = self.facts;
        let asked = facts.overdue - facts.disputed;
        if self.stops("overdue", !facts.overdue.is_positive(), facts.overdue.to_string()) {
            return Some(Reason::Paid);
        }
        if self.stops("dispute", !asked.is_positive(), facts.disputed.to_string()) {
            return Some(Reason::Disputed);
        }
        let floor = self.policy.amount_floor;
        if self.stops("amount_floor", asked < floor, format!("{asked} / {floor}")) {
            return Some(Reason::BelowFloor);
        }
        if self.stops("legal", self.stage == Stage::Legal, self.stage.as_str()) {
            return Some(Reason::WithLegal);
        }
        None
    }

    fn not_now(&mut self) -> Option<Reason> {
        let (facts, policy, as_of) = (self.facts, self.policy, self.as_of);
        let promised = facts
            .promise_due
            .and_then(|day| day.checked_add_signed(chrono::TimeDelta::days(policy.promise_grace_days)));
        if self.stops("promise", promised.is_some_and(|day| as_of <= day), format!("{:?}", facts.promise_due)) {
            return Some(Reason::Promise);
        }
        if self.stops("plan", facts.plan_active, facts.plan_active.to_string()) {
            return Some(Reason::Plan);
        }
        if self.stops("hold", facts.suppression.contact, format!("{:?}", facts.suppression)) {
            return Some(Reason::Hold);
        }
        if self.stops("pending", facts.steps.iter().any(StepFact::is_pending), "a step waits to go out") {
            return Some(Reason::AlreadyPlanned);
        }
        let today = facts.steps.iter().any(|step| step.planned_on >= as_of);
        if self.stops("once_a_day", today, "a step was planned for this day") {
            return Some(Reason::AlreadyPlanned);
        }
        if self.stops("open_task", !facts.open_tasks.is_empty(), facts.open_tasks.join(", ")) {
            return Some(Reason::AwaitingResult);
        }
        let last_talk = facts.contacts.iter().filter(|one| one.talk && one.on <= as_of).map(|one| one.on).max();
        let cooling = last_talk.is_some_and(|day| (as_of - day).num_days() < policy.cool_off_days);
        if self.stops("cool_off", cooling, format!("{last_talk:?}")) {
            return Some(Reason::CoolOff);
        }
        None
    }

    fn day_of(&self, step: &Step) -> NaiveDate {
        let entered = if self.stage == self.facts.stage { self.facts.stage_entered_on } else { self.as_of };
        let from = match step.counts_from {
            CountsFrom::OldestDue => self.facts.oldest_due,
            CountsFrom::StageEntry => entered,
        };
        from.checked_add_signed(chrono::TimeDelta::days(step.after_days)).unwrap_or(from)
    }

    /// Whether a step was carried out, in whatever occurrence, or came to nothing only today.
    fn is_spent(&self, key: &str) -> bool {
        let last = self.facts.steps.iter().rfind(|step| step.step_key == key);
        last.is_some_and(|step| {
            let again = step.came_to_nothing() && step.done_on.unwrap_or(step.planned_on) < self.as_of;
            !again
        })
    }

    /// Only the highest due step counts, so catching up never sends three reminders at once (I3). Letters and reviews wait for
    /// what they build on.
    fn highest_due_step(&self) -> Option<&'a Step> {
        let policy = self.policy;
        let may = |step: &&Step| self.day_of(step) <= self.as_of && self.is_possible(step);
        let step = policy.steps_of(self.stage).filter(may).last()?;
        // In the demand stage nothing overtakes the letter.
        let first = policy.steps_of(self.stage).find(|one| !self.is_spent(&one.key) && self.is_possible(one));
        let step = if self.stage == Stage::Demand { first? } else { step };
        (!self.is_spent(&step.key) && self.day_of(step) <= self.as_of).then_some(step)
    }

    fn is_possible(&self, step: &Step) -> bool {
        let served = self.facts.notices.iter().any(|notice| notice.served_on.is_some());
        match step.kind {
            StepKind::Visit => !self.facts.no_visit,
            StepKind::Call => !self.facts.no_call,
            StepKind::SeniorTalk => served,
            StepKind::LegalReview => {
                served && self.facts.notices.iter().any(|one| one.pay_by.is_some_and(|day| day < self.as_of))
            }
            StepKind::Message | StepKind::DemandLetter | StepKind::RepairContact => true,
        }
    }

    fn next_step_day(&self) -> Option<NaiveDate> {
        let days =
            self.policy.steps_of(self.stage).filter(|step| !self.is_spent(&step.key)).map(|step| self.day_of(step));
        days.filter(|day| *day > self.as_of).min()
    }

    fn act(&mut self, step: &Step) -> Answer {
        let channel = if step.kind == StepKind::Message {
            let since = self.as_of.checked_sub_days(Days::new(6)).unwrap_or(self.as_of);
            let sent = self
                .facts
                .contacts
                .iter()
                .filter(|one| one.is_message() && one.on >= since && one.on <= self.as_of)
                .count();
            let used_up = sent >= self.policy.messages_per_7_days;
            if self.stops("contact_budget", used_up, format!("{sent} / {}", self.policy.messages_per_7_days)) {
                return none(Reason::ContactBudget);
            }
            let Some(channel) = self.channel(step) else {
                self.note("channel", false, "no channel a message can go by");
                return self.repair();
            };
            self.note("channel", true, channel.clone());
            Some(channel)
        } else {
            None
        };
        let outcome = Outcome::Act {
            step_key: step.key.clone(),
            occurrence: self.next_occurrence(&step.key),
            kind: step.kind,
            channel,
        };
        (outcome, None)
    }

    fn next_occurrence(&self, key: &str) -> i64 {
        let occurrences = self.facts.steps.iter().filter(|step| step.step_key == key).map(|step| step.occurrence);
        occurrences.max().unwrap_or(0) + 1
    }

    /// The preferred channel that has not failed for this step; another than the last message's where the step wants that.
    fn channel(&self, step: &Step) -> Option<String> {
        let failed: Vec<&str> = self
            .facts
            .steps
            .iter()
            .filter(|one| one.step_key == step.key && one.state == "failed_permanent")
            .filter_map(|one| one.channel.as_deref())
            .collect();
        let last = self.facts.steps.iter().rev().find_map(|one| one.channel.as_deref());
        let open: Vec<&String> = self.facts.channels.iter().filter(|one| !failed.contains(&one.as_str())).collect();
        let other = open.iter().find(|one| step.other_channel && Some(one.as_str()) != last);
        other.or_else(|| open.first()).map(|one| (*one).clone())
    }

    fn repair(&self) -> Answer {
        if self.is_spent(REPAIR_CONTACT) {
            return none(Reason::NotDueYet);
        }
        let occurrence = self.next_occurrence(REPAIR_CONTACT);
        let step_key = REPAIR_CONTACT.to_owned();
        (Outcome::Act { step_key, occurrence, kind: StepKind::RepairContact, channel: None }, None)
    }

    /// A claim about to lapse is told to legal beside the plan, never while hardship or a complaint asks for an agreement instead.
    fn guard_limitation(&mut self, outcome: Outcome) -> Outcome {
        let quiet =
            matches!(outcome, Outcome::None { reason: Reason::NotDueYet | Reason::ContactBudget | Reason::CoolOff });
        let Some(day) = self.facts.limitation_on.filter(|_| quiet && !self.facts.softened) else { return outcome };
        let left = (day - self.as_of).num_days();
        let near = (0..=self.policy.limitation_guard_days).contains(&left);
        self.note("limitation_guard", near, format!("{left} days left"));
        if !near || self.is_spent(LIMITATION_GUARD) {
            return outcome;
        }
        let occurrence = self.next_occurrence(LIMITATION_GUARD);
        Outcome::Act { step_key: LIMITATION_GUARD.to_owned(), occurrence, kind: StepKind::LegalReview, channel: None }
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
