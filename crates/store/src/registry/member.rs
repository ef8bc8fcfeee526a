//! Household members (家庭成员, 租客): who lives in a unit beside its owners. They pay nothing: no account, case or letter cites
//! them. Names and phones are sealed; what is read here may be shown.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{CommunityId, MemberId, UnitId};
use hemu_domain::registry::member::MemberRole;

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Tx, Value, params};

/// A member to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMember {
    /// Its id.
    pub id: MemberId,
    /// The unit.
    pub unit_id: UnitId,
    /// What the person is to it.
    pub role: MemberRole,
    /// The sealed name.
    pub name_sealed: Vec<u8>,
    /// What may be shown of it.
    pub name_tail: String,
    /// The sealed phones, apart by blanks; `None` without one.
    pub phones_sealed: Option<Vec<u8>>,
    /// What may be shown of them.
    pub phones_tail: String,
    /// Tells the same person from the same list.
    pub index: Vec<u8>,
}

/// A member as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberView {
    /// Its id.
    pub id: MemberId,
    /// What the person is to the unit.
    pub role: MemberRole,
    /// The masked name.
    pub name_tail: String,
    /// The masked phones; empty without one.
    pub phones_tail: String,
}

const OF_UNIT: &str = "SELECT id, role, name_tail, phones_tail FROM household_member
    WHERE community_id = $1 AND unit_id = $2 AND ended_on IS NULL ORDER BY created_at, id";
const INDEXES: &str = "SELECT unit_id, member_index FROM household_member WHERE community_id = $1";
const SEALED: &str =
    "SELECT name_sealed, phones_sealed FROM household_member WHERE community_id = $1 AND id = $2 AND ended_on IS NULL";
const END: &str = "UPDATE household_member SET ended_on = $3
    WHERE community_id = $1 AND unit_id = $2 AND ended_on IS NULL";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[OF_UNIT, INDEXES, SEALED, END];

static MEMBERS: BulkTable = BulkTable {
    table: "household_member",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("unit_id", ColumnKind::Uuid),
        ("role", ColumnKind::Text),
        ("name_sealed", ColumnKind::Bytes),
        ("name_tail", ColumnKind::Text),
        ("phones_sealed", ColumnKind::Bytes),
        ("phones_tail", ColumnKind::Text),
        ("member_index", ColumnKind::Bytes),
        ("created_at", ColumnKind::Time),
    ],
};

/// Writes members.
///
/// # Errors
/// [`DbError::Duplicate`] when one of them is there already.
pub fn insert(
    tx: &mut Tx<'_>,
    community: CommunityId,
    members: &[NewMember],
    at: DateTime<Utc>,
) -> Result<u64, DbError> {
    let rows = members.iter().map(|one| -> [Value; 10] {
        params![
            community,
            one.id,
            one.unit_id,
            one.role.as_str(),
            one.name_sealed.clone(),
            &one.name_tail,
            one.phones_sealed.clone(),
            &one.phones_tail,
            one.index.clone(),
            at
        ]
    });
    tx.bulk_insert(&MEMBERS, rows)
}

/// Who lives in a unit beside its owners.
///
/// # Errors
/// When the database refuses.
pub fn list_of_unit(tx: &mut Tx<'_>, community: CommunityId, unit: UnitId) -> Result<Vec<MemberView>, DbError> {
    tx.query(OF_UNIT, &params![community, unit], |row| {
        Ok(MemberView {
            id: row.take()?,
            role: row.parse(MemberRole::parse)?,
            name_tail: row.take()?,
            phones_tail: row.take()?,
        })
    })
}

/// Unit and index of every member there ever was.
///
/// # Errors
/// When the database refuses.
pub fn list_indexes(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(UnitId, Vec<u8>)>, DbError> {
    tx.query(INDEXES, &params![community], |row| Ok((row.take()?, row.take()?)))
}

/// What is sealed of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedMember {
    /// The name.
    pub name: Vec<u8>,
    /// The phones.
    pub phones: Option<Vec<u8>>,
}

/// The sealed name and phones of a member; `None` when there is none.
///
/// # Errors
/// When the database refuses.
pub fn find_sealed(tx: &mut Tx<'_>, community: CommunityId, id: MemberId) -> Result<Option<SealedMember>, DbError> {
    tx.query_opt(SEALED, &params![community, id], |row| Ok(SealedMember { name: row.take()?, phones: row.take()? }))
}

/// Notes that nobody of a household lives there any more.
///
/// # Errors
/// When the database refuses.
pub fn end_of_unit(tx: &mut Tx<'_>, community: CommunityId, unit: UnitId, on: NaiveDate) -> Result<u64, DbError> {
    tx.execute(END, &params![community, unit, on])
}
