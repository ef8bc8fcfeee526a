//! What staff found out about a case (分类): dated, with its evidence, and expiring.

use chrono::NaiveDate;
use hemu_domain::collection::classification::{Attitude, Capacity, Cause};
use hemu_domain::collection::facts::ClassifiedFact;
use hemu_domain::ids::{CaseId, ClassificationId, CommunityId, StaffId};

use crate::collection::facts::{Scope, Scoped, scoped};
use crate::{DbError, Row, Tx, params};

/// What staff found out about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassificationRow {
    /// Its id.
    pub id: ClassificationId,
    /// The case.
    pub case_id: CaseId,
    /// Reason code, such as `SERVICE`.
    pub cause: String,
    /// Attitude code.
    pub attitude: String,
    /// Capacity code.
    pub capacity: String,
    /// What it rests on.
    pub evidence: String,
    /// Who set it.
    pub set_by_id: Option<StaffId>,
    /// Their name.
    pub set_by_name: String,
    /// When.
    pub set_on: NaiveDate,
    /// Until when it holds.
    pub expires_on: NaiveDate,
}

const CLASSIFICATIONS: &str = "SELECT id, case_id, cause, attitude, capacity, evidence, set_by_id, set_by_name, set_on,
    expires_on FROM classification WHERE community_id = $1 ORDER BY case_id, seq";
const CLASSIFICATIONS_OF_CASE: &str = "SELECT id, case_id, cause, attitude, capacity, evidence, set_by_id, set_by_name,
    set_on, expires_on FROM classification WHERE community_id = $1 AND case_id = $2 ORDER BY seq";
const IN_FORCE: Scoped = scoped!(
    "SELECT case_id, cause, attitude, capacity FROM classification
    WHERE community_id = $1 AND set_on <= $2 AND expires_on >= $2",
    " AND case_id IN ({ids})",
    " ORDER BY case_id, set_on, seq"
);
const INSERT_CLASSIFICATION: &str =
    "INSERT INTO classification (community_id, id, case_id, cause, attitude, capacity, evidence,
    set_by_id, set_by_name, set_on, expires_on, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[CLASSIFICATIONS, CLASSIFICATIONS_OF_CASE, IN_FORCE.all, IN_FORCE.few, INSERT_CLASSIFICATION];

/// All classifications, in case order, newest last.
///
/// # Errors
/// When the database refuses.
pub fn list_classifications(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ClassificationRow>, DbError> {
    tx.query(CLASSIFICATIONS, &params![community], read_classification)
}

/// What staff found out about one case, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_classifications_of_case(
    tx: &mut Tx<'_>,
    community: CommunityId,
    case: CaseId,
) -> Result<Vec<ClassificationRow>, DbError> {
    tx.query(CLASSIFICATIONS_OF_CASE, &params![community, case], read_classification)
}

/// What holds of cases on a day, the newest of a case last.
///
/// # Errors
/// When the database refuses.
pub fn list_classified(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    scope: Scope<'_>,
) -> Result<Vec<(CaseId, ClassifiedFact)>, DbError> {
    scope.query_by_case(tx, IN_FORCE, &params![community, as_of], |row| {
        let case = row.take()?;
        let (cause, attitude) = (row.parse(Cause::parse)?, row.parse(Attitude::parse)?);
        Ok((case, ClassifiedFact { attitude, capacity: row.parse(Capacity::parse)?, cause }))
    })
}

/// Writes a classification; it replaces the one before by being newer.
///
/// # Errors
/// When the database refuses.
pub fn insert_classification(
    tx: &mut Tx<'_>,
    community: CommunityId,
    c: &ClassificationRow,
    seq: i64,
) -> Result<(), DbError> {
    let values = params![
        community,
        c.id,
        c.case_id,
        &c.cause,
        &c.attitude,
        &c.capacity,
        &c.evidence,
        c.set_by_id,
        &c.set_by_name,
        c.set_on,
        c.expires_on,
        seq
    ];
    tx.execute(INSERT_CLASSIFICATION, &values).map(|_| ())
}

fn read_classification(row: &Row<'_>) -> Result<ClassificationRow, DbError> {
    Ok(ClassificationRow {
        id: row.take()?,
        case_id: row.take()?,
        cause: row.take()?,
        attitude: row.take()?,
        capacity: row.take()?,
        evidence: row.take()?,
        set_by_id: row.take()?,
        set_by_name: row.take()?,
        set_on: row.take()?,
        expires_on: row.take()?,
    })
}
