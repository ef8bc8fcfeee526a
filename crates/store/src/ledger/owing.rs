//! What accounts owe something of, and what has happened to it: what a payment is applied to.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, ChargeId, ClauseId, CommunityId, LateFeeId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::{Fen, Period};

use crate::{DbError, Row, Tx, params};

/// The charges an account owes principal of, and those it owes nothing but a frozen late fee of. Both go from the few rows that
/// are open to the rest (`CROSS JOIN`), and nothing is sorted or kept in between: for a handful of rows that costs more than they do.
macro_rules! open_charges {
    ($of:literal) => {
        concat!(
            "SELECT c.id, c.account_id, f.name, c.period, c.due_on, c.amount_fen, c.open_fen, c.clause_id
    FROM charge c CROSS JOIN fee_item f WHERE c.community_id = $1 AND c.account_id ",
            $of,
            " AND c.open_fen > 0 AND c.live AND f.community_id = c.community_id AND f.id = c.fee_item_id
    UNION ALL SELECT c.id, c.account_id, f.name, c.period, c.due_on, c.amount_fen, c.open_fen, c.clause_id
    FROM late_fee l CROSS JOIN charge c CROSS JOIN fee_item f WHERE l.community_id = $1 AND l.account_id ",
            $of,
            " AND l.open_fen > 0 AND c.community_id = l.community_id AND c.id = l.charge_id AND c.open_fen <= 0 AND c.live
    AND f.community_id = c.community_id AND f.id = c.fee_item_id"
        )
    };
}
/// All that happened to charges with open principal; of the others, the late fees that are open.
macro_rules! past {
    ($of:literal) => {
        concat!(
            "SELECT 'paid', a.charge_id, a.effective_on, a.amount_fen, a.late_fee_id, 0
    FROM charge o CROSS JOIN allocation a WHERE o.community_id = $1 AND o.account_id ",
            $of,
            " AND o.open_fen > 0 AND a.community_id = o.community_id AND a.charge_id = o.id AND a.kind = 'principal'
    UNION ALL SELECT 'frozen', f.charge_id, f.to_on, f.amount_fen, f.id, f.open_fen
    FROM charge o CROSS JOIN late_fee f WHERE o.community_id = $1 AND o.account_id ",
            $of,
            " AND o.open_fen > 0 AND f.community_id = o.community_id AND f.charge_id = o.id AND f.live
    UNION ALL SELECT 'frozen', l.charge_id, l.to_on, l.amount_fen, l.id, l.open_fen
    FROM late_fee l CROSS JOIN charge c WHERE l.community_id = $1 AND l.account_id ",
            $of,
            " AND l.open_fen > 0 AND l.live AND c.community_id = l.community_id AND c.id = l.charge_id AND c.open_fen <= 0
    UNION ALL SELECT j.kind, j.charge_id, j.effective_on, j.amount_fen, j.late_fee_id, 0 FROM adjustment j
    WHERE j.community_id = $1 AND j.account_id ",
            $of,
            " AND j.charge_id IS NOT NULL AND (j.late_fee_id IS NULL OR j.kind = 'recalculation')"
        )
    };
}
const OPEN_CHARGES: &str = open_charges!("= $2");
const PAST: &str = past!("= $2");
/// An id list is a text of its own for each length: the one account of a payment goes without.
const OPEN_CHARGES_OF_SOME: &str = open_charges!("IN ({ids})");
const PAST_OF_SOME: &str = past!("IN ({ids})");

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[OPEN_CHARGES, PAST];

/// A charge that owes something, as a payment sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCharge {
    /// The charge.
    pub id: ChargeId,
    /// Who owes it.
    pub account_id: AccountId,
    /// Its fee item's name.
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
}

/// What an account owes something of, due or not, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_open_charges(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: AccountId,
) -> Result<Vec<OpenCharge>, DbError> {
    let mut charges = tx.query(OPEN_CHARGES, &params![community, account], read_open)?;
    charges.sort_by_key(|charge| (charge.due_on, charge.id));
    // Several late fees of one settled charge name it several times.
    charges.dedup_by_key(|charge| charge.id);
    Ok(charges)
}

/// The same of several accounts.
///
/// # Errors
/// When the database refuses.
pub fn list_open_charges_of(
    tx: &mut Tx<'_>,
    community: CommunityId,
    accounts: &[AccountId],
) -> Result<Vec<OpenCharge>, DbError> {
    let mut charges = tx.query_in(OPEN_CHARGES_OF_SOME, &params![community], &uuids(accounts), read_open)?;
    charges.sort_by_key(|charge| (charge.due_on, charge.id));
    charges.dedup_by_key(|charge| charge.id);
    Ok(charges)
}

fn uuids(accounts: &[AccountId]) -> Vec<uuid::Uuid> {
    accounts.iter().map(|id| id.uuid()).collect()
}

fn read_open(row: &Row<'_>) -> Result<OpenCharge, DbError> {
    Ok(OpenCharge {
        id: row.take()?,
        account_id: row.take()?,
        item: row.take()?,
        period: row.take()?,
        due_on: row.take()?,
        amount: row.take()?,
        open: row.take()?,
        clause_id: row.take()?,
    })
}

/// What has happened to a charge that its late fee depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    /// Principal was paid, or a payment was taken back (a negative amount).
    Paid {
        /// From when it counts.
        on: NaiveDate,
        /// How much.
        amount: Fen,
    },
    /// Principal was let off or corrected.
    Adjusted {
        /// Which of both.
        kind: AdjustmentKind,
        /// From when it counts.
        on: NaiveDate,
        /// How much.
        amount: Fen,
    },
    /// A frozen late fee was computed again and lowered.
    Recalculated {
        /// How much.
        amount: Fen,
    },
    /// Late fee was frozen.
    Frozen {
        /// Which.
        id: LateFeeId,
        /// Up to when.
        to_on: NaiveDate,
        /// How much.
        amount: Fen,
        /// What of it is open.
        open: Fen,
    },
}

/// What has happened to the charges an account owes something of.
///
/// # Errors
/// When the database refuses.
pub fn list_past(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: AccountId,
) -> Result<Vec<(ChargeId, Past)>, DbError> {
    tx.query(PAST, &params![community, account], read_past)
}

/// The same of several accounts.
///
/// # Errors
/// When the database refuses.
pub fn list_past_of(
    tx: &mut Tx<'_>,
    community: CommunityId,
    accounts: &[AccountId],
) -> Result<Vec<(ChargeId, Past)>, DbError> {
    tx.query_in(PAST_OF_SOME, &params![community], &uuids(accounts), read_past)
}

fn read_past(row: &Row<'_>) -> Result<(ChargeId, Past), DbError> {
    let what: String = row.take()?;
    let (charge, on, amount) = (row.take()?, row.take()?, row.take()?);
    let past = match what.as_str() {
        "paid" => Past::Paid { on, amount },
        "frozen" => Past::Frozen { id: row.take()?, to_on: on, amount, open: row.take()? },
        kind => {
            let kind =
                AdjustmentKind::parse(kind).map_err(|_| DbError::Decode { column: 0, expected: "an adjustment" })?;
            match kind {
                AdjustmentKind::Recalculation => Past::Recalculated { amount },
                AdjustmentKind::Waiver
                | AdjustmentKind::Correction
                | AdjustmentKind::Vacancy
                | AdjustmentKind::Service
                | AdjustmentKind::Promotion
                | AdjustmentKind::Rounding => Past::Adjusted { kind, on, amount },
            }
        }
    };
    Ok((charge, past))
}
