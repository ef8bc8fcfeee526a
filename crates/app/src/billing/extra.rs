//! What comes on a bill besides monthly fees: meter readings, shared costs, orders.
//!
//! Each kind adds the lines that are ready for the month. A line is charged once: account, item, month and occurrence say which it
//! is, so a run that finds it on a bill leaves it, and one that was confirmed after the run is added by the next.

use std::collections::HashMap;

use hemu_domain::Period;
use hemu_domain::billing::Explanation;
use hemu_domain::billing::explanation::Calculation;
use hemu_domain::ids::{AccountId, CommunityId, UnitId};
use hemu_domain::tariff::due::DueRule;
use hemu_store::billing::order;
use hemu_store::{DbError, Tx};

use super::line::Line;
use super::orders;
use crate::tariff::Contracts;

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
        extra.add_orders(tx, community, period)?;
        Ok(extra)
    }

    /// Orders are due with the bill that takes them up.
    fn add_orders(&mut self, tx: &mut Tx<'_>, community: CommunityId, period: Period) -> Result<(), DbError> {
        let orders = order::list_open(tx, community, period)?;
        if orders.is_empty() {
            return Ok(());
        }
        let contracts = Contracts::load(tx, community)?;
        let rule = contracts.of_month(period).map(|contract| (contract.due_rule, contract.due_day));
        let (rule, day) = rule.unwrap_or((DueRule::LastDayOfMonth, 31));
        for order in orders {
            let fee = orders::fee(order.quantity, &order.counted_in, order.price);
            // What is beyond an amount was refused when it was ordered.
            let Some(amount) = fee.amount().filter(|amount| amount.is_positive()) else { continue };
            let line = Line {
                fee_item_id: order.fee_item_id,
                clause_id: None,
                period: order.period,
                occurrence: order.occurrence,
                months: 1,
                due_on: rule.due_on(period, day),
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
        accounts.iter().flat_map(|account| self.of_account(*account)).chain(self.of_place(unit))
    }

    /// What an account ordered.
    pub fn of_account(&self, account: AccountId) -> impl Iterator<Item = &Line> {
        self.lines.get(&For::Account(account)).into_iter().flatten()
    }

    /// What a unit used, whoever pays for it.
    pub fn of_place(&self, unit: UnitId) -> impl Iterator<Item = &Line> {
        self.lines.get(&For::Unit(unit)).into_iter().flatten()
    }
}
