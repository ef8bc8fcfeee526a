//! Letters and notices (催缴通知书、公告), frozen with the figures they named.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::Fen;
use hemu_domain::ids::{CaseId, CommunityId, EntranceId, NoticeId, UnitId};
use serde_json::Value as Json;

use crate::digest::{Register, SetDigest};
use crate::{DbError, Row, Tx, Value, digest, params};

/// A letter or board notice; everything printed is frozen in `body`.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticeRow {
    /// Its id.
    pub id: NoticeId,
    /// Its number; `None` for a draft.
    pub number: Option<String>,
    /// `demand` or `board`.
    pub kind: String,
    /// The case a demand belongs to.
    pub case_id: Option<CaseId>,
    /// The unit a demand is about.
    pub unit_id: Option<UnitId>,
    /// The entrance a board notice hangs in.
    pub entrance_id: Option<EntranceId>,
    /// The day its figures hold for.
    pub as_of: NaiveDate,
    /// Sum of the open principal.
    pub principal_fen: Fen,
    /// Sum of the late fees.
    pub late_fee_fen: Fen,
    /// The last day to pay.
    pub pay_by: Option<NaiveDate>,
    /// Everything printed.
    pub body: Json,
    /// SHA-256 of `body`.
    pub body_hash: [u8; 32],
    /// SHA-256 of the PDF, in hexadecimal.
    pub pdf_sha256: String,
    /// `drafted`, `issued`, `served`, `refused` or `returned`.
    pub state: String,
    /// Who issued it.
    pub issued_by: Option<String>,
    /// The second person.
    pub approved_by: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

const INSERT_NOTICE: &str = "INSERT INTO notice (community_id, id, number, kind, case_id, unit_id, entrance_id, as_of,
    principal_fen, late_fee_fen, pay_by, body, body_hash, pdf_sha256, state, issued_by, approved_by, created_at, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
const FIND_NOTICE: &str = "SELECT id, number, kind, case_id, unit_id, entrance_id, as_of, principal_fen, late_fee_fen, pay_by,
    body, body_hash, pdf_sha256, state, issued_by, approved_by, created_at FROM notice WHERE community_id = $1 AND id = $2";
const FIND_BY_NUMBER: &str = "SELECT id, number, kind, case_id, unit_id, entrance_id, as_of, principal_fen, late_fee_fen, pay_by,
    body, body_hash, pdf_sha256, state, issued_by, approved_by, created_at FROM notice WHERE community_id = $1 AND number = $2";
const LIST_BEFORE: &str =
    "SELECT id, number, kind, case_id, unit_id, entrance_id, as_of, principal_fen, late_fee_fen, pay_by,
    body, body_hash, pdf_sha256, state, issued_by, approved_by, created_at FROM notice
    WHERE community_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
const OF_CASE: &str =
    "SELECT id, number, kind, case_id, unit_id, entrance_id, as_of, principal_fen, late_fee_fen, pay_by,
    body, body_hash, pdf_sha256, state, issued_by, approved_by, created_at FROM notice
    WHERE community_id = $1 AND case_id = $2 ORDER BY created_at, id";
const SET_STATE: &str = "UPDATE notice SET state = $3 WHERE community_id = $1 AND id = $2";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT_NOTICE, FIND_NOTICE, FIND_BY_NUMBER, LIST_BEFORE, OF_CASE, SET_STATE];

/// What the digest of letters covers: all but what became of them.
#[must_use]
pub fn notice_content(community: CommunityId, n: &NoticeRow) -> Vec<Value> {
    params![
        community,
        n.id,
        n.number.as_deref(),
        &n.kind,
        n.case_id,
        n.unit_id,
        n.entrance_id,
        n.as_of,
        n.principal_fen,
        n.late_fee_fen,
        n.pay_by,
        n.body_hash,
        &n.pdf_sha256,
        n.issued_by.as_deref(),
        n.approved_by.as_deref(),
        n.created_at
    ]
    .to_vec()
}

/// Writes a letter or notice.
///
/// # Errors
/// [`DbError::Duplicate`] when the number is taken.
pub fn insert_notice(tx: &mut Tx<'_>, community: CommunityId, n: &NoticeRow, seq: i64) -> Result<(), DbError> {
    let values = params![
        community,
        n.id,
        n.number.as_deref(),
        &n.kind,
        n.case_id,
        n.unit_id,
        n.entrance_id,
        n.as_of,
        n.principal_fen,
        n.late_fee_fen,
        n.pay_by,
        n.body.clone(),
        n.body_hash,
        &n.pdf_sha256,
        &n.state,
        n.issued_by.as_deref(),
        n.approved_by.as_deref(),
        n.created_at,
        seq
    ];
    tx.execute(INSERT_NOTICE, &values)?;
    digest::add(tx, community, Register::Notices, &SetDigest::of(&notice_content(community, n)))
}

/// One letter.
///
/// # Errors
/// When the database refuses.
pub fn find_notice(tx: &mut Tx<'_>, community: CommunityId, id: NoticeId) -> Result<Option<NoticeRow>, DbError> {
    tx.query_opt(FIND_NOTICE, &params![community, id], read_notice)
}

/// The letter of that number.
///
/// # Errors
/// When the database refuses.
pub fn find_by_number(tx: &mut Tx<'_>, community: CommunityId, number: &str) -> Result<Option<NoticeRow>, DbError> {
    tx.query_opt(FIND_BY_NUMBER, &params![community, number], read_notice)
}

/// Letters with an id below `before`, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_notices_before(
    tx: &mut Tx<'_>,
    community: CommunityId,
    before: uuid::Uuid,
    limit: i64,
) -> Result<Vec<NoticeRow>, DbError> {
    tx.query(LIST_BEFORE, &params![community, before, limit], read_notice)
}

/// The letters of a case, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_notices_of_case(tx: &mut Tx<'_>, community: CommunityId, case: CaseId) -> Result<Vec<NoticeRow>, DbError> {
    tx.query(OF_CASE, &params![community, case], read_notice)
}

/// Moves a letter to a state.
///
/// # Errors
/// When the database refuses.
pub fn set_notice_state(tx: &mut Tx<'_>, community: CommunityId, id: NoticeId, state: &str) -> Result<(), DbError> {
    tx.execute(SET_STATE, &params![community, id, state]).map(|_| ())
}

pub(crate) fn read_notice(row: &Row<'_>) -> Result<NoticeRow, DbError> {
    Ok(NoticeRow {
        id: row.take()?,
        number: row.take()?,
        kind: row.take()?,
        case_id: row.take()?,
        unit_id: row.take()?,
        entrance_id: row.take()?,
        as_of: row.take()?,
        principal_fen: row.take()?,
        late_fee_fen: row.take()?,
        pay_by: row.take()?,
        body: row.take()?,
        body_hash: row.take()?,
        pdf_sha256: row.take()?,
        state: row.take()?,
        issued_by: row.take()?,
        approved_by: row.take()?,
        created_at: row.take()?,
    })
}
