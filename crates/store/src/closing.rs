//! Closing (结账): which months are closed and with which figures; the sums of a month's facts; what is open as of its last day.
//!
//! A fact lies within a boundary when its day is on or before the last day, and its number on or before the last number
//! ([`hemu_domain::closing`]). The day of what is taken off a charge is not before the charge's month begins, which in SQL reads
//! `effective_on <= last_day AND period <= month`.

pub mod balances;
pub mod chart;
pub mod facts;
pub mod invoice_lines;
pub mod invoices;
pub mod movements;
pub mod register;

pub use balances::open_balances;
pub use chart::{find_chart, set_chart};
pub use facts::{Fact, FactKind, for_each_fact};
pub use movements::{movements, names};
pub use register::{ClosingRow, closing_content, insert, list, mark_reopened};

use chrono::NaiveDate;
use hemu_domain::closing::Boundary;
use hemu_domain::ledger::adjustment::AdjustmentKind;

use crate::{DbError, Row, Value};

/// Last day, number and month of a boundary; before everything where there is none.
fn bounds(boundary: Option<Boundary>) -> (Value, Value, Value) {
    let first_of_all = NaiveDate::from_ymd_opt(1, 1, 1).expect("a day");
    match boundary {
        Some(one) => (one.month.last_day().into(), one.fact_seq.into(), one.month.into()),
        None => (first_of_all.into(), (-1_i64).into(), "".into()),
    }
}

/// The kind of an adjustment, read from the next column.
fn kind(row: &Row<'_>) -> Result<AdjustmentKind, DbError> {
    row.parse(AdjustmentKind::parse)
}

/// The charge `c` with its unit `u`, for statements that go from few rows to these by their keys.
macro_rules! unit_of_charge {
    () => {
        " AND a.community_id = c.community_id AND a.id = c.account_id AND u.community_id = a.community_id AND u.id = a.unit_id"
    };
}
pub(crate) use unit_of_charge;
