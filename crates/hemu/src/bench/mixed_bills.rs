//! The bills of a month with every kind of line: area × price, area in progressive tiers, metered usage by price steps, and a share
//! of a shared cost; beside the same rows written by a bare insert into the same tables.
//!
//! Usage is confirmed and costs are shared before, by their use cases: those have rows of their own.

use std::time::Duration;

use hemu_app::billing::{BillRequest, issue_bills};
use hemu_app::metering::{UsageRequest, confirm_usage};
use hemu_app::shared_costs::share_cost;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{FeeItemId, FeeStandardId};
use hemu_domain::metering::MeterKind;
use hemu_domain::registry::unit::UnitKind;
use hemu_domain::tariff::band::{BandedBy, Bands};
use hemu_domain::{Period, UnitPrice};
use hemu_store::metering::MeterRow;
use hemu_store::tariff::{self, FeePriceRow, FeeStandardRow, UnitFeeRow};
use hemu_store::{DbError, Tx, bench, registry};

use super::Bench;
use super::estate::{Estate, Place, TODAY};
use super::measure::{Row, TIMES, Times, forget_peak_memory, timed};
use super::{meters, shared_costs};

/// The months after those of the other works, and how far from them the bare rows go.
const FIRST_MONTH: u32 = 6;
const FAR_MONTHS: u32 = 240;
/// Lines of a bill: one of each kind.
const LINES: i64 = 4;

/// Measures.
///
/// # Errors
/// When the database refuses.
pub fn measure(bench: &Bench, estate: &Estate) -> Result<Row, Refusal> {
    let mut period = Period::of(TODAY).plus_months(FIRST_MONTH);
    let mut all_meters = Vec::new();
    for place in &estate.communities {
        all_meters.push(bench.app.db.write(|tx| {
            write_tiers(tx, &bench.app, place)?;
            meters::write_meters(tx, &bench.app, place, ("H", MeterKind::Heat))
        })?);
    }
    forget_peak_memory();
    let mut times = Times::default();
    for round in 1..=TIMES {
        let (mut work, mut reference) = (Duration::ZERO, Duration::ZERO);
        for (number, (place, meters)) in estate.communities.iter().zip(&all_meters).enumerate() {
            bench.say(format!("mixed-bills {round}/{TIMES}：小区 {} / {}", number + 1, estate.communities.len()));
            prepare(&bench.app, place, (meters, period, round))?;
            let request = BillRequest { community: place.name.clone(), period, dry_run: false };
            let (report, time) = timed(|| issue_bills(&bench.app, &Actor::local_operator(), &request))?;
            if report.charges != i64::from(place.homes) * LINES {
                let problem = format!("{} charges for {} homes of {}", report.charges, place.homes, place.name);
                return Err(Refusal::Internal(problem));
            }
            work += time;
            let (far, app) = (period.plus_months(FAR_MONTHS), &bench.app);
            let rows = app.db.read(|tx| bench::read_bills(tx, place.id, period, far, || app.new_id()))?;
            reference += timed(|| Ok(app.db.write(|tx| bench::write(tx, &rows))?))?.1;
        }
        times.work.push(work);
        times.reference.push(reference);
        period = period.next();
    }
    Ok(Row::new("mixed-bills", (estate.homes(), "homes"), &times, 0.5))
}

/// Usage and shares of a month.
fn prepare(app: &App, place: &Place, (meters, period, round): (&[MeterRow], Period, usize)) -> Result<(), Refusal> {
    app.db.write(|tx| meters::write_readings(tx, app, place, (meters, period, round)))?;
    let actor = Actor::local_operator();
    let usage = UsageRequest { kind: MeterKind::Heat, period, accept: Vec::new(), dry_run: false };
    confirm_usage(app, &actor, &place.name, &usage)?;
    share_cost(app, &actor, &place.name, &shared_costs::request(period, &round.to_string()))?;
    Ok(())
}

/// A second fee of every home, by the size of its area in progressive tiers.
fn write_tiers(tx: &mut Tx<'_>, app: &App, place: &Place) -> Result<(), DbError> {
    let (item, standard): (FeeItemId, FeeStandardId) = (app.new_id(), app.new_id());
    tariff::insert_item(tx, place.id, item, "装修管理费", "property")?;
    let row = FeeStandardRow {
        id: standard,
        fee_item_id: item,
        contract_id: tariff::list_contracts(tx, place.id)?[0].id,
        clause_id: None,
        name: "面积累进".to_owned(),
        unit_kind: Some(UnitKind::Home),
        formula: "area_tiers".to_owned(),
        due_rule: None,
        due_day: None,
    };
    tariff::insert_standard(tx, place.id, &row)?;
    let bands = Bands::parse(BandedBy::Area, "0~90 0.80\n90~144 1.10\n144~ 1.50").expect("bands that go up");
    let valid_from = Period::of(TODAY).plus_months(FIRST_MONTH).first_day();
    let price = FeePriceRow {
        fee_standard_id: standard,
        valid_from,
        price: UnitPrice::from_stored(0),
        bands: bands.as_slice().to_vec(),
        surcharge: UnitPrice::from_stored(0),
        basis: "第九条".to_owned(),
    };
    tariff::insert_price(tx, place.id, &price)?;
    let fee = |unit: registry::UnitRow| UnitFeeRow {
        unit_id: unit.id,
        fee_item_id: item,
        starts_on: valid_from,
        fee_standard_id: standard,
        ends_on: None,
    };
    let fees: Vec<UnitFeeRow> = registry::list_units(tx, place.id)?.into_iter().map(fee).collect();
    tariff::insert_unit_fees(tx, place.id, &fees).map(|_| ())
}
