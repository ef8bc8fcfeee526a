//! What a community asks of its cash desk: how much small change may be let off without a second person, and whether cash needs an
//! open shift.

use hemu_domain::Fen;
use hemu_domain::ids::CommunityId;
use hemu_domain::staff::Permission;
use hemu_store::community;
use hemu_store::desk::{self, DeskRule};
use serde::Serialize;

use crate::audit::{self, Act};
use crate::{Actor, App, Refusal};

/// The rules of the cash desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DeskRules {
    /// 抹零 stays below this; zero forbids it.
    pub rounding_limit: Fen,
    /// Cash is taken in an open shift only.
    pub needs_shift: bool,
}

/// Above ten yuan it is a waiver, and needs a second person.
const HIGHEST_LIMIT: Fen = Fen::new(1_000);

/// The rules in force.
///
/// # Errors
/// [`Refusal::Forbidden`] when the person may not read there.
pub fn desk_rules(app: &App, actor: &Actor, community: CommunityId) -> Result<DeskRules, Refusal> {
    actor.require(Permission::Read, community)?;
    let DeskRule { rounding_limit, needs_shift } = app.db.read(|tx| desk::get_rule(tx, community))?;
    Ok(DeskRules { rounding_limit, needs_shift })
}

/// Changes the rules.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a limit below zero or above ten yuan.
pub fn set_desk_rules(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    rules: DeskRules,
) -> Result<DeskRules, Refusal> {
    actor.require(Permission::Administer, community)?;
    if rules.rounding_limit < Fen::ZERO || rules.rounding_limit > HIGHEST_LIMIT {
        let zh = format!("抹零限额应在 0 到 {HIGHEST_LIMIT} 元之间，更大的减免须由两人办理");
        let en = format!(
            "the limit of small change is between 0 and {HIGHEST_LIMIT}; what is more is a waiver by two people"
        );
        return Err(Refusal::invalid("rounding_limit", zh, en));
    }
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let rule = DeskRule { rounding_limit: rules.rounding_limit, needs_shift: rules.needs_shift };
        desk::set_rule(tx, community, rule)?;
        let detail = serde_json::json!({ "rounding_limit": rules.rounding_limit, "needs_shift": rules.needs_shift });
        let subject_id = Some(community.uuid());
        let act = Act { act: "desk.rule", subject_kind: "community", subject_id, detail: &detail };
        audit::record(tx, app, actor, Some(community), &act)?;
        Ok(rules)
    })
}
