//! Requests for invoices: what was asked for a charge first is what it came to then, and what was asked for it altogether is split at
//! its rate, no less than nothing and no more than the charge.

use hemu_domain::Fen;
use hemu_domain::billing::vat::split_vat;
use hemu_domain::ids::CommunityId;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::check::Tally;
use crate::closing::invoice_lines::{InvoiceLineRow, read};
use crate::{DbError, Tx, params};

const LINES: &str = "SELECT l.id, l.month, l.charge_id, l.blue_id, l.reason, l.rate_percent, l.net_fen, l.tax_fen, l.gross_fen,
    l.requested_on, l.requested_by, l.seq, c.amount_fen, COALESCE((SELECT CAST(SUM(j.amount_fen) AS BIGINT) FROM adjustment j
        WHERE j.community_id = l.community_id AND j.charge_id = l.charge_id AND j.late_fee_id IS NULL AND j.seq < l.seq), 0)
    FROM invoice_line l LEFT JOIN charge c ON c.community_id = l.community_id AND c.id = l.charge_id
    WHERE l.community_id = $1 ORDER BY l.charge_id, l.seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[LINES];

/// What was asked for a charge so far.
struct Asked {
    charge: Uuid,
    blue: Uuid,
    net: Fen,
    tax: Fen,
}

/// The lines of each charge follow on each other and from the charge.
pub fn lines(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let mut asked: Option<Asked> = None;
    tx.for_each::<DbError>(LINES, &params![community], |row| {
        let line = read(row)?;
        let (amount, reduced): (Option<Fen>, Fen) = (row.take()?, row.take()?);
        let sound = amount.is_some_and(|amount| follows(&mut asked, &line, (amount, reduced)));
        tally.row(sound, || format!("invoice line {}", line.id));
        Ok(())
    })
}

fn follows(asked: &mut Option<Asked>, line: &InvoiceLineRow, (amount, reduced): (Fen, Fen)) -> bool {
    let charge = line.charge_id.uuid();
    let linked = match asked.as_mut().filter(|one| one.charge == charge) {
        Some(one) => {
            one.net += line.net;
            one.tax += line.tax;
            line.blue_id == Some(one.blue) && line.reason.is_some()
        }
        None => {
            *asked = Some(Asked { charge, blue: line.id, net: line.net, tax: line.tax });
            line.blue_id.is_none() && line.reason.is_none() && line.gross == amount - reduced
        }
    };
    let Some(sum) = asked.as_ref() else { return false };
    let gross = sum.net + sum.tax;
    let parts = split_vat(gross, Decimal::new(line.rate_percent, 2));
    linked
        && line.gross == line.net + line.tax
        && !line.gross.is_zero()
        && gross >= Fen::ZERO
        && gross <= amount
        && parts.is_some_and(|parts| (parts.net, parts.tax) == (sum.net, sum.tax))
}
