//! Collection (催缴): runs, decisions, the outbox, and what people do on a case.
//!
//! A run takes place in these steps: cases are opened for payers with an overdue charge and closed for those who owe nothing; a
//! first look tells the cases whose decision stands from those that need more (`glance`); for these everything decisions may
//! read is loaded set by set ([`snapshot`]). So each open case gets exactly one decision; those that differ from the case's last
//! one are written, with their actions and tasks; the run keeps its counts and a digest of all. Then what is due goes out
//! ([`mod@dispatch`]).

mod agreed;
pub mod assignment;
pub mod board;
pub mod case_page;
pub mod contact_room;
pub mod dispatch;
mod glance;
pub mod handover;
pub mod holds;
mod late_fees;
mod limitation;
pub mod nightly;
pub mod offers;
mod planner;
pub mod plans;
pub(crate) mod policies;
pub mod preview;
pub mod promises;
pub mod replay;
pub mod run;
mod settle;
pub mod signals;
pub mod snapshot;
pub mod terms;
pub mod timeline;
pub mod todo;
pub mod versions;
pub mod visit_record;
pub mod visit_shown;
pub mod visits;
pub mod work;
pub mod worklist;

pub use dispatch::{DispatchReport, dispatch};
pub use run::{RunReport, RunRequest, run_collection, run_collections};
pub use versions::policy_in_force;
