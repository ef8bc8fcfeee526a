//! Audit entries (审计) of use cases.

use hemu_domain::ids::CommunityId;
use hemu_domain::staff::Permission;
use hemu_store::audit::{self, AuditEntry};
use hemu_store::{DbError, Tx};
use serde_json::Value;
use uuid::Uuid;

use crate::{Actor, App};

/// What was done, to which subject, with which details (never personal data).
pub struct Act<'a> {
    /// `noun.verb`, such as `receipt.take`.
    pub act: &'static str,
    /// The noun of the subject, such as `receipt`.
    pub subject_kind: &'static str,
    /// Which one.
    pub subject_id: Option<Uuid>,
    /// What matters of it.
    pub detail: &'a Value,
}

/// Records an act in the transaction that does it.
///
/// # Errors
/// When the database refuses.
pub fn record(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: Option<CommunityId>,
    act: &Act<'_>,
) -> Result<(), DbError> {
    audit::append(tx, community, &entry(app, actor, act))
}

/// The entry of an act that is done now.
pub(crate) fn entry(app: &App, actor: &Actor, act: &Act<'_>) -> AuditEntry {
    AuditEntry {
        id: app.new_id(),
        at: app.clock.now(),
        actor_id: actor.staff_id,
        actor_name: actor.name.clone(),
        act: act.act.to_owned(),
        subject_kind: act.subject_kind.to_owned(),
        subject_id: act.subject_id,
        detail: act.detail.clone(),
    }
}

/// An entry of the trail as pages show it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AuditItem {
    /// Its place in the chain.
    pub seq: i64,
    /// When.
    pub at: chrono::DateTime<chrono::Utc>,
    /// Who.
    pub actor: String,
    /// What was done: `receipt.take`.
    pub act: String,
    /// What matters of it.
    pub detail: Value,
}

/// The audit trail of a community, or with `None` of the company, newest first, before the entry `before`.
///
/// # Errors
/// [`crate::Refusal::Forbidden`] for a role that may not read it.
pub fn list_audit(
    app: &App,
    actor: &Actor,
    community: Option<CommunityId>,
    before: Option<i64>,
) -> Result<Vec<AuditItem>, crate::Refusal> {
    match community {
        Some(community) => actor.require(Permission::ReadAudit, community)?,
        None => actor.require_role(Permission::ReadAudit)?,
    }
    let entries = app.db.read(|tx| audit::list_before(tx, community, before.unwrap_or(i64::MAX), ROWS))?;
    let item = |(seq, entry): (i64, AuditEntry)| AuditItem {
        seq,
        at: entry.at,
        actor: entry.actor_name,
        act: entry.act,
        detail: entry.detail,
    };
    Ok(entries.into_iter().map(item).collect())
}

/// Entries of a page.
const ROWS: i64 = 100;
