//! Use cases: one function, one transaction; permissions; the one clock; jobs.
//!
//! A use case takes the [`App`], the acting person and a request, checks the permission before anything else, and answers with
//! a report or a [`Refusal`] that says what the caller can do about it. Rules live in `hemu-domain`, SQL in `hemu-store`.

pub mod actor;
pub mod approval;
pub mod arrears;
pub mod audit;
pub mod bank;
pub mod billing;
pub mod clock;
pub mod closing;
pub mod collection;
pub mod context;
pub mod desk;
pub mod entered;
pub mod gateways;
pub mod import;
pub mod ledger;
pub mod legal;
pub mod look;
pub mod metering;
pub mod outreach;
pub mod readiness;
pub mod reductions;
pub mod refusal;
pub mod registry;
pub mod review;
pub mod service;
pub mod shared_costs;
pub mod staff;
pub mod tariff;
pub mod verify;

pub use actor::{Actor, Scope};
pub use clock::Clock;
pub use context::App;
pub use look::Look;
pub use refusal::Refusal;
