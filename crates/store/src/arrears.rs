//! What the arrears list of a whole community is made of: charges in play without their explanations, then who owes them, then
//! what the list shows of the payer's case. Three statements and a few chunks of ids, whatever the number of homes.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, CaseId, ChargeId, ClauseId, CommunityId, PartyId, StaffId, UnitId};
use hemu_domain::{Fen, Period, UnitLabel};
use uuid::Uuid;

use crate::{DbError, Row, Tx, params};

/// A charge that may owe something on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeLine {
    /// The charge.
    pub id: ChargeId,
    /// The account.
    pub account_id: AccountId,
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

/// Whose an account is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLine {
    /// The account.
    pub id: AccountId,
    /// The payer.
    pub party_id: PartyId,
    /// The payer's name.
    pub owner: String,
    /// The unit.
    pub unit_id: UnitId,
    /// Its label.
    pub unit: UnitLabel,
}

/// What the list shows of an open case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseColumns {
    /// The case.
    pub id: CaseId,
    /// The payer.
    pub party_id: PartyId,
    /// Its stage.
    pub stage: String,
    /// The step of the last decision.
    pub step_key: Option<String>,
    /// The reason of the last decision, where it does nothing.
    pub reason: Option<String>,
    /// Whose case it is (管家).
    pub staff_id: Option<StaffId>,
}

const OPEN: &str = "SELECT c.id, c.account_id, c.period, c.due_on, c.amount_fen, c.open_fen, c.clause_id FROM charge c
    WHERE c.community_id = $1 AND c.open_fen > 0 AND c.live AND c.due_on <= $2";
/// Charges settled by now that owed something on the day, or whose late fee is open. Few: what was recorded after the day.
const SETTLED: &str =
    "SELECT c.id, c.account_id, c.period, c.due_on, c.amount_fen, c.open_fen, c.clause_id FROM charge c
    WHERE c.community_id = $1 AND c.open_fen <= 0 AND c.live AND c.due_on <= $2 AND c.id IN (
        SELECT l.charge_id FROM late_fee l WHERE l.community_id = $1 AND l.live AND l.open_fen > 0
        UNION ALL SELECT x.charge_id FROM allocation x WHERE x.community_id = $1 AND x.effective_on > $2
            AND x.charge_id IS NOT NULL
        UNION ALL SELECT j.charge_id FROM adjustment j WHERE j.community_id = $1 AND j.effective_on > $2
            AND j.charge_id IS NOT NULL)";
const ACCOUNTS: &str = "SELECT a.id, a.party_id, p.name, a.unit_id, u.label
    FROM account a CROSS JOIN unit u CROSS JOIN party p WHERE u.community_id = a.community_id AND u.id = a.unit_id
    AND p.community_id = a.community_id AND p.id = a.party_id AND a.community_id = $1 AND a.id IN ({ids})";
const CASES: &str = "SELECT c.id, c.party_id, c.stage, d.step_key, d.reason, c.staff_id FROM case_file c
    LEFT JOIN decision d ON d.community_id = c.community_id AND d.id = c.last_decision_id
    WHERE c.community_id = $1 AND c.closed_on IS NULL";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[OPEN, SETTLED, CASES];

/// Charges due on or before `as_of` that owe something, or were paid or adjusted after it; in no order.
///
/// # Errors
/// When the database refuses.
pub fn list_charges(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<Vec<ChargeLine>, DbError> {
    let mut lines = tx.query(OPEN, &params![community, as_of], read_charge)?;
    lines.extend(tx.query(SETTLED, &params![community, as_of], read_charge)?);
    Ok(lines)
}

/// Whose some accounts are; in no order.
///
/// # Errors
/// When the database refuses.
pub fn list_accounts(
    tx: &mut Tx<'_>,
    community: CommunityId,
    accounts: impl IntoIterator<Item = AccountId>,
) -> Result<Vec<AccountLine>, DbError> {
    let ids: Vec<Uuid> = accounts.into_iter().map(AccountId::uuid).collect();
    tx.query_in(ACCOUNTS, &params![community], &ids, |row| {
        Ok(AccountLine {
            id: row.take()?,
            party_id: row.take()?,
            owner: row.take()?,
            unit_id: row.take()?,
            unit: row.take()?,
        })
    })
}

/// What the list shows of the open cases of a community.
///
/// # Errors
/// When the database refuses.
pub fn list_cases(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<CaseColumns>, DbError> {
    tx.query(CASES, &params![community], |row| {
        Ok(CaseColumns {
            id: row.take()?,
            party_id: row.take()?,
            stage: row.take()?,
            step_key: row.take()?,
            reason: row.take()?,
            staff_id: row.take()?,
        })
    })
}

fn read_charge(row: &Row<'_>) -> Result<ChargeLine, DbError> {
    Ok(ChargeLine {
        id: row.take()?,
        account_id: row.take()?,
        period: row.take()?,
        due_on: row.take()?,
        amount: row.take()?,
        open: row.take()?,
        clause_id: row.take()?,
    })
}
