//! Outreach (触达): texts, the outbox, the contact log.

pub mod sent;
pub mod templates;
