//! Communities (小区): the unit of work, the shard key, and the counter of recorded facts.

use chrono::{DateTime, Utc};
use hemu_domain::ids::CommunityId;

use crate::{DbError, Row, Tx, params};

/// A community and what letters print of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Community {
    /// Its id.
    pub id: CommunityId,
    /// Its name, unique in the company.
    pub name: String,
    /// The property company, as letters name it; may be empty until it is set.
    pub company_name: String,
    /// Where it lies; may be empty.
    pub address: String,
    /// The service hotline printed on bills and messages; may be empty.
    pub service_phone: String,
    /// How to pay: bank account, counter, QR; may be empty.
    pub pay_account: String,
    /// Region pack, such as `national`.
    pub region: String,
}

/// How far the record of a community has come: facts counted, end of the audit trail. Equal marks: nothing was recorded between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    facts: i64,
    audit_head: Option<[u8; 32]>,
}

impl Mark {
    /// The mark when so many facts more, and nothing else, have been recorded.
    #[must_use]
    pub const fn after(self, facts: i64) -> Self {
        Self { facts: self.facts + facts, audit_head: self.audit_head }
    }

    pub(crate) fn new(facts: i64, audit_head: Option<[u8; 32]>) -> Self {
        Self { facts, audit_head }
    }
}

/// Counters of a community that number documents without a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// 催缴通知书, board notices.
    Notice,
    /// 账单.
    Bill,
}

const COLUMNS: &str = "id, name, company_name, address, service_phone, pay_account, region";
const INSERT: &str = "INSERT INTO community (id, name, company_name, address, service_phone, pay_account, region,
    fact_seq, notice_no, bill_no, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, $8)";
const UPDATE: &str =
    "UPDATE community SET company_name = $2, address = $3, service_phone = $4, pay_account = $5, region = $6
    WHERE id = $1";
const NEXT_SEQ: &str = "UPDATE community SET fact_seq = fact_seq + $2 WHERE id = $1 RETURNING fact_seq";
const WATERMARK: &str = "SELECT fact_seq FROM community WHERE id = $1";
const MARK: &str = "SELECT fact_seq, audit_head FROM community WHERE id = $1";

/// Writes a new community.
///
/// # Errors
/// [`DbError::Duplicate`] when the name is taken.
pub fn insert(tx: &mut Tx<'_>, community: &Community, at: DateTime<Utc>) -> Result<(), DbError> {
    let c = community;
    let values = params![c.id, &c.name, &c.company_name, &c.address, &c.service_phone, &c.pay_account, &c.region, at];
    tx.execute(INSERT, &values).map(|_| ())
}

/// Changes everything but the name.
///
/// # Errors
/// When the database refuses.
pub fn update(tx: &mut Tx<'_>, community: &Community) -> Result<(), DbError> {
    let c = community;
    let values = params![c.id, &c.company_name, &c.address, &c.service_phone, &c.pay_account, &c.region];
    tx.execute(UPDATE, &values).map(|_| ())
}

/// The community of that name.
///
/// # Errors
/// When the database refuses.
pub fn find_by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<Community>, DbError> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM community WHERE name = $1"), &params![name], read)
}

/// The community of that id.
///
/// # Errors
/// [`DbError::NotFound`] when there is none.
pub fn get(tx: &mut Tx<'_>, id: CommunityId) -> Result<Community, DbError> {
    tx.query_one("community", &format!("SELECT {COLUMNS} FROM community WHERE id = $1"), &params![id], read)
}

/// All communities by name.
///
/// # Errors
/// When the database refuses.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Community>, DbError> {
    tx.query(&format!("SELECT {COLUMNS} FROM community ORDER BY name"), &[], read)
}

/// Takes `count` numbers of the community's fact counter and returns the first: the order in which facts were recorded.
///
/// Locks the community row until the transaction ends, so facts of one community are numbered in the order they commit.
///
/// # Errors
/// [`DbError::NotFound`] when there is no such community.
pub fn next_seq(tx: &mut Tx<'_>, id: CommunityId, count: i64) -> Result<i64, DbError> {
    let last: i64 = tx.query_one("community", NEXT_SEQ, &params![id, count], |row| row.take())?;
    Ok(last - count + 1)
}

/// The last number the fact counter gave out.
///
/// # Errors
/// [`DbError::NotFound`] when there is no such community.
pub fn watermark(tx: &mut Tx<'_>, id: CommunityId) -> Result<i64, DbError> {
    tx.query_one("community", WATERMARK, &params![id], |row| row.take())
}

/// How far the record has come.
///
/// # Errors
/// [`DbError::NotFound`] when there is no such community.
pub fn mark(tx: &mut Tx<'_>, id: CommunityId) -> Result<Mark, DbError> {
    tx.query_one("community", MARK, &params![id], |row| Ok(Mark::new(row.take()?, row.take()?)))
}

/// Takes `count` document numbers and returns the first.
///
/// # Errors
/// [`DbError::NotFound`] when there is no such community.
pub fn next_number(tx: &mut Tx<'_>, id: CommunityId, counter: Counter, count: i64) -> Result<i64, DbError> {
    let sql = match counter {
        Counter::Notice => "UPDATE community SET notice_no = notice_no + $2 WHERE id = $1 RETURNING notice_no",
        Counter::Bill => "UPDATE community SET bill_no = bill_no + $2 WHERE id = $1 RETURNING bill_no",
    };
    let last: i64 = tx.query_one("community", sql, &params![id, count], |row| row.take())?;
    Ok(last - count + 1)
}

fn read(row: &Row<'_>) -> Result<Community, DbError> {
    Ok(Community {
        id: row.take()?,
        name: row.take()?,
        company_name: row.take()?,
        address: row.take()?,
        service_phone: row.take()?,
        pay_account: row.take()?,
        region: row.take()?,
    })
}
