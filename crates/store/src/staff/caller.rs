//! Who a token belongs to, by one statement: session, account and, where one is named, the community that is looked at. Every
//! page begins with it, so that a session that was ended, or a role that was taken away, counts at the next request.

use chrono::{DateTime, Utc};
use hemu_domain::Locale;
use hemu_domain::ids::{CommunityId, StaffId};
use hemu_domain::staff::Role;

use crate::community::Mark;
use crate::{DbError, Row, Tx, params};

/// Somebody whose session runs and whose account may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerRow {
    /// The account.
    pub staff_id: StaffId,
    /// The name that is recorded.
    pub name: String,
    /// What the person is.
    pub role: Role,
    /// Whether the person works for every community.
    pub all_communities: bool,
    /// The language of the pages.
    pub locale: Locale,
    /// What every form of this session must bring.
    pub csrf_token: String,
}

/// The community somebody looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceRow {
    /// The property company, as letters name it; may be empty.
    pub company_name: String,
    /// How far its record has come.
    pub mark: Mark,
}

macro_rules! caller {
    () => {
        "f.id, f.name, f.role, f.all_communities, f.locale, s.csrf_token"
    };
}

const FIND: &str = concat!(
    "SELECT ",
    caller!(),
    " FROM session s JOIN staff f ON f.id = s.staff_id WHERE s.token_hash = $1 AND s.expires_at > $2 AND f.active"
);
const FIND_AT: &str = concat!(
    "SELECT ",
    caller!(),
    ", c.company_name, c.fact_seq, c.audit_head
    FROM session s JOIN staff f ON f.id = s.staff_id LEFT JOIN community c ON c.id = $3
    WHERE s.token_hash = $1 AND s.expires_at > $2 AND f.active"
);

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[FIND, FIND_AT];

/// Whose token it is; `None` when it ran out, was ended, or the account may not sign in any more.
///
/// # Errors
/// When the database refuses.
pub fn find(tx: &mut Tx<'_>, token_hash: &[u8], now: DateTime<Utc>) -> Result<Option<CallerRow>, DbError> {
    tx.query_opt(FIND, &params![token_hash.to_vec(), now], read)
}

/// Like [`find`], with the community of that id, `None` where there is none.
///
/// # Errors
/// When the database refuses.
pub fn find_at(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
    now: DateTime<Utc>,
    community: CommunityId,
) -> Result<Option<(CallerRow, Option<PlaceRow>)>, DbError> {
    tx.query_opt(FIND_AT, &params![token_hash.to_vec(), now, community], |row| Ok((read(row)?, read_place(row)?)))
}

fn read(row: &Row<'_>) -> Result<CallerRow, DbError> {
    Ok(CallerRow {
        staff_id: row.take()?,
        name: row.take()?,
        role: row.parse(Role::parse)?,
        all_communities: row.take()?,
        locale: row.parse(|tag| Ok::<_, ()>(Locale::from_tag(tag)))?,
        csrf_token: row.take()?,
    })
}

fn read_place(row: &Row<'_>) -> Result<Option<PlaceRow>, DbError> {
    let (company_name, facts): (Option<String>, Option<i64>) = (row.take()?, row.take()?);
    let audit_head = row.take()?;
    let place = |company_name, facts| PlaceRow { company_name, mark: Mark::new(facts, audit_head) };
    Ok(company_name.zip(facts).map(|(company_name, facts)| place(company_name, facts)))
}
