//! Use cases from end to end, each on SQLite and on PostgreSQL.

mod adjustments;
mod as_of_reconstruction;
mod balances;
mod collecting;
mod contracts;
mod cycles;
mod double_charge;
mod handover;
mod history;
mod importing;
mod kill_and_rerun;
mod late_fee_is_not_lost;
mod letters;
mod office;
mod one_figure_everywhere;
mod receipts;
mod reviewing;
mod tampering;
