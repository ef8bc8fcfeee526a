//! The staff of the example, one for each role. Their password is for the example alone and is printed.

use hemu_app::staff::{NewStaff, add_staff};
use hemu_app::{Actor, App, Refusal, Scope};
use hemu_domain::staff::Role;

/// The password of every account of the example.
const PASSWORD: &str = "hemu-demo";

/// Login, name and role.
type Login = (&'static str, &'static str, Role);

/// Who works in the example.
pub const LOGINS: [Login; 7] = [
    ("manager", "沈国栋", Role::Manager),
    ("service", "周敏", Role::Service),
    ("cashier", "陈晓燕", Role::Cashier),
    ("accountant", "许文静", Role::Accountant),
    ("engineer", "马建军", Role::Engineer),
    ("legal", "顾明远", Role::Legal),
    ("auditor", "孟秋实", Role::Auditor),
];

/// Those of them who act in the example.
#[derive(Clone)]
pub struct Staff {
    /// 项目经理
    pub manager: Actor,
    /// 管家
    pub service: Actor,
    /// 收费员
    pub cashier: Actor,
    /// 财务
    pub accountant: Actor,
    /// 工程
    pub engineer: Actor,
    /// 法务
    pub legal: Actor,
}

/// Gives everybody an account.
///
/// # Errors
/// When the database refuses.
pub fn hire(app: &App) -> Result<Staff, Refusal> {
    let mut actors = Vec::new();
    for (login, name, role) in LOGINS {
        let (login, name, password) = (login.to_owned(), name.to_owned(), PASSWORD.to_owned());
        let new = NewStaff { login, name: name.clone(), role, password, communities: None };
        let id = add_staff(app, &Actor::local_operator(), &new)?;
        actors.push(Actor { staff_id: Some(id), name, role, scope: Scope::All });
    }
    let [manager, service, cashier, accountant, engineer, legal, _auditor] = <[Actor; 7]>::try_from(actors)
        .map_err(|_| Refusal::Internal("the example has one person for each role".to_owned()))?;
    Ok(Staff { manager, service, cashier, accountant, engineer, legal })
}

/// The line that tells how to sign in.
pub fn describe((login, name, role): Login) -> String {
    format!("  {login:<12} {PASSWORD}   {} {name}", role.label().zh)
}
