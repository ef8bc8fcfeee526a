//! Writes a correction: the tariff as it should have been, reversals and new charges on bills of their own, and what follows them.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, BillId, BillRunId, ChargeId, CommunityId, PartyId};
use hemu_domain::{Fen, Period};
use hemu_store::billing::{self, BillRow, BillRunRow, ChargeRow, Reversal};
use hemu_store::ledger::adjustment::{self, AdjustmentRow};
use hemu_store::ledger::reversal;
use hemu_store::ledger::{self, AllocationRow, LateFeeRow};
use hemu_store::metering::{self, PriceStepsRow};
use hemu_store::shared_costs::{self, SharePoolRow};
use hemu_store::{DbError, Tx, community, tariff};
use serde_json::json;
use uuid::Uuid;

use super::found::{Found, Right};
use super::{RebillReport, Worked};
use crate::approval::TwoPeople;
use crate::audit::{self, Act};
use crate::ledger::use_put_by;
use crate::{App, Refusal};

/// All rows of a correction, table by table.
#[derive(Default)]
struct Rows {
    reversals: Vec<Reversal>,
    charges: Vec<ChargeRow>,
    allocations: Vec<AllocationRow>,
    adjustments: Vec<AdjustmentRow>,
    late_fees_back: Vec<LateFeeRow>,
    late_fees: Vec<LateFeeRow>,
    replaced: Vec<(ChargeId, Vec<ChargeId>)>,
}

/// Does what was worked out; the run of the correction.
///
/// # Errors
/// When the database refuses.
pub fn write(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    worked: Worked,
) -> Result<Uuid, Refusal> {
    let report = worked.report();
    let (accounts, parties) = payers(&worked);
    reversal::lock(tx, community, &accounts, &parties)?;
    put_on_record(tx, app, people, community, &worked.found)?;
    let (from, subject) = (worked.found.from, worked.found.subject);
    let run = new_run(app, people, from, &report);
    billing::start_run(tx, community, &run)?;
    let mut bills = Bills::load(tx, community, run.id, from)?;
    let mut rows = Rows::default();
    for (old, new) in worked.found.wrong.into_iter().zip(worked.settled) {
        let payer_no = worked.found.payer_nos.get(&old.charge.account_id).copied().unwrap_or(1);
        let bill = bills.of(app, old.charge.account_id, &(old.unit.to_string(), payer_no));
        rows.replaced.push((old.charge.id, new.charges.iter().map(|one| one.id).collect()));
        let (mut back, reverses) = new.reversal;
        back.bill_id = Some(bill);
        bills.add(&back);
        rows.reversals.push((back, reverses));
        for mut charge in new.charges {
            charge.bill_id = Some(bill);
            bills.add(&charge);
            rows.charges.push(charge);
        }
        rows.allocations.extend(new.allocations);
        rows.adjustments.extend(new.adjustments);
        rows.late_fees_back.extend(new.late_fees_back);
        rows.late_fees.extend(new.late_fees);
    }
    rows.write(tx, community, &bills, &accounts)?;
    let used = use_put_by(tx, app, community, &accounts, people.asked_by)?;
    let run = finish(tx, app, people, community, run, &rows, &bills)?;
    let detail = json!({ "from": from, "subject": subject, "charges": report.rows.len(), "kept": report.kept.len(),
        "was": report.was, "becomes": report.becomes, "put_by": report.put_by, "used": used, "requested_by": people.asked_by });
    record(tx, app, people, community, ("charges.rebill", run), &detail)?;
    Ok(run.uuid())
}

fn payers(worked: &Worked) -> (Vec<AccountId>, Vec<PartyId>) {
    let mut accounts: Vec<AccountId> = worked.found.wrong.iter().map(|one| one.charge.account_id).collect();
    let mut parties: Vec<PartyId> = worked.found.wrong.iter().map(|one| one.charge.party_id).collect();
    accounts.sort_unstable();
    accounts.dedup();
    parties.sort_unstable();
    parties.dedup();
    (accounts, parties)
}

/// What is right goes on record, in the name of whoever approves.
fn put_on_record(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    found: &Found,
) -> Result<(), DbError> {
    let by = &people.approver.name;
    match &found.right {
        Right::Record => Ok(()),
        Right::Prices(prices) => prices.iter().try_for_each(|price| tariff::put_price(tx, community, price)),
        Right::Fees(fees) => {
            let places: Vec<_> = fees.iter().map(|fee| fee.unit_id).collect();
            match fees.first().map(|fee| fee.fee_item_id) {
                Some(item) => tariff::replace_unit_fees(tx, community, (item, found.from.first_day()), &places, fees),
                None => Ok(()),
            }
        }
        Right::MeterPrices(prices) => {
            let signed = |price: &PriceStepsRow| PriceStepsRow { set_by: by.clone(), ..price.clone() };
            prices.iter().try_for_each(|price| metering::put_price(tx, community, &signed(price)))
        }
        Right::SharedCost(right) => {
            let (now, seq) = (app.clock.now(), next(tx, community, 1)?);
            shared_costs::cancel(tx, community, right.wrong.id, (by, now, people.reason))?;
            let pool = SharePoolRow { confirmed_by: by.clone(), ..right.pool.clone() };
            shared_costs::insert(tx, community, &pool, &right.shares, seq)
        }
    }
}

fn new_run(app: &App, people: TwoPeople<'_>, period: Period, report: &RebillReport) -> BillRunRow {
    BillRunRow {
        id: app.new_id(),
        period,
        as_of: app.today(),
        status: "running".to_owned(),
        actor_name: people.approver.name.clone(),
        bills: 0,
        charges: 0,
        total: Fen::ZERO,
        findings: json!({ "findings": [], "refused": report.refused, "correction": people.reason }),
        started_at: app.clock.now(),
        finished_at: None,
        published_on: None,
    }
}

/// The correction bills, one for each account.
struct Bills {
    run: BillRunId,
    period: Period,
    occurrences: HashMap<AccountId, i64>,
    bills: BTreeMap<AccountId, (BillRow, i64)>,
}

impl Bills {
    fn load(tx: &mut Tx<'_>, community: CommunityId, run: BillRunId, period: Period) -> Result<Self, DbError> {
        let occurrences = reversal::list_occurrences(tx, community, period)?.into_iter().collect();
        Ok(Self { run, period, occurrences, bills: BTreeMap::new() })
    }

    /// The bill of an account: month and unit as the bill it corrects, and which correction it is, `202601-3-2-1502-G1`.
    fn of(&mut self, app: &App, account: AccountId, (unit, payer_no): &(String, usize)) -> BillId {
        let before = self.occurrences.get(&account).copied().unwrap_or(1).max(1);
        let (run_id, period) = (self.run, self.period);
        let new = || {
            let payer = if *payer_no > 1 { format!(".{payer_no}") } else { String::new() };
            let row = BillRow {
                id: app.new_id(),
                account_id: account,
                period,
                run_id,
                number: format!("{}{:02}-{unit}{payer}-G{before}", period.year(), period.month()),
                due_on: NaiveDate::MIN,
                total: Fen::ZERO,
                issued_on: app.today(),
            };
            (row, before + 1)
        };
        self.bills.entry(account).or_insert_with(new).0.id
    }

    /// Counts a charge on the bill of its account, which is due with the last of them.
    fn add(&mut self, charge: &ChargeRow) {
        if let Some((bill, _)) = self.bills.get_mut(&charge.account_id) {
            bill.due_on = bill.due_on.max(charge.due_on);
            bill.total += charge.amount;
        }
    }

    fn total(&self) -> Fen {
        self.bills.values().map(|(bill, _)| bill.total).sum()
    }
}

impl Rows {
    fn write(
        &self,
        tx: &mut Tx<'_>,
        community: CommunityId,
        bills: &Bills,
        accounts: &[AccountId],
    ) -> Result<(), DbError> {
        let old: Vec<ChargeId> = self.replaced.iter().map(|(old, _)| *old).collect();
        let bills: Vec<(BillRow, i64)> = bills.bills.values().cloned().collect();
        billing::insert_correction_bills(tx, community, &bills)?;
        reversal::retire(tx, community, &old)?;
        let first = next(tx, community, self.reversals.len())?;
        billing::insert_reversals(tx, community, &self.reversals, first)?;
        let first = next(tx, community, self.charges.len())?;
        billing::insert_charges(tx, community, &self.charges, first)?;
        // Before the late fees, which follow from what lowered the principal until then.
        let first = next(tx, community, self.adjustments.len())?;
        adjustment::insert_many(tx, community, &self.adjustments, first)?;
        ledger::tie_roundings_since(tx, community, first)?;
        let first = next(tx, community, self.allocations.len())?;
        ledger::insert_allocations(tx, community, &self.allocations, first)?;
        reversal::add_prepaid_since(tx, community, accounts, first)?;
        let first = next(tx, community, self.late_fees_back.len())?;
        reversal::insert_late_fees(tx, community, &self.late_fees_back, (false, first))?;
        let first = next(tx, community, self.late_fees.len())?;
        reversal::insert_late_fees(tx, community, &self.late_fees, (true, first))?;
        reversal::follow_holds(tx, community, &self.replaced)
    }
}

/// Numbers for so many facts.
fn next(tx: &mut Tx<'_>, community: CommunityId, facts: usize) -> Result<i64, DbError> {
    community::next_seq(tx, community, crate::billing::count(facts.max(1)))
}

fn finish(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    mut run: BillRunRow,
    rows: &Rows,
    bills: &Bills,
) -> Result<BillRunId, Refusal> {
    run.status = "done".to_owned();
    run.bills = crate::billing::count(bills.bills.len());
    run.charges = crate::billing::count(rows.reversals.len() + rows.charges.len());
    run.total = bills.total();
    run.finished_at = Some(app.clock.now());
    billing::update_run(tx, community, &run)?;
    let detail = json!({ "period": run.period, "bills": run.bills, "total": run.total, "correction": true });
    record(tx, app, people, community, ("bills.issue", run.id), &detail)?;
    Ok(run.id)
}

fn record(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    (act, run): (&'static str, BillRunId),
    detail: &serde_json::Value,
) -> Result<(), DbError> {
    let act = Act { act, subject_kind: "bill_run", subject_id: Some(run.uuid()), detail };
    audit::record(tx, app, people.approver, Some(community), &act)
}
