//! Migrations: one numbered list, applied in order, each in the transaction that records it.
//!
//! A migration that was applied is never edited: its SHA-256 is kept and compared. A database that knows more migrations than
//! the program is refused, so that an older program never writes into a newer shape.

use sha2::{Digest, Sha256};

use crate::params;
use crate::{Db, DbError, Tx};

struct Migration {
    number: i64,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] =
    &[Migration { number: 1, name: "spine", sql: include_str!("../migrations/0001_spine.sql") }];

const CREATE_LIST: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL)";
const LIST: &str = "SELECT number, sha256 FROM schema_migration ORDER BY number";
const RECORD: &str = "INSERT INTO schema_migration (number, name, sha256) VALUES ($1, $2, $3)";

/// Brings the database to this program's shape; returns the names of the migrations applied now.
///
/// Two programs starting at once do not disturb each other: the second waits for the first, then finds nothing to do.
///
/// # Errors
/// When an applied migration differs from this program's, or the database is newer than the program.
pub fn migrate(db: &Db) -> Result<Vec<&'static str>, DbError> {
    if let Ok(applied) = db.read(list_applied)
        && applied.len() == MIGRATIONS.len()
    {
        check(&applied)?;
        return Ok(Vec::new());
    }
    db.write(|tx| {
        tx.lock_schema()?;
        tx.run_script(CREATE_LIST)?;
        let applied = list_applied(tx)?;
        check(&applied)?;
        apply(tx, &MIGRATIONS[applied.len()..])
    })
}

fn list_applied(tx: &mut Tx<'_>) -> Result<Vec<(i64, String)>, DbError> {
    tx.query(LIST, &[], |row| Ok((row.take()?, row.take()?)))
}

fn check(applied: &[(i64, String)]) -> Result<(), DbError> {
    if applied.len() > MIGRATIONS.len() {
        return Err(DbError::Foreign("this database was written by a newer Hemu; start that version"));
    }
    for ((number, sha256), migration) in applied.iter().zip(MIGRATIONS) {
        if *number != migration.number || *sha256 != fingerprint(migration) {
            tracing::error!(number, "a migration of this database is not the one this program knows");
            return Err(DbError::Foreign("this database was made by another version of Hemu; start that version"));
        }
    }
    Ok(())
}

fn apply(tx: &mut Tx<'_>, pending: &[Migration]) -> Result<Vec<&'static str>, DbError> {
    let mut names = Vec::new();
    for migration in pending {
        tx.run_script(migration.sql).map_err(of_another_program)?;
        tx.execute(RECORD, &params![migration.number, migration.name, fingerprint(migration)])?;
        names.push(migration.name);
    }
    Ok(names)
}

/// A table that is there before the first migration is not ours.
fn of_another_program(error: DbError) -> DbError {
    match error {
        DbError::Engine(problem) if problem.contains("already exists") => {
            DbError::Foreign("this database holds tables of another program; name another database")
        }
        other => other,
    }
}

fn fingerprint(migration: &Migration) -> String {
    hemu_domain::hex(&Sha256::digest(migration.sql))
}
