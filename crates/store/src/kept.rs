//! Tables that are kept row by row: one description of a table's columns gives the digest of what is written, of what is changed,
//! and the check of `verify`.
//!
//! What a use case may change later (a contract, the standard a unit pays by) has no chain. Its table keeps a set digest
//! ([`crate::digest`]) over every column named here; a change reads the rows it is about before and after, so it need not know
//! what became of them. The digest is locked first, so that writers who hold no fact counter take turns as well.

mod tables;

use hemu_domain::ids::CommunityId;
use uuid::Uuid;

use crate::db::{BulkTable, ColumnKind};
use crate::digest::{self, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

pub use tables::*;

/// A table of which every row is covered.
#[derive(Debug)]
pub struct Kept {
    /// The table with the columns that are covered, the community first.
    table: BulkTable,
    /// Reads the rows of a community.
    all: &'static str,
    /// Reads the rows a change is about.
    some: &'static str,
}

impl Kept {
    /// The name of the table.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.table.table
    }

    /// The columns that are covered.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.table.columns.iter().map(|(name, _)| *name)
    }

    /// Where rows of this table go when nothing is noted: what a measurement compares with.
    pub(crate) const fn bulk(&'static self) -> &'static BulkTable {
        &self.table
    }

    /// Writes new rows, their cells in the order of the columns; returns how many.
    ///
    /// # Errors
    /// [`DbError::Duplicate`] on a unique key.
    pub fn insert<R: AsRef<[Value]>>(
        &'static self,
        tx: &mut Tx<'_>,
        community: CommunityId,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, DbError> {
        let mut added = SetDigest::default();
        let covered = rows.into_iter().inspect(|row| added.join(&SetDigest::of(row.as_ref())));
        let written = tx.bulk_insert(&self.table, covered)?;
        digest::add_to(tx, community, self.name(), &added)?;
        Ok(written)
    }

    /// Notes new rows that another description of the table writes, their cells in the order of the columns here.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn note<R: AsRef<[Value]>>(
        &self,
        tx: &mut Tx<'_>,
        community: CommunityId,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<(), DbError> {
        let mut added = SetDigest::default();
        rows.into_iter().for_each(|row| added.join(&SetDigest::of(row.as_ref())));
        digest::add_to(tx, community, self.name(), &added)
    }

    /// Does something to the rows of a key, and notes what it did: written, changed or taken away.
    ///
    /// # Errors
    /// What `work` returned, or that the database refused.
    pub fn change<T>(
        &self,
        tx: &mut Tx<'_>,
        community: CommunityId,
        key: &[Value],
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let values = [&params![community][..], key].concat();
        self.around(tx, community, |tx| self.sum(tx, self.some, &values), work)
    }

    /// Like [`Self::change`], for rows found by a key and a list of ids.
    ///
    /// # Errors
    /// What `work` returned, or that the database refused.
    pub fn change_in<T>(
        &self,
        tx: &mut Tx<'_>,
        community: CommunityId,
        (key, ids): (&[Value], &[Uuid]),
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let values = [&params![community][..], key].concat();
        let sum = |tx: &mut Tx<'_>| {
            let rows = tx.query_in(self.some, &values, ids, |row| self.digest_of(row))?;
            Ok(joined(&rows))
        };
        self.around(tx, community, sum, work)
    }

    /// Like [`Self::change`], whichever rows of the community it is about: they are all read, twice.
    ///
    /// # Errors
    /// What `work` returned, or that the database refused.
    pub fn change_any<T>(
        &self,
        tx: &mut Tx<'_>,
        community: CommunityId,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        self.around(tx, community, |tx| self.whole(tx, community), work)
    }

    /// What the table of a community holds.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn whole(&self, tx: &mut Tx<'_>, community: CommunityId) -> Result<SetDigest, DbError> {
        self.sum(tx, self.all, &params![community])
    }

    fn around<T>(
        &self,
        tx: &mut Tx<'_>,
        community: CommunityId,
        sum: impl Fn(&mut Tx<'_>) -> Result<SetDigest, DbError>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        digest::lock(tx, community, self.name())?;
        let before = sum(tx)?;
        let done = work(tx)?;
        let after = sum(tx)?;
        digest::add_to(tx, community, self.name(), &after.less(&before))?;
        Ok(done)
    }

    fn sum(&self, tx: &mut Tx<'_>, sql: &str, values: &[Value]) -> Result<SetDigest, DbError> {
        let mut found = SetDigest::default();
        tx.for_each::<DbError>(sql, values, |row| {
            found.join(&self.digest_of(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    fn digest_of(&self, row: &Row<'_>) -> Result<SetDigest, DbError> {
        let cells: Result<Vec<Value>, DbError> = self.table.columns.iter().map(|(_, kind)| cell(row, *kind)).collect();
        Ok(SetDigest::of(&cells?))
    }
}

fn joined(sets: &[SetDigest]) -> SetDigest {
    let mut all = SetDigest::default();
    sets.iter().for_each(|set| all.join(set));
    all
}

/// The next cell of a row.
pub(crate) fn cell(row: &Row<'_>, kind: ColumnKind) -> Result<Value, DbError> {
    Ok(match kind {
        ColumnKind::Bool => row.take::<Option<bool>>()?.into(),
        ColumnKind::Int => row.take::<Option<i64>>()?.into(),
        ColumnKind::Text => row.take::<Option<String>>()?.into(),
        ColumnKind::Uuid => row.take::<Option<Uuid>>()?.into(),
        ColumnKind::Date => row.take::<Option<chrono::NaiveDate>>()?.into(),
        ColumnKind::Time => row.take::<Option<chrono::DateTime<chrono::Utc>>>()?.into(),
        ColumnKind::Bytes => row.take::<Option<Vec<u8>>>()?.into(),
        ColumnKind::Json => row.take::<Option<serde_json::Value>>()?.into(),
    })
}

/// Every statement of these tables but those with an id list that no table has.
pub fn statements() -> impl Iterator<Item = &'static str> {
    TABLES.iter().flat_map(|kept| [kept.all, kept.some])
}
