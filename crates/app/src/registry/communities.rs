//! Communities: what bills and letters print of them.

use hemu_domain::ids::CommunityId;
use hemu_domain::staff::Permission;
use hemu_store::DbError;
use hemu_store::community::{self, Community};
use serde::Serialize;

use super::{optional, required};
use crate::audit::{self, Act};
use crate::{Actor, App, Refusal};

/// A community as a form gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommunityDetails {
    /// Its name, unique in the company.
    pub name: String,
    /// The property company.
    pub company_name: String,
    /// Where it lies.
    pub address: String,
    /// The service hotline.
    pub service_phone: String,
    /// How to pay, as letters print it.
    pub pay_account: String,
    /// Region pack; empty for the national rules.
    pub region: String,
}

/// A community as pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CommunityReport {
    /// Its id.
    pub id: CommunityId,
    /// Its name.
    pub name: String,
    /// The property company.
    pub company_name: String,
    /// Where it lies.
    pub address: String,
    /// The service hotline.
    pub service_phone: String,
    /// How to pay.
    pub pay_account: String,
    /// Region pack.
    pub region: String,
    /// What letters and bills still lack: `company_name`, `service_phone`, `pay_account`.
    pub missing: Vec<&'static str>,
}

/// The communities the actor works for, by name.
///
/// # Errors
/// [`Refusal::Forbidden`] when the role may not read.
pub fn list_communities(app: &App, actor: &Actor) -> Result<Vec<CommunityReport>, Refusal> {
    actor.require_role(Permission::Read)?;
    let all = app.db.read(community::list)?;
    Ok(all.into_iter().filter(|one| actor.sees(one.id)).map(report).collect())
}

/// A community the actor works for; `None` when there is none, or it is somebody else's.
///
/// # Errors
/// [`Refusal::Forbidden`] for a role that may read nothing.
pub fn find_community_of(app: &App, actor: &Actor, id: CommunityId) -> Result<Option<CommunityReport>, Refusal> {
    actor.require_role(Permission::Read)?;
    if !actor.sees(id) {
        return Ok(None);
    }
    match app.db.read(|tx| community::get(tx, id)) {
        Ok(found) => Ok(Some(report(found))),
        Err(DbError::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Makes the community of that name, or writes its details if it is there. The account fees are paid to is among them, so
/// only who administers may; the trail keeps which fields changed.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a name or detail that is empty where it may not be, or too long.
pub fn save_community(app: &App, actor: &Actor, details: &CommunityDetails) -> Result<CommunityReport, Refusal> {
    actor.require_role(Permission::Administer)?;
    let wanted = checked(details)?;
    app.db.write(|tx| {
        let Some(before) = community::find_by_name(tx, &wanted.name)? else {
            let made = Community { id: app.new_id(), ..wanted.clone() };
            community::insert(tx, &made, app.clock.now()).map_err(name_taken)?;
            let detail = serde_json::json!({ "name": made.name });
            record(tx, app, actor, &made, ("community.create", &detail))?;
            return Ok(report(made));
        };
        actor.require(Permission::Administer, before.id)?;
        let after = Community { id: before.id, ..wanted.clone() };
        if after != before {
            community::update(tx, &after)?;
            let detail = serde_json::json!({ "changed": changed(&before, &after) });
            record(tx, app, actor, &after, ("community.edit", &detail))?;
        }
        Ok(report(after))
    })
}

fn checked(details: &CommunityDetails) -> Result<Community, Refusal> {
    let region = optional("region", "地区", &details.region, 40)?;
    Ok(Community {
        id: CommunityId::from(uuid::Uuid::nil()),
        name: required("name", "小区名称", &details.name, 60)?,
        company_name: optional("company_name", "物业公司名称", &details.company_name, 100)?,
        address: optional("address", "地址", &details.address, 200)?,
        service_phone: optional("service_phone", "服务电话", &details.service_phone, 60)?,
        pay_account: optional("pay_account", "缴费方式", &details.pay_account, 300)?,
        region: if region.is_empty() { "national".to_owned() } else { region },
    })
}

fn name_taken(error: DbError) -> Refusal {
    match error {
        DbError::Duplicate { .. } => Refusal::conflict("小区名称已被使用", "a community of this name exists"),
        other => other.into(),
    }
}

fn changed(before: &Community, after: &Community) -> Vec<&'static str> {
    let fields = [
        ("company_name", &before.company_name, &after.company_name),
        ("address", &before.address, &after.address),
        ("service_phone", &before.service_phone, &after.service_phone),
        ("pay_account", &before.pay_account, &after.pay_account),
        ("region", &before.region, &after.region),
    ];
    fields.into_iter().filter(|(_, before, after)| before != after).map(|(name, _, _)| name).collect()
}

fn record(
    tx: &mut hemu_store::Tx<'_>,
    app: &App,
    actor: &Actor,
    community: &Community,
    (act, detail): (&'static str, &serde_json::Value),
) -> Result<(), DbError> {
    let subject_id = Some(community.id.uuid());
    audit::record(tx, app, actor, Some(community.id), &Act { act, subject_kind: "community", subject_id, detail })
}

fn report(community: Community) -> CommunityReport {
    let printed = [
        ("company_name", &community.company_name),
        ("service_phone", &community.service_phone),
        ("pay_account", &community.pay_account),
    ];
    let missing = printed.into_iter().filter(|(_, value)| value.is_empty()).map(|(name, _)| name).collect();
    CommunityReport {
        id: community.id,
        name: community.name,
        company_name: community.company_name,
        address: community.address,
        service_phone: community.service_phone,
        pay_account: community.pay_account,
        region: community.region,
        missing,
    }
}
