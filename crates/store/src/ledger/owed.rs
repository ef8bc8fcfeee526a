//! What is owed: charges that are open or were on a day, with their unit, payer and fee item.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, ChargeId, ClauseId, CommunityId, FeeItemId, PartyId, UnitId};
use hemu_domain::{Fen, Period, UnitLabel};
use serde_json::Value as Json;

use crate::{DbError, Row, Tx, params};

/// A charge that may still be owed, with what its late fee depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct OwedCharge {
    /// The charge.
    pub id: ChargeId,
    /// The account.
    pub account_id: AccountId,
    /// The payer.
    pub party_id: PartyId,
    /// The unit.
    pub unit_id: UnitId,
    /// Its label.
    pub unit: UnitLabel,
    /// The payer's name.
    pub owner: String,
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// Its name.
    pub item: String,
    /// The month.
    pub period: Period,
    /// When it was due.
    pub due_on: NaiveDate,
    /// What was charged.
    pub amount: Fen,
    /// What is open now.
    pub open: Fen,
    /// The clause.
    pub clause_id: Option<ClauseId>,
    /// How it came to be.
    pub explanation: Json,
}

// `CROSS JOIN`: from the few charges in play to the rest. Left to itself, SQLite may look up the whole list of charges for each
// account (2,000 homes took 4 s instead of 0.03 s).
macro_rules! owed_from {
    ($charges:literal) => {
        concat!(
            "SELECT c.id, c.account_id, a.party_id, a.unit_id, u.label, p.name, c.fee_item_id, f.name, c.period,
    c.due_on, c.amount_fen, c.open_fen, c.clause_id, c.explanation FROM ",
            $charges,
            " CROSS JOIN account a CROSS JOIN unit u CROSS JOIN party p CROSS JOIN fee_item f
    WHERE a.community_id = c.community_id AND a.id = c.account_id AND u.community_id = a.community_id AND u.id = a.unit_id
    AND p.community_id = a.community_id AND p.id = a.party_id AND f.community_id = c.community_id AND f.id = c.fee_item_id
    AND c.live"
        )
    };
}
/// The charges account `$2` owes principal of, then those it owes nothing but a frozen late fee of, as often as it was frozen; for a
/// handful of rows, a sorter or a list in between costs more than they do.
const OWED_OF_ACCOUNT: &str = concat!(
    owed_from!("charge c"),
    " AND c.community_id = $1 AND c.account_id = $2 AND c.open_fen > 0 UNION ALL ",
    owed_from!("late_fee l CROSS JOIN charge c"),
    " AND l.community_id = $1 AND l.account_id = $2 AND l.open_fen > 0 AND c.community_id = l.community_id
    AND c.id = l.charge_id AND c.open_fen <= 0"
);
const OWED_OF_COMMUNITY: &str = concat!(
    owed_from!("charge c"),
    " AND c.community_id = $1 AND c.due_on <= $2 AND c.id IN ",
    in_play!(),
    " ORDER BY u.label, c.due_on, c.id"
);
const CHARGES_BY_ID: &str = "SELECT c.id, f.name, c.period FROM charge c
    JOIN fee_item f ON f.community_id = c.community_id AND f.id = c.fee_item_id WHERE c.community_id = $1 AND c.id IN ({ids})";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[OWED_OF_ACCOUNT, OWED_OF_COMMUNITY];

/// What an account owes, due or not, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_owed_of_account(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: AccountId,
) -> Result<Vec<OwedCharge>, DbError> {
    let mut owed = tx.query(OWED_OF_ACCOUNT, &params![community, account], read_owed)?;
    owed.sort_unstable_by_key(|charge| (charge.due_on, charge.id));
    owed.dedup_by_key(|charge| charge.id);
    Ok(owed)
}

/// Charges due on or before `as_of` that owe something, or were paid or adjusted after it; by unit and due date.
///
/// # Errors
/// When the database refuses.
pub fn list_owed_of_community(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<Vec<OwedCharge>, DbError> {
    tx.query(OWED_OF_COMMUNITY, &params![community, as_of], read_owed)
}

/// Item names and months of charges.
///
/// # Errors
/// When the database refuses.
pub fn list_charges_by_id(
    tx: &mut Tx<'_>,
    community: CommunityId,
    ids: &[ChargeId],
) -> Result<Vec<(ChargeId, String, Period)>, DbError> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    tx.query_in(CHARGES_BY_ID, &params![community], &ids, |row| Ok((row.take()?, row.take()?, row.take()?)))
}

fn read_owed(row: &Row<'_>) -> Result<OwedCharge, DbError> {
    Ok(OwedCharge {
        id: row.take()?,
        account_id: row.take()?,
        party_id: row.take()?,
        unit_id: row.take()?,
        unit: row.take()?,
        owner: row.take()?,
        fee_item_id: row.take()?,
        item: row.take()?,
        period: row.take()?,
        due_on: row.take()?,
        amount: row.take()?,
        open: row.take()?,
        clause_id: row.take()?,
        explanation: row.take()?,
    })
}
