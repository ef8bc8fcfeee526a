//! SQLite: one write connection, a pool of read connections, WAL.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, params_from_iter};

use super::{BulkTable, DbError, Row, Tx, Value};

/// Read connections kept open for the next reader: as many as read at once on a busy morning. Each new one reads the schema and
/// prepares its statements anew, which costs more than most pages.
const IDLE_READERS: usize = 32;
/// How long one connection waits for another process's write to end.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);
/// Pages of the file the writer keeps in memory, in KiB.
const WRITER_CACHE_KIB: i64 = 32_768;
/// The same for each reader; the system keeps what many of them read.
const READER_CACHE_KIB: i64 = 4_096;
/// Prepared statements kept per connection.
const STATEMENTS: usize = 512;

pub(super) struct SqliteDb {
    path: PathBuf,
    // Closed first: the last connection to close folds the WAL into the file, and a reader cannot.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
}

#[doc(hidden)]
pub struct SqliteTx<'conn> {
    connection: &'conn Connection,
}

impl SqliteDb {
    pub(super) fn open(path: &str) -> Result<Self, DbError> {
        let refused = |problem: String| DbError::Open { url: format!("sqlite:{path}"), problem };
        let path = PathBuf::from(path);
        if path.as_os_str().is_empty() || path.is_dir() {
            return Err(refused("name a file, such as sqlite:hemu.db".to_owned()));
        }
        let writer = Connection::open(&path).map_err(|error| refused(error.to_string()))?;
        let prepared = writer
            .busy_timeout(BUSY_TIMEOUT)
            .and_then(|()| keep_a_write_ahead_log(&writer))
            .and_then(|()| writer.pragma_update(None, "synchronous", "FULL"))
            .and_then(|()| writer.pragma_update(None, "foreign_keys", "ON"))
            .and_then(|()| tune(&writer, WRITER_CACHE_KIB));
        prepared.map_err(|error| if is_busy(&error) { translate(error) } else { refused(error.to_string()) })?;
        Ok(Self { path, writer: Mutex::new(writer), readers: Mutex::new(Vec::new()) })
    }

    pub(super) fn file(&self) -> Option<&Path> {
        Some(&self.path)
    }

    pub(super) fn write<T, E: From<DbError>>(
        &self,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = lock(&self.writer);
        let open = OpenTransaction::begin(&connection, "BEGIN IMMEDIATE")?;
        let result = work(&mut Tx::Sqlite(SqliteTx { connection: &connection }))?;
        open.commit()?;
        Ok(result)
    }

    pub(super) fn read<T, E: From<DbError>>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let idle = lock(&self.readers).pop();
        let connection = idle.map_or_else(|| self.open_reader(), Ok)?;
        let result = {
            let open = OpenTransaction::begin(&connection, "BEGIN")?;
            let result = work(&mut Tx::Sqlite(SqliteTx { connection: &connection }));
            drop(open);
            result
        };
        let mut readers = lock(&self.readers);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        result
    }

    fn open_reader(&self) -> Result<Connection, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.path, flags).map_err(translate)?;
        reader.busy_timeout(BUSY_TIMEOUT).and_then(|()| tune(&reader, READER_CACHE_KIB)).map_err(translate)?;
        Ok(reader)
    }

    pub(super) fn backup_to(&self, target: &Path) -> Result<(), DbError> {
        let source = self.open_reader()?;
        source.backup("main", target, None::<fn(rusqlite::backup::Progress)>).map_err(translate)
    }
}

/// Two programs that start at once both want to switch the file; SQLite tells the second that it is locked without waiting,
/// whatever the timeout says, so this waits.
fn keep_a_write_ahead_log(connection: &Connection) -> rusqlite::Result<()> {
    let start = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if is_busy(&error) && start.elapsed() < BUSY_TIMEOUT => {
                std::thread::sleep(Duration::from_millis(10));
            }
            result => return result,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn tune(connection: &Connection, cache_kib: i64) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A statement keeps the plan it was prepared with. Otherwise a value that is bound anew has it planned anew, at every call: that
    // was four tenths of the time of a case page.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    // Files are read, not mapped: mapped pages count as memory of the program, once per connection, up to the whole file.
    connection.pragma_update(None, "temp_store", "MEMORY")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic in a use case rolled its transaction back when it unwound; the connection is sound.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Rolls back when dropped without a commit, also while unwinding.
struct OpenTransaction<'conn> {
    connection: &'conn Connection,
}

impl<'conn> OpenTransaction<'conn> {
    fn begin(connection: &'conn Connection, sql: &str) -> Result<Self, DbError> {
        run(connection, sql).map_err(translate)?;
        Ok(Self { connection })
    }

    fn commit(self) -> Result<(), DbError> {
        run(self.connection, "COMMIT").map_err(translate)
    }
}

/// Every use case begins and ends with one of a few statements that take no values.
fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

impl Drop for OpenTransaction<'_> {
    fn drop(&mut self) {
        if !self.connection.is_autocommit()
            && let Err(error) = run(self.connection, "ROLLBACK")
        {
            tracing::warn!(%error, "a rollback was refused");
        }
    }
}

impl SqliteTx<'_> {
    pub(super) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(translate)?;
        bind(&mut statement, params)?;
        let changed = statement.raw_execute().map_err(translate)?;
        Ok(u64::try_from(changed).expect("a row count is not negative"))
    }

    pub(super) fn for_each<E: From<DbError>>(
        &mut self,
        sql: &str,
        params: &[Value],
        mut each: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self.connection.prepare_cached(sql).map_err(translate)?;
        bind(&mut statement, params)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(translate)? {
            each(&Row::sqlite(row))?;
        }
        Ok(())
    }

    pub(super) fn bulk_insert<R: AsRef<[Value]>>(
        &mut self,
        target: &'static BulkTable,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, DbError> {
        let names: Vec<&str> = target.columns.iter().map(|(name, _)| *name).collect();
        let places: Vec<String> = (1..=names.len()).map(|place| format!("?{place}")).collect();
        let sql = format!("INSERT INTO {} ({}) VALUES ({})", target.table, names.join(", "), places.join(", "));
        let mut statement = self.connection.prepare_cached(&sql).map_err(translate)?;
        let mut written = 0;
        for row in rows {
            statement.execute(params_from_iter(row.as_ref())).map_err(translate)?;
            written += 1;
        }
        Ok(written)
    }

    pub(super) fn run_script(&mut self, sql: &str) -> Result<(), DbError> {
        self.connection.execute_batch(sql).map_err(translate)
    }

    pub(super) fn prepare_only(&mut self, sql: &str) -> Result<usize, DbError> {
        self.connection.prepare(sql).map(|statement| statement.parameter_count()).map_err(translate)
    }
}

/// In SQLite `$2` is the name of a parameter, which is numbered by its first appearance: each is bound to the value its name counts.
fn bind(statement: &mut Statement<'_>, params: &[Value]) -> Result<(), DbError> {
    let mut highest = 0;
    for place in 1..=statement.parameter_count() {
        let named = statement.parameter_name(place).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
        let value = named.and_then(|number| params.get(number.checked_sub(1)?));
        let wrong = || DbError::Engine(format!("parameter {place} of {} has no value", params.len()));
        statement.raw_bind_parameter(place, value.ok_or_else(wrong)?).map_err(translate)?;
        highest = highest.max(named.unwrap_or(0));
    }
    if highest == params.len() {
        Ok(())
    } else {
        Err(DbError::Engine(format!("{} values for {highest} parameters", params.len())))
    }
}

fn translate(error: rusqlite::Error) -> DbError {
    match error.sqlite_error_code() {
        _ if is_busy(&error) => DbError::Busy(error.to_string()),
        // A disk that is full says so, or refuses the write (quota, limit of the file's size).
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => DbError::Full(error.to_string()),
        Some(ErrorCode::ConstraintViolation) if error.to_string().contains("UNIQUE") => {
            let text = error.to_string();
            let constraint = text.rsplit(": ").next().unwrap_or_default().to_owned();
            DbError::Duplicate { constraint }
        }
        _ => DbError::Engine(error.to_string()),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Bool(value) => ToSqlOutput::Owned(i64::from(*value).into()),
            Self::Int(value) => ToSqlOutput::Owned((*value).into()),
            Self::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Self::Uuid(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value.as_bytes())),
            Self::Date(value) => ToSqlOutput::Owned(iso_date(*value).into()),
            Self::Time(value) => ToSqlOutput::Owned(iso_time(*value).into()),
            Self::Json(value) => ToSqlOutput::Owned(value.to_string().into()),
            Self::JsonText(text) | Self::SortedJson(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
        })
    }
}

/// `YYYY-MM-DD`, written digit by digit: the formatting machinery costs more than the insert of a whole column.
fn iso_date(day: NaiveDate) -> String {
    let Some(year) = u32::try_from(day.year()).ok().filter(|year| *year < 10_000) else { return day.to_string() };
    let mut text = String::with_capacity(27);
    push_digits(&mut text, year, 1000);
    for part in [day.month(), day.day()] {
        text.push('-');
        push_digits(&mut text, part, 10);
    }
    text
}

/// `YYYY-MM-DDThh:mm:ss.ffffffZ`, likewise.
fn iso_time(moment: DateTime<Utc>) -> String {
    let micros = moment.nanosecond() / 1000;
    if micros >= 1_000_000 {
        return moment.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    }
    let mut text = iso_date(moment.date_naive());
    for (before, part) in [('T', moment.hour()), (':', moment.minute()), (':', moment.second())] {
        text.push(before);
        push_digits(&mut text, part, 10);
    }
    text.push('.');
    push_digits(&mut text, micros, 100_000);
    text.push('Z');
    text
}

/// The digits of a number, from that of `place` on.
fn push_digits(text: &mut String, number: u32, mut place: u32) {
    while place > 0 {
        text.push(char::from_digit(number / place % 10, 10).expect("the last digit of a number"));
        place /= 10;
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

    use super::super::{DbError, Value};

    #[test]
    fn every_day_is_written_as_the_calendar_writes_it() {
        let first = NaiveDate::from_ymd_opt(1, 1, 1).expect("a day");
        let days = (0..3_700_000).step_by(97).map(|days| first + Days::new(days));
        days.chain([NaiveDate::MIN, NaiveDate::MAX]).for_each(|day| assert_eq!(super::iso_date(day), day.to_string()));
    }

    #[test]
    fn every_moment_is_written_as_the_calendar_writes_it() {
        let first: DateTime<Utc> = DateTime::from_timestamp(-62_135_596_800, 0).expect("a moment");
        let moments = (0..200_000_i64).map(|turn| first + TimeDelta::microseconds(turn * 1_577_847_123_457));
        moments.chain([DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC]).for_each(|moment| {
            assert_eq!(super::iso_time(moment), moment.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string());
        });
    }

    #[test]
    fn values_go_where_their_numbers_say_and_other_dollars_are_text() {
        let connection = rusqlite::Connection::open_in_memory().expect("opens");
        let mut tx = super::SqliteTx { connection: &connection };
        let mut read = |sql: &str, params: &[Value]| {
            let mut found: Vec<String> = Vec::new();
            tx.for_each::<DbError>(sql, params, |row| {
                found = vec![row.take()?, row.take()?, row.take()?];
                Ok(())
            })
            .map(|()| found)
        };
        let values = [Value::from("one"), Value::from("two")];
        assert_eq!(read("SELECT $2, $1, '$3' || $2", &values).expect("reads"), ["two", "one", "$3two"]);
        assert!(read("SELECT $2, $1, $3", &values).is_err(), "one value too few");
        assert!(read("SELECT $1, $1, $1", &values).is_err(), "one value too many");
    }
}
