//! Photos of a complaint: sealed at rest; the same photo sent twice is one.

use hemu_domain::ids::{AttachmentId, CommunityId, ComplaintId};
use hemu_domain::service::ComplaintEvent;
use hemu_domain::service::photo::{MOST_PHOTO_BYTES, MOST_PHOTOS, PhotoType};
use hemu_store::service::{self as store, AttachmentRow};
use hemu_store::{Tx, community};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{locked, record, require_either};
use crate::{Actor, App, Refusal};

/// Where a photo is sealed.
const PLACE: &str = "attachment.content";

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
        let kept = store::list_attachments(tx, community, complaint)?;
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
        let row = AttachmentRow {
            id,
            subject_id: complaint,
            media_type: media_type.as_str().to_owned(),
            bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            sha256,
            added_by: actor.name.clone(),
            added_at: app.clock.now(),
        };
        keep(tx, app, actor, community, (&row, &sealed))?;
        Ok(id)
    })
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

fn keep(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (row, sealed): (&AttachmentRow, &[u8]),
) -> Result<(), Refusal> {
    let seq = community::next_seq(tx, community, 1)?;
    store::insert_attachment(tx, community, row, sealed, seq)?;
    let detail = json!({ "photo": row.id, "bytes": row.bytes });
    record(tx, app, actor, (community, row.subject_id), (ComplaintEvent::Photo, "", detail))
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
    let found = app.db.read(|tx| store::get_content(tx, community, (complaint, id)))?;
    let (row, sealed) = found.ok_or_else(|| Refusal::not_found("照片", "photo", ""))?;
    let bytes = app.sealer.open_bytes(PLACE, id.uuid(), &sealed)?;
    let media_type = PhotoType::parse(&row.media_type).map_err(Refusal::Internal)?;
    Ok(Photo { media_type, bytes })
}
