//! Outreach (触达): attempts and delivery reports, the contact log, message templates, scripts, records of visits.

pub mod attempt;
pub mod contact;
pub mod script;
pub mod sent;
pub mod template;
pub mod visit;

/// Every statement of this module, for the test that prepares them on both engines.
pub const STATEMENTS: &[&[&str]] = &[
    attempt::STATEMENTS,
    contact::STATEMENTS,
    script::STATEMENTS,
    sent::STATEMENTS,
    template::STATEMENTS,
    visit::STATEMENTS,
];
