//! Orders (临时收费): what is charged once: a card, decoration waste, a job that was asked for. Recorded at the desk, taken up by the next
//! bill of the unit; until then it can be cancelled, afterwards it is corrected like any other charge.

use chrono::NaiveDate;
use hemu_domain::billing::one_off::OneOffFee;
use hemu_domain::ids::{CommunityId, FeeItemId, FeeOrderId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period, UnitLabel, UnitPrice};
use hemu_store::billing::order::{self, OrderLine, OrderRow};
use hemu_store::{DbError, Tx, community, registry, tariff};
use serde::Serialize;

use super::find_community;
use crate::audit::{self, Act};
use crate::ledger::payer_on;
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// So many orders are listed.
const NEWEST: i64 = 200;

/// An order to record.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// The unit whose payer of the day ordered it.
    pub unit: UnitLabel,
    /// The fee item, such as 门禁卡; made when it is new.
    pub item: String,
    /// How many.
    pub quantity: u32,
    /// What is counted: 张, 次, 户.
    pub counted_in: String,
    /// The price of one.
    pub price: UnitPrice,
    /// What it is for, and what the price rests on.
    pub basis: String,
    /// The month whose bill it goes on; this month when left out.
    pub period: Option<Period>,
}

/// An order that was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderMade {
    /// Its id.
    pub id: FeeOrderId,
    /// The first month whose bill may take it up.
    pub period: Period,
    /// What it comes to.
    pub amount: Fen,
}

/// An order in the list.
#[derive(Clone, Debug, Serialize)]
pub struct OrderItem {
    /// Its id.
    pub id: FeeOrderId,
    /// The unit.
    pub unit: UnitLabel,
    /// The fee item.
    pub item: String,
    /// The first month whose bill may take it up.
    pub period: Period,
    /// `2 张 × 15 元`
    pub formula: String,
    /// What it comes to.
    pub amount: Fen,
    /// What it is for.
    pub basis: String,
    /// When it was recorded.
    pub ordered_on: NaiveDate,
    /// By whom.
    pub ordered_by: String,
    /// `open`, `billed` or `cancelled`.
    pub state: &'static str,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
}

/// Records an order.
///
/// # Errors
/// [`Refusal::InvalidInput`] when something is missing, the sum is not above zero, or the month lies behind or far ahead;
/// [`Refusal::NotFound`] for an unknown unit; [`Refusal::Conflict`] when nobody pays for the unit.
pub fn record_order(app: &App, actor: &Actor, community: &str, new: &NewOrder) -> Result<OrderMade, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::TakePayment, community)?;
    let item = required("item", "收费项目", &new.item, 40)?;
    let counted_in = required("counted_in", "计量单位", &new.counted_in, 10)?;
    let basis = required("basis", "事由和依据", &new.basis, 200)?;
    let period = check_month(app, new.period)?;
    let amount = fee(new.quantity, &counted_in, new.price).amount();
    let amount = amount.filter(|amount| amount.is_positive() && *amount <= Fen::LARGEST_PAYMENT).ok_or_else(|| {
        Refusal::invalid(
            "price",
            "数量和单价相乘应大于零、不超过 10 亿元",
            "quantity x price has to be above zero and a sum that can be paid",
        )
    })?;
    app.db.write(|tx| {
        let seq = community::next_seq(tx, community, 1)?;
        let unit = registry::find_unit(tx, community, &new.unit)?
            .ok_or_else(|| Refusal::not_found("房屋", "unit", new.unit.as_str()))?;
        let accounts = registry::list_accounts_of_unit(tx, community, unit.id)?;
        let account = payer_on(&accounts, app.today(), |_| false).map(|account| account.id).ok_or_else(|| {
            Refusal::conflict(
                format!("{} 还没有缴费人，请先登记业主", unit.label),
                format!("nobody pays for {} yet", unit.label),
            )
        })?;
        let fee_item_id = find_or_make_item(tx, app, community, &item)?;
        let row = OrderRow {
            id: app.new_id(),
            account_id: account,
            unit_id: unit.id,
            fee_item_id,
            period,
            occurrence: order::next_occurrence(tx, community, (unit.id, fee_item_id), period)?,
            quantity: new.quantity,
            counted_in: counted_in.clone(),
            price: new.price,
            basis: basis.clone(),
            ordered_on: app.today(),
            ordered_by: actor.name.clone(),
        };
        order::insert(tx, community, &row, seq)?;
        let detail = serde_json::json!({ "item": item, "period": period, "amount": amount, "basis": basis });
        let act =
            Act { act: "order.record", subject_kind: "fee_order", subject_id: Some(row.id.uuid()), detail: &detail };
        audit::record(tx, app, actor, Some(community), &act)?;
        Ok(OrderMade { id: row.id, period, amount })
    })
}

/// Cancels an order that is on no bill yet.
///
/// # Errors
/// [`Refusal::Conflict`] when it is billed or cancelled already; [`Refusal::InvalidInput`] without a reason.
pub fn cancel_order(app: &App, actor: &Actor, community: &str, id: FeeOrderId, reason: &str) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::TakePayment, community)?;
    let reason = required("reason", "理由", reason, 200)?;
    app.db.write(|tx| {
        // A bill run that goes on meanwhile sees that something was recorded, and looks again.
        community::next_seq(tx, community, 1)?;
        if order::is_billed(tx, community, id)? {
            let zh = "这笔已经出账，不能取消；请申请更正应收";
            return Err(Refusal::conflict(zh, "it is on a bill: ask for a correction of the charge"));
        }
        if !order::cancel(tx, community, id, (app.today(), &actor.name, &reason))? {
            let zh = "没有这笔临时收费，或已经取消";
            return Err(Refusal::conflict(zh, "there is no such order, or it was cancelled"));
        }
        let detail = serde_json::json!({ "reason": reason });
        let act = Act { act: "order.cancel", subject_kind: "fee_order", subject_id: Some(id.uuid()), detail: &detail };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}

/// The newest orders.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn list_orders(app: &App, actor: &Actor, community: &str) -> Result<Vec<OrderItem>, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let found = app.db.read(|tx| order::list_newest(tx, community, NEWEST))?;
    Ok(found.into_iter().map(item_of).collect())
}

/// What an order is charged by.
pub(super) fn fee(quantity: u32, counted_in: &str, price: UnitPrice) -> OneOffFee {
    OneOffFee { quantity, counted_in: counted_in.to_owned(), price }
}

/// How many orders of a month or before no bill has, and what they come to.
pub(crate) fn sum_open(tx: &mut Tx<'_>, community: CommunityId, period: Period) -> Result<(i64, Fen), DbError> {
    let open = order::list_open(tx, community, period)?;
    let amount = |one: &OrderRow| fee(one.quantity, &one.counted_in, one.price).amount().unwrap_or(Fen::ZERO);
    Ok((super::count(open.len()), open.iter().map(amount).sum()))
}

fn item_of(line: OrderLine) -> OrderItem {
    let OrderLine { order, unit, item, billed, cancelled } = line;
    let fee = fee(order.quantity, &order.counted_in, order.price);
    OrderItem {
        id: order.id,
        unit,
        item,
        period: order.period,
        formula: fee.formula(),
        amount: fee.amount().unwrap_or(Fen::ZERO),
        basis: order.basis,
        ordered_on: order.ordered_on,
        ordered_by: order.ordered_by,
        state: match (billed, &cancelled) {
            (true, _) => "billed",
            (false, Some(_)) => "cancelled",
            (false, None) => "open",
        },
        cancel_reason: cancelled.map(|(_, reason)| reason),
    }
}

fn check_month(app: &App, asked: Option<Period>) -> Result<Period, Refusal> {
    let this = Period::of(app.today());
    let period = asked.unwrap_or(this);
    if (0..=12).contains(&this.months_until(period)) {
        return Ok(period);
    }
    let zh = format!("账期 {period} 应为本月或以后一年内的月份");
    Err(Refusal::invalid("period", zh, format!("the month {period} has to be this one, or one of the next twelve")))
}

fn find_or_make_item(tx: &mut Tx<'_>, app: &App, community: CommunityId, name: &str) -> Result<FeeItemId, Refusal> {
    let known = tariff::list_items(tx, community)?.into_iter().find(|(_, known, _)| known == name);
    if let Some((id, _, _)) = known {
        return Ok(id);
    }
    let id: FeeItemId = app.new_id();
    tariff::insert_item(tx, community, id, name, crate::tariff::item_kind(name))?;
    Ok(id)
}
