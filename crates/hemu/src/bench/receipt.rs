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
use super::measure::{Row, TIMES, Times, forget_peak_memory, timed};

/// Receipts of one measurement: of a tenth of the homes, at most so many.
const RECEIPTS: u64 = 300;
/// Fewer of them have a long history, which takes long to write.
const OLD_RECEIPTS: usize = 60;
/// Months of the long history.
const HISTORY_MONTHS: u32 = 120;

/// A home to pay for: its community and its number.
type Home<'a> = (&'a Place, u32);

/// Measures.
///
/// # Errors
/// When the database refuses.
pub fn measure(bench: &Bench, estate: &Estate) -> Result<Vec<Row>, Refusal> {
    let homes = homes(estate);
    let (old, plain) = homes.split_at(OLD_RECEIPTS.min(homes.len() / 2));
    bench.say("receipt：写入十年历史");
    for (place, home) in old {
        write_history(bench, place, *home)?;
    }
    Ok(vec![measure_homes(bench, "receipt", plain)?, measure_homes(bench, "receipt-10y", old)?])
}

/// Homes spread over the communities.
fn homes(estate: &Estate) -> Vec<Home<'_>> {
    let most = usize::try_from(RECEIPTS.min(estate.homes() / 10)).unwrap_or(1).max(2);
    let remembered = |place: &Place| u32::try_from(place.accounts.len()).unwrap_or(u32::MAX).min(place.homes);
    let numbers = 0..estate.communities.iter().map(remembered).max().unwrap_or(0);
    let of_number =
        |home| estate.communities.iter().filter(move |place| home < remembered(place)).map(move |p| (p, home));
    numbers.flat_map(of_number).take(most).collect()
}

fn measure_homes(bench: &Bench, work: &'static str, homes: &[Home<'_>]) -> Result<Row, Refusal> {
    forget_peak_memory();
    let mut times = Times::default();
    for round in 1..=TIMES {
        bench.say(format!("{work} {round}/{TIMES}"));
        let (mut own, mut reference) = (Duration::ZERO, Duration::ZERO);
        for (place, home) in homes {
            let request = request(place, *home);
            let (report, time) = timed(|| take_receipt(&bench.app, &Actor::local_operator(), &request))?;
            own += time;
            reference += write_bare(bench, place, report.id)?;
        }
        times.work.push(own);
        times.reference.push(reference);
    }
    let count = u64::try_from(homes.len()).unwrap_or(0);
    Ok(Row::new(work, (count, "receipts"), &times, 0.5))
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
