//! PostgreSQL: a pool of blocking connections, each with its prepared statements.

use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use chrono::{DateTime, Utc};
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls, Statement};

use super::{BulkTable, ColumnKind, DbError, Row, Tx, Value};

/// Connections at most; a company's server allows 100 and other programs want some.
const MAX_CONNECTIONS: u32 = 24;
/// How long a use case waits for a free connection.
const WAIT: Duration = Duration::from_secs(20);

pub(super) struct PostgresDb {
    pool: r2d2::Pool<Manager>,
}

#[doc(hidden)]
pub struct PostgresTx<'conn> {
    transaction: postgres::Transaction<'conn>,
    statements: &'conn mut HashMap<String, Statement>,
}

struct Manager {
    config: postgres::Config,
}

struct Connection {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Connection;
    type Error = postgres::Error;

    fn connect(&self) -> Result<Connection, postgres::Error> {
        let client = self.config.connect(NoTls)?;
        Ok(Connection { client, statements: HashMap::new() })
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<(), postgres::Error> {
        connection.client.is_valid(Duration::from_secs(5))
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        connection.client.is_closed()
    }
}

impl PostgresDb {
    pub(super) fn open(url: &str) -> Result<Self, DbError> {
        let refused = |problem: String| DbError::Open { url: without_password(url), problem };
        let config: postgres::Config = url.parse().map_err(|error: postgres::Error| refused(error.to_string()))?;
        // One connection at once, so that a wrong address is told now and not at the first statement.
        config.connect(NoTls).map_err(|error| refused(describe(&error)))?;
        let pool = r2d2::Pool::builder()
            .max_size(MAX_CONNECTIONS)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(WAIT)
            .build(Manager { config })
            .map_err(|error| refused(error.to_string()))?;
        Ok(Self { pool })
    }

    pub(super) fn write<T, E: From<DbError>>(
        &self,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transact(false, |tx| work(tx))
    }

    pub(super) fn read<T, E: From<DbError>>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.transact(true, work)
    }

    fn transact<T, E: From<DbError>>(
        &self,
        read_only: bool,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut pooled = self.pool.get().map_err(|error| DbError::Engine(error.to_string()))?;
        let Connection { client, statements } = &mut *pooled;
        let mut builder = client.build_transaction();
        if read_only {
            builder = builder.read_only(true).isolation_level(postgres::IsolationLevel::RepeatableRead);
        }
        let transaction = builder.start().map_err(translate)?;
        let mut tx = Tx::Postgres(PostgresTx { transaction, statements });
        let result = work(&mut tx)?;
        match tx {
            Tx::Postgres(PostgresTx { transaction, .. }) => transaction.commit().map_err(translate)?,
            Tx::Sqlite(_) => unreachable!("the transaction was made two lines above"),
        }
        Ok(result)
    }

    pub(super) fn server_time(&self) -> Result<DateTime<Utc>, DbError> {
        self.ask("SELECT clock_timestamp()")
    }

    pub(super) fn version(&self) -> Result<String, DbError> {
        self.ask("SELECT current_setting('server_version')")
    }

    fn ask<T: for<'a> postgres::types::FromSql<'a>>(&self, sql: &str) -> Result<T, DbError> {
        let mut pooled = self.pool.get().map_err(|error| DbError::Engine(error.to_string()))?;
        pooled.client.query_one(sql, &[]).and_then(|row| row.try_get(0)).map_err(translate)
    }
}

impl PostgresTx<'_> {
    fn prepared(&mut self, sql: &str) -> Result<Statement, DbError> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.transaction.prepare(sql).map_err(translate)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(super) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        let statement = self.prepared(sql)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as _).collect();
        self.transaction.execute(&statement, &params).map_err(translate)
    }

    pub(super) fn for_each<E: From<DbError>>(
        &mut self,
        sql: &str,
        params: &[Value],
        mut each: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let statement = self.prepared(sql)?;
        let mut rows = self.transaction.query_raw(&statement, params).map_err(translate)?;
        while let Some(row) = rows.next().map_err(translate)? {
            each(&Row::postgres(&row))?;
        }
        Ok(())
    }

    pub(super) fn bulk_insert<R: AsRef<[Value]>>(
        &mut self,
        target: &'static BulkTable,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, DbError> {
        let names: Vec<&str> = target.columns.iter().map(|(name, _)| *name).collect();
        let types: Vec<Type> = target.columns.iter().map(|(_, kind)| copy_type(*kind)).collect();
        let sql = format!("COPY {} ({}) FROM STDIN BINARY", target.table, names.join(", "));
        let writer = self.transaction.copy_in(sql.as_str()).map_err(translate)?;
        let mut writer = BinaryCopyInWriter::new(writer, &types);
        for row in rows {
            writer.write_raw(row.as_ref()).map_err(translate)?;
        }
        writer.finish().map_err(translate)
    }

    /// Text columns are made in byte order, as SQLite has them: a list sorts the same whatever the server's language.
    pub(super) fn run_script(&mut self, sql: &str) -> Result<(), DbError> {
        self.transaction.batch_execute(&sql.replace(" TEXT", " TEXT COLLATE \"C\"")).map_err(translate)
    }

    pub(super) fn lock_schema(&mut self) -> Result<(), DbError> {
        // Any number, the same in every version of the program.
        self.transaction.batch_execute("SELECT pg_advisory_xact_lock(7210453)").map_err(translate)
    }

    pub(super) fn prepare_only(&mut self, sql: &str) -> Result<usize, DbError> {
        self.prepared(sql).map(|statement| statement.params().len())
    }
}

fn copy_type(kind: ColumnKind) -> Type {
    match kind {
        ColumnKind::Bool => Type::BOOL,
        ColumnKind::Int => Type::INT8,
        ColumnKind::Text => Type::TEXT,
        ColumnKind::Uuid => Type::UUID,
        ColumnKind::Date => Type::DATE,
        ColumnKind::Time => Type::TIMESTAMPTZ,
        ColumnKind::Json => Type::JSONB,
        ColumnKind::Bytes => Type::BYTEA,
    }
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "postgres://...".to_owned() };
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{host}")
}

fn describe(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.source().map_or_else(|| error.to_string(), ToString::to_string),
        |answer| answer.message().to_owned(),
    )
}

fn translate(error: postgres::Error) -> DbError {
    let Some(answer) = error.as_db_error() else { return DbError::Engine(describe(&error)) };
    match answer.code() {
        &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => {
            DbError::Busy(answer.message().to_owned())
        }
        &SqlState::UNIQUE_VIOLATION => {
            DbError::Duplicate { constraint: answer.constraint().unwrap_or_default().to_owned() }
        }
        &SqlState::DISK_FULL | &SqlState::IO_ERROR => DbError::Full(answer.message().to_owned()),
        _ => DbError::Engine(answer.message().to_owned()),
    }
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(value) => value.to_sql_checked(kind, out),
            Self::Int(value) => value.to_sql_checked(kind, out),
            Self::Text(value) => value.to_sql_checked(kind, out),
            Self::Uuid(value) => value.to_sql_checked(kind, out),
            Self::Date(value) => value.to_sql_checked(kind, out),
            Self::Time(value) => value.to_sql_checked(kind, out),
            Self::Json(value) => value.to_sql_checked(kind, out),
            Self::JsonText(text) | Self::SortedJson(text) => {
                // The binary form of JSONB: its version, then the text.
                out.extend_from_slice(&[1]);
                out.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
            Self::Bytes(value) => value.to_sql_checked(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Null fits every type; the others check when they are written.
        true
    }

    to_sql_checked!();
}
