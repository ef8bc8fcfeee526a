//! Use cases from end to end, each on SQLite and on PostgreSQL.

mod adjustments;
mod as_of_reconstruction;
mod collecting;
mod collection_invariants;
mod collection_runs;
mod collector;
mod double_charge;
mod handover;
mod importing;
mod kill_and_rerun;
mod late_fee_is_not_lost;
mod limitation_of_charges;
mod office;
mod paused_late_fee;
mod receipts;
mod tampering;
