//! Visits that are to be made (上门): open tasks with the door they lead to.

use hemu_domain::UnitLabel;
use hemu_domain::ids::{CaseId, CommunityId, StaffId, TaskId};

use chrono::{DateTime, NaiveDate, Utc};

use crate::{DbError, Tx, params};

/// A visit that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitRow {
    /// Its task.
    pub task_id: TaskId,
    /// The case.
    pub case_id: CaseId,
    /// Since when it is due.
    pub due_on: NaiveDate,
    /// The payer's kind and name.
    pub payer: (String, String),
    /// A unit of the payer.
    pub unit: UnitLabel,
    /// Its floor, where it is on record.
    pub floor: Option<i64>,
}

/// Those of a person and of nobody; without a person everybody's.
const OPEN: &str = "SELECT t.id, f.id, t.due_on, p.kind, p.name, u.label, u.floor FROM task t
    JOIN case_file f ON f.community_id = t.community_id AND f.id = t.case_id
    JOIN party p ON p.community_id = f.community_id AND p.id = f.party_id
    JOIN unit u ON u.community_id = t.community_id AND u.label = (SELECT MIN(x.label) FROM account a
        JOIN unit x ON x.community_id = a.community_id AND x.id = a.unit_id
        WHERE a.community_id = $1 AND a.party_id = f.party_id)
    WHERE t.community_id = $1 AND t.state = 'open' AND t.kind = 'visit'
    AND (t.staff_id IS NULL OR t.staff_id = COALESCE($2, t.staff_id) OR (t.taken_by = $2 AND t.taken_until > $3))
    AND (t.taken_by IS NULL OR t.taken_until <= $3 OR t.taken_by = COALESCE($2, t.taken_by))
    ORDER BY t.due_on, t.id LIMIT $4";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[OPEN];

/// The open visits of a person and of nobody (without a person: all), the longest due first.
///
/// # Errors
/// When the database refuses.
pub fn list_open(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (staff, now): (Option<StaffId>, DateTime<Utc>),
    limit: i64,
) -> Result<Vec<VisitRow>, DbError> {
    tx.query(OPEN, &params![community, staff, now, limit], |row| {
        Ok(VisitRow {
            task_id: row.take()?,
            case_id: row.take()?,
            due_on: row.take()?,
            payer: (row.take()?, row.take()?),
            unit: row.take()?,
            floor: row.take()?,
        })
    })
}
