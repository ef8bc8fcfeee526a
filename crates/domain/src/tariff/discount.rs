//! What is charged in part for some months: a home confirmed vacant (2.8), a year paid ahead (3.6). The whole fee stands on the
//! bill; the rest is taken off by an entry of its own, which follows from the charge and the confirmed months alone.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::vacancy::vacant_fee;
use crate::billing::{Explanation, MonthlyFee};
use crate::{Fen, Period};

/// Days of which whole months are charged in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscountSpan {
    /// The first day.
    pub starts_on: NaiveDate,
    /// The last day.
    pub ends_on: NaiveDate,
    /// The part that is paid, such as 0.7.
    pub part: Decimal,
}

impl DiscountSpan {
    /// The whole months of it, as a number.
    #[must_use]
    pub fn whole_months(&self) -> u32 {
        let first = first_whole(self.starts_on);
        let last = if Period::of(self.ends_on).last_day() == self.ends_on {
            Period::of(self.ends_on)
        } else {
            Period::of(self.ends_on).previous()
        };
        u32::try_from(first.months_until(last) + 1).unwrap_or(0)
    }

    /// Whether all of a month lies in it.
    #[must_use]
    pub fn holds(&self, month: Period) -> bool {
        self.starts_on <= month.first_day() && month.last_day() <= self.ends_on
    }

    /// What it takes off a charge that begins with a month; nothing off what is no monthly fee, or where a part would not be one.
    #[must_use]
    pub fn takes_off(&self, explanation: &Explanation, period: Period) -> Fen {
        let months = explanation.months().max(1);
        let held = period.up_to(period.plus_months(months - 1)).filter(|month| self.holds(*month)).count();
        let Some(fee) = fee_of(explanation, u32::try_from(held).unwrap_or(0)) else { return Fen::ZERO };
        vacant_fee(fee, self.part).map_or(Fen::ZERO, |part| fee - part)
    }
}

/// The first month that begins on a day or after it.
#[must_use]
pub fn first_whole(day: NaiveDate) -> Period {
    let month = Period::of(day);
    if month.first_day() == day { month } else { month.next() }
}

/// The fee of so many of the months of a charge.
fn fee_of(explanation: &Explanation, months: u32) -> Option<Fen> {
    if months == 0 {
        return None;
    }
    if months == explanation.months() {
        return explanation.month().and_then(|_| explanation.amount());
    }
    let fee = explanation.as_monthly()?;
    MonthlyFee { months, ..fee.clone() }.amount()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tariff::formula::RoundingChoice;
    use crate::{Area, UnitPrice};

    fn span(starts_on: &str, ends_on: &str) -> DiscountSpan {
        let day = |text: &str| text.parse().expect("a day");
        DiscountSpan { starts_on: day(starts_on), ends_on: day(ends_on), part: Decimal::new(7, 1) }
    }

    fn charge(months: u32) -> Explanation {
        let fee = MonthlyFee {
            area: Area::parse("120").ok(),
            price: UnitPrice::parse("1.80").ok(),
            fixed: UnitPrice::from_stored(0),
            months,
            rounding: RoundingChoice::MonthFirst,
        };
        Explanation::monthly(fee, "第八条".to_owned())
    }

    fn off(span: &DiscountSpan, months: u32, period: &str) -> i64 {
        span.takes_off(&charge(months), Period::parse(period).expect("a month")).get()
    }

    #[test]
    fn w04_only_whole_months_of_a_confirmed_vacancy_are_charged_in_part() {
        let confirmed = span("2026-01-10", "2026-07-31");
        assert_eq!(confirmed.whole_months(), 6);
        assert_eq!(off(&confirmed, 1, "2026-01"), 0, "it begins inside the month");
        assert_eq!(off(&confirmed, 1, "2026-02"), 21_600 - 15_120);
        assert_eq!(off(&confirmed, 3, "2026-01"), 2 * (21_600 - 15_120), "two months of the quarter");
        assert_eq!(off(&confirmed, 1, "2026-08"), 0);
    }
}
