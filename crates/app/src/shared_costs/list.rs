//! Shared costs of a year: for the office with what is billed, and the figures that are to be published, which name nobody.

use std::collections::{BTreeMap, HashMap};

use hemu_domain::ids::{FeeItemId, SharePoolId};
use hemu_domain::staff::Permission;
use hemu_domain::{Factor, Fen, Period};
use hemu_store::shared_costs::{self as store, PoolCounts, SharePoolRow};
use hemu_store::tariff;
use serde::Serialize;

use super::pool::ShareItem;
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// The shared costs of a year.
#[derive(Clone, Debug, Serialize)]
pub struct PoolList {
    /// The year.
    pub year: i32,
    /// The pools, the newest month first.
    pub rows: Vec<PoolItem>,
    /// What was shared of each item, for the notice board (公示, Beijing 70(5)); cancelled pools left out.
    pub figures: Vec<YearFigure>,
}

/// A shared cost in a list.
#[derive(Clone, Debug, Serialize)]
pub struct PoolItem {
    /// Its id.
    pub id: SharePoolId,
    /// What it is charged as.
    pub item: String,
    /// The month it is billed with.
    pub period: Period,
    /// What was shared.
    pub total: Fen,
    /// The invoice.
    pub invoice: String,
    /// `area`, `household`, `floor` or `usage`.
    pub method: &'static str,
    /// The places; none is the whole community.
    pub places: Vec<String>,
    /// The sum of the weights.
    pub whole: Factor,
    /// Units that share.
    pub units: i64,
    /// Those that bear something.
    pub bearing: i64,
    /// Those whose share is on a bill.
    pub billed: i64,
    /// Who confirmed it.
    pub confirmed_by: String,
    /// Why it was cancelled.
    pub cancelled: Option<String>,
}

/// What of an item was shared in a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct YearFigure {
    /// The item.
    pub item: String,
    /// Months with a cost.
    pub months: usize,
    /// What they came to.
    pub total: Fen,
    /// How it was shared, where one way was used all year.
    pub method: Option<&'static str>,
}

/// A shared cost with every unit's share.
#[derive(Clone, Debug, Serialize)]
pub struct PoolDetails {
    /// The pool.
    pub pool: PoolItem,
    /// The shares, by unit.
    pub rows: Vec<ShareItem>,
}

/// The shared costs of a year; of this year where none is given.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a year no office can mean.
pub fn list_pools(app: &App, actor: &Actor, community: &str, year: Option<i32>) -> Result<PoolList, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let year = year.unwrap_or_else(|| Period::of(app.today()).year());
    let month = |month| Period::try_new(year, month);
    let (Ok(first), Ok(last)) = (month(1), month(12)) else {
        return Err(Refusal::invalid("year", format!("{year} 不是有效年份"), format!("{year} is no such year")));
    };
    app.db.read(|tx| {
        let items = names(tariff::list_items(tx, community)?);
        let counts = store::count(tx, community, (first, last))?;
        let pools = store::list(tx, community, (first, last))?;
        let rows: Vec<PoolItem> = pools.iter().map(|pool| item(pool, &items, &counts)).collect::<Result<_, _>>()?;
        Ok(PoolList { year, figures: figures(&rows), rows })
    })
}

/// A shared cost with every unit's share.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn show_pool(app: &App, actor: &Actor, community: &str, id: SharePoolId) -> Result<PoolDetails, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let pool = store::find(tx, community, id)?.ok_or_else(|| Refusal::not_found("公摊", "shared cost", ""))?;
        let items = names(tariff::list_items(tx, community)?);
        let counts = store::count(tx, community, (pool.period, pool.period))?;
        let shares = store::list_shares(tx, community, id)?;
        let share = |(unit, weight, amount)| ShareItem { unit, weight, amount };
        Ok(PoolDetails { pool: item(&pool, &items, &counts)?, rows: shares.into_iter().map(share).collect() })
    })
}

fn names(items: Vec<(FeeItemId, String, String)>) -> HashMap<FeeItemId, String> {
    items.into_iter().map(|(id, name, _)| (id, name)).collect()
}

fn item(
    pool: &SharePoolRow,
    items: &HashMap<FeeItemId, String>,
    counts: &HashMap<SharePoolId, PoolCounts>,
) -> Result<PoolItem, Refusal> {
    let counts = counts.get(&pool.id).copied().unwrap_or_default();
    Ok(PoolItem {
        id: pool.id,
        item: items.get(&pool.fee_item_id).cloned().unwrap_or_default(),
        period: pool.period,
        total: pool.total,
        invoice: pool.basis.clone(),
        method: store::method_of(pool)?.as_str(),
        places: serde_json::from_value(pool.scope.clone()).unwrap_or_default(),
        whole: pool.whole,
        units: counts.units,
        bearing: counts.bearing,
        billed: counts.billed,
        confirmed_by: pool.confirmed_by.clone(),
        cancelled: pool.cancelled_by.as_ref().map(|_| pool.cancel_reason.clone().unwrap_or_default()),
    })
}

fn figures(rows: &[PoolItem]) -> Vec<YearFigure> {
    let mut of_item: BTreeMap<&str, Vec<&PoolItem>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.cancelled.is_none()) {
        of_item.entry(&row.item).or_default().push(row);
    }
    let figure = |(item, rows): (&str, Vec<&PoolItem>)| {
        let months: std::collections::BTreeSet<Period> = rows.iter().map(|row| row.period).collect();
        let one_method = rows.iter().all(|row| row.method == rows[0].method);
        YearFigure {
            item: item.to_owned(),
            months: months.len(),
            total: rows.iter().map(|row| row.total).sum(),
            method: one_method.then_some(rows[0].method),
        }
    };
    of_item.into_iter().map(figure).collect()
}
