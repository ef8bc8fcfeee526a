//! Photos kept with a complaint: sealed at rest, with the hash of what was sent.

use chrono::{DateTime, Utc};
use hemu_domain::ids::{AttachmentId, CommunityId, ComplaintId};

use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// A photo, its content apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentRow {
    /// Its id.
    pub id: AttachmentId,
    /// The complaint.
    pub subject_id: ComplaintId,
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
    added_at, seq, content_sealed) VALUES ($1, $2, 'complaint', $3, $4, $5, $6, $7, $8, $9, $10)";
const LIST: &str = "SELECT id, subject_id, media_type, bytes, sha256, added_by, added_at FROM attachment
    WHERE community_id = $1 AND subject_kind = 'complaint' AND subject_id = $2 ORDER BY seq";
const CONTENT: &str =
    "SELECT id, subject_id, media_type, bytes, sha256, added_by, added_at, content_sealed FROM attachment
    WHERE community_id = $1 AND id = $2 AND subject_kind = 'complaint' AND subject_id = $3";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, LIST, CONTENT];

/// What the digest of attachments covers: all but the ciphertext, whose hash it covers.
pub(crate) fn content(community: CommunityId, a: &AttachmentRow, seq: i64) -> [Value; 9] {
    params![community, a.id, a.subject_id, &a.media_type, a.bytes, a.sha256, &a.added_by, a.added_at, seq]
}

/// Writes a photo with its ciphertext.
///
/// # Errors
/// When the database refuses.
pub fn insert_attachment(
    tx: &mut Tx<'_>,
    community: CommunityId,
    attachment: &AttachmentRow,
    content_sealed: &[u8],
    seq: i64,
) -> Result<(), DbError> {
    let covered = content(community, attachment, seq);
    digest::add(tx, community, Register::Attachments, &SetDigest::of(&covered))?;
    let values = [&covered[..], &params![content_sealed.to_vec()]].concat();
    tx.execute(INSERT, &values).map(|_| ())
}

/// The photos of a complaint, in order.
///
/// # Errors
/// When the database refuses.
pub fn list_attachments(
    tx: &mut Tx<'_>,
    community: CommunityId,
    complaint: ComplaintId,
) -> Result<Vec<AttachmentRow>, DbError> {
    tx.query(LIST, &params![community, complaint], read)
}

/// A photo of a complaint with its ciphertext.
///
/// # Errors
/// When the database refuses.
pub fn get_content(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (complaint, id): (ComplaintId, AttachmentId),
) -> Result<Option<(AttachmentRow, Vec<u8>)>, DbError> {
    tx.query_opt(CONTENT, &params![community, id, complaint], |row| Ok((read(row)?, row.take()?)))
}

pub(crate) fn read(row: &Row<'_>) -> Result<AttachmentRow, DbError> {
    Ok(AttachmentRow {
        id: row.take()?,
        subject_id: row.take()?,
        media_type: row.take()?,
        bytes: row.take()?,
        sha256: row.take()?,
        added_by: row.take()?,
        added_at: row.take()?,
    })
}
