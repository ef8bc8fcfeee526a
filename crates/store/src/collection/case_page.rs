//! What the list of cases and the page of one show: by cursor or for one payer, a statement each, never one per row.

use chrono::NaiveDate;
use hemu_domain::collection::decision::TraceLine;
use hemu_domain::ids::{AccountId, CaseId, CommunityId, ContactPointId, PartyId, StaffId, UnitId};
use hemu_domain::{Fen, UnitLabel};

use super::facts::{Scope, Scoped, scoped};
use super::work::{PromiseRow, read_promise};
use crate::{DbError, Row, Tx, params};

/// A case in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLine {
    /// Its id.
    pub id: CaseId,
    /// What people call it.
    pub number: String,
    /// The payer's kind: `person`, `company` or `developer`.
    pub party_kind: String,
    /// The payer's name.
    pub name: String,
    /// The stage.
    pub stage: String,
    /// Since when.
    pub stage_entered_on: NaiveDate,
    /// When the plan looks at it next.
    pub next_due_on: Option<NaiveDate>,
    /// The first of the payer's units.
    pub unit: Option<UnitLabel>,
    /// Open principal that is overdue.
    pub overdue: Fen,
    /// The earliest due date of it.
    pub oldest_due: Option<NaiveDate>,
    /// The cause staff found.
    pub cause: Option<String>,
    /// The step of the last decision.
    pub step_key: Option<String>,
    /// The reason of the last decision, where it does nothing.
    pub reason: Option<String>,
    /// Whose case it is (管家).
    pub staff: Option<String>,
}

/// An account of a payer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayerAccount {
    /// Its id.
    pub id: AccountId,
    /// The unit.
    pub unit_id: UnitId,
    /// Its label.
    pub unit: UnitLabel,
    /// Until when; `None` for a present owner.
    pub ends_on: Option<NaiveDate>,
}

/// A contact point, its value unread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayerContact {
    /// Its id.
    pub id: ContactPointId,
    /// `phone`, `email`, `wechat` or `address`.
    pub channel: String,
    /// The last characters.
    pub tail: String,
    /// Who answers there.
    pub relation: String,
    /// When it was verified.
    pub verified_on: Option<NaiveDate>,
    /// Since when nothing arrives there.
    pub bounced_on: Option<NaiveDate>,
    /// Whether the person prefers it.
    pub preferred: bool,
}

/// What the plan last decided of a case, as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastDecision {
    /// The day decided for.
    pub as_of: NaiveDate,
    /// The step that is done.
    pub step_key: Option<String>,
    /// Why nothing is.
    pub reason: Option<String>,
    /// The version of the policy.
    pub policy_version: i64,
    /// Rule by rule, why; none where they have another shape.
    pub trace: Vec<TraceLine>,
}

/// A receipt of a payer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayerReceipt {
    /// Its number.
    pub number: String,
    /// How much; negative for a reversal.
    pub amount: Fen,
    /// When.
    pub received_on: NaiveDate,
    /// How.
    pub method: String,
    /// Whether it was reversed.
    pub reversed: bool,
}

// `CROSS JOIN` as in the registry's overview: from the payer's accounts to their charges.
const LINES: &str = "SELECT c.id, c.number, p.kind, p.name, c.stage, c.stage_entered_on, c.next_due_on,
    (SELECT MIN(u.label) FROM account a JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
        WHERE a.community_id = c.community_id AND a.party_id = c.party_id),
    (SELECT CAST(COALESCE(SUM(h.open_fen), 0) AS BIGINT) FROM account a
        CROSS JOIN charge h WHERE h.community_id = a.community_id AND h.account_id = a.id
        AND a.community_id = c.community_id AND a.party_id = c.party_id AND h.live AND h.open_fen > 0 AND h.due_on < $2),
    (SELECT MIN(h.due_on) FROM account a
        CROSS JOIN charge h WHERE h.community_id = a.community_id AND h.account_id = a.id
        AND a.community_id = c.community_id AND a.party_id = c.party_id AND h.live AND h.open_fen > 0 AND h.due_on < $2),
    (SELECT l.cause FROM classification l WHERE l.community_id = c.community_id AND l.case_id = c.id
        ORDER BY l.seq DESC LIMIT 1),
    d.step_key, d.reason, s.name
    FROM case_file c JOIN party p ON p.community_id = c.community_id AND p.id = c.party_id
    LEFT JOIN staff s ON s.id = c.staff_id
    LEFT JOIN decision d ON d.community_id = c.community_id AND d.id = c.last_decision_id
    WHERE c.community_id = $1 AND c.closed_on IS NULL AND c.number > $3 AND ($4 = '' OR c.stage = $4)
    AND (c.staff_id = $5 OR $5 IS NULL) ORDER BY c.number LIMIT $6";
const STAGES: &str = "SELECT stage, CAST(COUNT(*) AS BIGINT) FROM case_file
    WHERE community_id = $1 AND closed_on IS NULL GROUP BY stage";
const ACCOUNTS: &str = "SELECT a.id, a.unit_id, u.label, a.ends_on FROM account a
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    WHERE a.community_id = $1 AND a.party_id = $2 ORDER BY u.label";
const CONTACTS: &str = "SELECT id, channel, value_tail, relation, verified_on, bounced_on, preferred FROM contact_point
    WHERE community_id = $1 AND party_id = $2 ORDER BY preferred DESC, id";
const RECEIPTS: &str = "SELECT r.number, r.amount_fen, r.received_on, r.method, r.reversed FROM account a
    JOIN receipt r ON r.community_id = a.community_id AND r.account_id = a.id
    WHERE a.community_id = $1 AND a.party_id = $2 AND r.received_on >= $3 ORDER BY r.received_on, r.id";
const DECISION: &str = "SELECT as_of, step_key, reason, policy_version, trace FROM decision
    WHERE community_id = $1 AND case_id = $2 ORDER BY seq DESC LIMIT 1";
const PROMISES: &str =
    "SELECT id, case_id, amount_fen, promised_on, due_on, channel, taken_by, state, settled_on, replaces_id,
    lapses_on FROM promise
    WHERE community_id = $1 AND case_id = $2 ORDER BY seq";
const PAID_OF_PROMISED: Scoped = scoped!(
    "SELECT c.id, l.effective_on, CAST(SUM(l.amount_fen) AS BIGINT) FROM case_file c
    JOIN account a ON a.community_id = c.community_id AND a.party_id = c.party_id
    JOIN allocation l ON l.community_id = a.community_id AND l.account_id = a.id
    WHERE c.community_id = $1 AND c.closed_on IS NULL AND l.kind IN ('principal', 'late_fee') AND l.effective_on <= $2
    AND EXISTS (SELECT 1 FROM promise p WHERE p.community_id = c.community_id AND p.case_id = c.id AND p.state = 'active')",
    " AND c.id IN ({ids})",
    " GROUP BY c.id, l.effective_on"
);

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[LINES, STAGES, ACCOUNTS, CONTACTS, RECEIPTS, DECISION, PROMISES, PAID_OF_PROMISED.all, PAID_OF_PROMISED.few];

/// Open cases after the number `after`, of one stage or (with an empty text) of all, of one person or of all, by number.
///
/// # Errors
/// When the database refuses.
pub fn list_lines(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    (after, stage, staff): (&str, &str, Option<StaffId>),
    limit: i64,
) -> Result<Vec<CaseLine>, DbError> {
    tx.query(LINES, &params![community, as_of, after, stage, staff, limit], |row| {
        Ok(CaseLine {
            id: row.take()?,
            number: row.take()?,
            party_kind: row.take()?,
            name: row.take()?,
            stage: row.take()?,
            stage_entered_on: row.take()?,
            next_due_on: row.take()?,
            unit: row.parse_opt(UnitLabel::parse)?,
            overdue: row.take()?,
            oldest_due: row.take()?,
            cause: row.take()?,
            step_key: row.take()?,
            reason: row.take()?,
            staff: row.take()?,
        })
    })
}

/// How many open cases stand at each stage.
///
/// # Errors
/// When the database refuses.
pub fn count_by_stage(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(String, i64)>, DbError> {
    tx.query(STAGES, &params![community], |row| Ok((row.take()?, row.take()?)))
}

/// The accounts of a payer, by unit.
///
/// # Errors
/// When the database refuses.
pub fn list_accounts(tx: &mut Tx<'_>, community: CommunityId, party: PartyId) -> Result<Vec<PayerAccount>, DbError> {
    tx.query(ACCOUNTS, &params![community, party], |row| {
        Ok(PayerAccount {
            id: row.take()?,
            unit_id: row.take()?,
            unit: row.parse(UnitLabel::parse)?,
            ends_on: row.take()?,
        })
    })
}

/// How a payer can be reached, the preferred way first.
///
/// # Errors
/// When the database refuses.
pub fn list_contacts(tx: &mut Tx<'_>, community: CommunityId, party: PartyId) -> Result<Vec<PayerContact>, DbError> {
    tx.query(CONTACTS, &params![community, party], |row| {
        Ok(PayerContact {
            id: row.take()?,
            channel: row.take()?,
            tail: row.take()?,
            relation: row.take()?,
            verified_on: row.take()?,
            bounced_on: row.take()?,
            preferred: row.take()?,
        })
    })
}

/// The receipts of a payer since a day, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_receipts(
    tx: &mut Tx<'_>,
    community: CommunityId,
    party: PartyId,
    since: NaiveDate,
) -> Result<Vec<PayerReceipt>, DbError> {
    tx.query(RECEIPTS, &params![community, party, since], |row| {
        Ok(PayerReceipt {
            number: row.take()?,
            amount: row.take()?,
            received_on: row.take()?,
            method: row.take()?,
            reversed: row.take()?,
        })
    })
}

/// What the plan last decided of a case.
///
/// # Errors
/// When the database refuses.
pub fn find_last_decision(
    tx: &mut Tx<'_>,
    community: CommunityId,
    case: CaseId,
) -> Result<Option<LastDecision>, DbError> {
    tx.query_opt(DECISION, &params![community, case], |row| {
        Ok(LastDecision {
            as_of: row.take()?,
            step_key: row.take()?,
            reason: row.take()?,
            policy_version: row.take()?,
            trace: row.json()?.unwrap_or_default(),
        })
    })
}

/// The promises of a case, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_promises(tx: &mut Tx<'_>, community: CommunityId, case: CaseId) -> Result<Vec<PromiseRow>, DbError> {
    tx.query(PROMISES, &params![community, case], read_promise)
}

/// What was paid up to a day on open cases with a running promise, by day.
///
/// # Errors
/// When the database refuses.
pub fn list_paid_of_promised(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    scope: Scope<'_>,
) -> Result<Vec<(CaseId, NaiveDate, Fen)>, DbError> {
    let read = |row: &Row<'_>| Ok((row.take()?, row.take()?, row.take()?));
    scope.query_by_case(tx, PAID_OF_PROMISED, &params![community, as_of], read)
}
