//! What pages and papers show of receipts and bills: who, for which unit, what is left of it.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, BillId, CommunityId, ReceiptId, UnitId};
use hemu_domain::{Fen, Period, UnitLabel};
use serde_json::Value as Json;

use crate::{DbError, Row, Tx, params};

/// Who an account belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountHolder {
    /// The unit.
    pub unit_id: UnitId,
    /// Its label.
    pub unit: UnitLabel,
    /// The payer's kind.
    pub kind: String,
    /// The payer's name.
    pub name: String,
}

/// The bills of a month together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledMonth {
    /// The month.
    pub period: Period,
    /// How many bills.
    pub bills: i64,
    /// What they charge.
    pub amount: Fen,
    /// What of it is open.
    pub open: Fen,
}

/// A bill with its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillLine {
    /// Its id.
    pub id: BillId,
    /// Its account.
    pub account_id: AccountId,
    /// Its number.
    pub number: String,
    /// Its month.
    pub period: Period,
    /// When it is due.
    pub due_on: NaiveDate,
    /// When it was issued.
    pub issued_on: NaiveDate,
    /// What it charges.
    pub total: Fen,
    /// What of it is open.
    pub open: Fen,
    /// Who pays, for what.
    pub holder: AccountHolder,
}

/// A charge of a bill.
#[derive(Clone, Debug, PartialEq)]
pub struct BilledCharge {
    /// The fee item.
    pub item: String,
    /// The first month.
    pub period: Period,
    /// What was charged.
    pub amount: Fen,
    /// How it came to be.
    pub explanation: Json,
}

const HOLDER: &str = "SELECT u.id, u.label, p.kind, p.name FROM account a
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    JOIN party p ON p.community_id = a.community_id AND p.id = a.party_id WHERE a.community_id = $1 AND a.id = $2";
const REVERSAL: &str = "SELECT number, received_on FROM receipt WHERE community_id = $1 AND reverses_id = $2";
const UNITS_OF_DAY: &str = "SELECT r.id, u.label FROM receipt r
    JOIN account a ON a.community_id = r.community_id AND a.id = r.account_id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id WHERE r.community_id = $1 AND r.received_on = $2";
const UNIT_LABEL: &str = "SELECT label FROM unit WHERE community_id = $1 AND id = $2";
const MONTHS: &str =
    "SELECT b.period, CAST(COUNT(DISTINCT b.id) AS BIGINT), CAST(COALESCE(SUM(c.amount_fen), 0) AS BIGINT),
    CAST(COALESCE(SUM(c.open_fen), 0) AS BIGINT) FROM bill b
    LEFT JOIN charge c ON c.community_id = b.community_id AND c.bill_id = b.id AND c.live
    WHERE b.community_id = $1 GROUP BY b.period ORDER BY b.period DESC LIMIT $2";
/// The page is cut before what is open is summed: only for its own bills.
const BILLS: &str = "SELECT x.id, x.account_id, x.number, x.period, x.due_on, x.issued_on, x.total_fen,
    (SELECT CAST(COALESCE(SUM(c.open_fen), 0) AS BIGINT) FROM charge c
        WHERE c.community_id = $1 AND c.bill_id = x.id AND c.live), x.unit_id, x.label, x.kind, x.name FROM (
    SELECT b.id, b.account_id, b.number, b.period, b.due_on, b.issued_on, b.total_fen, u.id AS unit_id, u.label, p.kind, p.name
    FROM bill b CROSS JOIN account a CROSS JOIN unit u CROSS JOIN party p WHERE b.community_id = $1 AND b.period = $2
    AND a.community_id = b.community_id AND a.id = b.account_id AND u.community_id = a.community_id AND u.id = a.unit_id
    AND p.community_id = a.community_id AND p.id = a.party_id AND (u.label > $3 OR (u.label = $3 AND b.id > $4))
    ORDER BY u.label, b.id LIMIT $5) x ORDER BY x.label, x.id";
const BILL: &str = "SELECT b.id, b.account_id, b.number, b.period, b.due_on, b.issued_on, b.total_fen,
    (SELECT CAST(COALESCE(SUM(c.open_fen), 0) AS BIGINT) FROM charge c
        WHERE c.community_id = b.community_id AND c.bill_id = b.id AND c.live), u.id, u.label, p.kind, p.name FROM bill b
    JOIN account a ON a.community_id = b.community_id AND a.id = b.account_id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    JOIN party p ON p.community_id = a.community_id AND p.id = a.party_id WHERE b.community_id = $1 AND b.id = $2";
/// What a bill showed when it was issued, whatever was reversed since.
const CHARGES: &str = "SELECT i.name, c.period, c.amount_fen, c.explanation FROM charge c
    JOIN fee_item i ON i.community_id = c.community_id AND i.id = c.fee_item_id
    WHERE c.community_id = $1 AND c.bill_id = $2 ORDER BY c.seq, c.id";
const OWED_BEFORE: &str = "SELECT CAST(COALESCE(SUM(open_fen), 0) AS BIGINT) FROM charge
    WHERE community_id = $1 AND account_id = $2 AND live AND open_fen > 0 AND period < $3";
const PREPAID_USED: &str = "SELECT CAST(COALESCE(SUM(l.amount_fen), 0) AS BIGINT) FROM charge c
    JOIN allocation l ON l.community_id = c.community_id AND l.charge_id = c.id AND l.kind = 'principal'
    WHERE c.community_id = $1 AND c.bill_id = $2 AND c.live AND l.effective_on <= $3";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[HOLDER, REVERSAL, UNITS_OF_DAY, UNIT_LABEL, MONTHS, BILLS, BILL, CHARGES, OWED_BEFORE, PREPAID_USED];

/// Who an account belongs to.
///
/// # Errors
/// [`DbError::NotFound`] when there is no such account.
pub fn get_holder(tx: &mut Tx<'_>, community: CommunityId, account: AccountId) -> Result<AccountHolder, DbError> {
    tx.query_one("account", HOLDER, &params![community, account], read_holder)
}

/// Number and day of the reversal of a receipt.
///
/// # Errors
/// When the database refuses.
pub fn find_reversal(
    tx: &mut Tx<'_>,
    community: CommunityId,
    receipt: ReceiptId,
) -> Result<Option<(String, NaiveDate)>, DbError> {
    tx.query_opt(REVERSAL, &params![community, receipt], |row| Ok((row.take()?, row.take()?)))
}

/// The units that the receipts of a day were paid for.
///
/// # Errors
/// When the database refuses.
pub fn list_units_of_day(
    tx: &mut Tx<'_>,
    community: CommunityId,
    day: NaiveDate,
) -> Result<Vec<(ReceiptId, UnitLabel)>, DbError> {
    tx.query(UNITS_OF_DAY, &params![community, day], |row| Ok((row.take()?, row.parse(UnitLabel::parse)?)))
}

/// The label of a unit.
///
/// # Errors
/// When the database refuses.
pub fn find_unit_label(tx: &mut Tx<'_>, community: CommunityId, unit: UnitId) -> Result<Option<UnitLabel>, DbError> {
    tx.query_opt(UNIT_LABEL, &params![community, unit], |row| row.parse(UnitLabel::parse))
}

/// The last months that were billed, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_months(tx: &mut Tx<'_>, community: CommunityId, limit: i64) -> Result<Vec<BilledMonth>, DbError> {
    tx.query(MONTHS, &params![community, limit], |row| {
        Ok(BilledMonth { period: row.take()?, bills: row.take()?, amount: row.take()?, open: row.take()? })
    })
}

/// The bills of a month after a bill, by unit.
///
/// # Errors
/// When the database refuses.
pub fn list_bills(
    tx: &mut Tx<'_>,
    community: CommunityId,
    period: Period,
    after: Option<&BillLine>,
    limit: i64,
) -> Result<Vec<BillLine>, DbError> {
    let label = after.map_or("", |bill| bill.holder.unit.as_str());
    let id = after.map_or(BillId::from(uuid::Uuid::nil()), |bill| bill.id);
    tx.query(BILLS, &params![community, period, label, id, limit], read_bill)
}

/// One bill.
///
/// # Errors
/// When the database refuses.
pub fn find_bill(tx: &mut Tx<'_>, community: CommunityId, id: BillId) -> Result<Option<BillLine>, DbError> {
    tx.query_opt(BILL, &params![community, id], read_bill)
}

/// The charges of a bill.
///
/// # Errors
/// When the database refuses.
pub fn list_charges(tx: &mut Tx<'_>, community: CommunityId, bill: BillId) -> Result<Vec<BilledCharge>, DbError> {
    tx.query(CHARGES, &params![community, bill], |row| {
        Ok(BilledCharge { item: row.take()?, period: row.take()?, amount: row.take()?, explanation: row.take()? })
    })
}

/// What is open from months before a bill's, and what of the bill was paid from money put by when it was issued.
///
/// # Errors
/// When the database refuses.
pub fn get_carry(tx: &mut Tx<'_>, community: CommunityId, bill: &BillLine) -> Result<(Fen, Fen), DbError> {
    let before = params![community, bill.account_id, bill.period];
    let owed = tx.query_one("sum", OWED_BEFORE, &before, |row| row.take())?;
    let used = params![community, bill.id, bill.issued_on];
    Ok((owed, tx.query_one("sum", PREPAID_USED, &used, |row| row.take())?))
}

fn read_holder(row: &Row<'_>) -> Result<AccountHolder, DbError> {
    Ok(AccountHolder { unit_id: row.take()?, unit: row.parse(UnitLabel::parse)?, kind: row.take()?, name: row.take()? })
}

fn read_bill(row: &Row<'_>) -> Result<BillLine, DbError> {
    Ok(BillLine {
        id: row.take()?,
        account_id: row.take()?,
        number: row.take()?,
        period: row.take()?,
        due_on: row.take()?,
        issued_on: row.take()?,
        total: row.take()?,
        open: row.take()?,
        holder: read_holder(row)?,
    })
}
