//! Promises to pay (承诺): chained as they were given, ended once.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{CaseId, CommunityId, PromiseId};
use uuid::Uuid;

use crate::collection::facts::{Scope, Scoped, scoped};
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, chain, params};

/// A promise to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseRow {
    /// Its id.
    pub id: PromiseId,
    /// The case.
    pub case_id: CaseId,
    /// How much.
    pub amount_fen: Fen,
    /// When it was given.
    pub promised_on: NaiveDate,
    /// By when.
    pub due_on: NaiveDate,
    /// Over which channel.
    pub channel: String,
    /// Who took it.
    pub taken_by: String,
    /// `offered`, `active`, `kept`, `part_kept`, `broken`, `withdrawn`, `superseded`, `accepted` or `lapsed`.
    pub state: String,
    /// When it was kept or broken, or the offer came to its end.
    pub settled_on: Option<NaiveDate>,
    /// The offer it was agreed from, or the promise it takes the place of.
    pub replaces_id: Option<PromiseId>,
    /// The last day to agree to it, for an offer.
    pub lapses_on: Option<NaiveDate>,
}

const PROMISES: &str = "SELECT id, case_id, amount_fen, promised_on, due_on, channel, taken_by, state, settled_on,
    replaces_id, lapses_on FROM promise WHERE community_id = $1 ORDER BY case_id, seq";
const FIND: &str = "SELECT id, case_id, amount_fen, promised_on, due_on, channel, taken_by, state, settled_on,
    replaces_id, lapses_on FROM promise WHERE community_id = $1 AND id = $2";
const ACTIVE: Scoped = scoped!(
    "SELECT id, case_id, amount_fen, promised_on, due_on, channel, taken_by, state, settled_on,
    replaces_id, lapses_on FROM promise WHERE community_id = $1 AND state = 'active'",
    " AND case_id IN ({ids})",
    " ORDER BY case_id"
);
const BROKEN: Scoped = scoped!(
    "SELECT case_id, CAST(COUNT(*) AS BIGINT) FROM promise WHERE community_id = $1 AND state = 'broken'",
    " AND case_id IN ({ids})",
    " GROUP BY case_id"
);
const LAST_PROMISE_HASH: &str =
    "SELECT hash FROM promise WHERE community_id = $1 AND case_id = $2 ORDER BY seq DESC LIMIT 1";
const INSERT_PROMISE: &str =
    "INSERT INTO promise (community_id, id, case_id, amount_fen, promised_on, due_on, channel, taken_by,
    state, settled_on, replaces_id, lapses_on, seq, prev_hash, hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
const SETTLE_OF_CASES: &str =
    "UPDATE promise SET state = $2, settled_on = $3 WHERE community_id = $1 AND state = 'active'
    AND case_id IN ({ids})";
const SETTLE_PROMISE: &str = "UPDATE promise SET state = $3, settled_on = $4 WHERE community_id = $1 AND id = $2
    AND state IN ('active', 'offered')";
const COUNT_OVERDUE_OFFERS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM promise
    WHERE community_id = $1 AND state = 'offered' AND lapses_on < $2";
const LAPSE_OFFERS: &str = "UPDATE promise SET state = 'lapsed', settled_on = $2
    WHERE community_id = $1 AND state = 'offered' AND lapses_on < $2";
const END_OFFERS: &str = "UPDATE promise SET state = $3, settled_on = $4
    WHERE community_id = $1 AND case_id = $2 AND state = 'offered'";

/// Every statement of this module but that with an id list.
pub const STATEMENTS: &[&str] = &[
    PROMISES,
    FIND,
    ACTIVE.all,
    ACTIVE.few,
    BROKEN.all,
    BROKEN.few,
    LAST_PROMISE_HASH,
    INSERT_PROMISE,
    SETTLE_PROMISE,
    COUNT_OVERDUE_OFFERS,
    LAPSE_OFFERS,
    END_OFFERS,
];

/// All promises, in case order, newest last.
///
/// # Errors
/// When the database refuses.
pub fn list_promises(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<PromiseRow>, DbError> {
    tx.query(PROMISES, &params![community], read_promise)
}

/// A promise or offer by its id.
///
/// # Errors
/// When the database refuses.
pub fn find_promise(tx: &mut Tx<'_>, community: CommunityId, id: PromiseId) -> Result<Option<PromiseRow>, DbError> {
    tx.query_opt(FIND, &params![community, id], read_promise)
}

/// The promises that run: at most one per case.
///
/// # Errors
/// When the database refuses.
pub fn list_active_promises(
    tx: &mut Tx<'_>,
    community: CommunityId,
    scope: Scope<'_>,
) -> Result<Vec<PromiseRow>, DbError> {
    scope.query_by_case(tx, ACTIVE, &params![community], read_promise)
}

/// How many promises were broken in each case that broke any.
///
/// # Errors
/// When the database refuses.
pub fn list_broken_promises(
    tx: &mut Tx<'_>,
    community: CommunityId,
    scope: Scope<'_>,
) -> Result<Vec<(CaseId, i64)>, DbError> {
    scope.query_by_case(tx, BROKEN, &params![community], |row| Ok((row.take()?, row.take()?)))
}

pub(crate) fn read_promise(row: &Row<'_>) -> Result<PromiseRow, DbError> {
    Ok(PromiseRow {
        id: row.take()?,
        case_id: row.take()?,
        amount_fen: row.take()?,
        promised_on: row.take()?,
        due_on: row.take()?,
        channel: row.take()?,
        taken_by: row.take()?,
        state: row.take()?,
        settled_on: row.take()?,
        replaces_id: row.take()?,
        lapses_on: row.take()?,
    })
}

/// What a promise's hash covers: everything that was said, not how it ended.
#[must_use]
pub fn promise_content(community: CommunityId, p: &PromiseRow) -> Vec<Value> {
    let said = params![community, p.id, p.case_id, p.amount_fen, p.promised_on, p.due_on, &p.channel, &p.taken_by];
    [&said[..], &params![p.replaces_id, p.lapses_on]].concat()
}

/// Writes a promise at the end of its case's chain.
///
/// # Errors
/// [`DbError::Duplicate`] when the case has an active one.
pub fn insert_promise(tx: &mut Tx<'_>, community: CommunityId, p: &PromiseRow, seq: i64) -> Result<(), DbError> {
    let last = tx.query_opt(LAST_PROMISE_HASH, &params![community, p.case_id], |row| row.take::<[u8; 32]>())?;
    let previous = last.unwrap_or(chain::START);
    let hash = chain::link(&previous, &promise_content(community, p));
    let values = params![
        community,
        p.id,
        p.case_id,
        p.amount_fen,
        p.promised_on,
        p.due_on,
        &p.channel,
        &p.taken_by,
        &p.state,
        p.settled_on,
        p.replaces_id,
        p.lapses_on,
        seq,
        previous,
        hash
    ];
    tx.execute(INSERT_PROMISE, &values)?;
    digest::add(tx, community, Register::Promises, &SetDigest::of(&promise_content(community, p)))
}

/// Ends an offer or a running promise; false when it was neither.
///
/// # Errors
/// When the database refuses.
pub fn settle_promise(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: PromiseId,
    state: &str,
    on: NaiveDate,
) -> Result<bool, DbError> {
    tx.execute(SETTLE_PROMISE, &params![community, id, state, on]).map(|rows| rows == 1)
}

/// Ends the active promises of cases.
///
/// # Errors
/// When the database refuses.
pub fn settle_promises_of_cases(
    tx: &mut Tx<'_>,
    community: CommunityId,
    cases: &[Uuid],
    state: &str,
    on: NaiveDate,
) -> Result<(), DbError> {
    tx.execute_in(SETTLE_OF_CASES, &params![community, state, on], cases).map(|_| ())
}

/// How many offers nobody agreed to by their last day.
///
/// # Errors
/// When the database refuses.
pub fn count_overdue_offers(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<i64, DbError> {
    tx.query_one("offers", COUNT_OVERDUE_OFFERS, &params![community, as_of], |row| row.take())
}

/// Ends those offers.
///
/// # Errors
/// When the database refuses.
pub fn lapse_offers(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<(), DbError> {
    tx.execute(LAPSE_OFFERS, &params![community, as_of]).map(|_| ())
}

/// Ends the offers of a case that stand.
///
/// # Errors
/// When the database refuses.
pub fn end_offers(
    tx: &mut Tx<'_>,
    community: CommunityId,
    case: CaseId,
    (state, on): (&str, NaiveDate),
) -> Result<(), DbError> {
    tx.execute(END_OFFERS, &params![community, case, state, on]).map(|_| ())
}
