//! The parts of a case's page, as they are shown.

use chrono::NaiveDate;
use hemu_domain::collection::action::ActionState;
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::collection::decision::{Reason, TraceLine};
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::collection::policy::{Policy, StepKind};
use hemu_domain::collection::promise::PromiseState;
use hemu_domain::ids::{
    AttachmentId, ChargeId, ComplaintId, ContactPointId, HoldId, PlanId, PromiseId, StaffId, TaskId, UnitId,
};
use hemu_domain::{Fen, Period, Text, UnitLabel, hex};
use hemu_store::attachment::{AttachmentRow, Subject};
use hemu_store::collection::case::CaseRow;
use hemu_store::collection::case_page::{LastDecision, PayerAccount, PayerContact};
use hemu_store::collection::work::{ClassificationRow, HoldRow, PromiseRow, TaskRow};
use hemu_store::service::ComplaintRow;
use serde::Serialize;

use crate::clock::in_china;

/// A contact point, its value masked.
#[derive(Clone, Debug, Serialize)]
pub struct ContactItem {
    /// Its id.
    pub id: ContactPointId,
    /// `phone`, `email`, `wechat` or `address`.
    pub channel: String,
    /// The last characters.
    pub tail: String,
    /// Who answers there.
    pub relation: String,
    /// Whether it was verified.
    pub verified: bool,
    /// Whether nothing arrives there.
    pub bounced: bool,
}

/// A unit of the payer.
#[derive(Clone, Debug, Serialize)]
pub struct UnitItem {
    /// Its id.
    pub id: UnitId,
    /// Its label.
    pub unit: UnitLabel,
    /// Whether the payer owned it formerly.
    pub former: bool,
}

/// Who is liable beside the payer for what is owed for a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiableItem {
    /// The unit.
    pub unit: UnitLabel,
    /// Whether the payer is a tenant and these are the owners (物业管理条例 41); otherwise they own it together (民法典 307).
    pub is_tenant: bool,
    /// Their names, masked where the role asks for it.
    pub names: Vec<String>,
}

/// An open charge.
#[derive(Clone, Debug, Serialize)]
pub struct OwedItem {
    /// The charge.
    pub charge: ChargeId,
    /// The unit.
    pub unit: UnitLabel,
    /// The fee item.
    pub item: String,
    /// The month.
    pub period: Period,
    /// When it was due.
    pub due_on: NaiveDate,
    /// Open principal.
    pub principal: Fen,
    /// Open late fee as of today.
    pub late_fee: Fen,
    /// Area x price x months.
    pub formula: String,
    /// The clause or list it rests on.
    pub basis: String,
    /// The last day a claim for it can be brought, as things stand; `None` while it is not overdue, or before a court.
    pub limitation_on: Option<NaiveDate>,
    /// Whether that day has passed.
    pub lapsed: bool,
}

/// Cause and attitude, as staff found them.
#[derive(Clone, Debug, Serialize)]
pub struct Classified {
    /// Why the fee is not paid.
    pub cause: Text,
    /// How the payer meets the demand.
    pub attitude: Text,
    /// What it rests on.
    pub evidence: String,
    /// Who found it.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// Until when it holds.
    pub expires_on: NaiveDate,
}

/// A hold.
#[derive(Clone, Debug, Serialize)]
pub struct HoldItem {
    /// Its id.
    pub id: HoldId,
    /// Why, in the words of the trade.
    pub kind: Text,
    /// Why, in the words of who opened it.
    pub reason: String,
    /// Who opened it.
    pub by: String,
    /// When it is looked at again.
    pub review_on: NaiveDate,
    /// `case`, `charges`, `amount` or `community`.
    pub scope: String,
    /// How many charges it is about; 0 for all.
    pub charges: usize,
    /// The amount it is about; zero for all.
    pub disputed: Fen,
    /// Who is responsible for it.
    pub staff_id: Option<StaffId>,
    /// The second person.
    pub confirmed_by: Option<String>,
    /// Whether it waits for the second person.
    pub unconfirmed: bool,
    /// The document it rests on.
    pub document: Option<String>,
    /// Whether a person may release it; the others end with what they rest on.
    pub releasable: bool,
}

/// An open task.
#[derive(Clone, Debug, Serialize)]
pub struct TaskItem {
    /// Its id.
    pub id: TaskId,
    /// `call`, `visit`...
    pub kind: String,
    /// In words.
    pub name: Text,
    /// When it is due.
    pub due_on: NaiveDate,
    /// When in the day it fits.
    pub fitting_time: String,
}

/// A promise or an offer of one.
#[derive(Clone, Debug, Serialize)]
pub struct PromiseItem {
    /// Its id.
    pub id: PromiseId,
    /// Where it is.
    pub state: Text,
    /// Whether it is an offer that stands: the owner may agree to it.
    pub stands: bool,
    /// Whether it is a promise that runs.
    pub runs: bool,
    /// How much.
    pub amount: Fen,
    /// When it was given or proposed.
    pub promised_on: NaiveDate,
    /// By when.
    pub due_on: NaiveDate,
    /// The last day to agree to it, for an offer.
    pub lapses_on: Option<NaiveDate>,
    /// When it came to its end.
    pub settled_on: Option<NaiveDate>,
    /// Who took it or proposed it.
    pub by: String,
    /// Its place in the order of the case's promises, from 1.
    pub place: usize,
    /// The place of the offer it was agreed from, or of the promise it takes the place of.
    pub replaces: Option<usize>,
}

/// A signed page of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct SignedItem {
    /// Its id.
    pub id: AttachmentId,
    /// The plan.
    pub plan_id: PlanId,
    /// The hash of what was sent, in hexadecimal.
    pub sha256: String,
    /// Who added it.
    pub by: String,
    /// When.
    pub on: NaiveDate,
}

/// A complaint without an answer.
#[derive(Clone, Debug, Serialize)]
pub struct ComplaintItem {
    /// Its id.
    pub id: ComplaintId,
    /// What kind of thing it is about.
    pub kind: Text,
    /// What it is about.
    pub subject: String,
    /// Who answers.
    pub department: Text,
    /// Where it stands.
    pub state: Text,
    /// The charges it is about; all where there are none.
    pub charges: Vec<ChargeId>,
    /// The amount in dispute, where it is about an amount; else zero.
    pub disputed: Fen,
    /// By when an answer was promised.
    pub promised_on: NaiveDate,
    /// Whether that day passed.
    pub is_late: bool,
}

/// What the plan decided.
#[derive(Clone, Debug, Serialize)]
pub struct DecisionItem {
    /// The day decided for.
    pub as_of: NaiveDate,
    /// What is done, or why nothing is.
    pub what: Text,
    /// Rule by rule.
    pub trace: Vec<TraceLine>,
    /// The version of the policy.
    pub policy_version: i64,
    /// When the plan looks at the case again.
    pub next_due_on: Option<NaiveDate>,
}

/// A step of the policy, or the reason why nothing is done, for people.
#[must_use]
pub fn next_text(step_key: Option<&str>, reason: Option<&str>) -> Option<Text> {
    match (step_key, reason) {
        (Some(key), _) => Some(step_name(key)),
        (None, Some(word)) => Reason::parse(word).ok().map(Reason::label),
        (None, None) => None,
    }
}

/// The name of a step of the policy.
#[must_use]
pub fn step_name(key: &str) -> Text {
    let kind = Policy::first().find_step(key).map(|step| step.kind);
    match kind.or_else(|| StepKind::parse(key).ok()) {
        Some(kind) => kind.label(),
        None => Text::new(key, key),
    }
}

pub(super) fn contact_item(contact: PayerContact) -> ContactItem {
    ContactItem {
        id: contact.id,
        channel: contact.channel,
        tail: contact.tail,
        relation: contact.relation,
        verified: contact.verified_on.is_some(),
        bounced: contact.bounced_on.is_some(),
    }
}

pub(super) fn unit_item(account: &PayerAccount) -> UnitItem {
    UnitItem { id: account.unit_id, unit: account.unit.clone(), former: account.ends_on.is_some() }
}

pub(super) fn hold_item(hold: &HoldRow) -> HoldItem {
    HoldItem {
        id: hold.id,
        kind: HoldKind::parse(&hold.kind).map_or_else(|word| Text::new(word.clone(), word), HoldKind::label),
        reason: hold.reason.clone(),
        by: hold.opened_by.clone(),
        review_on: hold.review_on,
        scope: hold.scope.clone(),
        charges: hold.charge_ids.as_array().map_or(0, Vec::len),
        disputed: hold.disputed_fen,
        staff_id: hold.staff_id,
        unconfirmed: hold.confirmed_by.is_none()
            && HoldKind::parse(&hold.kind).is_ok_and(HoldKind::needs_second_person),
        confirmed_by: hold.confirmed_by.clone(),
        document: hold.document.clone(),
        releasable: HoldKind::parse(&hold.kind).is_ok_and(HoldKind::is_opened_by_staff),
    }
}

pub(super) fn classified(row: ClassificationRow) -> Option<Classified> {
    Some(Classified {
        cause: Cause::parse(&row.cause).ok()?.label(),
        attitude: Attitude::parse(&row.attitude).ok()?.label(),
        evidence: row.evidence,
        by: row.set_by_name,
        on: row.set_on,
        expires_on: row.expires_on,
    })
}

/// The promises and offers of a case, oldest first, each naming what it replaces.
pub(super) fn promise_items(promises: &[PromiseRow], today: NaiveDate) -> Vec<PromiseItem> {
    let place = |id: PromiseId| promises.iter().position(|one| one.id == id).map(|at| at + 1);
    let item = |(at, one): (usize, &PromiseRow)| {
        let state = PromiseState::parse(&one.state).ok();
        let in_time = one.lapses_on.is_none_or(|day| day >= today);
        PromiseItem {
            id: one.id,
            state: state.map_or_else(|| Text::new(one.state.clone(), one.state.clone()), PromiseState::label),
            stands: state == Some(PromiseState::Offered) && in_time,
            runs: state == Some(PromiseState::Active),
            amount: one.amount_fen,
            promised_on: one.promised_on,
            due_on: one.due_on,
            lapses_on: one.lapses_on,
            settled_on: one.settled_on,
            by: one.taken_by.clone(),
            place: at + 1,
            replaces: one.replaces_id.and_then(place),
        }
    };
    promises.iter().enumerate().map(item).collect()
}

/// A signed page of a plan; nothing for what is attached to something else.
pub(super) fn signed_item(row: AttachmentRow) -> Option<SignedItem> {
    let Subject::Plan(plan_id) = row.subject else { return None };
    Some(SignedItem {
        id: row.id,
        plan_id,
        sha256: hex(&row.sha256),
        by: row.added_by,
        on: in_china(row.added_at).date_naive(),
    })
}

pub(super) fn decision_item(decision: LastDecision, case: &CaseRow) -> DecisionItem {
    let what = next_text(decision.step_key.as_deref(), decision.reason.as_deref());
    DecisionItem {
        as_of: decision.as_of,
        what: what.unwrap_or_else(|| Text::new("-", "-")),
        trace: decision.trace,
        policy_version: decision.policy_version,
        next_due_on: case.next_due_on,
    }
}

pub(super) fn complaint_item(complaint: ComplaintRow, today: NaiveDate) -> ComplaintItem {
    ComplaintItem {
        id: complaint.id(),
        kind: complaint.opening.kind.label(),
        department: complaint.department.label(),
        state: complaint.state.label(),
        charges: complaint.charges(),
        disputed: complaint.opening.disputed_fen,
        subject: complaint.opening.subject,
        promised_on: complaint.promised_on,
        is_late: complaint.promised_on < today,
    }
}

pub(super) fn task_item(task: TaskRow) -> TaskItem {
    TaskItem {
        id: task.id,
        name: step_name(&task.kind),
        kind: task.kind,
        due_on: task.due_on,
        fitting_time: task.fitting_time,
    }
}

/// The outcome of a contact, for people.
#[must_use]
pub fn outcome_text(word: &str) -> Text {
    ContactOutcome::parse(word).map_or_else(|word| Text::new(word.clone(), word), ContactOutcome::label)
}

/// Where an action is in its life, for people.
#[must_use]
pub fn state_text(word: &str) -> Text {
    ActionState::parse(word).map_or_else(|word| Text::new(word.clone(), word), ActionState::label)
}
