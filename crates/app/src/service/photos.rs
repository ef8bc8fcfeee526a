//! Photos of a complaint: sealed at rest; the same photo sent twice is one.

use hemu_domain::ids::{AttachmentId, CommunityId, ComplaintId};
use hemu_domain::service::ComplaintEvent;
use hemu_domain::service::photo::{MOST_PHOTO_BYTES, MOST_PHOTOS, PhotoType};
use hemu_store::attachment::{self, AttachmentRow, Subject};
use hemu_store::community;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{locked, record, require_either};
use crate::{Actor, App, Refusal};

/// Where an attachment is sealed.
pub(crate) const PLACE: &str = "attachment.content";

/// A photo as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its format.
    pub media_type: PhotoType,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Keeps a photo with a complaint.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what is no photo, or too large; [`Refusal::Conflict`] for a complaint that is closed, or has enough.
pub fn add_photo(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    complaint: ComplaintId,
    bytes: &[u8],
) -> Result<AttachmentId, Refusal> {
    require_either(actor, community)?;
    let media_type = judge_photo(bytes)?;
    let (id, sha256): (AttachmentId, [u8; 32]) = (app.new_id(), Sha256::digest(bytes).into());
    let sealed = app.sealer.seal_bytes(PLACE, id.uuid(), bytes);
    app.db.write(|tx| {
        let found = locked(tx, community, complaint)?;
        let kept = attachment::list(tx, community, Subject::Complaint(complaint))?;
        if let Some(same) = kept.iter().find(|one| one.sha256 == sha256) {
            return Ok(same.id);
        }
        if ComplaintEvent::Photo.leads_from(found.state).is_none() {
            return Err(Refusal::conflict(
                "工单已办结，不能再加照片",
                "the complaint is closed and takes no more photos",
            ));
        }
        if kept.len() >= MOST_PHOTOS {
            let zh = format!("一件工单最多 {MOST_PHOTOS} 张照片");
            return Err(Refusal::conflict(zh, format!("a complaint has at most {MOST_PHOTOS} photos")));
        }
        let row = attachment_row(app, actor, (id, Subject::Complaint(complaint)), (media_type, bytes.len(), sha256));
        let seq = community::next_seq(tx, community, 1)?;
        attachment::insert(tx, community, &row, &sealed, seq)?;
        let detail = json!({ "photo": row.id, "bytes": row.bytes });
        record(tx, app, actor, (community, complaint), (ComplaintEvent::Photo, "", detail))?;
        Ok(id)
    })
}

/// What is written of an attachment beside its content: its format, its size and its hash.
pub(crate) fn attachment_row(
    app: &App,
    actor: &Actor,
    (id, subject): (AttachmentId, Subject),
    (media_type, bytes, sha256): (PhotoType, usize, [u8; 32]),
) -> AttachmentRow {
    AttachmentRow {
        id,
        subject,
        media_type: media_type.as_str().to_owned(),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        sha256,
        added_by: actor.name.clone(),
        added_at: app.clock.now(),
    }
}

/// The format of a photo that is taken.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what is no photo, or too large.
pub(crate) fn judge_photo(bytes: &[u8]) -> Result<PhotoType, Refusal> {
    if bytes.len() > MOST_PHOTO_BYTES {
        return Err(Refusal::invalid(
            "photo",
            "照片超过 5 MB，请压缩后再上传",
            "the photo is larger than 5 MiB; make it smaller",
        ));
    }
    let none = || {
        Refusal::invalid(
            "photo",
            "请选择 JPEG、PNG、WebP 或 HEIC 格式的照片",
            "choose a photo: JPEG, PNG, WebP or HEIC",
        )
    };
    PhotoType::of(bytes).ok_or_else(none)
}

/// A photo of a complaint, for whoever works with owners or for a department.
///
/// # Errors
/// [`Refusal::NotFound`] when the complaint has no such photo.
pub fn read_photo(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (complaint, id): (ComplaintId, AttachmentId),
) -> Result<Photo, Refusal> {
    require_either(actor, community)?;
    read_attachment(app, community, (Subject::Complaint(complaint), id))
}

/// An attachment as it was sent.
///
/// # Errors
/// [`Refusal::NotFound`] when the subject has no such attachment.
pub(crate) fn read_attachment(
    app: &App,
    community: CommunityId,
    (subject, id): (Subject, AttachmentId),
) -> Result<Photo, Refusal> {
    let found = app.db.read(|tx| attachment::find_content(tx, community, (subject, id)))?;
    let (row, sealed) = found.ok_or_else(|| Refusal::not_found("照片", "photo", ""))?;
    let bytes = app.sealer.open_bytes(PLACE, id.uuid(), &sealed)?;
    let media_type = PhotoType::parse(&row.media_type).map_err(Refusal::Internal)?;
    Ok(Photo { media_type, bytes })
}
