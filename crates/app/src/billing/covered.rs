//! Which months are charged already, so that none is charged twice, to whomever.

use std::collections::HashSet;

use hemu_domain::Period;
use hemu_domain::ids::{CommunityId, FeeItemId, UnitId};
use hemu_store::{DbError, Tx, billing};

use super::line::Line;

/// Which months are charged already, per unit and fee item.
#[derive(Default)]
pub struct Covered {
    months: HashSet<(UnitId, FeeItemId, Period, i64)>,
}

impl Covered {
    /// Reads what is charged for months from one to another.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn load(tx: &mut Tx<'_>, community: CommunityId, (first, last): (Period, Period)) -> Result<Self, DbError> {
        let mut covered = Self::default();
        billing::for_each_covered(tx, community, first, last, |one| {
            let last = one.from.plus_months(one.months.max(1) - 1);
            let key = |month| (one.unit_id, one.fee_item_id, month, one.occurrence);
            covered.months.extend(one.from.up_to(last).map(key));
        })?;
        Ok(covered)
    }

    /// Whether the first month of a line is charged already.
    pub fn covers(&self, unit: UnitId, line: &Line) -> bool {
        self.months.contains(&(unit, line.fee_item_id, line.period, line.occurrence))
    }

    /// Whether a month of a monthly fee is charged already.
    pub fn has(&self, unit: UnitId, item: FeeItemId, month: Period) -> bool {
        self.months.contains(&(unit, item, month, 1))
    }
}
