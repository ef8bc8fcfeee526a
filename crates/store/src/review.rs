//! Review (复盘): what was charged for months and what became of it by a day; promises, contacts and stages of cases.
//!
//! What is paid by a day is the charge less what is open, what was adjusted, and what was paid after the day: the sums over years
//! of settled charges come from the charges alone.

pub mod fairness;

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, CaseId, CommunityId};
use hemu_domain::{Fen, Period, UnitLabel};

use crate::{DbError, Tx, params};

/// What one account was charged for a month, and what became of it by a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargedAndPaid {
    /// The account.
    pub account_id: AccountId,
    /// The receivable month.
    pub period: Period,
    /// Charged.
    pub charged: Fen,
    /// Paid of it by the day.
    pub paid: Fen,
    /// Let off by the day.
    pub waived: Fen,
    /// Found not owed by the day.
    pub corrected: Fen,
}

/// What an account owed of earlier months when a year began, and what became of that by a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierYears {
    /// Owed when the year began.
    pub opening: Fen,
    /// Paid of it since.
    pub paid: Fen,
    /// Let off or corrected since.
    pub taken_off: Fen,
}

const CHARGED_AND_PAID: &str = "SELECT c.account_id, c.period, CAST(SUM(c.amount_fen) AS BIGINT),
    CAST(SUM(c.amount_fen - c.open_fen - COALESCE(l.later, 0) - COALESCE(j.off, 0)) AS BIGINT),
    CAST(COALESCE(SUM(j.waived), 0) AS BIGINT), CAST(COALESCE(SUM(j.corrected), 0) AS BIGINT) FROM charge c
    LEFT JOIN (SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) AS later FROM allocation
        WHERE community_id = $1 AND kind = 'principal' AND effective_on > $4 GROUP BY charge_id) l ON l.charge_id = c.id
    LEFT JOIN (SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) AS off,
        CAST(SUM(CASE WHEN kind IN ('waiver', 'vacancy', 'service', 'promotion', 'rounding') AND effective_on <= $4 THEN amount_fen ELSE 0 END) AS BIGINT) AS waived,
        CAST(SUM(CASE WHEN kind = 'correction' AND effective_on <= $4 THEN amount_fen ELSE 0 END) AS BIGINT) AS corrected
        FROM adjustment WHERE community_id = $1 AND late_fee_id IS NULL GROUP BY charge_id) j ON j.charge_id = c.id
    WHERE c.community_id = $1 AND c.live AND c.period >= $2 AND c.period <= $3
    GROUP BY c.account_id, c.period ORDER BY c.period, c.account_id";
const EARLIER_YEARS: &str = "SELECT CAST(COALESCE(SUM(c.open_fen + COALESCE(l.since, 0) + COALESCE(j.since, 0)), 0) AS BIGINT),
    CAST(COALESCE(SUM(l.paid), 0) AS BIGINT), CAST(COALESCE(SUM(j.off), 0) AS BIGINT) FROM charge c
    LEFT JOIN (SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) AS since,
        CAST(SUM(CASE WHEN effective_on <= $4 THEN amount_fen ELSE 0 END) AS BIGINT) AS paid FROM allocation
        WHERE community_id = $1 AND kind = 'principal' AND effective_on >= $3 GROUP BY charge_id) l ON l.charge_id = c.id
    LEFT JOIN (SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) AS since,
        CAST(SUM(CASE WHEN effective_on <= $4 THEN amount_fen ELSE 0 END) AS BIGINT) AS off FROM adjustment
        WHERE community_id = $1 AND late_fee_id IS NULL AND effective_on >= $3 GROUP BY charge_id) j ON j.charge_id = c.id
    WHERE c.community_id = $1 AND c.live AND c.period < $2";
const PREPAID_NOW: &str = "SELECT CAST(COALESCE(SUM(prepaid_fen), 0) AS BIGINT) FROM account WHERE community_id = $1";
const PREPAID_SINCE: &str =
    "SELECT CAST(COALESCE(SUM(CASE WHEN kind = 'prepaid_out' THEN -amount_fen ELSE amount_fen END), 0)
    AS BIGINT) FROM allocation WHERE community_id = $1 AND effective_on > $2 AND kind IN ('prepaid_in', 'prepaid_out')";
const PROMISES: &str = "SELECT CASE WHEN settled_on IS NULL OR settled_on > $4 THEN 'active' ELSE state END,
    CAST(COUNT(*) AS BIGINT) FROM promise WHERE community_id = $1 AND due_on >= $2 AND due_on <= $3
    AND lapses_on IS NULL
    GROUP BY CASE WHEN settled_on IS NULL OR settled_on > $4 THEN 'active' ELSE state END";
const CONTACTS: &str = "SELECT l.channel, CAST(COUNT(*) AS BIGINT), CAST(COUNT(CASE WHEN l.right_party
        OR a.state IN ('delivered', 'read') THEN 1 END) AS BIGINT) FROM contact_log l
    LEFT JOIN action a ON a.community_id = l.community_id AND a.id = l.action_id
    WHERE l.community_id = $1 AND l.direction = 'out' AND l.happened_on >= $2 AND l.happened_on <= $3
    GROUP BY l.channel ORDER BY l.channel";
const SCRIPTS: &str =
    "SELECT l.script, CAST(COUNT(*) AS BIGINT), CAST(COUNT(CASE WHEN l.right_party THEN 1 END) AS BIGINT),
    CAST(COUNT(CASE WHEN l.outcome = 'REACHED_PROMISE' THEN 1 END) AS BIGINT) FROM contact_log l
    WHERE l.community_id = $1 AND l.script IS NOT NULL AND l.happened_on >= $2 AND l.happened_on <= $3
    GROUP BY l.script ORDER BY l.script";
const STAGES: &str = "SELECT d.case_id, d.stage_after, MIN(d.as_of) FROM decision d
    WHERE d.community_id = $1 AND d.as_of <= $2 GROUP BY d.case_id, d.stage_after ORDER BY d.case_id, d.stage_after";
const CASES: &str = "SELECT c.id, c.closed_on, MIN(u.label) FROM case_file c
    JOIN account a ON a.community_id = c.community_id AND a.party_id = c.party_id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    WHERE c.community_id = $1 AND c.opened_on <= $2 GROUP BY c.id, c.closed_on ORDER BY c.id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[CHARGED_AND_PAID, EARLIER_YEARS, PREPAID_NOW, PREPAID_SINCE, PROMISES, CONTACTS, SCRIPTS, STAGES, CASES];

/// What accounts were charged for months from `first` to `last`, and what became of it by `as_of`.
///
/// # Errors
/// When the database refuses.
pub fn list_charged_and_paid(
    tx: &mut Tx<'_>,
    community: CommunityId,
    first: Period,
    last: Period,
    as_of: NaiveDate,
) -> Result<Vec<ChargedAndPaid>, DbError> {
    tx.query(CHARGED_AND_PAID, &params![community, first, last, as_of], |row| {
        Ok(ChargedAndPaid {
            account_id: row.take()?,
            period: row.take()?,
            charged: row.take()?,
            paid: row.take()?,
            waived: row.take()?,
            corrected: row.take()?,
        })
    })
}

/// What was owed of months before `january` when that month began, and what became of it by `as_of`.
///
/// # Errors
/// When the database refuses.
pub fn sum_earlier_years(
    tx: &mut Tx<'_>,
    community: CommunityId,
    january: Period,
    as_of: NaiveDate,
) -> Result<EarlierYears, DbError> {
    let values = params![community, january, january.first_day(), as_of];
    tx.query_one("sum", EARLIER_YEARS, &values, |row| {
        Ok(EarlierYears { opening: row.take()?, paid: row.take()?, taken_off: row.take()? })
    })
}

/// Money put by and not used by a day.
///
/// # Errors
/// When the database refuses.
pub fn sum_prepaid(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<Fen, DbError> {
    let now: Fen = tx.query_one("sum", PREPAID_NOW, &params![community], |row| row.take())?;
    let since: Fen = tx.query_one("sum", PREPAID_SINCE, &params![community, as_of], |row| row.take())?;
    Ok(now - since)
}

/// How many promises that fell due between two days were in each state on `as_of`.
///
/// # Errors
/// When the database refuses.
pub fn count_promises(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
    as_of: NaiveDate,
) -> Result<Vec<(String, i64)>, DbError> {
    tx.query(PROMISES, &params![community, first, last, as_of], |row| Ok((row.take()?, row.take()?)))
}

/// Contacts tried between two days, by channel: how many, and how many reached the payer (spoken to, or delivered).
///
/// # Errors
/// When the database refuses.
pub fn count_contacts(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<(String, i64, i64)>, DbError> {
    tx.query(CONTACTS, &params![community, first, last], |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// Contacts made with each script between two days: how many, how many reached the payer, how many ended with a promise.
///
/// # Errors
/// When the database refuses.
pub fn count_scripts(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<(String, [i64; 3])>, DbError> {
    tx.query(SCRIPTS, &params![community, first, last], |row| {
        Ok((row.take()?, [row.take()?, row.take()?, row.take()?]))
    })
}

/// When each case was first in each of its stages, by a day.
///
/// # Errors
/// When the database refuses.
pub fn list_stage_days(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<Vec<(CaseId, String, NaiveDate)>, DbError> {
    tx.query(STAGES, &params![community, as_of], |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// Cases opened by a day: when they closed, and the first unit of their payer.
///
/// # Errors
/// When the database refuses.
pub fn list_cases(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<Vec<(CaseId, Option<NaiveDate>, UnitLabel)>, DbError> {
    tx.query(CASES, &params![community, as_of], |row| Ok((row.take()?, row.take()?, row.take()?)))
}
