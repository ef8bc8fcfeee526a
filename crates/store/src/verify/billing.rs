//! Charges, bills and bill runs.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::billing::Explanation;
use hemu_domain::ids::CommunityId;
use serde_json::Value as Json;
use uuid::Uuid;

use super::{of, sums};
use crate::check::Tally;
use crate::{DbError, Tx, params};

const CHARGES: &str = "SELECT id, amount_fen, open_fen, live, reverses_id, origin, explanation FROM charge
    WHERE community_id = $1 ORDER BY id";
const REVERSED: &str = "SELECT reverses_id, CAST(SUM(amount_fen) AS BIGINT) FROM charge
    WHERE community_id = $1 AND reverses_id IS NOT NULL GROUP BY reverses_id";
const OFF_CHARGES: &str = "SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) FROM allocation
    WHERE community_id = $1 AND kind = 'principal' GROUP BY charge_id";
const ADJUSTED_CHARGES: &str = "SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) FROM adjustment
    WHERE community_id = $1 AND late_fee_id IS NULL GROUP BY charge_id";
const BILLS: &str = "SELECT b.id, b.total_fen, b.due_on, CAST(COALESCE(SUM(c.amount_fen), 0) AS BIGINT),
    CAST(COUNT(CASE WHEN c.due_on = b.due_on THEN 1 END) AS BIGINT),
    CAST(COUNT(CASE WHEN c.account_id <> b.account_id THEN 1 END) AS BIGINT) FROM bill b
    LEFT JOIN charge c ON c.community_id = b.community_id AND c.bill_id = b.id
    WHERE b.community_id = $1 GROUP BY b.community_id, b.id, b.total_fen, b.due_on";
const RUNS: &str = "SELECT id, status, total_fen, bills, charges FROM bill_run WHERE community_id = $1 ORDER BY id";
const SAID: &str = "SELECT subject_id, detail FROM audit_entry
    WHERE community_id = $1 AND act = 'bills.issue' AND subject_id IS NOT NULL";
const BILLS_OF_RUNS: &str = "SELECT run_id, CAST(COUNT(*) AS BIGINT) FROM bill WHERE community_id = $1 GROUP BY run_id";
const BILLED: &str = "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT), CAST(COUNT(*) AS BIGINT) FROM charge
    WHERE community_id = $1 AND bill_id IS NOT NULL";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[CHARGES, REVERSED, OFF_CHARGES, ADJUSTED_CHARGES, BILLS, RUNS, SAID, BILLS_OF_RUNS, BILLED];

/// A live charge is what its explanation comes to, and open for what was not paid or let off. A reversed one has one reversal of
/// its whole amount; nothing is open, paid or let off of either.
pub fn charges(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let (paid, adjusted) = (sums(tx, OFF_CHARGES, community)?, sums(tx, ADJUSTED_CHARGES, community)?);
    let reversed = sums(tx, REVERSED, community)?;
    tx.for_each::<DbError>(CHARGES, &params![community], |row| {
        let (id, amount, open): (Uuid, Fen, Fen) = (row.take()?, row.take()?, row.take()?);
        let (live, reverses, origin): (bool, Option<Uuid>, String) = (row.take()?, row.take()?, row.take()?);
        let explained = serde_json::from_value::<Explanation>(row.take()?).ok().and_then(|why| why.amount());
        let (paid, adjusted, taken_back) = (of(&paid, id), of(&adjusted, id), reversed.get(&id).copied());
        let is_reversal = origin == "reversal";
        let sign = if is_reversal { -amount } else { amount };
        let stands = if live {
            taken_back.is_none() && open == amount - paid - adjusted && open >= Fen::ZERO && open <= amount
        } else {
            let paired = if is_reversal { taken_back.is_none() } else { taken_back == Some(-amount) };
            paired && open.is_zero() && paid.is_zero() && adjusted.is_zero()
        };
        let sound = explained == Some(sign) && stands && is_reversal == reverses.is_some() && !(live && is_reversal);
        tally.row(sound, || format!("charge {id}"));
        Ok(())
    })
}

/// A bill comes to its charges, all of its account, and is due with the first of them.
pub fn bills(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(BILLS, &params![community], |row| {
        let (id, total, _due_on): (Uuid, Fen, NaiveDate) = (row.take()?, row.take()?, row.take()?);
        let (sum, due_with, of_others): (Fen, i64, i64) = (row.take()?, row.take()?, row.take()?);
        tally.row(total == sum && due_with > 0 && of_others == 0, || format!("bill {id}"));
        Ok(())
    })
}

/// A run that is done says what its audit entry says, and has the bills it counts. All runs together issued what is billed
/// (charges that a later run added to a bill count for the later run).
pub fn bill_runs(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let issued = tx.query(BILLS_OF_RUNS, &params![community], |row| Ok((row.take::<Uuid>()?, row.take::<i64>()?)))?;
    let issued: HashMap<Uuid, i64> = issued.into_iter().collect();
    let said = tx.query(SAID, &params![community], |row| Ok((row.take::<Uuid>()?, row.take::<Json>()?)))?;
    let said: HashMap<Uuid, Json> = said.into_iter().collect();
    let (mut recorded, mut counted) = (Fen::ZERO, 0);
    tx.for_each::<DbError>(RUNS, &params![community], |row| {
        let (id, status): (Uuid, String) = (row.take()?, row.take()?);
        let (total, bills, charges): (Fen, i64, i64) = (row.take()?, row.take()?, row.take()?);
        recorded += total;
        counted += charges;
        let agrees = match said.get(&id) {
            Some(said) => {
                said["total"].as_str() == Some(total.to_string().as_str()) && said["bills"].as_i64() == Some(bills)
            }
            None => status != "done",
        };
        tally.row(agrees && issued.get(&id).copied().unwrap_or(0) == bills, || format!("bill run {id}"));
        Ok(())
    })?;
    let (billed, charges) =
        tx.query_one("sum", BILLED, &params![community], |row| Ok((row.take::<Fen>()?, row.take::<i64>()?)))?;
    tally.row(recorded == billed && counted == charges, || format!("runs record {recorded}, charges come to {billed}"));
    Ok(())
}
