//! Attachments: photos of a complaint, signed pages of a plan, photos and signature of a visit; sealed at rest, with the hash of what
//! was sent.

use chrono::{DateTime, Utc};
use hemu_domain::ids::{AttachmentId, CaseId, CommunityId, ComplaintId, ContactLogId, PartyId, PlanId};
use uuid::Uuid;

use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// What something is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A complaint.
    Complaint(ComplaintId),
    /// An instalment plan.
    Plan(PlanId),
    /// A visit, by its contact: what was photographed.
    Visit(ContactLogId),
    /// A visit, by its contact: the owner's signature.
    VisitSignature(ContactLogId),
}

impl Subject {
    const fn kind(self) -> &'static str {
        match self {
            Self::Complaint(_) => "complaint",
            Self::Plan(_) => "plan",
            Self::Visit(_) => "visit",
            Self::VisitSignature(_) => "visit_signature",
        }
    }

    fn id(self) -> Uuid {
        match self {
            Self::Complaint(id) => id.uuid(),
            Self::Plan(id) => id.uuid(),
            Self::Visit(id) | Self::VisitSignature(id) => id.uuid(),
        }
    }

    fn of(kind: &str, id: Uuid) -> Result<Self, String> {
        match kind {
            "complaint" => Ok(Self::Complaint(id.into())),
            "plan" => Ok(Self::Plan(id.into())),
            "visit" => Ok(Self::Visit(id.into())),
            "visit_signature" => Ok(Self::VisitSignature(id.into())),
            other => Err(other.to_owned()),
        }
    }
}

/// An attachment, its content apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentRow {
    /// Its id.
    pub id: AttachmentId,
    /// What it is attached to.
    pub subject: Subject,
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
    added_at, seq, content_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const LIST: &str = "SELECT id, subject_kind, subject_id, media_type, bytes, sha256, added_by, added_at FROM attachment
    WHERE community_id = $1 AND subject_kind = $2 AND subject_id = $3 ORDER BY seq";
const OF_PLANS: &str =
    "SELECT a.id, a.subject_kind, a.subject_id, a.media_type, a.bytes, a.sha256, a.added_by, a.added_at
    FROM plan p CROSS JOIN attachment a WHERE p.community_id = $1 AND p.case_id = $2
    AND a.community_id = p.community_id AND a.subject_kind = 'plan' AND a.subject_id = p.id ORDER BY a.seq";
const OF_VISITS: &str =
    "SELECT a.id, a.subject_kind, a.subject_id, a.media_type, a.bytes, a.sha256, a.added_by, a.added_at
    FROM contact_log l CROSS JOIN attachment a WHERE l.community_id = $1 AND l.party_id = $2 AND l.channel = 'visit'
    AND a.community_id = l.community_id AND a.subject_kind IN ('visit', 'visit_signature') AND a.subject_id = l.id
    ORDER BY a.seq";
const CONTENT: &str =
    "SELECT id, subject_kind, subject_id, media_type, bytes, sha256, added_by, added_at, content_sealed FROM attachment
    WHERE community_id = $1 AND id = $2 AND subject_kind = $3 AND subject_id = $4";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT, LIST, OF_PLANS, OF_VISITS, CONTENT];

/// What the digest of attachments covers: all but the ciphertext, whose hash it covers.
pub(crate) fn content(community: CommunityId, a: &AttachmentRow, seq: i64) -> [Value; 10] {
    let (kind, subject) = (a.subject.kind(), a.subject.id());
    params![community, a.id, kind, subject, &a.media_type, a.bytes, a.sha256, &a.added_by, a.added_at, seq]
}

/// Writes an attachment with its ciphertext.
///
/// # Errors
/// When the database refuses.
pub fn insert(
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

/// What is attached to something, in order.
///
/// # Errors
/// When the database refuses.
pub fn list(tx: &mut Tx<'_>, community: CommunityId, subject: Subject) -> Result<Vec<AttachmentRow>, DbError> {
    tx.query(LIST, &params![community, subject.kind(), subject.id()], read)
}

/// What was signed of the plans of a case, in order.
///
/// # Errors
/// When the database refuses.
pub fn list_of_plans(tx: &mut Tx<'_>, community: CommunityId, case: CaseId) -> Result<Vec<AttachmentRow>, DbError> {
    tx.query(OF_PLANS, &params![community, case], read)
}

/// What was photographed and signed on visits to a payer, in order.
///
/// # Errors
/// When the database refuses.
pub fn list_of_visits(tx: &mut Tx<'_>, community: CommunityId, party: PartyId) -> Result<Vec<AttachmentRow>, DbError> {
    tx.query(OF_VISITS, &params![community, party], read)
}

/// An attachment with its ciphertext.
///
/// # Errors
/// When the database refuses.
pub fn find_content(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (subject, id): (Subject, AttachmentId),
) -> Result<Option<(AttachmentRow, Vec<u8>)>, DbError> {
    let values = params![community, id, subject.kind(), subject.id()];
    tx.query_opt(CONTENT, &values, |row| Ok((read(row)?, row.take()?)))
}

pub(crate) fn read(row: &Row<'_>) -> Result<AttachmentRow, DbError> {
    let id = row.take()?;
    let (kind, subject): (String, Uuid) = (row.take()?, row.take()?);
    Ok(AttachmentRow {
        id,
        subject: Subject::of(&kind, subject).map_err(|other| DbError::Engine(format!("an attachment of {other:?}")))?,
        media_type: row.take()?,
        bytes: row.take()?,
        sha256: row.take()?,
        added_by: row.take()?,
        added_at: row.take()?,
    })
}
