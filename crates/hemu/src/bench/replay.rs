//! Replay: recorded decisions made again from their facts and policy version, beside a bare streaming read of the same rows.

use std::time::Duration;

use hemu_app::collection::replay::{ReplayScope, replay};
use hemu_app::{Actor, Refusal};
use hemu_store::bench;

use super::Bench;
use super::estate::Estate;
use super::measure::{Row, forget_peak_memory, timed};
use super::plan::night;

/// Nights whose decisions are replayed, in days from the day of the data set: after those of the plan.
const NIGHTS: [u64; 4] = [3, 10, 17, 24];

/// Measures.
///
/// # Errors
/// [`Refusal::Internal`] when a decision does not come out as recorded.
pub fn measure(bench: &Bench, estate: &Estate) -> Result<Row, Refusal> {
    forget_peak_memory();
    let (mut own, mut reference) = (Vec::new(), Vec::new());
    for (number, slice) in (1..).zip(estate.slices()) {
        bench.say(format!("replay {number}/3：{} 个小区", slice.len()));
        for days in NIGHTS {
            night(bench, slice, days)?;
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
