//! The nightly plan, beside a bare streaming read of the open charges in the order of accounts.
//!
//! It is the dearest night that is measured: every case is opened, decided and given its first action. Three slices of the
//! communities are three measurements.

use std::time::Duration;

use hemu_app::collection::{RunRequest, run_collection};
use hemu_app::{Actor, Refusal};
use hemu_domain::collection::Policy;
use hemu_store::bench;

use super::Bench;
use super::estate::{Estate, TODAY};
use super::measure::{Row, forget_peak_memory, timed};

/// Measures.
///
/// # Errors
/// When the database refuses.
pub fn measure(bench: &Bench, estate: &Estate) -> Result<Row, Refusal> {
    forget_peak_memory();
    let (mut own, mut reference) = (Vec::new(), Vec::new());
    for (number, slice) in (1..).zip(estate.slices()) {
        let (mut charges, mut bare, mut work) = (0, Duration::ZERO, Duration::ZERO);
        for (done, place) in slice.iter().enumerate() {
            bench.say(format!("plan {number}/3：小区 {} / {}", done + 1, slice.len()));
            let stream = || Ok(bench.app.db.read(|tx| bench::stream_open_charges(tx, place.id))?);
            let ((count, _), time) = timed(stream)?;
            charges += count;
            bare += time;
            let request = RunRequest { community: place.id, as_of: TODAY, dry_run: false };
            work += timed(|| run_collection(&bench.app, &Actor::system(), &Policy::v1(), &request))?.1;
        }
        own.push((charges, work));
        reference.push((charges, bare));
    }
    Ok(Row::of_slices("plan", "charges", (&own, &reference), 0.25))
}
