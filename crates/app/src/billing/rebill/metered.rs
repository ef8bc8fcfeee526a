//! Charges of meters by wrong price steps. What a meter counted stays as it was confirmed: a wrong reading needs no correction
//! here, the next one makes good for it (the next charge begins where the last one ended).

use std::collections::HashMap;

use hemu_domain::billing::{Calculation, Explanation, MeteredFee};
use hemu_domain::ids::{CommunityId, FeeItemId, UnitId};
use hemu_domain::metering::PriceSteps;
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::ledger::reversal::{self, BilledCharge};
use hemu_store::metering::{self, PriceStepsRow};
use hemu_store::{Tx, billing, tariff};

use super::found::{Found, Right, Wrong};
use super::monthly::old_again;
use crate::billing::RefusedUnit;
use crate::billing::line::Line;
use crate::billing::tariff::Tariff;
use crate::registry::required;
use crate::{App, Refusal};

/// Confirmed usage is billed within so many months from today at the latest.
const MONTHS_AHEAD: u32 = 12;

/// The charges of an item by price steps that were wrong from a month on, up to the next ones on record.
///
/// # Errors
/// [`Refusal::NotFound`] for an item that is not metered; [`Refusal::Conflict`] when no steps were in force, or usage of these
/// months is on no bill yet.
pub fn find(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    (from, to): (Period, Option<Period>),
    (name, steps, basis): (&str, &PriceSteps, &str),
) -> Result<Found, Refusal> {
    let name = required("item", "收费项目", name, 40)?;
    let basis = required("basis", "供应单位价格文件", basis, 120)?;
    let known = tariff::list_items(tx, community)?.into_iter().find(|(_, one, kind)| *one == name && kind == "utility");
    let (item, ..) = known.ok_or_else(|| Refusal::not_found("按表计量的收费项目", "metered item", &name))?;
    refuse_unbilled(tx, app, community, (item, from))?;
    let mut prices = metering::list_prices(tx, community)?;
    prices.retain(|one| one.fee_item_id == item);
    let right = right_steps(app, &prices, from, (steps, basis))?;
    let next = prices.iter().map(|one| one.valid_from).filter(|day| *day > right.valid_from).min();
    let units: HashMap<UnitId, UnitLabel> =
        billing::list_units(tx, community)?.into_iter().map(|unit| (unit.id, unit.label)).collect();
    let mut charges = reversal::list_billed(tx, community, item, from)?;
    charges.retain(|charge| next.is_none_or(|next| charge.period.first_day() < next));
    charges.retain(|charge| to.is_none_or(|to| charge.period <= to));
    let tariff = Tariff::load(tx, community)?;
    let again = old_again(&prices, (right.valid_from, to), |one| &mut one.valid_from);
    let record = Right::MeterPrices(std::iter::once(right.clone()).chain(again).collect());
    let mut found = Found::about(tx, community, tariff, (item, from, item.uuid()), record)?;
    for charge in charges {
        let Some(unit) = units.get(&charge.unit_id) else { continue };
        look_at(charge, unit, &right, &mut found);
    }
    Ok(found)
}

/// Usage that was confirmed by the wrong steps would go on the next bill as it is.
fn refuse_unbilled(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    (item, from): (FeeItemId, Period),
) -> Result<(), Refusal> {
    let last = Period::of(app.today()).plus_months(MONTHS_AHEAD);
    let ready = metering::list_ready(tx, community, (from, last))?;
    let Some(first) = ready.iter().filter(|one| one.fee_item_id == item).map(|one| one.period).min() else {
        return Ok(());
    };
    let zh = format!("{first} 的用量已按原价确认，还没有出账：请先出账，再更正单价");
    let en =
        format!("usage of {first} is confirmed at the old price and on no bill yet: issue the bills, then correct");
    Err(Refusal::conflict(zh, en))
}

/// The right steps count as those before them did: by the month or by the year.
fn right_steps(
    app: &App,
    prices: &[PriceStepsRow],
    from: Period,
    (steps, basis): (&PriceSteps, String),
) -> Result<PriceStepsRow, Refusal> {
    let day = from.first_day();
    let Some(wrong) = prices.iter().rev().find(|one| one.valid_from <= day) else {
        let zh = format!("{from} 还没有单价，没有可更正的账单");
        return Err(Refusal::conflict(zh, format!("there was no price in {from}, so nothing was billed by one")));
    };
    let (set_by, set_at) = (String::new(), app.clock.now());
    Ok(PriceStepsRow { valid_from: day, steps: steps.clone(), basis, set_by, set_at, ..wrong.clone() })
}

fn look_at(charge: BilledCharge, unit: &UnitLabel, right: &PriceStepsRow, found: &mut Found) {
    let Ok(explanation) = serde_json::from_value::<Explanation>(charge.explanation.clone()) else { return };
    let Calculation::Metered(fee) = &explanation.calculation else { return };
    let fee = MeteredFee { steps: Some(right.steps.clone()), ..fee.clone() };
    match fee.amount().filter(|amount| amount.is_positive() && *amount <= Fen::LARGEST_PAYMENT) {
        Some(amount) if amount == charge.amount => {}
        Some(amount) => {
            let line = line_of(&charge, fee, (amount, &right.basis));
            found.wrong.push(Wrong { unit: unit.clone(), explanation, charge, lines: vec![line] });
        }
        None => {
            let problem = "按更正后的单价为零或超出范围，请核对单价 / zero or out of range at that price: check it";
            let (unit, item) = (unit.clone(), Some(found.item.clone()));
            found.refused.push(RefusedUnit { unit, item, problem: problem.to_owned() });
        }
    }
}

fn line_of(charge: &BilledCharge, fee: MeteredFee, (amount, basis): (Fen, &str)) -> Line {
    Line {
        fee_item_id: charge.fee_item_id,
        clause_id: charge.clause_id,
        period: charge.period,
        occurrence: charge.occurrence,
        months: 1,
        due_on: charge.due_on,
        amount,
        explanation: Explanation { calculation: Calculation::Metered(fee), basis: basis.to_owned() },
    }
}
