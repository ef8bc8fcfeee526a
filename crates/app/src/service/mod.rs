//! Service (客诉工单): a complaint from the first word to the owner's satisfaction (P5, C4).
//!
//! It is taken down ([`take`]) with the part of the debt it is about ([`dispute`]): that part rests until the answer. Its department
//! accepts it, works, is done; another person verifies; the owner is answered, rates the answer, and it is closed or begins again
//! ([`mod@act`]), as the board shows ([`board`]). Photos lie beside it ([`photos`]). Past its day it is told to the manager
//! ([`overdue`]). Every step is an event that stays.

pub mod act;
pub mod board;
pub mod dispute;
pub mod overdue;
pub mod photos;
pub mod take;

pub use act::{Act, act};
pub use dispute::dispute_charges;
pub use overdue::escalate_late;
pub(crate) use photos::{PLACE, attachment_row, judge_photo, read_attachment};
pub use photos::{Photo, add_photo, read_photo};
pub use take::{About, NewComplaint, take_complaint};

use hemu_domain::ids::{CommunityId, ComplaintId};
use hemu_domain::service::ComplaintEvent;
use hemu_domain::staff::Permission;
use hemu_store::service::{self as store, ComplaintRow, EventRow};
use hemu_store::{Tx, community};
use serde_json::Value as Json;

use crate::audit::{self, Act as AuditAct};
use crate::{Actor, App, Refusal};

/// Whoever works with owners or for a department may.
fn require_either(actor: &Actor, community: CommunityId) -> Result<(), Refusal> {
    actor.require(Permission::WorkCases, community).or_else(|_| actor.require(Permission::AnswerComplaints, community))
}

/// A complaint, the community's facts locked.
fn locked(tx: &mut Tx<'_>, community: CommunityId, id: ComplaintId) -> Result<ComplaintRow, Refusal> {
    community::next_seq(tx, community, 0)?;
    store::find_complaint(tx, community, id)?.ok_or_else(|| Refusal::not_found("工单", "complaint", ""))
}

/// Writes what happened, and its audit entry.
fn record(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    (community, complaint): (CommunityId, ComplaintId),
    (kind, note, detail): (ComplaintEvent, &str, Json),
) -> Result<(), Refusal> {
    let event = EventRow {
        id: app.new_id(),
        complaint_id: complaint,
        kind,
        at: app.clock.now(),
        actor_id: actor.staff_id,
        actor_name: actor.name.clone(),
        note: note.to_owned(),
        detail: detail.clone(),
    };
    let seq = community::next_seq(tx, community, 1)?;
    store::insert_event(tx, community, &event, seq)?;
    let act = match kind {
        ComplaintEvent::Taken => "complaint.take",
        ComplaintEvent::Answered => "complaint.answer",
        ComplaintEvent::Disputed => "complaint.dispute",
        ComplaintEvent::Photo => "complaint.photo",
        ComplaintEvent::Escalated => "complaint.escalate",
        ComplaintEvent::Accepted
        | ComplaintEvent::Rerouted
        | ComplaintEvent::Started
        | ComplaintEvent::Done
        | ComplaintEvent::Verified
        | ComplaintEvent::SentBack
        | ComplaintEvent::Rated
        | ComplaintEvent::Closed
        | ComplaintEvent::Reopened
        | ComplaintEvent::Noted => "complaint.move",
    };
    let detail = serde_json::json!({ "event": kind, "detail": detail });
    let entry = AuditAct { act, subject_kind: "complaint", subject_id: Some(complaint.uuid()), detail: &detail };
    Ok(audit::record(tx, app, actor, Some(community), &entry)?)
}
