//! What requests for invoices are made of: the live charges of a month's bills and of the correction bills issued in it, less what was
//! let off; and charges that were asked for and are less by now. Every charge on a bill belongs to the request of one month.

use hemu_domain::ids::{ChargeId, CommunityId};
use hemu_domain::{Fen, Period};
use uuid::Uuid;

use crate::{DbError, Tx, Value, params};

/// The charges on the bills of a request: `$2` is its month, `$3` and `$4` the month's first and last day.
macro_rules! of_request {
    () => {
        " b.community_id = $1 AND (b.period = $2 AND b.occurrence = 1 OR b.occurrence > 1 AND b.issued_on BETWEEN $3 AND $4)
        AND c.community_id = b.community_id AND c.account_id = b.account_id AND c.bill_id = b.id AND c.live"
    };
}

/// What was let off a charge `c`.
macro_rules! reduced {
    ($and:literal) => {
        concat!(
            " COALESCE((SELECT CAST(SUM(j.amount_fen) AS BIGINT) FROM adjustment j WHERE j.community_id = c.community_id
            AND j.account_id = c.account_id AND j.charge_id = c.id AND j.late_fee_id IS NULL",
            $and,
            "), 0)"
        )
    };
}

const NEW: &str = concat!(
    "SELECT c.id, f.kind, c.amount_fen -",
    reduced!(""),
    " FROM bill b CROSS JOIN charge c CROSS JOIN fee_item f WHERE",
    of_request!(),
    " AND f.community_id = c.community_id AND f.id = c.fee_item_id AND NOT EXISTS (SELECT 1 FROM invoice_line l
        WHERE l.community_id = c.community_id AND l.charge_id = c.id) ORDER BY b.number, f.name, c.period, c.occurrence"
);
/// What was charged and what of it was let off and asked for, by fee item.
const SUMS: &str = concat!(
    "SELECT f.name, f.kind, CAST(COUNT(*) AS BIGINT), CAST(SUM(x.charged) AS BIGINT),
    CAST(SUM(CASE WHEN x.reduced <> 0 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(x.reduced) AS BIGINT), CAST(SUM(x.asked) AS BIGINT)
    FROM (SELECT c.fee_item_id AS item, c.amount_fen AS charged,",
    reduced!(""),
    " AS reduced, COALESCE((SELECT CAST(SUM(l.gross_fen) AS BIGINT) FROM invoice_line l
            WHERE l.community_id = c.community_id AND l.charge_id = c.id), 0) AS asked
        FROM bill b CROSS JOIN charge c WHERE",
    of_request!(),
    ") x CROSS JOIN fee_item f WHERE f.community_id = $1 AND f.id = x.item GROUP BY f.name, f.kind ORDER BY f.name"
);
/// Charges that were asked for and reversed or lowered up to a day, with what was asked for them so far.
const CHANGED: &str = concat!(
    "SELECT l.id, c.id, l.rate_percent,
    (SELECT CAST(SUM(s.net_fen) AS BIGINT) FROM invoice_line s WHERE s.community_id = $1 AND s.charge_id = c.id),
    (SELECT CAST(SUM(s.tax_fen) AS BIGINT) FROM invoice_line s WHERE s.community_id = $1 AND s.charge_id = c.id),
    c.amount_fen, CAST(t.reversed AS BIGINT), c.live,",
    reduced!(" AND j.effective_on <= $2"),
    ",",
    reduced!(""),
    " FROM (SELECT x.id AS id, MAX(x.reversed) AS reversed FROM (
        SELECT r.reverses_id AS id, 1 AS reversed FROM charge r
            WHERE r.community_id = $1 AND r.origin = 'reversal' AND r.issued_on <= $2
        UNION ALL SELECT j.charge_id, 0 FROM adjustment j
            WHERE j.community_id = $1 AND j.late_fee_id IS NULL AND j.effective_on <= $2) x GROUP BY x.id) t
    JOIN charge c ON c.community_id = $1 AND c.id = t.id
    JOIN invoice_line l ON l.community_id = $1 AND l.charge_id = c.id AND l.blue_id IS NULL ORDER BY l.seq"
);

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[NEW, SUMS, CHANGED];

/// A charge to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToInvoice {
    /// The charge.
    pub charge_id: ChargeId,
    /// The kind of its fee item.
    pub kind: String,
    /// What it comes to.
    pub amount: Fen,
}

/// What was charged as a fee item on the bills of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargedItem {
    /// The fee item's name.
    pub item: String,
    /// Its kind.
    pub kind: String,
    /// How many charges.
    pub charges: i64,
    /// What they come to.
    pub charged: Fen,
    /// How many of them something was let off.
    pub reduced_charges: i64,
    /// What was let off.
    pub reduced: Fen,
    /// What was asked for them so far.
    pub asked: Fen,
}

/// A charge that was asked for and is less, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedCharge {
    /// The line that asked for it first.
    pub blue_id: Uuid,
    /// The charge.
    pub charge_id: ChargeId,
    /// The rate in percent.
    pub rate_percent: i64,
    /// What was asked for it so far, without tax.
    pub net: Fen,
    /// The tax of that.
    pub tax: Fen,
    /// What was charged.
    pub amount: Fen,
    /// Whether it was reversed up to the day.
    pub reversed: bool,
    /// Whether it is live now.
    pub live: bool,
    /// What was let off up to the day.
    pub reduced_by_then: Fen,
    /// What was let off altogether.
    pub reduced: Fen,
}

fn of_month(community: CommunityId, month: Period) -> [Value; 4] {
    params![community, month, month.first_day(), month.last_day()]
}

/// The charges of a month's request that nobody has asked for, by bill.
///
/// # Errors
/// When the database refuses.
pub fn list_new(tx: &mut Tx<'_>, community: CommunityId, month: Period) -> Result<Vec<NewToInvoice>, DbError> {
    tx.query(NEW, &of_month(community, month), |row| {
        Ok(NewToInvoice { charge_id: row.take()?, kind: row.take()?, amount: row.take()? })
    })
}

/// The live charges of a month's request, by fee item.
///
/// # Errors
/// When the database refuses.
pub fn list_charged(tx: &mut Tx<'_>, community: CommunityId, month: Period) -> Result<Vec<ChargedItem>, DbError> {
    tx.query(SUMS, &of_month(community, month), |row| {
        Ok(ChargedItem {
            item: row.take()?,
            kind: row.take()?,
            charges: row.take()?,
            charged: row.take()?,
            reduced_charges: row.take()?,
            reduced: row.take()?,
            asked: row.take()?,
        })
    })
}

/// The charges that were asked for, and reversed or lowered by the last day of a month.
///
/// # Errors
/// When the database refuses.
pub fn list_changed(tx: &mut Tx<'_>, community: CommunityId, month: Period) -> Result<Vec<ChangedCharge>, DbError> {
    tx.query(CHANGED, &params![community, month.last_day()], |row| {
        Ok(ChangedCharge {
            blue_id: row.take()?,
            charge_id: row.take()?,
            rate_percent: row.take()?,
            net: row.take()?,
            tax: row.take()?,
            amount: row.take()?,
            reversed: row.take::<i64>()? == 1,
            live: row.take()?,
            reduced_by_then: row.take()?,
            reduced: row.take()?,
        })
    })
}
