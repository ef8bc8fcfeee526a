//! What comes on a bill besides monthly fees: meter readings, shared costs, orders.
//!
//! Each kind adds the lines that are ready for the month. A line is charged once: account, item, month and occurrence say which it
//! is, so a run that finds it on a bill leaves it, and one that was confirmed after the run is added by the next: of the same month, or
//! of a later one within a year.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::Period;
use hemu_domain::billing::Explanation;
use hemu_domain::billing::explanation::Calculation;
use hemu_domain::ids::{AccountId, CommunityId, UnitId};
use hemu_store::billing::order;
use hemu_store::{DbError, Tx};

use super::line::Line;
use super::metered::add_usage;
use super::orders;
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
    /// The earliest month of any of them.
    first_month: Option<Period>,
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
        add_usage(tx, community, (first, period), due_on, &mut extra)?;
        extra.add_orders(tx, community, (period, due_on))?;
        Ok(extra)
    }

    /// Orders of a month or an earlier one that no bill has.
    fn add_orders(
        &mut self,
        tx: &mut Tx<'_>,
        community: CommunityId,
        (period, due_on): (Period, NaiveDate),
    ) -> Result<(), DbError> {
        for order in order::list_open(tx, community, period)? {
            let fee = orders::fee(order.quantity, &order.counted_in, order.price);
            // What is beyond an amount was refused when it was ordered.
            let Some(amount) = fee.amount().filter(|amount| amount.is_positive()) else { continue };
            let line = Line {
                fee_item_id: order.fee_item_id,
                clause_id: None,
                period: order.period,
                occurrence: order.occurrence,
                months: 1,
                due_on,
                amount,
                explanation: Explanation { calculation: Calculation::OneOff(fee), basis: order.basis },
            };
            self.add(For::Account(order.account_id), line);
        }
        Ok(())
    }

    /// Adds a line.
    pub fn add(&mut self, whom: For, line: Line) {
        self.first_month = Some(self.first_month.map_or(line.period, |month| month.min(line.period)));
        self.lines.entry(whom).or_default().push(line);
    }

    /// The earliest month of any line.
    pub fn first_month(&self) -> Option<Period> {
        self.first_month
    }

    /// The lines of a unit, or of any of its accounts.
    pub fn of_unit(&self, unit: UnitId, accounts: &[AccountId]) -> impl Iterator<Item = &Line> {
        let whom = accounts.iter().map(|account| For::Account(*account)).chain([For::Unit(unit)]);
        whom.filter_map(|whom| self.lines.get(&whom)).flatten()
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
            Calculation::Monthly(_) | Calculation::Banded(_) | Calculation::Days(_) => true,
            Calculation::OneOff(_) | Calculation::Shared(_) | Calculation::Metered(_) => {
                self.lines(account, unit).any(|(_, one)| is_same(one))
            }
        }
    }
}
