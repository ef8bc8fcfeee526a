//! How often a receipt was printed: the first is the receipt, each one after it a reprint (补打) that says so.

use chrono::{DateTime, Utc};
use hemu_domain::ids::{CommunityId, ReceiptId};

use crate::{DbError, Tx, kept, params};

const INSERT: &str = "INSERT INTO receipt_print (community_id, receipt_id, print_no, printed_by, printed_at)
    VALUES ($1, $2, $3, $4, $5)";
const COUNT: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM receipt_print WHERE community_id = $1 AND receipt_id = $2";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, COUNT];

/// How often a receipt was printed.
///
/// # Errors
/// When the database refuses.
pub fn count_prints(tx: &mut Tx<'_>, community: CommunityId, receipt: ReceiptId) -> Result<i64, DbError> {
    tx.query_one("count", COUNT, &params![community, receipt], |row| row.take())
}

/// Notes that a receipt is printed, and returns the number of this print. The community's facts are locked already.
///
/// # Errors
/// When the database refuses.
pub fn insert_print(
    tx: &mut Tx<'_>,
    community: CommunityId,
    receipt: ReceiptId,
    (by, at): (&str, DateTime<Utc>),
) -> Result<i64, DbError> {
    let number = count_prints(tx, community, receipt)? + 1;
    let row = params![community, receipt, number, by, at];
    tx.execute(INSERT, &row)?;
    kept::PRINTS.note(tx, community, [&row])?;
    Ok(number)
}
