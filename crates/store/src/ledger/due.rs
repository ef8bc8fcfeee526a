//! What is due of some accounts, all of them together: what money put by can pay at once.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, ChargeId, ClauseId, CommunityId, PartyId};
use hemu_domain::{Fen, Period};
use uuid::Uuid;

use crate::{DbError, Tx, params};

/// A charge that is due and open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueCharge {
    /// The charge.
    pub id: ChargeId,
    /// The account.
    pub account_id: AccountId,
    /// The payer.
    pub party_id: PartyId,
    /// The clause.
    pub clause_id: Option<ClauseId>,
    /// The first month.
    pub period: Period,
    /// When it was due.
    pub due_on: NaiveDate,
    /// When it was issued.
    pub issued_on: NaiveDate,
    /// What was charged.
    pub amount: Fen,
    /// What is open of it.
    pub open: Fen,
}

const DUE: &str = "SELECT c.id, c.account_id, a.party_id, c.clause_id, c.period, c.due_on, c.issued_on, c.amount_fen,
    c.open_fen FROM charge c JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    WHERE c.community_id = $1 AND c.live AND c.open_fen > 0 AND c.due_on <= $2 AND c.account_id IN ({ids})";
const PAID: &str = "SELECT charge_id, effective_on, amount_fen FROM allocation
    WHERE community_id = $1 AND kind = 'principal' AND charge_id IN ({ids})";
/// Takes off charges what was paid on them since fact `$2`.
const TAKE_OFF: &str = "UPDATE charge SET open_fen = open_fen - COALESCE((SELECT CAST(SUM(x.amount_fen) AS BIGINT)
    FROM allocation x WHERE x.community_id = $1 AND x.charge_id = charge.id AND x.kind = 'principal' AND x.seq >= $2), 0)
    WHERE community_id = $1 AND id IN ({ids})";

/// What is due and open of some accounts on a day, the oldest of each account first.
///
/// # Errors
/// When the database refuses.
pub fn list_due(
    tx: &mut Tx<'_>,
    community: CommunityId,
    accounts: &[AccountId],
    on: NaiveDate,
) -> Result<Vec<DueCharge>, DbError> {
    let accounts: Vec<Uuid> = accounts.iter().map(|id| id.uuid()).collect();
    let mut due = tx.query_in(DUE, &params![community, on], &accounts, |row| {
        Ok(DueCharge {
            id: row.take()?,
            account_id: row.take()?,
            party_id: row.take()?,
            clause_id: row.take()?,
            period: row.take()?,
            due_on: row.take()?,
            issued_on: row.take()?,
            amount: row.take()?,
            open: row.take()?,
        })
    })?;
    due.sort_by_key(|one| (one.account_id, one.due_on, one.period, one.id));
    Ok(due)
}

/// What was paid of the principal of some charges, and from when it counts; what was taken back is there as well.
///
/// # Errors
/// When the database refuses.
pub fn list_principal_paid(
    tx: &mut Tx<'_>,
    community: CommunityId,
    charges: &[ChargeId],
) -> Result<Vec<(ChargeId, NaiveDate, Fen)>, DbError> {
    let charges: Vec<Uuid> = charges.iter().map(|id| id.uuid()).collect();
    tx.query_in(PAID, &params![community], &charges, |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// Takes off charges what was paid on them since fact `first_seq`.
///
/// # Errors
/// When the database refuses.
pub fn take_off_since(
    tx: &mut Tx<'_>,
    community: CommunityId,
    charges: &[ChargeId],
    first_seq: i64,
) -> Result<(), DbError> {
    let charges: Vec<Uuid> = charges.iter().map(|id| id.uuid()).collect();
    tx.execute_in(TAKE_OFF, &params![community, first_seq], &charges).map(|_| ())
}
