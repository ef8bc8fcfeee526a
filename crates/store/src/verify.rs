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
//! | `adjustment.amount_fen` | its chain, and what it took off its charge or late fee |

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::arrears::late_fee::{LateFeeClause, late_fee};
use hemu_domain::arrears::pause::DayRange;
use hemu_domain::billing::Explanation;
use hemu_domain::ids::{AccountId, CommunityId, PartyId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::{DailyRate, Fen};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::check::{Check, Tally};
use crate::collection::work::{LateFeePause, read_pause};
use crate::ledger::adjustment::{self, AdjustmentRow};
use crate::ledger::{ReceiptRow, receipt_content};
use crate::{DbError, Row, Tx, audit, chain, collection};

const CHARGES: &str = "SELECT id, amount_fen, open_fen, explanation FROM charge ORDER BY community_id, id";
const OFF_CHARGES: &str = "SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) FROM allocation WHERE kind = 'principal'
    GROUP BY charge_id";
const ADJUSTED_CHARGES: &str = "SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT) FROM adjustment
    WHERE late_fee_id IS NULL GROUP BY charge_id";
const ADJUSTED_LATE_FEES: &str = "SELECT late_fee_id, CAST(SUM(amount_fen) AS BIGINT) FROM adjustment
    WHERE late_fee_id IS NOT NULL GROUP BY late_fee_id";
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
const LATE_FEES: &str =
    "SELECT l.id, l.charge_id, l.to_on, l.amount_fen, l.open_fen, l.rule, l.seq, c.amount_fen, c.due_on, l.community_id,
    a.party_id FROM late_fee l JOIN charge c ON c.community_id = l.community_id AND c.id = l.charge_id
    JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    WHERE l.live ORDER BY l.community_id, l.charge_id, l.seq";
const OFF_LATE_FEES: &str =
    "SELECT late_fee_id, CAST(SUM(amount_fen) AS BIGINT) FROM allocation WHERE kind = 'late_fee'
    GROUP BY late_fee_id";
const PRINCIPAL_PAID: &str = "SELECT a.charge_id, a.effective_on, a.amount_fen, a.seq FROM allocation a WHERE a.kind = 'principal'
    AND EXISTS (SELECT 1 FROM late_fee l WHERE l.community_id = a.community_id AND l.charge_id = a.charge_id) ORDER BY a.seq";
const ADJUSTMENTS: &str =
    "SELECT j.community_id, j.seq, j.prev_hash, j.hash, j.id, j.account_id, j.charge_id, j.late_fee_id,
    j.kind, j.amount_fen, j.effective_on, j.reason, j.requested_by, j.approved_by, j.recorded_at
    FROM adjustment j ORDER BY j.community_id, j.account_id, j.seq";

const PAUSES: &str = "SELECT c.party_id, h.scope, h.charge_ids, h.opened_on, h.released_on, h.expires_on, c.closed_on,
    h.community_id, h.seq FROM hold h LEFT JOIN case_file c ON c.community_id = h.community_id AND c.id = h.case_id
    WHERE h.suppress_late_fee ORDER BY h.community_id, h.seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    CHARGES,
    OFF_CHARGES,
    ADJUSTED_CHARGES,
    ADJUSTED_LATE_FEES,
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
    PAUSES,
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
    let (paid, adjusted) = (sums(tx, OFF_CHARGES)?, sums(tx, ADJUSTED_CHARGES)?);
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

/// What lowered the principal of a charge, and when that was recorded.
struct Lowered {
    seq: i64,
    amount: Fen,
    on: NaiveDate,
    adjustment: Option<AdjustmentKind>,
}

impl Lowered {
    /// The payment that the calculation of a late fee as of a day sees in it.
    fn as_payment(&self, due_on: NaiveDate, as_of: NaiveDate) -> Option<(NaiveDate, Fen)> {
        let from = match self.adjustment {
            None => Some(self.on),
            Some(kind) => kind.lowers_from(due_on, self.on, as_of),
        };
        from.map(|from| (from, self.amount))
    }
}

fn lowered_principals(tx: &mut Tx<'_>) -> Result<HashMap<Uuid, Vec<Lowered>>, DbError> {
    let mut lowered: HashMap<Uuid, Vec<Lowered>> = HashMap::new();
    tx.for_each::<DbError>(PRINCIPAL_PAID, &[], |row| {
        let (charge, on, amount, seq): (Uuid, NaiveDate, Fen, i64) =
            (row.take()?, row.take()?, row.take()?, row.take()?);
        lowered.entry(charge).or_default().push(Lowered { seq, amount, on, adjustment: None });
        Ok(())
    })?;
    tx.for_each::<DbError>(ADJUSTMENTS, &[], |row| {
        let (_, seq, _, _, adjustment) = read_adjustment(row)?;
        if adjustment.late_fee_id.is_none() {
            let AdjustmentRow { amount, effective_on: on, kind, .. } = adjustment;
            let one = Lowered { seq, amount, on, adjustment: Some(kind) };
            lowered.entry(adjustment.charge_id.uuid()).or_default().push(one);
        }
        Ok(())
    })?;
    Ok(lowered)
}

/// At each freezing, all that was frozen of a charge is what its rule came to on the payments known then (a payment entered
/// later for an earlier day does not change what was frozen); the open part is what was not paid or let off since.
fn late_fees(tx: &mut Tx<'_>) -> Result<Check, DbError> {
    let (paid, let_off) = (sums(tx, OFF_LATE_FEES)?, sums(tx, ADJUSTED_LATE_FEES)?);
    let (lowered, holds) = (lowered_principals(tx)?, pauses(tx)?);
    let mut frozen: HashMap<Uuid, Fen> = HashMap::new();
    let mut tally = Tally::new("late_fees_follow_from_their_rule");
    tx.for_each::<DbError>(LATE_FEES, &[], |row| {
        let (id, charge, to_on): (Uuid, Uuid, NaiveDate) = (row.take()?, row.take()?, row.take()?);
        let (amount, open): (Fen, Fen) = (row.take()?, row.take()?);
        let (rule, seq, principal, due_on): (Json, i64, Fen, NaiveDate) =
            (row.take()?, row.take()?, row.take()?, row.take()?);
        let (community, party): (CommunityId, PartyId) = (row.take()?, row.take()?);
        let sum = frozen.entry(charge).or_default();
        *sum += amount;
        let known = lowered.get(&charge).map(Vec::as_slice).unwrap_or_default().iter().filter(|one| one.seq < seq);
        let payments: Vec<(NaiveDate, Fen)> = known.filter_map(|one| one.as_payment(due_on, to_on)).collect();
        let paused = paused_of(&rule);
        let whole =
            clause_of(&rule).map(|clause| late_fee(&clause, principal, due_on, &payments, &paused, to_on).amount);
        let own = |hold: &&KnownPause| hold.community == community && hold.seq < seq && hold.covers(party, charge);
        let rests_on_holds = rests_on(&paused, holds.iter().filter(own), to_on);
        let left = amount - of(&paid, id) - of(&let_off, id);
        let holds = whole == Some(*sum) && rests_on_holds && open == left && open >= Fen::ZERO;
        tally.row(holds, || format!("late fee {id}"));
        Ok(())
    })?;
    Ok(tally.check())
}

/// A hold that stops the late fee, with its place among the facts.
struct KnownPause {
    community: CommunityId,
    seq: i64,
    pause: LateFeePause,
}

impl KnownPause {
    fn covers(&self, party: PartyId, charge: Uuid) -> bool {
        self.pause.covers(party, &charge.to_string())
    }
}

fn pauses(tx: &mut Tx<'_>) -> Result<Vec<KnownPause>, DbError> {
    tx.query(PAUSES, &[], |row| {
        let pause = read_pause(row)?;
        Ok(KnownPause { community: row.take()?, seq: row.take()?, pause })
    })
}

/// The days a frozen late fee left out.
fn paused_of(rule: &Json) -> Vec<DayRange> {
    rule.get("paused").cloned().and_then(|ranges| serde_json::from_value(ranges).ok()).unwrap_or_default()
}

/// Whether the days left out up to `to_on` are those of the holds known then. A hold that was in force then may have ended since,
/// so its days may have been cut later, never earlier than it ended.
fn rests_on<'a>(paused: &[DayRange], known: impl Iterator<Item = &'a KnownPause>, to_on: NaiveDate) -> bool {
    let mut known: Vec<&LateFeePause> = known.map(|one| &one.pause).filter(|one| one.opened_on <= to_on).collect();
    let mut paused = paused.to_vec();
    known.sort_by_key(|one| (one.opened_on, one.ended_on.unwrap_or(NaiveDate::MAX)));
    paused.sort_unstable();
    let fits = |(range, hold): (&DayRange, &&LateFeePause)| {
        let ended = hold.ended_on.unwrap_or(to_on).min(to_on);
        range.from == hold.opened_on && (ended..=to_on).contains(&range.to)
    };
    paused.len() == known.len() && paused.iter().zip(&known).all(fits)
}

/// An adjustment with its place in the chain: community, seq, previous hash, hash.
type Linked = (CommunityId, i64, [u8; 32], [u8; 32], AdjustmentRow);

fn read_adjustment(row: &Row<'_>) -> Result<Linked, DbError> {
    let (community, seq) = (row.take()?, row.take()?);
    let (previous, hash) = (row.take()?, row.take()?);
    let adjustment = AdjustmentRow {
        id: row.take()?,
        account_id: row.take()?,
        charge_id: row.take()?,
        late_fee_id: row.take()?,
        kind: row.parse(AdjustmentKind::parse)?,
        amount: row.take()?,
        effective_on: row.take()?,
        reason: row.take()?,
        requested_by: row.take()?,
        approved_by: row.take()?,
        recorded_at: row.take()?,
    };
    Ok((community, seq, previous, hash, adjustment))
}

/// Corrections and waivers are as they were written, account by account, each with a reason and two people.
fn adjustments(tx: &mut Tx<'_>) -> Result<Check, DbError> {
    let mut tally = Tally::new("adjustments_are_as_they_were_written");
    let mut heads: HashMap<AccountId, [u8; 32]> = HashMap::new();
    tx.for_each::<DbError>(ADJUSTMENTS, &[], |row| {
        let (community, seq, previous, hash, adjustment) = read_adjustment(row)?;
        let head = heads.insert(adjustment.account_id, hash).unwrap_or(chain::START);
        let content = adjustment::content(community, &adjustment, seq);
        let follows = previous == head && chain::link(&previous, &content) == hash;
        let two_people = adjustment.requested_by != adjustment.approved_by && !adjustment.reason.is_empty();
        tally.row(follows && two_people, || format!("adjustment {}", adjustment.id));
        Ok(())
    })?;
    Ok(tally.check())
}
