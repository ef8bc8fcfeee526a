//! The text of a message, the attempt that carries it, and its entry in the contact log.

use hemu_domain::Fen;
use hemu_domain::collection::contact_block::Initiative;
use hemu_domain::collection::plan::Instalment;
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::AttemptId;
use hemu_domain::registry::names::{PartyKind, form_of_address};
use hemu_store::collection::facts::{self, NamedCharge};
use hemu_store::collection::step::ActionRow;
use hemu_store::community::{self, Community};
use hemu_store::outreach::attempt::AttemptRow;
use hemu_store::outreach::contact::{ContactRow, SealedPoint};
use hemu_store::{Tx, registry};
use sha2::{Digest, Sha256};

use super::{Desk, LEASE};
use crate::collection::snapshot::CaseSnapshot;
use crate::outreach::templates::{self, MessageFacts, Rendered};
use crate::{App, Refusal};

/// The text, from the balance just read: threshold and text never differ (I8).
pub(super) fn render(
    tx: &mut Tx<'_>,
    desk: &Desk<'_>,
    action: &ActionRow,
    snapshot: &CaseSnapshot,
    (late_fee, agreed): (Fen, Option<Instalment>),
) -> Result<Rendered, Refusal> {
    let community = desk.community;
    let place = community::get(tx, community)?;
    let payer = snapshot.case.party_id;
    let party = registry::find_party(tx, community, payer)?
        .ok_or_else(|| Refusal::Internal("a case without its payer".to_owned()))?;
    let kind = PartyKind::of_name(&party.name);
    let mut charges = facts::list_named_charges(tx, community, payer, desk.app.today())?;
    // What was agreed may be about charges nobody else asks for.
    let asked = if agreed.is_some() { snapshot.charges.clone() } else { snapshot.asked() };
    charges.retain(|charge| asked.iter().any(|one| one.charge_id == charge.charge_id));
    let address = form_of_address(kind, &party.name);
    let mut facts = message_facts(&place, snapshot, &charges, address);
    // The first stage does not speak of late fees (domain.md 5).
    if action.stage != Stage::Reminder.as_str() && late_fee.is_positive() {
        facts.late_fee = late_fee.grouped();
    }
    if let Some(part) = agreed {
        (facts.amount, facts.due_on) = (part.amount.grouped(), part.due_on.to_string());
    }
    let policy = desk.policies.of(snapshot.case.policy_version);
    let of_step = policy.find_step(&action.step_key).and_then(|step| step.template.clone());
    let key = of_step.or_else(|| agreed.map(|_| action.step_key.clone()));
    let fallback = if action.stage == Stage::Reminder.as_str() { "reminder" } else { "conversation_message" };
    let channel = action.channel.as_deref().unwrap_or("sms");
    templates::render(&desk.templates, key.as_deref().unwrap_or(fallback), fallback, channel, &facts)
}

fn message_facts(place: &Community, snapshot: &CaseSnapshot, charges: &[NamedCharge], address: String) -> MessageFacts {
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    let mut units: Vec<&str> = Vec::new();
    for charge in charges {
        if !units.contains(&charge.unit.as_str()) {
            units.push(charge.unit.as_str());
        }
    }
    let periods = charges.iter().map(|charge| charge.period);
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

/// A single-use try: recipient and text are sealed, the hash of the text stays readable as evidence.
pub(super) fn attempt_row(
    app: &App,
    (action, attempt_no): (&ActionRow, i64),
    gateway: &str,
    (point, recipient): (&SealedPoint, &str),
    rendered: &Rendered,
) -> AttemptRow {
    let id: AttemptId = app.new_id();
    let now = app.clock.now();
    AttemptRow {
        id,
        action_id: action.id,
        attempt_no,
        token: app.new_id(),
        channel: action.channel.clone().unwrap_or_else(|| "sms".to_owned()),
        gateway: gateway.to_owned(),
        recipient_sealed: app.sealer.seal("attempt.recipient", id.uuid(), recipient),
        recipient_tail: point.value_tail.clone(),
        // An imported number is a claim about whose it is, no proof.
        recipient_verified: point.verified_how.as_deref().is_some_and(|how| how != "import"),
        content_sealed: app.sealer.seal("attempt.content", id.uuid(), &rendered.text),
        content_hash: Sha256::digest(&rendered.text).into(),
        template_key: rendered.key.clone(),
        template_version: rendered.version,
        state: "in_flight".to_owned(),
        provider_id: None,
        provider_said: None,
        created_at: now,
        lease_until: now + LEASE,
    }
}

pub(super) fn log_entry(app: &App, snapshot: &CaseSnapshot, action: &ActionRow, channel: &str) -> ContactRow {
    let now = app.clock.now();
    ContactRow {
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
        initiative: Initiative::Ours.as_str().to_owned(),
        breach: None,
        script: None,
    }
}
