//! Complaints (客诉) that bear on a case: taking one rests contact until it is answered (P5); the answer goes to the owner.

use chrono::NaiveDate;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::{CaseId, ChargeId, CommunityId, ComplaintId, HoldId, TaskId};
use hemu_domain::service::{ComplaintState, Department, latest_answer};
use hemu_domain::staff::Permission;
use hemu_store::collection::case::CaseRow;
use hemu_store::collection::case_page;
use hemu_store::collection::work::{self, ComplaintRow, HoldRow, TaskRow};
use hemu_store::{Tx, community};
use serde_json::json;

use super::dispute::dispute;
use super::work::{audit_act, open_case};
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// A complaint to take down.
#[derive(Clone, Debug)]
pub struct NewComplaint {
    /// The community.
    pub community: CommunityId,
    /// The case it bears on.
    pub case: CaseId,
    /// Who answers.
    pub department: Department,
    /// What it is about.
    pub subject: String,
    /// By when an answer is promised.
    pub promised_on: NaiveDate,
    /// The charges it is about, where it is about single ones: their late fee stands still.
    pub charges: Vec<ChargeId>,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Found right and put right: contact goes on.
    Remedied,
    /// Found right, not put right yet: contact rests on.
    Valid,
    /// Found wrong: contact goes on.
    Invalid,
}

/// Takes a complaint down: contact rests until the day of the answer, and somebody has the task to answer.
///
/// # Errors
/// [`Refusal::InvalidInput`] without a subject, or when the answer is promised for a day that is past or too far off.
pub fn take_complaint(app: &App, actor: &Actor, new: &NewComplaint) -> Result<ComplaintId, Refusal> {
    actor.require(Permission::WorkCases, new.community)?;
    let subject = required("subject", "投诉内容", &new.subject, 500)?;
    let (today, latest) = (app.today(), latest_answer(app.today()));
    if new.promised_on <= today || new.promised_on > latest {
        let zh = format!("答复日期应在明天到 {latest} 之间");
        return Err(Refusal::invalid("promised_on", zh, format!("the answer lies between tomorrow and {latest}")));
    }
    let id: ComplaintId = app.new_id();
    app.db.write(|tx| {
        let case = open_case(tx, new.community, new.case)?;
        let complaint = complaint_row(tx, app, actor, new, (&case, id, &subject))?;
        let seq = community::next_seq(tx, new.community, 2)?;
        work::insert_complaint(tx, new.community, &complaint, seq - 1)?;
        work::insert_hold(tx, new.community, &hold_row(app, actor, new, id), seq)?;
        work::insert_task(tx, new.community, &task_row(app, new))?;
        if !new.charges.is_empty() {
            dispute(tx, app, actor, (new.community, &complaint), &new.charges)?;
        }
        let detail = json!({ "department": new.department, "promised_on": new.promised_on });
        audit_act(tx, app, actor, new.community, "complaint.take", case.id.uuid(), &detail)
    })?;
    Ok(id)
}

fn complaint_row(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    new: &NewComplaint,
    (case, id, subject): (&CaseRow, ComplaintId, &str),
) -> Result<ComplaintRow, Refusal> {
    let accounts = case_page::list_accounts(tx, new.community, case.party_id)?;
    let unit = accounts.first().ok_or_else(|| Refusal::conflict("该业主没有房屋账户", "this payer has no account"))?;
    Ok(ComplaintRow {
        id,
        case_id: Some(case.id),
        unit_id: unit.unit_id,
        party_id: case.party_id,
        department: new.department.as_str().to_owned(),
        subject: subject.to_owned(),
        state: ComplaintState::Open.as_str().to_owned(),
        opened_on: app.today(),
        promised_on: new.promised_on,
        answered_on: None,
        answer: None,
        taken_by: actor.name.clone(),
    })
}

fn hold_row(app: &App, actor: &Actor, new: &NewComplaint, complaint: ComplaintId) -> HoldRow {
    let suppresses = HoldKind::ServiceDispute.suppresses();
    let id: HoldId = app.new_id();
    HoldRow {
        id,
        case_id: Some(new.case),
        kind: HoldKind::ServiceDispute.as_str().to_owned(),
        scope: "case".to_owned(),
        suppress_contact: suppresses.contact,
        suppress_escalation: suppresses.escalation,
        suppress_late_fee: suppresses.late_fee,
        suppress_legal: suppresses.legal,
        charge_ids: json!([]),
        reason: "投诉处理中，答复前不催缴".to_owned(),
        opened_by: actor.name.clone(),
        opened_on: app.today(),
        review_on: new.promised_on,
        expires_on: None,
        released_on: None,
        complaint_id: Some(complaint),
    }
}

fn task_row(app: &App, new: &NewComplaint) -> TaskRow {
    let id: TaskId = app.new_id();
    TaskRow {
        id,
        case_id: Some(new.case),
        action_id: None,
        kind: "answer_complaint".to_owned(),
        title: format!("答复投诉（{}）", new.department.label().zh),
        staff_id: None,
        due_on: new.promised_on,
        fitting_time: String::new(),
        state: "open".to_owned(),
        result: None,
        created_on: app.today(),
        done_on: None,
        done_by: None,
    }
}

/// Answers a complaint: what was found, and what the owner is told. Its hold ends unless something is still to be put right.
///
/// # Errors
/// [`Refusal::InvalidInput`] without an answer; [`Refusal::Conflict`] when it was answered before.
pub fn answer_complaint(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    id: ComplaintId,
    (finding, answer): (Finding, &str),
) -> Result<(), Refusal> {
    actor.require(Permission::AnswerComplaints, community)?;
    let answer = required("answer", "答复内容", answer, 2_000)?;
    let state = match finding {
        Finding::Remedied => ComplaintState::Remedied,
        Finding::Valid => ComplaintState::Valid,
        Finding::Invalid => ComplaintState::Invalid,
    };
    app.db.write(|tx| {
        let complaint =
            work::find_complaint(tx, community, id)?.ok_or_else(|| Refusal::not_found("投诉", "complaint", ""))?;
        let today = app.today();
        if !work::answer_complaint(tx, community, id, state.as_str(), today, &answer)? {
            return Err(Refusal::conflict("这件投诉已经答复过", "this complaint was answered before"));
        }
        if !state.holds_the_disputed_part() {
            work::release_holds_of_complaint(tx, community, id, today, &actor.name, "投诉已答复")?;
        }
        if let Some(case) = complaint.case_id {
            let tasks = work::list_tasks_of_case(tx, community, case)?;
            for task in tasks.into_iter().filter(|one| one.kind == "answer_complaint" && one.state == "open") {
                work::finish_task(tx, community, task.id, state.as_str(), today, &actor.name)?;
            }
        }
        let subject = complaint.case_id.map_or(id.uuid(), CaseId::uuid);
        audit_act(tx, app, actor, community, "complaint.answer", subject, &json!({ "finding": state }))
    })
}
