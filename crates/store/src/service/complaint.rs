//! Complaints (客诉): what was taken down, which stays, and where it stands, which moves on.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{CaseId, ChargeId, CommunityId, ComplaintId, PartyId, StaffId, TaskId, UnitId};
use hemu_domain::service::{ComplaintKind, ComplaintState, Department, Finding, Priority, Remedy, Source};
use serde_json::Value as Json;

use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// What was taken down; it stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningRow {
    /// Its id.
    pub id: ComplaintId,
    /// Where.
    pub unit_id: UnitId,
    /// Whose.
    pub party_id: PartyId,
    /// What about.
    pub kind: ComplaintKind,
    /// How urgent.
    pub priority: Priority,
    /// Where it came from.
    pub source: Source,
    /// In the words of who took it.
    pub subject: String,
    /// The amount in dispute, where no charges are named; else zero.
    pub disputed_fen: Fen,
    /// When it was taken.
    pub opened_on: NaiveDate,
    /// Who took it.
    pub taken_by: String,
}

/// A complaint and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct ComplaintRow {
    /// What was taken down.
    pub opening: OpeningRow,
    /// The case it bears on.
    pub case_id: Option<CaseId>,
    /// The department in charge.
    pub department: Department,
    /// Where it stands.
    pub state: ComplaintState,
    /// What was found last.
    pub finding: Option<Finding>,
    /// Whether an answer ever found it wrong.
    pub overruled: bool,
    /// What is done about it.
    pub remedy: Option<Remedy>,
    /// By when an answer is promised.
    pub promised_on: NaiveDate,
    /// Who did the work.
    pub worked_by_id: Option<StaffId>,
    /// Who did the work, by name.
    pub worked_by: Option<String>,
    /// When it was answered.
    pub answered_on: Option<NaiveDate>,
    /// The answer.
    pub answer: Option<String>,
    /// What the owner gave, 1 to 5.
    pub satisfaction: Option<i64>,
    /// How often it was begun again.
    pub reopened: i64,
    /// How loud it is.
    pub escalation: i64,
    /// The task to answer it.
    pub task_id: Option<TaskId>,
    /// The charges it is about, where it is about single ones.
    pub charge_ids: Json,
}

impl ComplaintRow {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> ComplaintId {
        self.opening.id
    }

    /// The charges it is about.
    #[must_use]
    pub fn charges(&self) -> Vec<ChargeId> {
        serde_json::from_value(self.charge_ids.clone()).unwrap_or_default()
    }
}

macro_rules! select {
    ($rest:expr) => {
        $crate::service::complaint::select!("", $rest)
    };
    ($more:expr, $rest:expr) => {
        concat!(
            "SELECT k.id, k.unit_id, k.party_id, k.kind, k.priority, k.source, k.subject, k.disputed_fen, k.opened_on, k.taken_by,
    k.case_id, k.department, k.state, k.finding, k.overruled, k.remedy, k.promised_on, k.worked_by_id, k.worked_by,
    k.answered_on, k.answer, k.satisfaction, k.reopened, k.escalation, k.task_id, k.charge_ids",
            $more,
            " FROM complaint k ",
            $rest
        )
    };
}
pub(super) use select;

const OF_CASE: &str = select!("WHERE k.community_id = $1 AND k.case_id = $2 ORDER BY k.seq");
const FIND: &str = select!("WHERE k.community_id = $1 AND k.id = $2");
const INSERT: &str = "INSERT INTO complaint (community_id, id, unit_id, party_id, kind, priority, source, subject, disputed_fen,
    opened_on, taken_by, case_id, department, state, finding, overruled, remedy, promised_on, worked_by_id, worked_by, answered_on,
    answer, satisfaction, reopened, escalation, task_id, charge_ids, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
    $26, $27, $28)";
const MOVE: &str = "UPDATE complaint SET case_id = $4, department = $5, state = $6, finding = $7, overruled = $8, remedy = $9,
    promised_on = $10, worked_by_id = $11, worked_by = $12, answered_on = $13, answer = $14, satisfaction = $15, reopened = $16,
    escalation = $17, task_id = $18, charge_ids = $19 WHERE community_id = $1 AND id = $2 AND state = $3";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[OF_CASE, FIND, INSERT, MOVE];

/// What the digest of complaints covers: what was taken down.
pub(crate) fn opening_content(community: CommunityId, o: &OpeningRow) -> [Value; 11] {
    params![
        community,
        o.id,
        o.unit_id,
        o.party_id,
        o.kind.as_str(),
        o.priority.as_str(),
        o.source.as_str(),
        &o.subject,
        o.disputed_fen,
        o.opened_on,
        &o.taken_by
    ]
}

/// Where it stands, in the order of the columns.
fn standing(c: &ComplaintRow) -> [Value; 16] {
    params![
        c.case_id,
        c.department.as_str(),
        c.state.as_str(),
        c.finding.map(Finding::as_str),
        c.overruled,
        c.remedy.map(Remedy::as_str),
        c.promised_on,
        c.worked_by_id,
        c.worked_by.as_deref(),
        c.answered_on,
        c.answer.as_deref(),
        c.satisfaction,
        c.reopened,
        c.escalation,
        c.task_id,
        c.charge_ids.clone()
    ]
}

/// Writes a complaint.
///
/// # Errors
/// When the database refuses.
pub fn insert_complaint(tx: &mut Tx<'_>, community: CommunityId, c: &ComplaintRow, seq: i64) -> Result<(), DbError> {
    let opening = opening_content(community, &c.opening);
    digest::add(tx, community, Register::Complaints, &SetDigest::of(&opening))?;
    let values = [&opening[..], &standing(c), &params![seq]].concat();
    tx.execute(INSERT, &values).map(|_| ())
}

/// Moves a complaint on from a state; false when it is not there any more.
///
/// # Errors
/// When the database refuses.
pub fn move_complaint(
    tx: &mut Tx<'_>,
    community: CommunityId,
    from: ComplaintState,
    c: &ComplaintRow,
) -> Result<bool, DbError> {
    let values = [&params![community, c.opening.id, from.as_str()][..], &standing(c)].concat();
    tx.execute(MOVE, &values).map(|rows| rows == 1)
}

/// The complaints that bear on a case.
///
/// # Errors
/// When the database refuses.
pub fn list_complaints_of_case(
    tx: &mut Tx<'_>,
    community: CommunityId,
    case: CaseId,
) -> Result<Vec<ComplaintRow>, DbError> {
    tx.query(OF_CASE, &params![community, case], read)
}

/// One complaint.
///
/// # Errors
/// When the database refuses.
pub fn find_complaint(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: ComplaintId,
) -> Result<Option<ComplaintRow>, DbError> {
    tx.query_opt(FIND, &params![community, id], read)
}

pub(crate) fn read_opening(row: &Row<'_>) -> Result<OpeningRow, DbError> {
    Ok(OpeningRow {
        id: row.take()?,
        unit_id: row.take()?,
        party_id: row.take()?,
        kind: row.parse(ComplaintKind::parse)?,
        priority: row.parse(Priority::parse)?,
        source: row.parse(Source::parse)?,
        subject: row.take()?,
        disputed_fen: row.take()?,
        opened_on: row.take()?,
        taken_by: row.take()?,
    })
}

pub(super) fn read(row: &Row<'_>) -> Result<ComplaintRow, DbError> {
    Ok(ComplaintRow {
        opening: read_opening(row)?,
        case_id: row.take()?,
        department: row.parse(Department::parse)?,
        state: row.parse(ComplaintState::parse)?,
        finding: row.parse_opt(Finding::parse)?,
        overruled: row.take()?,
        remedy: row.parse_opt(Remedy::parse)?,
        promised_on: row.take()?,
        worked_by_id: row.take()?,
        worked_by: row.take()?,
        answered_on: row.take()?,
        answer: row.take()?,
        satisfaction: row.take()?,
        reopened: row.take()?,
        escalation: row.take()?,
        task_id: row.take()?,
        charge_ids: row.take()?,
    })
}
