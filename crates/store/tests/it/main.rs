//! Store tests: every one runs on SQLite and on PostgreSQL.

mod audit_trail;
mod engines;
mod schema;
mod statements;
