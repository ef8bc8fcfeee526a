//! Receipts, allocations, money put by, late fees, adjustments.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::arrears::late_fee::{LateFeeClause, late_fee};
use hemu_domain::arrears::pause::DayRange;
use hemu_domain::ids::{AccountId, CommunityId, PartyId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::ledger::standing::standing;
use serde_json::Value as Json;
use uuid::Uuid;

use super::{of, sums};
use crate::check::Tally;
use crate::collection::work::{LateFeePause, read_pause};
use crate::ledger::adjustment::{self, AdjustmentRow};
use crate::ledger::receipt::read_receipt;
use crate::ledger::receipt_content;
use crate::{DbError, Row, Tx, chain, params};

const RECEIPTS: &str = "SELECT seq, prev_hash, hash, id, account_id, number, key, amount_fen, received_on, method,
    remark, reverses_id, source_id, actor_name, recorded_at FROM receipt WHERE community_id = $1 ORDER BY seq";
const RECEIPT_HEAD: &str = "SELECT receipt_head FROM community WHERE id = $1";
const AMOUNTS: &str = "SELECT id, amount_fen, reversed FROM receipt WHERE community_id = $1 ORDER BY id";
const OF_RECEIPTS: &str = "SELECT receipt_id,
    CAST(SUM(CASE WHEN kind = 'prepaid_out' THEN -amount_fen ELSE amount_fen END) AS BIGINT) FROM allocation
    WHERE community_id = $1 GROUP BY receipt_id";
const REVERSED: &str = "SELECT reverses_id, CAST(SUM(-amount_fen) AS BIGINT) FROM receipt
    WHERE community_id = $1 AND reverses_id IS NOT NULL GROUP BY reverses_id";
/// What an allocation is of follows from its kind.
const MISSHAPEN: &str = "SELECT a.id FROM allocation a
    LEFT JOIN late_fee l ON l.community_id = a.community_id AND l.id = a.late_fee_id WHERE a.community_id = $1
    AND CASE a.kind WHEN 'late_fee' THEN l.id IS NULL OR COALESCE(a.charge_id, l.charge_id) <> l.charge_id
        WHEN 'prepaid_in' THEN a.charge_id IS NOT NULL OR a.late_fee_id IS NOT NULL ELSE a.late_fee_id IS NOT NULL END";
const ALLOCATIONS: &str = "SELECT a.id, a.receipt_id, a.charge_id, a.kind, a.amount_fen, a.effective_on, a.account_id,
    r.account_id, r.received_on, c.account_id, c.issued_on, c.due_on, a.late_fee_id FROM allocation a
    JOIN receipt r ON r.community_id = a.community_id AND r.id = a.receipt_id
    LEFT JOIN charge c ON c.community_id = a.community_id AND c.id = a.charge_id
    WHERE a.community_id = $1 ORDER BY a.receipt_id, a.charge_id, a.seq";
const ACCOUNTS: &str = "SELECT id, prepaid_fen FROM account WHERE community_id = $1 ORDER BY id";
const PUT_BY: &str = "SELECT account_id,
    CAST(SUM(CASE WHEN kind = 'prepaid_out' THEN -amount_fen ELSE amount_fen END) AS BIGINT) FROM allocation
    WHERE community_id = $1 AND kind IN ('prepaid_in', 'prepaid_out') GROUP BY account_id";
const LATE_FEES: &str =
    "SELECT l.id, l.charge_id, l.from_on, l.to_on, l.amount_fen, l.open_fen, l.rule, l.seq, c.amount_fen, c.due_on,
    a.party_id FROM late_fee l JOIN charge c ON c.community_id = l.community_id AND c.id = l.charge_id
    JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    WHERE l.community_id = $1 AND l.live ORDER BY l.charge_id, l.seq";
const REVERSED_LATE_FEES: &str = "SELECT charge_id, CAST(SUM(amount_fen) AS BIGINT),
    CAST(COUNT(CASE WHEN open_fen <> 0 THEN 1 END) AS BIGINT) FROM late_fee WHERE community_id = $1 AND NOT live
    GROUP BY charge_id";
const OFF_LATE_FEES: &str = "SELECT late_fee_id, CAST(SUM(amount_fen) AS BIGINT) FROM allocation
    WHERE community_id = $1 AND kind = 'late_fee' GROUP BY late_fee_id";
const ADJUSTED_LATE_FEES: &str = "SELECT late_fee_id, CAST(SUM(amount_fen) AS BIGINT) FROM adjustment
    WHERE community_id = $1 AND late_fee_id IS NOT NULL GROUP BY late_fee_id";
const PRINCIPAL_PAID: &str = "SELECT a.charge_id, a.effective_on, a.amount_fen, a.seq FROM allocation a
    WHERE a.community_id = $1 AND a.kind = 'principal'
    AND EXISTS (SELECT 1 FROM late_fee l WHERE l.community_id = a.community_id AND l.charge_id = a.charge_id) ORDER BY a.seq";
const RECALCULATIONS: &str = "SELECT charge_id, seq, amount_fen FROM adjustment
    WHERE community_id = $1 AND kind = 'recalculation' AND charge_id IS NOT NULL ORDER BY seq";
const ADJUSTMENTS: &str = "SELECT j.community_id, j.seq, j.prev_hash, j.hash, j.id, j.account_id, j.charge_id,
    j.late_fee_id, j.kind, j.amount_fen, j.effective_on, j.reason, j.requested_by, j.approved_by, j.recorded_at
    FROM adjustment j WHERE j.community_id = $1 ORDER BY j.account_id, j.seq";

const PAUSES: &str =
    "SELECT c.party_id, h.scope, h.charge_ids, h.opened_on, h.released_on, h.expires_on, c.closed_on, h.seq, k.overruled
    FROM hold h LEFT JOIN case_file c ON c.community_id = h.community_id AND c.id = h.case_id
    LEFT JOIN complaint k ON k.community_id = h.community_id AND k.id = h.complaint_id
    WHERE h.community_id = $1 AND h.suppress_late_fee ORDER BY h.seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    RECEIPTS,
    RECEIPT_HEAD,
    AMOUNTS,
    OF_RECEIPTS,
    REVERSED,
    MISSHAPEN,
    ALLOCATIONS,
    ACCOUNTS,
    PUT_BY,
    LATE_FEES,
    REVERSED_LATE_FEES,
    OFF_LATE_FEES,
    ADJUSTED_LATE_FEES,
    PRINCIPAL_PAID,
    ADJUSTMENTS,
    RECALCULATIONS,
    PAUSES,
];

pub fn receipt_chain(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let mut last: Option<[u8; 32]> = None;
    tx.for_each::<DbError>(RECEIPTS, &params![community], |row| {
        let seq: i64 = row.take()?;
        let (previous, hash): ([u8; 32], [u8; 32]) = (row.take()?, row.take()?);
        let receipt = read_receipt(row)?;
        let head = last.unwrap_or(chain::START);
        let follows = previous == head && chain::link(&previous, &receipt_content(community, &receipt, seq)) == hash;
        tally.row(follows, || format!("receipt {}", receipt.number));
        last = Some(hash);
        Ok(())
    })?;
    let head: Option<[u8; 32]> = tx.query_one("community", RECEIPT_HEAD, &params![community], |row| row.take())?;
    tally.row(last == head, || format!("the last receipt of {community}"));
    Ok(())
}

/// A receipt is allocated to the fen, and reversed in full or not at all.
pub fn receipts(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let (allocated, reversed) = (sums(tx, OF_RECEIPTS, community)?, sums(tx, REVERSED, community)?);
    tx.for_each::<DbError>(AMOUNTS, &params![community], |row| {
        let (id, amount, marked): (Uuid, Fen, bool) = (row.take()?, row.take()?, row.take()?);
        let taken_back = reversed.get(&id).copied();
        let sound = marked == taken_back.is_some() && taken_back.is_none_or(|back| back == amount);
        tally.row(of(&allocated, id) == amount && sound, || format!("receipt {id}"));
        Ok(())
    })
}

/// An allocation with what it must agree with.
struct Allocated {
    id: Uuid,
    of: (Uuid, Option<Uuid>),
    kind: String,
    late_fee: Option<Uuid>,
    amount: Fen,
    effective_on: NaiveDate,
    /// Whether account, receipt's account and charge's account are one.
    one_account: bool,
    received_on: NaiveDate,
    /// From when money put by counts on the charge.
    counts_from: Option<NaiveDate>,
}

/// An allocation counts from the day of its receipt. Money put by that is taken for a charge pays that charge, to the fen, and
/// counts from the day the charge was issued or due, whichever was first. All are of one account. What was given to a charge and
/// taken back from it, when that was billed anew, leaves nothing.
pub fn allocations(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    for id in tx.query(MISSHAPEN, &params![community], |row| row.take::<Uuid>())? {
        tally.row(false, || format!("allocation {id}"));
    }
    let mut group: Vec<Allocated> = Vec::new();
    tx.for_each::<DbError>(ALLOCATIONS, &params![community], |row| {
        let next = read_allocated(row)?;
        if group.first().is_some_and(|first| first.of != next.of) {
            check_group(std::mem::take(&mut group), tally);
        }
        group.push(next);
        Ok(())
    })?;
    check_group(group, tally);
    Ok(())
}

fn read_allocated(row: &Row<'_>) -> Result<Allocated, DbError> {
    let (id, receipt, charge): (Uuid, Uuid, Option<Uuid>) = (row.take()?, row.take()?, row.take()?);
    let (kind, amount, effective_on): (String, Fen, NaiveDate) = (row.take()?, row.take()?, row.take()?);
    let (account, receiver): (AccountId, AccountId) = (row.take()?, row.take()?);
    let received_on: NaiveDate = row.take()?;
    let debtor: Option<AccountId> = row.take()?;
    let (issued_on, due_on): (Option<NaiveDate>, Option<NaiveDate>) = (row.take()?, row.take()?);
    Ok(Allocated {
        late_fee: row.take()?,
        id,
        of: (receipt, charge),
        one_account: account == receiver && debtor.is_none_or(|debtor| debtor == account),
        counts_from: issued_on.zip(due_on).map(|(issued_on, due_on)| issued_on.min(due_on).max(received_on)),
        kind,
        amount,
        effective_on,
        received_on,
    })
}

fn check_group(group: Vec<Allocated>, tally: &mut Tally) {
    let alike = |one: &Allocated| (one.kind.clone(), one.late_fee, one.effective_on);
    for one in group.iter().filter(|one| !one.one_account) {
        tally.row(false, || format!("allocation {}", one.id));
    }
    let mut rows = standing(group, |one| one.amount, alike);
    // Money put by first: each use of it pays principal, to the fen, on the day on which it counts.
    while let Some(place) = rows.iter().position(|one| one.kind == "prepaid_out") {
        let used = rows.swap_remove(place);
        let pays = |one: &Allocated| {
            one.kind == "principal" && one.amount == used.amount && one.effective_on == used.effective_on
        };
        // A reversal counts from its own day, whatever it takes back.
        let expected = if used.amount.is_positive() { used.counts_from } else { Some(used.received_on) };
        let paid = rows.iter().position(pays).map(|place| rows.swap_remove(place));
        tally.row(paid.is_some() && Some(used.effective_on) == expected, || format!("allocation {}", used.id));
    }
    for one in rows {
        tally.row(one.effective_on == one.received_on, || format!("allocation {}", one.id));
    }
}

pub fn prepaid(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let put_by = sums(tx, PUT_BY, community)?;
    tx.for_each::<DbError>(ACCOUNTS, &params![community], |row| {
        let (id, prepaid): (Uuid, Fen) = (row.take()?, row.take()?);
        tally.row(prepaid == of(&put_by, id) && prepaid >= Fen::ZERO, || format!("account {id}"));
        Ok(())
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

fn lowered_principals(tx: &mut Tx<'_>, community: CommunityId) -> Result<HashMap<Uuid, Vec<Lowered>>, DbError> {
    let mut lowered: HashMap<Uuid, Vec<Lowered>> = HashMap::new();
    tx.for_each::<DbError>(PRINCIPAL_PAID, &params![community], |row| {
        let (charge, on, amount, seq): (Uuid, NaiveDate, Fen, i64) =
            (row.take()?, row.take()?, row.take()?, row.take()?);
        lowered.entry(charge).or_default().push(Lowered { seq, amount, on, adjustment: None });
        Ok(())
    })?;
    tx.for_each::<DbError>(ADJUSTMENTS, &params![community], |row| {
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

/// What was taken off the frozen late fees of each charge by computing them again, and when that was recorded.
fn recalculations(tx: &mut Tx<'_>, community: CommunityId) -> Result<HashMap<Uuid, Vec<(i64, Fen)>>, DbError> {
    let mut found: HashMap<Uuid, Vec<(i64, Fen)>> = HashMap::new();
    tx.for_each::<DbError>(RECALCULATIONS, &params![community], |row| {
        found.entry(row.take()?).or_default().push((row.take()?, row.take()?));
        Ok(())
    })?;
    Ok(found)
}

/// What is frozen of a charge so far.
struct Frozen {
    sum: Fen,
    to_on: NaiveDate,
}

/// At each freezing, all that was frozen of a charge, less what had been computed again, is what its rule came to on the payments
/// known then (a payment entered later for an earlier day does not change what was frozen: that is an adjustment of its own);
/// days follow on days; the open part is what was not paid or let off since.
pub fn late_fees(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let (paid, let_off) = (sums(tx, OFF_LATE_FEES, community)?, sums(tx, ADJUSTED_LATE_FEES, community)?);
    let (lowered, holds) = (lowered_principals(tx, community)?, pauses(tx, community)?);
    let recalculated = recalculations(tx, community)?;
    let mut frozen: HashMap<Uuid, Frozen> = HashMap::new();
    tx.for_each::<DbError>(LATE_FEES, &params![community], |row| {
        let (id, charge): (Uuid, Uuid) = (row.take()?, row.take()?);
        let (from_on, to_on): (NaiveDate, NaiveDate) = (row.take()?, row.take()?);
        let (amount, open): (Fen, Fen) = (row.take()?, row.take()?);
        let (rule, seq, principal, due_on): (Json, i64, Fen, NaiveDate) =
            (row.take()?, row.take()?, row.take()?, row.take()?);
        let party: PartyId = row.take()?;
        let so_far = frozen.entry(charge).or_insert(Frozen { sum: Fen::ZERO, to_on: due_on });
        let follows = from_on == so_far.to_on;
        so_far.sum += amount;
        so_far.to_on = so_far.to_on.max(to_on);
        let known = lowered.get(&charge).map(Vec::as_slice).unwrap_or_default().iter().filter(|one| one.seq < seq);
        let payments: Vec<(NaiveDate, Fen)> = known.filter_map(|one| one.as_payment(due_on, to_on)).collect();
        let paused = paused_of(&rule);
        let whole = LateFeeClause::thaw(&rule)
            .map(|clause| late_fee(&clause, principal, due_on, &payments, &paused, to_on).amount);
        let own = |hold: &&KnownPause| hold.seq < seq && hold.covers(party, charge);
        let follows = follows && rests_on(&paused, holds.iter().filter(own), to_on);
        let left = amount - of(&paid, id) - of(&let_off, id);
        let again = recalculated.get(&charge).map(Vec::as_slice).unwrap_or_default();
        let again: Fen = again.iter().filter(|(known, _)| *known < seq).map(|(_, amount)| *amount).sum();
        let sound = whole == Some(so_far.sum - again) && follows && open == left && open >= Fen::ZERO;
        tally.row(sound, || format!("late fee {id}"));
        Ok(())
    })?;
    reversed_late_fees(tx, community, tally)
}

/// Late fees of a charge that was reversed are taken back whole, and nothing of them is open.
fn reversed_late_fees(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(REVERSED_LATE_FEES, &params![community], |row| {
        let (charge, sum, open): (Uuid, Fen, i64) = (row.take()?, row.take()?, row.take()?);
        tally.row(sum.is_zero() && open == 0, || format!("late fees of {charge}"));
        Ok(())
    })
}

/// A hold that stops the late fee, with its place among the facts.
struct KnownPause {
    seq: i64,
    /// The complaint behind it was found wrong: what was frozen since does not leave its days out.
    overruled: bool,
    pause: LateFeePause,
}

impl KnownPause {
    fn covers(&self, party: PartyId, charge: Uuid) -> bool {
        self.pause.covers(party, &charge.to_string())
    }
}

fn pauses(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<KnownPause>, DbError> {
    tx.query(PAUSES, &params![community], |row| {
        let pause = read_pause(row)?;
        let (seq, overruled): (i64, Option<bool>) = (row.take()?, row.take()?);
        Ok(KnownPause { seq, overruled: overruled.unwrap_or(false), pause })
    })
}

/// The days a frozen late fee left out.
fn paused_of(rule: &Json) -> Vec<DayRange> {
    rule.get("paused").cloned().and_then(|ranges| serde_json::from_value(ranges).ok()).unwrap_or_default()
}

/// Whether the days left out up to `to_on` are those of the holds known then. A hold that was in force then may have ended since,
/// so its days may have been cut later, never earlier than it ended; one that was overruled since may be missing.
fn rests_on<'a>(paused: &[DayRange], known: impl Iterator<Item = &'a KnownPause>, to_on: NaiveDate) -> bool {
    let mut known: Vec<&KnownPause> = known.filter(|one| one.pause.opened_on <= to_on).collect();
    let mut paused = paused.to_vec();
    let ended = |one: &KnownPause| one.pause.ended_on.unwrap_or(NaiveDate::MAX);
    known.sort_by_key(|one| (one.pause.opened_on, ended(one), one.overruled));
    paused.sort_unstable();
    let fits = |range: &DayRange, one: &KnownPause| {
        range.from == one.pause.opened_on && (ended(one).min(to_on)..=to_on).contains(&range.to)
    };
    let all_known = paused.iter().all(|range| match known.iter().position(|one| fits(range, one)) {
        Some(place) => {
            known.remove(place);
            true
        }
        None => false,
    });
    all_known && known.iter().all(|one| one.overruled)
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
pub fn adjustments(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let mut heads: HashMap<AccountId, [u8; 32]> = HashMap::new();
    tx.for_each::<DbError>(ADJUSTMENTS, &params![community], |row| {
        let (community, seq, previous, hash, adjustment) = read_adjustment(row)?;
        let head = heads.insert(adjustment.account_id, hash).unwrap_or(chain::START);
        let content = adjustment::content(community, &adjustment, seq);
        let follows = previous == head && chain::link(&previous, &content) == hash;
        let two_people = adjustment.requested_by != adjustment.approved_by && !adjustment.reason.is_empty();
        tally.row(follows && two_people, || format!("adjustment {}", adjustment.id));
        Ok(())
    })
}
