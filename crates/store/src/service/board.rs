//! The board of service orders: what is open, and what was answered or closed lately, with unit and payer.

use chrono::NaiveDate;
use hemu_domain::UnitLabel;
use hemu_domain::ids::{CommunityId, ComplaintId};

use super::complaint::{ComplaintRow, read, select};
use crate::{DbError, Row, Tx, params};

/// An order of the board.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardLine {
    /// The complaint.
    pub complaint: ComplaintRow,
    /// Its unit.
    pub unit: UnitLabel,
    /// Kind and name of the payer.
    pub payer: (String, String),
    /// Photos kept with it.
    pub photos: i64,
}

macro_rules! lines {
    ($rest:literal) => {
        select!(
            ", u.label, p.kind, p.name, CAST((SELECT COUNT(*) FROM attachment t WHERE t.community_id = k.community_id
    AND t.subject_kind = 'complaint' AND t.subject_id = k.id) AS BIGINT)",
            concat!(
                "JOIN unit u ON u.community_id = k.community_id AND u.id = k.unit_id
    JOIN party p ON p.community_id = k.community_id AND p.id = k.party_id ",
                $rest
            )
        )
    };
}

/// Those without an answer first in time, then the others by the day of their answer.
const BOARD: &str = lines!(
    "WHERE k.community_id = $1 AND (k.answered_on IS NULL OR k.state = 'answered' OR k.answered_on >= $2)
    AND ($3 = '' OR k.department = $3) AND ($4 = '' OR k.taken_by = $4 OR k.worked_by = $4)
    AND (NOT $5 OR (k.answered_on IS NULL AND k.promised_on < $6)) ORDER BY k.promised_on, k.id LIMIT $7"
);
const ONE: &str = lines!("WHERE k.community_id = $1 AND k.id = $2");

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[BOARD, ONE];

/// Which orders of the board.
#[derive(Clone, Copy, Debug)]
pub struct Which<'a> {
    /// Answered on or after this day, where they are closed.
    pub since: NaiveDate,
    /// The department; empty for all.
    pub department: &'a str,
    /// Taken down or worked on by; empty for all.
    pub person: &'a str,
    /// Only those past their day.
    pub late: bool,
    /// Today.
    pub today: NaiveDate,
    /// So many.
    pub limit: i64,
}

/// The orders of the board, the most urgent first.
///
/// # Errors
/// When the database refuses.
pub fn list_board(tx: &mut Tx<'_>, community: CommunityId, which: &Which<'_>) -> Result<Vec<BoardLine>, DbError> {
    let values = params![community, which.since, which.department, which.person, which.late, which.today, which.limit];
    tx.query(BOARD, &values, read_line)
}

/// One order with its unit and payer.
///
/// # Errors
/// When the database refuses.
pub fn find_line(tx: &mut Tx<'_>, community: CommunityId, id: ComplaintId) -> Result<Option<BoardLine>, DbError> {
    tx.query_opt(ONE, &params![community, id], read_line)
}

fn read_line(row: &Row<'_>) -> Result<BoardLine, DbError> {
    Ok(BoardLine { complaint: read(row)?, unit: row.take()?, payer: (row.take()?, row.take()?), photos: row.take()? })
}
