//! Use cases from end to end, each on SQLite and on PostgreSQL.

mod adjustments;
mod as_of_reconstruction;
mod balances;
mod collecting;
mod collection_invariants;
mod collection_runs;
mod collector;
mod contracts;
mod cycles;
mod double_charge;
mod handover;
mod history;
mod importing;
mod kept_reports;
mod kill_and_rerun;
mod late_fee_is_not_lost;
mod letters;
mod limitation_of_charges;
mod new_standards;
mod nightly;
mod office;
mod one_figure_everywhere;
mod paused_late_fee;
mod receipts;
mod reviewing;
mod tampering;
