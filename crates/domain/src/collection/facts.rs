//! What a decision may read about a case. Names, ages, addresses and standing are not among it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::hold::Suppression;
use super::policy::Stage;
use crate::Fen;

/// A planned or done step of the case's present cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepFact {
    /// The step.
    pub step_key: String,
    /// Which time.
    pub occurrence: i64,
    /// `message`, `call`...
    pub kind: String,
    /// The channel of a message.
    pub channel: Option<String>,
    /// Where it is in its life.
    pub state: String,
    /// The day it was planned, and the day it was done, failed or cancelled.
    pub planned_on: NaiveDate,
    /// The day it was done, failed or cancelled.
    pub done_on: Option<NaiveDate>,
}

impl StepFact {
    /// Waits to go out, or is out and not known yet.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(self.state.as_str(), "planned" | "deferred" | "in_flight")
    }

    /// Came to nothing: another occurrence may follow.
    #[must_use]
    pub fn came_to_nothing(&self) -> bool {
        matches!(self.state.as_str(), "cancelled" | "blocked" | "expired" | "failed_permanent")
    }

    /// Known to have arrived.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        matches!(self.state.as_str(), "delivered" | "read")
    }
}

/// A contact, human or system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactFact {
    /// `phone`, `visit`, `sms`...
    pub channel: String,
    /// Whether we began it.
    pub outgoing: bool,
    /// The payer was spoken to.
    pub talk: bool,
    /// It led nowhere.
    pub dead_end: bool,
    /// The day.
    pub on: NaiveDate,
}

impl ContactFact {
    /// A message of ours, for the budget.
    #[must_use]
    pub fn is_message(&self) -> bool {
        self.outgoing && matches!(self.channel.as_str(), "sms" | "wechat" | "email")
    }
}

/// A letter and its service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeFact {
    /// The last day to pay.
    pub pay_by: Option<NaiveDate>,
    /// The best grade of its proofs, A to E.
    pub grade: Option<String>,
    /// When it was served.
    pub served_on: Option<NaiveDate>,
}

/// Everything a decision reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFacts {
    /// The stage.
    pub stage: Stage,
    /// Since when.
    pub stage_entered_on: NaiveDate,
    /// Open principal that is overdue.
    pub overdue: Fen,
    /// Of it, in dispute.
    pub disputed: Fen,
    /// The earliest due date of what is open.
    pub oldest_due: NaiveDate,
    /// The earliest day a claim lapses.
    pub limitation_on: Option<NaiveDate>,
    /// All holds together.
    pub suppression: Suppression,
    /// Whether one of them is for hardship or a complaint: limitation is then kept by agreement, not by pressure.
    pub softened: bool,
    /// The date of the active promise.
    pub promise_due: Option<NaiveDate>,
    /// Whether a plan is being kept.
    pub plan_active: bool,
    /// No visits, calls (flags of vulnerable persons).
    pub no_visit: bool,
    /// No calls.
    pub no_call: bool,
    /// Channels a message can go by, the preferred first.
    pub channels: Vec<String>,
    /// Steps of this cycle, oldest first.
    pub steps: Vec<StepFact>,
    /// Kinds of open tasks.
    pub open_tasks: Vec<String>,
    /// Contacts of the last 400 days, oldest first.
    pub contacts: Vec<ContactFact>,
    /// Letters of the case.
    pub notices: Vec<NoticeFact>,
}

impl CaseFacts {
    /// Talks with the payer up to a day.
    #[must_use]
    pub fn talks(&self, as_of: NaiveDate) -> usize {
        self.contacts.iter().filter(|contact| contact.talk && contact.on <= as_of).count()
    }

    /// Channels that were tried and led nowhere.
    #[must_use]
    pub fn exhausted_channels(&self, as_of: NaiveDate) -> usize {
        let mut channels: Vec<&str> = self
            .contacts
            .iter()
            .filter(|one| one.dead_end && one.on <= as_of)
            .map(|one| one.channel.as_str())
            .collect();
        channels.sort_unstable();
        channels.dedup();
        channels.len()
    }

    /// Whether a reminder arrived, or the payer was spoken to, before a day.
    #[must_use]
    pub fn was_reached_before(&self, day: NaiveDate) -> bool {
        let delivered = |step: &StepFact| step.is_delivered() && step.done_on.is_some_and(|on| on < day);
        self.steps.iter().any(delivered) || self.contacts.iter().any(|contact| contact.talk && contact.on < day)
    }
}
