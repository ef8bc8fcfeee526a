//! The board (催缴看板): open cases with whose they are, where their units stand and what is owed; what people have to do and did.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{CaseId, CommunityId, StaffId};

use crate::{DbError, Row, Tx, params};

/// What the payer of an open case owes in one building.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseInBuilding {
    /// The case.
    pub case_id: CaseId,
    /// Its stage.
    pub stage: String,
    /// Whose case it is.
    pub staff_id: Option<StaffId>,
    /// The building.
    pub building: String,
    /// Open principal that is overdue there.
    pub owed: Fen,
    /// Since when.
    pub oldest_due: Option<NaiveDate>,
    /// When the plan looks at the case again.
    pub next_due_on: Option<NaiveDate>,
}

/// What somebody has to do, or did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffCount {
    /// Who; `None` for nobody in particular.
    pub staff_id: Option<StaffId>,
    /// All of it.
    pub all: i64,
    /// Of those the late tasks, or the contacts with the payer himself.
    pub marked: i64,
}

// `CROSS JOIN` keeps the way: from a case over its payer's accounts to the open charges.
const CASES: &str = "SELECT c.id, c.stage, c.staff_id, b.code, CAST(COALESCE(SUM(h.open_fen), 0) AS BIGINT), MIN(h.due_on), c.next_due_on
    FROM case_file c CROSS JOIN account a CROSS JOIN unit u CROSS JOIN building b
    LEFT JOIN charge h ON h.community_id = a.community_id AND h.account_id = a.id AND h.live AND h.open_fen > 0 AND h.due_on < $2
    WHERE c.community_id = $1 AND c.closed_on IS NULL AND a.community_id = c.community_id AND a.party_id = c.party_id
    AND u.community_id = a.community_id AND u.id = a.unit_id AND b.community_id = u.community_id AND b.id = u.building_id
    GROUP BY c.id, c.stage, c.staff_id, b.code, c.next_due_on";
/// Cases that wait for something agreed or found out: a hold on contact, a promise, a plan.
const RESTING: &str = "SELECT case_id FROM hold WHERE community_id = $1 AND case_id IS NOT NULL AND suppress_contact
        AND scope NOT IN ('charges', 'amount') AND opened_on <= $2 AND (released_on IS NULL OR released_on > $2)
        AND (expires_on IS NULL OR expires_on >= $2)
    UNION SELECT case_id FROM promise WHERE community_id = $1 AND state = 'active'
    UNION SELECT case_id FROM plan WHERE community_id = $1 AND state = 'active'";
const TASKS: &str =
    "SELECT staff_id, CAST(COUNT(*) AS BIGINT), CAST(COUNT(CASE WHEN due_on < $2 THEN 1 END) AS BIGINT) FROM task
    WHERE community_id = $1 AND state = 'open' GROUP BY staff_id";
const CONTACTS: &str =
    "SELECT staff_id, CAST(COUNT(*) AS BIGINT), CAST(COUNT(CASE WHEN right_party THEN 1 END) AS BIGINT)
    FROM contact_log WHERE community_id = $1 AND staff_id IS NOT NULL AND happened_on >= $2 AND happened_on <= $3
    GROUP BY staff_id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[CASES, RESTING, TASKS, CONTACTS];

/// What the payers of open cases owe as of a day, building by building.
///
/// # Errors
/// When the database refuses.
pub fn list_cases(tx: &mut Tx<'_>, community: CommunityId, today: NaiveDate) -> Result<Vec<CaseInBuilding>, DbError> {
    tx.query(CASES, &params![community, today], |row| {
        Ok(CaseInBuilding {
            case_id: row.take()?,
            stage: row.take()?,
            staff_id: row.take()?,
            building: row.take()?,
            owed: row.take()?,
            oldest_due: row.take()?,
            next_due_on: row.take()?,
        })
    })
}

/// The cases that wait for something agreed with the payer, or found out.
///
/// # Errors
/// When the database refuses.
pub fn list_resting(tx: &mut Tx<'_>, community: CommunityId, today: NaiveDate) -> Result<Vec<CaseId>, DbError> {
    tx.query(RESTING, &params![community, today], |row| row.take())
}

/// Open tasks by who has them, and the late ones among them.
///
/// # Errors
/// When the database refuses.
pub fn count_tasks(tx: &mut Tx<'_>, community: CommunityId, today: NaiveDate) -> Result<Vec<StaffCount>, DbError> {
    tx.query(TASKS, &params![community, today], count)
}

/// Contacts people made between two days, and those with the payer himself among them.
///
/// # Errors
/// When the database refuses.
pub fn count_contacts(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<StaffCount>, DbError> {
    tx.query(CONTACTS, &params![community, first, last], count)
}

fn count(row: &Row<'_>) -> Result<StaffCount, DbError> {
    Ok(StaffCount { staff_id: row.take()?, all: row.take()?, marked: row.take()? })
}
