//! The billing month (账期): [`Period`], written `YYYY-MM`.

use std::fmt;

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A calendar month that fees are billed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    year: i32,
    month: u32,
}

/// Why a text is not a billing month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a month such as 2026-11")]
pub struct PeriodError {
    /// What was given.
    pub text: String,
}

impl Period {
    /// The month of that number (1-12) between the years 1990 and 2200.
    ///
    /// # Errors
    /// [`PeriodError`] for anything else.
    pub fn try_new(year: i32, month: u32) -> Result<Self, PeriodError> {
        if (1990..=2200).contains(&year) && (1..=12).contains(&month) {
            Ok(Self { year, month })
        } else {
            Err(PeriodError { text: format!("{year}-{month:02}") })
        }
    }

    /// Reads `YYYY-MM`.
    ///
    /// # Errors
    /// [`PeriodError`] names the text that is not a month.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let error = || PeriodError { text: text.to_owned() };
        let (year, month) = text.trim().split_once('-').ok_or_else(error)?;
        let digits = |part: &str, len: usize| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(error());
        }
        Self::try_new(year.parse().map_err(|_| error())?, month.parse().map_err(|_| error())?).map_err(|_| error())
    }

    /// The month a day lies in.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    /// The calendar year.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.year
    }

    /// The month of the year, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u32 {
        self.month
    }

    /// The first day of the month.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).expect("every calendar month has a first day")
    }

    /// The last day of the month.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        self.next().first_day().pred_opt().expect("the day before a month's first day exists")
    }

    /// The number of days, 28 to 31.
    #[must_use]
    pub fn days(self) -> u32 {
        self.last_day().day()
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus_months(1)
    }

    /// The same month of the year before: where the longest cycle that reaches this month may begin.
    #[must_use]
    pub fn minus_a_year(self) -> Self {
        (0..12).fold(self, |month, _| month.previous())
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Self {
        let day = self.first_day().checked_sub_months(Months::new(1)).expect("months of this millennium");
        Self::of(day)
    }

    /// The month that many months later.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        Self::of(self.first_day().checked_add_months(Months::new(months)).expect("months of this millennium"))
    }

    /// Whole months from `self` to `later`; negative when `later` is earlier.
    #[must_use]
    pub fn months_until(self, later: Self) -> i32 {
        let number = |period: Self| period.year * 12 + i32::try_from(period.month).expect("a month is at most 12");
        number(later) - number(self)
    }

    /// The months from `self` up to and including `last`; none when `last` is earlier.
    pub fn up_to(self, last: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |period| Some(period.next())).take_while(move |period| *period <= last)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        Period::parse(text).expect("a month")
    }

    #[test]
    fn months_run_over_the_turn_of_the_year() {
        assert_eq!(period("2025-12").next(), period("2026-01"));
        assert_eq!(period("2026-01").previous(), period("2025-12"));
        assert_eq!(period("2024-02").last_day().to_string(), "2024-02-29");
        assert_eq!(period("2025-11").up_to(period("2026-02")).count(), 4);
        assert_eq!(period("2026-02").up_to(period("2025-11")).count(), 0);
        assert_eq!(period("2025-11").months_until(period("2026-02")), 3);
    }

    #[test]
    fn only_year_and_month_with_two_digits_is_a_period() {
        for text in ["2026-1", "2026-13", "2026/01", "202601", "2026-00", "26-01", ""] {
            assert!(Period::parse(text).is_err(), "{text}");
        }
    }
}
