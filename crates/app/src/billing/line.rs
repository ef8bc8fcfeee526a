//! What a line of a bill comes to, and why: the formula of the standard, the price in force, the contract's way of rounding.
//!
//! A line that cannot be computed says what is missing and what to do. It is never zero instead.

use chrono::NaiveDate;
use hemu_domain::billing::banded::{BandedFee, Tier};
use hemu_domain::billing::explanation::Calculation;
use hemu_domain::billing::{Explanation, MonthlyFee};
use hemu_domain::ids::{ClauseId, FeeItemId};
use hemu_domain::tariff::band::{self, Band, BandedBy, Bands};
use hemu_domain::tariff::due::BilledAt;
use hemu_domain::tariff::standard::StandardFormula;
use hemu_domain::{Area, Fen, Period, UnitPrice};
use hemu_store::billing::BilledUnit;
use hemu_store::tariff::FeePriceRow;

use super::cycle::FeeMonth;

/// The owner's days of the month of a handover are its second charge, whichever is written first.
pub const OWNERS_DAYS: i64 = 2;

/// A charge to be.
#[derive(Clone)]
pub struct Line {
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// The clause.
    pub clause_id: Option<ClauseId>,
    /// The first month it covers.
    pub period: Period,
    /// Which charge of that account, item and month; a monthly fee has one.
    pub occurrence: i64,
    /// How many months.
    pub months: usize,
    /// When it is due.
    pub due_on: NaiveDate,
    /// How much.
    pub amount: Fen,
    /// Why.
    pub explanation: Explanation,
}

/// When months of a bill of `period` are due: counted from the first of them where they are paid ahead, from the month of the
/// bill where they are not.
pub fn due_on(months: &[FeeMonth<'_>], period: Period) -> Option<NaiveDate> {
    let first = months.first()?;
    let counts_from = match first.contract.billed_at {
        BilledAt::CycleStart => first.month,
        BilledAt::CycleEnd => period,
    };
    let (rule, day) = match first.standard.due_rule {
        Some(rule) => (rule, u32::try_from(first.standard.due_day.unwrap_or(31)).unwrap_or(31)),
        None => (first.contract.due_rule, first.contract.due_day),
    };
    Some(rule.due_on(counts_from, day))
}

/// The charge of months in a row that go by one price.
///
/// # Errors
/// Why it cannot be computed, and what to do.
pub fn line(unit: &BilledUnit, item: FeeItemId, part: &[FeeMonth<'_>], due_on: NaiveDate) -> Result<Line, String> {
    let mut explanation = explain(unit, &part[0], part.len())?;
    if let Some(days) = part[0].days {
        explanation = explanation.for_days((days.days, days.of), days.rest);
    }
    let owners_days = part[0].days.is_some_and(|days| !days.rest);
    let amount = explanation.amount().filter(|amount| *amount <= Fen::LARGEST_PAYMENT);
    let amount = amount.ok_or("金额超出范围，请检查面积和单价 / the amount is out of range")?;
    Ok(Line {
        fee_item_id: item,
        clause_id: part[0].clause,
        period: part[0].month,
        occurrence: if owners_days { OWNERS_DAYS } else { 1 },
        months: part.len(),
        due_on,
        amount,
        explanation,
    })
}

/// The factors of some months of a fee.
///
/// # Errors
/// Which of them is missing.
pub fn explain(unit: &BilledUnit, first: &FeeMonth<'_>, months: usize) -> Result<Explanation, String> {
    let price = first.price.ok_or("没有生效的单价，请先设置 / no price in force: set one")?;
    let formula = StandardFormula::parse(&first.standard.formula)
        .map_err(|word| format!("计费方式“{word}”不能按月计算 / the formula '{word}' is none of a month"))?;
    let area = if formula.is_per_area() || formula.banded_by() == Some(BandedBy::Area) {
        Some(unit.area.ok_or("按面积计费但没有面积，请补上 / no area, though the fee is per m²")?)
    } else {
        None
    };
    let (calculation, band) = match formula {
        StandardFormula::AreaTiers => (tiers(first, price, area, months)?, None),
        StandardFormula::Area | StandardFormula::Fixed => {
            (monthly(first, price, (formula, area, price.price), months)?, None)
        }
        StandardFormula::AreaByFloor
        | StandardFormula::FixedByFloor
        | StandardFormula::AreaByArea
        | StandardFormula::FixedByArea => {
            let by = formula.banded_by().unwrap_or(BandedBy::Area);
            let band = band_of(unit, by, &price.bands)?;
            (monthly(first, price, (formula, area, band.price), months)?, Some(band::label(by, band)))
        }
    };
    let basis = [Some(first.contract.name.clone()), Some(price.basis.clone()), band];
    Ok(Explanation { calculation, basis: basis.into_iter().flatten().collect::<Vec<_>>().join("，") })
}

fn monthly(
    first: &FeeMonth<'_>,
    price: &FeePriceRow,
    (formula, area, each): (StandardFormula, Option<Area>, UnitPrice),
    months: usize,
) -> Result<Calculation, String> {
    let per_area = formula.is_per_area();
    let fixed = if per_area { Some(price.surcharge) } else { add(each, price.surcharge) };
    Ok(Calculation::Monthly(MonthlyFee {
        area: area.filter(|_| per_area),
        price: per_area.then_some(each),
        fixed: fixed.ok_or("金额超出范围，请检查单价 / the amount is out of range")?,
        months: u32::try_from(months).unwrap_or(1),
        rounding: first.contract.rounding,
    }))
}

fn tiers(first: &FeeMonth<'_>, price: &FeePriceRow, area: Option<Area>, months: usize) -> Result<Calculation, String> {
    let area = area.ok_or("按面积计费但没有面积，请补上 / no area, though the fee is per m²")?;
    let tier = |band: &Band| Tier { up_to: band.to.map(Area::from_stored), price: band.price };
    let fee = BandedFee {
        area,
        tiers: price.bands.iter().map(tier).collect(),
        fixed: price.surcharge,
        months: u32::try_from(months).unwrap_or(1),
        rounding: first.contract.rounding,
    };
    if Bands::find(BandedBy::Area, &price.bands, area.stored()).is_none() {
        return Err(outside(BandedBy::Area, &area.to_string()));
    }
    Ok(Calculation::Banded(fee))
}

fn band_of<'a>(unit: &BilledUnit, by: BandedBy, bands: &'a [Band]) -> Result<&'a Band, String> {
    let at = match by {
        BandedBy::Floor => unit.floor,
        BandedBy::Area => unit.area.map(Area::stored),
    };
    let at = at.ok_or("按楼层计费但不知道楼层，请在房屋资料里补上 / no floor, though the fee goes by floors")?;
    let shown = match by {
        BandedBy::Floor => at.to_string(),
        BandedBy::Area => Area::from_stored(at).to_string(),
    };
    Bands::find(by, bands, at).ok_or_else(|| outside(by, &shown))
}

fn outside(by: BandedBy, at: &str) -> String {
    match by {
        BandedBy::Floor => {
            format!("第 {at} 层不在任何楼层段内，请补全价格段 / floor {at} lies in no band: complete the bands")
        }
        BandedBy::Area => {
            format!("面积 {at} ㎡ 不在任何面积段内，请补全价格段 / {at} m² lies in no band: complete the bands")
        }
    }
}

fn add(one: UnitPrice, other: UnitPrice) -> Option<UnitPrice> {
    one.stored().checked_add(other.stored()).map(UnitPrice::from_stored)
}
