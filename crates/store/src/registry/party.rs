//! Parties (业主、租户、建设单位) and their tenures: who holds or uses a unit, from when to when.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{CommunityId, PartyId, TenureId, UnitId};

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Row, Tx, Value, params};

/// A party as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyRow {
    /// Its id.
    pub id: PartyId,
    /// `person`, `company` or `developer`.
    pub kind: String,
    /// The name.
    pub name: String,
    /// Initials for search.
    pub initials: String,
    /// Sealed identity number.
    pub id_number_sealed: Option<Vec<u8>>,
    /// Its search index.
    pub id_number_index: Option<Vec<u8>>,
    /// Its last four characters.
    pub id_number_tail: Option<String>,
}

/// Who holds or uses a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenureRow {
    /// Its id.
    pub id: TenureId,
    /// The unit.
    pub unit_id: UnitId,
    /// The party.
    pub party_id: PartyId,
    /// `owner`, `co_owner`, `tenant` or `developer`.
    pub role: String,
    /// From when; `None` for ever.
    pub starts_on: Option<NaiveDate>,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
}

const PARTIES: &str = "SELECT id, kind, name, initials, id_number_sealed, id_number_index, id_number_tail
    FROM party WHERE community_id = $1 ORDER BY id";
const FIND_PARTY: &str = "SELECT id, kind, name, initials, id_number_sealed, id_number_index, id_number_tail
    FROM party WHERE community_id = $1 AND id = $2";
const TENURES: &str =
    "SELECT id, unit_id, party_id, role, starts_on, ends_on FROM tenure WHERE community_id = $1 ORDER BY id";

const ADDRESSED: &str = "SELECT form_of_address FROM party WHERE community_id = $1 AND id = $2";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[PARTIES, FIND_PARTY, TENURES, ADDRESSED];

pub(crate) static PARTY_TABLE: BulkTable = BulkTable {
    table: "party",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("kind", ColumnKind::Text),
        ("name", ColumnKind::Text),
        ("initials", ColumnKind::Text),
        ("id_number_sealed", ColumnKind::Bytes),
        ("id_number_index", ColumnKind::Bytes),
        ("id_number_tail", ColumnKind::Text),
        ("created_at", ColumnKind::Time),
    ],
};

pub(crate) static TENURE_TABLE: BulkTable = BulkTable {
    table: "tenure",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("unit_id", ColumnKind::Uuid),
        ("party_id", ColumnKind::Uuid),
        ("role", ColumnKind::Text),
        ("starts_on", ColumnKind::Date),
        ("ends_on", ColumnKind::Date),
    ],
};

/// Writes new parties.
///
/// # Errors
/// When the database refuses.
pub fn insert_parties(
    tx: &mut Tx<'_>,
    community: CommunityId,
    parties: &[PartyRow],
    at: DateTime<Utc>,
) -> Result<u64, DbError> {
    let row = |p: &PartyRow| -> [Value; 9] {
        params![
            community,
            p.id,
            &p.kind,
            &p.name,
            &p.initials,
            p.id_number_sealed.clone(),
            p.id_number_index.clone(),
            p.id_number_tail.as_deref(),
            at
        ]
    };
    tx.bulk_insert(&PARTY_TABLE, parties.iter().map(row))
}

/// Writes new tenures.
///
/// # Errors
/// When the database refuses.
pub fn insert_tenures(tx: &mut Tx<'_>, community: CommunityId, tenures: &[TenureRow]) -> Result<u64, DbError> {
    let row = |t: &TenureRow| -> [Value; 7] {
        params![community, t.id, t.unit_id, t.party_id, &t.role, t.starts_on, t.ends_on]
    };
    tx.bulk_insert(&TENURE_TABLE, tenures.iter().map(row))
}

/// All parties.
///
/// # Errors
/// When the database refuses.
pub fn list_parties(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<PartyRow>, DbError> {
    tx.query(PARTIES, &params![community], read_party)
}

/// The party of that id.
///
/// # Errors
/// When the database refuses.
pub fn find_party(tx: &mut Tx<'_>, community: CommunityId, id: PartyId) -> Result<Option<PartyRow>, DbError> {
    tx.query_opt(FIND_PARTY, &params![community, id], read_party)
}

/// All tenures.
///
/// # Errors
/// When the database refuses.
pub fn list_tenures(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<TenureRow>, DbError> {
    tx.query(TENURES, &params![community], |row| {
        Ok(TenureRow {
            id: row.take()?,
            unit_id: row.take()?,
            party_id: row.take()?,
            role: row.take()?,
            starts_on: row.take()?,
            ends_on: row.take()?,
        })
    })
}

fn read_party(row: &Row<'_>) -> Result<PartyRow, DbError> {
    Ok(PartyRow {
        id: row.take()?,
        kind: row.take()?,
        name: row.take()?,
        initials: row.take()?,
        id_number_sealed: row.take()?,
        id_number_index: row.take()?,
        id_number_tail: row.take()?,
    })
}

/// How a party wants to be addressed, where it has said so.
///
/// # Errors
/// When the database refuses.
pub fn find_form_of_address(tx: &mut Tx<'_>, community: CommunityId, id: PartyId) -> Result<Option<String>, DbError> {
    Ok(tx.query_opt(ADDRESSED, &params![community, id], |row| row.take::<Option<String>>())?.flatten())
}
