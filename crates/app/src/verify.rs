//! `hemu verify`: every invariant of money, cases and log over the whole database.

use hemu_domain::staff::Permission;
pub use hemu_store::check::Check;
use hemu_store::verify;
use serde::Serialize;

use crate::{Actor, App, Refusal};

/// All checks.
#[derive(Clone, Debug, Serialize)]
pub struct VerifyReport {
    /// One per invariant.
    pub checks: Vec<Check>,
}

impl VerifyReport {
    /// Whether all hold.
    #[must_use]
    pub fn in_order(&self) -> bool {
        self.checks.iter().all(|check| check.ok)
    }
}

/// Checks the whole database on one consistent state of it.
///
/// # Errors
/// [`Refusal::Forbidden`] for a role that may not read the audit trail.
pub fn verify_database(app: &App, actor: &Actor) -> Result<VerifyReport, Refusal> {
    actor.require_role(Permission::ReadAudit)?;
    Ok(VerifyReport { checks: app.db.read(|tx| verify::verify(tx, &app.sealer))? })
}
