//! The staff of the example, one for each role. Their password is for the example alone and is printed.

use hemu_app::staff::{NewStaff, add_staff};
use hemu_app::{Actor, App, Refusal};
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

/// Gives everybody an account.
///
/// # Errors
/// When the database refuses.
pub fn hire(app: &App, actor: &Actor) -> Result<(), Refusal> {
    for (login, name, role) in LOGINS {
        let (login, name, password) = (login.to_owned(), name.to_owned(), PASSWORD.to_owned());
        add_staff(app, actor, &NewStaff { login, name, role, password, communities: None })?;
    }
    Ok(())
}

/// The line that tells how to sign in.
pub fn describe((login, name, role): Login) -> String {
    format!("  {login:<12} {PASSWORD}   {} {name}", role.label().zh)
}
