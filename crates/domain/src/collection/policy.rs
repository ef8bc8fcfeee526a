//! Policy: the four stages as versioned data, every number a setting. A version is immutable once active (I12).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::Fen;
use crate::words::words;

words!(
    /// Where a case stands. It starts at the reminder whatever its age and moves on by delivered, served or spoken steps.
    Stage {
        /// 预警期
        Reminder = "reminder", "预警期", "reminder";
        /// 沟通期
        Conversation = "conversation", "沟通期", "conversation";
        /// 催缴期
        Demand = "demand", "催缴期", "formal demand";
        /// 法律途径
        Legal = "legal", "法律途径", "legal";
    }
);

words!(
    /// What a step is. No kind for utilities, access or disclosure exists (I16; 民法典 944, 1033).
    StepKind {
        /// A message to the payer.
        Message = "message", "消息提醒", "message";
        /// A phone call by a person.
        Call = "call", "电话沟通", "call";
        /// A visit at a fitting time.
        Visit = "visit", "上门拜访", "visit";
        /// 催缴通知书
        DemandLetter = "demand_letter", "催缴通知书", "demand letter";
        /// One more talk at senior level.
        SeniorTalk = "senior_talk", "负责人沟通", "senior talk";
        /// Somebody looks whether the matter is ripe.
        LegalReview = "legal_review", "法务评审", "legal review";
        /// Somebody finds out how the payer can be reached.
        RepairContact = "repair_contact", "核实联系方式", "repair contact data";
    }
);

/// From where a step's days count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountsFrom {
    /// The earliest due date of what is open.
    OldestDue,
    /// The day the case entered the stage.
    StageEntry,
}

/// A step of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Stable over versions: part of every action's key (I1).
    pub key: String,
    /// The stage it belongs to.
    pub stage: Stage,
    /// What it is.
    pub kind: StepKind,
    /// From where its days count.
    pub counts_from: CountsFrom,
    /// Days from there.
    pub after_days: i64,
    /// Its text, for messages.
    #[serde(default)]
    pub template: Option<String>,
    /// Whether it prefers another channel than the last message.
    #[serde(default)]
    pub other_channel: bool,
}

/// A version of the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Counting up.
    pub version: i64,
    /// What people call it.
    pub name: String,
    /// From which day.
    pub effective_from: NaiveDate,
    /// Below this nobody is contacted.
    pub amount_floor: Fen,
    /// Conversation needs more than so many calendar months overdue.
    pub conversation_after_months: u32,
    /// A demand needs more than so many calendar months overdue.
    pub demand_after_months: u32,
    /// Talks before a demand, unless channels are exhausted.
    pub talks_before_demand: usize,
    /// The proof of service a legal step needs: A to E.
    pub service_grade: String,
    /// Messages per person in any 7 days.
    pub messages_per_7_days: usize,
    /// Calls dialled per person and day.
    pub calls_per_day: usize,
    /// Days without contact after a talk.
    pub cool_off_days: i64,
    /// Limitation within so many days is told to legal, whatever the stage.
    pub limitation_guard_days: i64,
    /// Days after a promise's date before it is broken.
    pub promise_grace_days: i64,
    /// The steps, in order within their stage.
    pub steps: Vec<Step>,
}

/// Why a policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Not of the right shape; unknown keys are refused.
    #[error("the policy cannot be read: {0}")]
    Shape(#[from] serde_json::Error),
    /// A rule of the whole is broken.
    #[error("the policy is wrong: {0}")]
    Rule(String),
}

impl Policy {
    /// The policy a new installation starts with.
    ///
    /// # Panics
    /// Never: a test reads the embedded file.
    #[must_use]
    pub fn v1() -> Self {
        Self::parse(include_str!("../../data/policy-v1.json")).expect("the embedded policy is read by a test")
    }

    /// Reads and checks a policy.
    ///
    /// # Errors
    /// [`PolicyError`] says what is wrong.
    pub fn parse(json: &str) -> Result<Self, PolicyError> {
        let policy: Self = serde_json::from_str(json)?;
        policy.check()?;
        Ok(policy)
    }

    fn check(&self) -> Result<(), PolicyError> {
        let rule = |text: String| Err(PolicyError::Rule(text));
        for (position, step) in self.steps.iter().enumerate() {
            if self.steps[..position].iter().any(|one| one.key == step.key) {
                return rule(format!("two steps are called {}", step.key));
            }
            let before = self.steps[..position].iter().rev().find(|one| one.stage == step.stage);
            if before.is_some_and(|one| one.after_days > step.after_days) {
                return rule(format!("{} comes before the step above it", step.key));
            }
            if step.kind == StepKind::Message && step.template.is_none() {
                return rule(format!("{} has no text", step.key));
            }
            let pressing = matches!(step.kind, StepKind::Visit | StepKind::DemandLetter | StepKind::SeniorTalk);
            if step.stage == Stage::Reminder && pressing {
                return rule(format!("{} is too much for the reminder stage", step.key));
            }
        }
        if self.demand_after_months < self.conversation_after_months || self.talks_before_demand < 2 {
            return rule("a demand needs at least two talks and more time than a conversation (B3)".to_owned());
        }
        Ok(())
    }

    /// The steps of a stage, in order.
    pub fn steps_of(&self, stage: Stage) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.stage == stage)
    }

    /// The step of that key.
    #[must_use]
    pub fn find_step(&self, key: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_policy_is_sound() {
        let policy = Policy::v1();
        assert_eq!((policy.messages_per_7_days, policy.cool_off_days), (2, 7));
        assert!(policy.steps_of(Stage::Reminder).all(|step| step.kind == StepKind::Message));
    }

    #[test]
    fn a_policy_that_presses_too_early_or_knows_unlawful_kinds_is_refused() {
        let json = include_str!("../../data/policy-v1.json");
        assert!(Policy::parse(&json.replace("\"talks_before_demand\": 2", "\"talks_before_demand\": 0")).is_err());
        assert!(Policy::parse(&json.replace("\"kind\": \"call\"", "\"kind\": \"cut_water\"")).is_err());
        assert!(Policy::parse(&json.replace("\"cool_off_days\"", "\"cool_down\"")).is_err());
        assert!(Policy::parse(&json.replace("reminder_d10", "reminder_d3")).is_err());
    }
}
