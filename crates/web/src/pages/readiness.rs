//! 催缴准备: what the community has on file before anybody is asked formally, what is missing and where to add it.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request};
use axum::routing::{get, post};
use hemu_app::approval::{Asked, ask};
use hemu_app::readiness::{
    DisplayOnFile, EvidenceOnFile, MOST_PAPER_BYTES, PaperItem, PromiseOnFile, ReadinessLine, ReadinessReport,
    add_paper, add_promise, end_promise, file_contract, read_paper, record_clause, record_evidence, show_readiness,
};
use hemu_app::tariff::{NewDisplay, record_display};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{PaperId, ServicePromiseId};
use hemu_domain::readiness::{Every, FilingState, Item, ItemState, PromiseKind, PromiseResult};
use hemu_domain::staff::Permission;
use uuid::Uuid;

use super::import::{check_token, read_form};
use crate::fields::{Fields, Posted};
use crate::forms;
use crate::reply::{Reply, file, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/readiness", get(show))
        .route("/c/{community}/readiness/contract", post(contract))
        .route("/c/{community}/readiness/clauses", post(clause))
        .route("/c/{community}/readiness/displays", post(display))
        .route("/c/{community}/readiness/papers", post(paper))
        .route("/c/{community}/readiness/papers/{paper}", get(picture))
        .route("/c/{community}/readiness/promises", post(promise))
        .route("/c/{community}/readiness/promises/{promise}/evidence", post(evidence))
        .route("/c/{community}/readiness/promises/{promise}/end", post(end))
        .route("/c/{community}/readiness/exception", post(exception))
        .layer(DefaultBodyLimit::max(MOST_PAPER_BYTES + 64 * 1024))
}

/// A word with its name.
type Choices = Vec<(&'static str, String)>;

macro_rules! choices {
    ($ui:expr, $kind:ty) => {
        <$kind>::ALL.iter().map(|one| (one.as_str(), $ui.text(&one.label()))).collect::<Choices>()
    };
}

/// The kinds of clauses, in the order of a contract.
const CLAUSES: [&str; 8] = ["fee_standard", "cycle", "due", "late_fee", "demand", "dispute", "service", "other"];

#[derive(Template)]
#[template(path = "readiness.html")]
struct ReadinessPage {
    ui: Ui,
    report: ReadinessReport,
    filings: Choices,
    kinds: Choices,
    everies: Choices,
    results: Choices,
    clauses: [&'static str; 8],
    may_edit: bool,
    may_write: bool,
    may_ask: bool,
}

impl ReadinessPage {
    fn colour(&self, line: &ReadinessLine) -> &'static str {
        colour(line)
    }

    /// Where on the page an item is added.
    fn place(&self, line: &ReadinessLine) -> &'static str {
        place_of(line.item)
    }

    fn papers_of(&self, subject: &Uuid) -> Vec<&PaperItem> {
        self.report.papers.iter().filter(|one| one.subject == *subject).collect()
    }

    fn display_papers(&self, one: &DisplayOnFile) -> Vec<&PaperItem> {
        self.papers_of(&one.id.uuid())
    }

    fn evidence_papers(&self, one: &EvidenceOnFile) -> Vec<&PaperItem> {
        self.papers_of(&one.id.uuid())
    }

    fn result(&self, result: &PromiseResult) -> String {
        self.ui.text(&result.label())
    }

    fn kind(&self, promise: &PromiseOnFile) -> String {
        format!("{}{}{}", self.ui.text(&promise.kind.label()), self.ui.comma(), self.ui.text(&promise.every.label()))
    }

    fn contract_kind(&self, kind: &str) -> &str {
        match kind {
            "preliminary" => self.ui.say("前期物业合同", "developer's contract"),
            "committee" => self.ui.say("业主委员会合同", "committee's contract"),
            _ => self.ui.say("暂定（来自导入）", "provisional, from an import"),
        }
    }

    /// The month that is offered when something is written about a promise.
    fn month(&self, promise: &PromiseOnFile) -> String {
        let today = hemu_domain::Period::of(self.ui.today);
        promise.due_period.unwrap_or(today).to_string()
    }

    fn last_day(&self) -> String {
        self.report.exception.as_ref().map(|one| one.ends_on.to_string()).unwrap_or_default()
    }
}

/// The colour of a state.
pub(super) const fn colour(line: &ReadinessLine) -> &'static str {
    match (line.state, line.needed) {
        (ItemState::Ok, _) => "bg-green-lt",
        (ItemState::Missing | ItemState::Lapsed, true) => "bg-red-lt",
        (ItemState::Missing | ItemState::Lapsed, false) => "bg-yellow-lt",
    }
}

/// The part of the page an item is added in.
pub(super) const fn place_of(item: Item) -> &'static str {
    match item {
        Item::Contract | Item::Filing => "contract",
        Item::Clauses => "clauses",
        Item::Scan => "scan",
        Item::Display => "displays",
        Item::Promises | Item::Evidence => "promises",
        Item::Region => "rules",
    }
}

/// `GET /c/{community}/readiness`
pub async fn show(at: Place) -> Reply {
    let community = at.id();
    let report = at.run(move |app, actor, _| show_readiness(app, actor, community)).await?;
    let ui = at.ui(Menu::Cases, "催缴准备", "May we collect");
    let locale = ui.locale;
    let content = ReadinessPage {
        report,
        filings: choices!(ui, FilingState),
        kinds: choices!(ui, PromiseKind),
        everies: choices!(ui, Every),
        results: choices!(ui, PromiseResult),
        clauses: CLAUSES,
        may_edit: ui.may(Permission::EditTariff),
        may_write: ui.may(Permission::EditTariff) || ui.may(Permission::AnswerComplaints),
        may_ask: ui.may(Permission::EditPolicy),
        ui,
    };
    page(&content, locale)
}

async fn change(
    posted: Posted<Place>,
    (place, done): (&str, &str),
    work: impl FnOnce(&App, &Actor, &str, hemu_domain::ids::CommunityId, &Fields) -> Result<(), Refusal> + Send + 'static,
) -> Reply {
    let Posted { visit: at, fields } = posted;
    let community = at.id();
    at.run(move |app, actor, name| work(app, actor, name, community, &fields)).await?;
    Ok(go(&at.here(&format!("readiness?done={done}#{place}"))))
}

/// `POST …/contract`
pub async fn contract(posted: Posted<Place>) -> Reply {
    change(posted, ("contract", "saved"), |app, actor, _, community, fields| {
        file_contract(app, actor, community, &forms::contract_papers(fields)?)
    })
    .await
}

/// `POST …/clauses`
pub async fn clause(posted: Posted<Place>) -> Reply {
    change(posted, ("clauses", "recorded"), |app, actor, _, community, fields| {
        record_clause(app, actor, community, &forms::clause(fields)).map(|_| ())
    })
    .await
}

/// `POST …/displays`
pub async fn display(posted: Posted<Place>) -> Reply {
    change(posted, ("displays", "recorded"), |app, actor, name, _, fields| {
        let new = NewDisplay {
            what: fields.text("what").to_owned(),
            place: fields.text("place").to_owned(),
            displayed_on: fields.day("displayed_on", "公示日期")?,
        };
        record_display(app, actor, name, &new).map(|_| ())
    })
    .await
}

/// `POST …/promises`
pub async fn promise(posted: Posted<Place>) -> Reply {
    change(posted, ("promises", "recorded"), |app, actor, _, community, fields| {
        add_promise(app, actor, community, &forms::service_promise(fields)?).map(|_| ())
    })
    .await
}

fn read_promise(text: &str) -> Result<ServicePromiseId, Refusal> {
    ServicePromiseId::parse(text).map_err(|_| Refusal::not_found("服务承诺", "service promise", ""))
}

/// `POST …/promises/{promise}/evidence`
pub async fn evidence(Path((_, promise)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    change(posted, ("promises", "recorded"), move |app, actor, _, community, fields| {
        let new = forms::promise_evidence(fields, read_promise(&promise)?)?;
        record_evidence(app, actor, community, &new).map(|_| ())
    })
    .await
}

/// `POST …/promises/{promise}/end`
pub async fn end(Path((_, promise)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    change(posted, ("promises", "saved"), move |app, actor, _, community, fields| {
        end_promise(app, actor, community, (read_promise(&promise)?, fields.day("on", "结束日")?))
    })
    .await
}

/// `POST …/exception`: a second person decides.
pub async fn exception(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let asked = Asked::FormalException(forms::formal_exception(&fields)?);
        ask(app, actor, community, &asked, fields.text("reason"))
    };
    at.run(work).await?;
    Ok(go(&at.here("approvals?done=asked")))
}

/// `POST …/papers`
pub async fn paper(at: Place, request: Request) -> Reply {
    let community = at.id();
    let (fields, _, bytes) = read_form(&at.visit, request).await?;
    check_token(&at.visit.signed_in, &fields)?;
    let work = move |app: &App, actor: &Actor, _: &str| {
        add_paper(app, actor, community, forms::paper_of(&fields)?, &bytes).map(|_| ())
    };
    at.run(work).await?;
    Ok(go(&at.here("readiness?done=saved")))
}

/// `GET …/papers/{paper}`
pub async fn picture(at: Place, Path((_, paper)): Path<(String, String)>) -> Reply {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let id = PaperId::parse(&paper).map_err(|_| Refusal::not_found("文件", "paper", ""))?;
        read_paper(app, actor, community, id)
    };
    let paper = at.run(work).await?;
    Ok(file(paper.bytes, paper.media_type.as_str(), "paper", true))
}
