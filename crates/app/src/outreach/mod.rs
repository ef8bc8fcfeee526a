//! Outreach (触达): texts, the outbox, the contact log, scripts.

pub mod scripts;
pub mod sent;
pub mod templates;
