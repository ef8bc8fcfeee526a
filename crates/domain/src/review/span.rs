//! The span of months a review looks at: a month, a quarter or a year.

use std::fmt;

use serde::Serialize;

use crate::Period;

/// Months in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReviewSpan {
    /// The first.
    pub first: Period,
    /// The last.
    pub last: Period,
}

/// Why a text is no span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a month, quarter or year such as 2026-10, 2026-Q4 or 2026")]
pub struct SpanError {
    /// What was given.
    pub text: String,
}

impl ReviewSpan {
    /// Reads `2026-10`, `2026-Q4` (or `2026Q4`), `2026`.
    ///
    /// # Errors
    /// [`SpanError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, SpanError> {
        let text = text.trim();
        let error = || SpanError { text: text.to_owned() };
        if let Ok(month) = Period::parse(text) {
            return Ok(Self { first: month, last: month });
        }
        let (year, quarter) = match text.split_once(['Q', 'q']) {
            Some((year, quarter)) => (year.trim_end_matches('-'), Some(quarter.parse::<u32>().map_err(|_| error())?)),
            None => (text, None),
        };
        let year: i32 = year.parse().map_err(|_| error())?;
        let (first, months) = match quarter {
            None => (1, 12),
            Some(quarter @ 1..=4) => (quarter * 3 - 2, 3),
            Some(_) => return Err(error()),
        };
        let first = Period::try_new(year, first).map_err(|_| error())?;
        Ok(Self { first, last: first.plus_months(months - 1) })
    }

    /// The year of a month up to it.
    #[must_use]
    pub fn year_to(month: Period) -> Self {
        let back = month.month() - 1;
        Self { first: (0..back).fold(month, |month, _| month.previous()), last: month }
    }
}

impl fmt::Display for ReviewSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{} – {}", self.first, self.last)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_a_quarter_and_a_year_are_spans_and_nothing_else_is() {
        let read = |text: &str| ReviewSpan::parse(text).map(|span| (span.first.to_string(), span.last.to_string()));
        let span = |first: &str, last: &str| Ok((first.to_owned(), last.to_owned()));
        assert_eq!(read("2026-10"), span("2026-10", "2026-10"));
        assert_eq!(read("2026-Q4"), span("2026-10", "2026-12"));
        assert_eq!(read("2026Q1"), span("2026-01", "2026-03"));
        assert_eq!(read("2026"), span("2026-01", "2026-12"));
        for text in ["", "2026-13", "2026Q5", "2026-Q", "十月", "26"] {
            assert!(ReviewSpan::parse(text).is_err(), "{text}");
        }
        let november = Period::parse("2026-11").expect("a month");
        assert_eq!(ReviewSpan::year_to(november).first.to_string(), "2026-01");
    }
}
