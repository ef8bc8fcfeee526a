//! Reductions (减免): the money rules of a community, months confirmed to be charged in part, and what was let off by whom.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{AccountId, ChargeId, CommunityId, DiscountId, UnitId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::tariff::discount::DiscountSpan;
use hemu_domain::{Fen, Period};
use rust_decimal::Decimal;
use serde_json::Value as Json;

use crate::{DbError, Row, Tx, kept, params};

/// Months of a unit that are charged in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscountRow {
    /// Its id.
    pub id: DiscountId,
    /// The unit.
    pub unit_id: UnitId,
    /// The account it is for; `None` for whoever pays for the unit.
    pub account_id: Option<AccountId>,
    /// [`AdjustmentKind::Vacancy`] or [`AdjustmentKind::Promotion`].
    pub kind: AdjustmentKind,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The last day.
    pub ends_on: NaiveDate,
    /// The part that is paid, in ten-thousandths.
    pub part_e4: i64,
    /// What proves it.
    pub evidence: String,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub requested_by: String,
    /// Who approved, or the rule by which it is due.
    pub approved_by: String,
    /// When.
    pub granted_on: NaiveDate,
    /// The last day where it ended before its time.
    pub ended_on: Option<NaiveDate>,
}

impl DiscountRow {
    /// The days it holds for.
    #[must_use]
    pub fn span(&self) -> DiscountSpan {
        let ends_on = self.ended_on.map_or(self.ends_on, |ended| ended.min(self.ends_on));
        DiscountSpan { starts_on: self.starts_on, ends_on, part: Decimal::new(self.part_e4, 4) }
    }
}

/// What was let off, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedRow {
    /// The unit.
    pub unit: String,
    /// The fee item.
    pub item: String,
    /// The month of the charge.
    pub period: Period,
    /// Why it was taken off.
    pub kind: AdjustmentKind,
    /// Whether off a late fee.
    pub of_late_fee: bool,
    /// How much.
    pub amount: Fen,
    /// From when it counts.
    pub effective_on: NaiveDate,
    /// The reason.
    pub reason: String,
    /// Who asked.
    pub requested_by: String,
    /// Who approved.
    pub approved_by: String,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
}

const RULES: &str = "SELECT body FROM money_rule WHERE community_id = $1";
const SET_RULES: &str = "INSERT INTO money_rule (community_id, body) VALUES ($1, $2)
    ON CONFLICT (community_id) DO UPDATE SET body = $2";
const DISCOUNTS: &str =
    "SELECT id, unit_id, account_id, kind, starts_on, ends_on, part_e4, evidence, reason, requested_by,
    approved_by, granted_on, ended_on FROM discount WHERE community_id = $1 ORDER BY seq";
const INSERT_DISCOUNT: &str =
    "INSERT INTO discount (community_id, id, unit_id, account_id, kind, starts_on, ends_on, part_e4,
    evidence, reason, requested_by, approved_by, granted_on, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const END_DISCOUNT: &str =
    "UPDATE discount SET ended_on = $3 WHERE community_id = $1 AND id = $2 AND ended_on IS NULL AND ends_on > $3";
/// The items that are charged in part: property fees.
const PROPERTY_CHARGES: &str = "SELECT c.id FROM charge c
    JOIN fee_item f ON f.community_id = c.community_id AND f.id = c.fee_item_id AND f.kind = 'property'
    JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    WHERE c.community_id = $1 AND a.unit_id = $2 AND c.live AND c.origin = 'bill' AND c.period >= $3 AND c.period <= $4";
const LET_OFF_BY: &str = "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM adjustment
    WHERE community_id = $1 AND account_id = $2 AND requested_by = $3 AND approved_by = $4 AND effective_on > $5";
const GRANTED: &str = "SELECT u.label, f.name, c.period, j.kind, j.late_fee_id, j.amount_fen, j.effective_on, j.reason,
    j.requested_by, j.approved_by, j.recorded_at FROM adjustment j
    JOIN charge c ON c.community_id = j.community_id AND c.id = j.charge_id
    JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    JOIN fee_item f ON f.community_id = c.community_id AND f.id = c.fee_item_id
    WHERE j.community_id = $1 ORDER BY j.seq DESC LIMIT $2";
const TOTALS: &str = "SELECT kind, CAST(SUM(amount_fen) AS BIGINT), CAST(COUNT(*) AS BIGINT) FROM adjustment
    WHERE community_id = $1 AND effective_on >= $2 AND effective_on <= $3 GROUP BY kind ORDER BY kind";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[RULES, SET_RULES, DISCOUNTS, INSERT_DISCOUNT, END_DISCOUNT, PROPERTY_CHARGES, LET_OFF_BY, GRANTED, TOTALS];

/// The money rules of a community; `None` where none were set.
///
/// # Errors
/// When the database refuses.
pub fn find_rules(tx: &mut Tx<'_>, community: CommunityId) -> Result<Option<Json>, DbError> {
    tx.query_opt(RULES, &params![community], |row| row.take())
}

/// Sets the money rules of a community.
///
/// # Errors
/// When the database refuses.
pub fn set_rules(tx: &mut Tx<'_>, community: CommunityId, rules: Json) -> Result<(), DbError> {
    let values = params![community, rules];
    kept::MONEY_RULES.change(tx, community, &[], |tx| tx.execute(SET_RULES, &values)).map(|_| ())
}

/// The months charged in part, in the order they were granted; there are few.
///
/// # Errors
/// When the database refuses.
pub fn list_discounts(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<DiscountRow>, DbError> {
    tx.query(DISCOUNTS, &params![community], read_discount)
}

pub(crate) fn read_discount(row: &Row<'_>) -> Result<DiscountRow, DbError> {
    Ok(DiscountRow {
        id: row.take()?,
        unit_id: row.take()?,
        account_id: row.take()?,
        kind: row.parse(AdjustmentKind::parse)?,
        starts_on: row.take()?,
        ends_on: row.take()?,
        part_e4: row.take()?,
        evidence: row.take()?,
        reason: row.take()?,
        requested_by: row.take()?,
        approved_by: row.take()?,
        granted_on: row.take()?,
        ended_on: row.take()?,
    })
}

/// Writes months to be charged in part.
///
/// # Errors
/// When the database refuses.
pub fn insert_discount(tx: &mut Tx<'_>, community: CommunityId, d: &DiscountRow, seq: i64) -> Result<(), DbError> {
    let values = params![
        community,
        d.id,
        d.unit_id,
        d.account_id,
        d.kind.as_str(),
        d.starts_on,
        d.ends_on,
        d.part_e4,
        &d.evidence,
        &d.reason,
        &d.requested_by,
        &d.approved_by,
        d.granted_on,
        seq
    ];
    kept::DISCOUNTS.change(tx, community, &params![d.id], |tx| tx.execute(INSERT_DISCOUNT, &values)).map(|_| ())
}

/// Ends a discount on a day; false when it had ended by then.
///
/// # Errors
/// When the database refuses.
pub fn end_discount(tx: &mut Tx<'_>, community: CommunityId, id: DiscountId, on: NaiveDate) -> Result<bool, DbError> {
    let end = |tx: &mut Tx<'_>| tx.execute(END_DISCOUNT, &params![community, id, on]).map(|rows| rows == 1);
    kept::DISCOUNTS.change(tx, community, &params![id], end)
}

/// The charges of property fees a unit was billed for some months, to whomever.
///
/// # Errors
/// When the database refuses.
pub fn list_property_charges(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
    (first, last): (Period, Period),
) -> Result<Vec<ChargeId>, DbError> {
    tx.query(PROPERTY_CHARGES, &params![community, unit, first, last], |row| row.take())
}

/// What somebody let off of an account after a day without a second person.
///
/// # Errors
/// When the database refuses.
pub fn sum_let_off_by(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: AccountId,
    (by, approved_by): (&str, &str),
    after: NaiveDate,
) -> Result<Fen, DbError> {
    tx.query_one("sum", LET_OFF_BY, &params![community, account, by, approved_by, after], |row| row.take())
}

/// What was let off or corrected last, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_granted(tx: &mut Tx<'_>, community: CommunityId, rows: i64) -> Result<Vec<GrantedRow>, DbError> {
    tx.query(GRANTED, &params![community, rows], |row| {
        Ok(GrantedRow {
            unit: row.take()?,
            item: row.take()?,
            period: row.take()?,
            kind: row.parse(AdjustmentKind::parse)?,
            of_late_fee: row.take::<Option<uuid::Uuid>>()?.is_some(),
            amount: row.take()?,
            effective_on: row.take()?,
            reason: row.take()?,
            requested_by: row.take()?,
            approved_by: row.take()?,
            recorded_at: row.take()?,
        })
    })
}

/// What was taken off within some days: kind, sum, entries.
///
/// # Errors
/// When the database refuses.
pub fn list_totals(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<(AdjustmentKind, Fen, i64)>, DbError> {
    tx.query(TOTALS, &params![community, first, last], |row| {
        Ok((row.parse(AdjustmentKind::parse)?, row.take()?, row.take()?))
    })
}
