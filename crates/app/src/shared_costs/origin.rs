//! Where a cost comes from: an invoice, or what a master meter counted above the meters behind it; and what units used.

use std::collections::HashMap;

use hemu_domain::billing::share::ShareMethod;
use hemu_domain::ids::{CommunityId, MeterId, UnitId};
use hemu_domain::{Factor, Fen};
use hemu_store::metering::{self, MeterRow, UsageRow};
use hemu_store::{DbError, Tx};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::pool::{Cost, CostRequest};
use crate::Refusal;
use crate::entered::check_amount;

/// What is shared, and how that came to be, as it is stored.
pub fn total_of(
    tx: &mut Tx<'_>,
    community: CommunityId,
    request: &CostRequest,
    invoice: &str,
) -> Result<(Fen, Value), Refusal> {
    let (total, source) = match &request.cost {
        Cost::Invoice(total) => (*total, json!({ "invoice": invoice })),
        Cost::Master { number, price } => {
            let (master, behind) = counted(tx, community, request, number)?;
            let total = Fen::round_half_up((master - behind) * price.to_decimal()).unwrap_or(Fen::ZERO);
            let source = json!({ "invoice": invoice, "master": number.trim(), "master_usage": master.to_string(),
                "usage_behind": behind.to_string(), "price": price });
            (total, source)
        }
    };
    check_amount("total", total)?;
    Ok((total, source))
}

/// What a master meter counted in the month, and what the meters behind it did.
fn counted(
    tx: &mut Tx<'_>,
    community: CommunityId,
    request: &CostRequest,
    number: &str,
) -> Result<(Decimal, Decimal), Refusal> {
    let meters = metering::list_meters(tx, community)?;
    let is_master = |meter: &&MeterRow| meter.unit_id.is_none() && meter.number == number.trim();
    let master =
        meters.iter().find(is_master).ok_or_else(|| Refusal::not_found("总表", "master meter", number.trim()))?;
    let usage: HashMap<MeterId, UsageRow> = metering::list_of_month(tx, community, request.period, master.kind)?
        .into_iter()
        .map(|usage| (usage.meter_id, usage))
        .collect();
    let of = |meter: &MeterRow| usage.get(&meter.id).map(|usage| usage.usage.to_decimal());
    let behind: Vec<&MeterRow> =
        meters.iter().filter(|meter| meter.master_id == Some(master.id) && meter.ended_on.is_none()).collect();
    let open = behind.iter().filter(|meter| of(meter).is_none()).count();
    let Some(counted) = of(master).filter(|_| open == 0) else {
        let zh = format!("{} 总表或其后 {open} 块分表的用量未确认，请先确认抄表", request.period);
        let en = format!("usage of {} is not confirmed for the master or {open} meters behind it", request.period);
        return Err(Refusal::conflict(zh, en));
    };
    let behind: Decimal = behind.into_iter().filter_map(of).sum();
    if counted <= behind {
        let zh = format!("总表用量 {counted} 不大于分表之和 {behind}，没有可分摊的差额，请核对读数");
        let en = format!("the master counted {counted}, the meters behind it {behind}: there is nothing to share");
        return Err(Refusal::conflict(zh, en));
    }
    Ok((counted, behind))
}

/// What units used in the month, where that is how the cost is shared.
pub fn used(
    tx: &mut Tx<'_>,
    community: CommunityId,
    request: &CostRequest,
) -> Result<HashMap<UnitId, Factor>, DbError> {
    let ShareMethod::Usage { kind } = &request.method else { return Ok(HashMap::new()) };
    let mut used: HashMap<UnitId, Factor> = HashMap::new();
    for usage in metering::list_of_month(tx, community, request.period, *kind)? {
        if let Some(unit) = usage.unit_id {
            let sum = used.entry(unit).or_insert(Factor::from_stored(0));
            *sum = Factor::from_stored(sum.stored().saturating_add(usage.usage.stored()));
        }
    }
    Ok(used)
}
