//! Outreach (触达): wording check, quiet hours, contact budget.

pub mod quiet_hours;
pub mod scripts;
pub mod templates;
pub mod wording;
