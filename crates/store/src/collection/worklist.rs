//! What the list of a person's work is made of: tasks that are due, when payers were reached, how much a person does a day.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::UnitLabel;
use hemu_domain::collection::ranking::Capacity;
use hemu_domain::ids::{CaseId, CommunityId, PartyId, StaffId, TaskId};
use uuid::Uuid;

use crate::{DbError, Tx, params};

/// A task that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueTask {
    /// Its id.
    pub id: TaskId,
    /// `call`, `visit`...
    pub kind: String,
    /// When it was due.
    pub due_on: NaiveDate,
    /// When in the day it fits.
    pub fitting_time: String,
    /// The case.
    pub case_id: Option<CaseId>,
    /// The payer's kind and name.
    pub payer: Option<(String, String)>,
    /// A unit of the payer.
    pub unit: Option<UnitLabel>,
    /// Who holds it now, and the name.
    pub holder: Option<(StaffId, String)>,
}

/// Those of a person and of nobody; without a person everybody's.
const DUE: &str = "SELECT t.id, t.kind, t.due_on, t.fitting_time, t.case_id, p.kind, p.name,
    (SELECT MIN(u.label) FROM account a JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
        WHERE a.community_id = $1 AND a.party_id = f.party_id),
    CASE WHEN t.taken_until > $5 THEN t.taken_by END, t.taken_by_name
    FROM task t LEFT JOIN case_file f ON f.community_id = t.community_id AND f.id = t.case_id
    LEFT JOIN party p ON p.community_id = f.community_id AND p.id = f.party_id
    WHERE t.community_id = $1 AND t.state = 'open' AND t.due_on <= $2
    AND (t.staff_id IS NULL OR t.staff_id = COALESCE($3, t.staff_id) OR (t.taken_by = $3 AND t.taken_until > $5))
    ORDER BY t.due_on, t.id LIMIT $4";
const COUNT_DUE: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM task
    WHERE community_id = $1 AND state = 'open' AND due_on <= $2 AND (staff_id IS NULL OR staff_id = COALESCE($3, staff_id))";
const TALKS: &str = "SELECT party_id, happened_at FROM contact_log
    WHERE community_id = $1 AND right_party AND channel = 'phone' AND happened_on >= $2 AND party_id IN ({ids})";
const DONE: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN channel = 'phone' THEN 1 ELSE 0 END), 0) AS BIGINT),
    CAST(COALESCE(SUM(CASE WHEN channel = 'visit' THEN 1 ELSE 0 END), 0) AS BIGINT)
    FROM contact_log WHERE community_id = $1 AND staff_id = $2 AND happened_on = $3";
const CAPACITY: &str = "SELECT calls, visits FROM staff_capacity WHERE staff_id = $1";
const CAPACITIES: &str = "SELECT staff_id, calls, visits FROM staff_capacity ORDER BY staff_id";
const SET_CAPACITY: &str = "INSERT INTO staff_capacity (staff_id, calls, visits) VALUES ($1, $2, $3)
    ON CONFLICT (staff_id) DO UPDATE SET calls = EXCLUDED.calls, visits = EXCLUDED.visits";

/// Every statement of this module but the one with an id list.
pub const STATEMENTS: &[&str] = &[DUE, COUNT_DUE, DONE, CAPACITY, CAPACITIES, SET_CAPACITY];

/// The tasks due by a day that are a person's or nobody's (without a person: all), the longest due first.
///
/// # Errors
/// When the database refuses.
pub fn list_due(
    tx: &mut Tx<'_>,
    community: CommunityId,
    today: NaiveDate,
    (staff, now): (Option<StaffId>, DateTime<Utc>),
    limit: i64,
) -> Result<Vec<DueTask>, DbError> {
    tx.query(DUE, &params![community, today, staff, limit, now], |row| {
        let (id, kind, due_on) = (row.take()?, row.take()?, row.take()?);
        let (fitting_time, case_id) = (row.take()?, row.take()?);
        let payer: (Option<String>, Option<String>) = (row.take()?, row.take()?);
        let unit = row.take()?;
        let holder: (Option<StaffId>, Option<String>) = (row.take()?, row.take()?);
        let (payer, holder) = (payer.0.zip(payer.1), holder.0.zip(holder.1));
        Ok(DueTask { id, kind, due_on, fitting_time, case_id, payer, unit, holder })
    })
}

/// How many there are.
///
/// # Errors
/// When the database refuses.
pub fn count_due(
    tx: &mut Tx<'_>,
    community: CommunityId,
    today: NaiveDate,
    staff: Option<StaffId>,
) -> Result<i64, DbError> {
    tx.query_one("tasks", COUNT_DUE, &params![community, today, staff], |row| row.take())
}

/// When payers were spoken to by telephone since a day.
///
/// # Errors
/// When the database refuses.
pub fn list_talk_times(
    tx: &mut Tx<'_>,
    community: CommunityId,
    since: NaiveDate,
    payers: &[Uuid],
) -> Result<Vec<(PartyId, DateTime<Utc>)>, DbError> {
    tx.query_in(TALKS, &params![community, since], payers, |row| Ok((row.take()?, row.take()?)))
}

/// The calls and visits a person has made in a community on a day.
///
/// # Errors
/// When the database refuses.
pub fn count_done(tx: &mut Tx<'_>, community: CommunityId, staff: StaffId, on: NaiveDate) -> Result<Capacity, DbError> {
    tx.query_one("contacts", DONE, &params![community, staff, on], |row| {
        Ok(Capacity { calls: row.take()?, visits: row.take()? })
    })
}

/// What was set for a person.
///
/// # Errors
/// When the database refuses.
pub fn find_capacity(tx: &mut Tx<'_>, staff: StaffId) -> Result<Option<Capacity>, DbError> {
    tx.query_opt(CAPACITY, &params![staff], |row| Ok(Capacity { calls: row.take()?, visits: row.take()? }))
}

/// What was set for everybody.
///
/// # Errors
/// When the database refuses.
pub fn list_capacities(tx: &mut Tx<'_>) -> Result<Vec<(StaffId, Capacity)>, DbError> {
    tx.query(CAPACITIES, &[], |row| Ok((row.take()?, Capacity { calls: row.take()?, visits: row.take()? })))
}

/// Sets how much a person does a day.
///
/// # Errors
/// When the database refuses.
pub fn set_capacity(tx: &mut Tx<'_>, staff: StaffId, capacity: Capacity) -> Result<(), DbError> {
    tx.execute(SET_CAPACITY, &params![staff, capacity.calls, capacity.visits]).map(|_| ())
}
