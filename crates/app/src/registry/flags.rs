//! Flags (特殊情况, 历史遗留问题): set with reason, effect and expiry, taken back by whoever may (A4).

use chrono::NaiveDate;
use hemu_domain::UnitLabel;
use hemu_domain::ids::{FlagId, PartyId};
use hemu_domain::registry::flag::FlagEffect;
use hemu_domain::staff::Permission;
use hemu_store::registry as store;
use hemu_store::registry::flag::{self, FlagRow};

use super::{get_unit, required};
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// What a flag is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlagSubject {
    /// A unit, whoever holds it.
    Unit(UnitLabel),
    /// A party, whatever it holds.
    Party(PartyId),
}

/// A flag to set.
#[derive(Clone, Debug)]
pub struct SetFlag {
    /// Name of the community.
    pub community: String,
    /// What it is about.
    pub subject: FlagSubject,
    /// What it is, in the office's words: 独居老人, 前期遗留漏水...
    pub kind: String,
    /// Why it is set.
    pub reason: String,
    /// What it does to collection.
    pub effect: FlagEffect,
    /// The last day it counts.
    pub expires_on: NaiveDate,
}

/// Sets a flag.
///
/// # Errors
/// [`Refusal::InvalidInput`] without a reason, or with an expiry that is past or more than a year ahead;
/// [`Refusal::NotFound`] when its subject is not there.
pub fn set_flag(app: &App, actor: &Actor, request: &SetFlag) -> Result<FlagId, Refusal> {
    let community = find_community(app, &request.community)?;
    actor.require(Permission::EditRegistry, community)?;
    if matches!(request.effect, FlagEffect::HoldContact | FlagEffect::HoldFormal) {
        actor.require(Permission::HoldCases, community)?;
    }
    let kind = required("kind", "情况", &request.kind, 40)?;
    let reason = required("reason", "原因", &request.reason, 500)?;
    check_expiry(app.today(), request.expires_on)?;
    app.db.write(|tx| {
        let (unit_id, party_id) = match &request.subject {
            FlagSubject::Unit(label) => (Some(get_unit(tx, community, label)?.id), None),
            FlagSubject::Party(party) => {
                let known = store::find_party(tx, community, *party)?;
                let known = known.ok_or_else(|| Refusal::not_found("业主", "party", &party.to_string()))?;
                (None, Some(known.id))
            }
        };
        let row = FlagRow {
            id: app.new_id(),
            unit_id,
            party_id,
            kind: kind.clone(),
            reason: reason.clone(),
            effect: request.effect.as_str().to_owned(),
            author_id: actor.staff_id,
            author_name: actor.name.clone(),
            created_at: app.clock.now(),
            expires_on: request.expires_on,
            ended_on: None,
        };
        flag::insert(tx, community, &row)?;
        let detail = serde_json::json!({ "effect": request.effect, "expires_on": request.expires_on });
        let act = Act { act: "flag.set", subject_kind: "flag", subject_id: Some(row.id.uuid()), detail: &detail };
        audit::record(tx, app, actor, Some(community), &act)?;
        Ok(row.id)
    })
}

fn check_expiry(today: NaiveDate, expires_on: NaiveDate) -> Result<(), Refusal> {
    let latest = FlagEffect::latest_expiry(today);
    if expires_on < today || expires_on > latest {
        let zh = format!("到期日必须在今天到 {latest} 之间，到期前请复核");
        return Err(Refusal::invalid("expires_on", zh, format!("the expiry lies between today and {latest}")));
    }
    Ok(())
}

/// Takes a flag back, today.
///
/// # Errors
/// [`Refusal::Conflict`] when there is none, or it was taken back before.
pub fn end_flag(app: &App, actor: &Actor, community: &str, id: FlagId) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditRegistry, community)?;
    app.db.write(|tx| {
        if !flag::end(tx, community, id, app.today())? {
            return Err(Refusal::conflict("这个标记不存在或已取消", "there is no such flag, or it was taken back"));
        }
        let detail = serde_json::json!({});
        let act = Act { act: "flag.end", subject_kind: "flag", subject_id: Some(id.uuid()), detail: &detail };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}
