//! A cost that was shared wrongly, shared again as it should have been: the right pool in the place of the wrong one.

use hemu_domain::Fen;
use hemu_domain::billing::share::ShareMethod;
use hemu_domain::billing::share_scope::ShareScope;
use hemu_domain::ids::{CommunityId, SharePoolId};
use hemu_store::Tx;
use hemu_store::shared_costs::{self as store, PoolShareRow, SharePoolRow};
use serde::{Deserialize, Serialize};

use super::pool::{Cost, CostRequest, Shared, check_month, pool_row, refuse_shared_twice};
use crate::entered::check_amount;
use crate::registry::required;
use crate::{App, Refusal};

/// What is right of a shared cost. What is left out stays as it was; units weigh what is on record of them by now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightCost {
    /// The wrong one.
    pub pool: SharePoolId,
    /// What it really came to.
    #[serde(default)]
    pub total: Option<Fen>,
    /// The invoice's number; empty where it was right.
    #[serde(default)]
    pub invoice: String,
    /// Who really shares.
    #[serde(default)]
    pub scope: Option<ShareScope>,
    /// How.
    #[serde(default)]
    pub method: Option<ShareMethod>,
}

/// The right pool and its shares; whoever approves confirms it.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what cannot be shared; [`Refusal::Conflict`] when another pool of the month shares the same.
pub(crate) fn share_again(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    (wrong, right): (&SharePoolRow, &RightCost),
) -> Result<(SharePoolRow, Vec<PoolShareRow>), Refusal> {
    let same_invoice = right.invoice.trim().is_empty();
    let invoice = if same_invoice {
        wrong.basis.clone()
    } else {
        required("invoice", "发票号或说明", &right.invoice, 120)?
    };
    let total = right.total.unwrap_or(wrong.total);
    check_amount("total", total)?;
    let broken = |error: serde_json::Error| Refusal::Internal(error.to_string());
    let scope = right.scope.clone().map_or_else(|| serde_json::from_value(wrong.scope.clone()).map_err(broken), Ok)?;
    let method = right.method.clone().map_or_else(|| store::method_of(wrong), Ok)?;
    let (period, cost) = (wrong.period, Cost::Invoice(total));
    let request =
        CostRequest { item: String::new(), period, cost, invoice: invoice.clone(), scope, method, dry_run: false };
    let mut source = wrong.source.clone();
    if right.total.is_some() {
        source = serde_json::json!({});
    }
    source["invoice"] = invoice.as_str().into();
    let shared = Shared::compute(tx, community, &request, total)?;
    let mut pool = pool_row(app, "", &request, &shared, (wrong.fee_item_id, &invoice, source))?;
    refuse_shared_twice(tx, community, &pool, Some(wrong.id))?;
    pool.occurrence = store::next_occurrence(tx, community, pool.fee_item_id, period)?;
    let rows = shared.rows(app, pool.id);
    Ok((pool, rows))
}

/// What is not on a bill yet is taken up by runs of a year, and by none after it.
///
/// # Errors
/// [`Refusal::InvalidInput`] when the month is further away.
pub(crate) fn check_can_be_taken_up(app: &App, pool: &SharePoolRow) -> Result<(), Refusal> {
    check_month(app, pool.period)
}
