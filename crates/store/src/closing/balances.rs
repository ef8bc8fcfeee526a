//! What was open as of the last day of a month, computed backward: what is open now, with what came after that day put back. The
//! movements are summed forward from the other end; a closing is refused where both differ.

use std::collections::BTreeMap;

use hemu_domain::Fen;
use hemu_domain::closing::{Boundary, OpenBalances, OpenCell, Spot};
use hemu_domain::ids::CommunityId;

use super::{bounds, unit_of_charge};
use crate::{DbError, Tx, Value, params, review};

/// Of the charges of the month and before: what is open, by whether it is due by the last day.
const OPEN: &str = concat!(
    "SELECT c.fee_item_id, u.building_id,
    CAST(SUM(CASE WHEN c.due_on <= $2 THEN c.open_fen ELSE 0 END) AS BIGINT),
    CAST(SUM(CASE WHEN c.due_on > $2 THEN c.open_fen ELSE 0 END) AS BIGINT)
    FROM charge c CROSS JOIN account a CROSS JOIN unit u WHERE c.community_id = $1 AND c.period <= $3",
    unit_of_charge!(),
    " GROUP BY c.fee_item_id, u.building_id"
);
const PAID_SINCE: &str = concat!(
    "SELECT c.fee_item_id, u.building_id,
    CAST(SUM(CASE WHEN c.due_on <= $2 THEN l.amount_fen ELSE 0 END) AS BIGINT),
    CAST(SUM(CASE WHEN c.due_on > $2 THEN l.amount_fen ELSE 0 END) AS BIGINT)
    FROM allocation l CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u WHERE l.community_id = $1
    AND l.kind = 'principal' AND l.effective_on > $2 AND c.community_id = l.community_id AND c.id = l.charge_id
    AND c.period <= $3",
    unit_of_charge!(),
    " GROUP BY c.fee_item_id, u.building_id"
);
const REDUCED_SINCE: &str = concat!(
    "SELECT c.fee_item_id, u.building_id,
    CAST(SUM(CASE WHEN c.due_on <= $2 THEN j.amount_fen ELSE 0 END) AS BIGINT),
    CAST(SUM(CASE WHEN c.due_on > $2 THEN j.amount_fen ELSE 0 END) AS BIGINT)
    FROM adjustment j CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u WHERE j.community_id = $1
    AND j.late_fee_id IS NULL AND j.effective_on > $2 AND c.community_id = j.community_id AND c.id = j.charge_id
    AND c.period <= $3",
    unit_of_charge!(),
    " GROUP BY c.fee_item_id, u.building_id"
);
/// Late fees: open now; less those assessed since; what was paid and let off since put back.
const FEES: &str = concat!(
    "SELECT c.fee_item_id, u.building_id,
    CAST(SUM(f.open_fen - CASE WHEN f.to_on > $2 THEN f.amount_fen ELSE 0 END) AS BIGINT)
    FROM late_fee f CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u
    WHERE f.community_id = $1 AND c.community_id = f.community_id AND c.id = f.charge_id",
    unit_of_charge!(),
    " GROUP BY c.fee_item_id, u.building_id"
);
const FEES_PAID_SINCE: &str = concat!(
    "SELECT c.fee_item_id, u.building_id, CAST(SUM(l.amount_fen) AS BIGINT)
    FROM allocation l CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u WHERE l.community_id = $1
    AND l.kind = 'late_fee' AND l.effective_on > $2 AND c.community_id = l.community_id AND c.id = l.charge_id",
    unit_of_charge!(),
    " GROUP BY c.fee_item_id, u.building_id"
);
const FEES_REDUCED_SINCE: &str = concat!(
    "SELECT c.fee_item_id, u.building_id, CAST(SUM(j.amount_fen) AS BIGINT)
    FROM adjustment j CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u WHERE j.community_id = $1
    AND j.late_fee_id IS NOT NULL AND j.effective_on > $2 AND c.community_id = j.community_id AND c.id = j.charge_id",
    unit_of_charge!(),
    " GROUP BY c.fee_item_id, u.building_id"
);
const PAID_AHEAD: &str = "SELECT CAST(COALESCE(SUM(l.amount_fen), 0) AS BIGINT) FROM allocation l CROSS JOIN charge c
    WHERE l.community_id = $1 AND l.kind = 'principal' AND l.effective_on <= $2
    AND c.community_id = l.community_id AND c.id = l.charge_id AND c.period > $3";

/// What is still kept of each deposit, deposit by deposit.
const DEPOSITS_LEFT: &str = "SELECT CAST(COALESCE(SUM(d.amount_fen - COALESCE((SELECT CAST(SUM(e.amount_fen) AS BIGINT)
    FROM deposit_entry e WHERE e.community_id = d.community_id AND e.deposit_id = d.id AND e.entered_on <= $2), 0)), 0) AS BIGINT)
    FROM deposit d WHERE d.community_id = $1 AND d.taken_on <= $2";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[OPEN, PAID_SINCE, REDUCED_SINCE, FEES, FEES_PAID_SINCE, FEES_REDUCED_SINCE, PAID_AHEAD, DEPOSITS_LEFT];

/// The balances as of the last day of a month, all facts recorded by now known.
///
/// # Errors
/// When the database refuses.
pub fn open_balances(tx: &mut Tx<'_>, community: CommunityId, upto: Boundary) -> Result<OpenBalances, DbError> {
    let (day, _, month) = bounds(Some(upto));
    let both = params![community, day.clone(), month];
    let mut cells: BTreeMap<Spot, OpenCell> = BTreeMap::new();
    for sql in [OPEN, PAID_SINCE, REDUCED_SINCE] {
        add(tx, &mut cells, (sql, &both), |cell, row| {
            cell.due += row.take()?;
            cell.not_due += row.take()?;
            Ok(())
        })?;
    }
    for sql in [FEES, FEES_PAID_SINCE, FEES_REDUCED_SINCE] {
        add(tx, &mut cells, (sql, &params![community, day.clone()]), |cell, row| {
            cell.late_fee += row.take()?;
            Ok(())
        })?;
    }
    Ok(OpenBalances {
        cells: cells.into_values().collect(),
        put_by: review::sum_prepaid(tx, community, upto.month.last_day())?,
        paid_ahead: tx.query_one("sum", PAID_AHEAD, &both, |row| row.take())?,
        deposits: tx.query_one("sum", DEPOSITS_LEFT, &params![community, day], |row| row.take())?,
    })
}

fn add(
    tx: &mut Tx<'_>,
    cells: &mut BTreeMap<Spot, OpenCell>,
    (sql, values): (&str, &[Value]),
    put: impl Fn(&mut OpenCell, &crate::Row<'_>) -> Result<(), DbError>,
) -> Result<(), DbError> {
    tx.for_each(sql, values, |row| {
        let spot = Spot { item: row.take()?, building: row.take()? };
        let nothing = OpenCell { spot, due: Fen::ZERO, not_due: Fen::ZERO, late_fee: Fen::ZERO };
        put(cells.entry(spot).or_insert(nothing), row)
    })
}
