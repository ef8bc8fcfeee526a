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
    AND f.community_id = c.community_id AND f.id = c.fee_item_id ORDER BY b.number, f.name, c.period, c.occurrence";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[LINES];

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
