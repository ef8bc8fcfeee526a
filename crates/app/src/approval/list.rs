//! The requests that wait, and those decided last.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{ApprovalId, CommunityId};
use hemu_domain::staff::Permission;
use hemu_domain::staff::approval::{ApprovalKind, ApprovalState};
use hemu_store::approval::{self as store, ApprovalRow};
use serde::Serialize;
use uuid::Uuid;

use super::asked::{About, Asked, Stored};
use crate::{Actor, App, Refusal};

/// Requests that were decided last.
const DECIDED_ROWS: i64 = 20;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApprovalItem {
    /// Its id.
    pub id: ApprovalId,
    /// What kind of act.
    pub kind: ApprovalKind,
    /// The act.
    pub asked: Asked,
    /// What it is about.
    pub about: About,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// The last day to approve it.
    pub expires_on: NaiveDate,
    /// What became of it.
    pub state: ApprovalState,
    /// Whether whoever looks asked for it: then another person decides.
    pub own: bool,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why not.
    pub answer: Option<String>,
    /// The matter, charge or letter it led to.
    pub result: Option<Uuid>,
}

/// What waits, and what was decided last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApprovalList {
    /// Those that wait, in the order they came.
    pub open: Vec<ApprovalItem>,
    /// Those decided last, the newest first.
    pub decided: Vec<ApprovalItem>,
}

/// The requests of a community that wait today, and those decided last.
///
/// # Errors
/// [`Refusal::Forbidden`] when the person may not read there.
pub fn list_approvals(app: &App, actor: &Actor, community: CommunityId) -> Result<ApprovalList, Refusal> {
    actor.require(Permission::Read, community)?;
    let (open, decided) = app.db.read(|tx| {
        let open = store::list_open(tx, community, app.today())?;
        Ok::<_, Refusal>((open, store::list_decided(tx, community, DECIDED_ROWS)?))
    })?;
    let items = |rows: Vec<ApprovalRow>| rows.into_iter().map(|row| item(actor, row)).collect::<Result<_, _>>();
    Ok(ApprovalList { open: items(open)?, decided: items(decided)? })
}

fn item(actor: &Actor, row: ApprovalRow) -> Result<ApprovalItem, Refusal> {
    let Stored { act, about } = Stored::read(&row)?;
    let decision = row.decision;
    Ok(ApprovalItem {
        own: actor.is(row.asked_by_id, &row.asked_by),
        id: row.id,
        kind: row.kind,
        asked: act,
        about,
        reason: row.reason,
        asked_by: row.asked_by,
        asked_at: row.asked_at,
        expires_on: row.expires_on,
        state: row.state,
        decided_by: decision.as_ref().map(|one| one.by.clone()),
        decided_at: decision.as_ref().map(|one| one.at),
        result: decision.as_ref().and_then(|one| one.result_id),
        answer: decision.and_then(|one| one.answer),
    })
}
