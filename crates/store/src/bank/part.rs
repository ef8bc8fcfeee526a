//! What a bank line was booked as: the receipts of its rounds.

use hemu_domain::ids::{BankLineId, BankPartId, CommunityId, ReceiptId};
use hemu_domain::{Fen, UnitLabel};

use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Tx, Value, params};

/// A receipt a line was booked as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankPartRow {
    /// Its id.
    pub id: BankPartId,
    /// The line.
    pub line_id: BankLineId,
    /// How often the line had been opened again by then.
    pub round: i64,
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// How much.
    pub amount: Fen,
}

/// A part as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartView {
    /// The line.
    pub line_id: BankLineId,
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// Its number.
    pub receipt: String,
    /// Whether it was reversed since.
    pub reversed: bool,
    /// The unit.
    pub unit: UnitLabel,
    /// How much.
    pub amount: Fen,
}

const INSERT: &str = "INSERT INTO bank_part (community_id, id, line_id, round, receipt_id, amount_fen, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// Of lines as they are settled now.
const OF_LINES: &str = "SELECT p.line_id, p.receipt_id, r.number, r.reversed, u.label, p.amount_fen
    FROM bank_line l JOIN bank_part p ON p.community_id = l.community_id AND p.line_id = l.id AND p.round = l.round
    JOIN receipt r ON r.community_id = p.community_id AND r.id = p.receipt_id
    JOIN account a ON a.community_id = r.community_id AND a.id = r.account_id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    WHERE l.community_id = $1 AND l.state = 'booked' AND l.id IN ({ids}) ORDER BY p.line_id, p.seq";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[INSERT];

/// What the register of parts covers.
pub(crate) fn content(community: CommunityId, part: &BankPartRow, seq: i64) -> Vec<Value> {
    params![community, part.id, part.line_id, part.round, part.receipt_id, part.amount, seq].to_vec()
}

/// Records that a line was booked as a receipt.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, part: &BankPartRow, seq: i64) -> Result<(), DbError> {
    let values = content(community, part, seq);
    tx.execute(INSERT, &values)?;
    digest::add(tx, community, Register::BankParts, &SetDigest::of(&values))
}

/// What lines are booked as now.
///
/// # Errors
/// When the database refuses.
pub fn list_of_lines(tx: &mut Tx<'_>, community: CommunityId, lines: &[BankLineId]) -> Result<Vec<PartView>, DbError> {
    let ids: Vec<_> = lines.iter().map(|id| id.uuid()).collect();
    tx.query_in(OF_LINES, &params![community], &ids, |row| {
        Ok(PartView {
            line_id: row.take()?,
            receipt_id: row.take()?,
            receipt: row.take()?,
            reversed: row.take()?,
            unit: row.take()?,
            amount: row.take()?,
        })
    })
}
