//! New fee standards, and which units pay by them: a fee for a kind of units, or another standard for one unit.
//!
//! Both begin on the first of a month that was not billed yet, so that nothing charged has to be taken back.

use std::collections::HashSet;

use chrono::NaiveDate;
use hemu_domain::ids::{CommunityId, FeeItemId, FeeStandardId, UnitId};
use hemu_domain::registry::unit::UnitKind;
use hemu_domain::staff::Permission;
use hemu_domain::tariff::band::{Band, BandError, Bands, label};
use hemu_domain::tariff::standard::StandardFormula;
use hemu_domain::{Period, UnitLabel, UnitPrice};
use hemu_store::registry::UnitRow;
use hemu_store::tariff::{self as store, FeePriceRow, FeeStandardRow, UnitFeeRow};
use hemu_store::{DbError, Tx, registry};
use serde::Serialize;

use super::Contracts;
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// A fee standard to make.
#[derive(Clone, Debug)]
pub struct NewStandard {
    /// The fee item, such as 车位管理费; made when it is new.
    pub item: String,
    /// What the standard is called among those of its item.
    pub name: String,
    /// A word of [`StandardFormula`].
    pub formula: String,
    /// The units that pay by it: all of this kind that pay nothing for the item yet.
    pub unit_kind: UnitKind,
    /// Per m² and month, or per month; does not count where the formula goes by bands.
    pub price: UnitPrice,
    /// The prices of a formula by bands, one a line: `1~6 1.20`, the top one `19~ 1.80`; empty for any other.
    pub bands: String,
    /// The first day of a month that was not billed yet.
    pub valid_from: NaiveDate,
    /// Clause, vote or list it rests on.
    pub basis: String,
}

/// A standard that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StandardMade {
    /// Its id.
    pub id: FeeStandardId,
    /// Units that pay by it from now on.
    pub units: usize,
    /// Units of the kind that pay for the item by another standard, and go on doing so.
    pub others: usize,
}

/// Makes a fee standard for a kind of units.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a day that begins no month, a price of zero or an unknown formula; [`Refusal::Conflict`] without a
/// contract, when that month was billed, or when the item has a standard of that name.
pub fn add_standard(app: &App, actor: &Actor, community: &str, new: &NewStandard) -> Result<StandardMade, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditTariff, community)?;
    let (item, name) = (required("item", "收费项目", &new.item, 40)?, required("name", "标准名称", &new.name, 60)?);
    let basis = required("basis", "依据", &new.basis, 200)?;
    let month = check_start(new.valid_from)?;
    let formula = StandardFormula::parse(&new.formula).map_err(|word| {
        Refusal::invalid("formula", format!("没有“{word}”这种计费方式，请从列表中选择"), "choose one of the formulas")
    })?;
    let (price, bands) = price_of(formula, new.price, &new.bands)?;
    app.db.write(|tx| {
        refuse_billed(tx, community, month)?;
        crate::metering::refuse_surcharge(tx, community, &item)?;
        let contract = Contracts::load(tx, community)?.of_month(month).map(|contract| contract.id);
        let contract = contract.ok_or_else(super::contract::no_contract)?;
        let item_id = find_or_make_item(tx, app, community, &item)?;
        let standard = FeeStandardRow {
            id: app.new_id(),
            fee_item_id: item_id,
            contract_id: contract,
            clause_id: None,
            name: name.clone(),
            unit_kind: Some(new.unit_kind),
            formula: formula.as_str().to_owned(),
            due_rule: None,
            due_day: None,
        };
        insert(tx, community, &item, &standard)?;
        let first = FeePriceRow {
            fee_standard_id: standard.id,
            valid_from: new.valid_from,
            price,
            bands: bands.clone(),
            surcharge: UnitPrice::from_stored(0),
            basis: basis.clone(),
        };
        store::insert_price(tx, community, &first)?;
        let made = assign_kind(tx, community, new, (item_id, standard.id))?;
        let detail = serde_json::json!({ "item": item, "name": name, "formula": formula, "from": new.valid_from,
            "price": price, "bands": described(formula, &bands), "basis": basis, "units": made.units });
        let subject_id = Some(standard.id.uuid());
        let act = Act { act: "standard.add", subject_kind: "fee_standard", subject_id, detail: &detail };
        audit::record(tx, app, actor, Some(community), &act)?;
        Ok(made)
    })
}

fn find_or_make_item(tx: &mut Tx<'_>, app: &App, community: CommunityId, name: &str) -> Result<FeeItemId, DbError> {
    let known = store::list_items(tx, community)?.into_iter().find(|(_, known, _)| known == name);
    if let Some((id, _, _)) = known {
        return Ok(id);
    }
    let id: FeeItemId = app.new_id();
    store::insert_item(tx, community, id, name, super::item_kind(name))?;
    Ok(id)
}

fn insert(tx: &mut Tx<'_>, community: CommunityId, item: &str, standard: &FeeStandardRow) -> Result<(), Refusal> {
    let name = &standard.name;
    store::insert_standard(tx, community, standard).map_err(|error| match error {
        DbError::Duplicate { .. } => {
            Refusal::conflict(format!("“{item}”已有标准“{name}”"), format!("{item} has a standard {name} already"))
        }
        other => other.into(),
    })
}

/// The price and the bands of a standard, as its formula needs them: one or the other.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a price that is not above zero, or bands that do not stand together.
pub(crate) fn price_of(
    formula: StandardFormula,
    price: UnitPrice,
    bands: &str,
) -> Result<(UnitPrice, Vec<Band>), Refusal> {
    if let Some(by) = formula.banded_by() {
        let refused = |error: BandError| Refusal::InvalidInput { field: "bands", sentence: error.text() };
        let bands = Bands::parse(by, bands).map_err(refused)?;
        return Ok((UnitPrice::from_stored(0), bands.as_slice().to_vec()));
    }
    if !bands.trim().is_empty() {
        let zh = "这种计费方式只有一个单价，不能填写价格段";
        return Err(Refusal::invalid("bands", zh, "this formula has one price and no bands"));
    }
    if price.stored() <= 0 {
        return Err(Refusal::invalid("price", "单价必须大于零", "the price must be above zero"));
    }
    Ok((price, Vec::new()))
}

/// Bands for the audit trail: `7-18 层 1.5`.
pub(super) fn described(formula: StandardFormula, bands: &[Band]) -> Vec<String> {
    let Some(by) = formula.banded_by() else { return Vec::new() };
    bands.iter().map(|band| format!("{} {}", label(by, band), band.price)).collect()
}

fn other_kind(standard: &FeeStandardRow, kind: UnitKind, unit: &UnitRow) -> Refusal {
    let (of, is, name) = (kind.label(), unit.kind.label(), &standard.name);
    Refusal::conflict(
        format!("标准“{name}”适用于{}，{} 是{}，请选择该类房屋的标准", of.zh, unit.label, is.zh),
        format!("the standard '{name}' is for a {}, and {} is a {}: choose one of its kind", of.en, unit.label, is.en),
    )
}

/// Lets every unit of the kind that pays nothing for the item pay by the new standard.
fn assign_kind(
    tx: &mut Tx<'_>,
    community: CommunityId,
    new: &NewStandard,
    (item, id): (FeeItemId, FeeStandardId),
) -> Result<StandardMade, DbError> {
    let goes_on = |fee: &UnitFeeRow| fee.fee_item_id == item && fee.ends_on.is_none_or(|end| end >= new.valid_from);
    let paying: HashSet<UnitId> =
        store::list_unit_fees(tx, community)?.iter().filter(|fee| goes_on(fee)).map(|fee| fee.unit_id).collect();
    let units = registry::list_units(tx, community)?.into_iter().filter(|unit| unit.kind == new.unit_kind);
    let (others, free): (Vec<UnitId>, Vec<UnitId>) = units.map(|unit| unit.id).partition(|unit| paying.contains(unit));
    let fee = |unit_id: &UnitId| UnitFeeRow {
        unit_id: *unit_id,
        fee_item_id: item,
        starts_on: new.valid_from,
        fee_standard_id: id,
        ends_on: None,
    };
    let fees: Vec<UnitFeeRow> = free.iter().map(fee).collect();
    store::insert_unit_fees(tx, community, &fees)?;
    Ok(StandardMade { id, units: fees.len(), others: others.len() })
}

/// Another standard for one unit.
#[derive(Clone, Debug)]
pub struct NewUnitFee {
    /// The unit.
    pub unit: UnitLabel,
    /// The standard it pays by from then on; what it paid by for the same item ends the day before.
    pub standard: FeeStandardId,
    /// The first day of a month that was not billed yet.
    pub starts_on: NaiveDate,
}

/// Lets a unit pay by another standard.
///
/// # Errors
/// [`Refusal::NotFound`] for an unknown unit or standard; [`Refusal::Conflict`] when that month was billed, or when a change from that
/// day on is recorded already.
pub fn set_unit_fee(app: &App, actor: &Actor, community: &str, new: &NewUnitFee) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditTariff, community)?;
    let month = check_start(new.starts_on)?;
    app.db.write(|tx| {
        refuse_billed(tx, community, month)?;
        let unit = registry::find_unit(tx, community, &new.unit)?
            .ok_or_else(|| Refusal::not_found("房屋", "unit", new.unit.as_str()))?;
        let standard = store::list_standards(tx, community)?.into_iter().find(|one| one.id == new.standard);
        let standard =
            standard.ok_or_else(|| Refusal::not_found("收费标准", "fee standard", &new.standard.to_string()))?;
        if let Some(kind) = standard.unit_kind.filter(|kind| *kind != unit.kind) {
            return Err(other_kind(&standard, kind, &unit));
        }
        let place = (unit.id, standard.fee_item_id);
        if store::count_fees_from(tx, community, place, new.starts_on)? > 0 {
            let (zh, en) =
                ("该房屋从那天起已有标准，请选更晚的月份", "the unit has a standard from that day on already");
            return Err(Refusal::conflict(zh, en));
        }
        store::end_unit_fee(tx, community, place, new.starts_on)?;
        let fee = UnitFeeRow {
            unit_id: unit.id,
            fee_item_id: standard.fee_item_id,
            starts_on: new.starts_on,
            fee_standard_id: standard.id,
            ends_on: None,
        };
        store::insert_unit_fees(tx, community, &[fee])?;
        let detail = serde_json::json!({ "standard": standard.name, "from": new.starts_on });
        let act = Act { act: "unit.fee", subject_kind: "unit", subject_id: Some(unit.id.uuid()), detail: &detail };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}

fn check_start(day: NaiveDate) -> Result<Period, Refusal> {
    let month = Period::of(day);
    if month.first_day() == day {
        return Ok(month);
    }
    Err(Refusal::invalid("valid_from", "应从某月 1 日起", "it begins on the first of a month"))
}

fn refuse_billed(tx: &mut Tx<'_>, community: CommunityId, month: Period) -> Result<(), Refusal> {
    if store::count_billed_from(tx, community, month)? == 0 {
        return Ok(());
    }
    let zh = format!("{month} 及以后已经出过账，请从下一个未出账的月份起");
    Err(Refusal::conflict(zh, format!("{month} or a later month was billed; begin with the next one")))
}
