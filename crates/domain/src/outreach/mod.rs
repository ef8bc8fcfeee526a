//! Outreach (触达): wording check, quiet hours and days, what a person asked for about being contacted, scripts.

pub mod contact_limit;
pub mod quiet_days;
pub mod quiet_hours;
pub mod scripts;
pub mod templates;
pub mod wording;
