//! SQL for each noun, migrations, the database, sealed fields.
//!
//! One SQL text serves SQLite, PostgreSQL and Citus; it stands as constants with `$1` placeholders beside the functions that
//! use it. Only [`db`] knows which engine it talks to. What writes takes `tx: &mut Tx` first; what reads does too.

pub mod approval;
pub mod arrears;
pub mod attachment;
pub mod audit;
pub mod bank;
pub mod bench;
pub mod billing;
pub mod chain;
pub mod check;
pub mod closing;
pub mod collection;
pub mod community;
pub mod db;
pub mod desk;
pub mod digest;
pub mod kept;
pub mod ledger;
pub mod legal;
pub mod metering;
pub mod migrate;
pub mod outreach;
pub mod readiness;
pub mod reduction;
pub mod registry;
pub mod review;
pub mod seal;
pub mod service;
pub mod shared_costs;
pub mod staff;
pub mod tariff;
pub mod verify;

pub use db::{Db, DbError, Row, Tx, Value};
pub use seal::{SealError, Sealer};
