//! Staff accounts (员工) with their scope, and sessions.

pub mod caller;

use chrono::{DateTime, Utc};
use hemu_domain::Locale;
use hemu_domain::ids::{CommunityId, StaffId};
use hemu_domain::staff::Role;

use crate::{DbError, Row, Tx, params};

/// A staff account as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRow {
    /// Its id.
    pub id: StaffId,
    /// What the person types to sign in; in small letters.
    pub login: String,
    /// The name that is recorded.
    pub name: String,
    /// What the person is.
    pub role: Role,
    /// Argon2id, in the PHC format.
    pub password_hash: String,
    /// Whether the person works for every community.
    pub all_communities: bool,
    /// Whether the person may sign in.
    pub active: bool,
    /// The language of the pages.
    pub locale: Locale,
}

/// A session as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the token in the cookie: who reads the table cannot sign in.
    pub token_hash: Vec<u8>,
    /// Whose.
    pub staff_id: StaffId,
    /// What every form of this session must bring.
    pub csrf_token: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

const LIST: &str =
    "SELECT id, login, name, role, password_hash, all_communities, active, locale FROM staff ORDER BY login";
const FIND: &str =
    "SELECT id, login, name, role, password_hash, all_communities, active, locale FROM staff WHERE id = $1";
const FIND_BY_LOGIN: &str =
    "SELECT id, login, name, role, password_hash, all_communities, active, locale FROM staff WHERE login = $1";
const COUNT: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM staff";
const INSERT: &str =
    "INSERT INTO staff (id, login, name, role, password_hash, all_communities, active, locale, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const UPDATE: &str =
    "UPDATE staff SET name = $2, role = $3, password_hash = $4, all_communities = $5, active = $6, locale = $7
    WHERE id = $1";
const SCOPES: &str = "SELECT staff_id, community_id FROM staff_scope ORDER BY staff_id, community_id";
const SCOPE: &str = "SELECT community_id FROM staff_scope WHERE staff_id = $1 ORDER BY community_id";
const CLEAR_SCOPE: &str = "DELETE FROM staff_scope WHERE staff_id = $1";
const INSERT_SCOPE: &str = "INSERT INTO staff_scope (staff_id, community_id) VALUES ($1, $2)";
const INSERT_SESSION: &str = "INSERT INTO session (token_hash, staff_id, csrf_token, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5)";
const END_SESSION: &str = "DELETE FROM session WHERE token_hash = $1";
const END_SESSIONS: &str = "DELETE FROM session WHERE staff_id = $1";
const SWEEP: &str = "DELETE FROM session WHERE expires_at <= $1";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    LIST,
    FIND,
    FIND_BY_LOGIN,
    COUNT,
    INSERT,
    UPDATE,
    SCOPES,
    SCOPE,
    CLEAR_SCOPE,
    INSERT_SCOPE,
    INSERT_SESSION,
    END_SESSION,
    END_SESSIONS,
    SWEEP,
];

/// All accounts, by login.
///
/// # Errors
/// When the database refuses.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<StaffRow>, DbError> {
    tx.query(LIST, &[], read)
}

/// The account of that id.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, id: StaffId) -> Result<Option<StaffRow>, DbError> {
    tx.query_opt(FIND, &params![id], read)
}

/// The account with that login.
///
/// # Errors
/// When the database refuses.
pub fn find_by_login(tx: &mut Tx<'_>, login: &str) -> Result<Option<StaffRow>, DbError> {
    tx.query_opt(FIND_BY_LOGIN, &params![login], read)
}

/// How many accounts there are.
///
/// # Errors
/// When the database refuses.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.query_one("count", COUNT, &[], |row| row.take())
}

/// Writes a new account.
///
/// # Errors
/// [`DbError::Duplicate`] when the login is taken.
pub fn insert(tx: &mut Tx<'_>, staff: &StaffRow, at: DateTime<Utc>) -> Result<(), DbError> {
    let s = staff;
    let values = params![
        s.id,
        &s.login,
        &s.name,
        s.role.as_str(),
        &s.password_hash,
        s.all_communities,
        s.active,
        s.locale.as_str(),
        at
    ];
    tx.execute(INSERT, &values).map(|_| ())
}

/// Changes everything but the login.
///
/// # Errors
/// When the database refuses.
pub fn update(tx: &mut Tx<'_>, staff: &StaffRow) -> Result<(), DbError> {
    let s = staff;
    let values =
        params![s.id, &s.name, s.role.as_str(), &s.password_hash, s.all_communities, s.active, s.locale.as_str()];
    tx.execute(UPDATE, &values).map(|_| ())
}

/// Which communities accounts without all of them work for.
///
/// # Errors
/// When the database refuses.
pub fn list_scopes(tx: &mut Tx<'_>) -> Result<Vec<(StaffId, CommunityId)>, DbError> {
    tx.query(SCOPES, &[], |row| Ok((row.take()?, row.take()?)))
}

/// Which communities one account works for.
///
/// # Errors
/// When the database refuses.
pub fn list_scope(tx: &mut Tx<'_>, id: StaffId) -> Result<Vec<CommunityId>, DbError> {
    tx.query(SCOPE, &params![id], |row| row.take())
}

/// Sets which communities an account works for.
///
/// # Errors
/// When the database refuses.
pub fn set_scope(tx: &mut Tx<'_>, id: StaffId, communities: &[CommunityId]) -> Result<(), DbError> {
    tx.execute(CLEAR_SCOPE, &params![id])?;
    // A handful of rows, written when somebody is hired.
    for community in communities {
        tx.execute(INSERT_SCOPE, &params![id, *community])?;
    }
    Ok(())
}

/// Writes a new session; sessions that ran out go.
///
/// # Errors
/// When the database refuses.
pub fn insert_session(tx: &mut Tx<'_>, session: &SessionRow) -> Result<(), DbError> {
    tx.execute(SWEEP, &params![session.created_at])?;
    let s = session;
    let values = params![s.token_hash.clone(), s.staff_id, &s.csrf_token, s.created_at, s.expires_at];
    tx.execute(INSERT_SESSION, &values).map(|_| ())
}

/// Ends one session.
///
/// # Errors
/// When the database refuses.
pub fn end_session(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<(), DbError> {
    tx.execute(END_SESSION, &params![token_hash.to_vec()]).map(|_| ())
}

/// Ends all sessions of an account.
///
/// # Errors
/// When the database refuses.
pub fn end_sessions(tx: &mut Tx<'_>, id: StaffId) -> Result<(), DbError> {
    tx.execute(END_SESSIONS, &params![id]).map(|_| ())
}

fn read(row: &Row<'_>) -> Result<StaffRow, DbError> {
    Ok(StaffRow {
        id: row.take()?,
        login: row.take()?,
        name: row.take()?,
        role: row.parse(Role::parse)?,
        password_hash: row.take()?,
        all_communities: row.take()?,
        active: row.take()?,
        locale: row.parse(|tag| Ok::<_, ()>(Locale::from_tag(tag)))?,
    })
}
