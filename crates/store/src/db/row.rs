//! What comes out of a statement: [`Row`], read column by column in the order of the statement.

use std::cell::Cell;

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::{Area, DailyRate, Factor, Fen, MeterValue, Period, UnitLabel, UnitPrice, ids};
use rusqlite::types::ValueRef;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::DbError;
use super::value::with_every_id;

/// One row of a result.
pub struct Row<'row> {
    source: Source<'row>,
    next: Cell<usize>,
}

enum Source<'row> {
    Sqlite(&'row rusqlite::Row<'row>),
    Postgres(&'row postgres::Row),
}

/// A kind of value a column can be read as.
pub trait Column: Sized {
    /// For people: what was expected when it was something else.
    const EXPECTED: &'static str;
    #[doc(hidden)]
    fn from_sqlite(value: ValueRef<'_>) -> Option<Self>;
    #[doc(hidden)]
    fn from_postgres(row: &postgres::Row, column: usize) -> Option<Self>;
}

impl<'row> Row<'row> {
    pub(super) fn sqlite(row: &'row rusqlite::Row<'row>) -> Self {
        Self { source: Source::Sqlite(row), next: Cell::new(0) }
    }

    pub(super) fn postgres(row: &'row postgres::Row) -> Self {
        Self { source: Source::Postgres(row), next: Cell::new(0) }
    }

    /// The next column, from the left.
    ///
    /// # Errors
    /// [`DbError::Decode`] when the column holds something else.
    pub fn take<T: Column>(&self) -> Result<T, DbError> {
        let column = self.next.get();
        self.next.set(column + 1);
        self.get(column)
    }

    /// The column at that position, counted from 0.
    ///
    /// # Errors
    /// [`DbError::Decode`] when the column holds something else.
    pub fn get<T: Column>(&self, column: usize) -> Result<T, DbError> {
        let value = match &self.source {
            Source::Sqlite(row) => row.get_ref(column).ok().and_then(T::from_sqlite),
            Source::Postgres(row) => T::from_postgres(row, column),
        };
        value.ok_or(DbError::Decode { column, expected: T::EXPECTED })
    }

    /// The next column, a JSON document, read straight into `T`; `None` when it has another shape.
    ///
    /// # Errors
    /// [`DbError::Decode`] when the column holds no JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<Option<T>, DbError> {
        let column = self.next.get();
        self.next.set(column + 1);
        let decode = || DbError::Decode { column, expected: "JSON" };
        match &self.source {
            Source::Sqlite(row) => {
                let value = row.get_ref(column).map_err(|_| decode())?;
                value.as_str().map(|text| serde_json::from_str(text).ok()).map_err(|_| decode())
            }
            Source::Postgres(row) => {
                let value: serde_json::Value = row.try_get(column).map_err(|_| decode())?;
                Ok(serde_json::from_value(value).ok())
            }
        }
    }

    /// The next column as text, read by `parse` (an enum's or newtype's reader).
    ///
    /// # Errors
    /// [`DbError::Decode`] when `parse` does not know the text.
    pub fn parse<T, E>(&self, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<T, DbError> {
        self.parse_opt(parse)?.ok_or(DbError::Decode { column: self.next.get() - 1, expected: "text" })
    }

    /// Like [`Self::parse`], for a column that may be empty.
    ///
    /// # Errors
    /// [`DbError::Decode`] when `parse` does not know the text.
    pub fn parse_opt<T, E>(&self, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<Option<T>, DbError> {
        let column = self.next.get();
        self.next.set(column + 1);
        let unknown = || DbError::Decode { column, expected: "a word the program knows" };
        let no_text = || DbError::Decode { column, expected: "text" };
        let text = match &self.source {
            Source::Sqlite(row) => row.get_ref(column).ok().and_then(|value| value.as_str_or_null().ok()),
            Source::Postgres(row) => row.try_get(column).ok(),
        };
        text.ok_or_else(no_text)?.map(parse).transpose().map_err(|_| unknown())
    }
}

macro_rules! column {
    ($kind:ty, $expected:literal, |$value:ident| $sqlite:expr) => {
        impl Column for $kind {
            const EXPECTED: &'static str = $expected;
            fn from_sqlite($value: ValueRef<'_>) -> Option<Self> {
                $sqlite
            }
            fn from_postgres(row: &postgres::Row, column: usize) -> Option<Self> {
                row.try_get(column).ok()
            }
        }
    };
}

column!(i64, "a whole number", |value| value.as_i64().ok());
column!(bool, "true or false", |value| value.as_i64().ok().map(|number| number != 0));
column!(String, "text", |value| value.as_str().ok().map(str::to_owned));
column!(Vec<u8>, "bytes", |value| value.as_blob().ok().map(<[u8]>::to_vec));
column!(Uuid, "an id", |value| value.as_blob().ok().and_then(|bytes| Self::from_slice(bytes).ok()));
column!(NaiveDate, "a date", |value| value.as_str().ok().and_then(parse_date));
column!(serde_json::Value, "JSON", |value| value.as_str().ok().and_then(|text| serde_json::from_str(text).ok()));
column!(DateTime<Utc>, "a time", |value| {
    let text = value.as_str().ok()?;
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc))
});

impl Column for [u8; 32] {
    const EXPECTED: &'static str = "a hash";
    fn from_sqlite(value: ValueRef<'_>) -> Option<Self> {
        value.as_blob().ok()?.try_into().ok()
    }
    fn from_postgres(row: &postgres::Row, column: usize) -> Option<Self> {
        row.try_get::<_, &[u8]>(column).ok()?.try_into().ok()
    }
}

impl<T: Column> Column for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    fn from_sqlite(value: ValueRef<'_>) -> Option<Self> {
        if value == ValueRef::Null { Some(None) } else { T::from_sqlite(value).map(Some) }
    }
    fn from_postgres(row: &postgres::Row, column: usize) -> Option<Self> {
        match row.try_get::<_, Option<AnyColumn>>(column) {
            Ok(None) => Some(None),
            Ok(Some(AnyColumn)) => T::from_postgres(row, column).map(Some),
            Err(_) => None,
        }
    }
}

/// `YYYY-MM-DD`, read digit by digit: rows by the million have dates, and all but the oddest are written like this.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let number =
        |digits: &[u8]| digits.iter().try_fold(0_u32, |sum, digit| Some(sum * 10 + char::from(*digit).to_digit(10)?));
    match text.as_bytes() {
        [year @ .., b'-', m1, m2, b'-', d1, d2] if year.len() == 4 => {
            NaiveDate::from_ymd_opt(i32::try_from(number(year)?).ok()?, number(&[*m1, *m2])?, number(&[*d1, *d2])?)
        }
        _ => text.parse().ok(),
    }
}

/// Reads any column as "there is something".
struct AnyColumn;

impl<'a> postgres::types::FromSql<'a> for AnyColumn {
    fn from_sql(_: &postgres::types::Type, _: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self)
    }
    fn accepts(_: &postgres::types::Type) -> bool {
        true
    }
}

macro_rules! derived {
    ($($kind:ty = $base:ty, $expected:literal, |$value:ident| $made:expr);+ $(;)?) => {$(
        impl Column for $kind {
            const EXPECTED: &'static str = $expected;
            fn from_sqlite(value: ValueRef<'_>) -> Option<Self> {
                let $value = <$base>::from_sqlite(value)?;
                $made
            }
            fn from_postgres(row: &postgres::Row, column: usize) -> Option<Self> {
                let $value = <$base>::from_postgres(row, column)?;
                $made
            }
        }
    )+};
}

derived! {
    Fen = i64, "an amount in fen", |fen| Some(Self::new(fen));
    Area = i64, "an area", |scaled| Some(Self::from_stored(scaled));
    UnitPrice = i64, "a price", |scaled| Some(Self::from_stored(scaled));
    DailyRate = i64, "a daily rate", |scaled| Some(Self::from_stored(scaled));
    Factor = i64, "a factor", |scaled| Some(Self::from_stored(scaled));
    MeterValue = i64, "a reading", |scaled| Some(Self::from_stored(scaled));
    Period = String, "a month", |text| Self::parse(&text).ok();
    UnitLabel = String, "a unit label", |text| Self::parse(&text).ok();
}

macro_rules! id_columns {
    ($($id:ident),+ $(,)?) => {
        derived! { $(ids::$id = Uuid, "an id", |id| Some(Self::from(id)));+ }
    };
}

with_every_id!(id_columns);

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};

    use super::parse_date;

    #[test]
    fn every_day_is_read_back_as_it_was_written() {
        let first = NaiveDate::from_ymd_opt(1, 1, 1).expect("a day");
        let days = (0..3_700_000).step_by(97).map(|days| first + Days::new(days));
        days.chain([NaiveDate::MIN, NaiveDate::MAX])
            .for_each(|day| assert_eq!(parse_date(&day.to_string()), Some(day)));
        for wrong in ["", "2026-02-30", "2026-1-01", "2026-13-01", "20260101", "2026-01-0x", "２026-01-01"] {
            assert_eq!(parse_date(wrong), wrong.parse().ok(), "{wrong}");
        }
    }
}
