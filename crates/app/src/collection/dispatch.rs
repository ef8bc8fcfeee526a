//! The outbox: sends what is due, never twice, never silently not at all (`docs/architecture.md`, the sending protocol).
//!
//! For each message, in an order that holds whatever crashes:
//! 1. *Claim*: one transaction locks the case, reads balance, holds, budget and contact points anew, and either cancels or puts
//!    off the message with its reason, or writes the attempt (recipient, text and its hash) and commits. Payments lock the
//!    same case, so no attempt is made after a payment was recorded.
//! 2. *Send once*, with a deadline shorter than the claim's lease. Nothing here tries again.
//! 3. *Acknowledge* by the attempt's token; a late acknowledgement of a claim that was resolved otherwise changes nothing.
//! 4. *Recover*: a claim whose lease ran out is asked of the provider by its key; not found there means uncertain, for a person.

mod agreed_part;
mod message;
mod recovery;

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Timelike};
use hemu_domain::collection::claim::{Verdict, judge_step};
use hemu_domain::collection::nudge::is_nudge;
use hemu_domain::collection::policy::Policy;
use hemu_domain::ids::{ActionId, AttemptId, CaseId, CommunityId};
use hemu_domain::outreach::wording::{Audience, check};
use hemu_domain::staff::Permission;
use hemu_gateways::{Answer, Gateway, Outgoing};
use hemu_store::collection::case;
use hemu_store::collection::step::{self, ActionRow};
use hemu_store::outreach::attempt::{self, Ending, EventRow};
use hemu_store::outreach::contact::{self, SealedPoint};
use hemu_store::outreach::template::{self, TemplateRow};
use hemu_store::{Tx, community};
use serde::Serialize;
use uuid::Uuid;

use self::agreed_part::find_agreed_part;
use self::message::{attempt_row, log_entry, render};
use self::recovery::{ask_a_person, recover};
use super::holds::contact_data_changed;
use super::late_fees::late_fees_of_payer;
use super::planner::freeze_lines;
use super::policies::Policies;
use super::snapshot::{self, CaseSnapshot};
use crate::clock::{china_time, in_china};
use crate::outreach::templates;
use crate::{Actor, App, Refusal};

/// How long a claim holds; a worker that takes longer is taken for dead.
const LEASE: TimeDelta = TimeDelta::seconds(120);
/// How long a send may take: well within the lease.
const SEND_TIME: Duration = Duration::from_secs(40);
/// Messages looked up in one go; each is claimed in a transaction of its own.
const BATCH: i64 = 50;

/// What became of the messages that were due.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DispatchReport {
    /// Taken by a gateway.
    pub sent: i64,
    /// Certainly not sent; the next channel is planned from the next day on.
    pub failed: i64,
    /// May have been sent: a person decides.
    pub uncertain: i64,
    /// Not needed any more (paid), or not allowed any more (hold).
    pub cancelled: i64,
    /// Put off (quiet hours, contact budget).
    pub deferred: i64,
}

/// What claiming a message came to.
enum Claim {
    Send(Box<Claimed>),
    Cancelled,
    Deferred,
    Failed,
    Gone,
}

/// A claimed message: committed, and ours to send once.
struct Claimed {
    attempt: AttemptId,
    action: ActionId,
    case: CaseId,
    token: Uuid,
    message: Outgoing,
    point: SealedPoint,
}

/// What all claims of a dispatch share.
struct Desk<'a> {
    app: &'a App,
    community: CommunityId,
    policies: Policies,
    templates: Vec<TemplateRow>,
}

/// Sends the messages of a community that are due now, and resolves claims whose worker died.
///
/// # Errors
/// [`Refusal::Forbidden`] for a role that may not run collection.
pub fn dispatch(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    gateways: &[Box<dyn Gateway>],
    policy: &Policy,
) -> Result<DispatchReport, Refusal> {
    actor.require(Permission::RunCollection, community)?;
    let mut report = DispatchReport::default();
    recover(app, community, gateways, &mut report)?;
    let list_due = || app.db.read(|tx| step::list_due_messages(tx, community, app.clock.now(), BATCH));
    let mut due = list_due()?;
    if due.is_empty() {
        return Ok(report);
    }
    // A case finishes its stage under its own version, its messages too (I12).
    let policies = app.db.read(|tx| Policies::read(tx, policy))?;
    let desk = Desk { app, community, policies, templates: texts(app)? };
    while !due.is_empty() {
        for action in &due {
            // Between two messages nothing is in doubt; the rest stays due.
            if app.is_stopping() {
                return Ok(report);
            }
            dispatch_one(&desk, gateways, action, &mut report)?;
        }
        due = list_due()?;
    }
    Ok(report)
}

/// The texts in force; those of a new installation are written first.
fn texts(app: &App) -> Result<Vec<TemplateRow>, Refusal> {
    app.db.write(|tx| {
        templates::ensure_defaults(tx, app)?;
        Ok(template::list_active(tx)?)
    })
}

fn dispatch_one(
    desk: &Desk<'_>,
    gateways: &[Box<dyn Gateway>],
    action: &ActionRow,
    report: &mut DispatchReport,
) -> Result<(), Refusal> {
    let channel = action.channel.as_deref().unwrap_or("sms");
    let gateway = gateways.iter().find(|gateway| gateway.carries(channel));
    let name = gateway.map(|gateway| gateway.name());
    let db = &desk.app.db;
    match (db.write(|tx| claim(tx, desk, action, name))?, gateway) {
        (Claim::Send(claimed), Some(gateway)) => {
            let answer = gateway.send(&claimed.message, Instant::now() + SEND_TIME);
            let ended = db.write(|tx| acknowledge(tx, desk.app, desk.community, &claimed, &answer))?;
            *counter(report, ended) += 1;
        }
        (Claim::Cancelled, _) => report.cancelled += 1,
        (Claim::Deferred, _) => report.deferred += 1,
        (Claim::Failed | Claim::Send(_), _) => report.failed += 1,
        (Claim::Gone, _) => {}
    }
    Ok(())
}

fn counter<'a>(report: &'a mut DispatchReport, ended: &str) -> &'a mut i64 {
    match ended {
        "sent" => &mut report.sent,
        "uncertain" => &mut report.uncertain,
        _ => &mut report.failed,
    }
}

/// Step 1: everything is read anew under the case's lock. The community's fact counter is locked before the case, in the order
/// payments take them, so the two never wait for each other.
fn claim(tx: &mut Tx<'_>, desk: &Desk<'_>, action: &ActionRow, gateway: Option<&str>) -> Result<Claim, Refusal> {
    let (app, community) = (desk.app, desk.community);
    let seq = community::next_seq(tx, community, 1)?;
    case::lock(tx, community, action.case_id)?;
    let Some(action) = step::find(tx, community, action.id)? else { return Ok(Claim::Gone) };
    if !matches!(action.state.as_str(), "planned" | "deferred") || action.due_at > app.clock.now() {
        return Ok(Claim::Gone);
    }
    let today = app.today();
    let Some(snapshot) = snapshot::find_one(tx, community, action.case_id, today)? else {
        return cancel(tx, desk, &action, "closed");
    };
    let policy = desk.policies.of(snapshot.case.policy_version);
    match judge_step(policy, &action.step_key, &snapshot.facts, in_china(app.clock.now()).naive_local()) {
        Verdict::Send => prepare(tx, desk, &action, &snapshot, gateway, seq),
        Verdict::Cancel(reason) => cancel(tx, desk, &action, reason),
        Verdict::Defer(until, reason) => {
            let at = china_time(until.date(), until.hour(), until.minute());
            step::defer(tx, community, action.id, reason, at)?;
            Ok(Claim::Deferred)
        }
    }
}

fn cancel(tx: &mut Tx<'_>, desk: &Desk<'_>, action: &ActionRow, reason: &str) -> Result<Claim, Refusal> {
    step::set_state(tx, desk.community, action.id, "cancelled", Some(reason), Some(desk.app.today()))?;
    Ok(Claim::Cancelled)
}

/// Freezes the figures the text speaks of, and writes the attempt with the text and its hash (I8, I20).
fn prepare(
    tx: &mut Tx<'_>,
    desk: &Desk<'_>,
    action: &ActionRow,
    snapshot: &CaseSnapshot,
    gateway: Option<&str>,
    seq: i64,
) -> Result<Claim, Refusal> {
    let (app, community) = (desk.app, desk.community);
    let channel = action.channel.as_deref().unwrap_or("sms");
    let points = contact::list_sealed_points(tx, community, snapshot.case.party_id)?;
    // What the payer asked not to be reached by since the plan is no way out any more.
    let is_open = snapshot.facts.channels.iter().any(|one| one == channel);
    let point = points.into_iter().find(|one| is_open && is_usable(one, channel));
    let (Some(point), Some(gateway)) = (point, gateway) else {
        step::set_state(tx, community, action.id, "failed_permanent", Some("no_way_out"), Some(app.today()))?;
        return Ok(Claim::Failed);
    };
    let agreed = find_agreed_part(tx, (community, app.today()), &action.step_key, snapshot)?;
    if is_nudge(&action.step_key) && agreed.is_none() {
        return cancel(tx, desk, action, "paid");
    }
    let late_fees = late_fees_of_payer(tx, community, snapshot.case.party_id, app.today())?;
    let (open, late_fee, lines) = freeze_lines(&snapshot.asked(), &late_fees, &snapshot.disputed);
    let rendered = render(tx, desk, action, snapshot, (late_fee, agreed))?;
    if !check(Audience::Private, &rendered.text).allowed {
        step::set_state(tx, community, action.id, "blocked", Some("wording"), Some(app.today()))?;
        return Ok(Claim::Cancelled);
    }
    let recipient = app.sealer.open_text("contact_point.value", point.id.uuid(), &point.value_sealed)?;
    let attempt_no = attempt::last_no(tx, community, action.id)? + 1;
    let attempt = attempt_row(app, (action, attempt_no), gateway, (&point, &recipient), &rendered);
    attempt::insert(tx, community, &attempt)?;
    step::freeze_figures(tx, community, action.id, (open, late_fee), &lines)?;
    step::set_state(tx, community, action.id, "in_flight", None, None)?;
    contact::insert(tx, community, &log_entry(app, snapshot, action, channel), seq)?;
    let message = Outgoing {
        key: attempt.id.uuid(),
        channel: channel.to_owned(),
        recipient,
        subject: "物业缴费提醒".to_owned(),
        text: rendered.text,
    };
    let (attempt, token) = (attempt.id, attempt.token);
    Ok(Claim::Send(Box::new(Claimed { attempt, action: action.id, case: action.case_id, token, message, point })))
}

fn is_usable(point: &SealedPoint, channel: &str) -> bool {
    let wanted = if channel == "sms" { "phone" } else { channel };
    point.channel == wanted
        && point.bounced_on.is_none()
        && point.verified_how.is_some()
        && matches!(point.relation.as_str(), "self" | "representative")
}

/// Step 3: what is known is written, fenced by the token.
fn acknowledge(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    claimed: &Claimed,
    answer: &Answer,
) -> Result<&'static str, Refusal> {
    let (state, provider_id, said, delivered) = match answer {
        Answer::Accepted { provider_id, delivered } => ("sent", Some(provider_id.clone()), None, *delivered),
        Answer::Refused { reason, .. } => ("failed_permanent", None, Some(reason.clone()), false),
        Answer::Unknown { reason } => ("uncertain", None, Some(reason.clone()), false),
    };
    let ending = Ending { state, provider_id, provider_said: said };
    // What is learnt of a message is a fact of its case.
    community::next_seq(tx, community, 1)?;
    if !attempt::finish(tx, community, claimed.attempt, claimed.token, &ending, app.clock.now())? {
        return Ok(state);
    }
    let today = app.today();
    let action_state = if delivered { "delivered" } else { state };
    step::set_state(tx, community, claimed.action, action_state, None, Some(today))?;
    if delivered {
        record_delivery(tx, app, community, claimed.attempt)?;
    }
    if matches!(answer, Answer::Refused { bad_address: true, .. }) {
        contact::mark_bounced(tx, community, claimed.point.id, today)?;
        if let Some(case) = case::find(tx, community, claimed.case)? {
            contact_data_changed(tx, app, community, (case.party_id, false))?;
        }
    }
    if state == "uncertain" {
        ask_a_person(tx, app, community, claimed.case, claimed.action)?;
    }
    Ok(state)
}

fn record_delivery(tx: &mut Tx<'_>, app: &App, community: CommunityId, attempt: AttemptId) -> Result<(), Refusal> {
    let now = app.clock.now();
    let event = EventRow {
        id: app.new_id(),
        attempt_id: attempt,
        kind: "delivered".to_owned(),
        provider_event_id: format!("delivered:{attempt}"),
        at: now,
        recorded_at: now,
    };
    let seq = community::next_seq(tx, community, 1)?;
    attempt::insert_event(tx, community, &event, seq)?;
    Ok(())
}
