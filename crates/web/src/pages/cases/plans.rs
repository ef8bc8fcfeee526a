//! Plans on a case (分期): the quote before anything is written, what the owner and the second person say, the agreement and what was signed.

use askama::Template;
use axum::extract::{Path, Request};
use hemu_app::collection::plans::{
    PlanQuote, accept_plan, cancel_plan, decide_plan, keep_signed, plan_agreement, propose_plan, quote_plan,
    read_signed, warn_plan,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{AttachmentId, CaseId, PlanId};

use super::acts::{Addressed, act};
use super::show::read_case;
use crate::fields::Posted;
use crate::forms;
use crate::pages::import::{check_token, read_form};
use crate::reply::{PDF, Reply, file, go, page};
use crate::ui::{Menu, Ui};
use crate::visit::Place;

#[derive(Template)]
#[template(path = "plan-quote.html")]
struct QuotePage {
    ui: Ui,
    case: CaseId,
    quote: PlanQuote,
    /// What was typed, to be sent again with the offer.
    typed: Vec<(String, String)>,
}

/// `POST …/plan/quote`: what the plan would be; nothing is written.
pub async fn quote(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let (id, community) = (read_case(&case).map_err(|refusal| at.visit.fail(refusal))?, at.id());
    let kept = |(name, value): &&(String, String)| name != "csrf" && !value.is_empty();
    let typed = fields.pairs().iter().filter(kept).cloned().collect();
    let work = move |app: &App, actor: &Actor, _: &str| quote_plan(app, actor, &forms::plan(&fields, community, id)?);
    let quote = at.run(work).await?;
    let ui = at.ui(Menu::Cases, "分期试算", "Quote of a plan");
    let locale = ui.locale;
    page(&QuotePage { ui, case: id, quote, typed }, locale)
}

/// `POST …/plan`: offered, or agreed to on the spot.
pub async fn plan(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "saved", |app, actor, community, case, fields| {
        propose_plan(app, actor, &forms::plan(fields, community, case)?).map(|_| ())
    })
    .await
}

const PLAN: (&str, &str) = ("plan", "分期方案");

/// `POST …/plan/accept`: the owner agrees.
pub async fn accept(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "saved", |app, actor, community, case, fields| {
        let plan = fields.required(PLAN, PlanId::parse)?;
        accept_plan(app, actor, community, case, (plan, fields.text("channel")))
    })
    .await
}

/// `POST …/approve`: the second person.
pub async fn approve(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "saved", |app, actor, community, case, fields| {
        let plan = fields.required(PLAN, PlanId::parse)?;
        decide_plan(app, actor, community, case, (plan, fields.text("decision") == "approve"))
    })
    .await
}

/// `POST …/plan/cancel`
pub async fn cancel(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "saved", |app, actor, community, case, fields| {
        let plan = fields.required(PLAN, PlanId::parse)?;
        cancel_plan(app, actor, community, case, (plan, fields.text("reason")))
    })
    .await
}

/// `POST …/plan/warn`: the owner was told of a missed instalment.
pub async fn warn(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "saved", |app, actor, community, case, fields| {
        let plan = fields.required(PLAN, PlanId::parse)?;
        warn_plan(app, actor, community, case, (plan, fields.text("channel")))
    })
    .await
}

fn read_plan(text: &str) -> Result<PlanId, Refusal> {
    PlanId::parse(text).map_err(|_| Refusal::not_found("分期方案", "plan", ""))
}

/// `GET …/plans/{plan}/agreement`: the paper to sign.
pub async fn agreement(at: Place, Path((_, case, plan)): Path<(String, String, String)>) -> Reply {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        plan_agreement(app, actor, community, (read_case(&case)?, read_plan(&plan)?))
    };
    let paper = at.run(work).await?;
    Ok(file(paper.pdf, PDF, "分期协议.pdf", true))
}

/// `POST …/plans/{plan}/signed`
pub async fn keep(at: Place, Path((_, case, plan)): Path<(String, String, String)>, request: Request) -> Reply {
    let (community, id) = (at.id(), read_case(&case).map_err(|refusal| at.visit.fail(refusal))?);
    let (fields, _, bytes) = read_form(&at.visit, request).await?;
    check_token(&at.visit.signed_in, &fields)?;
    let work =
        move |app: &App, actor: &Actor, _: &str| keep_signed(app, actor, community, (id, read_plan(&plan)?), &bytes);
    at.run(work).await?;
    Ok(go(&at.here(&format!("cases/{id}?done=saved"))))
}

/// `GET …/plans/{plan}/signed/{page}`
pub async fn signed(at: Place, Path((_, _, plan, id)): Path<(String, String, String, String)>) -> Reply {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let id = AttachmentId::parse(&id).map_err(|_| Refusal::not_found("签署件", "page", ""))?;
        read_signed(app, actor, community, (read_plan(&plan)?, id))
    };
    let found = at.run(work).await?;
    Ok(file(found.bytes, found.media_type.as_str(), "page", true))
}
