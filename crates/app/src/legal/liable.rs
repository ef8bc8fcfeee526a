//! Who is liable for what a payer owes beside the payer: the owner of a unit whose tenant pays by agreement (物业管理条例 41), and
//! co-owners beside each other (民法典 307).

use chrono::NaiveDate;
use hemu_domain::ids::{CommunityId, PartyId, UnitId};
use hemu_store::registry::unit_page::{self, Holder};
use hemu_store::{DbError, Tx};

/// Whether the payer of a unit is a tenant, and who owns the unit on the day but for the payer: heirs are co-owners from the day they
/// are recorded from.
///
/// # Errors
/// When the database refuses.
pub fn beside(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
    payer: PartyId,
    on: NaiveDate,
) -> Result<(bool, Vec<Holder>), DbError> {
    let holders = unit_page::list_holders(tx, community, unit)?;
    let of_payer = holders.iter().filter(|one| one.party_id == payer);
    let (mut rents, mut owned) = (false, false);
    for one in of_payer {
        rents |= one.role == "tenant";
        owned |= one.role != "tenant";
    }
    let is_tenant = rents && !owned;
    // A former owner's debt is nobody else's.
    let holds =
        |one: &&Holder| one.starts_on.is_none_or(|first| first <= on) && one.ends_on.is_none_or(|last| on <= last);
    let present = is_tenant || holders.iter().filter(holds).any(|one| one.party_id == payer);
    let owns = |one: &&Holder| matches!(one.role.as_str(), "owner" | "co_owner") && one.party_id != payer;
    let others = holders.iter().filter(holds).filter(owns).cloned();
    Ok((is_tenant, if present { others.collect() } else { Vec::new() }))
}
