//! Replay: the decisions of two years of nights made again from their facts and policy version, beside a bare streaming read of the
//! same rows.

use std::ops::Range;
use std::time::Duration;

use chrono::{Datelike, Days};
use hemu_app::collection::replay::{ReplayScope, replay};
use hemu_app::{Actor, Refusal};
use hemu_store::bench;

use super::Bench;
use super::estate::{Estate, Place, TODAY};
use super::measure::{Row, forget_peak_memory, timed};
use super::plan::night;
use crate::demo::papers;

/// Nights whose decisions are replayed, in days from the day of the data set: two years, after those of the plan.
const NIGHTS: Range<u64> = 3..734;

/// Measures.
///
/// # Errors
/// [`Refusal::Internal`] when a decision does not come out as recorded.
pub fn measure(bench: &Bench, estate: &Estate) -> Result<Row, Refusal> {
    forget_peak_memory();
    let (mut own, mut reference) = (Vec::new(), Vec::new());
    for (number, slice) in (1..).zip(estate.slices()) {
        for days in NIGHTS {
            bench.say(format!("replay {number}/3：{} 个小区，第 {days} 天", slice.len()));
            live(bench, slice, days)?;
        }
        let (mut decisions, mut made, mut bare) = (0, Duration::ZERO, Duration::ZERO);
        for place in slice {
            let stream = || Ok(bench.app.db.read(|tx| bench::stream_decisions(tx, place.id))?);
            let (count, time) = timed(stream)?;
            bare += time;
            let (report, time) = timed(|| replay(&bench.app, &Actor::system(), place.id, ReplayScope::All))?;
            made += time;
            if !report.differing.is_empty() || u64::try_from(report.same) != Ok(count) {
                return Err(Refusal::Internal(format!("{} decisions differ", report.differing.len())));
            }
            decisions += count;
        }
        own.push((decisions, made));
        reference.push((decisions, bare));
    }
    Ok(Row::of_slices("replay", "decisions", (&own, &reference), 0.25))
}

/// A night, and on the third of a month what keeps the papers of the communities complete.
fn live(bench: &Bench, places: &[Place], days: u64) -> Result<(), Refusal> {
    let (app, office, day) = (&bench.app, Actor::system(), TODAY + Days::new(days));
    app.clock.set(day, 2, 0);
    if day.day() == 3 {
        places.iter().try_for_each(|place| papers::keep_up(app, (&office, &office), (&place.name, place.id), day))?;
    }
    night(bench, places, days).map(|_| ())
}
