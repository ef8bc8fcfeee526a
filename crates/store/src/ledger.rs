//! Ledger (账务): receipts, their allocations, late fees frozen, money put by. Nothing is changed in place but what is open.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{
    AccountId, AllocationId, ChargeId, ClauseId, CommunityId, FeeItemId, LateFeeId, PartyId, ReceiptId, UnitId,
};
use hemu_domain::{DailyRate, Fen, Period, UnitLabel};
use serde_json::Value as Json;

use crate::db::{BulkTable, ColumnKind};
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, chain, params};

/// The charges of account `$2` that owe something now; ten years of settled ones are not read.
macro_rules! in_play_of_account {
    () => {
        "(SELECT o.id FROM charge o WHERE o.community_id = $1 AND o.account_id = $2 AND o.open_fen > 0
        UNION ALL SELECT l.charge_id FROM late_fee l WHERE l.community_id = $1 AND l.account_id = $2 AND l.open_fen > 0)"
    };
}

pub mod adjustment;
pub mod posting;
pub mod view;

/// A receipt as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Its id.
    pub id: ReceiptId,
    /// The account.
    pub account_id: AccountId,
    /// Its number.
    pub number: String,
    /// The same key twice is one payment.
    pub key: String,
    /// What was received; negative for a reversal.
    pub amount: Fen,
    /// The day it was received.
    pub received_on: NaiveDate,
    /// `cash`, `transfer`...
    pub method: String,
    /// A remark.
    pub remark: String,
    /// The receipt it reverses.
    pub reverses_id: Option<ReceiptId>,
    /// Who took it.
    pub actor_name: String,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
}

/// What part of a receipt went where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllocationRow {
    /// Its id.
    pub id: AllocationId,
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// The account.
    pub account_id: AccountId,
    /// `principal`, `late_fee`, `prepaid_in` or `prepaid_out`.
    pub kind: String,
    /// The charge.
    pub charge_id: Option<ChargeId>,
    /// The late fee.
    pub late_fee_id: Option<LateFeeId>,
    /// How much.
    pub amount: Fen,
    /// From which day it counts.
    pub effective_on: NaiveDate,
}

/// A late fee frozen.
#[derive(Clone, Debug, PartialEq)]
pub struct LateFeeRow {
    /// Its id.
    pub id: LateFeeId,
    /// The charge.
    pub charge_id: ChargeId,
    /// The account.
    pub account_id: AccountId,
    /// Days after this one...
    pub from_on: NaiveDate,
    /// ...up to this one.
    pub to_on: NaiveDate,
    /// How much.
    pub amount: Fen,
    /// What is left of it.
    pub open: Fen,
    /// `paid` or `demanded`.
    pub cause: String,
    /// The late-fee clause on record.
    pub clause_id: Option<ClauseId>,
    /// The rule it was computed by.
    pub rule: Json,
}

/// A charge that may still be owed, with what its late fee depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct OwedCharge {
    /// The charge.
    pub id: ChargeId,
    /// The account.
    pub account_id: AccountId,
    /// The payer.
    pub party_id: PartyId,
    /// The unit.
    pub unit_id: UnitId,
    /// Its label.
    pub unit: UnitLabel,
    /// The payer's name.
    pub owner: String,
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// Its name.
    pub item: String,
    /// The month.
    pub period: Period,
    /// When it was due.
    pub due_on: NaiveDate,
    /// What was charged.
    pub amount: Fen,
    /// What is open now.
    pub open: Fen,
    /// The clause.
    pub clause_id: Option<ClauseId>,
    /// How it came to be.
    pub explanation: Json,
}

const FIND_BY_KEY: &str =
    "SELECT id, account_id, number, key, amount_fen, received_on, method, remark, reverses_id, actor_name,
    recorded_at FROM receipt WHERE community_id = $1 AND key = $2";
const FIND: &str =
    "SELECT id, account_id, number, key, amount_fen, received_on, method, remark, reverses_id, actor_name,
    recorded_at FROM receipt WHERE community_id = $1 AND id = $2";
const OF_ACCOUNT: &str =
    "SELECT id, account_id, number, key, amount_fen, received_on, method, remark, reverses_id, actor_name,
    recorded_at FROM receipt WHERE community_id = $1 AND account_id = $2 ORDER BY id DESC";
const OF_DAYS: &str =
    "SELECT id, account_id, number, key, amount_fen, received_on, method, remark, reverses_id, actor_name,
    recorded_at FROM receipt WHERE community_id = $1 AND received_on >= $2 AND received_on <= $3 ORDER BY id DESC";
const HEAD: &str = "SELECT receipt_head FROM community WHERE id = $1";
const SET_HEAD: &str = "UPDATE community SET receipt_head = $2 WHERE id = $1";
const INSERT: &str =
    "INSERT INTO receipt (community_id, id, account_id, number, key, amount_fen, received_on, method, remark,
    reverses_id, actor_name, recorded_at, seq, reversed, prev_hash, hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
const MARK_REVERSED: &str = "UPDATE receipt SET reversed = $3 WHERE community_id = $1 AND id = $2";
const INSERT_ALLOCATION: &str =
    "INSERT INTO allocation (community_id, id, receipt_id, account_id, kind, charge_id, late_fee_id,
    amount_fen, effective_on, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const ALLOCATIONS_OF_RECEIPT: &str =
    "SELECT id, receipt_id, account_id, kind, charge_id, late_fee_id, amount_fen, effective_on
    FROM allocation WHERE community_id = $1 AND receipt_id = $2 ORDER BY seq, id";
/// Charges that owe something now or owed it on `$2`: open, or with an open late fee, or paid or adjusted after that day. Each
/// part has an index of its own, so years of settled charges are not read. Whoever uses it asks for `live` charges himself: the
/// first part is then answered by its index alone. `UNION ALL`, since a list does not mind repetitions and sorting costs.
macro_rules! in_play {
    () => {
        "(SELECT o.id FROM charge o WHERE o.community_id = $1 AND o.open_fen > 0
        UNION ALL SELECT l.charge_id FROM late_fee l WHERE l.community_id = $1 AND l.live AND l.open_fen > 0
        UNION ALL SELECT x.charge_id FROM allocation x WHERE x.community_id = $1 AND x.effective_on > $2
            AND x.charge_id IS NOT NULL
        UNION ALL SELECT j.charge_id FROM adjustment j WHERE j.community_id = $1 AND j.effective_on > $2
            AND j.charge_id IS NOT NULL)"
    };
}
/// All payments of principal, whenever they were made, of charges in play.
const PRINCIPAL_PAID: &str = concat!(
    "SELECT a.charge_id, a.effective_on, a.amount_fen FROM allocation a
    WHERE a.community_id = $1 AND a.kind = 'principal' AND a.charge_id IN ",
    in_play!(),
    " ORDER BY a.charge_id, a.effective_on, a.seq"
);
const PRINCIPAL_PAID_OF_ACCOUNT: &str = concat!(
    "SELECT a.charge_id, a.effective_on, a.amount_fen FROM allocation a
    WHERE a.community_id = $1 AND a.kind = 'principal' AND a.charge_id IN ",
    in_play_of_account!(),
    " ORDER BY a.charge_id, a.effective_on"
);
const LATER_PRINCIPAL: &str = "SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) FROM allocation
    WHERE community_id = $1 AND kind = 'principal' AND effective_on > $2 GROUP BY charge_id";
const LATE_FEE_PAID: &str = "SELECT l.charge_id, CAST(SUM(a.amount_fen) AS BIGINT) FROM allocation a
    JOIN late_fee l ON l.community_id = a.community_id AND l.id = a.late_fee_id
    WHERE a.community_id = $1 AND a.kind = 'late_fee' AND a.effective_on <= $2 GROUP BY l.charge_id";
const INSERT_LATE_FEE: &str =
    "INSERT INTO late_fee (community_id, id, charge_id, account_id, from_on, to_on, amount_fen, open_fen,
    cause, clause_id, rule, live, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const LATE_FEES: &str =
    "SELECT id, charge_id, to_on, amount_fen, open_fen FROM late_fee WHERE community_id = $1 AND live
    ORDER BY charge_id, to_on";
const LATE_FEES_OF_ACCOUNT: &str = concat!(
    "SELECT f.id, f.charge_id, f.to_on, f.amount_fen, f.open_fen FROM late_fee f
    WHERE f.community_id = $1 AND f.live AND f.charge_id IN ",
    in_play_of_account!(),
    " ORDER BY f.charge_id, f.to_on"
);
const FROZEN_RULES: &str =
    "SELECT rule FROM late_fee WHERE community_id = $1 AND live AND open_fen > 0 AND charge_id IN ({ids})";
const TAKE_OFF_LATE_FEE: &str = "UPDATE late_fee SET open_fen = open_fen - $3 WHERE community_id = $1 AND id = $2";
const OWED_IDS_OF_ACCOUNT: &str =
    concat!("SELECT c.id FROM charge c WHERE c.community_id = $1 AND c.live AND c.id IN ", in_play_of_account!());
// `CROSS JOIN`: from the few charges in play to the rest. Left to itself, SQLite may look up the whole list of charges for each
// account (2,000 homes took 4 s instead of 0.03 s).
const OWED_OF_ACCOUNT: &str = concat!(
    "SELECT c.id, c.account_id, a.party_id, a.unit_id, u.label, p.name, c.fee_item_id, f.name, c.period,
    c.due_on, c.amount_fen, c.open_fen, c.clause_id, c.explanation FROM charge c
    CROSS JOIN account a CROSS JOIN unit u CROSS JOIN party p CROSS JOIN fee_item f
    WHERE a.community_id = c.community_id AND a.id = c.account_id AND u.community_id = a.community_id AND u.id = a.unit_id
    AND p.community_id = a.community_id AND p.id = a.party_id AND f.community_id = c.community_id AND f.id = c.fee_item_id
    AND c.community_id = $1 AND c.live AND c.id IN ",
    in_play_of_account!(),
    " ORDER BY c.due_on, c.id"
);
const OWED_OF_COMMUNITY: &str = concat!(
    "SELECT c.id, c.account_id, a.party_id, a.unit_id, u.label, p.name, c.fee_item_id, f.name, c.period,
    c.due_on, c.amount_fen, c.open_fen, c.clause_id, c.explanation FROM charge c
    CROSS JOIN account a CROSS JOIN unit u CROSS JOIN party p CROSS JOIN fee_item f
    WHERE a.community_id = c.community_id AND a.id = c.account_id AND u.community_id = a.community_id AND u.id = a.unit_id
    AND p.community_id = a.community_id AND p.id = a.party_id AND f.community_id = c.community_id AND f.id = c.fee_item_id
    AND c.community_id = $1 AND c.live AND c.due_on <= $2 AND c.id IN ",
    in_play!(),
    " ORDER BY u.label, c.due_on, c.id"
);
const CHARGES_BY_ID: &str = "SELECT c.id, f.name, c.period FROM charge c
    JOIN fee_item f ON f.community_id = c.community_id AND f.id = c.fee_item_id WHERE c.community_id = $1 AND c.id IN ({ids})";
const PREPAID_SOURCES: &str = "SELECT a.account_id, COALESCE(r.reverses_id, r.id), MIN(r.received_on),
    CAST(SUM(CASE WHEN a.kind = 'prepaid_in' THEN a.amount_fen ELSE -a.amount_fen END) AS BIGINT) FROM allocation a
    JOIN receipt r ON r.community_id = a.community_id AND r.id = a.receipt_id
    JOIN account c ON c.community_id = a.community_id AND c.id = a.account_id AND c.prepaid_fen > 0
    WHERE a.community_id = $1 AND a.kind IN ('prepaid_in', 'prepaid_out')
    GROUP BY a.account_id, COALESCE(r.reverses_id, r.id)
    ORDER BY a.account_id, MIN(r.received_on), COALESCE(r.reverses_id, r.id)";
const LOCK_CASES: &str = "UPDATE case_file SET lock_no = lock_no + 1 WHERE community_id = $1 AND party_id = $2
    AND closed_on IS NULL";
const LOCK_CASES_OF_ACCOUNT: &str = "UPDATE case_file SET lock_no = lock_no + 1 WHERE community_id = $1
    AND party_id = (SELECT a.party_id FROM account a WHERE a.community_id = $1 AND a.id = $2) AND closed_on IS NULL";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[
    FIND_BY_KEY,
    FIND,
    OF_ACCOUNT,
    OF_DAYS,
    HEAD,
    SET_HEAD,
    INSERT,
    MARK_REVERSED,
    INSERT_ALLOCATION,
    ALLOCATIONS_OF_RECEIPT,
    PRINCIPAL_PAID,
    PRINCIPAL_PAID_OF_ACCOUNT,
    LATER_PRINCIPAL,
    LATE_FEE_PAID,
    INSERT_LATE_FEE,
    LATE_FEES,
    LATE_FEES_OF_ACCOUNT,
    TAKE_OFF_LATE_FEE,
    OWED_IDS_OF_ACCOUNT,
    OWED_OF_ACCOUNT,
    OWED_OF_COMMUNITY,
    PREPAID_SOURCES,
    LOCK_CASES,
    LOCK_CASES_OF_ACCOUNT,
];

pub(crate) static ALLOCATION_TABLE: BulkTable = BulkTable {
    table: "allocation",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("receipt_id", ColumnKind::Uuid),
        ("account_id", ColumnKind::Uuid),
        ("kind", ColumnKind::Text),
        ("charge_id", ColumnKind::Uuid),
        ("late_fee_id", ColumnKind::Uuid),
        ("amount_fen", ColumnKind::Int),
        ("effective_on", ColumnKind::Date),
        ("seq", ColumnKind::Int),
    ],
};

/// What a receipt's hash covers: everything but whether it was reversed since.
#[must_use]
pub fn receipt_content(community: CommunityId, r: &ReceiptRow, seq: i64) -> Vec<Value> {
    params![
        community,
        r.id,
        r.account_id,
        &r.number,
        &r.key,
        r.amount,
        r.received_on,
        &r.method,
        &r.remark,
        r.reverses_id,
        &r.actor_name,
        r.recorded_at,
        seq
    ]
    .to_vec()
}

/// Writes a receipt at the end of its community's chain.
///
/// # Errors
/// [`DbError::Duplicate`] when the key or number is taken.
pub fn insert_receipt(tx: &mut Tx<'_>, community: CommunityId, receipt: &ReceiptRow, seq: i64) -> Result<(), DbError> {
    let head: Option<[u8; 32]> = tx.query_one("community", HEAD, &params![community], |row| row.take())?;
    let hash = write_receipt(tx, community, receipt, seq, &head.unwrap_or(chain::START))?;
    tx.execute(SET_HEAD, &params![community, hash])?;
    if let Some(reversed) = receipt.reverses_id {
        tx.execute(MARK_REVERSED, &params![community, reversed, true])?;
    }
    Ok(())
}

/// Writes a receipt after the one whose hash is `previous`; returns its own hash, the new end of the chain.
fn write_receipt(
    tx: &mut Tx<'_>,
    community: CommunityId,
    receipt: &ReceiptRow,
    seq: i64,
    previous: &[u8; 32],
) -> Result<[u8; 32], DbError> {
    let mut values = receipt_content(community, receipt, seq);
    let hash = chain::link(previous, &values);
    values.extend(params![false, previous, hash]);
    tx.execute(INSERT, &values)?;
    Ok(hash)
}

/// The receipt of that key.
///
/// # Errors
/// When the database refuses.
pub fn find_by_key(tx: &mut Tx<'_>, community: CommunityId, key: &str) -> Result<Option<ReceiptRow>, DbError> {
    tx.query_opt(FIND_BY_KEY, &params![community, key], read_receipt)
}

/// The receipt of that id.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, community: CommunityId, id: ReceiptId) -> Result<Option<ReceiptRow>, DbError> {
    tx.query_opt(FIND, &params![community, id], read_receipt)
}

/// The receipts of an account, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_of_account(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: AccountId,
) -> Result<Vec<ReceiptRow>, DbError> {
    tx.query(OF_ACCOUNT, &params![community, account], read_receipt)
}

/// The receipts of some days, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_of_days(
    tx: &mut Tx<'_>,
    community: CommunityId,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<ReceiptRow>, DbError> {
    tx.query(OF_DAYS, &params![community, first, last], read_receipt)
}

fn allocation_values(community: CommunityId, a: &AllocationRow, seq: i64) -> [Value; 10] {
    params![
        community,
        a.id,
        a.receipt_id,
        a.account_id,
        &a.kind,
        a.charge_id,
        a.late_fee_id,
        a.amount,
        a.effective_on,
        seq
    ]
}

/// Writes an allocation.
///
/// # Errors
/// When the database refuses.
pub fn insert_allocation(tx: &mut Tx<'_>, community: CommunityId, a: &AllocationRow, seq: i64) -> Result<(), DbError> {
    tx.execute(INSERT_ALLOCATION, &allocation_values(community, a, seq)).map(|_| ())
}

/// Writes many allocations; `first_seq` numbers them as recorded facts.
///
/// # Errors
/// When the database refuses.
pub fn insert_allocations(
    tx: &mut Tx<'_>,
    community: CommunityId,
    allocations: &[AllocationRow],
    first_seq: i64,
) -> Result<u64, DbError> {
    let rows = allocations.iter().zip(first_seq..).map(|(row, seq)| allocation_values(community, row, seq));
    tx.bulk_insert(&ALLOCATION_TABLE, rows)
}

/// Where a receipt went.
///
/// # Errors
/// When the database refuses.
pub fn list_allocations(
    tx: &mut Tx<'_>,
    community: CommunityId,
    receipt: ReceiptId,
) -> Result<Vec<AllocationRow>, DbError> {
    tx.query(ALLOCATIONS_OF_RECEIPT, &params![community, receipt], |row| {
        Ok(AllocationRow {
            id: row.take()?,
            receipt_id: row.take()?,
            account_id: row.take()?,
            kind: row.take()?,
            charge_id: row.take()?,
            late_fee_id: row.take()?,
            amount: row.take()?,
            effective_on: row.take()?,
        })
    })
}

/// A payment of principal: charge, day, amount.
pub type PrincipalPayment = (ChargeId, NaiveDate, Fen);

/// Every payment of principal, also those after `as_of`, on charges that are open or were on `as_of`.
///
/// # Errors
/// When the database refuses.
pub fn list_principal_payments(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<Vec<PrincipalPayment>, DbError> {
    tx.query(PRINCIPAL_PAID, &params![community, as_of], |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// Payments of principal of the charges one account still owes.
///
/// # Errors
/// When the database refuses.
pub fn list_principal_payments_of_account(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: AccountId,
) -> Result<Vec<PrincipalPayment>, DbError> {
    tx.query(PRINCIPAL_PAID_OF_ACCOUNT, &params![community, account], |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// What was paid on each charge's principal after a day.
///
/// # Errors
/// When the database refuses.
pub fn list_later_principal(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<Vec<(ChargeId, Fen)>, DbError> {
    tx.query(LATER_PRINCIPAL, &params![community, as_of], |row| Ok((row.take()?, row.take()?)))
}

/// What was paid on each charge's late fee up to a day.
///
/// # Errors
/// When the database refuses.
pub fn list_late_fee_paid(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<Vec<(ChargeId, Fen)>, DbError> {
    tx.query(LATE_FEE_PAID, &params![community, as_of], |row| Ok((row.take()?, row.take()?)))
}

/// What the digest of frozen late fees covers: all but what is open.
#[must_use]
pub fn late_fee_content(community: CommunityId, l: &LateFeeRow, seq: i64) -> Vec<Value> {
    params![
        community,
        l.id,
        l.charge_id,
        l.account_id,
        l.from_on,
        l.to_on,
        l.amount,
        &l.cause,
        l.clause_id,
        l.rule.clone(),
        seq
    ]
    .to_vec()
}

/// Writes a frozen late fee.
///
/// # Errors
/// [`DbError::Duplicate`] when these days are charged already (I10).
pub fn insert_late_fee(tx: &mut Tx<'_>, community: CommunityId, l: &LateFeeRow, seq: i64) -> Result<(), DbError> {
    tx.execute(INSERT_LATE_FEE, &late_fee_values(community, l, seq))?;
    let content = late_fee_content(community, l, seq);
    digest::add(tx, community, Register::LateFees, &SetDigest::of(&content))
}

fn late_fee_values(community: CommunityId, l: &LateFeeRow, seq: i64) -> [Value; 13] {
    params![
        community,
        l.id,
        l.charge_id,
        l.account_id,
        l.from_on,
        l.to_on,
        l.amount,
        l.open,
        &l.cause,
        l.clause_id,
        l.rule.clone(),
        true,
        seq
    ]
}

/// A frozen late fee, in brief: id, charge, last day, amount, open.
pub type FrozenLateFee = (LateFeeId, ChargeId, NaiveDate, Fen, Fen);

fn read_frozen(row: &Row<'_>) -> Result<FrozenLateFee, DbError> {
    Ok((row.take()?, row.take()?, row.take()?, row.take()?, row.take()?))
}

/// All frozen late fees, by charge and day.
///
/// # Errors
/// When the database refuses.
pub fn list_late_fees(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<FrozenLateFee>, DbError> {
    tx.query(LATE_FEES, &params![community], read_frozen)
}

/// The frozen late fees of the charges one account still owes, by charge and day.
///
/// # Errors
/// When the database refuses.
pub fn list_late_fees_of_account(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: AccountId,
) -> Result<Vec<FrozenLateFee>, DbError> {
    tx.query(LATE_FEES_OF_ACCOUNT, &params![community, account], read_frozen)
}

/// The daily rates by which the open frozen late fees of some charges were computed.
///
/// # Errors
/// When the database refuses.
pub fn list_frozen_rates(
    tx: &mut Tx<'_>,
    community: CommunityId,
    charges: &[ChargeId],
) -> Result<Vec<DailyRate>, DbError> {
    let ids: Vec<_> = charges.iter().map(|id| id.uuid()).collect();
    let rules = tx.query_in(FROZEN_RULES, &params![community], &ids, |row| row.take::<Json>())?;
    let rate = |rule: Json| DailyRate::parse(rule.get("daily_rate")?.as_str()?).ok();
    Ok(rules.into_iter().filter_map(rate).collect())
}

/// Takes an amount off what is open of a late fee; a negative amount puts it back.
///
/// # Errors
/// When the database refuses.
pub fn take_off_late_fee(tx: &mut Tx<'_>, community: CommunityId, id: LateFeeId, amount: Fen) -> Result<(), DbError> {
    tx.execute(TAKE_OFF_LATE_FEE, &params![community, id, amount]).map(|_| ())
}

/// The charges an account owes something of, due or not.
///
/// # Errors
/// When the database refuses.
pub fn list_owed_ids_of_account(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: AccountId,
) -> Result<Vec<ChargeId>, DbError> {
    tx.query(OWED_IDS_OF_ACCOUNT, &params![community, account], |row| row.take())
}

/// What an account owes, due or not, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_owed_of_account(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: AccountId,
) -> Result<Vec<OwedCharge>, DbError> {
    tx.query(OWED_OF_ACCOUNT, &params![community, account], read_owed)
}

/// Charges due on or before `as_of` that owe something, or were paid or adjusted after it; by unit and due date.
///
/// # Errors
/// When the database refuses.
pub fn list_owed_of_community(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<Vec<OwedCharge>, DbError> {
    tx.query(OWED_OF_COMMUNITY, &params![community, as_of], read_owed)
}

/// Item names and months of charges.
///
/// # Errors
/// When the database refuses.
pub fn list_charges_by_id(
    tx: &mut Tx<'_>,
    community: CommunityId,
    ids: &[ChargeId],
) -> Result<Vec<(ChargeId, String, Period)>, DbError> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    tx.query_in(CHARGES_BY_ID, &params![community], &ids, |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// Money put by that is left of one receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrepaidSource {
    /// The account.
    pub account_id: AccountId,
    /// The receipt it came from.
    pub receipt_id: ReceiptId,
    /// When it was received.
    pub received_on: NaiveDate,
    /// What is left.
    pub left: Fen,
}

/// What is left of money put by, per account and the receipt it came from, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_prepaid_sources(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<PrepaidSource>, DbError> {
    tx.query(PREPAID_SOURCES, &params![community], |row| {
        Ok(PrepaidSource {
            account_id: row.take()?,
            receipt_id: row.take()?,
            received_on: row.take()?,
            left: row.take()?,
        })
    })
}

/// Locks the payer's open case: claims of messages wait until the payment is in (I6, I7).
///
/// # Errors
/// When the database refuses.
pub fn lock_cases_of_party(tx: &mut Tx<'_>, community: CommunityId, party: PartyId) -> Result<(), DbError> {
    tx.execute(LOCK_CASES, &params![community, party]).map(|_| ())
}

/// Locks the open case of an account's payer, as a payment does.
///
/// # Errors
/// When the database refuses.
pub fn lock_cases_of_account(tx: &mut Tx<'_>, community: CommunityId, account: AccountId) -> Result<(), DbError> {
    tx.execute(LOCK_CASES_OF_ACCOUNT, &params![community, account]).map(|_| ())
}

fn read_receipt(row: &Row<'_>) -> Result<ReceiptRow, DbError> {
    Ok(ReceiptRow {
        id: row.take()?,
        account_id: row.take()?,
        number: row.take()?,
        key: row.take()?,
        amount: row.take()?,
        received_on: row.take()?,
        method: row.take()?,
        remark: row.take()?,
        reverses_id: row.take()?,
        actor_name: row.take()?,
        recorded_at: row.take()?,
    })
}

fn read_owed(row: &Row<'_>) -> Result<OwedCharge, DbError> {
    Ok(OwedCharge {
        id: row.take()?,
        account_id: row.take()?,
        party_id: row.take()?,
        unit_id: row.take()?,
        unit: row.take()?,
        owner: row.take()?,
        fee_item_id: row.take()?,
        item: row.take()?,
        period: row.take()?,
        due_on: row.take()?,
        amount: row.take()?,
        open: row.take()?,
        clause_id: row.take()?,
        explanation: row.take()?,
    })
}
