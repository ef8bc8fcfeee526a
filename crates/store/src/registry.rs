//! Registry (房产与业主档案): buildings, units, parties, tenures, contact points, accounts. Written in bulk, read set by set.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{
    AccountId, BuildingId, CommunityId, ContactPointId, EntranceId, ImportId, PartyId, TenureId, UnitId,
};
use hemu_domain::registry::unit::{Occupancy, UnitKind};
use hemu_domain::{Area, Fen, UnitLabel};
use serde_json::Value as Json;

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Row, Tx, Value, params};

pub mod contact;
pub mod edit;
pub mod flag;
pub mod member;
pub mod overview;
pub mod unit_page;

/// A unit as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    /// Its id.
    pub id: UnitId,
    /// Its building.
    pub building_id: BuildingId,
    /// Its entrance.
    pub entrance_id: Option<EntranceId>,
    /// What it is called.
    pub label: UnitLabel,
    /// What it is.
    pub kind: UnitKind,
    /// Its charged area.
    pub area: Option<Area>,
    /// Its floor.
    pub floor: Option<i64>,
    /// Who is in it.
    pub occupancy: Occupancy,
    /// Since when it is vacant.
    pub vacant_since: Option<NaiveDate>,
    /// A remark.
    pub remark: String,
}

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

/// An account as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Its id.
    pub id: AccountId,
    /// The unit.
    pub unit_id: UnitId,
    /// The payer.
    pub party_id: PartyId,
    /// From when the payer owes; `None` from the beginning.
    pub starts_on: Option<NaiveDate>,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
    /// The floor for billing: `YYYY-MM`, or empty.
    pub paid_through: String,
    /// Money put by.
    pub prepaid: Fen,
}

/// A file that was imported.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportFileRow {
    /// Its id.
    pub id: ImportId,
    /// The file's name.
    pub file_name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The day it was read for.
    pub as_of: NaiveDate,
    /// Counts of the outcome.
    pub outcome: Json,
    /// Who imported it.
    pub actor_name: String,
    /// When.
    pub imported_at: DateTime<Utc>,
}

const BUILDINGS: &str = "SELECT id, code FROM building WHERE community_id = $1 ORDER BY code";
const ENTRANCES: &str = "SELECT id, building_id, code FROM entrance WHERE community_id = $1 ORDER BY building_id, code";
const UNITS: &str = "SELECT id, building_id, entrance_id, label, kind, area_e4, floor, occupancy, vacant_since, remark
    FROM unit WHERE community_id = $1 ORDER BY label";
const FIND_UNIT: &str =
    "SELECT id, building_id, entrance_id, label, kind, area_e4, floor, occupancy, vacant_since, remark
    FROM unit WHERE community_id = $1 AND label = $2";
const PARTIES: &str = "SELECT id, kind, name, initials, id_number_sealed, id_number_index, id_number_tail
    FROM party WHERE community_id = $1 ORDER BY id";
const FIND_PARTY: &str = "SELECT id, kind, name, initials, id_number_sealed, id_number_index, id_number_tail
    FROM party WHERE community_id = $1 AND id = $2";
const TENURES: &str =
    "SELECT id, unit_id, party_id, role, starts_on, ends_on FROM tenure WHERE community_id = $1 ORDER BY id";
const CONTACT_INDEXES: &str = "SELECT party_id, value_index FROM contact_point WHERE community_id = $1";
const ACCOUNTS: &str = "SELECT id, unit_id, party_id, starts_on, ends_on, paid_through, prepaid_fen
    FROM account WHERE community_id = $1 ORDER BY id";
const ACCOUNTS_OF_UNIT: &str = "SELECT id, unit_id, party_id, starts_on, ends_on, paid_through, prepaid_fen
    FROM account WHERE community_id = $1 AND unit_id = $2 ORDER BY id";
const LOCK_ACCOUNT: &str = "UPDATE account SET lock_no = lock_no + 1 WHERE community_id = $1 AND id = $2";
const SET_PREPAID: &str = "UPDATE account SET prepaid_fen = prepaid_fen + $3 WHERE community_id = $1 AND id = $2";
const SET_FLOOR: &str =
    "UPDATE account SET paid_through = $3 WHERE community_id = $1 AND id = $2 AND paid_through = ''";
const INSERT_IMPORT: &str =
    "INSERT INTO import_file (community_id, id, file_name, sha256, as_of, outcome, actor_name, imported_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    BUILDINGS,
    ENTRANCES,
    UNITS,
    FIND_UNIT,
    PARTIES,
    FIND_PARTY,
    TENURES,
    CONTACT_INDEXES,
    ACCOUNTS,
    ACCOUNTS_OF_UNIT,
    LOCK_ACCOUNT,
    SET_PREPAID,
    SET_FLOOR,
    INSERT_IMPORT,
];

pub(crate) static BUILDING_TABLE: BulkTable = BulkTable {
    table: "building",
    columns: &[("community_id", ColumnKind::Uuid), ("id", ColumnKind::Uuid), ("code", ColumnKind::Text)],
};

pub(crate) static ENTRANCE_TABLE: BulkTable = BulkTable {
    table: "entrance",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("building_id", ColumnKind::Uuid),
        ("code", ColumnKind::Text),
    ],
};

pub(crate) static UNIT_TABLE: BulkTable = BulkTable {
    table: "unit",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("building_id", ColumnKind::Uuid),
        ("entrance_id", ColumnKind::Uuid),
        ("label", ColumnKind::Text),
        ("kind", ColumnKind::Text),
        ("area_e4", ColumnKind::Int),
        ("floor", ColumnKind::Int),
        ("occupancy", ColumnKind::Text),
        ("vacant_since", ColumnKind::Date),
        ("remark", ColumnKind::Text),
        ("created_at", ColumnKind::Time),
    ],
};

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

pub(crate) static ACCOUNT_TABLE: BulkTable = BulkTable {
    table: "account",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("unit_id", ColumnKind::Uuid),
        ("party_id", ColumnKind::Uuid),
        ("starts_on", ColumnKind::Date),
        ("ends_on", ColumnKind::Date),
        ("paid_through", ColumnKind::Text),
        ("prepaid_fen", ColumnKind::Int),
        ("lock_no", ColumnKind::Int),
    ],
};

/// Writes new buildings: id and code.
///
/// # Errors
/// When the database refuses.
pub fn insert_buildings(
    tx: &mut Tx<'_>,
    community: CommunityId,
    buildings: &[(BuildingId, String)],
) -> Result<u64, DbError> {
    tx.bulk_insert(&BUILDING_TABLE, buildings.iter().map(|(id, code)| -> [Value; 3] { params![community, *id, code] }))
}

/// Writes new entrances: id, building and code.
///
/// # Errors
/// When the database refuses.
pub fn insert_entrances(
    tx: &mut Tx<'_>,
    community: CommunityId,
    entrances: &[(EntranceId, BuildingId, String)],
) -> Result<u64, DbError> {
    let row = |(id, building, code): &(EntranceId, BuildingId, String)| -> [Value; 4] {
        params![community, *id, *building, code]
    };
    tx.bulk_insert(&ENTRANCE_TABLE, entrances.iter().map(row))
}

/// Writes new units.
///
/// # Errors
/// [`DbError::Duplicate`] when a label is taken.
pub fn insert_units(
    tx: &mut Tx<'_>,
    community: CommunityId,
    units: &[UnitRow],
    at: DateTime<Utc>,
) -> Result<u64, DbError> {
    let row = |u: &UnitRow| -> [Value; 12] {
        params![
            community,
            u.id,
            u.building_id,
            u.entrance_id,
            &u.label,
            u.kind.as_str(),
            u.area,
            u.floor,
            u.occupancy.as_str(),
            u.vacant_since,
            &u.remark,
            at
        ]
    };
    tx.bulk_insert(&UNIT_TABLE, units.iter().map(row))
}

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

/// Writes new accounts, with nothing put by.
///
/// # Errors
/// When the database refuses.
pub fn insert_accounts(tx: &mut Tx<'_>, community: CommunityId, accounts: &[AccountRow]) -> Result<u64, DbError> {
    let row = |a: &AccountRow| -> [Value; 9] {
        params![community, a.id, a.unit_id, a.party_id, a.starts_on, a.ends_on, &a.paid_through, Fen::ZERO, 0_i64]
    };
    tx.bulk_insert(&ACCOUNT_TABLE, accounts.iter().map(row))
}

/// Records that a file was imported.
///
/// # Errors
/// When the database refuses.
pub fn insert_import_file(tx: &mut Tx<'_>, community: CommunityId, file: &ImportFileRow) -> Result<(), DbError> {
    let f = file;
    let values =
        params![community, f.id, &f.file_name, &f.sha256, f.as_of, f.outcome.clone(), &f.actor_name, f.imported_at];
    tx.execute(INSERT_IMPORT, &values).map(|_| ())
}

/// Buildings with their codes.
///
/// # Errors
/// When the database refuses.
pub fn list_buildings(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(BuildingId, String)>, DbError> {
    tx.query(BUILDINGS, &params![community], |row| Ok((row.take()?, row.take()?)))
}

/// Entrances with their buildings and codes.
///
/// # Errors
/// When the database refuses.
pub fn list_entrances(
    tx: &mut Tx<'_>,
    community: CommunityId,
) -> Result<Vec<(EntranceId, BuildingId, String)>, DbError> {
    tx.query(ENTRANCES, &params![community], |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// All units, by label.
///
/// # Errors
/// When the database refuses.
pub fn list_units(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<UnitRow>, DbError> {
    tx.query(UNITS, &params![community], read_unit)
}

/// The unit of that label.
///
/// # Errors
/// When the database refuses.
pub fn find_unit(tx: &mut Tx<'_>, community: CommunityId, label: &UnitLabel) -> Result<Option<UnitRow>, DbError> {
    tx.query_opt(FIND_UNIT, &params![community, label], read_unit)
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

/// Which contact values each party has, as search indexes.
///
/// # Errors
/// When the database refuses.
pub fn list_contact_indexes(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(PartyId, Vec<u8>)>, DbError> {
    tx.query(CONTACT_INDEXES, &params![community], |row| Ok((row.take()?, row.take()?)))
}

/// All accounts.
///
/// # Errors
/// When the database refuses.
pub fn list_accounts(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<AccountRow>, DbError> {
    tx.query(ACCOUNTS, &params![community], read_account)
}

/// The accounts of a unit, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_accounts_of_unit(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
) -> Result<Vec<AccountRow>, DbError> {
    tx.query(ACCOUNTS_OF_UNIT, &params![community, unit], read_account)
}

/// Locks an account until the transaction ends: everything that moves its money takes turns on it.
///
/// # Errors
/// When the database refuses.
pub fn lock_account(tx: &mut Tx<'_>, community: CommunityId, id: AccountId) -> Result<(), DbError> {
    tx.execute(LOCK_ACCOUNT, &params![community, id]).map(|_| ())
}

/// Adds to what an account has put by; a negative amount takes from it.
///
/// # Errors
/// When the database refuses.
pub fn add_prepaid(tx: &mut Tx<'_>, community: CommunityId, id: AccountId, amount: Fen) -> Result<(), DbError> {
    tx.execute(SET_PREPAID, &params![community, id, amount]).map(|_| ())
}

/// Sets the floor for billing of an account that has none; false when it has one.
///
/// # Errors
/// When the database refuses.
pub fn set_paid_through(tx: &mut Tx<'_>, community: CommunityId, id: AccountId, month: &str) -> Result<bool, DbError> {
    tx.execute(SET_FLOOR, &params![community, id, month]).map(|rows| rows == 1)
}

fn read_unit(row: &Row<'_>) -> Result<UnitRow, DbError> {
    Ok(UnitRow {
        id: row.take()?,
        building_id: row.take()?,
        entrance_id: row.take()?,
        label: row.take()?,
        kind: row.parse(UnitKind::parse)?,
        area: row.take()?,
        floor: row.take()?,
        occupancy: row.parse(Occupancy::parse)?,
        vacant_since: row.take()?,
        remark: row.take()?,
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

fn read_account(row: &Row<'_>) -> Result<AccountRow, DbError> {
    Ok(AccountRow {
        id: row.take()?,
        unit_id: row.take()?,
        party_id: row.take()?,
        starts_on: row.take()?,
        ends_on: row.take()?,
        paid_through: row.take()?,
        prepaid: row.take()?,
    })
}
