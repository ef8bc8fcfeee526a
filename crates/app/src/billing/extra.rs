//! What comes on a bill besides monthly fees: meter readings, shared costs, orders.
//!
//! Each kind adds the lines that are ready for the month. A line is charged once: account, item, month and occurrence say which it
//! is, so a run that finds it on a bill leaves it, and one that was confirmed after the run is added by the next: of the same month, or
//! of a later one within a year.

use std::collections::HashMap;

use hemu_domain::Period;
use hemu_domain::billing::Calculation;
use hemu_domain::ids::{AccountId, CommunityId, UnitId};
use hemu_store::{DbError, Tx};

use super::plan::Line;
use super::shares::add_shares;
use crate::tariff::Contracts;

/// Lines that missed the run of their month are picked up for so many months after it.
const MONTHS_LATE: u32 = 11;

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
    pub fn load(tx: &mut Tx<'_>, community: CommunityId, period: Period) -> Result<Self, DbError> {
        let mut extra = Self::default();
        let first = (0..MONTHS_LATE).fold(period, |month, _| month.previous());
        // Due like the fees on the same bill.
        let contracts = Contracts::load(tx, community)?;
        let due_on = contracts
            .of_month(period)
            .map_or_else(|| period.last_day(), |contract| contract.due_rule.due_on(period, contract.due_day));
        add_shares(tx, community, (first, period), due_on, &mut extra)?;
        Ok(extra)
    }

    /// Adds a line.
    pub fn add(&mut self, whom: For, line: Line) {
        self.lines.entry(whom).or_default().push(line);
    }

    /// The lines of an account that pays for a unit, each with whose it is.
    pub fn lines(&self, account: AccountId, unit: UnitId) -> impl Iterator<Item = (For, &Line)> {
        let of = |whom: For| self.lines.get(&whom).into_iter().flatten().map(move |line| (whom, line));
        [For::Unit(unit), For::Account(account)].into_iter().flat_map(of)
    }

    /// Whether a line that was planned is still to be billed; a monthly fee does not depend on what is gathered here.
    pub fn still_has(&self, account: AccountId, unit: UnitId, line: &Line) -> bool {
        let is_same = |one: &Line| {
            (one.fee_item_id, one.period, one.occurrence) == (line.fee_item_id, line.period, line.occurrence)
        };
        match line.explanation.calculation {
            Calculation::Monthly(_) | Calculation::Days(_) => true,
            Calculation::OneOff(_) | Calculation::Shared(_) => self.lines(account, unit).any(|(_, one)| is_same(one)),
        }
    }
}
