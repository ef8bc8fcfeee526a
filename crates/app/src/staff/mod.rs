//! Staff (员工): accounts with role and community scope. Whoever cannot sign in any more keeps the name on what was recorded.

pub mod password;
pub mod session;

use hemu_domain::Locale;
use hemu_domain::ids::{CommunityId, StaffId};
use hemu_domain::staff::{Permission, Role};
use hemu_store::staff::{self as store, StaffRow};
use hemu_store::{DbError, Tx, community};
use serde::Serialize;

use crate::audit::{self, Act};
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// An account as pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StaffItem {
    /// Its id.
    pub id: StaffId,
    /// What the person types to sign in.
    pub login: String,
    /// The name that is recorded.
    pub name: String,
    /// What the person is.
    pub role: Role,
    /// The communities, by name; empty for all of them.
    pub communities: Vec<String>,
    /// Whether the person works for every community.
    pub all_communities: bool,
    /// Whether the person may sign in.
    pub active: bool,
}

/// An account to add.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// What the person types to sign in.
    pub login: String,
    /// The name that is recorded.
    pub name: String,
    /// What the person is.
    pub role: Role,
    /// The first password; at least eight characters.
    pub password: String,
    /// Which communities; `None` for all of them.
    pub communities: Option<Vec<CommunityId>>,
}

/// What to change of an account; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct EditStaff {
    /// What the person is.
    pub role: Option<Role>,
    /// Whether the person may sign in.
    pub active: Option<bool>,
    /// A new password: every session of the account ends.
    pub password: Option<String>,
    /// Which communities; the inner `None` for all of them.
    pub communities: Option<Option<Vec<CommunityId>>>,
}

/// All accounts.
///
/// # Errors
/// [`Refusal::Forbidden`] for anybody but a manager or an auditor.
pub fn list_staff(app: &App, actor: &Actor) -> Result<Vec<StaffItem>, Refusal> {
    if !actor.role.may(Permission::ReadAudit) {
        actor.require_role(Permission::Administer)?;
    }
    let (accounts, scopes, communities) =
        app.db.read(|tx| Ok::<_, DbError>((store::list(tx)?, store::list_scopes(tx)?, community::list(tx)?)))?;
    let name = |id: CommunityId| communities.iter().find(|one| one.id == id).map(|one| one.name.clone());
    let item = |row: StaffRow| StaffItem {
        communities: scopes.iter().filter(|(staff, _)| *staff == row.id).filter_map(|(_, id)| name(*id)).collect(),
        id: row.id,
        login: row.login,
        name: row.name,
        role: row.role,
        all_communities: row.all_communities,
        active: row.active,
    };
    Ok(accounts.into_iter().map(item).collect())
}

/// Whether nobody can sign in yet: then the first start makes the manager's account.
///
/// # Errors
/// When the database refuses.
pub fn is_first_start(app: &App) -> Result<bool, Refusal> {
    Ok(app.db.read(store::count)? == 0)
}

/// Makes the first account, a manager's, while there is none.
///
/// # Errors
/// [`Refusal::Conflict`] once there is an account; [`Refusal::InvalidInput`] as for [`add_staff`].
pub fn make_first_manager(app: &App, login: &str, name: &str, password: &str) -> Result<StaffId, Refusal> {
    let new = NewStaff {
        login: login.to_owned(),
        name: name.to_owned(),
        role: Role::Manager,
        password: password.to_owned(),
        communities: None,
    };
    let row = new_row(app, &new)?;
    app.db.write(|tx| {
        if store::count(tx)? > 0 {
            return Err(Refusal::conflict("已经有账号了，请登录", "there is an account already: sign in"));
        }
        write(tx, app, &Actor::local_operator(), &row, &new)
    })
}

/// Adds an account.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a login, name or password that cannot be; [`Refusal::Conflict`] when the login is taken.
pub fn add_staff(app: &App, actor: &Actor, new: &NewStaff) -> Result<StaffId, Refusal> {
    actor.require_role(Permission::Administer)?;
    let row = new_row(app, new)?;
    app.db.write(|tx| write(tx, app, actor, &row, new))
}

fn new_row(app: &App, new: &NewStaff) -> Result<StaffRow, Refusal> {
    let login = new.login.trim().to_lowercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if !(2..=40).contains(&login.len()) || !login.chars().all(plain) {
        let zh = "登录名为 2 到 40 个字母、数字或 . - _";
        return Err(Refusal::invalid("login", zh, "a login has 2 to 40 letters, digits or . - _"));
    }
    let name = required("name", "姓名", &new.name, 40)?;
    password::check(&new.password)?;
    Ok(StaffRow {
        id: app.new_id(),
        login,
        name,
        role: new.role,
        password_hash: password::hash(&new.password)?,
        all_communities: new.communities.is_none(),
        active: true,
        locale: Locale::Zh,
    })
}

fn write(tx: &mut Tx<'_>, app: &App, actor: &Actor, row: &StaffRow, new: &NewStaff) -> Result<StaffId, Refusal> {
    store::insert(tx, row, app.clock.now()).map_err(|error| match error {
        DbError::Duplicate { .. } => Refusal::conflict(
            format!("登录名“{}”已被使用，请换一个", row.login),
            format!("the login '{}' is taken, choose another", row.login),
        ),
        other => other.into(),
    })?;
    store::set_scope(tx, row.id, new.communities.as_deref().unwrap_or_default())?;
    record(tx, app, actor, ("staff.add", row.id), &serde_json::json!({ "login": row.login, "role": row.role }))?;
    Ok(row.id)
}

/// Changes an account. Who loses the right to sign in, or gets a new password, is signed out everywhere.
///
/// # Errors
/// [`Refusal::Conflict`] when nobody could administer any more; [`Refusal::NotFound`] when there is no such account.
pub fn edit_staff(app: &App, actor: &Actor, id: StaffId, change: &EditStaff) -> Result<(), Refusal> {
    actor.require_role(Permission::Administer)?;
    let password_hash = match &change.password {
        Some(password) => {
            password::check(password)?;
            Some(password::hash(password)?)
        }
        None => None,
    };
    app.db.write(|tx| {
        let before = store::find(tx, id)?.ok_or_else(|| Refusal::not_found("账号", "account", &id.to_string()))?;
        let communities = change.communities.clone();
        let after = StaffRow {
            role: change.role.unwrap_or(before.role),
            active: change.active.unwrap_or(before.active),
            password_hash: password_hash.clone().unwrap_or_else(|| before.password_hash.clone()),
            all_communities: communities.as_ref().map_or(before.all_communities, Option::is_none),
            ..before.clone()
        };
        store::update(tx, &after)?;
        if let Some(communities) = communities {
            store::set_scope(tx, id, communities.as_deref().unwrap_or_default())?;
        }
        keep_a_manager(tx)?;
        if !after.active || password_hash.is_some() {
            store::end_sessions(tx, id)?;
        }
        let detail = serde_json::json!({
            "login": after.login,
            "role": [before.role, after.role],
            "active": [before.active, after.active],
            "new_password": password_hash.is_some(),
        });
        record(tx, app, actor, ("staff.edit", id), &detail)
    })
}

fn keep_a_manager(tx: &mut Tx<'_>) -> Result<(), Refusal> {
    let is_manager = |one: &StaffRow| one.active && one.all_communities && one.role == Role::Manager;
    if store::list(tx)?.iter().any(is_manager) {
        return Ok(());
    }
    let zh = "至少要保留一位管理所有小区的项目经理";
    Err(Refusal::conflict(zh, "one manager of all communities has to remain"))
}

fn record(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    (act, id): (&'static str, StaffId),
    detail: &serde_json::Value,
) -> Result<(), Refusal> {
    let act = Act { act, subject_kind: "staff", subject_id: Some(id.uuid()), detail };
    Ok(audit::record(tx, app, actor, None, &act)?)
}
