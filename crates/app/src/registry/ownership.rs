//! Change of ownership (过户): the former owners' tenures and account end, the new owners' begin.
//!
//! Order: the date is checked, what was billed ahead is found, tenures and account end the day before, the new ones open.
//! The old owner pays the month of the change, the new one from the month after. What the former account owes stays with the
//! former owner, and so does the money it has put by. A month billed or paid to the former account is never billed to the new
//! one: it is listed, for the two to settle or the office to correct. A sale does not end a lease (民法典 725): tenants stay.

use chrono::{Datelike, NaiveDate};
use hemu_domain::billing::Explanation;
use hemu_domain::ids::{AccountId, CommunityId, PartyId, UnitId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::registry::edit::{self, ChargedMonths};
use hemu_store::registry::{self as store, AccountRow, member, unit_page};
use hemu_store::{Tx, community};
use serde::Serialize;

use super::get_unit;
use super::units::{self, NewOwner};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// Who owns a unit from when on.
#[derive(Clone, Debug)]
pub struct ChangeOwner {
    /// Name of the community.
    pub community: String,
    /// The unit.
    pub unit: UnitLabel,
    /// The new owners, co-owners after the first.
    pub owners: Vec<NewOwner>,
    /// The first day they own it: registration of title, or handover where the contract says so.
    pub on: NaiveDate,
}

/// What a change of ownership did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnerChange {
    /// The unit.
    pub unit: UnitLabel,
    /// The former owner's account, if there was one.
    pub former_account: Option<AccountId>,
    /// What it still owes.
    pub former_open: Fen,
    /// What it has put by.
    pub former_prepaid: Fen,
    /// The new owner's account.
    pub account: AccountId,
    /// The new owners.
    pub parties: Vec<PartyId>,
    /// The first month the new account is billed for.
    pub first_period: Period,
    /// Charges of the former account for months after the change.
    pub billed_ahead: Vec<BilledAhead>,
}

/// A charge of the former account that covers months of the new owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BilledAhead {
    /// The fee item.
    pub item: String,
    /// The first month it covers.
    pub period: Period,
    /// The last one.
    pub until: Period,
    /// How much was charged.
    pub amount: Fen,
}

/// Ends the former ownership and opens the new one.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a day ahead, or not after the last change; [`Refusal::Conflict`] when fee items were billed
/// ahead to different months.
pub fn change_owner(app: &App, actor: &Actor, request: &ChangeOwner) -> Result<OwnerChange, Refusal> {
    let community = find_community(app, &request.community)?;
    actor.require(Permission::EditRegistry, community)?;
    if request.on > app.today() {
        let zh = "过户日期不能晚于今天，请在过户当天或之后登记";
        return Err(Refusal::invalid("on", zh, "record a change of ownership on its day or later"));
    }
    if request.owners.is_empty() {
        return Err(Refusal::invalid("owners", "请填写新业主", "name the new owner"));
    }
    app.db.write(|tx| {
        // Locks the community's facts first, as every transaction about money does: no bill run in between.
        community::next_seq(tx, community, 1)?;
        let unit = get_unit(tx, community, &request.unit)?;
        let accounts = store::list_accounts_of_unit(tx, community, unit.id)?;
        let former = accounts.into_iter().find(|account| account.ends_on.is_none());
        if let Some(former) = &former {
            store::lock_account(tx, community, former.id)?;
        }
        let change = change(tx, app, community, unit.id, former.as_ref(), request)?;
        // Who lived there with the former owner is no longer anybody's to know.
        member::end_of_unit(tx, community, unit.id, request.on)?;
        let detail = serde_json::json!({ "unit": change.unit, "on": request.on, "account": change.account,
            "former_account": change.former_account });
        units::record(tx, app, actor, community, ("unit.change_owner", unit.id, &detail))?;
        Ok(change)
    })
}

fn change(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    unit: UnitId,
    former: Option<&AccountRow>,
    request: &ChangeOwner,
) -> Result<OwnerChange, Refusal> {
    let last_day = request.on.pred_opt().unwrap_or(request.on);
    if former.and_then(|former| former.starts_on).is_some_and(|start| start >= request.on) {
        let zh = "过户日期必须晚于现业主开始的日期";
        return Err(Refusal::invalid("on", zh, "the day must lie after the one the present owner began"));
    }
    let first_owned = first_period(request.on);
    let charged = match former {
        Some(former) => edit::list_charged(tx, community, former.id)?,
        None => Vec::new(),
    };
    let floor = floor(tx, community, unit, former, &charged, first_owned)?;
    edit::end_owners(tx, community, unit, last_day)?;
    let parties = units::hold(tx, app, community, unit, &request.owners, Some(request.on))?;
    let paid_through = floor.map(|floor| floor.to_string()).unwrap_or_default();
    let account = units::open_account(tx, app, community, (unit, parties[0]), (Some(request.on), &paid_through))?;
    let ahead = charged.iter().filter(|one| until(one) >= first_owned).map(|one| BilledAhead {
        item: one.item.clone(),
        period: one.period,
        until: until(one),
        amount: one.amount,
    });
    Ok(OwnerChange {
        unit: request.unit.clone(),
        former_account: former.map(|former| former.id),
        former_open: charged.iter().map(|one| one.open).sum(),
        former_prepaid: former.map_or(Fen::ZERO, |former| former.prepaid),
        account,
        parties,
        first_period: floor.map_or(first_owned, Period::next),
        billed_ahead: ahead.collect(),
    })
}

/// The first month that begins with the new owner.
pub(super) fn first_period(on: NaiveDate) -> Period {
    let month = Period::of(on);
    if on.day() == 1 { month } else { month.next() }
}

/// The last month a charge covers.
fn until(one: &ChargedMonths) -> Period {
    let explanation = serde_json::from_value::<Explanation>(one.explanation.clone());
    one.period.plus_months(explanation.map_or(1, |why| why.months()).max(1) - 1)
}

/// The last month of the new owner that is billed or paid already; the account knows one for all its fee items.
pub(super) fn floor(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
    former: Option<&AccountRow>,
    charged: &[ChargedMonths],
    first_owned: Period,
) -> Result<Option<Period>, Refusal> {
    let Some(former) = former else { return Ok(None) };
    let before = first_owned.previous();
    let paid = Period::parse(&former.paid_through).unwrap_or(before).max(before);
    let day = first_owned.first_day();
    let fees = unit_page::list_fees(tx, community, unit, day)?;
    let mut ends: Vec<Period> = fees
        .iter()
        .filter(|fee| fee.starts_on <= day && fee.ends_on.is_none_or(|end| end >= day))
        .map(|fee| charged.iter().filter(|one| one.fee_item_id == fee.fee_item_id).map(until).fold(paid, Period::max))
        .collect();
    ends.sort_unstable();
    ends.dedup();
    match ends.as_slice() {
        [] => Ok(Some(paid).filter(|end| *end >= first_owned)),
        [end] => Ok(Some(*end).filter(|end| *end >= first_owned)),
        [early, .., late] => Err(Refusal::conflict(
            format!("各收费项目已出账到不同月份（{early} 至 {late}），请先把账单补齐到同一个月再过户"),
            format!("fee items were billed to different months ({early} to {late}); bill them to the same month first"),
        )),
    }
}
