//! The nightly plan, beside a bare streaming read of the open charges in the order of accounts.
//!
//! Two nights are measured: the first (`plan-first`), in which every case is opened, decided and given its first action, and a usual
//! one (`plan`), in which every case is decided and nothing new came up. Three slices of the communities are three measurements.

use std::time::Duration;

use chrono::Days;
use hemu_app::collection::{RunReport, RunRequest, run_collections};
use hemu_app::{Actor, Refusal};
use hemu_domain::collection::Policy;
use hemu_store::bench;

use super::Bench;
use super::estate::{Estate, Place, TODAY};
use super::measure::{Row, forget_peak_memory, timed};

/// Measures.
///
/// # Errors
/// When the database refuses.
pub fn measure(bench: &Bench, estate: &Estate) -> Result<Vec<Row>, Refusal> {
    forget_peak_memory();
    let (mut first, mut usual, mut reference) = (Vec::new(), Vec::new(), Vec::new());
    for (number, slice) in (1..).zip(estate.slices()) {
        let (mut charges, mut bare) = (0, Duration::ZERO);
        bench.say(format!("plan {number}/3：{} 个小区", slice.len()));
        for place in slice {
            let stream = || Ok(bench.app.db.read(|tx| bench::stream_open_charges(tx, place.id))?);
            let ((count, _), time) = timed(stream)?;
            charges += count;
            bare += time;
        }
        let first_night = night(bench, slice, 0)?;
        // What was planned is answered in the second night; the third has nothing new.
        night(bench, slice, 1)?;
        let usual_night = night(bench, slice, 2)?;
        first.push((charges, first_night));
        usual.push((charges, usual_night));
        reference.push((charges, bare));
    }
    let row = |name, times| Row::of_slices(name, "charges", (times, &reference), 0.25);
    Ok(vec![row("plan-first", &first), row("plan", &usual)])
}

/// How long the run of a night takes, as the nightly run makes it.
pub(super) fn night(bench: &Bench, places: &[Place], number: u64) -> Result<Duration, Refusal> {
    let as_of = TODAY + Days::new(number);
    let request = |place: &Place| RunRequest { community: place.id, as_of, dry_run: false };
    let requests: Vec<RunRequest> = places.iter().map(request).collect();
    let run = || run_collections(&bench.app, &Actor::system(), &Policy::v1(), &requests).into_iter().collect();
    let (_, time): (Vec<RunReport>, Duration) = timed(run)?;
    Ok(time)
}
