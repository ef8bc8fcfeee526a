//! Which charges are wrong, and what they should have been.

use std::collections::{HashMap, HashSet};

use hemu_domain::billing::Explanation;
use hemu_domain::ids::{AccountId, CommunityId, FeeItemId, UnitId};
use hemu_domain::tariff::standard::StandardFormula;
use hemu_domain::{Fen, Period, UnitLabel, UnitPrice};
use hemu_store::billing::BilledUnit;
use hemu_store::ledger::reversal::{self, BilledCharge};
use hemu_store::tariff::{self, FeePriceRow, FeeStandardRow, UnitFeeRow};
use hemu_store::{Tx, billing, registry};

use super::{Fix, RebillRequest};
use crate::Refusal;
use crate::billing::RefusedUnit;
use crate::billing::cycle::FeeMonth;
use crate::billing::line::{Line, line};
use crate::billing::plan::{Tariff, payer_nos};

/// The longest cycle of a bill, in months: a charge that begins so many before may still cover the first wrong one.
const LONGEST_CYCLE: u32 = 12;

/// The charges to bill anew.
pub struct Found {
    /// The fee item's name.
    pub item: String,
    /// Wrong charges with the lines in their place, by account and month.
    pub wrong: Vec<Wrong>,
    /// What could not be computed.
    pub refused: Vec<RefusedUnit>,
    /// The tariff as it should have been.
    pub tariff: Tariff,
    /// Which payer of its unit an account is, from the second on.
    pub payer_nos: HashMap<AccountId, usize>,
    /// The rows of the tariff to write.
    pub fees: Vec<UnitFeeRow>,
}

/// A charge that is wrong.
pub struct Wrong {
    /// The charge as it stands.
    pub charge: BilledCharge,
    /// How it came to be.
    pub explanation: Explanation,
    /// Its unit.
    pub unit: UnitLabel,
    /// What should have been charged.
    pub lines: Vec<Line>,
}

impl Wrong {
    /// What is charged in its place.
    pub fn becomes(&self) -> Fen {
        self.lines.iter().map(|line| line.amount).sum()
    }
}

impl Found {
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown standard or unit; [`Refusal::InvalidInput`] for a price of zero.
    pub fn load(tx: &mut Tx<'_>, community: CommunityId, request: &RebillRequest) -> Result<Self, Refusal> {
        let standard = tariff::list_standards(tx, community)?.into_iter().find(|one| one.id == request.standard);
        let standard =
            standard.ok_or_else(|| Refusal::not_found("收费标准", "fee standard", &request.standard.to_string()))?;
        let item = standard.fee_item_id;
        let items = tariff::list_items(tx, community)?;
        let name = items.into_iter().find(|(id, ..)| *id == item).map(|(_, name, _)| name).unwrap_or_default();
        let units: HashMap<UnitId, BilledUnit> =
            billing::list_units(tx, community)?.into_iter().map(|unit| (unit.id, unit)).collect();
        let named = named_units(&units, &request.fix)?;
        let mut tariff = Tariff::load(tx, community)?;
        let fees = apply(&mut tariff, request, &standard, &named)?;
        let accounts = registry::list_accounts(tx, community)?;
        let first = (1..LONGEST_CYCLE).fold(request.from, |month, _| month.previous());
        let charges = reversal::list_billed(tx, community, item, first)?;
        let mut found =
            Self { item: name, wrong: Vec::new(), refused: Vec::new(), tariff, payer_nos: payer_nos(&accounts), fees };
        let finder = Finder { request, units: &units, named: &named, item };
        for charge in charges {
            finder.look_at(charge, &mut found);
        }
        found.wrong.sort_by(|a, b| (&a.unit, a.charge.period).cmp(&(&b.unit, b.charge.period)));
        Ok(found)
    }
}

fn named_units(units: &HashMap<UnitId, BilledUnit>, fix: &Fix) -> Result<HashSet<UnitId>, Refusal> {
    let labels = match fix {
        Fix::Price { .. } | Fix::ServiceEnds => return Ok(HashSet::new()),
        Fix::Standard { units } | Fix::Record { units } => units,
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

/// Puts what is right into the tariff at hand; the rows of units that change with it.
fn apply(
    tariff: &mut Tariff,
    request: &RebillRequest,
    standard: &FeeStandardRow,
    named: &HashSet<UnitId>,
) -> Result<Vec<UnitFeeRow>, Refusal> {
    let day = request.from.first_day();
    match &request.fix {
        Fix::Price { price, basis } => {
            if price.stored() <= 0 {
                return Err(Refusal::invalid("price", "单价必须大于零", "the price must be above zero"));
            }
            let formula = StandardFormula::parse(&standard.formula).ok();
            if formula.is_none_or(|formula| formula.banded_by().is_some()) {
                let zh = "分段计费的标准没有单一单价，请改用“换标准”更正";
                let en = "a standard by bands has no single price: correct it by another standard";
                return Err(Refusal::invalid("price", zh, en));
            }
            let basis = crate::registry::required("basis", "依据", basis, 200)?;
            let surcharge = UnitPrice::from_stored(0);
            let row = FeePriceRow {
                fee_standard_id: standard.id,
                valid_from: day,
                price: *price,
                bands: Vec::new(),
                surcharge,
                basis,
            };
            let prices = tariff.prices.entry(standard.id).or_default();
            prices.retain(|one| one.valid_from != day);
            prices.push(row);
            prices.sort_by_key(|one| one.valid_from);
            Ok(Vec::new())
        }
        Fix::Standard { .. } => Ok(named.iter().map(|unit| tariff.pay_by(*unit, standard, day)).collect()),
        Fix::Record { .. } => Ok(Vec::new()),
        Fix::ServiceEnds => {
            tariff.served_until = Some(request.from.previous());
            Ok(Vec::new())
        }
    }
}

struct Finder<'a> {
    request: &'a RebillRequest,
    units: &'a HashMap<UnitId, BilledUnit>,
    named: &'a HashSet<UnitId>,
    item: FeeItemId,
}

impl Finder<'_> {
    fn look_at(&self, charge: BilledCharge, found: &mut Found) {
        let Ok(explanation) = serde_json::from_value::<Explanation>(charge.explanation.clone()) else { return };
        let last = charge.period.plus_months(explanation.months().max(1) - 1);
        let Some(unit) = self.units.get(&charge.unit_id) else { return };
        if last < self.request.from || !explanation.is_of_months() || !self.concerns(&charge, last, &found.tariff) {
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
                && tariff.fees_on(charge.unit_id, month.first_day()).get(&self.item) == Some(&self.request.standard)
        };
        match self.request.fix {
            Fix::Price { .. } => charge.period.up_to(last).any(by_it),
            Fix::Standard { .. } | Fix::Record { .. } => self.named.contains(&charge.unit_id),
            Fix::ServiceEnds => true,
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
        let months: Vec<FeeMonth> =
            charge.period.up_to(last).filter_map(|month| tariff.month(unit.id, self.item, month)).collect();
        let follow = |one: &FeeMonth, other: &FeeMonth| one.month.next() == other.month && one.goes_with(other);
        let lines: Result<Vec<Line>, String> = months
            .chunk_by(follow)
            .map(|part| {
                let mut line = line(unit, self.item, part, charge.due_on)?;
                line.explanation = line.explanation.for_days_of(explanation);
                line.amount = line.explanation.amount().ok_or("金额超出范围 / the amount is out of range")?;
                line.occurrence = charge.occurrence;
                Ok(line)
            })
            .collect();
        Ok(lines?.into_iter().filter(|line| line.amount.is_positive()).collect())
    }
}
