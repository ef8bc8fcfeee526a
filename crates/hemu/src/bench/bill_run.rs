//! The bills of a month, beside the same rows written by a bare insert into the same tables.
//!
//! Community by community in turn, three months one after the other, so that run and reference find the tables equally grown.

use std::time::Duration;

use hemu_app::billing::{BillRequest, issue_bills};
use hemu_app::{Actor, Refusal};
use hemu_domain::Period;
use hemu_store::bench;

use super::Bench;
use super::estate::{Estate, TODAY};
use super::measure::{Row, TIMES, Times, forget_peak_memory, timed};

/// The bare rows go to months nobody bills.
const FAR_MONTHS: u32 = 240;

/// Measures.
///
/// # Errors
/// When the database refuses.
pub fn measure(bench: &Bench, estate: &Estate) -> Result<Row, Refusal> {
    forget_peak_memory();
    let (mut times, mut period) = (Times::default(), Period::of(TODAY));
    for round in 1..=TIMES {
        let (mut work, mut reference) = (Duration::ZERO, Duration::ZERO);
        for (number, place) in estate.communities.iter().enumerate() {
            bench.say(format!("bill-run {round}/{TIMES}：小区 {} / {}", number + 1, estate.communities.len()));
            let request = BillRequest { community: place.name.clone(), period, dry_run: false };
            let (report, time) = timed(|| issue_bills(&bench.app, &Actor::local_operator(), &request))?;
            if report.bills != i64::from(place.homes) {
                let problem = format!("{} bills for {} homes of {}", report.bills, place.homes, place.name);
                return Err(Refusal::Internal(problem));
            }
            work += time;
            let (far, app) = (period.plus_months(FAR_MONTHS), &bench.app);
            let rows = app.db.read(|tx| bench::read_bills(tx, place.id, period, far, || app.new_id()))?;
            reference += timed(|| Ok(app.db.write(|tx| bench::write(tx, &rows))?))?.1;
        }
        times.work.push(work);
        times.reference.push(reference);
        period = period.next();
    }
    Ok(Row::new("bill-run", (estate.homes(), "homes"), &times, 0.5))
}
