//! Instalment plans (分期): quoted, offered, agreed to, approved by a second person where the policy asks for one; then nobody chases what
//! is in the plan while it is kept, and what is not in it goes on as ever.
//!
//! Original due dates are kept, so a default puts nobody in another place than before; contact begins again after the days of rest (I13).
//! The owner's agreement is an acknowledgement of the debt (民法典 195): it interrupts limitation of the charges of the plan.

mod paper;
mod quote;
mod signed;
mod standing;

pub use self::paper::plan_agreement;
pub(super) use self::quote::says_of_offer;
pub use self::quote::{PlanQuote, PlanRequest, Schedule, quote_plan};
pub use self::signed::{keep_signed, read_signed};
pub(super) use self::standing::{
    PaidOnPlans, find_next_part, next_instalments, note_warning, of_case, schedule_of, standing, view, view_of,
};
pub use self::standing::{Part, PlanView};

use hemu_domain::Fen;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::collection::plan::{PlanLine, PlanState, PlanTerms, Standing};
use hemu_domain::collection::promise::PromiseState;
use hemu_domain::ids::{CaseId, CommunityId, PlanId};
use hemu_domain::staff::Permission;
use hemu_store::collection::case::CaseRow;
use hemu_store::collection::work::{self, PlanRow};
use hemu_store::{Tx, community};
use serde_json::json;

use self::quote::draw;
use super::agreed;
use super::holds::rest_what_is_under_way;
use super::promises::check_channel;
use super::snapshot;
use super::versions::in_force_on;
use super::work::{audit_act, open_case};
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// Offers a plan to the owner, or puts down one the owner agrees to on the spot (`agreed` names how).
///
/// # Errors
/// [`Refusal::InvalidInput`] for a first day that is past or parts that cannot be; [`Refusal::Conflict`] while another plan is not over.
pub fn propose_plan(app: &App, actor: &Actor, request: &PlanRequest) -> Result<PlanId, Refusal> {
    let community = request.community;
    actor.require(Permission::WorkCases, community)?;
    if let Some(channel) = &request.agreed {
        check_channel(channel)?;
    }
    app.db.write(|tx| {
        let case = open_case(tx, community, request.case)?;
        refuse_second(tx, community, case.id)?;
        let drawn = draw(tx, app, request, &case)?;
        let row = PlanRow {
            id: app.new_id(),
            case_id: case.id,
            state: PlanState::Offered.as_str().to_owned(),
            total_fen: drawn.total(),
            offered_on: app.today(),
            lapses_on: drawn.lapses_on,
            agreed_on: None,
            agreed_by_way: String::new(),
            lines: json!(drawn.lines),
            schedule: json!(drawn.schedule),
            terms: json!(drawn.terms),
            agreed_by: actor.name.clone(),
            approved_by: String::new(),
            runs_from: None,
            warned_on: None,
            warned_by: String::new(),
            settled_on: None,
            ended_why: String::new(),
        };
        let seq = community::next_seq(tx, community, 1)?;
        work::insert_plan(tx, community, &row, seq)?;
        let detail = json!({ "total": row.total_fen, "parts": drawn.schedule.len(), "lapses_on": row.lapses_on });
        audit_act(tx, app, actor, community, "plan.propose", case.id.uuid(), &detail)?;
        if let Some(channel) = &request.agreed {
            agree(tx, app, actor, community, (&case, &row), channel)?;
        }
        Ok(row.id)
    })
}

fn refuse_second(tx: &mut Tx<'_>, community: CommunityId, case: CaseId) -> Result<(), Refusal> {
    let Some(other) = find_current(tx, community, case)? else { return Ok(()) };
    let state = PlanState::parse(&other.state).map_err(Refusal::Internal)?.label();
    Err(Refusal::conflict(
        format!("已有一份分期方案（{}），请先办结或终止", state.zh),
        format!("another plan is not over ({}): finish it or give it up first", state.en),
    ))
}

/// The owner agrees to a plan that was offered.
///
/// # Errors
/// [`Refusal::Conflict`] when it was answered before, has lapsed, or what is owed has changed since.
pub fn accept_plan(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    case: CaseId,
    (id, channel): (PlanId, &str),
) -> Result<(), Refusal> {
    actor.require(Permission::WorkCases, community)?;
    check_channel(channel)?;
    app.db.write(|tx| {
        let case = open_case(tx, community, case)?;
        let plan = get_current(tx, community, case.id, id)?;
        if plan.state != PlanState::Offered.as_str() || plan.lapses_on < app.today() {
            let zh = "这份分期方案已答复或已过答复期限，请重新提出";
            return Err(Refusal::conflict(zh, "this plan was answered or has lapsed: offer it anew"));
        }
        agree(tx, app, actor, community, (&case, &plan), channel)
    })
}

/// Notes the owner's agreement; a plan that needs no second person runs at once.
///
/// # Errors
/// [`Refusal::Conflict`] when what is owed has changed since it was offered.
pub(super) fn agree(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (case, plan): (&CaseRow, &PlanRow),
    channel: &str,
) -> Result<(), Refusal> {
    refuse_changed(tx, app, community, plan)?;
    let agreed = PlanRow {
        state: PlanState::Accepted.as_str().to_owned(),
        agreed_on: Some(app.today()),
        agreed_by_way: channel.to_owned(),
        ..plan.clone()
    };
    put(tx, community, plan, &agreed)?;
    let detail = json!({ "total": plan.total_fen, "channel": channel });
    audit_act(tx, app, actor, community, "plan.accept", case.id.uuid(), &detail)?;
    if needs_second_person(in_force_on(tx, app.today())?.plan_approval_above, plan.total_fen) {
        return Ok(());
    }
    begin(tx, app, community, (case, &agreed), "")
}

/// Whether a plan of that sum waits for a second person.
pub(super) const fn needs_second_person(approval_above: Fen, total: Fen) -> bool {
    total.get() > approval_above.get()
}

/// What is agreed to is what was offered: a payment or a correction meanwhile makes another plan.
fn refuse_changed(tx: &mut Tx<'_>, app: &App, community: CommunityId, plan: &PlanRow) -> Result<(), Refusal> {
    if still_owed(tx, app, community, plan)? {
        return Ok(());
    }
    let zh = "提出分期后欠费已有变化（缴费或更正），请终止后重新提出";
    Err(Refusal::conflict(zh, "what is owed has changed since the plan was offered: give it up and offer it anew"))
}

/// Whether what is in a plan is owed as it was when the plan was offered.
///
/// # Errors
/// When the database refuses, or the case is closed.
pub(super) fn still_owed(tx: &mut Tx<'_>, app: &App, community: CommunityId, plan: &PlanRow) -> Result<bool, Refusal> {
    let open = snapshot::one_case(tx, community, plan.case_id, app.today())?.charges;
    let stands = |line: &PlanLine| open.iter().any(|one| one.charge_id == line.charge && one.open_fen == line.open);
    Ok(lines_of(plan)?.iter().all(stands))
}

/// Decides about a plan the owner agreed to: the second person, never the one who agreed it with the owner.
///
/// # Errors
/// [`Refusal::Conflict`] when it does not wait any more, or the same person agreed it.
pub fn decide_plan(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    case: CaseId,
    (id, approved): (PlanId, bool),
) -> Result<(), Refusal> {
    actor.require(Permission::Approve, community)?;
    app.db.write(|tx| {
        let case = open_case(tx, community, case)?;
        let plan = find_current(tx, community, case.id)?.filter(|one| one.id == id && one.state == "accepted");
        let plan = plan.ok_or_else(|| Refusal::conflict("这份分期方案不再等待审批", "this plan waits no more"))?;
        if approved && plan.agreed_by == actor.name {
            return Err(Refusal::conflict("方案须由另一人审批", "a second person has to approve"));
        }
        let detail = json!({ "state": if approved { PlanState::Active } else { PlanState::Cancelled } });
        audit_act(tx, app, actor, community, "plan.decide", case.id.uuid(), &detail)?;
        if approved {
            return begin(tx, app, community, (&case, &plan), &actor.name);
        }
        end(tx, app, community, &plan, (PlanState::Cancelled, "审批未通过"))
    })
}

/// The plan runs from today: what is in it rests, a promise gives way to it, and messages under way are about the rest.
fn begin(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    (case, plan): (&CaseRow, &PlanRow),
    approver: &str,
) -> Result<(), Refusal> {
    let running = PlanRow {
        state: PlanState::Active.as_str().to_owned(),
        approved_by: approver.to_owned(),
        runs_from: Some(app.today()),
        ..plan.clone()
    };
    put(tx, community, plan, &running)?;
    let replaced = PromiseState::Superseded;
    work::end_offers(tx, community, case.id, (replaced.as_str(), app.today()))?;
    work::settle_promises_of_cases(tx, community, &[case.id.uuid()], replaced.as_str(), app.today())?;
    agreed::promises_ended(tx, community, (&[case.id.uuid()], replaced), app.today())?;
    let hold = agreed::rest_for_plan(tx, app, community, case, (&running, &lines_of(plan)?, terms_of(plan)?))?;
    rest_what_is_under_way(tx, app, community, &hold)
}

/// Gives a plan up, with the reason; one that runs only by whoever may approve plans.
///
/// # Errors
/// [`Refusal::Conflict`] when it is over; [`Refusal::InvalidInput`] without a reason.
pub fn cancel_plan(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    case: CaseId,
    (id, reason): (PlanId, &str),
) -> Result<(), Refusal> {
    actor.require(Permission::WorkCases, community)?;
    let reason = required("reason", "终止原因", reason, 200)?;
    app.db.write(|tx| {
        let case = open_case(tx, community, case)?;
        let plan = get_current(tx, community, case.id, id)?;
        if plan.state == PlanState::Active.as_str() {
            actor.require(Permission::Approve, community)?;
        }
        end(tx, app, community, &plan, (PlanState::Cancelled, &reason))?;
        audit_act(tx, app, actor, community, "plan.cancel", case.id.uuid(), &json!({ "reason": reason }))
    })
}

/// Ends a plan, and what rested with it.
///
/// # Errors
/// When the database refuses.
pub(super) fn end(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    plan: &PlanRow,
    (state, why): (PlanState, &str),
) -> Result<(), Refusal> {
    work::end_plans(tx, community, std::slice::from_ref(plan), (state.as_str(), app.today(), why))?;
    Ok(agreed::ended(tx, community, (&[plan.case_id.uuid()], HoldKind::Plan), (app.today(), why))?)
}

/// The owner was told of a missed instalment, in whatever way; the days until a default count from here.
///
/// # Errors
/// [`Refusal::Conflict`] when nothing is missed, or the owner was told already.
pub fn warn_plan(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    case: CaseId,
    (id, channel): (PlanId, &str),
) -> Result<(), Refusal> {
    actor.require(Permission::WorkCases, community)?;
    check_channel(channel)?;
    app.db.write(|tx| {
        let case = open_case(tx, community, case)?;
        let plan = get_current(tx, community, case.id, id)?;
        let found = view(tx, community, (&plan, case.party_id), app.today())?;
        if !matches!(found.standing, Some(Standing::Missed { warned: false, .. })) {
            let zh = "没有需要通知的逾期分期，或已通知过";
            return Err(Refusal::conflict(zh, "no instalment is missed, or the owner was told already"));
        }
        note_warning(tx, app, actor, community, case.id)?;
        for task in work::list_tasks_of_case(tx, community, case.id)? {
            if task.kind == WARN_TASK && task.state == "open" {
                work::finish_task(tx, community, task.id, "已通知", app.today(), &actor.name)?;
            }
        }
        audit_act(tx, app, actor, community, "plan.warn", case.id.uuid(), &json!({ "channel": channel }))
    })
}

/// The task to tell an owner of a missed instalment.
pub(crate) const WARN_TASK: &str = "warn_plan";

fn put(tx: &mut Tx<'_>, community: CommunityId, old: &PlanRow, new: &PlanRow) -> Result<(), Refusal> {
    if work::put_plan(tx, community, old, new)? {
        return Ok(());
    }
    Err(Refusal::conflict("分期方案刚被他人处理，请刷新", "somebody else dealt with the plan just now: reload"))
}

/// The plan of a case that is not over.
///
/// # Errors
/// When the database refuses.
pub(super) fn find_current(
    tx: &mut Tx<'_>,
    community: CommunityId,
    case: CaseId,
) -> Result<Option<PlanRow>, hemu_store::DbError> {
    let plans = work::list_plans_of_case(tx, community, case)?;
    Ok(plans.into_iter().rfind(|one| PlanState::parse(&one.state).is_ok_and(PlanState::is_current)))
}

fn get_current(tx: &mut Tx<'_>, community: CommunityId, case: CaseId, id: PlanId) -> Result<PlanRow, Refusal> {
    let found = find_current(tx, community, case)?.filter(|one| one.id == id);
    found.ok_or_else(|| Refusal::conflict("这份分期方案已结束", "this plan is over"))
}

/// The charges of a plan.
pub(super) fn lines_of(plan: &PlanRow) -> Result<Vec<PlanLine>, Refusal> {
    serde_json::from_value(plan.lines.clone()).map_err(|error| Refusal::Internal(error.to_string()))
}

/// What was agreed beside the dates.
pub(super) fn terms_of(plan: &PlanRow) -> Result<PlanTerms, Refusal> {
    serde_json::from_value(plan.terms.clone()).map_err(|error| Refusal::Internal(error.to_string()))
}
