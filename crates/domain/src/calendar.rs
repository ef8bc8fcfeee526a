//! Working days: State Council holidays and make-up workdays as dated data (民法典 201-203).
//!
//! The data is `data/public_holidays.csv`, one row per year whose calendar the State Council has published. A year without
//! a row still has its weekends, and every result that rests on such a year is marked `tentative`: nothing is guessed.

use std::{collections::BTreeSet, sync::OnceLock};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::Serialize;

/// The published calendars that come with the program.
const PUBLISHED: &str = include_str!("../data/public_holidays.csv");

/// Why a calendar file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the holiday calendar: '{text}' is not a day or range such as 01-28..02-04")]
pub struct CalendarError {
    /// The line of the file, counted from 1.
    pub line: usize,
    /// What could not be read.
    pub text: String,
}

/// The last day of a period, after rolling to a working day (民法典 203).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Deadline {
    /// The last day on which acting is in time.
    pub date: NaiveDate,
    /// True when it rests on a year whose calendar is not published (or not known to the program).
    pub tentative: bool,
}

/// Which days people work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BusinessCalendar {
    years: BTreeSet<i32>,
    days_off: BTreeSet<NaiveDate>,
    make_up_workdays: BTreeSet<NaiveDate>,
}

impl BusinessCalendar {
    /// The calendars the State Council has published, as shipped.
    #[must_use]
    pub fn published() -> &'static Self {
        static CALENDAR: OnceLock<BusinessCalendar> = OnceLock::new();
        CALENDAR.get_or_init(|| Self::parse(PUBLISHED).expect("the shipped calendar is read by a test"))
    }

    /// Reads rows `year,off_ranges,make_up_workdays`; a row without days off counts as not published.
    ///
    /// # Errors
    /// [`CalendarError`] names the line and the text.
    pub fn parse(csv: &str) -> Result<Self, CalendarError> {
        let mut calendar = Self::default();
        for (index, row) in csv.lines().enumerate().skip(1).filter(|(_, row)| !row.trim().is_empty()) {
            calendar.add_year(row).map_err(|text| CalendarError { line: index + 1, text })?;
        }
        Ok(calendar)
    }

    fn add_year(&mut self, row: &str) -> Result<(), String> {
        let (year_text, rest) = row.split_once(',').ok_or(row)?;
        let year: i32 = year_text.trim().parse().map_err(|_| year_text)?;
        let (ranges, workdays) = split_two_fields(rest);
        for range in ranges.split(';').map(str::trim).filter(|range| !range.is_empty()) {
            let (first, last) = range.split_once("..").unwrap_or((range, range));
            let (first, last) = (day_of(year, first)?, day_of(year, last)?);
            self.days_off.extend(first.iter_days().take_while(|day| *day <= last));
            self.years.insert(year);
        }
        for day in workdays.split(',').map(str::trim).filter(|day| !day.is_empty()) {
            self.make_up_workdays.insert(day_of(year, day)?);
        }
        Ok(())
    }

    /// True when the calendar of that day's year is published.
    #[must_use]
    pub fn is_published(&self, day: NaiveDate) -> bool {
        self.years.contains(&day.year())
    }

    /// True for a weekday that is no holiday and for a make-up workday. In a year without a published calendar only the
    /// weekends are known; ask [`Self::is_published`].
    #[must_use]
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.make_up_workdays.contains(&day) || !(weekend || self.days_off.contains(&day))
    }

    /// That day if it is a working day, else the next one (民法典 203: the day after the holiday ends).
    #[must_use]
    pub fn roll_to_working_day(&self, day: NaiveDate) -> Deadline {
        let mut tentative = false;
        for date in day.iter_days() {
            tentative |= !self.is_published(date);
            if self.is_working_day(date) {
                return Deadline { date, tentative };
            }
        }
        Deadline { date: day, tentative: true }
    }

    /// The last day of a period of that many days; the starting day is not counted (民法典 201), the end rolls (203).
    #[must_use]
    pub fn deadline(&self, from: NaiveDate, days: u32) -> Deadline {
        let nominal = from.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX);
        self.roll_to_working_day(nominal)
    }
}

/// The two fields after the year, with or without quotes around them.
fn split_two_fields(rest: &str) -> (String, String) {
    let mut fields = [String::new(), String::new()];
    let (mut field, mut quoted) = (0, false);
    for c in rest.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted && field == 0 => field = 1,
            other => fields[field].push(other),
        }
    }
    let [first, second] = fields;
    (first, second)
}

fn day_of(year: i32, month_and_day: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(&format!("{year}-{}", month_and_day.trim()), "%Y-%m-%d")
        .map_err(|_| month_and_day.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn last_day(from: &str, days: u32) -> (String, bool) {
        let deadline = BusinessCalendar::published().deadline(day(from), days);
        (deadline.date.to_string(), deadline.tentative)
    }

    #[test]
    fn w24_a_payment_order_period_that_ends_in_a_holiday_runs_to_the_day_after_it() {
        assert_eq!(last_day("2026-02-05", 15), ("2026-02-24".to_owned(), false));
        assert_eq!(last_day("2026-02-10", 15), ("2026-02-25".to_owned(), false));
        assert_eq!(last_day("2026-04-20", 15), ("2026-05-06".to_owned(), false));
    }

    #[test]
    fn w16_a_make_up_workday_on_a_saturday_is_a_working_day() {
        let calendar = BusinessCalendar::published();
        assert_eq!(calendar.roll_to_working_day(day("2026-02-14")).date, day("2026-02-14"));
        assert!(!calendar.is_working_day(day("2026-02-07")));
        assert!(calendar.is_working_day(day("2025-09-28")));
    }

    #[test]
    fn a_year_without_a_published_calendar_knows_its_weekends_and_says_that_it_is_tentative() {
        assert_eq!(last_day("2027-01-14", 2), ("2027-01-18".to_owned(), true));
        assert_eq!(last_day("2027-01-14", 1), ("2027-01-15".to_owned(), true));
        assert_eq!(last_day("2023-03-30", 1), ("2023-03-31".to_owned(), true));
    }

    #[test]
    fn a_row_without_days_off_is_a_year_not_published() {
        let calendar = BusinessCalendar::parse("year,off_ranges,make_up_workdays\n2027,,\n").expect("a calendar");
        assert!(!calendar.is_published(day("2027-05-03")));
    }

    #[test]
    fn a_calendar_that_cannot_be_read_names_the_line() {
        let error = BusinessCalendar::parse("year,off_ranges,make_up_workdays\n2026,\"01-01; 02-30\",\"\"\n")
            .expect_err("a refusal");
        assert_eq!(error, CalendarError { line: 2, text: "02-30".to_owned() });
    }
}
