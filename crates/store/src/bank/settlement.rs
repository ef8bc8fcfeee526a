//! Entries of settlement files, the receipts they are compared with, and differences that were looked into.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::bank::reconcile::DifferenceKind;
use hemu_domain::bank::settlement::{EntryKind, Provider};
use hemu_domain::ids::{BankFileId, CommunityId, ReceiptId, SettlementEntryId};
use hemu_domain::{Fen, UnitLabel};
use uuid::Uuid;

use crate::db::{BulkTable, ColumnKind};
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// A payment or refund of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementEntryRow {
    /// Its id.
    pub id: SettlementEntryId,
    /// The file that brought it.
    pub file_id: BankFileId,
    /// Whose.
    pub provider: Provider,
    /// What it is.
    pub kind: EntryKind,
    /// The provider's number.
    pub entry_no: String,
    /// The merchant's order number.
    pub order_no: String,
    /// The day.
    pub happened_on: NaiveDate,
    /// How much.
    pub amount: Fen,
    /// What the provider keeps.
    pub fee: Fen,
}

/// A receipt taken by a provider, or its reversal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedRow {
    /// Its id.
    pub id: ReceiptId,
    /// Its number.
    pub number: String,
    /// The key it was taken with.
    pub key: String,
    /// How much.
    pub amount: Fen,
    /// The day.
    pub received_on: NaiveDate,
    /// `wechat`, `alipay` or `qr`.
    pub method: String,
    /// Its remark.
    pub remark: String,
    /// The receipt it reverses.
    pub reverses_id: Option<ReceiptId>,
    /// Whether it was reversed since.
    pub reversed: bool,
    /// The unit.
    pub unit: UnitLabel,
}

/// A difference somebody looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementNoteRow {
    /// Whose file.
    pub provider: Provider,
    /// How file and books differ.
    pub kind: DifferenceKind,
    /// The entry, or the receipt where there is none.
    pub subject_id: Uuid,
    /// What was found.
    pub reason: String,
    /// By whom.
    pub settled_by: String,
    /// When.
    pub settled_at: DateTime<Utc>,
}

const OF_DAYS: &str =
    "SELECT id, file_id, provider, kind, entry_no, order_no, happened_on, amount_fen, fee_fen FROM settlement_entry
    WHERE community_id = $1 AND happened_on BETWEEN $2 AND $3 ORDER BY seq";
const NUMBERS: &str = "SELECT kind, entry_no FROM settlement_entry WHERE community_id = $1 AND provider = $2
    AND happened_on BETWEEN $3 AND $4";
const BOOKED: &str =
    "SELECT r.id, r.number, r.key, COALESCE(t.amount_fen, r.amount_fen), r.received_on, COALESCE(t.method, r.method), r.remark,
    r.reverses_id, r.reversed, u.label FROM receipt r
    LEFT JOIN receipt_tender t ON t.community_id = r.community_id AND t.receipt_id = r.id AND r.method = 'mixed'
    JOIN account a ON a.community_id = r.community_id AND a.id = r.account_id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    WHERE r.community_id = $1 AND r.received_on BETWEEN $2 AND $3 AND COALESCE(t.method, r.method) IN ('wechat', 'alipay', 'qr')
    ORDER BY r.received_on, r.seq";
const NOTES: &str = "SELECT provider, kind, subject_id, reason, settled_by, settled_at FROM settlement_note
    WHERE community_id = $1 AND provider = $2 ORDER BY settled_at, subject_id";
const NOTE: &str = "SELECT provider, kind, subject_id, reason, settled_by, settled_at FROM settlement_note
    WHERE community_id = $1 AND provider = $2 AND kind = $3 AND subject_id = $4";
const SETTLE: &str =
    "INSERT INTO settlement_note (community_id, provider, kind, subject_id, reason, settled_by, settled_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (community_id, provider, kind, subject_id) DO UPDATE SET reason = $5, settled_by = $6, settled_at = $7";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[OF_DAYS, NUMBERS, BOOKED, NOTES, NOTE, SETTLE];

static ENTRIES: BulkTable = BulkTable {
    table: "settlement_entry",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("file_id", ColumnKind::Uuid),
        ("provider", ColumnKind::Text),
        ("kind", ColumnKind::Text),
        ("entry_no", ColumnKind::Text),
        ("order_no", ColumnKind::Text),
        ("happened_on", ColumnKind::Date),
        ("amount_fen", ColumnKind::Int),
        ("fee_fen", ColumnKind::Int),
        ("seq", ColumnKind::Int),
    ],
};

/// What the register of entries covers: all of them.
pub(crate) fn content(community: CommunityId, entry: &SettlementEntryRow, seq: i64) -> [Value; 11] {
    params![
        community,
        entry.id,
        entry.file_id,
        entry.provider.as_str(),
        entry.kind.as_str(),
        &entry.entry_no,
        &entry.order_no,
        entry.happened_on,
        entry.amount,
        entry.fee,
        seq
    ]
}

/// Writes new entries; `first_seq` numbers them as recorded facts.
///
/// # Errors
/// [`DbError::Duplicate`] when one of them is there already.
pub fn insert(
    tx: &mut Tx<'_>,
    community: CommunityId,
    entries: &[SettlementEntryRow],
    first_seq: i64,
) -> Result<(), DbError> {
    let rows: Vec<[Value; 11]> =
        entries.iter().zip(first_seq..).map(|(entry, seq)| content(community, entry, seq)).collect();
    let mut added = SetDigest::default();
    for row in &rows {
        added.join(&SetDigest::of(row));
    }
    tx.bulk_insert(&ENTRIES, rows)?;
    digest::add(tx, community, Register::SettlementEntries, &added)
}

/// The entries of some days, of every provider.
///
/// # Errors
/// When the database refuses.
pub fn list_of_days(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<SettlementEntryRow>, DbError> {
    tx.query(OF_DAYS, &params![community, first, last], read)
}

/// Kind and number of a provider's entries of some days.
///
/// # Errors
/// When the database refuses.
pub fn list_numbers(
    tx: &mut Tx<'_>,
    community: CommunityId,
    provider: Provider,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<(EntryKind, String)>, DbError> {
    let values = params![community, provider.as_str(), first, last];
    tx.query(NUMBERS, &values, |row| Ok((row.parse(EntryKind::parse)?, row.take()?)))
}

/// The receipts providers may have collected in some days.
///
/// # Errors
/// When the database refuses.
pub fn list_booked(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<BookedRow>, DbError> {
    tx.query(BOOKED, &params![community, first, last], |row| {
        Ok(BookedRow {
            id: row.take()?,
            number: row.take()?,
            key: row.take()?,
            amount: row.take()?,
            received_on: row.take()?,
            method: row.take()?,
            remark: row.take()?,
            reverses_id: row.take()?,
            reversed: row.take()?,
            unit: row.take()?,
        })
    })
}

/// The differences of a provider that were looked into.
///
/// # Errors
/// When the database refuses.
pub fn list_notes(
    tx: &mut Tx<'_>,
    community: CommunityId,
    provider: Provider,
) -> Result<Vec<SettlementNoteRow>, DbError> {
    tx.query(NOTES, &params![community, provider.as_str()], read_note)
}

pub(crate) fn read_note(row: &Row<'_>) -> Result<SettlementNoteRow, DbError> {
    Ok(SettlementNoteRow {
        provider: row.parse(Provider::parse)?,
        kind: row.parse(DifferenceKind::parse)?,
        subject_id: row.take()?,
        reason: row.take()?,
        settled_by: row.take()?,
        settled_at: row.take()?,
    })
}

/// Records what was found about a difference, in the place of what was found before.
///
/// # Errors
/// When the database refuses.
pub fn settle(tx: &mut Tx<'_>, community: CommunityId, note: &SettlementNoteRow) -> Result<(), DbError> {
    let values = note_content(community, note);
    let old = tx.query_opt(NOTE, &values[..4], read_note)?.map(|old| note_content(community, &old));
    digest::put(tx, community, Register::SettlementNotes, (old.as_ref().map(|old| &old[..]), &values))?;
    tx.execute(SETTLE, &values).map(|_| ())
}

/// What the register covers of it: all of it.
pub(crate) fn note_content(community: CommunityId, note: &SettlementNoteRow) -> [Value; 7] {
    params![
        community,
        note.provider.as_str(),
        note.kind.as_str(),
        note.subject_id,
        &note.reason,
        &note.settled_by,
        note.settled_at
    ]
}

pub(crate) fn read(row: &Row<'_>) -> Result<SettlementEntryRow, DbError> {
    Ok(SettlementEntryRow {
        id: row.take()?,
        file_id: row.take()?,
        provider: row.parse(Provider::parse)?,
        kind: row.parse(EntryKind::parse)?,
        entry_no: row.take()?,
        order_no: row.take()?,
        happened_on: row.take()?,
        amount: row.take()?,
        fee: row.take()?,
    })
}
