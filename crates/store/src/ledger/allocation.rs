//! Allocations: what part of a receipt went where, and which payments lowered the principal of a charge.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{AccountId, AllocationId, ChargeId, CommunityId, LateFeeId, ReceiptId};

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Tx, Value, params};

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

const INSERT_ALLOCATION: &str =
    "INSERT INTO allocation (community_id, id, receipt_id, account_id, kind, charge_id, late_fee_id,
    amount_fen, effective_on, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const ALLOCATIONS_OF_RECEIPT: &str =
    "SELECT id, receipt_id, account_id, kind, charge_id, late_fee_id, amount_fen, effective_on
    FROM allocation WHERE community_id = $1 AND receipt_id = $2 ORDER BY seq, id";
/// All payments of principal, whenever they were made, of charges in play.
const PRINCIPAL_PAID: &str = concat!(
    "SELECT a.charge_id, a.effective_on, a.amount_fen FROM allocation a
    WHERE a.community_id = $1 AND a.kind = 'principal' AND a.charge_id IN ",
    in_play!(),
    " ORDER BY a.charge_id, a.effective_on, a.seq"
);
const LATER_PRINCIPAL: &str = "SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) FROM allocation
    WHERE community_id = $1 AND kind = 'principal' AND effective_on > $2 GROUP BY charge_id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT_ALLOCATION, ALLOCATIONS_OF_RECEIPT, PRINCIPAL_PAID, LATER_PRINCIPAL];

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

pub(super) fn allocation_values(community: CommunityId, a: &AllocationRow, seq: i64) -> [Value; 10] {
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
