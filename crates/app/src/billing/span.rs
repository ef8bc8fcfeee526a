//! Which months a payer owes: from when to when the tenure runs, and on which side of the handover it lies.
//!
//! The month of a change is the old payer's, the next one the new payer's; likewise the developer pays through the month of
//! handover and the owner from the month after (MONTH_AFTER, the usual local rule: Beijing 22, Shanghai 49; 物业管理条例 41). Where the
//! community's rule splits that month by days (DAY_OF, Hangzhou 55), both pay their days of it: the day of handover is the owner's.

use std::collections::{HashMap, HashSet};

use chrono::Datelike;
use chrono::NaiveDate;
use hemu_domain::Period;
use hemu_domain::ids::{AccountId, UnitId};
use hemu_domain::registry::unit::Occupancy;
use hemu_domain::tariff::prorate::HandoverRule;
use hemu_store::billing::{BilledUnit, Handover};
use hemu_store::registry::AccountRow;

/// Why a month is nobody's.
pub const NOBODY_PAYS: &str = "当月尚未交付，应由建设单位缴费，请先登记交付或建设单位账户 / not handed over: the developer pays (物业管理条例 41)";

/// A run of months; without a bound it goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first month.
    pub from: Option<Period>,
    /// The last month.
    pub until: Option<Period>,
}

impl Span {
    /// The months of a tenure: the first whole one up to the one it ends in.
    pub fn of_tenure(starts_on: Option<NaiveDate>, ends_on: Option<NaiveDate>) -> Self {
        let first_whole = |day: NaiveDate| {
            let month = Period::of(day);
            if month.first_day() == day { month } else { month.next() }
        };
        Self { from: starts_on.map(first_whole), until: ends_on.map(Period::of) }
    }

    /// The months of both.
    pub fn and(self, other: Self) -> Self {
        let until = match (self.until, other.until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Self { from: self.from.max(other.from), until }
    }

    /// Whether it has no month.
    pub fn is_empty(self) -> bool {
        self.from.zip(self.until).is_some_and(|(from, until)| from > until)
    }

    /// Whether it is over before `month`.
    pub fn ends_before(self, month: Period) -> bool {
        self.until.is_some_and(|until| until < month)
    }

    /// Whether it begins after `month`.
    pub fn starts_after(self, month: Period) -> bool {
        self.from.is_some_and(|from| from > month)
    }

    /// Whether a month is one of it.
    pub fn holds(self, month: Period) -> bool {
        !self.ends_before(month) && !self.starts_after(month)
    }
}

/// The days of the month of a handover that one of both pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// How many.
    pub days: u32,
    /// Of how many.
    pub of: u32,
    /// Whether these are the developer's: what the owner's days leave.
    pub rest: bool,
}

/// What is known of handovers in a community.
#[derive(Debug)]
pub struct Handovers {
    rule: HandoverRule,
    developer_accounts: HashSet<AccountId>,
    days: HashMap<UnitId, NaiveDate>,
    developers: HashSet<UnitId>,
}

impl Handovers {
    /// From the accounts for which a handover matters.
    pub fn new(rule: HandoverRule, rows: Vec<Handover>) -> Self {
        let (developer_accounts, days, developers) = (HashSet::new(), HashMap::new(), HashSet::new());
        let mut handovers = Self { rule, developer_accounts, days, developers };
        for row in rows {
            if let Some(day) = row.handed_over_on {
                handovers.days.insert(row.unit_id, day);
            }
            if row.developer {
                handovers.developers.insert(row.unit_id);
                handovers.developer_accounts.insert(row.account_id);
            }
        }
        handovers
    }

    /// The month a unit was handed over in.
    pub fn month_of(&self, unit: UnitId) -> Option<Period> {
        self.days.get(&unit).copied().map(Period::of)
    }

    /// The months of the tenure of an account. Where the month of handover is split, an owner who began in it owes days of it.
    pub fn tenure(&self, account: &AccountRow) -> Span {
        let whole = Span::of_tenure(account.starts_on, account.ends_on);
        let handed_over = self.days.get(&account.unit_id).filter(|_| self.rule == HandoverRule::DayOf);
        match handed_over {
            Some(day) if account.starts_on == Some(*day) => Span { from: Some(Period::of(*day)), ..whole },
            _ => whole,
        }
    }

    /// The days of a month that an account pays, where the handover splits it.
    pub fn days_of(&self, account: &AccountRow, month: Period) -> Option<Days> {
        let day = self.days.get(&account.unit_id).filter(|day| Period::of(**day) == month)?.day();
        let (before, of) = (day - 1, month.days());
        if self.rule == HandoverRule::MonthAfter || before == 0 {
            return None;
        }
        let rest = self.is_developer(account.id);
        Some(Days { days: if rest { before } else { of - before }, of, rest })
    }

    /// The months an account pays, as far as tenure and handover say.
    pub fn months_of(&self, account: &AccountRow) -> Span {
        self.span(account).and(self.tenure(account))
    }

    /// Whether an account pays a month of its unit.
    pub fn pays(&self, account: &AccountRow, unit: &BilledUnit, month: Period) -> bool {
        !self.developer_still_pays(account, unit) && self.months_of(account).holds(month)
    }

    /// Whether the unit awaits its handover, and this is the account of the owner to be.
    pub fn developer_still_pays(&self, account: &AccountRow, unit: &BilledUnit) -> bool {
        unit.occupancy == Occupancy::NotHandedOver && self.month_of(unit.id).is_none() && !self.is_developer(account.id)
    }

    /// Whether the month is before the handover and no developer is there to pay it.
    pub fn nobody_pays(&self, account: &AccountRow, unit: &BilledUnit, month: Period) -> bool {
        let tenure = Span::of_tenure(account.starts_on, account.ends_on);
        let handed_over = match self.month_of(unit.id) {
            Some(handed_over) => handed_over < month,
            None => unit.occupancy != Occupancy::NotHandedOver,
        };
        tenure.holds(month) && !handed_over && !self.has_developer(unit.id)
    }

    /// Whether a developer has an account for the unit.
    pub fn has_developer(&self, unit: UnitId) -> bool {
        self.developers.contains(&unit)
    }

    /// Whether an account is a developer's.
    pub fn is_developer(&self, account: AccountId) -> bool {
        self.developer_accounts.contains(&account)
    }

    /// The months that the handover leaves to an account.
    pub fn span(&self, account: &AccountRow) -> Span {
        let Some(day) = self.days.get(&account.unit_id) else { return Span::default() };
        let month = Period::of(*day);
        // Where the month is split, its first day alone leaves nothing of it to the developer.
        let (last, first) = match self.rule {
            HandoverRule::MonthAfter => (month, month.next()),
            HandoverRule::DayOf if day.day() == 1 => (month.previous(), month),
            HandoverRule::DayOf => (month, month),
        };
        if self.is_developer(account.id) {
            Span { from: None, until: Some(last) }
        } else {
            Span { from: Some(first), until: None }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Period {
        Period::parse(text).expect("a month")
    }

    fn tenure(starts_on: &str, ends_on: &str) -> Span {
        Span::of_tenure(starts_on.parse().ok(), ends_on.parse().ok())
    }

    #[test]
    fn the_month_of_a_change_is_the_old_payers() {
        assert_eq!(tenure("", "2026-02-10").until, Some(month("2026-02")));
        assert_eq!(tenure("2026-02-11", "").from, Some(month("2026-03")));
        assert_eq!(tenure("2026-03-01", "").from, Some(month("2026-03")));
    }

    #[test]
    fn two_spans_share_the_later_start_and_the_earlier_end() {
        let open = Span::default();
        let year = Span { from: Some(month("2026-01")), until: Some(month("2026-12")) };
        let spring = Span { from: Some(month("2026-03")), until: None };
        assert_eq!(open.and(year), year);
        assert_eq!(year.and(spring), Span { from: Some(month("2026-03")), until: Some(month("2026-12")) });
        assert!(year.and(spring).holds(month("2026-12")) && !year.and(spring).holds(month("2026-02")));
        assert!(spring.and(Span { from: None, until: Some(month("2026-02")) }).is_empty());
    }
}
