//! Closing a month, beside a bare streaming read of the open charges in the order of accounts.
//!
//! Closing looks at every row of a community's money (each check of `verify` that is about it), then sums it in the database. The
//! closing is looked at and not written (`--dry-run`), so that it can be measured again. Three slices of the communities are three
//! measurements.

use std::time::Duration;

use hemu_app::closing::{CloseRequest, close_month};
use hemu_app::{Actor, Refusal};
use hemu_domain::Period;
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
    let month = Period::of(TODAY).previous();
    let (mut own, mut reference) = (Vec::new(), Vec::new());
    for (number, slice) in estate.slices().enumerate() {
        bench.say(format!("close {}/3", number + 1));
        let (mut charges, mut work, mut bare) = (0, Duration::ZERO, Duration::ZERO);
        for place in slice {
            let read = || Ok(bench.app.db.read(|tx| bench::stream_open_charges(tx, place.id))?);
            let ((count, _), time) = timed(read)?;
            charges += count;
            bare += time;
            let request = CloseRequest { community: place.name.clone(), month, dry_run: true };
            work += timed(|| close_month(&bench.app, &Actor::system(), &request))?.1;
        }
        own.push((charges, work));
        reference.push((charges, bare));
    }
    Ok(Row::of_slices("close", "charges", (&own, &reference), 0.1))
}
