//! Letters (函件): demands and board notices, their PDF, and proof of their service.

use axum::extract::Path;
use hemu_app::legal::letters::{letter_pdf, list_letters, show_letter};
use hemu_app::legal::service::{ServiceRequest, record_service};
use hemu_app::legal::settlement::make_settlement;
use hemu_app::legal::{DemandRequest, make_board_notice, make_demand};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::NoticeId;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::Site;
use super::input::{Asked, Body, after, read_id, rows};
use super::operations::Operations;
use super::shapes;
use crate::forms;
use crate::reply::{PDF, file};

#[derive(OpenApi)]
#[openapi(paths(list, demand, board, settlement, show, pdf, service))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("legal", "函件与法务 / Letters, notices, service")
        .get("/communities/{community}/letters", list)
        .post("/communities/{community}/letters/demands", demand)
        .post("/communities/{community}/letters/board-notices", board)
        .post("/communities/{community}/letters/settlements", settlement)
        .get("/communities/{community}/letters/{letter}", show)
        .get("/communities/{community}/letters/{letter}/pdf", pdf)
        .post("/communities/{community}/letters/{letter}/service", service)
}

fn letter_id(text: &str) -> Result<NoticeId, Refusal> {
    read_id(text, NoticeId::parse, ("函件", "letter"))
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// The cursor `next` of the page before
    after: Option<String>,
    /// Rows, 1 to 200 (100)
    limit: Option<String>,
}

/// Letters and notices, newest first
#[utoipa::path(get, path = "/communities/{community}/letters", params(ListQuery),
    responses((status = 200, description = "Newest first", body = shapes::LetterList)))]
async fn list(at: Site, asked: Asked<ListQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        list_letters(app, actor, name, (after(&asked.fields, NoticeId::parse)?, rows(&asked.fields)?))
    };
    ok(at.run(work).await?)
}

/// A demand for a unit: a draft, or with `issue` one with its number.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Demand {
    /// `3-2-1502`
    unit: String,
    #[serde(default)]
    issue: bool,
}

/// Makes a demand (催缴通知书); a number is given only when nothing is missing, else the problem lists what is
#[utoipa::path(post, path = "/communities/{community}/letters/demands", request_body = Demand,
    responses((status = 201, description = "Made", body = shapes::DemandReport)))]
async fn demand(at: Site, body: Body<Demand>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let unit = body.fields.unit("unit")?;
        make_demand(app, actor, &DemandRequest { community: name.to_owned(), unit, issue: body.value.issue })
    };
    created(at.run(work).await?)
}

/// The entrance the notice is for.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Board {
    /// `3-2`
    entrance: String,
}

/// Makes a notice for the hall of an entrance, naming nobody
#[utoipa::path(post, path = "/communities/{community}/letters/board-notices", request_body = Board,
    responses((status = 201, description = "Made", body = shapes::BoardReport)))]
async fn board(at: Site, body: Body<Board>) -> Answer {
    let work =
        move |app: &App, actor: &Actor, name: &str| make_board_notice(app, actor, name, body.fields.text("entrance"));
    created(at.run(work).await?)
}

/// Whose settlement: the payer of the unit on the day.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Settlement {
    /// `3-2-1502`
    unit: String,
    /// The last day it covers
    until: String,
    /// `certificate` (结清证明) or `statement` (费用结算单)
    what: String,
}

/// Makes a certificate that nothing is owed, with its number, or a statement of what is
#[utoipa::path(post, path = "/communities/{community}/letters/settlements", request_body = Settlement,
    responses((status = 201, description = "Made", body = shapes::ClearanceReport)))]
async fn settlement(at: Site, body: Body<Settlement>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        make_settlement(app, actor, &forms::settlement(&body.fields, name)?)
    };
    created(at.run(work).await?)
}

/// A letter with its service, and what a legal step still needs
#[utoipa::path(get, path = "/communities/{community}/letters/{letter}",
    responses((status = 200, description = "The letter", body = shapes::LetterPage)))]
async fn show(at: Site, Path((_, letter)): Path<(String, String)>) -> Answer {
    ok(at.run(move |app, actor, name| show_letter(app, actor, name, letter_id(&letter)?)).await?)
}

/// A letter as a PDF, from the figures that were frozen
#[utoipa::path(get, path = "/communities/{community}/letters/{letter}/pdf",
    responses((status = 200, description = "The letter", content_type = "application/pdf", body = Vec<u8>)))]
async fn pdf(at: Site, Path((_, letter)): Path<(String, String)>) -> Answer {
    let bytes = at.run(move |app, actor, name| letter_pdf(app, actor, name, letter_id(&letter)?)).await?;
    Ok(file(bytes, PDF, "函件.pdf", true))
}

/// How a numbered demand reached its addressee.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Service {
    /// `hand`, `left_at_place`, `ems`, `registered_mail` or `notarised`
    method: String,
    /// `served`, `refused` or `returned`
    outcome: String,
    served_on: String,
    #[serde(default)]
    receiver: String,
    #[serde(default)]
    relation: String,
    tracking_no: Option<String>,
}

/// Records how a numbered demand was served
#[utoipa::path(post, path = "/communities/{community}/letters/{letter}/service", request_body = Service,
    responses((status = 204, description = "Recorded")))]
async fn service(at: Site, Path((_, letter)): Path<(String, String)>, body: Body<Service>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, name: &str| {
        let letter = show_letter(app, actor, name, letter_id(&letter)?)?.letter;
        let request = ServiceRequest {
            community,
            number: letter.number.unwrap_or_default(),
            served_on: body.fields.day("served_on", "送达日期")?,
            method: body.value.method,
            outcome: body.value.outcome,
            receiver_name: body.value.receiver,
            receiver_relation: body.value.relation,
            tracking_no: body.value.tracking_no,
        };
        record_service(app, actor, &request)
    };
    at.run(work).await?;
    done()
}
