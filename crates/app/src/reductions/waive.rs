//! Waivers within a role's limit need no second person: each with its reason, all of an account within thirty days counted together.
//! What is above the limit is asked for, and waits.

use chrono::Days;
use hemu_domain::Fen;
use hemu_domain::ids::CommunityId;
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::staff::Permission;
use hemu_store::reduction;
use serde::Serialize;

use super::load_rules;
use crate::approval::{Asked, Requested, ask};
use crate::billing::find_community;
use crate::ledger::adjust::{self, AdjustRequest};
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// Who approves what lies within a role's limit.
pub const WITHIN_LIMIT: &str = "限额内（无需第二人）";
/// Waivers of so many days are counted together.
const DAYS: u64 = 30;

/// What became of a waiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waived {
    /// Whether it is done; otherwise it waits for a second person.
    pub done: bool,
    /// The request that waits.
    pub request: Option<Requested>,
    /// What the person may let off of the account without a second person, after this one.
    pub left: Fen,
}

/// Lets off principal or late fee: at once within the limit of the person's role, else it is asked for.
///
/// # Errors
/// [`Refusal::InvalidInput`] without a reason, for a correction, or for more than is open; [`Refusal::Conflict`] when the same was
/// asked for and waits.
pub fn waive(
    app: &App,
    actor: &Actor,
    community: &str,
    request: &AdjustRequest,
    reason: &str,
) -> Result<Waived, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::ReversePayment, community)?;
    let reason = required("reason", "理由", reason, 500)?;
    if request.kind != AdjustmentKind::Waiver {
        return Err(Refusal::invalid("kind", "更正须由另一人审批", "a correction needs a second person"));
    }
    let (done, left) = app.db.write(|tx| {
        let position = adjust::check(tx, app, community, request)?;
        let rules = load_rules(tx, community)?;
        let since = app.today().checked_sub_days(Days::new(DAYS)).unwrap_or(app.today());
        let by = (actor.name.as_str(), WITHIN_LIMIT);
        let so_far = reduction::sum_let_off_by(tx, community, position.charge.account_id, by, since)?;
        let left = rules.alone(actor.role) - so_far - request.amount;
        if left < Fen::ZERO {
            return Ok::<_, Refusal>((false, left + request.amount));
        }
        adjust::waive_alone(tx, app, (actor, &reason, WITHIN_LIMIT), community, request)?;
        Ok((true, left))
    })?;
    let request = if done { None } else { Some(ask_second(app, actor, community, request, &reason)?) };
    Ok(Waived { done, request, left: left.max(Fen::ZERO) })
}

fn ask_second(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    request: &AdjustRequest,
    reason: &str,
) -> Result<Requested, Refusal> {
    ask(app, actor, community, &Asked::Adjustment(request.clone()), reason)
}
