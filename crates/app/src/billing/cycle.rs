//! Which months of a fee a bill covers, and what each of them is charged by.
//!
//! A bill of a month covers that month and the rest of its cycle (cycles begin in January), as far as the fee runs: a fee that
//! ends inside the cycle is charged up to its end, one that begins inside it from its first whole month. Where a contract is paid in
//! arrears, the bill of a cycle's last month covers the cycle, or what of it the contract governed. Each month goes by the
//! contract that governs it, so a new contract with another cycle begins with its own first month; and by the price in force on
//! its first day, so a price that changes inside the cycle gives two charges, each with its own explanation.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use hemu_domain::Period;
use hemu_domain::ids::{ClauseId, FeeItemId, FeeStandardId, UnitId};
use hemu_domain::tariff::due::BilledAt;
use hemu_store::tariff::{ContractRow, FeePriceRow, FeeStandardRow};

use super::line;
use super::span::Days;
use super::tariff::Tariff;

/// A month of a fee.
#[derive(Clone, Copy)]
pub struct FeeMonth<'a> {
    /// The month.
    pub month: Period,
    /// The standard it is charged by.
    pub standard: &'a FeeStandardRow,
    /// The contract that governs it.
    pub contract: &'a ContractRow,
    /// The standard's clause, when it is one of that contract.
    pub clause: Option<ClauseId>,
    /// The price on its first day; `None` when none is in force.
    pub price: Option<&'a FeePriceRow>,
    /// The days of it that are charged, where a handover splits it.
    pub days: Option<Days>,
}

impl FeeMonth<'_> {
    /// Whether two months stand in one charge: the same standard, contract and price.
    pub fn goes_with(&self, other: &Self) -> bool {
        let valid_from = |one: &Self| one.price.map(|price| price.valid_from);
        self.days.is_none()
            && other.days.is_none()
            && self.standard.id == other.standard.id
            && self.contract.id == other.contract.id
            && valid_from(self) == valid_from(other)
    }
}

impl Tariff {
    /// The fee items a unit pays in the months a bill of `period` may cover.
    pub fn items(&self, unit: UnitId, period: Period) -> BTreeSet<FeeItemId> {
        let (first, last) = self.window(period);
        first.up_to(last).flat_map(|month| self.fees_on(unit, month.first_day()).into_keys()).collect()
    }

    /// What a unit pays of a fee in one month; `None` when nothing.
    pub fn month(&self, unit: UnitId, item: FeeItemId, month: Period) -> Option<FeeMonth<'_>> {
        let id = self.fees_on(unit, month.first_day()).remove(&item)?;
        let standard = &self.standards[&id];
        let contract = self.contract_of(standard, month);
        if !self.is_served(contract, month) {
            return None;
        }
        let clause = self.terms.clause_of(contract.id, standard.clause_id);
        Some(FeeMonth { month, standard, contract, clause, price: self.price_on(id, month), days: None })
    }

    /// When a bill of that month would be due.
    pub fn due_on(&self, unit: UnitId, item: FeeItemId, month: Period) -> Option<NaiveDate> {
        let one = self.month(unit, item, month)?;
        line::due_on(&[one], self.billed_in_arrears(&one))
    }

    /// When what is no monthly fee is due on a bill of that month: like the fees beside it.
    pub fn due_with(&self, month: Period) -> Option<NaiveDate> {
        self.terms.of_month(month).map(|contract| contract.due_rule.due_on(month, contract.due_day))
    }

    /// The months of a fee that a bill of `period` covers.
    pub fn cycle(&self, unit: UnitId, item: FeeItemId, period: Period) -> Vec<FeeMonth<'_>> {
        let of_month = |month: Period| self.month(unit, item, month).filter(|one| self.is_on_bill_of(one, period));
        let (first, last) = self.window(period);
        first.up_to(last).filter_map(of_month).collect()
    }

    /// The first and the last month that a bill of `period` may cover.
    pub fn window(&self, period: Period) -> (Period, Period) {
        let back = self.terms.longest_cycle_in_arrears() - 1;
        let first = (0..back).fold(period, |month, _| month.previous());
        (first, period.plus_months(self.terms.longest_cycle() - 1))
    }

    fn is_on_bill_of(&self, one: &FeeMonth<'_>, period: Period) -> bool {
        let (month, contract) = (one.month, one.contract);
        match contract.billed_at {
            BilledAt::CycleStart => {
                // A contract that begins inside the window begins with a bill of its own.
                let begun = month == period || contract.starts_on <= period.first_day();
                begun && month >= period && month <= cycle_end(period, contract.cycle_months)
            }
            BilledAt::CycleEnd => self.billed_in_arrears(one) == period,
        }
    }

    /// The month whose bill covers a month that is paid in arrears: the last of its cycle that the contract governs.
    pub fn billed_in_arrears(&self, one: &FeeMonth<'_>) -> Period {
        let governed = |month: &Period| {
            self.contract_of(one.standard, *month).id == one.contract.id && self.is_served(one.contract, *month)
        };
        let end = cycle_end(one.month, one.contract.cycle_months);
        if governed(&end) { end } else { one.month.up_to(end).take_while(governed).last().unwrap_or(one.month) }
    }

    /// The contract of a standard's clause while that runs, else the one that governs the month, else the standard's own.
    fn contract_of(&self, standard: &FeeStandardRow, month: Period) -> &ContractRow {
        let day = month.first_day();
        let own = &self.contracts[&standard.contract_id];
        let runs = own.starts_on <= day && own.ends_on.is_none_or(|last| day <= last);
        if standard.clause_id.is_some() && runs {
            return own;
        }
        self.terms.of_month(month).unwrap_or(own)
    }

    /// Whether the service is rendered in a month: nobody pays for what comes after its end.
    fn is_served(&self, contract: &ContractRow, month: Period) -> bool {
        contract.service_ends_on.is_none_or(|last| month.first_day() <= last)
            && self.served_until.is_none_or(|last| month <= last)
    }

    /// The price in force on the first day of a month; prices come by day.
    fn price_on(&self, standard: FeeStandardId, month: Period) -> Option<&FeePriceRow> {
        self.prices.get(&standard)?.iter().rev().find(|price| price.valid_from <= month.first_day())
    }
}

/// The last month of the cycle a month lies in; cycles begin in January.
pub fn cycle_end(period: Period, cycle_months: u32) -> Period {
    let cycle = cycle_months.max(1);
    period.plus_months(cycle - 1 - (period.month() - 1) % cycle)
}
