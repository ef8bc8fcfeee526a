//! Opening balances (期初欠费): what a unit is charged already for a month, before more of it is brought in.

use chrono::NaiveDate;
use hemu_domain::billing::Explanation;
use hemu_domain::ids::{AccountId, ChargeId, CommunityId, FeeItemId, UnitId};
use hemu_domain::{Fen, Period};

use crate::{DbError, Tx, params};

/// A charge of a unit and fee item that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCharge {
    /// The charge.
    pub id: ChargeId,
    /// Whose.
    pub account_id: AccountId,
    /// Its first month.
    pub period: Period,
    /// Its last month.
    pub last: Period,
    /// Which charge of that account, item and month.
    pub occurrence: i64,
    /// Whether it was brought in, not billed.
    pub brought_in: bool,
    /// When it was due.
    pub due_on: NaiveDate,
    /// How much it is.
    pub amount: Fen,
}

const KNOWN: &str = "SELECT c.id, c.account_id, c.period, c.occurrence, c.origin, c.due_on, c.amount_fen, c.explanation
    FROM account a JOIN charge c ON c.community_id = a.community_id AND c.account_id = a.id
    WHERE a.community_id = $1 AND a.unit_id = $2 AND c.fee_item_id = $3 AND c.live AND c.period >= $4 AND c.period <= $5
    ORDER BY c.period, c.occurrence, c.id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[KNOWN];

/// The live charges of a unit for a fee item that begin in a span of months.
///
/// # Errors
/// When the database refuses.
pub fn list_known(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (unit, item): (UnitId, FeeItemId),
    (first, last): (Period, Period),
) -> Result<Vec<KnownCharge>, DbError> {
    tx.query(KNOWN, &params![community, unit, item, first, last], |row| {
        let (id, account_id, period) = (row.take()?, row.take()?, row.take::<Period>()?);
        let (occurrence, origin) = (row.take()?, row.take::<String>()?);
        let (due_on, amount) = (row.take()?, row.take()?);
        let months = row.json::<Explanation>()?.map_or(1, |known| known.months());
        let last = period.plus_months(months.max(1) - 1);
        let brought_in = origin == "opening";
        Ok(KnownCharge { id, account_id, period, last, occurrence, brought_in, due_on, amount })
    })
}
