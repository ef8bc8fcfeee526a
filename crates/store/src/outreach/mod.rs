//! Outreach (触达): attempts and delivery reports, the contact log, message templates.

pub mod attempt;
pub mod contact;
pub mod sent;
pub mod template;

/// Every statement of this module, for the test that prepares them on both engines.
pub const STATEMENTS: &[&[&str]] = &[attempt::STATEMENTS, contact::STATEMENTS, sent::STATEMENTS, template::STATEMENTS];
