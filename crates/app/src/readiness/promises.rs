//! What the company promises (A3, 民法典 938), and what was done about it by period. What was written stays; a later word on the
//! same period counts instead.

use chrono::NaiveDate;
use hemu_domain::Period;
use hemu_domain::ids::{CommunityId, PromiseEvidenceId, ServicePromiseId};
use hemu_domain::readiness::{Every, PromiseKind, PromiseResult, period_of};
use hemu_domain::staff::Permission;
use hemu_store::readiness::{self as store, PromiseEvidenceRow, ServicePromiseRow};
use hemu_store::{Tx, community};
use serde_json::json;

use super::papers::record;
use crate::registry::{optional, required};
use crate::{Actor, App, Refusal};

/// A promise to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPromise {
    /// What it is about.
    pub kind: PromiseKind,
    /// What is promised.
    pub what: String,
    /// By what one sees whether it was kept.
    pub measure: String,
    /// How often it is looked at.
    pub every: Every,
    /// Where the contract says so; may be empty.
    pub clause: String,
    /// From when.
    pub starts_on: NaiveDate,
}

/// What was done about a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvidence {
    /// The promise.
    pub promise: ServicePromiseId,
    /// A month of the period.
    pub period: Period,
    /// What came of it.
    pub result: PromiseResult,
    /// What was done; why not, where it was not.
    pub remark: String,
}

/// Records a promise.
///
/// # Errors
/// [`Refusal::InvalidInput`] when it does not say what is promised and by what one sees it.
pub fn add_promise(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    new: &NewPromise,
) -> Result<ServicePromiseId, Refusal> {
    actor.require(Permission::EditTariff, community)?;
    let row = ServicePromiseRow {
        id: app.new_id(),
        kind: new.kind,
        what: required("what", "承诺内容", &new.what, 200)?,
        measure: required("measure", "衡量标准", &new.measure, 200)?,
        every: new.every,
        clause: optional("clause", "合同条款", &new.clause, 60)?,
        starts_on: new.starts_on,
        ends_on: None,
        added_by: actor.name.clone(),
        added_at: app.clock.now(),
    };
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        store::insert_promise(tx, community, &row)?;
        let detail = json!({ "what": row.what, "every": row.every, "from": row.starts_on });
        record(tx, app, actor, community, ("service_promise.add", "service_promise", row.id.uuid()), &detail)?;
        Ok(row.id)
    })
}

/// Ends a promise that goes on.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a day before it began; [`Refusal::Conflict`] when it has ended.
pub fn end_promise(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (id, on): (ServicePromiseId, NaiveDate),
) -> Result<(), Refusal> {
    actor.require(Permission::EditTariff, community)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let promise = find(tx, community, id)?;
        if on < promise.starts_on {
            return Err(Refusal::invalid("on", "结束日早于起始日", "it ends before it began"));
        }
        if !store::end_promise(tx, community, id, on)? {
            return Err(Refusal::conflict("这项承诺已经结束", "this promise has ended"));
        }
        let detail = json!({ "what": promise.what, "on": on });
        record(tx, app, actor, community, ("service_promise.end", "service_promise", id.uuid()), &detail)
    })
}

/// Writes what was done about a promise in a period that has begun.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a period that has not begun or lies outside the promise, or without a reason where it was not kept.
pub fn record_evidence(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    new: &NewEvidence,
) -> Result<PromiseEvidenceId, Refusal> {
    actor
        .require(Permission::EditTariff, community)
        .or_else(|_| actor.require(Permission::AnswerComplaints, community))?;
    let remark = match new.result {
        PromiseResult::Done => optional("remark", "说明", &new.remark, 500)?,
        PromiseResult::Partly | PromiseResult::Not => required("remark", "原因和补救", &new.remark, 500)?,
    };
    app.db.write(|tx| {
        let seq = community::next_seq(tx, community, 1)?;
        let promise = find(tx, community, new.promise)?;
        let period = period_of(promise.every, new.period.first_day());
        if period.first_day() > app.today()
            || period.plus_months(promise.every.months()).first_day() <= promise.starts_on
        {
            let (zh, en) =
                ("这个时段还没有开始，或在承诺之前", "this period has not begun, or lies before the promise");
            return Err(Refusal::invalid("period", zh, en));
        }
        let row = PromiseEvidenceRow {
            id: app.new_id(),
            promise_id: promise.id,
            period,
            result: new.result,
            remark: remark.clone(),
            recorded_by: actor.name.clone(),
            recorded_at: app.clock.now(),
        };
        store::insert_evidence(tx, community, &row, seq)?;
        let detail = json!({ "what": promise.what, "period": period, "result": row.result });
        let subject = ("service_promise.evidence", "promise_evidence", row.id.uuid());
        record(tx, app, actor, community, subject, &detail)?;
        Ok(row.id)
    })
}

fn find(tx: &mut Tx<'_>, community: CommunityId, id: ServicePromiseId) -> Result<ServicePromiseRow, Refusal> {
    let found = store::list_promises(tx, community)?.into_iter().find(|one| one.id == id);
    found.ok_or_else(|| Refusal::not_found("服务承诺", "service promise", ""))
}
