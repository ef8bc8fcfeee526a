//! Use cases from end to end, each on SQLite and on PostgreSQL.

mod adjustments;
mod as_of_reconstruction;
mod collecting;
mod double_charge;
mod handover;
mod importing;
mod kill_and_rerun;
mod late_fee_is_not_lost;
mod nightly;
mod office;
mod receipts;
mod tampering;
