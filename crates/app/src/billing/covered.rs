//! Which months are charged already, so that none is charged twice, to whomever.

use std::collections::HashSet;

use hemu_domain::Period;
use hemu_domain::ids::{CommunityId, FeeItemId, UnitId};
use hemu_store::{DbError, Tx, billing};

use super::cycle::FeeMonth;
use super::line::{Line, OWNERS_DAYS};

/// Which months are charged already, per unit and fee item.
#[derive(Default)]
pub struct Covered {
    months: HashSet<(UnitId, FeeItemId, Period, i64)>,
    /// Those that are charged in part, to the developer.
    of_days: HashSet<(UnitId, FeeItemId, Period)>,
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
            if one.of_days {
                covered.of_days.insert((one.unit_id, one.fee_item_id, one.from));
            }
        })?;
        Ok(covered)
    }

    /// Whether the first month of a line is charged already.
    pub fn covers(&self, unit: UnitId, line: &Line) -> bool {
        self.months.contains(&(unit, line.fee_item_id, line.period, line.occurrence))
    }

    /// Whether a month of a monthly fee is charged already: to whomever, or of a month that is split, these days of it.
    pub fn has(&self, unit: UnitId, item: FeeItemId, one: &FeeMonth<'_>) -> bool {
        let whole_or_rest = self.months.contains(&(unit, item, one.month, 1));
        match one.days {
            Some(days) if !days.rest => {
                let of_days = self.of_days.contains(&(unit, item, one.month));
                self.months.contains(&(unit, item, one.month, OWNERS_DAYS)) || whole_or_rest && !of_days
            }
            Some(_) | None => whole_or_rest,
        }
    }
}
