//! What a person asked for about being contacted (联系约定): written down by whoever hears it, taken back when the person says so.

use chrono::{NaiveDate, NaiveTime};
use hemu_domain::Text;
use hemu_domain::ids::{CommunityId, ContactLimitId, PartyId};
use hemu_domain::outreach::contact_limit::{ContactHours, ContactLimit};
use hemu_domain::outreach::quiet_hours::{ContactManner, QuietHours};
use hemu_domain::staff::Permission;
use hemu_store::registry as store;
use hemu_store::registry::contact_limit::{self, ContactLimitRow};
use serde::Serialize;
use serde_json::json;

use crate::audit::{self, Act};
use crate::{Actor, App, Refusal};

/// A wish as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimitItem {
    /// Its id.
    pub id: ContactLimitId,
    /// `not_before`, `no_sms`...
    pub kind: &'static str,
    /// In words, with its hour.
    pub text: Text,
    /// Who wrote it down.
    pub by: String,
    /// When.
    pub on: NaiveDate,
}

impl From<ContactLimitRow> for LimitItem {
    fn from(row: ContactLimitRow) -> Self {
        let label = row.kind.label();
        let text = match row.at.map(|at| at.format("%H:%M")) {
            Some(at) => Text::new(format!("{} {at}", label.zh), format!("{} {at}", label.en)),
            None => label,
        };
        Self { id: row.id, kind: row.kind.as_str(), text, by: row.set_by.1, on: row.set_on }
    }
}

/// Writes down what a person asked for.
///
/// # Errors
/// [`Refusal::InvalidInput`] without the hour the wish names, or when no hour would be left for a call; [`Refusal::NotFound`] when
/// there is no such person.
pub fn set_contact_limit(
    app: &App,
    actor: &Actor,
    (community, party): (CommunityId, PartyId),
    (kind, at): (ContactLimit, Option<NaiveTime>),
) -> Result<ContactLimitId, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    if kind.has_hour() && at.is_none() {
        return Err(Refusal::invalid("at", "请填写几点", "say which hour"));
    }
    let at = at.filter(|_| kind.has_hour());
    app.db.write(|tx| {
        store::find_party(tx, community, party)?
            .ok_or_else(|| Refusal::not_found("业主", "party", &party.to_string()))?;
        let there = contact_limit::list_of_party(tx, community, party)?;
        if let Some(same) = there.iter().find(|one| (one.kind, one.at) == (kind, at)) {
            return Ok(same.id);
        }
        let all: Vec<_> = there.iter().map(|one| (one.kind, one.at)).chain([(kind, at)]).collect();
        require_hours_left(app.today(), &all)?;
        let set_by = (actor.staff_id, actor.name.clone());
        let row = ContactLimitRow { id: app.new_id(), party_id: party, kind, at, set_on: app.today(), set_by };
        contact_limit::insert(tx, community, &row)?;
        let detail = json!({ "kind": kind, "at": at });
        let act =
            Act { act: "contact_limit.set", subject_kind: "party", subject_id: Some(party.uuid()), detail: &detail };
        audit::record(tx, app, actor, Some(community), &act)?;
        Ok(row.id)
    })
}

/// A person who left no hour would be out of reach for good: that is said by "no calls", not by hours.
fn require_hours_left(today: NaiveDate, limits: &[(ContactLimit, Option<NaiveTime>)]) -> Result<(), Refusal> {
    let hours = ContactHours::of(limits).narrow(QuietHours::published());
    if hours.first_open(ContactManner::Call, today.and_time(NaiveTime::MIN)) == chrono::NaiveDateTime::MAX {
        return Err(Refusal::invalid(
            "at",
            "这样就没有可以联系的时间了；不希望接电话的请选“不要打电话”",
            "no hour would be left; choose 'no calls' for who wants none",
        ));
    }
    Ok(())
}

/// Takes a wish back, today.
///
/// # Errors
/// [`Refusal::Conflict`] when there is none, or it was taken back before.
pub fn end_contact_limit(app: &App, actor: &Actor, community: CommunityId, id: ContactLimitId) -> Result<(), Refusal> {
    actor.require(Permission::WorkCases, community)?;
    app.db.write(|tx| {
        if !contact_limit::end(tx, community, id, app.today())? {
            return Err(Refusal::conflict("这条约定不存在或已取消", "there is no such wish, or it was taken back"));
        }
        let detail = json!({});
        let act = Act {
            act: "contact_limit.end",
            subject_kind: "contact_limit",
            subject_id: Some(id.uuid()),
            detail: &detail,
        };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}
