//! The outbox: sends what is due, never twice, never silently not at all (`docs/architecture.md`, the sending protocol).
//!
//! For each message, in an order that holds whatever crashes:
//! 1. *Claim*: one transaction locks the case, reads balance, holds, budget and contact points anew, and either cancels or puts
//!    off the message with its reason, or writes the attempt (recipient, text and its hash) and commits. Payments lock the
//!    same case, so no attempt is made after a payment was recorded.
//! 2. *Send once*, with a deadline shorter than the claim's lease. Nothing here tries again.
//! 3. *Acknowledge* by the attempt's token; a late acknowledgement of a claim that was resolved otherwise changes nothing.
//! 4. *Recover*: a claim whose lease ran out is asked of the provider by its key; not found there means uncertain, for a person.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use hemu_domain::collection::claim::{Verdict, judge};
use hemu_domain::collection::policy::Policy;
use hemu_domain::ids::{ActionId, AttemptId, CaseId, CommunityId};
use hemu_domain::outreach::wording::{Audience, check};
use hemu_domain::registry::names::{PartyKind, form_of_address};
use hemu_domain::staff::Permission;
use hemu_gateways::{Answer, Found, Gateway, Outgoing};
use hemu_store::collection::case;
use hemu_store::collection::step::{self, ActionRow};
use hemu_store::collection::work::{self, TaskRow};
use hemu_store::community::{self, Community};
use hemu_store::outreach::attempt::{self, AttemptRow, Ending, EventRow};
use hemu_store::outreach::contact::{self, ContactRow, SealedPoint};
use hemu_store::outreach::template;
use hemu_store::{Tx, registry};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::snapshot::{CaseSnapshot, one_case};
use crate::clock::{china_time, in_china};
use crate::outreach::templates::{self, MessageFacts, Rendered};
use crate::{Actor, App, Refusal};

/// How long a claim holds; a worker that takes longer is taken for dead.
const LEASE: TimeDelta = TimeDelta::seconds(120);
/// How long a send may take: well within the lease.
const SEND_TIME: Duration = Duration::from_secs(40);
/// Messages looked up in one go.
const BATCH: i64 = 500;

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
    loop {
        let due = app.db.read(|tx| step::list_due_messages(tx, community, app.clock.now(), BATCH))?;
        if due.is_empty() {
            return Ok(report);
        }
        for action in &due {
            // Between two messages nothing is in doubt; the rest stays due.
            if app.is_stopping() {
                return Ok(report);
            }
            dispatch_one(app, community, gateways, policy, action, &mut report)?;
        }
    }
}

fn dispatch_one(
    app: &App,
    community: CommunityId,
    gateways: &[Box<dyn Gateway>],
    policy: &Policy,
    action: &ActionRow,
    report: &mut DispatchReport,
) -> Result<(), Refusal> {
    let channel = action.channel.as_deref().unwrap_or("sms");
    let gateway = gateways.iter().find(|gateway| gateway.carries(channel));
    let name = gateway.map(|gateway| gateway.name());
    match (app.db.write(|tx| claim(tx, app, community, policy, action, name))?, gateway) {
        (Claim::Send(claimed), Some(gateway)) => {
            let answer = gateway.send(&claimed.message, Instant::now() + SEND_TIME);
            let ended = app.db.write(|tx| acknowledge(tx, app, community, &claimed, &answer))?;
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

/// Step 1: everything is read anew under the case's lock.
fn claim(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    policy: &Policy,
    action: &ActionRow,
    gateway: Option<&str>,
) -> Result<Claim, Refusal> {
    case::lock(tx, community, action.case_id)?;
    let Some(action) = step::find(tx, community, action.id)? else { return Ok(Claim::Gone) };
    if !matches!(action.state.as_str(), "planned" | "deferred") || action.due_at > app.clock.now() {
        return Ok(Claim::Gone);
    }
    let today = app.today();
    let snapshot = one_case(tx, community, action.case_id, today)?;
    match judge(policy, &snapshot.facts, in_china(app.clock.now()).naive_local()) {
        Verdict::Send => prepare(tx, app, community, policy, &action, &snapshot, gateway),
        Verdict::Cancel(reason) => {
            step::set_state(tx, community, action.id, "cancelled", Some(reason), Some(today))?;
            Ok(Claim::Cancelled)
        }
        Verdict::Defer(until, reason) => {
            use chrono::Timelike;
            let at = china_time(until.date(), until.hour(), until.minute());
            step::defer(tx, community, action.id, reason, at)?;
            Ok(Claim::Deferred)
        }
    }
}

fn prepare(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    policy: &Policy,
    action: &ActionRow,
    snapshot: &CaseSnapshot,
    gateway: Option<&str>,
) -> Result<Claim, Refusal> {
    let channel = action.channel.as_deref().unwrap_or("sms");
    let points = contact::list_sealed_points(tx, community, snapshot.case.party_id)?;
    let wanted = if channel == "sms" { "phone" } else { channel };
    let usable = |point: &SealedPoint| {
        point.channel == wanted
            && point.bounced_on.is_none()
            && point.verified_how.is_some()
            && matches!(point.relation.as_str(), "self" | "representative")
    };
    let (Some(point), Some(gateway)) = (points.into_iter().find(usable), gateway) else {
        step::set_state(tx, community, action.id, "failed_permanent", Some("no_way_out"), Some(app.today()))?;
        return Ok(Claim::Failed);
    };
    let rendered = render(tx, app, community, policy, action, snapshot)?;
    if !check(Audience::Private, &rendered.text).allowed {
        step::set_state(tx, community, action.id, "blocked", Some("wording"), Some(app.today()))?;
        return Ok(Claim::Cancelled);
    }
    let recipient = app.sealer.open_text("contact_point.value", point.id.uuid(), &point.value_sealed)?;
    let attempt = attempt_row(tx, app, community, action, gateway, &point, &recipient, &rendered)?;
    attempt::insert(tx, community, &attempt)?;
    step::set_state(tx, community, action.id, "in_flight", None, None)?;
    log(tx, app, community, snapshot, action, channel)?;
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

fn attempt_row(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    action: &ActionRow,
    gateway: &str,
    point: &SealedPoint,
    recipient: &str,
    rendered: &Rendered,
) -> Result<AttemptRow, Refusal> {
    let id: AttemptId = app.new_id();
    let now = app.clock.now();
    Ok(AttemptRow {
        id,
        action_id: action.id,
        attempt_no: attempt::last_no(tx, community, action.id)? + 1,
        token: app.new_id(),
        channel: action.channel.clone().unwrap_or_else(|| "sms".to_owned()),
        gateway: gateway.to_owned(),
        recipient_sealed: app.sealer.seal("attempt.recipient", id.uuid(), recipient),
        recipient_tail: point.value_tail.clone(),
        content_sealed: app.sealer.seal("attempt.content", id.uuid(), &rendered.text),
        content_hash: Sha256::digest(&rendered.text).into(),
        template_key: rendered.key.clone(),
        template_version: rendered.version,
        state: "in_flight".to_owned(),
        provider_id: None,
        provider_said: None,
        created_at: now,
        lease_until: now + LEASE,
    })
}

/// The text, from the balance just read: threshold and text never differ (I8).
fn render(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    policy: &Policy,
    action: &ActionRow,
    snapshot: &CaseSnapshot,
) -> Result<Rendered, Refusal> {
    templates::ensure_defaults(tx, app)?;
    let active = template::list_active(tx)?;
    let place = community::get(tx, community)?;
    let party = registry::find_party(tx, community, snapshot.case.party_id)?
        .ok_or_else(|| Refusal::Internal("a case without its payer".to_owned()))?;
    let kind = PartyKind::of_name(&party.name);
    let facts = message_facts(&place, snapshot, form_of_address(kind, &party.name));
    let key = policy.find_step(&action.step_key).and_then(|step| step.template.clone());
    let fallback = if action.stage == "reminder" { "reminder" } else { "conversation_message" };
    templates::render(
        &active,
        key.as_deref().unwrap_or(fallback),
        fallback,
        action.channel.as_deref().unwrap_or("sms"),
        &facts,
    )
}

fn message_facts(place: &Community, snapshot: &CaseSnapshot, address: String) -> MessageFacts {
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    let mut units: Vec<&str> = snapshot.charges.iter().map(|charge| charge.unit.as_str()).collect();
    units.dedup();
    let periods = snapshot.charges.iter().map(|charge| charge.period);
    let (first, last) = (periods.clone().min(), periods.max());
    let span = match (first, last) {
        (Some(first), Some(last)) if first != last => format!("{first} 至 {last}"),
        (Some(first), _) => first.to_string(),
        (None, _) => String::new(),
    };
    MessageFacts {
        community: place.name.clone(),
        address,
        unit: units.join("、"),
        periods: span,
        amount: (snapshot.facts.overdue - snapshot.facts.disputed).grouped(),
        late_fee: String::new(),
        due_on: snapshot.facts.oldest_due.to_string(),
        how_to_pay: or(&place.pay_account, "物业服务中心收费台"),
        steward: "物业服务中心".to_owned(),
        phone: or(&place.service_phone, "（小区公示的服务电话）"),
    }
}

fn log(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    snapshot: &CaseSnapshot,
    action: &ActionRow,
    channel: &str,
) -> Result<(), Refusal> {
    let now = app.clock.now();
    let entry = ContactRow {
        id: app.new_id(),
        case_id: Some(snapshot.case.id),
        party_id: snapshot.case.party_id,
        action_id: Some(action.id),
        channel: channel.to_owned(),
        direction: "out".to_owned(),
        outcome: "SENT".to_owned(),
        right_party: false,
        happened_at: now,
        happened_on: app.today(),
        note_sealed: None,
        next_step: None,
        next_on: None,
        staff_id: None,
        staff_name: "系统".to_owned(),
        recorded_at: now,
    };
    let seq = community::next_seq(tx, community, 1)?;
    Ok(contact::insert(tx, community, &entry, seq)?)
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

fn ask_a_person(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    case: CaseId,
    action: ActionId,
) -> Result<(), Refusal> {
    let task = TaskRow {
        id: app.new_id(),
        case_id: Some(case),
        action_id: Some(action),
        kind: "resolve_uncertain".to_owned(),
        title: "消息可能已发出，请核实".to_owned(),
        staff_id: None,
        due_on: app.today(),
        fitting_time: "工作日".to_owned(),
        state: "open".to_owned(),
        result: None,
        created_on: app.today(),
        done_on: None,
        done_by: None,
    };
    Ok(work::insert_task(tx, community, &task)?)
}

/// Step 4: claims whose worker died are asked of the provider; what it does not have is uncertain, never sent again.
fn recover(
    app: &App,
    community: CommunityId,
    gateways: &[Box<dyn Gateway>],
    report: &mut DispatchReport,
) -> Result<(), Refusal> {
    for expired in app.db.read(|tx| attempt::list_expired(tx, community, app.clock.now()))? {
        let gateway = gateways.iter().find(|gateway| gateway.name() == expired.gateway);
        let found = gateway.map_or(Found::CannotTell, |gateway| gateway.find(expired.id.uuid()));
        let (state, provider_id) = match found {
            Found::Sent { provider_id } => ("sent", Some(provider_id)),
            Found::Absent | Found::CannotTell => ("uncertain", None),
        };
        let ending = Ending { state, provider_id, provider_said: Some("recovered".to_owned()) };
        app.db.write(|tx| resolve(tx, app, community, &expired, &ending))?;
        *counter(report, state) += 1;
    }
    Ok(())
}

fn resolve(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    expired: &AttemptRow,
    ending: &Ending,
) -> Result<(), Refusal> {
    if !attempt::finish(tx, community, expired.id, expired.token, ending, app.clock.now())? {
        return Ok(());
    }
    step::set_state(tx, community, expired.action_id, ending.state, Some("recovered"), Some(app.today()))?;
    if ending.state == "uncertain"
        && let Some(action) = step::find(tx, community, expired.action_id)?
    {
        ask_a_person(tx, app, community, action.case_id, action.id)?;
    }
    Ok(())
}
