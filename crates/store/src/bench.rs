//! What `hemu bench` measures beside the real work: the same rows written by nothing but an insert, the same rows read by
//! nothing but a statement. No rule is applied and nothing is checked, so no other part of the program calls this.
//!
//! Rows are read back from where the real work put them, given new ids, a month nobody bills or another community, and written
//! again into the same tables: the same sizes, the same indexes, the same foreign keys, the same commit.

use std::collections::HashMap;

use hemu_domain::ids::{AccountId, CommunityId, ReceiptId, SharePoolId};
use hemu_domain::{Fen, Period};
use uuid::Uuid;

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Row, Tx, Value, billing, kept, ledger, metering, params, registry, shared_costs};

/// Rows of one table, ready to be written.
#[derive(Debug)]
pub struct BareRows {
    table: &'static BulkTable,
    rows: Vec<Vec<Value>>,
}

impl BareRows {
    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Reads the rows of a community; `and` narrows them, with `$2` and on for `more`.
    fn read(
        tx: &mut Tx<'_>,
        table: &'static BulkTable,
        community: CommunityId,
        (and, more): (&str, &[Value]),
    ) -> Result<Self, DbError> {
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
        let sql = format!("SELECT {} FROM {} WHERE community_id = $1 {and}", names.join(", "), table.table);
        let values = [&params![community], more].concat();
        let rows = tx.query(&sql, &values, |row| table.columns.iter().map(|(_, kind)| cell(row, *kind)).collect())?;
        Ok(Self { table, rows })
    }

    fn set(&mut self, name: &str, mut value: impl FnMut(&Value) -> Value) {
        let column = self.table.columns.iter().position(|(column, _)| *column == name).expect("a column of its table");
        for row in &mut self.rows {
            row[column] = value(&row[column]);
        }
    }

    fn write(&self, tx: &mut Tx<'_>) -> Result<u64, DbError> {
        tx.bulk_insert(self.table, &self.rows)
    }
}

/// A cell as it goes in again.
fn cell(row: &Row<'_>, kind: ColumnKind) -> Result<Value, DbError> {
    Ok(match kept::cell(row, kind)? {
        Value::Json(json) => Value::JsonText(json.to_string()),
        other => other,
    })
}

/// Writes rows in the order given, nothing else.
///
/// # Errors
/// When the database refuses.
pub fn write(tx: &mut Tx<'_>, rows: &[BareRows]) -> Result<u64, DbError> {
    rows.iter().map(|rows| rows.write(tx)).sum()
}

/// The bills and charges a bill run has written for a month, made those of month `far` with new ids.
///
/// # Errors
/// When the database refuses.
pub fn read_bills(
    tx: &mut Tx<'_>,
    community: CommunityId,
    period: Period,
    far: Period,
    mut new_id: impl FnMut() -> Uuid,
) -> Result<Vec<BareRows>, DbError> {
    let of_month = |column: &str| format!("AND {column} = $2 ORDER BY id");
    let mut bills = BareRows::read(tx, &billing::BILL_TABLE, community, (&of_month("period"), &params![period]))?;
    let mut charges = BareRows::read(tx, &billing::CHARGE_TABLE, community, (&of_month("period"), &params![period]))?;
    let mut new: HashMap<Uuid, Uuid> = HashMap::new();
    let mut renew = |old: &Value| match old {
        Value::Uuid(old) => Value::Uuid(*new.entry(*old).or_insert_with(&mut new_id)),
        other => other.clone(),
    };
    bills.set("id", &mut renew);
    bills.set("number", |old| match old {
        Value::Text(number) => Value::Text(format!("{far}/{number}")),
        other => other.clone(),
    });
    charges.set("bill_id", &mut renew);
    charges.set("id", &mut renew);
    for rows in [&mut bills, &mut charges] {
        rows.set("period", |_| far.into());
    }
    Ok(vec![bills, charges])
}

macro_rules! table {
    ($table:literal: $($column:literal $kind:ident),+ $(,)?) => {
        BulkTable { table: $table, columns: &[$(($column, ColumnKind::$kind)),+] }
    };
}

static RECEIPT_TABLE: BulkTable = table!("receipt": "community_id" Uuid, "id" Uuid, "account_id" Uuid, "number" Text,
    "key" Text, "amount_fen" Int, "received_on" Date, "method" Text, "remark" Text, "reverses_id" Uuid, "actor_name" Text,
    "recorded_at" Time, "seq" Int, "reversed" Bool, "prev_hash" Bytes, "hash" Bytes);
static AUDIT_TABLE: BulkTable = table!("audit_entry": "community_id" Uuid, "seq" Int, "id" Uuid, "at" Time,
    "actor_id" Uuid, "actor_name" Text, "act" Text, "subject_kind" Text, "subject_id" Uuid, "detail" Json,
    "prev_hash" Bytes, "hash" Bytes);

/// Everything an import has written of a community, made that of community `other`, which must be there and empty.
///
/// # Errors
/// When the database refuses.
pub fn read_imported(tx: &mut Tx<'_>, community: CommunityId, other: CommunityId) -> Result<Vec<BareRows>, DbError> {
    let tables = [
        &registry::BUILDING_TABLE,
        &registry::ENTRANCE_TABLE,
        &registry::UNIT_TABLE,
        &registry::PARTY_TABLE,
        &registry::TENURE_TABLE,
        &registry::CONTACT_POINT_TABLE,
        &registry::ACCOUNT_TABLE,
        kept::CONTRACTS.bulk(),
        kept::FEE_ITEMS.bulk(),
        kept::FEE_STANDARDS.bulk(),
        kept::FEE_PRICES.bulk(),
        kept::UNIT_FEES.bulk(),
        &billing::CHARGE_TABLE,
    ];
    let mut all = Vec::new();
    for table in tables {
        let mut rows = BareRows::read(tx, table, community, ("", &[]))?;
        rows.set("community_id", |_| other.into());
        all.push(rows);
    }
    Ok(all)
}

/// A receipt with its allocations and audit entry as they were written, with new ids; the entry has the place
/// of the one before below zero, where no chain ends.
///
/// # Errors
/// When the database refuses.
pub fn read_receipt(
    tx: &mut Tx<'_>,
    community: CommunityId,
    receipt: ReceiptId,
    mut new_id: impl FnMut() -> Uuid,
) -> Result<Vec<BareRows>, DbError> {
    let own = params![receipt];
    let mut receipts = BareRows::read(tx, &RECEIPT_TABLE, community, ("AND id = $2", &own))?;
    let mut allocations = BareRows::read(tx, &ledger::ALLOCATION_TABLE, community, ("AND receipt_id = $2", &own))?;
    let mut audits = BareRows::read(tx, &AUDIT_TABLE, community, ("AND subject_id = $2", &own))?;
    let id = new_id();
    receipts.set("id", |_| id.into());
    receipts.set("key", |_| id.to_string().into());
    receipts.set("number", |_| id.to_string().into());
    allocations.set("receipt_id", |_| id.into());
    for rows in [&mut allocations, &mut audits] {
        rows.set("id", |_| new_id().into());
    }
    audits.set("seq", |seq| if let Value::Int(seq) = seq { Value::Int(-seq) } else { Value::Null });
    Ok(vec![receipts, allocations, audits])
}

static SHARE_POOL_TABLE: BulkTable = table!("share_pool": "community_id" Uuid, "id" Uuid, "fee_item_id" Uuid, "period" Text,
    "occurrence" Int, "total_fen" Int, "source" Json, "scope" Json, "method" Json, "whole_e8" Int, "basis" Text,
    "confirmed_by" Text, "confirmed_at" Time, "seq" Int);

/// A shared cost with its shares as they were written, made those of month `far` with new ids.
///
/// # Errors
/// When the database refuses.
pub fn read_shares(
    tx: &mut Tx<'_>,
    community: CommunityId,
    pool: SharePoolId,
    far: Period,
    mut new_id: impl FnMut() -> Uuid,
) -> Result<Vec<BareRows>, DbError> {
    let own = params![pool];
    let mut pools = BareRows::read(tx, &SHARE_POOL_TABLE, community, ("AND id = $2", &own))?;
    let mut shares =
        BareRows::read(tx, &shared_costs::POOL_SHARE_TABLE, community, ("AND pool_id = $2 ORDER BY id", &own))?;
    let id = new_id();
    pools.set("id", |_| id.into());
    pools.set("period", |_| far.into());
    shares.set("pool_id", |_| id.into());
    shares.set("id", |_| new_id().into());
    Ok(vec![pools, shares])
}

/// The usage that was confirmed for a month, made that of month `far` with new ids.
///
/// # Errors
/// When the database refuses.
pub fn read_usage(
    tx: &mut Tx<'_>,
    community: CommunityId,
    period: Period,
    far: Period,
    mut new_id: impl FnMut() -> Uuid,
) -> Result<Vec<BareRows>, DbError> {
    let of_month = ("AND period = $2 ORDER BY id", &params![period][..]);
    let mut usage = BareRows::read(tx, &metering::USAGE_TABLE, community, of_month)?;
    usage.set("id", |_| new_id().into());
    usage.set("period", |_| far.into());
    Ok(vec![usage])
}

const OPEN_CHARGES: &str = "SELECT account_id, due_on, open_fen FROM charge WHERE community_id = $1 AND open_fen > 0
    ORDER BY account_id, due_on";
const BY_KEY: &str = "SELECT open_fen FROM charge WHERE community_id = $1 AND account_id = $2 AND open_fen > 0 LIMIT 1";

const DECISIONS: &str = "SELECT facts, trace FROM decision WHERE community_id = $1 ORDER BY id";

/// Every statement of this module but those made from the columns of a table.
pub const STATEMENTS: &[&str] = &[OPEN_CHARGES, BY_KEY, DECISIONS];

/// Streams the documents of recorded decisions in their order: how many there are.
///
/// # Errors
/// When the database refuses.
pub fn stream_decisions(tx: &mut Tx<'_>, community: CommunityId) -> Result<u64, DbError> {
    let mut count = 0;
    tx.for_each::<DbError>(DECISIONS, &params![community], |row| {
        let (_, _): (serde_json::Value, serde_json::Value) = (row.take()?, row.take()?);
        count += 1;
        Ok(())
    })?;
    Ok(count)
}

/// Streams the open charges of a community in the order of its accounts: how many, and their sum.
///
/// # Errors
/// When the database refuses.
pub fn stream_open_charges(tx: &mut Tx<'_>, community: CommunityId) -> Result<(u64, Fen), DbError> {
    let (mut count, mut sum) = (0, Fen::ZERO);
    tx.for_each::<DbError>(OPEN_CHARGES, &params![community], |row| {
        let (_, _, open): (AccountId, chrono::NaiveDate, Fen) = (row.take()?, row.take()?, row.take()?);
        count += 1;
        sum += open;
        Ok(())
    })?;
    Ok((count, sum))
}

/// What is open on one charge of an account: a single row by its key.
///
/// # Errors
/// When the database refuses.
pub fn find_by_key(tx: &mut Tx<'_>, community: CommunityId, account: AccountId) -> Result<Option<Fen>, DbError> {
    tx.query_opt(BY_KEY, &params![community, account], |row| row.take())
}
