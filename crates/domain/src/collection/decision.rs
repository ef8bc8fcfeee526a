//! The decision: exactly one per open case, explained rule by rule, the same whenever the same facts are read again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::contact_budget::{find_cool_off_end, find_rest_end, has_call_room, message_room_on};
use super::due::DueSteps;
use super::facts::{CaseFacts, StepFact};
use super::gates::{earned_stage, explain_stage, waits_for_papers};
use super::nudge::find_nudge;
use super::policy::{Policy, Stage, Step, StepKind};
use super::trace::Trace;
pub use super::trace::{QUESTIONS, RULES, TraceLine, find_rule};
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
        /// A hold has just ended.
        AfterHold = "after_hold", "暂缓刚结束", "a hold has just ended";
        /// Enough messages this week.
        ContactBudget = "contact_budget", "本周联系次数已满", "contact budget used";
        /// The next step's day has not come.
        NotDueYet = "not_due_yet", "未到下一步", "not due yet";
        /// Papers of the community are missing (A1-A3).
        FormalWaits = "formal_waits", "小区资料不齐，正式步骤暂缓", "formal steps wait for the community's papers";
        /// The policy has no way left to reach the payer: a person decides how to go on.
        NeedsPerson = "needs_person", "需人工决定下一步", "a person has to decide";
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

/// A decision about a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What is done.
    pub outcome: Outcome,
    /// The stage after it.
    pub stage_after: Stage,
    /// Why: the questions asked, the rules that answered them, and what those looked at.
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
    decide_into(Trace::kept(), policy, facts, as_of)
}

/// The same decision with an empty trace: enough to see whether it is the one a case already has.
#[must_use]
pub fn decide_untraced(policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Decision {
    decide_into(Trace::unread(), policy, facts, as_of)
}

fn decide_into(trace: Trace, policy: &Policy, facts: &CaseFacts, as_of: NaiveDate) -> Decision {
    let stage_after = earned_stage(policy, facts, as_of);
    let due = DueSteps { policy, facts, as_of, stage: stage_after };
    let mut decider = Decider { policy, facts, as_of, due, trace };
    let stages = || format!("{} -> {}", facts.stage.as_str(), stage_after.as_str());
    let gates = || explain_stage(policy, facts, as_of);
    decider.trace.note_over("stage", stage_after != facts.stage, stages, gates);
    let (outcome, next_due_on) = decider.outcome();
    let outcome = decider.guard_limitation(outcome);
    Decision { outcome, stage_after, trace: decider.trace.into_lines(), next_due_on }
}

impl Decision {
    /// As it is stored: `act` or `none`, the step, the reason.
    #[must_use]
    pub fn words(&self) -> (&'static str, Option<&str>, Option<&'static str>) {
        match &self.outcome {
            Outcome::Act { step_key, .. } => ("act", Some(step_key), None),
            Outcome::None { reason } => ("none", None, Some(reason.as_str())),
        }
    }

    /// Whether it leaves the case as it is: nothing is done, and the stage stays.
    #[must_use]
    pub fn stands(&self, stage: Stage) -> bool {
        matches!(self.outcome, Outcome::None { .. }) && self.stage_after == stage
    }

    /// What makes two decisions equal, day counts aside: outcome and stage.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut sum = Sha256::new();
        let mut add = |word: &str| {
            sum.update(word);
            sum.update([0]);
        };
        add(self.stage_after.as_str());
        match &self.outcome {
            Outcome::None { reason } => add(reason.as_str()),
            Outcome::Act { step_key, occurrence, kind, channel } => {
                add(step_key);
                add(&occurrence.to_string());
                add(kind.as_str());
                add(channel.as_deref().unwrap_or_default());
            }
        }
        sum.finalize().into()
    }
}

struct Decider<'a> {
    policy: &'a Policy,
    facts: &'a CaseFacts,
    as_of: NaiveDate,
    due: DueSteps<'a>,
    trace: Trace,
}

/// The outcome, and the day the plan looks again where it is known.
type Answer = (Outcome, Option<NaiveDate>);

fn none(reason: Reason) -> Answer {
    (Outcome::None { reason }, None)
}

fn none_until(reason: Reason, day: Option<NaiveDate>) -> Answer {
    (Outcome::None { reason }, day)
}

/// A day for people; a dash where there is none.
fn shown(day: Option<NaiveDate>) -> String {
    day.map_or_else(|| "-".to_owned(), |day| day.to_string())
}

fn key_of(step: Option<&StepFact>) -> &str {
    step.map_or("-", |step| &step.step_key)
}

impl Decider<'_> {
    /// Checks a rule that lets the case pass or ends it with a reason.
    fn stops<D: Into<String>>(&mut self, rule: &str, stops: bool, detail: impl FnOnce() -> D) -> bool {
        self.trace.note(rule, !stops, detail);
        stops
    }

    /// Asks a question: what the rules below it note stands under it.
    fn ask<T>(&mut self, question: &str, rules: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.trace.mark();
        let answer = rules(self);
        self.trace.close(question, mark);
        answer
    }

    fn outcome(&mut self) -> Answer {
        if let Some(reason) = self.ask("to_ask", Self::nothing_to_ask) {
            return none(reason);
        }
        if let Some(answer) = self.ask("agreed", Self::agreed_to_wait) {
            return answer;
        }
        if let Some(answer) = self.ask("under_way", Self::not_now) {
            return answer;
        }
        if let Some(others) = self.due.list_not_applying() {
            self.trace.note("conditions", true, || if others.is_empty() { "-".to_owned() } else { others.join(", ") });
        }
        let Some(step) = self.due.find_due() else { return self.nothing_due() };
        let due = &self.due;
        self.trace.note_over("due_step", true, || &step.key, || due.explain());
        // From the formal demand on nothing is done while the papers of the community are not complete.
        if self.facts.formal_waits && self.due.stage == Stage::Demand {
            return self.wait_for_papers();
        }
        self.ask("way", |decider| decider.act(step))
    }

    fn nothing_to_ask(&mut self) -> Option<Reason> {
        let facts = self.facts;
        let asked = facts.overdue - facts.disputed;
        if self.stops("overdue", !facts.overdue.is_positive(), || facts.overdue.to_string()) {
            return Some(Reason::Paid);
        }
        if self.stops("dispute", !asked.is_positive(), || facts.disputed.to_string()) {
            return Some(Reason::Disputed);
        }
        let floor = self.policy.amount_floor;
        if self.stops("amount_floor", asked < floor, || format!("{asked} / {floor}")) {
            return Some(Reason::BelowFloor);
        }
        let stage = self.due.stage;
        if self.stops("legal", stage == Stage::Legal, || stage.as_str()) {
            return Some(Reason::WithLegal);
        }
        None
    }

    /// What was agreed with the payer, or found out about the case, and keeps everybody quiet.
    fn agreed_to_wait(&mut self) -> Option<Answer> {
        if let Some(answer) = self.remind() {
            return Some(answer);
        }
        let (facts, as_of) = (self.facts, self.as_of);
        let until = facts.find_promise_until(self.policy.promise_grace_days);
        if self.stops("promise", until.is_some_and(|day| as_of <= day), || shown(facts.promise_due)) {
            return Some(none_until(Reason::Promise, until.and_then(|day| day.succ_opt())));
        }
        if self.stops("plan", facts.plan_active, || if facts.plan_active { "active" } else { "-" }) {
            return Some(none(Reason::Plan));
        }
        let held = facts.suppression;
        let named = || held.list_effects().join(", ");
        let effects =
            || held.list_effects().into_iter().map(|one| TraceLine::new("hold_effect", one != "contact", one));
        self.trace.note_over("hold", !held.contact, named, || effects().collect());
        if held.contact {
            return Some(none(Reason::Hold));
        }
        None
    }

    /// The one reminder before the day of what was agreed. Noted only where it is made: what was decided before the rule existed comes out as it
    /// was recorded.
    fn remind(&mut self) -> Option<Answer> {
        let nudge =
            find_nudge(self.policy, self.facts).filter(|one| one.has_room(self.policy, self.facts, self.as_of))?;
        let channel = self.facts.channels.first()?.clone();
        self.trace.note("nudge", false, || nudge.due_on.to_string());
        Some((self.perform(nudge.step_key, StepKind::Message, Some(channel)), None))
    }

    /// What is under way, or happened just now.
    fn not_now(&mut self) -> Option<Answer> {
        let (facts, as_of) = (self.facts, self.as_of);
        let pending = facts.steps.iter().find(|step| step.is_pending());
        if self.stops("pending", pending.is_some(), || key_of(pending)) {
            return Some(none(Reason::AlreadyPlanned));
        }
        let today = facts.steps.iter().find(|step| step.planned_on >= as_of);
        if self.stops("once_a_day", today.is_some(), || key_of(today)) {
            return Some(none_until(Reason::AlreadyPlanned, as_of.succ_opt()));
        }
        if self.stops("open_task", !facts.open_tasks.is_empty(), || facts.open_tasks.join(", ")) {
            return Some(none(Reason::AwaitingResult));
        }
        let cooling_until = find_cool_off_end(self.policy, facts, as_of);
        if self.stops("cool_off", cooling_until.is_some(), || shown(facts.find_last_talk(as_of))) {
            return Some(none_until(Reason::CoolOff, cooling_until));
        }
        let resting_until = find_rest_end(self.policy, facts, as_of);
        if self.stops("after_hold", resting_until.is_some(), || shown(facts.rested_on)) {
            return Some(none_until(Reason::AfterHold, resting_until));
        }
        None
    }

    fn nothing_due(&mut self) -> Answer {
        let next = self.due.find_next_day();
        let due = &self.due;
        self.trace.note_over("due_step", false, || shown(next), || due.explain());
        if next.is_none() && waits_for_papers(self.policy, self.facts, self.as_of) {
            return self.wait_for_papers();
        }
        none_until(if next.is_some() { Reason::NotDueYet } else { Reason::NeedsPerson }, next)
    }

    /// Noted only where it stops a case: what was decided before the rule existed comes out as it was recorded.
    fn wait_for_papers(&mut self) -> Answer {
        self.trace.note("formal", false, || "A1-A3");
        none(Reason::FormalWaits)
    }

    fn act(&mut self, step: &Step) -> Answer {
        let channel = match step.kind {
            StepKind::Message => match self.way_of_message(step) {
                Ok(channel) => Some(channel),
                Err(answer) => return answer,
            },
            StepKind::Call => {
                let (used_up, calls) = (!has_call_room(self.policy, self.facts, self.as_of), self.policy.calls_per_day);
                if self.stops("call_budget", used_up, || calls.to_string()) {
                    return none_until(Reason::ContactBudget, self.as_of.succ_opt());
                }
                None
            }
            StepKind::Visit
            | StepKind::DemandLetter
            | StepKind::SeniorTalk
            | StepKind::LegalReview
            | StepKind::RepairContact => None,
        };
        (self.perform(&step.key, step.kind, channel), None)
    }

    fn perform(&self, key: &str, kind: StepKind, channel: Option<String>) -> Outcome {
        Outcome::Act { step_key: key.to_owned(), occurrence: self.due.next_occurrence(key), kind, channel }
    }

    /// The channel a message goes by, or what is done instead.
    fn way_of_message(&mut self, step: &Step) -> Result<String, Answer> {
        let room_on = message_room_on(self.policy, self.facts, self.as_of);
        if self.stops("contact_budget", room_on > self.as_of, || room_on.to_string()) {
            return Err(none_until(Reason::ContactBudget, Some(room_on)));
        }
        let channel = self.due.find_channel(step);
        self.trace.note("channel", channel.is_some(), || channel.as_deref().unwrap_or("-"));
        channel.ok_or_else(|| self.repair())
    }

    /// Staff find out how the payer is reached; once that was tried, people go on without messages.
    fn repair(&mut self) -> Answer {
        let tried = self.due.is_spent(REPAIR_CONTACT);
        self.trace.note("repair", !tried, || REPAIR_CONTACT);
        if tried {
            return self.nothing_due();
        }
        (self.perform(REPAIR_CONTACT, StepKind::RepairContact, None), None)
    }

    /// A claim about to lapse is told to legal beside the plan, whatever keeps the plan waiting: it is internal work and no contact.
    /// Never while hardship or a complaint, a promise or a plan asks for an agreement instead, which interrupts limitation too.
    fn guard_limitation(&mut self, outcome: Outcome) -> Outcome {
        let Outcome::None { reason } = outcome else { return outcome };
        let waits = match reason {
            Reason::NotDueYet
            | Reason::ContactBudget
            | Reason::CoolOff
            | Reason::AfterHold
            | Reason::AwaitingResult
            | Reason::Hold
            | Reason::FormalWaits
            | Reason::NeedsPerson => true,
            Reason::Paid
            | Reason::BelowFloor
            | Reason::Promise
            | Reason::Plan
            | Reason::Disputed
            | Reason::AlreadyPlanned
            | Reason::WithLegal => false,
        };
        let Some(day) = self.facts.limitation_on.filter(|_| waits && !self.facts.softened) else { return outcome };
        let left = (day - self.as_of).num_days();
        let near = (0..=self.policy.limitation_guard_days).contains(&left);
        self.trace.note("limitation_guard", near, || format!("{left} days left"));
        if !near || self.due.is_spent(LIMITATION_GUARD) {
            return outcome;
        }
        self.perform(LIMITATION_GUARD, StepKind::LegalReview, None)
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "decision_properties.rs"]
mod properties;

#[cfg(test)]
#[path = "silence_tests.rs"]
mod silence;
