//! Readings are taken: a batch is taken as a whole, or refused with what is wrong.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::ids::{CommunityId, MeterId};
use hemu_domain::metering::MeterKind;
use hemu_domain::staff::Permission;
use hemu_domain::{MeterValue, Period};
use hemu_store::metering::{self as store, MeterRow, ReadingRow};
use hemu_store::{Tx, community};
use serde_json::json;

use super::base::Bases;
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::entered::check_past_day;
use crate::registry::optional;
use crate::{Actor, App, Refusal};

/// A reading to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewReading {
    /// Of which meter.
    pub meter: MeterId,
    /// What it shows.
    pub value: MeterValue,
    /// Nobody could read it: it is an estimate.
    pub estimated: bool,
    /// The dial went round since the last reading.
    pub rolled_over: bool,
}

/// Readings of one day.
#[derive(Clone, Debug)]
pub struct ReadingsRequest {
    /// The month they are for.
    pub period: Period,
    /// When they were read.
    pub read_on: NaiveDate,
    /// Who read them; whoever records them where it is empty.
    pub reader: String,
    /// The SHA-256 of a photo.
    pub photo_sha256: Option<String>,
    /// The readings.
    pub readings: Vec<NewReading>,
}

/// Takes readings; of several of a month the one taken last counts.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a reading that runs backwards; [`Refusal::Conflict`] when the usage of that month is confirmed.
pub fn record_readings(app: &App, actor: &Actor, community: &str, request: &ReadingsRequest) -> Result<usize, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::ReadMeters, community)?;
    check_day(app, request.period, request.read_on)?;
    let reader = optional("reader", "抄表人", &request.reader, 40)?;
    if request.readings.is_empty() {
        return Err(Refusal::invalid("value", "请填写读数", "give a reading"));
    }
    app.db.write(|tx| {
        let count = i64::try_from(request.readings.len()).unwrap_or(i64::MAX);
        let first_seq = community::next_seq(tx, community, count)?;
        let known = Known::load(tx, community)?;
        for reading in &request.readings {
            known.check(reading, request.period)?;
        }
        write(tx, app, actor, community, (request, &reader), first_seq)?;
        Ok(request.readings.len())
    })
}

/// The month is not ahead and not long past; the day is not ahead.
pub(super) fn check_day(app: &App, period: Period, read_on: NaiveDate) -> Result<(), Refusal> {
    check_past_day("read_on", read_on, app.today())?;
    let back = period.months_until(Period::of(app.today()));
    if (-1..=11).contains(&back) {
        return Ok(());
    }
    let zh = format!("抄表月份 {period} 应在最近一年内");
    Err(Refusal::invalid("period", zh, format!("the month {period} lies ahead or more than a year back")))
}

/// The meters of a community, and where each stands.
pub(super) struct Known {
    pub meters: HashMap<MeterId, MeterRow>,
    bases: HashMap<MeterKind, Bases>,
}

impl Known {
    pub fn load(tx: &mut Tx<'_>, community: CommunityId) -> Result<Self, Refusal> {
        let meters: HashMap<MeterId, MeterRow> =
            store::list_meters(tx, community)?.into_iter().map(|meter| (meter.id, meter)).collect();
        let mut bases = HashMap::new();
        for kind in MeterKind::ALL {
            if meters.values().any(|meter| meter.kind == *kind) {
                bases.insert(*kind, Bases::load(tx, community, *kind)?);
            }
        }
        Ok(Self { meters, bases })
    }

    pub fn check(&self, reading: &NewReading, period: Period) -> Result<(), Refusal> {
        let found = self.meters.get(&reading.meter).and_then(|meter| Some((meter, self.bases.get(&meter.kind)?)));
        let (meter, bases) = found.ok_or_else(|| Refusal::not_found("表", "meter", ""))?;
        bases.of(meter).check(period, reading.value, reading.rolled_over)
    }
}

/// Writes readings that were checked.
pub(super) fn write(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (request, reader): (&ReadingsRequest, &str),
    first_seq: i64,
) -> Result<(), Refusal> {
    let reader = if reader.is_empty() { &actor.name } else { reader };
    let row = |(one, seq): (&NewReading, i64)| ReadingRow {
        id: app.new_id(),
        meter_id: one.meter,
        period: request.period,
        read_on: request.read_on,
        value: one.value,
        estimated: one.estimated,
        rolled_over: one.rolled_over,
        reader: reader.to_owned(),
        photo_sha256: request.photo_sha256.clone(),
        recorded_at: app.clock.now(),
        seq,
    };
    let rows: Vec<ReadingRow> = request.readings.iter().zip(first_seq..).map(row).collect();
    store::insert_readings(tx, community, &rows)?;
    let detail = json!({ "period": request.period, "readings": rows.len() });
    let act = Act { act: "meter.read", subject_kind: "meter_reading", subject_id: None, detail: &detail };
    Ok(audit::record(tx, app, actor, Some(community), &act)?)
}
