//! A payment taken and applied, beside a bare transaction that inserts the same receipt, allocations and audit entry.
//!
//! A second row is of accounts with ten years of paid bills behind them: it should be as quick.

use std::time::Duration;

use hemu_app::ledger::{ReceiptRequest, take_receipt};
use hemu_app::{Actor, Refusal};
use hemu_domain::ids::{AccountId, ReceiptId};
use hemu_domain::{Fen, Period};
use hemu_store::billing::{self, ChargeRow};
use hemu_store::ledger::{self, AllocationRow, ReceiptRow};
use hemu_store::{bench, community};

use super::Bench;
use super::estate::{self, Estate, Place, TODAY};
use super::measure::{Row, TIMES, Times, forget_peak_memory, median, millis, percentile_99, timed};

/// Receipts of one measurement: of a tenth of the homes, at most so many.
const RECEIPTS: u64 = 600;
/// Months of the long history.
const HISTORY_MONTHS: u32 = 120;

/// Multiplied by it, numbers in a row are in no order (the golden ratio of the range of a word).
const SCATTER: usize = 0x9E37_79B9_7F4A_7C15;

/// A home to pay for: its community and its number.
type Home<'a> = (&'a Place, u32);

/// Measures.
///
/// # Errors
/// When the database refuses.
pub fn measure(bench: &Bench, estate: &Estate) -> Result<Vec<Row>, Refusal> {
    let homes = homes(estate);
    bench.say("receipt：写入十年历史");
    for (place, home) in homes.iter().skip(1).step_by(2) {
        write_history(bench, place, *home)?;
    }
    forget_peak_memory();
    let (mut plain, mut old) = (Paid::default(), Paid::default());
    for round in 1..=TIMES {
        bench.say(format!("receipt {round}/{TIMES}"));
        measure_round(bench, &homes, (&mut plain, &mut old))?;
    }
    let count = u64::try_from(homes.len() / 2).unwrap_or(0);
    Ok(vec![plain.row("receipt", count), old.row("receipt-10y", count)])
}

/// How long payments took: all of a round together, and each by itself.
#[derive(Default)]
struct Paid {
    rounds: Times,
    each: Vec<Duration>,
}

impl Paid {
    /// Whichever payment comes when the database empties its journal pays for that, so the sum of a round scatters; the middle one
    /// of all does not.
    fn row(mut self, work: &'static str, count: u64) -> Row {
        let row = Row::new(work, (count, "receipts"), &self.rounds, 0.5);
        Row { median_ms: millis(median(&self.each)), p99_ms: Some(millis(percentile_99(&mut self.each))), ..row }
    }
}

/// Homes spread over the communities: an even number, every second one for a long history.
fn homes(estate: &Estate) -> Vec<Home<'_>> {
    let most = usize::try_from(RECEIPTS.min(estate.homes() / 10)).unwrap_or(1).max(2) & !1;
    let remembered = |place: &Place| u32::try_from(place.accounts.len()).unwrap_or(u32::MAX).min(place.homes);
    let numbers = 0..estate.communities.iter().map(remembered).max().unwrap_or(0);
    let of_number =
        |home| estate.communities.iter().filter(move |place| home < remembered(place)).map(move |p| (p, home));
    numbers.flat_map(of_number).take(most).collect()
}

/// A payment for each home, with and without history mixed in an order without rhythm: what else the machine does, and the
/// database emptying its journal every so many commits, meet both alike.
fn measure_round(bench: &Bench, homes: &[Home<'_>], (plain, old): (&mut Paid, &mut Paid)) -> Result<(), Refusal> {
    let round = plain.rounds.work.len();
    for paid in [&mut *plain, &mut *old] {
        paid.rounds.work.push(Duration::ZERO);
        paid.rounds.reference.push(Duration::ZERO);
    }
    let mut order: Vec<usize> = (0..homes.len()).collect();
    order.sort_by_key(|number| (number + round * homes.len()).wrapping_mul(SCATTER));
    for number in order {
        let (place, home) = homes[number];
        let paid = if number % 2 == 0 { &mut *plain } else { &mut *old };
        let (report, time) = timed(|| take_receipt(&bench.app, &Actor::local_operator(), &request(place, home)))?;
        paid.each.push(time);
        paid.rounds.work[round] += time;
        paid.rounds.reference[round] += write_bare(bench, place, report.id)?;
    }
    Ok(())
}

/// A part of the oldest month, so that every round finds something open.
fn request(place: &Place, home: u32) -> ReceiptRequest {
    ReceiptRequest {
        community: place.name.clone(),
        unit: estate::label(home),
        amount: Fen::new(5_000),
        received_on: TODAY,
        method: "wechat".to_owned(),
        designated: Vec::new(),
        key: None,
        remark: String::new(),
    }
}

fn write_bare(bench: &Bench, place: &Place, receipt: ReceiptId) -> Result<Duration, Refusal> {
    let app = &bench.app;
    let rows = app.db.read(|tx| bench::read_receipt(tx, place.id, receipt, || app.new_id()))?;
    Ok(timed(|| Ok(app.db.write(|tx| bench::write(tx, &rows))?))?.1)
}

/// Ten years of months, each billed and paid.
fn write_history(bench: &Bench, place: &Place, home: u32) -> Result<(), Refusal> {
    let app = &bench.app;
    let account_id = place.accounts[usize::try_from(home).expect("a small number")];
    let first = (0..HISTORY_MONTHS).fold(Period::try_new(2026, 6).expect("a month"), |month, _| month.previous());
    let months: Vec<Period> = (0..HISTORY_MONTHS).map(|month| first.plus_months(month)).collect();
    let charges: Vec<ChargeRow> =
        months.iter().map(|month| paid_charge(bench, place, home, account_id, *month)).collect();
    app.db.write(|tx| {
        let count = i64::from(HISTORY_MONTHS);
        let seq = community::next_seq(tx, place.id, 3 * count)?;
        billing::insert_charges(tx, place.id, &charges, seq)?;
        let mut allocations = Vec::new();
        for (charge, seq) in charges.iter().zip(seq + count..) {
            let receipt = paid_receipt(bench, charge);
            ledger::insert_receipt(tx, place.id, &receipt, seq)?;
            allocations.push(allocation(bench, charge, receipt.id));
        }
        ledger::insert_allocations(tx, place.id, &allocations, seq + 2 * count)?;
        Ok(())
    })
}

fn paid_charge(bench: &Bench, place: &Place, home: u32, account_id: AccountId, period: Period) -> ChargeRow {
    let explanation = estate::explanation(home);
    ChargeRow {
        id: bench.app.new_id(),
        account_id,
        bill_id: None,
        fee_item_id: place.item,
        clause_id: None,
        period,
        occurrence: 1,
        origin: "opening",
        due_on: period.last_day(),
        amount: explanation.amount().expect("area times price is an amount"),
        open: Fen::ZERO,
        explanation,
        issued_on: period.first_day(),
    }
}

fn paid_receipt(bench: &Bench, charge: &ChargeRow) -> ReceiptRow {
    let id: ReceiptId = bench.app.new_id();
    ReceiptRow {
        id,
        account_id: charge.account_id,
        number: format!("H-{id}"),
        key: id.to_string(),
        amount: charge.amount,
        received_on: charge.due_on,
        method: "transfer".to_owned(),
        remark: String::new(),
        reverses_id: None,
        source_id: None,
        actor_name: "样本".to_owned(),
        recorded_at: bench.app.clock.now(),
    }
}

fn allocation(bench: &Bench, charge: &ChargeRow, receipt_id: ReceiptId) -> AllocationRow {
    AllocationRow {
        id: bench.app.new_id(),
        receipt_id,
        account_id: charge.account_id,
        kind: "principal".to_owned(),
        charge_id: Some(charge.id),
        late_fee_id: None,
        amount: charge.amount,
        effective_on: charge.due_on,
    }
}
