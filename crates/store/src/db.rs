//! The database: [`Db`] opens it, [`Tx`] runs statements, [`Value`] goes in, [`Row`] comes out.
//!
//! This module alone knows which engine it talks to. What holds on both:
//! - Statements are written once, with `$1` placeholders, and prepared once per connection.
//! - [`Db::write`] runs a closure in one transaction and runs it again from the start when the engine asks for that
//!   (SQLite busy, PostgreSQL serialization failure or deadlock), so a closure has no effect outside its transaction.
//! - Writers that touch the same account first lock its row with `UPDATE ... SET lock_no = lock_no + 1`. PostgreSQL then reads
//!   what the writer before it committed (READ COMMITTED); SQLite has one writer at a time (`BEGIN IMMEDIATE`: with deferred
//!   transactions most concurrent read-then-write transactions fail).
//! - [`Tx::bulk_insert`] writes many rows: a prepared insert on SQLite, binary `COPY` on PostgreSQL.
//!
//! The `postgres` client blocks and must not be used or dropped inside an async context: callers hand whole use cases to
//! blocking threads.

mod id_list;
mod postgres_engine;
mod row;
mod sqlite_engine;
mod value;

use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use row::{Column, Row};
pub use value::{ColumnKind, Value};

use id_list::expand_ids;
use postgres_engine::{PostgresDb, PostgresTx};
use sqlite_engine::{SqliteDb, SqliteTx};

/// Times a transaction is run again before its error is handed to the caller.
const MAX_TRIES: u32 = 10;
/// How long it is tried again: each try waits by itself for a writer before it, and a person waits for all of them.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// What a database can answer instead of rows.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The address is neither `sqlite:PATH` nor `postgres://...`, or nothing answers there.
    #[error("cannot open the database {url}: {problem}")]
    Open {
        /// The address, without its password.
        url: String,
        /// What the engine said.
        problem: String,
    },
    /// A row with this key is there already. The caller decides whether that is an error.
    #[error("a row with this key exists already ({constraint})")]
    Duplicate {
        /// Which unique key.
        constraint: String,
    },
    /// Two transactions were in each other's way; [`Db::write`] has tried again in vain.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// The disk took no more: nothing of the transaction was kept.
    #[error("the disk is full or cannot be written: {0}")]
    Full(String),
    /// The database belongs to another version of the program, or to another program.
    #[error("{0}")]
    Foreign(&'static str),
    /// A row that must be there is not.
    #[error("not found: {0}")]
    NotFound(&'static str),
    /// A stored value is not what its column promises.
    #[error("column {column} holds something else than {expected}")]
    Decode {
        /// Position of the column in the statement.
        column: usize,
        /// The kind that was asked for.
        expected: &'static str,
    },
    /// Anything else the engine refused.
    #[error("database: {0}")]
    Engine(String),
}

/// An open database with its connections.
pub struct Db {
    engine: Engine,
}

enum Engine {
    Sqlite(SqliteDb),
    Postgres(PostgresDb),
}

/// A transaction, or a read of one consistent state.
pub enum Tx<'conn> {
    /// On the embedded database.
    #[doc(hidden)]
    Sqlite(SqliteTx<'conn>),
    /// On a PostgreSQL server.
    #[doc(hidden)]
    Postgres(PostgresTx<'conn>),
}

/// Where many rows of one shape go: see [`Tx::bulk_insert`].
#[derive(Debug)]
pub struct BulkTable {
    /// Table name.
    pub table: &'static str,
    /// Columns in the order of the values, with their kinds.
    pub columns: &'static [(&'static str, ColumnKind)],
}

impl Db {
    /// Opens `sqlite:PATH` (made if new) or `postgres://...`. Does not migrate: see [`crate::migrate`].
    ///
    /// # Errors
    /// [`DbError::Open`] when the address is wrong or nothing answers.
    pub fn open(url: &str) -> Result<Self, DbError> {
        let engine = if let Some(path) = url.strip_prefix("sqlite:") {
            Engine::Sqlite(SqliteDb::open(path)?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Engine::Postgres(PostgresDb::open(url)?)
        } else {
            let problem = "an address is sqlite:PATH or postgres://USER@HOST/DATABASE".to_owned();
            return Err(DbError::Open { url: url.to_owned(), problem });
        };
        Ok(Self { engine })
    }

    /// Runs `work` in one transaction, committed when it returns `Ok` and rolled back otherwise. It is run again from the
    /// start when the engine asks for that, so it must have no effect outside `tx`.
    ///
    /// # Errors
    /// What `work` returned, or [`DbError::Busy`] after many tries.
    pub fn write<T, E>(&self, mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError> + Retryable,
    {
        let mut tries = 0;
        let start = Instant::now();
        loop {
            tries += 1;
            match self.write_once(&mut work) {
                Err(error) if error.is_busy() && tries < MAX_TRIES && start.elapsed() < LONGEST_WAIT => {
                    thread::sleep(Duration::from_millis(u64::from(tries) * 7));
                }
                result => return result,
            }
        }
    }

    fn write_once<T, E: From<DbError>>(&self, work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        match &self.engine {
            Engine::Sqlite(db) => db.write(work),
            Engine::Postgres(db) => db.write(work),
        }
    }

    /// Runs `work` on one consistent state of the database; writing in it is refused by the engine.
    ///
    /// # Errors
    /// What `work` returned, or that no connection could be had.
    pub fn read<T, E: From<DbError>>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        match &self.engine {
            Engine::Sqlite(db) => db.read(work),
            Engine::Postgres(db) => db.read(work),
        }
    }

    /// The server's clock; `None` for the embedded database, which has none of its own.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn server_time(&self) -> Result<Option<DateTime<Utc>>, DbError> {
        match &self.engine {
            Engine::Sqlite(_) => Ok(None),
            Engine::Postgres(db) => db.server_time().map(Some),
        }
    }

    /// The name of the engine, for people: `SQLite 3.50.4`, `PostgreSQL 15.18`.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub fn engine_name(&self) -> Result<String, DbError> {
        match &self.engine {
            Engine::Sqlite(_) => Ok(format!("SQLite {}", rusqlite::version())),
            Engine::Postgres(db) => db.version().map(|version| format!("PostgreSQL {version}")),
        }
    }

    /// The file of an embedded database; `None` for a server or a database in memory.
    #[must_use]
    pub fn file(&self) -> Option<&std::path::Path> {
        match &self.engine {
            Engine::Sqlite(db) => db.file(),
            Engine::Postgres(_) => None,
        }
    }

    /// Copies an embedded database, while it is in use, into a new file.
    ///
    /// # Errors
    /// When the file cannot be written, or the database is a server (which has its own tools for that).
    pub fn backup_to(&self, target: &std::path::Path) -> Result<(), DbError> {
        match &self.engine {
            Engine::Sqlite(db) => db.backup_to(target),
            Engine::Postgres(_) => Err(DbError::Engine("a PostgreSQL database is backed up with pg_dump".to_owned())),
        }
    }
}

/// Errors that may say "run the transaction again".
pub trait Retryable {
    /// True when the same transaction may succeed at the next try.
    fn is_busy(&self) -> bool;
}

impl Retryable for DbError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Busy(_))
    }
}

impl Tx<'_> {
    /// Runs a statement; returns the number of rows it changed.
    ///
    /// # Errors
    /// [`DbError::Duplicate`] on a unique key, or what the engine refused.
    pub fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        match self {
            Self::Sqlite(tx) => tx.execute(sql, params),
            Self::Postgres(tx) => tx.execute(sql, params),
        }
    }

    /// Hands each row to `each`, one at a time: a large result is never held in memory.
    ///
    /// # Errors
    /// What the engine refused or `each` returned.
    pub fn for_each<E: From<DbError>>(
        &mut self,
        sql: &str,
        params: &[Value],
        each: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Sqlite(tx) => tx.for_each(sql, params, each),
            Self::Postgres(tx) => tx.for_each(sql, params, each),
        }
    }

    /// All rows, read by `read`.
    ///
    /// # Errors
    /// What the engine refused or `read` returned.
    pub fn query<T>(
        &mut self,
        sql: &str,
        params: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        let mut rows = Vec::new();
        self.for_each::<DbError>(sql, params, |row| {
            rows.push(read(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row, or `None`.
    ///
    /// # Errors
    /// What the engine refused or `read` returned.
    pub fn query_opt<T>(
        &mut self,
        sql: &str,
        params: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        self.query(sql, params, read).map(|rows| rows.into_iter().next())
    }

    /// The first row of a statement that always has one (an aggregate, `RETURNING` of a row that must be there).
    ///
    /// # Errors
    /// [`DbError::NotFound`] naming `what` when there is none.
    pub fn query_one<T>(
        &mut self,
        what: &'static str,
        sql: &str,
        params: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        self.query_opt(sql, params, read)?.ok_or(DbError::NotFound(what))
    }

    /// Runs `sql`, in which `{ids}` stands for a list of ids, for any number of ids, and reads all rows. `fixed` are the
    /// parameters `$1..$n` before the list.
    ///
    /// The list is cut into chunks padded to few lengths, so that few statements are prepared.
    ///
    /// # Errors
    /// What the engine refused or `read` returned.
    pub fn query_in<T>(
        &mut self,
        sql: &str,
        fixed: &[Value],
        ids: &[Uuid],
        mut read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        let mut rows = Vec::new();
        for (text, params) in expand_ids(sql, fixed, ids) {
            self.for_each::<DbError>(&text, &params, |row| {
                rows.push(read(row)?);
                Ok(())
            })?;
        }
        Ok(rows)
    }

    /// Like [`Self::query_in`], for a statement that changes rows; returns how many.
    ///
    /// # Errors
    /// What the engine refused.
    pub fn execute_in(&mut self, sql: &str, fixed: &[Value], ids: &[Uuid]) -> Result<u64, DbError> {
        expand_ids(sql, fixed, ids).map(|(text, params)| self.execute(&text, &params)).sum()
    }

    /// Writes many new rows at the engine's best pace; returns how many. A row whose key exists is an error: the caller reads
    /// by key range first and leaves out what is there.
    ///
    /// # Errors
    /// [`DbError::Duplicate`] on a unique key; the transaction is then lost.
    pub fn bulk_insert<R: AsRef<[Value]>>(
        &mut self,
        target: &'static BulkTable,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, DbError> {
        match self {
            Self::Sqlite(tx) => tx.bulk_insert(target, rows),
            Self::Postgres(tx) => tx.bulk_insert(target, rows),
        }
    }

    /// Runs a script of several statements, as migrations are.
    ///
    /// # Errors
    /// What the engine refused.
    pub fn run_script(&mut self, sql: &str) -> Result<(), DbError> {
        match self {
            Self::Sqlite(tx) => tx.run_script(sql),
            Self::Postgres(tx) => tx.run_script(sql),
        }
    }

    /// Waits until no other program changes the shape of this database, and keeps others waiting until the transaction ends.
    ///
    /// # Errors
    /// What the engine refused.
    pub fn lock_schema(&mut self) -> Result<(), DbError> {
        match self {
            // BEGIN IMMEDIATE has taken the only write lock there is.
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(tx) => tx.lock_schema(),
        }
    }

    /// Prepares a statement without running it; returns the number of its parameters.
    ///
    /// # Errors
    /// When the engine does not understand it.
    pub fn prepare_only(&mut self, sql: &str) -> Result<usize, DbError> {
        match self {
            Self::Sqlite(tx) => tx.prepare_only(sql),
            Self::Postgres(tx) => tx.prepare_only(sql),
        }
    }
}

/// Values for a statement, in the order of its placeholders: `params![community, unit, as_of]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}
