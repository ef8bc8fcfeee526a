//! Legal matters (法务事项): mediation, payment order, suit.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{CaseId, CommunityId, LegalMatterId};
use serde_json::Value as Json;

use crate::digest::{Register, SetDigest};
use crate::{DbError, Row, Tx, Value, digest, params};

/// A legal matter.
#[derive(Clone, Debug, PartialEq)]
pub struct LegalMatterRow {
    /// Its id.
    pub id: LegalMatterId,
    /// The case.
    pub case_id: CaseId,
    /// `mediation`, `payment_order`, `suit` or `arbitration`.
    pub kind: String,
    /// Where it stands.
    pub state: String,
    /// Why it is in the common interest of the owners.
    pub ground: String,
    /// Who asked for it.
    pub requested_by: String,
    /// The second person.
    pub approved_by: String,
    /// When it was opened.
    pub opened_on: NaiveDate,
    /// When it was filed.
    pub filed_on: Option<NaiveDate>,
    /// When it ended.
    pub closed_on: Option<NaiveDate>,
    /// The sum claimed.
    pub claim_fen: Fen,
    /// The charges behind it: `[{charge, amount}]`.
    pub claim_lines: Json,
}

const INSERT_MATTER: &str =
    "INSERT INTO legal_matter (community_id, id, case_id, kind, state, ground, requested_by, approved_by,
    opened_on, filed_on, closed_on, claim_fen, claim_lines, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const MATTERS: &str =
    "SELECT id, case_id, kind, state, ground, requested_by, approved_by, opened_on, filed_on, closed_on,
    claim_fen, claim_lines FROM legal_matter WHERE community_id = $1 ORDER BY id DESC";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT_MATTER, MATTERS];

/// What the digest of matters covers: what was decided, not what became of it.
#[must_use]
pub fn matter_content(community: CommunityId, m: &LegalMatterRow) -> Vec<Value> {
    params![
        community,
        m.id,
        m.case_id,
        &m.kind,
        &m.ground,
        &m.requested_by,
        &m.approved_by,
        m.opened_on,
        m.claim_fen,
        m.claim_lines.clone()
    ]
    .to_vec()
}

/// Writes a matter.
///
/// # Errors
/// When the database refuses.
pub fn insert_matter(tx: &mut Tx<'_>, community: CommunityId, m: &LegalMatterRow, seq: i64) -> Result<(), DbError> {
    let values = params![
        community,
        m.id,
        m.case_id,
        &m.kind,
        &m.state,
        &m.ground,
        &m.requested_by,
        &m.approved_by,
        m.opened_on,
        m.filed_on,
        m.closed_on,
        m.claim_fen,
        m.claim_lines.clone(),
        seq
    ];
    tx.execute(INSERT_MATTER, &values)?;
    digest::add(tx, community, Register::Matters, &SetDigest::of(&matter_content(community, m)))
}

/// The matters of a community, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_matters(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<LegalMatterRow>, DbError> {
    tx.query(MATTERS, &params![community], read_matter)
}

pub(crate) fn read_matter(row: &Row<'_>) -> Result<LegalMatterRow, DbError> {
    Ok(LegalMatterRow {
        id: row.take()?,
        case_id: row.take()?,
        kind: row.take()?,
        state: row.take()?,
        ground: row.take()?,
        requested_by: row.take()?,
        approved_by: row.take()?,
        opened_on: row.take()?,
        filed_on: row.take()?,
        closed_on: row.take()?,
        claim_fen: row.take()?,
        claim_lines: row.take()?,
    })
}
