//! Household members (家庭成员, 租客) as the unit page shows them: masked, and never payers.

use hemu_domain::Text;
use hemu_domain::ids::{CommunityId, MemberId, UnitId};
use hemu_store::Tx;
use hemu_store::registry::member::{self, MemberView};
use serde::Serialize;

use crate::Refusal;

/// Somebody who lives in a unit beside its owners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MemberItem {
    /// Its id.
    pub id: MemberId,
    /// What the person is to the unit.
    pub role: Text,
    /// The masked name.
    pub name: String,
    /// The masked phones; empty without one.
    pub phones: String,
    /// Always false: whoever lives there owes nothing for it.
    pub pays: bool,
}

/// Who lives in a unit beside its owners.
///
/// # Errors
/// When the database refuses.
pub(super) fn list_members(tx: &mut Tx<'_>, community: CommunityId, unit: UnitId) -> Result<Vec<MemberItem>, Refusal> {
    Ok(member::list_of_unit(tx, community, unit)?.into_iter().map(item).collect())
}

fn item(view: MemberView) -> MemberItem {
    let MemberView { id, role, name_tail, phones_tail } = view;
    MemberItem { id, role: role.label(), name: name_tail, phones: phones_tail, pays: false }
}
