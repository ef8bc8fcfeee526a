//! The loan prime rate (贷款市场报价利率, LPR), one-year, as dated data: `data/lpr.csv`.
//!
//! A rate applies from the day it is published until the next one. Days after the last known row still use its rate, and
//! whoever asks is told so; before 2019-08-20 there was no such rate and there is no answer.

use std::sync::OnceLock;

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// The publications that come with the program.
const PUBLISHED: &str = include_str!("../../data/lpr.csv");

/// Why a rate file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the LPR table is not a later date and a rate in percent: '{text}'")]
pub struct LprError {
    /// The line of the file, counted from 1.
    pub line: usize,
    /// The line.
    pub text: String,
}

/// The one-year rates by day of publication, ascending; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LprTable {
    rows: Vec<(NaiveDate, Decimal)>,
}

impl LprTable {
    /// The rates that come with the program.
    #[must_use]
    pub fn published() -> &'static Self {
        static TABLE: OnceLock<LprTable> = OnceLock::new();
        TABLE.get_or_init(|| Self::parse(PUBLISHED).expect("the shipped rates are read by a test"))
    }

    /// Reads rows `date,lpr1y,...` in percent, in ascending order of date.
    ///
    /// # Errors
    /// [`LprError`] names the first line that is no such row, or the title when nothing follows it.
    pub fn parse(csv: &str) -> Result<Self, LprError> {
        let mut rows: Vec<(NaiveDate, Decimal)> = Vec::new();
        for (index, text) in csv.lines().enumerate().skip(1).filter(|(_, row)| !row.trim().is_empty()) {
            let row = parse_row(text).filter(|(day, _)| rows.last().is_none_or(|(last, _)| day > last));
            rows.push(row.ok_or_else(|| LprError { line: index + 1, text: text.to_owned() })?);
        }
        if rows.is_empty() {
            return Err(LprError { line: 1, text: csv.lines().next().unwrap_or_default().to_owned() });
        }
        Ok(Self { rows })
    }

    /// Rates by day of publication; `None` when there is none, one is below zero, or they do not ascend.
    #[must_use]
    pub fn try_new(rows: Vec<(NaiveDate, Decimal)>) -> Option<Self> {
        let ascend = rows.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let sound = !rows.is_empty() && ascend && rows.iter().all(|(_, percent)| percent.is_sign_positive());
        sound.then_some(Self { rows })
    }

    /// The publications that say the rates of the days from `from` to `to`: the one in force at first, and those since. The first
    /// of all where the days lie before it.
    pub fn between(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = (NaiveDate, Decimal)> {
        let first = self.rows.partition_point(|(day, _)| *day <= from).saturating_sub(1);
        self.rows[first..]
            .iter()
            .copied()
            .enumerate()
            .take_while(move |(index, (day, _))| *index == 0 || *day <= to)
            .map(|(_, row)| row)
    }

    /// The first day that has a rate.
    #[must_use]
    pub fn first_day(&self) -> NaiveDate {
        self.rows.first().expect("a rate table is never empty").0
    }

    /// The day of the last known publication; what lies after it is tentative.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        self.rows.last().expect("a rate table is never empty").0
    }

    /// The one-year rate in percent a year on that day (`3.00`); `None` before the first publication.
    #[must_use]
    pub fn find_percent(&self, day: NaiveDate) -> Option<Decimal> {
        let later = self.rows.partition_point(|(published, _)| *published <= day);
        later.checked_sub(1).map(|index| self.rows[index].1)
    }

    /// The next day after `day` on which a rate was published.
    #[must_use]
    pub fn find_next_publication(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.rows.get(self.rows.partition_point(|(published, _)| *published <= day)).map(|(published, _)| *published)
    }
}

fn parse_row(row: &str) -> Option<(NaiveDate, Decimal)> {
    let mut fields = row.split(',').map(str::trim);
    let day = fields.next()?.parse().ok()?;
    let percent = Decimal::from_str_exact(fields.next()?).ok()?;
    percent.is_sign_positive().then_some((day, percent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_rate_applies_from_the_day_it_is_published() {
        let table = LprTable::published();
        assert_eq!(table.find_percent(day("2025-05-19")), Some(Decimal::new(310, 2)));
        assert_eq!(table.find_percent(day("2025-05-20")), Some(Decimal::new(300, 2)));
        assert_eq!(table.find_percent(day("2030-01-01")), Some(Decimal::new(300, 2)));
        assert_eq!(table.find_percent(day("2019-08-19")), None);
        assert_eq!(table.find_next_publication(day("2025-05-20")), Some(day("2025-06-20")));
        assert_eq!(table.find_next_publication(table.last_day()), None);
    }

    #[test]
    fn a_table_out_of_order_or_empty_is_refused() {
        assert!(LprTable::parse("date,lpr1y\n").is_err());
        assert_eq!(LprTable::parse("date,lpr1y\n2025-02-20,3.1\n2025-01-20,3.1").expect_err("a refusal").line, 3);
        assert!(LprTable::parse("date,lpr1y\n2025-02-20,-3.1").is_err());
    }
}
