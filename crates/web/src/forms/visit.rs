//! The record of a visit: a form with photos and a signature.

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use chrono::NaiveTime;
use hemu_app::Refusal;
use hemu_app::collection::visit_record::VisitRequest;
use hemu_domain::collection::visit_record::{MOST_SIGNATURE_BYTES, MOST_VISIT_PHOTOS, Signing};
use hemu_domain::ids::{CaseId, CommunityId};
use hemu_domain::service::photo::MOST_PHOTO_BYTES;

use super::contact;
use crate::fields::Fields;

/// The largest form: all photos, the signature, and what is said.
pub const MOST_VISIT_BYTES: usize = MOST_VISIT_PHOTOS * MOST_PHOTO_BYTES + MOST_SIGNATURE_BYTES + 64 * 1024;

/// A form as it came.
pub struct VisitParts {
    /// What is said.
    pub fields: Fields,
    photos: Vec<Vec<u8>>,
    signature: Option<Vec<u8>>,
}

/// Reads a form part by part; a file that was not chosen comes empty and is none.
///
/// # Errors
/// When it cannot be read, or is too large.
pub async fn visit_parts(mut form: Multipart) -> Result<VisitParts, MultipartError> {
    let (mut pairs, mut photos, mut signature) = (Vec::new(), Vec::new(), None);
    while let Some(part) = form.next_field().await? {
        let key = part.name().unwrap_or_default().to_owned();
        match key.as_str() {
            "photo" => photos.push(part.bytes().await?.to_vec()),
            "signature" => signature = Some(part.bytes().await?.to_vec()),
            _ => pairs.push((key, part.text().await?)),
        }
    }
    photos.retain(|photo| !photo.is_empty());
    Ok(VisitParts { fields: Fields::from_pairs(pairs), photos, signature: signature.filter(|bytes| !bytes.is_empty()) })
}

/// The record of a visit; where nothing is said of a signature, one that is there was given by the owner.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn visit(parts: VisitParts, community: CommunityId, case: CaseId) -> Result<VisitRequest, Refusal> {
    let VisitParts { fields, photos, signature } = parts;
    let read_time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M");
    let at = fields.required(("at", "上门时间"), read_time)?;
    let told = fields.optional(("signing", "签字"), Signing::parse)?;
    Ok(VisitRequest {
        contact: contact(&fields, community, case)?,
        visited_at: fields.day("visited_on", "上门日期")?.and_time(at),
        key: fields.text("key").to_owned(),
        signing: told.unwrap_or(if signature.is_some() { Signing::Signed } else { Signing::NotAsked }),
        photos,
        signature,
    })
}
