//! A shared cost that was wrong (公摊更正): all its charges are reversed, the pool is cancelled, and the cost is shared again. It
//! is whole or nothing: what one home bears too much, another bears too little (民法典 283). A home that bears a share for the
//! first time finds it on its next bill.

use std::collections::HashMap;

use hemu_domain::billing::Explanation;
use hemu_domain::ids::{CommunityId, UnitId};
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::ledger::reversal::{self, BilledCharge};
use hemu_store::shared_costs::{self as store, PoolShareRow, ReadyShare, SharePoolRow};
use hemu_store::{Tx, billing};

use super::found::{Found, Right, RightPool, Wrong};
use crate::billing::line::Line;
use crate::billing::shares::line;
use crate::billing::tariff::Tariff;
use crate::shared_costs::{RightCost, check_can_be_taken_up, share_again};
use crate::{App, Refusal};

/// The charges of a shared cost, and its right shares.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::InvalidInput`] for another month than that of the cost; [`Refusal::Conflict`] when it is
/// cancelled, or on no bill.
pub fn find(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    from: Period,
    right: &RightCost,
) -> Result<Found, Refusal> {
    let wrong = get_pool(tx, community, right, from)?;
    let mut charges = reversal::list_billed(tx, community, wrong.fee_item_id, wrong.period)?;
    charges.retain(|one| one.period == wrong.period && one.occurrence == wrong.occurrence);
    if charges.is_empty() {
        let zh = "这笔公摊还没有出账：请在公摊页取消后重新分摊";
        return Err(Refusal::conflict(zh, "this cost is on no bill yet: cancel it and share it again"));
    }
    let (pool, shares) = share_again(tx, app, community, (&wrong, right))?;
    let units: HashMap<UnitId, UnitLabel> =
        billing::list_units(tx, community)?.into_iter().map(|unit| (unit.id, unit.label)).collect();
    let before = store::list_shares(tx, community, wrong.id)?;
    let tariff = Tariff::load(tx, community)?;
    let about = (wrong.fee_item_id, wrong.period, wrong.id.uuid());
    let same = is_same(&before, &shares, &units) && wrong.total == pool.total;
    let mut left: HashMap<UnitId, PoolShareRow> = shares.iter().map(|share| (share.unit_id, *share)).collect();
    let mut found = Found::about(tx, community, tariff, about, Right::Record)?;
    if same {
        return Ok(found);
    }
    for charge in charges {
        let share = left.remove(&charge.unit_id).filter(|share| share.amount.is_positive());
        if let Some(one) = look_at(charge, &units, &pool, share)? {
            found.wrong.push(one);
        }
    }
    found.next_bill = left.into_values().map(|share| share.amount).sum();
    if found.next_bill.is_positive() {
        check_can_be_taken_up(app, &wrong)?;
    }
    found.right = Right::SharedCost(Box::new(RightPool { wrong, pool, shares }));
    Ok(found)
}

fn get_pool(tx: &mut Tx<'_>, community: CommunityId, right: &RightCost, from: Period) -> Result<SharePoolRow, Refusal> {
    let pool = store::find(tx, community, right.pool)?.ok_or_else(|| Refusal::not_found("公摊", "shared cost", ""))?;
    if pool.cancelled_by.is_some() {
        return Err(Refusal::conflict("这笔公摊已经取消", "this shared cost is cancelled already"));
    }
    if pool.period != from {
        let zh = format!("这笔公摊的账期是 {}，请按该账期更正", pool.period);
        return Err(Refusal::invalid("from", zh, format!("this cost is one of {}: give that month", pool.period)));
    }
    Ok(pool)
}

/// Whether every unit bears what it bore.
fn is_same(
    before: &[(UnitLabel, hemu_domain::Factor, Fen)],
    after: &[PoolShareRow],
    units: &HashMap<UnitId, UnitLabel>,
) -> bool {
    let before: HashMap<&UnitLabel, Fen> = before.iter().map(|(unit, _, amount)| (unit, *amount)).collect();
    let same =
        |share: &PoolShareRow| units.get(&share.unit_id).and_then(|unit| before.get(unit)) == Some(&share.amount);
    before.len() == after.len() && after.iter().all(same)
}

fn look_at(
    charge: BilledCharge,
    units: &HashMap<UnitId, UnitLabel>,
    pool: &SharePoolRow,
    share: Option<PoolShareRow>,
) -> Result<Option<Wrong>, Refusal> {
    let explanation = serde_json::from_value::<Explanation>(charge.explanation.clone());
    let Some((explanation, unit)) = explanation.ok().zip(units.get(&charge.unit_id)) else { return Ok(None) };
    let ready = |share: PoolShareRow| ReadyShare {
        pool_id: pool.id,
        unit_id: share.unit_id,
        weight: share.weight,
        amount: share.amount,
    };
    let new: Option<Line> = share.map(|share| line(pool, &ready(share), charge.due_on)).transpose()?;
    Ok(Some(Wrong { unit: unit.clone(), explanation, charge, lines: new.into_iter().collect() }))
}
