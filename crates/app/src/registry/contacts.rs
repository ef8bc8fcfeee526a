//! Contact points by hand: added, verified, found dead, preferred. Values are sealed as they come in.

use chrono::NaiveDate;
use hemu_domain::ids::{CommunityId, ContactPointId, PartyId};
use hemu_domain::registry::contact::{Channel, ContactError, Relation, VerifiedHow};
use hemu_domain::registry::{names, pinyin};
use hemu_domain::staff::Permission;
use hemu_store::registry::contact::{self, ContactView, NewContact};
use hemu_store::registry::{self as store, edit};
use hemu_store::{DbError, Tx};

use super::required;
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::collection::holds::contact_data_changed;
use crate::{Actor, App, Refusal};

/// A contact point to add.
#[derive(Clone, Debug)]
pub struct AddContact {
    /// Name of the community.
    pub community: String,
    /// Whose.
    pub party: PartyId,
    /// By which channel.
    pub channel: Channel,
    /// As typed.
    pub value: String,
    /// Who answers there.
    pub relation: Relation,
    /// How it was verified; `None` while it is not.
    pub verified: Option<VerifiedHow>,
    /// Whether the person agreed to be reached there.
    pub consent: bool,
}

/// Adds a contact point. One that is there already is not doubled: its id is given back, verified if this says how.
///
/// # Errors
/// [`Refusal::InvalidInput`] when the value is none of its channel; [`Refusal::NotFound`] when there is no such party.
pub fn add_contact(app: &App, actor: &Actor, request: &AddContact) -> Result<ContactPointId, Refusal> {
    let community = find_community(app, &request.community)?;
    actor.require(Permission::EditRegistry, community)?;
    let value = request.channel.normalise(&request.value).map_err(refused)?;
    let index = app.sealer.index(request.channel.as_str(), &value);
    app.db.write(|tx| {
        get_party(tx, community, request.party)?;
        if let Some(known) = contact::find_by_value(tx, community, request.party, &index)? {
            if let Some(how) = request.verified {
                contact::verify(tx, community, known, how.as_str(), app.today())?;
                contact_data_changed(tx, app, community, (request.party, false))?;
                record(tx, app, actor, community, ("contact_point.verify", known))?;
            }
            return Ok(known);
        }
        let new = new_contact(app, request, &value, index.clone());
        contact::insert(tx, community, &new, app.clock.now())?;
        contact_data_changed(tx, app, community, (request.party, false))?;
        record(tx, app, actor, community, ("contact_point.add", new.view.id))?;
        Ok(new.view.id)
    })
}

fn new_contact(app: &App, request: &AddContact, value: &str, value_index: Vec<u8>) -> NewContact {
    let id: ContactPointId = app.new_id();
    let view = ContactView {
        id,
        party_id: request.party,
        channel: request.channel.as_str().to_owned(),
        tail: request.channel.mask(value),
        verified_how: request.verified.map(|how| how.as_str().to_owned()),
        verified_on: request.verified.map(|_| app.today()),
        relation: request.relation.as_str().to_owned(),
        consent: request.consent,
        preferred: false,
        bounced_on: None,
    };
    NewContact { view, value_sealed: app.sealer.seal("contact_point.value", id.uuid(), value), value_index }
}

fn refused(error: ContactError) -> Refusal {
    let zh = match error {
        ContactError::Phone => "号码有误：请填写 11 位手机号，或带区号的座机号",
        ContactError::Email => "邮箱地址有误，请检查",
        ContactError::Text => "请填写，最多 200 个字",
    };
    Refusal::invalid("value", zh, error.to_string())
}

/// Records how a contact point was verified, today; it counts as working again.
///
/// # Errors
/// [`Refusal::NotFound`] when there is none.
pub fn verify_contact(
    app: &App,
    actor: &Actor,
    community: &str,
    id: ContactPointId,
    how: VerifiedHow,
) -> Result<(), Refusal> {
    change(app, actor, community, id, "contact_point.verify", |tx, community, view| {
        contact::verify(tx, community, id, how.as_str(), app.today())?;
        contact_data_changed(tx, app, community, (view.party_id, false))
    })
}

/// Records that nothing arrives there since a day: reminders do not go there, and it counts as no talk.
///
/// # Errors
/// [`Refusal::NotFound`] when there is none; [`Refusal::InvalidInput`] when the day lies ahead.
pub fn mark_bounced(
    app: &App,
    actor: &Actor,
    community: &str,
    id: ContactPointId,
    on: NaiveDate,
) -> Result<(), Refusal> {
    if on > app.today() {
        return Err(Refusal::invalid("on", "日期不能晚于今天", "the day lies ahead"));
    }
    change(app, actor, community, id, "contact_point.bounce", |tx, community, view| {
        contact::mark_bounced(tx, community, id, on)?;
        contact_data_changed(tx, app, community, (view.party_id, false))
    })
}

/// Records whether the person agreed to be reached there, and whether it is the one to use first.
///
/// # Errors
/// [`Refusal::NotFound`] when there is none.
pub fn set_contact_wish(
    app: &App,
    actor: &Actor,
    community: &str,
    id: ContactPointId,
    wish: (bool, bool),
) -> Result<(), Refusal> {
    change(app, actor, community, id, "contact_point.wish", |tx, community, view| {
        Ok(contact::set_wish(tx, community, view.party_id, id, wish)?)
    })
}

fn change(
    app: &App,
    actor: &Actor,
    community: &str,
    id: ContactPointId,
    act: &'static str,
    mut write: impl FnMut(&mut Tx<'_>, CommunityId, &ContactView) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditRegistry, community)?;
    app.db.write(|tx| {
        let view = contact::find(tx, community, id)?
            .ok_or_else(|| Refusal::not_found("联系方式", "contact point", &id.to_string()))?;
        write(tx, community, &view)?;
        Ok(record(tx, app, actor, community, (act, id))?)
    })
}

/// Corrects a party's name, and how it wants to be addressed (empty: by surname). A new owner is a change of ownership,
/// not a new name.
///
/// # Errors
/// [`Refusal::InvalidInput`] for an empty name; [`Refusal::NotFound`] when there is no such party.
pub fn rename_party(
    app: &App,
    actor: &Actor,
    community: &str,
    party: PartyId,
    (name, form_of_address): (&str, &str),
) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditRegistry, community)?;
    let name = required("name", "姓名", &names::tidy(name), 100)?;
    let address = super::optional("form_of_address", "称呼", form_of_address, 40)?;
    app.db.write(|tx| {
        get_party(tx, community, party)?;
        let address = Some(address.as_str()).filter(|address| !address.is_empty());
        edit::rename_party(tx, community, party, &name, (&pinyin::initials(&name), address))?;
        let detail = serde_json::json!({});
        let act = Act { act: "party.rename", subject_kind: "party", subject_id: Some(party.uuid()), detail: &detail };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}

fn get_party(tx: &mut Tx<'_>, community: CommunityId, party: PartyId) -> Result<store::PartyRow, Refusal> {
    store::find_party(tx, community, party)?.ok_or_else(|| Refusal::not_found("业主", "party", &party.to_string()))
}

/// What happened, never the value.
fn record(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (act, id): (&'static str, ContactPointId),
) -> Result<(), DbError> {
    let detail = serde_json::json!({});
    let act = Act { act, subject_kind: "contact_point", subject_id: Some(id.uuid()), detail: &detail };
    audit::record(tx, app, actor, Some(community), &act)
}
