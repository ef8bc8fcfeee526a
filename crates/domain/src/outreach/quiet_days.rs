//! Days on which nobody is contacted about fees (P2): festivals and the days of the university entrance examination.
//!
//! Data of `data/quiet_days.csv`, each row with its source: festivals as the State Council has published them. A year it has not
//! published yet has none, for nothing is guessed.

use std::sync::OnceLock;

use chrono::NaiveDate;

use crate::Text;

/// The days that come with the program.
const PUBLISHED: &str = include_str!("../../data/quiet_days.csv");

/// Days without contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietDays {
    /// The first.
    pub first: NaiveDate,
    /// The last.
    pub last: NaiveDate,
    /// What they are.
    pub name: Text,
    /// What the dates rest on.
    pub source: String,
}

/// Why a file of quiet days cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the quiet days: '{text}' is not first,last,name_zh,name_en,source")]
pub struct QuietDaysError {
    /// The line of the file, counted from 1.
    pub line: usize,
    /// What could not be read.
    pub text: String,
}

impl QuietDays {
    /// Those that come with the program, by day.
    #[must_use]
    pub fn published() -> &'static [Self] {
        static DAYS: OnceLock<Vec<QuietDays>> = OnceLock::new();
        DAYS.get_or_init(|| Self::parse(PUBLISHED).expect("the shipped days are read by a test"))
    }

    /// Reads rows `first,last,name_zh,name_en,source` below a heading.
    ///
    /// # Errors
    /// [`QuietDaysError`] names the line and the text.
    pub fn parse(csv: &str) -> Result<Vec<Self>, QuietDaysError> {
        let rows = csv.lines().enumerate().skip(1).filter(|(_, row)| !row.trim().is_empty());
        rows.map(|(index, row)| {
            Self::parse_row(row).ok_or_else(|| QuietDaysError { line: index + 1, text: row.to_owned() })
        })
        .collect()
    }

    fn parse_row(row: &str) -> Option<Self> {
        let [first, last, zh, en, source] = row.split(',').map(str::trim).collect::<Vec<_>>()[..] else { return None };
        let (first, last): (NaiveDate, NaiveDate) = (first.parse().ok()?, last.parse().ok()?);
        let is_told = !zh.is_empty() && !en.is_empty() && !source.is_empty();
        (first <= last && is_told).then(|| Self { first, last, name: Text::new(zh, en), source: source.to_owned() })
    }

    /// The quiet days a day is among.
    #[must_use]
    pub fn find(day: NaiveDate) -> Option<&'static Self> {
        Self::published().iter().find(|one| (one.first..=one.last).contains(&day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::BusinessCalendar;

    #[test]
    fn the_shipped_days_are_read_and_stand_in_their_order() {
        let days = QuietDays::published();
        assert!(days.windows(2).all(|two| two[0].last < two[1].first), "no day is told twice");
        let name = |day: &str| QuietDays::find(day.parse().expect("a day")).map(|one| one.name.zh.as_str());
        assert_eq!((name("2026-02-14"), name("2026-02-17")), (None, Some("春节")));
        assert_eq!((name("2026-06-07"), name("2026-06-10"), name("2026-06-11")), (Some("高考"), Some("高考"), None));
    }

    #[test]
    fn every_festival_lies_within_the_days_off_of_the_published_calendar() {
        let calendar = BusinessCalendar::published();
        for days in QuietDays::published().iter().filter(|one| !one.source.starts_with("教育部")) {
            for day in days.first.iter_days().take_while(|day| *day <= days.last) {
                assert!(calendar.is_published(day) && !calendar.is_working_day(day), "{day} {}", days.name.zh);
            }
        }
    }

    #[test]
    fn a_row_without_a_source_or_with_days_the_wrong_way_round_is_told_by_its_line() {
        let line = |row: &str| QuietDays::parse(&format!("heading\n{row}")).expect_err("wrong").line;
        assert_eq!(line("2026-02-16,2026-02-22,春节,Spring Festival,"), 2);
        assert_eq!(line("2026-02-22,2026-02-16,春节,Spring Festival,农历"), 2);
        assert_eq!(line("2026-02-16,2026-02-22,春节"), 2);
    }
}
