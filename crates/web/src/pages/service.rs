//! 工单: the board by state, the page of one order with photos and acts, a new complaint of a unit.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, Request};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use hemu_app::clock::in_china;
use hemu_app::service::board::{Board, BoardFilter, OrderPage, ask_reduction, list_orders, show_order};
use hemu_app::service::{About, act, add_photo, read_photo, take_complaint};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{AttachmentId, ChargeId, ComplaintId, UnitId};
use hemu_domain::service::photo::MOST_PHOTO_BYTES;
use hemu_domain::service::{ComplaintKind, ComplaintState, Department, Finding, Priority, Remedy, Source};
use hemu_domain::staff::Permission;
use serde::Deserialize;

use super::import::{check_token, read_form};
use crate::fields::Posted;
use crate::forms;
use crate::reply::{Reply, file, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/service", get(board).post(take))
        .route("/c/{community}/service/new", get(new))
        .route("/c/{community}/service/{complaint}", get(show))
        .route("/c/{community}/service/{complaint}/act", post(move_on))
        .route("/c/{community}/service/{complaint}/reduction", post(reduction))
        .route("/c/{community}/service/{complaint}/photos", post(photo))
        .route("/c/{community}/service/{complaint}/photos/{photo}", get(picture))
        .layer(DefaultBodyLimit::max(MOST_PHOTO_BYTES + 64 * 1024))
}

/// A word with its name.
type Choices = Vec<(&'static str, String)>;

macro_rules! choices {
    ($ui:expr, $kind:ty) => {
        <$kind>::ALL.iter().map(|one| (one.as_str(), $ui.text(&one.label()))).collect::<Choices>()
    };
}

#[derive(Template)]
#[template(path = "service.html")]
struct BoardPage {
    ui: Ui,
    board: Board,
    departments: Choices,
    department: String,
    mine: bool,
    late: bool,
}

impl BoardPage {
    fn state(&self, state: &ComplaintState) -> String {
        self.ui.text(&state.label())
    }
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    department: String,
    mine: String,
    late: String,
}

/// `GET /c/{community}/service`
pub async fn board(at: Place, Query(asked): Query<Asked>) -> Reply {
    let community = at.id();
    let filter = BoardFilter {
        department: Department::parse(&asked.department).ok(),
        mine: !asked.mine.is_empty(),
        late: !asked.late.is_empty(),
    };
    let board = at.run(move |app, actor, _| list_orders(app, actor, community, &filter)).await?;
    let ui = at.ui(Menu::Service, "工单", "Service orders");
    let locale = ui.locale;
    let departments = choices!(ui, Department);
    let (mine, late) = (filter.mine, filter.late);
    page(&BoardPage { board, departments, department: asked.department, mine, late, ui }, locale)
}

#[derive(Template)]
#[template(path = "service-new.html")]
struct NewPage {
    ui: Ui,
    unit: String,
    source: String,
    kinds: Choices,
    priorities: Choices,
    departments: Choices,
    sources: Choices,
}

/// What a new complaint is for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewOf {
    unit: String,
    from: String,
}

/// `GET /c/{community}/service/new?unit=…`
pub async fn new(at: Place, Query(asked): Query<NewOf>) -> Reply {
    let ui = at.ui(Menu::Service, "登记工单", "New service order");
    let locale = ui.locale;
    let content = NewPage {
        unit: asked.unit,
        source: asked.from,
        kinds: choices!(ui, ComplaintKind),
        priorities: choices!(ui, Priority),
        departments: choices!(ui, Department),
        sources: choices!(ui, Source),
        ui,
    };
    page(&content, locale)
}

/// `POST /c/{community}/service`
pub async fn take(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let unit = fields.required(("unit", "房屋"), UnitId::parse)?;
        take_complaint(app, actor, &forms::complaint(&fields, community, (About::Unit(unit), Source::Phone))?)
    };
    let id = at.run(work).await?;
    Ok(go(&at.here(&format!("service/{id}?done=recorded"))))
}

#[derive(Template)]
#[template(path = "service-order.html")]
struct OrderContent {
    ui: Ui,
    page: OrderPage,
    departments: Choices,
    findings: Choices,
    remedies: Choices,
    may_answer: bool,
    may_act: bool,
    may_reduce: bool,
}

impl OrderContent {
    fn state(&self) -> String {
        self.ui.text(&self.page.order.state.label())
    }

    fn time(&self, at: &DateTime<Utc>) -> String {
        in_china(*at).format("%Y-%m-%d %H:%M").to_string()
    }

    fn may(&self, act: &str) -> bool {
        let of_department = !matches!(act, "rate" | "close" | "reopen" | "note");
        self.page.acts.contains(&act) && if of_department { self.may_answer } else { self.may_act }
    }
}

/// `GET /c/{community}/service/{complaint}`
pub async fn show(at: Place, Path((_, complaint)): Path<(String, String)>) -> Reply {
    let (community, id) = (at.id(), read_order(&complaint).map_err(|refusal| at.visit.fail(refusal))?);
    let order = at.run(move |app, actor, _| show_order(app, actor, community, id)).await?;
    let ui = at.ui(Menu::Service, "工单", "Service order");
    let locale = ui.locale;
    let may_answer = ui.may(Permission::AnswerComplaints);
    let content = OrderContent {
        page: order,
        departments: choices!(ui, Department),
        findings: choices!(ui, Finding),
        remedies: choices!(ui, Remedy),
        may_answer,
        may_act: may_answer || ui.may(Permission::WorkCases),
        may_reduce: ui.may(Permission::ReversePayment),
        ui,
    };
    page(&content, locale)
}

fn read_order(text: &str) -> Result<ComplaintId, Refusal> {
    ComplaintId::parse(text).map_err(|_| Refusal::not_found("工单", "complaint", ""))
}

/// `POST …/act`
pub async fn move_on(Path((_, complaint)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let (community, id) = (at.id(), read_order(&complaint).map_err(|refusal| at.visit.fail(refusal))?);
    let work = move |app: &App, actor: &Actor, _: &str| {
        let (step, note) = forms::complaint_act(&fields)?;
        act(app, actor, community, id, (step, &note))
    };
    at.run(work).await?;
    Ok(go(&at.here(&format!("service/{id}?done=recorded"))))
}

/// `POST …/reduction`: the lower fee the answer speaks of is asked for.
pub async fn reduction(Path((_, complaint)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let (community, id) = (at.id(), read_order(&complaint).map_err(|refusal| at.visit.fail(refusal))?);
    let work = move |app: &App, actor: &Actor, _: &str| {
        let charge = fields.required(("charge", "应收"), ChargeId::parse)?;
        ask_reduction(app, actor, community, (id, charge, fields.amount("amount")?))
    };
    at.run(work).await?;
    Ok(go(&at.here(&format!("service/{id}?done=saved"))))
}

/// `POST …/photos`
pub async fn photo(at: Place, Path((_, complaint)): Path<(String, String)>, request: Request) -> Reply {
    let (community, id) = (at.id(), read_order(&complaint).map_err(|refusal| at.visit.fail(refusal))?);
    let (fields, _, bytes) = read_form(&at.visit, request).await?;
    check_token(&at.visit.signed_in, &fields)?;
    at.run(move |app, actor, _| add_photo(app, actor, community, id, &bytes)).await?;
    Ok(go(&at.here(&format!("service/{id}?done=saved"))))
}

/// `GET …/photos/{photo}`
pub async fn picture(at: Place, Path((_, complaint, photo)): Path<(String, String, String)>) -> Reply {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let none = |_| Refusal::not_found("照片", "photo", "");
        let ids = (read_order(&complaint)?, AttachmentId::parse(&photo).map_err(none)?);
        read_photo(app, actor, community, ids)
    };
    let photo = at.run(work).await?;
    Ok(file(photo.bytes, photo.media_type.as_str(), "photo", true))
}
