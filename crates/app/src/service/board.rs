//! 工单: the board of a community by state, and the page of one order with all that happened to it.

use chrono::{DateTime, Days, NaiveDate, Utc};
use hemu_domain::ids::{AttachmentId, CaseId, ChargeId, CommunityId, ComplaintId, UnitId};
use hemu_domain::service::course::REOPEN_WITHIN_DAYS;
use hemu_domain::service::{ComplaintEvent, ComplaintState, Department, Finding, Remedy, is_answer_late};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period, Text, UnitLabel};
use hemu_store::attachment::{self, Subject};
use hemu_store::ledger;
use hemu_store::ledger::reversal;
use hemu_store::service::board::{self, BoardLine, Which};
use hemu_store::service::{self as store, EventRow};
use hemu_store::{Tx, community};
use serde::Serialize;

use super::dispute::is_disputed_whole;
use crate::approval::{self, Asked, Requested};
use crate::reductions::service::ServiceRequest;
use crate::registry::shown_name;
use crate::{Actor, App, Refusal};

/// Orders closed longer ago than this are on their unit's page alone.
const CLOSED_DAYS: u64 = 7;
/// So many orders stand on the board.
const MOST_ORDERS: usize = 300;

/// Which orders.
#[derive(Clone, Copy, Debug, Default)]
pub struct BoardFilter {
    /// Of this department.
    pub department: Option<Department>,
    /// Taken down or worked on by whoever looks.
    pub mine: bool,
    /// Past their day.
    pub late: bool,
}

/// An order as the board shows it.
#[derive(Clone, Debug, Serialize)]
pub struct OrderItem {
    /// Its id.
    pub id: ComplaintId,
    /// Where.
    pub unit: UnitLabel,
    /// Whose, masked where the role asks for it.
    pub owner: String,
    /// What about.
    pub kind: Text,
    /// How urgent.
    pub priority: Text,
    /// Who answers.
    pub department: Text,
    /// In words.
    pub subject: String,
    /// Where it stands.
    pub state: ComplaintState,
    /// By when an answer is promised.
    pub promised_on: NaiveDate,
    /// Whether that day passed without one.
    pub is_late: bool,
    /// What was found.
    pub finding: Option<Text>,
    /// How often it was begun again.
    pub reopened: i64,
    /// Photos kept with it.
    pub photos: i64,
}

/// The orders of one state.
#[derive(Clone, Debug, Serialize)]
pub struct BoardColumn {
    /// The state.
    pub state: ComplaintState,
    /// Its orders, late ones first.
    pub rows: Vec<OrderItem>,
}

/// The board.
#[derive(Clone, Debug, Serialize)]
pub struct Board {
    /// By state, in the order of the course.
    pub columns: Vec<BoardColumn>,
    /// Orders shown that are past their day.
    pub late: usize,
    /// Whether there are more than are shown.
    pub more: bool,
}

/// The board of a community: what is open or waits for the owner, and what was closed within a week.
///
/// # Errors
/// [`Refusal::Forbidden`] outside the actor's scope.
pub fn list_orders(app: &App, actor: &Actor, community: CommunityId, filter: &BoardFilter) -> Result<Board, Refusal> {
    actor.require(Permission::Read, community)?;
    let today = app.today();
    let which = Which {
        since: today.checked_sub_days(Days::new(CLOSED_DAYS)).unwrap_or(today),
        department: filter.department.map_or("", Department::as_str),
        person: if filter.mine { &actor.name } else { "" },
        late: filter.late,
        today,
        limit: i64::try_from(MOST_ORDERS).unwrap_or(i64::MAX) + 1,
    };
    let mut lines = app.db.read(|tx| board::list_board(tx, community, &which))?;
    let more = lines.len() > MOST_ORDERS;
    lines.truncate(MOST_ORDERS);
    let items: Vec<OrderItem> = lines.iter().map(|line| order_item(actor, line, today)).collect();
    let of = |state: ComplaintState| items.iter().filter(move |item| item.state == state).cloned().collect();
    let columns = ComplaintState::ALL.iter().map(|state| BoardColumn { state: *state, rows: of(*state) }).collect();
    Ok(Board { columns, late: items.iter().filter(|item| item.is_late).count(), more })
}

fn order_item(actor: &Actor, line: &BoardLine, today: NaiveDate) -> OrderItem {
    let one = &line.complaint;
    OrderItem {
        id: one.id(),
        unit: line.unit.clone(),
        owner: shown_name(actor, &line.payer.0, &line.payer.1),
        kind: one.opening.kind.label(),
        priority: one.opening.priority.label(),
        department: one.department.label(),
        subject: one.opening.subject.clone(),
        state: one.state,
        promised_on: one.promised_on,
        is_late: is_answer_late(one.promised_on, one.answered_on, today),
        finding: one.finding.map(Finding::label),
        reopened: one.reopened,
        photos: line.photos,
    }
}

/// Something that happened to an order.
#[derive(Clone, Debug, Serialize)]
pub struct OrderEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: Text,
    /// Who.
    pub by: String,
    /// What was said about it.
    pub note: String,
}

/// A photo of an order.
#[derive(Clone, Debug, Serialize)]
pub struct OrderPhoto {
    /// Its id.
    pub id: AttachmentId,
    /// `image/jpeg`...
    pub media_type: String,
    /// Who added it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A charge an order is about.
#[derive(Clone, Debug, Serialize)]
pub struct OrderCharge {
    /// The charge.
    pub charge: ChargeId,
    /// The fee item.
    pub item: String,
    /// The month.
    pub period: Period,
    /// What is open of it.
    pub open: Fen,
}

/// An order with all that happened to it.
#[derive(Clone, Debug, Serialize)]
pub struct OrderPage {
    /// As the board shows it.
    pub order: OrderItem,
    /// Its unit.
    pub unit_id: UnitId,
    /// The case it bears on.
    pub case_id: Option<CaseId>,
    /// Where it came from.
    pub source: Text,
    /// When it was taken down.
    pub opened_on: NaiveDate,
    /// Who took it.
    pub taken_by: String,
    /// Who did the work.
    pub worked_by: Option<String>,
    /// When it was answered.
    pub answered_on: Option<NaiveDate>,
    /// What the owner was told.
    pub answer: Option<String>,
    /// What is done about it.
    pub remedy: Option<Text>,
    /// What the owner gave, 1 to 5.
    pub satisfaction: Option<i64>,
    /// The charges it is about; all of the case where there are none.
    pub charges: Vec<OrderCharge>,
    /// The amount in dispute, where it is about an amount; else zero.
    pub disputed: Fen,
    /// What may be done now: `accept`, `reroute`, `start`...
    pub acts: Vec<&'static str>,
    /// The lower fee its answer speaks of: a charge and how much, to be asked for; `None` where it speaks of none.
    pub reduction: Option<(ChargeId, Fen)>,
    /// What happened, in order.
    pub events: Vec<OrderEvent>,
    /// Photos.
    pub photos: Vec<OrderPhoto>,
}

/// What acts there are, with the events they are.
const ACTS: [(&str, ComplaintEvent); 11] = [
    ("accept", ComplaintEvent::Accepted),
    ("start", ComplaintEvent::Started),
    ("finish", ComplaintEvent::Done),
    ("verify", ComplaintEvent::Verified),
    ("send_back", ComplaintEvent::SentBack),
    ("answer", ComplaintEvent::Answered),
    ("rate", ComplaintEvent::Rated),
    ("close", ComplaintEvent::Closed),
    ("reopen", ComplaintEvent::Reopened),
    ("reroute", ComplaintEvent::Rerouted),
    ("note", ComplaintEvent::Noted),
];

/// Everything about one order.
///
/// # Errors
/// [`Refusal::NotFound`] when there is none.
pub fn show_order(app: &App, actor: &Actor, community: CommunityId, id: ComplaintId) -> Result<OrderPage, Refusal> {
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let line = board::find_line(tx, community, id)?.ok_or_else(|| Refusal::not_found("工单", "complaint", ""))?;
        let charges = charges(tx, community, &line)?;
        let events = store::list_events(tx, community, id)?;
        let photos = attachment::list(tx, community, Subject::Complaint(id))?;
        let one = &line.complaint;
        Ok(OrderPage {
            order: order_item(actor, &line, app.today()),
            unit_id: one.opening.unit_id,
            case_id: one.case_id,
            source: one.opening.source.label(),
            opened_on: one.opening.opened_on,
            taken_by: one.opening.taken_by.clone(),
            worked_by: one.worked_by.clone(),
            answered_on: one.answered_on,
            answer: one.answer.clone(),
            remedy: one.remedy.map(Remedy::label),
            satisfaction: one.satisfaction,
            disputed: one.opening.disputed_fen,
            acts: acts(app, actor, &line),
            reduction: proposed(&line, &charges),
            charges,
            events: events.into_iter().map(order_event).collect(),
            photos: photos
                .into_iter()
                .map(|one| OrderPhoto { id: one.id, media_type: one.media_type, by: one.added_by, at: one.added_at })
                .collect(),
        })
    })
}

/// What the actor may do with it now; the use case looks again.
fn acts(app: &App, actor: &Actor, line: &BoardLine) -> Vec<&'static str> {
    let one = &line.complaint;
    let own = one.worked_by.as_deref().is_some_and(|by| actor.is(one.worked_by_id, by));
    let old = one.answered_on.is_some_and(|day| (app.today() - day).num_days() > REOPEN_WITHIN_DAYS);
    let may = |act: &str, event: ComplaintEvent| match act {
        "verify" | "send_back" => !own && event.leads_from(one.state).is_some(),
        "reopen" => !old && event.leads_from(one.state).is_some(),
        _ => event.leads_from(one.state).is_some(),
    };
    ACTS.iter().filter(|(act, event)| may(act, *event)).map(|(act, _)| *act).collect()
}

fn charges(tx: &mut Tx<'_>, community: CommunityId, line: &BoardLine) -> Result<Vec<OrderCharge>, Refusal> {
    let ids = line.complaint.charges();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let open = reversal::list_charges(tx, community, &ids)?;
    let named = ledger::list_charges_by_id(tx, community, &ids)?;
    let open_of = |id: ChargeId| open.iter().find(|one| one.id == id).map_or(Fen::ZERO, |one| one.open);
    let item = |(charge, item, period)| OrderCharge { charge, item, period, open: open_of(charge) };
    Ok(named.into_iter().map(item).collect())
}

/// The lower fee an answer speaks of: the amount in dispute, else what is open of the charge it is about.
fn proposed(line: &BoardLine, charges: &[OrderCharge]) -> Option<(ChargeId, Fen)> {
    let one = &line.complaint;
    let speaks_of_it = one.remedy == Some(Remedy::Reduction) && one.state == ComplaintState::Answered;
    let of_unit = charges.iter().filter(|charge| charge.open.is_positive()).min_by_key(|charge| charge.period);
    let charge = of_unit.filter(|_| speaks_of_it)?;
    let amount = one.opening.disputed_fen;
    let whole = is_disputed_whole(one);
    Some((charge.charge, if whole { charge.open } else { amount.min(charge.open) }))
}

fn order_event(event: EventRow) -> OrderEvent {
    let label = event.kind.label();
    let word = |key: &str| event.detail.get(key).and_then(serde_json::Value::as_str);
    let number = |key: &str| event.detail.get(key).and_then(serde_json::Value::as_i64);
    let more = match event.kind {
        ComplaintEvent::Taken | ComplaintEvent::Rerouted => {
            word("department").and_then(|word| Department::parse(word).ok()).map(Department::label)
        }
        ComplaintEvent::Answered => word("finding").and_then(|word| Finding::parse(word).ok()).map(Finding::label),
        ComplaintEvent::Rated => {
            number("satisfaction").map(|given| Text::new(format!("{given} 分"), given.to_string()))
        }
        ComplaintEvent::Escalated => {
            number("level").map(|level| Text::new(format!("第 {level} 级"), format!("level {level}")))
        }
        ComplaintEvent::Accepted
        | ComplaintEvent::Started
        | ComplaintEvent::Done
        | ComplaintEvent::Verified
        | ComplaintEvent::SentBack
        | ComplaintEvent::Closed
        | ComplaintEvent::Reopened
        | ComplaintEvent::Disputed
        | ComplaintEvent::Photo
        | ComplaintEvent::Noted => None,
    };
    let what = match more {
        Some(more) => Text::new(format!("{}：{}", label.zh, more.zh), format!("{}: {}", label.en, more.en)),
        None => label,
    };
    OrderEvent { at: event.at, what, by: event.actor_name, note: event.note }
}

/// Asks for the lower fee an answer speaks of, as an act of two people; the reason is the complaint and its answer.
///
/// # Errors
/// [`Refusal::Conflict`] when the complaint was not found right; what the reduction itself refuses.
pub fn ask_reduction(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (complaint, charge, amount): (ComplaintId, ChargeId, Fen),
) -> Result<Requested, Refusal> {
    let reason = app.db.read(|tx| {
        community::get(tx, community)?;
        let found = store::find_complaint(tx, community, complaint)?;
        let found = found.ok_or_else(|| Refusal::not_found("工单", "complaint", ""))?;
        let answer = found.answer.clone().unwrap_or_default();
        let reason: String = format!("投诉：{}；答复：{answer}", found.opening.subject).chars().take(500).collect();
        Ok::<_, Refusal>(reason)
    })?;
    let asked = Asked::ServiceReduction(ServiceRequest { complaint, charge, amount });
    approval::ask(app, actor, community, &asked, &reason)
}
