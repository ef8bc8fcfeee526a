//! Proofs of service (送达证明): how a letter reached whom.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{CaseId, CommunityId, NoticeId, ServiceProofId};

use crate::digest::{Register, SetDigest};
use crate::{DbError, Row, Tx, Value, digest, params};

/// How a letter was served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceProofRow {
    /// Its id.
    pub id: ServiceProofId,
    /// The letter.
    pub notice_id: NoticeId,
    /// `hand`, `left_at_place`, `ems`, `registered_mail`, `notarised`, `wechat`, `email` or `sms`.
    pub method: String,
    /// `A` (signed or notarised) to `E` (sent only).
    pub grade: String,
    /// `served`, `refused` or `returned`.
    pub outcome: String,
    /// When.
    pub served_on: NaiveDate,
    /// Who took it.
    pub receiver_name: String,
    /// What they are to the addressee.
    pub receiver_relation: String,
    /// Waybill number.
    pub tracking_no: Option<String>,
    /// SHA-256 of photo, video or scan, in hexadecimal.
    pub evidence_sha256: Option<String>,
    /// Who served it.
    pub served_by: String,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
}

const INSERT_PROOF: &str = "INSERT INTO service_proof (community_id, id, notice_id, method, grade, outcome, served_on,
    receiver_name, receiver_relation, tracking_no, evidence_sha256, served_by, recorded_at, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const PROOFS_OF_CASE: &str = "SELECT s.id, s.notice_id, s.method, s.grade, s.outcome, s.served_on, s.receiver_name,
    s.receiver_relation, s.tracking_no, s.evidence_sha256, s.served_by, s.recorded_at
    FROM service_proof s JOIN notice n ON n.community_id = s.community_id AND n.id = s.notice_id
    WHERE s.community_id = $1 AND n.case_id = $2 ORDER BY s.id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT_PROOF, PROOFS_OF_CASE];

/// What the digest of proofs of service covers: all of it, as it is written.
#[must_use]
pub fn proof_content(community: CommunityId, p: &ServiceProofRow, seq: i64) -> Vec<Value> {
    params![
        community,
        p.id,
        p.notice_id,
        &p.method,
        &p.grade,
        &p.outcome,
        p.served_on,
        &p.receiver_name,
        &p.receiver_relation,
        p.tracking_no.as_deref(),
        p.evidence_sha256.as_deref(),
        &p.served_by,
        p.recorded_at,
        seq
    ]
    .to_vec()
}

/// Writes a proof of service.
///
/// # Errors
/// When the database refuses.
pub fn insert_service_proof(
    tx: &mut Tx<'_>,
    community: CommunityId,
    p: &ServiceProofRow,
    seq: i64,
) -> Result<(), DbError> {
    let values = proof_content(community, p, seq);
    tx.execute(INSERT_PROOF, &values)?;
    digest::add(tx, community, Register::Proofs, &SetDigest::of(&values))
}

/// The proofs of service of a case's letters.
///
/// # Errors
/// When the database refuses.
pub fn list_proofs_of_case(
    tx: &mut Tx<'_>,
    community: CommunityId,
    case: CaseId,
) -> Result<Vec<ServiceProofRow>, DbError> {
    tx.query(PROOFS_OF_CASE, &params![community, case], read_proof)
}

pub(crate) fn read_proof(row: &Row<'_>) -> Result<ServiceProofRow, DbError> {
    Ok(ServiceProofRow {
        id: row.take()?,
        notice_id: row.take()?,
        method: row.take()?,
        grade: row.take()?,
        outcome: row.take()?,
        served_on: row.take()?,
        receiver_name: row.take()?,
        receiver_relation: row.take()?,
        tracking_no: row.take()?,
        evidence_sha256: row.take()?,
        served_by: row.take()?,
        recorded_at: row.take()?,
    })
}
