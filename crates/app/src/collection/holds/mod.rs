//! Holds (暂缓): who opens which, what it is about, when somebody looks at it again, how it ends (`collections.md` 6.2).
//!
//! Every hold has a reason, a review date and somebody responsible. Hardship needs a second person, who stops the late fee; a death needs
//! its document, and ends when a representative is known: the dead are not written to again. What a release lets go on begins after the
//! days of rest, never at once (I13). A hold for money in doubt or for contact data that fail is opened by the program.

mod bad_contact;
mod row;

pub(crate) use bad_contact::contact_data_changed;
pub use row::Extent;
pub(crate) use row::{hold_row, rest_what_is_under_way};

use chrono::NaiveDate;
use hemu_domain::collection::hold::{HoldKind, provisional_until};
use hemu_domain::ids::{CaseId, CommunityId, HoldId, StaffId};
use hemu_domain::staff::Permission;
use hemu_store::collection::case;
use hemu_store::collection::work::{self, HoldRow};
use hemu_store::registry::contact;
use hemu_store::{Tx, community};
use serde_json::json;

use super::work::{audit_act, open_case};
use crate::registry::{optional, required};
use crate::service::dispute::check_owed;
use crate::{Actor, App, Refusal};

/// Who opens and ends the holds nobody opens by hand.
pub(crate) const BY_THE_PROGRAM: &str = "系统";

/// A hold to open.
#[derive(Clone, Debug)]
pub struct HoldRequest {
    /// The community.
    pub community: CommunityId,
    /// The case; `None` for the whole community.
    pub case: Option<CaseId>,
    /// Why, in the words of the trade.
    pub kind: HoldKind,
    /// Why, in one's own words.
    pub reason: String,
    /// When somebody looks at it again.
    pub review_on: NaiveDate,
    /// What of the debt it is about.
    pub extent: Extent,
    /// The document it rests on; may be empty where none is needed.
    pub document: String,
    /// Who is responsible for it; whoever opens it, where left out.
    pub staff: Option<StaffId>,
}

impl HoldRequest {
    /// A hold on a whole case, or on the whole community.
    #[must_use]
    pub fn of(
        community: CommunityId,
        (case, kind): (Option<CaseId>, HoldKind),
        reason: &str,
        review_on: NaiveDate,
    ) -> Self {
        let (extent, document) = (Extent::default(), String::new());
        Self { community, case, kind, reason: reason.to_owned(), review_on, extent, document, staff: None }
    }
}

/// Opens a hold: a reason and a review date are always there (I13).
///
/// # Errors
/// [`Refusal::InvalidInput`] without a reason or the document it rests on, or with a review date too far off; [`Refusal::Conflict`] for
/// a kind nobody opens by hand.
pub fn open_hold(app: &App, actor: &Actor, request: &HoldRequest) -> Result<HoldId, Refusal> {
    let (community, kind) = (request.community, request.kind);
    let permission = if kind.is_of_community() { Permission::Approve } else { Permission::HoldCases };
    actor.require(permission, community)?;
    check(app, request)?;
    app.db.write(|tx| {
        let mut extent = request.extent.clone();
        if let Some(case) = request.case {
            let case = open_case(tx, community, case)?;
            extent.charges = check_owed(tx, community, case.party_id, &extent)?;
        }
        let row = row_of(app, actor, request, &extent);
        let seq = community::next_seq(tx, community, 1)?;
        work::insert_hold(tx, community, &row, seq)?;
        rest_part(tx, app, community, &row)?;
        let detail = json!({ "kind": kind, "scope": row.scope, "review_on": row.review_on, "document": row.document });
        audit_act(tx, app, actor, community, "hold.open", row.id.uuid(), &detail)?;
        Ok(row.id)
    })
}

fn check(app: &App, request: &HoldRequest) -> Result<(), Refusal> {
    let kind = request.kind;
    if !kind.is_opened_by_staff() {
        let zh = "承诺和分期在登记时自动暂缓，不需要另开暂缓";
        return Err(Refusal::conflict(zh, "a promise or a plan rests the case by itself: record it instead"));
    }
    if kind.is_of_community() != request.case.is_none() {
        let zh = "小区整体暂停针对全小区，其他暂缓针对案件";
        return Err(Refusal::invalid(
            "kind",
            zh,
            "a community-wide stop is for the community, every other hold for a case",
        ));
    }
    let reason = || Refusal::invalid("reason", "暂缓必须写明原因", "a hold needs a reason");
    required("reason", "原因", &request.reason, 500).map_err(|_| reason())?;
    let document = optional("document", "证明材料", &request.document, 200)?;
    if kind.needs_document() && document.is_empty() {
        let zh = "请写明证明材料（如死亡证明、判决书的编号和存放处）";
        return Err(Refusal::invalid("document", zh, "name the document it rests on, and where it is kept"));
    }
    let (today, latest) = (app.today(), kind.latest_review(app.today()));
    if request.review_on <= today || request.review_on > latest {
        let zh = format!("复核日期应在明天到 {latest} 之间");
        return Err(Refusal::invalid("review_on", zh, format!("the review date lies between tomorrow and {latest}")));
    }
    Ok(())
}

fn row_of(app: &App, actor: &Actor, request: &HoldRequest, extent: &Extent) -> HoldRow {
    let about = (request.case, request.kind);
    let mut row = hold_row(app, &actor.name, about, extent, (request.reason.trim(), request.review_on));
    row.staff_id = request.staff.or(actor.staff_id);
    row.document = Some(request.document.trim().to_owned()).filter(|text| !text.is_empty());
    if request.kind.needs_second_person() {
        row.suppress_late_fee = false;
        row.expires_on = Some(provisional_until(app.today()));
    }
    row
}

/// What is under way follows a part that rests; what is under way on a whole case is looked at when it is carried out.
fn rest_part(tx: &mut Tx<'_>, app: &App, community: CommunityId, row: &HoldRow) -> Result<(), Refusal> {
    if matches!(row.scope.as_str(), "charges" | "amount") {
        rest_what_is_under_way(tx, app, community, row)?;
    }
    Ok(())
}

fn get(tx: &mut Tx<'_>, community: CommunityId, id: HoldId) -> Result<HoldRow, Refusal> {
    community::next_seq(tx, community, 0)?;
    let hold = work::find_hold(tx, community, id)?.ok_or_else(|| Refusal::not_found("暂缓", "hold", ""))?;
    if let Some(case) = hold.case_id {
        case::lock(tx, community, case)?;
    }
    Ok(hold)
}

/// Confirms a hold as its second person: it is in force until it is released, and the late fee stands still from today.
///
/// # Errors
/// [`Refusal::Conflict`] when the person opened it, it needs nobody's confirmation, or it has ended.
pub fn confirm_hold(app: &App, actor: &Actor, community: CommunityId, id: HoldId) -> Result<HoldId, Refusal> {
    actor.require(Permission::HoldCases, community)?;
    app.db.write(|tx| {
        let hold = get(tx, community, id)?;
        let kind = HoldKind::parse(&hold.kind).map_err(Refusal::Internal)?;
        if !kind.needs_second_person() || hold.confirmed_by.is_some() || hold.released_on.is_some() {
            return Err(Refusal::conflict(
                "这项暂缓不需要确认，或已确认、已解除",
                "this hold needs no confirmation, or has it, or has ended",
            ));
        }
        if actor.name == hold.opened_by {
            return Err(Refusal::conflict(
                "经济困难暂缓须由另一人确认",
                "who opened it cannot confirm it: a second person has to",
            ));
        }
        work::release_hold(tx, community, id, app.today(), &actor.name, "已由另一人确认，转为正式暂缓")?;
        let suppresses = kind.suppresses();
        let confirmed = HoldRow {
            id: app.new_id(),
            suppress_late_fee: suppresses.late_fee,
            opened_on: app.today(),
            expires_on: None,
            confirmed_by: Some(actor.name.clone()),
            ..hold
        };
        let seq = community::next_seq(tx, community, 1)?;
        work::insert_hold(tx, community, &confirmed, seq)?;
        let detail = json!({ "kind": kind, "opened_by": confirmed.opened_by });
        audit_act(tx, app, actor, community, "hold.confirm", confirmed.id.uuid(), &detail)?;
        Ok(confirmed.id)
    })
}

/// Releases a hold, with a reason. That of a dead person ends when a representative is known, who alone is contacted from then on.
///
/// # Errors
/// [`Refusal::Conflict`] when it was released before; [`Refusal::Gated`] while nobody represents a dead person.
pub fn release_hold(app: &App, actor: &Actor, community: CommunityId, id: HoldId, reason: &str) -> Result<(), Refusal> {
    actor.require(Permission::HoldCases, community)?;
    let reason = required("reason", "解除原因", reason, 500)
        .map_err(|_| Refusal::invalid("reason", "解除暂缓必须写明原因", "a release needs a reason"))?;
    app.db.write(|tx| {
        let hold = get(tx, community, id)?;
        check_release(&hold)?;
        if hold.kind == HoldKind::Deceased.as_str() {
            hand_to_representative(tx, app, community, &hold)?;
        }
        if !work::release_hold(tx, community, id, app.today(), &actor.name, &reason)? {
            return Err(Refusal::conflict("暂缓已解除", "the hold was released before"));
        }
        audit_act(tx, app, actor, community, "hold.release", id.uuid(), &json!({}))
    })
}

/// A promise and a plan end their holds themselves.
fn check_release(hold: &HoldRow) -> Result<(), Refusal> {
    if HoldKind::parse(&hold.kind).is_ok_and(HoldKind::is_opened_by_staff) || hold.released_on.is_some() {
        return Ok(());
    }
    let zh = "承诺、分期的暂缓随其结束自动解除；要提前恢复联系，请撤回承诺或终止分期";
    Err(Refusal::conflict(zh, "it ends with the promise or plan: withdraw the promise or give up the plan to go on"))
}

/// The contact points of the dead person are used no more.
fn hand_to_representative(tx: &mut Tx<'_>, app: &App, community: CommunityId, hold: &HoldRow) -> Result<(), Refusal> {
    let Some(case) = hold.case_id else { return Ok(()) };
    let Some(case) = case::find(tx, community, case)? else { return Ok(()) };
    if !contact::has_usable(tx, community, case.party_id, "representative")? {
        let missing = hemu_domain::Text::new(
            "先登记并核实代理人或继承人的联系方式（关系选“代理人”）",
            "first record and verify the contact of a representative or heir",
        );
        return Err(Refusal::Gated { missing: vec![missing] });
    }
    Ok(contact::retire_own(tx, community, case.party_id, app.today())?)
}
