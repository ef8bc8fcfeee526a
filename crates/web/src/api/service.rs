//! Service orders (工单): complaints of cases and units, what is done with them, photos.

use axum::extract::{Path, Request};
use axum::response::IntoResponse as _;
use hemu_app::service::board::{BoardFilter, list_orders, show_order};
use hemu_app::service::{About, act as act_on, add_photo, dispute_charges, read_photo, take_complaint};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{AttachmentId, CaseId, CommunityId, ComplaintId, UnitId};
use hemu_domain::service::photo::MOST_PHOTO_BYTES;
use hemu_domain::service::{Department, Source};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::Site;
use super::collection::act;
use super::import::receive;
use super::input::{Asked, Body, read_id};
use super::operations::Operations;
use super::problem::Problem;
use super::shapes;
use crate::forms;
use crate::reply::file;

#[derive(OpenApi)]
#[openapi(paths(list, show, complaint, of_unit, dispute, move_on, photo, picture), components(schemas(PhotoForm)))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("service", "工单 / Complaints, service orders, photos")
        .post("/communities/{community}/complaints/{complaint}/photos", photo)
        .limit(MOST_PHOTO_BYTES + 64 * 1024)
        .get("/communities/{community}/complaints", list)
        .get("/communities/{community}/complaints/{complaint}", show)
        .post("/communities/{community}/cases/{case}/complaints", complaint)
        .post("/communities/{community}/units/{unit}/complaints", of_unit)
        .post("/communities/{community}/complaints/{complaint}/charges", dispute)
        .post("/communities/{community}/complaints/{complaint}/acts", move_on)
        .get("/communities/{community}/complaints/{complaint}/photos/{photo}", picture)
}

fn complaint_id(text: &str) -> Result<ComplaintId, Refusal> {
    read_id(text, ComplaintId::parse, ("投诉", "complaint"))
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BoardQuery {
    /// Only of this department: `service`, `engineering`, `security` or `cleaning`
    department: Option<String>,
    /// `yes`: only those the caller took down or worked on
    mine: Option<String>,
    /// `yes`: only those past their day
    late: Option<String>,
}

/// The board of service orders by state
#[utoipa::path(get, path = "/communities/{community}/complaints", params(BoardQuery),
    responses((status = 200, description = "By state, the most urgent first", body = shapes::Board)))]
async fn list(at: Site, asked: Asked<BoardQuery>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let filter = BoardFilter {
            department: asked.fields.optional(("department", "负责部门"), Department::parse)?,
            mine: asked.fields.is_ticked("mine"),
            late: asked.fields.is_ticked("late"),
        };
        list_orders(app, actor, community, &filter)
    };
    ok(at.run(work).await?)
}

/// One service order with all that happened to it
#[utoipa::path(get, path = "/communities/{community}/complaints/{complaint}",
    responses((status = 200, description = "The order", body = shapes::OrderPage)))]
async fn show(at: Site, Path((_, complaint)): Path<(String, String)>) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| show_order(app, actor, community, complaint_id(&complaint)?)).await?)
}

/// A photo as a file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read field by field from the form; this is its shape for the document")]
struct PhotoForm {
    /// JPEG, PNG, WebP or HEIC, at most 5 MiB
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Keeps a photo with a complaint; the same one twice is one
#[utoipa::path(post, path = "/communities/{community}/complaints/{complaint}/photos",
    request_body(content = PhotoForm, content_type = "multipart/form-data"),
    responses((status = 201, description = "Kept", body = shapes::Made)))]
async fn photo(at: Site, Path((_, complaint)): Path<(String, String)>, body: Request) -> Answer {
    let (locale, community) = (at.caller.locale, at.id());
    let received = receive(&at.caller, body).await.map_err(|fault| Problem::in_locale(locale, fault))?;
    let work = move |app: &App, actor: &Actor, _: &str| {
        add_photo(app, actor, community, complaint_id(&complaint)?, &received.bytes)
    };
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

/// A photo of a complaint, for whoever works with owners or for a department
#[utoipa::path(get, path = "/communities/{community}/complaints/{complaint}/photos/{photo}",
    responses((status = 200, description = "The photo", content_type = "image/jpeg")))]
async fn picture(at: Site, Path((_, complaint, photo)): Path<(String, String, String)>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let photo = read_id(&photo, AttachmentId::parse, ("照片", "photo"))?;
        read_photo(app, actor, community, (complaint_id(&complaint)?, photo))
    };
    let photo = at.run(work).await?;
    Ok(file(photo.bytes, photo.media_type.as_str(), "photo", true).into_response())
}

/// Takes a complaint about a unit, whether its payer owes anything or not
#[utoipa::path(post, path = "/communities/{community}/units/{unit}/complaints", request_body = Complaint,
    responses((status = 201, description = "Taken", body = shapes::Made)))]
async fn of_unit(at: Site, Path((_, unit)): Path<(String, String)>, body: Body<Complaint>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let unit = read_id(&unit, UnitId::parse, ("房屋", "unit"))?;
        take_complaint(app, actor, &forms::complaint(&body.fields, community, (About::Unit(unit), Source::Phone))?)
    };
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

/// What the payer complains about; what is left out follows from its kind.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Complaint {
    /// `repair`, `cleaning`, `security`, `noise`, `greening`, `parking`, `charge_query` or `other`
    kind: Option<String>,
    /// `urgent`, `high` or `normal`
    priority: Option<String>,
    /// `case`, `desk`, `owner`, `department` or `phone`
    source: Option<String>,
    /// `service`, `engineering`, `security` or `cleaning`; left out, the one in charge of the kind
    department: Option<String>,
    subject: String,
    /// By when an answer is promised; left out, what kind and priority ask for
    promised_on: Option<String>,
    /// Charges it is about, if it is about single ones: only they rest, and their late fee stands still until the answer.
    #[serde(default)]
    charges: Vec<String>,
    /// Yuan, as text, if it is about an amount: only that rests.
    amount: Option<String>,
}

/// More charges a complaint is about.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Disputed {
    charges: Vec<String>,
}

/// Takes a complaint; the disputed part is held until it is answered
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/complaints", request_body = Complaint,
    responses((status = 201, description = "Taken", body = shapes::Made)))]
async fn complaint(at: Site, Path((_, case)): Path<(String, String)>, body: Body<Complaint>) -> Answer {
    let work = move |app: &App, actor: &Actor, community: CommunityId, case: CaseId| {
        let new = forms::complaint(&body.fields, community, (About::Case(case), Source::Case))?;
        take_complaint(app, actor, &new)
    };
    let id = act(&at, case, work).await?;
    created(json!({ "id": id }))
}

/// Names more charges an open complaint is about
#[utoipa::path(post, path = "/communities/{community}/complaints/{complaint}/charges", request_body = Disputed,
    responses((status = 204, description = "Noted")))]
async fn dispute(at: Site, Path((_, complaint)): Path<(String, String)>, body: Body<Disputed>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let id = read_id(&complaint, ComplaintId::parse, ("投诉", "complaint"))?;
        let charges = forms::charges(body.value.charges.iter().map(String::as_str))?;
        dispute_charges(app, actor, community, id, &charges)
    };
    at.run(work).await?;
    done()
}

/// What is done with a complaint.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ServiceAct {
    /// `accept`, `reroute`, `start`, `finish`, `verify`, `send_back`, `answer`, `rate`, `close`, `reopen` or `note`
    act: String,
    /// With `answer`: what the owner is told
    #[serde(default)]
    note: String,
    /// With `reroute`
    department: Option<String>,
    /// With `answer`: `valid`, `partly` or `invalid`
    finding: Option<String>,
    /// With `answer`: `repair`, `apology`, `reduction` or `none`
    remedy: Option<String>,
    /// With `rate`: 1 to 5
    satisfaction: Option<i64>,
    /// With `reopen`
    promised_on: Option<String>,
}

/// Moves a complaint on: its department, its answer, the owner's satisfaction
#[utoipa::path(post, path = "/communities/{community}/complaints/{complaint}/acts", request_body = ServiceAct,
    responses((status = 200, description = "Where it stands then", body = shapes::ComplaintMoved)))]
async fn move_on(at: Site, Path((_, complaint)): Path<(String, String)>, body: Body<ServiceAct>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let id = read_id(&complaint, ComplaintId::parse, ("投诉", "complaint"))?;
        let (act, note) = forms::complaint_act(&body.fields)?;
        act_on(app, actor, community, id, (act, &note))
    };
    let state = at.run(work).await?;
    ok(json!({ "state": state }))
}
