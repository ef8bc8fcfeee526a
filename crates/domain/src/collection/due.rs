//! Which step of a stage is due. Days are counted from facts, never from when a run happened (I4); what was missed is caught up
//! by the highest due step alone (I3); a step that came to nothing gets a new occurrence, one that was carried out comes back
//! only where the policy says so. A step whose condition the case does not meet is as if it were not there.

use chrono::{NaiveDate, TimeDelta};

use super::action::ActionState;
use super::decision::REPAIR_CONTACT;
use super::facts::{CaseFacts, StepFact};
use super::policy::{CountsFrom, Policy, Stage, Step, StepKind};
use super::trace::TraceLine;

/// The steps of the stage a case is in, or has just earned.
pub(super) struct DueSteps<'a> {
    pub(super) policy: &'a Policy,
    pub(super) facts: &'a CaseFacts,
    pub(super) as_of: NaiveDate,
    pub(super) stage: Stage,
}

impl<'a> DueSteps<'a> {
    /// The step to carry out now.
    pub(super) fn find_due(&self) -> Option<&'a Step> {
        // Nothing overtakes the letter: in the demand stage what the letter leads to waits for it.
        if self.stage == Stage::Demand {
            return self.find_first_open();
        }
        let due = || self.remaining().filter(|step| self.is_open(step) && self.is_due(step));
        let highest = due().last()?;
        if self.is_spared(highest) {
            // A flag of a vulnerable person never leads to a step that presses harder than the one it spares them.
            let gentler = |step: &&Step| !self.is_spared(step) && step.kind.pressure() <= highest.kind.pressure();
            return due().filter(gentler).last();
        }
        Some(highest)
    }

    /// The first step that is still to be carried out, once it is due. Where a flag spares the person one before it, it stands in
    /// for that one: only when that would be due, and only if it presses no harder.
    fn find_first_open(&self) -> Option<&'a Step> {
        let open = || self.remaining().filter(|step| self.is_open(step));
        let first = open().find(|step| !self.is_spared(step)).filter(|step| self.is_due(step))?;
        let stands_in = |spared: &Step| self.is_due(spared) && first.kind.pressure() <= spared.kind.pressure();
        let mut before = open().take_while(|step| self.is_spared(step));
        (first.kind.pressure() == 0 || before.all(stands_in)).then_some(first)
    }

    /// The steps of the stage in their order, and why each is due or not: its kind, its key, the word, the day.
    pub(super) fn explain(&self) -> Vec<TraceLine> {
        let remaining: Vec<&Step> = self.remaining().collect();
        let line = |step: &Step| {
            let is_overtaken = !remaining.iter().any(|one| one.key == step.key);
            let (due, why) = self.explain_step(step, is_overtaken);
            TraceLine::new("step", due, format!("{} {} {why}", step.kind.as_str(), step.key))
        };
        self.policy.steps_of(self.stage).map(line).collect()
    }

    fn explain_step(&self, step: &Step, is_overtaken: bool) -> (bool, String) {
        let day = self.find_ready_day(step);
        let word = match day {
            _ if !self.applies(step) => "not_for_case",
            _ if self.is_spared(step) => "spared",
            None if self.last(&step.key).is_some() => "carried_out",
            _ if is_overtaken => "overtaken",
            _ if !self.has_its_basis(step) => "no_basis",
            _ if !self.can_go_out(step) => "no_way_out",
            None => "waits_for_others",
            Some(day) if day > self.as_of => return (false, format!("not_before {day}")),
            Some(day) => return (true, format!("due_since {day}")),
        };
        (false, word.to_owned())
    }

    fn is_due(&self, step: &Step) -> bool {
        self.find_ready_day(step).is_some_and(|day| day <= self.as_of)
    }

    /// The steps of the stage that do not apply to the case, by key; `None` where every step applies to everybody.
    pub(super) fn list_not_applying(&self) -> Option<Vec<&'a str>> {
        let mut conditional = self.policy.steps_of(self.stage).filter(|step| step.when.is_some()).peekable();
        conditional.peek()?;
        let not_applying = |step: &&Step| !self.applies(step) || self.is_spared(step);
        Some(conditional.filter(not_applying).map(|step| step.key.as_str()).collect())
    }

    /// The next day on which a step becomes due, or on which the case has the age for its next stage.
    pub(super) fn find_next_day(&self) -> Option<NaiveDate> {
        let steps = self.remaining().filter(|step| self.may_ever(step)).filter_map(|step| self.find_ready_day(step));
        let age = super::gates::find_age_gate_day(self.policy, self.facts, self.stage);
        steps.chain(age).filter(|day| *day > self.as_of).min()
    }

    /// Steps not overtaken by a higher one that was ever planned: while that one waits to be tried again, no lower one takes its place.
    fn remaining(&self) -> impl Iterator<Item = &'a Step> {
        let steps = || self.policy.steps_of(self.stage);
        let overtaken = match self.stage {
            Stage::Demand => 0,
            Stage::Reminder | Stage::Conversation | Stage::Legal => {
                let planned = |(place, step): (usize, &Step)| self.has_overtaken(step).then_some(place);
                steps().enumerate().filter_map(planned).last().unwrap_or(0)
            }
        };
        steps().skip(overtaken).filter(|step| self.applies(step))
    }

    /// Whether it was ever planned; one that came to nothing and is not for the case any more gives its place back.
    fn has_overtaken(&self, step: &Step) -> bool {
        let is_for_case = || step.when.as_ref().is_none_or(|one| one.holds(self.facts) && !one.is_spared(self.facts));
        self.last(&step.key).is_some_and(|last| !last.came_to_nothing() || is_for_case())
    }

    fn may_ever(&self, step: &Step) -> bool {
        self.is_open(step) && !self.is_spared(step)
    }

    /// Whether it is still to be carried out, a flag that spares the person aside.
    fn is_open(&self, step: &Step) -> bool {
        self.has_its_basis(step) && self.can_go_out(step) && self.find_ready_day(step).is_some()
    }

    /// Whether there is a way for it: a message no channel can carry waits for the repair of contact data, and once that was tried
    /// it takes no other step's place.
    fn can_go_out(&self, step: &Step) -> bool {
        step.kind != StepKind::Message || !self.is_spent(REPAIR_CONTACT) || self.find_channel(step).is_some()
    }

    fn applies(&self, step: &Step) -> bool {
        step.when.as_ref().is_none_or(|condition| condition.holds(self.facts))
    }

    /// The first day on which the step may be carried out (again); `None` when it is not to be.
    fn find_ready_day(&self, step: &Step) -> Option<NaiveDate> {
        let first = self.find_first_day(step)?;
        let Some(last) = self.last(&step.key) else { return Some(first) };
        if step.at_most.is_some_and(|most| last.occurrence >= most) {
            return None;
        }
        let wait = match last.find_state() {
            Some(ActionState::Cancelled | ActionState::Expired | ActionState::FailedPermanent) => Some(1),
            Some(ActionState::Blocked) => Some(self.policy.blocked_again_after_days),
            Some(
                ActionState::Sent
                | ActionState::Delivered
                | ActionState::Read
                | ActionState::Uncertain
                | ActionState::Abandoned
                | ActionState::Done,
            ) => step.repeat_after_days,
            Some(ActionState::Planned | ActionState::Deferred | ActionState::InFlight | ActionState::OpenTask)
            | None => None,
        };
        wait.map(|days| later(last.ended_on(), days).max(first))
    }

    fn find_first_day(&self, step: &Step) -> Option<NaiveDate> {
        let entered = if self.stage == self.facts.stage { self.facts.stage_entered_on } else { self.as_of };
        let from = match step.counts_from {
            CountsFrom::OldestDue => self.facts.oldest_due,
            CountsFrom::StageEntry => entered,
            CountsFrom::Unconfirmed => self.find_unconfirmed_since()?,
        };
        Some(later(from, step.after_days))
    }

    /// See [`CountsFrom::Unconfirmed`].
    fn find_unconfirmed_since(&self) -> Option<NaiveDate> {
        if self.facts.was_reached_before(self.as_of) {
            return None;
        }
        let message = |step: &&Step| step.kind == StepKind::Message && self.applies(step);
        let last_message = self.policy.steps_of(self.stage).filter(message).last();
        let without_sign = |step: &StepFact| {
            let sent =
                matches!(step.find_state(), Some(ActionState::Sent | ActionState::Uncertain | ActionState::Abandoned));
            let repaired = step.step_key == REPAIR_CONTACT && step.find_state() == Some(ActionState::Done);
            (sent && last_message.is_some_and(|message| message.key == step.step_key))
                || (repaired && last_message.is_none_or(|message| self.find_channel(message).is_none()))
        };
        self.facts.steps.iter().filter(|step| without_sign(step)).map(StepFact::ended_on).max()
    }

    /// Whether what the step builds on is there, and its aim not reached yet.
    fn has_its_basis(&self, step: &Step) -> bool {
        let served = self.facts.was_served(self.as_of);
        match step.kind {
            StepKind::DemandLetter => !served,
            StepKind::SeniorTalk => served,
            StepKind::LegalReview => {
                served && self.facts.notices.iter().any(|one| one.pay_by.is_some_and(|day| day < self.as_of))
            }
            StepKind::Call => step.counts_from != CountsFrom::Unconfirmed || self.find_unconfirmed_since().is_some(),
            // A letter that could not be served three times needs a person to find another way, until one is found.
            StepKind::RepairContact => self.stage != Stage::Demand || !served,
            StepKind::Message | StepKind::Visit => true,
        }
    }

    /// Whether a flag of the person rules the step out.
    fn is_spared(&self, step: &Step) -> bool {
        step.when.as_ref().is_some_and(|condition| condition.is_spared(self.facts)) || self.is_kind_spared(step.kind)
    }

    fn is_kind_spared(&self, kind: StepKind) -> bool {
        match kind {
            StepKind::Visit => self.facts.no_visit,
            StepKind::Call => self.facts.no_call,
            StepKind::SeniorTalk => self.facts.no_visit && self.facts.no_call,
            StepKind::Message | StepKind::DemandLetter | StepKind::LegalReview | StepKind::RepairContact => false,
        }
    }

    fn last(&self, key: &str) -> Option<&'a StepFact> {
        self.facts.steps.iter().filter(|step| step.step_key == key).max_by_key(|step| step.occurrence)
    }

    /// Whether a step outside the stages (a repair, the limitation guard) was carried out and is not to come back.
    pub(super) fn is_spent(&self, key: &str) -> bool {
        self.last(key).is_some_and(|step| !(step.came_to_nothing() && step.ended_on() < self.as_of))
    }

    /// The number the next occurrence of a step gets: part of the action's key, so nothing is planned twice (I1).
    pub(super) fn next_occurrence(&self, key: &str) -> i64 {
        self.last(key).map_or(1, |step| step.occurrence + 1)
    }

    /// The preferred channel that has not failed for this step; another than the last message's where the step wants that.
    pub(super) fn find_channel(&self, step: &Step) -> Option<String> {
        let failed: Vec<&str> = self
            .facts
            .steps
            .iter()
            .filter(|one| one.step_key == step.key && one.find_state() == Some(ActionState::FailedPermanent))
            .filter_map(|one| one.channel.as_deref())
            .collect();
        let last = self.facts.steps.iter().rev().find_map(|one| one.channel.as_deref());
        let open: Vec<&String> = self.ways_of(step).into_iter().filter(|one| !failed.contains(&one.as_str())).collect();
        let other = open.iter().find(|one| step.other_channel && Some(one.as_str()) != last);
        other.or_else(|| open.first()).map(|one| (*one).clone())
    }

    /// The payer's channels a message may go by, the first to try first.
    fn ways_of(&self, step: &Step) -> Vec<&'a String> {
        if step.channels.is_empty() {
            return self.facts.channels.iter().collect();
        }
        let named = step.channels.iter();
        named.filter_map(|way| self.facts.channels.iter().find(|one| one.as_str() == way.as_str())).collect()
    }
}

fn later(day: NaiveDate, days: i64) -> NaiveDate {
    day.checked_add_signed(TimeDelta::days(days)).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
#[path = "due_tests.rs"]
mod tests;
