//! The round: the meters of an entrance in the order in which one walks past them, with the last reading of each.

use std::collections::{BTreeMap, HashMap};

use hemu_domain::ids::MeterId;
use hemu_domain::metering::MeterKind;
use hemu_domain::staff::Permission;
use hemu_domain::{MeterValue, Period};
use hemu_store::metering::{self as store, MeterRow, ReadingRow};
use serde::Serialize;

use super::base::Bases;
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// The rounds of a month, and one of them.
#[derive(Clone, Debug, Serialize)]
pub struct WalkList {
    /// Which meters.
    pub kind: MeterKind,
    /// Which month.
    pub period: Period,
    /// The entrances, and how far each is.
    pub places: Vec<PlaceItem>,
    /// The place that was asked for, else the first with a meter to read.
    pub place: String,
    /// Its meters.
    pub rows: Vec<WalkItem>,
}

/// An entrance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlaceItem {
    /// `3-2`; for master meters where they hang.
    pub place: String,
    /// Meters there.
    pub meters: usize,
    /// Those with a reading of the month.
    pub read: usize,
}

/// A meter on the round.
#[derive(Clone, Debug, Serialize)]
pub struct WalkItem {
    /// The meter.
    pub meter: MeterId,
    /// The unit, or where it hangs.
    pub unit: String,
    /// Its number.
    pub number: String,
    /// Where the last charge ended.
    pub last: MeterValue,
    /// The reading of the month.
    pub value: Option<MeterValue>,
    /// What was used by it, before multiplier and loss; negative when an estimate was too high.
    pub used: Option<String>,
    /// Whether the reading is an estimate.
    pub estimated: bool,
    /// Whether the usage of the month is confirmed.
    pub confirmed: bool,
}

/// The round of a place.
///
/// # Errors
/// [`Refusal::Forbidden`] for a community that is none of the person's.
pub fn list_walk(
    app: &App,
    actor: &Actor,
    community: &str,
    (kind, period): (MeterKind, Period),
    place: &str,
) -> Result<WalkList, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let bases = Bases::load(tx, community, kind)?;
        let readings: HashMap<MeterId, ReadingRow> =
            store::list_readings(tx, community, period)?.into_iter().map(|one| (one.meter_id, one)).collect();
        let mut of_place: BTreeMap<WalkingOrder, MetersOfPlace> = BTreeMap::new();
        let meters = store::list_meters(tx, community)?;
        for meter in meters.into_iter().filter(|meter| meter.kind == kind && meter.ended_on.is_none()) {
            let place = place_of(&meter);
            of_place.entry(in_order(&place)).or_insert_with(|| (place, Vec::new())).1.push(meter);
        }
        let item = |(place, meters): &MetersOfPlace| PlaceItem {
            place: place.clone(),
            meters: meters.len(),
            read: meters.iter().filter(|meter| readings.contains_key(&meter.id)).count(),
        };
        let places: Vec<PlaceItem> = of_place.values().map(item).collect();
        let open = places.iter().find(|one| one.read < one.meters).or(places.first());
        let asked = places.iter().find(|one| one.place == place.trim()).or(open);
        let place = asked.map(|one| one.place.clone()).unwrap_or_default();
        let mut meters = of_place.remove(&in_order(&place)).map(|(_, meters)| meters).unwrap_or_default();
        meters.sort_by_cached_key(|meter| (in_order(&name(meter)), meter.point_no));
        let rows = meters.iter().map(|meter| row(meter, &bases, readings.get(&meter.id), period)).collect();
        Ok(WalkList { kind, period, places, place, rows })
    })
}

fn row(meter: &MeterRow, bases: &Bases, reading: Option<&ReadingRow>, period: Period) -> WalkItem {
    let base = bases.of(meter);
    let confirmed = base.charged_month().is_some_and(|charged| charged >= period);
    let reading = reading.filter(|one| base.is_of_device(one));
    let last = base.swaps.last().map_or_else(|| base.charged_to(), |swap| swap.start);
    let used = |one: &ReadingRow| base.segments(one).last().map(|one| (one.counted()).normalize().to_string());
    WalkItem {
        meter: meter.id,
        unit: name(meter),
        number: meter.number.clone(),
        last,
        value: reading.map(|one| one.value),
        used: reading.filter(|_| !confirmed).and_then(used),
        estimated: reading.is_some_and(|one| one.estimated),
        confirmed,
    }
}

fn name(meter: &MeterRow) -> String {
    meter.unit.as_ref().map_or_else(|| meter.place.clone(), ToString::to_string)
}

/// The entrance a meter is read in.
fn place_of(meter: &MeterRow) -> String {
    match meter.unit.as_ref().map(|unit| (unit.building(), unit.entrance())) {
        Some((building, Some(entrance))) => format!("{building}-{entrance}"),
        Some((building, None)) => building.to_owned(),
        None => meter.place.clone(),
    }
}

/// A place as it is walked to: each of its parts by its size, then as it is written.
type WalkingOrder = Vec<(u64, String)>;
/// A place and its meters.
type MetersOfPlace = (String, Vec<MeterRow>);

/// Numbers by their size, so that 3-2-302 comes before 3-2-1001.
fn in_order(label: &str) -> WalkingOrder {
    label.split('-').map(|part| (part.parse().unwrap_or(u64::MAX), part.to_owned())).collect()
}
