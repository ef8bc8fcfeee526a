//! Acts of two people (审批): one person asks, another one with the right approves, and the act is done in the transaction of the
//! approval (P3, B4, I17).
//!
//! 1. [`ask`] looks at the act's gate and writes the request; what is missing is told at once.
//! 2. [`approve`] locks the community's facts, refuses whoever asked, looks at the gate again (facts may have changed since),
//!    does the act and writes the decision. Where the gate is closed nothing is changed, and the request goes on waiting.
//! 3. [`refuse`] says why not; [`withdraw`] takes one's own request back. A request nobody decided lapses.
//!
//! A request is decided once: whoever comes second is told what was decided.

mod asked;
mod list;

use hemu_domain::ids::{ApprovalId, CommunityId};
use hemu_domain::staff::Permission;
use hemu_domain::staff::approval::{ApprovalState, last_day};
use hemu_store::approval::{self as store, ApprovalRow, DecisionRow};
use hemu_store::{DbError, Tx, community};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

pub use self::asked::{About, Asked};
pub use self::list::{ApprovalItem, ApprovalList, list_approvals};

use self::asked::Stored;
use crate::audit::{self, Act};
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// The two people of an act. Made where an approval is checked, and nowhere else.
#[derive(Clone, Copy)]
pub(crate) struct TwoPeople<'a> {
    /// Who asked for it.
    pub asked_by: &'a str,
    /// The other one, who approves it now.
    pub approver: &'a Actor,
    /// Why it was asked for.
    pub reason: &'a str,
}

/// A request that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Requested {
    /// Its id.
    pub id: ApprovalId,
    /// The last day to approve it.
    pub expires_on: chrono::NaiveDate,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// The request.
    pub id: ApprovalId,
    /// Approved, refused or withdrawn.
    pub state: ApprovalState,
    /// The matter, charge or letter an approved act led to.
    pub result: Option<Uuid>,
}

/// Asks for an act of two people, with the reason that goes on record.
///
/// # Errors
/// [`Refusal::Forbidden`] when the person may not; [`Refusal::Gated`] with what is missing already; [`Refusal::Conflict`] when
/// the same was asked for and waits; [`Refusal::InvalidInput`] without a reason.
pub fn ask(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    asked: &Asked,
    reason: &str,
) -> Result<Requested, Refusal> {
    actor.require(asked.kind().permission_to_ask(), community)?;
    let reason = required("reason", "理由", reason, 500)?;
    app.db.write(|tx| write_request(tx, app, actor, community, asked, &reason))
}

fn write_request(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    asked: &Asked,
    reason: &str,
) -> Result<Requested, Refusal> {
    let (kind, today) = (asked.kind(), app.today());
    let seq = community::next_seq(tx, community, 1)?;
    let (subject_id, about) = asked.check(tx, app, community)?;
    store::expire(tx, community, (kind, subject_id), today)?;
    let stored = Stored { act: asked.clone(), about };
    let row = ApprovalRow {
        id: app.new_id(),
        kind,
        subject_id,
        asked: serde_json::to_value(&stored).map_err(|error| Refusal::Internal(error.to_string()))?,
        reason: reason.to_owned(),
        asked_by_id: actor.staff_id,
        asked_by: actor.name.clone(),
        asked_at: app.clock.now(),
        expires_on: last_day(today),
        state: ApprovalState::Open,
        decision: None,
    };
    if store::list_open(tx, community, today)?.iter().any(|one| one.kind == kind && one.subject_id == subject_id) {
        return Err(Refusal::conflict(
            "同样的申请已在等待审批，请先处理或撤回",
            "the same was asked for already and waits: decide or withdraw it first",
        ));
    }
    store::insert(tx, community, &row, seq)?;
    let detail = json!({ "kind": kind, "about": stored.about, "expires_on": row.expires_on });
    record(tx, app, actor, community, ("approval.ask", row.id), &detail)?;
    Ok(Requested { id: row.id, expires_on: row.expires_on })
}

/// Approves a request as the second person, and does what was asked.
///
/// # Errors
/// [`Refusal::Forbidden`] when the person may not; [`Refusal::Conflict`] when the person asked for it, or it waits no more;
/// [`Refusal::Gated`] with what is missing by now, and whatever else the act itself refuses.
pub fn approve(app: &App, actor: &Actor, community: CommunityId, id: ApprovalId) -> Result<Decided, Refusal> {
    actor.require(Permission::Approve, community)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let row = waiting(tx, app, community, id)?;
        if actor.is(row.asked_by_id, &row.asked_by) {
            let zh = "申请人（或同名的人）不能审批，须由另一人审批";
            return Err(Refusal::conflict(
                zh,
                "who asked, or somebody of that name, cannot approve: a second person has to",
            ));
        }
        let people = TwoPeople { asked_by: &row.asked_by, approver: actor, reason: &row.reason };
        let result = Stored::read(&row)?.act.carry_out(tx, app, people, community)?;
        decide(tx, app, actor, community, (id, ApprovalState::Approved), (None, Some(result)))
    })
}

/// Says no as the second person, and why.
///
/// # Errors
/// As for [`approve`]; [`Refusal::InvalidInput`] without a reason.
pub fn refuse(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    id: ApprovalId,
    answer: &str,
) -> Result<Decided, Refusal> {
    actor.require(Permission::Approve, community)?;
    let answer = required("answer", "驳回理由", answer, 500)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let row = waiting(tx, app, community, id)?;
        if actor.is(row.asked_by_id, &row.asked_by) {
            return Err(Refusal::conflict("这是您自己的申请，请撤回", "this is your own request: withdraw it"));
        }
        decide(tx, app, actor, community, (id, ApprovalState::Refused), (Some(answer.clone()), None))
    })
}

/// Takes back what one asked for.
///
/// # Errors
/// [`Refusal::Conflict`] when somebody else asked, or it waits no more.
pub fn withdraw(app: &App, actor: &Actor, community: CommunityId, id: ApprovalId) -> Result<Decided, Refusal> {
    actor.require(Permission::Read, community)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let row = waiting(tx, app, community, id)?;
        if !actor.is(row.asked_by_id, &row.asked_by) {
            return Err(Refusal::conflict("只有申请人可以撤回", "only who asked may withdraw it"));
        }
        decide(tx, app, actor, community, (id, ApprovalState::Withdrawn), (None, None))
    })
}

/// A request that waits today, the community's facts locked.
fn waiting(tx: &mut Tx<'_>, app: &App, community: CommunityId, id: ApprovalId) -> Result<ApprovalRow, Refusal> {
    let row = store::find(tx, community, id)?.ok_or_else(|| Refusal::not_found("申请", "request", ""))?;
    let lapsed = row.state == ApprovalState::Open && row.expires_on < app.today();
    let state = if lapsed { ApprovalState::Expired } else { row.state };
    if state == ApprovalState::Open {
        return Ok(row);
    }
    let label = state.label();
    let by = row.decision.map(|one| one.by).unwrap_or_default();
    let (zh, en) =
        if by.is_empty() { (String::new(), String::new()) } else { (format!("（{by}）"), format!(" by {by}")) };
    Err(Refusal::conflict(
        format!("这份申请{}{zh}，不再等待审批", label.zh),
        format!("this request was {}{en} and waits no more", label.en),
    ))
}

fn decide(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (id, state): (ApprovalId, ApprovalState),
    (answer, result_id): (Option<String>, Option<Uuid>),
) -> Result<Decided, Refusal> {
    let detail = json!({ "result": result_id });
    let decision =
        DecisionRow { by_id: actor.staff_id, by: actor.name.clone(), at: app.clock.now(), answer, result_id };
    if !store::decide(tx, community, id, (state, &decision))? {
        return Err(Refusal::conflict("这份申请不再等待审批", "this request waits no more"));
    }
    let act = match state {
        ApprovalState::Approved => "approval.approve",
        ApprovalState::Refused => "approval.refuse",
        ApprovalState::Withdrawn | ApprovalState::Open | ApprovalState::Expired => "approval.withdraw",
    };
    record(tx, app, actor, community, (act, id), &detail)?;
    Ok(Decided { id, state, result: result_id })
}

fn record(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (act, id): (&'static str, ApprovalId),
    detail: &serde_json::Value,
) -> Result<(), DbError> {
    let act = Act { act, subject_kind: "approval", subject_id: Some(id.uuid()), detail };
    audit::record(tx, app, actor, Some(community), &act)
}
