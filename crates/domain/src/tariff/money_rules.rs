//! The rules of a community about who pays when and what may be let off: local law and the company's own limits, as configuration.
//! What is not set is the default, the one most regions have (domain.md 2.8, 2.9, 2.16).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::prorate::HandoverRule;
use crate::Fen;
use crate::staff::Role;

/// The rules of a community.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MoneyRules {
    /// Who pays the month of a handover.
    pub handover: HandoverRule,
    /// The part of the fee a home confirmed vacant pays.
    pub vacancy_part: Decimal,
    /// A vacancy is confirmed for so many whole months at least.
    pub vacancy_least_months: u32,
    /// A vacancy is confirmed for so many whole months at most; what goes on longer is applied for again.
    pub vacancy_most_months: u32,
    /// Fees are taken ahead for so many months at most (Hangzhou 55, Zhengzhou 42).
    pub prepay_most_months: u32,
    /// So many months have to be paid ahead for the discount.
    pub promotion_months: u32,
    /// The part of the fee whoever pays ahead pays; 1 where there is no such discount.
    pub promotion_part: Decimal,
    /// What a manager may let off of an account within thirty days without a second person.
    pub manager_alone: Fen,
    /// What the accountant may.
    pub accountant_alone: Fen,
}

impl Default for MoneyRules {
    fn default() -> Self {
        Self {
            handover: HandoverRule::MonthAfter,
            vacancy_part: Decimal::new(7, 1),
            vacancy_least_months: 6,
            vacancy_most_months: 24,
            prepay_most_months: 12,
            promotion_months: 12,
            promotion_part: Decimal::ONE,
            manager_alone: Fen::new(20_000),
            accountant_alone: Fen::new(5_000),
        }
    }
}

impl MoneyRules {
    /// What a role may let off of an account within thirty days without a second person.
    #[must_use]
    pub const fn alone(&self, role: Role) -> Fen {
        match role {
            Role::Manager => self.manager_alone,
            Role::Accountant => self.accountant_alone,
            Role::Service | Role::Cashier | Role::Engineer | Role::Legal | Role::Auditor => Fen::ZERO,
        }
    }

    /// What is wrong with the rules: the name of a field and the bounds it has to keep.
    #[must_use]
    pub fn problem(&self) -> Option<(&'static str, &'static str)> {
        let is_part = |part: Decimal| part > Decimal::ZERO && part <= Decimal::ONE && part.scale() <= 4;
        let months = 1..=60;
        [
            (is_part(self.vacancy_part), ("vacancy_part", "0.0001 - 1")),
            (is_part(self.promotion_part), ("promotion_part", "0.0001 - 1")),
            (months.contains(&self.vacancy_least_months), ("vacancy_least_months", "1 - 60")),
            (
                (self.vacancy_least_months..=60).contains(&self.vacancy_most_months),
                ("vacancy_most_months", "vacancy_least_months - 60"),
            ),
            (months.contains(&self.prepay_most_months), ("prepay_most_months", "1 - 60")),
            (
                (1..=self.prepay_most_months).contains(&self.promotion_months),
                ("promotion_months", "1 - prepay_most_months"),
            ),
            (self.manager_alone >= Fen::ZERO, ("manager_alone", "0 -")),
            (self.accountant_alone >= Fen::ZERO, ("accountant_alone", "0 -")),
        ]
        .into_iter()
        .find_map(|(sound, problem)| (!sound).then_some(problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_is_the_default_and_the_defaults_are_sound() {
        assert_eq!(serde_json::from_str::<MoneyRules>("{}").ok(), Some(MoneyRules::default()));
        assert_eq!(MoneyRules::default().problem(), None);
    }

    #[test]
    fn seventy_is_not_seventy_percent() {
        let wrong = MoneyRules { vacancy_part: Decimal::from(70), ..MoneyRules::default() };
        assert_eq!(wrong.problem(), Some(("vacancy_part", "0.0001 - 1")));
    }
}
