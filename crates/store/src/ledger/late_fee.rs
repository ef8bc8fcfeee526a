//! Late fees frozen (违约金): written once, with the rule and days they follow from; only what is open of them changes.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::arrears::late_fee_rule::LateFeeClause;
use hemu_domain::ids::{AccountId, ChargeId, ClauseId, CommunityId, LateFeeId};
use serde_json::Value as Json;

use crate::digest::{Register, SetDigest};
use crate::{DbError, Row, Tx, Value, digest, params};

/// A late fee frozen.
#[derive(Clone, Debug, PartialEq)]
pub struct LateFeeRow {
    /// Its id.
    pub id: LateFeeId,
    /// The charge.
    pub charge_id: ChargeId,
    /// The account.
    pub account_id: AccountId,
    /// Days after this one...
    pub from_on: NaiveDate,
    /// ...up to this one.
    pub to_on: NaiveDate,
    /// How much.
    pub amount: Fen,
    /// What is left of it.
    pub open: Fen,
    /// `paid` or `demanded`.
    pub cause: String,
    /// The late-fee clause on record.
    pub clause_id: Option<ClauseId>,
    /// The rule it was computed by.
    pub rule: Json,
}

const LATE_FEE_PAID: &str = "SELECT l.charge_id, CAST(SUM(a.amount_fen) AS BIGINT) FROM allocation a
    JOIN late_fee l ON l.community_id = a.community_id AND l.id = a.late_fee_id
    WHERE a.community_id = $1 AND a.kind = 'late_fee' AND a.effective_on <= $2 GROUP BY l.charge_id";
const INSERT_LATE_FEE: &str =
    "INSERT INTO late_fee (community_id, id, charge_id, account_id, from_on, to_on, amount_fen, open_fen,
    cause, clause_id, rule, live, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const LATE_FEES: &str =
    "SELECT id, charge_id, to_on, amount_fen, open_fen FROM late_fee WHERE community_id = $1 AND live
    ORDER BY charge_id, to_on";
const FROZEN_RULES: &str =
    "SELECT rule FROM late_fee WHERE community_id = $1 AND live AND open_fen > 0 AND charge_id IN ({ids})";
const TAKE_OFF_LATE_FEE: &str = "UPDATE late_fee SET open_fen = open_fen - $3 WHERE community_id = $1 AND id = $2";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[LATE_FEE_PAID, INSERT_LATE_FEE, LATE_FEES, TAKE_OFF_LATE_FEE];

/// What was paid on each charge's late fee up to a day.
///
/// # Errors
/// When the database refuses.
pub fn list_late_fee_paid(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<Vec<(ChargeId, Fen)>, DbError> {
    tx.query(LATE_FEE_PAID, &params![community, as_of], |row| Ok((row.take()?, row.take()?)))
}

/// What the digest of frozen late fees covers: all but what is open.
#[must_use]
pub fn late_fee_content(community: CommunityId, l: &LateFeeRow, seq: i64) -> Vec<Value> {
    params![
        community,
        l.id,
        l.charge_id,
        l.account_id,
        l.from_on,
        l.to_on,
        l.amount,
        &l.cause,
        l.clause_id,
        l.rule.clone(),
        seq
    ]
    .to_vec()
}

/// Writes a frozen late fee.
///
/// # Errors
/// [`DbError::Duplicate`] when these days are charged already (I10).
pub fn insert_late_fee(tx: &mut Tx<'_>, community: CommunityId, l: &LateFeeRow, seq: i64) -> Result<(), DbError> {
    tx.execute(INSERT_LATE_FEE, &late_fee_values(community, l, seq))?;
    let content = late_fee_content(community, l, seq);
    digest::add(tx, community, Register::LateFees, &SetDigest::of(&content))
}

pub(super) fn late_fee_values(community: CommunityId, l: &LateFeeRow, seq: i64) -> [Value; 13] {
    params![
        community,
        l.id,
        l.charge_id,
        l.account_id,
        l.from_on,
        l.to_on,
        l.amount,
        l.open,
        &l.cause,
        l.clause_id,
        l.rule.clone(),
        true,
        seq
    ]
}

/// A frozen late fee, in brief: id, charge, last day, amount, open.
pub type FrozenLateFee = (LateFeeId, ChargeId, NaiveDate, Fen, Fen);

fn read_frozen(row: &Row<'_>) -> Result<FrozenLateFee, DbError> {
    Ok((row.take()?, row.take()?, row.take()?, row.take()?, row.take()?))
}

/// All frozen late fees, by charge and day.
///
/// # Errors
/// When the database refuses.
pub fn list_late_fees(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<FrozenLateFee>, DbError> {
    tx.query(LATE_FEES, &params![community], read_frozen)
}

/// The clauses by which the open frozen late fees of some charges were computed.
///
/// # Errors
/// When the database refuses.
pub fn list_frozen_clauses(
    tx: &mut Tx<'_>,
    community: CommunityId,
    charges: &[ChargeId],
) -> Result<Vec<LateFeeClause>, DbError> {
    let ids: Vec<_> = charges.iter().map(|id| id.uuid()).collect();
    let rules = tx.query_in(FROZEN_RULES, &params![community], &ids, |row| row.take::<Json>())?;
    Ok(rules.iter().filter_map(LateFeeClause::thaw).collect())
}

/// Takes an amount off what is open of a late fee; a negative amount puts it back.
///
/// # Errors
/// When the database refuses.
pub fn take_off_late_fee(tx: &mut Tx<'_>, community: CommunityId, id: LateFeeId, amount: Fen) -> Result<(), DbError> {
    tx.execute(TAKE_OFF_LATE_FEE, &params![community, id, amount]).map(|_| ())
}

/// Reads id, charge, account, days, amounts, cause, clause, rule, in this order.
pub(crate) fn read_late_fee(row: &Row<'_>) -> Result<LateFeeRow, DbError> {
    Ok(LateFeeRow {
        id: row.take()?,
        charge_id: row.take()?,
        account_id: row.take()?,
        from_on: row.take()?,
        to_on: row.take()?,
        amount: row.take()?,
        open: row.take()?,
        cause: row.take()?,
        clause_id: row.take()?,
        rule: row.take()?,
    })
}
