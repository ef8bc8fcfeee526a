//! Meters whose usage of a month no bill can take up yet: nobody has read them, or nobody has confirmed what was read.

use std::collections::HashMap;

use hemu_domain::ids::{CommunityId, MeterId};
use hemu_domain::metering::MeterKind;
use hemu_domain::{Period, UnitLabel};
use hemu_store::metering::{self as store, MeterRow, ReadingRow};
use hemu_store::{DbError, Tx};

use super::base::Bases;

/// A meter whose usage of the month is not confirmed.
pub(crate) struct PendingMeter {
    /// Its unit; `None` for a master meter.
    pub unit: Option<UnitLabel>,
    /// Where it hangs.
    pub place: String,
    /// What it measures.
    pub kind: MeterKind,
    /// Its number.
    pub number: String,
    /// Whether it was read.
    pub read: bool,
}

/// The meters of a month that are not confirmed, by unit. What was read before a replacement is no reading of the device that is there.
///
/// # Errors
/// When the database refuses.
pub(crate) fn list_pending(
    tx: &mut Tx<'_>,
    community: CommunityId,
    period: Period,
) -> Result<Vec<PendingMeter>, DbError> {
    let meters: Vec<MeterRow> = store::list_meters(tx, community)?
        .into_iter()
        .filter(|meter| meter.ended_on.is_none() && meter.starts_on <= period.last_day())
        .collect();
    if meters.is_empty() {
        return Ok(Vec::new());
    }
    let readings: HashMap<MeterId, ReadingRow> =
        store::list_readings(tx, community, period)?.into_iter().map(|one| (one.meter_id, one)).collect();
    let mut pending = Vec::new();
    for kind in MeterKind::ALL.iter().copied().filter(|kind| meters.iter().any(|meter| meter.kind == *kind)) {
        let bases = Bases::load(tx, community, kind)?;
        for meter in meters.iter().filter(|meter| meter.kind == kind) {
            let base = bases.of(meter);
            if base.charged_month().is_none_or(|charged| charged < period) {
                let read = readings.get(&meter.id).is_some_and(|reading| base.is_of_device(reading));
                let (unit, place, number) = (meter.unit.clone(), meter.place.clone(), meter.number.clone());
                pending.push(PendingMeter { unit, place, kind, number, read });
            }
        }
    }
    Ok(pending)
}
