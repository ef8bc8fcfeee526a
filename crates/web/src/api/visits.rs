//! Records of visits (上门记录) with photos and signature: the same one sent again is one.

use axum::extract::{FromRequest as _, Multipart, Path, Request};
use axum::response::IntoResponse as _;
use hemu_app::collection::visit_record::{read_visit_picture, record_visit};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{AttachmentId, CommunityId, ContactLogId};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, ok};
use super::caller::Site;
use super::collection::{act, case_id};
use super::input::read_id;
use super::operations::Operations;
use super::problem::{Fault, Problem};
use super::shapes;
use crate::forms;
use crate::reply::file;

#[derive(OpenApi)]
#[openapi(paths(record, picture), components(schemas(VisitForm)))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("visits", "上门记录 / Records of visits")
        .post("/communities/{community}/cases/{case}/visits", record)
        .limit(forms::MOST_VISIT_BYTES)
        .get("/communities/{community}/cases/{case}/visits/{contact}/pictures/{picture}", picture)
}

/// A visit with what was photographed and signed.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read field by field from the form; this is its shape for the document")]
struct VisitForm {
    /// Made at random by the phone, 16 to 64 letters, digits and hyphens: the same record under the same key is one
    key: String,
    /// The day of the visit, at most two weeks back
    visited_on: String,
    /// When it was, such as `15:20`
    at: String,
    /// `REACHED_PROMISE`, `REACHED_TALK`, `REACHED_DISPUTE`, `REACHED_REFUSE`, `NO_ANSWER`...
    outcome: String,
    /// The task it carries out
    task: Option<String>,
    cause: Option<String>,
    attitude: Option<String>,
    note: Option<String>,
    /// With `REACHED_PROMISE`: yuan, as text
    promise_amount: Option<String>,
    /// With `REACHED_PROMISE`: the day
    promise_on: Option<String>,
    next_step: Option<String>,
    next_on: Option<String>,
    /// Who wanted it: `ours` (left out), `call_back` or `owner`
    initiative: Option<String>,
    /// `signed`, `declined` or `not_asked`
    signing: Option<String>,
    /// JPEG, PNG, WebP or HEIC, at most 5 MiB each, up to four
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    photo: Vec<String>,
    /// The owner's signature: PNG, at most 512 KiB
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    signature: Option<String>,
}

/// Records a visit; one over the contact budget is kept and says which rule it broke
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/visits",
    request_body(content = VisitForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "Kept, or there already", body = shapes::VisitRecorded)))]
async fn record(at: Site, Path((_, case)): Path<(String, String)>, body: Request) -> Answer {
    let locale = at.caller.locale;
    let fail = |fault| Problem::in_locale(locale, fault);
    let form = Multipart::from_request(body, &at.caller.web).await;
    let form = form.map_err(|_| fail(Fault::MediaType("multipart/form-data")))?;
    let parts = forms::visit_parts(form).await.map_err(|error| fail(error.into()))?;
    let work = move |app: &App, actor: &Actor, community: CommunityId, case| {
        record_visit(app, actor, &forms::visit(parts, community, case)?)
    };
    ok(act(&at, case, work).await?)
}

/// A photo or the signature of a visit, for whoever works on cases
#[utoipa::path(get, path = "/communities/{community}/cases/{case}/visits/{contact}/pictures/{picture}",
    responses((status = 200, description = "The picture", content_type = "image/jpeg")))]
async fn picture(at: Site, Path((_, case, contact, picture)): Path<(String, String, String, String)>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| -> Result<_, Refusal> {
        case_id(&case)?;
        let contact = read_id(&contact, ContactLogId::parse, ("上门", "visit"))?;
        let picture = read_id(&picture, AttachmentId::parse, ("照片", "photo"))?;
        read_visit_picture(app, actor, community, (contact, picture))
    };
    let found = at.run(work).await?;
    Ok(file(found.bytes, found.media_type.as_str(), "picture", true).into_response())
}
