//! What a request for e-invoices is made of: the live charges of a month's bills, less what was let off.

use hemu_domain::ids::CommunityId;
use hemu_domain::{Fen, Period, UnitLabel};

use crate::{DbError, Tx, params};

/// A charge to be invoiced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceLine {
    /// The bill's number.
    pub bill: String,
    /// The payer.
    pub buyer: String,
    /// The unit.
    pub unit: UnitLabel,
    /// The fee item's name.
    pub item: String,
    /// The fee item's kind.
    pub kind: String,
    /// The first month charged for.
    pub period: Period,
    /// What is to be invoiced.
    pub amount: Fen,
}

const LINES: &str = "SELECT b.number, p.name, u.label, f.name, f.kind, c.period, c.amount_fen
    - COALESCE((SELECT CAST(SUM(j.amount_fen) AS BIGINT) FROM adjustment j WHERE j.community_id = c.community_id
        AND j.account_id = c.account_id AND j.charge_id = c.id AND j.late_fee_id IS NULL), 0)
    FROM bill b CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u CROSS JOIN party p CROSS JOIN fee_item f
    WHERE b.community_id = $1 AND b.period = $2 AND c.community_id = b.community_id AND c.account_id = b.account_id
    AND c.bill_id = b.id AND c.live AND a.community_id = b.community_id AND a.id = b.account_id
    AND u.community_id = a.community_id AND u.id = a.unit_id AND p.community_id = a.community_id AND p.id = a.party_id
    AND f.community_id = c.community_id AND f.id = c.fee_item_id ORDER BY b.number, c.id";

/// What was charged on a month's bills and what of it was let off, by fee item.
const SUMS: &str = "SELECT f.name, f.kind, CAST(COUNT(*) AS BIGINT), CAST(SUM(x.charged) AS BIGINT),
    CAST(SUM(CASE WHEN x.reduced <> 0 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(x.reduced) AS BIGINT)
    FROM (SELECT c.fee_item_id AS item, c.amount_fen AS charged,
        COALESCE((SELECT CAST(SUM(j.amount_fen) AS BIGINT) FROM adjustment j WHERE j.community_id = c.community_id
            AND j.account_id = c.account_id AND j.charge_id = c.id AND j.late_fee_id IS NULL), 0) AS reduced
        FROM bill b CROSS JOIN charge c WHERE b.community_id = $1 AND b.period = $2 AND c.community_id = b.community_id
        AND c.account_id = b.account_id AND c.bill_id = b.id AND c.live) x
    CROSS JOIN fee_item f WHERE f.community_id = $1 AND f.id = x.item GROUP BY f.name, f.kind ORDER BY f.name";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[LINES, SUMS];

/// What was charged as a fee item on the bills of a month.
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
}

/// The live charges of a month's bills, by fee item.
///
/// # Errors
/// When the database refuses.
pub fn list_charged(tx: &mut Tx<'_>, community: CommunityId, period: Period) -> Result<Vec<ChargedItem>, DbError> {
    tx.query(SUMS, &params![community, period], |row| {
        Ok(ChargedItem {
            item: row.take()?,
            kind: row.take()?,
            charges: row.take()?,
            charged: row.take()?,
            reduced_charges: row.take()?,
            reduced: row.take()?,
        })
    })
}

/// Hands each charge of a month's bills to `each`, by bill.
///
/// # Errors
/// When the database refuses.
pub fn for_each_invoice_line(
    tx: &mut Tx<'_>,
    community: CommunityId,
    period: Period,
    mut each: impl FnMut(InvoiceLine),
) -> Result<(), DbError> {
    tx.for_each(LINES, &params![community, period], |row| {
        each(InvoiceLine {
            bill: row.take()?,
            buyer: row.take()?,
            unit: row.take()?,
            item: row.take()?,
            kind: row.take()?,
            period: row.take()?,
            amount: row.take()?,
        });
        Ok(())
    })
}
