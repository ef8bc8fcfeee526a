//! Whether a person may contact a payer now (联系额度): before a task is taken or a call is dialled, shown on the case page, and
//! written beside a contact that was made nevertheless (I14).
//!
//! Facts are read in the transaction that takes, reveals or records, after the community's fact counter and the case were locked in
//! the order payments and messages take them.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use hemu_domain::Text;
use hemu_domain::collection::contact_block::{ContactBlock, Initiative, find_block, manner_of_channel, manner_of_task};
use hemu_domain::collection::facts::CaseFacts;
use hemu_domain::collection::policy::Policy;
use hemu_domain::collection::promise::PromiseState;
use hemu_domain::ids::{CaseId, CommunityId, ContactPointId, TaskId};
use hemu_domain::outreach::quiet_hours::ContactManner;
use hemu_domain::staff::Permission;
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::collection::case_page::list_promises;
use hemu_store::collection::work;
use hemu_store::registry::contact;
use hemu_store::{Tx, community};
use serde::Serialize;

use super::policies;
use super::snapshot::{self, CaseSnapshot};
use super::versions::in_force_on;
use crate::clock::in_china;
use crate::registry::reveal::{SealedField, open_and_record};
use crate::{Actor, App, Refusal};

/// A rule that keeps contact closed, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Closed {
    /// Its word.
    pub rule: &'static str,
    /// The rule and when contact opens.
    pub text: Text,
    /// When, local time (`2026-11-30 09:00`); `None` where that is not known yet.
    pub opens: Option<String>,
    /// Whether the owner's wish to be called back opens it.
    pub gives_way: bool,
}

/// What stands against contacting the payer of a case now; `None` where nothing does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContactRoom {
    /// Against a call.
    pub call: Option<Closed>,
    /// Against a visit.
    pub visit: Option<Closed>,
    /// Against a message.
    pub message: Option<Closed>,
}

/// What stands against contacting the payer of a case now.
///
/// # Errors
/// [`Refusal::Forbidden`] outside the actor's scope.
pub fn contact_room(app: &App, actor: &Actor, community: CommunityId, case: CaseId) -> Result<ContactRoom, Refusal> {
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let found = snapshot::find_one(tx, community, case, app.today())?;
        judge_room(tx, app, found.as_ref())
    })
}

/// The room of an open case from its facts; nothing stands against contact about a closed one.
pub(super) fn judge_room(tx: &mut Tx<'_>, app: &App, case: Option<&CaseSnapshot>) -> Result<ContactRoom, Refusal> {
    let Some(found) = case else { return Ok(ContactRoom::default()) };
    let (policy, facts) = (policy_of(tx, app, &found.case)?, &found.facts);
    let now = local_now(app);
    let closed = |manner| {
        let block = find_block(&policy, facts, (manner, Initiative::Ours), now)?;
        Some(Closed {
            rule: block.rule.as_str(),
            text: block.text(now.date()),
            opens: block.opens.map(|at| at.format("%Y-%m-%d %H:%M").to_string()),
            gives_way: block.rule.gives_way(),
        })
    };
    Ok(ContactRoom {
        call: closed(ContactManner::Call),
        visit: closed(ContactManner::Visit),
        message: closed(ContactManner::Message),
    })
}

/// Opens the number of a contact point to be dialled. A telephone number is not, while the payer may not be called.
///
/// # Errors
/// [`Refusal::Conflict`] with the rule that stands against the call and when it opens; [`Refusal::Forbidden`] for a role that may
/// not see numbers.
pub fn start_contact(
    app: &App,
    actor: &Actor,
    (community, case): (CommunityId, CaseId),
    point: ContactPointId,
    initiative: Initiative,
) -> Result<String, Refusal> {
    actor.require(Permission::RevealPersonalData, community)?;
    app.db.write(|tx| {
        let found = contact::find(tx, community, point)?;
        let found = found.ok_or_else(|| Refusal::not_found("联系方式", "contact point", &point.to_string()))?;
        if found.channel == "phone" {
            lock(tx, community, case)?;
            require_room(tx, app, (community, case), (ContactManner::Call, initiative))?;
        }
        open_and_record(tx, (app, actor), community, SealedField::Contact(point))
    })
}

/// Refuses a call or visit for which the payer's contact budget has no room now.
pub(super) fn require_room_for_task(
    tx: &mut Tx<'_>,
    app: &App,
    (community, task): (CommunityId, TaskId),
    initiative: Initiative,
) -> Result<(), Refusal> {
    let task = work::find_task(tx, community, task)?;
    let Some((manner, case)) = task.and_then(|one| Some((manner_of_task(&one.kind)?, one.case_id?))) else {
        return Ok(());
    };
    case::lock(tx, community, case)?;
    require_room(tx, app, (community, case), (manner, initiative))
}

fn require_room(
    tx: &mut Tx<'_>,
    app: &App,
    (community, case): (CommunityId, CaseId),
    (manner, initiative): (ContactManner, Initiative),
) -> Result<(), Refusal> {
    let Some((policy, facts)) = read(tx, app, (community, case), app.today())? else { return Ok(()) };
    let now = local_now(app);
    let Some(block) = find_block(&policy, &facts, (manner, initiative), now) else { return Ok(()) };
    let rule = block.text(now.date());
    let (also_zh, also_en) = if block.rule.gives_way() {
        ("。业主要求回电的，请勾选“业主要求回电”", ". If the owner asked to be called back, say so")
    } else {
        ("", "")
    };
    Err(Refusal::conflict(
        format!("现在不能联系：{}{also_zh}", rule.zh),
        format!("no contact now: {}{also_en}", rule.en),
    ))
}

/// The rule a contact broke that was made at a time; the case is locked.
pub(super) fn find_breach(
    tx: &mut Tx<'_>,
    app: &App,
    (community, case): (CommunityId, CaseId),
    (channel, initiative, at): (&str, Initiative, DateTime<Utc>),
) -> Result<Option<ContactBlock>, Refusal> {
    let Some(manner) = manner_of_channel(channel) else { return Ok(None) };
    let at = in_china(at).naive_local();
    let Some((policy, mut facts)) = read(tx, app, (community, case), at.date())? else { return Ok(None) };
    if at.date() < app.today() {
        let given = list_promises(tx, community, case)?;
        // What was promised since did not stand against it then.
        let running =
            given.iter().any(|one| one.state == PromiseState::Active.as_str() && one.promised_on <= at.date());
        facts.promise_due = facts.promise_due.filter(|_| running);
    }
    let block = find_block(&policy, &facts, (manner, initiative), at);
    Ok(block.filter(|block| block.rule.is_broken_by_contact()))
}

fn lock(tx: &mut Tx<'_>, community: CommunityId, case: CaseId) -> Result<(), Refusal> {
    community::next_seq(tx, community, 0)?;
    Ok(case::lock(tx, community, case)?)
}

/// The facts of an open case on a day, and the policy it stands under.
fn read(
    tx: &mut Tx<'_>,
    app: &App,
    (community, case): (CommunityId, CaseId),
    day: NaiveDate,
) -> Result<Option<(Arc<Policy>, CaseFacts)>, Refusal> {
    let Some(found) = snapshot::find_one(tx, community, case, day)? else { return Ok(None) };
    Ok(Some((policy_of(tx, app, &found.case)?, found.facts)))
}

/// The policy a case stands under; the version in force, where nothing was recorded yet.
fn policy_of(tx: &mut Tx<'_>, app: &App, case: &CaseRow) -> Result<Arc<Policy>, Refusal> {
    match policies::find(tx, case.policy_version)? {
        Some(policy) => Ok(policy),
        None => in_force_on(tx, app.today()),
    }
}

fn local_now(app: &App) -> NaiveDateTime {
    in_china(app.clock.now()).naive_local()
}
