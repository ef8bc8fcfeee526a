//! Confirmed shares of costs as lines of a bill.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::Period;
use hemu_domain::billing::{Calculation, Explanation, SharedCost};
use hemu_domain::ids::{CommunityId, SharePoolId};
use hemu_store::shared_costs::{self as store, ReadyShare, SharePoolRow};
use hemu_store::{DbError, Tx};

use super::extra::{Extra, For};
use super::line::Line;

/// Adds the shares of the given months that no bill has.
///
/// # Errors
/// When the database refuses.
pub fn add_shares(
    tx: &mut Tx<'_>,
    community: CommunityId,
    months: (Period, Period),
    due_on: NaiveDate,
    extra: &mut Extra,
) -> Result<(), DbError> {
    let pools = store::list(tx, community, months)?;
    if pools.is_empty() {
        return Ok(());
    }
    let pools: HashMap<SharePoolId, SharePoolRow> = pools.into_iter().map(|pool| (pool.id, pool)).collect();
    for share in store::list_ready(tx, community, months)? {
        if let Some(pool) = pools.get(&share.pool_id) {
            extra.add(For::Unit(share.unit_id), line(pool, &share, due_on)?);
        }
    }
    Ok(())
}

/// A share as a line of a bill.
///
/// # Errors
/// When the way of sharing is none the program knows.
pub fn line(pool: &SharePoolRow, share: &ReadyShare, due_on: NaiveDate) -> Result<Line, DbError> {
    let cost = SharedCost {
        pool: pool.id,
        total: pool.total,
        method: store::method_of(pool)?,
        weight: share.weight,
        whole: pool.whole,
        share: share.amount,
    };
    Ok(Line {
        fee_item_id: pool.fee_item_id,
        clause_id: None,
        period: pool.period,
        occurrence: pool.occurrence,
        months: 1,
        due_on,
        amount: share.amount,
        explanation: Explanation { calculation: Calculation::Shared(cost), basis: pool.basis.clone() },
    })
}
