//! What is charged in part: every charge of confirmed months has the entry that follows from it, and no other charge has one.

use std::collections::HashMap;

use hemu_domain::billing::Explanation;
use hemu_domain::ids::{AccountId, CommunityId, UnitId};
use hemu_domain::{Fen, Period};
use uuid::Uuid;

use super::{of, sums};
use crate::check::Tally;
use crate::reduction::{self, DiscountRow};
use crate::{DbError, Tx, params};

const TAKEN_OFF: &str = "SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) FROM adjustment
    WHERE community_id = $1 AND kind IN ('vacancy', 'promotion') AND late_fee_id IS NULL GROUP BY charge_id";
const OTHERWISE: &str = "SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) FROM adjustment
    WHERE community_id = $1 AND kind NOT IN ('vacancy', 'promotion') AND late_fee_id IS NULL GROUP BY charge_id";
const CHARGES: &str = "SELECT c.id, c.account_id, a.unit_id, c.period, c.amount_fen, c.explanation FROM charge c
    JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    JOIN fee_item f ON f.community_id = c.community_id AND f.id = c.fee_item_id AND f.kind = 'property'
    WHERE c.community_id = $1 AND c.live AND c.origin = 'bill'";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[TAKEN_OFF, OTHERWISE, CHARGES];

pub fn discounts(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let mut taken_off = sums(tx, TAKEN_OFF, community)?;
    let mut by_unit: HashMap<UnitId, Vec<DiscountRow>> = HashMap::new();
    for row in reduction::list_discounts(tx, community)? {
        by_unit.entry(row.unit_id).or_default().push(row);
    }
    if by_unit.is_empty() && taken_off.is_empty() {
        return Ok(());
    }
    let otherwise = sums(tx, OTHERWISE, community)?;
    tx.for_each::<DbError>(CHARGES, &params![community], |row| {
        let (id, account, unit): (Uuid, AccountId, UnitId) = (row.take()?, row.take()?, row.take()?);
        let (period, amount): (Period, Fen) = (row.take()?, row.take()?);
        let explanation = row.json::<Explanation>()?;
        let rows = by_unit.get(&unit).map(Vec::as_slice).unwrap_or_default();
        let holds = rows.iter().filter(|one| one.account_id.is_none_or(|own| own == account));
        let off = |one: &DiscountRow| explanation.as_ref().map_or(Fen::ZERO, |why| one.span().takes_off(why, period));
        let due: Fen = holds.map(off).sum();
        // Nothing is taken off that was let off before.
        let most = amount - of(&otherwise, id);
        let found = taken_off.remove(&id).unwrap_or(Fen::ZERO);
        tally.row(found == due || found == most && found < due, || format!("discount of charge {id}"));
        Ok(())
    })?;
    for (charge, sum) in taken_off {
        tally.row(sum.is_zero(), || format!("discount of charge {charge}"));
    }
    Ok(())
}
