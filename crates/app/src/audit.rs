//! Audit entries (审计) of use cases.

use hemu_domain::ids::CommunityId;
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
    let entry = AuditEntry {
        id: app.new_id(),
        at: app.clock.now(),
        actor_id: actor.staff_id,
        actor_name: actor.name.clone(),
        act: act.act.to_owned(),
        subject_kind: act.subject_kind.to_owned(),
        subject_id: act.subject_id,
        detail: act.detail.clone(),
    };
    audit::append(tx, community, &entry)
}
