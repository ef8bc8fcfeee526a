//! Policy: the four stages as versioned data, every number a setting. A version is immutable once active (I12).
//!
//! What makes a policy sound as a whole is in `policy_check`: read from outside, it is checked before anything uses it.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::policy_check::{self, Finding};
use crate::Fen;
use crate::outreach::templates::MessageTemplate;
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

impl StepKind {
    /// How hard a step presses on the payer: 0 is internal work the payer does not notice. A flag of a vulnerable person, a hold
    /// or a limit may only lead to a step that presses no harder (P2).
    #[must_use]
    pub const fn pressure(self) -> u8 {
        match self {
            Self::LegalReview | Self::RepairContact => 0,
            Self::Message => 1,
            Self::Call => 2,
            Self::Visit | Self::SeniorTalk => 3,
            Self::DemandLetter => 4,
        }
    }
}

words!(
    /// A channel of messages.
    MessageChannel {
        /// 短信
        Sms = "sms", "短信", "text message";
        /// 微信
        Wechat = "wechat", "微信", "WeChat";
        /// 邮件
        Email = "email", "邮件", "e-mail";
    }
);

words!(
    /// What is done for an entrance or a community, never for one case: one notice hangs for everybody and names nobody (I15).
    CommunityStepKind {
        /// A notice on the board of the entrance hall.
        BoardNotice = "board_notice", "公告栏通知", "board notice";
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
    /// The day the stage's last message, or the repair of contact data, ended without anybody known to be reached. Not due while
    /// messages are still to come, nor once the payer was reached: an uncertain message does not block the human channel (I5).
    Unconfirmed,
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
    /// Days after it was done until it is done again, while the case is still in the stage and its aim is not reached.
    #[serde(default)]
    pub repeat_after_days: Option<i64>,
    /// How many times at most; `None` while its aim is not reached.
    #[serde(default)]
    pub at_most: Option<i64>,
    /// The channels of a message, in this order and no others; empty leaves it to the payer's preference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<MessageChannel>,
    /// Whether a second person approves it before it goes out; only letters go out by such an approval.
    #[serde(default, skip_serializing_if = "is_false")]
    pub needs_second_person: bool,
    /// The cases it applies to; all of them where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
}

/// A reminder before the due date: it belongs to the bill, not to a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillReminder {
    /// Stable over versions.
    pub key: String,
    /// Days before the due date.
    pub days_before_due: u32,
    /// Its text.
    pub template: String,
}

/// A step for an entrance: see [`CommunityStepKind`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommunityStep {
    /// Stable over versions.
    pub key: String,
    /// What it is.
    pub kind: CommunityStepKind,
    /// Days after the oldest due date of the entrance.
    pub after_days: u32,
    /// Days after the last notice until the next.
    pub repeat_after_days: u32,
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
    /// Channels on record as leading nowhere that stand in for talks (I5).
    pub channels_to_exhaust: usize,
    /// Days after which a message without a delivery report counts as a channel that led nowhere; never as delivered.
    pub unconfirmed_after_days: i64,
    /// The proof of service a legal step needs: A to E.
    pub service_grade: String,
    /// Whether a demand letter gets its number only when a second person approved it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub demand_needs_second_person: bool,
    /// Messages per person in any 7 days.
    pub messages_per_7_days: usize,
    /// Calls dialled per person and day.
    pub calls_per_day: usize,
    /// Days without contact after a talk.
    pub cool_off_days: i64,
    /// Days until a message whose wording was refused is tried again.
    pub blocked_again_after_days: i64,
    /// Limitation within so many days is told to legal, whatever the stage.
    pub limitation_guard_days: i64,
    /// Days after a promise's date before it is broken.
    pub promise_grace_days: i64,
    /// Days after an instalment's date before the plan is in default.
    pub plan_grace_days: i64,
    /// Days in which the payer may agree to a promise or plan we propose.
    #[serde(default = "usual_offer_days", skip_serializing_if = "is_usual_offer")]
    pub offer_days: i64,
    /// A plan above this amount waits for a second person; zero asks for one always.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub plan_approval_above: Fen,
    /// So many missed instalments are a default, unless a plan says otherwise.
    #[serde(default = "usual_misses", skip_serializing_if = "is_usual_misses")]
    pub plan_misses: i64,
    /// So many days before the day of a promise or an instalment its payer is reminded of it, once; zero: never.
    #[serde(default, skip_serializing_if = "is_no_days")]
    pub remind_before_days: i64,
    /// Reminders before the due date, the earliest first.
    pub bill_reminders: Vec<BillReminder>,
    /// What is done for entrances.
    pub community_steps: Vec<CommunityStep>,
    /// The steps, in order within their stage.
    pub steps: Vec<Step>,
}

/// What earlier versions did not say stays unsaid, so that their hash stays theirs.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_no_days(days: &i64) -> bool {
    *days == 0
}

const USUAL_OFFER_DAYS: i64 = 7;

const fn usual_offer_days() -> i64 {
    USUAL_OFFER_DAYS
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_usual_offer(days: &i64) -> bool {
    *days == USUAL_OFFER_DAYS
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_nothing(amount: &Fen) -> bool {
    amount.is_zero()
}

const fn usual_misses() -> i64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_usual_misses(misses: &i64) -> bool {
    *misses == usual_misses()
}

/// Why a policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Not of the right shape; unknown keys are refused.
    #[error("the policy cannot be read: {0}")]
    Shape(#[from] serde_json::Error),
    /// It breaks rules: all of those it breaks.
    #[error("the policy is wrong: {}", sentences(.0))]
    Unsound(Vec<Finding>),
}

fn sentences(findings: &[Finding]) -> String {
    findings.iter().map(|one| one.text.en.as_str()).collect::<Vec<_>>().join("; ")
}

impl Policy {
    /// The policy a new installation starts with.
    #[must_use]
    pub fn v1() -> Self {
        Self::first().clone()
    }

    /// The same, read once.
    ///
    /// # Panics
    /// Never: a test reads the embedded file.
    #[must_use]
    pub fn first() -> &'static Self {
        static FIRST: LazyLock<Policy> = LazyLock::new(|| {
            Policy::read(include_str!("../../data/policy-v1.json")).expect("the embedded policy is checked by a test")
        });
        &FIRST
    }

    /// Reads a policy that was checked before: the embedded one, and versions in force.
    ///
    /// # Errors
    /// [`PolicyError::Shape`] when it is none, or names something no version of Hemu knows.
    pub fn read(json: &str) -> Result<Self, PolicyError> {
        Ok(serde_json::from_str(json)?)
    }

    /// Reads and checks a policy from outside; its texts are those given.
    ///
    /// # Errors
    /// [`PolicyError`] says all that is wrong.
    pub fn parse(json: &str, texts: &[MessageTemplate]) -> Result<Self, PolicyError> {
        let policy = Self::read(json)?;
        let findings = policy_check::check(&policy, texts);
        if findings.is_empty() { Ok(policy) } else { Err(PolicyError::Unsound(findings)) }
    }

    /// Whether a demand letter gets its number only when a second person approved it.
    #[must_use]
    pub fn approves_letters(&self) -> bool {
        let letter = |step: &Step| step.kind == StepKind::DemandLetter && step.needs_second_person;
        self.demand_needs_second_person || self.steps.iter().any(letter)
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
