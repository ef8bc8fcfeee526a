//! What is in dispute (争议金额): the charges, or the amount, an open complaint is about. It is not asked for until it is answered, and
//! its late fee stands still: it is owed for those days only if the complaint is found wrong (`collections.md` 6.2). All else goes on.
//!
//! An amount is of charges: of those that are named, else of the oldest that come to it. Their late fee rests whole.

use hemu_domain::Fen;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::{ChargeId, CommunityId, ComplaintId, PartyId};
use hemu_domain::service::ComplaintEvent;
use hemu_domain::staff::Permission;
use hemu_store::collection::case_page;
use hemu_store::collection::work::{self, HoldRow};
use hemu_store::ledger::OwedCharge;
use hemu_store::service::{self as store, ComplaintRow, overdue};
use hemu_store::{Tx, community, ledger};
use serde_json::json;
use uuid::Uuid;

use super::{locked, record};
use crate::collection::holds::{Extent, hold_row, rest_what_is_under_way};
use crate::collection::work::open_case;
use crate::{Actor, App, Refusal};

/// Notes which charges an open complaint is about: from then on only they rest.
///
/// # Errors
/// [`Refusal::InvalidInput`] when no charge is named, or one that its payer does not owe; [`Refusal::Conflict`] when the complaint
/// was answered before.
pub fn dispute_charges(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    complaint: ComplaintId,
    charges: &[ChargeId],
) -> Result<(), Refusal> {
    actor.require(Permission::WorkCases, community)?;
    if charges.is_empty() {
        return Err(Refusal::invalid("charges", "请选择有争议的应收", "name the charges that are in dispute"));
    }
    app.db.write(|tx| {
        let mut found = locked(tx, community, complaint)?;
        if !found.state.is_open() {
            return Err(Refusal::conflict("这件投诉已经答复过", "this complaint was answered before"));
        }
        let scope = Extent { charges: charges.to_vec(), amount: Fen::ZERO };
        check_owed(tx, community, found.opening.party_id, &scope)?;
        let mut all = found.charges();
        all.extend(charges.iter().filter(|charge| !found.charges().contains(charge)));
        found.charge_ids = json!(all);
        store::move_complaint(tx, community, found.state, &found)?;
        let why = "争议范围已明确，改为只暂缓涉及的应收";
        work::release_holds_of_complaint(tx, community, complaint, app.today(), &actor.name, why)?;
        rest(tx, app, actor, community, &found)?;
        let detail = json!({ "charges": charges });
        record(tx, app, actor, (community, complaint), (ComplaintEvent::Disputed, "", detail))
    })
}

/// Lets rest what an open complaint is about: the charges, the amount, or the whole case. Without an open case nobody is chased.
///
/// # Errors
/// [`Refusal::Conflict`] when the case was closed meanwhile.
pub(super) fn rest(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    complaint: &ComplaintRow,
) -> Result<(), Refusal> {
    let Some(case) = complaint.case_id else { return Ok(()) };
    open_case(tx, community, case)?;
    let hold = hold_of(app, &actor.name, complaint);
    let seq = community::next_seq(tx, community, 1)?;
    work::insert_hold(tx, community, &hold, seq)?;
    rest_what_is_under_way(tx, app, community, &hold)
}

/// The charges that what is in dispute is of: those named, or the oldest that come to the amount.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a charge the payer does not owe, or an amount above what is owed.
pub(crate) fn check_owed(
    tx: &mut Tx<'_>,
    community: CommunityId,
    party: PartyId,
    scope: &Extent,
) -> Result<Vec<ChargeId>, Refusal> {
    if scope.charges.is_empty() && scope.amount.is_zero() {
        return Ok(Vec::new());
    }
    let mut owed: Vec<OwedCharge> = Vec::new();
    for account in case_page::list_accounts(tx, community, party)? {
        owed.extend(ledger::list_owed_of_account(tx, community, account.id)?);
    }
    owed.retain(|charge| charge.open.is_positive());
    owed.sort_by_key(|charge| (charge.due_on, charge.id));
    if let Some(charge) = scope.charges.iter().find(|charge| owed.iter().all(|one| one.id != **charge)) {
        let zh = format!("应收 {charge} 不是该业主的未缴应收，请核对");
        return Err(Refusal::invalid("charges", zh, format!("{charge} is no open charge of this payer; check it")));
    }
    owed.retain(|charge| scope.charges.is_empty() || scope.charges.contains(&charge.id));
    let most: Fen = owed.iter().map(|charge| charge.open).sum();
    if scope.amount > most {
        let zh = format!("争议金额 {} 元超过所涉未缴应收 {most} 元", scope.amount);
        return Err(Refusal::invalid("amount", zh, format!("{} is more than the {most} that is owed", scope.amount)));
    }
    if !scope.charges.is_empty() {
        return Ok(scope.charges.clone());
    }
    let mut before = Fen::ZERO;
    let reached = owed.iter().take_while(|charge| {
        let begins = before;
        before += charge.open;
        begins < scope.amount
    });
    Ok(reached.map(|charge| charge.id).collect())
}

/// Lets open complaints bear on the cases that were opened for their payers since: what they are about rests there too.
///
/// # Errors
/// When the database refuses.
pub(crate) fn rest_on_new_cases(tx: &mut Tx<'_>, app: &App, community: CommunityId) -> Result<(), Refusal> {
    let found = overdue::list_without_case(tx, community)?;
    let Some(count) = i64::try_from(found.len()).ok().filter(|count| *count > 0) else { return Ok(()) };
    let ids: Vec<Uuid> = found.iter().map(|(complaint, _)| complaint.id().uuid()).collect();
    overdue::attach(tx, community, &ids)?;
    let holds: Vec<HoldRow> = found
        .into_iter()
        .map(|(complaint, case)| {
            let by = complaint.opening.taken_by.clone();
            hold_of(app, &by, &ComplaintRow { case_id: Some(case), ..complaint })
        })
        .collect();
    let first_seq = community::next_seq(tx, community, count)?;
    Ok(work::insert_holds(tx, community, &holds, first_seq)?)
}

fn hold_of(app: &App, by: &str, complaint: &ComplaintRow) -> HoldRow {
    let scope = Extent { charges: complaint.charges(), amount: complaint.opening.disputed_fen };
    let reason = match (scope.charges.is_empty(), scope.amount.is_zero()) {
        (true, _) => "投诉处理中，答复前不催缴",
        (false, true) => "投诉涉及的应收，答复前不催缴、不计违约金",
        (false, false) => "投诉涉及的金额，答复前不催缴，所属应收不计违约金",
    };
    let of = (complaint.case_id, HoldKind::ServiceDispute);
    HoldRow { complaint_id: Some(complaint.id()), ..hold_row(app, by, of, &scope, (reason, complaint.promised_on)) }
}

/// Whether a complaint is about whole charges, or the whole case, and not about an amount.
pub(super) fn is_disputed_whole(complaint: &ComplaintRow) -> bool {
    complaint.opening.disputed_fen.is_zero()
}
