//! The signed pages of a plan: attachments sealed at rest, with the hash of what was sent, under the register of all attachments.

use chrono::{DateTime, Utc};
use hemu_domain::ids::{AttachmentId, CommunityId, ComplaintId, PlanId};

use crate::digest::{self, Register, SetDigest};
use crate::service::attachment::{self, AttachmentRow};
use crate::{DbError, Row, Tx, params};

/// A signed page, its content apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRow {
    /// Its id.
    pub id: AttachmentId,
    /// The plan.
    pub plan_id: PlanId,
    /// `image/jpeg`...
    pub media_type: String,
    /// Its size.
    pub bytes: i64,
    /// The hash of what was sent.
    pub sha256: [u8; 32],
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added_at: DateTime<Utc>,
}

const INSERT: &str =
    "INSERT INTO attachment (community_id, id, subject_kind, subject_id, media_type, bytes, sha256, added_by,
    added_at, seq, content_sealed) VALUES ($1, $2, 'plan', $3, $4, $5, $6, $7, $8, $9, $10)";
const LIST: &str = "SELECT id, subject_id, media_type, bytes, sha256, added_by, added_at FROM attachment
    WHERE community_id = $1 AND subject_kind = 'plan' AND subject_id = $2 ORDER BY seq";
const CONTENT: &str =
    "SELECT id, subject_id, media_type, bytes, sha256, added_by, added_at, content_sealed FROM attachment
    WHERE community_id = $1 AND id = $2 AND subject_kind = 'plan' AND subject_id = $3";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, LIST, CONTENT];

/// Writes a page with its ciphertext.
///
/// # Errors
/// When the database refuses.
pub fn insert_signed(
    tx: &mut Tx<'_>,
    community: CommunityId,
    page: &SignedRow,
    content_sealed: &[u8],
    seq: i64,
) -> Result<(), DbError> {
    // The register of attachments covers the id of the subject, whatever the subject is.
    let covered = AttachmentRow {
        id: page.id,
        subject_id: ComplaintId::from(page.plan_id.uuid()),
        media_type: page.media_type.clone(),
        bytes: page.bytes,
        sha256: page.sha256,
        added_by: page.added_by.clone(),
        added_at: page.added_at,
    };
    let content = attachment::content(community, &covered, seq);
    digest::add(tx, community, Register::Attachments, &SetDigest::of(&content))?;
    let values = [&content[..], &params![content_sealed.to_vec()]].concat();
    tx.execute(INSERT, &values).map(|_| ())
}

/// The signed pages of a plan, in order.
///
/// # Errors
/// When the database refuses.
pub fn list_signed(tx: &mut Tx<'_>, community: CommunityId, plan: PlanId) -> Result<Vec<SignedRow>, DbError> {
    tx.query(LIST, &params![community, plan], read)
}

/// A page of a plan with its ciphertext.
///
/// # Errors
/// When the database refuses.
pub fn find_signed_content(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (plan, id): (PlanId, AttachmentId),
) -> Result<Option<(SignedRow, Vec<u8>)>, DbError> {
    tx.query_opt(CONTENT, &params![community, id, plan], |row| Ok((read(row)?, row.take()?)))
}

fn read(row: &Row<'_>) -> Result<SignedRow, DbError> {
    Ok(SignedRow {
        id: row.take()?,
        plan_id: row.take()?,
        media_type: row.take()?,
        bytes: row.take()?,
        sha256: row.take()?,
        added_by: row.take()?,
        added_at: row.take()?,
    })
}
