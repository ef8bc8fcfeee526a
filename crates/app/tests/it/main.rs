//! Use cases from end to end, each on SQLite and on PostgreSQL.

mod collecting;
mod double_charge;
mod importing;
mod office;
mod receipts;
mod tampering;
