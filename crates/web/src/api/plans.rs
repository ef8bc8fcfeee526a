//! Instalment plans (分期): quoted, offered, agreed to, approved, given up; the agreement and what was signed.

use axum::extract::{Path, Request};
use axum::response::IntoResponse as _;
use hemu_app::collection::offers::make_offer_link;
use hemu_app::collection::plans::{
    PlanRequest, accept_plan, cancel_plan, decide_plan, keep_signed, plan_agreement, propose_plan, quote_plan,
    read_signed, warn_plan,
};
use hemu_app::collection::terms::{TermsFilter, TermsKind, list_terms};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{AttachmentId, CaseId, CommunityId, PlanId};
use hemu_domain::service::photo::MOST_PHOTO_BYTES;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::Site;
use super::collection::{act, case_id};
use super::import::receive;
use super::input::{Asked, Body, read_id, rows};
use super::operations::Operations;
use super::problem::Problem;
use super::shapes;
use crate::forms;
use crate::reply::{PDF, file};

#[derive(OpenApi)]
#[openapi(
    paths(list, offer_link, plan, quote, accept, decide, cancel, warn, agreement, keep, signed),
    components(schemas(SignedForm))
)]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("plans", "分期 / Instalment plans")
        .post("/communities/{community}/cases/{case}/plans/{plan}/signed", keep)
        .limit(MOST_PHOTO_BYTES + 64 * 1024)
        .get("/communities/{community}/terms", list)
        .post("/communities/{community}/cases/{case}/offer-link", offer_link)
        .post("/communities/{community}/cases/{case}/plans", plan)
        .post("/communities/{community}/cases/{case}/plan-quote", quote)
        .post("/communities/{community}/cases/{case}/plans/{plan}/acceptance", accept)
        .post("/communities/{community}/cases/{case}/plans/{plan}/decision", decide)
        .post("/communities/{community}/cases/{case}/plans/{plan}/cancellation", cancel)
        .post("/communities/{community}/cases/{case}/plans/{plan}/notice", warn)
        .get("/communities/{community}/cases/{case}/plans/{plan}/agreement", agreement)
        .get("/communities/{community}/cases/{case}/plans/{plan}/signed/{page}", signed)
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TermsQuery {
    /// `promise` (where left out) or `plan`
    kind: Option<String>,
    /// `week`, `missed`, `running` (where left out), `offered`, `waiting`, `broken` or `kept`
    show: Option<String>,
    /// The cursor `next` of the page before
    after: Option<String>,
    /// Rows, 1 to 200 (100)
    limit: Option<String>,
}

/// Promises or plans by what is to be done about them
#[utoipa::path(get, path = "/communities/{community}/terms", params(TermsQuery),
    responses((status = 200, description = "The soonest first", body = shapes::TermsList)))]
async fn list(at: Site, asked: Asked<TermsQuery>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let kind = asked.fields.optional(("kind", "类别"), TermsKind::parse)?.unwrap_or(TermsKind::Promise);
        let filter = asked.fields.optional(("show", "筛选"), TermsFilter::parse)?.unwrap_or(TermsFilter::Running);
        let after = asked.fields.optional(("after", "分页"), uuid::Uuid::parse_str)?;
        list_terms(app, actor, community, (kind, filter), (after, rows(&asked.fields)?))
    };
    ok(at.run(work).await?)
}

/// An offer that stands.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StandingOffer {
    /// `promise` or `plan`
    kind: String,
    /// Its id
    offer: String,
}

/// The link by which the owner agrees to an offer, declines it or asks to be called; that it was handed out is recorded
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/offer-link", request_body = StandingOffer,
    responses((status = 201, description = "The link", body = shapes::OfferLink)))]
async fn offer_link(at: Site, Path((_, case)): Path<(String, String)>, body: Body<StandingOffer>) -> Answer {
    let work = move |app: &App, actor: &Actor, community: CommunityId, case: CaseId| {
        make_offer_link(app, actor, community, case, forms::offer(&body.fields)?)
    };
    let link = act(&at, case, work).await?;
    created(json!({ "address": link.address() }))
}

/// A plan: equal parts, or a schedule written down line by line.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Plan {
    /// The charges; all that is overdue and not in dispute where left out
    #[serde(default)]
    charges: Vec<String>,
    /// Equal parts: how many
    parts: Option<u32>,
    /// Equal parts: the day of the first
    first_due_on: Option<String>,
    /// Equal parts: `month` (where left out), or the days between them
    every: Option<String>,
    /// Instead of equal parts: a line for each, `2026-12-15 500.00`
    schedule: Option<String>,
    /// Whether the late fee up to today is part of the plan
    #[serde(default)]
    with_late_fee: bool,
    /// Whether no late fee runs on while the plan is kept
    #[serde(default)]
    late_fee_rests: bool,
    /// So many missed instalments are a default; as the policy says where left out
    misses: Option<i64>,
    /// Where the owner agreed on the spot: `phone`, `visit`, `counter`, `wechat` or `letter`
    agreed: Option<String>,
}

fn request(body: &Body<Plan>, community: CommunityId, case: CaseId) -> Result<PlanRequest, Refusal> {
    let Plan { with_late_fee, late_fee_rests, .. } = body.value;
    Ok(PlanRequest { with_late_fee, late_fee_rests, ..forms::plan(&body.fields, community, case)? })
}

fn plan_id(text: &str) -> Result<PlanId, Refusal> {
    read_id(text, PlanId::parse, ("分期方案", "plan"))
}

/// Offers a plan of instalments, or puts down one the owner agrees to on the spot
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/plans", request_body = Plan,
    responses((status = 201, description = "Proposed", body = shapes::Made)))]
async fn plan(at: Site, Path((_, case)): Path<(String, String)>, body: Body<Plan>) -> Answer {
    let work = move |app: &App, actor: &Actor, community: CommunityId, case: CaseId| {
        propose_plan(app, actor, &request(&body, community, case)?)
    };
    let id = act(&at, case, work).await?;
    created(json!({ "id": id }))
}

/// What a plan would be; writes nothing
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/plan-quote", request_body = Plan,
    responses((status = 200, description = "The quote", body = shapes::PlanQuote)))]
async fn quote(at: Site, Path((_, case)): Path<(String, String)>, body: Body<Plan>) -> Answer {
    let work = move |app: &App, actor: &Actor, community: CommunityId, case: CaseId| {
        quote_plan(app, actor, &request(&body, community, case)?)
    };
    ok(act(&at, case, work).await?)
}

/// How the owner was spoken to.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Way {
    /// `phone`, `visit`, `counter`, `wechat` or `letter`
    channel: String,
}

/// The owner agrees to a plan that was offered
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/plans/{plan}/acceptance", request_body = Way,
    responses((status = 204, description = "Agreed to")))]
async fn accept(at: Site, Path((_, case, plan)): Path<(String, String, String)>, body: Body<Way>) -> Answer {
    let work = move |app: &App, actor: &Actor, community: CommunityId, case: CaseId| {
        accept_plan(app, actor, community, case, (plan_id(&plan)?, &body.value.channel))
    };
    act(&at, case, work).await?;
    done()
}

/// Whether a plan is approved.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanDecision {
    approved: bool,
}

/// Approves a plan, or not
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/plans/{plan}/decision", request_body = PlanDecision,
    responses((status = 204, description = "Decided")))]
async fn decide(at: Site, Path((_, case, plan)): Path<(String, String, String)>, body: Body<PlanDecision>) -> Answer {
    let work = move |app: &App, actor: &Actor, community: CommunityId, case: CaseId| {
        decide_plan(app, actor, community, case, (plan_id(&plan)?, body.value.approved))
    };
    act(&at, case, work).await?;
    done()
}

/// Why a plan is given up.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Cancellation {
    reason: String,
}

/// Gives a plan up
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/plans/{plan}/cancellation",
    request_body = Cancellation, responses((status = 204, description = "Given up")))]
async fn cancel(at: Site, Path((_, case, plan)): Path<(String, String, String)>, body: Body<Cancellation>) -> Answer {
    let work = move |app: &App, actor: &Actor, community: CommunityId, case: CaseId| {
        cancel_plan(app, actor, community, case, (plan_id(&plan)?, &body.value.reason))
    };
    act(&at, case, work).await?;
    done()
}

/// Notes that the owner was told of a missed instalment
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/plans/{plan}/notice", request_body = Way,
    responses((status = 204, description = "Noted")))]
async fn warn(at: Site, Path((_, case, plan)): Path<(String, String, String)>, body: Body<Way>) -> Answer {
    let work = move |app: &App, actor: &Actor, community: CommunityId, case: CaseId| {
        warn_plan(app, actor, community, case, (plan_id(&plan)?, &body.value.channel))
    };
    act(&at, case, work).await?;
    done()
}

/// The agreement of a plan to sign, as a PDF
#[utoipa::path(get, path = "/communities/{community}/cases/{case}/plans/{plan}/agreement",
    responses((status = 200, description = "The agreement", content_type = "application/pdf", body = Vec<u8>)))]
async fn agreement(at: Site, Path((_, case, plan)): Path<(String, String, String)>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        plan_agreement(app, actor, community, (case_id(&case)?, plan_id(&plan)?))
    };
    let paper = at.run(work).await?;
    Ok(file(paper.pdf, PDF, "分期协议.pdf", true))
}

/// A signed page as a file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read field by field from the form; this is its shape for the document")]
struct SignedForm {
    /// JPEG, PNG, WebP or HEIC, at most 5 MiB
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Keeps a signed page with a plan; the same one twice is one
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/plans/{plan}/signed",
    request_body(content = SignedForm, content_type = "multipart/form-data"),
    responses((status = 201, description = "Kept", body = shapes::Made)))]
async fn keep(at: Site, Path((_, case, plan)): Path<(String, String, String)>, body: Request) -> Answer {
    let (locale, community) = (at.caller.locale, at.id());
    let received = receive(&at.caller, body).await.map_err(|fault| Problem::in_locale(locale, fault))?;
    let work = move |app: &App, actor: &Actor, _: &str| {
        keep_signed(app, actor, community, (case_id(&case)?, plan_id(&plan)?), &received.bytes)
    };
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

/// A signed page of a plan
#[utoipa::path(get, path = "/communities/{community}/cases/{case}/plans/{plan}/signed/{page}",
    responses((status = 200, description = "The page", content_type = "image/jpeg")))]
async fn signed(at: Site, Path((_, _, plan, page)): Path<(String, String, String, String)>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let page = read_id(&page, AttachmentId::parse, ("签署件", "page"))?;
        read_signed(app, actor, community, (plan_id(&plan)?, page))
    };
    let page = at.run(work).await?;
    Ok(file(page.bytes, page.media_type.as_str(), "page", true).into_response())
}
