//! Acts of two people (审批): asked for by one person, approved or refused by another.

use axum::extract::Path;
use hemu_app::approval::{Asked as Wanted, approve, ask, list_approvals, refuse, withdraw};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{ApprovalId, CaseId};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, ok};
use super::caller::Site;
use super::input::{Body, read_id};
use super::operations::Operations;
use super::shapes;
use crate::fields::Fields;
use crate::forms;

#[derive(OpenApi)]
#[openapi(paths(
    list,
    ask_matter,
    ask_adjustment,
    ask_opening,
    ask_letter,
    ask_refund,
    ask_reopening,
    approve_one,
    refuse_one,
    withdraw_one
))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("approval", "审批 / Acts of two people")
        .get("/communities/{community}/approvals", list)
        .post("/communities/{community}/approvals/legal-matters", ask_matter)
        .post("/communities/{community}/approvals/adjustments", ask_adjustment)
        .post("/communities/{community}/approvals/opening-corrections", ask_opening)
        .post("/communities/{community}/approvals/demand-letters", ask_letter)
        .post("/communities/{community}/approvals/refunds", ask_refund)
        .post("/communities/{community}/approvals/month-reopenings", ask_reopening)
        .post("/communities/{community}/approvals/{approval}/approval", approve_one)
        .post("/communities/{community}/approvals/{approval}/refusal", refuse_one)
        .post("/communities/{community}/approvals/{approval}/withdrawal", withdraw_one)
}

fn approval_id(text: &str) -> Result<ApprovalId, Refusal> {
    read_id(text, ApprovalId::parse, ("申请", "request"))
}

/// What waits for a second person, and what was decided last
#[utoipa::path(get, path = "/communities/{community}/approvals",
    responses((status = 200, description = "In the order they came", body = shapes::ApprovalList)))]
async fn list(at: Site) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| list_approvals(app, actor, community)).await?)
}

/// Asks for what the body says.
async fn ask_for<T: Send + 'static>(
    at: Site,
    body: Body<T>,
    wanted: impl FnOnce(&Fields) -> Result<Wanted, Refusal> + Send + 'static,
) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        ask(app, actor, community, &wanted(&body.fields)?, body.fields.text("reason"))
    };
    created(at.run(work).await?)
}

/// A legal step of a case.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MatterAsked {
    case: String,
    /// `mediation`, `payment_order`, `suit` or `arbitration`
    kind: String,
    /// Contract, bills, proofs of service and contacts are complete
    evidence_complete: bool,
    /// Why it is in the common interest of the owners; goes on record
    reason: String,
}

/// Asks to open a legal matter; the problem lists what is missing
#[utoipa::path(post, path = "/communities/{community}/approvals/legal-matters", request_body = MatterAsked,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn ask_matter(at: Site, body: Body<MatterAsked>) -> Answer {
    ask_for(at, body, |fields| {
        let case = fields.required(("case", "案件"), CaseId::parse)?;
        Ok(Wanted::LegalMatter(forms::matter(fields, case)))
    })
    .await
}

/// An amount to take off a charge.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdjustmentAsked {
    charge: String,
    /// `principal` or `late_fee`
    part: String,
    /// `waiver` (owed, and let off) or `correction` (never owed)
    kind: String,
    /// Yuan, as text
    amount: String,
    reason: String,
}

/// Asks to waive or correct a charge
#[utoipa::path(post, path = "/communities/{community}/approvals/adjustments", request_body = AdjustmentAsked,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn ask_adjustment(at: Site, body: Body<AdjustmentAsked>) -> Answer {
    ask_for(at, body, |fields| forms::adjustment(fields).map(Wanted::Adjustment)).await
}

/// An opening balance that was brought in too low.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpeningAsked {
    /// `3-2-1502`
    unit: String,
    /// The fee item; the property fee when left out
    item: Option<String>,
    /// `YYYY-MM`: the month it is owed for
    period: String,
    /// Yuan, as text: how much is owed beyond what was brought in
    amount: String,
    /// When that was due; as what it corrects, or by the contract, when left out
    due_on: Option<String>,
    reason: String,
}

/// Asks to raise an opening balance: a charge of its own beside what was brought in
#[utoipa::path(post, path = "/communities/{community}/approvals/opening-corrections", request_body = OpeningAsked,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn ask_opening(at: Site, body: Body<OpeningAsked>) -> Answer {
    ask_for(at, body, |fields| forms::opening(fields, fields.unit("unit")?).map(Wanted::OpeningCorrection)).await
}

/// A demand letter to be issued.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LetterAsked {
    /// `3-2-1502`
    unit: String,
    reason: String,
}

/// Asks for a demand letter with its number, where the policy wants a second person
#[utoipa::path(post, path = "/communities/{community}/approvals/demand-letters", request_body = LetterAsked,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn ask_letter(at: Site, body: Body<LetterAsked>) -> Answer {
    ask_for(at, body, |fields| Ok(Wanted::DemandLetter { unit: fields.unit("unit")? })).await
}

/// Money to be given back.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefundAsked {
    /// The receipt it came with
    receipt: String,
    /// Yuan, as text: up to what is left put by of it, or all of it
    amount: String,
    /// By which of the ways it came, where there were several
    method: Option<String>,
    reason: String,
}

/// Asks for a refund (退款): of money put by, or of a whole receipt
#[utoipa::path(post, path = "/communities/{community}/approvals/refunds", request_body = RefundAsked,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn ask_refund(at: Site, body: Body<RefundAsked>) -> Answer {
    ask_for(at, body, |fields| forms::refund(fields).map(Wanted::Refund)).await
}

/// A closed month to be opened again.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReopeningAsked {
    /// `YYYY-MM`: the last closed month
    month: String,
    reason: String,
}

/// Asks to open the last closed month again (反结账)
#[utoipa::path(post, path = "/communities/{community}/approvals/month-reopenings", request_body = ReopeningAsked,
    responses((status = 201, description = "It waits", body = shapes::Requested)))]
async fn ask_reopening(at: Site, body: Body<ReopeningAsked>) -> Answer {
    ask_for(at, body, |fields| Ok(Wanted::ReopenMonth { month: fields.period("month")? })).await
}

/// Approves as the second person and does what was asked; the problem lists what is missing by now
#[utoipa::path(post, path = "/communities/{community}/approvals/{approval}/approval",
    responses((status = 200, description = "Approved and done", body = shapes::Decided)))]
async fn approve_one(at: Site, Path((_, approval)): Path<(String, String)>) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| approve(app, actor, community, approval_id(&approval)?)).await?)
}

/// Why not.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NotApproved {
    answer: String,
}

/// Refuses as the second person
#[utoipa::path(post, path = "/communities/{community}/approvals/{approval}/refusal", request_body = NotApproved,
    responses((status = 200, description = "Refused", body = shapes::Decided)))]
async fn refuse_one(at: Site, Path((_, approval)): Path<(String, String)>, body: Body<NotApproved>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        refuse(app, actor, community, approval_id(&approval)?, &body.value.answer)
    };
    ok(at.run(work).await?)
}

/// Takes back what the caller asked for
#[utoipa::path(post, path = "/communities/{community}/approvals/{approval}/withdrawal",
    responses((status = 200, description = "Withdrawn", body = shapes::Decided)))]
async fn withdraw_one(at: Site, Path((_, approval)): Path<(String, String)>) -> Answer {
    let community = at.id();
    ok(at.run(move |app, actor, _| withdraw(app, actor, community, approval_id(&approval)?)).await?)
}
