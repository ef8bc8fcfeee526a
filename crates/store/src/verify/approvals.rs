//! Acts of two people: each was approved by another person than asked for it, and is on the audit trail as it stands.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::ids::CommunityId;
use hemu_domain::staff::approval::{ApprovalState, is_same_person};
use hemu_domain::{Fen, Period};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::approval::{self, ApprovalRow};
use crate::check::Tally;
use crate::{DbError, Tx, params};

const DECIDED: &str = "SELECT subject_id, act, actor_name FROM audit_entry
    WHERE community_id = $1 AND subject_kind = 'approval' AND act <> 'approval.ask' ORDER BY seq";

const RAISED: &str = "SELECT a.id, a.asked, c.amount_fen, c.period, c.origin FROM approval a
    LEFT JOIN charge c ON c.community_id = a.community_id AND c.id = a.result_id
    WHERE a.community_id = $1 AND a.kind = 'opening_correction' AND a.state = 'approved' ORDER BY a.seq";

const SERVICE_ENDS: &str = "SELECT c.id, c.service_ends_on, a.asked FROM contract c
    LEFT JOIN approval a ON a.community_id = c.community_id AND a.result_id = c.id AND a.kind = 'service_end'
        AND a.state = 'approved'
    WHERE c.community_id = $1 AND (c.service_ends_on IS NOT NULL OR a.id IS NOT NULL) ORDER BY c.id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[DECIDED, RAISED, SERVICE_ENDS];

/// What the audit trail says was decided, and by whom.
type Trail = HashMap<Uuid, (String, String)>;

/// Every decision has two people, and is the one on the audit trail.
pub fn approvals(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let entries =
        tx.query(DECIDED, &params![community], |row| Ok((row.take::<Option<Uuid>>()?, (row.take()?, row.take()?))))?;
    let trail: Trail = entries.into_iter().filter_map(|(id, entry)| Some((id?, entry))).collect();
    for row in approval::list(tx, community)? {
        tally.row(is_sound(&row, &trail), || format!("approval {}", row.id));
    }
    Ok(())
}

fn is_sound(row: &ApprovalRow, trail: &Trail) -> bool {
    let told = trail.get(&row.id.uuid());
    let act = match row.state {
        ApprovalState::Open | ApprovalState::Expired => return row.decision.is_none() && told.is_none(),
        ApprovalState::Approved => "approval.approve",
        ApprovalState::Refused => "approval.refuse",
        ApprovalState::Withdrawn => "approval.withdraw",
    };
    let Some(decision) = &row.decision else { return false };
    let same = is_same_person((row.asked_by_id, &row.asked_by), (decision.by_id, &decision.by));
    let people = match row.state {
        ApprovalState::Approved => !same && decision.result_id.is_some(),
        ApprovalState::Refused => !same,
        ApprovalState::Open | ApprovalState::Withdrawn | ApprovalState::Expired => true,
    };
    people && told.is_some_and(|(told, by)| told == act && *by == decision.by)
}

/// An opening balance was raised by what two people agreed on, for that month, and by nothing else.
pub fn raised_openings(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(RAISED, &params![community], |row| {
        let (id, asked): (Uuid, Json) = (row.take()?, row.take()?);
        let (amount, period): (Option<Fen>, Option<Period>) = (row.take()?, row.take()?);
        let origin: Option<String> = row.take()?;
        let act = &asked["act"];
        let agreed = act["amount"].as_str() == amount.map(|amount| amount.to_string()).as_deref()
            && act["period"].as_str() == period.map(|period| period.to_string()).as_deref();
        tally.row(agreed && origin.as_deref() == Some("opening"), || format!("opening balance raised by {id}"));
        Ok(())
    })
}

/// The service of a contract ends on the day two people agreed on, or not at all.
pub fn service_ends(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(SERVICE_ENDS, &params![community], |row| {
        let (id, on, asked): (Uuid, Option<NaiveDate>, Option<Json>) = (row.take()?, row.take()?, row.take()?);
        let agreed = asked.as_ref().and_then(|asked| asked["act"]["on"].as_str());
        tally.row(agreed == on.map(|on| on.to_string()).as_deref(), || format!("contract {id}"));
        Ok(())
    })
}
