//! What moves a complaint on: accepted, passed on, begun, done, verified by another person, answered, rated, closed, begun again.

use chrono::NaiveDate;
use hemu_domain::ids::{CommunityId, ComplaintId, TaskId};
use hemu_domain::service::course::{
    CLOSE_UNRATED_AFTER_DAYS, LEAST_SATISFACTION, MOST_SATISFACTION, REOPEN_WITHIN_DAYS, is_content,
};
use hemu_domain::service::{ComplaintEvent, ComplaintState, Department, Finding, Remedy};
use hemu_domain::staff::Permission;
use hemu_store::Tx;
use hemu_store::attachment::{self, Subject};
use hemu_store::collection::case;
use hemu_store::collection::work;
use hemu_store::service::{self as store, ComplaintRow};
use serde_json::{Value as Json, json};

use super::dispute::rest;
use super::take::{answer_again, promised_day};
use super::{locked, record, require_either};
use crate::registry::optional;
use crate::{Actor, App, Refusal};

/// What somebody does with a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The department takes it.
    Accept,
    /// Another department is in charge; the note says why.
    Reroute(Department),
    /// Work begins.
    Start,
    /// The work is done.
    Finish,
    /// Another person than who did it has looked at it.
    Verify,
    /// Another person found it not done; the note says what is missing.
    SendBack,
    /// The owner is answered; the note is the answer.
    Answer(Finding, Remedy),
    /// The owner is satisfied so much, 1 to 5; the note is what the owner says.
    Rate(i64),
    /// It is closed.
    Close,
    /// The owner is not satisfied: it begins again, with an answer by a day, or by the one of its kind.
    Reopen(Option<NaiveDate>),
    /// Something is noted.
    Note,
}

impl Act {
    /// The event it is.
    #[must_use]
    pub const fn event(self) -> ComplaintEvent {
        match self {
            Self::Accept => ComplaintEvent::Accepted,
            Self::Reroute(_) => ComplaintEvent::Rerouted,
            Self::Start => ComplaintEvent::Started,
            Self::Finish => ComplaintEvent::Done,
            Self::Verify => ComplaintEvent::Verified,
            Self::SendBack => ComplaintEvent::SentBack,
            Self::Answer(..) => ComplaintEvent::Answered,
            Self::Rate(_) => ComplaintEvent::Rated,
            Self::Close => ComplaintEvent::Closed,
            Self::Reopen(_) => ComplaintEvent::Reopened,
            Self::Note => ComplaintEvent::Noted,
        }
    }

    /// What the event keeps of it.
    fn detail(self) -> Json {
        match self {
            Self::Reroute(department) => json!({ "department": department }),
            Self::Answer(finding, remedy) => json!({ "finding": finding, "remedy": remedy }),
            Self::Rate(satisfaction) => json!({ "satisfaction": satisfaction }),
            Self::Accept
            | Self::Start
            | Self::Finish
            | Self::Verify
            | Self::SendBack
            | Self::Close
            | Self::Reopen(_)
            | Self::Note => json!({}),
        }
    }

    /// What the note must be, for acts that need one.
    const fn note_needed(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Reroute(_) => Some(("请写明转派原因", "say why it is passed on")),
            Self::SendBack => Some(("请写明哪里没有完成", "say what is not done")),
            Self::Answer(..) => Some(("请填写答复内容", "the answer is missing")),
            Self::Reopen(_) => Some(("请写明业主为什么不满意", "say why the owner is not satisfied")),
            Self::Note => Some(("请填写备注", "the note is missing")),
            Self::Accept | Self::Start | Self::Finish | Self::Verify | Self::Rate(_) | Self::Close => None,
        }
    }
}

/// Moves a complaint on; where it stands then.
///
/// # Errors
/// [`Refusal::Conflict`] when its state does not allow it, or whoever did the work verifies it; [`Refusal::InvalidInput`] without a
/// note where one is needed, or for a finding that does not go with the remedy.
pub fn act(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    id: ComplaintId,
    (act, note): (Act, &str),
) -> Result<ComplaintState, Refusal> {
    match act {
        Act::Rate(_) | Act::Close | Act::Reopen(_) | Act::Note => require_either(actor, community)?,
        Act::Accept | Act::Reroute(_) | Act::Start | Act::Finish | Act::Verify | Act::SendBack | Act::Answer(..) => {
            actor.require(Permission::AnswerComplaints, community)?
        }
    }
    let note = optional("note", "说明", note, 2_000)?;
    if let Some((zh, en)) = act.note_needed().filter(|_| note.is_empty()) {
        let field = if matches!(act, Act::Answer(..)) { "answer" } else { "note" };
        return Err(Refusal::invalid(field, zh, en));
    }
    app.db.write(|tx| {
        let mut complaint = locked(tx, community, id)?;
        take_step(tx, app, actor, community, (&mut complaint, act, &note))?;
        // Who is content has nothing left to wait for.
        if let Act::Rate(given) = act
            && is_content(given)
        {
            take_step(tx, app, actor, community, (&mut complaint, Act::Close, ""))?;
        }
        Ok(complaint.state)
    })
}

fn take_step(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (complaint, act, note): (&mut ComplaintRow, Act, &str),
) -> Result<(), Refusal> {
    let from = complaint.state;
    let event = act.event();
    complaint.state = event.leads_from(from).ok_or_else(|| not_now(event, from))?;
    check(app, actor, (complaint, from), act, note)?;
    apply(tx, app, actor, community, (complaint, act, note))?;
    if !store::move_complaint(tx, community, from, complaint)? {
        return Err(not_now(event, from));
    }
    record(tx, app, actor, (community, complaint.id()), (event, note, act.detail()))
}

fn not_now(event: ComplaintEvent, state: ComplaintState) -> Refusal {
    let (event, state) = (event.label(), state.label());
    Refusal::conflict(
        format!("工单现在是“{}”，不能“{}”", state.zh, event.zh),
        format!("the complaint is {}: it cannot be {} now", state.en, event.en),
    )
}

/// What beyond the state stands against it.
fn check(
    app: &App,
    actor: &Actor,
    (complaint, from): (&ComplaintRow, ComplaintState),
    act: Act,
    note: &str,
) -> Result<(), Refusal> {
    let since_answer = complaint.answered_on.map_or(0, |day| (app.today() - day).num_days());
    match act {
        Act::Verify | Act::SendBack => {
            let by = complaint.worked_by.as_deref().unwrap_or_default();
            if actor.is(complaint.worked_by_id, by) {
                return Err(Refusal::conflict(
                    "完工的人不能自己复核，请由另一人复核",
                    "who did the work cannot verify it: another person has to",
                ));
            }
        }
        Act::Answer(finding, remedy) => {
            if !finding.goes_with(remedy) {
                return Err(Refusal::invalid(
                    "remedy",
                    "成立的投诉请选择处理方式；不成立的选“无需处理”",
                    "what was right has a remedy, what was wrong has none",
                ));
            }
            if !remedy.may_answer_from(from) {
                return Err(Refusal::conflict(
                    "整改类答复须先完工并由另一人复核",
                    "what is put right is done and verified by another person before it is answered",
                ));
            }
        }
        Act::Rate(given) => {
            if !(LEAST_SATISFACTION..=MOST_SATISFACTION).contains(&given) {
                return Err(Refusal::invalid("satisfaction", "满意度为 1 到 5 分", "satisfaction is 1 to 5"));
            }
        }
        Act::Close => {
            let unheard = complaint.satisfaction.is_none() && since_answer < CLOSE_UNRATED_AFTER_DAYS;
            if unheard {
                let zh = format!("请先回访满意度；联系不上业主的，答复满 {CLOSE_UNRATED_AFTER_DAYS} 天后可办结");
                let en = format!(
                    "ask the owner first; unrated it may be closed {CLOSE_UNRATED_AFTER_DAYS} days after the answer"
                );
                return Err(Refusal::conflict(zh, en));
            }
            if complaint.satisfaction.is_some_and(|given| !is_content(given)) && note.is_empty() {
                return Err(Refusal::invalid(
                    "note",
                    "业主不满意，请写明为什么仍然办结",
                    "the owner is not satisfied: say why it is closed all the same",
                ));
            }
        }
        Act::Reopen(_) => {
            if since_answer > REOPEN_WITHIN_DAYS {
                let zh = format!("答复已超过 {REOPEN_WITHIN_DAYS} 天，请另行登记");
                let en = format!("answered more than {REOPEN_WITHIN_DAYS} days ago: take down another one");
                return Err(Refusal::conflict(zh, en));
            }
        }
        Act::Accept | Act::Reroute(_) | Act::Start | Act::Finish | Act::Note => {}
    }
    Ok(())
}

/// What the act changes: the complaint, its task, what rests.
fn apply(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (complaint, act, note): (&mut ComplaintRow, Act, &str),
) -> Result<(), Refusal> {
    match act {
        Act::Reroute(department) => complaint.department = department,
        Act::Finish => {
            require_photo(tx, community, complaint.id(), note)?;
            complaint.worked_by_id = actor.staff_id;
            complaint.worked_by = Some(actor.name.clone());
        }
        Act::Answer(finding, remedy) => {
            complaint.finding = Some(finding);
            complaint.overruled |= finding == Finding::Invalid;
            complaint.remedy = Some(remedy);
            complaint.answered_on = Some(app.today());
            complaint.answer = Some(note.to_owned());
            finish_task(tx, app, actor, community, (complaint, finding.as_str()))?;
            if !remedy.rests_on() {
                release(tx, app, actor, community, (complaint, "投诉已答复"))?;
            }
        }
        Act::Rate(given) => complaint.satisfaction = Some(given),
        Act::Close => release(tx, app, actor, community, (complaint, "工单已办结"))?,
        Act::Reopen(day) => begin_again(tx, app, actor, community, (complaint, day))?,
        Act::Accept | Act::Start | Act::Verify | Act::SendBack | Act::Note => {}
    }
    Ok(())
}

/// Work is done with a photo; where there is nothing to see, in words.
fn require_photo(tx: &mut Tx<'_>, community: CommunityId, id: ComplaintId, note: &str) -> Result<(), Refusal> {
    if !note.is_empty() || !attachment::list(tx, community, Subject::Complaint(id))?.is_empty() {
        return Ok(());
    }
    let zh = "请先上传完工照片；没有可拍的，请写明做了什么";
    Err(Refusal::invalid(
        "note",
        zh,
        "add a photo of the work first, or say what was done where there is nothing to see",
    ))
}

fn finish_task(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (complaint, result): (&ComplaintRow, &str),
) -> Result<(), Refusal> {
    let told = store::list_events(tx, community, complaint.id())?;
    let of_manager = told.iter().filter_map(|event| TaskId::parse(event.detail.get("task")?.as_str()?).ok());
    for task in complaint.task_id.into_iter().chain(of_manager) {
        work::finish_task(tx, community, task, result, app.today(), &actor.name)?;
    }
    Ok(())
}

/// What rested for it is asked for again, after the days of rest that follow every hold (I13).
fn release(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (complaint, why): (&ComplaintRow, &str),
) -> Result<(), Refusal> {
    if let Some(case) = complaint.case_id {
        case::lock(tx, community, case)?;
    }
    Ok(work::release_holds_of_complaint(tx, community, complaint.id(), app.today(), &actor.name, why)?)
}

/// The complaint waits for an answer anew, and what it is about rests again.
fn begin_again(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (complaint, day): (&mut ComplaintRow, Option<NaiveDate>),
) -> Result<(), Refusal> {
    let by_its_kind = || complaint.opening.kind.answer_by(complaint.opening.priority, app.today());
    complaint.promised_on = promised_day(app, day.unwrap_or_else(by_its_kind))?;
    complaint.reopened += 1;
    (complaint.finding, complaint.remedy, complaint.satisfaction) = (None, None, None);
    (complaint.answered_on, complaint.answer, complaint.escalation) = (None, None, 0);
    // The case it bore on may have been closed since, and another one opened.
    complaint.case_id = case::find_open_of_party(tx, community, complaint.opening.party_id)?.map(|case| case.id);
    complaint.task_id = Some(answer_again(tx, app, community, complaint)?);
    work::release_holds_of_complaint(tx, community, complaint.id(), app.today(), &actor.name, "工单重新处理")?;
    rest(tx, app, actor, community, complaint)
}
