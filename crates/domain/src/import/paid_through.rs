//! "Paid through" (已缴至) as people write it.

use chrono::{Datelike, Days, NaiveDate};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::room::narrow;
use crate::Period;
use crate::sheet::Cell;

/// Up to which month a unit has paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaidThrough {
    /// The last month paid.
    pub period: Period,
    /// False for a day within the month, which counts as paid to its end but is doubtful.
    pub exact: bool,
}

/// What a "paid through" cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Nothing.
    Blank,
    /// A month.
    Paid(PaidThrough),
    /// Nothing anybody can tell.
    Unreadable,
    /// A bare number such as 2024.1: January or October?
    Ambiguous,
}

/// Excel's day 0 (its calendar has a 29 February 1900 that never was, so this fits from March 1900 on).
const EXCEL_DAY_0: NaiveDate = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a day");
/// Serial numbers taken for dates: 1990 to 2100.
const SERIALS: std::ops::RangeInclusive<i64> = 32_874..=73_415;

/// Years anybody's fee can have been paid up to.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2200;

/// Reads a cell.
#[must_use]
pub fn read(cell: &Cell) -> Reading {
    match cell {
        // A day outside these years is a slip, or an empty number somebody formatted as a date (1899-12-30).
        Cell::Date(day) if !YEARS.contains(&day.year()) => Reading::Unreadable,
        Cell::Date(day) => Reading::Paid(of_day(*day)),
        Cell::Number(number) => read_number(*number),
        Cell::Text(text) => read_text(text),
        Cell::Empty => Reading::Blank,
        Cell::Bool(_) | Cell::Error(_) => Reading::Unreadable,
    }
}

/// A day of Excel's calendar by its serial number.
#[must_use]
pub fn excel_day(serial: i64) -> Option<NaiveDate> {
    let days = SERIALS.contains(&serial).then(|| u64::try_from(serial).ok()).flatten()?;
    EXCEL_DAY_0.checked_add_days(Days::new(days))
}

fn of_day(day: NaiveDate) -> PaidThrough {
    let period = Period::of(day);
    PaidThrough { period, exact: day.day() >= 28 || day == period.last_day() }
}

fn read_number(number: Decimal) -> Reading {
    // A serial number with a fraction is a day with a time; 2024.1 may be January or October.
    if !number.normalize().is_integer() && number < Decimal::from(*SERIALS.start()) {
        return Reading::Ambiguous;
    }
    number.trunc().to_i64().map_or(Reading::Unreadable, |whole| read_digits(&whole.to_string()))
}

/// `202403`, `20240331`, or an Excel serial number.
fn read_digits(digits: &str) -> Reading {
    let month = |text: &str| {
        let year = text[..4].parse().ok()?;
        Period::try_new(year, text[4..6].parse().ok()?).ok()
    };
    let found = match digits.len() {
        6 => month(digits).map(|period| PaidThrough { period, exact: true }),
        8 => NaiveDate::parse_from_str(digits, "%Y%m%d").ok().filter(|day| YEARS.contains(&day.year())).map(of_day),
        5 => digits.parse().ok().and_then(excel_day).map(of_day),
        _ => None,
    };
    found.map_or(Reading::Unreadable, Reading::Paid)
}

fn read_text(text: &str) -> Reading {
    let joined = narrow(without_time(text));
    if joined.is_empty() {
        return Reading::Blank;
    }
    let bare = ["已缴至", "已交至", "缴至", "交至", "缴费至", "截至", "截止", "至", "到"]
        .iter()
        .find_map(|word| joined.strip_prefix(word))
        .unwrap_or(&joined);
    let bare = ["底", "止", "末", "份"].iter().fold(bare, |text, ending| text.strip_suffix(ending).unwrap_or(text));
    if bare.len() <= 8 && bare.bytes().all(|b| b.is_ascii_digit()) {
        return read_digits(bare);
    }
    let parts: Vec<&str> =
        bare.split(['年', '月', '日', '号', '.', '-', '/', '、']).filter(|part| !part.is_empty()).collect();
    let digits_only = parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let found = match parts.as_slice() {
        _ if !digits_only => None,
        [year, month] if year.len() == 4 && month.len() <= 2 => {
            month_of(year, month).map(|period| PaidThrough { period, exact: true })
        }
        [year, month, day] if year.len() == 4 => month_of(year, month)
            .and_then(|period| NaiveDate::from_ymd_opt(period.year(), period.month(), day.parse().ok()?))
            .map(of_day),
        _ => None,
    };
    found.map_or(Reading::Unreadable, Reading::Paid)
}

/// `2024-03-31 00:00:00` and `2024-03-31T00:00` without the time.
fn without_time(text: &str) -> &str {
    match text.rfind(['T', ' ']) {
        Some(at) if text[at + 1..].contains(':') => &text[..at],
        Some(_) | None => text,
    }
}

fn month_of(year: &str, month: &str) -> Option<Period> {
    Period::try_new(year.parse().ok()?, month.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Reading {
        read(&Cell::Text(text.to_owned()))
    }

    fn paid(period: &str, exact: bool) -> Reading {
        Reading::Paid(PaidThrough { period: Period::parse(period).expect("a month"), exact })
    }

    #[test]
    fn a_month_is_read_however_it_is_written() {
        for form in [
            "2024.3",
            "2024年3月",
            "2024-03",
            "2024/3",
            "202403",
            "２０２４．３",
            "至2024年3月底",
            "2024年3月份",
            "2024-03-31",
            "20240331",
            "2024年3月31日",
            "2024-03-31 00:00:00",
            "2024.03",
            "2024 年 3 月",
            "2024年3月份止",
            "截至2024年3月",
        ] {
            assert_eq!(text(form), paid("2024-03", true), "{form}");
        }
        assert_eq!(text("2024.10"), paid("2024-10", true));
        assert_eq!(text("2024-03-15"), paid("2024-03", false));
    }

    #[test]
    fn a_date_counts_its_month_and_is_doubtful_before_the_28th() {
        let day = |y, m, d| read(&Cell::Date(NaiveDate::from_ymd_opt(y, m, d).expect("a day")));
        assert_eq!(day(2026, 10, 28), paid("2026-10", true));
        assert_eq!(day(2026, 2, 28), paid("2026-02", true));
        assert_eq!(day(2026, 10, 27), paid("2026-10", false));
        assert_eq!(read(&Cell::Number(45_382.into())), paid("2024-03", true), "serial 45382 is 2024-03-31");
        assert_eq!(read(&Cell::Number(Decimal::new(453_825, 1))), paid("2024-03", true), "noon of that day");
    }

    #[test]
    fn a_bare_decimal_is_ambiguous_and_a_phrase_unreadable() {
        assert_eq!(read(&Cell::Number(Decimal::new(20241, 1))), Reading::Ambiguous);
        assert_eq!(read(&Cell::Number(202_403.into())), paid("2024-03", true));
        assert_eq!(read(&Cell::Number(2024.into())), Reading::Unreadable);
        for form in ["去年", "2024", "2024.13", "2024-00", "欠费", "24.3", "2024-02-30", "2024年"] {
            assert_eq!(text(form), Reading::Unreadable, "{form}");
        }
        let date = |text: &str| read(&Cell::Date(text.parse().expect("a day")));
        for day in ["1899-12-30", "1989-12-31", "2201-01-01"] {
            assert_eq!(date(day), Reading::Unreadable, "{day}");
        }
        assert_eq!((date("1990-01-31"), text("1989-12")), (paid("1990-01", true), Reading::Unreadable));
        assert_eq!(text("  "), Reading::Blank);
        assert_eq!(read(&Cell::Empty), Reading::Blank);
    }
}
