//! The accounts of the general ledger the company books to, as one setting.

use crate::{DbError, Tx, params};

const FIND: &str = "SELECT value FROM setting WHERE key = 'accounting_chart'";
const SET: &str = "INSERT INTO setting (key, value) VALUES ('accounting_chart', $1)
    ON CONFLICT (key) DO UPDATE SET value = $1";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[FIND, SET];

/// The chart as it was set; `None` for the usual one.
///
/// # Errors
/// When the database refuses.
pub fn find_chart(tx: &mut Tx<'_>) -> Result<Option<String>, DbError> {
    tx.query_opt(FIND, &params![], |row| row.take())
}

/// Sets the chart.
///
/// # Errors
/// When the database refuses.
pub fn set_chart(tx: &mut Tx<'_>, chart: &str) -> Result<(), DbError> {
    tx.execute(SET, &params![chart]).map(|_| ())
}
