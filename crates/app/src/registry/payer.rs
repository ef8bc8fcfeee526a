//! Who pays for a unit by agreement: a tenant from a day on, and the owner again after that (物业管理条例 41: whoever uses the unit pays
//! where that was agreed, and the owner is liable beside them).
//!
//! Nothing that was charged changes its debtor: the account of the former payer ends the day before, and a new one begins. As with a
//! change of owner, the month of the change is the old payer's.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, CommunityId, PartyId, UnitId};
use hemu_domain::staff::Permission;
use hemu_domain::{Period, UnitLabel};
use hemu_store::registry::{self as store, AccountRow, TenureRow, edit, unit_page};
use hemu_store::{Tx, community};
use serde::Serialize;

use super::units::{self, NewOwner};
use super::{get_unit, ownership, required};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// Who pays for a unit from when on.
#[derive(Clone, Debug)]
pub struct ChangePayer {
    /// Name of the community.
    pub community: String,
    /// The unit.
    pub unit: UnitLabel,
    /// The payer: a tenant, or an owner of the unit who pays again.
    pub payer: NewOwner,
    /// The first day.
    pub on: NaiveDate,
    /// What was agreed, and where it is written.
    pub agreement: String,
}

/// What a change of the payer did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PayerChange {
    /// The unit.
    pub unit: UnitLabel,
    /// The new account.
    pub account: AccountId,
    /// Its payer.
    pub party: PartyId,
    /// Whether the payer is a tenant, so that the owners are liable beside them.
    pub tenant: bool,
    /// The first month the new account is billed for.
    pub first_period: Period,
}

/// Lets somebody else pay for a unit from a day on.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a day ahead or not after the present payer began; [`Refusal::Conflict`] without an owner, or when
/// that person pays already.
pub fn change_payer(app: &App, actor: &Actor, request: &ChangePayer) -> Result<PayerChange, Refusal> {
    let community = find_community(app, &request.community)?;
    actor.require(Permission::EditRegistry, community)?;
    crate::entered::check_past_day("on", request.on, app.today())?;
    let agreement = required("agreement", "约定依据", &request.agreement, 200)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let unit = get_unit(tx, community, &request.unit)?;
        let accounts = store::list_accounts_of_unit(tx, community, unit.id)?;
        let former = accounts.into_iter().find(|account| account.ends_on.is_none());
        let former = former.ok_or_else(|| no_account(&request.unit))?;
        store::lock_account(tx, community, former.id)?;
        check_begins(&former, request.on)?;
        let change = change(tx, app, community, unit.id, &former, request)?;
        let detail = serde_json::json!({ "unit": change.unit, "on": request.on, "account": change.account,
            "tenant": change.tenant, "agreement": agreement });
        units::record(tx, app, actor, community, ("unit.change_payer", unit.id, &detail))?;
        Ok(change)
    })
}

fn no_account(unit: &UnitLabel) -> Refusal {
    Refusal::conflict(format!("{unit} 还没有缴费账户"), format!("{unit} has no account yet"))
}

fn check_begins(former: &AccountRow, on: NaiveDate) -> Result<(), Refusal> {
    if former.starts_on.is_some_and(|start| start >= on) {
        let zh = "变更日期必须晚于现缴费人开始的日期，缴费期间不能重叠";
        return Err(Refusal::invalid(
            "on",
            zh,
            "the day must lie after the one the present payer began: times must not overlap",
        ));
    }
    Ok(())
}

fn change(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    unit: UnitId,
    former: &AccountRow,
    request: &ChangePayer,
) -> Result<PayerChange, Refusal> {
    let holders = unit_page::list_holders(tx, community, unit)?;
    let holds = |on: NaiveDate| {
        let holders = &holders;
        holders.iter().filter(move |one| {
            one.starts_on.is_none_or(|first| first <= on) && one.ends_on.is_none_or(|last| on <= last)
        })
    };
    let party = units::party_of(tx, app, community, &request.payer)?;
    if former.party_id == party {
        return Err(Refusal::conflict("这位已经是缴费人", "that person pays already"));
    }
    let owns = holds(request.on).any(|one| one.party_id == party && one.role != "tenant");
    let rents = holds(request.on).any(|one| one.party_id == party && one.role == "tenant");
    if !owns && !rents {
        let tenure = TenureRow {
            id: app.new_id(),
            unit_id: unit,
            party_id: party,
            role: "tenant".to_owned(),
            starts_on: Some(request.on),
            ends_on: None,
        };
        store::insert_tenures(tx, community, &[tenure])?;
    }
    let charged = edit::list_charged(tx, community, former.id)?;
    let first = ownership::first_period(request.on);
    let floor = ownership::floor(tx, community, unit, Some(former), &charged, first)?;
    edit::end_accounts(tx, community, unit, request.on.pred_opt().unwrap_or(request.on))?;
    let paid_through = floor.map(|floor| floor.to_string()).unwrap_or_default();
    let account = units::open_account(tx, app, community, (unit, party), (Some(request.on), &paid_through))?;
    Ok(PayerChange {
        unit: request.unit.clone(),
        account,
        party,
        tenant: !owns,
        first_period: floor.map_or(first, Period::next),
    })
}
