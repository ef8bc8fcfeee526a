//! Which meters there are, replacements, and what a unit of their count costs.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::ids::{CommunityId, FeeItemId, MeterId};
use hemu_domain::metering::{MeterKind, PriceSteps, check_reading};
use hemu_domain::staff::Permission;
use hemu_domain::{Factor, MeterValue, Period, UnitLabel};
use hemu_store::metering::{self as store, MeterRow, PriceStepsRow, SwapRow};
use hemu_store::{DbError, Tx, community, registry, tariff};
use serde::Serialize;
use serde_json::json;

use super::base::{Bases, digits};
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::entered::check_past_day;
use crate::registry::{optional, required};
use crate::{Actor, App, Refusal};

/// The kind of a fee item that is collected for a supplier.
const KIND: &str = "utility";

/// A meter to add.
#[derive(Clone, Debug)]
pub struct NewMeter {
    /// The unit it measures for; `None` for a master meter.
    pub unit: Option<UnitLabel>,
    /// Where it hangs; needed for a master meter.
    pub place: String,
    /// What it measures.
    pub kind: MeterKind,
    /// Its number.
    pub number: String,
    /// What its usage is charged as; 水费 for water and so on where it is empty.
    pub item: String,
    /// The number of the master meter it lies behind; may be empty.
    pub master: String,
    /// Digits before the point.
    pub digits: u32,
    /// What a count is multiplied by.
    pub multiplier: Factor,
    /// Shared loss, such as 0.02.
    pub loss: Factor,
    /// What it shows when it begins.
    pub start: MeterValue,
    /// Since when.
    pub starts_on: NaiveDate,
}

/// A replacement.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// Of which meter.
    pub meter: MeterId,
    /// When.
    pub on: NaiveDate,
    /// What the old one showed at last.
    pub final_value: MeterValue,
    /// Whether it had gone round since the last charge.
    pub rolled_over: bool,
    /// The new one's number.
    pub number: String,
    /// What the new one shows.
    pub start: MeterValue,
    /// Its digits.
    pub digits: u32,
    /// Its multiplier.
    pub multiplier: Factor,
}

/// Price steps to set.
#[derive(Clone, Debug)]
pub struct NewMeterPrice {
    /// The item, such as 水费; made when it is new.
    pub item: String,
    /// The first day of a month of which no usage is confirmed.
    pub valid_from: NaiveDate,
    /// The steps.
    pub steps: PriceSteps,
    /// Whether they count by the calendar year.
    pub by_year: bool,
    /// The supplier's price list.
    pub basis: String,
}

/// Adds a meter.
///
/// # Errors
/// [`Refusal::InvalidInput`] for digits or a multiplier no meter has; [`Refusal::NotFound`] for a unit or master meter that is not
/// there; [`Refusal::Conflict`] when the number is taken.
pub fn add_meter(app: &App, actor: &Actor, community: &str, new: &NewMeter) -> Result<MeterId, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditTariff, community)?;
    let number = required("number", "表号", &new.number, 40)?;
    let place = optional("place", "位置", &new.place, 60)?;
    check_dial(new.digits, new.multiplier)?;
    check_past_day("starts_on", new.starts_on, app.today())?;
    if new.unit.is_none() && place.is_empty() {
        return Err(Refusal::invalid("place", "总表请填写位置", "say where the master meter hangs"));
    }
    check_reading(new.start, MeterValue::from_stored(0), new.digits, false)
        .map_err(|error| Refusal::invalid("start", "起始读数超过表的位数，请核对", error.to_string()))?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let meters = store::list_meters(tx, community)?;
        let unit = match &new.unit {
            Some(label) => Some(
                registry::find_unit(tx, community, label)?
                    .ok_or_else(|| Refusal::not_found("房屋", "unit", label.as_str()))?,
            ),
            None => None,
        };
        let item = match &unit {
            Some(_) => Some(find_or_make_item(tx, app, community, item_name(new)?)?),
            None => None,
        };
        let unit_id = unit.map(|unit| unit.id);
        let same = |meter: &&MeterRow| meter.unit_id == unit_id && meter.fee_item_id == item;
        let row = MeterRow {
            id: app.new_id(),
            unit_id,
            unit: new.unit.clone(),
            kind: new.kind,
            fee_item_id: item,
            master_id: find_master(&meters, new)?,
            place: place.clone(),
            point_no: 1 + meters.iter().filter(same).map(|meter| meter.point_no).max().unwrap_or(0),
            number: number.clone(),
            digits: new.digits.into(),
            multiplier: new.multiplier,
            loss: new.loss,
            start: new.start,
            starts_on: new.starts_on,
            ended_on: None,
        };
        store::insert_meters(tx, community, std::slice::from_ref(&row)).map_err(|error| taken(error, &number))?;
        let detail = json!({ "kind": new.kind.as_str(), "number": number, "start": new.start });
        let act = Act { act: "meter.add", subject_kind: "meter", subject_id: Some(row.id.uuid()), detail: &detail };
        audit::record(tx, app, actor, Some(community), &act)?;
        Ok(row.id)
    })
}

fn item_name(new: &NewMeter) -> Result<String, Refusal> {
    let item = optional("item", "收费项目", &new.item, 40)?;
    Ok(if item.is_empty() { new.kind.item().to_owned() } else { item })
}

fn find_master(meters: &[MeterRow], new: &NewMeter) -> Result<Option<MeterId>, Refusal> {
    let number = new.master.trim();
    if number.is_empty() {
        return Ok(None);
    }
    let is_master = |meter: &&MeterRow| meter.unit_id.is_none() && meter.kind == new.kind && meter.number == number;
    let found = meters.iter().find(is_master).map(|meter| meter.id);
    found.map(Some).ok_or_else(|| Refusal::not_found("总表", "master meter", number))
}

fn check_dial(digits: u32, multiplier: Factor) -> Result<(), Refusal> {
    if !(3..=10).contains(&digits) {
        return Err(Refusal::invalid("digits", "表的位数应为 3 到 10", "a dial has 3 to 10 digits"));
    }
    if multiplier.stored() <= 0 {
        return Err(Refusal::invalid("multiplier", "倍率必须大于零", "the multiplier is above zero"));
    }
    Ok(())
}

fn taken(error: DbError, number: &str) -> Refusal {
    match error {
        DbError::Duplicate { .. } => Refusal::conflict(
            format!("表号 {number} 已登记，请核对"),
            format!("the number {number} is on record already: check it"),
        ),
        other => other.into(),
    }
}

fn find_or_make_item(tx: &mut Tx<'_>, app: &App, community: CommunityId, name: String) -> Result<FeeItemId, Refusal> {
    match tariff::list_items(tx, community)?.into_iter().find(|(_, known, _)| *known == name) {
        Some((id, _, kind)) if kind == KIND => Ok(id),
        // A monthly fee of that name would stand where the usage belongs, and be a surcharge on it.
        Some(_) => Err(Refusal::conflict(
            format!("“{name}”已是别的收费项目，按表计量请另起名称"),
            format!("{name} is another fee already: give what is metered a name of its own"),
        )),
        None => {
            let id: FeeItemId = app.new_id();
            tariff::insert_item(tx, community, id, &name, KIND)?;
            Ok(id)
        }
    }
}

/// Nothing is charged on top of what is collected for a supplier (物业管理条例 44).
///
/// # Errors
/// [`Refusal::Conflict`] when the item of that name is metered.
pub(crate) fn refuse_surcharge(tx: &mut Tx<'_>, community: CommunityId, item: &str) -> Result<(), Refusal> {
    let is_metered = |(_, name, kind): &(FeeItemId, String, String)| name == item && kind == KIND;
    if tariff::list_items(tx, community)?.iter().any(is_metered) {
        return Err(Refusal::conflict(
            format!("“{item}”按表代收，不得另收手续费等额外费用（物业管理条例第四十四条）"),
            format!("{item} is collected for its supplier: nothing may be charged on top (物业管理条例 44)"),
        ));
    }
    Ok(())
}

/// Puts a new device in the place of an old one; the next reading is the new one's.
///
/// # Errors
/// [`Refusal::InvalidInput`] when the old one's last reading runs backwards; [`Refusal::Conflict`] when the number is taken.
pub fn replace_meter(app: &App, actor: &Actor, community: &str, new: &Replacement) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::ReadMeters, community)?;
    let number = required("number", "新表号", &new.number, 40)?;
    check_dial(new.digits, new.multiplier)?;
    check_past_day("on", new.on, app.today())?;
    app.db.write(|tx| {
        let seq = community::next_seq(tx, community, 1)?;
        let meter =
            store::find_meter(tx, community, new.meter)?.ok_or_else(|| Refusal::not_found("表", "meter", ""))?;
        let bases = Bases::load(tx, community, meter.kind)?;
        let last = bases.of(&meter).real();
        check_reading(new.final_value, last, digits(meter.digits), new.rolled_over).map_err(|error| {
            let zh = format!("旧表止码 {} 与上次读数 {last} 不符，请核对", new.final_value);
            Refusal::invalid("final", zh, error.to_string())
        })?;
        let swap = SwapRow {
            id: app.new_id(),
            meter_id: meter.id,
            swapped_on: new.on,
            old_number: meter.number.clone(),
            old_digits: meter.digits,
            old_multiplier: meter.multiplier,
            final_value: new.final_value,
            rolled_over: new.rolled_over,
            new_number: number.clone(),
            start: new.start,
            recorded_by: actor.name.clone(),
            recorded_at: app.clock.now(),
            seq,
        };
        store::insert_swap(tx, community, &swap)?;
        store::update_device(tx, community, meter.id, (&number, new.digits.into(), new.multiplier))
            .map_err(|error| taken(error, &number))?;
        let detail = json!({ "old": meter.number, "final": new.final_value, "new": number, "start": new.start });
        let act =
            Act { act: "meter.replace", subject_kind: "meter", subject_id: Some(meter.id.uuid()), detail: &detail };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}

/// Sets the price steps of an item from the first day of a month on.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a day that begins no month; [`Refusal::Conflict`] when usage of that month is confirmed.
pub fn set_meter_price(app: &App, actor: &Actor, community: &str, new: &NewMeterPrice) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditTariff, community)?;
    let item = required("item", "收费项目", &new.item, 40)?;
    let basis = required("basis", "供应单位价格文件", &new.basis, 120)?;
    let month = Period::of(new.valid_from);
    if month.first_day() != new.valid_from {
        return Err(Refusal::invalid("valid_from", "新价格应从某月 1 日起", "a price begins on the first of a month"));
    }
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let id = find_or_make_item(tx, app, community, item.clone())?;
        if store::count_usage_from(tx, community, id, month)? > 0 {
            let zh = format!("{month} 及以后的用量已确认，新价格请从下一个月起");
            return Err(Refusal::conflict(
                zh,
                format!("usage of {month} or later is confirmed: begin with the next month"),
            ));
        }
        let row = PriceStepsRow {
            fee_item_id: id,
            valid_from: new.valid_from,
            by_year: new.by_year,
            steps: new.steps.clone(),
            basis: basis.clone(),
            set_by: actor.name.clone(),
            set_at: app.clock.now(),
        };
        store::insert_price(tx, community, &row).map_err(|error| match error {
            DbError::Duplicate { .. } => {
                Refusal::conflict(format!("{month} 已有价格"), format!("there is a price from {month} already"))
            }
            other => other.into(),
        })?;
        let detail = json!({ "item": item, "from": new.valid_from, "steps": new.steps, "basis": basis });
        let act = Act { act: "meter.price", subject_kind: "fee_item", subject_id: Some(id.uuid()), detail: &detail };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}

/// The meters of a community and their prices.
#[derive(Clone, Debug, Serialize)]
pub struct MeterSetup {
    /// The meters, by unit.
    pub meters: Vec<MeterItem>,
    /// The prices, by item and day.
    pub prices: Vec<MeterPriceItem>,
}

/// A meter in a list.
#[derive(Clone, Debug, Serialize)]
pub struct MeterItem {
    /// Its id.
    pub id: MeterId,
    /// Its unit; `None` for a master meter.
    pub unit: Option<UnitLabel>,
    /// Where it hangs.
    pub place: String,
    /// What it measures.
    pub kind: MeterKind,
    /// Its number.
    pub number: String,
    /// What its usage is charged as.
    pub item: Option<String>,
    /// The number of its master meter.
    pub master: Option<String>,
    /// Digits before the point.
    pub digits: i64,
    /// What a count is multiplied by.
    pub multiplier: Factor,
    /// Shared loss.
    pub loss: Factor,
}

/// A price in a list.
#[derive(Clone, Debug, Serialize)]
pub struct MeterPriceItem {
    /// Of which item.
    pub item: String,
    /// From when.
    pub valid_from: NaiveDate,
    /// The steps.
    pub steps: PriceSteps,
    /// Whether they count by the calendar year.
    pub by_year: bool,
    /// The supplier's price list.
    pub basis: String,
}

/// The meters of a community and their prices.
///
/// # Errors
/// [`Refusal::Forbidden`] for a community that is none of the person's.
pub fn show_meters(app: &App, actor: &Actor, community: &str) -> Result<MeterSetup, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let items: HashMap<FeeItemId, String> =
            tariff::list_items(tx, community)?.into_iter().map(|(id, name, _)| (id, name)).collect();
        let meters = store::list_meters(tx, community)?;
        let numbers: HashMap<MeterId, String> = meters.iter().map(|meter| (meter.id, meter.number.clone())).collect();
        let item = |meter: MeterRow| MeterItem {
            id: meter.id,
            unit: meter.unit,
            place: meter.place,
            kind: meter.kind,
            number: meter.number,
            item: meter.fee_item_id.and_then(|id| items.get(&id).cloned()),
            master: meter.master_id.and_then(|id| numbers.get(&id).cloned()),
            digits: meter.digits,
            multiplier: meter.multiplier,
            loss: meter.loss,
        };
        let price = |row: PriceStepsRow| MeterPriceItem {
            item: items.get(&row.fee_item_id).cloned().unwrap_or_default(),
            valid_from: row.valid_from,
            steps: row.steps,
            by_year: row.by_year,
            basis: row.basis,
        };
        let prices = store::list_prices(tx, community)?.into_iter().map(price).collect();
        Ok(MeterSetup { meters: meters.into_iter().map(item).collect(), prices })
    })
}
