//! Posting (入账): what a payment reads and writes, in as few statements as there are tables.
//!
//! A posting holds the row of its community from beginning to end: the fact counter, the rules of the cash desk and the ends of both
//! chains are read once, counted on in memory, and written once.

use hemu_domain::ids::{AccountId, ChargeId, CommunityId, LateFeeId, UnitId};
use hemu_domain::{Fen, UnitLabel};

use super::allocation::{ALLOCATION_TABLE, AllocationRow, allocation_values};
use super::late_fee::{LateFeeRow, late_fee_content, late_fee_values};
use super::receipt::{ReceiptRow, write_receipt};
use crate::audit::{self, AuditEntry};
use crate::db::{BulkTable, ColumnKind};
use crate::digest::{self, Register, SetDigest};
use crate::registry::{AccountRow, read_account};
use crate::{DbError, Tx, chain, params};

/// The books of a community while a transaction posts to them; its row is locked.
#[derive(Debug)]
pub struct Books {
    community: CommunityId,
    fact_seq: i64,
    rounding_limit: Fen,
    needs_shift: bool,
    receipt_head: Option<[u8; 32]>,
    audit_head: Option<[u8; 32]>,
}

const OPEN: &str = "UPDATE community SET fact_seq = fact_seq WHERE name = $1
    RETURNING id, fact_seq, rounding_limit_fen, desk_needs_shift, receipt_head, audit_head";
const CLOSE: &str = "UPDATE community SET fact_seq = $2, receipt_head = $3, audit_head = $4 WHERE id = $1";
const PAYERS: &str = "SELECT a.id, a.unit_id, a.party_id, a.starts_on, a.ends_on, a.paid_through, a.prepaid_fen FROM unit u
    LEFT JOIN account a ON a.community_id = u.community_id AND a.unit_id = u.id WHERE u.community_id = $1 AND u.label = $2";
const OWED_IDS: &str = "SELECT o.account_id, o.id FROM account a CROSS JOIN charge o WHERE a.community_id = $1
    AND a.unit_id = $2 AND o.community_id = a.community_id AND o.account_id = a.id AND o.open_fen > 0 AND o.live
    UNION SELECT c.account_id, c.id FROM account a CROSS JOIN late_fee l CROSS JOIN charge c WHERE a.community_id = $1
    AND a.unit_id = $2 AND l.community_id = a.community_id AND l.account_id = a.id AND l.open_fen > 0
    AND c.community_id = l.community_id AND c.id = l.charge_id AND c.live";
const TAKE_OFF_CHARGE: &str = "UPDATE charge SET open_fen = open_fen - $3 WHERE community_id = $1 AND id = $2";
const SETTLE_CHARGES: &str = "UPDATE charge SET open_fen = 0 WHERE community_id = $1 AND id IN ({ids})";
const TAKE_OFF_LATE_FEE: &str = "UPDATE late_fee SET open_fen = open_fen - $3 WHERE community_id = $1 AND id = $2";
const SETTLE_LATE_FEES: &str = "UPDATE late_fee SET open_fen = 0 WHERE community_id = $1 AND id IN ({ids})";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[OPEN, CLOSE, PAYERS, OWED_IDS, TAKE_OFF_CHARGE, TAKE_OFF_LATE_FEE];

pub(super) static LATE_FEE_TABLE: BulkTable = BulkTable {
    table: "late_fee",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("charge_id", ColumnKind::Uuid),
        ("account_id", ColumnKind::Uuid),
        ("from_on", ColumnKind::Date),
        ("to_on", ColumnKind::Date),
        ("amount_fen", ColumnKind::Int),
        ("open_fen", ColumnKind::Int),
        ("cause", ColumnKind::Text),
        ("clause_id", ColumnKind::Uuid),
        ("rule", ColumnKind::Json),
        ("live", ColumnKind::Bool),
        ("seq", ColumnKind::Int),
    ],
};

impl Books {
    /// Locks the community of that name until the transaction ends and reads where its books end; `None` without one.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn open(tx: &mut Tx<'_>, name: &str) -> Result<Option<Self>, DbError> {
        tx.query_opt(OPEN, &params![name], |row| {
            Ok(Self {
                community: row.take()?,
                fact_seq: row.take()?,
                rounding_limit: row.take()?,
                needs_shift: row.take()?,
                receipt_head: row.take()?,
                audit_head: row.take()?,
            })
        })
    }

    /// Whose books.
    #[must_use]
    pub const fn community(&self) -> CommunityId {
        self.community
    }

    /// The next number of the fact counter.
    pub const fn next_seq(&mut self) -> i64 {
        self.fact_seq += 1;
        self.fact_seq
    }

    /// 抹零 stays below this.
    #[must_use]
    pub const fn rounding_limit(&self) -> Fen {
        self.rounding_limit
    }

    /// Whether cash is taken in an open shift only.
    #[must_use]
    pub const fn needs_shift(&self) -> bool {
        self.needs_shift
    }

    /// Writes a receipt at the end of the chain.
    ///
    /// # Errors
    /// [`DbError::Duplicate`] when the key or number is taken.
    pub fn insert_receipt(&mut self, tx: &mut Tx<'_>, receipt: &ReceiptRow) -> Result<(), DbError> {
        let seq = self.next_seq();
        let previous = self.receipt_head.unwrap_or(chain::START);
        self.receipt_head = Some(write_receipt(tx, self.community, receipt, seq, &previous)?);
        Ok(())
    }

    /// Writes what was done at the end of the audit trail.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn append_audit(&mut self, tx: &mut Tx<'_>, entry: &AuditEntry) -> Result<(), DbError> {
        self.audit_head = Some(audit::insert(tx, self.community.uuid(), entry)?);
        Ok(())
    }

    /// Writes where the books end now.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn close(self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        let ends = params![self.community, self.fact_seq, self.receipt_head, self.audit_head];
        tx.execute(CLOSE, &ends).map(|_| ())
    }
}

/// The accounts of the unit of that label, oldest first; `None` when there is no such unit.
///
/// # Errors
/// When the database refuses.
pub fn list_payers(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: &UnitLabel,
) -> Result<Option<Vec<AccountRow>>, DbError> {
    let rows = tx.query(PAYERS, &params![community, unit], |row| {
        let id: Option<AccountId> = row.get(0)?;
        id.map(|_| read_account(row)).transpose()
    })?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut accounts: Vec<AccountRow> = rows.into_iter().flatten().collect();
    accounts.sort_by_key(|account| account.id);
    Ok(Some(accounts))
}

/// The charges each account of a unit owes something of, due or not.
///
/// # Errors
/// When the database refuses.
pub fn list_owed_ids_of_unit(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
) -> Result<Vec<(AccountId, ChargeId)>, DbError> {
    tx.query(OWED_IDS, &params![community, unit], |row| Ok((row.take()?, row.take()?)))
}

/// A row with its number among the facts.
pub type Numbered<T> = (i64, T);

/// Writes allocations.
///
/// # Errors
/// When the database refuses.
pub fn insert_allocations(
    tx: &mut Tx<'_>,
    community: CommunityId,
    allocations: &[Numbered<AllocationRow>],
) -> Result<(), DbError> {
    let values = allocations.iter().map(|(seq, row)| allocation_values(community, row, *seq));
    match allocations {
        [] => Ok(()),
        [(seq, one)] => super::insert_allocation(tx, community, one, *seq),
        _ => tx.bulk_insert(&ALLOCATION_TABLE, values).map(|_| ()),
    }
}

/// Writes frozen late fees.
///
/// # Errors
/// [`DbError::Duplicate`] when days of one are charged already (I10).
pub fn insert_late_fees(
    tx: &mut Tx<'_>,
    community: CommunityId,
    late_fees: &[Numbered<LateFeeRow>],
) -> Result<(), DbError> {
    if let [(seq, one)] = late_fees {
        return super::insert_late_fee(tx, community, one, *seq);
    }
    let mut added = SetDigest::default();
    for (seq, row) in late_fees {
        added.join(&SetDigest::of(&late_fee_content(community, row, *seq)));
    }
    let values = late_fees.iter().map(|(seq, row)| late_fee_values(community, row, *seq));
    if !late_fees.is_empty() {
        tx.bulk_insert(&LATE_FEE_TABLE, values)?;
    }
    digest::add(tx, community, Register::LateFees, &added)
}

/// What a payment takes off a charge or late fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenOff<Id> {
    /// Which.
    pub id: Id,
    /// How much.
    pub amount: Fen,
    /// Whether nothing is left of it.
    pub settles: bool,
}

/// Takes what was paid off charges.
///
/// # Errors
/// When the database refuses.
pub fn take_off_charges(tx: &mut Tx<'_>, community: CommunityId, taken: &[TakenOff<ChargeId>]) -> Result<(), DbError> {
    take_off(tx, community, taken, (SETTLE_CHARGES, TAKE_OFF_CHARGE), |id| id.uuid())
}

/// Takes what was paid off late fees.
///
/// # Errors
/// When the database refuses.
pub fn take_off_late_fees(
    tx: &mut Tx<'_>,
    community: CommunityId,
    taken: &[TakenOff<LateFeeId>],
) -> Result<(), DbError> {
    take_off(tx, community, taken, (SETTLE_LATE_FEES, TAKE_OFF_LATE_FEE), |id| id.uuid())
}

/// What is settled in one statement; what is left of a part payment, by itself: of one rank a payment ends in, few are.
fn take_off<Id: Copy>(
    tx: &mut Tx<'_>,
    community: CommunityId,
    taken: &[TakenOff<Id>],
    (settle, take): (&str, &str),
    uuid: impl Fn(Id) -> uuid::Uuid,
) -> Result<(), DbError> {
    let settled: Vec<uuid::Uuid> = taken.iter().filter(|one| one.settles).map(|one| uuid(one.id)).collect();
    if !settled.is_empty() {
        tx.execute_in(settle, &params![community], &settled)?;
    }
    for one in taken.iter().filter(|one| !one.settles) {
        tx.execute(take, &params![community, uuid(one.id), one.amount])?;
    }
    Ok(())
}
