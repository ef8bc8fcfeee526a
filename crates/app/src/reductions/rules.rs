//! The money rules of a community: shown, set, read.

use hemu_domain::ids::CommunityId;
use hemu_domain::staff::Permission;
use hemu_domain::tariff::money_rules::MoneyRules;
use hemu_store::{Tx, community, reduction};

use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// The rules of a community; the defaults where none were set.
///
/// # Errors
/// [`Refusal::Internal`] when another version wrote something else there.
pub(crate) fn load_rules(tx: &mut Tx<'_>, community: CommunityId) -> Result<MoneyRules, Refusal> {
    match reduction::find_rules(tx, community)? {
        Some(body) => serde_json::from_value(body).map_err(|error| Refusal::Internal(error.to_string())),
        None => Ok(MoneyRules::default()),
    }
}

/// The rules of a community.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn show_rules(app: &App, actor: &Actor, community: &str) -> Result<MoneyRules, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| load_rules(tx, community))
}

/// Sets the rules; what was billed, granted or let off by then stays.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a value out of bounds.
pub fn set_rules(app: &App, actor: &Actor, community: &str, rules: &MoneyRules) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Administer, community)?;
    if let Some((field, bounds)) = rules.problem() {
        let zh = format!("{field} 超出范围，应为 {bounds}");
        return Err(Refusal::invalid(field, zh, format!("{field} is out of bounds: {bounds}")));
    }
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let before = load_rules(tx, community)?;
        let json =
            |rules: &MoneyRules| serde_json::to_value(rules).map_err(|error| Refusal::Internal(error.to_string()));
        reduction::set_rules(tx, community, json(rules)?)?;
        let detail = serde_json::json!({ "before": json(&before)?, "after": json(rules)? });
        let act =
            Act { act: "rules.set", subject_kind: "community", subject_id: Some(community.uuid()), detail: &detail };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}
