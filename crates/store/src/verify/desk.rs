//! The cash desk: numbers without gaps, tenders that add up, small change let off, money given back, shifts, rules.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike, FixedOffset, Utc};
use hemu_domain::Fen;
use hemu_domain::ids::CommunityId;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::check::Tally;
use crate::desk::shift::{read_closing, read_shift};
use crate::desk::{ClosingRow, DeskRule, ShiftRow, get_rule};
use crate::{DbError, Tx, params};

const NUMBERS: &str = "SELECT number, recorded_at FROM receipt WHERE community_id = $1 ORDER BY seq";
const COUNTERS: &str = "SELECT year, last_no FROM receipt_counter WHERE community_id = $1 ORDER BY year";
const TENDERED: &str = "SELECT r.id, r.method, r.amount_fen, CAST(COUNT(t.id) AS BIGINT),
    CAST(COALESCE(SUM(t.amount_fen), 0) AS BIGINT), CAST(COUNT(CASE WHEN t.handed_fen < t.amount_fen
        OR (t.handed_fen > t.amount_fen AND t.method <> 'cash') THEN 1 END) AS BIGINT),
    CAST(COUNT(CASE WHEN t.method <> r.method THEN 1 END) AS BIGINT) FROM receipt r
    LEFT JOIN receipt_tender t ON t.community_id = r.community_id AND t.receipt_id = r.id
    WHERE r.community_id = $1 AND (r.method = 'mixed' OR t.id IS NOT NULL)
    GROUP BY r.community_id, r.id, r.method, r.amount_fen ORDER BY r.id";
const ROUNDED: &str = "SELECT j.id, j.amount_fen, r.id, r.amount_fen,
    CAST(CASE WHEN r.account_id = j.account_id AND r.received_on = j.effective_on THEN 1 ELSE 0 END AS BIGINT) FROM adjustment j
    LEFT JOIN receipt_rounding t ON t.community_id = j.community_id AND t.id = j.id
    LEFT JOIN receipt r ON r.community_id = t.community_id AND r.id = t.receipt_id
    WHERE j.community_id = $1 AND j.kind = 'rounding' ORDER BY j.id";
const TIES: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM receipt_rounding t
    LEFT JOIN adjustment j ON j.community_id = t.community_id AND j.id = t.id
    WHERE t.community_id = $1 AND (j.id IS NULL OR j.kind <> 'rounding')";
/// What is left of what each receipt put by, and whether all that touched it was of its account.
const LEFT: &str = "SELECT COALESCE(r.source_id, r.reverses_id, r.id),
    CAST(SUM(CASE WHEN a.kind = 'prepaid_in' THEN a.amount_fen ELSE -a.amount_fen END) AS BIGINT),
    CAST(COUNT(DISTINCT a.account_id) AS BIGINT) FROM allocation a
    JOIN receipt r ON r.community_id = a.community_id AND r.id = a.receipt_id
    WHERE a.community_id = $1 AND a.kind IN ('prepaid_in', 'prepaid_out')
    GROUP BY COALESCE(r.source_id, r.reverses_id, r.id)";
const MOVED: &str =
    "SELECT id, key, amount_fen, reverses_id FROM receipt WHERE community_id = $1 AND method = 'moved' ORDER BY seq";
const SHIFTS: &str =
    "SELECT s.id, s.cashier, s.opened_at, s.opened_on, s.float_fen, s.seq, c.id, c.shift_id, c.closed_at,
    c.closed_on, c.closed_by, c.expected_fen, c.counted_fen, c.lines, c.reason, c.seq, s.is_open FROM desk_closing c
    JOIN desk_shift s ON s.community_id = c.community_id AND s.id = c.shift_id WHERE c.community_id = $1 ORDER BY c.id";
const TAKEN: &str = "SELECT r.seq, r.actor_name, r.method, r.amount_fen FROM receipt r
    WHERE r.community_id = $1 AND r.method NOT IN ('mixed', 'moved', 'opening')
    UNION ALL SELECT r.seq, r.actor_name, t.method, t.amount_fen FROM receipt r
    JOIN receipt_tender t ON t.community_id = r.community_id AND t.receipt_id = r.id
    WHERE r.community_id = $1 AND r.method = 'mixed'";
const CLOSED_WITHOUT: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM desk_shift s WHERE s.community_id = $1 AND NOT s.is_open
    AND NOT EXISTS (SELECT 1 FROM desk_closing c WHERE c.community_id = s.community_id AND c.shift_id = s.id)";
const RULE_SAID: &str =
    "SELECT detail FROM audit_entry WHERE community_id = $1 AND act = 'desk.rule' ORDER BY seq DESC LIMIT 1";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[NUMBERS, COUNTERS, TENDERED, ROUNDED, TIES, LEFT, MOVED, SHIFTS, TAKEN, CLOSED_WITHOUT, RULE_SAID];

/// No small change let off is above this, whatever a community's own limit.
const LARGEST_ROUNDING: Fen = Fen::new(1_000);

/// Receipts of a year of entry are numbered one after another, from 1 to the last number given.
pub fn numbers(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let mut last: HashMap<i64, i64> = HashMap::new();
    tx.for_each::<DbError>(NUMBERS, &params![community], |row| {
        let (number, recorded_at): (String, DateTime<Utc>) = (row.take()?, row.take()?);
        let year = china_year(recorded_at);
        let expected = last.entry(year).or_insert(0);
        *expected += 1;
        tally.row(number == format!("R{year:04}-{expected:06}"), || format!("receipt {number}"));
        Ok(())
    })?;
    let counters = tx.query(COUNTERS, &params![community], |row| Ok((row.take::<i64>()?, row.take::<i64>()?)))?;
    let counted: HashMap<i64, i64> = counters.into_iter().collect();
    tally.row(counted == last, || format!("the receipt counters of {community}"));
    Ok(())
}

fn china_year(at: DateTime<Utc>) -> i64 {
    let china = FixedOffset::east_opt(8 * 3600).expect("UTC+8 is an offset");
    i64::from(at.with_timezone(&china).year())
}

/// The ways in which a receipt was paid add up to it; change was given for cash alone.
pub fn tenders(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(TENDERED, &params![community], |row| {
        let (id, method, amount): (Uuid, String, Fen) = (row.take()?, row.take()?, row.take()?);
        let (lines, sum, odd, others): (i64, Fen, i64, i64) = (row.take()?, row.take()?, row.take()?, row.take()?);
        let fits = if method == "mixed" { lines >= 2 } else { lines == 1 && others == 0 };
        tally.row(fits && sum == amount && odd == 0, || format!("receipt {id}"));
        Ok(())
    })
}

/// Small change is let off with a receipt of the same account and day, never more than ten yuan, and given back with its reversal;
/// what is taken back of a charge that is billed anew is let off again of the one in its place.
pub fn roundings(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let mut sums: HashMap<Uuid, (Fen, Fen)> = HashMap::new();
    tx.for_each::<DbError>(ROUNDED, &params![community], |row| {
        let (id, amount, receipt): (Uuid, Fen, Option<Uuid>) = (row.take()?, row.take()?, row.take()?);
        let (received, same): (Option<Fen>, i64) = (row.take()?, row.take()?);
        if let Some((receipt, received)) = receipt.zip(received) {
            sums.entry(receipt).or_insert((received, Fen::ZERO)).1 += amount;
        }
        let small = amount < LARGEST_ROUNDING && -amount < LARGEST_ROUNDING;
        tally.row(receipt.is_some() && small && same == 1, || format!("adjustment {id}"));
        Ok(())
    })?;
    for (receipt, (received, sum)) in sums {
        let one_way = sum.is_zero() || received.is_positive() == sum.is_positive();
        tally.row(one_way, || format!("small change of receipt {receipt}"));
    }
    let strays: i64 = tx.query_one("count", TIES, &params![community], |row| row.take())?;
    tally.row(strays == 0, || format!("{strays} roundings of {community} that are none"));
    Ok(())
}

/// No more is given back, moved on or used than a receipt put by; what leaves one account enters another.
pub fn put_by(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(LEFT, &params![community], |row| {
        let (source, left, accounts): (Uuid, Fen, i64) = (row.take()?, row.take()?, row.take()?);
        tally.row(left >= Fen::ZERO && accounts == 1, || format!("money put by with receipt {source}"));
        Ok(())
    })?;
    let mut open: HashMap<String, Fen> = HashMap::new();
    let mut sum = Fen::ZERO;
    tx.for_each::<DbError>(MOVED, &params![community], |row| {
        let (id, key): (Uuid, String) = (row.take()?, row.take()?);
        let (amount, reverses): (Fen, Option<Uuid>) = (row.take()?, row.take()?);
        sum += amount;
        if reverses.is_none() {
            match key.strip_prefix("moved-from:") {
                Some(from) => {
                    let left = open.remove(from);
                    tally.row(left == Some(-amount), || format!("receipt {id}"));
                }
                None => {
                    open.insert(id.to_string(), amount);
                }
            }
        }
        Ok(())
    })?;
    tally.row(open.is_empty() && sum.is_zero(), || format!("money moved in {community} comes to {sum}"));
    Ok(())
}

/// What a closing expected is what the receipts of its shift come to with the float; both totals are those of its lines; who found
/// a difference says why.
pub fn closings(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let closed = tx.query(SHIFTS, &params![community], |row| {
        let (shift, closing) = (read_shift(row)?, read_closing(row)?);
        Ok(Closed { shift, closing, seq: row.take()?, is_open: row.take()? })
    })?;
    let taken = taken_in(tx, community, &closed)?;
    for (place, one) in closed.iter().enumerate() {
        tally.row(is_sound(one, &taken[place]), || format!("closing {}", one.closing.id));
    }
    let without: i64 = tx.query_one("count", CLOSED_WITHOUT, &params![community], |row| row.take())?;
    tally.row(without == 0, || format!("{without} shifts of {community} that nobody closed"));
    Ok(())
}

struct Closed {
    shift: ShiftRow,
    closing: ClosingRow,
    /// The number of the closing among the facts.
    seq: i64,
    is_open: bool,
}

/// What came in by each method, shift by shift; all receipts are read once, and each finds the shift it belongs to.
fn taken_in(tx: &mut Tx<'_>, community: CommunityId, closed: &[Closed]) -> Result<Vec<HashMap<String, Fen>>, DbError> {
    let mut of: HashMap<&str, BTreeMap<i64, usize>> = HashMap::new();
    for (place, one) in closed.iter().enumerate() {
        of.entry(one.shift.cashier.as_str()).or_default().insert(one.shift.seq, place);
    }
    let mut taken = vec![HashMap::new(); closed.len()];
    tx.for_each::<DbError>(TAKEN, &params![community], |row| {
        let (seq, cashier): (i64, String) = (row.take()?, row.take()?);
        let shift = of.get(cashier.as_str()).and_then(|shifts| shifts.range(..seq).next_back());
        if let Some((_, place)) = shift.filter(|(_, place)| seq < closed[**place].seq) {
            *taken[*place].entry(row.take()?).or_insert(Fen::ZERO) += row.take::<Fen>()?;
        }
        Ok(())
    })?;
    Ok(taken)
}

fn is_sound(one: &Closed, taken: &HashMap<String, Fen>) -> bool {
    let (shift, closing) = (&one.shift, &one.closing);
    let expected = shift.float + taken.values().copied().sum::<Fen>();
    let by_method = taken.iter().all(|(method, amount)| {
        let own = if method == "cash" { *amount + shift.float } else { *amount };
        line_of(&closing.lines, method, "expected") == Some(own)
    });
    let (expecteds, counteds) = (amounts(&closing.lines, "expected"), amounts(&closing.lines, "counted"));
    let sums = closing.expected == expected
        && expecteds.iter().copied().sum::<Fen>() == expected
        && counteds.iter().copied().sum::<Fen>() == closing.counted;
    !one.is_open && by_method && sums && (expecteds == counteds || !closing.reason.is_empty())
}

fn amount_of(line: &Json, what: &str) -> Option<Fen> {
    line.get(what)?.as_str().and_then(|text| Fen::parse(text).ok())
}

fn amounts(lines: &Json, what: &str) -> Vec<Fen> {
    lines.as_array().into_iter().flatten().map(|line| amount_of(line, what).unwrap_or(Fen::ZERO)).collect()
}

fn line_of(lines: &Json, method: &str, what: &str) -> Option<Fen> {
    let mut lines = lines.as_array()?.iter();
    amount_of(lines.find(|line| line.get("method").and_then(Json::as_str) == Some(method))?, what)
}

/// The rules of the desk are those that were set last.
pub fn rules(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let said: Option<Json> = tx.query_opt(RULE_SAID, &params![community], |row| row.take())?;
    let expected = said.map_or(Some(DeskRule::default()), |said| {
        Some(DeskRule {
            rounding_limit: amount_of(&said, "rounding_limit")?,
            needs_shift: said.get("needs_shift")?.as_bool()?,
        })
    });
    let rule = get_rule(tx, community)?;
    tally.row(expected == Some(rule), || format!("the desk of {community}"));
    Ok(())
}
