//! Money bank statements say came in: written once, then booked, ignored, or opened again.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{BankFileId, BankLineId, CommunityId};

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Row, Tx, Value, kept, params};

/// Money that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankLineRow {
    /// Its id.
    pub id: BankLineId,
    /// The file that brought it.
    pub file_id: BankFileId,
    /// The row of the file.
    pub row_no: i64,
    /// HMAC of what tells it from every other line.
    pub line_index: Vec<u8>,
    /// The day.
    pub received_on: NaiveDate,
    /// How much.
    pub amount: Fen,
    /// Who paid, as the bank writes it.
    pub payer_name: String,
    /// The payer's account, sealed.
    pub account_sealed: Option<Vec<u8>>,
    /// Its HMAC.
    pub account_index: Option<Vec<u8>>,
    /// What may be shown of it.
    pub account_tail: String,
    /// What was written beside it, sealed.
    pub remark_sealed: Option<Vec<u8>>,
    /// `open`, `booked` or `ignored`.
    pub state: String,
    /// How often it was opened again.
    pub round: i64,
    /// Why it was ignored, or opened again.
    pub reason: String,
    /// Who booked or ignored it.
    pub settled_by: Option<String>,
    /// When.
    pub settled_on: Option<NaiveDate>,
}

macro_rules! lines {
    ($where:literal) => {
        concat!(
            "SELECT id, file_id, row_no, line_index, received_on, amount_fen, payer_name, account_sealed,
    account_index, account_tail, remark_sealed, state, round, reason, settled_by, settled_on FROM bank_line
    WHERE community_id = $1 AND ",
            $where
        )
    };
}
const OPEN: &str = lines!("state = 'open' ORDER BY received_on, id");
const SETTLED: &str = lines!("state <> 'open' ORDER BY settled_on DESC, id DESC LIMIT $2");
const FIND: &str = lines!("id = $2");
const INDEXES: &str = "SELECT line_index FROM bank_line WHERE community_id = $1 AND received_on BETWEEN $2 AND $3";
const ANY_OPEN: &str = "SELECT id FROM bank_line WHERE community_id = $1 AND state = 'open' LIMIT 1";
const SETTLE: &str = "UPDATE bank_line SET state = $3, reason = $4, settled_by = $5, settled_on = $6
    WHERE community_id = $1 AND id = $2 AND state = 'open'";
const REOPEN: &str =
    "UPDATE bank_line SET state = 'open', round = round + 1, reason = $3, settled_by = NULL, settled_on = NULL
    WHERE community_id = $1 AND id = $2 AND state <> 'open'";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[OPEN, SETTLED, FIND, INDEXES, ANY_OPEN, SETTLE, REOPEN];

static LINES: BulkTable = BulkTable {
    table: "bank_line",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("file_id", ColumnKind::Uuid),
        ("row_no", ColumnKind::Int),
        ("line_index", ColumnKind::Bytes),
        ("received_on", ColumnKind::Date),
        ("amount_fen", ColumnKind::Int),
        ("payer_name", ColumnKind::Text),
        ("account_sealed", ColumnKind::Bytes),
        ("account_index", ColumnKind::Bytes),
        ("account_tail", ColumnKind::Text),
        ("remark_sealed", ColumnKind::Bytes),
        ("state", ColumnKind::Text),
        ("round", ColumnKind::Int),
        ("reason", ColumnKind::Text),
        ("seq", ColumnKind::Int),
    ],
};

/// What is kept of a line: all but its ciphertexts.
fn content(community: CommunityId, line: &BankLineRow, seq: i64) -> [Value; 16] {
    params![
        community,
        line.id,
        line.file_id,
        line.row_no,
        line.line_index.clone(),
        line.received_on,
        line.amount,
        &line.payer_name,
        line.account_index.clone(),
        &line.account_tail,
        &line.state,
        line.round,
        &line.reason,
        line.settled_by.clone(),
        line.settled_on,
        seq
    ]
}

/// Writes new lines; `first_seq` numbers them as recorded facts.
///
/// # Errors
/// [`DbError::Duplicate`] when one of them is there already.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, lines: &[BankLineRow], first_seq: i64) -> Result<(), DbError> {
    let numbered = || lines.iter().zip(first_seq..);
    let rows = numbered().map(|(line, seq)| -> [Value; 16] {
        params![
            community,
            line.id,
            line.file_id,
            line.row_no,
            line.line_index.clone(),
            line.received_on,
            line.amount,
            &line.payer_name,
            line.account_sealed.clone(),
            line.account_index.clone(),
            &line.account_tail,
            line.remark_sealed.clone(),
            &line.state,
            line.round,
            &line.reason,
            seq
        ]
    });
    tx.bulk_insert(&LINES, rows)?;
    kept::BANK_LINES.note(tx, community, numbered().map(|(line, seq)| content(community, line, seq)))
}

/// The lines nobody has settled, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_open(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<BankLineRow>, DbError> {
    tx.query(OPEN, &params![community], read)
}

/// The lines that were settled last.
///
/// # Errors
/// When the database refuses.
pub fn list_settled(tx: &mut Tx<'_>, community: CommunityId, most: i64) -> Result<Vec<BankLineRow>, DbError> {
    tx.query(SETTLED, &params![community, most], read)
}

/// The line of that id.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, community: CommunityId, id: BankLineId) -> Result<Option<BankLineRow>, DbError> {
    tx.query_opt(FIND, &params![community, id], read)
}

/// The identities of the lines of some days.
///
/// # Errors
/// When the database refuses.
pub fn list_indexes(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<Vec<u8>>, DbError> {
    tx.query(INDEXES, &params![community, first, last], |row| row.take())
}

/// Whether money waits.
///
/// # Errors
/// When the database refuses.
pub fn has_open(tx: &mut Tx<'_>, community: CommunityId) -> Result<bool, DbError> {
    Ok(tx.query_opt(ANY_OPEN, &params![community], |row| row.take::<BankLineId>())?.is_some())
}

/// Settles an open line as `booked` or `ignored`; false when it was not open.
///
/// # Errors
/// When the database refuses.
pub fn settle(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: BankLineId,
    (state, reason): (&str, &str),
    (by, on): (&str, NaiveDate),
) -> Result<bool, DbError> {
    let values = params![community, id, state, reason, by, on];
    kept::BANK_LINES.change(tx, community, &params![id], |tx| tx.execute(SETTLE, &values)).map(|rows| rows == 1)
}

/// Opens a settled line again; false when it was open.
///
/// # Errors
/// When the database refuses.
pub fn reopen(tx: &mut Tx<'_>, community: CommunityId, id: BankLineId, reason: &str) -> Result<bool, DbError> {
    let values = params![community, id, reason];
    kept::BANK_LINES.change(tx, community, &params![id], |tx| tx.execute(REOPEN, &values)).map(|rows| rows == 1)
}

fn read(row: &Row<'_>) -> Result<BankLineRow, DbError> {
    Ok(BankLineRow {
        id: row.take()?,
        file_id: row.take()?,
        row_no: row.take()?,
        line_index: row.take()?,
        received_on: row.take()?,
        amount: row.take()?,
        payer_name: row.take()?,
        account_sealed: row.take()?,
        account_index: row.take()?,
        account_tail: row.take()?,
        remark_sealed: row.take()?,
        state: row.take()?,
        round: row.take()?,
        reason: row.take()?,
        settled_by: row.take()?,
        settled_on: row.take()?,
    })
}
