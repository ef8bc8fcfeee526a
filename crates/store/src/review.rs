//! Review (复盘): what was charged for months and what of it was paid by a day.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, CommunityId};
use hemu_domain::{Fen, Period};

use crate::{DbError, Tx, params};

/// What one account was charged for a month, and paid of it.
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
}

const CHARGED_AND_PAID: &str = "SELECT c.account_id, c.period, CAST(SUM(c.amount_fen) AS BIGINT),
    CAST(SUM(c.amount_fen - c.open_fen - COALESCE(l.later, 0)) AS BIGINT) FROM charge c
    LEFT JOIN (SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) AS later FROM allocation
        WHERE community_id = $1 AND kind = 'principal' AND effective_on > $4 GROUP BY charge_id) l ON l.charge_id = c.id
    WHERE c.community_id = $1 AND c.live AND c.period >= $2 AND c.period <= $3
    GROUP BY c.account_id, c.period ORDER BY c.period, c.account_id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[CHARGED_AND_PAID];

/// What accounts were charged for months from `first` to `last`, and paid of it by `as_of`.
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
        Ok(ChargedAndPaid { account_id: row.take()?, period: row.take()?, charged: row.take()?, paid: row.take()? })
    })
}
