//! Confirmed usage of meters as lines of a bill.

use chrono::NaiveDate;
use hemu_domain::Period;
use hemu_domain::billing::{Calculation, Explanation};
use hemu_domain::ids::CommunityId;
use hemu_store::{DbError, Tx, metering};

use super::extra::{Extra, For};
use super::line::Line;

/// Adds the usage of the given months that no bill has.
///
/// # Errors
/// When the database refuses.
pub fn add_usage(
    tx: &mut Tx<'_>,
    community: CommunityId,
    months: (Period, Period),
    due_on: NaiveDate,
    extra: &mut Extra,
) -> Result<(), DbError> {
    for usage in metering::list_ready(tx, community, months)? {
        let line = Line {
            fee_item_id: usage.fee_item_id,
            clause_id: None,
            period: usage.period,
            occurrence: usage.occurrence,
            months: 1,
            due_on,
            amount: usage.amount,
            explanation: Explanation { calculation: Calculation::Metered(usage.calculation), basis: usage.basis },
        };
        extra.add(For::Unit(usage.unit_id), line);
    }
    Ok(())
}
