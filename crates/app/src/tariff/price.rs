//! Prices with the days they hold from, and where they were displayed.

use chrono::NaiveDate;
use hemu_domain::ids::{FeeStandardId, PublicDisplayId};
use hemu_domain::staff::Permission;
use hemu_domain::tariff::standard::StandardFormula;
use hemu_domain::{Period, UnitPrice};
use hemu_store::DbError;
use hemu_store::tariff::display::{self, DisplayRow};
use hemu_store::tariff::{self as store, FeePriceRow};

use super::standard::{described, price_of};
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// A new price.
#[derive(Clone, Debug)]
pub struct NewPrice {
    /// Of which standard.
    pub standard: FeeStandardId,
    /// The first day of a month.
    pub valid_from: NaiveDate,
    /// Per m² and month, or per month; does not count where the formula goes by bands.
    pub price: UnitPrice,
    /// The prices of a formula by bands, one a line: `1~6 1.20`, the top one `19~ 1.80`; empty for any other.
    pub bands: String,
    /// Clause, vote or list it rests on.
    pub basis: String,
}

/// A public display to record.
#[derive(Clone, Debug)]
pub struct NewDisplay {
    /// What was shown.
    pub what: String,
    /// Where.
    pub place: String,
    /// Since when.
    pub displayed_on: NaiveDate,
}

/// Sets the price of a standard from the first day of a month on. Months that were billed keep their price.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a day that begins no month or a price of zero; [`Refusal::Conflict`] when that month was
/// billed, or has a price already.
pub fn set_price(app: &App, actor: &Actor, community: &str, new: &NewPrice) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditTariff, community)?;
    let basis = required("basis", "依据", &new.basis, 200)?;
    let period = Period::of(new.valid_from);
    if period.first_day() != new.valid_from {
        return Err(Refusal::invalid("valid_from", "新价格应从某月 1 日起", "a price begins on the first of a month"));
    }
    app.db.write(|tx| {
        let known = store::list_standards(tx, community)?.into_iter().find(|one| one.id == new.standard);
        let standard =
            known.ok_or_else(|| Refusal::not_found("收费标准", "fee standard", &new.standard.to_string()))?;
        let formula = StandardFormula::parse(&standard.formula).map_err(|word| {
            Refusal::conflict(
                format!("计费方式“{word}”的价格不在这里设置"),
                "the price of this formula is not set here",
            )
        })?;
        let (amount, bands) = price_of(formula, new.price, &new.bands)?;
        let bands_said = described(formula, &bands);
        if store::count_charged_from(tx, community, new.standard, period)? > 0 {
            let zh = format!("{period} 及以后已经出过账，新价格请从下一个未出账的月份起");
            return Err(Refusal::conflict(
                zh,
                format!("{period} or a later month was billed; begin with the next one"),
            ));
        }
        let price = FeePriceRow {
            fee_standard_id: new.standard,
            valid_from: new.valid_from,
            price: amount,
            bands,
            surcharge: UnitPrice::from_stored(0),
            basis: basis.clone(),
        };
        store::insert_price(tx, community, &price).map_err(|error| match error {
            DbError::Duplicate { .. } => {
                Refusal::conflict(format!("{period} 已有价格"), format!("there is a price from {period} already"))
            }
            other => other.into(),
        })?;
        let detail =
            serde_json::json!({ "from": new.valid_from, "price": amount, "bands": bands_said, "basis": basis });
        let subject_id = Some(new.standard.uuid());
        let act = Act { act: "price.set", subject_kind: "fee_standard", subject_id, detail: &detail };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}

/// Records that fee standards hang where owners can read them (物业管理条例 公示).
///
/// # Errors
/// [`Refusal::InvalidInput`] when something is missing or the day lies ahead.
pub fn record_display(app: &App, actor: &Actor, community: &str, new: &NewDisplay) -> Result<PublicDisplayId, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditTariff, community)?;
    if new.displayed_on > app.today() {
        return Err(Refusal::invalid("displayed_on", "公示日期不能晚于今天", "the day lies ahead"));
    }
    let id: PublicDisplayId = app.new_id();
    let row = DisplayRow {
        id,
        fee_standard_id: None,
        what: required("what", "公示内容", &new.what, 200)?,
        place: required("place", "公示位置", &new.place, 100)?,
        displayed_on: new.displayed_on,
        author_name: actor.name.clone(),
        created_at: app.clock.now(),
    };
    app.db.write(|tx| {
        display::insert(tx, community, &row)?;
        let detail = serde_json::json!({ "what": row.what, "place": row.place });
        let act =
            Act { act: "display.record", subject_kind: "public_display", subject_id: Some(id.uuid()), detail: &detail };
        Ok::<_, Refusal>(audit::record(tx, app, actor, Some(community), &act)?)
    })?;
    Ok(id)
}
