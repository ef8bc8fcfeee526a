//! Promises (承诺): offered, agreed to, taken back. One runs per case (I19): a new one takes the place of the one before and names it, and
//! so does one that is agreed after another was broken or kept in part, so that the chain can be read.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::collection::promise::{PromiseState, offer_lapses_on};
use hemu_domain::ids::{CaseId, CommunityId, PromiseId};
use hemu_domain::staff::Permission;
use hemu_store::collection::case::CaseRow;
use hemu_store::collection::case_page::list_promises;
use hemu_store::collection::work::{self, PromiseRow};
use hemu_store::{DbError, Tx, community};
use serde_json::json;

use super::agreed;
use super::versions::in_force_on;
use super::work::{audit_act, open_case};
use crate::entered::check_amount;
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// What becomes of an offer, or of a promise before its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromiseAct {
    /// The owner agrees to the offer, over a channel.
    Accept(String),
    /// It is taken back, with the reason.
    Withdraw(String),
}

/// Checks the amount and the day of a promise, and the channel it was spoken about.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub(super) fn check_promise(app: &App, (amount, due_on): (Fen, NaiveDate)) -> Result<(), Refusal> {
    check_amount("promise", amount)?;
    if due_on < app.today() {
        return Err(Refusal::invalid("promise", "承诺日期不能早于今天", "a promise is for today or later"));
    }
    Ok(())
}

/// Checks how the owner was spoken to.
///
/// # Errors
/// [`Refusal::InvalidInput`] for another word.
pub(super) fn check_channel(channel: &str) -> Result<(), Refusal> {
    if matches!(channel, "phone" | "visit" | "counter" | "wechat" | "letter") {
        return Ok(());
    }
    Err(Refusal::invalid("channel", "请选择联系方式", "choose how the contact was made"))
}

/// Proposes a promise to the owner. Nothing rests until the owner agrees; an offer made before falls away.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a day that is past or no amount; [`Refusal::Conflict`] while a promise runs.
pub fn offer_promise(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    case: CaseId,
    (terms, channel): ((Fen, NaiveDate), &str),
) -> Result<PromiseId, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    check_promise(app, terms)?;
    check_channel(channel)?;
    app.db.write(|tx| {
        let case = open_case(tx, community, case)?;
        if list_promises(tx, community, case.id)?.iter().any(|one| one.state == PromiseState::Active.as_str()) {
            let zh = "已有履行中的承诺；如需改约，请登记新的承诺，它会替代原来的承诺";
            return Err(Refusal::conflict(zh, "a promise runs already: record a new one, which takes its place"));
        }
        work::end_offers(tx, community, case.id, (PromiseState::Superseded.as_str(), app.today()))?;
        let offer_days = in_force_on(tx, app.today())?.offer_days;
        let offer = PromiseRow {
            state: PromiseState::Offered.as_str().to_owned(),
            lapses_on: Some(offer_lapses_on(app.today(), offer_days, terms.1)),
            ..row(app, actor, &case, terms, channel)
        };
        insert(tx, community, &offer)?;
        let detail = json!({ "amount": terms.0, "due_on": terms.1, "lapses_on": offer.lapses_on, "channel": channel });
        audit_act(tx, app, actor, community, "promise.offer", case.id.uuid(), &detail)?;
        Ok(offer.id)
    })
}

/// The owner agrees to an offer, or it or a running promise is taken back.
///
/// # Errors
/// [`Refusal::Conflict`] when it has come to its end; [`Refusal::InvalidInput`] for a withdrawal without a reason.
pub fn decide_promise(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    case: CaseId,
    (id, act): (PromiseId, &PromiseAct),
) -> Result<PromiseId, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    match act {
        PromiseAct::Accept(channel) => check_channel(channel)?,
        PromiseAct::Withdraw(reason) => drop(required("reason", "撤回原因", reason, 500)?),
    }
    app.db.write(|tx| {
        let case = open_case(tx, community, case)?;
        let found = list_promises(tx, community, case.id)?.into_iter().find(|one| one.id == id);
        let found = found.ok_or_else(|| Refusal::not_found("承诺", "promise", ""))?;
        match act {
            PromiseAct::Accept(channel) => accept(tx, app, actor, community, (&case, &found), channel),
            PromiseAct::Withdraw(reason) => {
                withdraw(tx, app, actor, community, (&case, &found), reason.trim()).map(|()| id)
            }
        }
    })
}

/// The owner agrees to an offer, over a channel: the promise it becomes.
///
/// # Errors
/// [`Refusal::Conflict`] when it was answered, taken back or has lapsed.
pub(super) fn accept(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (case, offer): (&CaseRow, &PromiseRow),
    channel: &str,
) -> Result<PromiseId, Refusal> {
    let stands = offer.state == PromiseState::Offered.as_str();
    if !stands || offer.lapses_on.is_some_and(|day| day < app.today()) {
        let zh = "这份承诺提议已答复、已撤回或已过期，请重新约定";
        return Err(Refusal::conflict(zh, "this offer was answered, taken back or has lapsed: agree anew"));
    }
    work::settle_promise(tx, community, offer.id, PromiseState::Accepted.as_str(), app.today())?;
    let terms = (offer.amount_fen, offer.due_on);
    let id = take(tx, app, actor, community, case, (terms, channel), Some(offer.id))?;
    let detail = json!({ "offer": offer.id, "channel": channel });
    audit_act(tx, app, actor, community, "promise.accept", case.id.uuid(), &detail)?;
    Ok(id)
}

/// An offer or a running promise is taken back.
///
/// # Errors
/// [`Refusal::Conflict`] when it has come to its end.
pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (case, promise): (&CaseRow, &PromiseRow),
    reason: &str,
) -> Result<(), Refusal> {
    let state = PromiseState::Withdrawn;
    if !work::settle_promise(tx, community, promise.id, state.as_str(), app.today())? {
        return Err(Refusal::conflict("这份承诺已结束，不能撤回", "this promise has come to its end"));
    }
    if promise.state == PromiseState::Active.as_str() {
        agreed::promises_ended(tx, community, (&[case.id.uuid()], state), app.today())?;
    }
    let detail = json!({ "promise": promise.id, "reason": reason });
    audit_act(tx, app, actor, community, "promise.withdraw", case.id.uuid(), &detail)
}

/// Takes a promise the owner gave: the one before is replaced, offers fall away, and the case rests until its day and grace.
///
/// # Errors
/// When the database refuses.
pub(super) fn take_promise(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    case: &CaseRow,
    promised: ((Fen, NaiveDate), &str),
) -> Result<PromiseId, Refusal> {
    take(tx, app, actor, community, case, promised, None)
}

fn take(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    case: &CaseRow,
    (terms, channel): ((Fen, NaiveDate), &str),
    offer: Option<PromiseId>,
) -> Result<PromiseId, Refusal> {
    let (today, replaced) = (app.today(), PromiseState::Superseded);
    let before = list_promises(tx, community, case.id)?;
    work::end_offers(tx, community, case.id, (replaced.as_str(), today))?;
    work::settle_promises_of_cases(tx, community, &[case.id.uuid()], replaced.as_str(), today)?;
    agreed::promises_ended(tx, community, (&[case.id.uuid()], replaced), today)?;
    let promise =
        PromiseRow { replaces_id: offer.or_else(|| find_replaced(&before)), ..row(app, actor, case, terms, channel) };
    insert(tx, community, &promise)?;
    let grace_days = in_force_on(tx, today)?.promise_grace_days;
    agreed::rest_for_promise(tx, app, community, case, (terms.0, terms.1, grace_days), actor.staff_id)?;
    Ok(promise.id)
}

/// The promise a new one takes the place of: the last one, where it runs or was not kept.
fn find_replaced(before: &[PromiseRow]) -> Option<PromiseId> {
    let last = before.iter().rfind(|one| one.lapses_on.is_none())?;
    PromiseState::parse(&last.state).is_ok_and(PromiseState::is_renegotiated).then_some(last.id)
}

fn row(app: &App, actor: &Actor, case: &CaseRow, (amount_fen, due_on): (Fen, NaiveDate), channel: &str) -> PromiseRow {
    PromiseRow {
        id: app.new_id(),
        case_id: case.id,
        amount_fen,
        promised_on: app.today(),
        due_on,
        channel: channel.to_owned(),
        taken_by: actor.name.clone(),
        state: PromiseState::Active.as_str().to_owned(),
        settled_on: None,
        replaces_id: None,
        lapses_on: None,
    }
}

fn insert(tx: &mut Tx<'_>, community: CommunityId, promise: &PromiseRow) -> Result<(), DbError> {
    let seq = community::next_seq(tx, community, 1)?;
    work::insert_promise(tx, community, promise, seq)
}
