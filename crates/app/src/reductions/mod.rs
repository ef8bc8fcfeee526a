//! Reductions (减免): each with a reason, a limit per role, a second person above it, and an entry of its own beside the charge.
//!
//! - The fee of a home confirmed vacant, and of who paid a year ahead, is taken off charge by charge as it is billed
//!   (`discounts`, [`vacancy`], [`promotion`]).
//! - What is owed is let off by a waiver, the late fee apart from the principal ([`waive`], [`crate::ledger::adjust`]).
//! - What was served worse than agreed costs less (民法典 582): a reduction that names the complaint ([`service`]).
//!
//! What had been paid of what is taken off is put by for the payer (`release`).

pub(crate) mod discounts;
mod list;
pub mod promotion;
mod release;
mod rules;
pub mod service;
pub mod vacancy;
pub mod waive;

pub use list::{DiscountItem, GrantedItem, KindTotal, ReductionList, list_reductions};
pub use rules::{set_rules, show_rules};

pub(crate) use rules::load_rules;
