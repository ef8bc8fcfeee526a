//! A cost is shared, confirmed, cancelled.

use std::collections::{HashMap, HashSet};

use hemu_domain::billing::share::{self, ShareError, ShareMethod, SharingUnit};
use hemu_domain::billing::share_scope::ShareScope;
use hemu_domain::ids::{CommunityId, FeeItemId, SharePoolId, UnitId};
use hemu_domain::registry::unit::Occupancy;
use hemu_domain::staff::Permission;
use hemu_domain::{Factor, Fen, Period, UnitLabel, UnitPrice};
use hemu_store::registry::UnitRow;
use hemu_store::shared_costs::{self as store, PoolShareRow, SharePoolRow};
use hemu_store::{Tx, community, registry, tariff};
use serde::Serialize;
use serde_json::json;

use super::origin;
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// The kind of a fee item that shared costs are charged as.
const KIND: &str = "shared_cost";
/// Units named in a refusal; the count tells of the rest.
const UNITS_NAMED: usize = 8;

/// A cost to share.
#[derive(Clone, Debug)]
pub struct CostRequest {
    /// What it is charged as, such as 公摊电费; made when it is new.
    pub item: String,
    /// The month it is billed with.
    pub period: Period,
    /// What it came to.
    pub cost: Cost,
    /// The invoice's number, and what it is about: printed on the bill.
    pub invoice: String,
    /// Who shares.
    pub scope: ShareScope,
    /// How.
    pub method: ShareMethod,
    /// Computes and shows, writes nothing.
    pub dry_run: bool,
}

/// Where a cost comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cost {
    /// An invoice of that amount.
    Invoice(Fen),
    /// What a master meter counted in the month above the meters behind it.
    Master {
        /// The master meter's number.
        number: String,
        /// What a m³ or kWh costs.
        price: UnitPrice,
    },
}

/// A cost as it was, or would be, shared.
#[derive(Clone, Debug, Serialize)]
pub struct CostReport {
    /// Its id, once it is confirmed.
    pub id: Option<SharePoolId>,
    /// What it is charged as.
    pub item: String,
    /// The month it is billed with.
    pub period: Period,
    /// What was shared.
    pub total: Fen,
    /// `area`, `household`, `floor` or `usage`.
    pub method: &'static str,
    /// The sum of the weights.
    pub whole: Factor,
    /// Every unit with its share.
    pub rows: Vec<ShareItem>,
    /// Units that bear a share and have nobody who pays for them: register an owner or the developer.
    pub nobody_pays: Vec<UnitLabel>,
}

/// The share of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShareItem {
    /// The unit.
    pub unit: UnitLabel,
    /// What it weighs.
    pub weight: Factor,
    /// What it bears.
    pub amount: Fen,
}

/// Shares a cost; with `dry_run` only shows how.
///
/// # Errors
/// [`Refusal::InvalidInput`] when nobody shares, a weight is missing or the month is far away; [`Refusal::Conflict`] when the invoice
/// was shared already, or the item is one of another kind.
pub fn share_cost(app: &App, actor: &Actor, community: &str, request: &CostRequest) -> Result<CostReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::IssueBills, community)?;
    let item = required("item", "收费项目", &request.item, 40)?;
    let invoice = required("invoice", "发票号或说明", &request.invoice, 120)?;
    check_month(app, request.period)?;
    if request.dry_run {
        return app.db.read(|tx| {
            find_item(tx, community, &item)?;
            let (total, _) = origin::total_of(tx, community, request, &invoice)?;
            Shared::compute(tx, community, request, total).map(|shared| shared.report(request, &item))
        });
    }
    app.db.write(|tx| {
        // Locks the community: the units are those of the moment the cost is confirmed, and one invoice is shared once.
        let seq = community::next_seq(tx, community, 1)?;
        let (total, source) = origin::total_of(tx, community, request, &invoice)?;
        let shared = Shared::compute(tx, community, request, total)?;
        let item_id = find_or_make_item(tx, app, community, &item)?;
        let mut pool = pool_row(app, &actor.name, request, &shared, (item_id, &invoice, source))?;
        refuse_shared_twice(tx, community, &pool, None)?;
        pool.occurrence = store::next_occurrence(tx, community, item_id, request.period)?;
        store::insert(tx, community, &pool, &shared.rows(app, pool.id), seq)?;
        let detail = json!({ "item": item, "period": request.period, "total": total, "invoice": invoice,
            "units": shared.units.len() });
        let act =
            Act { act: "cost.share", subject_kind: "share_pool", subject_id: Some(pool.id.uuid()), detail: &detail };
        audit::record(tx, app, actor, Some(community), &act)?;
        Ok(CostReport { id: Some(pool.id), ..shared.report(request, &item) })
    })
}

pub(super) fn check_month(app: &App, period: Period) -> Result<(), Refusal> {
    if Period::of(app.today()).months_until(period).abs() <= 11 {
        return Ok(());
    }
    let zh = format!("账期 {period} 离今天太远，请填近一年内的账期");
    Err(Refusal::invalid("period", zh, format!("the month {period} is far away: give one within a year of today")))
}

/// The item of that name; `None` when it is new.
fn find_item(tx: &mut Tx<'_>, community: CommunityId, name: &str) -> Result<Option<FeeItemId>, Refusal> {
    let known = tariff::list_items(tx, community)?.into_iter().find(|(_, known, _)| known == name);
    match known {
        Some((id, _, kind)) if kind == KIND => Ok(Some(id)),
        // A monthly fee of the same name would stand where the share belongs.
        Some(_) => Err(Refusal::conflict(
            format!("“{name}”已是别的收费项目，公摊请另起名称，如“公摊{name}”"),
            format!("{name} is another fee already: give the shared cost a name of its own"),
        )),
        None => Ok(None),
    }
}

fn find_or_make_item(tx: &mut Tx<'_>, app: &App, community: CommunityId, name: &str) -> Result<FeeItemId, Refusal> {
    if let Some(id) = find_item(tx, community, name)? {
        return Ok(id);
    }
    let id: FeeItemId = app.new_id();
    tariff::insert_item(tx, community, id, name, KIND)?;
    Ok(id)
}

pub(super) fn pool_row(
    app: &App,
    by: &str,
    request: &CostRequest,
    shared: &Shared,
    (fee_item_id, invoice, source): (FeeItemId, &str, serde_json::Value),
) -> Result<SharePoolRow, Refusal> {
    let document = |value: Result<serde_json::Value, serde_json::Error>| {
        value.map_err(|error| Refusal::Internal(error.to_string()))
    };
    Ok(SharePoolRow {
        id: app.new_id(),
        fee_item_id,
        period: request.period,
        occurrence: 1,
        total: shared.total,
        source,
        scope: document(serde_json::to_value(&request.scope))?,
        method: document(serde_json::to_value(&request.method))?,
        whole: shared.whole,
        basis: invoice.to_owned(),
        confirmed_by: by.to_owned(),
        confirmed_at: app.clock.now(),
        cancelled_by: None,
        cancel_reason: None,
    })
}

/// The same invoice over the same places in the same month is a form that was sent twice, but for the pool that is put right.
pub(super) fn refuse_shared_twice(
    tx: &mut Tx<'_>,
    community: CommunityId,
    pool: &SharePoolRow,
    put_right: Option<SharePoolId>,
) -> Result<(), Refusal> {
    let is_same = |one: &SharePoolRow| {
        one.cancelled_by.is_none()
            && Some(one.id) != put_right
            && one.fee_item_id == pool.fee_item_id
            && one.source == pool.source
            && one.scope == pool.scope
    };
    if store::list(tx, community, (pool.period, pool.period))?.iter().any(is_same) {
        let zh = format!("{} 账期已分摊过“{}”，不会重复分摊", pool.period, pool.basis);
        return Err(Refusal::conflict(zh, format!("'{}' was shared in {} already", pool.basis, pool.period)));
    }
    Ok(())
}

/// A cost split over its units.
pub(super) struct Shared {
    total: Fen,
    units: Vec<(UnitId, Factor)>,
    labels: Vec<UnitLabel>,
    amounts: Vec<Fen>,
    whole: Factor,
    nobody_pays: Vec<UnitLabel>,
}

impl Shared {
    pub(super) fn compute(
        tx: &mut Tx<'_>,
        community: CommunityId,
        request: &CostRequest,
        total: Fen,
    ) -> Result<Self, Refusal> {
        let all = registry::list_units(tx, community)?;
        if let Some(place) = request.scope.empty_place(all.iter().map(|unit| &unit.label)) {
            let zh = format!("分摊范围“{place}”里没有房屋，请检查楼栋、单元或房号");
            return Err(Refusal::invalid("scope", zh, format!("there is no unit in '{place}': check the places")));
        }
        let units: Vec<UnitRow> = all.into_iter().filter(|unit| request.scope.holds(&unit.label, unit.kind)).collect();
        let used = origin::used(tx, community, request)?;
        let weights = weigh(&request.method, &units, &used)?;
        let amounts = share::split(total, &weights).map_err(|error| refusal(&error, &[]))?;
        let whole: i128 = weights.iter().map(|(_, weight)| i128::from(weight.stored())).sum();
        let whole = i64::try_from(whole).map(Factor::from_stored).map_err(|_| {
            Refusal::invalid(
                "method",
                "系数合计超出范围，请检查面积或系数",
                "the weights add up to too much: check them",
            )
        })?;
        let paid: HashSet<UnitId> = registry::list_accounts(tx, community)?
            .into_iter()
            .filter(|account| account.ends_on.is_none_or(|end| end >= request.period.first_day()))
            .map(|account| account.unit_id)
            .collect();
        let bears = |(unit, amount): (&UnitRow, &Fen)| amount.is_positive() && !paid.contains(&unit.id);
        let nobody_pays = units.iter().zip(&amounts).filter(|one| bears(*one)).map(|(unit, _)| unit.label.clone());
        Ok(Self {
            total,
            nobody_pays: nobody_pays.collect(),
            labels: units.into_iter().map(|unit| unit.label).collect(),
            units: weights,
            amounts,
            whole,
        })
    }

    pub(super) fn rows(&self, app: &App, pool_id: SharePoolId) -> Vec<PoolShareRow> {
        let row = |((unit_id, weight), amount): (&(UnitId, Factor), &Fen)| PoolShareRow {
            id: app.new_id(),
            pool_id,
            unit_id: *unit_id,
            weight: *weight,
            amount: *amount,
        };
        self.units.iter().zip(&self.amounts).map(row).collect()
    }

    fn report(self, request: &CostRequest, item: &str) -> CostReport {
        let shares = self.units.iter().zip(self.amounts);
        CostReport {
            id: None,
            item: item.to_owned(),
            period: request.period,
            total: self.total,
            method: request.method.as_str(),
            whole: self.whole,
            rows: self
                .labels
                .into_iter()
                .zip(shares)
                .map(|(unit, ((_, weight), amount))| ShareItem { unit, weight: *weight, amount })
                .collect(),
            nobody_pays: self.nobody_pays,
        }
    }
}

/// What every unit weighs; all whose weight is missing are named together.
fn weigh(
    method: &ShareMethod,
    units: &[UnitRow],
    used: &HashMap<UnitId, Factor>,
) -> Result<Vec<(UnitId, Factor)>, Refusal> {
    let mut weights = Vec::with_capacity(units.len());
    let (mut missing, mut first) = (Vec::new(), None);
    for unit in units {
        let sharing = SharingUnit {
            id: &unit.label,
            area: unit.area,
            floor: unit.floor.or_else(|| unit.label.floor()),
            usage: used.get(&unit.id).copied(),
            vacant: unit.occupancy == Occupancy::Vacant,
        };
        match share::weight(method, &sharing) {
            Ok(weight) => weights.push((unit.id, weight)),
            Err(error) => {
                missing.push(unit.label.as_str());
                first.get_or_insert(error);
            }
        }
    }
    match first {
        Some(error) => Err(refusal(&error, &missing)),
        None => Ok(weights),
    }
}

/// Why nothing can be shared, with the units it is about.
fn refusal(error: &ShareError, units: &[&str]) -> Refusal {
    let (zh, en) = match error {
        ShareError::AreaMissing { .. } => ("没有面积，请补上或改按户分摊", "no area: enter it, or share by household"),
        ShareError::FloorMissing { .. } => {
            ("的楼层不在任何一档里，请补上楼层或加一档", "on no floor of the bands: enter the floor or add a band")
        }
        ShareError::UsageMissing { .. } => {
            ("当月没有已确认的用量，请先确认抄表", "no confirmed usage of that month: confirm the readings first")
        }
        ShareError::WeightOutOfRange { .. } => {
            return Refusal::invalid("vacant_weight", "空置系数应在 0 到 1 之间，如 0.7", error.to_string());
        }
        ShareError::NobodyShares => {
            return Refusal::invalid("scope", "没有房屋承担这笔费用：请检查范围和系数", error.to_string());
        }
        ShareError::NegativeTotal { .. } => {
            return Refusal::invalid("total", "分摊的费用不能小于零", error.to_string());
        }
    };
    let named = units.iter().take(UNITS_NAMED).copied().collect::<Vec<_>>();
    let more = if units.len() > named.len() { "…" } else { "" };
    let (count, zh_list, en_list) = (units.len(), named.join("、"), named.join(", "));
    let zh = format!("{count} 户{zh}：{zh_list}{more}");
    Refusal::invalid("method", zh, format!("{count} units: {en_list}{more} - {en}"))
}

/// Cancels a pool of which nothing is billed.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::Conflict`] when it is cancelled already or a share is on a bill.
pub fn cancel_pool(app: &App, actor: &Actor, community: &str, id: SharePoolId, reason: &str) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::IssueBills, community)?;
    let reason = required("reason", "原因", reason, 200)?;
    app.db.write(|tx| {
        // A bill run that goes on meanwhile takes the same number, and looks again at what is ready.
        community::next_seq(tx, community, 1)?;
        let pool = store::find(tx, community, id)?.ok_or_else(|| Refusal::not_found("公摊", "shared cost", ""))?;
        let counts = store::count(tx, community, (pool.period, pool.period))?;
        let billed = counts.get(&id).map_or(0, |counts| counts.billed);
        if billed > 0 {
            let zh = format!("已有 {billed} 户出账，不能取消；请用“更正账单”整笔冲回并重新分摊");
            return Err(Refusal::conflict(
                zh,
                format!("{billed} shares are on bills: correct the whole of it there (bill anew)"),
            ));
        }
        if !store::cancel(tx, community, id, (&actor.name, app.clock.now(), &reason))? {
            return Err(Refusal::conflict("这笔公摊已经取消", "this shared cost is cancelled already"));
        }
        let detail = json!({ "period": pool.period, "total": pool.total, "reason": reason });
        let act = Act { act: "cost.cancel", subject_kind: "share_pool", subject_id: Some(id.uuid()), detail: &detail };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}
