//! Invariants of money over the whole database: every amount is recomputed from its origin, or is a link of a chain.
//!
//! | column | recomputed from |
//! |---|---|
//! | `charge.amount_fen` | its explanation |
//! | `charge.open_fen` | its amount less allocations and adjustments |
//! | `bill.total_fen`, `bill_run.total_fen` | the charges on it, the charges it issued |
//! | `receipt.amount_fen` | its chain, and the sum of its allocations |
//! | `account.prepaid_fen` | money put by less money used |
//! | `late_fee.amount_fen`, `open_fen` | its rule and days, and its allocations |
//! | `allocation.amount_fen` | the three sums above |

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::arrears::late_fee::{LateFeeClause, late_fee};
use hemu_domain::billing::Explanation;
use hemu_domain::ids::CommunityId;
use hemu_domain::{DailyRate, Fen};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::check::{Check, Tally};
use crate::ledger::{ReceiptRow, receipt_content};
use crate::{DbError, Tx, audit, chain, collection};

const CHARGES: &str = "SELECT id, amount_fen, open_fen, explanation FROM charge ORDER BY community_id, id";
const OFF_CHARGES: &str = "SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) FROM allocation WHERE kind = 'principal'
    GROUP BY charge_id";
const ADJUSTED: &str = "SELECT COALESCE(charge_id, late_fee_id), CAST(SUM(amount_fen) AS BIGINT) FROM adjustment
    GROUP BY COALESCE(charge_id, late_fee_id)";
const BILLS: &str = "SELECT b.id, b.total_fen, CAST(COALESCE(SUM(c.amount_fen), 0) AS BIGINT) FROM bill b
    LEFT JOIN charge c ON c.community_id = b.community_id AND c.bill_id = b.id GROUP BY b.community_id, b.id, b.total_fen";
const RUNS: &str = "SELECT r.id, r.status, r.total_fen, CAST(COALESCE(SUM(b.total_fen), 0) AS BIGINT), r.bills,
    CAST(COUNT(b.id) AS BIGINT) FROM bill_run r
    LEFT JOIN bill b ON b.community_id = r.community_id AND b.run_id = r.id
    GROUP BY r.community_id, r.id, r.status, r.total_fen, r.bills";
const RECEIPTS: &str =
    "SELECT community_id, seq, prev_hash, hash, id, account_id, number, key, amount_fen, received_on, method,
    remark, reverses_id, actor_name, recorded_at FROM receipt ORDER BY community_id, seq";
const RECEIPT_HEADS: &str = "SELECT id, receipt_head FROM community ORDER BY id";
const OF_RECEIPTS: &str = "SELECT receipt_id,
    CAST(SUM(CASE WHEN kind = 'prepaid_out' THEN -amount_fen ELSE amount_fen END) AS BIGINT) FROM allocation GROUP BY receipt_id";
const ACCOUNTS: &str = "SELECT id, prepaid_fen FROM account ORDER BY community_id, id";
const PUT_BY: &str = "SELECT account_id,
    CAST(SUM(CASE WHEN kind = 'prepaid_out' THEN -amount_fen ELSE amount_fen END) AS BIGINT) FROM allocation
    WHERE kind IN ('prepaid_in', 'prepaid_out') GROUP BY account_id";
const LATE_FEES: &str = "SELECT l.id, l.charge_id, l.to_on, l.amount_fen, l.open_fen, l.rule, c.amount_fen, c.due_on
    FROM late_fee l JOIN charge c ON c.community_id = l.community_id AND c.id = l.charge_id
    WHERE l.live ORDER BY l.community_id, l.charge_id, l.to_on, l.id";
const OFF_LATE_FEES: &str =
    "SELECT late_fee_id, CAST(SUM(amount_fen) AS BIGINT) FROM allocation WHERE kind = 'late_fee'
    GROUP BY late_fee_id";
const PRINCIPAL_PAID: &str = "SELECT a.charge_id, a.effective_on, a.amount_fen, a.seq FROM allocation a WHERE a.kind = 'principal'
    AND EXISTS (SELECT 1 FROM late_fee l WHERE l.community_id = a.community_id AND l.charge_id = a.charge_id) ORDER BY a.seq";
const ADJUSTMENTS: &str = "SELECT id, amount_fen, hash FROM adjustment ORDER BY community_id, id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    CHARGES,
    OFF_CHARGES,
    ADJUSTED,
    BILLS,
    RUNS,
    RECEIPTS,
    RECEIPT_HEADS,
    OF_RECEIPTS,
    ACCOUNTS,
    PUT_BY,
    LATE_FEES,
    OFF_LATE_FEES,
    PRINCIPAL_PAID,
    ADJUSTMENTS,
];

/// Checks everything: money, cases, letters, contacts, the audit trail.
///
/// # Errors
/// When the database refuses.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<Check>, DbError> {
    let mut checks = vec![charges(tx)?, bills(tx)?, bill_runs(tx)?, receipt_chain(tx)?, receipts(tx)?];
    checks.extend([prepaid(tx)?, late_fees(tx)?, adjustments(tx)?]);
    checks.extend(collection::verify::verify(tx)?);
    checks.push(audit::verify(tx)?);
    Ok(checks)
}

fn sums(tx: &mut Tx<'_>, sql: &str) -> Result<HashMap<Uuid, Fen>, DbError> {
    let rows = tx.query(sql, &[], |row| Ok((row.take::<Option<Uuid>>()?, row.take::<Fen>()?)))?;
    Ok(rows.into_iter().filter_map(|(id, sum)| Some((id?, sum))).collect())
}

fn of(sums: &HashMap<Uuid, Fen>, id: Uuid) -> Fen {
    sums.get(&id).copied().unwrap_or(Fen::ZERO)
}

fn charges(tx: &mut Tx<'_>) -> Result<Check, DbError> {
    let (paid, adjusted) = (sums(tx, OFF_CHARGES)?, sums(tx, ADJUSTED)?);
    let mut tally = Tally::new("charges_follow_from_their_explanation_and_payments");
    tx.for_each::<DbError>(CHARGES, &[], |row| {
        let (id, amount, open): (Uuid, Fen, Fen) = (row.take()?, row.take()?, row.take()?);
        let explained = serde_json::from_value::<Explanation>(row.take()?).ok().and_then(|why| why.amount());
        let left = amount - of(&paid, id) - of(&adjusted, id);
        let bounds = open >= Fen::ZERO && open <= amount;
        tally.row(explained == Some(amount) && open == left && bounds, || format!("charge {id}"));
        Ok(())
    })?;
    Ok(tally.check())
}

fn bills(tx: &mut Tx<'_>) -> Result<Check, DbError> {
    let mut tally = Tally::new("bill_totals_are_the_sums_of_their_charges");
    tx.for_each::<DbError>(BILLS, &[], |row| {
        let (id, total, sum): (Uuid, Fen, Fen) = (row.take()?, row.take()?, row.take()?);
        tally.row(total == sum, || format!("bill {id}"));
        Ok(())
    })?;
    Ok(tally.check())
}

/// A run's totals are those of the bills it issued; charges that a later run added to a bill count for the later run.
fn bill_runs(tx: &mut Tx<'_>) -> Result<Check, DbError> {
    let mut tally = Tally::new("bill_runs_count_what_they_issued");
    let (mut recorded, mut issued) = (Fen::ZERO, Fen::ZERO);
    tx.for_each::<DbError>(RUNS, &[], |row| {
        let (id, _status): (Uuid, String) = (row.take()?, row.take()?);
        let (total, sum): (Fen, Fen) = (row.take()?, row.take()?);
        let (bills, counted): (i64, i64) = (row.take()?, row.take()?);
        recorded += total;
        issued += sum;
        tally.row(bills == counted, || format!("bill run {id}"));
        Ok(())
    })?;
    tally.row(recorded == issued, || format!("runs record {recorded}, bills come to {issued}"));
    Ok(tally.check())
}

fn receipt_chain(tx: &mut Tx<'_>) -> Result<Check, DbError> {
    let mut tally = Tally::new("receipts_are_as_they_were_written");
    let mut heads: HashMap<CommunityId, [u8; 32]> = HashMap::new();
    tx.for_each::<DbError>(RECEIPTS, &[], |row| {
        let (community, seq): (CommunityId, i64) = (row.take()?, row.take()?);
        let (previous, hash): ([u8; 32], [u8; 32]) = (row.take()?, row.take()?);
        let receipt = ReceiptRow {
            id: row.take()?,
            account_id: row.take()?,
            number: row.take()?,
            key: row.take()?,
            amount: row.take()?,
            received_on: row.take()?,
            method: row.take()?,
            remark: row.take()?,
            reverses_id: row.take()?,
            actor_name: row.take()?,
            recorded_at: row.take()?,
        };
        let head = heads.get(&community).copied().unwrap_or(chain::START);
        let follows = previous == head && chain::link(&previous, &receipt_content(community, &receipt, seq)) == hash;
        tally.row(follows, || format!("receipt {}", receipt.number));
        heads.insert(community, hash);
        Ok(())
    })?;
    tx.for_each::<DbError>(RECEIPT_HEADS, &[], |row| {
        let (community, head): (CommunityId, Option<[u8; 32]>) = (row.take()?, row.take()?);
        tally.row(heads.get(&community).copied() == head, || format!("the last receipt of {community}"));
        Ok(())
    })?;
    Ok(tally.check())
}

fn receipts(tx: &mut Tx<'_>) -> Result<Check, DbError> {
    let allocated = sums(tx, OF_RECEIPTS)?;
    let mut tally = Tally::new("receipts_are_allocated_to_the_fen");
    tx.for_each::<DbError>(RECEIPTS, &[], |row| {
        let (id, amount): (Uuid, Fen) = (row.get(4)?, row.get(8)?);
        tally.row(of(&allocated, id) == amount, || format!("receipt {id}"));
        Ok(())
    })?;
    Ok(tally.check())
}

fn prepaid(tx: &mut Tx<'_>) -> Result<Check, DbError> {
    let put_by = sums(tx, PUT_BY)?;
    let mut tally = Tally::new("prepaid_is_what_was_put_by_less_what_was_used");
    tx.for_each::<DbError>(ACCOUNTS, &[], |row| {
        let (id, prepaid): (Uuid, Fen) = (row.take()?, row.take()?);
        tally.row(prepaid == of(&put_by, id) && prepaid >= Fen::ZERO, || format!("account {id}"));
        Ok(())
    })?;
    Ok(tally.check())
}

/// The rule a late fee was frozen by.
fn clause_of(rule: &Json) -> Option<LateFeeClause> {
    Some(LateFeeClause {
        daily_rate: DailyRate::parse(rule.get("daily_rate")?.as_str()?).ok()?,
        grace_days: u32::try_from(rule.get("grace_days")?.as_u64()?).ok()?,
        cap_ratio: rule.get("cap_ratio").and_then(Json::as_str).and_then(|text| Decimal::from_str_exact(text).ok()),
    })
}

/// What was frozen up to a day is at most what the rule comes to on the payments before it, and the open part is what was
/// not paid of it.
fn late_fees(tx: &mut Tx<'_>) -> Result<Check, DbError> {
    let off = sums(tx, OFF_LATE_FEES)?;
    let mut payments: HashMap<Uuid, Vec<(NaiveDate, Fen)>> = HashMap::new();
    tx.for_each::<DbError>(PRINCIPAL_PAID, &[], |row| {
        let (charge, day, amount): (Uuid, NaiveDate, Fen) = (row.take()?, row.take()?, row.take()?);
        payments.entry(charge).or_default().push((day, amount));
        Ok(())
    })?;
    let mut frozen: HashMap<Uuid, Fen> = HashMap::new();
    let mut tally = Tally::new("late_fees_follow_from_their_rule");
    tx.for_each::<DbError>(LATE_FEES, &[], |row| {
        let (id, charge, to_on): (Uuid, Uuid, NaiveDate) = (row.take()?, row.take()?, row.take()?);
        let (amount, open): (Fen, Fen) = (row.take()?, row.take()?);
        let (rule, principal, due_on): (Json, Fen, NaiveDate) = (row.take()?, row.take()?, row.take()?);
        let sum = frozen.entry(charge).or_default();
        *sum += amount;
        let paid = payments.get(&charge).map(Vec::as_slice).unwrap_or_default();
        let whole = clause_of(&rule).map(|clause| late_fee(&clause, principal, due_on, paid, to_on).amount);
        tally.row(whole == Some(*sum) && open == amount - of(&off, id), || format!("late fee {id}"));
        Ok(())
    })?;
    Ok(tally.check())
}

/// Adjustments are not written by this version; one that is there was put in by hand.
fn adjustments(tx: &mut Tx<'_>) -> Result<Check, DbError> {
    let mut tally = Tally::new("no_adjustment_without_its_chain");
    tx.for_each::<DbError>(ADJUSTMENTS, &[], |row| {
        let id: Uuid = row.take()?;
        tally.row(false, || format!("adjustment {id}"));
        Ok(())
    })?;
    Ok(tally.check())
}
