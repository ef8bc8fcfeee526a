//! A cost shared over a community and confirmed, beside the same rows written by a bare insert into the same tables.

use std::time::Duration;

use hemu_app::shared_costs::{Cost, CostRequest, share_cost};
use hemu_app::{Actor, Refusal};
use hemu_domain::billing::share::ShareMethod;
use hemu_domain::billing::share_scope::ShareScope;
use hemu_domain::{Fen, Period};
use hemu_store::bench;

use super::Bench;
use super::estate::{Estate, TODAY};
use super::measure::{Row, TIMES, Times, forget_peak_memory, timed};

/// The bare rows go to months nobody shares a cost in.
const FAR_MONTHS: u32 = 240;

/// Measures.
///
/// # Errors
/// When the database refuses.
pub fn measure(bench: &Bench, estate: &Estate) -> Result<Row, Refusal> {
    forget_peak_memory();
    let mut times = Times::default();
    let period = Period::of(TODAY);
    for round in 1..=TIMES {
        let (mut work, mut reference) = (Duration::ZERO, Duration::ZERO);
        for (number, place) in estate.communities.iter().enumerate() {
            bench.say(format!("shared-costs {round}/{TIMES}：小区 {} / {}", number + 1, estate.communities.len()));
            let request = request(period, &round.to_string());
            let (report, time) = timed(|| share_cost(&bench.app, &Actor::local_operator(), &place.name, &request))?;
            let pool = report.id.ok_or_else(|| Refusal::Internal("the cost was not shared".to_owned()))?;
            work += time;
            let (far, app) = (period.plus_months(FAR_MONTHS), &bench.app);
            let rows = app.db.read(|tx| bench::read_shares(tx, place.id, pool, far, || app.new_id()))?;
            reference += timed(|| Ok(app.db.write(|tx| bench::write(tx, &rows))?))?.1;
        }
        times.work.push(work);
        times.reference.push(reference);
    }
    Ok(Row::new("shared-costs", (estate.homes(), "shares"), &times, 0.5))
}

/// An invoice shared by area over all homes.
pub fn request(period: Period, invoice: &str) -> CostRequest {
    CostRequest {
        item: "公摊电费".to_owned(),
        period,
        cost: Cost::Invoice(Fen::new(1_234_567)),
        invoice: format!("发票 {invoice}"),
        scope: ShareScope::default(),
        method: ShareMethod::Area,
        dry_run: false,
    }
}
