//! A complaint stands where what happened to it has led.

use std::collections::HashMap;

use hemu_domain::ids::{CommunityId, ComplaintId};
use hemu_domain::service::course::Brought;
use hemu_domain::service::{ComplaintEvent, Course, Department, Finding};
use serde_json::Value as Json;

use super::complaint::{read, select};
use super::event;
use crate::check::Tally;
use crate::{DbError, Tx, params};

const COMPLAINTS: &str = select!("WHERE k.community_id = $1 ORDER BY k.id");
const EVENTS: &str = "SELECT id, complaint_id, kind, at, actor_id, actor_name, note, detail FROM complaint_event
    WHERE community_id = $1 ORDER BY complaint_id, seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[COMPLAINTS, EVENTS];

/// State, department, finding, satisfaction and the rest follow from the events of each complaint.
pub(crate) fn courses(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let mut events: HashMap<ComplaintId, Vec<(ComplaintEvent, Brought)>> = HashMap::new();
    tx.for_each::<DbError>(EVENTS, &params![community], |row| {
        let event = event::read(row)?;
        events.entry(event.complaint_id).or_default().push((event.kind, brought(&event.detail)));
        Ok(())
    })?;
    tx.for_each::<DbError>(COMPLAINTS, &params![community], |row| {
        let found = read(row)?;
        let happened = events.remove(&found.id()).unwrap_or_default();
        let wrong = |(_, brought): &(ComplaintEvent, Brought)| brought.finding == Some(Finding::Invalid);
        let stands = Course {
            state: found.state,
            department: found.department,
            finding: found.finding,
            satisfaction: found.satisfaction,
            reopened: found.reopened,
            escalation: found.escalation,
        };
        let follows = Course::follow(&happened) == Some(stands)
            && found.overruled == happened.iter().any(wrong)
            && found.answered_on.is_none() == found.state.is_open();
        tally.row(follows, || format!("complaint {}", found.id()));
        Ok(())
    })
}

fn brought(detail: &Json) -> Brought {
    let word = |key: &str| detail.get(key).and_then(Json::as_str).unwrap_or_default();
    let number = |key: &str| detail.get(key).and_then(Json::as_i64);
    Brought {
        department: Department::parse(word("department")).ok(),
        finding: Finding::parse(word("finding")).ok(),
        satisfaction: number("satisfaction"),
        level: number("level"),
    }
}
