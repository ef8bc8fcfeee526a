//! Billing (出账): bill runs, bills and charges. Charges are never deleted; a correction is a reversal.

mod content;
pub mod opening;
pub mod order;

pub(crate) use content::charge_content;

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::billing::Explanation;
use hemu_domain::ids::{AccountId, BillId, BillRunId, ChargeId, ClauseId, CommunityId, FeeItemId, UnitId};
use hemu_domain::registry::unit::{Occupancy, UnitKind};
use hemu_domain::{Area, Fen, Period, UnitLabel};
use serde_json::Value as Json;

use crate::db::{BulkTable, ColumnKind};
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Tx, Value, params};

/// A bill as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillRow {
    /// Its id.
    pub id: BillId,
    /// The account.
    pub account_id: AccountId,
    /// The first month it covers.
    pub period: Period,
    /// The run that issued it.
    pub run_id: BillRunId,
    /// What it is called: month and unit.
    pub number: String,
    /// When it is due.
    pub due_on: NaiveDate,
    /// The sum of its charges.
    pub total: Fen,
    /// When it was issued.
    pub issued_on: NaiveDate,
}

/// A charge as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct ChargeRow {
    /// Its id.
    pub id: ChargeId,
    /// The account.
    pub account_id: AccountId,
    /// The bill it stands on; `None` for opening arrears.
    pub bill_id: Option<BillId>,
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// The clause it rests on.
    pub clause_id: Option<ClauseId>,
    /// The first month it covers.
    pub period: Period,
    /// Which charge of that account, item and month, the first being 1: a monthly fee has one, orders may have more.
    pub occurrence: i64,
    /// `bill`, `opening` or `reversal`.
    pub origin: &'static str,
    /// When it is due.
    pub due_on: NaiveDate,
    /// What was charged.
    pub amount: Fen,
    /// What is left of it.
    pub open: Fen,
    /// How the amount came to be.
    pub explanation: Explanation,
    /// When it was issued.
    pub issued_on: NaiveDate,
}

/// A bill run as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct BillRunRow {
    /// Its id.
    pub id: BillRunId,
    /// The month.
    pub period: Period,
    /// The day it was run for.
    pub as_of: NaiveDate,
    /// `running`, `done` or `taken_over`.
    pub status: String,
    /// Who ran it.
    pub actor_name: String,
    /// Bills it issued.
    pub bills: i64,
    /// Charges it issued.
    pub charges: i64,
    /// Their sum.
    pub total: Fen,
    /// What its checks found.
    pub findings: Json,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it was done.
    pub finished_at: Option<DateTime<Utc>>,
    /// The day its bills were published.
    pub published_on: Option<NaiveDate>,
}

const TAKE_OVER: &str = "UPDATE bill_run SET status = 'taken_over' WHERE community_id = $1 AND status = 'running'";
const START: &str =
    "INSERT INTO bill_run (community_id, id, period, as_of, status, actor_name, bills, charges, total_fen, findings,
    started_at, finished_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const FINISH: &str =
    "UPDATE bill_run SET status = $3, bills = $4, charges = $5, total_fen = $6, findings = $7, finished_at = $8
    WHERE community_id = $1 AND id = $2";
const RUNS: &str =
    "SELECT id, period, as_of, status, actor_name, bills, charges, total_fen, findings, started_at, finished_at,
    published_on FROM bill_run WHERE community_id = $1 ORDER BY id DESC LIMIT $2";
const PUBLISH: &str = "UPDATE bill_run SET published_on = $3, published_by = $4
    WHERE community_id = $1 AND period = $2 AND status <> 'running' AND published_on IS NULL AND bills > 0";
/// What is charged already, by unit, so that a month the last payer was charged for is not charged to the next: the months an
/// explanation covers start at `period`.
const COVERED: &str = "SELECT a.unit_id, c.fee_item_id, c.period, c.occurrence, c.explanation FROM charge c
    JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    WHERE c.community_id = $1 AND c.live AND c.period >= $2 AND c.period <= $3";
const UNITS: &str = "SELECT id, label, kind, area_e4, floor, occupancy FROM unit WHERE community_id = $1";
/// Payers for whom a handover matters: developers, and payers of units whose day of handover is known. Each part has an index of
/// its own, so that an estate handed over long ago, with no developer left, costs nothing.
const HANDOVERS: &str = "SELECT a.id, a.unit_id, p.kind, u.handover_on FROM party p
    JOIN account a ON a.community_id = p.community_id AND a.party_id = p.id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    WHERE p.community_id = $1 AND p.kind = 'developer'
    UNION ALL SELECT a.id, a.unit_id, p.kind, u.handover_on FROM unit u
    JOIN account a ON a.community_id = u.community_id AND a.unit_id = u.id
    JOIN party p ON p.community_id = a.community_id AND p.id = a.party_id
    WHERE u.community_id = $1 AND u.handover_on IS NOT NULL AND p.kind <> 'developer'";
const LAST_AMOUNTS: &str = "SELECT account_id, fee_item_id, amount_fen, explanation FROM charge
    WHERE community_id = $1 AND live AND period = $2";
const BILLS_OF_PERIOD: &str = "SELECT id, account_id, total_fen FROM bill WHERE community_id = $1 AND period = $2
    AND occurrence = 1";
/// Adds what was recorded since fact `$2` to bills that were there before.
const ADD_TO_BILLS: &str = "UPDATE bill SET total_fen = total_fen + COALESCE((SELECT CAST(SUM(c.amount_fen) AS BIGINT)
    FROM charge c WHERE c.community_id = $1 AND c.account_id = bill.account_id AND c.live AND c.bill_id = bill.id
        AND c.seq >= $2), 0) WHERE community_id = $1 AND id IN ({ids})";
const TOUCH_CHARGE: &str = "UPDATE charge SET open_fen = open_fen - $3 WHERE community_id = $1 AND id = $2";

/// Every statement of this module but the one with an id list.
pub const STATEMENTS: &[&str] =
    &[TAKE_OVER, START, FINISH, RUNS, PUBLISH, COVERED, UNITS, HANDOVERS, LAST_AMOUNTS, BILLS_OF_PERIOD, TOUCH_CHARGE];

pub(crate) static BILL_TABLE: BulkTable = BulkTable {
    table: "bill",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("account_id", ColumnKind::Uuid),
        ("period", ColumnKind::Text),
        ("occurrence", ColumnKind::Int),
        ("run_id", ColumnKind::Uuid),
        ("number", ColumnKind::Text),
        ("due_on", ColumnKind::Date),
        ("total_fen", ColumnKind::Int),
        ("issued_on", ColumnKind::Date),
    ],
};

pub(crate) static CHARGE_TABLE: BulkTable = BulkTable {
    table: "charge",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("account_id", ColumnKind::Uuid),
        ("bill_id", ColumnKind::Uuid),
        ("fee_item_id", ColumnKind::Uuid),
        ("clause_id", ColumnKind::Uuid),
        ("period", ColumnKind::Text),
        ("occurrence", ColumnKind::Int),
        ("origin", ColumnKind::Text),
        ("due_on", ColumnKind::Date),
        ("amount_fen", ColumnKind::Int),
        ("open_fen", ColumnKind::Int),
        ("live", ColumnKind::Bool),
        ("explanation", ColumnKind::Json),
        ("issued_on", ColumnKind::Date),
        ("seq", ColumnKind::Int),
    ],
};

/// Writes new bills.
///
/// # Errors
/// [`DbError::Duplicate`] when an account has a bill of that month.
pub fn insert_bills(tx: &mut Tx<'_>, community: CommunityId, bills: &[BillRow]) -> Result<u64, DbError> {
    let row = |b: &BillRow| -> [Value; 10] {
        params![community, b.id, b.account_id, b.period, 1_i64, b.run_id, &b.number, b.due_on, b.total, b.issued_on]
    };
    tx.bulk_insert(&BILL_TABLE, bills.iter().map(row))
}

/// Writes new live charges; `first_seq` numbers them as recorded facts.
///
/// # Errors
/// [`DbError::Duplicate`] when an account is charged for that item and month already.
pub fn insert_charges(
    tx: &mut Tx<'_>,
    community: CommunityId,
    charges: &[ChargeRow],
    first_seq: i64,
) -> Result<u64, DbError> {
    let row = |(c, seq): (&ChargeRow, i64)| -> [Value; 16] {
        params![
            community,
            c.id,
            c.account_id,
            c.bill_id,
            c.fee_item_id,
            c.clause_id,
            c.period,
            c.occurrence,
            c.origin,
            c.due_on,
            c.amount,
            c.open,
            true,
            &c.explanation,
            c.issued_on,
            seq
        ]
    };
    let mut added = SetDigest::default();
    for (charge, seq) in charges.iter().zip(first_seq..) {
        added.join(&SetDigest::of(&charge_content(community, charge, seq)));
    }
    digest::add(tx, community, Register::Charges, &added)?;
    tx.bulk_insert(&CHARGE_TABLE, charges.iter().zip(first_seq..).map(row))
}

/// Writes a run that starts; a run of this community whose process died is taken over.
///
/// # Errors
/// When the database refuses.
pub fn start_run(tx: &mut Tx<'_>, community: CommunityId, run: &BillRunRow) -> Result<(), DbError> {
    tx.execute(TAKE_OVER, &params![community])?;
    let r = run;
    let values = params![
        community,
        r.id,
        r.period,
        r.as_of,
        &r.status,
        &r.actor_name,
        r.bills,
        r.charges,
        r.total,
        r.findings.clone(),
        r.started_at,
        r.finished_at
    ];
    tx.execute(START, &values).map(|_| ())
}

/// Writes how far a run is: its counts always equal the rows that are there.
///
/// # Errors
/// When the database refuses.
pub fn update_run(tx: &mut Tx<'_>, community: CommunityId, run: &BillRunRow) -> Result<(), DbError> {
    let r = run;
    let values = params![community, r.id, &r.status, r.bills, r.charges, r.total, r.findings.clone(), r.finished_at];
    tx.execute(FINISH, &values).map(|_| ())
}

/// The newest runs.
///
/// # Errors
/// When the database refuses.
pub fn list_runs(tx: &mut Tx<'_>, community: CommunityId, limit: i64) -> Result<Vec<BillRunRow>, DbError> {
    tx.query(RUNS, &params![community, limit], |row| {
        Ok(BillRunRow {
            id: row.take()?,
            period: row.take()?,
            as_of: row.take()?,
            status: row.take()?,
            actor_name: row.take()?,
            bills: row.take()?,
            charges: row.take()?,
            total: row.take()?,
            findings: row.take()?,
            started_at: row.take()?,
            finished_at: row.take()?,
            published_on: row.take()?,
        })
    })
}

/// Publishes the bills of a month that are not published; returns how many runs there were of them.
///
/// # Errors
/// When the database refuses.
pub fn publish(
    tx: &mut Tx<'_>,
    community: CommunityId,
    period: Period,
    (on, by): (NaiveDate, &str),
) -> Result<u64, DbError> {
    tx.execute(PUBLISH, &params![community, period, on, by])
}

/// A charge that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoveredMonths {
    /// The unit.
    pub unit_id: UnitId,
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// The first month.
    pub from: Period,
    /// Which charge of that month.
    pub occurrence: i64,
    /// How many months.
    pub months: u32,
    /// Whether some days of a month are charged.
    pub of_days: bool,
}

/// What is charged for months from `first` to `last`.
///
/// # Errors
/// When the database refuses.
pub fn for_each_covered(
    tx: &mut Tx<'_>,
    community: CommunityId,
    first: Period,
    last: Period,
    mut each: impl FnMut(CoveredMonths),
) -> Result<(), DbError> {
    tx.for_each(COVERED, &params![community, first, last], |row| {
        let (unit_id, fee_item_id, from) = (row.take()?, row.take()?, row.take()?);
        let occurrence = row.take()?;
        let known = row.json::<Explanation>()?;
        let months = known.as_ref().map_or(1, Explanation::months);
        let of_days = known.is_some_and(|known| known.is_of_days());
        each(CoveredMonths { unit_id, fee_item_id, from, occurrence, months, of_days });
        Ok(())
    })
}

/// What a bill depends on of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledUnit {
    /// The unit.
    pub id: UnitId,
    /// What it is called.
    pub label: UnitLabel,
    /// What it is.
    pub kind: UnitKind,
    /// Its charged area.
    pub area: Option<Area>,
    /// Its floor, as recorded or as its label tells.
    pub floor: Option<i64>,
    /// Who is in it.
    pub occupancy: Occupancy,
}

/// The units of a community, in no order.
///
/// # Errors
/// When the database refuses.
pub fn list_units(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<BilledUnit>, DbError> {
    tx.query(UNITS, &params![community], |row| {
        let (id, label): (UnitId, UnitLabel) = (row.take()?, row.take()?);
        let (kind, area) = (row.parse(UnitKind::parse)?, row.take()?);
        let floor = row.take::<Option<i64>>()?.or_else(|| label.floor());
        Ok(BilledUnit { id, label, kind, area, floor, occupancy: row.parse(Occupancy::parse)? })
    })
}

/// An account for which a handover matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// The account.
    pub account_id: AccountId,
    /// Its unit.
    pub unit_id: UnitId,
    /// Whether its payer is the developer.
    pub developer: bool,
    /// When the unit was handed over to its first owner; `None` when that is not known.
    pub handed_over_on: Option<NaiveDate>,
}

/// The accounts of developers, and of units whose day of handover is known.
///
/// # Errors
/// When the database refuses.
pub fn list_handovers(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<Handover>, DbError> {
    tx.query(HANDOVERS, &params![community], |row| {
        Ok(Handover {
            account_id: row.take()?,
            unit_id: row.take()?,
            developer: row.take::<String>()? == "developer",
            handed_over_on: row.take()?,
        })
    })
}

/// What an account was charged for an item, and why.
pub type ExplainedAmount = (AccountId, FeeItemId, Fen, Option<Explanation>);

/// What each account was charged for an item in a month, with the explanation where it is one of a bill run.
///
/// # Errors
/// When the database refuses.
pub fn list_amounts(tx: &mut Tx<'_>, community: CommunityId, period: Period) -> Result<Vec<ExplainedAmount>, DbError> {
    tx.query(LAST_AMOUNTS, &params![community, period], |row| Ok((row.take()?, row.take()?, row.take()?, row.json()?)))
}

/// The bills of a month, those of corrections left out: id, account, total.
///
/// # Errors
/// When the database refuses.
pub fn list_bills_of_period(
    tx: &mut Tx<'_>,
    community: CommunityId,
    period: Period,
) -> Result<Vec<(BillId, AccountId, Fen)>, DbError> {
    tx.query(BILLS_OF_PERIOD, &params![community, period], |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// Adds charges that were missing, recorded as fact `first_seq` or later, to the totals of bills that were there before.
///
/// # Errors
/// When the database refuses.
pub fn add_to_bills(tx: &mut Tx<'_>, community: CommunityId, bills: &[BillId], first_seq: i64) -> Result<(), DbError> {
    let ids: Vec<_> = bills.iter().map(|id| id.uuid()).collect();
    tx.execute_in(ADD_TO_BILLS, &params![community, first_seq], &ids).map(|_| ())
}

/// Takes an amount off what is open on a charge; a negative amount puts it back.
///
/// # Errors
/// When the database refuses.
pub fn take_off_charge(tx: &mut Tx<'_>, community: CommunityId, charge: ChargeId, amount: Fen) -> Result<(), DbError> {
    tx.execute(TOUCH_CHARGE, &params![community, charge, amount]).map(|_| ())
}
