//! May we collect at all (催缴准备): contract and clauses on file, papers, service promises, the list of what is missing.

use axum::extract::{Path, Request};
use axum::response::IntoResponse as _;
use hemu_app::approval::{Asked as Asks, ask};
use hemu_app::readiness::{
    MOST_PAPER_BYTES, add_paper, add_promise, end_promise, file_contract, read_paper, record_clause, record_evidence,
    show_readiness,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{PaperId, ServicePromiseId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::Site;
use super::import::receive;
use super::input::{Body, read_id};
use super::operations::Operations;
use super::problem::Problem;
use super::shapes;
use crate::forms;
use crate::reply::file;

#[derive(OpenApi)]
#[openapi(
    paths(show, contract, clause, paper, picture, promise, evidence, end, exception),
    components(schemas(PaperForm))
)]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("readiness", "催缴准备 / Contract, display, service promises on file")
        .post("/communities/{community}/readiness/papers", paper)
        .limit(MOST_PAPER_BYTES + 64 * 1024)
        .get("/communities/{community}/readiness", show)
        .put("/communities/{community}/readiness/contract", contract)
        .post("/communities/{community}/readiness/clauses", clause)
        .get("/communities/{community}/readiness/papers/{paper}", picture)
        .post("/communities/{community}/readiness/promises", promise)
        .post("/communities/{community}/readiness/promises/{promise}/evidence", evidence)
        .post("/communities/{community}/readiness/promises/{promise}/end", end)
        .post("/communities/{community}/readiness/exceptions", exception)
}

fn promise_id(text: &str) -> Result<ServicePromiseId, Refusal> {
    read_id(text, ServicePromiseId::parse, ("服务承诺", "service promise"))
}

/// What is on file, what is missing, and whether formal steps wait
#[utoipa::path(get, path = "/communities/{community}/readiness",
    responses((status = 200, description = "Item by item", body = shapes::ReadinessReport)))]
async fn show(at: Site) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| show_readiness(app, actor, community)).await?)
}

/// What the contract in force is.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContractOnFile {
    name: String,
    #[serde(default)]
    number: String,
    /// `preliminary` or `committee`
    kind: String,
    /// Left out where it goes on without a term (民法典 948)
    ends_on: Option<String>,
    /// `unknown`, `filed`, `pending` or `not_required`
    filing: String,
}

/// Puts on record what the contract in force is: kind, number, term, filing
#[utoipa::path(put, path = "/communities/{community}/readiness/contract", request_body = ContractOnFile,
    responses((status = 204, description = "Recorded")))]
async fn contract(at: Site, body: Body<ContractOnFile>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        file_contract(app, actor, community, &forms::contract_papers(&body.fields)?)
    };
    at.run(work).await?;
    done()
}

/// A clause of the contract in force.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Clause {
    /// `fee_standard`, `cycle`, `due`, `late_fee`, `demand`, `dispute`, `service` or `other`
    kind: String,
    /// Such as `第八条`
    number: String,
    #[serde(default)]
    text: String,
}

/// Records a clause of the contract in force
#[utoipa::path(post, path = "/communities/{community}/readiness/clauses", request_body = Clause,
    responses((status = 201, description = "Recorded", body = shapes::Made)))]
async fn clause(at: Site, body: Body<Clause>) -> Answer {
    let community = at.id();
    let work =
        move |app: &App, actor: &Actor, _: &str| record_clause(app, actor, community, &forms::clause(&body.fields));
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

/// A scan or photo as a file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read field by field from the form; this is its shape for the document")]
struct PaperForm {
    /// `contract`, `public_display` or `promise_evidence`
    of: String,
    /// The id of the display or record; left out for the contract
    subject: Option<String>,
    /// PDF, JPEG, PNG, WebP or HEIC, at most 10 MiB
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Keeps the signed scan of the contract, the photo of a display, or what proves a promise; the same file twice is one
#[utoipa::path(post, path = "/communities/{community}/readiness/papers",
    request_body(content = PaperForm, content_type = "multipart/form-data"),
    responses((status = 201, description = "Kept", body = shapes::Made)))]
async fn paper(at: Site, body: Request) -> Answer {
    let (locale, community) = (at.caller.locale, at.id());
    let received = receive(&at.caller, body).await.map_err(|fault| Problem::in_locale(locale, fault))?;
    let work = move |app: &App, actor: &Actor, _: &str| {
        add_paper(app, actor, community, forms::paper_of(&received.fields)?, &received.bytes)
    };
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

/// A paper that is kept
#[utoipa::path(get, path = "/communities/{community}/readiness/papers/{paper}",
    responses((status = 200, description = "The paper", content_type = "application/pdf")))]
async fn picture(at: Site, Path((_, paper)): Path<(String, String)>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        read_paper(app, actor, community, read_id(&paper, PaperId::parse, ("文件", "paper"))?)
    };
    let paper = at.run(work).await?;
    Ok(file(paper.bytes, paper.media_type.as_str(), "paper", true).into_response())
}

/// What the company promises.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ServicePromise {
    /// `cleaning`, `security`, `greening`, `upkeep`, `repair` or `other`
    kind: String,
    what: String,
    /// By what one sees whether it was kept
    measure: String,
    /// `month`, `quarter`, `half_year` or `year`
    every: String,
    #[serde(default)]
    clause: String,
    starts_on: String,
}

/// Records a service promise
#[utoipa::path(post, path = "/communities/{community}/readiness/promises", request_body = ServicePromise,
    responses((status = 201, description = "Recorded", body = shapes::Made)))]
async fn promise(at: Site, body: Body<ServicePromise>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        add_promise(app, actor, community, &forms::service_promise(&body.fields)?)
    };
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

/// What was done about a promise.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Evidence {
    /// A month of the period
    period: String,
    /// `done`, `partly` or `not`
    result: String,
    /// Needed where it was not kept
    #[serde(default)]
    remark: String,
}

/// Records what was done about a promise in a period; the last word on a period counts
#[utoipa::path(post, path = "/communities/{community}/readiness/promises/{promise}/evidence", request_body = Evidence,
    responses((status = 201, description = "Recorded", body = shapes::Made)))]
async fn evidence(at: Site, Path((_, promise)): Path<(String, String)>, body: Body<Evidence>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        record_evidence(app, actor, community, &forms::promise_evidence(&body.fields, promise_id(&promise)?)?)
    };
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

/// The last day of a promise.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LastDay {
    on: String,
}

/// Ends a promise
#[utoipa::path(post, path = "/communities/{community}/readiness/promises/{promise}/end", request_body = LastDay,
    responses((status = 204, description = "Ended")))]
async fn end(at: Site, Path((_, promise)): Path<(String, String)>, body: Body<LastDay>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        end_promise(app, actor, community, (promise_id(&promise)?, body.fields.day("on", "结束日")?))
    };
    at.run(work).await?;
    done()
}

/// Formal steps although something is missing.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Exception {
    /// Its last day
    until: String,
    /// Goes on record
    reason: String,
}

/// Asks for formal steps until a day although something is missing; a second person approves it
#[utoipa::path(post, path = "/communities/{community}/readiness/exceptions", request_body = Exception,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn exception(at: Site, body: Body<Exception>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let asked = Asks::FormalException(forms::formal_exception(&body.fields)?);
        ask(app, actor, community, &asked, body.fields.text("reason"))
    };
    created(at.run(work).await?)
}
