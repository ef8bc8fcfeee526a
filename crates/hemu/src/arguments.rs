//! Values of options that several commands take: days and amounts within what a property office can mean.
//!
//! A slip of the pen (`0226-11-01`, `1e3`, an account number in place of an amount) is told at the edge, before a database is opened.

use chrono::{Datelike, NaiveDate, NaiveTime};
use hemu_domain::import::room::{narrow, read_room};
use hemu_domain::sheet::Cell;
use hemu_domain::{Fen, Period, UnitLabel};

/// A day from 1990 to 2200, written `YYYY-MM-DD`.
///
/// # Errors
/// The sentence that says what is wrong with it.
pub fn day(text: &str) -> Result<NaiveDate, String> {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok().filter(|_| text.trim().len() == 10);
    day.filter(|day| (1990..=2200).contains(&day.year())).ok_or_else(|| {
        "不是 1990 年到 2200 年之间的日期，请写成 2026-03-31 / not a day from 1990 to 2200; write it as 2026-03-31"
            .to_owned()
    })
}

/// A time of day, written `HH:MM`.
///
/// # Errors
/// The sentence that says what is wrong with it.
pub fn hour(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M")
        .map_err(|_| "不是时间，请写成 18:30 / not a time of day; write it as 18:30".to_owned())
}

/// An amount above zero, at most a thousand million yuan.
///
/// # Errors
/// The sentence that says what is wrong with it.
pub fn amount(text: &str) -> Result<Fen, String> {
    let amount = Fen::parse(text).ok().filter(|amount| amount.is_positive() && *amount <= Fen::LARGEST_PAYMENT);
    amount.ok_or_else(|| {
        "不是大于零、不超过十亿元、最多两位小数的金额，请写成 810.00 / \
         not an amount above zero, at most 1000000000 yuan, with at most two decimals; write it as 810.00"
            .to_owned()
    })
}

/// A month, `YYYY-MM`.
///
/// # Errors
/// The sentence that says what is wrong with it.
pub fn period(text: &str) -> Result<Period, String> {
    Period::parse(text).map_err(|_| "不是月份，请写成 2026-11 / not a month; write it as 2026-11".to_owned())
}

/// A unit as people type it: `3-2-1502`, `3栋2单元1502室`.
///
/// # Errors
/// The sentence that says what is wrong with it.
pub fn unit_label(text: &str) -> Result<UnitLabel, String> {
    let read = read_room(&Cell::Text(text.to_owned())).or_else(|| UnitLabel::parse(text).ok());
    read.ok_or_else(|| "不是房号，请写成 3-2-1502 / not a room; write it as 3-2-1502".to_owned())
}

/// An entrance as people type it: `3-2`, `3栋2单元`; a building alone is `3`.
///
/// # Errors
/// The sentence that says what is wrong with it.
pub fn entrance(text: &str) -> Result<String, String> {
    // With a room behind it, it is read as the import reads rooms.
    let narrow = narrow(text);
    let words = ["号楼", "单元", "栋", "幢", "座"];
    let spaced = words.iter().fold(narrow, |text, word| text.replace(word, "-"));
    let parts: Vec<&str> = spaced.split('-').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [building] => Some((*building).to_owned()),
        [building, entrance] => unit_label(&format!("{building}-{entrance}-101"))
            .ok()
            .and_then(|label| label.entrance().map(|entrance| format!("{}-{entrance}", label.building()))),
        _ => None,
    }
    .ok_or_else(|| "不是单元，请写成 3-2 / not an entrance; write it as 3-2".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_no_office_can_mean_is_refused() {
        assert_eq!(day("2024-02-29").map(|day| day.to_string()).as_deref(), Ok("2024-02-29"));
        for text in ["1989-12-31", "2201-01-01", "2026-2-1", "2026-02-30", "2025-02-29", "20260201", "+12026-01-01", ""]
        {
            assert!(day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_entrance_is_read_as_people_write_it() {
        for text in ["3-2", "3栋2单元", "３－２", "03-02"] {
            assert_eq!(entrance(text).as_deref(), Ok("3-2"), "{text}");
        }
        assert_eq!(entrance("3栋").as_deref(), Ok("3"));
        assert!(entrance("").is_err() && entrance("3-2-1502").is_err());
    }

    #[test]
    fn an_amount_is_above_zero_and_at_most_a_thousand_million() {
        assert_eq!(amount("1,000,000,000.00"), Ok(Fen::new(100_000_000_000)));
        for text in ["0", "-5", "0.005", "1e3", "1000000000.01", "99999999999999999999", "", "十元"] {
            assert!(amount(text).is_err(), "{text}");
        }
    }
}
