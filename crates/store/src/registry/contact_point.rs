//! Contact points (联系方式) as an import writes them: sealed, with an index for search.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{CommunityId, ContactPointId, PartyId};

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Tx, Value, params};

/// A contact point as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactPointRow {
    /// Its id.
    pub id: ContactPointId,
    /// Whose.
    pub party_id: PartyId,
    /// `phone`, `email`, `wechat` or `address`.
    pub channel: String,
    /// Sealed value.
    pub value_sealed: Vec<u8>,
    /// Its search index.
    pub value_index: Vec<u8>,
    /// What may be shown.
    pub value_tail: String,
    /// How it was verified; `None` while doubtful.
    pub verified_how: Option<String>,
    /// When.
    pub verified_on: Option<NaiveDate>,
}

const CONTACT_INDEXES: &str = "SELECT party_id, value_index FROM contact_point WHERE community_id = $1";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[CONTACT_INDEXES];

pub(crate) static CONTACT_POINT_TABLE: BulkTable = BulkTable {
    table: "contact_point",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("party_id", ColumnKind::Uuid),
        ("channel", ColumnKind::Text),
        ("value_sealed", ColumnKind::Bytes),
        ("value_index", ColumnKind::Bytes),
        ("value_tail", ColumnKind::Text),
        ("verified_how", ColumnKind::Text),
        ("verified_on", ColumnKind::Date),
        ("relation", ColumnKind::Text),
        ("consent", ColumnKind::Bool),
        ("preferred", ColumnKind::Bool),
        ("created_at", ColumnKind::Time),
    ],
};

/// Writes new contact points, each of the party itself.
///
/// # Errors
/// When the database refuses.
pub fn insert_contact_points(
    tx: &mut Tx<'_>,
    community: CommunityId,
    points: &[ContactPointRow],
    at: DateTime<Utc>,
) -> Result<u64, DbError> {
    let row = |p: &ContactPointRow| -> [Value; 13] {
        params![
            community,
            p.id,
            p.party_id,
            &p.channel,
            p.value_sealed.clone(),
            p.value_index.clone(),
            &p.value_tail,
            p.verified_how.as_deref(),
            p.verified_on,
            "self",
            true,
            false,
            at
        ]
    };
    tx.bulk_insert(&CONTACT_POINT_TABLE, points.iter().map(row))
}

/// Which contact values each party has, as search indexes.
///
/// # Errors
/// When the database refuses.
pub fn list_contact_indexes(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(PartyId, Vec<u8>)>, DbError> {
    tx.query(CONTACT_INDEXES, &params![community], |row| Ok((row.take()?, row.take()?)))
}
