//! The usage of a month confirmed from readings, beside the same rows written by a bare insert into the same table.
//!
//! Meters, prices and readings are written before, by bulk inserts of the store's own functions.

use std::time::Duration;

use hemu_app::metering::{UsageRequest, confirm_usage};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::FeeItemId;
use hemu_domain::metering::{MeterKind, PriceSteps};
use hemu_domain::{Factor, MeterValue, Period};
use hemu_store::metering::{self as store, MeterRow, PriceStepsRow, ReadingRow};
use hemu_store::{DbError, Tx, bench, community, registry, tariff};

use super::Bench;
use super::estate::{Estate, Place, TODAY};
use super::measure::{Row, TIMES, Times, forget_peak_memory, timed};

/// The bare rows go to months before every other, so that no charge begins where they end.
const LONG_AGO: (i32, u32) = (1995, 1);

/// Measures.
///
/// # Errors
/// When the database refuses.
pub fn measure(bench: &Bench, estate: &Estate) -> Result<Row, Refusal> {
    let mut meters = Vec::new();
    for place in &estate.communities {
        meters.push(bench.app.db.write(|tx| write_meters(tx, &bench.app, place, ("W", MeterKind::Water)))?);
    }
    forget_peak_memory();
    let (mut times, mut period) = (Times::default(), Period::of(TODAY));
    let mut far = Period::try_new(LONG_AGO.0, LONG_AGO.1).map_err(|error| Refusal::Internal(error.to_string()))?;
    for round in 1..=TIMES {
        let (mut work, mut reference) = (Duration::ZERO, Duration::ZERO);
        for (number, (place, meters)) in estate.communities.iter().zip(&meters).enumerate() {
            bench.say(format!("meters {round}/{TIMES}：小区 {} / {}", number + 1, estate.communities.len()));
            let app = &bench.app;
            app.db.write(|tx| write_readings(tx, app, place, (meters, period, round)))?;
            let request = UsageRequest { kind: MeterKind::Water, period, accept: Vec::new(), dry_run: false };
            let (report, time) = timed(|| confirm_usage(app, &Actor::local_operator(), &place.name, &request))?;
            if report.rows.len() != meters.len() {
                let problem = format!("{} of {} meters of {}", report.rows.len(), meters.len(), place.name);
                return Err(Refusal::Internal(problem));
            }
            work += time;
            let rows = app.db.read(|tx| bench::read_usage(tx, place.id, period, far, || app.new_id()))?;
            reference += timed(|| Ok(app.db.write(|tx| bench::write(tx, &rows))?))?.1;
        }
        times.work.push(work);
        times.reference.push(reference);
        (period, far) = (period.next(), far.next());
    }
    Ok(Row::new("meters", (estate.homes(), "meters"), &times, 0.5))
}

/// A meter of every home, with its price steps.
///
/// # Errors
/// When the database refuses.
pub fn write_meters(
    tx: &mut Tx<'_>,
    app: &App,
    place: &Place,
    (letter, kind): (&str, MeterKind),
) -> Result<Vec<MeterRow>, DbError> {
    let item: FeeItemId = app.new_id();
    tariff::insert_item(tx, place.id, item, &format!("{}费", kind.label().zh), "utility")?;
    let price = PriceStepsRow {
        fee_item_id: item,
        valid_from: Period::of(TODAY).first_day(),
        by_year: false,
        steps: PriceSteps::parse("15:3.45, 25:4.83, :5.83").expect("steps that go up"),
        basis: "样本价格文件".to_owned(),
        set_by: "样本".to_owned(),
        set_at: app.clock.now(),
    };
    store::insert_price(tx, place.id, &price)?;
    let meter = |(number, unit): (usize, registry::UnitRow)| MeterRow {
        id: app.new_id(),
        unit_id: Some(unit.id),
        unit: Some(unit.label),
        kind,
        fee_item_id: Some(item),
        master_id: None,
        place: String::new(),
        point_no: 1,
        number: format!("{letter}{number:07}"),
        digits: 5,
        multiplier: Factor::from_stored(100_000_000),
        loss: Factor::from_stored(0),
        start: MeterValue::from_stored(0),
        starts_on: Period::of(TODAY).first_day(),
        ended_on: None,
    };
    let meters: Vec<MeterRow> = registry::list_units(tx, place.id)?.into_iter().enumerate().map(meter).collect();
    store::insert_meters(tx, place.id, &meters)?;
    Ok(meters)
}

/// A reading of each of these meters.
///
/// # Errors
/// When the database refuses.
pub fn write_readings(
    tx: &mut Tx<'_>,
    app: &App,
    place: &Place,
    (meters, period, round): (&[MeterRow], Period, usize),
) -> Result<(), DbError> {
    let count = i64::try_from(meters.len()).unwrap_or(i64::MAX);
    let first_seq = community::next_seq(tx, place.id, count)?;
    let round = i64::try_from(round).unwrap_or(1);
    // Every meter counts as much each month, between 8 and 20 m³.
    let reading = |(meter, seq): (&MeterRow, i64)| ReadingRow {
        id: app.new_id(),
        meter_id: meter.id,
        period,
        read_on: TODAY,
        value: MeterValue::from_stored(round * (8_000 + (seq - first_seq) % 12_000)),
        estimated: false,
        rolled_over: false,
        reader: "样本".to_owned(),
        photo_sha256: None,
        recorded_at: app.clock.now(),
        seq,
    };
    let readings: Vec<ReadingRow> = meters.iter().zip(first_seq..).map(reading).collect();
    store::insert_readings(tx, place.id, &readings).map(|_| ())
}
