//! Billing (出账): checks, dry run, then one bill per account with one charge per fee item (C1).
//!
//! A run reads the community set by set, computes in Rust, and writes bills, charges and their explanations, committing every
//! 10,000 accounts. What is charged already is left as it is: a run after a crash fills the gaps and comes to the same bills
//! as one clean run, because ids aside everything of a bill follows from account, month and tariff. Findings never block a run;
//! a line that cannot be computed is listed with unit, item and reason, and left out: the other lines of the account are billed, and
//! the next run adds it once its reason is gone.

pub mod checklist;
mod covered;
mod cycle;
pub mod explain;
mod extra;
pub(crate) mod line;
mod metered;
pub mod orders;
pub mod paper;
pub(crate) mod plan;
pub(crate) mod prepaid;
pub mod publish;
pub mod rebill;
mod shares;
mod span;
pub(crate) mod tariff;

use std::collections::HashMap;

use hemu_domain::ids::{AccountId, BillId, BillRunId, CommunityId, UnitId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::billing::{self, BillRow, BillRunRow, ChargeRow};
use hemu_store::ledger::adjustment;
use hemu_store::{Tx, community};
use serde::Serialize;

use crate::audit::{self, Act};
use crate::reductions::discounts::Discounts;
use crate::{Actor, App, Refusal};

use self::covered::Covered;
use self::extra::Extra;
use self::line::Line;
use self::plan::{Draft, Plan};
use self::prepaid::Used;

/// Accounts written per transaction: pages stay quick while a large run goes on.
const CHUNK: usize = 10_000;

/// What to bill.
#[derive(Clone, Debug)]
pub struct BillRequest {
    /// Name of the community.
    pub community: String,
    /// The month.
    pub period: Period,
    /// Computes and reports, writes nothing.
    pub dry_run: bool,
}

/// What a bill run did, or would do.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BillReport {
    /// Bills issued.
    pub bills: i64,
    /// Charges issued.
    pub charges: i64,
    /// Their sum.
    pub total: Fen,
    /// Accounts whose bill was there already.
    pub already: i64,
    /// Lines that were not billed, and why.
    pub refused: Vec<RefusedUnit>,
    /// What somebody should look at; it blocks nothing.
    pub findings: Vec<BillFinding>,
}

/// A line that was not billed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedUnit {
    /// The unit.
    pub unit: UnitLabel,
    /// The fee item; `None` when nothing of the unit was billed.
    pub item: Option<String>,
    /// Why, and what to do.
    pub problem: String,
}

/// Something that looks wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BillFinding {
    /// The unit.
    pub unit: UnitLabel,
    /// `changed_standard`, `jump`, `zero`...
    pub kind: &'static str,
    /// What, for people.
    pub detail: String,
}

/// Issues the bills of a month.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community; [`Refusal::InvalidInput`] when the month is too far ahead.
pub fn issue_bills(app: &App, actor: &Actor, request: &BillRequest) -> Result<BillReport, Refusal> {
    issue_bills_in_chunks(app, actor, request, CHUNK)
}

/// Like [`issue_bills`], committing after that many accounts.
///
/// # Errors
/// As [`issue_bills`].
pub fn issue_bills_in_chunks(
    app: &App,
    actor: &Actor,
    request: &BillRequest,
    accounts: usize,
) -> Result<BillReport, Refusal> {
    let community = find_community(app, &request.community)?;
    actor.require(Permission::IssueBills, community)?;
    check_period(app, request.period)?;
    let plan = app.db.read(|tx| Plan::load(tx, community, request.period))?;
    let mut report = plan.report();
    if request.dry_run {
        report.bills = count(plan.drafts.iter().filter(|draft| draft.bill.is_none()).count());
        report.charges = count(plan.drafts.iter().map(|draft| draft.lines.len()).sum());
        report.total = plan.drafts.iter().map(Draft::total).sum();
        return Ok(report);
    }
    let run = new_run(app, actor, request.period, &report);
    let progress = Progress { run, watermark: plan.watermark, months: plan.months };
    let run = write_all(app, actor, community, progress, plan.drafts.chunks(accounts.max(1)))?;
    (report.bills, report.charges, report.total) = (run.bills, run.charges, run.total);
    Ok(report)
}

/// Writes chunk after chunk, each in a transaction of its own. The run begins in the first and ends in the last: a community of
/// usual size is one commit.
fn write_all<'a>(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    mut progress: Progress,
    chunks: impl ExactSizeIterator<Item = &'a [Draft]>,
) -> Result<BillRunRow, Refusal> {
    let last = chunks.len().saturating_sub(1);
    // A run that finds nothing to bill is recorded as well.
    let nothing: Option<&[Draft]> = (chunks.len() == 0).then_some(&[]);
    for (number, chunk) in chunks.chain(nothing).enumerate() {
        progress = app.db.write(|tx| {
            if number == 0 {
                billing::start_run(tx, community, &progress.run)?;
            }
            let mut progress = write_chunk(tx, app, community, progress.clone(), chunk)?;
            if number == last {
                finish(tx, app, actor, community, &mut progress.run)?;
            }
            Ok::<_, Refusal>(progress)
        })?;
    }
    Ok(progress.run)
}

/// How far a run is.
#[derive(Clone)]
struct Progress {
    run: BillRunRow,
    /// The last fact of the community that the plan and this run's own chunks know of.
    watermark: i64,
    months: (Period, Period),
}

/// The community of that name.
///
/// # Errors
/// [`Refusal::NotFound`] when there is none.
pub fn find_community(app: &App, name: &str) -> Result<CommunityId, Refusal> {
    let found = app.db.read(|tx| community::find_by_name(tx, name.trim()))?;
    found.map(|community| community.id).ok_or_else(|| Refusal::not_found("小区", "community", name))
}

fn check_period(app: &App, period: Period) -> Result<(), Refusal> {
    let ahead = Period::of(app.today()).months_until(period);
    if ahead > 12 {
        let zh = format!("账期 {period} 离今天太远，请检查");
        return Err(Refusal::invalid("period", zh, format!("the month {period} is more than a year ahead; check it")));
    }
    Ok(())
}

fn new_run(app: &App, actor: &Actor, period: Period, report: &BillReport) -> BillRunRow {
    BillRunRow {
        id: app.new_id(),
        period,
        as_of: app.today(),
        status: "running".to_owned(),
        actor_name: actor.name.clone(),
        bills: 0,
        charges: 0,
        total: Fen::ZERO,
        findings: serde_json::json!({ "findings": report.findings, "refused": report.refused }),
        started_at: app.clock.now(),
        finished_at: None,
        published_on: None,
    }
}

/// Writes the bills of some accounts and what the run has come to, in one transaction.
fn write_chunk(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    mut progress: Progress,
    drafts: &[Draft],
) -> Result<Progress, Refusal> {
    if drafts.is_empty() {
        return Ok(progress);
    }
    // Locks the community: two runs at once take turns, and the second finds what the first has written.
    let lines: usize = drafts.iter().map(|draft| draft.lines.len()).sum();
    let first_seq = community::next_seq(tx, community, count(lines.max(1)))?;
    let run = &mut progress.run;
    let now = if first_seq == progress.watermark + 1 {
        Now::default()
    } else {
        Now {
            written: Covered::load(tx, community, progress.months)?,
            ready: Some(Extra::load(tx, community, run.period)?),
        }
    };
    let mut rows = Rows::default();
    for draft in drafts {
        rows.add(app, run, draft, &now);
    }
    let units: HashMap<AccountId, UnitId> = drafts.iter().map(|draft| (draft.account_id, draft.unit_id)).collect();
    let discounts = Discounts::load(tx, community)?;
    let taken_off = discounts.take_off(app, &mut rows.charges, |account| units.get(&account).copied());
    let used = Used::take(tx, app, community, &mut rows.charges)?;
    billing::insert_bills(tx, community, &rows.bills)?;
    billing::insert_charges(tx, community, &rows.charges, first_seq)?;
    billing::add_to_bills(tx, community, &rows.completed, first_seq)?;
    if !taken_off.is_empty() {
        let seq = community::next_seq(tx, community, count(taken_off.len()))?;
        adjustment::insert_many(tx, community, &taken_off, seq)?;
    }
    used.write(tx, community)?;
    run.bills += count(rows.bills.len());
    run.charges += count(rows.charges.len());
    run.total += rows.charges.iter().map(|charge| charge.amount).sum();
    billing::update_run(tx, community, run)?;
    progress.watermark = community::watermark(tx, community)?;
    Ok(progress)
}

/// What has been recorded since the plan was made: charges that are there, and what besides monthly fees is still to be billed
/// (a shared cost may have been cancelled). Empty when nothing was.
#[derive(Default)]
struct Now {
    written: Covered,
    ready: Option<Extra>,
}

impl Now {
    fn takes(&self, draft: &Draft, line: &Line) -> bool {
        let ready = self.ready.as_ref();
        !self.written.covers(draft.unit_id, line)
            && ready.is_none_or(|ready| ready.still_has(draft.account_id, draft.unit_id, line))
    }
}

/// What a chunk writes.
#[derive(Default)]
struct Rows {
    bills: Vec<BillRow>,
    charges: Vec<ChargeRow>,
    /// Bills that were there and get charges they lacked.
    completed: Vec<BillId>,
}

impl Rows {
    fn add(&mut self, app: &App, run: &BillRunRow, draft: &Draft, now: &Now) {
        let lines: Vec<_> = draft.lines.iter().filter(|line| now.takes(draft, line)).collect();
        if lines.is_empty() {
            return;
        }
        let bill_id = if let Some(bill) = draft.bill {
            self.completed.push(bill);
            bill
        } else {
            let bill = bill_row(app, run.id, run.period, draft, lines.iter().map(|line| line.amount).sum());
            self.bills.push(bill);
            self.bills[self.bills.len() - 1].id
        };
        self.charges.extend(lines.into_iter().map(|line| charge_row(app, draft.account_id, bill_id, line)));
    }
}

fn charge_row(app: &App, account_id: AccountId, bill_id: BillId, line: &Line) -> ChargeRow {
    ChargeRow {
        id: app.new_id(),
        account_id,
        bill_id: Some(bill_id),
        fee_item_id: line.fee_item_id,
        clause_id: line.clause_id,
        period: line.period,
        occurrence: line.occurrence,
        origin: "bill",
        due_on: line.due_on,
        amount: line.amount,
        open: line.amount,
        explanation: line.explanation.clone(),
        issued_on: app.today(),
    }
}

fn bill_row(app: &App, run_id: BillRunId, period: Period, draft: &Draft, total: Fen) -> BillRow {
    BillRow {
        id: app.new_id(),
        account_id: draft.account_id,
        period,
        run_id,
        number: bill_number(period, draft),
        due_on: draft.lines.iter().map(|line| line.due_on).min().unwrap_or_else(|| period.last_day()),
        total,
        issued_on: app.today(),
    }
}

/// Month and unit, `202611-3-2-1502`; with the number of the payer from the unit's second on, `202611-3-2-1502.2`. It follows
/// from what is known before the run, so it stays the same however often a run is begun again.
fn bill_number(period: Period, draft: &Draft) -> String {
    let number = format!("{}{:02}-{}", period.year(), period.month(), draft.unit);
    if draft.payer_no > 1 { format!("{number}.{}", draft.payer_no) } else { number }
}

fn finish(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    run: &mut BillRunRow,
) -> Result<(), Refusal> {
    run.status = "done".to_owned();
    run.finished_at = Some(app.clock.now());
    billing::update_run(tx, community, run)?;
    let detail = serde_json::json!({ "period": run.period, "bills": run.bills, "total": run.total });
    let act = Act { act: "bills.issue", subject_kind: "bill_run", subject_id: Some(run.id.uuid()), detail: &detail };
    audit::record(tx, app, actor, Some(community), &act)?;
    Ok(())
}

pub(crate) fn count(number: usize) -> i64 {
    i64::try_from(number).expect("a count of rows fits")
}
