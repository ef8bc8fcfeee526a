//! Water meters and the electricity of halls and lifts in the example: read at the end of the month, confirmed, and on the next bill.
//!
//! One community collects the water of its homes. Now and then nobody is at home and the reading is an estimate, which the next
//! real one makes good.

use chrono::{Datelike as _, NaiveDate};
use hemu_app::metering::{
    NewMeter, NewMeterPrice, NewReading, ReadingsRequest, UsageRequest, add_meter, confirm_usage, record_readings,
    set_meter_price,
};
use hemu_app::shared_costs::{Cost, CostRequest, share_cost};
use hemu_app::{App, Refusal};
use hemu_domain::billing::share::ShareMethod;
use hemu_domain::billing::share_scope::ShareScope;
use hemu_domain::ids::MeterId;
use hemu_domain::metering::{MeterKind, PriceSteps};
use hemu_domain::{Factor, Fen, MeterValue, Period, UnitLabel};

use super::days::Office;

/// The community that collects for the waterworks and shares the electricity of its halls.
const COLLECTS: &str = "翠湖花园";
/// The day on which meters are read and the invoice of the electricity is there.
const READ_ON: u32 = 27;
/// Every so many readings nobody is at home.
const MISSED: usize = 11;

/// The water meter of a home.
pub(super) struct WaterMeter {
    id: MeterId,
    /// What it really shows, in thousandths.
    shows: i64,
    /// Up to where it was charged.
    charged: i64,
}

impl Office {
    /// Every home of the community has a water meter from the first day on.
    pub(super) fn hang_meters(&mut self, app: &App, first: NaiveDate) -> Result<(), Refusal> {
        if self.name != COLLECTS {
            return Ok(());
        }
        let steps =
            PriceSteps::parse("15:3.45, 25:4.83, :5.83").map_err(|error| Refusal::Internal(error.to_string()))?;
        let price = NewMeterPrice {
            item: MeterKind::Water.item().to_owned(),
            valid_from: first.with_day(1).unwrap_or(first),
            steps,
            by_year: false,
            basis: "水务集团居民阶梯水价，收费标准公示".to_owned(),
        };
        set_meter_price(app, &self.staff.accountant, &self.name, &price)?;
        let mut units: Vec<UnitLabel> = self.tempers.keys().cloned().collect();
        units.sort();
        for (place, unit) in units.into_iter().enumerate() {
            let shows = i64::try_from(place).unwrap_or(0) * 7_310 + 12_000;
            let new = NewMeter {
                unit: Some(unit),
                place: "水表井".to_owned(),
                kind: MeterKind::Water,
                number: format!("S{:04}", place + 1),
                item: String::new(),
                master: String::new(),
                digits: 5,
                multiplier: Factor::from_stored(100_000_000),
                loss: Factor::from_stored(0),
                start: MeterValue::from_stored(shows),
                starts_on: first,
            };
            let id = add_meter(app, &self.staff.accountant, &self.name, &new)?;
            self.meters.push(WaterMeter { id, shows, charged: shows });
        }
        Ok(())
    }

    /// At the end of the month the engineer reads, and the accountant confirms and shares.
    pub(super) fn read_meters(&mut self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        if day.day() != READ_ON || self.meters.is_empty() {
            return Ok(());
        }
        let period = Period::of(day);
        let readings = self.readings(day);
        let accept = readings.iter().map(|one| one.meter).collect();
        let (reader, photo_sha256) = (String::new(), None);
        let request = ReadingsRequest { period, read_on: day, reader, photo_sha256, readings };
        record_readings(app, &self.staff.engineer, &self.name, &request)?;
        let request = UsageRequest { kind: MeterKind::Water, period, accept, dry_run: false };
        confirm_usage(app, &self.staff.accountant, &self.name, &request)?;
        self.share_electricity(app, period)
    }

    fn readings(&mut self, day: NaiveDate) -> Vec<NewReading> {
        let month = usize::try_from(day.month()).unwrap_or(1);
        let read = |(place, meter): (usize, &mut WaterMeter)| {
            let used = i64::try_from((place * 7 + month * 5) % 17).unwrap_or(0) * 1_000 + 3_400;
            meter.shows += used;
            let estimated = (place + month) % MISSED == 0;
            // Nobody reads less than what was charged by estimate; what it was too high by is given back.
            let value = if estimated { meter.charged.max(meter.shows - used) + 9_000 } else { meter.shows };
            meter.charged = meter.charged.max(value);
            NewReading { meter: meter.id, value: MeterValue::from_stored(value), estimated, rolled_over: false }
        };
        self.meters.iter_mut().enumerate().map(read).collect()
    }

    /// The electricity of halls and lifts, by area; more in winter.
    fn share_electricity(&self, app: &App, period: Period) -> Result<(), Refusal> {
        let homes = self.homes;
        let dark = if matches!(period.month(), 1..=3 | 11 | 12) { 130 } else { 0 };
        let request = CostRequest {
            item: "公摊电费".to_owned(),
            period,
            cost: Cost::Invoice(Fen::new(homes * (620 + dark) + i64::from(period.month()) * 17)),
            invoice: format!("供电发票 044{}{:02}", period.year(), period.month()),
            scope: ShareScope::default(),
            method: ShareMethod::Area,
            dry_run: false,
        };
        share_cost(app, &self.staff.accountant, &self.name, &request).map(|_| ())
    }
}
