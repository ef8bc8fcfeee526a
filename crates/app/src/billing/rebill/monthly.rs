//! Wrong charges of monthly fees, by area, floor, bands or tiers, and what they should have been.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use hemu_domain::billing::Explanation;
use hemu_domain::ids::{CommunityId, UnitId};
use hemu_domain::tariff::standard::StandardFormula;
use hemu_domain::{Fen, Period, UnitLabel, UnitPrice};
use hemu_store::billing::BilledUnit;
use hemu_store::ledger::reversal::{self, BilledCharge};
use hemu_store::tariff::{self, FeePriceRow, FeeStandardRow};
use hemu_store::{Tx, billing};

use super::found::{Found, Right, Wrong};
use super::{Fix, RebillRequest};
use crate::Refusal;
use crate::billing::RefusedUnit;
use crate::billing::cycle::FeeMonth;
use crate::billing::line::{Line, line};
use crate::billing::tariff::Tariff;
use crate::tariff::price_of;

/// The longest cycle of a bill, in months: a charge that begins so many before may still cover the first wrong one.
const LONGEST_CYCLE: u32 = 12;

/// The wrong charges of a standard's item.
///
/// # Errors
/// [`Refusal::NotFound`] for an unknown standard or unit; [`Refusal::InvalidInput`] for a price of zero.
pub fn find(tx: &mut Tx<'_>, community: CommunityId, request: &RebillRequest) -> Result<Found, Refusal> {
    let standard = get_standard(tx, community, request)?;
    let item = standard.fee_item_id;
    let units: HashMap<UnitId, BilledUnit> =
        billing::list_units(tx, community)?.into_iter().map(|unit| (unit.id, unit)).collect();
    let named = named_units(&units, &request.fix)?;
    let mut tariff = Tariff::load(tx, community)?;
    let right = apply(&mut tariff, request, &standard, &named)?;
    let first = (1..LONGEST_CYCLE).fold(request.from, |month, _| month.previous());
    let charges = reversal::list_billed(tx, community, item, first)?;
    let mut found = Found::about(tx, community, tariff, (item, request.from, standard.id.uuid()), right)?;
    let finder = Finder { request, units: &units, named: &named, standard: &standard };
    for charge in charges {
        finder.look_at(charge, &mut found);
    }
    Ok(found)
}

fn get_standard(tx: &mut Tx<'_>, community: CommunityId, request: &RebillRequest) -> Result<FeeStandardRow, Refusal> {
    let Some(id) = request.standard else {
        return Err(Refusal::invalid("standard", "请选择收费标准", "choose the fee standard"));
    };
    let standard = tariff::list_standards(tx, community)?.into_iter().find(|one| one.id == id);
    standard.ok_or_else(|| Refusal::not_found("收费标准", "fee standard", &id.to_string()))
}

fn named_units(units: &HashMap<UnitId, BilledUnit>, fix: &Fix) -> Result<HashSet<UnitId>, Refusal> {
    let labels = match fix {
        Fix::Standard { units } | Fix::Record { units } => units,
        Fix::Price { .. } | Fix::Bands { .. } | Fix::MeterPrice { .. } | Fix::SharedCost(_) | Fix::ServiceEnds => {
            return Ok(HashSet::new());
        }
    };
    if labels.is_empty() {
        return Err(Refusal::invalid("units", "请填写要更正的房号", "name the units to correct"));
    }
    let by_label: HashMap<&UnitLabel, UnitId> = units.values().map(|unit| (&unit.label, unit.id)).collect();
    let id = |label: &UnitLabel| {
        by_label.get(label).copied().ok_or_else(|| Refusal::not_found("房屋", "unit", label.as_str()))
    };
    labels.iter().map(id).collect()
}

/// Puts what is right into the tariff at hand; the rows to write.
fn apply(
    tariff: &mut Tariff,
    request: &RebillRequest,
    standard: &FeeStandardRow,
    named: &HashSet<UnitId>,
) -> Result<Right, Refusal> {
    let day = request.from.first_day();
    let (price, bands, basis) = match &request.fix {
        Fix::Price { price, basis } => (*price, "", basis),
        Fix::Bands { bands, basis } => (UnitPrice::from_stored(0), bands.as_str(), basis),
        Fix::Standard { .. } => {
            return Ok(Right::Fees(named.iter().map(|unit| tariff.pay_by(*unit, standard, day)).collect()));
        }
        Fix::ServiceEnds => {
            tariff.served_until = Some(request.from.previous());
            return Ok(Right::Record);
        }
        Fix::Record { .. } | Fix::MeterPrice { .. } | Fix::SharedCost(_) => return Ok(Right::Record),
    };
    let row = price_row(standard, day, (price, bands), basis)?;
    let prices = tariff.prices.entry(standard.id).or_default();
    let rows: Vec<FeePriceRow> =
        std::iter::once(row).chain(old_again(prices, (day, request.to), |one| &mut one.valid_from)).collect();
    prices.retain(|one| !rows.iter().any(|row| row.valid_from == one.valid_from));
    prices.extend(rows.iter().cloned());
    prices.sort_by_key(|one| one.valid_from);
    Ok(Right::Prices(rows))
}

/// The price that was in force before a correction holds again after its last month, unless another one begins until then.
pub fn old_again<T: Clone>(
    prices: &[T],
    (day, to): (NaiveDate, Option<Period>),
    valid_from: impl Fn(&mut T) -> &mut NaiveDate,
) -> Option<T> {
    let next = to?.next().first_day();
    let begins = |one: &T| *valid_from(&mut one.clone());
    if prices.iter().any(|one| begins(one) > day && begins(one) <= next) {
        return None;
    }
    let mut old = prices.iter().filter(|one| begins(one) <= day).max_by_key(|one| begins(one))?.clone();
    *valid_from(&mut old) = next;
    Some(old)
}

fn price_row(
    standard: &FeeStandardRow,
    day: NaiveDate,
    (price, bands): (UnitPrice, &str),
    basis: &str,
) -> Result<FeePriceRow, Refusal> {
    let formula = StandardFormula::parse(&standard.formula).map_err(|word| {
        Refusal::conflict(
            format!("计费方式“{word}”的价格不在这里更正"),
            format!("the price of the formula '{word}' is not corrected here"),
        )
    })?;
    if formula.banded_by().is_some() && bands.trim().is_empty() {
        let zh = "分段计费的标准没有单一单价，请填写正确的价格段";
        return Err(Refusal::invalid("bands", zh, "a standard by bands has no single price: give the right bands"));
    }
    let (price, bands) = price_of(formula, price, bands)?;
    let basis = crate::registry::required("basis", "依据", basis, 200)?;
    let surcharge = UnitPrice::from_stored(0);
    Ok(FeePriceRow { fee_standard_id: standard.id, valid_from: day, price, bands, surcharge, basis })
}

struct Finder<'a> {
    request: &'a RebillRequest,
    units: &'a HashMap<UnitId, BilledUnit>,
    named: &'a HashSet<UnitId>,
    standard: &'a FeeStandardRow,
}

impl Finder<'_> {
    fn look_at(&self, charge: BilledCharge, found: &mut Found) {
        let Ok(explanation) = serde_json::from_value::<Explanation>(charge.explanation.clone()) else { return };
        let last = charge.period.plus_months(explanation.months().max(1) - 1);
        let Some(unit) = self.units.get(&charge.unit_id) else { return };
        let after = self.request.to.is_some_and(|to| charge.period > to);
        if last < self.request.from
            || after
            || !explanation.is_of_months()
            || !self.concerns(&charge, last, &found.tariff)
        {
            return;
        }
        let mut unit = unit.clone();
        if !matches!(self.request.fix, Fix::Record { .. }) {
            unit.area = explanation.area().or(unit.area);
        }
        match self.lines(&charge, &explanation, &unit, last, &found.tariff) {
            Ok(lines) => {
                let becomes: Fen = lines.iter().map(|line| line.amount).sum();
                if becomes != charge.amount {
                    found.wrong.push(Wrong { unit: unit.label, explanation, charge, lines });
                }
            }
            Err(problem) => {
                found.refused.push(RefusedUnit { unit: unit.label, item: Some(found.item.clone()), problem })
            }
        }
    }

    /// Whether the correction is about a charge at all.
    fn concerns(&self, charge: &BilledCharge, last: Period, tariff: &Tariff) -> bool {
        let by_it = |month: Period| {
            month >= self.request.from
                && tariff.fees_on(charge.unit_id, month.first_day()).get(&self.standard.fee_item_id)
                    == Some(&self.standard.id)
        };
        match self.request.fix {
            Fix::Price { .. } | Fix::Bands { .. } => charge.period.up_to(last).any(by_it),
            Fix::Standard { .. } | Fix::Record { .. } => self.named.contains(&charge.unit_id),
            Fix::ServiceEnds => true,
            Fix::MeterPrice { .. } | Fix::SharedCost(_) => false,
        }
    }

    /// What should have been charged for the months of a charge.
    fn lines(
        &self,
        charge: &BilledCharge,
        explanation: &Explanation,
        unit: &BilledUnit,
        last: Period,
        tariff: &Tariff,
    ) -> Result<Vec<Line>, String> {
        let item = self.standard.fee_item_id;
        let months: Vec<FeeMonth> =
            charge.period.up_to(last).filter_map(|month| tariff.month(unit.id, item, month)).collect();
        let follow = |one: &FeeMonth, other: &FeeMonth| one.month.next() == other.month && one.goes_with(other);
        let lines: Result<Vec<Line>, String> = months
            .chunk_by(follow)
            .map(|part| {
                let mut line = line(unit, item, part, charge.due_on)?;
                line.explanation = line.explanation.for_days_of(explanation);
                line.amount = line.explanation.amount().ok_or("金额超出范围 / the amount is out of range")?;
                line.occurrence = charge.occurrence;
                Ok(line)
            })
            .collect();
        Ok(lines?.into_iter().filter(|line| line.amount.is_positive()).collect())
    }
}
