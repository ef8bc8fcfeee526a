//! A masked field in full, for who may, once each time: the act is recorded before the value is given (E6).

use hemu_domain::ids::{CommunityId, ContactPointId, MemberId, PartyId};
use hemu_domain::staff::Permission;
use hemu_store::Tx;
use hemu_store::registry as store;
use hemu_store::registry::{contact, member};

use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// Which sealed field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedField {
    /// The value of a contact point.
    Contact(ContactPointId),
    /// The identity number of a party.
    IdNumber(PartyId),
    /// Name and phones of a household member.
    Member(MemberId),
}

/// Opens a sealed field and records who saw it; never what it held.
///
/// # Errors
/// [`Refusal::Forbidden`] when the role may not; [`Refusal::NotFound`] when there is nothing to see.
pub fn reveal(app: &App, actor: &Actor, community: &str, field: SealedField) -> Result<String, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::RevealPersonalData, community)?;
    app.db.write(|tx| open_and_record(tx, (app, actor), community, field))
}

/// The same within a transaction, for who may already.
pub(crate) fn open_and_record(
    tx: &mut Tx<'_>,
    (app, actor): (&App, &Actor),
    community: CommunityId,
    field: SealedField,
) -> Result<String, Refusal> {
    let value = open(tx, app, community, field)?;
    let (act, subject_kind, id) = match field {
        SealedField::Contact(id) => ("contact_point.reveal", "contact_point", id.uuid()),
        SealedField::IdNumber(id) => ("id_number.reveal", "party", id.uuid()),
        SealedField::Member(id) => ("member.reveal", "household_member", id.uuid()),
    };
    let detail = serde_json::json!({ "role": actor.role });
    let act = Act { act, subject_kind, subject_id: Some(id), detail: &detail };
    audit::record(tx, app, actor, Some(community), &act)?;
    Ok(value)
}

fn open(tx: &mut Tx<'_>, app: &App, community: CommunityId, field: SealedField) -> Result<String, Refusal> {
    match field {
        SealedField::Contact(id) => {
            contact::find(tx, community, id)?
                .ok_or_else(|| Refusal::not_found("联系方式", "contact point", &id.to_string()))?;
            let sealed = contact::get_sealed(tx, community, id)?;
            Ok(app.sealer.open_text("contact_point.value", id.uuid(), &sealed)?)
        }
        SealedField::IdNumber(id) => {
            let sealed = store::find_party(tx, community, id)?.and_then(|party| party.id_number_sealed);
            let sealed = sealed.ok_or_else(|| Refusal::not_found("证件号码", "identity number", &id.to_string()))?;
            Ok(app.sealer.open_text("party.id_number", id.uuid(), &sealed)?)
        }
        SealedField::Member(id) => {
            let missing = || Refusal::not_found("家庭成员", "household member", "");
            let sealed = member::find_sealed(tx, community, id)?.ok_or_else(missing)?;
            let open = |place: &str, sealed: &[u8]| app.sealer.open_text(place, id.uuid(), sealed);
            let name = open("household_member.name", &sealed.name)?;
            match sealed.phones {
                Some(phones) => Ok(format!("{name} {}", open("household_member.phones", &phones)?)),
                None => Ok(name),
            }
        }
    }
}
