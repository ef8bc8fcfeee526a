//! What moved between two boundaries, summed in the database by fee item and building: the number of homes does not matter.

use std::collections::HashMap;

use hemu_domain::Fen;
use hemu_domain::closing::{Boundary, DepositMoves, MethodLine, Movement, Movements, Spot, What};
use hemu_domain::ids::{BuildingId, CommunityId, FeeItemId};
use hemu_domain::ledger::deposit::DepositEntryKind;

use super::{bounds, kind, unit_of_charge};
use crate::{DbError, Row, Tx, Value, params};

const CHARGED: &str = concat!(
    "SELECT c.fee_item_id, u.building_id, CAST(SUM(c.amount_fen) AS BIGINT), c.origin
    FROM charge c CROSS JOIN account a CROSS JOIN unit u WHERE c.community_id = $1
    AND c.period <= $2 AND c.seq <= $3 AND NOT (c.period <= $4 AND c.seq <= $5)",
    unit_of_charge!(),
    " GROUP BY c.fee_item_id, u.building_id, c.origin"
);
const PAID: &str = concat!(
    "SELECT c.fee_item_id, u.building_id, CAST(SUM(l.amount_fen) AS BIGINT)
    FROM allocation l CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u
    WHERE l.community_id = $1 AND l.kind = 'principal' AND l.effective_on <= $2 AND l.seq <= $3
    AND c.community_id = l.community_id AND c.id = l.charge_id AND c.period <= $4
    AND NOT (l.effective_on <= $5 AND l.seq <= $6 AND c.period <= $7)",
    unit_of_charge!(),
    " GROUP BY c.fee_item_id, u.building_id"
);
const REDUCED: &str = concat!(
    "SELECT c.fee_item_id, u.building_id, CAST(SUM(j.amount_fen) AS BIGINT), j.kind
    FROM adjustment j CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u
    WHERE j.community_id = $1 AND j.late_fee_id IS NULL AND j.effective_on <= $2 AND j.seq <= $3
    AND c.community_id = j.community_id AND c.id = j.charge_id AND c.period <= $4
    AND NOT (j.effective_on <= $5 AND j.seq <= $6 AND c.period <= $7)",
    unit_of_charge!(),
    " GROUP BY c.fee_item_id, u.building_id, j.kind"
);
const ASSESSED: &str = concat!(
    "SELECT c.fee_item_id, u.building_id, CAST(SUM(f.amount_fen) AS BIGINT)
    FROM late_fee f CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u
    WHERE f.community_id = $1 AND f.to_on <= $2 AND f.seq <= $3 AND NOT (f.to_on <= $4 AND f.seq <= $5)
    AND c.community_id = f.community_id AND c.id = f.charge_id",
    unit_of_charge!(),
    " GROUP BY c.fee_item_id, u.building_id"
);
const FEE_PAID: &str = concat!(
    "SELECT c.fee_item_id, u.building_id, CAST(SUM(l.amount_fen) AS BIGINT)
    FROM allocation l CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u
    WHERE l.community_id = $1 AND l.kind = 'late_fee' AND l.effective_on <= $2 AND l.seq <= $3
    AND NOT (l.effective_on <= $4 AND l.seq <= $5) AND c.community_id = l.community_id AND c.id = l.charge_id",
    unit_of_charge!(),
    " GROUP BY c.fee_item_id, u.building_id"
);
const FEE_REDUCED: &str = concat!(
    "SELECT c.fee_item_id, u.building_id, CAST(SUM(j.amount_fen) AS BIGINT), j.kind
    FROM adjustment j CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u
    WHERE j.community_id = $1 AND j.late_fee_id IS NOT NULL AND j.effective_on <= $2 AND j.seq <= $3
    AND NOT (j.effective_on <= $4 AND j.seq <= $5) AND c.community_id = j.community_id AND c.id = j.charge_id",
    unit_of_charge!(),
    " GROUP BY c.fee_item_id, u.building_id, j.kind"
);
/// Method by method, a receipt paid in several ways by each of them; money that only changed accounts did not come in.
const RECEIVED: &str = "SELECT r.method,
    CAST(SUM(CASE WHEN r.reverses_id IS NULL AND r.amount_fen > 0 THEN r.amount_fen ELSE 0 END) AS BIGINT),
    CAST(SUM(CASE WHEN r.reverses_id IS NOT NULL THEN -r.amount_fen ELSE 0 END) AS BIGINT),
    CAST(SUM(CASE WHEN r.reverses_id IS NULL AND r.amount_fen < 0 THEN -r.amount_fen ELSE 0 END) AS BIGINT)
    FROM (SELECT p.method, p.amount_fen, p.reverses_id FROM receipt p WHERE p.community_id = $1
        AND p.method NOT IN ('mixed', 'moved') AND p.received_on <= $2 AND p.seq <= $3
        AND NOT (p.received_on <= $4 AND p.seq <= $5)
        UNION ALL SELECT t.method, t.amount_fen, p.reverses_id FROM receipt p
        JOIN receipt_tender t ON t.community_id = p.community_id AND t.receipt_id = p.id
        WHERE p.community_id = $1 AND p.method = 'mixed' AND p.received_on <= $2 AND p.seq <= $3
        AND NOT (p.received_on <= $4 AND p.seq <= $5)) r GROUP BY r.method ORDER BY r.method";
const DEPOSITS_TAKEN: &str = "SELECT method, CAST(SUM(amount_fen) AS BIGINT) FROM deposit WHERE community_id = $1
    AND taken_on <= $2 AND seq <= $3 AND NOT (taken_on <= $4 AND seq <= $5) GROUP BY method ORDER BY method";
const DEPOSITS_GONE: &str = "SELECT kind, COALESCE(method, ''), CAST(SUM(amount_fen) AS BIGINT) FROM deposit_entry
    WHERE community_id = $1 AND entered_on <= $2 AND seq <= $3 AND NOT (entered_on <= $4 AND seq <= $5)
    GROUP BY kind, method ORDER BY kind, method";
const ITEMS: &str = "SELECT id, name FROM fee_item WHERE community_id = $1";
const BUILDINGS: &str = "SELECT id, code FROM building WHERE community_id = $1";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    CHARGED,
    PAID,
    REDUCED,
    ASSESSED,
    FEE_PAID,
    FEE_REDUCED,
    RECEIVED,
    DEPOSITS_TAKEN,
    DEPOSITS_GONE,
    ITEMS,
    BUILDINGS,
];

/// What lies within `upto` and not within `past`.
///
/// # Errors
/// When the database refuses.
pub fn movements(
    tx: &mut Tx<'_>,
    community: CommunityId,
    past: Option<Boundary>,
    upto: Boundary,
) -> Result<Movements, DbError> {
    let (day, seq, month) = bounds(Some(upto));
    let (past_day, past_seq, past_month) = bounds(past);
    let by_month = params![community, month.clone(), seq.clone(), past_month.clone(), past_seq.clone()];
    let by_day = params![community, day.clone(), seq.clone(), past_day.clone(), past_seq.clone()];
    let by_both = params![community, day, seq, month, past_day, past_seq, past_month];
    let mut moved = Movements::default();
    sum(tx, &mut moved, (CHARGED, &by_month), charged)?;
    sum(tx, &mut moved, (PAID, &by_both), |_| Ok(What::Paid))?;
    sum(tx, &mut moved, (REDUCED, &by_both), |row| kind(row).map(What::Reduced))?;
    sum(tx, &mut moved, (ASSESSED, &by_day), |_| Ok(What::Assessed))?;
    sum(tx, &mut moved, (FEE_PAID, &by_day), |_| Ok(What::LateFeePaid))?;
    sum(tx, &mut moved, (FEE_REDUCED, &by_day), |row| kind(row).map(What::LateFeeReduced))?;
    moved.receipts = tx.query(RECEIVED, &by_day, |row| {
        Ok(MethodLine { method: row.take()?, received: row.take()?, reversed: row.take()?, refunded: row.take()? })
    })?;
    moved.deposits = deposits(tx, &by_day)?;
    Ok(moved)
}

fn deposits(tx: &mut Tx<'_>, by_day: &[Value]) -> Result<DepositMoves, DbError> {
    let mut moves = DepositMoves::default();
    tx.for_each::<DbError>(DEPOSITS_TAKEN, by_day, |row| {
        let (method, amount): (String, Fen) = (row.take()?, row.take()?);
        moves.line(&method).taken += amount;
        Ok(())
    })?;
    tx.for_each::<DbError>(DEPOSITS_GONE, by_day, |row| {
        let kind = row.parse(DepositEntryKind::parse)?;
        let (method, amount): (String, Fen) = (row.take()?, row.take()?);
        match kind {
            DepositEntryKind::Return => moves.line(&method).returned += amount,
            DepositEntryKind::Deduction => moves.deducted += amount,
        }
        Ok(())
    })?;
    Ok(moves)
}

fn sum(
    tx: &mut Tx<'_>,
    moved: &mut Movements,
    (sql, values): (&str, &[Value]),
    what: impl Fn(&Row<'_>) -> Result<What, DbError>,
) -> Result<(), DbError> {
    tx.for_each(sql, values, |row| {
        let spot = Spot { item: row.take()?, building: row.take()? };
        let amount: Fen = row.take()?;
        moved.on_charges.push(Movement { spot, what: what(row)?, amount });
        Ok(())
    })
}

/// What a charge's origin, in the next column, does to the balance.
pub(super) fn charged(row: &Row<'_>) -> Result<What, DbError> {
    row.parse(|origin| match origin {
        "bill" => Ok(What::Billed),
        "opening" => Ok(What::BroughtIn),
        "reversal" => Ok(What::Reversed),
        other => Err(other.to_owned()),
    })
}

/// The names of fee items and the codes of buildings.
pub type Names = (HashMap<FeeItemId, String>, HashMap<BuildingId, String>);

/// What fee items and buildings are called now.
///
/// # Errors
/// When the database refuses.
pub fn names(tx: &mut Tx<'_>, community: CommunityId) -> Result<Names, DbError> {
    let items = tx.query(ITEMS, &params![community], |row| Ok((row.take()?, row.take()?)))?;
    let buildings = tx.query(BUILDINGS, &params![community], |row| Ok((row.take()?, row.take()?)))?;
    Ok((items.into_iter().collect(), buildings.into_iter().collect()))
}
