//! Meters: usage and amount follow from readings and prices; what is billed is the usage.

use hemu_domain::billing::{Calculation, Explanation, MeteredFee};
use hemu_domain::ids::CommunityId;
use hemu_domain::{Factor, Fen};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::check::Tally;
use crate::{DbError, Tx, params};

const USAGE: &str = "SELECT id, usage_e8, amount_fen, calculation FROM meter_usage WHERE community_id = $1 ORDER BY id";
/// What stands on bills beside the usage; where both differ, how each came to be, and which bill of its month it is on.
const BILLED: &str = "SELECT c.id, c.amount_fen, m.amount_fen, b.occurrence,
    CASE WHEN c.amount_fen <> m.amount_fen THEN c.explanation END,
    CASE WHEN c.amount_fen <> m.amount_fen THEN m.calculation END FROM meter_usage m
    JOIN account a ON a.community_id = m.community_id AND a.unit_id = m.unit_id
    JOIN charge c ON c.community_id = a.community_id AND c.account_id = a.id AND c.fee_item_id = m.fee_item_id
        AND c.period = m.period AND c.occurrence = m.occurrence AND c.live AND c.origin = 'bill'
    LEFT JOIN bill b ON b.community_id = c.community_id AND b.id = c.bill_id
    WHERE m.community_id = $1";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[USAGE, BILLED];

/// A usage and its amount are what its readings and prices come to.
pub fn usage(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(USAGE, &params![community], |row| {
        let (id, usage, amount): (Uuid, Factor, Fen) = (row.take()?, row.take()?, row.take()?);
        let holds = row.json::<MeteredFee>()?.is_some_and(|fee| {
            let due = if fee.steps.is_some() { fee.amount() } else { Some(Fen::ZERO) };
            fee.usage() == Some(usage) && due == Some(amount)
        });
        tally.row(holds, || format!("usage {id}"));
        Ok(())
    })
}

/// A charge made of a usage comes to it. On the bill of a correction it may have another price, and nothing else that differs.
pub fn billed_usage(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(BILLED, &params![community], |row| {
        let (charge, charged, amount): (Uuid, Fen, Fen) = (row.take()?, row.take()?, row.take()?);
        let bill_no: Option<i64> = row.take()?;
        let (billed, used): (Option<Json>, Option<Json>) = (row.take()?, row.take()?);
        let corrected = bill_no.is_some_and(|number| number > 1) && at_another_price(billed, used);
        tally.row(charged == amount || corrected, || format!("charge {charge} of a meter"));
        Ok(())
    })
}

fn at_another_price(billed: Option<Json>, used: Option<Json>) -> bool {
    let billed = billed.and_then(|why| serde_json::from_value::<Explanation>(why).ok());
    let used = used.and_then(|why| serde_json::from_value::<MeteredFee>(why).ok());
    match (billed.map(|billed| billed.calculation), used) {
        (Some(Calculation::Metered(fee)), Some(used)) => MeteredFee { steps: used.steps.clone(), ..fee } == used,
        _not_both_metered => false,
    }
}
