//! Instalment plans (分期): proposed by who talks to the owner, approved by a second person, then nobody chases while it is kept.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::collection::plan::{PlanState, spread};
use hemu_domain::ids::{CaseId, CommunityId, PlanId};
use hemu_domain::staff::Permission;
use hemu_store::collection::case_page;
use hemu_store::collection::work::{self, PlanRow};
use hemu_store::{Tx, community};
use serde_json::json;

use super::work::{audit_act, open_case};
use crate::entered::check_amount;
use crate::{Actor, App, Refusal};

/// The most parts of a plan: two years of months.
const MOST_PARTS: u32 = 24;

/// Proposes a plan for what a case owes: equal monthly parts from a day on.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a first day that is past or parts that cannot be; [`Refusal::Conflict`] while another plan waits
/// or runs.
pub fn propose_plan(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    case: CaseId,
    (total, parts, first_due_on): (Fen, u32, NaiveDate),
) -> Result<PlanId, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    check_amount("total", total)?;
    if first_due_on <= app.today() {
        return Err(Refusal::invalid("first_due_on", "第一期日期应晚于今天", "the first part is due after today"));
    }
    if !(2..=MOST_PARTS).contains(&parts) {
        let zh = format!("分期应为 2 到 {MOST_PARTS} 期");
        return Err(Refusal::invalid("parts", zh, format!("a plan has 2 to {MOST_PARTS} parts")));
    }
    let schedule = spread(total, parts, first_due_on)
        .map_err(|error| Refusal::invalid("total", format!("金额无法分成 {parts} 期"), error.to_string()))?;
    let id: PlanId = app.new_id();
    app.db.write(|tx| {
        open_case(tx, community, case)?;
        if let Some(other) = find_current(tx, community, case)? {
            let (zh, en) =
                if other.state == "active" { ("履行中", "runs") } else { ("待审批", "waits for approval") };
            return Err(Refusal::conflict(format!("已有一份{zh}的分期方案"), format!("another plan {en} already")));
        }
        let row = PlanRow {
            id,
            case_id: case,
            state: PlanState::Accepted.as_str().to_owned(),
            total_fen: total,
            agreed_on: app.today(),
            schedule: json!(schedule),
            agreed_by: actor.name.clone(),
            approved_by: String::new(),
            settled_on: None,
        };
        let seq = community::next_seq(tx, community, 1)?;
        work::insert_plan(tx, community, &row, seq)?;
        let detail = json!({ "total": total, "parts": parts, "first_due_on": first_due_on });
        audit_act(tx, app, actor, community, "plan.propose", case.uuid(), &detail)
    })?;
    Ok(id)
}

/// Decides about a plan that waits: the second person, never the one who agreed it with the owner.
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
        open_case(tx, community, case)?;
        let plan = find_current(tx, community, case)?.filter(|one| one.id == id && one.state == "accepted");
        let plan = plan.ok_or_else(|| Refusal::conflict("这份分期方案不再等待审批", "this plan waits no more"))?;
        if approved && plan.agreed_by == actor.name {
            return Err(Refusal::conflict("方案须由另一人审批", "a second person has to approve"));
        }
        let state = if approved { PlanState::Active } else { PlanState::Cancelled };
        work::decide_plan(tx, community, id, state.as_str(), (&actor.name, app.today()))?;
        audit_act(tx, app, actor, community, "plan.decide", case.uuid(), &json!({ "state": state }))
    })
}

/// The plan of a case that waits or runs.
///
/// # Errors
/// When the database refuses.
pub(super) fn find_current(
    tx: &mut Tx<'_>,
    community: CommunityId,
    case: CaseId,
) -> Result<Option<PlanRow>, hemu_store::DbError> {
    let plans = case_page::list_plans(tx, community, case)?;
    Ok(plans.into_iter().find(|one| matches!(one.state.as_str(), "accepted" | "active")))
}
