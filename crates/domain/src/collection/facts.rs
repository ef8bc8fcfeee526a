//! What a decision may read about a case. Names, ages, addresses and standing are not among it.
//!
//! Fields are declared in the order of the alphabet: written as JSON they are then canonical as they stand, which the digest over
//! recorded decisions asks for, and a night records thousands.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use super::action::ActionState;
use super::classification::{Attitude, Capacity, Cause};
use super::condition::NamedFlag;
use super::hold::Suppression;
use super::nudge::is_nudge;
use super::policy::Stage;
use crate::Fen;
use crate::outreach::contact_limit::ContactHours;

/// A planned or done step of the case's present cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepFact {
    /// The channel of a message.
    pub channel: Option<String>,
    /// The day it was done, failed or cancelled.
    pub done_on: Option<NaiveDate>,
    /// `message`, `call`...
    pub kind: String,
    /// Which time.
    pub occurrence: i64,
    /// The day it was planned, and the day it was done, failed or cancelled.
    pub planned_on: NaiveDate,
    /// Where it is in its life.
    pub state: String,
    /// The step.
    pub step_key: String,
}

impl StepFact {
    /// Where it is in its life; `None` for a word no version of Hemu wrote.
    #[must_use]
    pub fn find_state(&self) -> Option<ActionState> {
        ActionState::parse(&self.state).ok()
    }

    /// Waits to go out, or is out and not known yet.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.find_state().is_some_and(ActionState::is_pending)
    }

    /// Came to nothing: another occurrence may follow.
    #[must_use]
    pub fn came_to_nothing(&self) -> bool {
        self.find_state().is_some_and(ActionState::came_to_nothing)
    }

    /// Known to have arrived.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        self.find_state().is_some_and(ActionState::is_delivered)
    }

    /// The day it ended; the day it was planned while that is not known.
    #[must_use]
    pub fn ended_on(&self) -> NaiveDate {
        self.done_on.unwrap_or(self.planned_on)
    }
}

/// A contact, human or system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactFact {
    /// `phone`, `visit`, `sms`...
    pub channel: String,
    /// It led nowhere.
    pub dead_end: bool,
    /// The day.
    pub on: NaiveDate,
    /// Whether we began it.
    pub outgoing: bool,
    /// The payer was spoken to.
    pub talk: bool,
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
    /// The best grade of its proofs, A to E.
    pub grade: Option<String>,
    /// The last day to pay.
    pub pay_by: Option<NaiveDate>,
    /// When it was served.
    pub served_on: Option<NaiveDate>,
}

/// What staff found out about the case, while it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassifiedFact {
    /// How the payer meets the demand.
    pub attitude: Attitude,
    /// Whether the payer can pay.
    pub capacity: Capacity,
    /// Why the fee is not paid.
    pub cause: Cause,
}

/// Everything a decision reads. What was recorded before a field existed had nothing there, and is written as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFacts {
    /// Promises broken in this case.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub broken_promises: i64,
    /// Channels a message can go by, the preferred first.
    pub channels: Vec<String>,
    /// What staff found out; `None` while nobody did, or it has expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classified: Option<ClassifiedFact>,
    /// Contacts of the last 400 days, oldest first.
    pub contacts: Vec<ContactFact>,
    /// Of it, in dispute.
    pub disputed: Fen,
    /// Cases the payer had before this one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub earlier_cycles: i64,
    /// Papers of the community are missing (A1-A3), and nobody allowed to go on without: formal steps wait.
    #[serde(default, skip_serializing_if = "is_false")]
    pub formal_waits: bool,
    /// The day of the next instalment of a plan that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instalment_due: Option<NaiveDate>,
    /// The earliest day a claim lapses.
    pub limitation_on: Option<NaiveDate>,
    /// The hours the payer asked to be left alone.
    #[serde(default, skip_serializing_if = "ContactHours::is_open")]
    pub limits: ContactHours,
    /// No calls.
    pub no_call: bool,
    /// No visits, calls (flags of vulnerable persons).
    pub no_visit: bool,
    /// Letters of the case.
    pub notices: Vec<NoticeFact>,
    /// Something is agreed, and a hold beside that of the agreement keeps everybody from the payer.
    #[serde(default, skip_serializing_if = "is_false")]
    pub nudge_held: bool,
    /// The earliest due date of what is open.
    pub oldest_due: NaiveDate,
    /// Kinds of open tasks.
    pub open_tasks: Vec<String>,
    /// Open principal that is overdue.
    pub overdue: Fen,
    /// Whether a plan is being kept.
    pub plan_active: bool,
    /// The date of the active promise.
    pub promise_due: Option<NaiveDate>,
    /// The first day without the last hold on contact, where one has ended not long ago.
    pub rested_on: Option<NaiveDate>,
    /// Whether one of them is for hardship or a complaint: limitation is then kept by agreement, not by pressure.
    pub softened: bool,
    /// The stage.
    pub stage: Stage,
    /// Since when.
    pub stage_entered_on: NaiveDate,
    /// Steps of this cycle, oldest first.
    pub steps: Vec<StepFact>,
    /// All holds together.
    pub suppression: Suppression,
    /// A flag asks for softer words and later steps.
    #[serde(default, skip_serializing_if = "is_false")]
    pub vulnerable: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(value: &i64) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl CaseFacts {
    /// Cause, attitude and capacity as far as they are known.
    #[must_use]
    pub fn read_classification(&self) -> (Option<Cause>, Attitude, Capacity) {
        let unknown = (None, Attitude::Unknown, Capacity::Unknown);
        self.classified.map_or(unknown, |one| (Some(one.cause), one.attitude, one.capacity))
    }

    /// Whether a flag of the person or home is in force.
    #[must_use]
    pub const fn has_flag(&self, flag: NamedFlag) -> bool {
        match flag {
            NamedFlag::Soften => self.vulnerable,
            NamedFlag::NoVisit => self.no_visit,
            NamedFlag::NoCall => self.no_call,
        }
    }

    /// From when contacts belong to this debt: its oldest due date, or the first step of the cycle if a part payment has moved
    /// the due date since. What was talked about before is another debt's story and earns no stage (I5).
    #[must_use]
    pub fn counts_since(&self) -> NaiveDate {
        let first_step = self.steps.iter().map(|step| step.planned_on).min().unwrap_or(NaiveDate::MAX);
        self.oldest_due.min(self.stage_entered_on).min(first_step)
    }

    fn contacts_until(&self, as_of: NaiveDate) -> impl Iterator<Item = &ContactFact> {
        let since = self.counts_since();
        self.contacts.iter().filter(move |one| (since..=as_of).contains(&one.on))
    }

    /// Days up to `as_of` on which the payer was spoken to about this debt; two entries of one day are one talk.
    #[must_use]
    pub fn talks(&self, as_of: NaiveDate) -> usize {
        self.contacts_until(as_of).filter(|one| one.talk).map(|one| one.on).collect::<BTreeSet<_>>().len()
    }

    /// The day the payer was last spoken to, about whatever debt.
    #[must_use]
    pub fn find_last_talk(&self, as_of: NaiveDate) -> Option<NaiveDate> {
        self.contacts.iter().filter(|one| one.talk && one.on <= as_of).map(|one| one.on).max()
    }

    /// Channels on which people tried and got nowhere; a talk on the channel since then takes it off the list.
    #[must_use]
    pub fn list_exhausted_channels(&self, as_of: NaiveDate) -> BTreeSet<&str> {
        let talked_since = |dead: &ContactFact| {
            self.contacts_until(as_of).any(|one| one.talk && one.channel == dead.channel && one.on >= dead.on)
        };
        self.contacts_until(as_of)
            .filter(|one| one.dead_end && !talked_since(one))
            .map(|one| one.channel.as_str())
            .collect()
    }

    /// Message channels that brought no sign of arrival: refused, or without a delivery report for `unconfirmed_after_days`.
    /// None of this counts as delivered; and none once any message of the cycle has arrived by that channel. A reminder of something agreed
    /// is no try to reach anybody.
    #[must_use]
    pub fn list_silent_channels(&self, unconfirmed_after_days: i64, as_of: NaiveDate) -> BTreeSet<&str> {
        let arrived = |channel: &str| {
            self.steps.iter().any(|step| step.is_delivered() && step.channel.as_deref() == Some(channel))
        };
        let silent = |step: &&StepFact| match step.find_state() {
            Some(ActionState::FailedPermanent) => step.ended_on() <= as_of,
            Some(ActionState::Sent | ActionState::Uncertain | ActionState::Abandoned) => {
                (as_of - step.ended_on()).num_days() >= unconfirmed_after_days
            }
            Some(
                ActionState::Planned
                | ActionState::Deferred
                | ActionState::InFlight
                | ActionState::Delivered
                | ActionState::Read
                | ActionState::Cancelled
                | ActionState::Blocked
                | ActionState::Expired
                | ActionState::OpenTask
                | ActionState::Done,
            )
            | None => false,
        };
        let tries = self.steps.iter().filter(|step| !is_nudge(&step.step_key));
        let channels = tries.filter(silent).filter_map(|step| step.channel.as_deref());
        channels.filter(|channel| !arrived(channel)).collect()
    }

    /// Whether a reminder of this cycle arrived, one of something agreed aside, or the payer was spoken to about this debt, before a day.
    #[must_use]
    pub fn was_reached_before(&self, day: NaiveDate) -> bool {
        let delivered = |step: &StepFact| {
            step.is_delivered() && !is_nudge(&step.step_key) && step.done_on.is_some_and(|on| on < day)
        };
        self.steps.iter().any(delivered) || self.contacts_until(day).any(|one| one.talk && one.on < day)
    }

    /// Whether a demand letter was served by a day.
    #[must_use]
    pub fn was_served(&self, as_of: NaiveDate) -> bool {
        self.notices.iter().any(|notice| notice.served_on.is_some_and(|on| on <= as_of))
    }

    /// The day until which a promise keeps everybody quiet: its date and the days of grace.
    #[must_use]
    pub fn find_promise_until(&self, grace_days: i64) -> Option<NaiveDate> {
        self.promise_due.map(|due| due.checked_add_signed(TimeDelta::days(grace_days)).unwrap_or(due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::{Policy, decide, sample};

    #[test]
    fn facts_recorded_before_conditions_existed_read_and_write_as_they_were() {
        let facts = sample::facts();
        let written = serde_json::to_string(&facts).expect("JSON");
        for field in
            ["broken_promises", "classified", "earlier_cycles", "instalment_due", "limits", "nudge_held", "vulnerable"]
        {
            assert!(!written.contains(field), "{field}");
        }
        assert_eq!(serde_json::from_str::<CaseFacts>(&written).expect("reads"), facts);
    }

    #[test]
    fn facts_and_traces_are_written_with_sorted_keys() {
        let mut facts = sample::facts();
        (facts.broken_promises, facts.earlier_cycles, facts.vulnerable) = (1, 2, true);
        facts.classified =
            Some(ClassifiedFact { attitude: Attitude::Neutral, capacity: Capacity::Able, cause: Cause::Forget });
        (facts.instalment_due, facts.nudge_held) = (Some(sample::day("2026-12-20")), true);
        let hour = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0);
        facts.limits = ContactHours { not_after: hour(18), not_at_work: true, not_before: hour(10) };
        facts.steps.push(sample::done("c1", "call", "2026-11-02"));
        facts.contacts.push(sample::talk("2026-11-02"));
        facts.notices.push(sample::served("A", "2026-11-05", "2026-11-20"));
        let trace = decide(&Policy::v1(), &facts, sample::day("2026-12-01")).trace;
        let written = [serde_json::to_string(&facts), serde_json::to_string(&trace)];
        let sorted = [serde_json::to_value(&facts), serde_json::to_value(&trace)];
        for (written, sorted) in written.into_iter().zip(sorted) {
            assert_eq!(written.expect("JSON"), sorted.expect("JSON").to_string());
        }
    }
}
