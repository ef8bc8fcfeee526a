//! Reversal of charges (冲红) and what it takes back: the charge, what was paid on it, what was let off, its frozen late fees. A row
//! of its own with the opposite amount for each ([`crate::billing`] writes those of charges); the reversed charge and its late fees are not live any more, and nothing of them
//! is open.
//!
//! All statements are about sets of charges: a wrong price may concern every home of a community.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::Period;
use hemu_domain::ids::{
    AccountId, AllocationId, ChargeId, ClauseId, CommunityId, FeeItemId, LateFeeId, PartyId, ReceiptId, UnitId,
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::adjustment::{self, AdjustmentRow};
use super::late_fee::{LateFeeRow, late_fee_content, late_fee_values, read_late_fee};
use super::posting::LATE_FEE_TABLE;
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// A live charge of a bill, with whose it is.
#[derive(Clone, Debug, PartialEq)]
pub struct BilledCharge {
    /// The charge.
    pub id: ChargeId,
    /// The account.
    pub account_id: AccountId,
    /// The payer.
    pub party_id: PartyId,
    /// The unit.
    pub unit_id: UnitId,
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// The clause.
    pub clause_id: Option<ClauseId>,
    /// The first month.
    pub period: Period,
    /// Which charge of that month.
    pub occurrence: i64,
    /// When it is due.
    pub due_on: NaiveDate,
    /// What was charged.
    pub amount: Fen,
    /// What is open of it.
    pub open: Fen,
    /// How it came to be.
    pub explanation: Json,
}

/// What was paid on a charge by a receipt that was not taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidEntry {
    /// The entry.
    pub id: AllocationId,
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// The charge.
    pub charge_id: ChargeId,
    /// `principal`, `late_fee` or `prepaid_out`.
    pub kind: String,
    /// The late fee.
    pub late_fee_id: Option<LateFeeId>,
    /// How much.
    pub amount: Fen,
    /// From which day it counts.
    pub effective_on: NaiveDate,
    /// The day of the receipt.
    pub received_on: NaiveDate,
}

const BILLED: &str = "SELECT c.id, c.account_id, a.party_id, a.unit_id, c.fee_item_id, c.clause_id, c.period,
    c.occurrence, c.due_on, c.amount_fen, c.open_fen, c.explanation FROM charge c
    JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    WHERE c.community_id = $1 AND c.fee_item_id = $2 AND c.period >= $3 AND c.live AND c.origin = 'bill'
    ORDER BY c.account_id, c.period, c.occurrence, c.id";
const CHARGES: &str = "SELECT c.id, c.account_id, a.party_id, a.unit_id, c.fee_item_id, c.clause_id, c.period,
    c.occurrence, c.due_on, c.amount_fen, c.open_fen, c.explanation FROM charge c
    JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    WHERE c.community_id = $1 AND c.live AND c.id IN ({ids})";
const PAID: &str = "SELECT x.id, x.receipt_id, x.charge_id, x.kind, x.late_fee_id, x.amount_fen, x.effective_on,
    r.received_on FROM allocation x JOIN receipt r ON r.community_id = x.community_id AND r.id = x.receipt_id
    WHERE x.community_id = $1 AND NOT r.reversed AND r.reverses_id IS NULL AND x.charge_id IN ({ids})
    ORDER BY x.charge_id, x.seq";
const FROZEN: &str = "SELECT id, charge_id, account_id, from_on, to_on, amount_fen, open_fen, cause, clause_id, rule
    FROM late_fee WHERE community_id = $1 AND live AND charge_id IN ({ids}) ORDER BY charge_id, seq";
const RETIRE_CHARGES: &str =
    "UPDATE charge SET live = FALSE, open_fen = 0 WHERE community_id = $1 AND live AND id IN ({ids})";
const RETIRE_LATE_FEES: &str =
    "UPDATE late_fee SET live = FALSE, open_fen = 0 WHERE community_id = $1 AND live AND charge_id IN ({ids})";
const LOCK_ACCOUNTS: &str = "UPDATE account SET lock_no = lock_no + 1 WHERE community_id = $1 AND id IN ({ids})";
const LOCK_CASES: &str = "UPDATE case_file SET lock_no = lock_no + 1 WHERE community_id = $1 AND closed_on IS NULL
    AND party_id IN ({ids})";
/// Adds to what accounts have put by what was recorded since fact `$2`.
const ADD_PREPAID: &str = "UPDATE account SET prepaid_fen = prepaid_fen + COALESCE((SELECT CAST(SUM(
        CASE WHEN x.kind = 'prepaid_out' THEN -x.amount_fen ELSE x.amount_fen END) AS BIGINT) FROM allocation x
        WHERE x.community_id = $1 AND x.account_id = account.id AND x.kind IN ('prepaid_in', 'prepaid_out')
        AND x.seq >= $2), 0) WHERE community_id = $1 AND id IN ({ids})";
const NEXT_OCCURRENCE: &str = "SELECT account_id, CAST(MAX(occurrence) AS BIGINT) FROM bill
    WHERE community_id = $1 AND period = $2 GROUP BY account_id";
const HOLDS_OF_CHARGES: &str = "SELECT id, charge_ids FROM hold WHERE community_id = $1 AND scope = 'charges'";
const SET_HOLD_CHARGES: &str = "UPDATE hold SET charge_ids = $3 WHERE community_id = $1 AND id = $2";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[BILLED, NEXT_OCCURRENCE, HOLDS_OF_CHARGES, SET_HOLD_CHARGES];

/// The live charges of bills for a fee item, from a month on, in the order of accounts and months.
///
/// # Errors
/// When the database refuses.
pub fn list_billed(
    tx: &mut Tx<'_>,
    community: CommunityId,
    item: FeeItemId,
    first: Period,
) -> Result<Vec<BilledCharge>, DbError> {
    tx.query(BILLED, &params![community, item, first], read_billed)
}

/// Some live charges, in no order.
///
/// # Errors
/// When the database refuses.
pub fn list_charges(
    tx: &mut Tx<'_>,
    community: CommunityId,
    charges: &[ChargeId],
) -> Result<Vec<BilledCharge>, DbError> {
    tx.query_in(CHARGES, &params![community], &ids(charges), read_billed)
}

fn read_billed(row: &Row<'_>) -> Result<BilledCharge, DbError> {
    Ok(BilledCharge {
        id: row.take()?,
        account_id: row.take()?,
        party_id: row.take()?,
        unit_id: row.take()?,
        fee_item_id: row.take()?,
        clause_id: row.take()?,
        period: row.take()?,
        occurrence: row.take()?,
        due_on: row.take()?,
        amount: row.take()?,
        open: row.take()?,
        explanation: row.take()?,
    })
}

fn ids(charges: &[ChargeId]) -> Vec<Uuid> {
    charges.iter().map(|id| id.uuid()).collect()
}

/// What was paid on some charges, by charge in the order in which it was recorded; what was taken back and what took it back are
/// both there.
///
/// # Errors
/// When the database refuses.
pub fn list_paid(tx: &mut Tx<'_>, community: CommunityId, charges: &[ChargeId]) -> Result<Vec<PaidEntry>, DbError> {
    tx.query_in(PAID, &params![community], &ids(charges), |row| {
        Ok(PaidEntry {
            id: row.take()?,
            receipt_id: row.take()?,
            charge_id: row.take()?,
            kind: row.take()?,
            late_fee_id: row.take()?,
            amount: row.take()?,
            effective_on: row.take()?,
            received_on: row.take()?,
        })
    })
}

/// The frozen late fees of some charges, by charge in their order.
///
/// # Errors
/// When the database refuses.
pub fn list_frozen(tx: &mut Tx<'_>, community: CommunityId, charges: &[ChargeId]) -> Result<Vec<LateFeeRow>, DbError> {
    tx.query_in(FROZEN, &params![community], &ids(charges), read_late_fee)
}

/// What was let off or corrected of some charges and their late fees.
///
/// # Errors
/// When the database refuses.
pub fn list_adjusted(
    tx: &mut Tx<'_>,
    community: CommunityId,
    charges: &[ChargeId],
) -> Result<Vec<AdjustmentRow>, DbError> {
    adjustment::list_of_charges(tx, community, &ids(charges))
}

/// Locks accounts, and the open cases of their payers.
///
/// # Errors
/// When the database refuses.
pub fn lock(
    tx: &mut Tx<'_>,
    community: CommunityId,
    accounts: &[AccountId],
    parties: &[PartyId],
) -> Result<(), DbError> {
    let accounts: Vec<Uuid> = accounts.iter().map(|id| id.uuid()).collect();
    let parties: Vec<Uuid> = parties.iter().map(|id| id.uuid()).collect();
    tx.execute_in(LOCK_ACCOUNTS, &params![community], &accounts)?;
    tx.execute_in(LOCK_CASES, &params![community], &parties).map(|_| ())
}

/// Charges and their late fees count no more.
///
/// # Errors
/// When the database refuses.
pub fn retire(tx: &mut Tx<'_>, community: CommunityId, charges: &[ChargeId]) -> Result<(), DbError> {
    let ids = ids(charges);
    tx.execute_in(RETIRE_LATE_FEES, &params![community], &ids)?;
    tx.execute_in(RETIRE_CHARGES, &params![community], &ids).map(|_| ())
}

/// Writes late fees, live ones or reversals; `first_seq` numbers them as recorded facts.
///
/// # Errors
/// When the database refuses.
pub fn insert_late_fees(
    tx: &mut Tx<'_>,
    community: CommunityId,
    late_fees: &[LateFeeRow],
    (live, first_seq): (bool, i64),
) -> Result<(), DbError> {
    if late_fees.is_empty() {
        return Ok(());
    }
    let mut added = SetDigest::default();
    for (row, seq) in late_fees.iter().zip(first_seq..) {
        added.join(&SetDigest::of(&late_fee_content(community, row, seq)));
    }
    digest::add(tx, community, Register::LateFees, &added)?;
    let values = |(row, seq): (&LateFeeRow, i64)| {
        let mut values = late_fee_values(community, row, seq);
        values[11] = Value::Bool(live);
        values
    };
    tx.bulk_insert(&LATE_FEE_TABLE, late_fees.iter().zip(first_seq..).map(values)).map(|_| ())
}

/// How many bills each account has of a month.
///
/// # Errors
/// When the database refuses.
pub fn list_occurrences(
    tx: &mut Tx<'_>,
    community: CommunityId,
    period: Period,
) -> Result<Vec<(AccountId, i64)>, DbError> {
    tx.query(NEXT_OCCURRENCE, &params![community, period], |row| Ok((row.take()?, row.take()?)))
}

/// Adds what was put by or used since fact `first_seq` to what accounts have put by.
///
/// # Errors
/// When the database refuses.
pub fn add_prepaid_since(
    tx: &mut Tx<'_>,
    community: CommunityId,
    accounts: &[AccountId],
    first_seq: i64,
) -> Result<(), DbError> {
    let accounts: Vec<Uuid> = accounts.iter().map(|id| id.uuid()).collect();
    tx.execute_in(ADD_PREPAID, &params![community, first_seq], &accounts).map(|_| ())
}

/// What is disputed or spared of a charge is so of the charges in its place: holds that name the one name the others too.
///
/// # Errors
/// When the database refuses.
pub fn follow_holds(
    tx: &mut Tx<'_>,
    community: CommunityId,
    replaced: &[(ChargeId, Vec<ChargeId>)],
) -> Result<(), DbError> {
    let holds: Vec<(Uuid, Json)> =
        tx.query(HOLDS_OF_CHARGES, &params![community], |row| Ok((row.take()?, row.take()?)))?;
    for (hold, named) in holds {
        let named: Vec<String> = serde_json::from_value(named).unwrap_or_default();
        let follow = replaced.iter().filter(|(old, _)| named.contains(&old.to_string()));
        let more: Vec<String> = follow.flat_map(|(_, new)| new.iter().map(ToString::to_string)).collect();
        if !more.is_empty() {
            let all: Json = named.iter().chain(&more).cloned().collect();
            tx.execute(SET_HOLD_CHARGES, &params![community, hold, all])?;
        }
    }
    Ok(())
}
