//! The record of a visit (上门记录) with its photos and the owner's signature, as a phone sends it, perhaps days later from where there was
//! no signal (E4).
//!
//! The phone makes a key. The first record with it is kept, whole: contact, promise, photos and signature in one transaction. The same
//! record again is answered with the first contact and writes nothing, whatever has happened since; another one under that key is refused.
//! So the key is looked up before anything that time can change is judged. A visit happened whether the office was ready for it or not:
//! a task that somebody else finished or holds meanwhile, or a case that was paid after the visit, do not stand against it.

use chrono::{NaiveDateTime, Timelike as _};
use hemu_domain::collection::contact_block::BlockRule;
use hemu_domain::collection::visit_record::{
    MOST_DAYS_LATE, MOST_SIGNATURE_BYTES, MOST_VISIT_PHOTOS, Signing, VisitTimeError, check_visit_time, is_visit_key,
};
use hemu_domain::hex;
use hemu_domain::ids::{AttachmentId, CommunityId, ContactLogId, TaskId};
use hemu_domain::service::photo::PhotoType;
use hemu_domain::staff::Permission;
use hemu_store::attachment::{self, AttachmentRow, Subject};
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::collection::{handover, work as tasks};
use hemu_store::outreach::visit::{self, FirstRecord, VisitRecordRow};
use hemu_store::{Tx, community};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::promises::check_promise;
use super::work::{ContactRequest, audit_act, record};
use crate::clock::{china_time, in_china};
use crate::registry::optional;
use crate::service::{PLACE, Photo, attachment_row, judge_photo, read_attachment};
use crate::{Actor, App, Refusal};

/// A visit as a phone sends it.
#[derive(Clone, Debug)]
pub struct VisitRequest {
    /// How it ended and what was said; the channel is a visit, whatever it says.
    pub contact: ContactRequest,
    /// When it was, local time.
    pub visited_at: NaiveDateTime,
    /// What the phone made to tell this record from any other.
    pub key: String,
    /// Whether the owner signed.
    pub signing: Signing,
    /// Photos, as they were sent.
    pub photos: Vec<Vec<u8>>,
    /// The signature as a PNG.
    pub signature: Option<Vec<u8>>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VisitRecorded {
    /// The contact it is in the log.
    pub contact: ContactLogId,
    /// The word of the rule of the contact budget it broke.
    pub breach: Option<String>,
    /// Whether it was there already.
    pub already: bool,
}

/// A picture of a visit, sealed.
struct Picture {
    id: AttachmentId,
    is_signature: bool,
    media_type: PhotoType,
    bytes: usize,
    sha256: [u8; 32],
    sealed: Vec<u8>,
}

impl Picture {
    fn of(app: &App, bytes: &[u8], is_signature: bool) -> Result<Self, Refusal> {
        let media_type = if is_signature { judge_signature(bytes)? } else { judge_photo(bytes)? };
        let id: AttachmentId = app.new_id();
        let sealed = app.sealer.seal_bytes(PLACE, id.uuid(), bytes);
        Ok(Self { id, is_signature, media_type, bytes: bytes.len(), sha256: Sha256::digest(bytes).into(), sealed })
    }

    fn row(&self, app: &App, actor: &Actor, contact: ContactLogId) -> AttachmentRow {
        let subject = if self.is_signature { Subject::VisitSignature(contact) } else { Subject::Visit(contact) };
        attachment_row(app, actor, (self.id, subject), (self.media_type, self.bytes, self.sha256))
    }

    fn shown_hash(&self) -> String {
        hex(&self.sha256)
    }
}

/// Records a visit; the same one sent again is answered as the first time.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a time that lies ahead or too long ago, too many photos, what is no photo or no signature, a promise
/// for a day that is past; [`Refusal::Conflict`] when another record came with the key, or the case was closed before the visit.
pub fn record_visit(app: &App, actor: &Actor, request: &VisitRequest) -> Result<VisitRecorded, Refusal> {
    let community = request.contact.community;
    actor.require(Permission::WorkCases, community)?;
    let request = &checked(request)?;
    let pictures = pictures(app, request)?;
    let content = content_index(app, actor, request, &pictures);
    app.db.write(|tx| {
        community::next_seq(tx, community, 0)?;
        match visit::find_by_key(tx, community, &request.key)? {
            Some(first) => answer_again(first, &content),
            None => keep(tx, app, actor, (request, &pictures), &content),
        }
    })
}

/// What can be told from the request alone.
fn checked(request: &VisitRequest) -> Result<VisitRequest, Refusal> {
    if !is_visit_key(&request.key) {
        return Err(Refusal::invalid(
            "key",
            "页面的编号不对，请刷新后再填一次",
            "the key of the form is not right: reload the page and fill it in again",
        ));
    }
    if request.photos.len() > MOST_VISIT_PHOTOS {
        let zh = format!("一次上门最多 {MOST_VISIT_PHOTOS} 张照片");
        return Err(Refusal::invalid("photo", zh, format!("a visit has at most {MOST_VISIT_PHOTOS} photos")));
    }
    match (request.signing, request.signature.is_some()) {
        (Signing::Signed, false) => {
            return Err(Refusal::invalid(
                "signature",
                "请业主在框内签字；没有签字的，请选“业主不签字”或“没有请业主签字”",
                "let the owner sign in the box, or say that the owner did not sign",
            ));
        }
        (Signing::Declined | Signing::NotAsked, true) => {
            return Err(Refusal::invalid(
                "signing",
                "已有签字，请选“业主已签字”，或清除签字",
                "there is a signature: say that the owner signed, or clear it",
            ));
        }
        (Signing::Signed, true) | (Signing::Declined | Signing::NotAsked, false) => {}
    }
    let contact = ContactRequest {
        channel: "visit".to_owned(),
        note: optional("note", "记录", &request.contact.note, 2_000)?,
        next_step: optional("next_step", "下一步", &request.contact.next_step, 200)?,
        ..request.contact.clone()
    };
    Ok(VisitRequest { contact, ..request.clone() })
}

/// A signature is drawn, so it is a small PNG.
fn judge_signature(bytes: &[u8]) -> Result<PhotoType, Refusal> {
    if PhotoType::of(bytes) == Some(PhotoType::Png) && bytes.len() <= MOST_SIGNATURE_BYTES {
        return Ok(PhotoType::Png);
    }
    Err(Refusal::invalid(
        "signature",
        "签字图片应为不超过 512 KB 的 PNG，请清除后重签",
        "a signature is a PNG of at most 512 KiB: clear it and sign again",
    ))
}

/// Photos and signature, each once.
fn pictures(app: &App, request: &VisitRequest) -> Result<Vec<Picture>, Refusal> {
    let mut pictures: Vec<Picture> = Vec::new();
    let photos = request.photos.iter().map(|bytes| (bytes, false));
    for (bytes, is_signature) in photos.chain(request.signature.iter().map(|bytes| (bytes, true))) {
        let picture = Picture::of(app, bytes, is_signature)?;
        if !pictures.iter().any(|one| one.sha256 == picture.sha256 && one.is_signature == is_signature) {
            pictures.push(picture);
        }
    }
    Ok(pictures)
}

/// An HMAC of all that was sent, and by whom; not a plain hash, from which a short note could be guessed.
fn content_index(app: &App, actor: &Actor, request: &VisitRequest, pictures: &[Picture]) -> Vec<u8> {
    let contact = &request.contact;
    let pictures: Vec<_> = pictures.iter().map(|one| (one.is_signature, one.shown_hash())).collect();
    let content = json!({
        "by": actor.staff_id, "case": contact.case, "task": contact.task, "outcome": contact.outcome,
        "cause": contact.cause, "attitude": contact.attitude, "note": contact.note, "promise": contact.promise,
        "next_step": contact.next_step, "next_on": contact.next_on, "initiative": contact.how.initiative,
        "at": request.visited_at.to_string(), "signing": request.signing, "pictures": pictures,
    });
    app.sealer.index("visit_record", &content.to_string())
}

fn answer_again(first: FirstRecord, content: &[u8]) -> Result<VisitRecorded, Refusal> {
    if first.content_index == content {
        return Ok(VisitRecorded { contact: first.contact_id, breach: first.breach, already: true });
    }
    let at = in_china(first.received_at).format("%Y-%m-%d %H:%M");
    Err(Refusal::conflict(
        format!("这次上门的记录已于 {at} 收到，与现在这份内容不同，没有重复登记；请看案件的经过，要补充的另行登记"),
        format!(
            "a record of this visit came in at {at} and differs from this one, which was not kept; look at the case"
        ),
    ))
}

fn keep(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    (request, pictures): (&VisitRequest, &[Picture]),
    content: &[u8],
) -> Result<VisitRecorded, Refusal> {
    let community = request.contact.community;
    check_time(app, request.visited_at)?;
    let case = visited_case(tx, request)?;
    if let Some(promised) = request.contact.promise {
        check_promise(app, promised)?;
    }
    let task = match request.contact.task {
        Some(task) => free_task(tx, app, actor, &case, (community, task))?,
        None => None,
    };
    let contact = ContactRequest { task, ..request.contact.clone() };
    let at = china_time(request.visited_at.date(), request.visited_at.hour(), request.visited_at.minute());
    let (id, breach) = record(tx, app, actor, &contact, (&case, at))?;
    for picture in pictures {
        let seq = community::next_seq(tx, community, 1)?;
        attachment::insert(tx, community, &picture.row(app, actor, id), &picture.sealed, seq)?;
    }
    let row = VisitRecordRow {
        contact_id: id,
        case_id: case.id,
        key: request.key.clone(),
        content_index: content.to_vec(),
        signing: request.signing.as_str().to_owned(),
        received_at: app.clock.now(),
    };
    visit::insert(tx, community, &row)?;
    let hashes: Vec<String> = pictures.iter().map(Picture::shown_hash).collect();
    let detail =
        json!({ "contact": id, "visited_on": request.visited_at.date(), "signing": request.signing, "sha256": hashes });
    audit_act(tx, app, actor, community, "visit.record", case.id.uuid(), &detail)?;
    Ok(VisitRecorded { contact: id, breach: breach.map(|one| one.rule).map(word), already: false })
}

fn word(rule: BlockRule) -> String {
    rule.as_str().to_owned()
}

fn check_time(app: &App, at: NaiveDateTime) -> Result<(), Refusal> {
    check_visit_time(at, in_china(app.clock.now()).naive_local()).map_err(|error| match error {
        VisitTimeError::Ahead => {
            Refusal::invalid("at", "上门时间不能晚于现在", "the visit cannot lie ahead: correct its time")
        }
        VisitTimeError::TooLate => Refusal::invalid(
            "visited_on",
            format!("上门记录最晚在 {MOST_DAYS_LATE} 天内登记，请检查日期"),
            format!("a visit is written down within {MOST_DAYS_LATE} days: check its day"),
        ),
    })
}

/// The case, locked; one that was closed since the visit still takes the record of it, without a promise.
fn visited_case(tx: &mut Tx<'_>, request: &VisitRequest) -> Result<CaseRow, Refusal> {
    let (community, id) = (request.contact.community, request.contact.case);
    case::lock(tx, community, id)?;
    let found = case::find(tx, community, id)?.ok_or_else(|| Refusal::not_found("案件", "case", &id.to_string()))?;
    match found.closed_on {
        Some(day) if day < request.visited_at.date() => {
            let zh = format!("案件已于 {day} 结案，不再登记之后的上门");
            Err(Refusal::conflict(zh, format!("the case was closed on {day}, before this visit")))
        }
        Some(_) if request.contact.promise.is_some() => Err(Refusal::conflict(
            "业主在上门之后已缴清、案件已结案，不再登记承诺；请把结果改为“已沟通”再发送",
            "the owner has paid since and the case is closed: no promise is taken; say 'talked' instead and send it again",
        )),
        Some(_) | None => Ok(found),
    }
}

/// The task, where it is still open and nobody else holds it.
fn free_task(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    case: &CaseRow,
    (community, id): (CommunityId, TaskId),
) -> Result<Option<TaskId>, Refusal> {
    let task = tasks::find_task(tx, community, id)?.filter(|task| task.case_id == Some(case.id));
    let task = task.ok_or_else(|| Refusal::not_found("任务", "task", &id.to_string()))?;
    let holder = handover::find_holder(tx, community, id, app.clock.now())?;
    let is_free = task.state == "open" && holder.is_none_or(|one| Some(one.id) == actor.staff_id);
    Ok(is_free.then_some(id))
}

/// A photo or the signature of a visit.
///
/// # Errors
/// [`Refusal::NotFound`] when the visit has no such picture; [`Refusal::Forbidden`] for who does not work on cases.
pub fn read_visit_picture(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (contact, id): (ContactLogId, AttachmentId),
) -> Result<Photo, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    match read_attachment(app, community, (Subject::Visit(contact), id)) {
        Err(Refusal::NotFound(_)) => read_attachment(app, community, (Subject::VisitSignature(contact), id)),
        found => found,
    }
}
