//! Collection (催缴): the run, cases and tasks, and what people do on a case.

use axum::extract::Path;
use hemu_app::collection::case_page::{CaseFilter, case_page_of, list_cases};
use hemu_app::collection::holds::{confirm_hold, open_hold, release_hold};
use hemu_app::collection::policy_in_force;
use hemu_app::collection::promises::{decide_promise, offer_promise};
use hemu_app::collection::signals::confirm_proposal;
use hemu_app::collection::work::{classify, complete_task, list_open_tasks, record_contact};
use hemu_app::collection::{DispatchReport, RunReport, RunRequest, dispatch, run_collection};
use hemu_app::{Actor, App, Look, Refusal, gateways};
use hemu_domain::collection::classification::{Attitude, Cause};
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::{CaseId, CommunityId, HoldId, PromiseId, TaskId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, Written, created, done, ok};
use super::caller::{Looking, Site};
use super::input::{Asked, Body, read_id, rows};
use super::operations::Operations;
use super::problem::Problem;
use super::shapes;
use crate::forms;

#[derive(OpenApi)]
#[openapi(paths(
    run,
    list,
    show,
    contact,
    classification,
    confirm_classification,
    hold,
    release,
    confirm,
    promise,
    decide_a_promise,
    tasks,
    complete
))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("collection", "催缴 / Runs, cases, tasks")
        .post("/communities/{community}/collection-runs", run)
        .get("/communities/{community}/cases", list)
        .get("/communities/{community}/cases/{case}", show)
        .post("/communities/{community}/cases/{case}/contacts", contact)
        .put("/communities/{community}/cases/{case}/classification", classification)
        .post("/communities/{community}/cases/{case}/classification/confirmation", confirm_classification)
        .post("/communities/{community}/cases/{case}/holds", hold)
        .post("/communities/{community}/holds/{hold}/release", release)
        .post("/communities/{community}/holds/{hold}/confirmation", confirm)
        .post("/communities/{community}/cases/{case}/promises", promise)
        .post("/communities/{community}/cases/{case}/promises/{promise}/decision", decide_a_promise)
        .get("/communities/{community}/tasks", tasks)
        .post("/communities/{community}/tasks/{task}/completion", complete)
}

/// How collection is run.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Run {
    /// Decide and report, write nothing
    #[serde(default)]
    dry_run: bool,
    /// Plan only, send nothing
    #[serde(default)]
    plan_only: bool,
}

#[derive(Serialize)]
struct Ran {
    #[serde(flatten)]
    run: RunReport,
    dispatch: DispatchReport,
}

/// One decision per open case; then what is due goes out
#[utoipa::path(post, path = "/communities/{community}/collection-runs", request_body = Run,
    responses((status = 200, description = "What was decided and sent", body = shapes::CollectReport)))]
async fn run(at: Site, body: Body<Run>) -> Answer {
    let (community, asked) = (at.id(), body.value);
    let work = move |app: &App, actor: &Actor, _: &str| {
        let policy = policy_in_force(app)?;
        let request = RunRequest { community, as_of: app.today(), dry_run: asked.dry_run };
        let run = run_collection(app, actor, &policy, &request)?;
        let sent = if asked.dry_run || asked.plan_only {
            DispatchReport::default()
        } else {
            dispatch(app, actor, community, &gateways::of(app), &policy)?
        };
        Ok(Ran { run, dispatch: sent })
    };
    ok(at.run(work).await?)
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only this stage: `reminder`, `conversation`, `demand` or `legal`
    stage: Option<String>,
    /// `yes`: only cases of the caller
    mine: Option<String>,
    /// The cursor `next` of the page before
    after: Option<String>,
    /// Rows, 1 to 200 (100)
    limit: Option<String>,
}

/// Open cases by cursor
#[utoipa::path(get, path = "/communities/{community}/cases", params(ListQuery),
    responses((status = 200, description = "By number", body = shapes::CaseList)))]
async fn list(at: Site, asked: Asked<ListQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let stage = asked.fields.optional(("stage", "阶段"), Stage::parse)?;
        let filter = CaseFilter { stage, mine: asked.fields.is_ticked("mine") };
        list_cases(app, actor, name, &filter, (asked.fields.text("after"), rows(&asked.fields)?))
    };
    ok(at.run(work).await?)
}

pub(super) fn case_id(text: &str) -> Result<CaseId, Refusal> {
    read_id(text, CaseId::parse, ("案件", "case"))
}

/// One case: who owes what, what happened, what was decided and why
#[utoipa::path(get, path = "/communities/{community}/cases/{case}",
    responses((status = 200, description = "The case", body = shapes::CasePage)))]
async fn show(at: Looking, Path((_, case)): Path<(String, String)>) -> Answer {
    let work = |look: &mut Look<'_, '_>, case: String| Written::write(&case_page_of(look, case_id(&case)?)?);
    at.show(Ok(case), work).await
}

/// Does something on the case of the address.
pub(super) async fn act<T: Send + 'static>(
    at: &Site,
    case: String,
    work: impl FnOnce(&App, &Actor, CommunityId, CaseId) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Problem> {
    let community = at.id();
    at.run(move |app, actor, _| work(app, actor, community, case_id(&case)?)).await
}

/// A contact a person made.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Contact {
    /// `phone`, `visit`, `counter`, `wechat` or `letter`
    channel: String,
    /// `REACHED_PROMISE`, `REACHED_TALK`, `REACHED_DISPUTE`, `REACHED_REFUSE`, `NO_ANSWER`...
    outcome: String,
    /// The task it carries out
    task: Option<String>,
    cause: Option<String>,
    attitude: Option<String>,
    #[serde(default)]
    note: String,
    /// With `REACHED_PROMISE`: yuan, as text
    promise_amount: Option<String>,
    /// With `REACHED_PROMISE`: the day
    promise_on: Option<String>,
    #[serde(default)]
    next_step: String,
    next_on: Option<String>,
    /// Who wanted it: `ours` (left out), `call_back` or `owner`
    initiative: Option<String>,
    /// When it was, today, such as `18:30`; now where left out
    at: Option<String>,
    /// The reference of the script that was shown
    script: Option<String>,
}

/// Records a contact; one over the contact budget is kept and says which rule it broke
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/contacts", request_body = Contact,
    responses((status = 200, description = "Recorded", body = shapes::ContactRecorded)))]
async fn contact(at: Site, Path((_, case)): Path<(String, String)>, body: Body<Contact>) -> Answer {
    let work = move |app: &App, actor: &Actor, community: CommunityId, case: CaseId| {
        record_contact(app, actor, &forms::contact(&body.fields, community, case)?)
    };
    let breach = act(&at, case, work).await?.map(|block| block.rule);
    ok(json!({ "breach": breach }))
}

/// Cause and attitude, and what they rest on.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Classification {
    cause: String,
    attitude: String,
    evidence: String,
}

/// Sets cause and attitude of a case
#[utoipa::path(put, path = "/communities/{community}/cases/{case}/classification", request_body = Classification,
    responses((status = 204, description = "Set")))]
async fn classification(at: Site, Path((_, case)): Path<(String, String)>, body: Body<Classification>) -> Answer {
    let work = move |app: &App, actor: &Actor, community: CommunityId, case: CaseId| {
        let cause = body.fields.required(("cause", "原因"), Cause::parse)?;
        let attitude = body.fields.required(("attitude", "态度"), Attitude::parse)?;
        classify(app, actor, community, case, (cause, attitude), body.fields.text("evidence"))
    };
    act(&at, case, work).await?;
    done()
}

/// Confirms what the data propose for a case
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/classification/confirmation",
    responses((status = 204, description = "It holds from today")))]
async fn confirm_classification(at: Site, Path((_, case)): Path<(String, String)>) -> Answer {
    act(&at, case, confirm_proposal).await?;
    done()
}

/// Why nobody contacts the payer, and when somebody looks again.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Hold {
    /// `service_dispute`, `billing_query`, `hardship`...
    kind: String,
    reason: String,
    review_on: String,
    /// Charges it is about, if it is about single ones
    #[serde(default)]
    charges: Vec<String>,
    /// Yuan, as text, if it is about an amount
    amount: Option<String>,
    /// The document it rests on: needed for `deceased`
    document: Option<String>,
    /// Who is responsible for it; whoever opens it, where left out
    staff: Option<String>,
}

/// Holds a case (暂缓)
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/holds", request_body = Hold,
    responses((status = 201, description = "Held", body = shapes::Made)))]
async fn hold(at: Site, Path((_, case)): Path<(String, String)>, body: Body<Hold>) -> Answer {
    let work = move |app: &App, actor: &Actor, community: CommunityId, case: CaseId| {
        open_hold(app, actor, &forms::hold(&body.fields, community, case)?)
    };
    let id = act(&at, case, work).await?;
    created(json!({ "id": id }))
}

/// Why a hold ends.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Release {
    reason: String,
}

/// Ends a hold
#[utoipa::path(post, path = "/communities/{community}/holds/{hold}/release", request_body = Release,
    responses((status = 204, description = "Ended")))]
async fn release(at: Site, Path((_, hold)): Path<(String, String)>, body: Body<Release>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let hold = read_id(&hold, HoldId::parse, ("暂缓", "hold"))?;
        release_hold(app, actor, community, hold, &body.value.reason)
    };
    at.run(work).await?;
    done()
}

/// Confirms a hold as its second person; the id of the hold in force from now on
#[utoipa::path(post, path = "/communities/{community}/holds/{hold}/confirmation",
    responses((status = 201, description = "Confirmed", body = shapes::Made)))]
async fn confirm(at: Site, Path((_, hold)): Path<(String, String)>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        confirm_hold(app, actor, community, read_id(&hold, HoldId::parse, ("暂缓", "hold"))?)
    };
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

/// What is proposed to the owner.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Promise {
    /// Yuan, as text
    amount: String,
    /// By when
    due_on: String,
    /// `phone`, `visit`, `counter`, `wechat` or `letter`
    channel: String,
}

/// Proposes a promise to the owner; nothing rests until the owner agrees
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/promises", request_body = Promise,
    responses((status = 201, description = "Proposed", body = shapes::Made)))]
async fn promise(at: Site, Path((_, case)): Path<(String, String)>, body: Body<Promise>) -> Answer {
    let work = move |app: &App, actor: &Actor, community: CommunityId, case: CaseId| {
        let terms = (body.fields.amount("amount")?, body.fields.day("due_on", "承诺日期")?);
        offer_promise(app, actor, community, case, (terms, body.fields.text("channel")))
    };
    let id = act(&at, case, work).await?;
    created(json!({ "id": id }))
}

/// What the owner, or the office, says to it.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PromiseDecision {
    /// `accept` (the owner agrees to the offer) or `withdraw`
    decision: String,
    /// With `accept`: `phone`, `visit`, `counter`, `wechat` or `letter`
    channel: Option<String>,
    /// With `withdraw`: why
    reason: Option<String>,
}

/// The owner agrees to an offer, or an offer or running promise is taken back; the id of the promise that runs, or was withdrawn
#[utoipa::path(post, path = "/communities/{community}/cases/{case}/promises/{promise}/decision",
    request_body = PromiseDecision, responses((status = 200, description = "Decided", body = shapes::Made)))]
async fn decide_a_promise(
    at: Site,
    Path((_, case, promise)): Path<(String, String, String)>,
    body: Body<PromiseDecision>,
) -> Answer {
    let work = move |app: &App, actor: &Actor, community: CommunityId, case: CaseId| {
        let promise = read_id(&promise, PromiseId::parse, ("承诺", "promise"))?;
        decide_promise(app, actor, community, case, (promise, &forms::promise_act(&body.fields)?))
    };
    let id = act(&at, case, work).await?;
    ok(json!({ "id": id }))
}

/// The open tasks, the most urgent first
#[utoipa::path(get, path = "/communities/{community}/tasks",
    responses((status = 200, description = "By day", body = shapes::Tasks)))]
async fn tasks(at: Site) -> Answer {
    let community = at.id();
    let rows = at.run(move |app, actor, _| list_open_tasks(app, actor, community)).await?;
    ok(json!({ "rows": rows }))
}

/// What came of a task.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Completion {
    result: String,
}

/// Finishes a task that is no contact
#[utoipa::path(post, path = "/communities/{community}/tasks/{task}/completion", request_body = Completion,
    responses((status = 204, description = "Finished")))]
async fn complete(at: Site, Path((_, task)): Path<(String, String)>, body: Body<Completion>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let task = read_id(&task, TaskId::parse, ("任务", "task"))?;
        complete_task(app, actor, community, task, &body.value.result)
    };
    at.run(work).await?;
    done()
}
